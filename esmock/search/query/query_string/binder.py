"""Binding the tree of a query string to a shard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError
from esmock.search.query.analyzed import UNSEARCHED, Analysis, analyzer_of
from esmock.search.query.base import F32, Bound, MatchNothing
from esmock.search.query.compound import BoolBound
from esmock.search.query.minimum import minimum_should_match
from esmock.search.query.multi_match import TYPES, multi_field, resolve_fields, searched_fields
from esmock.search.query.query_string.grammar import Node
from esmock.search.query.query_string.patterns import Patterns, bool_of
from esmock.search.query.scored_compound import DisMaxBound
from esmock.search.query.term_level import Exists, Range
from esmock.search.query.terms import is_unmapped
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any


@dataclass(slots=True)
class Settings:
    """The options of a query string that its parts need.

    Args:
        fields: default fields with boosts; None: the index's.
        fuzziness: of ``~`` without a number.
        rewrite: the method that joins the terms of a pattern.
    """

    fields: dict[str, float] | None = None
    default_and: bool = False
    analyzer: str | None = None
    quote_analyzer: str | None = None
    analyze_wildcard: bool = False
    allow_leading_wildcard: bool = True
    lenient: bool | None = None
    fuzziness: str = "AUTO"
    fuzzy_prefix_length: int = 0
    fuzzy_max_expansions: int = 50
    fuzzy_transpositions: bool = True
    phrase_slop: int = 0
    minimum: str | None = None
    tie_breaker: float | None = None
    phrase_tie: float | None = None
    type: str = "best_fields"
    time_zone: str | None = None
    quote_field_suffix: str | None = None
    escape: bool = False
    default_field: str | None = None
    rewrite: str | None = None

    @property
    def tie(self) -> float:
        """What the lesser scores of several fields count, of phrases as well as of words."""
        return TYPES[self.type] if self.tie_breaker is None else self.tie_breaker


class Binder(Patterns):
    """Turns nodes into bound queries."""

    def __init__(self, shard: ShardSearch, settings: Settings, scored: bool) -> None:
        self.shard = shard
        self.scored = scored
        self.default, are_all = searched_fields(shard, settings.fields)
        self.default_name: str | None = "*" if are_all and not settings.fields else None
        """What the parser calls the fields to look in where the text names none; None: nothing."""
        if settings.default_field is not None:
            self.default_name = settings.default_field
            self.default = resolve_fields(shard, {settings.default_field: 1.0}, all_kinds=True)
            are_all = settings.default_field == "*"
        self.default = self._mapped(self.default)
        self.settings = replace(settings, lenient=are_all if settings.lenient is None else settings.lenient)

    def bind(self, node: Node | None, boost: Any) -> Bound | None:
        """The query of a node; None where its text has no terms."""
        if node is None:
            return None
        own = boost if node.boost is None else F32(node.boost) * boost
        if node.kind == "bool":
            return self._bool(node, own)
        if node.kind == "text":
            return self._text(node, own)
        return getattr(self, "_" + node.kind)(node, own)

    def _bool(self, node: Node, boost: Any) -> Bound | None:
        parts: dict[str, list[Bound]] = {"must": [], "should": [], "must_not": []}
        is_plain = node.is_plain
        for at, (occur, child) in enumerate(node.clauses):
            bound = self.bind(child, boost)
            if bound is None:
                is_plain = is_plain and at > 0
                continue
            if child.many and isinstance(bound, BoolBound) and not bound.must_not:
                parts["must"].extend(bound.must)
                parts["should"].extend(bound.should)
            else:
                parts[occur].append(bound)
        found = [one for each in parts.values() for one in each]
        if not found:
            return None
        if is_plain and len(found) == 1:
            # Lucene's parser makes no bool of one clause; a boost closes the bool that it is
            (only,) = found
            return closed(only) if node.boost is not None and isinstance(only, BoolBound) else only
        return bool_of(parts, self.scored, is_open=node.boost is None)

    def _fields(self, node: Node) -> dict[str, float]:
        if node.field is None:
            return self.default
        return self._mapped(resolve_fields(self.shard, {node.field: 1.0}, all_kinds=True))

    def _mapped(self, fields: dict[str, float]) -> dict[str, float]:
        """ES: fields that are not there are none, also where they are named."""
        return {name: own for name, own in fields.items() if not is_unmapped(self.shard, name)}

    def _how(self, **more: Any) -> Analysis:
        settings = self.settings
        return Analysis(
            analyzer=settings.analyzer, operator="and" if settings.default_and else "or", lenient=bool(settings.lenient), **more
        )

    def _text(self, node: Node, boost: Any) -> Bound | None:
        if node.field == "_exists_":
            return Exists(node.text).bind_boosted(self.shard, False, boost)
        text = node.text
        if node.field is not None and text[:1] in ("<", ">") and len(text) > 1:
            return self._comparison(node, boost)
        own = self.settings.analyzer
        fields = self._with_terms(text, self._fields(node), own, is_phrase=self.settings.type == "phrase")
        if fields is None:
            return None
        return multi_field(self.shard, text, fields, self._how(), self.settings.type, self.settings.tie_breaker, boost, self.scored)

    def _with_terms(
        self, text: str, fields: dict[str, float], own: str | None, *, is_phrase: bool = False
    ) -> dict[str, float] | None:
        """The fields that make a term of a text; None where none does: clauses without terms vanish.

        Args:
            own: the analyzer that the query names.
        """
        if self.settings.type == "cross_fields" and not is_phrase:
            # ES: the first field of those with one analyzer speaks for all
            return fields if not fields or any(self._has_terms(text, name, own) for name in fields) else None
        found = {name: boost for name, boost in fields.items() if self._has_terms(text, name, own, is_phrase=is_phrase)}
        return found or (None if fields else fields)

    def _has_terms(self, text: str, name: str, own: str | None, *, is_phrase: bool = False) -> bool:
        found = self.shard.field(name)
        if found is None:
            return True
        if own is None and not found.is_text and found.name not in UNSEARCHED:
            return found.words_of(text) is not None
        analyzer = analyzer_of(self.shard, found, own, "query_string", quoted=is_phrase)
        return analyzer is None or bool(analyzer.terms(text))

    def _comparison(self, node: Node, boost: Any) -> Any:
        text = node.text
        has_equal = text[1:2] == "="
        value = text[2:] if has_equal else text[1:]
        if text[0] == ">":
            query = Range(node.field or "", lower=value, include_lower=has_equal)
        else:
            query = Range(node.field or "", upper=value, include_upper=has_equal)
        return self._ranges(node, query, boost)

    def _phrase(self, node: Node, boost: Any) -> Bound | None:
        analyzer = self.settings.quote_analyzer or self.settings.analyzer
        found = self._with_terms(node.text, self._quoted(self._fields(node)), analyzer, is_phrase=True)
        if found is None:
            return None
        slop = self.settings.phrase_slop if not node.slop else int(float(node.slop))
        how = replace(self._how(), slop=slop, analyzer=analyzer)
        tie = self.settings.tie if self.settings.phrase_tie is None else self.settings.phrase_tie
        return multi_field(self.shard, node.text, found, how, "phrase", tie, boost, self.scored)

    def _quoted(self, fields: dict[str, float]) -> dict[str, float]:
        """The fields in which phrases are looked for."""
        suffix = self.settings.quote_field_suffix
        if suffix is None:
            return fields
        named = {name + suffix if self.shard.field(name + suffix) else name: own for name, own in fields.items()}
        return {name: named[name] for name in hash_order(named)}

    def _none(self, node: Node) -> Bound | None:
        """What comes of a word of which analysis leaves nothing on any field; None: it is left out."""
        return None

    def _each(self, node: Node, boost: Any, make: Any) -> Bound | None:
        """One query per field, the best of them counting."""
        clauses, n_failed = [], 0
        fields = self._fields(node)
        for name, own in fields.items():
            try:
                made = make(name, F32(own) * boost)
                if made is not None:
                    clauses.append(made)
            except ApiError:
                if not self.settings.lenient:
                    raise
                n_failed += 1
        if not clauses:
            return MatchNothing() if n_failed or not (fields or self.is_simple) else self._none(node)
        if len(clauses) == 1:
            return clauses[0]
        if self.settings.tie == 1.0:
            return BoolBound([], [], clauses, [], 1, self.scored, is_no_bool=True)
        return DisMaxBound(clauses, self.settings.tie)

    def _range(self, node: Node, boost: Any) -> Any:
        lower, upper, include_lower, include_upper = node.bounds
        query = Range(
            "",
            lower=None if lower == "*" else lower,
            upper=None if upper == "*" else upper,
            include_lower=include_lower,
            include_upper=include_upper,
        )
        return self._ranges(node, query, boost)

    def _ranges(self, node: Node, query: Range, boost: Any) -> Any:
        from esmock.search.query.ranges import range_query

        def make(name: str, own: Any) -> Bound:
            return range_query(self.shard, replace(query, field=name, zone=self.settings.time_zone), own)

        return self._each(node, boost, make)


def closed(bound: BoolBound) -> BoolBound:
    """A bool that a boost wraps."""
    return replace_bool(bound, bound.needed, is_open=False)


def replace_bool(bound: BoolBound, needed: int, *, is_open: bool) -> BoolBound:
    """The clauses as they were given, joined anew."""
    return BoolBound(
        bound.must, bound.filter, bound.given, bound.must_not, needed, bound.scored, is_open, bound.is_no_bool
    )


def with_minimum(bound: Bound, minimum: str | None) -> Bound:
    """``minimum_should_match`` on the top of a query."""
    if minimum is None or not isinstance(bound, BoolBound) or bound.is_no_bool:
        return bound
    needed = minimum_should_match(len(bound.given), minimum)
    if needed <= 0 or needed == bound.needed:
        return bound
    return replace_bool(bound, needed, is_open=bound.is_open)
