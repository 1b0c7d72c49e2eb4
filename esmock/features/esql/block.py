"""Blocks: the values of one column in numpy, any number of them in each row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Json = Any
DTYPES: dict[str, Any] = {
    "integer": np.int64, "long": np.int64, "double": np.float64, "boolean": np.bool_, "datetime": np.int64, "date_nanos": np.int64,
}  # fmt: skip
"""How values are kept: dates in milliseconds and nanoseconds since 1970; all that is not here as Python's objects, an ip as 16 bytes, a
point as (x, y)."""


@dataclass(frozen=True, slots=True)
class Block:
    """The values of a column.

    Args:
        type: Elasticsearch's name of it.
        values: one after the other, row by row.
        starts: int64[n_rows + 1]: row r owns values[starts[r]:starts[r + 1]]; none are null.
    """

    type: str
    values: np.ndarray
    starts: np.ndarray

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def counts(self) -> np.ndarray:
        """int64[n_rows]."""
        return np.diff(self.starts)

    @property
    def is_null(self) -> np.ndarray:
        """bool[n_rows]."""
        return self.counts == 0

    @property
    def is_single(self) -> bool:
        """Whether every row has one value and no more."""
        return len(self.values) == len(self) and bool((self.counts == 1).all())

    def take(self, rows: np.ndarray) -> Block:
        """Some rows, in the order that is given (int64[n])."""
        first = self.starts[rows]
        counts = self.starts[rows + 1] - first
        starts = starts_of(counts)
        within = np.arange(starts[-1]) - np.repeat(starts[:-1], counts)
        return Block(self.type, self.values[np.repeat(first, counts) + within], starts)

    def first(self) -> tuple[np.ndarray, np.ndarray]:
        """The first value of each row (any value where there is none), and which rows have one."""
        has = ~self.is_null
        if not len(self.values):
            return np.zeros(len(self), self.values.dtype), has
        return self.values[np.minimum(self.starts[:-1], len(self.values) - 1)], has

    def owners(self) -> np.ndarray:
        """int64[n_values]: the row of each value."""
        return np.repeat(np.arange(len(self)), self.counts)

    def as_type(self, kind: str) -> Block:
        """The same values under another name, converted between numbers where they are kept differently."""
        dtype = DTYPES.get(kind, object)
        values = self.values if self.values.dtype == dtype else self.values.astype(dtype)
        return Block(kind, values, self.starts)

    def rows(self) -> list[list[Json]]:
        """The values of each row, as Python has them."""
        flat = self.values.tolist()
        bounds = self.starts.tolist()
        return [flat[bounds[at] : bounds[at + 1]] for at in range(len(self))]


def starts_of(counts: np.ndarray) -> np.ndarray:
    """int64[n + 1]: where the values of each row begin."""
    out = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=out[1:])
    return out


def array(kind: str, values: Sequence[Json] | np.ndarray) -> np.ndarray:
    """Values as a type keeps them."""
    dtype = DTYPES.get(kind, object)
    if dtype is not object:
        return np.asarray(values, dtype)
    out = np.empty(len(values), object)
    for at, value in enumerate(values):
        out[at] = value
    return out


def single(kind: str, values: np.ndarray, has: np.ndarray) -> Block:
    """At most one value in each row.

    Args:
        values: one for each row; those of rows without one do not count.
        has: bool[n_rows].
    """
    return Block(kind, values[has] if not has.all() else values, starts_of(has.astype(np.int64)))


def of_rows(kind: str, rows: Iterable[Sequence[Json]]) -> Block:
    """A block of the values of each row."""
    listed = list(rows)
    flat = [value for row in listed for value in row]
    return Block(kind, array(kind, flat), starts_of(np.fromiter(map(len, listed), np.int64, len(listed))))


def nulls(kind: str, n_rows: int) -> Block:
    """Rows without a value."""
    return Block(kind, array(kind, []), np.zeros(n_rows + 1, np.int64))


def repeated(kind: str, value: Json, n_rows: int) -> Block:
    """The same in every row: a value, a list of them, or null."""
    if value is None:
        return nulls(kind, n_rows)
    values = value if isinstance(value, list) else [value]
    one = array(kind, values)
    flat = np.tile(one, n_rows) if len(values) > 1 else np.repeat(one, n_rows)
    return Block(kind, flat, np.arange(n_rows + 1, dtype=np.int64) * len(values))


def joined(blocks: Sequence[Block]) -> Block:
    """The rows of several blocks of one type, one block after the other."""
    values = np.concatenate([one.values for one in blocks])
    return Block(blocks[0].type, values, starts_of(np.concatenate([one.counts for one in blocks])))
