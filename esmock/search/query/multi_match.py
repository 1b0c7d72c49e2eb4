"""One text on several fields. Docs: query-dsl-multi-match-query."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, ElasticsearchParse, IllegalArgument, Parsing
from esmock.mapping import coercion
from esmock.search.query.analyzed import Analysis, match_query
from esmock.search.query.base import F32, Bound, MatchNothing, ParseContext, Query
from esmock.search.query.compound import BoolBound
from esmock.search.query.full_text import MATCH_OPTIONS, check_options, cutoff, how_of, phrase_on
from esmock.search.query.parse import float_value, scalar, text
from esmock.search.query.scored_compound import DisMaxBound
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.located import at_end, at_value, token

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any

TYPES = {
    "best_fields": 0.0, "most_fields": 1.0, "cross_fields": 0.0, "phrase": 0.0, "phrase_prefix": 0.0, "bool_prefix": 1.0,
}
_OPTIONS = {**MATCH_OPTIONS, "tie_breaker": lambda holder, key, ctx: float_value(holder, key)}


def read_field(name: str) -> tuple[str, float]:
    """``name^2`` as name and boost. Raises NumberFormat."""
    field, separator, boost = name.partition("^")
    return (field, coercion.java_float(coercion.java_double(boost))) if separator else (name, 1.0)


def searched_fields(shard: ShardSearch, fields: dict[str, float] | None) -> tuple[dict[str, float], bool]:
    """The fields to look in, by default those of the index, and whether all are asked for.

    Of all fields those that cannot take the text are passed over, unless the query says otherwise.
    """
    if not fields:
        default = shard.settings.get("index.query.default_field", "*")
        names = default if isinstance(default, list) else [default]
        fields = {"*": 1.0} if "*" in names else dict.fromkeys(names, 1.0)
    return resolve_fields(shard, fields), "*" in fields


def resolve_fields(shard: ShardSearch, fields: dict[str, float], *, all_kinds: bool = False) -> dict[str, float]:
    """Names and patterns as the mapping's fields that text can be searched in.

    Args:
        all_kinds: patterns name fields of any kind, unless it is all fields.
    """
    out: dict[str, float] = {}
    # ES: the names that are given lie sorted, which counts where two have one place in the hash table
    for name, boost in sorted(fields.items()):
        if "*" not in name:
            out[name] = out.get(name, 1.0) * boost
            continue
        named = shard.mapping.named(name)
        takes_any = all_kinds and name != "*"
        found = {
            path: named[path]
            for path in shard.mapping.names(name)
            if path in named and (takes_any or _takes_words(named[path], shard))
        }
        # ES: an alias counts as its field, once, where the pattern names both
        paths = dict.fromkeys(field.path if field.path in found else path for path, field in found.items())
        for path in hash_order(paths):
            out[path] = out.get(path, 1.0) * boost
    limit = 1024
    if len(out) > limit:
        raise IllegalArgument(f"field expansion matches too many fields, limit: {limit}, got: {len(out)}")
    return {path: out[path] for path in hash_order(out)}


def _takes_words(field: Any, shard: ShardSearch) -> bool:
    """Whether a pattern names the field: from 8.x on one that nothing is kept of is passed over, from 8.1 on one without any value.

    Differs: Elasticsearch also looks among the inputs of completion fields and the features of sparse vectors.
    """
    if not field.takes_words:
        return False
    if shard.behaviour.major < 8:
        return True
    is_kept = bool(field.is_indexed or field.has_doc_values or field.is_stored)
    return is_kept and (not shard.behaviour.empty_fields_unnamed or shard.may_hold(field))


@dataclass(slots=True)
class MultiMatch(Query):
    """Docs: query-dsl-multi-match-query."""

    name = "multi_match"
    query: Json
    fields: dict[str, float]
    how: Analysis
    type: str = "best_fields"
    tie_breaker: float | None = None

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> MultiMatch:
        found: dict[str, Any] = {}
        fields: dict[str, float] = {}
        for key in body:
            value = body[key]
            if key == "fields":
                if isinstance(value, list):
                    for at in range(len(value)):
                        name, boost = read_field(text(value, at, ctx))
                        fields[name] = boost
                elif scalar(value):
                    name, boost = read_field(text(body, key, ctx))
                    fields[name] = boost
                else:
                    raise Parsing(f"[multi_match] query does not support [{key}]", at_value(body, key))
            elif not scalar(value):
                raise Parsing(f"[multi_match] unknown token [{token(value)}] after [{key}]", at_value(body, key))
            elif key == "query":
                found["query"] = value
            elif key == "type":
                name = text(body, key, ctx)
                if name.lower() not in TYPES:
                    raise ElasticsearchParse(f"failed to parse [multi_match] query type [{name}]. unknown type.")
                found["type"] = name.lower()
            elif key == "boost":
                found["boost"] = float_value(body, key)
            elif key == "_name":
                found["query_name"] = text(body, key, ctx)
            elif key == "zero_terms_query":
                name = text(body, key, ctx)
                if name.lower() not in ("none", "all"):
                    raise Parsing(f"Unsupported zero_terms_query value [{name}]", at_value(body, key))
                found[key] = name.lower()
            elif key in _OPTIONS and not (key == "cutoff_frequency" and ctx.behaviour.major >= 8):
                found[key] = cutoff("multi_match", body, key, ctx) if key == "cutoff_frequency" else _OPTIONS[key](body, key, ctx)
            else:
                raise Parsing(f"[multi_match] query does not support [{key}]", at_value(body, key))
        if found.get("query") is None:
            raise Parsing("No text specified for multi_match query", at_end(body))
        kind = found.get("type", "best_fields")
        if found.get("fuzziness") is not None and kind in ("cross_fields", "phrase", "phrase_prefix"):
            raise Parsing(f"Fuzziness not allowed for type [{kind}]", at_end(body))
        if found.get("slop", 0) != 0 and kind == "bool_prefix":
            raise Parsing("[slop] not allowed for type [bool_prefix]", at_end(body))
        if found.get("slop", 0) < 0:
            raise IllegalArgument("No negative slop allowed.")
        if found.get("prefix_length", 0) < 0:
            raise IllegalArgument("No negative prefix length allowed.")
        if found.get("max_expansions", 1) <= 0:
            raise IllegalArgument("Max expansions must be strictly great than zero.")
        base = {key: found[key] for key in ("boost", "query_name", "tie_breaker") if key in found}
        return cls(found["query"], fields, how_of(found), kind, **base)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        check_options(shard, self.name, self.how)
        fields, how = self.resolved(shard)
        return multi_field(shard, self.query, fields, how, self.type, self.tie_breaker, boost, scored)

    def resolved(self, shard: ShardSearch) -> tuple[dict[str, float], Analysis]:
        """The fields of the shard, and how the text is read there."""
        fields, are_all = searched_fields(shard, self.fields)
        return fields, replace(self.how, lenient=are_all) if self.how.lenient is None else self.how


def multi_field(
    shard: ShardSearch,
    value: Json,
    fields: dict[str, float],
    how: Analysis,
    kind: str,
    tie_breaker: float | None,
    boost: Any,
    scored: bool,
) -> Bound:
    """A text on resolved fields, joined as the type says."""
    tie = TYPES[kind] if tie_breaker is None else tie_breaker
    if kind == "cross_fields":
        from esmock.search.query.cross_fields import cross_fields

        return cross_fields(shard, value, fields, how, tie, boost, scored)
    clauses = []
    for name, own in fields.items():
        clause = _one(shard, name, value, how, kind, F32(own) * boost, scored)
        if isinstance(clause, BoolBound):
            clause.is_open = own == 1.0
        clauses.append(clause)
    if not clauses:
        return MatchNothing()
    if len(clauses) == 1:
        return clauses[0]
    # ES: a dis_max that counts every clause fully is rewritten to a bool
    return BoolBound([], [], clauses, [], 1, scored, is_no_bool=True) if tie == 1.0 else DisMaxBound(clauses, tie)


def _one(shard: ShardSearch, name: str, value: Json, how: Analysis, kind: str, boost: Any, scored: bool) -> Bound:
    try:
        if kind == "phrase":
            return phrase_on(shard, name, value, how, boost, scored, "multi_match")
        if kind == "phrase_prefix":
            from esmock.search.query.phrase_prefix import phrase_prefix_on

            return phrase_prefix_on(shard, name, value, how, boost, scored, "multi_match")
        if kind == "bool_prefix":
            from esmock.search.query.phrase_prefix import bool_prefix_on

            return bool_prefix_on(shard, name, value, how, boost, scored, "multi_match")
        return match_query(shard, name, value, how, boost, scored, "multi_match")
    except ApiError:
        if how.lenient:
            return MatchNothing()
        raise


QUERIES = (MultiMatch,)
