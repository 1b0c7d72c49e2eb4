"""``LOOKUP JOIN``: the documents of one index put beside rows. Docs: esql-lookup-join."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.features.esql.block import Block, of_rows
from esmock.features.esql.page import Page
from esmock.features.esql.scope import Scope

if TYPE_CHECKING:
    from esmock.state.index import Index

Json = Any


@dataclass(slots=True)
class Lookup:
    """An index to join with.

    Args:
        index: None: there is none of that name.
    """

    index: Index | None
    scope: Scope
    page: Page | None

    def problem(self, name: str) -> str | None:
        """Why it cannot be joined with."""
        if self.index is None:
            return f"Unknown index [{name}]"
        mode = str(self.index.settings.get("index.mode", "standard"))
        if mode != "lookup":
            return f"Lookup Join requires a single lookup mode index; [{name}] resolves to [{name}] in [{mode}] mode"
        return None


def joined_page(page: Page, lookup: Lookup, names: list[str]) -> Page:
    """Each row with every document whose values are the same; rows without one stay, their new columns null."""
    assert lookup.page is not None
    known: dict[tuple[Json, ...], list[int]] = {}
    for at, key in enumerate(_keys(lookup.page, names)):
        if key is not None:
            known.setdefault(key, []).append(at)
    left: list[int] = []
    right: list[int] = []
    for at, key in enumerate(_keys(page, names)):
        for found in known.get(key, [-1]) if key is not None else [-1]:
            left.append(at)
            right.append(found)
    taken = page.take(np.array(left, np.int64))
    added = {name: _taken(lookup.page.block(name), right) for name in lookup.page.names if name not in names}
    return taken.with_columns(added)


def _keys(page: Page, names: list[str]) -> list[tuple[Json, ...] | None]:
    rows = zip(*(page.block(name).rows() for name in names), strict=True)
    return [tuple(values[0] for values in row) if all(len(values) == 1 for values in row) else None for row in rows]


def _taken(block: Block, places: list[int]) -> Block:
    rows = block.rows()
    return of_rows(block.type, ([] if place < 0 else rows[place] for place in places))
