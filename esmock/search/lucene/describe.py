"""Any query in Lucene's words.

Source: recordings of 7.10.2.
Differs: queries whose words are not known here raise Unsupported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.errors import Unsupported
from esmock.search.lucene import (
    combined,
    covering,
    existence,
    expansion,
    families,
    features,
    geo,
    percolation,
    ranges,
    ranked,
    scored,
    shown_terms,
    terms,
    text,
    vectors,
)
from esmock.search.lucene.nesting import may_match_nested, may_match_others
from esmock.search.lucene.node import (
    FILTER,
    MUST,
    MUST_NOT,
    SHOULD,
    Boolean,
    Boost,
    Constant,
    DisMax,
    Joined,
    Leaf,
    Lucene,
    Nothing,
    binding,
    everything,
    field_exists,
    nothing,
)
from esmock.search.lucene.rewriting import as_lucene_nine
from esmock.search.lucene.spans import span
from esmock.search.query.base import MatchEverything
from esmock.search.query.spans import SpanQuery

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any
ROOT = "_primary_term"


def describe(query: Any, shard: ShardSearch) -> Lucene:
    """The query that Elasticsearch makes of a parsed one. Raises Unsupported for kinds that are not known."""
    if query.matches_none(shard):
        return nothing(_why_none(query, shard))
    make = _MADE.get(type(query).name)
    if make is None:
        raise Unsupported(f"Lucene's words for the query [{type(query).name}]")
    made = make(query, shard)
    if shard.behaviour.lucene_nine:
        as_lucene_nine(made)
    if isinstance(made, Nothing) and made.reason == shown_terms.NONE:
        return nothing(_why_none(query, shard))
    if isinstance(made, Leaf) and made.bind is None and made.kind not in ("MatchNoDocsQuery", "MatchAllDocsQuery"):
        made.bind = binding(query)
    if query.boost == 1.0 or made.kind == "MatchNoDocsQuery":
        return made
    late = shard.behaviour.lucene_nine
    return Boost(made, query.boost, "SpanBoostQuery" if isinstance(query, SpanQuery) and not late else "BoostQuery", late)


_AROUND = MappingProxyType(
    {"constant_score": "filter", "function_score": "query", "script_score": "query", "boosting": "positive", "wrapper": "inner"}
)
"""Queries that find nothing because the one in them does."""
_TELLS_FIELD = ("term", "terms", "prefix", "wildcard")


def _why_none(query: Any, shard: ShardSearch) -> str:
    """Why a query is rewritten to one that finds nothing; 7.x does not say."""
    name = type(query).name
    if not shard.behaviour.lucene_nine or name == "match_none":
        return shown_terms.NONE
    if name in ("match", "match_phrase") and query.how.analyzer == "keyword":
        # ES: it has become a term
        name = "term"
    if name in _AROUND:
        return _why_none(getattr(query, _AROUND[name]), shard)
    if name in _TELLS_FIELD and query.field != "_index" and shard.field(query.field) is None:
        return f'The "{name}" query is against a field that does not exist'
    return f'The "{name}" query was rewritten to a "match_none" query.'


def top(query: Any, shard: ShardSearch) -> Lucene:
    """The query of a search, with the filters that keep nested objects and what aliases do not show out."""
    made = describe(query, shard)
    filters: list[Lucene] = []
    if shard.mapping.nested_paths and may_match_nested(made, shard.mapping):
        filters.append(field_exists(shard, "DocValues", ROOT))
    if shard.alias_filters:
        shown = [describe(one, shard) for one in shard.alias_filters]
        filters.append(shown[0] if len(shown) == 1 else Boolean([(SHOULD, one) for one in shown], late=shard.behaviour.lucene_nine))
    if not filters:
        return made
    return Boolean([(MUST, made), *((FILTER, one) for one in filters)], late=shard.behaviour.lucene_nine)


def _all(query: Any, shard: ShardSearch) -> Lucene:
    return everything()


def _none(query: Any, shard: ShardSearch) -> Lucene:
    return nothing(shown_terms.NONE)


def _bool(query: Any, shard: ShardSearch) -> Lucene:
    from esmock.search.query.minimum import minimum_should_match

    clauses: list[tuple[str, Lucene]] = []
    for sign, members in ((MUST, query.must), (MUST_NOT, query.must_not), (SHOULD, query.should), (FILTER, query.filter)):
        clauses.extend((sign, describe(one, shard)) for one in members)
    if not clauses:
        return everything()
    if query.adjust_pure_negative and all(sign == MUST_NOT for sign, _ in clauses):
        # ES: a query made anew, without its minimum_should_match
        return Boolean([*clauses, (FILTER, everything())], late=shard.behaviour.lucene_nine)
    needed = 0
    if query.minimum_should_match is not None:
        needed = max(minimum_should_match(len(query.should), query.minimum_should_match), 0)
    return Boolean(clauses, needed, shard.behaviour.lucene_nine)


def _constant_score(query: Any, shard: ShardSearch) -> Lucene:
    return Constant(describe(query.filter, shard))


def _dis_max(query: Any, shard: ShardSearch) -> Lucene:
    return DisMax([describe(one, shard) for one in query.queries], query.tie_breaker)


def nested_objects(path: str, shard: ShardSearch) -> Leaf:
    """The objects of a nested field."""
    words = f"_nested_path:{path}" if shard.behaviour.nested_path_field else f"_type:__{path}"
    return Leaf("TermQuery", words, bind=lambda _shard, boost: MatchEverything(boost))


def _nested(query: Any, shard: ShardSearch) -> Lucene:
    mapper = shard.mapping.object(query.path)
    if mapper is None or not mapper.nested:
        return nothing("")
    inner = describe(query.query, replace(shard, scope=query.path, named={}, inner_hits={}))
    if may_match_others(inner, query.path, shard.mapping):
        inner = Boolean([(MUST, inner), (FILTER, nested_objects(query.path, shard))])
    return Joined(
        "ESToParentBlockJoinQuery", "ToParentBlockJoinQuery (", inner,
        bind=binding(query), is_nested=bool(shard.scope), is_scored=query.score_mode != "none", late=shard.behaviour.lucene_nine,
    )  # fmt: skip


def _term(query: Any, shard: ShardSearch) -> Lucene:
    if query.case_insensitive:
        one, value = shard.field(query.field), str(query.value)
        if shard.behaviour.lucene_nine:
            shown = f"CaseInsensitiveTermQuery{{{f'{query.field}:{value}' if one is None else shown_terms.told(one, value)}}}"
        else:
            shown = expansion.automaton(query.field if one is None else one.path, value)
        low = value.lower()
        return Leaf("AutomatonQuery", shown) if one is None else expansion.expanded(shard, one, shown, lambda text: text.lower() == low)
    return terms.term_on(shard, query.field, query.value)


def _terms(query: Any, shard: ShardSearch) -> Lucene:
    if query.lookup is not None:
        query = replace(query, values=query.found(shard), lookup=None)
    return terms.terms_on(shard, query)


def _range(query: Any, shard: ShardSearch) -> Lucene:
    return ranges.range_on(shard, query)


def _exists(query: Any, shard: ShardSearch) -> Lucene:
    return existence.exists_on(shard, query.field)


def _ids(query: Any, shard: ShardSearch) -> Lucene:
    return terms.ids_on(shard, query.values)


def _type(query: Any, shard: ShardSearch) -> Lucene:
    return field_exists(shard, "DocValues", ROOT)


def _pattern(query: Any, shard: ShardSearch) -> Lucene:
    """``prefix``, ``wildcard`` and ``regexp``."""
    import re

    from esmock.search.query.multi_term import normalized, wildcard_regex

    name = type(query).name
    one, late = shard.field(query.field), shard.behaviour.lucene_nine
    if one is None and shard.identity(query.field) is not None:
        return everything()
    query.bind(shard, False)
    if one is None:
        # ES: a regular expression is run on a field that is not there
        shown = expansion.automaton(query.field, query.value) if late else f"{query.field}:/{query.value}/"
        return Leaf(expansion.wrapper(shard), shown) if name == "regexp" else nothing(shown_terms.NONE)
    flags = re.IGNORECASE if query.case_insensitive else 0
    matches: Callable[[str], bool]
    if name == "prefix":
        kind, value = "Prefix", query.value if one.is_text else normalized(one, query.value)
        begun = None if query.case_insensitive else expansion.beginning(shard, one, value, query.rewrite)
        if begun is not None:
            return begun
        words, matches = f"{value}*", re.compile(re.escape(value), flags).match  # type: ignore[assignment]
    elif name == "wildcard":
        kind, value = "Wildcard", query.pattern(shard, one)
        words, matches = value, wildcard_regex(value, ignore_case=query.case_insensitive).fullmatch  # type: ignore[assignment]
    else:
        from esmock.analysis.lucene_regex import compile_regex

        kind, value = "Regexp", query.value
        words, matches = f"/{query.value}/", compile_regex(query.value, query.flags, ignore_case=query.case_insensitive)
    ignores_case = query.case_insensitive and name != "regexp"
    if ignores_case and late:
        # ES: where the field should stand is what toString was given, which is nothing
        shown = f"CaseInsensitive{kind}Query{{:{shown_terms.told(one, value).partition(':')[2]}}}"
    elif ignores_case or (late and query.rewrite is not None and name != "prefix"):
        shown = expansion.automaton(one.path, words)
    else:
        shown = shown_terms.told(one, words)
    return expansion.of_pattern(shard, one, shown, matches, query.rewrite)


def _fuzzy(query: Any, shard: ShardSearch) -> Lucene:
    one = shard.field(query.field)
    return nothing(shown_terms.NONE) if one is None else expansion.fuzzy_on(shard, one, str(one.term(query.value)), query)


def _match(query: Any, shard: ShardSearch) -> Lucene:
    kinds = {"match_phrase": "phrase", "match_phrase_prefix": "phrase_prefix", "match_bool_prefix": "bool_prefix"}
    return text.match_on(shard, query.field, query.query, query.how, kinds.get(type(query).name, "match"))


def _multi_match(query: Any, shard: ShardSearch) -> Lucene:
    fields, how = query.resolved(shard)
    return text.multi_on(shard, query.query, fields, how, query.type, query.tie_breaker)


def _query_string(query: Any, shard: ShardSearch) -> Lucene:
    from esmock.search.lucene.query_string import describe_query_string

    return describe_query_string(query, shard)


def _simple_query_string(query: Any, shard: ShardSearch) -> Lucene:
    from esmock.search.lucene.query_string import describe_simple

    return describe_simple(query, shard)


def _wrapper(query: Any, shard: ShardSearch) -> Lucene:
    return describe(query.inner, shard)


_MADE: Mapping[str, Callable[[Any, Any], Lucene]] = MappingProxyType(
    {
        "match_all": _all,
        "match_none": _none,
        "bool": _bool,
        "ranked": ranked.ranked,
        "exact_knn": vectors.exact_knn,
        "knn": vectors.knn,
        "knn_score_doc": vectors.nearest,
        "constant_score": _constant_score,
        "dis_max": _dis_max,
        "nested": _nested,
        "term": _term,
        "terms": _terms,
        "range": _range,
        "exists": _exists,
        "ids": _ids,
        "type": _type,
        "prefix": _pattern,
        "wildcard": _pattern,
        "regexp": _pattern,
        "fuzzy": _fuzzy,
        "match": _match,
        "match_phrase": _match,
        "match_phrase_prefix": _match,
        "match_bool_prefix": _match,
        "combined_fields": combined.combined,
        "multi_match": _multi_match,
        "query_string": _query_string,
        "simple_query_string": _simple_query_string,
        "wrapper": _wrapper,
        "span_term": span,
        "span_near": span,
        "span_or": span,
        "span_first": span,
        "span_not": span,
        "span_multi": span,
        "span_containing": span,
        "span_within": span,
        "field_masking_span": span,
        "span_field_masking": span,
        "function_score": scored.function_score,
        "boosting": scored.boosting,
        "script": scored.script,
        "script_score": scored.script_score,
        "rank_feature": features.rank_feature,
        "distance_feature": features.distance_feature,
        "terms_set": covering.terms_set,
        "more_like_this": covering.more_like_this,
        "intervals": covering.intervals,
        "geo_bounding_box": geo.box,
        "geo_distance": geo.distance,
        "geo_polygon": geo.polygon,
        "geo_shape": geo.shape,
        "has_child": families.has_child,
        "has_parent": families.has_parent,
        "parent_id": families.parent_id,
        "percolate": percolation.percolate,
        "common": covering.common,
    }
)
