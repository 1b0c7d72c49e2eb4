"""A sort bound to a shard: the keys of its documents, and the values that answers print.

Docs: sort-search-results. Source: recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IllegalArgument
from esmock.mapping import field as kinds
from esmock.mapping.date import Date, DateNanos
from esmock.mapping.fielddata import not_supported
from esmock.mapping.metadata_fields import OF_TIME_SERIES
from esmock.mapping.metadata_terms import VERSION_COLUMN_SINCE
from esmock.search.sort import SHARD_DOC
from esmock.search.sort_values import lucene_base, refuse_without_doc_values, segment_value

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.shard import ShardSearch
    from esmock.search.sort import Sort

Json = Any
LONG_MAX, LONG_MIN = 2**63 - 1, -(2**63)


class SortKey:
    """A sort key bound to a shard: numbers of documents to sort by, and what answers print.

    Attributes:
        kind: ``score``, ``doc``, ``long``, ``double`` or ``string``.
    """

    def __init__(self, sort: Sort, shard: ShardSearch) -> None:
        self.sort = sort
        self.shard = shard
        self.field: Field | None = None
        bind = getattr(sort.values, "bind", None)
        self.computed = None if bind is None else bind(shard)
        # ES: where a field is not mapped its nested objects are not looked at
        is_known = sort.values is not None or sort.field.startswith("_") or shard.field(sort.field) is not None
        self.nested_levels = self._nested_levels() if is_known else []
        is_doc = sort.is_doc and (sort.field != SHARD_DOC or shard.behaviour.has((7, 12)))
        self.kind = "score" if sort.is_score else "doc" if is_doc else self._field_kind()
        self._dictionary: list[str] | None = None
        self._lookups: dict[int, np.ndarray] = {}
        self._values: dict[int, tuple[Any, np.ndarray, np.ndarray]] = {}

    def _nested_levels(self) -> list[tuple[str | None, Any]]:
        """Path and bound filter of the levels of ``nested``, from the outermost on. Raises QueryShard."""
        sort = self.sort
        if sort.nested_path is None:
            self._refuse_nested()
            return []
        levels = [*sort.nested_around, (sort.nested_path, sort.nested_filter)]
        if len(levels) > 1 and sort.nested_max_children is not None:
            raise self.shard.error("max_children is only supported on top level of nested sort")
        for path, _ in levels:
            if path is not None and path not in self.shard.mapping.nested_paths:
                raise self.shard.error(f"[nested] failed to find nested object under path [{path}]")
        return [(path, None if query is None else query.bind(self.shard, False)) for path, query in levels]

    def _refuse_nested(self) -> None:
        """ES: since 8.0 a field in nested objects is not sorted by from outside of them. Raises QueryShard."""
        shard, name = self.shard, self.sort.field
        if shard.behaviour.major < 8 or self.sort.has_nested or self.sort.values is not None:
            return
        if shard.mapping.nested_parent(name) not in (None, shard.scope):
            raise shard.error(f"it is mandatory to set the [nested] context on the nested sort field: [{name}].")

    is_told_as_double = False
    """Whether other shards sort by decimals, so that whole numbers are told as such."""

    told_as: Field | None = None
    """The field that prints the values where another shard's does, not the key's own."""

    needs_scores = False
    """Whether the values can only be computed with scores."""

    @classmethod
    def of(cls, sort: Sort, shard: ShardSearch) -> SortKey:
        """The key of a sort: its values may bring one of their own."""
        own = getattr(sort.values, "key", None)
        return cls(sort, shard) if own is None else own(sort, shard)  # type: ignore[no-any-return]

    def prepare(self, leaves: list[tuple[Any, np.ndarray, np.ndarray | None]]) -> None:
        """Told of the matching documents of all leaves, with their scores, before any key is asked for."""

    def _metadata_kind(self) -> str | None:
        """What a field that every mapping has is sorted as; None: the field is none of them."""
        name, shard = self.sort.field, self.shard
        if name == "_id":
            from esmock.search.metadata_values import id_fielddata

            id_fielddata(shard)
        if name == "_id" or shard.identity(name) is not None:
            self._refuse_numbers(name)
            return "string"
        has_versions = shard.behaviour.has(VERSION_COLUMN_SINCE)
        if name == "_seq_no" or (name == "_version" and has_versions):
            return "long"
        if name in ("_source", "_field_names", "_version"):
            raise IllegalArgument(not_supported(name, name))
        return None

    def _field_kind(self) -> str:
        sort, shard = self.sort, self.shard
        if sort.values is not None:
            return "double"
        if not shard.has_no_mapping and (found := self._metadata_kind()) is not None:
            return found
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
            self._refuse_numbers(field.type_name)
            if sort.format is not None and field.name == "keyword" and shard.behaviour.major >= 8:
                raise IllegalArgument(f"Field [{sort.field}] of type [{field.name}] does not support custom formats")
            return "string"
        if sort.format is not None and field.name not in ("date", "date_nanos"):
            raise IllegalArgument("require a date_time formatter; got [decimal]")
        if sort.numeric_type == "date_nanos" and field.name not in ("date", "date_nanos"):
            raise IllegalArgument("trying to convert a known date time formatter to a nanosecond one, wrong field used?")
        if sort.numeric_type == "double":
            return "double"
        if sort.numeric_type is not None:
            return "long"
        return "double" if field.column_kind == kinds.DOUBLE else "long"

    @property
    def lucene_type(self) -> str:
        """The type that Lucene sorts by: INT, LONG, FLOAT, DOUBLE, STRING, DOC or SCORE."""
        if self.kind == "double" and self.field is not None and self.field.name in ("float", "half_float"):
            return "FLOAT"
        return "INT" if self.is_int else self.kind.upper()

    def unmapped_field(self) -> Field | None:
        """What a field that is not mapped is taken for."""
        sort = self.sort
        if self.field is not None or sort.values is not None or not sort.unmapped_type:
            return None
        context = self.shard.mapping.context
        cls = context.type(sort.unmapped_type)
        return None if cls is None else cls(sort.field, {}, context)

    def _refuse_numbers(self, kind: str) -> None:
        """Refuse what only numbers can do. Raises QueryShard."""
        if self.sort.mode in ("sum", "avg", "median"):
            raise self.shard.error("we only support AVG, MEDIAN and SUM on number based fields")
        if self.sort.numeric_type is not None:
            raise self.shard.error(f"[numeric_type] option cannot be set on a non-numeric field, got {kind}")

    def checked(self) -> SortKey:
        """The key, where what stands for missing values can be read. Raises NumberFormat."""
        if self.kind in ("long", "double"):
            self.missing_number()
        return self

    @property
    def is_int(self) -> bool:
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
            is_nested = segment.path is not None
            key = docs.astype(np.int64) + self._lucene_base(segment.root if is_nested else segment)
            # objects inside documents keep their order; documents come behind the objects inside them
            numbers = () if is_nested else segment.nested_counts()
            key = key + numbers[docs] if len(numbers) else key
        elif self.kind == "string":
            return self._string_keys(segment, docs)
        else:
            return self._number_keys(segment, docs)
        return -key if self.sort.descending else key

    def _check_mode(self) -> None:
        """Raises IllegalArgument for what nested objects cannot be reduced to."""
        if self.nested_levels and self.sort.mode == "median":
            raise IllegalArgument("Unsupported sort mode: MEDIAN")

    def _reduced(self, segment: Any) -> tuple[np.ndarray, np.ndarray]:
        """One value per document by the mode: (bool[n_docs] has one, values[n_docs])."""
        found = self._values.get(id(segment))
        if found is None:
            mode = self.sort.mode or ("max" if self.sort.descending else "min")
            # the segment is held, so that its identity stays its own
            has, values = segment_value(segment, self, mode)
            found = self._values[id(segment)] = (segment, has, self._converted(values))
        return found[1], found[2]

    def _converted(self, values: np.ndarray) -> np.ndarray:
        """Values as ``numeric_type`` wants them: cut to whole numbers, or nanoseconds to milliseconds."""
        if self.kind == "long" and values.dtype.kind == "f":
            from esmock.xcontent.java_number import to_long

            return np.array([to_long(one) for one in values.tolist()], np.int64)
        if self.sort.numeric_type in ("date", "double") and self.field is not None and self.field.name == "date_nanos":
            return values // 1_000_000
        if self.field is not None and self.field.name == "date" and self.is_nanos:
            return values * 1_000_000
        return values

    @property
    def is_nanos(self) -> bool:
        """Whether the keys are instants in nanoseconds."""
        name = None if self.field is None else self.field.name
        return name in ("date", "date_nanos") and (self.sort.numeric_type or name) == "date_nanos"

    def _number_keys(self, segment: Any, docs: np.ndarray) -> np.ndarray:
        self._check_mode()
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
            if self.is_int:
                return 2**31 - 1 if high else -(2**31)
            if high:
                return LONG_MAX
            return 0 if self.is_nanos and self.shard.behaviour.nanos_begin_at_zero else LONG_MIN
        if isinstance(missing, bool):
            from esmock.errors import NumberFormat

            raise NumberFormat(f'For input string: "{str(missing).lower()}"')
        try:
            return float(missing) if self.kind == "double" else int(float(missing))
        except (TypeError, ValueError):
            from esmock.errors import NumberFormat

            raise NumberFormat(f'For input string: "{missing}"') from None

    def dictionary(self) -> list[str]:
        """All terms of the field on the shard, sorted."""
        if self._dictionary is None:
            from esmock.store.column import utf8_order

            held = [self._terms_of(leaf.segment) for leaf in self.shard.reader]
            self._dictionary = held[0] if len(held) == 1 else sorted({term for terms in held for term in terms}, key=utf8_order)
        return self._dictionary

    @property
    def _identity(self) -> str | None:
        """What all documents of the shard say alike; None: each says its own."""
        if self.path == "_type":
            return self.shard.type_name
        return self.shard.identity(self.path)

    def _terms_of(self, segment: Any) -> list[str]:
        """The terms of a segment, sorted."""
        return (self._column(segment).dictionary or []) if self._identity is None else [self._identity]

    def _column(self, segment: Any) -> Any:
        if self.nested_levels:
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
            own = self._terms_of(segment)
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
            if not has[doc]:
                missing = self.sort.missing
                return None if missing in ("_last", "_first") else str(missing)
            return self._terms_of(segment)[int(values[doc])]
        return values[doc].item() if has[doc] else self.missing_number()

    def _lucene_doc(self, segment: Any, doc: int) -> int:
        """The number that Lucene gives a document: nested objects come before the document that holds them."""
        if segment.path is not None:
            from esmock.search.lucene.node import lucene_doc

            return self._lucene_base(segment.root) + lucene_doc(segment, doc, self.shard.mapping)
        numbers = segment.nested_counts()
        return self._lucene_base(segment) + doc + int(numbers[doc])

    def _lucene_base(self, segment: Any) -> int:
        """The documents of the segments before, nested objects included; ``_shard_doc`` begins with the number of the shard."""
        base = self.shard.position << 32 if self.sort.field == SHARD_DOC else 0
        return base + lucene_base(self.shard.reader, segment)

    def shown(self, value: Any) -> Json:
        """A raw value as ``sort`` prints it."""
        if self.kind == "score":
            from esmock.xcontent.json_writer import F32

            return None if value is None else F32(value)
        if self.kind in ("doc",) or value is None:
            return value
        if self.kind == "string":
            kind = "" if self.field is None else self.field.name
            if kind in ("version", *OF_TIME_SERIES) or (kind == "ip" and len(value) == 32):
                return self.field.format_value(value)  # type: ignore[union-attr]
            return value
        return self._shown_number(value)

    def unit_ns(self, field: Date) -> int:
        """The nanoseconds of one unit of a date with a format: from 8.x on ``numeric_type`` says it before the field does."""
        given = self.sort.numeric_type
        if given is None or self.shard.behaviour.major < 8:
            return field.unit_ns
        return DateNanos.unit_ns if given == DateNanos.name else Date.unit_ns

    def _shown_number(self, value: Any) -> Json:
        field = self.field
        if self.is_told_as_double:
            return float(value)
        if self.kind == "double":
            if field is not None and field.name in ("float", "half_float") and self.sort.numeric_type is None:
                from esmock.xcontent.json_writer import F32

                return F32(value)
            return float(value)
        if self.sort.format is not None and field is not None:
            if value in (LONG_MIN, LONG_MAX) and self.shard.behaviour.major >= 8:
                # ES: from 8.x on what stands for a missing date is not formatted
                return None
            teller = self.told_as or field
            if isinstance(teller, Date):
                return teller.format_value(value, self.sort.format, unit_ns=self.unit_ns(teller))
            return teller.format_value(value, self.sort.format)
        if field is not None and field.name == "unsigned_long":
            return field.format_value(value)
        return int(value)
