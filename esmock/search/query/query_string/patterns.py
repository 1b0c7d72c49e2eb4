"""Words of a query string that stand for many terms: beginnings, wildcards, regular expressions, near words.

An analyzer that the query names normalizes them instead of the field's, and ``analyze_wildcard`` has beginnings analyzed.
Source: recordings of 7.10.2 and 8.19.21 (analyze_wildcard).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, LuceneParse, NullPointer, NumberFormat
from esmock.search.query.analyzed import UNSEARCHED, positions, synonyms
from esmock.search.query.base import F32, Bound, MatchEverything, MatchNothing
from esmock.search.query.beginnings import bind_beginning, looked_up
from esmock.search.query.compound import BoolBound
from esmock.search.query.fuzzy import check_fuzzy, fuzzy_terms
from esmock.search.query.multi_term import (
    Regexp,
    normalized,
    normalized_wildcard,
    parts_normalized,
    pattern_query,
    wildcard_regex,
)
from esmock.search.query.term_level import Exists
from esmock.search.query.terms import bind_term

if TYPE_CHECKING:
    from collections.abc import Callable

    from esmock.search.query.query_string.binder import Settings
    from esmock.search.query.query_string.grammar import Node
    from esmock.search.query.shard import ShardSearch

_NO_ANALYZER = 'Cannot invoke "org.apache.lucene.analysis.Analyzer.tokenStream(String, String)" because "analyzer" is null'
"""What is wrong with analyzing a text for a feature."""


class Patterns:
    """The part of a binder that is concerned with them."""

    shard: ShardSearch
    settings: Settings
    scored: bool
    default_name: str | None
    _each: Callable[..., Any]
    is_simple = False
    """Whether it is a simple query string: beginnings are analyzed on fields of any type."""

    @property
    def _own_analyzer(self) -> Any:
        """The analyzer that the query names; None: each field has its own."""
        name = self.settings.analyzer
        return None if name is None else self.shard.mapping.analysis.analyzer(name)

    def _near(self, name: str, text: str) -> str:
        """A word that is no whole one, as the query's analyzer and the field normalize it."""
        field, analyzer = self.shard.field(name), self._own_analyzer
        if analyzer is None:
            return normalized(field, text)
        text = str(analyzer.normalize(text))
        return text if field is None or field.is_text else normalized(field, text)

    def _prefix(self, node: Node, boost: Any) -> Any:
        def make(name: str, own: Any) -> Any:
            field = self.shard.field(name)
            if field is None or not (field.is_text or self.is_simple):
                return self._beginning(name, normalized(field, node.text), own)
            analyzer = self._own_analyzer or (field.search_analyzer if field.is_text else None)  # type: ignore[attr-defined]
            if analyzer is None and self.settings.analyze_wildcard and field.name in UNSEARCHED:
                cause = NullPointer(_NO_ANALYZER)
                raise self.shard.error(f"failed to create query: {cause.reason}", cause)
            if analyzer is None or not self.settings.analyze_wildcard:
                return self._beginning(name, self._near(name, node.text), own)
            return self._analyzed(name, positions(analyzer.tokens(node.text)), own)

        return self._each(node, boost, make)

    def _analyzed(self, name: str, words: list[list[str]], own: Any) -> Any:
        """What an analyzer makes of a beginning: words by place, of which those of the last place are beginnings."""
        if not words:
            return None
        *before, last = words
        ends = [self._beginning(name, one, own) for one in last]
        if not before and len(ends) == 1:
            return ends[0]
        clauses = [self._whole(name, each, own) for each in before]
        clauses.append(ends[0] if len(ends) == 1 else self._joined(ends, "should"))
        return self._joined(clauses, "must" if self.settings.default_and else "should")

    def _joined(self, clauses: list[Any], occur: str) -> Any:
        return bool_of({"must": [], "should": [], "must_not": [], occur: clauses}, self.scored)

    def _whole(self, name: str, words: list[str], own: Any) -> Any:
        """The words of one place."""
        field = self.shard.field(name)
        assert field is not None
        if len(words) == 1:
            return bind_term(self.shard, field.path, field, words[0], own, self.scored)
        return synonyms(self.shard, field, words, own, self.scored)

    def _beginning(self, name: str, text: str, own: Any) -> Any:
        """All terms of a field with a beginning."""
        field = self.shard.field(name)
        rewrite = self.settings.rewrite
        if field is not None and looked_up(field, text) is not None:
            begun = bind_beginning(self.shard, field, text, rewrite, own, self.scored)
            if begun is not None:
                return begun
            rewrite = None
        return pattern_query(self.shard, "prefix", name, own, lambda found: ((lambda term: True), text), rewrite, self.scored)

    def _wildcard(self, node: Node, boost: Any) -> Any:
        if node.text == "*":
            if node.field == "*" or (node.field is None and self.default_name == "*"):
                return MatchEverything(boost)
            return self._each(node, boost, lambda name, own: Exists(name).bind_boosted(self.shard, False, own))
        if not self.settings.allow_leading_wildcard and node.text[:1] in "*?":
            raise LuceneParse("'*' or '?' not allowed as first character in WildcardQuery")

        def make(name: str, own: Any) -> Bound:
            regex = wildcard_regex(self._wildcards(name, node.text))
            return pattern_query(
                self.shard, "wildcard", name, own, lambda found: ((lambda term: regex.fullmatch(term) is not None), ""),
                self.settings.rewrite, self.scored,
            )  # fmt: skip

        return self._each(node, boost, make)

    def _wildcards(self, name: str, text: str) -> str:
        """A pattern as it is looked for on a field."""
        field, analyzer = self.shard.field(name), self._own_analyzer
        if analyzer is not None and field is not None and (field.is_text or self.settings.analyze_wildcard):
            return parts_normalized(text, lambda part: str(analyzer.normalize(part)))
        return normalized_wildcard(field, text)

    def _expression(self, text: str) -> str:
        """A regular expression as it is looked for: ES: an analyzer that the query names normalizes it."""
        analyzer = self._own_analyzer
        return text if analyzer is None else str(analyzer.normalize(text))

    def _regexp(self, node: Node, boost: Any) -> Any:
        def make(name: str, own: Any) -> Bound:
            query = Regexp(name, self._expression(node.text), rewrite=self.settings.rewrite)
            return query.bind_boosted(self.shard, self.scored, own)

        return self._each(node, boost, make)

    def _fuzzy(self, node: Node, boost: Any) -> Any:
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
            check_fuzzy(found)
            settings = self.settings
            return fuzzy_terms(
                self.shard, found, self._near(name, node.text), fuzziness, settings.fuzzy_prefix_length,
                settings.fuzzy_max_expansions, own, self.scored, transpositions=settings.fuzzy_transpositions,
            )

        return self._each(node, boost, make)


def bool_of(parts: dict[str, list[Bound]], scored: bool, *, is_open: bool = True, needed: int | None = None) -> Bound:
    """A bool of clauses; prohibited ones alone stand against everything."""
    must, should, must_not = parts["must"], parts["should"], parts["must_not"]
    if not must and not should:
        return BoolBound([], [MatchEverything(F32(1))], [], must_not, 0, scored)
    if needed is None:
        needed = 0 if must else 1
    return BoolBound(must, [], should, must_not, needed, scored, is_open)
