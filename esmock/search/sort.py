"""Sorting: what to sort by, the keys of a shard's documents, and the order of hits over shards.

Docs: sort-search-results. Source: recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import ApiError, IllegalArgument, Parsing, Unsupported, XContentParse
from esmock.mapping import field as kinds
from esmock.search.query.base import ParseContext
from esmock.search.query.parse import parse_query, text
from esmock.xcontent.located import NeedsPositions, at_name, at_value, token, token_behind
from esmock.xcontent.similar import suggestion

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.base import Query
    from esmock.search.query.shard import ShardSearch

Json = Any
LONG_MAX, LONG_MIN = 2**63 - 1, -(2**63)
MODES = ("min", "max", "sum", "avg", "median")


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort key.

    Args:
        field: a field, ``_score`` or ``_doc``.
        missing: ``_last``, ``_first`` or a value.
    """

    field: str
    descending: bool = False
    missing: Json = "_last"
    mode: str | None = None
    unmapped_type: str | None = None
    format: str | None = None
    numeric_type: str | None = None
    nested_path: str | None = None
    nested_max_children: int | None = None
    nested_filter: Query | None = None
    values: Any = None
    """What computes the values where no field holds them: ``bind(shard)`` gives a function from a segment to a Column."""

    @property
    def is_score(self) -> bool:
        return self.field == "_score"

    @property
    def is_doc(self) -> bool:
        return self.field == "_doc"


def parse_sort(body: Json, key: str, ctx: ParseContext) -> list[Sort]:
    """Read ``sort``: a name, an object, or a list of both. Raises Parsing, XContentParse, IllegalArgument."""
    value = body[key]
    if isinstance(value, list):
        out: list[Sort] = []
        for at, one in enumerate(value):
            if isinstance(one, dict):
                out.extend(_object(one, ctx))
            elif isinstance(one, str):
                out.append(by_name(one))
            else:
                raise IllegalArgument("malformed sort format, within the sort array, an object, or an actual string are allowed")
            del at
        return out
    if isinstance(value, dict):
        return _object(value, ctx)
    if isinstance(value, str):
        return [by_name(value)]
    raise IllegalArgument("malformed sort format, either start with array, object, or an actual string")


def by_name(name: str, order: str | None = None) -> Sort:
    """A sort by field alone; scores go downwards by default."""
    if order is None:
        return Sort(name, descending=name == "_score")
    return Sort(name, descending=order == "desc")


def parse_sort_param(texts: list[str]) -> list[Sort]:
    """The ``sort`` URL parameter: ``field``, ``field:asc``, ``field:desc``; an unknown direction makes no sort."""
    out = []
    for one in texts:
        name, separator, order = one.rpartition(":")
        if not separator:
            out.append(by_name(one))
        elif order in ("asc", "desc"):
            out.append(by_name(name, order))
    return out


def _object(node: Json, ctx: ParseContext) -> list[Sort]:
    out = []
    for name in node:
        value = node[name]
        if isinstance(value, dict):
            if name in ("_geo_distance", "_geoDistance"):
                from esmock.search.geo_sort import geo_sort

                out.append(geo_sort(value, ctx))
                continue
            if name == "_script":
                from esmock.search.script_sort import script_sort

                out.append(script_sort(node, name, ctx))
                continue
            out.append(_field_sort(name, value, ctx))
        elif isinstance(value, str):
            out.append(by_name(name, _order(text(node, name, ctx))))
        else:
            kind, at = token_behind(node, name)
            parser = "_score" if name == "_score" else "field_sort"
            raise XContentParse(f"[{parser}] Expected START_OBJECT but was: {kind}", at)
    return out


def _order(name: str) -> str:
    if name.lower() not in ("asc", "desc"):
        raise IllegalArgument(f"No enum constant org.elasticsearch.search.sort.SortOrder.{name.upper()}")
    return name.lower()


_TOKENS: dict[str, tuple[str, ...]] = {
    "missing": ("VALUE_BOOLEAN", "VALUE_NULL", "VALUE_EMBEDDED_OBJECT", "VALUE_NUMBER", "VALUE_STRING"),
    "nested_path": ("VALUE_STRING",),
    "unmapped_type": ("VALUE_STRING", "VALUE_NULL"),
    "order": ("VALUE_STRING",),
    "mode": ("VALUE_STRING",),
    "nested_filter": ("START_OBJECT", "VALUE_NULL"),
    "nested": ("START_OBJECT",),
    "numeric_type": ("VALUE_STRING",),
    "format": ("VALUE_STRING",),
}


def _field_sort(name: str, node: Json, ctx: ParseContext) -> Sort:
    parser = "_score" if name == "_score" else "field_sort"
    known = {"order": _TOKENS["order"]} if name == "_score" else _TOKENS
    if not ctx.behaviour.sort_format:
        known = {key: tokens for key, tokens in known.items() if key != "format"}
    found: dict[str, Any] = {}
    for key in node:
        value = node[key]
        tokens = known.get(key)
        if tokens is None or (key in ("nested_path", "nested_filter") and ctx.behaviour.major >= 8):
            raise XContentParse(f"[{parser}] unknown field [{key}]{suggestion(key, known)}", at_name(node, key))
        if token(value) not in tokens:
            raise XContentParse(f"[{parser}] {key} doesn't support values of type: {token(value)}", at_value(node, key))
        try:
            _option(found, node, key, ctx)
        except NeedsPositions:
            raise
        except ApiError as error:
            raise XContentParse(f"[{parser}] failed to parse field [{key}]", at_value(node, key), cause=error) from None
    descending = found.pop("order", "desc" if name == "_score" else "asc") == "desc"
    return Sort(name, descending, **found)


def _option(found: dict[str, Any], node: Json, key: str, ctx: ParseContext) -> None:
    value = node[key]
    if key == "order":
        found["order"] = _order(text(node, key, ctx))
    elif key == "mode":
        mode = text(node, key, ctx)
        if mode.lower() not in MODES:
            raise IllegalArgument(f"Unknown SortMode [{mode}]")
        found["mode"] = mode.lower()
    elif key == "nested":
        _nested(found, value, ctx)
    elif key == "nested_path":
        ctx.warn("[nested_path] has been deprecated in favor of the [nested] parameter")
        found["nested_path"] = text(node, key, ctx)
    elif key == "nested_filter":
        ctx.warn("[nested_filter] has been deprecated in favour for the [nested] parameter")
        found["nested_filter"] = parse_query(node, key, ctx)
    elif key == "numeric_type":
        kind = text(node, key, ctx)
        if kind not in ("long", "double", "date", "date_nanos"):
            raise IllegalArgument(
                f"invalid value for [numeric_type], must be [long, double, date, date_nanos], got {kind}"
            )
        found["numeric_type"] = kind
    elif key == "missing":
        found["missing"] = "_last" if value is None else value
    else:
        found[key] = None if value is None else text(node, key, ctx)


def _nested(found: dict[str, Any], node: Json, ctx: ParseContext) -> None:
    for key in node:
        if key == "path":
            found["nested_path"] = text(node, key, ctx)
        elif key == "filter":
            found["nested_filter"] = parse_query(node, key, ctx)
        elif key == "nested":
            _nested(found, node[key], ctx)
        elif key == "max_children":
            from esmock.search.query.parse import int_value

            found["nested_max_children"] = int_value(node, key)
        else:
            raise IllegalArgument(f"unknown field name: {key}") if isinstance(node[key], str) else Parsing(
                f"unknown field name: {key}", at_value(node, key)
            )


class SortKey:
    """A sort key bound to a shard: numbers of documents to sort by, and what answers print.

    Attributes:
        kind: ``score``, ``doc``, ``long``, ``double`` or ``string``.
    """

    def __init__(self, sort: Sort, shard: ShardSearch) -> None:
        self.sort = sort
        self.shard = shard
        self.field: Field | None = None
        self.kind = "score" if sort.is_score else "doc" if sort.is_doc else self._field_kind()
        self._dictionary: list[str] | None = None
        self._lookups: dict[int, np.ndarray] = {}
        self.nested_match = None
        bind = getattr(sort.values, "bind", None)
        self.computed = None if bind is None else bind(shard)
        if sort.nested_path is not None and sort.nested_path not in shard.mapping.nested_paths:
            raise shard.error(f"[nested] failed to find nested object under path [{sort.nested_path}]")
        if sort.nested_path is not None and sort.nested_filter is not None:
            self.nested_match = sort.nested_filter.bind(shard, False)

    needs_scores = False
    """Whether the values can only be computed with scores."""

    @classmethod
    def of(cls, sort: Sort, shard: ShardSearch) -> SortKey:
        """The key of a sort: its values may bring one of their own."""
        own = getattr(sort.values, "key", None)
        return cls(sort, shard) if own is None else own(sort, shard)  # type: ignore[no-any-return]

    def prepare(self, leaves: list[tuple[Any, np.ndarray, np.ndarray | None]]) -> None:
        """Told of the matching documents of all leaves, with their scores, before any key is asked for."""

    def _field_kind(self) -> str:
        sort, shard = self.sort, self.shard
        if sort.values is not None:
            return "double"
        if sort.field == "_id":
            from esmock.search.fetch import id_fielddata

            id_fielddata(shard)
        if sort.field in ("_id", "_routing", "_index"):
            return "string"
        if sort.field in ("_source", "_field_names"):
            raise IllegalArgument(f"Fielddata is not supported on field [{sort.field}] of type [{sort.field}]")
        if sort.field in ("_seq_no", "_version"):
            return "long"
        field = shard.field(sort.field)
        if field is None:
            if sort.unmapped_type is None or sort.unmapped_type == "":
                raise shard.error(f"No mapping found for [{sort.field}] in order to sort on")
            cls = shard.mapping.context.type(sort.unmapped_type)
            if cls is None:
                raise IllegalArgument(f"No mapper found for type [{sort.unmapped_type}]")
            return {kinds.LONG: "long", kinds.DOUBLE: "double"}.get(cls.column_kind or "", "string")
        self.field = field
        refuse_without_doc_values(shard, field, sort.field)
        if field.is_text or field.column_kind == kinds.ORDINALS:
            if sort.mode in ("sum", "avg", "median"):
                raise shard.error("we only support AVG, MEDIAN and SUM on number based fields")
            return "string"
        if sort.numeric_type == "double":
            return "double"
        return "double" if field.column_kind == kinds.DOUBLE else "long"

    @property
    def _is_int(self) -> bool:
        """ES: from 8.x small integers are sorted as 32-bit numbers, and missing ones show it."""
        return (
            self.shard.behaviour.major >= 8
            and self.field is not None
            and self.sort.numeric_type is None
            and self.field.name in ("integer", "short", "byte")
        )

    @property
    def path(self) -> str:
        return self.sort.field if self.field is None else self.field.path

    def keys(self, segment: Any, docs: np.ndarray, scores: np.ndarray | None, base: int) -> np.ndarray:
        """Sort keys of some documents, smaller first: float64 or int64[n]."""
        if self.kind == "score":
            assert scores is not None
            key = scores[docs].astype(np.float64)
        elif self.kind == "doc":
            key = docs.astype(np.int64) + self._lucene_base(segment)
            numbers = nested_counts(segment)
            key = key + numbers[docs] if len(numbers) else key
        elif self.kind == "string":
            return self._string_keys(segment, docs)
        else:
            return self._number_keys(segment, docs)
        return -key if self.sort.descending else key

    def _reduced(self, segment: Any) -> tuple[np.ndarray, np.ndarray]:
        """One value per document by the mode: (bool[n_docs] has one, values[n_docs])."""
        return segment_value(segment, self, self.sort.mode or ("max" if self.sort.descending else "min"))

    def _number_keys(self, segment: Any, docs: np.ndarray) -> np.ndarray:
        has, values = self._reduced(segment)
        has, values = has[docs], values[docs]
        if self.kind == "double" and values.dtype.kind != "f":
            values = values.astype(np.float64)
        fill = self.missing_number()
        key = np.where(has, values, np.array(fill, values.dtype))
        if not self.sort.descending:
            return key
        return -key if key.dtype.kind == "f" else ~key

    def missing_number(self) -> Any:
        """What stands for a missing value."""
        missing, down = self.sort.missing, self.sort.descending
        if self.computed is not None:
            return math.inf
        if missing in ("_last", "_first"):
            high = (missing == "_last") != down
            if self.kind == "double":
                return math.inf if high else -math.inf
            if self._is_int:
                return 2**31 - 1 if high else -(2**31)
            return LONG_MAX if high else LONG_MIN
        try:
            return float(missing) if self.kind == "double" else int(float(missing))
        except (TypeError, ValueError):
            from esmock.errors import NumberFormat

            raise NumberFormat(f'For input string: "{missing}"') from None

    def dictionary(self) -> list[str]:
        """All terms of the field on the shard, sorted."""
        if self._dictionary is None:
            from esmock.store.column import utf8_order

            columns = [self._column(leaf.segment) for leaf in self.shard.reader]
            if len(columns) == 1:
                self._dictionary = columns[0].dictionary or []
            else:
                self._dictionary = sorted({term for column in columns for term in column.dictionary or []}, key=utf8_order)
        return self._dictionary

    def _column(self, segment: Any) -> Any:
        if self.sort.nested_path is not None:
            return segment.nested(self.sort.nested_path).column(self.path)
        return segment.column(self.path)

    def _string_keys(self, segment: Any, docs: np.ndarray) -> np.ndarray:
        """int64[n]: places in the shard's dictionary; missing ones at the end that ``missing`` names."""
        has, ordinals = self._reduced(segment)
        lookup = self._lookup(segment)
        places = np.full(len(docs), -1, np.int64)
        there = has[docs]
        if len(lookup):
            places[there] = lookup[ordinals[docs][there].astype(np.int64)] * 2 + 1
        places[~there] = self.missing_place()
        return -places if self.sort.descending else places

    def missing_place(self) -> int:
        """The place of a missing value among the doubled places of the dictionary."""
        missing, down = self.sort.missing, self.sort.descending
        size = len(self.dictionary())
        if missing in ("_last", "_first"):
            return 2 * size + 2 if (missing == "_last") != down else -2
        from bisect import bisect_left

        wanted = str(missing)
        at = bisect_left(self.dictionary(), wanted)
        exact = at < size and self.dictionary()[at] == wanted
        return 2 * at + 1 if exact else 2 * at

    def _lookup(self, segment: Any) -> np.ndarray:
        found = self._lookups.get(id(segment))
        if found is None:
            dictionary = self.dictionary()
            own = self._column(segment).dictionary or []
            if own is dictionary:
                found = np.arange(len(own), dtype=np.int64)
            else:
                places = {term: at for at, term in enumerate(dictionary)}
                found = np.array([places[term] for term in own], np.int64)
            self._lookups[id(segment)] = found
        return found

    def raw(self, segment: Any, doc: int, score: float | None, base: int) -> Any:
        """The value of one document: number, text, or None where a text is missing."""
        if self.kind == "score":
            return score
        if self.kind == "doc":
            return self._lucene_doc(segment, doc)
        has, values = self._reduced(segment)
        if self.kind == "string":
            if self.path == "_index":
                return self.shard.index
            if not has[doc]:
                missing = self.sort.missing
                return None if missing in ("_last", "_first") else str(missing)
            return (self._column(segment).dictionary or [])[int(values[doc])]
        return values[doc].item() if has[doc] else self.missing_number()

    def _lucene_doc(self, segment: Any, doc: int) -> int:
        """The number that Lucene gives a document: nested objects come before the document that holds them."""
        numbers = nested_counts(segment)
        return self._lucene_base(segment) + doc + int(numbers[doc])

    def _lucene_base(self, segment: Any) -> int:
        """The documents of the segments before, nested objects included."""
        base = 0
        for leaf in self.shard.reader:
            if leaf.segment is segment:
                return base
            numbers = nested_counts(leaf.segment)
            base += leaf.segment.n_docs + (int(numbers[-1]) if len(numbers) else 0)
        return base

    def shown(self, value: Any) -> Json:
        """A raw value as ``sort`` prints it."""
        if self.kind == "score":
            from esmock.xcontent.json_writer import F32

            return None if value is None else F32(value)
        if self.kind in ("doc",) or value is None:
            return value
        if self.kind == "string":
            if self.field is not None and (self.field.name == "version" or (self.field.name == "ip" and len(value) == 32)):
                return self.field.format_value(value)
            return value
        return self._shown_number(value)

    def _shown_number(self, value: Any) -> Json:
        field = self.field
        if self.kind == "double":
            if field is not None and field.name in ("float", "half_float"):
                from esmock.xcontent.json_writer import F32

                return F32(value)
            return float(value)
        if self.sort.format is not None and field is not None:
            return field.format_value(value, self.sort.format)
        if field is not None and self.sort.numeric_type == "date_nanos" and field.name == "date":
            return int(value) * 1_000_000
        return int(value)


def segment_value(segment: Any, key: SortKey, mode: str) -> tuple[np.ndarray, np.ndarray]:
    """One value per document of a segment (cached on it)."""
    if key.sort.nested_path is not None:
        return _nested_value(segment, key, mode)
    if key.computed is not None:
        return segment.cached(("sort", key.sort.values, mode), lambda: reduced(key.computed(segment), mode))
    column = segment.column(key.path)
    if key.path == "_index":
        return np.ones(segment.n_docs, bool), np.zeros(segment.n_docs, np.int64)
    return segment.cached(("sort", key.path, mode), lambda: reduced(column, mode))


def nested_counts(segment: Any) -> np.ndarray:
    """int64[n_docs]: nested objects in a segment's documents up to and including each."""

    def build() -> np.ndarray:
        counts = np.zeros(segment.n_docs, np.int64)
        paths = {path for _, _, mapping in segment.runs() for path in mapping.nested_paths}
        for path in paths:
            counts += np.bincount(segment.nested(path).root_docs(), minlength=segment.n_docs)
        return np.cumsum(counts)

    return segment.cached("nested_counts", build)


def _nested_value(segment: Any, key: SortKey, mode: str) -> tuple[np.ndarray, np.ndarray]:
    from esmock.store.column import Column

    view = segment.nested(key.sort.nested_path)
    column = view.column(key.path) if key.computed is None else key.computed(view)
    owners = column.owners()
    keep = np.ones(len(owners), bool)
    if key.nested_match is not None:
        keep = key.nested_match.match(view).match[owners]
    if key.sort.nested_max_children:
        keep &= _is_early(view, segment.n_docs, key)[owners]
    parents = view.root_docs()[owners[keep]]
    counts = np.bincount(parents, minlength=segment.n_docs).astype(np.int64)
    starts = np.zeros(segment.n_docs + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    values = column.values[keep]
    order = np.lexsort((values, parents))
    return reduced(Column(values[order], starts, column.dictionary, None, False), mode)


def _is_early(view: Any, n_docs: int, key: SortKey) -> np.ndarray:
    """bool[n]: whether a nested object is one of the first of its document that count."""
    counts = np.ones(view.n_docs, bool) if key.nested_match is None else key.nested_match.match(view).match
    roots = view.root_docs()
    rank = np.cumsum(counts) - 1
    firsts = np.zeros(n_docs, np.int64)
    before = np.concatenate(([0], np.cumsum(counts)))
    firsts[roots[::-1]] = before[np.arange(len(roots))[::-1]]
    return counts & (rank - firsts[roots] < (key.sort.nested_max_children or 0))


def reduced(column: Any, mode: str) -> tuple[np.ndarray, np.ndarray]:
    """Has a value, and the value by mode, per document."""
    has = column.has_value
    n = len(has)
    values = column.values
    if values.dtype == np.int32:
        values = values.astype(np.int64)
    out = np.zeros(n, values.dtype)
    first, last = column.starts[:-1][has], column.starts[1:][has] - 1
    if column.is_single or mode == "min":
        out[has] = values[first]
    elif mode == "max":
        out[has] = values[last]
    elif mode in ("sum", "avg"):
        sums = np.add.reduceat(values, first) if len(first) else values[:0]
        if mode == "avg":
            counts = last - first + 1
            sums = sums / counts
            if values.dtype.kind == "i":
                # Java's Math.round
                sums = np.floor(sums + 0.5).astype(np.int64)
        out[has] = sums
    else:
        counts = last - first + 1
        low, high = values[first + (counts - 1) // 2], values[first + counts // 2]
        middle = (low + high) / 2 if values.dtype.kind == "f" else np.floor((low + high) / 2 + 0.5).astype(np.int64)
        out[has] = np.where(low == high, low, middle)
    return has, out


def refuse_without_doc_values(shard: ShardSearch, field: Field, name: str) -> None:
    """Refuse fields that have no columns. Raises IllegalArgument."""
    refused = getattr(field, "no_columns", None)
    if refused is not None:
        raise IllegalArgument(refused)
    if field.is_text:
        if not field.get("fielddata"):
            raise IllegalArgument(fielddata_disabled(shard, field))
        return
    if field.has("doc_values") and not field.get("doc_values"):
        raise IllegalArgument(
            f"Can't load fielddata on [{field.path}] because fielddata is unsupported on fields of type [{field.name}]. "
            "Use doc values instead."
        )
    if field.column_kind == kinds.RANGE:
        raise Unsupported(f"doc values of fields of type [{field.name}]")
    if field.name == "binary":
        raise IllegalArgument("can't sort on binary field")
    if field.column_kind in (kinds.GEO, kinds.BINARY, None):
        what = field.name
        raise IllegalArgument(f"can't sort on {what} field without using specific sorting feature, like geo_distance")


def fielddata_disabled(shard: ShardSearch, field: Field) -> str:
    """The text that refuses sorting and aggregating on text."""
    tail = (
        "Text fields are not optimised for operations that require per-document field data like aggregations and sorting, "
        "so these operations are disabled by default. Please use a keyword field instead. Alternatively, set fielddata=true on "
        f"[{field.path}] in order to load field data by uninverting the inverted index. Note that this can use significant memory."
    )
    if shard.behaviour.major >= 8:
        return f"Fielddata is disabled on [{field.path}] in [{shard.index}]. {tail}"
    return tail
