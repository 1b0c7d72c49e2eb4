"""``index.sort.*``: the order in which the documents of a segment stand. Docs: index-modules-index-sorting.

Source: searches of 7.10.2 and 8.19.21 without a sort of their own, over sorted indices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from esmock.store.column import Column
    from esmock.store.segment import StoredDoc


@dataclass(frozen=True, slots=True)
class SortField:
    """One field to sort by; of several values the least or the greatest counts."""

    path: str
    is_descending: bool = False
    takes_greatest: bool = False
    missing_first: bool = False


@dataclass(frozen=True, slots=True)
class IndexSort:
    """The fields to sort by, the first of them first."""

    fields: tuple[SortField, ...]

    def arranged(self, docs: Sequence[StoredDoc]) -> list[StoredDoc]:
        """The documents in order; those that are alike stand as they were written."""
        import numpy as np

        from esmock.store.segment import Segment

        segment = Segment.build(docs)
        keys = [_ranks(segment.column(one.path), one) for one in self.fields]
        return [docs[at] for at in np.lexsort(keys[::-1]).tolist()]


def _ranks(column: Column, field: SortField) -> np.ndarray:
    """int64[n_docs]: numbers that sort like the values; documents without one are last, or first."""
    import numpy as np

    starts = np.asarray(column.starts)
    has = np.diff(starts) > 0
    ranks = np.zeros(len(has), np.int64)
    if has.any():
        reduce = np.maximum if field.takes_greatest else np.minimum
        reduced = reduce.reduceat(column.values, starts[:-1][has])
        places = np.unique(reduced, return_inverse=True)[1].reshape(-1)
        ranks[has] = -places if field.is_descending else places
    ranks[~has] = -len(has) - 1 if field.missing_first else len(has) + 1
    return ranks
