"""Query strings in Lucene's words.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, NullPointer
from esmock.search.lucene import terms, text
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
from esmock.search.query.query_string.simple import FLAGS, _Reader
from esmock.search.query.term_level import Range

if TYPE_CHECKING:
    from esmock.mapping.field import Field
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
        is_first = False
        for at, (occur, child) in enumerate(node.clauses):
            made = self.bind(child, boost)
            if made is None:
                continue
            is_first |= at == 0
            if child.many and isinstance(made, Boolean) and not made.of(MUST_NOT):
                clauses.extend(made.clauses)
            else:
                clauses.append((_SIGNS[occur], made))
        if not clauses:
            return None
        if all(sign == MUST_NOT for sign, _ in clauses):
            return Boolean([*clauses, ("#", everything())])
        # Lucene's parser makes no bool of its first clause where that stays alone
        return clauses[0][1] if len(clauses) == 1 and clauses[0][0] == SHOULD and is_first else Boolean(clauses)

    def _text(self, node: Node, boost: Any) -> Any:
        if node.field == "_exists_":
            return terms.exists_on(self.shard, node.text)
        if node.field is not None and node.text[:1] in ("<", ">") and len(node.text) > 1:
            return self._comparison(node, boost)
        fields = self._fields(node)
        if self._are_unmapped(fields):
            return self._unmapped(node)
        settings = self.settings
        found = self._with_terms(node.text, fields, settings.analyzer, is_phrase=settings.type == "phrase")
        if found is None:
            return None
        return text.multi_on(self.shard, node.text, found, self._how(zero_terms="null"), settings.type, settings.tie_breaker)

    def _phrase(self, node: Node, boost: Any) -> Any:
        fields = self._quoted(self._fields(node))
        if self._are_unmapped(fields):
            return self._unmapped(node)
        analyzer = self.settings.quote_analyzer or self.settings.analyzer
        found = self._with_terms(node.text, fields, analyzer, is_phrase=True)
        if found is None:
            return None
        slop = self.settings.phrase_slop if not node.slop else int(float(node.slop))
        how = replace(self._how(), slop=slop, analyzer=analyzer)
        return text.multi_on(self.shard, node.text, found, how, "phrase", self.settings.phrase_tie)

    def _each(self, node: Node, boost: Any, make: Any) -> Any:
        made: list[Lucene] = []
        fields = self._fields(node)
        if self._are_unmapped(fields) and not (self.settings.is_simple and node.kind == "prefix"):
            return self._unmapped(node)
        for name, own in fields.items():
            try:
                one = make(name)
            except ApiError as error:
                if not self.settings.lenient:
                    raise
                one = nothing(self._failure(name, error))
            if one is not None:
                made.append(one if own == 1.0 else Boost(one, own))
        if not made and not self.settings.is_simple:
            return None
        return made[0] if len(made) == 1 else DisMax(made, self.settings.tie)

    def _are_unmapped(self, fields: Iterable[str]) -> bool:
        return all(self.shard.field(name) is None for name in fields)

    def _unmapped(self, node: Node) -> Lucene:
        """ES: what stands for many terms names its text, not the field."""
        if node.kind in ("prefix", "wildcard", "regexp"):
            return nothing(f"unmapped fields [{node.text}]")
        unnamed = "null" if self.default_name is None else self.default_name
        return nothing(f"unmapped fields [{node.field or unnamed}]")

    def _failure(self, name: str, error: ApiError) -> str:
        return failure(name, error)

    def _of_query(self, node: Node, make: Any, of_feature: str | None = None) -> Any:
        return self._each(node, 1, lambda name: self._described(name, make, of_feature))

    def _described(self, name: str, make: Any, of_feature: str | None) -> Lucene:
        from esmock.search.lucene.describe import describe

        found = self.shard.field(name)
        is_feature = found is not None and found.name in _FEATURES and self.settings.analyzer is None
        if of_feature is not None and self.settings.lenient and is_feature:
            return nothing(of_feature.format(name))
        query = make(name)
        query.bind(self.shard, False)
        return describe(query, self.shard)

    def _prefix(self, node: Node, boost: Any) -> Any:
        from esmock.search.query.multi_term import normalized

        def make(name: str) -> Lucene | None:
            field = self.shard.field(name)
            if self._is_unknown(name):
                return None
            words = self._analyzed(field, node.text)
            if words is None or field is None:
                return self._begun_on(field, name, normalized(field, node.text))
            if not words:
                return None
            how = self._how()
            last = [self._begun_on(field, name, word) for word in words[-1]]
            clauses = [text.position(self.shard, field, one, how) for one in words[:-1]]
            return text.joined([*clauses, last[0] if len(last) == 1 else Boolean([(SHOULD, one) for one in last])], how)

        return self._each(node, 1, make)

    def _begun_on(self, field: Field | None, name: str, word: str) -> Lucene:
        from esmock.search.query.multi_term import Prefix

        if field is not None and self._is_bare and field.name not in _FEATURES:
            return terms.expanded(self.shard, field, f"{name}:{word}*", lambda found: field.takes_patterns and found.startswith(word))
        return self._described(name, lambda name: Prefix(name, word, self.settings.rewrite), self._of_feature)

    _of_feature = "unmapped fields [{}]"
    """What a beginning of a word is to a feature, which no analyzer is known of."""
    _near_feature: str | None = None
    """The same of words that are near another; None: the feature says that it has none."""

    def _wildcard(self, node: Node, boost: Any) -> Any:
        from esmock.search.query.multi_term import Wildcard

        if node.text == "*":
            if node.field == "*" or (node.field is None and self.default_name == "*"):
                return everything()
            return self._each(node, boost, lambda name: terms.exists_on(self.shard, name))
        return self._of_query(node, lambda name: Wildcard(name, node.text, self.settings.rewrite))

    def _regexp(self, node: Node, boost: Any) -> Any:
        from esmock.search.query.multi_term import Regexp

        return self._of_query(node, lambda name: Regexp(name, node.text, rewrite=self.settings.rewrite))

    def _fuzzy(self, node: Node, boost: Any) -> Any:
        from esmock.search.query.multi_term import Fuzzy, normalized

        settings = self.settings
        return self._of_query(
            node,
            lambda name: Fuzzy(
                name, normalized(self.shard.field(name), node.text), node.slop.upper() if node.slop else settings.fuzziness,
                settings.fuzzy_prefix_length, settings.fuzzy_max_expansions, settings.fuzzy_transpositions,
            ),
            self._near_feature,
        )  # fmt: skip

    def _ranges(self, node: Node, query: Range, boost: Any) -> Any:
        zone = self.settings.time_zone
        return self._each(node, boost, lambda name: terms.range_on(self.shard, replace(query, field=name, zone=zone)))


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

    _of_feature = (
        'failed query, caused by Cannot invoke "org.apache.lucene.analysis.Analyzer.normalize(String, String)" because the return value '
        'of "org.elasticsearch.index.search.SimpleQueryStringQueryParser.getAnalyzer(org.elasticsearch.index.mapper.MappedFieldType)" is '
        "null"
    )
    _near_feature = _of_feature

    def _failure(self, name: str, error: ApiError) -> str:
        why = error.cause if isinstance(error.cause, NullPointer) else error
        return f"failed query, caused by {why.reason}"


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
    words = _WordsOfSimple(shard, replace(query.settings, tie_breaker=1.0, is_simple=True, type="most_fields"), False)
    words.default_name = ""
    if query.query.strip() == "*" and query.flags & FLAGS["PREFIX"]:
        return everything()
    made = _SimpleWords(words, query.flags, 1).read(query.query)
    return nothing("empty string passed to query parser") if made is None else _with_minimum(made, query.settings.minimum)
