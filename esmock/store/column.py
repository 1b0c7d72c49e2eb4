"""Columns: the values of one field in one segment, in numpy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from esmock.mapping import field as kinds

Json = Any


@dataclass(frozen=True, slots=True)
class Column:
    """Doc values of one field in one segment, as Lucene would keep them.

    values: by document, ascending within each; int64 (integers, dates in ms, date_nanos in ns, booleans 0/1), float64 (decimals),
        int32 ordinals into ``dictionary`` without repeats (keyword, ip), float64[n, 2] latitude and longitude (geo_point),
        lists of simple geometries (geo_shape, shape)
    starts: int64[n_docs + 1]; document d owns values[starts[d]:starts[d + 1]]; empty = missing
    dictionary: the distinct terms, sorted by code point, of ordinal columns; None for the others. An ip is 32 hexadecimal digits
    other: a second array beside ``values`` where one value is a pair (the upper ends of ranges, the counts of histograms)
    is_single: no document has more than one value
    """

    values: np.ndarray
    starts: np.ndarray
    dictionary: list[str] | None = None
    other: np.ndarray | None = None
    is_single: bool = True
    _extremes: list[Any] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def extremes(self) -> tuple[Any, Any] | None:
        """The least and the greatest value; None: there is no value. Kept, since every range of dates asks."""
        if not len(self.values):
            return None
        if not self._extremes:
            self._extremes.extend((self.values.min().item(), self.values.max().item()))
        return self._extremes[0], self._extremes[1]

    @property
    def counts(self) -> np.ndarray:
        """int64[n_docs]: values per document."""
        return np.diff(self.starts)

    @property
    def has_value(self) -> np.ndarray:
        """bool[n_docs]."""
        return self.starts[1:] > self.starts[:-1]

    def flat(self, docs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The values of some documents.

        Args:
            docs: int[n].

        Returns:
            positions in ``docs`` (int64[m]) and the values there.
        """
        first = self.starts[docs]
        counts = self.starts[docs + 1] - first
        if self.is_single:
            positions = np.flatnonzero(counts)
            return positions, self.values[first[positions]]
        positions = np.repeat(np.arange(len(docs)), counts)
        within = np.arange(len(positions)) - np.repeat(np.cumsum(counts) - counts, counts)
        return positions, self.values[np.repeat(first, counts) + within]

    def owners(self) -> np.ndarray:
        """int64[n_values]: the document of each value."""
        return np.repeat(np.arange(len(self.starts) - 1), self.counts)

    def ordinal(self, term: str) -> int:
        """The place of a term in the dictionary; -1 where it is not there."""
        from bisect import bisect_left

        assert self.dictionary is not None
        at = bisect_left(self.dictionary, term)
        return at if at < len(self.dictionary) and self.dictionary[at] == term else -1


def empty_column(n_docs: int, kind: str | None = None) -> Column:
    """The column of a field that no document has."""
    starts = np.zeros(n_docs + 1, np.int64)
    if kind == kinds.ORDINALS:
        return Column(np.empty(0, np.int32), starts, [])
    if kind == kinds.SHAPE:
        return Column(np.empty(0, object), starts)
    if kind == kinds.HISTOGRAM:
        return Column(np.empty(0, np.float64), starts, None, np.empty(0, np.int64))
    if kind == kinds.GEO:
        return Column(np.empty((0, 2), np.float64), starts)
    return Column(np.empty(0, np.float64 if kind == kinds.DOUBLE else np.int64), starts)


def build_column(segment: Any, path: str) -> Column:
    """Read a field's column out of the sources. A ``text`` field's column holds its terms (fielddata)."""
    field = segment.field(path)
    if field is None:
        if path in ("_id", "_routing", "_ignored", "_index", "_seq_no", "_version", "_tsid", "_ts_routing_hash"):
            return _metadata_column(segment, path)
        return empty_column(segment.n_docs)
    if "#" in path and hasattr(field, "of_documents"):
        return column_of(field, field.of_documents(segment))
    if field.is_text:
        return segment.postings(path).fielddata(segment.n_docs, _frequencies(field))
    raw, field = segment.values(path)
    if field.column_kind is None:
        return empty_column(segment.n_docs)
    return column_of(field, [field.column_values([])] * segment.n_docs if field.name == "constant_keyword" else _converted(field, raw))


def column_of(field: Any, per_doc: list[list[Any]]) -> Column:
    """A field's column of values that have been converted, per document."""
    kind = field.column_kind
    counts = np.fromiter(map(len, per_doc), np.int64, len(per_doc))
    starts = np.zeros(len(per_doc) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    flat = [value for values in per_doc for value in values]
    if kind == kinds.ORDINALS:
        return ordinal_column(flat, counts)
    if kind in (kinds.BINARY, kinds.SHAPE):
        return Column(objects(flat), starts, None, None, _single(counts))
    if kind == kinds.GEO:
        return frozen(Column(_points(flat, counts), starts, None, None, _single(counts)))
    if kind == kinds.HISTOGRAM:
        values = np.array([value for value, _ in flat], np.float64)
        return frozen(Column(values, starts, None, np.array([count for _, count in flat], np.int64), _single(counts)))
    if kind == kinds.RANGE:
        return range_column(flat, counts, field.dtype)
    return number_column(np.array(flat, np.float64 if kind == kinds.DOUBLE else np.int64), counts)


def objects(flat: list[Any]) -> np.ndarray:
    """object[n], whatever the values are."""
    out = np.empty(len(flat), object)
    for at, value in enumerate(flat):
        out[at] = value
    return out


def _frequencies(field: Any) -> dict[str, Any] | None:
    return field.given.get("fielddata_frequency_filter")  # type: ignore[no-any-return]


def _single(counts: np.ndarray) -> bool:
    return not len(counts) or int(counts.max()) <= 1


def _converted(field: Any, raw: list[list[Json]]) -> list[list[Any]]:
    """Column values per document; values of the plain JSON type of the field pass as they are."""
    convert = field.column_values
    longest = field.longest_plain()
    if longest >= 0:
        return [
            values if not values or (len(values) == 1 and type(values[0]) is str and len(values[0]) <= longest) else convert(values)
            for values in raw
        ]
    plain = _PLAIN.get(field.name)
    if plain is not None:
        low, high = field.low, field.high
        return [
            values
            if not values or (len(values) == 1 and type(values[0]) is plain and low <= values[0] <= high)
            else convert(values)
            for values in raw
        ]
    return [convert(values) if values else values for values in raw]


_PLAIN = {"byte": int, "short": int, "integer": int, "long": int, "double": float}


def number_column(values: np.ndarray, counts: np.ndarray) -> Column:
    """A column of numbers, sorted within each document."""
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    single = _single(counts)
    if not single:
        owners = np.repeat(np.arange(len(counts)), counts)
        values = values[np.lexsort((values, owners))]
    return frozen(Column(values, starts, None, None, single))


def _points(flat: list[Any], counts: np.ndarray) -> np.ndarray:
    """float64[n, 2]: points, those of one document as Lucene sorts them: by the first coordinate, then by the bits of the second."""
    values = np.array(flat, np.float64).reshape(len(flat), 2)
    if _single(counts):
        return values
    first, second = values[:, 0], values[:, 1]
    owners = np.repeat(np.arange(len(counts)), counts)
    return values[np.lexsort((second, second < 0, first, owners))]


def range_column(flat: list[tuple[Any, Any]], counts: np.ndarray, dtype: str) -> Column:
    """A column of ranges: lower ends in ``values``, upper ones in ``other``."""
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    lows, highs = np.array([low for low, _ in flat], dtype), np.array([high for _, high in flat], dtype)
    return frozen(Column(lows, starts, None, highs, _single(counts)))


def ordinal_column(flat: list[str], counts: np.ndarray) -> Column:
    """A column of terms: sorted dictionary, ordinals sorted and distinct within each document."""
    dictionary = sorted(set(flat), key=utf8_order if not all(map(str.isascii, flat)) else None)
    lookup = {term: ordinal for ordinal, term in enumerate(dictionary)}
    ordinals = np.fromiter(map(lookup.__getitem__, flat), np.int32, len(flat))
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    if _single(counts):
        return frozen(Column(ordinals, starts, dictionary))
    owners = np.repeat(np.arange(len(counts)), counts)
    order = np.lexsort((ordinals, owners))
    ordinals, owners = ordinals[order], owners[order]
    keep = np.ones(len(ordinals), bool)
    keep[1:] = (ordinals[1:] != ordinals[:-1]) | (owners[1:] != owners[:-1])
    ordinals, owners = ordinals[keep], owners[keep]
    distinct = np.bincount(owners, minlength=len(counts))
    np.cumsum(distinct, out=starts[1:])
    return frozen(Column(ordinals, starts, dictionary, None, _single(distinct)))


def utf8_order(text: str) -> bytes:
    """The sort key of terms: their UTF-8 bytes."""
    return text.encode("utf-8", "surrogatepass")


def frozen(column: Column) -> Column:
    """The column with its arrays made read-only."""
    column.values.flags.writeable = False
    column.starts.flags.writeable = False
    return column


def _series_column(segment: Any, path: str) -> Column:
    """Of documents of time series their series, or the hash that they are routed by: bytes as characters, which sort alike."""
    from esmock.mapping.series_id import is_time_series, routing_of_id, series_of

    docs = segment.docs
    if not docs or not is_time_series(docs[-1].mapping.context.settings):
        return empty_column(segment.n_docs, kinds.ORDINALS)
    if path == "_tsid":
        found = [series_of(doc.mapping, source) for doc, source in zip(docs, segment.sources(), strict=True)]
    else:
        found = [(routing_of_id(doc.doc_id) or 0).to_bytes(4, "little") for doc in docs]
    return ordinal_column([one.decode("latin-1") for one in found], np.ones(segment.n_docs, np.int64))


def _metadata_column(segment: Any, path: str) -> Column:
    n = segment.n_docs
    if path in ("_seq_no", "_version"):
        numbers = segment.seq_nos if path == "_seq_no" else segment.versions
        return number_column(np.array(numbers, np.int64), np.ones(n, np.int64))
    if path == "_id":
        return ordinal_column(list(segment.doc_ids), np.ones(n, np.int64))
    if path == "_routing":
        routings = segment.routings
        counts = np.array([one is not None for one in routings], np.int64)
        return ordinal_column([one for one in routings if one is not None], counts)
    if path in ("_tsid", "_ts_routing_hash"):
        return _series_column(segment, path)
    if path == "_ignored":
        from esmock.store.ignored import ignored_fields

        names = [ignored_fields(doc) for doc in segment.docs]
        return ordinal_column([name for one in names for name in one], np.fromiter(map(len, names), np.int64, n))
    return empty_column(n)
