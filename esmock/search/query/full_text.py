"""Queries on analyzed text. Docs: full-text-queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, ElasticsearchParse, IllegalArgument, NumberFormat, Parsing
from esmock.search.query.analyzed import Analysis, analyzer_of, match_query
from esmock.search.query.base import Bound, MatchNothing, ParseContext, Query
from esmock.search.query.compound import BoolBound
from esmock.search.query.parse import boolean_value, float_value, int_value, scalar, text
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
    name = text(holder, key, ctx).upper()
    if name == "AUTO":
        return name
    if name.startswith("AUTO:"):
        parts = name[5:].split(",")
        if len(parts) != 2:
            raise ElasticsearchParse(f"failed to find low and high distance values in [{text(holder, key, ctx)}]")
        low, high = parts
        try:
            numbers = int(low), int(high)
        except ValueError:
            raise ElasticsearchParse(f"failed to parse [{name.lower()}] as a \"auto:int,int\"") from None
        if numbers[0] < 0 or numbers[1] < 0 or numbers[0] > numbers[1]:
            raise IllegalArgument(
                "fuzziness wrongly configured, must be: lowDistance > 0, highDistance > 0 and lowDistance <= highDistance "
            )
        return name
    try:
        number = float(name)
    except ValueError:
        if ctx.behaviour.major >= 8:
            cause = NumberFormat(f'For input string: "{name}"')
            raise IllegalArgument(f"fuzziness cannot be [{text(holder, key, ctx)}].", cause=cause) from None
        raise NumberFormat(f'For input string: "{name}"') from None
    if number not in (0, 1, 2):
        if ctx.behaviour.major >= 8:
            raise IllegalArgument(f"Valid edit distances are [0, 1, 2] but was [{int(number)}]")
        if number > 2 or number < 0:
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
        "query", "analyzer", "slop", "fuzziness", "prefix_length", "max_expansions", "operator", "minimum_should_match",
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
_MESSAGES = {
    "match": "unknown token [{token}] after [{key}]",
    "match_phrase": "unknown token [{token}] after [{key}]",
    "match_phrase_prefix": "unknown token [{token}] after [{key}]",
    "match_bool_prefix": "unknown token [{token}] after [{key}]",
}


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
    if field is None:
        raise Parsing("No text specified for text query", at_end(body))
    if out.get("query") is None:
        if query.startswith("match_phrase"):
            raise IllegalArgument(f"[{query}] requires query value")
        raise Parsing("No text specified for text query", at_end(body))
    out["field"] = field
    if query == "match" and ctx.behaviour.major >= 8 and "cutoff_frequency" in out:
        raise Parsing("[match] query does not support [cutoff_frequency]", at_value(body[field], "cutoff_frequency"))
    return out


def _match_options(query: str, value: Json, ctx: ParseContext) -> dict[str, Any]:
    out: dict[str, Any] = {}
    known = _KEYS[query]
    for key in value:
        one = value[key]
        if key == "boost":
            out["boost"] = float_value(value, key)
        elif key == "_name":
            out["query_name"] = text(value, key, ctx)
        elif not scalar(one):
            if key == "query" and query == "match":
                text(value, key, ctx)
            raise Parsing(f"[{query}] " + _MESSAGES[query].format(token=token(one), key=key), at_value(value, key))
        elif key in known:
            if key == "slop" and query == "match":
                continue
            out[key] = _MATCH[key](value, key, ctx)
        else:
            raise Parsing(f"[{query}] query does not support [{key}]", at_value(value, key))
    return out


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
        if found.get("prefix_length", 0) < 0:
            raise IllegalArgument("[match] requires prefix length to be non-negative.")
        if found.get("max_expansions", 1) <= 0:
            raise IllegalArgument("[match] requires maxExpansions to be positive.")
        return cls(found["field"], found["query"], how_of(found), **_base(found))

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        bound = match_query(shard, self.field, self.query, self.how, boost, scored)
        if isinstance(bound, BoolBound):
            bound.is_open = self.boost == 1.0
        return bound


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
        lenient=found.get("lenient", False),
        slop=found.get("slop", 0),
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

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        return phrase_on(shard, self.field, self.query, self.how, boost, scored, "match_phrase")


def phrase_on(shard: ShardSearch, name: str, value: Json, how: Analysis, boost: Any, scored: bool, query: str) -> Bound:
    """A phrase on any field."""
    from esmock.mapping.parameter import java_text
    from esmock.search.query.phrase import phrase_query

    field = shard.field(name)
    analyzer = analyzer_of(shard, field, how.analyzer, query, quoted=True)
    if field is None or not field.is_text:
        try:
            return match_query(shard, name, value, Analysis(lenient=how.lenient, analyzer=how.analyzer), boost, scored, query)
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
        return cls(found["field"], found["query"], how_of(found), **_base(found))

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        from esmock.search.query.phrase_prefix import bool_prefix_on

        return bool_prefix_on(shard, self.field, self.query, self.how, boost, scored, self.name)


QUERIES = (Match, MatchPhrase, MatchPhrasePrefix, MatchBoolPrefix)
