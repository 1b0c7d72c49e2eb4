"""What a profiled search tells of its shards. Docs: search-profile.

Source: recordings of 7.10.2 and 8.19.21 (names, keys and their order).
Differs: nothing is timed. Calls are counted as far as they follow from the matches, and every call counts as a microsecond.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.search.fetch import source_wanted
from esmock.search.lucene.describe import describe, nested_objects, top
from esmock.search.lucene.node import Constant, Leaf, Lucene, without_scores
from esmock.search.lucene.rewriting import unscored
from esmock.search.query.compound import MatchAll
from esmock.search.request import TRACK_ALL
from esmock.search.sort_values import lucene_docs
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.search.request import SearchRequest
    from esmock.search.rescore import Rescore
    from esmock.search.result import SearchResult, ShardResult
    from esmock.search.shard_target import Environment

Json = Any
CALL_NS = 1000

_QUERY_7 = (
    "set_min_competitive_score_count match_count shallow_advance_count set_min_competitive_score next_doc match next_doc_count"
    " score_count compute_max_score_count compute_max_score advance advance_count score build_scorer_count create_weight"
    " shallow_advance create_weight_count build_scorer"
).split()
_QUERY_8 = (
    "set_min_competitive_score_count match_count shallow_advance_count set_min_competitive_score next_doc match next_doc_count"
    " score_count compute_max_score_count compute_max_score advance advance_count count_weight_count score build_scorer_count"
    " create_weight shallow_advance count_weight create_weight_count build_scorer"
).split()
_AGGREGATION_7 = (
    "reduce post_collection_count build_leaf_collector build_aggregation build_aggregation_count build_leaf_collector_count"
    " post_collection initialize initialize_count reduce_count collect collect_count"
).split()
_AGGREGATION_8 = (
    "reduce build_aggregation_count post_collection reduce_count initialize_count collect_count post_collection_count"
    " build_leaf_collector build_aggregation build_leaf_collector_count initialize collect"
).split()
"""Keys in the order in which hash maps give them."""


def profile(request: SearchRequest, result: SearchResult, environment: Environment) -> dict[str, Json]:
    """The value of ``profile``: one entry per shard, by its name."""
    late = environment.behaviour.major >= 8
    fetched = {id(one) for one in result.fetched}
    # ES: one shard alone is not asked for its statistics
    has_dfs = bool(request.nearest) or (late and request.uses_dfs and len(result.targets) > 1)
    shards = [
        _shard(request, one, late=late, has_dfs=has_dfs, fetched=id(one.target) in fetched) for one in result.shards
    ]
    return {"shards": sorted(shards, key=lambda one: str(one["id"]))}


def _shard(request: SearchRequest, one: ShardResult, *, late: bool, has_dfs: bool, fetched: bool) -> dict[str, Json]:
    target = one.target
    out: dict[str, Json] = {"id": f"[{target.node}][{target.index}][{target.number}]"}
    if late:
        out |= {"node_id": target.node, "shard_id": target.number, "index": target.index, "cluster": "(local)"}
    if has_dfs:
        from esmock.search.profile_dfs import profile_dfs

        out["dfs"] = profile_dfs(request, one)
    queries = _queries(request, one, late=late)
    searches = {"query": queries, "rewrite_time": CALL_NS, "collector": [_collector(request, one, late=late)]}
    out["searches"] = [searches]
    out["aggregations"] = _aggregations(request, one, late=late)
    if late and fetched:
        out["fetch"] = _fetch(request, one)
    return out


def timed(keys: Iterable[str], counts: Mapping[str, int]) -> dict[str, int]:
    """A breakdown: each count, and the time that its calls take."""
    return {
        key: counts.get(key[: -len("_count")], 0) if key.endswith("_count") else counts.get(key, 0) * CALL_NS for key in keys
    }


def _total(breakdown: Mapping[str, int]) -> int:
    return sum(value for key, value in breakdown.items() if not key.endswith("_count"))


def _queries(request: SearchRequest, one: ShardResult, *, late: bool) -> list[Json]:
    """The queries in the order in which they were made: for the shard, segment by segment, and for rescoring."""
    post = [] if request.post_filter is None else [without_scores(describe(request.post_filter, one.search).rewritten())]
    query = top(request.query or MatchAll(), one.search).rewritten()
    if not one.is_scored and not _differ_in_scores(request) and query.kind != "MatchNoDocsQuery":
        # Lucene 9: where no scores are wanted, the query itself is another
        query = Constant(unscored(query), late=True).rewritten() if late else without_scores(query)
    made = [*(one.before for one in _leaves(query) if one.before is not None), *post, query]
    sorted_by = _of_sort(request, one)
    leaves = one.target.reader.leaves
    for number, leaf in enumerate(leaves[: one.n_leaves + 1]):
        # ES: the filter is also asked for the segment before which the search ends
        made.extend(root for each in post for root in each.roots(leaf.segment, one.search))
        if number < one.n_leaves:
            made.extend(sorted_by)
            made.extend(query.roots(leaf.segment, one.search))
    for step in request.rescore:
        made.extend(_rescoring(step, one))
    segments = len(leaves)
    return [profiled(each, one.total, segments, late=late) for each in made]


def _leaves(query: Lucene) -> Iterator[Leaf]:
    if isinstance(query, Leaf):
        yield query
    for part in query.parts():
        yield from _leaves(part)


def _differ_in_scores(request: SearchRequest) -> bool:
    """Lucene 8: collectors that stand together and want different things of scores have them all computed."""
    shows = request.page_size > 0 and bool(request.sort) and request.track_total_hits != TRACK_ALL
    collects = request.collapse is None and bool(request.terminate_after or request.aggs)
    return request.behaviour.major < 8 and shows and collects


def _of_sort(request: SearchRequest, one: ShardResult) -> list[Lucene]:
    """The nested objects by whose values is sorted: they are looked for in each segment."""
    nested = [each for each in request.sort or () if each.nested_path is not None]
    return [
        nested_objects(str(each.nested_path), one.search)
        if each.nested_filter is None
        else describe(each.nested_filter, replace(one.search, scope=each.nested_path)).rewritten()
        for each in nested
    ]


def _rescoring(step: Rescore, one: ShardResult) -> list[Lucene]:
    """The query of one rescoring, and what it makes in the segments in which a hit is."""
    hits = [hit for hit in one.hits if step in hit.rescored_by]
    if not hits:
        return []
    query = describe(step.query, one.search).rewritten()
    segments = {hit.leaf.base: hit.leaf.segment for hit in hits}
    return [query, *(root for base in sorted(segments) for root in query.roots(segments[base], one.search))]


def profiled(made: Lucene, total: int, segments: int, *, late: bool) -> dict[str, Json]:
    """A query with its parts.

    Args:
        total: how many documents matched.
        segments: how many were looked at.
    """
    counts = {"create_weight": 1, "build_scorer": 2 * segments, "next_doc": total + segments, "score": total}
    breakdown = timed(_QUERY_8 if late else _QUERY_7, counts)
    out: dict[str, Json] = {
        "type": made.kind,
        "description": made.text(),
        "time_in_nanos": _total(breakdown),
        "breakdown": breakdown,
    }
    children = [profiled(each, total, segments, late=late) for each in made.parts()]
    if children:
        out["children"] = children
    return out


def _collector(request: SearchRequest, one: ShardResult, *, late: bool) -> dict[str, Json]:
    """The collectors around each other, innermost the one of the hits."""
    size = 10 if request.size == -1 else request.size
    if size + max(request.from_, 0) == 0:
        found = collecting("PartialHitCountCollector" if late else "EarlyTerminatingCollector", "search_count")
    elif request.collapse is not None:
        follows_best_score = request.track_scores or not one.sort_keys  # beside the groups, with a collector of its own
        name = "MultiCollector" if follows_best_score else "SinglePassGroupingCollector"
        found = collecting(name if late else "CollapsingTopDocsCollector", "search_top_hits")
    else:
        found = collecting(_top_docs(request, one), "search_top_hits")
    names = [each.agg_name for each in request.aggs.factories.aggregations] if request.aggs else []
    if late:
        children = [found]
        if names:
            children.append(collecting(f"AggregatorCollector: [{', '.join(names)}]", "aggregation"))
        return collecting("QueryPhaseCollector", "search_query_phase", children)
    if request.terminate_after:
        found = collecting("MultiCollector", "search_terminate_after_count", [found])
    if request.post_filter is not None:
        found = collecting("FilteredCollector", "search_post_filter", [found])
    if names:
        kind = f"MultiBucketCollector: [[{', '.join(names)}]]" if len(names) > 1 else f"ProfilingAggregator: [{names[0]}]"
        found = collecting("MultiCollector", "search_multi", [found, collecting(kind, "aggregation")])
    if request.min_score is not None:
        found = collecting("MinimumScoreCollector", "search_min_score", [found])
    return found


def _top_docs(request: SearchRequest, one: ShardResult) -> str:
    paging = "Paging" if request.search_after is not None else "Simple"
    return f"{paging}FieldCollector" if one.sort_keys else f"{paging}TopScoreDocCollector"


def collecting(name: str, reason: str, children: list[Json] | None = None) -> dict[str, Json]:
    out: dict[str, Json] = {"name": name, "reason": reason, "time_in_nanos": CALL_NS * (1 + len(children or ()))}
    if children:
        out["children"] = children
    return out


_AGGREGATORS: Mapping[str, str] = MappingProxyType(
    {
        "avg": "AvgAggregator",
        "sum": "SumAggregator",
        "min": "MinAggregator",
        "max": "MaxAggregator",
        "stats": "StatsAggregator",
        "extended_stats": "ExtendedStatsAggregator",
        "value_count": "ValueCountAggregator",
        "weighted_avg": "WeightedAvgAggregator",
        "median_absolute_deviation": "MedianAbsoluteDeviationAggregator",
        "cardinality": "CardinalityAggregator",
        "histogram": "NumericHistogramAggregator",
        "date_histogram": "DateHistogramAggregator",
        "auto_date_histogram": "AutoDateHistogramAggregator.FromSingle",
        "variable_width_histogram": "VariableWidthHistogramAggregator",
        "range": "RangeAggregator",
        "date_range": "RangeAggregator",
        "geo_distance": "RangeAggregator",
        "ip_range": "BinaryRangeAggregator",
        "filter": "FilterAggregator",
        "filters": "FiltersAggregator",
        "missing": "MissingAggregator",
        "global": "GlobalAggregator",
        "nested": "NestedAggregator",
        "reverse_nested": "ReverseNestedAggregator",
        "top_hits": "TopHitsAggregator",
        "composite": "CompositeAggregator",
        "adjacency_matrix": "AdjacencyMatrixAggregator",
        "geohash_grid": "GeoHashGridAggregator",
        "geotile_grid": "GeoTileGridAggregator",
        "geo_bounds": "GeoBoundsAggregator",
        "geo_centroid": "GeoCentroidAggregator",
        "significant_text": "MapStringTermsAggregator",
        "sampler": "SamplerAggregator",
        "scripted_metric": "ScriptedMetricAggregator",
    }
)
_BY_KIND = {
    # String and number forms.
    "rare_terms": ("StringRareTermsAggregator", "LongRareTermsAggregator"),
}


def _aggregations(request: SearchRequest, one: ShardResult, *, late: bool) -> list[Json]:
    if not request.aggs:
        return []
    query = request.query
    # Lucene 9: of what is known to find nothing no ordinals are asked for
    is_void = late and query is not None and top(query, one.search).rewritten().kind == "MatchNoDocsQuery"
    return [_aggregation(each, one, one.aggregations, late=late, is_void=is_void) for each in request.aggs.factories.aggregations]


def _aggregation(
    builder: Any, one: ShardResult, results: Any, *, late: bool, n_built: int = 1, is_void: bool = False
) -> dict[str, Json]:
    """The profile of one aggregation.

    Args:
        n_built: for how many buckets of the aggregation around it results were made.
    """
    kind, debug = _aggregator(builder, one, results, is_void=is_void)
    if late:
        debug = {**(debug or {}), "built_buckets": n_built}
        debug = {key: debug[key] for key in hash_order(debug)}
    counts = {"initialize": 1, "build_leaf_collector": 1, "post_collection": 1, "build_aggregation": 1, "collect": one.total}
    breakdown = timed(_AGGREGATION_8 if late else _AGGREGATION_7, counts)
    out: dict[str, Json] = {
        "type": kind,
        "description": builder.agg_name,
        "time_in_nanos": _total(breakdown),
        "breakdown": breakdown,
    }
    if debug is not None:
        out["debug"] = debug
    found = None if results is None else results.get(builder.agg_name)
    n_buckets = len(found.buckets) if found is not None and hasattr(found, "buckets") else 1
    children = [_aggregation(each, one, None, late=late, n_built=n_buckets) for each in builder.subs.aggregations]
    if children:
        out["children"] = children
    return out


def _aggregator(builder: Any, one: ShardResult, results: Any, *, is_void: bool) -> tuple[str, dict[str, Json] | None]:
    """The class of an aggregator, and what it says of its work."""
    name = builder.name
    path = getattr(getattr(builder, "source", None), "field", None)
    found = None if path is None else one.search.field(path)
    is_text = found is not None and found.column_kind == "ordinals"
    if name in ("terms", "significant_terms"):
        return _terms(builder, one, results, found, is_void=is_void)
    if name in _BY_KIND:
        return _BY_KIND[name][not is_text], None
    if name in ("percentiles", "percentile_ranks"):
        what = "Percentiles" if name == "percentiles" else "PercentileRanks"
        return f"{'HDR' if getattr(builder, 'hdr', None) else 'TDigest'}{what}Aggregator", None
    if name == "cardinality":
        n_leaves = len(list(one.target.reader)) if one.search.behaviour.lucene_nine else 1
        return _AGGREGATORS[name], {
            "ordinals_collectors_used": int(is_text),
            "ordinals_collectors_overhead_too_high": 0,
            "string_hashing_collectors_used": 0,
            "numeric_collectors_used": n_leaves if found is not None and not is_text else 0,
            "empty_collectors_used": int(found is None),
        }
    kind = _AGGREGATORS.get(name, "".join(part.capitalize() for part in name.split("_")) + "Aggregator")
    if name in ("histogram", "date_histogram"):
        return kind, {"total_buckets": _n_buckets(builder, results)}
    if name == "auto_date_histogram":
        return kind, {"surviving_buckets": _n_buckets(builder, results)}
    return kind, None


def _n_buckets(builder: Any, results: Any) -> int:
    found = None if results is None else results.get(builder.agg_name)
    return len(getattr(found, "buckets", ()))


def _terms(builder: Any, one: ShardResult, results: Any, found: Any, *, is_void: bool) -> tuple[str, dict[str, Json] | None]:
    total = _n_buckets(builder, results)
    strategy = builder.name if builder.name == "significant_terms" else "terms"
    deferred = [each.agg_name for each in builder.subs.aggregations]
    is_breadth_first = str(getattr(builder, "collect_mode", "") or "").lower() == "breadth_first"
    head: dict[str, Json] = {"deferred_aggregators": deferred} if deferred and is_breadth_first else {}
    if found is None:
        return "NonCollectingAggregator", None
    if found.column_kind != "ordinals" and not found.is_text:
        kind = "double" if found.column_kind == "double" else "long"
        strategy = strategy if strategy != "terms" else f"{kind}_terms"
        return "NumericTermsAggregator", {**head, "total_buckets": total, "result_strategy": strategy}
    is_mapped = str(getattr(builder, "execution_hint", "") or "").lower() == "map"
    if is_mapped or is_void:
        from_field = {"collection_strategy": f"from Field [{builder.source.field}] of type [{found.name}]"}
        late = one.search.behaviour.lucene_nine
        return "MapStringTermsAggregator", {
            **head, **(from_field if late else {}), "total_buckets": total, "result_strategy": strategy,
        }  # fmt: skip
    columns = [segment.column(found.path) for segment in one.search.segments(found.path)]
    read = [column for column in columns[: one.n_leaves] if len(column.values)]
    columns = [column for column in columns if len(column.values)]
    n_terms = len({term for column in columns for term in column.dictionary or ()})
    is_low = not deferred and strategy == "terms" and n_terms <= 2048 and n_terms <= lucene_docs(one.target.reader) / 2
    late = one.search.behaviour.lucene_nine
    # ES: ordinals of the whole shard are read as several values, but where a segment has all terms, and so the same ordinals
    multi = sum((not late and not is_low and len(column.dictionary or ()) < n_terms) or not column.is_single for column in read)
    n_single = len(read) - multi
    n_without = one.n_leaves - len(read) + one.target.reader.n_bare
    if not late:
        # ES: what has no values at all does not say that it has one each
        multi += n_without
    remaps = bool(deferred) and not is_breadth_first
    remapped = "remap using single bucket ords" if late else "remap"
    debug: dict[str, Json] = {
        **head,
        "segments_with_multi_valued_ords": multi,
        "collection_strategy": remapped if remaps else "dense",
        **({"segments_without_values": n_without} if late and is_low else {}),
        "segments_with_single_valued_ords": n_single,
    }
    if remaps or late:
        debug["total_buckets"] = total if remaps else n_terms
    kind = "GlobalOrdinalsStringTermsAggregator" + (".LowCardinality" if is_low else "")
    return kind, {**debug, "result_strategy": strategy, "has_filter": False}


def _fetch(request: SearchRequest, one: ShardResult) -> dict[str, Json]:
    """The fetch phase, with one child per thing that hits carry."""
    hits = len(one.hits)
    wanted = source_wanted(request)
    has_source = wanted.fetch
    reads_source = has_source or bool(request.fields) or request.highlight is not None
    breakdown = timed(
        ("load_stored_fields", "load_source", "load_stored_fields_count", "next_reader_count", "load_source_count", "next_reader"),
        {"load_stored_fields": hits, "load_source": hits if reads_source else 0, "next_reader": 1},
    )
    has_stored = request.stored_fields != ("_none_",) or reads_source
    phases = ["FetchFieldsPhase", "StoredFieldsPhase"] if has_stored else []
    if has_source:
        phases.append("FetchSourcePhase")
    if one.search.named:
        phases.append("MatchedQueriesPhase")
    if request.explain:
        phases.append("ExplainPhase")
    if one.search.inner_hits:
        phases.append("InnerHitsPhase")
    if request.version:
        phases.append("FetchVersionPhase")
    if request.seq_no_primary_term:
        phases.append("SeqNoPrimaryTermPhase")
    if request.docvalue_fields or request.collapse is not None:
        phases.append("FetchDocValuesPhase")
    if request.highlight is not None:
        phases.append("HighlightPhase")
    each = timed(("process_count", "process", "next_reader", "next_reader_count"), {"process": hits, "next_reader": 1})
    children: list[Json] = []
    for phase in sorted(phases):
        child: dict[str, Json] = {"type": phase, "description": "", "time_in_nanos": _total(each), "breakdown": each}
        if phase == "FetchSourcePhase":
            child["debug"] = {"fast_path": 0 if wanted.includes or wanted.excludes else hits}
        children.append(child)
    return {
        "type": "fetch",
        "description": "",
        "time_in_nanos": _total(breakdown),
        "breakdown": breakdown,
        "debug": {"stored_fields": [*(["_id", "_routing"] if has_stored else []), *(["_source"] if reads_source else [])]},
        **({"children": children} if children else {}),
    }
