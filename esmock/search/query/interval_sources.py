"""Minimal intervals: what the rules of an ``intervals`` query find in a document.

An interval is (first position, last position, gaps between its immediate parts). A source gives the intervals of a document in
ascending order, none within another where the rule minimizes. The algorithms are those of the paper "Efficient Optimally Lazy
Algorithms for Minimal-Interval Semantics" (Boldi, Vigna); sums and quirks as recordings of 7.10.2 show them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from esmock.errors import IllegalState
from esmock.search.query.positions import AnyPart, EveryPart, Found, NoPlaces, Places, term_places

Interval = tuple[int, int, int]
END = 2**31 - 1
_BEFORE: Interval = (-1, -1, 0)


class Source(EveryPart):
    """A rule bound to a field.

    Attributes:
        key: equal for sources that find the same.
        extent: the least width of an interval.
        shown: its name, before its parts.
    """

    shown = "no_match"

    def __init__(self, key: tuple[Any, ...], extent: int, parts: tuple[Source, ...] = ()) -> None:
        self.key = key
        self.extent = extent
        self.parts = parts

    def at(self, segment: Any, doc: int) -> list[Interval]:
        """The intervals of a document."""
        raise NotImplementedError(type(self).__name__)

    def among_others(self, segment: Any, doc: int) -> list[Interval]:
        """The intervals that a disjunction sees."""
        return self.at(segment, doc)

    def width(self, found: Interval) -> int:
        """The positions that an interval counts as taken."""
        return found[1] - found[0] + 1

    def text(self) -> str:
        """As Lucene writes it."""
        words = ",".join(part.text() for part in self.parts)
        return f"{self.shown}({words})" if self.parts else self.shown

    def pulled_up(self) -> list[Source]:
        """The alternatives of which this is the disjunction: rules that look at gaps must see each of them."""
        return [self]


class Nothing(NoPlaces, Source):
    """No intervals."""

    def __init__(self) -> None:
        super().__init__(("nothing",), 0)

    def pulled_up(self) -> list[Source]:
        return []


class TermPlaces(Places, Source):
    """Intervals of one position."""

    def at(self, segment: Any, doc: int) -> list[Interval]:
        return [(place, place, 0) for place in self.places(segment, doc)]


class Term(TermPlaces):
    """The places of a term."""

    def __init__(self, path: str, term: str) -> None:
        super().__init__(("term", path, term), 1)
        self.path, self.term, self.shown = path, term, term

    def found(self, segment: Any) -> Found:
        return term_places(segment, self.path, self.term)


class MultiTerm(TermPlaces):
    """The places of all terms of some form.

    Args:
        shown: the form in errors.
        matches: whether a term is of the form.
        limit: how many terms a segment may have.
        options: what else tells the form from others.
    """

    def __init__(self, path: str, shown: str, matches: Callable[[str], bool], limit: int, options: tuple[Any, ...] = ()) -> None:
        super().__init__(("terms", path, shown, *options), 1)
        self.path, self.pattern, self.matches, self.limit = path, shown, matches, limit
        self.shown = f"MultiTerm({shown})"

    def found(self, segment: Any) -> Found:
        return segment.cached(("intervals", self.key), lambda: self._merge(segment))  # type: ignore[no-any-return]

    def _merge(self, segment: Any) -> tuple[np.ndarray, np.ndarray]:
        postings = segment.postings(self.path)
        terms = [term for term in postings.terms if self.matches(term)]
        if len(terms) > self.limit:
            raise IllegalState(f"Automaton [{self.pattern}] expanded to too many terms (limit {self.limit})")
        found = [postings.positions_of(term) for term in terms]
        if not found:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        both = np.unique(np.stack([np.concatenate([one[at] for one in found]) for at in (0, 1)], axis=1), axis=0)
        return both[:, 0], both[:, 1]


class AnyOf(AnyPart, Source):
    """The intervals of any part that hold no other one."""

    shown = "or"

    def __init__(self, parts: Iterable[Source]) -> None:
        listed = tuple(parts)
        super().__init__(("or", *(part.key for part in listed)), min((one.extent for one in listed), default=0), listed)

    def at(self, segment: Any, doc: int) -> list[Interval]:
        found = sorted((one for part in self.parts for one in part.among_others(segment, doc)), key=lambda one: (one[1], -one[0]))
        out: list[Interval] = []
        for one in found:
            if not out or one[0] > out[-1][0]:
                out.append(one)
        return out

    def pulled_up(self) -> list[Source]:
        return [one for part in self.parts for one in part.pulled_up()]


def any_of(parts: Iterable[Source]) -> Source:
    """A disjunction; nested ones are joined."""
    flat: list[Source] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, AnyOf) else [part])
    distinct = list({part.key: part for part in flat}.values())
    return distinct[0] if len(distinct) == 1 else AnyOf(distinct)


def alternatives(part: Source) -> list[Source]:
    """What a source is a disjunction of; those of width 1 stay together."""
    found = part.pulled_up()
    single = [one for one in found if one.extent == 1]
    return ([any_of(single)] if single else []) + [one for one in found if one.extent != 1]


def pull_up(parts: Iterable[Source], make: Callable[[list[Source]], Source]) -> list[Source]:
    """A rule over every combination of its parts' alternatives; those of width 1 stay together."""
    turned = itertools.product(*reversed([alternatives(part) for part in parts]))
    return [make(list(reversed(combination))) for combination in turned]


class Block(Source):
    """The parts one directly after another."""

    shown = "BLOCK"

    def __init__(self, parts: list[Source]) -> None:
        super().__init__(("phrase", *(one.key for one in parts)), sum(one.extent for one in parts), tuple(parts))

    def at(self, segment: Any, doc: int) -> list[Interval]:
        lists = [part.at(segment, doc) for part in self.parts]
        starts = [{one[0]: one[1] for one in reversed(found)} for found in lists[1:]]
        out = []
        for start, end, _ in lists[0]:
            last: int | None = end
            for following in starts:
                last = following.get(last + 1)  # type: ignore[operator]
                if last is None:
                    break
            if last is not None:
                out.append((start, last, 0))
        return out

    def pulled_up(self) -> list[Source]:
        return pull_up(self.parts, Block)


def phrase(parts: list[Source]) -> Source:
    """The parts as one block."""
    if len(parts) == 1:
        return parts[0]
    flat: list[Source] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Block) else [part])
    return any_of(pull_up(flat, Block))


class _Walk:
    """Lucene's walk over the intervals of parts in order, of which it finds some that are not minimal, and not all that are."""

    def __init__(self, parts: Sequence[Source], lists: list[list[Interval]]) -> None:
        self.parts, self.lists = parts, lists
        self.at = [0] + [-1] * (len(lists) - 1)
        """Places in the lists; -1 stands before one."""
        self.part = 1

    def here(self, n: int) -> Interval:
        return self.lists[n][self.at[n]] if self.at[n] >= 0 else _BEFORE

    def step(self, n: int) -> bool:
        if self.here(n)[0] != END:
            self.at[n] += 1
        return self.here(n)[0] != END

    def next(self) -> Interval | None:
        """The next interval: the first part moves as far as the others let it."""
        found: Interval | None = None
        bound = END
        last = len(self.lists) - 1
        while True:
            if not self._follow(bound, is_found=found is not None) or self.here(0)[0] == END:
                return found
            start, end = self.here(0)[0], self.here(last)[1]
            taken = sum(part.width(self.here(n)) for n, part in enumerate(self.parts))
            found = (start, end, end - start + 1 - taken)
            bound = self.here(last)[0]
            self.part = 1
            if not self.step(0):
                return found

    def _follow(self, bound: int, *, is_found: bool) -> bool:
        """Move each part behind the one before it; False where none is left before ``bound``."""
        while True:
            before = self.here(self.part - 1)[1]
            if before >= bound:
                return False
            if self.part == len(self.lists) or (is_found and self.here(self.part)[0] > before):
                return True
            while True:
                if self.here(self.part)[1] >= bound or not self.step(self.part):
                    return False
                if self.here(self.part)[0] > before:
                    break
            self.part += 1


class Ordered(Source):
    """The parts one after another, at their closest."""

    shown = "ORDERED"

    def __init__(self, parts: list[Source]) -> None:
        super().__init__(("ordered", *(one.key for one in parts)), sum(one.extent for one in parts), tuple(parts))

    def at(self, segment: Any, doc: int) -> list[Interval]:
        lists = [[*part.at(segment, doc), (END, END, 0)] for part in self.parts]
        if any(len(one) == 1 for one in lists):
            return []
        walk = _Walk(self.parts, lists)
        out: list[Interval] = []
        while (found := walk.next()) is not None:
            out.append(found)
        return out

    def pulled_up(self) -> list[Source]:
        return pull_up(self.parts, Ordered)


def ordered(parts: list[Source]) -> Source:
    """The parts in order; nested orders are joined, neighbours that are alike must be distinct."""
    if len(parts) == 1:
        return parts[0]
    flat: list[Source] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Ordered) else [part])
    runs = [(run := list(group), repeated(run[0], len(run)))[1] for _, group in itertools.groupby(flat, key=lambda one: one.key)]
    return _alone(runs[0], Ordered) if len(runs) == 1 else Ordered(runs)


class Unordered(Source):
    """The parts in any order, at their closest."""

    shown = "UNORDERED"

    def __init__(self, parts: list[Source]) -> None:
        super().__init__(("unordered", *(one.key for one in parts)), sum(one.extent for one in parts), tuple(parts))

    def at(self, segment: Any, doc: int) -> list[Interval]:
        lists = [part.at(segment, doc) for part in self.parts]
        if not all(lists):
            return []
        pointers = [0] * len(lists)
        out: list[Interval] = []
        furthest = max(one[0][1] for one in lists)
        start = -1

        def lowest() -> int:
            return min(range(len(lists)), key=lambda n: (lists[n][pointers[n]][0], -lists[n][pointers[n]][1]))

        def step(n: int) -> bool:
            nonlocal furthest
            pointers[n] += 1
            if pointers[n] == len(lists[n]):
                return False
            furthest = max(furthest, lists[n][pointers[n]][1])
            return True

        while True:
            while lists[n := lowest()][pointers[n]][0] == start:
                if not step(n):
                    return out
            while True:
                n = lowest()
                start, end = lists[n][pointers[n]][0], furthest
                taken = sum(part.width(one[at]) for part, one, at in zip(self.parts, lists, pointers, strict=True))
                found = (start, end, end - start + 1 - taken)
                if lists[n][pointers[n]][1] == end:
                    out.append(found)
                    break
                if not step(n):
                    out.append(found)
                    return out
                if end != furthest:
                    out.append(found)
                    break

    def pulled_up(self) -> list[Source]:
        return pull_up(self.parts, Unordered)


def unordered(parts: list[Source]) -> Source:
    """The parts in any order; those that are alike must be distinct."""
    if len(parts) == 1:
        return parts[0]
    flat: list[Source] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Unordered) else [part])
    groups: dict[Any, list[Source]] = {}
    for part in flat:
        groups.setdefault(part.key, []).append(part)
    runs = [repeated(group[0], len(group)) for group in groups.values()]
    return _alone(runs[0], Unordered) if len(runs) == 1 else Unordered(runs)


class Repeated(Source):
    """Some intervals of one part that follow each other."""

    def __init__(self, part: Source, count: int) -> None:
        super().__init__(("repeated", part.key, count), part.extent, (part,))
        self.count = count
        self.shown = ""

    def at(self, segment: Any, doc: int) -> list[Interval]:
        found = self.parts[0].at(segment, doc)
        out = []
        for at in range(len(found) - self.count + 1):
            run = found[at : at + self.count]
            gaps = sum(max(0, two[0] - one[1] - 1) for one, two in itertools.pairwise(run))
            out.append((run[0][0], run[-1][1], gaps))
        return out

    def text(self) -> str:
        words = ",".join([self.parts[0].text()] * self.count)
        return f"{self.shown}({words})" if self.shown else words

    def width(self, found: Interval) -> int:
        return found[1] - found[0] + 1 - found[2]

    def pulled_up(self) -> list[Source]:
        pulled = [Repeated(one, self.count) for one in self.parts[0].pulled_up()]
        for one in pulled:
            one.shown = self.shown
        return list(pulled)


def repeated(part: Source, count: int) -> Source:
    return part if count == 1 else Repeated(part, count)


def _alone(source: Source, kind: type[Source]) -> Source:
    """What remains of sources that are alike keeps the name of how they stood."""
    if isinstance(source, Repeated):
        source.shown = kind.shown
    return source
