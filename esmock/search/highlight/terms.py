"""What a query looks for in texts: terms, patterns of terms, and phrases, by field."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from esmock.search.query import interval_filters, interval_sources
from esmock.search.query.base import Bound, Query

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
        places = []
        for spans in self.spans:
            inside = {at for start, end, _ in spans.at(segment, 0) for at in range(start, end)}
            places.append((frozenset(term for _, term in spans.terms), frozenset(inside)))
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


_SKIPPED = ("must_not", "negative", "filters")


def wanted_terms(query: Query, shard: ShardSearch, skipped: tuple[str, ...] = ()) -> dict[str, Wanted]:
    """What a query looks for, by field path.

    Args:
        skipped: beginnings of the names of queries in which nothing is looked for; ``interval_pattern``: in the patterns of intervals.
    """
    out: dict[str, Wanted] = {}
    _walk_query(query, shard, out, 1.0, skipped)
    return out


def _walk_query(
    query: Query, shard: ShardSearch, out: dict[str, Wanted], boost: float, skipped: tuple[str, ...]
) -> None:
    name = type(query).name
    if skipped and name.startswith(skipped):
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
        _intervals(query, shard, out, boost, skipped)
        return
    children = list(_children(query))
    if children:
        inner = shard
        if name == "nested":
                inner = replace(shard, scope=query.path)  # type: ignore[attr-defined]
        for child in children:
            _walk_query(child, inner, out, boost, skipped)
        return
    if name in ("match_all", "match_none", "ids", "exists", "range"):
        return
    bound = query.bind(replace(shard, named={}), True)
    _walk_bound(bound, out, boost)
    _last_prefix(query, shard, out)


def _intervals(query: Any, shard: ShardSearch, out: dict[str, Wanted], boost: float, skipped: tuple[str, ...]) -> None:
    """All terms of the rules, wherever they stand; not those of a filter that excludes."""
    found = shard.field(query.field)
    if found is None or any(shard.field(name) is None for name in query.rule.fields()):
        return
    queue = [query.rule.source(shard, found)]
    while queue:
        source = queue.pop()
        if isinstance(source, interval_sources.Term):
            out.setdefault(source.path, Wanted()).terms[source.term] = boost
        elif isinstance(source, interval_sources.MultiTerm):
            if "interval_pattern" not in skipped:
                out.setdefault(source.path, Wanted()).patterns.append(source.matches)
        elif isinstance(source, interval_filters.Chosen) and source.excludes:
            queue.append(source.parts[0])
        else:
            queue.extend(source.parts)


def _children(query: Any) -> Iterable[Query]:
    for one in fields(query):
        if one.name in _SKIPPED:
            continue
        value = getattr(query, one.name)
        for part in value if isinstance(value, list | tuple) else (value,):
            if isinstance(part, Query):
                yield part


def _walk_bound(bound: Any, out: dict[str, Wanted], boost: float) -> None:
    kind = type(bound).__name__
    if kind in ("TextTerm",):
        out.setdefault(bound.path, Wanted()).terms[bound.term] = boost
    elif kind == "ColumnTerm":
        if isinstance(bound.value, str):
            out.setdefault(bound.path, Wanted()).terms[bound.value] = boost
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
                    _walk_bound(part, out, boost)


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


def _last_prefix(query: Any, shard: ShardSearch, out: dict[str, Wanted]) -> None:
    """The last word of the queries that take it as a prefix."""
    if type(query).name not in ("match_bool_prefix",):
        return
    found = shard.field(query.field)
    if found is None or not found.is_text:
        return
    words = found.search_analyzer.terms(str(query.query))  # type: ignore[attr-defined]
    if words:
        last = words[-1]
        out.setdefault(found.path, Wanted()).patterns.append(lambda term: term.startswith(last))
