"""What a query looks for in texts: terms, patterns of terms, and phrases, by field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from esmock.search.query import interval_filters, interval_sources
from esmock.search.query.base import Bound, Query, inner_queries
from esmock.store.column import utf8_order

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch


@dataclass(frozen=True, slots=True)
class PhraseWanted:
    """Terms in order; each place with its offset and the terms that may stand there."""

    slots: tuple[tuple[int, tuple[str, ...]], ...]
    slop: int


class _OneField:
    """A segment that has one field under any name."""

    def __init__(self, segment: Any, path: str) -> None:
        self._segment = segment
        self._path = path

    def postings(self, _path: str) -> Any:
        return self._segment.postings(self._path)

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
    """

    terms: dict[str, float] = field(default_factory=dict)
    patterns: list[Callable[[str], bool]] = field(default_factory=list)
    phrases: list[PhraseWanted] = field(default_factory=list)
    spans: list[Any] = field(default_factory=list)
    places: list[tuple[frozenset[str], frozenset[int]]] = field(default_factory=list)
    sets: list[frozenset[str]] = field(default_factory=list)

    def with_places(self, doc: Any, path: str) -> Wanted:
        """The same for one field of a document: the positions at which the terms of its spans stand, whatever field those name."""
        from esmock.store.segment import Segment

        segment = _OneField(Segment.build([doc]), path)
        places = [
            one.places(segment) if isinstance(one, _IntervalPlaces) else _span_places(one, segment) for one in self.spans
        ]
        return replace(self, places=places)

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

    def __bool__(self) -> bool:
        return bool(self.terms or self.patterns or self.phrases or self.spans)


def _span_places(spans: Any, segment: Any) -> tuple[frozenset[str], frozenset[int]]:
    inside = {at for start, end, _ in spans.at(segment, 0) for at in range(start, end)}
    return frozenset(term for _, term in spans.terms), frozenset(inside)


@dataclass(frozen=True, slots=True)
class _IntervalPlaces:
    """The terms of a rule of intervals, where they stand in what the rule finds."""

    source: interval_sources.Source

    def places(self, segment: Any) -> tuple[frozenset[str], frozenset[int]]:
        """Of the one document of a segment: the terms, and the positions inside of intervals."""
        words: set[str] = set()
        for leaf in _interval_leaves(self.source, of_filters=False):
            if isinstance(leaf, interval_sources.Term):
                words.add(leaf.term)
            else:
                words.update(filter(leaf.matches, segment.postings(leaf.path).terms))
        inside = {at for start, end, _ in self.source.at(segment, 0) for at in range(start, end + 1)}
        return frozenset(words), frozenset(inside)


def _interval_leaves(source: Any, *, of_filters: bool) -> Iterator[interval_sources.Term | interval_sources.MultiTerm]:
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


Holds = Callable[[Any], bool]
"""Whether a part of the query, parsed or bound, matches the document."""
_SKIPPED = ("must_not", "negative", "filters")


LAST_WORD = "phrase_of_prefix"
"""Among what is skipped: that the last word of a phrase, which is a prefix, is found inside of the phrase alone."""
_WORDLESS = ("match_all", "match_none", "ids", "exists", "range", "knn", "knn_score_doc")
_CONDITIONAL = ("bool", "function_score")
"""Queries that need not match where one in them does."""


def wanted_terms(query: Query, shard: ShardSearch, skipped: tuple[str, ...] = (), holds: Holds | None = None) -> dict[str, Wanted]:
    """What a query looks for, by field path.

    Args:
        skipped: beginnings of the names of queries in which nothing is looked for; ``interval_pattern``: in the patterns of intervals.
        holds: what does not match is passed over; None: everything is looked for, wherever it stands.
    """
    out: dict[str, Wanted] = {}
    _walk_query(query, shard, out, 1.0, skipped, holds)
    return out


def numbered(query: Query, shard: ShardSearch, skipped: tuple[str, ...]) -> Iterator[tuple[str, str | PhraseWanted]]:
    """The terms and phrases of a query, each with its field, as Lucene counts them: patterns are their terms in order."""
    children = list(_children(query))
    if type(query).name == "bool":
        bool_: Any = query
        children = [*bool_.must, *bool_.should, *bool_.filter]
    if children:
        inner = replace(shard, scope=query.path) if type(query).name == "nested" else shard  # type: ignore[attr-defined]
        for child in children:
            yield from numbered(child, inner, skipped)
        return
    for path, wanted in wanted_terms(query, shard, skipped).items():
        yield from ((path, term) for term in wanted.terms)
        yield from ((path, phrase) for phrase in wanted.phrases)
        field_ = shard.field(path)
        if wanted.patterns and field_ is not None and field_.is_text:
            terms = {term for segment in shard.segments(path) for term in segment.postings(path).terms}
            yield from ((path, term) for term in sorted(terms, key=utf8_order) if any(test(term) for test in wanted.patterns))


def _walk_query(
    query: Query, shard: ShardSearch, out: dict[str, Wanted], boost: float, skipped: tuple[str, ...], holds: Holds | None
) -> None:
    name = type(query).name
    if skipped and name.startswith(skipped):
        return
    if holds is not None and name in _CONDITIONAL and not holds(query):
        return
    boost *= query.boost
    if name in ("prefix", "wildcard", "regexp"):
        _pattern(query, shard, out)
        return
    if name == "terms":
        _terms(query, shard, out, boost)
        return
    if name == "term":
        _term(query, shard, out, boost)
        return
    if name.startswith("span_") and hasattr(query, "spans"):
        spans = query.spans(shard)
        if spans.field is not None:
            out.setdefault(spans.field, Wanted()).spans.append(spans)
        return
    if name == "intervals":
        _intervals(query, shard, out, boost, skipped, in_place=holds is not None)
        return
    if name in _WORDLESS:
        return
    children = list(_children(query))
    if children:
        inner = shard
        if name == "nested":
            inner, holds = replace(shard, scope=query.path), None  # type: ignore[attr-defined]
        for child in children:
            _walk_query(child, inner, out, boost, skipped, holds)
        return
    bound = query.bind(replace(shard, named={}), True)
    _walk_bound(bound, out, boost, holds)
    kind = query.type if name == "multi_match" else name.removeprefix("match_")  # type: ignore[attr-defined]
    if kind == "bool_prefix" or (kind == "phrase_prefix" and LAST_WORD in skipped):
        _last_prefix(query, shard, out, kind)


def _intervals(
    query: Any, shard: ShardSearch, out: dict[str, Wanted], boost: float, skipped: tuple[str, ...], *, in_place: bool
) -> None:
    """All terms of the rules.

    Args:
        in_place: only where they stand in intervals that are found.
    """
    found = shard.field(query.field)
    if found is None or any(shard.field(name) is None for name in query.rule.fields()):
        return
    source = query.rule.source(shard, found)
    if in_place:
        out.setdefault(found.path, Wanted()).spans.append(_IntervalPlaces(source))
        return
    for leaf in _interval_leaves(source, of_filters=True):
        if isinstance(leaf, interval_sources.Term):
            out.setdefault(leaf.path, Wanted()).terms[leaf.term] = boost
        elif "interval_pattern" not in skipped:
            out.setdefault(leaf.path, Wanted()).patterns.append(leaf.matches)


def _children(query: Any) -> Iterable[Query]:
    return (one for name, one in inner_queries(query) if name not in _SKIPPED)


def _walk_bound(bound: Any, out: dict[str, Wanted], boost: float, holds: Holds | None) -> None:
    kind = type(bound).__name__
    if holds is not None and kind == "BoolBound" and not holds(bound):
        return
    if kind in ("TextTerm",):
        out.setdefault(bound.path, Wanted()).terms[bound.term] = boost
    elif kind == "ColumnTerm":
        if isinstance(bound.value, str):
            out.setdefault(bound.path, Wanted()).terms[bound.value] = boost
    elif kind == "CombinedTerms":
        for path in bound.weights:
            out.setdefault(path, Wanted()).terms.update(dict.fromkeys(bound.words, boost))
    elif kind == "SynonymTerms":
        for term in bound.terms:
            out.setdefault(bound.path, Wanted()).terms[term] = boost
    elif kind == "PatternTerms":
        out.setdefault(bound.path, Wanted()).patterns.append(bound.matches)
    elif kind == "Phrase":
        out.setdefault(bound.path, Wanted()).phrases.append(PhraseWanted(bound.slots, bound.slop))
    elif is_dataclass(bound):
        for one in fields(bound):
            if one.name in _SKIPPED:
                continue
            value = getattr(bound, one.name)
            for part in value if isinstance(value, list | tuple) else (value,):
                if isinstance(part, Bound):
                    _walk_bound(part, out, boost, holds)


def _pattern(query: Any, shard: ShardSearch, out: dict[str, Wanted]) -> None:
    name = type(query).name
    found = shard.field(query.field)
    path = query.field if found is None else found.path
    value = query.value
    if name == "prefix":
        low = value.lower()
        matches: Callable[[str], bool] = (
            (lambda term: term.lower().startswith(low)) if query.case_insensitive else (lambda term: term.startswith(value))
        )
    elif name == "wildcard":
        from esmock.search.query.multi_term import wildcard_regex

        regex = wildcard_regex(value, ignore_case=query.case_insensitive)
        matches = lambda term: regex.fullmatch(term) is not None  # noqa: E731
    else:
        from esmock.analysis.lucene_regex import compile_regex

        matches = compile_regex(value, query.flags, ignore_case=query.case_insensitive)
    out.setdefault(path, Wanted()).patterns.append(matches)


def _terms(query: Any, shard: ShardSearch, out: dict[str, Wanted], boost: float) -> None:
    found = shard.field(query.field)
    values = getattr(query, "values", None)
    if found is None or not isinstance(values, list | tuple):
        return
    one: dict[str, Wanted] = {}
    for value in values:
        _one_term(found, value, one, boost)
    for path, wanted in one.items():
        out.setdefault(path, Wanted()).add(Wanted(dict(sorted(wanted.terms.items())), sets=[frozenset(wanted.terms)]))


def _term(query: Any, shard: ShardSearch, out: dict[str, Wanted], boost: float) -> None:
    found = shard.field(query.field)
    if found is not None:
        _one_term(found, query.value, out, boost)


def _one_term(found: Any, value: Any, out: dict[str, Wanted], boost: float) -> None:
    if found.is_text or found.name == "keyword":
        term = found.term(value)
        if isinstance(term, str):
            out.setdefault(found.path, Wanted()).terms[term] = boost


def _last_prefix(query: Any, shard: ShardSearch, out: dict[str, Wanted], kind: str) -> None:
    """The last word of the queries that take it as a prefix, where the text ends with it.

    A phrase finds it outside of itself only where it is ASCII: its automaton of bytes is held against characters.
    Source: answers of 8.19.21.
    """
    from esmock.search.query.multi_match import resolve_fields

    text = str(query.query)
    for name in resolve_fields(shard, query.fields) if hasattr(query, "fields") else (query.field,):
        found = shard.field(name)
        tokens = found.search_analyzer.tokens(text) if found is not None and found.is_text else []
        if found is None or not tokens:
            continue
        word = tokens[-1].term
        if (len(tokens) == 1 or word.isascii()) if kind == "phrase_prefix" else tokens[-1].end == len(text):
            out.setdefault(found.path, Wanted()).patterns.append(_begins_with(word))


def _begins_with(start: str) -> Callable[[str], bool]:
    return lambda term: term.startswith(start)
