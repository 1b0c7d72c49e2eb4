"""State by owner: arrays that grow with the buckets, and the numbering of buckets by owner and key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import ArrayIndexOutOfBounds
from esmock.store.sorting import numbered

if TYPE_CHECKING:
    from esmock.search.aggs.collecting import Aggregator
    from esmock.version import Behaviour

Array = Any


NO_BUCKET = 0x7FFFFFFF
"""An owner that never has documents."""


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


class Arrivals:
    """The order in which buckets are met, document by document; Elasticsearch numbers them so."""

    __slots__ = ("met",)

    def __init__(self) -> None:
        self.met: list[int] = []

    def note(self, numbers: Array) -> None:
        """Take the buckets of documents, in order of documents."""
        found, first = np.unique(numbers, return_index=True)
        new = ~np.isin(found, np.array(self.met, np.int64))
        self.met += found[new][np.argsort(first[new])].tolist()

    def ranks(self, numbers: Iterable[int]) -> list[int]:
        """The place of each bucket in that order; those never met come last."""
        rank = {number: place for place, number in enumerate(self.met)}
        return [rank.get(number, len(rank)) for number in numbers]

    def ordered(self, numbers: Iterable[int]) -> list[int]:
        """Buckets in that order."""
        given = list(numbers)
        return [number for _, number in sorted(zip(self.ranks(given), given, strict=True))]


class OwnerArray:
    """How many owners an array of Elasticsearch has room for: it grows with those that are met, and a little further.

    Up to 7.10 some aggregations look up owners that they have never met; behind the end that is an error of the shard.

    Args:
        parent: the aggregator that numbers the owners; None: there is one.
    """

    __slots__ = ("_arrivals", "_parent")
    _PAGE = 2048

    def __init__(self, parent: Aggregator | None, behaviour: Behaviour) -> None:
        self._parent = parent if behaviour.owners_unchecked else None
        self._arrivals = Arrivals()

    def met(self, owners: Array) -> None:
        """Grow with the owners of documents."""
        if self._parent is not None:
            self._arrivals.note(owners)

    def check(self, owners: Sequence[int]) -> None:
        """Raises ArrayIndexOutOfBounds: an owner that is asked for lies behind the end."""
        if self._parent is None:
            return
        asked = self._parent.as_built([one for one in owners if one < NO_BUCKET])
        every = list(dict.fromkeys([*asked, *self._arrivals.met]))
        names = dict(zip(every, self._parent.java_numbers(every), strict=True))
        size = self._size(names[one] for one in self._arrivals.met)
        for one in asked:
            if names[one] >= size:
                raise ArrayIndexOutOfBounds(f"Index {names[one]} out of bounds for length {size}")

    def _size(self, numbers: Iterable[int]) -> int:
        size = 1
        for number in numbers:
            needed = number + 1
            if needed > size:
                small = min(needed + max(3, needed >> 3), self._PAGE)
                size = small if needed < self._PAGE else -(-needed // self._PAGE) * self._PAGE
        return size


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
