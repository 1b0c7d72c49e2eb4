"""``query_string`` and ``simple_query_string``. Docs: query-dsl-query-string-query, query-dsl-simple-query-string-query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, LuceneParse, Parsing, QueryValidation
from esmock.search.query.base import Bound, MatchNothing, ParseContext, Query
from esmock.search.query.full_text import read_fuzziness, read_operator
from esmock.search.query.multi_match import TYPES, read_field
from esmock.search.query.parse import boolean_value, float_value, int_value, scalar, text
from esmock.search.query.query_string.binder import Binder, Settings, with_minimum
from esmock.search.query.query_string.grammar import parse
from esmock.search.query.query_string.lexer import TokenManager
from esmock.search.query.query_string.simple import FLAGS, bind_simple
from esmock.search.query.rewrite import check_rewrite
from esmock.xcontent.located import at_end, at_value, token

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any


def _flag(holder: Json, key: str, ctx: ParseContext) -> bool:
    return boolean_value(holder, key)


def _int(holder: Json, key: str, ctx: ParseContext) -> int:
    return int_value(holder, key)


def _float(holder: Json, key: str, ctx: ParseContext) -> float:
    return float_value(holder, key)


def _nullable(holder: Json, key: str, ctx: ParseContext) -> str | None:
    return None if holder[key] is None else text(holder, key, ctx)


def _type(holder: Json, key: str, ctx: ParseContext) -> str:
    from esmock.errors import ElasticsearchParse

    name = text(holder, key, ctx)
    if name.lower() not in TYPES:
        raise ElasticsearchParse(f"failed to parse [multi_match] query type [{name}]. unknown type.")
    return name.lower()


def _fuzziness(holder: Json, key: str, ctx: ParseContext) -> str | None:
    """A fuzziness; before 8.0 nobody looks at it until a term is fuzzy."""
    value = holder[key]
    is_late = ctx.behaviour.major < 8 and isinstance(value, str) and not value.upper().startswith("AUTO:")
    return str(value).upper() if is_late else read_fuzziness(holder, key, ctx)


_OPTIONS = {
    "query": _nullable, "default_field": _nullable, "default_operator": read_operator, "analyzer": _nullable,
    "quote_analyzer": _nullable, "allow_leading_wildcard": _flag, "max_determinized_states": _int,
    "enable_position_increments": _flag, "escape": _flag, "fuzzy_prefix_length": _int, "fuzzy_max_expansions": _int,
    "fuzzy_rewrite": _nullable, "phrase_slop": _int, "fuzziness": _fuzziness, "rewrite": _nullable, "analyze_wildcard": _flag,
    "minimum_should_match": _nullable, "quote_field_suffix": _nullable, "lenient": _flag, "time_zone": _nullable, "type": _type,
    "tie_breaker": _float, "fuzzy_transpositions": _flag, "auto_generate_synonyms_phrase_query": _flag,
}
_SIMPLE_OPTIONS = {
    "query": _nullable, "analyzer": _nullable, "default_operator": read_operator, "lenient": _flag, "analyze_wildcard": _flag,
    "minimum_should_match": _nullable, "quote_field_suffix": _nullable, "auto_generate_synonyms_phrase_query": _flag,
    "fuzzy_prefix_length": _int, "fuzzy_max_expansions": _int, "fuzzy_transpositions": _flag,
}


def _read(query: str, body: Json, ctx: ParseContext, known: dict[str, Any]) -> tuple[dict[str, Any], dict[str, float]]:
    found: dict[str, Any] = {}
    fields: dict[str, float] = {}
    for key in body:
        value = body[key]
        if isinstance(value, list):
            if key != "fields":
                raise Parsing(f"[{query}] query does not support [{key}]", at_value(body, key))
            for at in range(len(value)):
                name, boost = read_field(text(value, at, ctx))
                fields[name] = boost
        elif not scalar(value):
            raise Parsing(f"[{query}] unknown token [{token(value)}] after [{key}]", at_value(body, key))
        elif key == "boost":
            found["boost"] = float_value(body, key)
        elif key == "_name":
            found["query_name"] = text(body, key, ctx)
        elif key == "flags" and query == "simple_query_string":
            found["flags"] = _flags(body, key, ctx)
        elif key in known:
            found[key] = known[key](body, key, ctx)
        else:
            name = f"[{query}] query does not support [{key}]" if query == "query_string" else f"[{query}] unsupported field [{key}]"
            raise Parsing(name, at_value(body, key))
    if found.get("query") is None:
        message = "[query_string] must be provided with a [query]" if query == "query_string" else (
            "[simple_query_string] query text missing"
        )
        raise Parsing(message, at_end(body))
    return found, fields


def _flags(body: Json, key: str, ctx: ParseContext) -> int:
    value = body[key]
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = int_value(body, key)
        return 255 if number < 0 else number
    out = 0
    for name in text(body, key, ctx).split("|"):
        if not name:
            continue
        if name.upper() not in FLAGS:
            raise IllegalArgument(f"Unknown simple_query_string flag [{name}]")
        out |= FLAGS[name.upper()]
    return out


def _check_zone(zone: str | None) -> None:
    """Raise what Java says of a time zone that there is none; nobody wraps it."""
    if zone is not None:
        from esmock.mapping.dates.zone import zone_of

        zone_of(zone)


_BASE = ("boost", "query_name")


@dataclass(slots=True)
class QueryString(Query):
    """Docs: query-dsl-query-string-query."""

    name = "query_string"
    query: str
    settings: Settings
    both_fields: bool = False
    rewrites: tuple[str | None, ...] = ()

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> QueryString:
        found, fields = _read("query_string", body, ctx, _OPTIONS)
        both = "default_field" in found and bool(fields)
        _check_zone(found.get("time_zone"))
        if found.get("fuzziness") == "":
            raise IllegalArgument("fuzziness can't be null!")
        settings = Settings(
            fields=fields or None,
            default_and=found.get("default_operator") == "and",
            analyzer=found.get("analyzer"),
            quote_analyzer=found.get("quote_analyzer"),
            analyze_wildcard=found.get("analyze_wildcard", False),
            allow_leading_wildcard=found.get("allow_leading_wildcard", True),
            lenient=found.get("lenient"),
            fuzziness=found.get("fuzziness") or "AUTO",
            fuzzy_prefix_length=found.get("fuzzy_prefix_length", 0),
            fuzzy_max_expansions=found.get("fuzzy_max_expansions", 50),
            fuzzy_transpositions=found.get("fuzzy_transpositions", True),
            phrase_slop=found.get("phrase_slop", 0),
            default_field=found.get("default_field"),
            minimum=found.get("minimum_should_match"),
            tie_breaker=found.get("tie_breaker"),
            type=found.get("type", "best_fields"),
            time_zone=found.get("time_zone"),
            quote_field_suffix=found.get("quote_field_suffix"),
            escape=found.get("escape", False),
            rewrite=found.get("rewrite") or "constant_score",
        )
        rewrites = (found.get("fuzzy_rewrite"), found.get("rewrite"))
        return cls(found["query"], settings, both_fields=both, rewrites=rewrites, **{key: found[key] for key in _BASE if key in found})

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        if self.both_fields:
            raise QueryValidation(
                "Validation Failed: 1: [query_string] cannot use [fields] parameter in conjunction with [default_field];"
            )
        _check_analyzers(shard, self.name, self.settings)
        for one in self.rewrites:
            check_rewrite(one)
        source = escaped(self.query) if self.settings.escape else self.query
        if not source.strip():
            return MatchNothing()
        try:
            node = parse(source, self.settings.default_and)
            bound = Binder(shard, self.settings, scored).bind(node, boost)
        except LuceneParse as error:
            if isinstance(error, TokenManager):
                error = error.worded(shard.behaviour.major)
            outer = LuceneParse(f"Cannot parse '{source}': {error.reason}", cause=error)
            raise shard.error(f"Failed to parse query [{self.query}]", outer) from None
        return MatchNothing() if bound is None else with_minimum(bound, self.settings.minimum)


def _check_analyzers(shard: ShardSearch, query: str, settings: Settings) -> None:
    for kind, name in (("analyzer", settings.analyzer), ("quote_analyzer", settings.quote_analyzer)):
        if name is not None and shard.mapping.analysis.analyzer(name) is None:
            raise shard.error(f"[{query}] {kind} [{name}] not found")


def escaped(source: str) -> str:
    """Every character of the grammar with a backslash before it."""
    return "".join("\\" + char if char in '\\+-!():^[]"{}~*?|&/' else char for char in source)


@dataclass(slots=True)
class SimpleQueryString(Query):
    """Docs: query-dsl-simple-query-string-query."""

    name = "simple_query_string"
    query: str
    settings: Settings
    flags: int = 255

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> SimpleQueryString:
        found, fields = _read("simple_query_string", body, ctx, _SIMPLE_OPTIONS)
        settings = Settings(
            fields=fields or None,
            default_and=found.get("default_operator") == "and",
            analyzer=found.get("analyzer"),
            analyze_wildcard=found.get("analyze_wildcard", False),
            lenient=found.get("lenient"),
            fuzzy_prefix_length=found.get("fuzzy_prefix_length", 0),
            fuzzy_max_expansions=found.get("fuzzy_max_expansions", 50),
            fuzzy_transpositions=found.get("fuzzy_transpositions", True),
            minimum=found.get("minimum_should_match"),
            quote_field_suffix=found.get("quote_field_suffix"),
        )
        base = {key: found[key] for key in (*_BASE, "flags") if key in found}
        return cls(found["query"], settings, **base)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        _check_analyzers(shard, self.name, self.settings)
        bound = bind_simple(shard, self.query, self.settings, self.flags, boost, scored)
        return MatchNothing() if bound is None else with_minimum(bound, self.settings.minimum)


QUERIES = (QueryString, SimpleQueryString)
