"""Aggregations that Elasticsearch has and esmock lacks: named, so that they are refused honestly."""

from __future__ import annotations

from typing import Any, ClassVar

from esmock.errors import Unsupported

_SINCE: dict[str, int | tuple[int, int]] = {
    "inference": (7, 9),
    "categorize_text": (7, 16),
    "change_point": (8, 2),
    "frequent_item_sets": (8, 6),
    "time_series": (8, 1),
}
"""Names with the version that brought them."""


def _refused(name: str, since: int | tuple[int, int]) -> Any:
    class Refused:
        """A name only."""

        is_pipeline: ClassVar[bool] = False
        until: ClassVar[int] = 99

        @classmethod
        def parse(cls, agg_name: str, body: Any, ctx: Any) -> Any:
            raise Unsupported(f"aggregation [{name}]")

    Refused.name, Refused.since = name, since  # type: ignore[attr-defined]
    return Refused


AGGREGATIONS = tuple(_refused(name, since) for name, since in _SINCE.items())
