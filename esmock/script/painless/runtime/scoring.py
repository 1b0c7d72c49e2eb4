"""Functions of the score context: saturation, sigmoid, decay, random scores.

Differs: a decay and a random score take their arguments for each document; Elasticsearch keeps those of a segment's first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.numbers import power
from esmock.script.painless.runtime.operators import double_divide
from esmock.script.painless.runtime.values import to_text

if TYPE_CHECKING:
    from esmock.script.doc_values import Doc

_DOUBLES3 = ("double",) * 5


def saturation(value: float, k: float) -> float:
    return double_divide(value, k + value)


def sigmoid(value: float, k: float, a: float) -> float:
    return double_divide(power(value, a), power(k, a) + power(value, a))


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


def random_of_place(doc: Doc, seed: int) -> float:
    return doc.random(seed, None)


def random_of_field(doc: Doc, seed: int, field: str) -> float:
    """A hash of the field's first value. Raises Elasticsearch: the document has none."""
    try:
        value = doc.get(field).at(0)
    except t.IllegalState as missing:
        error = t.Elasticsearch(f"{missing.java_class}: {missing.message}", missing)
        error.frames = _NO_VALUE_FRAMES
        raise error from None
    except t.IllegalArgument as unknown:
        unknown.frames = (*unknown.frames, _FIELD + ".<init>(ScoreScriptUtils.java:63)")
        raise
    return doc.random(seed, to_text(value))


_FIELD = "org.elasticsearch.script.ScoreScriptUtils$RandomScoreField"
_NO_VALUE_FRAMES = (
    "org.elasticsearch.ExceptionsHelper.convertToElastic(ExceptionsHelper.java:66)",
    _FIELD + ".randomScore(ScoreScriptUtils.java:76)",
)
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
        ("randomScore", 1): (("int",), random_of_place, "doc"),
        ("randomScore", 2): (("int", "java.lang.String"), random_of_field, "doc"),
    }
    out.update(vectors.functions())
    for name, shape in _SHAPES.items():
        out["decayNumeric" + name, 5] = (_DOUBLES3, _numeric(shape), "")
        out["decayDate" + name, 5] = (_DATE, decay.dates(shape), "")
        out["decayGeo" + name, 5] = (_GEO, decay.geo(shape), "")
    return out


FUNCTIONS: MappingProxyType[tuple[str, int], Function] = MappingProxyType(_functions())


def functions(*, of_vectors: bool) -> Mapping[tuple[str, int], Function]:
    """By name and number of arguments; those of lists of vectors where the release has them."""
    from esmock.script.painless.runtime import max_sim

    return {**FUNCTIONS, **max_sim.FUNCTIONS} if of_vectors else FUNCTIONS
