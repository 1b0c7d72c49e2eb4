"""Vectors of numbers. Docs: dense-vector. Source: recordings of 8.19.21."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.errors import ClassCast, IllegalArgument, MapperParsing, UnsupportedOperation
from esmock.mapping.field import HIDDEN, Field
from esmock.mapping.parameter import Parameter, Place, boolean, cast_message, java_text, meta, read_integer
from esmock.mapping.vector_index import check_index_options, may_become, read_index_options, shown_options
from esmock.xcontent.json_writer import F32

if TYPE_CHECKING:
    import numpy as np

    from esmock.mapping.context import MappingContext

Json = Any
MOST_DIMS = 4096
MOST_DIMS_BEFORE_8 = 2048
SIMILARITIES = ("l2_norm", "cosine", "dot_product", "max_inner_product")
GRAPH = MappingProxyType({"m": 16, "ef_construction": 100})
DIMS_IN_BITS = 384
"""From how many dimensions on vectors are kept in single bits (9.1)."""
UNIT_TOLERANCE = 1e-4


class NotAVector(Exception):
    """A value that cannot be the vector of a field; what is wrong stands in ``error`` or in ``token``.

    Attributes:
        error: text with ``{document}`` where the document is to be named; None: a number was expected.
        index: place in the array; None: its end.
        outer: place of that array in a list of vectors.
    """

    def __init__(self, error: str | None, index: int | None, *, outer: int | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.index = index
        self.outer = outer


def _dims(value: Json, place: Place) -> int:
    if type(value) is not int or not -(2**31) <= value < 2**31:
        leaf = place.path.rsplit(".", 1)[-1]
        raise MapperParsing(f"Property [dims] on field [{leaf}] must be an integer but got [{java_text(value)}]")
    dims = value
    if not 1 <= dims <= MOST_DIMS:
        raise MapperParsing(f"The number of dimensions should be in the range [1, {MOST_DIMS}] but was [{dims}]")
    return dims


def _element_type(value: Json, place: Place) -> str:
    if not isinstance(value, str):
        raise ClassCast(cast_message(value, "java.lang.String"))
    known = ["bit", "byte", "float"]
    if place.context.behaviour.has((9, 3)):
        known.insert(0, "bfloat16")
    if value not in known:
        raise MapperParsing(f"invalid element_type [{value}]; available types are [{', '.join(known)}]")
    return value


def _similarity(value: Json, place: Place) -> str | None:
    if value is None:
        return None
    text = java_text(value)
    if text not in SIMILARITIES:
        raise MapperParsing(f"Unknown value [{text}] for field [similarity] - accepted values are [{', '.join(SIMILARITIES)}]")
    return text


def _dims_before_8(value: Json, place: Place) -> int:
    dims = read_integer(value)
    if not 1 <= dims <= MOST_DIMS_BEFORE_8:
        raise MapperParsing(
            f"The number of dimensions for field [{place.path.rsplit('.', 1)[-1]}] should be in the range [1, {MOST_DIMS_BEFORE_8}] "
            f"but was [{dims}]"
        )
    return dims


class DenseVector(Field):
    """A vector of floats, bytes or bits.

    Differs: distances are those of the vectors as given; what Elasticsearch loses by keeping them in fewer bits (``int8_hnsw`` and, from
    384 dimensions on, ``bbq_hnsw``, its defaults) is not lost, and no neighbour is overlooked. With an enterprise licence 9.4 prefers
    ``bbq_disk``, which esmock only takes where it is asked for.
    """

    name = "dense_vector"
    takes_words = False
    takes_arrays = True
    exists_by_values = True
    learns = True
    allows_multi_fields = False
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("element_type", "float", _element_type),
        Parameter("dims", None, _dims),
        boolean("index", True),
        Parameter("similarity", None, _similarity, allows_null=True),
        Parameter("index_options", None, read_index_options, allows_null=True),
        meta(),
    )
    __slots__ = ()

    @classmethod
    def parameter_table(cls, context: MappingContext) -> dict[str, Parameter]:
        if context.behaviour.major < 8:
            return {"dims": Parameter("dims", None, _dims_before_8), "meta": meta()}
        return super().parameter_table(context)

    @property
    def is_old(self) -> bool:
        """Before 8.0 vectors are only read, by scripts; nothing is indexed."""
        return self.context.behaviour.major < 8

    def get(self, name: str) -> Any:
        if name == "index" and self.is_old:
            return False
        found = super().get(name)
        if found is None and name == "similarity":
            return self.default(name)
        return found

    @property
    def has_doc_values(self) -> bool:
        return self.is_old

    def setup(self) -> None:
        if self.is_old:
            if self.dims is None:
                raise MapperParsing(f"Missing required parameter [dims] for field [{self.leaf}]")
            return
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
        if options is not None:
            check_index_options(options, self.element_type, self.dims)

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
    def is_of_bytes(self) -> bool:
        return self.element_type in ("bit", "byte")

    @property
    def similarity(self) -> str:
        return str(self.get("similarity"))

    def default_of(self, parameter: Parameter) -> Any:
        if parameter.name == "similarity" and self.get("index"):
            return "l2_norm" if self.is_bit else "cosine"
        if parameter.name == "index_options" and self.get("index") and self.element_type in ("float", "bfloat16"):
            return self._default_index()
        return parameter.default

    def _default_index(self) -> dict[str, Json] | None:
        """The kind of index that is made where none is named; None: as long as the number of dimensions is not known (9.1)."""
        if self.context.behaviour.vectors_in_bits:
            if self.dims is None:
                return None
            if self.dims >= DIMS_IN_BITS:
                return {"type": "bbq_hnsw", **GRAPH, "rescore_vector": {"oversample": 3.0}}
        return {"type": "int8_hnsw", **GRAPH}

    def printed(self, parameter: Parameter) -> Json:
        if self.is_old:
            return super().printed(parameter)
        if parameter.name in ("index", "similarity", "index_options"):
            value = self.get(parameter.name)
            return HIDDEN if value is None else value
        return super().printed(parameter)

    def may_change(self, parameter: Parameter, mine: Any, theirs: Any) -> bool:
        if parameter.name == "index_options":
            return may_become(mine, theirs)
        return parameter.name == "dims" and (mine is None or theirs is None)

    def shown(self, parameter: Parameter) -> str:
        return shown_options(self.get("index_options")) if parameter.name == "index_options" else super().shown(parameter)

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
        if isinstance(value, str) and self.is_of_bytes:
            if len(value) % 2:
                raise NotAVector(f"string length not even: {len(value)}", 0)
            self._check_size(self._given_dims(value), 0)
            return
        if not isinstance(value, list):
            raise NotAVector(None, None)
        most = None if self.dims is None else self.dims // 8 if self.is_bit else self.dims
        for at, one in enumerate(value):
            if most is not None and at >= most:
                raise NotAVector(self._too_many(), at)
            if isinstance(one, bool) or not isinstance(one, int | float):
                raise NotAVector(None, at)
            wrong = self.refused_element(one, at, java_text(one))
            if wrong is not None:
                raise NotAVector(wrong, at)
        self._check_size(self._given_dims(value), None)
        wrong = self.refused_magnitude(value)
        if wrong is not None:
            raise NotAVector(wrong, None)

    def _too_many(self) -> str:
        if self.is_old:
            return (
                f"Field [{self.path}] of type [dense_vector] of doc [{{document}}] has exceeded the number of dimensions [{self.dims}] "
                "defined in mapping"
            )
        return f"The [{self.name}] field [{self.path}] in doc [{{document}}] has more dimensions than defined in the mapping [{self.dims}]"

    def _check_size(self, n: int, index: int | None) -> None:
        if self.is_old and n != self.dims:
            raise NotAVector(
                f"Field [{self.path}] of type [dense_vector] of doc [{{document}}] has number of dimensions [{n}] less than defined in the "
                f"mapping [{self.dims}]", index,
            )
        if self.dims is not None and n != self.dims:
            raise NotAVector(
                f"The [{self.name}] field [{self.path}] in doc [{{document}}] has a different number of dimensions [{n}] "
                f"than defined in the mapping [{self.dims}]", index,
            )

    def refused_element(self, value: float, at: int, shown: str) -> str | None:
        """Why a number cannot be an element."""
        if not self.is_of_bytes:
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
        if self.is_old:
            return None
        square = math.fsum(float(one) * float(one) for one in values)
        wrong = None
        if self.similarity == "cosine" and square == 0:
            wrong = "The [cosine] similarity does not support vectors with zero magnitude."
        elif self.similarity == "dot_product" and not self.is_of_bytes and abs(square - 1) > UNIT_TOLERANCE:
            wrong = "The [dot_product] similarity can only be used with unit-length vectors."
        return None if wrong is None else f"{wrong} Preview of invalid vector: {preview(values)}"

    def vector(self, value: Json) -> np.ndarray:
        """A value of the source: float32[dims]; bytes of a byte or bit vector as they are."""
        import numpy as np

        if isinstance(value, str):
            return np.frombuffer(bytes.fromhex(value), np.int8).astype(np.float32)
        return self._narrowed(np.asarray(value, np.float32))

    def _narrowed(self, values: np.ndarray) -> np.ndarray:
        return _halved(values) if self.element_type == "bfloat16" else values

    def kept_vector(self, value: Json) -> list[Json]:
        """A vector as the index keeps it. ES: for ``cosine`` with length 1, and its length beside it, which is not quite the same."""
        import numpy as np

        if self.is_of_bytes:
            return [int(one) for one in self.vector(value)]
        found = np.asarray(value, np.float32)
        square = np.float32(0)
        for one in found:
            square += one * one
        if self.similarity == "cosine" and abs(float(square) - 1) > UNIT_TOLERANCE:
            length = np.float32(math.sqrt(float(square)))
            return [F32(one) for one in self._narrowed(found / length) * length]
        return [F32(one) for one in self._narrowed(found)]

    @property
    def is_kept_beside_source(self) -> bool:
        return bool(self.get("index"))

    @property
    def no_columns(self) -> str:
        """Why there is no order."""
        return "can't sort on the vector field" if self.is_old else f"Field [{self.path}] of type [dense_vector] doesn't support sort"

    no_aggregations = "String representation of doc values for vector fields is not supported"

    def column_values(self, values: list[Json]) -> list[Any]:
        return []

    def fetched_values(self, values: list[Json]) -> list[Json] | None:
        return [one for value in values for one in (value if isinstance(value, list) else [value])]

    def term(self, value: Json) -> Any:
        if self.is_old:
            raise UnsupportedOperation(f"Field [{self.path}] of type [dense_vector] doesn't support queries")
        raise IllegalArgument(f"Field [{self.path}] of type [dense_vector] doesn't support term queries")


def _halved(values: np.ndarray) -> np.ndarray:
    """Floats rounded to their upper 16 bits, halfway cases to even."""
    import numpy as np

    bits = values.view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) & np.uint32(0xFFFF0000)).view(np.float32)


def preview(values: list[float]) -> str:
    """The first five numbers of a vector."""
    shown = ", ".join(java_text(float(one)) for one in values[:5])
    return f"[{shown}{', ...' if len(values) > 5 else ''}]"


FIELDS = (DenseVector,)
