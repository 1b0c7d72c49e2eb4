"""The order of a shard's segments where documents have a time: those with the newest documents first (8.0).

Source: recordings of 8.19.21.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping
    from esmock.store.segment import Segment

    View = tuple[Segment, frozenset[int]]

TIMESTAMP = "@timestamp"
_DATES = ("date", "date_nanos")
_NEVER = -(1 << 63)


def is_timed(mapping: Mapping) -> bool:
    """Whether the mapping gives documents a time by which segments are ordered."""
    field = mapping.field(TIMESTAMP)
    return mapping.behaviour.newest_segments_first and field is not None and field.name in _DATES


def newest_first(views: Sequence[View]) -> Sequence[int]:
    """The places of the segments by their latest time; those without one come last, and those of the same time stay as they are."""
    return sorted(range(len(views)), key=lambda at: _newest(views[at]), reverse=True) if len(views) > 1 else range(len(views))


def _newest(view: View) -> int:
    def latest() -> int:
        values = view[0].column(TIMESTAMP).values
        return int(values.max()) if len(values) else _NEVER

    found: int = view[0].cached(("latest time",), latest)
    return found
