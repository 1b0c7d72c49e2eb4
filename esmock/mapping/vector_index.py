"""How vectors are indexed: the ``index_options`` of dense_vector. Source: recordings of 8.19.21; the published class of 9.x.

Differs: every vector is compared as it was given, whatever the kind of index loses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from esmock.errors import ElasticsearchParse, IllegalArgument, MapperParsing, Unsupported
from esmock.mapping.parameter import Place, as_object, java_class, java_text, read_boolean, read_double, read_integer
from esmock.xcontent.java_order import java_hash

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
        only: the kinds that it may become, where it is not for the rank to say.
        class_name: what errors name it by, where it has no text of its own.
    """

    graph: bool
    rank: int
    quantizes: bool = False
    confidence: float | None = None
    takes_confidence: bool = False
    oversample: float | None = None
    only: frozenset[str] | None = None
    class_name: str | None = None


KINDS: Mapping[str, VectorIndex] = MappingProxyType(
    {
        "flat": VectorIndex(False, 0, class_name="FlatIndexOptions"), "hnsw": VectorIndex(True, 4),
        "int8_flat": VectorIndex(False, 1, True, None, True, class_name="Int8FlatIndexOptions"),
        "int8_hnsw": VectorIndex(True, 5, True, None, True),
        "int4_flat": VectorIndex(False, 2, True, 0.0, True), "int4_hnsw": VectorIndex(True, 6, True, 0.0, True),
        "bbq_flat": VectorIndex(
            False, 3, True, oversample=3.0, only=frozenset({"bbq_flat", "bbq_hnsw"}), class_name="BBQFlatIndexOptions"
        ),
        "bbq_hnsw": VectorIndex(True, 7, True, oversample=3.0, class_name="BBQHnswIndexOptions"),
    }
)  # fmt: skip
DISK = "bbq_disk"
"""The kind without a graph that came with 9.2."""
KINDS_NINE: Mapping[str, VectorIndex] = MappingProxyType(
    {**KINDS, DISK: VectorIndex(False, 8, True, oversample=3.0, only=frozenset({DISK}), class_name="BBQIVFIndexOptions")}
)
FEWEST_PER_CLUSTER, MOST_PER_CLUSTER = 64, 65_536
_NOT_BUILT = ("auto_calibrate", "bits", "flat_index_threshold", "precondition")
"""Options of 9.4 and 9.5 whose printed form is not known."""


def read_index_options(value: Json, place: Place) -> dict[str, Json] | None:
    """Raises MapperParsing, IllegalArgument."""
    if value is None:
        return None
    leaf = place.path.rsplit(".", 1)[-1]
    node = dict(as_object(value))
    if "type" not in node:
        raise MapperParsing("[index_options] requires field [type] to be configured")
    kind = java_text(node.pop("type"))
    behaviour = place.context.behaviour
    index = KINDS_NINE.get(kind) if kind != DISK or behaviour.visits_parts_of_vectors else None
    if index is None:
        raise MapperParsing(f"Unknown vector index options type [{kind}] for field [{leaf}]")
    late = [name for name in _NOT_BUILT if name in node] if behaviour.has((9, 4)) else []
    if late:
        raise Unsupported(f"[index_options.{late[0]}] of [dense_vector]")
    out: dict[str, Json] = {"type": kind}
    if index.graph:
        out["m"] = read_integer(node.pop("m", 16))
        out["ef_construction"] = read_integer(node.pop("ef_construction", 100))
    if index.takes_confidence and (given := node.pop("confidence_interval", index.confidence)) is not None:
        out["confidence_interval"] = read_double(given)
    if kind == DISK:
        out |= _clusters(node, leaf)
    if behaviour.raw_vectors_stay_on_disk and _on_disk(node.pop("on_disk_rescore", None), index, kind):
        out["on_disk_rescore"] = True
    if index.quantizes and (oversample := _oversample(node.pop("rescore_vector", None), index.oversample)) is not None:
        out["rescore_vector"] = {"oversample": oversample}
    if node:
        rest = "".join(f" [{key} : {java_text(one)}]" for key, one in node.items())
        raise MapperParsing(f"Mapping definition for [{leaf}] has unsupported parameters: {rest}")
    return out


def _clusters(node: dict[str, Json], leaf: str) -> dict[str, Json]:
    size = read_integer(node.pop("cluster_size", 384))
    if not FEWEST_PER_CLUSTER <= size <= MOST_PER_CLUSTER:
        raise IllegalArgument(f"cluster_size must be between {FEWEST_PER_CLUSTER} and {MOST_PER_CLUSTER}, got: {size}")
    visited = read_double(node.pop("default_visit_percentage", 0.0))
    if not 0 <= visited <= 100:
        raise IllegalArgument(f"default_visit_percentage must be between 0.0 and 100.0, got: {java_text(visited)} for field [{leaf}]")
    return {"cluster_size": size, "default_visit_percentage": visited}


def _on_disk(value: Json, index: VectorIndex, kind: str) -> bool:
    """Whether the vectors themselves are read from disk alone. Raises IllegalArgument where there are no others."""
    wanted = value is not None and read_boolean(value)
    if wanted and not (index.quantizes and (index.graph or kind == DISK)):
        raise IllegalArgument("on_disk_rescore is only supported for indexed and quantized vector types")
    return wanted


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
    if element_type not in ("float", "bfloat16") and KINDS_NINE[kind].quantizes:
        raise IllegalArgument(f"[element_type] cannot be [{element_type}] when using index type [{kind}]")
    if dims is None:
        return
    if kind.startswith("int4") and dims % 2:
        raise IllegalArgument(f"{kind} only supports even dimensions; provided={dims}")
    if kind.startswith("bbq") and kind != DISK and dims < _BITS:
        raise IllegalArgument(f"{kind} does not support dimensions fewer than {_BITS}; provided={dims}")


def may_become(mine: dict[str, Json] | None, theirs: dict[str, Json] | None) -> bool:
    """Whether a field's index may be changed to another kind."""
    if mine is None or theirs is None:
        return True
    old, new = KINDS_NINE[mine["type"]], KINDS_NINE[theirs["type"]]
    if theirs["type"] == DISK and mine["type"] not in ("flat", DISK):
        return False
    if new.rank < old.rank or (old.only is not None and theirs["type"] not in old.only):
        return False
    if not old.graph:
        return True
    # ES: graphs are merged, so no node of one may have more neighbours than the new one takes, nor be quantized otherwise
    confidence = mine.get("confidence_interval") if new is old else None
    return theirs["m"] >= mine["m"] and confidence in (None, theirs.get("confidence_interval"))


def shown_options(options: dict[str, Json] | None) -> str:
    """The options in the text of a conflict. Differs: the number behind the name of a class is one of the running machine's."""
    if options is None:
        return "null"
    index = KINDS_NINE[options["type"]]
    if index.class_name is not None:
        number = java_hash(java_text(options))
        return f"org.elasticsearch.index.mapper.vectors.DenseVectorFieldMapper${index.class_name}@{number:x}"
    parts = {key: java_text(one) for key, one in options.items() if key != "rescore_vector"}
    if index.takes_confidence:
        parts.setdefault("confidence_interval", "null")
        rescore = options.get("rescore_vector")
        none = "none" if index.graph else "null"
        parts["rescore_vector"] = none if rescore is None else f"RescoreVector[oversample={java_text(rescore['oversample'])}]"
    return "{" + ", ".join(f"{key}={one}" for key, one in parts.items()) + "}"
