"""Queries on analyzed text. Docs: full-text-queries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, ElasticsearchParse, IllegalArgument, NumberFormat, Parsing
from esmock.mapping.mapping import wildcard
from esmock.mapping.parameter import java_text
from esmock.search.query.analyzed import Analysis, analyzer_of, match_query
from esmock.search.query.base import Bound, MatchNothing, ParseContext, Query
from esmock.search.query.compound import BoolBound
from esmock.search.query.parse import boolean_value, float_value, int_value, scalar, text
from esmock.search.query.rewrite import check_rewrite
from esmock.search.query.terms import has_no_term
from esmock.xcontent.java_number import java_float
from esmock.xcontent.located import at_end, at_value, token

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any


def read_operator(holder: Json, key: str, ctx: ParseContext) -> str:
    """``and`` / ``or``. Raises IllegalArgument as Java's enum does."""
    name = text(holder, key, ctx)
    if name.lower() not in ("and", "or"):
        raise IllegalArgument(f"No enum constant org.elasticsearch.index.query.Operator.{name.upper()}")
    return name.lower()


def read_fuzziness(holder: Json, key: str, ctx: ParseContext) -> str | None:
    """A fuzziness as text. Raises IllegalArgument, NumberFormat."""
    value = holder[key]
    if value is None:
        return None
    if isinstance(value, bool | dict | list):
        raise IllegalArgument(f"Can't parse fuzziness on token: [{token(value)}]")
    given = text(holder, key, ctx)
    name = given.upper()
    is_checked = ctx.behaviour.major >= 8
    if not name:
        raise IllegalArgument("fuzziness cannot be null or empty." if is_checked else "fuzziness can't be null!")
    if name == "AUTO":
        return name
    if name.startswith("AUTO:"):
        return _automatic(name if is_checked else given, is_checked)
    # ES: 7.x finds out that it is no number when it is used
    return _edits(holder[key], given) if is_checked else name


def _automatic(given: str, is_checked: bool) -> str:
    """``AUTO:low,high``. Raises ElasticsearchParse, IllegalArgument."""
    parts = given[5:].split(",")
    if len(parts) != 2:
        raise ElasticsearchParse("failed to find low and high distance values")
    try:
        low, high = int(parts[0]), int(parts[1])
    except ValueError:
        bad = next(one for one in parts if not re.fullmatch("[+-]?[0-9]+", one))
        cause = NumberFormat(f'For input string: "{bad}"')
        raise ElasticsearchParse(f'failed to parse [{given}] as a "auto:int,int"', cause=cause) from None
    if low < 0 or high < 0 or low > high:
        if is_checked:
            raise ElasticsearchParse(f"fuzziness wrongly configured [{given}]. Must be 0 < lower value <= higher value.")
        raise IllegalArgument(
            "fuzziness wrongly configured, must be: lowDistance > 0, highDistance > 0 and lowDistance <= highDistance "
        )
    return given.upper()


def _edits(value: Json, given: str) -> str:
    """A number of edits, which 8.x checks. Raises IllegalArgument."""
    try:
        number = float(given)
    except ValueError:
        cause = NumberFormat(f'For input string: "{given.upper()}"')
        raise IllegalArgument(f"fuzziness cannot be [{given}].", cause=cause) from None
    if isinstance(value, str) and number % 1 > 0:
        raise IllegalArgument(f"fuzziness needs to be one of 0.0, 1.0 or 2.0 but was {java_float(number)}")
    if int(number) not in (0, 1, 2):
        raise IllegalArgument(f"Valid edit distances are [0, 1, 2] but was [{int(number)}]")
    return str(int(number))


def _zero_terms(query: str) -> Any:
    def read(holder: Json, key: str, ctx: ParseContext) -> str:
        name = text(holder, key, ctx)
        if name.lower() not in ("none", "all"):
            raise Parsing(f"Unsupported zero_terms_query value [{name}]", at_value(holder, key))
        return name.lower()

    return read


def _read_value(holder: Json, key: str, ctx: ParseContext) -> Json:
    return holder[key]


MATCH_OPTIONS = {
    "analyzer": text,
    "slop": lambda holder, key, ctx: int_value(holder, key),
    "fuzziness": read_fuzziness,
    "prefix_length": lambda holder, key, ctx: int_value(holder, key),
    "max_expansions": lambda holder, key, ctx: int_value(holder, key),
    "operator": read_operator,
    "minimum_should_match": lambda holder, key, ctx: None if holder[key] is None else text(holder, key, ctx),
    "fuzzy_rewrite": lambda holder, key, ctx: None if holder[key] is None else text(holder, key, ctx),
    "fuzzy_transpositions": lambda holder, key, ctx: boolean_value(holder, key),
    "lenient": lambda holder, key, ctx: boolean_value(holder, key),
    "cutoff_frequency": lambda holder, key, ctx: float_value(holder, key),
    "auto_generate_synonyms_phrase_query": lambda holder, key, ctx: boolean_value(holder, key),
}
"""How the options are read that match and multi_match share."""
_MATCH = {**MATCH_OPTIONS, "query": _read_value, "zero_terms_query": _zero_terms("match")}
_KEYS = {
    "match": (
        "query", "analyzer", "fuzziness", "prefix_length", "max_expansions", "operator", "minimum_should_match",
        "fuzzy_rewrite", "fuzzy_transpositions", "lenient", "cutoff_frequency", "zero_terms_query",
        "auto_generate_synonyms_phrase_query",
    ),
    "match_phrase": ("query", "analyzer", "slop", "zero_terms_query"),
    "match_phrase_prefix": ("query", "analyzer", "slop", "max_expansions", "zero_terms_query"),
    "match_bool_prefix": (
        "query", "analyzer", "operator", "minimum_should_match", "fuzziness", "prefix_length", "max_expansions",
        "fuzzy_transpositions", "fuzzy_rewrite",
    ),
}


def cutoff(query: str, holder: Json, key: str, ctx: ParseContext) -> float:
    """``cutoff_frequency``, which is deprecated. Raises NumberFormat."""
    ctx.warn(
        f"Deprecated field [{key}] used, replaced by [you can omit this option, the [{query}] query can skip block of documents "
        "efficiently if the total number of hits is not tracked]"
    )
    return float_value(holder, key)


def parse_match(query: str, body: Json, ctx: ParseContext) -> dict[str, Any]:
    """Read the body that all match queries share: ``{"FIELD": text or {"query": ...}}``."""
    out: dict[str, Any] = {}
    field: str | None = None
    for key in body:
        if field is not None:
            raise Parsing(
                f"[{query}] query doesn't support multiple fields, found [{field}] and [{key}]", at_value(body, key)
            )
        field = key
        value = body[key]
        if isinstance(value, dict):
            out.update(_match_options(query, value, ctx))
        elif isinstance(value, list) or value is None:
            out["query"] = None if value is None else text(body, key, ctx)
        else:
            out["query"] = value
    if field is None and query == "match":
        raise Parsing("No text specified for text query", at_end(body))
    if not field if query in ("match_phrase", "match_bool_prefix") else field is None:
        raise IllegalArgument(f"[{query}] requires fieldName")
    if out.get("query") is None:
        if query != "match":
            raise IllegalArgument(f"[{query}] requires query value")
        raise Parsing("No text specified for text query", at_end(body))
    out["field"] = field
    return out


def _match_options(query: str, value: Json, ctx: ParseContext) -> dict[str, Any]:
    out: dict[str, Any] = {}
    known = _KEYS[query]
    for key in value:
        one = value[key]
        if not scalar(one):
            raise Parsing(f"[{query}] unknown token [{token(one)}] after [{key}]", at_value(value, key))
        if key == "boost":
            out["boost"] = float_value(value, key)
        elif key == "_name":
            out["query_name"] = text(value, key, ctx)
        elif key == "cutoff_frequency" and query == "match" and ctx.behaviour.major >= 8:
            raise Parsing("[match] query does not support [cutoff_frequency]", at_value(value, key))
        elif key in known:
            out[key] = cutoff(query, value, key, ctx) if key == "cutoff_frequency" else _MATCH[key](value, key, ctx)
        else:
            raise Parsing(f"[{query}] query does not support [{key}]", at_value(value, key))
    return out


def _check_expansion(query: str, found: dict[str, Any]) -> None:
    if found.get("prefix_length", 0) < 0:
        raise IllegalArgument(f"[{query}] requires prefix length to be non-negative.")
    if found.get("max_expansions", 1) <= 0:
        raise IllegalArgument(f"[{query}] requires maxExpansions to be positive.")


@dataclass(slots=True)
class Match(Query):
    """Docs: query-dsl-match-query."""

    name = "match"
    field: str
    query: Json
    how: Analysis

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Match:
        found = parse_match("match", body, ctx)
        _check_expansion("match", found)
        return cls(found["field"], found["query"], how_of(found), **_base(found))

    def matches_none(self, shard: ShardSearch) -> bool:
        """Newer versions take a text that is one term for that term."""
        is_term = self.how.analyzer == "keyword" or (self.field == "_index" and self.how.analyzer is None)
        if shard.behaviour.major < 8 or not is_term or self.how.fuzziness is not None or self.how.lenient:
            return False
        return has_no_term(shard, self.field, lambda: wildcard(java_text(self.query)))

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        check_options(shard, self.name, self.how, self.field)
        bound = match_query(shard, self.field, self.query, self.how, boost, scored)
        if isinstance(bound, BoolBound):
            bound.is_open = self.boost == 1.0
        return bound


def check_options(shard: ShardSearch, query: str, how: Analysis, name: str | None = None) -> None:
    """Refuse an unknown analyzer or rewrite method before anything is looked at, so that no leniency hides it.

    Raises:
        QueryShard, IllegalArgument, NumberFormat.
    """
    if how.rewrite is None and how.analyzer is None:
        return
    field = None if name is None else shard.field(name)
    analyzer_of(shard, field, how.analyzer, query)
    if shard.behaviour.major >= 8 and field is not None and not field.is_text and how.fuzziness is None:
        return  # ES: such a match has become a term query by then
    check_rewrite(how.rewrite)


def how_of(found: dict[str, Any]) -> Analysis:
    """The joined options of a match query."""
    return Analysis(
        analyzer=found.get("analyzer"),
        operator=found.get("operator", "or"),
        minimum=found.get("minimum_should_match"),
        zero_terms=found.get("zero_terms_query", "none"),
        fuzziness=found.get("fuzziness"),
        prefix_length=found.get("prefix_length", 0),
        max_expansions=found.get("max_expansions", 50),
        transpositions=found.get("fuzzy_transpositions", True),
        lenient=found.get("lenient"),
        slop=found.get("slop", 0),
        rewrite=found.get("fuzzy_rewrite"),
    )


def _base(found: dict[str, Any]) -> dict[str, Any]:
    return {key: found[key] for key in ("boost", "query_name") if key in found}


@dataclass(slots=True)
class MatchPhrase(Query):
    """Docs: query-dsl-match-query-phrase."""

    name = "match_phrase"
    field: str
    query: Json
    how: Analysis

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> MatchPhrase:
        found = parse_match("match_phrase", body, ctx)
        if found.get("slop", 0) < 0:
            raise IllegalArgument("No negative slop allowed.")
        return cls(found["field"], found["query"], how_of(found), **_base(found))

    def matches_none(self, shard: ShardSearch) -> bool:
        """Newer versions take a text that stays whole for a term."""
        is_term = self.how.analyzer == "keyword" and shard.behaviour.major >= 8
        return is_term and has_no_term(shard, self.field, lambda: wildcard(java_text(self.query)))

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        return phrase_on(shard, self.field, self.query, self.how, boost, scored, "match_phrase")


def phrase_on(shard: ShardSearch, name: str, value: Json, how: Analysis, boost: Any, scored: bool, query: str) -> Bound:
    """A phrase on any field."""
    from esmock.search.query.phrase import phrase_query

    field = shard.field(name)
    analyzer = analyzer_of(shard, field, how.analyzer, query, quoted=True)
    if field is None or not field.is_text:
        try:
            how = Analysis(lenient=how.lenient, analyzer=how.analyzer)
            return match_query(shard, name, value, how, boost, scored, query, kind="match_phrase")
        except ApiError:
            if how.lenient:
                return MatchNothing()
            raise
    tokens = analyzer.tokens(java_text(value))
    return phrase_query(shard, name, tokens, field, how.slop, boost, scored, zero_terms=how.zero_terms)


@dataclass(slots=True)
class MatchPhrasePrefix(Query):
    """Docs: query-dsl-match-query-phrase-prefix."""

    name = "match_phrase_prefix"
    field: str
    query: Json
    how: Analysis

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> MatchPhrasePrefix:
        found = parse_match("match_phrase_prefix", body, ctx)
        if found.get("slop", 0) < 0:
            raise IllegalArgument("No negative slop allowed.")
        if found.get("max_expansions", 1) < 0:
            raise IllegalArgument("No negative maxExpansions allowed.")
        return cls(found["field"], found["query"], how_of(found), **_base(found))

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        from esmock.search.query.phrase_prefix import phrase_prefix_on

        return phrase_prefix_on(shard, self.field, self.query, self.how, boost, scored, self.name)


@dataclass(slots=True)
class MatchBoolPrefix(Query):
    """Docs: query-dsl-match-bool-prefix-query."""

    name = "match_bool_prefix"
    field: str
    query: Json
    how: Analysis

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> MatchBoolPrefix:
        found = parse_match("match_bool_prefix", body, ctx)
        _check_expansion("match_bool_prefix", found)
        return cls(found["field"], found["query"], how_of(found), **_base(found))

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        from esmock.search.query.phrase_prefix import bool_prefix_on

        check_options(shard, self.name, self.how, self.field)
        return bool_prefix_on(shard, self.field, self.query, self.how, boost, scored, self.name)


QUERIES = (Match, MatchPhrase, MatchPhrasePrefix, MatchBoolPrefix)
