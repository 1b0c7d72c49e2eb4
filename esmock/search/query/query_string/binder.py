"""Binding the tree of a query string to a shard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument, NullPointer, NumberFormat
from esmock.search.query.analyzed import UNSEARCHED, Analysis, analyzer_of, at_position, joined, positions
from esmock.search.query.base import F32, Bound, MatchEverything, MatchNothing
from esmock.search.query.compound import BoolBound, DisMaxBound
from esmock.search.query.minimum import minimum_should_match
from esmock.search.query.multi_match import TYPES, multi_field, resolve_fields, searched_fields
from esmock.search.query.query_string.grammar import Node
from esmock.search.query.term_level import Exists, Range
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.mapping.field import Field
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
    type: str = "best_fields"
    time_zone: str | None = None
    quote_field_suffix: str | None = None
    escape: bool = False
    default_field: str | None = None
    rewrite: str | None = None
    is_simple: bool = False

    @property
    def tie(self) -> float:
        """What the lesser scores of several fields count."""
        return TYPES[self.type] if self.tie_breaker is None else self.tie_breaker

    @property
    def phrase_tie(self) -> float:
        """The same of phrases."""
        return 0.0 if self.is_simple else self.tie


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
        mapped = {name: boost for name, boost in fields.items() if self.shard.field(name) is not None}
        if self.settings.type == "cross_fields" and not is_phrase:
            # ES: the first field of those with one analyzer speaks for all
            return fields if not mapped or any(self._has_terms(text, name, own) for name in mapped) else None
        found = {name: boost for name, boost in mapped.items() if self._has_terms(text, name, own, is_phrase=is_phrase)}
        return found or (None if mapped else fields)

    def _has_terms(self, text: str, name: str, own: str | None, *, is_phrase: bool = False) -> bool:
        found = self.shard.field(name)
        if found is None:
            return True
        if own is None and not found.is_text and found.name not in UNSEARCHED:
            return found.words_of(text) is not None
        analyzer = analyzer_of(self.shard, found, own, "query_string", quoted=is_phrase)
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
        analyzer = self.settings.quote_analyzer or self.settings.analyzer
        found = self._with_terms(node.text, self._quoted(self._fields(node)), analyzer, is_phrase=True)
        if found is None:
            return None
        slop = self.settings.phrase_slop if not node.slop else int(float(node.slop))
        how = replace(self._how(), slop=slop, analyzer=analyzer)
        return multi_field(self.shard, node.text, found, how, "phrase", self.settings.phrase_tie, boost, self.scored)

    def _quoted(self, fields: dict[str, float]) -> dict[str, float]:
        """The fields in which phrases are looked for."""
        suffix = self.settings.quote_field_suffix
        if suffix is None:
            return fields
        named = {name + suffix if self.shard.field(name + suffix) else name: own for name, own in fields.items()}
        return {name: named[name] for name in hash_order(named)}

    def _each(self, node: Node, boost: Any, make: Any) -> Bound | None:
        """One query per field, the best of them counting; None: no field makes any."""
        made = []
        for name, own in self._fields(node).items():
            try:
                made.append(make(name, F32(own) * boost))
            except ApiError:
                if not self.settings.lenient:
                    raise
                made.append(MatchNothing())
        clauses = [one for one in made if one is not None and not isinstance(one, MatchNothing)]
        if not clauses:
            vanishes = made and not self.settings.is_simple and all(one is None for one in made)
            return None if vanishes and not all(map(self._is_unknown, self._fields(node))) else MatchNothing()
        if len(clauses) == 1:
            return clauses[0]
        if self.settings.tie == 1.0:
            return BoolBound([], [], clauses, [], 1, self.scored, is_no_bool=True)
        return DisMaxBound(clauses, self.settings.tie)

    def _prefix(self, node: Node, boost: Any) -> Bound | None:
        from esmock.search.query.multi_term import normalized

        def make(name: str, own: Any) -> Bound | None:
            field = self.shard.field(name)
            if self._is_unknown(name):
                return None
            words = self._analyzed(field, node.text)
            if words is None or field is None:
                return self._begun(field, name, normalized(field, node.text), own)
            if not words:
                return None
            how = self._how()
            clauses = [at_position(self.shard, field, one, how, own, self.scored) for one in words[:-1]]
            last = [self._begun(field, name, word, own) for word in words[-1]]
            return joined([*clauses, last[0] if len(last) == 1 else BoolBound([], [], last, [], 1, self.scored)], how, self.scored)

        return self._each(node, boost, make)

    def _is_unknown(self, name: str) -> bool:
        """Is there no such field, be it one of ES's own?"""
        return name != "_id" and self.shard.field(name) is None and self.shard.identity(name) is None

    def _analyzed(self, field: Field | None, text: str) -> list[list[str]] | None:
        """The words of an unfinished text by position, the last of them being unfinished; None: it is one word as it stands."""
        settings = self.settings
        if field is None or not settings.analyze_wildcard or not (field.is_text or settings.is_simple):
            return None
        if field.name in UNSEARCHED and settings.analyzer is None:
            cause = NullPointer('Cannot invoke "org.apache.lucene.analysis.Analyzer.tokenStream(String, String)" because "analyzer" is null')
            raise self.shard.error(f"failed to create query: {cause.reason}", cause)
        analyzer = analyzer_of(self.shard, field, settings.analyzer, "query_string")
        return [[text]] if analyzer is None else positions(analyzer.tokens(text))

    def _begun(self, field: Field | None, name: str, text: str, own: Any) -> Bound:
        """The words of a field that begin so."""
        from esmock.search.query.beginnings import bind_beginning, looked_up
        from esmock.search.query.multi_term import pattern_query

        rewrite = self.settings.rewrite
        if field is not None and self._is_bare:
            if not field.takes_patterns:
                return MatchNothing()
        elif field is not None and looked_up(field, text) is not None:
            begun = bind_beginning(self.shard, field, text, rewrite, own, self.scored)
            if begun is not None:
                return begun
            rewrite = None
        return pattern_query(self.shard, "prefix", name, own, lambda found: ((lambda term: True), text), rewrite, self.scored)

    @property
    def _is_bare(self) -> bool:
        """Are beginnings Lucene's own queries, whatever the kind of the field?"""
        return self.settings.is_simple and self.settings.analyze_wildcard

    def _wildcard(self, node: Node, boost: Any) -> Bound | None:
        if node.text == "*":
            if node.field == "*" or (node.field is None and self.default_name == "*"):
                return MatchEverything(boost)
            return self._each(node, boost, lambda name, own: Exists(name).bind_boosted(self.shard, False, own))
        if not self.settings.allow_leading_wildcard and node.text[:1] in "*?":
            from esmock.errors import LuceneParse

            raise LuceneParse("'*' or '?' not allowed as first character in WildcardQuery")
        from esmock.search.query.multi_term import _normalized_wildcard, pattern_query, wildcard_regex

        def make(name: str, own: Any) -> Bound:
            def matches_of(found: Any) -> Any:
                regex = wildcard_regex(_normalized_wildcard(found, node.text))
                return (lambda term: regex.fullmatch(term) is not None), ""

            return pattern_query(self.shard, "wildcard", name, own, matches_of, self.settings.rewrite, self.scored)

        return self._each(node, boost, make)

    def _regexp(self, node: Node, boost: Any) -> Bound | None:
        from esmock.search.query.multi_term import Regexp

        def make(name: str, own: Any) -> Bound:
            return Regexp(name, node.text, rewrite=self.settings.rewrite).bind_boosted(self.shard, self.scored, own)

        return self._each(node, boost, make)

    def _fuzzy(self, node: Node, boost: Any) -> Bound | None:
        from esmock.search.query.multi_term import fuzzy_terms, no_fuzzy, normalized

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
            if not found.takes_patterns or found.name == "wildcard":
                raise no_fuzzy(found)
            settings = self.settings
            return fuzzy_terms(
                self.shard, found, normalized(found, node.text), fuzziness, settings.fuzzy_prefix_length,
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
