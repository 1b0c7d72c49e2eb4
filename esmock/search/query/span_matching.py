"""Spans: where a document has what a span query asks for.

A span is (start, end, width): the first position, the position after the last, and what the score counts as sloppiness.
Source: recordings of 7.10.2.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IllegalArgument, IllegalState
from esmock.search import bm25
from esmock.search.query.base import F32, Bound, Hits, MatchNothing
from esmock.search.query.positions import AnyPart, EveryPart, Found, NoPlaces, Places, term_places
from esmock.search.query.terms import make_scorer

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Span = tuple[int, int, int]


class Spans(EveryPart):
    """The spans of a query on a shard.

    Attributes:
        field: the field that they are said to be on; None: none that is mapped.
        terms: the fields and terms whose weight counts.
    """

    def __init__(self, field: str | None, terms: tuple[tuple[str, str], ...], parts: tuple[Spans, ...] = ()) -> None:
        self.field = field
        self.terms = terms
        self.parts = parts

    def at(self, segment: Any, doc: int) -> list[Span]:
        """The spans of a document, by start and end."""
        raise NotImplementedError


class Nothing(NoPlaces, Spans):
    """No spans: the field is not mapped."""


class TermSpans(Places, Spans):
    """The occurrences of one term."""

    def __init__(self, path: str, term: str, masked: str | None = None) -> None:
        super().__init__(masked or path, ((path, term),))
        self.path, self.term = path, term

    def found(self, segment: Any) -> Found:
        return term_places(segment, self.path, self.term)

    def at(self, segment: Any, doc: int) -> list[Span]:
        return [(place, place + 1, 0) for place in self.places(segment, doc)]


class WithoutPositions(Nothing):
    """A term of a field that keeps no positions."""

    def __init__(self, path: str, term: str) -> None:
        super().__init__(path, ((path, term),))
        self.path, self.term = path, term

    def docs(self, segment: Any) -> np.ndarray:
        found = segment.field(self.path)
        if found is not None and found.is_text:
            is_here = self.term in segment.postings(self.path).lookup
        else:
            column = segment.column(self.path)
            is_here = column.dictionary is not None and column.ordinal(self.term) >= 0
        if not is_here:
            return super().docs(segment)
        raise IllegalState(
            f'field "{self.path}" was indexed without position data; cannot run SpanTermQuery (term={self.term})'
        )


class OrSpans(AnyPart, Spans):
    """The spans of any of the parts."""

    def at(self, segment: Any, doc: int) -> list[Span]:
        return sorted(span for part in self.parts for span in part.at(segment, doc))


class FirstSpans(Spans):
    """The spans that end early."""

    end = 0

    def at(self, segment: Any, doc: int) -> list[Span]:
        return [span for span in self.parts[0].at(segment, doc) if span[1] <= self.end]


class NotSpans(Spans):
    """The first part's spans that do not touch the second's."""

    pre = post = 0

    def docs(self, segment: Any) -> np.ndarray:
        return self.parts[0].docs(segment)

    def at(self, segment: Any, doc: int) -> list[Span]:
        excluded = self.parts[1].at(segment, doc)
        return [
            span
            for span in self.parts[0].at(segment, doc)
            if not any(one[0] < span[1] + self.post and one[1] > span[0] - self.pre for one in excluded)
        ]


class HoldingSpans(Spans):
    """The big spans that hold a little one, or the little ones held."""

    wants_big = True

    def at(self, segment: Any, doc: int) -> list[Span]:
        big, little = (part.at(segment, doc) for part in self.parts)
        if self.wants_big:
            return [one for one in big if any(one[0] <= two[0] and two[1] <= one[1] for two in little)]
        return [two for two in little if any(one[0] <= two[0] and two[1] <= one[1] for one in big)]


@dataclass(slots=True)
class Gap:
    """Some positions of which anything is in place."""

    width: int


class OrderedSpans(Spans):
    """The parts one after another, with at most ``slop`` positions between."""

    slop = 0
    sequence: tuple[Spans | Gap, ...] = ()

    def at(self, segment: Any, doc: int) -> list[Span]:
        lists = [None if isinstance(one, Gap) else one.at(segment, doc) for one in self.sequence]
        pointers = [0] * len(lists)
        out: list[Span] = []
        for start, end, _ in lists[0] or []:
            width, last = 0, end
            for n in range(1, len(lists)):
                one = self.sequence[n]
                if isinstance(one, Gap):
                    last += one.width
                    continue
                spans = lists[n] or []
                while pointers[n] < len(spans) and spans[pointers[n]][0] < last:
                    pointers[n] += 1
                if pointers[n] == len(spans):
                    return out
                width += spans[pointers[n]][0] - last
                last = spans[pointers[n]][1]
            if width <= self.slop:
                out.append((start, last, width))
        return out


class UnorderedSpans(Spans):
    """The parts in any order within a window."""

    slop = 0

    def at(self, segment: Any, doc: int) -> list[Span]:
        lists = [part.at(segment, doc) for part in self.parts]
        if not all(lists):
            return []
        pointers = [0] * len(lists)
        heap = [(spans[0][0], spans[0][1], n) for n, spans in enumerate(lists)]
        heapq.heapify(heap)
        highest = max(one[1] for one in heap)
        covered = sum(one[1] - one[0] for one in heap)
        out: list[Span] = []
        while True:
            start, end, n = heap[0]
            if highest - start - covered <= self.slop:
                out.append((start, highest, highest - start))
            pointers[n] += 1
            if pointers[n] == len(lists[n]):
                return out
            covered -= end - start
            start, end, _ = lists[n][pointers[n]]
            covered += end - start
            highest = max(highest, end)
            heapq.heapreplace(heap, (start, end, n))


@dataclass(slots=True)
class SpanBound(Bound):
    """Documents with spans, scored by their number and width."""

    spans: Spans
    scorer: Any
    has_norms: bool
    norms_stay: bool = False

    def match(self, segment: Any) -> Hits:
        n = segment.n_docs
        freqs = np.zeros(n, F32)
        for doc in self.spans.docs(segment).tolist():
            freqs[doc] = self.frequency(segment, doc)
        match = freqs > 0
        if self.scorer is None or self.spans.field is None:
            return Hits(match)
        return Hits(match, np.where(match, self.scorer.score(freqs, self.norms(segment)), F32(0)))

    def norms(self, segment: Any) -> np.ndarray | None:
        """The lengths of the field.

        ES: spans that a mask puts on a field which a document has not read the length where the reader of lengths stands, which
        is at the document before that has it. Source: answers of 7.10.2 and 8.19.21.
        Differs: a shard fails with index_out_of_bounds_exception where there is no such document; here the length is none then.
        """
        if not self.has_norms:
            return None
        found: np.ndarray = segment.postings(self.spans.field).norms
        has = found > 0
        if not self.norms_stay or has.all():
            return found
        known = np.unique(found[has])
        if len(known) < 2:
            # one length of all documents is kept once for all of them
            return np.full_like(found, known[0] if len(known) else 1)
        return found[np.maximum.accumulate(np.where(has, np.arange(len(found)), 0))]

    def frequency(self, segment: Any, doc: int) -> F32:
        """How often the spans stand in a document; wide ones count less."""
        total = F32(0)
        for _, _, width in self.spans.at(segment, doc):
            total = F32(float(total) + 1.0 / (1.0 + width))
        return total


def masked_near(
    shard: ShardSearch, path: str, last_path: str, slots: list[tuple[int, list[str]]], slop: int, boost: Any, scored: bool
) -> Bound:
    """Words of a field in order, the last of them looked up in another field that has the same positions."""
    sequence: list[Spans | Gap] = []
    previous = slots[0][0] - 1
    for number, (at, words) in enumerate(slots):
        if at - previous > 1:
            sequence.append(Gap(at - previous - 1))
        previous = at
        home = last_path if number == len(slots) - 1 else path
        parts: list[Spans] = [TermSpans(home, word, path) for word in words]
        sequence.append(parts[0] if len(parts) == 1 else joined(OrSpans, "SpanOrQuery", parts))
    ordered: OrderedSpans = joined(OrderedSpans, "SpanNearQuery", [one for one in sequence if isinstance(one, Spans)])
    ordered.slop, ordered.sequence = slop, tuple(sequence)
    return bind_spans(shard, ordered, boost, scored)


def bind_spans(shard: ShardSearch, spans: Spans, boost: Any, scored: bool) -> Bound:
    """Spans with the scorer of their terms."""
    known = [(path, term) for path, term in dict.fromkeys(spans.terms) if shard.doc_freq(path, term)]
    found = None if spans.field is None else shard.mapping.kept_field(spans.field)
    if found is None or not known:
        # ES: a pattern without any terms asks for nothing
        if found is not None and spans.terms:
            shard.note(found.path, (), scored)
        return MatchNothing()
    scorer = None
    if scored:
        # ES: the terms of a masked field count among the documents of the field that they are said to be on
        doc_count = shard.statistics(found.path).doc_count
        values = [bm25.idf(shard.scoring_doc_freq(path, term), doc_count) for path, term in known]
        scorer = make_scorer(shard, found, found.path, 0, boost, bm25.phrase_idf(values), words=[(term,) for _, term in known])
    return SpanBound(spans, scorer, bool(found.get("norms")), shard.behaviour.norms_stay)


def joined(kind: type[Spans], name: str, parts: list[Spans], *, counted: int | None = None) -> Any:
    """Spans made of others, all on one field. Raises IllegalArgument."""
    fields = [part.field for part in parts if part.field is not None]
    for part in parts:
        if part.field is not None and part.field != fields[0]:
            shown = f"{part.terms[0][0]}:{part.terms[0][1]}" if isinstance(part, TermSpans) else name
            if name == "SpanNearQuery":
                raise IllegalArgument(f"Cannot add clause {shown} to SpanNearQuery for field {fields[0]}")
            raise IllegalArgument("Clauses must have same field.")
    terms = tuple(term for part in parts[:counted] for term in part.terms)
    return kind(fields[0] if fields else None, terms, tuple(parts))
