"""The composite aggregation: pages through the combinations of several sources.

Docs: search-aggregations-bucket-composite-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from esmock.errors import ElasticsearchParse, IllegalArgument, NegativeArraySize, NullPointer
from esmock.mapping.parameter import java_class
from esmock.search.aggs import parse as p
from esmock.search.aggs.buckets import BucketAggregator, document_counts
from esmock.search.aggs.builder import Builder
from esmock.search.aggs.collecting import Aggregator, ShardContext
from esmock.search.aggs.columns import cut
from esmock.search.aggs.composite_result import Composite, Part, sorted_keys
from esmock.search.aggs.composite_sources import read_sources
from esmock.search.aggs.internal import Internal, too_many_buckets
from esmock.search.aggs.kahan import stable_order
from esmock.search.aggs.kinds import BOOLEAN
from esmock.search.aggs.leaf import Leaf, Pair
from esmock.search.aggs.whole import kept_samples
from esmock.store.sorting import numbered, sorted_distinct
from esmock.xcontent import object_parser as o
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Reading

Json = Any
Array = Any
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Coded:
    """Documents by key.

    Attributes:
        found: int64[n_keys], the codes of the distinct keys, ascending.
        rows: int64[n], places in the documents, ascending within each key.
        starts: int64[n_keys + 1], where the rows of each key begin.
        dictionaries: by source, what the digits of a code stand for.
    """

    found: Array
    rows: Array
    starts: Array
    dictionaries: list[list[Any]]

    @classmethod
    def of(cls, rows: Array, codes: Array, dictionaries: list[list[Any]]) -> Coded:
        found, numbers = numbered(codes)
        order = stable_order(numbers)
        starts = np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=len(found)))])
        return cls(found, rows[order], starts, dictionaries)

    def only(self, pair: Pair) -> Coded:
        """The keys of what a search has of a pair."""
        if pair.at is None:
            return self
        is_taken = np.zeros(len(pair.docs), bool)
        is_taken[pair.at] = True
        taken = is_taken[self.rows]
        counts = np.add.reduceat(taken, self.starts[:-1], dtype=np.int64)
        used = np.flatnonzero(counts)
        starts = np.concatenate([[0], np.cumsum(counts[used])])
        return Coded(self.found[used], self.rows[taken], starts, self.dictionaries)

    def in_order(self, docs: Array, *, once: bool) -> tuple[Array, Array]:
        """Documents as often as they have keys, ascending, and the number of the key each time; ``once``: of equal keys one."""
        rows, numbers = self.rows_of(self.found)
        if once:
            rows, numbers = np.divmod(sorted_distinct(rows * len(self.found) + numbers), len(self.found))
        return docs[rows], numbers

    def rows_of(self, codes: Array) -> tuple[Array, Array]:
        """Rows that have one of some codes, ascending, and the place of the code of each."""
        at: Array = np.searchsorted(self.found, codes)
        if at[-1] - at[0] == len(at) - 1:  # one after the other, as on every page of ascending sources
            starts = self.starts[at[0] : at[-1] + 2]
            rows = self.rows[starts[0] : starts[-1]]
            order = stable_order(rows)
            return rows[order], np.repeat(np.arange(len(at)), np.diff(starts))[order]
        first, counts = self.starts[at], self.starts[at + 1] - self.starts[at]
        places = np.repeat(np.arange(len(codes)), counts)
        within = np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts, counts)
        rows = self.rows[np.repeat(first, counts) + within]
        order = np.argsort(rows, kind="stable")
        return rows[order], places[order]


class CompositeAggregator(BucketAggregator):
    defers = True
    builds_as_met = True
    builder: CompositeAgg

    def __init__(self, builder: CompositeAgg, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        super().__init__(builder, ctx, parent)
        limit = getattr(ctx.shard, "max_buckets", 65535)
        if builder.size > limit:
            raise too_many_buckets(limit, builder.size, ctx.shard.behaviour, is_told=True)
        self.sources = [one.resolve(ctx) for one in builder.sources]
        for definition, source in zip(builder.sources, self.sources, strict=True):
            if definition.name == "terms" and source.needs_scores:
                raise IllegalArgument("[sources] cannot access _score")
            source.load_ordinals()
            if source.is_empty and not definition.missing_bucket:
                self.is_idle = True
        self.parts = [
            Part(one.agg_name, one.ascending, one.key_format(source), source.kind == BOOLEAN and one.name == "terms", one.nulls_first)
            for one, source in zip(builder.sources, self.sources, strict=True)
        ]
        self.after = self._after()
        self._page: dict[Key, int] | None = None
        """The keys of the page by their numbers, where all keys of the only segment are numbered."""

    def _after(self) -> Key | None:
        after = self.builder.after
        if after is None:
            return None
        out: list[Any] = []
        for definition, part, source in zip(self.builder.sources, self.parts, self.sources, strict=True):
            value = after[part.name]
            try:
                out.append(None if value is None else definition.read_after(value, part, source))
            except IllegalArgument as error:
                if self.ctx.behaviour.major < 8:
                    raise
                reason = f"incompatible value in the position {len(out)}: {error.reason}"
                cause = IllegalArgument(reason, cause=error)
                raise ElasticsearchParse(f"Cannot set after key in the composite aggregation [{self.name}] - {reason}", cause=cause) from None
        return tuple(out)

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        pair = leaf.pair(docs, owners)
        keys = [
            source.kept_key("composite", *definition.kept_key(), definition.missing_bucket)
            for definition, source in zip(self.builder.sources, self.sources, strict=True)
        ]
        coded = None
        if pair is not None and pair.names is None and None not in keys:
            key = tuple(part for key in keys for part in key or ())
            coded = kept_samples(leaf, pair, key, lambda: self._coded(leaf, pair.docs))
            if coded is not None and pair.is_whole and self._may_stay():
                self._collect_all(leaf, pair, key, coded)
                return
        if coded is None or pair is None:
            coded = self._coded(leaf, docs)
        else:
            docs, owners, coded = pair.docs, pair.owners, coded.only(pair)
        if len(coded.found):
            self._collect_page(leaf, docs, owners, coded)

    def _may_stay(self) -> bool:
        """Whether what stands below all keys is had as soon as what stands below a page: it is kept with the only segment."""
        return self.builder.size > 0 and len(self.ctx.shard.reader.leaves) == 1 and all(one.is_kept_whole for one in self.subs.members)

    def _collect_all(self, leaf: Leaf, pair: Pair, key: tuple[Any, ...], coded: Coded) -> None:
        """Number all keys, of which the page has some."""
        n = len(coded.found)
        if not n:
            return

        def laid_out() -> tuple[Array, Array, Array]:
            once = self.ctx.behaviour.major >= 8  # ES: 7.x counts a document once per repeated number
            docs, numbers = coded.in_order(pair.docs, once=once)
            return docs, numbers, document_counts(leaf, docs, numbers, n)

        docs, numbers, counts = kept_samples(leaf, pair, (*key, "numbered"), laid_out)
        best = self._best(coded.found, coded.dictionaries)
        at: Array = np.searchsorted(coded.found, best)
        self._page = dict(zip(_decoded(best, coded.dictionaries), at.tolist(), strict=True))
        self.counts.ensure(n)[:n] = counts
        if self.subs:
            leaf.note(docs, numbers, Pair((*pair.key, *key, "numbered"), docs, numbers))
            self.subs.collect(leaf, docs, numbers)

    def _coded(self, leaf: Leaf, docs: Array) -> Coded:
        """The keys of documents."""
        rows = np.arange(len(docs))
        codes = np.zeros(len(docs), np.int64)
        dictionaries: list[list[Any]] = []
        for definition, source in zip(self.builder.sources, self.sources, strict=True):
            load = lambda d=definition, s=source: d.codes(leaf, s, docs)  # type: ignore[misc]  # noqa: E731
            key = ("composite", *definition.kept_key(), *source.key)
            distinct, starts, places = load() if source.script else source.kept(leaf, key, load)
            rows, codes = _expanded(
                docs, rows, codes, starts, places, len(distinct) + 1, keep=definition.missing_bucket
            )
            dictionaries.append(distinct)
        return Coded.of(rows, codes, dictionaries)

    def _collect_page(self, leaf: Leaf, docs: Array, owners: Array, coded: Coded) -> None:
        """Take the documents of the first keys behind ``after``."""
        dictionaries = coded.dictionaries
        if self.builder.size < 0:
            raise NegativeArraySize(str(self.builder.size))
        if self.builder.size == 0:
            # ES: a size of zero is not refused when it is read (recording of 7.10.2)
            raise NullPointer(
                'Cannot invoke "java.lang.Integer.intValue()" because the return value of "org.elasticsearch.search.aggregations.'
                'bucket.composite.CompositeValuesCollectorQueue.top()" is null'
            )
        found = self._best(coded.found, dictionaries)
        if not len(found):
            return
        rows, places = coded.rows_of(found)
        keys = _decoded(found, dictionaries)
        if self.ctx.behaviour.major >= 8:
            # ES: 7.x counts a document once per repeated number (recordings of 7.10.2 and 8.19.21)
            rows, places = np.divmod(sorted_distinct(rows * len(keys) + places), len(keys))
        if not len(self.ords) and not owners.any():
            # the first buckets of all, in order, and each has documents
            self.ords.add_block(np.zeros(len(keys), np.int64), np.arange(len(keys)), keys)
            self.collect_numbered(leaf, docs[rows], places)
        else:
            self.collect_ordinals(leaf, docs[rows], owners[rows], places, keys)

    def _best(self, found: Array, dictionaries: list[list[Any]]) -> Array:
        """The codes of the first keys behind ``after``, ascending; no other key of a segment can be in the answer."""
        if all(part.is_plain for part in self.parts):
            begin = 0 if self.after is None else int(np.searchsorted(found, _last_until(self.after, dictionaries), "right"))
            return found[begin : begin + self.builder.size]
        columns: list[Array] = []
        rest = found
        for distinct, part in zip(reversed(dictionaries), reversed(self.parts), strict=True):
            rest, digit = np.divmod(rest, len(distinct) + 1)
            columns.insert(0, _ranked(digit, len(distinct), part))
        if self.after is not None:
            beyond, tied = np.zeros(len(found), bool), np.ones(len(found), bool)
            for value, distinct, part, column in zip(self.after, dictionaries, self.parts, columns, strict=True):
                place = _ranked(_place(value, distinct), len(distinct), part)
                beyond |= tied & (column > place)
                tied &= column == place
            found, columns = found[beyond], [column[beyond] for column in columns]
        return np.sort(found[np.lexsort(columns[::-1])[: self.builder.size]])

    def build(self, owners: Sequence[int]) -> list[Internal]:
        builder = self.builder
        chosen = [self._chosen(owner) for owner in owners]
        numbers = [number for _, ids in chosen for number in ids]
        tables = cut([keys for keys, _ in chosen], self.counts.get(numbers).tolist(), self.results_of(numbers))
        return [Composite.of_columns(self.name, builder.meta, *table, self.parts, builder.size) for table in tables]

    def _chosen(self, owner: int) -> tuple[list[Key], list[int]]:
        """The first keys of an owner with their buckets' numbers."""
        size = self.builder.size
        is_ascending = all(part.is_plain for part in self.parts)  # as the codes of one segment are
        if self._page is not None:
            page = list(self._page) if owner == 0 else []
            keys = page if is_ascending else sorted_keys(page, self.parts)
            return keys, [self._page[key] for key in keys]
        if self.ords.block is not None and is_ascending:
            keys, numbers = self.ords.ascending(owner)
            return keys[:size], numbers[:size]
        known = self.ords.of(owner)
        keys = sorted_keys(list(known), self.parts)[:size]
        return keys, [known[key] for key in keys]


_FACTORIES = {
    "diversified_sampler": "Diversified",
    "geo_distance": "GeoDistanceRange",
    "geohash_grid": "GeoHashGrid",
    "geotile_grid": "GeoTileGrid",
    "ip_range": "BinaryRange",
}
"""Classes that are not named after their aggregation (recording of 7.10.2)."""


def _factory(name: str) -> str:
    """Elasticsearch's class that makes an aggregation's collectors."""
    words = _FACTORIES.get(name) or "".join(part.capitalize() for part in name.split("_"))
    return words + ("AggregationFactory" if name == "composite" else "AggregatorFactory")


def _expanded(
    docs: Array, rows: Array, codes: Array, starts: Array, places: Array, width: int, *, keep: bool
) -> tuple[Array, Array]:
    """Combine rows with the values of one more source; ``keep`` keeps documents without any (code 0)."""
    from esmock.search.aggs.leaf import pick

    positions, at = pick(starts, docs[rows])
    new_rows, new_codes = rows[positions], codes[positions] * width + places[at] + 1
    if keep:
        lacking = np.flatnonzero(starts[docs[rows] + 1] == starts[docs[rows]])
        new_rows = np.concatenate([new_rows, rows[lacking]])
        new_codes = np.concatenate([new_codes, codes[lacking] * width])
        order = np.argsort(new_rows, kind="stable")
        new_rows, new_codes = new_rows[order], new_codes[order]
    return new_rows, new_codes


def _place(value: Any, distinct: list[Any]) -> float:
    """The digit of a value in codes; between two digits where no document has it."""
    if value is None:
        return 0.0
    place = bisect.bisect_left(distinct, value)
    is_there = place < len(distinct) and distinct[place] == value
    return place + 1.0 if is_there else place + 0.5


def _ranked(digits: Any, n_distinct: int, part: Part) -> Any:
    """Digits (an array or one of them) as they sort: downwards or not, null before or behind all."""
    null = -n_distinct - 1 if part.nulls_first else n_distinct + 1
    return np.where(digits == 0, null, digits if part.ascending else -digits)


def _last_until(after: Key, dictionaries: list[list[Any]]) -> int:
    """The greatest code of a key that does not come behind another key."""
    code, is_between = 0, False
    for value, distinct in zip(after, dictionaries, strict=True):
        place = len(distinct) if is_between else _place(value, distinct)
        is_between = is_between or place % 1 > 0
        code = code * (len(distinct) + 1) + int(place)
    return code


def _decoded(codes: Array, dictionaries: list[list[Any]]) -> list[Key]:
    """The keys that codes stand for."""
    columns: list[list[Any]] = []
    for distinct in reversed(dictionaries):
        codes, places = np.divmod(codes, len(distinct) + 1)
        columns.append([distinct[place - 1] if place else None for place in places.tolist()])
    return list(zip(*reversed(columns), strict=True))


class CompositeAgg(Builder):
    name, aggregator = "composite", CompositeAggregator
    hands_many_buckets = False  # ES: pipelines beside it take it for no aggregation of many buckets
    parser: ClassVar[Parser] = Parser(
        "composite",
        o.custom("sources", p.OBJECT_ARRAY, read_sources, required=True),
        o.integer("size"),
        o.mapping("after"),
    )

    def configure(self, ctx: ShardContext, parent: Builder | None) -> None:
        allowed = ("nested", "filter", "random_sampler") if ctx.behaviour.composite_below_filter else ("nested",)
        above = parent
        while above is not None and above.name in allowed:
            above = above.parent
        if above is not None:
            raise IllegalArgument(
                f"[composite] aggregation cannot be used with a parent aggregation of type: [{_factory(above.name)}]"
            )
        for one in self.sources:
            one.resolve(ctx)
        self._check_after()
        super().configure(ctx, parent)

    def _check_after(self) -> None:
        """Refuse a key that cannot be one of the sources'. Raises IllegalArgument."""
        if self.after is None:
            return
        if len(self.after) != len(self.sources):
            raise IllegalArgument(f"[after] has {len(self.after)} value(s) but [sources] has {len(self.sources)}")
        for one in self.sources:
            if one.agg_name not in self.after:
                raise IllegalArgument(f"Missing value for [after.{one.agg_name}]")
            value = self.after[one.agg_name]
            if isinstance(value, list | dict) or (value is None and not one.missing_bucket):
                shown = "null" if value is None else java_class(value).rpartition(".")[2]
                raise IllegalArgument(f"Invalid value for [after.{one.agg_name}], expected comparable, got [{shown}]")

    @classmethod
    def parse(cls, agg_name: str, body: Json, ctx: Reading) -> CompositeAgg:
        out = cls(agg_name)
        out.behaviour = ctx.behaviour
        out.setup(cls.parser.parse(body, ctx, out.checks(), out.build), ctx)
        return out

    def build(self, given: dict[str, Any]) -> dict[str, Any]:
        """The fields. Raises IllegalArgument for sources that it refuses."""
        self.sources: list[Any] = given["sources"]
        if not self.sources:
            raise IllegalArgument("Composite [sources] cannot be null or empty")
        names = [one.agg_name for one in self.sources]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise IllegalArgument(f"Composite source names must be unique, found duplicates: [{','.join(twice)}]")
        return given

    def setup(self, given: dict[str, Any], ctx: Reading) -> None:
        self.size: int = given.get("size", 10)
        self.after: dict[str, Json] | None = given.get("after")


AGGREGATIONS = (CompositeAgg,)
