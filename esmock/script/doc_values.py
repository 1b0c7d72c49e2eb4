"""What ``doc['field']`` gives a script: the values of one document, by kind of field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.values import Long, double_text

MISSING = (
    "A document doesn't have a value for a field! Use doc[<field>].size()==0 to check if a document is missing a field!"
)


class DocLookup(Protocol):
    """What the search side supplies: the fields of one segment.

    ``kind`` is ``long``, ``double``, ``float``, ``boolean``, ``date``, ``keyword``, ``ip``, ``geo_point``, ``dense_vector``,
    ``rank_vectors`` or ``binary``.
    """

    def kind(self, field: str) -> str | None:
        """The kind of a field's doc values. None: the mapping has no such field.

        Raises ApiError for a field without doc values (text without fielddata).
        """

    def values(self, field: str, doc: int) -> Sequence[Any]:
        """The values of a document, sorted as doc values are: ints (dates as epoch nanoseconds), floats, bools, strings,
        (lat, lon) pairs, bytes; of rank vectors first (dims, element type)."""

    def source(self, doc: int) -> Any:
        """The source of a document as a JSON tree."""

    def stored(self, field: str, doc: int) -> list[Any] | None:
        """The values of a document that the mapping stores on their own. None: the mapping has no such field."""

    def random(self, seed: int, doc: int, value: str | None) -> float:
        """The random number of a value, or of the document's place in the shard: in [0, 1)."""


class ScriptDocValues(list[Any]):
    """The base of all kinds: a list with ``value``."""

    java_class = ""
    java_parents = ("java.util.AbstractList",)
    __slots__ = ()
    frozen = True
    refusal = "doc values are unmodifiable"
    get_lines: tuple[int, ...] = ()
    """Lines of ``get`` and ``getValue`` in ScriptDocValues.java, which stand in the stack of a missing value."""
    blank: Any = 0
    element_bytes = 8

    def first(self) -> Any:
        """``value``. Raises IllegalState for a document without one."""
        if not self:
            raise self._missing("get", "getValue")
        return self[0]

    def at(self, index: int) -> Any:
        """``get``. Values are kept in an array that grows beyond them; what is read there is ``blank``."""
        if not self:
            raise self._missing("get")
        if 0 <= index < len(self):
            return self[index]
        capacity = self._capacity()
        if not 0 <= index < capacity:
            raise t.ArrayIndexOutOfBounds(f"Index {index} out of bounds for length {capacity}")
        return self.blank

    def _capacity(self) -> int:
        """The length of a Lucene array that was made to hold these values; ``element_bytes`` each."""
        size = len(self) + max(len(self) >> 3, 3)
        step = max(8 // self.element_bytes, 1)
        return -(-size // step) * step


    def _missing(self, *methods: str) -> t.Throwable:
        error = t.IllegalState(MISSING)
        place = self.java_class.replace("ScriptDocValues.", "ScriptDocValues$")
        error.frames = tuple(
            f"{place}.{method}(ScriptDocValues.java:{line})" for method, line in zip(methods, self.get_lines, strict=False)
        )
        return error


_PACKAGE = "org.elasticsearch.index.fielddata.ScriptDocValues."


class Longs(ScriptDocValues):
    java_class = _PACKAGE + "Longs"
    get_lines = (121, 115)
    blank = Long(0)
    __slots__ = ()


class Doubles(ScriptDocValues):
    java_class = _PACKAGE + "Doubles"
    get_lines = (249, 243)
    blank = 0.0
    __slots__ = ()


class Booleans(ScriptDocValues):
    java_class = _PACKAGE + "Booleans"
    get_lines = (418, 412)
    blank = False
    element_bytes = 1
    __slots__ = ()


class Strings(ScriptDocValues):
    java_class = _PACKAGE + "Strings"
    get_lines = (494, 508)
    blank: Any = ""
    element_bytes = 4
    __slots__ = ()


class Ips(Strings):
    java_class = "org.elasticsearch.index.mapper.IpFieldMapper.IpFieldType.IpScriptDocValues"
    blank = "::1"
    __slots__ = ()

    def first(self) -> Any:
        """``value``; null for a document without one."""
        return self[0] if self else None

    def at(self, index: int) -> Any:
        """ES: nobody looks whether there is a value."""
        if self:
            return super().at(index)
        raise t.ArrayIndexOutOfBounds(f"Index {index} out of bounds for length 0")


class BytesRefs(ScriptDocValues):
    java_class = _PACKAGE + "BytesRefs"
    get_lines = (521, 533)
    blank = b""
    element_bytes = 4
    __slots__ = ()


def _bytes_refs(values: Sequence[bytes]) -> BytesRefs:
    from esmock.script.painless.runtime.elastic import BytesRef

    return BytesRefs(map(BytesRef, values))


class Dates(ScriptDocValues):
    java_class = _PACKAGE + "Dates"
    get_lines = (160, 154)
    __slots__ = ()

    def at(self, index: int) -> Any:
        if self and index >= len(self):
            raise t.IndexOutOfBounds(f"attempted to fetch the [{index}] date when there are only [{len(self)}] dates.")
        return super().at(index)


class GeoPoints(ScriptDocValues):
    java_class = _PACKAGE + "GeoPoints"
    get_lines = (330, 300)
    __slots__ = ()


class DenseVectors(ScriptDocValues):
    """The vector of a document: at most one, a list of floats."""

    java_class = "org.elasticsearch.xpack.vectors.query.DenseVectorScriptDocValues"
    get_lines = (43, 43)
    __slots__ = ()

    def magnitude(self) -> float:
        """Its length, as a float."""
        import numpy as np

        return float(np.float32(np.sqrt(np.sum(np.square(np.asarray(self.first(), np.float32), dtype=np.float32), dtype=np.float64))))


class RankVectorValues(ScriptDocValues):
    """The vectors of a document: at most one list of them.

    Attributes:
        dims: dimensions of each.
        element_type: of the field.
    """

    java_class = "org.elasticsearch.script.field.vectors.RankVectorsDocValuesField"
    get_lines = (43, 43)
    __slots__ = ("dims", "element_type")

    def __init__(self, values: Sequence[Any]) -> None:
        super().__init__(values[1:])
        self.dims, self.element_type = values[0]


class GeoPoint:
    """org.elasticsearch.common.geo.GeoPoint."""

    java_class = "org.elasticsearch.common.geo.GeoPoint"
    __slots__ = ("lat", "lon")

    def __init__(self, lat: float, lon: float) -> None:
        self.lat, self.lon = lat, lon

    def j_getLat(self) -> float:
        return self.lat

    def j_getLon(self) -> float:
        return self.lon

    def j_toString(self) -> str:
        return f"{double_text(self.lat)}, {double_text(self.lon)}"

    def j_hashCode(self) -> int:
        from esmock.script.painless.runtime.values import hash_code, wrap_int

        return wrap_int(31 * hash_code(self.lat or 0.0) + hash_code(self.lon or 0.0))

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, GeoPoint) and (self.lat, self.lon) == (other.lat, other.lon)


def _dates(values: Sequence[Any]) -> Dates:
    from esmock.script.painless.runtime.time.joda import joda_date

    return Dates(map(joda_date, values))


_LOOKUP = "org.elasticsearch.search.lookup.LeafDocLookup"
_MAKERS: dict[str, Callable[[Sequence[Any]], ScriptDocValues]] = {
    "long": lambda values: Longs(map(Long, values)),
    "double": Doubles,
    "float": Doubles,
    "boolean": Booleans,
    "date": _dates,
    "keyword": Strings,
    "ip": Ips,
    "geo_point": lambda values: GeoPoints(GeoPoint(lat, lon) for lat, lon in values),
    "binary": _bytes_refs,
    "dense_vector": DenseVectors,
    "rank_vectors": RankVectorValues,
}


class Doc:
    """The map ``doc`` of a script, standing at one document at a time (set ``doc``)."""

    java_class = "org.elasticsearch.search.lookup.LeafDocLookup"
    java_parents = ("java.util.Map",)

    def __init__(self, lookup: DocLookup) -> None:
        self._lookup = lookup
        self._makers: dict[str, Callable[[Sequence[Any]], ScriptDocValues]] = {}
        self.doc = 0

    def get(self, field: str, default: Any = None) -> ScriptDocValues:
        """``doc[field]``; there is no default for a field that is not mapped. Raises IllegalArgument for a field that is not mapped."""
        maker = self._makers.get(field)
        if maker is None:
            kind = self._lookup.kind(field)
            if kind is None:
                error = t.IllegalArgument(f"No field found for [{field}] in mapping with types []")
                error.frames = tuple(f"{_LOOKUP}.get(LeafDocLookup.java:{line})" for line in (88, 40))
                raise error
            maker = self._makers[field] = _MAKERS[kind]
        return maker(self._lookup.values(field, self.doc))

    def kind(self, field: str) -> str | None:
        """The kind of a field; None: there is none of that name."""
        return self._lookup.kind(field)

    def values(self, field: str) -> Sequence[Any]:
        """The values of the document at which this stands."""
        return self._lookup.values(field, self.doc)

    def source(self) -> Any:
        """The source of the document at which this stands."""
        return self._lookup.source(self.doc)

    def stored(self, field: str) -> list[Any] | None:
        """See ``DocLookup.stored``."""
        return self._lookup.stored(field, self.doc)

    def __len__(self) -> int:
        raise t.UnsupportedOperation(None)

    def random(self, seed: int, value: str | None) -> float:
        """See ``DocLookup.random``."""
        return self._lookup.random(seed, self.doc, value)

    def __contains__(self, field: str) -> bool:
        try:
            return self._lookup.kind(field) is not None
        except t.Throwable:
            return True  # it is mapped, and has no values to read


class Columns(Protocol):
    """What the search side supplies for whole segments: numpy columns, for expressions and vectorised scripts."""

    def kind(self, field: str) -> str | None:
        """As ``DocLookup.kind``."""

    def column(self, field: str) -> tuple[Any, Any]:
        """(values, starts): values[n_values] sorted within each document, starts int[n_docs + 1]; booleans as 0 and 1,
        dates as epoch milliseconds, places as an array [n_values, 2] of latitude and longitude."""
