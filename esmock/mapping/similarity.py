"""The similarities of an index: their settings, read and checked. Docs: index-modules-similarity.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from esmock.errors import IllegalArgument, NumberFormat, SettingsError, XContentParse
from esmock.mapping.parameter import java_text
from esmock.xcontent.similar import suggestion

PREFIX = "index.similarity."
BUILT_IN = ("BM25", "boolean", "classic")


@dataclass(frozen=True, slots=True)
class Similarity:
    """One similarity.

    Attributes:
        kind: as ``type`` names it.
        options: what the type takes, by short name, numbers as numbers.
    """

    kind: str = "BM25"
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def discounts_overlaps(self) -> bool:
        """Whether tokens stacked on others do not count for a field's length."""
        return bool(self.options.get("discount_overlaps", True))


class _Settings:
    """The settings of one similarity; tells which were read."""

    def __init__(self, name: str, settings: Mapping[str, Any]) -> None:
        self.prefix = f"{PREFIX}{name}."
        self.all = {key[len(self.prefix) :]: value for key, value in settings.items() if key.startswith(self.prefix)}

    def get(self, key: str) -> str | None:
        value = self.all.get(key)
        return None if value is None else java_text(value)

    def number(self, key: str, default: float) -> float:
        value = self.get(key)
        if value is None:
            return default
        try:
            return float(value)
        except ValueError:
            cause = NumberFormat(f'For input string: "{value}"')
            raise SettingsError(f"Failed to parse float setting [{key}] with value [{value}]", cause=cause) from None

    def flag(self, key: str, default: bool) -> bool:
        value = self.get(key)
        if value not in (None, "true", "false"):
            raise IllegalArgument(f"Failed to parse value [{value}] as only [true] or [false] are allowed.")
        return default if value is None else value == "true"


def _within(value: float, name: str, ok: bool, rule: str) -> float:
    if not ok:
        raise IllegalArgument(f"illegal {name} value: {java_text(float(value))}, must be {rule}")
    return value


def _positive(value: float, name: str) -> float:
    return _within(value, name, 0 <= value < float("inf"), "a non-negative finite value")


def _bm25(own: _Settings) -> dict[str, Any]:
    k1, b = own.number("k1", 1.2), own.number("b", 0.75)
    _positive(k1, "k1")
    _within(b, "b", 0 <= b <= 1, "between 0 and 1")
    return {"k1": k1, "b": b}


def _choice(own: _Settings, key: str, what: str, known: tuple[str, ...], shown: tuple[str, ...] = ()) -> str:
    value = own.get(key)
    if value not in known:
        tail = f", expected one of [{', '.join(shown)}]" if shown else ""
        raise IllegalArgument(f"Unsupported {what} [{'null' if value is None else value}]{tail}")
    return value


def _normalization(own: _Settings) -> dict[str, Any]:
    name = _choice(own, "normalization", "Normalization", ("no", "h1", "h2", "h3", "z"))
    if name == "no":
        return {"normalization": name}
    if name == "z":
        z = own.number("normalization.z.z", 0.3)
        return {"normalization": name, "z": _within(z, "z", 0 < z < 0.5, "in the range (0 .. 0.5)")}
    letter = "mu" if name == "h3" else "c"
    return {"normalization": name, "c": _positive(own.number(f"normalization.{name}.c", 800 if name == "h3" else 1), letter)}


def _dfr(own: _Settings) -> dict[str, Any]:
    model, effect = own.get("basic_model"), own.get("after_effect")
    if model in ("be", "d", "p"):
        raise IllegalArgument(f"Basic model [{model}] isn't supported anymore, please use another model.")
    model = _choice(own, "basic_model", "BasicModel", ("ine", "in", "g", "if"), ("ine", "in", "g", "if"))
    if effect == "no":
        raise IllegalArgument(f"After effect [{effect}] isn't supported anymore, please use another effect.")
    effect = _choice(own, "after_effect", "AfterEffect", ("b", "l"), ("b", "l"))
    return {"basic_model": model, "after_effect": effect, **_normalization(own)}


def _ib(own: _Settings) -> dict[str, Any]:
    return {
        "distribution": _choice(own, "distribution", "Distribution", ("ll", "spl")),
        "lambda": _choice(own, "lambda", "Lambda", ("df", "ttf")),
        **_normalization(own),
    }


def _dfi(own: _Settings) -> dict[str, Any]:
    known = ("standardized", "saturated", "chisquared")
    return {"independence_measure": _choice(own, "independence_measure", "IndependenceMeasure", known, known)}


def _dirichlet(own: _Settings) -> dict[str, Any]:
    return {"mu": _positive(own.number("mu", 2000), "mu")}


def _jelinek(own: _Settings) -> dict[str, Any]:
    value = own.number("lambda", 0.1)
    if not 0 < value <= 1:
        raise IllegalArgument("lambda must be in the range (0 .. 1]")
    return {"lambda": value}


def _scripted(own: _Settings) -> dict[str, Any]:
    out: dict[str, Any] = {"script": _script(own, "script.")}
    if any(key.startswith("weight_script.") for key in own.all):
        out["weight_script"] = _script(own, "weight_script.")
    return out


def _script(own: _Settings, prefix: str) -> dict[str, Any]:
    parts = {key[len(prefix) :]: value for key, value in own.all.items() if key.startswith(prefix)}
    for key in parts:
        name = key.partition(".")[0]
        if name not in _OF_SCRIPT:
            raise XContentParse(f"[script] unknown field [{name}]{suggestion(name, _OF_SCRIPT)}", (1, 2))
    if "source" not in parts and "id" not in parts:
        raise IllegalArgument("must specify either [source] for an inline script or [id] for a stored script")
    params = {key[len("params.") :]: value for key, value in parts.items() if key.startswith("params.")}
    return {**{key: one for key, one in parts.items() if not key.startswith("params.")}, "params": params}


_OF_SCRIPT = ("source", "inline", "id", "stored", "lang", "params", "options")
_OVERLAPS = ("discount_overlaps",)
_NORMALIZED = ("normalization", "normalization.h1.c", "normalization.h2.c", "normalization.h3.c", "normalization.z.z")
_KINDS: dict[str, tuple[Callable[[_Settings], dict[str, Any]], tuple[str, ...]]] = {
    "BM25": (_bm25, ("k1", "b", *_OVERLAPS)),
    "boolean": (lambda _own: {}, ()),
    "DFR": (_dfr, ("basic_model", "after_effect", *_NORMALIZED)),
    "IB": (_ib, ("distribution", "lambda", *_NORMALIZED)),
    "DFI": (_dfi, ("independence_measure",)),
    "LMDirichlet": (_dirichlet, ("mu",)),
    "LMJelinekMercer": (_jelinek, ("lambda",)),
    "scripted": (_scripted, ("script", "weight_script", *_OVERLAPS)),
}


def names_of(settings: Mapping[str, Any]) -> list[str]:
    """The similarities that flat index settings define."""
    return sorted({key[len(PREFIX) :].split(".")[0] for key in settings if key.startswith(PREFIX)})


def parse_similarity(name: str, settings: Mapping[str, Any]) -> Similarity:
    """One similarity of flat index settings; the built-in ones and ``default`` need none.

    Raises:
        IllegalArgument: settings that do not fit.
    """
    own = _Settings(name, settings)
    kind = own.get("type")
    if kind is None:
        return Similarity("boolean" if name == "boolean" else "BM25")
    if kind == "classic":
        raise IllegalArgument(
            "The [classic] similarity may not be used anymore. Please use the [BM25] similarity or build a custom [scripted] similarity "
            "instead."
        )
    if kind not in _KINDS:
        raise IllegalArgument(f"Unknown Similarity type [{kind}] for [{name}]")
    read, known = _KINDS[kind]
    unknown = sorted(key for key in own.all if key not in ("type", *known) and not key.startswith(("script.", "weight_script.")))
    if unknown:
        raise IllegalArgument(f"Unknown settings for similarity of type [{kind}]: [{', '.join(unknown)}]")
    overlaps = {"discount_overlaps": own.flag("discount_overlaps", True)} if _OVERLAPS[0] in known else {}
    return Similarity(kind, {**read(own), **overlaps})


def check_similarities(settings: Mapping[str, Any]) -> list[Similarity]:
    """Refuse similarities that cannot be; those that can. Raises IllegalArgument."""
    found = []
    for name in names_of(settings):
        if name in BUILT_IN:
            raise IllegalArgument(f"illegal value for [{PREFIX}{name}] cannot redefine built-in similarity")
        if f"{PREFIX}{name}.type" not in settings:
            raise IllegalArgument(f"Similarity [{name}] must have an associated type")
        found.append(parse_similarity(name, settings))
    return found
