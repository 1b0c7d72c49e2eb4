"""Pages: the columns of a table. Those that lie in an index are read when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from esmock.features.esql.block import Block

Load = Callable[[np.ndarray], Block]
"""Reads a column of an index for some of its documents (int64[n], places among all of them)."""


class Page:
    """A table.

    Args:
        n_rows: how many rows it has.
        columns: by name, in order; those not read yet as what reads them.
        docs: int64[n_rows]: the document of each row, where the rows come out of indices.
    """

    def __init__(self, n_rows: int, columns: dict[str, Block | Load], docs: np.ndarray | None = None) -> None:
        self.n_rows = n_rows
        self._columns = columns
        self.docs = docs

    @property
    def names(self) -> list[str]:
        """The names of the columns, in order."""
        return list(self._columns)

    def block(self, name: str) -> Block:
        """A column."""
        found = self._columns[name]
        if isinstance(found, Block):
            return found
        assert self.docs is not None
        block = self._columns[name] = found(self.docs)
        return block

    def take(self, rows: np.ndarray) -> Page:
        """Some rows, in the order that is given (int64[n])."""
        columns = {name: one.take(rows) if isinstance(one, Block) else one for name, one in self._columns.items()}
        return Page(len(rows), columns, None if self.docs is None else self.docs[rows])

    def filter(self, mask: np.ndarray) -> Page:
        """The rows that a mask (bool[n_rows]) leaves."""
        return self if mask.all() else self.take(np.flatnonzero(mask))

    def with_columns(self, added: dict[str, Block]) -> Page:
        """More columns, which stand last; those of the same names are gone."""
        kept = {name: one for name, one in self._columns.items() if name not in added}
        return Page(self.n_rows, {**kept, **added}, self.docs)

    def with_column_in_place(self, name: str, block: Block) -> Page:
        """Another column under a name, where the one before it stood."""
        return Page(self.n_rows, {one: block if one == name else column for one, column in self._columns.items()}, self.docs)

    def put(self, name: str, block: Block) -> None:
        """Change the values of a column of this page."""
        self._columns[name] = block

    def named(self, pairs: list[tuple[str, str]]) -> Page:
        """Some columns in a new order and under new names: (new, old)."""
        return Page(self.n_rows, {new: self._columns[old] for new, old in pairs}, self.docs)
