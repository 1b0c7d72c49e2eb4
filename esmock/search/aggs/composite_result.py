"""The result of a composite aggregation: the order of its keys, its reduction and how it is printed.

Docs: search-aggregations-bucket-composite-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.search.aggs.column_text import Piece, Write, absent, strings
from esmock.search.aggs.columns import BucketTable, Rows
from esmock.search.aggs.formats import Format
from esmock.search.aggs.internal import (
    Bucket,
    Internal,
    JavaKey,
    MultiBucket,
    ReduceContext,
    Rendering,
    Results,
    reduce_results,
    results_body,
    stands,
)
from esmock.search.aggs.merging import grouped
from esmock.search.merging import BYTES, miscast
from esmock.xcontent.json_writer import dumps, scalar_text

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What reduction and rendering need of one source."""

    name: str
    ascending: bool
    format: Format | None
    is_boolean: bool = False
    nulls_first: bool = True

    @property
    def is_plain(self) -> bool:
        """Whether its keys ascend behind null, as codes do."""
        return self.ascending and self.nulls_first

    def print(self, value: Any) -> Json:
        if value is None:
            return None
        if self.is_boolean:
            return bool(value)
        return value if self.format is None else self.format.print(value)


@dataclass(slots=True)
class CompositeBucket(Bucket):
    shown: Any = None

    def key_text(self) -> str:
        return str(self.shown)

    def ordering(self) -> Any:
        return tuple((False,) if one is None else (True, one) for one in self.key)

    def property_key(self) -> Any:
        return JavaKey("ArrayMap", self.shown)


class Composite(MultiBucket):
    type, java = "composite", "InternalComposite"
    __slots__ = ("after_key", "parts", "size")

    def __init__(self, name: str, meta: Json, buckets: Sequence[Any], parts: Sequence[Part], size: int) -> None:
        super().__init__(name, meta, buckets)
        self.parts, self.size = parts, size
        self.after_key: Json = None
        if isinstance(buckets, BucketTable):
            self.after_key = next(iter(shown_keys(buckets.keys[-1:], parts)), None)
        elif buckets:
            self.after_key = buckets[-1].shown

    @classmethod
    def of_columns(
        cls, name: str, meta: Json, keys: list[Key], counts: list[int], rows: Rows, parts: Sequence[Part], size: int
    ) -> Composite:
        """A result of keys, counts and the rows below them."""

        def bucket(key: Key, count: int, results: Results) -> CompositeBucket:
            return CompositeBucket(key, count, results, *shown_keys([key], parts))

        return cls(name, meta, BucketTable(keys, counts, rows, bucket), parts, size)

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        if len(results) == 1:
            return self._alone(ctx)
        lists = [one.buckets for one in results]
        if _has_one_class(results):
            ranks = {key: rank for rank, key in enumerate(sorted_keys([*{one.key: None for many in lists for one in many}], self.parts))}
            groups = grouped(lists, operator.lt, key=lambda bucket: ranks[bucket.key], removes_first=True)
        else:
            before = functools.partial(self._comes_before, behaviour=ctx.behaviour)
            groups = grouped(lists, before, removes_first=True)
        groups = groups[: self.size]
        buckets = []
        for group in groups:
            key = group[0].key
            below = reduce_results([one.results for one in group], ctx)
            buckets.append(CompositeBucket(key, sum(one.doc_count for one in group), below, group[0].shown))
        ctx.add_buckets(len(buckets))
        return Composite(self.name, self.meta, buckets, self.parts, self.size)

    def _comes_before(self, one: Key, other: Key, behaviour: Behaviour) -> bool:
        """Whether a key comes first, value by value. Raises ClassCast for values of two classes."""
        for part, mine, theirs in zip(self.parts, one, other, strict=True):
            if mine is None or theirs is None:
                if mine is None and theirs is None:
                    continue
                return (mine is None) == part.nulls_first
            if _java(mine) != _java(theirs):
                raise miscast(_java(theirs), _java(mine), behaviour)
            if mine != theirs:
                return bool(mine < theirs) == part.ascending
        return False

    def _alone(self, ctx: ReduceContext) -> Internal:
        """The reduction of one shard's result."""
        table = self.buckets
        rows = table.rows.reduced(ctx) if isinstance(table, BucketTable) else None
        if rows is not None:
            ctx.add_buckets(len(table))
            return self.of_columns(self.name, self.meta, table.keys, table.counts, rows, self.parts, self.size)
        buckets = self.buckets[: self.size]
        reduced = [
            one if stands(one.results) else CompositeBucket(one.key, one.doc_count, reduce_results([one.results], ctx), one.shown)
            for one in buckets
        ]
        ctx.add_buckets(len(buckets))
        return Composite(self.name, self.meta, reduced, self.parts, self.size)

    def _head_pieces(self, write: Write) -> list[Piece]:
        table: Any = self.buckets
        out: list[Piece] = [b'{"key":{']
        for part, values in zip(self.parts, shown_columns(table.keys, self.parts), strict=True):
            out += [dumps(part.name) + b":", _texts(values, write), b","]
        return [*out[:-1], b'},"doc_count":', write(np.array(table.counts))]

    def content(self, rendering: Rendering) -> dict[str, Json]:
        table = self.buckets
        buckets: Any
        if isinstance(table, BucketTable) and (text := table.rows.text(self._head_pieces, rendering)) is not None:
            buckets = text
        elif isinstance(table, BucketTable):
            keys = shown_keys(table.keys, self.parts)
            heads = [{"key": shown, "doc_count": count} for shown, count in zip(keys, table.counts, strict=True)]
            buckets = table.rows.print_into(heads, rendering)
        else:
            buckets = [{"key": one.shown, "doc_count": one.doc_count, **results_body(one.results, rendering)} for one in table]
        return {"buckets": buckets} if self.after_key is None else {"after_key": self.after_key, "buckets": buckets}


def _texts(values: Sequence[Json], write: Write) -> Sequence[bytes]:
    """Values of one source as they stand in JSON."""
    kinds = set(map(type, values))
    if kinds == {int}:
        return [b"%d" % one for one in values]
    kinds -= {type(None)}
    if kinds == {float}:
        is_missing = np.array([one is None for one in values])
        return absent(write(np.array([0.0 if one is None else one for one in values])), is_missing)
    return strings(list(values)) if kinds == {str} and None not in values else [scalar_text(one).encode() for one in values]


def _java(value: Any) -> str:
    """The class of a key's value."""
    return "java.lang.Long" if isinstance(value, int) else "java.lang.Double" if isinstance(value, float) else BYTES


def _has_one_class(results: Sequence[Composite]) -> bool:
    """Whether no source's values are of one class on one shard and of another elsewhere."""
    columns = zip(*(bucket.key for one in results for bucket in one.buckets), strict=True)
    return all(len({type(value) for value in column if value is not None}) <= 1 for column in columns)


def shown_columns(keys: Sequence[Key], parts: Sequence[Part]) -> list[Sequence[Json]]:
    """Source by source, the values of keys as they are printed."""
    columns = zip(*keys, strict=True) if keys else ()
    return [
        column if part.format is None and not part.is_boolean else list(map(part.print, column))
        for part, column in zip(parts, columns, strict=False)
    ]


def shown_keys(keys: Sequence[Key], parts: Sequence[Part]) -> list[dict[str, Json]]:
    """Keys as they are printed."""
    names = [part.name for part in parts]
    return [dict(zip(names, row, strict=True)) for row in zip(*shown_columns(keys, parts), strict=True)]


def sorted_keys(keys: list[Key], parts: Sequence[Part]) -> list[Key]:
    """Keys in the sources' order."""
    for place in reversed(range(len(parts))):
        null = 0 if parts[place].nulls_first == parts[place].ascending else 2

        def comparable(key: Key, place: int = place, null: int = null) -> tuple[Any, ...]:
            return (null,) if key[place] is None else (1, key[place])

        keys = sorted(keys, key=comparable, reverse=not parts[place].ascending)
    return keys
