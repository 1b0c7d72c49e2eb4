"""What is looked for in the texts of one field: terms, patterns of terms, phrases, and terms at certain positions."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from esmock.search.query import interval_filters, interval_sources
from esmock.search.query.span_matching import HoldingSpans, NotSpans, OrderedSpans, OrSpans, TermSpans, UnorderedSpans
from esmock.store.column import utf8_order
from esmock.store.postings import Postings


@dataclass(frozen=True, slots=True)
class PhraseWanted:
    """Terms in order; each place with its offset and the terms that may stand there."""

    slots: tuple[tuple[int, tuple[str, ...]], ...]
    slop: int


@dataclass(frozen=True, slots=True)
class Loose:
    """Words of queries that a highlighter does not see into.

    Attributes:
        terms: with their weights.
        after: the fields in which something had been looked for before.
    """

    terms: dict[str, float]
    after: frozenset[str]


@dataclass(frozen=True, slots=True)
class Like:
    """A ``more_like_this``, which chooses among the terms that the highlighter knows."""

    query: Any
    shard: Any
    weight: float

    def terms(self, count: Callable[[str, Any], int], path: str | None) -> dict[str, float]:
        """Those it chooses.

        Args:
            count: of the documents that hold a word of a field.
            path: the field whose words count; None: those of all fields do.
        """
        shard = replace(self.shard, supposed=count)
        fields = self.query.compared(shard)
        chosen = self.query.chosen(shard, fields) if fields else ()
        return {word: self.weight for group, _ in chosen for name, word, _ in group if path in (None, name)}


@dataclass(frozen=True, slots=True)
class Holder:
    """A field of a document, and where it stands.

    Attributes:
        segment: None where nothing else is known.
        reads_segment: the words of the field are those of the segment, too.
        is_collected: what makes up spans is told, not what lies in them.
    """

    doc: Any
    path: str
    segment: Any
    reads_segment: bool
    is_collected: bool

    def counts(self, own: Any) -> Callable[[str, Any], int]:
        """How many documents hold a word of a field; without a segment the one field stands for all.

        Args:
            own: the segment of the one document.
        """
        from esmock.search.query.shard import column_doc_freq

        held = frozenset(own.postings(self.path).terms)

        def count(name: str, word: Any) -> int:
            if self.segment is None or (name == self.path and not self.reads_segment):
                return int(word in held)
            found = self.segment.field(name)
            if found is None or found.is_text:
                return int(self.segment.postings(name).doc_freq(word))
            return int(column_doc_freq(self.segment.column(name), word))

        return count


class _OneField:
    """A segment that has one field, under any name or under its own."""

    def __init__(self, segment: Any, path: str, *, own_only: bool) -> None:
        self._segment = segment
        self._path = path
        self._own_only = own_only

    def postings(self, path: str) -> Any:
        if self._own_only and path != self._path:
            return self._segment.postings("")
        found = self._segment.field(self._path)
        return self._segment.postings(self._path) if found is None or found.is_text else self._whole_values()

    def _whole_values(self) -> Postings:
        """The values of the one document, each as a term."""
        raw, field_ = self._segment.values(self._path)
        values = field_.column_values(raw[0]) if raw else []
        terms = sorted({str(value) for value in values}, key=utf8_order)
        places = [[at for at, value in enumerate(values) if str(value) == term] for term in terms]
        counts = [len(one) for one in places]
        return Postings(
            terms=terms,
            lookup={term: at for at, term in enumerate(terms)},
            doc_starts=np.arange(len(terms) + 1),
            docs=np.zeros(len(terms), np.int64),
            freqs=np.array(counts, np.int64),
            token_starts=np.cumsum([0, *counts]),
            positions=np.array([at for one in places for at in one], np.int64),
            norms=np.zeros(1, np.uint8),
            n_docs_with_field=1,
            total_terms=len(values),
            has_value=np.ones(1, bool),
        )

    def cached(self, key: Any, make: Callable[[], Any]) -> Any:
        return self._segment.cached((self._path, key), make)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._segment, name)


@dataclass(slots=True)
class Wanted:
    """What is highlighted in one field.

    Attributes:
        terms: with their weights (the query's boosts).
        spans: position trees, whose terms count where they stand inside a match.
        places: of one document: terms, and the positions that are inside.
        sets: terms that count as one.
        loose: words that count only under conditions: see ``settle``.
        likes: of which the words depend on the document.
    """

    terms: dict[str, float] = field(default_factory=dict)
    patterns: list[Callable[[str], bool]] = field(default_factory=list)
    phrases: list[PhraseWanted] = field(default_factory=list)
    spans: list[Any] = field(default_factory=list)
    places: list[tuple[frozenset[str], frozenset[int]]] = field(default_factory=list)
    sets: list[frozenset[str]] = field(default_factory=list)
    loose: list[Loose] = field(default_factory=list)
    likes: list[Like] = field(default_factory=list)

    def settle(self, names: Container[str] | None) -> None:
        """Take in the loose words that count.

        ES: the plain highlighter reads them where it has found nothing before, the unified one where nothing stands at a certain position.

        Args:
            names: the fields whose words count for the plain highlighter; None: for the unified one.
        """
        for one in self.loose:
            is_first = not self.phrases and not self.spans if names is None else not any(name in names for name in one.after)
            if is_first:
                self.terms = one.terms | self.terms

    @property
    def asks_document(self) -> bool:
        """Whether it depends on the document what is wanted."""
        return bool(self.spans or self.likes)

    def of_document(self, holder: Holder, *, own_only: bool) -> Wanted:
        """The same for one field of a document: the positions at which the terms of its spans stand, whatever field those name.

        Args:
            own_only: words of other fields do not count.
        """
        from esmock.store.segment import Segment

        segment = _OneField(Segment.build([holder.doc]), holder.path, own_only=own_only)
        places = []
        for one in self.spans:
            if isinstance(one, IntervalPlaces):
                places.append(one.places(segment))
            else:
                places.extend(_collected(one, segment, holder) if holder.is_collected else [_span_places(one, one.at(segment, 0))])
        terms = self.terms
        if self.likes:
            count = holder.counts(segment)
            for one in self.likes:
                terms = terms | one.terms(count, holder.path if own_only else None)
        return replace(self, places=places, terms=terms)

    def words(self) -> frozenset[str] | None:
        """Every term that is looked for; None where patterns look for more."""
        if self.patterns:
            return None
        slots = (word for one in self.phrases for _, words in one.slots for word in words)
        return frozenset((*self.terms, *slots, *(term for words, _ in self.places for term in words)))

    def moved(self, by: int) -> Wanted:
        """The same with other positions."""
        places = [(terms, frozenset(at + by for at in inside)) for terms, inside in self.places]
        return replace(self, places=places)

    def add(self, other: Wanted) -> None:
        for term, weight in other.terms.items():
            self.terms[term] = max(weight, self.terms.get(term, 0.0))
        self.patterns.extend(other.patterns)
        self.phrases.extend(other.phrases)
        self.spans.extend(other.spans)
        self.sets.extend(other.sets)
        self.loose.extend(other.loose)
        self.likes.extend(one for one in other.likes if one not in self.likes)

    def __bool__(self) -> bool:
        return bool(self.terms or self.patterns or self.phrases or self.spans or self.likes)


def _collected(spans: Any, segment: Any, holder: Holder) -> Iterator[tuple[frozenset[str], frozenset[int]]]:
    """The terms that make up spans, with their positions: of spans within others those of both.

    ES: what is excluded is not found, as it is not among the words that are kept of a text; of words that are in the index it is.
    """
    if isinstance(spans, OrSpans):
        for part in spans.parts:
            yield from _collected(part, segment, holder)
    elif isinstance(spans, NotSpans) and not holder.reads_segment:
        yield from _collected(spans.parts[0], segment, holder)
    elif isinstance(spans, HoldingSpans):
        big, little = (part.at(segment, 0) for part in spans.parts)
        pairs = [(one, two) for one in big for two in little if one[0] <= two[0] and two[1] <= one[1]]
        for part, found in zip(spans.parts, zip(*pairs, strict=True), strict=False):
            yield _span_places(part, found)
    else:
        yield _span_places(spans, spans.at(segment, 0))


def _span_places(spans: Any, found: Iterable[Any]) -> tuple[frozenset[str], frozenset[int]]:
    """The terms of spans, and the positions inside of those that were found; between two terms there is none."""
    is_pair = isinstance(spans, OrderedSpans | UnorderedSpans) and [type(one) for one in spans.parts] == [TermSpans, TermSpans]
    inside = {at for start, end, *_ in found for at in ((start, end - 1) if is_pair else range(start, end))}
    return frozenset(term for _, term in spans.terms), frozenset(inside)


@dataclass(frozen=True, slots=True)
class IntervalPlaces:
    """The terms of a rule of intervals, where they stand in what the rule finds."""

    source: interval_sources.Source

    def places(self, segment: Any) -> tuple[frozenset[str], frozenset[int]]:
        """Of the one document of a segment: the terms, and the positions inside of intervals."""
        words: set[str] = set()
        for leaf in interval_leaves(self.source, of_filters=False):
            if isinstance(leaf, interval_sources.Term):
                words.add(leaf.term)
            else:
                words.update(filter(leaf.matches, segment.postings(leaf.path).terms))
        inside = {at for start, end, _ in self.source.at(segment, 0) for at in range(start, end + 1)}
        return frozenset(words), frozenset(inside)


def interval_leaves(source: Any, *, of_filters: bool) -> Iterator[interval_sources.Term | interval_sources.MultiTerm]:
    """The terms and forms of terms of a rule; not those of a filter that excludes.

    Args:
        of_filters: those of other filters, too.
    """
    queue = [source]
    while queue:
        one = queue.pop()
        if isinstance(one, interval_sources.Term | interval_sources.MultiTerm):
            yield one
        elif isinstance(one, interval_filters.Chosen) and (one.excludes or not of_filters):
            queue.append(one.parts[0])
        else:
            queue.extend(one.parts)
