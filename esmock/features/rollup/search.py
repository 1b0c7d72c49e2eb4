"""Rollup search: live and rolled-up data in one answer. Docs: rollup-search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, RuntimeError_
from esmock.features.rollup.caps import is_rollup_index, job_configs
from esmock.features.rollup.finish import fill_gaps, with_types
from esmock.features.rollup.query import rewrite
from esmock.features.rollup.select import best_jobs, is_pipeline, split
from esmock.features.rollup.translate import merge, translate, unroll
from esmock.state.resolve import OPEN, IndicesOptions, resolve

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

Json = Any
_REFUSED = (
    ("post_filter", "Rollup search does not support post filtering."),
    ("suggest", "Rollup search does not support suggestors."),
    ("highlight", "Rollup search does not support highlighting."),
    ("profile", "Rollup search does not support profiling at the moment."),
    ("explain", "Rollup search does not support explaining."),
)
_VERSIONS = [1, 2]


@dataclass(slots=True)
class RollupSearch:
    """A rollup search request.

    Args:
        names: the index expression.
        body: the search body as a plain tree, checked by the search parser.
        size: of URL or body; None when neither says it.
    """

    names: list[str]
    body: dict[str, Json]
    size: int | None
    options: IndicesOptions = OPEN
    typed_keys: bool = False

    def run(self, cluster: Cluster) -> SearchAnswer:
        """Raises IllegalArgument for what rollup search cannot do, and what resolution and search raise."""
        indices = resolve(cluster, self.names, self.options)
        if not indices:
            raise IllegalArgument("Must specify at least one concrete index.")
        rollups = [index for index in indices if is_rollup_index(index)]
        live = [index for index in indices if index not in rollups]
        if len(rollups) > 1:
            found = ", ".join(sorted(index.name for index in rollups))
            raise IllegalArgument(
                "RollupSearch currently only supports searching one rollup index at a time. Found the following "
                f"rollup indices: [{found}]"
            )
        if not rollups:
            return SearchAnswer(live=[index.name for index in live])
        self._check()
        return self._rolled(cluster, live, rollups[0])

    def _check(self) -> None:
        if self.size != 0:
            raise IllegalArgument("Rollup does not support returning search hits, please try again with [size: 0].")
        for key, reason in _REFUSED:
            if self.body.get(key):
                raise IllegalArgument(reason)

    def _rolled(self, cluster: Cluster, live: list[Index], rollup: Index) -> SearchAnswer:
        from esmock.search.service import search

        given = self.body.get("aggs", self.body.get("aggregations")) or {}
        aggs = {name: body for name, body in given.items() if not is_pipeline(body)}
        answer = SearchAnswer(aggregations={})
        if not aggs:
            answer.aggregations = None
            result = search(cluster, [rollup.name], {"size": 0, "query": self.body.get("query") or {"match_all": {}}})
            answer.add(result)
            return answer
        configs = list((job_configs(rollup) or {}).values())
        chosen: list[dict[str, Json]] = []
        for name, body in aggs.items():
            chosen += [job for job in best_jobs(name, body, configs) if job not in chosen]
        query = rewrite(self.body.get("query"), chosen)
        if live:
            body = {"size": 0, "aggs": aggs}
            if self.body.get("query"):
                body["query"] = self.body["query"]
            result = search(cluster, [index.name for index in live], body)
            answer.add(result)
            answer.aggregations = {
                name: _with_meta_key(name, aggs[name], result.aggregations[name]) for name in aggs
            }
        rolled_aggs: dict[str, Json] = {}
        for name, body in aggs.items():
            rolled_aggs.update(translate(name, body))
        for job in chosen:
            result = search(cluster, [rollup.name], {"size": 0, "query": _of_job(query, job), "aggs": rolled_aggs})
            answer.add(result)
            for name, body in aggs.items():
                _refuse_unmapped(rollup, name, body)
                unrolled = unroll(name, body, result.aggregations)
                known = (answer.aggregations or {}).get(name)
                kind = split(name, body)[0]
                assert answer.aggregations is not None
                answer.aggregations[name] = unrolled if known is None else merge(kind, known, unrolled)
        assert answer.aggregations is not None
        if len(chosen) + bool(live) > 1:
            for name, body in aggs.items():
                fill_gaps(name, body, answer.aggregations[name])
        if self.typed_keys:
            answer.aggregations = with_types(aggs, answer.aggregations)
        return answer


def _of_job(query: dict[str, Json], job: dict[str, Json]) -> dict[str, Json]:
    filters = [{"term": {"_rollup.id": job["id"]}}, {"terms": {"_rollup.version": _VERSIONS}}]
    return {"bool": {"must": [query], "filter": filters}}


def _refuse_unmapped(rollup: Index, name: str, body: dict[str, Json]) -> None:
    kind, parameters, _ = split(name, body)
    if kind == "terms" and rollup.mapping.field(f"{parameters['field']}.terms.value") is None:
        raise RuntimeError_(
            f"Unable to unroll aggregation tree.  Aggregation [{name}] is of type [UnmappedTerms] which is currently "
            "unsupported."
        )


def _with_meta_key(name: str, body: dict[str, Json], result: dict[str, Json]) -> dict[str, Json]:
    return {"meta": {}, **result} if split(name, body)[0] in ("date_histogram", "histogram") else result


class SearchAnswer:
    """The sums over all sub-searches; ``live`` names the indices of a search that is no rollup search at all."""

    def __init__(self, aggregations: dict[str, Json] | None = None, live: list[str] | None = None) -> None:
        self.aggregations = aggregations
        self.live = live
        self.took_ms = 0
        self.phases = 0
        self.shards = {"total": 0, "successful": 0, "skipped": 0, "failed": 0}

    def add(self, result: Any) -> None:
        """Count one sub-search."""
        self.took_ms += result.took_ms
        self.phases += 1
        self.shards["total"] += result.n_shards
        self.shards["successful"] += result.successful
        self.shards["skipped"] += result.skipped

    def body(self, *, total_as_int: bool) -> dict[str, Json]:
        """The response."""
        out: dict[str, Json] = {"took": self.took_ms, "timed_out": False, "terminated_early": False}
        if self.phases > 1:
            out["num_reduce_phases"] = self.phases
        total: Json = 0 if total_as_int else {"value": 0, "relation": "eq"}
        out["_shards"] = self.shards
        out["hits"] = {"total": total, "max_score": 0.0, "hits": []}
        if self.aggregations is not None:
            out["aggregations"] = self.aggregations
        return out
