"""What a query looks for in texts: terms, patterns of terms, and phrases, by field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from esmock.search.highlight.sight import LAST_WORD, Holds, Sight
from esmock.search.highlight.wanted import IntervalPlaces, Like, Loose, PhraseWanted, Wanted, interval_leaves
from esmock.search.query import interval_sources
from esmock.search.query.base import Bound, Query, inner_queries
from esmock.store.column import utf8_order

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

_SKIPPED = ("must_not", "negative", "filters")
_WORDLESS = (
    "match_all", "match_none", "ids", "exists", "knn", "knn_score_doc", "has_child", "has_parent", "parent_id",
)  # fmt: skip
"""Queries in which no word of the document is looked for; those on families look for words of others."""
_CONDITIONAL = ("bool", "function_score")
"""Queries that need not match where one in them does."""


def wanted_terms(query: Query, shard: ShardSearch, sight: Sight) -> dict[str, Wanted]:
    """What a query looks for, by field path."""
    out: dict[str, Wanted] = {}
    _walk_query(query, shard, out, 1.0, sight)
    return out


def numbered(query: Query, shard: ShardSearch, sight: Sight) -> Iterator[tuple[str, str | PhraseWanted]]:
    """The terms and phrases of a query, each with its field, as Lucene counts them: patterns are their terms in order."""
    children = [] if type(query).name.startswith(sight.skipped) else list(_children(query))
    if children:
        inner = replace(shard, scope=query.path) if type(query).name == "nested" else shard  # type: ignore[attr-defined]
        for child in children:
            yield from numbered(child, inner, sight)
        return
    for path, wanted in wanted_terms(query, shard, sight).items():
        yield from ((path, term) for term in wanted.terms)
        yield from ((path, phrase) for phrase in wanted.phrases)
        yield from ((path, term) for term in terms_of_patterns(wanted, path, shard))


def terms_of_patterns(wanted: Wanted, path: str, shard: ShardSearch) -> list[str]:
    """The terms of a field of a shard that the patterns match, in order."""
    field_ = shard.field(path)
    if not wanted.patterns or field_ is None:
        return []
    terms: set[str] = set()
    for segment in shard.segments(path):
        terms.update(segment.postings(path).terms if field_.is_text else segment.column(path).dictionary or ())
    return sorted((term for term in terms if any(test(term) for test in wanted.patterns)), key=utf8_order)


def _walk_query(query: Query, shard: ShardSearch, out: dict[str, Wanted], boost: float, sight: Sight) -> None:
    name = type(query).name
    if sight.skipped and name.startswith(sight.skipped):
        return
    if sight.holds is not None and name in _CONDITIONAL and not sight.holds(query):
        return
    if sight.is_opaque(name):
        _walk_opaque(query, shard, out, boost, sight)
        return
    boost *= query.boost
    if name in ("prefix", "wildcard", "regexp", "range"):
        _pattern(query, shard, out)
        return
    if name == "terms":
        _terms(query, shard, out, boost)
        return
    if name == "term":
        _term(query, shard, out, boost)
        return
    if name == "common":
        found = shard.field(query.field)  # type: ignore[attr-defined]
        if found is not None:
            words = query.weighed(shard)[0]  # type: ignore[attr-defined]
            out.setdefault(found.path, Wanted()).terms.update(dict.fromkeys(words, boost))
        return
    if name.startswith("span_") and hasattr(query, "spans"):
        spans = query.spans(shard)
        if spans.field is not None:
            out.setdefault(spans.field, Wanted()).spans.append(spans)
        return
    if name == "intervals":
        _intervals(query, shard, out, boost, sight)
        return
    if name in _WORDLESS:
        return
    if name == "more_like_this" and sight.compares_one:
        like = Like(query, shard, boost)
        for path in dict.fromkeys(field.path for _, field in shard.mapping.fields("*") if field.is_text or field.name == "keyword"):
            out.setdefault(path, Wanted()).likes.append(like)
        return
    children = list(_children(query))
    if children:
        inner, sight = shard, replace(sight, around=name)
        if name == "nested":
            inner, sight = replace(shard, scope=query.path), replace(sight, holds=None)  # type: ignore[attr-defined]
        for child in children:
            _walk_query(child, inner, out, boost, sight)
        return
    _leaf(query, shard, out, boost, sight)


def _leaf(query: Any, shard: ShardSearch, out: dict[str, Wanted], boost: float, sight: Sight) -> None:
    """A query of words, of which its bound form tells: those that the index does not have, too."""
    name = type(query).name
    kind = query.type if name == "multi_match" else name.removeprefix("match_")
    counted = name == "more_like_this"
    bound = query.bind(shard if counted else replace(shard, supposed=lambda _path, _word: 1), False)
    found: dict[str, Wanted] = {}
    _walk_bound(bound, found, boost, sight.holds)
    if sight.is_inside and sight.keeps_patterns and kind == "phrase_prefix":
        # the last word is none that the query names
        for wanted in found.values():
            wanted.phrases = [PhraseWanted(one.slots[:-1], one.slop) for one in wanted.phrases]
    for path, wanted in found.items():
        out.setdefault(path, Wanted()).add(wanted)
    if kind == "bool_prefix" or (kind == "phrase_prefix" and LAST_WORD in sight.skipped):
        _last_prefix(query, shard, out, kind)


def _walk_opaque(query: Any, shard: ShardSearch, out: dict[str, Wanted], boost: float, sight: Sight) -> None:
    """The words of a query that is not seen into."""
    after = frozenset(path for path, wanted in out.items() if wanted)
    inner: dict[str, Wanted] = {}
    scoped = replace(shard, scope=query.path) if type(query).name == "nested" else shard
    for child in _children(query):
        _walk_query(child, scoped, inner, boost * query.boost, replace(sight, is_inside=True))
    for path, wanted in inner.items():
        words = [word for phrase in wanted.phrases for _, slot in phrase.slots for word in slot]
        words += [term for spans in wanted.spans for _, term in getattr(spans, "terms", ())]
        mine = out.setdefault(path, Wanted())
        mine.loose.append(Loose(dict.fromkeys(words, boost) | wanted.terms, after))
        if sight.keeps_patterns:
            mine.patterns.extend(wanted.patterns)


def _intervals(query: Any, shard: ShardSearch, out: dict[str, Wanted], boost: float, sight: Sight) -> None:
    """All terms of the rules, or those in intervals that are found."""
    found = shard.field(query.field)
    if found is None or any(shard.field(name) is None for name in query.rule.fields()):
        return
    source = query.rule.source(shard, found)
    if sight.holds is not None:
        out.setdefault(found.path, Wanted()).spans.append(IntervalPlaces(source))
        return
    for leaf in interval_leaves(source, of_filters=True):
        if isinstance(leaf, interval_sources.Term):
            out.setdefault(leaf.path, Wanted()).terms[leaf.term] = boost
        elif "interval_pattern" not in sight.skipped:
            out.setdefault(leaf.path, Wanted()).patterns.append(leaf.matches)


def _children(query: Any) -> Iterable[Query]:
    if type(query).name == "bool":
        return (*query.must, *query.should, *query.filter)
    return (one for name, one in inner_queries(query) if name not in _SKIPPED)


def holds_nested(query: Query) -> bool:
    """Whether some part of a query that may match is on nested objects."""
    return type(query).name == "nested" or any(holds_nested(one) for one in _children(query))


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
    if name == "prefix":
        value = query.value
        low = value.lower()
        matches: Callable[[str], bool] = (
            (lambda term: term.lower().startswith(low)) if query.case_insensitive else (lambda term: term.startswith(value))
        )
    elif name == "wildcard":
        from esmock.search.query.multi_term import wildcard_regex

        regex = wildcard_regex(query.value, ignore_case=query.case_insensitive)
        matches = lambda term: regex.fullmatch(term) is not None  # noqa: E731
    elif name == "range":
        from esmock.search.query.ranges import term_test

        if found is None or not (found.is_text or found.name == "keyword"):
            return
        matches = term_test(found, query)
    else:
        from esmock.analysis.lucene_regex import compile_regex

        matches = compile_regex(query.value, query.flags, ignore_case=query.case_insensitive)
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
