"""Query strings in Lucene's words.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, NullPointer
from esmock.search.lucene import existence, expansion, ranges, text
from esmock.search.lucene.node import (
    MUST,
    MUST_NOT,
    SHOULD,
    Boolean,
    Boost,
    DisMax,
    Lucene,
    everything,
    failure,
    nothing,
)
from esmock.search.query.minimum import minimum_should_match
from esmock.search.query.query_string.binder import Binder
from esmock.search.query.query_string.grammar import Node, parse
from esmock.search.query.query_string.simple import FLAGS, _Reader, is_left_out
from esmock.search.query.rewrite import PLAIN
from esmock.search.query.term_level import Range

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any
_FEATURES = ("rank_feature", "rank_features")
_SIGNS = {"must": MUST, "should": SHOULD, "must_not": MUST_NOT}


class _Words(Binder):
    """Walks the tree of a query string as binding does, and makes Lucene's queries of it."""

    def bind(self, node: Node | None, boost: Any) -> Any:
        if node is None:
            return None
        made = getattr(self, "_" + node.kind)(node, boost)
        return made if made is None or node.boost is None else Boost(made, node.boost)

    def _bool(self, node: Node, boost: Any) -> Any:
        clauses: list[tuple[str, Lucene]] = []
        is_plain = node.is_plain
        for at, (occur, child) in enumerate(node.clauses):
            made = self.bind(child, boost)
            if made is None:
                is_plain = is_plain and at > 0
                continue
            if child.many and isinstance(made, Boolean) and not made.of(MUST_NOT):
                clauses.extend(made.clauses)
            else:
                clauses.append((_SIGNS[occur], made))
        if not clauses:
            return None
        if all(sign == MUST_NOT for sign, _ in clauses):
            return Boolean([*clauses, ("#", everything())])
        return clauses[0][1] if is_plain and len(clauses) == 1 else Boolean(clauses)

    def _text(self, node: Node, boost: Any) -> Any:
        if node.field == "_exists_":
            return existence.exists_on(self.shard, node.text)
        if node.field is not None and node.text[:1] in ("<", ">") and len(node.text) > 1:
            return self._comparison(node, boost)
        fields = self._fields(node)
        if not fields:
            return self._unmapped(node)
        settings = self.settings
        found = self._with_terms(node.text, fields, settings.analyzer, is_phrase=settings.type == "phrase")
        if found is None:
            return None
        return text.multi_on(self.shard, node.text, found, self._how(zero_terms="null"), settings.type, settings.tie_breaker)

    def _phrase(self, node: Node, boost: Any) -> Any:
        fields = self._quoted(self._fields(node))
        if not fields:
            return self._unmapped(node)
        analyzer = self.settings.quote_analyzer or self.settings.analyzer
        found = self._with_terms(node.text, fields, analyzer, is_phrase=True)
        if found is None:
            return None
        slop = self.settings.phrase_slop if not node.slop else int(float(node.slop))
        how = replace(self._how(), slop=slop, analyzer=analyzer)
        return text.multi_on(self.shard, node.text, found, how, "phrase", self._phrase_tie)

    @property
    def _phrase_tie(self) -> float | None:
        return self.settings.tie

    def _each(self, node: Node, boost: Any, make: Any) -> Any:
        made: list[Lucene] = []
        fields = self._fields(node)
        if not fields and not self.is_simple:
            return self._unmapped(node)
        for name, own in fields.items():
            try:
                one = make(name, 1)
            except ApiError as error:
                if not self.settings.lenient:
                    raise
                one = nothing(self._failure(name, error))
            if one is not None:
                made.append(one if own == 1.0 else Boost(one, own))
        if not made:
            return self._none(node)
        return made[0] if len(made) == 1 else DisMax(made, self.settings.tie)

    def _unmapped(self, node: Node) -> Lucene:
        """ES: what stands for many terms names its text, not the field."""
        if node.kind in ("prefix", "wildcard", "regexp"):
            return nothing(f"unmapped fields [{node.text}]")
        unnamed = "null" if self.default_name is None else self.default_name
        return nothing(f"unmapped fields [{node.field or unnamed}]")

    def _failure(self, name: str, error: ApiError) -> str:
        return failure(name, error)

    def _of_query(self, node: Node, make: Any, of_feature: str | None = None) -> Any:
        return self._each(node, 1, lambda name, own: self._told_of_feature(name, of_feature) or self._described(make(name)))

    def _told_of_feature(self, name: str, told: str | None) -> Lucene | None:
        """What stands for a feature, of which no analyzer is known, where such is let pass."""
        found = self.shard.field(name)
        is_feature = found is not None and found.name in _FEATURES and self.settings.analyzer is None
        return nothing(told.format(name)) if told is not None and self.settings.lenient and is_feature else None

    def _described(self, query: Any) -> Lucene:
        from esmock.search.lucene.describe import describe

        query.bind(self.shard, False)
        return describe(query, self.shard)

    def _beginning(self, name: str, text: str, own: Any) -> Any:
        from esmock.search.query.multi_term import Prefix

        return self._told_of_feature(name, self._of_feature) or self._described(Prefix(name, text, self.settings.rewrite))

    def _method(self, name: str, *, of_text: bool = False) -> str | None:
        """How patterns are rewritten, which shows in what they are called; with an analyzer Lucene's own parser makes them.

        Args:
            of_text: only those on text.
        """
        one = self.shard.field(name)
        is_own = self.settings.analyzer is None or (of_text and one is not None and not one.is_text)
        return self.settings.rewrite if is_own or self.settings.rewrite not in PLAIN else None

    _of_feature = "unmapped fields [{}]"
    """What a beginning of a word is to a feature, which no analyzer is known of."""
    _near_feature: str | None = None
    """The same of words that are near another; None: the feature says that it has none."""

    def _whole(self, name: str, words: list[str], own: Any) -> Any:
        found = self.shard.field(name)
        assert found is not None
        return text.position(self.shard, found, words, self._how())

    def _joined(self, clauses: list[Any], occur: str) -> Any:
        return Boolean([(_SIGNS[occur], one) for one in clauses])

    def _wildcard(self, node: Node, boost: Any) -> Any:
        from esmock.search.query.multi_term import Wildcard

        if node.text == "*":
            if node.field == "*" or (node.field is None and self.default_name == "*"):
                return everything()
            return self._each(node, boost, lambda name, own: existence.exists_on(self.shard, name))
        return self._of_query(
            node, lambda name: Wildcard(name, self._wildcards(name, node.text), self._method(name, of_text=True), is_normalized=True)
        )

    def _regexp(self, node: Node, boost: Any) -> Any:
        from esmock.search.query.multi_term import Regexp

        return self._of_query(node, lambda name: Regexp(name, self._expression(node.text), rewrite=self._method(name)))

    def _fuzzy(self, node: Node, boost: Any) -> Any:
        from esmock.search.query.fuzzy import Fuzzy

        settings = self.settings
        return self._of_query(
            node,
            lambda name: Fuzzy(
                name, self._near(name, node.text), node.slop.upper() if node.slop else settings.fuzziness,
                settings.fuzzy_prefix_length, settings.fuzzy_max_expansions, settings.fuzzy_transpositions,
            ),
            self._near_feature,
        )  # fmt: skip

    def _ranges(self, node: Node, query: Range, boost: Any) -> Any:
        zone = self.settings.time_zone
        return self._each(node, boost, lambda name, own: ranges.range_on(self.shard, replace(query, field=name, zone=zone)))


def _with_minimum(made: Lucene, minimum: str | None) -> Lucene:
    if isinstance(made, Boost):
        return Boost(_with_minimum(made.inner, minimum), made.boost)
    if minimum is not None and isinstance(made, Boolean):
        return Boolean(made.clauses, max(minimum_should_match(len(made.of(SHOULD)), minimum), 0))
    return made


def describe_query_string(query: Any, shard: ShardSearch) -> Lucene:
    """``query_string``."""
    from esmock.search.query.query_string.queries import escaped

    source = escaped(query.query) if query.settings.escape else query.query
    if not source.strip():
        return nothing(text.NO_TERMS)
    words = _Words(shard, query.settings, False)
    made = words.bind(parse(source, query.settings.default_and), 1)
    return _with_minimum(Boolean() if made is None else made, query.settings.minimum)


class _WordsOfSimple(_Words):
    """The same of a simple query string."""

    is_simple = True

    def _beginning(self, name: str, text: str, own: Any) -> Any:
        found = self.shard.field(name)
        if not self.settings.analyze_wildcard or found is None:
            return super()._beginning(name, text, own)
        return expansion.expanded(self.shard, found, f"{found.path}:{text}*", lambda term: term.startswith(text))

    def _none(self, node: Node) -> Any:
        return None if is_left_out(node, self.shard) else DisMax([], self.settings.tie_breaker or 0.0)

    _of_feature = (
        'failed query, caused by Cannot invoke "org.apache.lucene.analysis.Analyzer.normalize(String, String)" because the return value '
        'of "org.elasticsearch.index.search.SimpleQueryStringQueryParser.getAnalyzer(org.elasticsearch.index.mapper.MappedFieldType)" is '
        "null"
    )
    _near_feature = _of_feature

    @property
    def _phrase_tie(self) -> float | None:
        return None

    def _failure(self, name: str, error: ApiError) -> str:
        found = error.cause if isinstance(error.cause, NullPointer) else error
        return f"failed query, caused by {found.reason}"


class _Group:
    """What a simple query string, or one of its groups, has come to so far."""

    def __init__(self, default: str) -> None:
        self.default = default
        self.current: str | None = None
        self.previous: str | None = None
        self.negations = 0
        self.top: Lucene | None = None

    def add(self, made: Lucene | None) -> None:
        """Join a branch as the operators before it say."""
        if made is not None:
            if self.negations % 2:
                made = Boolean([(MUST_NOT, made), (SHOULD, everything())])
            self._join(made)
        self.current, self.negations = None, 0

    def _join(self, made: Lucene) -> None:
        if self.top is None:
            self.top = made
            return
        operator = self.current or self.default
        sign = MUST if operator == "and" else SHOULD
        if self.previous == operator and isinstance(self.top, Boolean):
            self.top.clauses.append((sign, made))
        else:
            self.top = Boolean([(sign, self.top), (sign, made)])
        self.previous = operator


class _SimpleWords(_Reader):
    """Reads a simple query string."""

    def read(self, text: str) -> Any:
        group: Any = _Group("and" if self.binder.settings.default_and else "or")
        at = 0
        while at < len(text):
            at = self._step(text, at, group)
        return group.top

    def _word(self, word: str, is_prefix: bool, fuzzy: str | None) -> Any:
        if word == "*" and is_prefix and fuzzy is None:
            return everything()
        return super()._word(word, is_prefix, fuzzy)


def describe_simple(query: Any, shard: ShardSearch) -> Lucene:
    """``simple_query_string``."""
    words = _WordsOfSimple(shard, replace(query.settings, tie_breaker=1.0, type="most_fields"), False)
    words.default_name = ""
    if query.query.strip() == "*" and query.flags & FLAGS["PREFIX"]:
        return everything()
    made = _SimpleWords(words, query.flags, 1).read(query.query)
    return nothing("empty string passed to query parser") if made is None else _with_minimum(made, query.settings.minimum)
