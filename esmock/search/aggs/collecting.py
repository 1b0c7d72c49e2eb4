"""Collection on one shard: aggregators, the segments they see, and the numbering of buckets.

The contract: a parent hands ``docs`` and an equally long array of dense bucket ids ``owners``; an aggregator keeps one state per owner and
is asked at the end for the results of the owners it is told. Nesting is a matter of numbers, and nothing runs document by document.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from esmock.errors import ArrayIndexOutOfBounds
from esmock.search.aggs.columns import Column, Made, Rows
from esmock.search.aggs.internal import Internal, Results
from esmock.store.sorting import numbered

if TYPE_CHECKING:
    from esmock.version import Behaviour

Array = Any


@dataclass(slots=True)
class ShardContext:
    """What aggregators need of their shard.

    Args:
        shard: the engine's ShardSearch, which queries are bound to.
        query: the search's own, as parsed; hits are explained by it.
        sources: the values sources of the definitions that have asked for theirs.
    """

    shard: Any
    query: Any = None
    sources: dict[Any, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, shard: Any) -> ShardContext:
        """From the engine's ShardSearch."""
        return shard if isinstance(shard, cls) else cls(shard)

    @property
    def mapping(self) -> Any:
        return self.shard.mapping

    @property
    def behaviour(self) -> Behaviour:
        return self.shard.behaviour  # type: ignore[no-any-return]

    @property
    def now_ms(self) -> int:
        return int(self.shard.now_ms)

    @property
    def index(self) -> str:
        return str(self.shard.index)

    def shard_in(self, scope: str | None) -> Any:
        """The shard as queries inside a nested object see it."""
        return self.shard if scope is None else replace(self.shard, scope=scope)


@dataclass(frozen=True, slots=True)
class Pair:
    """Documents and owners that stay with a segment, and which of them a search has.

    Attributes:
        key: tells the pair from the segment's others.
        docs, owners: int64[m], the pair.
        at: int64[n], ascending, the places in it of what the search has; None: all.
        names: int64[n_owners], what the search calls the pair's owners; None: alike.
    """

    key: tuple[Any, ...]
    docs: Array
    owners: Array
    at: Array | None = None
    names: Array | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the search has the pair as it is."""
        return self.at is None and self.names is None

    def only(self, places: Array, names: Callable[[Array], Array] | None) -> Pair:
        """The pair where a search has only some of its documents.

        Args:
            places: int64[n], ascending, among those that it had.
            names: what their owners are called then; None: as before.
        """
        at = places if self.at is None else self.at[places]
        if names is None:
            return replace(self, at=at)
        before = np.arange(int(self.owners.max()) + 1) if self.names is None else self.names
        return replace(self, at=at, names=names(before))


class Leaf:
    """One segment as aggregators see it, or the nested documents of one path in it.

    Attributes:
        segment: has ``column(path)``.
        scores: float32[n_docs] or None; by document, not by position in ``docs``.
        parent: the leaf that this one's documents are nested in.
        parents: int64[n_docs], the document in ``parent`` that each belongs to.
        cache: loaded values by source.
        base: documents in the segments before this one.
    """

    __slots__ = ("_noted", "base", "cache", "n_docs", "number", "parent", "parents", "path", "scores", "segment")

    def __init__(
        self,
        segment: Any,
        number: int = 0,
        scores: Array | None = None,
        parent: Leaf | None = None,
        parents: Array | None = None,
        path: str | None = None,
    ) -> None:
        self.segment = segment
        self.number = number
        self.base = 0
        self.n_docs = len(segment)
        self.scores = scores
        self.parent = parent
        self.parents: Array = parents
        self.path = path
        self.cache: dict[Any, Any] = {}
        self._noted: dict[tuple[int, int], tuple[Array, Array, Pair]] = {}

    def everything(self) -> tuple[Array, Array]:
        """All documents in one bucket: docs and owners, which stay with the segment and are not to be changed."""
        n = self.n_docs
        docs = self.segment.cached(("live docs",), lambda: np.arange(n))
        owners = self.kept(("one owner",), lambda: np.zeros(n, np.int64))
        self.note(docs, owners, Pair((), docs, owners))
        return docs, owners

    def in_one_bucket(self, docs: Array) -> tuple[Array, Array]:
        """Some documents, ascending, in one bucket: docs and owners."""
        whole = self.everything()
        if len(docs) == self.n_docs:
            return whole
        owners = np.zeros(len(docs), np.int64)
        self.note(docs, owners, Pair((), *whole, docs))
        return docs, owners

    def note(self, docs: Array, owners: Array, pair: Pair) -> None:
        """Remember which documents and owners of the segment's two arrays are."""
        self._noted[id(docs), id(owners)] = docs, owners, pair

    def pair(self, docs: Array, owners: Array) -> Pair | None:
        """What was noted of two arrays; None where they are of this search alone."""
        noted = self._noted.get((id(docs), id(owners)))
        return None if noted is None else noted[2]

    def some(self, docs: Array, owners: Array, mask: Array, names: Callable[[Array], Array] | None = None) -> tuple[Array, Array]:
        """Docs and owners where a mask (bool[n]) is true; ``names``: what the owners are called from now on."""
        pair = self.pair(docs, owners)
        places = np.flatnonzero(mask)
        docs, owners = docs[places], owners[places]
        if names is not None:
            owners = names(owners)
        if pair is not None and len(docs):
            self.note(docs, owners, pair.only(places, names))
        return docs, owners

    def known(self, docs: Array, owners: Array) -> tuple[Any, ...] | None:
        """The key of two arrays that stay with the segment; None where they do not, or have other names here."""
        pair = self.pair(docs, owners)
        return pair.key if pair is not None and pair.is_whole else None

    def cached(self, key: Any, load: Callable[[], Any]) -> Any:
        """``load()`` once per leaf and key."""
        if key not in self.cache:
            self.cache[key] = load()
        return self.cache[key]

    def kept(self, key: tuple[Any, ...], load: Callable[[], Any]) -> Any:
        """``load()`` once per segment and key: for what depends on the segment's documents alone and is never changed."""
        return self.segment.cached(("aggregations", *key), load)


class Growing:
    """A one-dimensional array that grows with the number of buckets; there is none before the first."""

    __slots__ = ("_data", "_dtype", "fill", "size")

    def __init__(self, dtype: Any, fill: Any = 0) -> None:
        self._dtype = dtype
        self.fill = fill
        self.size = 0
        self._data: Array = None

    def ensure(self, n: int) -> Array:
        """The array, at least ``n`` long; write into it freely."""
        data = self._data
        if data is None:
            self._data = data = np.full(max(n, 16), self.fill, self._dtype)
        elif n > len(data):
            more = np.full(max(n, 2 * len(data)) - len(data), self.fill, self._dtype)
            self._data = data = np.concatenate([data, more])
        self.size = max(self.size, n)
        return data

    def take(self, other: Growing) -> None:
        """Become a copy of another array."""
        self._dtype, self.fill, self.size = other._dtype, other.fill, other.size
        self._data = None if other._data is None else other._data.copy()

    def get(self, ids: Sequence[int] | Array) -> Array:
        """The elements of some owners, the fill value where nothing was collected."""
        ids = np.asarray(ids, np.int64)
        if self._data is None:
            return np.full(len(ids), self.fill, self._dtype)
        known = ids < len(self._data)
        if known.all():
            return self._data[ids]
        return np.where(known, self._data[np.where(known, ids, 0)], self._data.dtype.type(self.fill))


class OwnerArray:
    """How many owners an array of Elasticsearch has room for: it grows with those that are met, and a little further.

    Up to 7.10 some aggregations look up owners that they have never met; behind the end that is an error of the shard.
    """

    __slots__ = ("is_checked", "size")
    _PAGE = 2048

    def __init__(self, behaviour: Behaviour) -> None:
        self.size = 1
        self.is_checked = behaviour.owners_unchecked

    def met(self, owners: Array) -> None:
        """Grow with the owners of documents."""
        needed = int(owners.max()) + 1 if len(owners) else 0
        if needed > self.size:
            small = min(needed + max(3, needed >> 3), self._PAGE)
            self.size = small if needed < self._PAGE else -(-needed // self._PAGE) * self._PAGE

    def check(self, owners: Sequence[int]) -> None:
        """Raises ArrayIndexOutOfBounds: an owner that is asked for lies behind the end."""
        if self.is_checked:
            for owner in owners:
                if self.size <= owner < NO_BUCKET:
                    raise ArrayIndexOutOfBounds(f"Index {owner} out of bounds for length {self.size}")


class BucketOrds:
    """Numbers the distinct pairs of owner and key.

    The pairs of the first segment stay arrays, sorted by owner and key; only when another segment brings more are they put into
    tables by owner.
    """

    __slots__ = ("_block", "_keys", "_maps")

    def __init__(self) -> None:
        self._block: tuple[Array, Array, Sequence[Any]] | None = None
        self._maps: dict[int, dict[Any, int]] = {}
        self._keys: list[Any] = []

    def __len__(self) -> int:
        return len(self._keys) if self._block is None else len(self._block[0])

    @property
    def block(self) -> Any:
        """The buckets as the first segment brought them: owners, places of their keys, the keys; None when another one brought more."""
        return self._block

    def add_block(self, owners: Array, places: Array, distinct: Sequence[Any]) -> Array | None:
        """The numbers of distinct buckets; None where they are numbered as they come."""
        if not len(self) and bool((owners[1:] >= owners[:-1]).all()):
            self._block = (owners, places, distinct)
            return None
        return self.add_numbered(owners, places, distinct)

    def add_keyed(self, owners: Array, keys: Array, dictionary: Sequence[Any] | None) -> Array:
        """Bucket numbers of the pairs of owners and keys, which are numbers or places in a dictionary."""
        return self.add(owners, keys) if dictionary is None else self.add_numbered(owners, keys, dictionary)

    def add(self, owners: Array, keys: Array) -> Array:
        """Bucket numbers of the pairs.

        Args:
            owners: int64[n].
            keys: n numbers, numpy.
        """
        distinct, position = np.unique(keys, return_inverse=True)
        return self.add_numbered(owners, position.reshape(-1), distinct.tolist())

    def add_numbered(self, owners: Array, position: Array, distinct: Sequence[Any]) -> Array:
        """Bucket numbers where ``keys`` come as positions in a list of distinct keys (dictionary ordinals)."""
        if not len(position):
            return np.empty(0, np.int64)
        width = len(distinct)
        found, places = numbered(owners.astype(np.int64, copy=False) * width + position)
        return self._numbers(found, width, distinct)[places]

    def _numbers(self, found: Array, width: int, distinct: Sequence[Any]) -> Array:
        if not len(self):
            self._block = (found // width, found % width, distinct)
            return np.arange(len(found))
        self._spill()
        out = np.empty(len(found), np.int64)
        for place, pair in enumerate(found.tolist()):
            owner, position = divmod(pair, width)
            known = self._maps.setdefault(owner, {})
            key = distinct[position]
            number = known.get(key)
            if number is None:
                number = known[key] = len(self._keys)
                self._keys.append(key)
            out[place] = number
        return out

    def _spill(self) -> None:
        if self._block is None:
            return
        owners, positions, distinct = self._block
        self._block = None
        for owner, position in zip(owners.tolist(), positions.tolist(), strict=True):
            key = distinct[position]
            self._maps.setdefault(owner, {})[key] = len(self._keys)
            self._keys.append(key)

    def key(self, number: int) -> Any:
        """The key of a bucket."""
        if self._block is None:
            return self._keys[number]
        return self._block[2][int(self._block[1][number])]

    def of(self, owner: int) -> dict[Any, int]:
        """Key -> bucket number of one owner."""
        if self._block is None:
            return self._maps.get(owner, {})
        return {self.key(number): number for number in self.ids([owner])[0].tolist()}

    def ascending(self, owner: int) -> tuple[list[Any], list[int]]:
        """The keys of one owner, ascending, and their bucket numbers; the lists of distinct keys must have been sorted."""
        if self._block is None:
            items = sorted(self._maps.get(owner, {}).items())
            return [key for key, _ in items], [number for _, number in items]
        numbers = self.ids([owner])[0]
        distinct = self._block[2]
        return [distinct[place] for place in self._block[1][numbers].tolist()], numbers.tolist()

    def ids(self, wanted: Sequence[int]) -> tuple[Array, Array]:
        """int64[m], the bucket numbers of some owners; int64[m], which of ``wanted`` each belongs to, ascending."""
        if self._block is None:
            numbers = [list(self._maps.get(owner, {}).values()) for owner in wanted]
            counts = np.array([len(one) for one in numbers], np.int64)
            flat = [number for one in numbers for number in one]
            return np.array(flat, np.int64), np.repeat(np.arange(len(wanted)), counts)
        owners = self._block[0]
        first = np.searchsorted(owners, np.asarray(wanted, np.int64), "left")
        counts = np.searchsorted(owners, np.asarray(wanted, np.int64), "right") - first
        offsets = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.repeat(first, counts) + offsets, np.repeat(np.arange(len(wanted)), counts)

    def ranks(self, ids: Array) -> Array:
        """Numbers [n] that sort as the buckets' keys do; the lists of distinct keys must have been sorted."""
        if self._block is not None:
            return self._block[1][ids]
        keys = [self._keys[number] for number in ids.tolist()]
        if keys and not isinstance(keys[0], str | tuple):
            return np.array(keys)
        out = np.empty(len(keys), np.int64)
        out[np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)] = np.arange(len(keys))
        return out


class Aggregator:
    """One aggregation on one shard.

    Args:
        builder: the parsed definition.
        ctx: the shard.
        parent: the aggregator above; None at the top.
    """

    def __init__(self, builder: Any, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        self.builder = builder
        self.ctx = ctx
        self.parent = parent
        self.subs = SubAggregators(builder.subs, ctx, self)
        self.is_copied: bool = any(one.is_copied for one in self.subs.members) or self._is_rewritten()

    def _is_rewritten(self) -> bool:
        queries = self.builder.queries()
        if not queries or self.ctx.behaviour.major >= 8:
            return False
        from esmock.search.aggs.rewriting import is_rewritten

        return any(is_rewritten(one, self.ctx.shard) for one in queries)

    @property
    def name(self) -> str:
        return str(self.builder.agg_name)

    defers: ClassVar[bool] = False
    """Hands on documents only when it has chosen among its buckets."""
    is_global: ClassVar[bool] = False
    """Collects every document of the shard, whatever the query."""
    joins_buckets: ClassVar[bool] = False
    """Whether buckets of one shard are joined with each other in the reduction."""
    builds_at_once: ClassVar[bool] = True
    """Asks the aggregations below once for the results of all its buckets."""
    sort_kind: ClassVar[str] = "other"
    """What ``order`` may ask: ``single_bucket``, ``single_value``, ``multi_value`` or ``other``."""

    @property
    def is_joined(self) -> bool:
        """Whether results are joined with others in the reduction: with other shards', or with those of other buckets."""
        above = self.parent
        while above is not None and not above.joins_buckets:
            above = above.parent
        return above is not None or not self.ctx.shard.is_alone

    def has_metric(self, name: str) -> bool:
        """Whether a metric of several values has one of a name."""
        return False

    @property
    def needs_scores(self) -> bool:
        """Whether ``Leaf.scores`` must be there."""
        return self.subs.needs_scores

    @property
    def scope(self) -> str | None:
        """The nested object whose documents are handed to the aggregators below."""
        return self.parent.scope if self.parent is not None else None

    @property
    def is_single(self) -> bool:
        """Whether there is one owner: nothing stands above but aggregations of one bucket."""
        return self.parent is None or (self.parent.hands_one_bucket and self.parent.is_single)

    @property
    def hands_one_bucket(self) -> bool:
        """Whether it has no more buckets than owners, as far as Elasticsearch knows beforehand."""
        return self.sort_kind == "single_bucket"

    @property
    def ends_segments(self) -> bool:
        """Whether it wants no document of any segment, nor lets the aggregators above have them unless others there do.

        ES: a ``min`` over an unmapped field ends the collection of every segment (recording of 7.10.2).
        """
        return not self.defers and self.subs.ends_segments

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        """Take documents of one segment.

        Args:
            leaf: the segment.
            docs: int64[n], ascending; a document stands there once per bucket that it is in.
            owners: int64[n], the bucket of each.
        """
        raise NotImplementedError(type(self).__name__)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        """The results of some owners; an owner without documents has an empty result."""
        raise NotImplementedError(type(self).__name__)

    def column(self, owners: Sequence[int]) -> Column:
        """``build``, as a column."""
        return Made(self.build(owners))

    is_kept_whole: bool = False
    """Whether what it makes of all documents of a segment stays there."""

    is_idle: bool = False
    """Whether it never hands on a document, so that what stands below is not even asked whether it could take one."""

    def finish(self) -> None:
        """Called once after the last segment, before ``build``."""
        if not self.is_idle:
            self.subs.finish()

    def order_values(self, path: list[tuple[str, str | None]], owners: Array) -> Array:
        """float64[n]: the numbers by which ``order`` sorts owners; ``path`` starts below this aggregator."""
        name, key = path[0]
        child = self.subs.by_name[name]
        if len(path) == 1:
            return child.sort_values(key, owners)
        return child.order_below(path[1:], owners)

    def order_below(self, path: list[tuple[str, str | None]], owners: Array) -> Array:
        """``order_values`` where the owners are this aggregator's own; single-bucket aggregators number buckets as owners."""
        return self.order_values(path, owners)

    def sort_values(self, key: str | None, owners: Array) -> Array:
        """float64[n]: this aggregator's own number of each owner."""
        return np.array([result.sort_value(key) for result in self.build([int(one) for one in owners])], np.float64)


class SubAggregators:
    """The aggregators of one level."""

    __slots__ = ("by_name", "collecting", "members")

    def __init__(self, factories: Any, ctx: ShardContext, parent: Aggregator | None) -> None:
        self.members: list[Aggregator] = [one.create(ctx, parent) for one in factories.aggregations]
        self.collecting = [one for one in self.members if not one.ends_segments]
        self.by_name = {one.name: one for one in self.members}

    def __bool__(self) -> bool:
        return bool(self.members)

    @property
    def needs_scores(self) -> bool:
        return any(one.needs_scores for one in self.members)

    @property
    def ends_segments(self) -> bool:
        """Whether all of them do."""
        return bool(self.members) and all(one.ends_segments for one in self.members)

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if len(docs):
            for one in self.collecting:
                one.collect(leaf, docs, owners)

    def finish(self) -> None:
        for one in self.members:
            one.finish()

    def build(self, owners: Sequence[int]) -> Rows:
        """The results below each owner."""
        columns = {one.name: one.column(owners) for one in self.members}
        for one in self.members:
            if one.is_copied:
                columns[one.name] = columns[one.name].with_meta()
        return Rows(columns, len(owners))

    def empty(self) -> Results:
        """The results of a bucket without documents."""
        results: Results = self.build([NO_BUCKET])[0]
        return results


NO_BUCKET = 0x7FFFFFFF
"""An owner that never has documents."""


def pick(starts: Array, docs: Array) -> tuple[Array, Array]:
    """Where the values of some documents lie in a column.

    Args:
        starts: int[n_docs + 1].
        docs: int64[n].

    Returns:
        int64[m], positions in ``docs``; int64[m], positions in the column's values. Ordered by position in ``docs``.
    """
    first = starts[docs].astype(np.int64, copy=False)
    counts = starts[docs + 1] - first
    if not len(counts) or counts.max() <= 1:
        positions = np.flatnonzero(counts)
        return positions, first[positions]
    positions = np.repeat(np.arange(len(docs)), counts)
    offsets = np.arange(len(positions)) - np.repeat(np.cumsum(counts) - counts, counts)
    return positions, np.repeat(first, counts) + offsets
