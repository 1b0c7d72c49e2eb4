"""What narrows or changes the intervals of a source: gaps, extensions, another field, and filters by other intervals.

Source: as for ``interval_sources``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from esmock.errors import IllegalArgument
from esmock.search.query.interval_sources import END, Interval, Source, alternatives, any_of


class MaxGaps(Source):
    """The intervals with few gaps."""

    def __init__(self, part: Source, limit: int) -> None:
        super().__init__(("gaps", part.key, limit), part.extent, (part,))
        self.limit, self.shown = limit, f"MAXGAPS/{limit}"

    def at(self, segment: Any, doc: int) -> list[Interval]:
        return [one for one in self.parts[0].at(segment, doc) if one[2] <= self.limit]

    def pulled_up(self) -> list[Source]:
        return [MaxGaps(one, self.limit) for one in self.parts[0].pulled_up()]


def max_gaps(part: Source, limit: int) -> Source:
    return any_of([MaxGaps(one, limit) for one in part.pulled_up()])


class Extended(Source):
    """The intervals made wider."""

    def __init__(self, part: Source, before: int, after: int) -> None:
        super().__init__(("extended", part.key, before, after), min(END, part.extent + before + after), (part,))
        self.before, self.after = before, after

    def text(self) -> str:
        return f"EXTEND({self.parts[0].text()},{self.before},{self.after})"

    def at(self, segment: Any, doc: int) -> list[Interval]:
        return [
            (max(0, start - self.before), min(END - 1, end + self.after), gaps)
            for start, end, gaps in self.parts[0].at(segment, doc)
        ]

    def pulled_up(self) -> list[Source]:
        return [Extended(one, self.before, self.after) for one in self.parts[0].pulled_up()]


class OnField(Source):
    """The intervals of another field."""

    def __init__(self, path: str, part: Source) -> None:
        super().__init__(("field", path, part.key), part.extent, (part,))
        self.path = path

    def text(self) -> str:
        return f"FIELD({self.path},{self.parts[0].text()})"

    def at(self, segment: Any, doc: int) -> list[Interval]:
        return self.parts[0].at(segment, doc)

    def width(self, found: Interval) -> int:
        return self.parts[0].width(found)

    def pulled_up(self) -> list[Source]:
        return [OnField(self.path, one) for one in self.parts[0].pulled_up()]


class Chosen(Source):
    """The intervals of the first part that another one, or a script, lets pass.

    Args:
        choose: (intervals, those of the reference) to the intervals that pass.
        excludes: documents without the reference pass whole.
        leaves_last: a disjunction sees the interval that was looked at when the reference ended, if none passed (Lucene 8).
    """

    def __init__(
        self, name: str, part: Source, reference: Source | None, choose: Choose, *, excludes: bool, leaves_last: bool = False
    ) -> None:
        key = (name, part.key, None if reference is None else reference.key)
        super().__init__(key, part.extent, (part,) if reference is None else (part, reference))
        self.name, self.choose, self.excludes, self.leaves_last = name, choose, excludes, leaves_last

    def text(self) -> str:
        words = [part.text() for part in self.parts]
        return _CHOSEN[self.name].format(*words) if self.name in _CHOSEN else f"{self.name}({words[0]})"

    def docs(self, segment: Any) -> np.ndarray:
        return self.parts[0].docs(segment) if self.excludes else super().docs(segment)

    def at(self, segment: Any, doc: int) -> list[Interval]:
        reference = self.parts[1].at(segment, doc) if len(self.parts) > 1 else []
        return self.choose(self.parts[0].at(segment, doc), reference)

    def among_others(self, segment: Any, doc: int) -> list[Interval]:
        found = self.at(segment, doc)
        if found or not self.leaves_last:
            return found
        others = self.parts[1].at(segment, doc)
        behind = next((one for one in self.parts[0].at(segment, doc) if others and _is_before(others[-1], one)), None)
        return [] if behind is None else [behind]

    def pulled_up(self) -> list[Source]:
        if len(self.parts) == 1:
            return [Chosen(self.name, one, None, self.choose, excludes=self.excludes) for one in self.parts[0].pulled_up()]
        wide, reference = self.parts
        parts = alternatives(wide) if self.name in _SEES_PARTS else [wide]
        references = alternatives(reference) if self.name in _SEES_REFERENCES else [reference]
        return [
            Chosen(self.name, one, other, self.choose, excludes=self.excludes, leaves_last=self.leaves_last)
            for one in parts
            for other in references
        ]


_SEES_PARTS = ("containing", "not_containing", "overlapping", "not_overlapping")
_SEES_REFERENCES = ("contained_by", "not_contained_by", "overlapping", "not_overlapping")
"""The filters that look at each alternative of a side, where another one within it would hide it."""
_STANDS_WHOLE = ("overlapping", "not_overlapping", "before", "after")
"""The filters whose alternatives are only told apart by what stands around them."""

_CHOSEN = {
    "containing": "CONTAINING({},{})",
    "contained_by": "CONTAINED_BY({},{})",
    "not_containing": "NOT_CONTAINING({},{})",
    "not_contained_by": "NOT_CONTAINED_BY({},{})",
    "overlapping": "OVERLAPPING({},{})",
    "not_overlapping": "NON_OVERLAPPING({},{})",
    "before": f"CONTAINED_BY({{}},EXTEND(PRECEDING({{}}),{END},0))",
    "after": f"CONTAINED_BY({{}},EXTEND(FOLLOWING({{}}),0,{END}))",
}
"""How a chosen source is written, by its filter."""


def _is_before(one: Interval, two: Interval) -> bool:
    return one[0] < two[0] and one[1] < two[1]


def _overlap(one: Interval, two: Interval) -> bool:
    return one[0] <= two[1] and two[0] <= one[1]


def _within(one: Interval, two: Interval) -> bool:
    return two[0] <= one[0] and one[1] <= two[1]


def _not_containing(found: list[Interval], others: list[Interval]) -> list[Interval]:
    """ES: the reference is only advanced past intervals that begin and end before, so one that reaches in excludes too."""
    out = []
    at = 0
    for one in found:
        while at < len(others) and _is_before(others[at], one):
            at += 1
        if at == len(others) or others[at][0] > one[1]:
            out.append(one)
    return out


def _each(keeps: Callable[[Interval, list[Interval]], bool]) -> Choose:
    return lambda found, others: [one for one in found if keeps(one, others)]


Choose = Callable[[list[Interval], list[Interval]], list[Interval]]
FILTERS: dict[str, tuple[Choose, bool]] = {
    "containing": (_each(lambda one, others: any(_within(two, one) for two in others)), False),
    "contained_by": (_each(lambda one, others: any(_within(one, two) for two in others)), False),
    "not_containing": (_not_containing, True),
    "not_contained_by": (_each(lambda one, others: not any(_within(one, two) for two in others)), True),
    "overlapping": (_each(lambda one, others: any(_overlap(one, two) for two in others)), False),
    "not_overlapping": (_each(lambda one, others: not any(_overlap(one, two) for two in others)), True),
    "before": (_each(lambda one, others: any(one[1] <= max(0, two[0] - 1) for two in others)), False),
    "after": (_each(lambda one, others: any(one[0] >= two[1] + 1 for two in others)), False),
}


def filtered(name: str, part: Source, reference: Source, *, lucene_nine: bool) -> Source:
    """The intervals that stand so to those of a reference. Raises IllegalArgument."""
    if name not in FILTERS:
        raise IllegalArgument(f"Unknown filter type [{name}]")
    choose, excludes = FILTERS[name]
    leaves_last = name == "containing" and not lucene_nine
    made = Chosen(name, part, reference, choose, excludes=excludes, leaves_last=leaves_last)
    return made if name in _STANDS_WHOLE else any_of(made.pulled_up())
