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

    ``kind`` is ``long``, ``double``, ``float``, ``boolean``, ``date``, ``keyword``, ``ip``, ``geo_point``, ``dense_vector`` or ``binary``.
    """

    def kind(self, field: str) -> str | None:
        """The kind of a field's doc values. None: the mapping has no such field.

        Raises ApiError for a field without doc values (text without fielddata).
        """

    def values(self, field: str, doc: int) -> Sequence[Any]:
        """The values of a document, sorted as doc values are: ints (dates as epoch milliseconds), floats, bools, strings,
        (lat, lon) pairs, bytes."""

    def random(self, seed: int, doc: int, value: str | None) -> float:
        """The random number of a value, or of the document's place in the shard: in [0, 1)."""


class ScriptDocValues(list[Any]):
    """The base of all kinds: a list with ``value``."""

    java_class = ""
    java_parents = ("java.util.AbstractList",)
    __slots__ = ()
    frozen = True
    get_lines: tuple[int, ...] = ()
    """Lines of ``get`` and ``getValue`` in ScriptDocValues.java, which stand in the stack of a missing value."""

    def first(self) -> Any:
        """``value``. Raises IllegalState for a document without one."""
        if not self:
            raise self._missing("get", "getValue")
        return self[0]

    def at(self, index: int) -> Any:
        """``get``."""
        if not self:
            raise self._missing("get")
        if not 0 <= index < len(self):
            raise t.ArrayIndexOutOfBounds(f"Index {index} out of bounds for length {len(self)}")
        return self[index]


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
    __slots__ = ()


class Doubles(ScriptDocValues):
    java_class = _PACKAGE + "Doubles"
    get_lines = (249, 243)
    __slots__ = ()


class Booleans(ScriptDocValues):
    java_class = _PACKAGE + "Booleans"
    get_lines = (418, 412)
    __slots__ = ()


class Strings(ScriptDocValues):
    java_class = _PACKAGE + "Strings"
    get_lines = (494, 508)
    __slots__ = ()


class Ips(Strings):
    java_class = "org.elasticsearch.index.mapper.IpFieldMapper.IpFieldType.IpScriptDocValues"
    __slots__ = ()

    def first(self) -> Any:
        """``value``; null for a document without one."""
        return self[0] if self else None


class BytesRefs(ScriptDocValues):
    java_class = _PACKAGE + "BytesRefs"
    get_lines = (521, 533)
    __slots__ = ()

    def first(self) -> Any:
        return _bytes_ref(super().first())

    def at(self, index: int) -> Any:
        return _bytes_ref(super().at(index))


def _bytes_ref(value: Any) -> Any:
    from esmock.script.painless.runtime.elastic import BytesRef

    return BytesRef(value) if isinstance(value, bytes) else value


class Dates(ScriptDocValues):
    java_class = _PACKAGE + "Dates"
    get_lines = (160, 154)
    __slots__ = ()


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
    "binary": BytesRefs,
    "dense_vector": DenseVectors,
}


class Doc:
    """The map ``doc`` of a script, standing at one document at a time (set ``doc``)."""

    java_class = "org.elasticsearch.search.lookup.LeafDocLookup"
    java_parents = ("java.util.Map",)

    def __init__(self, lookup: DocLookup) -> None:
        self._lookup = lookup
        self._makers: dict[str, Callable[[Sequence[Any]], ScriptDocValues]] = {}
        self.doc = 0

    def get(self, field: str) -> ScriptDocValues:
        """``doc[field]``. Raises IllegalArgument for a field that is not mapped."""
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

    def random(self, seed: int, value: str | None) -> float:
        """See ``DocLookup.random``."""
        return self._lookup.random(seed, self.doc, value)

    def __contains__(self, field: str) -> bool:
        return self._lookup.kind(field) is not None


class Columns(Protocol):
    """What the search side supplies for whole segments: numpy columns, for expressions and vectorised scripts."""

    def kind(self, field: str) -> str | None:
        """As ``DocLookup.kind``."""

    def column(self, field: str) -> tuple[Any, Any]:
        """(values, starts): values[n_values] sorted within each document, starts int[n_docs + 1]; booleans as 0 and 1,
        dates as epoch milliseconds, places as an array [n_values, 2] of latitude and longitude."""
