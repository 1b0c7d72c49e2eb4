"""Vectors of numbers. Docs: dense-vector. Source: recordings of 8.19.21."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, MapperParsing, Unsupported
from esmock.mapping.field import HIDDEN, Field
from esmock.mapping.parameter import Parameter, Place, boolean, choice, java_text, meta, read_integer

if TYPE_CHECKING:
    import numpy as np

Json = Any
MOST_DIMS = 4096
SIMILARITIES = ("l2_norm", "cosine", "dot_product", "max_inner_product")
GRAPH = MappingProxyType({"m": 16, "ef_construction": 100})
OPTIONS: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {"hnsw": GRAPH, "int8_hnsw": GRAPH, "flat": MappingProxyType({}), "int8_flat": MappingProxyType({})}
)
"""Kinds of index by name, with their options."""
NOT_BUILT = ("int4_hnsw", "int4_flat", "bbq_hnsw", "bbq_flat", "bbq_disk")
UNIT_TOLERANCE = 1e-4


class NotAVector(Exception):
    """A value that cannot be the vector of a field; what is wrong stands in ``error`` or in ``token``.

    Attributes:
        error: text with ``{document}`` where the document is to be named; None: a number was expected.
        index: place in the array; None: its end.
    """

    def __init__(self, error: str | None, index: int | None) -> None:
        super().__init__(error)
        self.error = error
        self.index = index


def _dims(value: Json, place: Place) -> int:
    dims = read_integer(value)
    if not 1 <= dims <= MOST_DIMS:
        raise MapperParsing(f"The number of dimensions should be in the range [1, {MOST_DIMS}] but was [{dims}]")
    return dims


def _element_type(text: str, place: Place) -> MapperParsing:
    return MapperParsing(f"invalid element_type [{text}]; available types are [bit, byte, float]")


def _similarity(value: Json, place: Place) -> str:
    text = java_text(value)
    if text not in SIMILARITIES:
        raise MapperParsing(f"Unknown value [{text}] for field [similarity] - accepted values are [{', '.join(SIMILARITIES)}]")
    return text


def _index_options(value: Json, place: Place) -> dict[str, Json]:
    leaf = place.path.rsplit(".", 1)[-1]
    node = dict(value)
    if "type" not in node:
        raise MapperParsing("[index_options] requires field [type] to be configured")
    kind = java_text(node.pop("type"))
    if kind in NOT_BUILT:
        raise Unsupported(f"[index_options] of type [{kind}]")
    if kind not in OPTIONS:
        raise MapperParsing(f"Unknown vector index options type [{kind}] for field [{leaf}]")
    for name in ("confidence_interval", "rescore_vector"):
        if name in node and kind.startswith("int8"):
            raise Unsupported(f"[{name}] of [index_options]")
    own = {name: read_integer(node.pop(name, default)) for name, default in OPTIONS[kind].items()}
    if node:
        rest = "".join(f" [{key} : {java_text(one)}]" for key, one in node.items())
        raise MapperParsing(f"Mapping definition for [{leaf}] has unsupported parameters: {rest}")
    return {"type": kind, **own}


class DenseVector(Field):
    """A vector of floats, bytes or bits.

    Differs: distances are those of the vectors as given; what Elasticsearch loses by keeping them in seven bits (``int8_hnsw``, its
    default, and ``int8_flat``) is not lost, and no neighbour is overlooked.
    """

    name = "dense_vector"
    takes_arrays = True
    exists_by_values = True
    learns = True
    allows_multi_fields = False
    parameters = (
        choice("element_type", "float", ("float", "byte", "bit"), _element_type),
        Parameter("dims", None, _dims),
        boolean("index", True),
        Parameter("similarity", None, _similarity),
        Parameter("index_options", None, _index_options, updateable=True, allows_null=True),
        meta(),
    )
    __slots__ = ()

    def setup(self) -> None:
        if not self.get("index"):
            for name in ("similarity", "index_options"):
                if self.given.get(name) is not None:
                    raise IllegalArgument(f"Field [{name}] can only be specified for a field of type [dense_vector] when it is indexed")
        if self.is_bit:
            if self.dims is not None and self.dims % 8:
                raise MapperParsing(f"The number of dimensions for should be a multiple of 8 but was [{self.dims}]")
            if self.given.get("similarity") not in (None, "l2_norm"):
                raise IllegalArgument("The [l2_norm] similarity is the only supported similarity for bit vectors")
        options = self.given.get("index_options")
        if options is not None and self.element_type != "float" and options["type"].startswith("int8"):
            raise IllegalArgument(f"[element_type] cannot be [{self.element_type}] when using index type [{options['type']}]")

    @property
    def dims(self) -> int | None:
        found: int | None = self.given.get("dims")
        return found

    @property
    def element_type(self) -> str:
        return str(self.get("element_type"))

    @property
    def is_bit(self) -> bool:
        return self.element_type == "bit"

    @property
    def similarity(self) -> str:
        return str(self.get("similarity"))

    def default_of(self, parameter: Parameter) -> Any:
        if parameter.name == "similarity" and self.get("index"):
            return "l2_norm" if self.is_bit else "cosine"
        if parameter.name == "index_options" and self.get("index") and self.element_type == "float":
            return {"type": "int8_hnsw", **GRAPH}
        return parameter.default

    def printed(self, parameter: Parameter) -> Json:
        if parameter.name in ("index", "similarity", "index_options"):
            value = self.get(parameter.name)
            return HIDDEN if value is None else value
        return super().printed(parameter)

    def may_change(self, parameter: Parameter, mine: Any, theirs: Any) -> bool:
        return parameter.name == "dims" and (mine is None or theirs is None)

    def merged_parameters(self, other: Field) -> dict[str, Any]:
        return other.given if self.dims is None else {"dims": self.dims, **other.given}

    def learned(self, value: Json) -> Field | None:
        """The field with the number of dimensions that its first vector has."""
        if self.dims is not None:
            return None
        n = self._given_dims(value)
        return type(self)(self.path, {**self.given, "dims": n}, self.context, copy_to=self.copy_to)

    def _given_dims(self, value: Json) -> int:
        n = len(value) // 2 if isinstance(value, str) else len(value)
        return n * 8 if self.is_bit else n

    def check(self, value: Json) -> None:
        if isinstance(value, str) and self.element_type != "float":
            self._check_size(self._given_dims(value), 0)
            return
        if not isinstance(value, list):
            raise NotAVector(None, None)
        most = None if self.dims is None else self.dims // 8 if self.is_bit else self.dims
        for at, one in enumerate(value):
            if most is not None and at >= most:
                raise NotAVector(f"The [dense_vector] field [{self.path}] in doc [{{document}}] has more dimensions "
                                 f"than defined in the mapping [{self.dims}]", at)
            if isinstance(one, bool) or not isinstance(one, int | float):
                raise NotAVector(None, at)
            wrong = self.refused_element(one, at, java_text(one))
            if wrong is not None:
                raise NotAVector(wrong, at)
        self._check_size(self._given_dims(value), None)
        wrong = self.refused_magnitude(value)
        if wrong is not None:
            raise NotAVector(wrong, None)

    def _check_size(self, n: int, index: int | None) -> None:
        if self.dims is not None and n != self.dims:
            raise NotAVector(
                f"The [dense_vector] field [{self.path}] in doc [{{document}}] has a different number of dimensions [{n}] "
                f"than defined in the mapping [{self.dims}]", index,
            )

    def refused_element(self, value: float, at: int, shown: str) -> str | None:
        """Why a number cannot be an element."""
        if self.element_type == "float":
            return None
        if value != int(value):
            return (
                f"element_type [{self.element_type}] vectors only support non-decimal values "
                f"but found decimal value [{java_text(float(value))}] at dim [{at}];"
            )
        if not -128 <= value <= 127:
            return f"element_type [{self.element_type}] vectors only support integers between [-128, 127] but found [{shown}] at dim [{at}];"
        return None

    def refused_magnitude(self, values: list[float]) -> str | None:
        """Why a similarity cannot be had with a vector."""
        square = math.fsum(float(one) * float(one) for one in values)
        wrong = None
        if self.similarity == "cosine" and square == 0:
            wrong = "The [cosine] similarity does not support vectors with zero magnitude."
        elif self.similarity == "dot_product" and self.element_type == "float" and abs(square - 1) > UNIT_TOLERANCE:
            wrong = "The [dot_product] similarity can only be used with unit-length vectors."
        return None if wrong is None else f"{wrong} Preview of invalid vector: {preview(values)}"

    def vector(self, value: Json) -> np.ndarray:
        """A value of the source: float32[dims]; bytes of a byte or bit vector as they are."""
        import numpy as np

        if isinstance(value, str):
            return np.frombuffer(bytes.fromhex(value), np.int8).astype(np.float32)
        return np.asarray(value, np.float32)

    @property
    def no_columns(self) -> str:
        """Why there is no order."""
        return f"Field [{self.path}] of type [dense_vector] doesn't support sort"

    no_aggregations = "String representation of doc values for vector fields is not supported"

    def column_values(self, values: list[Json]) -> list[Any]:
        return []

    def fetched_values(self, values: list[Json]) -> list[Json] | None:
        return [one for value in values for one in (value if isinstance(value, list) else [value])]

    def term(self, value: Json) -> Any:
        raise IllegalArgument(f"Field [{self.path}] of type [dense_vector] doesn't support term queries")


def preview(values: list[float]) -> str:
    """The first five numbers of a vector."""
    shown = ", ".join(java_text(float(one)) for one in values[:5])
    return f"[{shown}{', ...' if len(values) > 5 else ''}]"


FIELDS = (DenseVector,)
