"""The script filter of an ``intervals`` query: it sees ``interval`` with ``start``, ``end`` and ``gaps``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Interval:
    """org.elasticsearch.index.query.IntervalFilterScript.Interval."""

    java_class = "org.elasticsearch.index.query.IntervalFilterScript.Interval"
    __slots__ = ("found",)

    def __init__(self, found: tuple[int, int, int]) -> None:
        self.found = found


def keeps_of(compiled: Any) -> Callable[[tuple[int, int, int]], bool]:
    """Whether a compiled script lets an interval pass."""
    return lambda found: bool(compiled.run(interval=Interval(found)))
