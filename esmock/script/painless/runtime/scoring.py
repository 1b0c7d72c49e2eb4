"""Functions of the score context: saturation, sigmoid, decay, random scores."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from esmock.errors import Unsupported

_DOUBLES3 = ("double",) * 5


def saturation(value: float, k: float) -> float:
    return value / (k + value)


def sigmoid(value: float, k: float, a: float) -> float:
    return math.pow(value, a) / (math.pow(k, a) + math.pow(value, a))


def _linear(scale: float, decay: float) -> Callable[[float], float]:
    scaling = scale / (1.0 - decay)
    return lambda distance: max(0.0, (scaling - distance) / scaling)


def _exponential(scale: float, decay: float) -> Callable[[float], float]:
    scaling = math.log(decay) / scale
    return lambda distance: math.exp(scaling * distance)


def _gauss(scale: float, decay: float) -> Callable[[float], float]:
    scaling = 0.5 * scale * scale / math.log(decay)
    return lambda distance: math.exp(0.5 * distance * distance / scaling)


def _numeric(shape: Any) -> Callable[..., float]:
    def apply(origin: float, scale: float, offset: float, decay: float, value: float) -> float:
        return float(shape(scale, decay)(max(0.0, abs(value - origin) - offset)))

    return apply


def _missing(what: str) -> Callable[..., float]:
    def apply(*_: Any) -> float:
        raise Unsupported(f"the Painless function [{what}]")

    return apply


_STRINGS = ("java.lang.String",) * 3
_DATE = (*_STRINGS, "double", "org.elasticsearch.script.JodaCompatibleZonedDateTime")
_GEO = (*_STRINGS, "double", "org.elasticsearch.common.geo.GeoPoint")
_SHAPES = {"Linear": _linear, "Exp": _exponential, "Gauss": _gauss}

Function = tuple[tuple[str, ...], Callable[..., float], str]


def _functions() -> dict[tuple[str, int], Function]:
    from esmock.script.painless.runtime import decay, vectors

    out: dict[tuple[str, int], Function] = {
        ("saturation", 2): (("double", "double"), saturation, ""),
        ("sigmoid", 3): (("double", "double", "double"), sigmoid, ""),
        ("randomScore", 1): (("int",), _missing("randomScore"), ""),
        ("randomScore", 2): (("int", "java.lang.String"), _missing("randomScore"), ""),
    }
    out.update(vectors.functions())
    for name, shape in _SHAPES.items():
        out["decayNumeric" + name, 5] = (_DOUBLES3, _numeric(shape), "")
        out["decayDate" + name, 5] = (_DATE, decay.dates(shape), "")
        out["decayGeo" + name, 5] = (_GEO, decay.geo(shape), "")
    return out


FUNCTIONS: MappingProxyType[tuple[str, int], Function] = MappingProxyType(_functions())
