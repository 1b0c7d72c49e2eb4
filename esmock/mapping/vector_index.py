"""How vectors are indexed: the ``index_options`` of dense_vector. Source: recordings of 8.19.21.

Differs: every vector is compared as it was given, whatever the kind of index loses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from esmock.errors import ElasticsearchParse, IllegalArgument, MapperParsing
from esmock.mapping.parameter import Place, as_object, java_class, java_text, read_double, read_integer

Json = Any
_BITS = 64


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """A kind of index.

    Args:
        graph: it takes ``m`` and ``ef_construction``.
        confidence: its ``confidence_interval``; absent where it has none, None where it is not shown by default.
        oversample: its default ``rescore_vector``; absent where it takes none.
        quantizes: elements are to be floats.
        rank: a field's index may become one of a higher rank.
    """

    graph: bool
    rank: int
    quantizes: bool = False
    confidence: float | None = None
    takes_confidence: bool = False
    oversample: float | None = None


KINDS: Mapping[str, VectorIndex] = MappingProxyType(
    {
        "hnsw": VectorIndex(True, 1), "flat": VectorIndex(False, 0),
        "int8_hnsw": VectorIndex(True, 3, True, None, True), "int8_flat": VectorIndex(False, 2, True, None, True),
        "int4_hnsw": VectorIndex(True, 5, True, 0.0, True), "int4_flat": VectorIndex(False, 4, True, 0.0, True),
        "bbq_hnsw": VectorIndex(True, 7, True, oversample=3.0), "bbq_flat": VectorIndex(False, 6, True, oversample=3.0),
    }
)  # fmt: skip


def read_index_options(value: Json, place: Place) -> dict[str, Json] | None:
    """Raises MapperParsing, IllegalArgument."""
    if value is None:
        return None
    leaf = place.path.rsplit(".", 1)[-1]
    node = dict(as_object(value))
    if "type" not in node:
        raise MapperParsing("[index_options] requires field [type] to be configured")
    kind = java_text(node.pop("type"))
    index = KINDS.get(kind)
    if index is None:
        raise MapperParsing(f"Unknown vector index options type [{kind}] for field [{leaf}]")
    out: dict[str, Json] = {"type": kind}
    if index.graph:
        out["m"] = read_integer(node.pop("m", 16))
        out["ef_construction"] = read_integer(node.pop("ef_construction", 100))
    if index.takes_confidence and (given := node.pop("confidence_interval", index.confidence)) is not None:
        out["confidence_interval"] = read_double(given)
    if index.quantizes and (oversample := _oversample(node.pop("rescore_vector", None), index.oversample)) is not None:
        out["rescore_vector"] = {"oversample": oversample}
    if node:
        rest = "".join(f" [{key} : {java_text(one)}]" for key, one in node.items())
        raise MapperParsing(f"Mapping definition for [{leaf}] has unsupported parameters: {rest}")
    return out


def _oversample(value: Json, default: float | None) -> float | None:
    if value is None:
        return default
    if not isinstance(value, dict):
        raise ElasticsearchParse(f"rescore_vector should be a map but was of type: class {java_class(value)}")
    if "oversample" not in value:
        raise IllegalArgument("Invalid rescore_vector value. Missing required field oversample")
    oversample = read_double(value["oversample"])
    if oversample != 0 and oversample <= 1:
        raise IllegalArgument("oversample must be greater than 1 or exactly 0")
    return oversample


def check_index_options(options: dict[str, Json], element_type: str, dims: int | None) -> None:
    """Refuse options that do not go with the vectors. Raises IllegalArgument."""
    kind = options["type"]
    if element_type != "float" and KINDS[kind].quantizes:
        raise IllegalArgument(f"[element_type] cannot be [{element_type}] when using index type [{kind}]")
    if dims is None:
        return
    if kind.startswith("int4") and dims % 2:
        raise IllegalArgument(f"{kind} only supports even dimensions; provided={dims}")
    if kind.startswith("bbq") and dims < _BITS:
        raise IllegalArgument(f"{kind} does not support dimensions fewer than {_BITS}; provided={dims}")


def may_become(mine: dict[str, Json] | None, theirs: dict[str, Json] | None) -> bool:
    """Whether a field's index may be changed to another kind."""
    if mine is None or theirs is None:
        return True
    old, new = KINDS[mine["type"]], KINDS[theirs["type"]]
    if mine["type"] == theirs["type"]:
        return theirs.get("m", 0) >= mine.get("m", 0)
    return new.rank > old.rank and (new.graph or not old.graph)


def shown_options(options: dict[str, Json] | None) -> str:
    """The options in the text of a conflict."""
    if options is None:
        return "null"
    index = KINDS[options["type"]]
    parts = {key: java_text(one) for key, one in options.items() if key != "rescore_vector"}
    if index.takes_confidence:
        parts.setdefault("confidence_interval", "null")
        rescore = options.get("rescore_vector")
        parts["rescore_vector"] = "none" if rescore is None else java_text(rescore)
    return "{" + ", ".join(f"{key}={one}" for key, one in parts.items()) + "}"
