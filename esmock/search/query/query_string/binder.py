"""Binding the tree of a query string to a shard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument, NumberFormat
from esmock.search.query.analyzed import Analysis
from esmock.search.query.base import F32, Bound, MatchEverything, MatchNothing
from esmock.search.query.compound import BoolBound, DisMaxBound
from esmock.search.query.minimum import minimum_should_match
from esmock.search.query.multi_match import TYPES, multi_field, resolve_fields, searched_fields
from esmock.search.query.query_string.grammar import Node
from esmock.search.query.term_level import Exists, Range

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
    is_simple: bool = False


class Binder:
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
        for occur, child in node.clauses:
            bound = self.bind(child, boost)
            if bound is None:
                continue
            if child.many and isinstance(bound, BoolBound) and not bound.must_not:
                parts["must"].extend(bound.must)
                parts["should"].extend(bound.should)
            else:
                parts[occur].append(bound)
        if not any(parts.values()):
            return None
        if [occur for occur, _ in node.clauses] == ["should"] and len(parts["should"]) == 1 and not parts["must"]:
            # Lucene's parser makes no bool of one clause; a boost closes the bool that it is
            (only,) = parts["should"]
            return closed(only) if node.boost is not None and isinstance(only, BoolBound) else only
        return bool_of(parts, self.scored, is_open=node.boost is None)

    def _fields(self, node: Node) -> dict[str, float]:
        if node.field is None:
            return self.default
        return resolve_fields(self.shard, {node.field: 1.0}, all_kinds=True)

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
        fields = self._with_terms(text, self._fields(node))
        if fields is None:
            return None
        return multi_field(self.shard, text, fields, self._how(), self.settings.type, self.settings.tie_breaker, boost, self.scored)

    def _with_terms(self, text: str, fields: dict[str, float], *, is_phrase: bool = False) -> dict[str, float] | None:
        """The fields that make a term of a text; None where none does: clauses without terms vanish."""
        refusing = {name for name in fields if is_phrase and not getattr(self.shard.field(name), "takes_phrases", True)}
        found = {name: boost for name, boost in fields.items() if name in refusing or self._has_terms(text, name)}
        return found or (None if fields else {})

    def _has_terms(self, text: str, name: str) -> bool:
        found = self.shard.field(name)
        if found is None:
            return True
        if not found.is_text:
            return found.words_of(text) is not None
        own = self.settings.analyzer
        analyzer = found.search_analyzer if own is None else self.shard.mapping.analysis.analyzer(own)
        return analyzer is None or bool(analyzer.terms(text))

    def _comparison(self, node: Node, boost: Any) -> Bound | None:
        text = node.text
        has_equal = text[1:2] == "="
        value = text[2:] if has_equal else text[1:]
        if text[0] == ">":
            query = Range(node.field or "", lower=value, include_lower=has_equal)
        else:
            query = Range(node.field or "", upper=value, include_upper=has_equal)
        return self._ranges(node, query, boost)

    def _phrase(self, node: Node, boost: Any) -> Bound | None:
        fields = self._fields(node)
        if self.settings.quote_field_suffix is not None:
            suffix = self.settings.quote_field_suffix
            fields = {name + suffix if self.shard.field(name + suffix) else name: own for name, own in fields.items()}
        found = self._with_terms(node.text, fields, is_phrase=True)
        if found is None:
            return None
        slop = self.settings.phrase_slop if not node.slop else int(float(node.slop))
        how = replace(self._how(), slop=slop, analyzer=self.settings.quote_analyzer or self.settings.analyzer)
        tie = self.settings.tie_breaker if self.settings.phrase_tie is None else self.settings.phrase_tie
        return multi_field(self.shard, node.text, found, how, "phrase", tie, boost, self.scored)

    def _each_field(self, node: Node) -> dict[str, float] | None:
        """The fields of a word that is no text; a simple query string leaves out those that are not mapped, and prefixes of none."""
        fields = self._fields(node)
        if not self.settings.is_simple:
            return fields
        mapped = {name: own for name, own in fields.items() if self.shard.field(name) is not None}
        return None if not mapped and node.kind == "prefix" and self.shard.behaviour.major >= 8 else mapped

    def _each(self, node: Node, boost: Any, make: Any) -> Bound | None:
        """One query per field, the best of them counting."""
        clauses = []
        fields = self._each_field(node)
        if fields is None:
            return None
        for name, own in fields.items():
            try:
                clauses.append(make(name, F32(own) * boost))
            except ApiError:
                if not self.settings.lenient:
                    raise
        if not clauses:
            return MatchNothing()
        if len(clauses) == 1:
            return clauses[0]
        tie = TYPES[self.settings.type] if self.settings.tie_breaker is None else self.settings.tie_breaker
        if tie == 1.0:
            return BoolBound([], [], clauses, [], 1, self.scored, is_no_bool=True)
        return DisMaxBound(clauses, tie)

    def _forced(self, text: str) -> str:
        """A literal as the analyzer that the query names has it."""
        found = self.shard.mapping.analysis.analyzer(str(self.settings.analyzer))
        assert found is not None
        return str(found.normalize(text))

    def _word(self, name: str, text: str) -> str:
        """A literal as the terms of a field are written; an analyzer that the query names decides alone."""
        from esmock.search.query.multi_term import normalized

        return normalized(self.shard.field(name), text) if self.settings.analyzer is None else self._forced(text)

    def _literal(self, name: str, text: str) -> str:
        """The same of what a term begins with: but in simple query strings that analyzer is for text alone."""
        from esmock.search.query.multi_term import normalized

        field = self.shard.field(name)
        is_own = not self.settings.is_simple and field is not None and not field.is_text
        return normalized(field, text) if is_own else self._word(name, text)

    def _pattern(self, name: str, text: str) -> str:
        """The same of what stands between wildcards."""
        from esmock.search.query.multi_term import between_wildcards

        return between_wildcards(text, lambda part: self._literal(name, part))

    def _expression(self, text: str) -> str:
        """A regular expression, as a whole."""
        return text if self.settings.analyzer is None else self._forced(text)

    def _prefix(self, node: Node, boost: Any) -> Bound | None:
        from esmock.search.query.beginnings import bind_beginning, looked_up
        from esmock.search.query.multi_term import pattern_query

        def make(name: str, own: Any) -> Bound:
            field = self.shard.field(name)
            text = self._literal(name, node.text)
            rewrite = self.settings.rewrite
            if field is not None and looked_up(field, text) is not None:
                begun = bind_beginning(self.shard, field, text, rewrite, own, self.scored)
                if begun is not None:
                    return begun
                rewrite = None
            return pattern_query(self.shard, "prefix", name, own, lambda found: ((lambda term: True), text), rewrite, self.scored)

        return self._each(node, boost, make)

    def _wildcard(self, node: Node, boost: Any) -> Bound | None:
        if node.text == "*":
            if node.field == "*" or (node.field is None and self.default_name == "*"):
                return MatchEverything(boost)
            return self._each(node, boost, lambda name, own: Exists(name).bind_boosted(self.shard, False, own))
        if not self.settings.allow_leading_wildcard and node.text[:1] in "*?":
            from esmock.errors import LuceneParse

            raise LuceneParse("'*' or '?' not allowed as first character in WildcardQuery")
        from esmock.search.query.multi_term import pattern_query, wildcard_regex

        def make(name: str, own: Any) -> Bound:
            def matches_of(found: Any) -> Any:
                regex = wildcard_regex(self._pattern(name, node.text))
                return (lambda term: regex.fullmatch(term) is not None), ""

            return pattern_query(self.shard, "wildcard", name, own, matches_of, self.settings.rewrite, self.scored)

        return self._each(node, boost, make)

    def _regexp(self, node: Node, boost: Any) -> Bound | None:
        from esmock.search.query.multi_term import Regexp

        def make(name: str, own: Any) -> Bound:
            return Regexp(name, self._expression(node.text), rewrite=self.settings.rewrite).bind_boosted(self.shard, self.scored, own)

        return self._each(node, boost, make)

    def _fuzzy(self, node: Node, boost: Any) -> Bound | None:
        from esmock.search.query.multi_term import fuzzy_terms, no_fuzzy, refuse_key

        fuzziness = node.slop.upper() if node.slop else self.settings.fuzziness
        if fuzziness != "AUTO" and not fuzziness.replace(".", "", 1).isdigit():
            if self.shard.behaviour.major >= 8:
                cause = NumberFormat(f'For input string: "{fuzziness}"')
                raise IllegalArgument(f"fuzziness cannot be [{node.slop}].", cause=cause)
            raise NumberFormat(f'For input string: "{fuzziness}"')

        def make(name: str, own: Any) -> Bound:
            found = self.shard.field(name)
            if found is None:
                return MatchNothing()
            refuse_key(found, "fuzzy")
            if not found.takes_patterns or found.name == "wildcard":
                raise no_fuzzy(found)
            settings = self.settings
            return fuzzy_terms(
                self.shard, found, self._word(name, node.text), fuzziness, settings.fuzzy_prefix_length,
                settings.fuzzy_max_expansions, own, self.scored, transpositions=settings.fuzzy_transpositions,
            )

        return self._each(node, boost, make)

    def _range(self, node: Node, boost: Any) -> Bound | None:
        lower, upper, include_lower, include_upper = node.bounds
        query = Range(
            "",
            lower=None if lower == "*" else lower,
            upper=None if upper == "*" else upper,
            include_lower=include_lower,
            include_upper=include_upper,
        )
        return self._ranges(node, query, boost)

    def _ranges(self, node: Node, query: Range, boost: Any) -> Bound | None:
        from esmock.search.query.ranges import range_query

        def make(name: str, own: Any) -> Bound:
            return range_query(self.shard, replace(query, field=name, zone=self.settings.time_zone), own)

        return self._each(node, boost, make)


def bool_of(parts: dict[str, list[Bound]], scored: bool, *, is_open: bool = True, needed: int | None = None) -> Bound:
    """A bool of clauses; prohibited ones alone stand against everything."""
    must, should, must_not = parts["must"], parts["should"], parts["must_not"]
    if not must and not should:
        return BoolBound([], [MatchEverything(F32(1))], [], must_not, 0, scored)
    if needed is None:
        needed = 0 if must else 1
    return BoolBound(must, [], should, must_not, needed, scored, is_open)


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
