"""Results of many buckets, column by column: they are reduced and printed without an object for each.

A shard hands up its buckets as a ``BucketTable``. Whoever wants buckets one by one gets them of it, made when they are first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from esmock.search.aggs.column_text import LEAST, Piece, Write, laid_out, numbers_in
from esmock.search.aggs.internal import Bucket, Internal, ReduceContext, Rendering, Results, in_order
from esmock.xcontent.json_writer import RawJson, decimals_for, dumps

Json = Any
Array = Any


class Column:
    """The results of one aggregation, one for each of some buckets."""

    __slots__ = ()
    stands = True
    """Whether each of them is its own reduction."""

    def made(self) -> list[Internal]:
        """The results one by one."""
        raise NotImplementedError(type(self).__name__)

    def bodies(self, rendering: Rendering) -> list[Json]:
        """The results as they are printed."""
        return [one.body(rendering) for one in self.made()]

    def pieces(self, write: Write, rendering: Rendering) -> list[Piece] | None:
        """The same as pieces of text; None where they are printed one by one."""
        return None

    def part(self, start: int, stop: int) -> Column:
        """The column of some of the buckets."""
        raise NotImplementedError(type(self).__name__)

    def spread(self, places: Sequence[int], n: int) -> Column | None:
        """The column of ``n`` buckets, these at the places told and empty ones between; None where an empty one is not known."""
        return None

    def with_meta(self) -> Column:
        """The same, an empty ``meta`` where there was none."""
        for one in self.made():
            if one.meta is None:
                one.meta = {}
        return self

    def reduced(self, ctx: ReduceContext) -> Column:
        """The reduction of each."""
        return Made([one.reduce([one], ctx) if one.must_reduce_alone else one for one in self.made()])


class Made(Column):
    """Results that were made one by one."""

    __slots__ = ("_results", "stands")

    def __init__(self, results: list[Internal]) -> None:
        self._results = results
        self.stands = not any(one.must_reduce_alone for one in results)

    def made(self) -> list[Internal]:
        return self._results

    def part(self, start: int, stop: int) -> Column:
        return Made(self._results[start:stop])


class Numbers(Column):
    """Results that a few numbers make up.

    Args:
        make: a class of results: of name, meta, format and one number of each part; its ``bodies`` and ``pieces`` print whole parts.
        parts: arrays, equally long.
        fills: what each part has for an empty bucket.
    """

    __slots__ = ("_fills", "_format", "_make", "_meta", "_name", "_parts")

    def __init__(self, make: Any, name: str, meta: Json, format: Any, parts: Sequence[Array], fills: Sequence[Any]) -> None:
        self._make, self._name, self._meta, self._format = make, name, meta, format
        self._parts, self._fills = parts, fills

    def made(self) -> list[Internal]:
        make, name, meta, format = self._make, self._name, self._meta, self._format
        return [make(name, meta, format, *row) for row in zip(*(one.tolist() for one in self._parts), strict=True)]

    @property
    def _is_plain(self) -> bool:
        return self._meta is None and self._format is None

    def bodies(self, rendering: Rendering) -> list[Json]:
        if not self._is_plain:
            return super().bodies(rendering)
        bodies: list[Json] = self._make.bodies(*(one.tolist() for one in self._parts))
        return bodies

    def pieces(self, write: Write, rendering: Rendering) -> list[Piece] | None:
        if not self._is_plain:
            return None
        pieces: list[Piece] = self._make.pieces(write, *self._parts)
        return pieces

    def _of(self, parts: Sequence[Array], meta: Json) -> Numbers:
        return Numbers(self._make, self._name, meta, self._format, parts, self._fills)

    def part(self, start: int, stop: int) -> Column:
        return self._of([one[start:stop] for one in self._parts], self._meta)

    def spread(self, places: Sequence[int], n: int) -> Column:
        parts = []
        for part, fill in zip(self._parts, self._fills, strict=True):
            wide = np.full(n, fill, part.dtype)
            wide[places] = part
            parts.append(wide)
        return self._of(parts, self._meta)

    def with_meta(self) -> Column:
        return self._of(self._parts, {} if self._meta is None else self._meta)


class Rows(Sequence[Results]):
    """What stands below some buckets: a row of results each."""

    __slots__ = ("_made", "_n", "columns")

    def __init__(self, columns: dict[str, Column], n: int) -> None:
        self.columns = columns
        self._n = n
        self._made: list[Results] | None = None

    def __len__(self) -> int:
        return self._n

    def __getitem__(self, at: Any) -> Any:
        return self._all()[at]

    def __iter__(self) -> Iterator[Results]:
        return iter(self._all())

    def _all(self) -> list[Results]:
        if self._made is None:
            names = list(self.columns)
            if not names:
                self._made = [{} for _ in range(self._n)]
            else:
                self._made = [
                    dict(zip(names, row, strict=True)) for row in zip(*(one.made() for one in self.columns.values()), strict=True)
                ]
        return self._made

    def part(self, start: int, stop: int) -> Rows:
        """Some of the rows."""
        if start == 0 and stop == self._n:
            return self
        return Rows({name: one.part(start, stop) for name, one in self.columns.items()}, stop - start)

    def spread(self, places: Sequence[int], n: int) -> Rows | None:
        """``n`` rows, these at the places told and empty ones between; None where no column of empty ones is known."""
        columns = {name: one.spread(places, n) for name, one in self.columns.items()}
        known = {name: one for name, one in columns.items() if one is not None}
        return Rows(known, n) if len(known) == len(columns) else None

    def reduced(self, ctx: ReduceContext, *, keeps_single: bool = False) -> Rows | None:
        """The rows as ``reduce_results`` makes them of each; None where it would come to another end: its errors depend on the order."""
        if sum(not one.stands for one in self.columns.values()) > 1:
            return None
        if all(one.stands for one in self.columns.values()) and len(self.columns) <= 1:
            return self
        names = in_order([self.columns], ctx, keeps_single=keeps_single)
        columns = {name: self.columns[name] for name in names}
        return Rows({name: one if one.stands else one.reduced(ctx) for name, one in columns.items()}, self._n)

    def text(self, heads: Callable[[Write], list[Piece]], rendering: Rendering) -> RawJson | None:
        """A list of buckets as JSON; None where they are better printed one by one.

        Args:
            heads: the pieces with which the buckets begin, as numbers are written.
        """
        if self._n <= LEAST:
            return None
        write = numbers_in(decimals_for(rendering.behaviour))
        below: list[Piece] = []
        for name, column in self.columns.items():
            pieces = column.pieces(write, rendering)
            if pieces is None:
                return None
            shown = f"{column.made()[0].type_name(rendering)}#{name}" if rendering.typed_keys else name
            below += [b"," + dumps(shown) + b":", *pieces]
        return laid_out([*heads(write), *below, b"}"], self._n)

    def print_into(self, bodies: list[dict[str, Json]], rendering: Rendering) -> list[dict[str, Json]]:
        """Add the results to the bodies of their buckets; returns these."""
        for name, column in self.columns.items():
            if rendering.typed_keys:
                for out, one in zip(bodies, column.made(), strict=True):
                    out[f"{one.type_name(rendering)}#{name}"] = one.body(rendering)
            else:
                for out, body in zip(bodies, column.bodies(rendering), strict=True):
                    out[name] = body
        return bodies


class BucketTable(Sequence[Any]):
    """Buckets by columns.

    Args:
        make: a bucket of a key, a count and the results below it.
    """

    __slots__ = ("_made", "counts", "keys", "make", "rows")

    def __init__(self, keys: list[Any], counts: list[int], rows: Rows, make: Callable[[Any, int, Results], Bucket]) -> None:
        self.keys, self.counts, self.rows, self.make = keys, counts, rows, make
        self._made: list[Bucket] | None = None

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, at: Any) -> Any:
        return self._all()[at]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._all())

    def _all(self) -> list[Bucket]:
        if self._made is None:
            self._made = list(map(self.make, self.keys, self.counts, self.rows))
        return self._made


def cut(keys: Sequence[list[Any]], counts: list[int], rows: Rows) -> Iterator[tuple[list[Any], list[int], Rows]]:
    """The buckets of several owners, which follow each other, owner by owner: keys, counts and rows."""
    start = 0
    for mine in keys:
        stop = start + len(mine)
        yield mine, counts[start:stop], rows.part(start, stop)
        start = stop
