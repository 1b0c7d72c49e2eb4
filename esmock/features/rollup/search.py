"""Rollup search: live and rolled-up data in one answer. Docs: rollup-search."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from esmock.errors import IllegalArgument
from esmock.features.rollup.caps import is_rollup_index, job_configs
from esmock.features.rollup.query import rewrite
from esmock.features.rollup.select import best_jobs, without_pipelines
from esmock.features.rollup.translate import conditions, translate
from esmock.features.rollup.wording import wrapped
from esmock.state.resolve import OPEN, IndicesOptions, resolve

if TYPE_CHECKING:
    from esmock.search.aggs.internal import Results
    from esmock.search.request import SearchRequest
    from esmock.search.result import SearchResult
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.version import Behaviour

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
        request: the same, parsed, for live indices.
        size: of URL or body; None when neither says it.
    """

    names: list[str]
    body: dict[str, Json]
    request: SearchRequest
    size: int | None
    options: IndicesOptions = OPEN

    def run(self, cluster: Cluster, *, typed_keys: bool = False) -> RollupAnswer | SearchResult:
        """The answer; that of an ordinary search where no index holds rollups.

        Raises:
            IllegalArgument: what rollup search cannot do; and what resolution and search raise.
        """
        from esmock.search.service import run

        indices = resolve(cluster, self.names, self.options)
        if not indices:
            raise IllegalArgument("Must specify at least one concrete index.")
        rollups = [index for index in indices if is_rollup_index(index)]
        live = [index.name for index in indices if index not in rollups]
        if len(rollups) > 1:
            found = ", ".join(sorted(index.name for index in rollups))
            raise IllegalArgument(
                "RollupSearch currently only supports searching one rollup index at a time. Found the following "
                f"rollup indices: [{found}]"
            )
        if not rollups:
            with wrapped(cluster.behaviour.rollup):
                return run(cluster, live, self.request, typed_keys=typed_keys)
        self._check()
        return self._rolled(cluster, live, rollups[0], typed_keys=typed_keys)

    def _check(self) -> None:
        if self.size != 0:
            raise IllegalArgument("Rollup does not support returning search hits, please try again with [size: 0].")
        for key, reason in _REFUSED:
            if self.body.get(key):
                raise IllegalArgument(reason)

    def _rolled(self, cluster: Cluster, live: list[str], rollup: Index, *, typed_keys: bool) -> RollupAnswer:
        from esmock.search.service import run, search

        aggs = without_pipelines(self.body.get("aggs", self.body.get("aggregations")) or {}, cluster.behaviour)
        bodies: list[Json] = [{**self.body, "size": 0}]  # ES: without aggregations it is asked as it is
        if aggs:
            configs = list((job_configs(rollup) or {}).values())
            traits = cluster.behaviour.rollup
            chosen = best_jobs(aggs, configs, traits)
            rolled = {
                f"filter_{name}": {"filter": {"bool": {"must": conditions(body, traits)}}, "aggs": translate({name: body}, traits)}
                for name, body in aggs.items()
            }
            query = rewrite(self.body.get("query"), chosen)
            bodies = [{"size": 0, "query": _of_job(query, job), "aggs": rolled} for job in chosen]
        answer = RollupAnswer(typed_keys)
        with wrapped(cluster.behaviour.rollup):
            if live:
                answer.add_live(run(cluster, live, self.request))
            for body in bodies:
                answer.add_rolled(search(cluster, [rollup.name], body))
        if aggs:
            answer.combine(cluster)
        return answer


def _of_job(query: dict[str, Json], job: dict[str, Json]) -> dict[str, Json]:
    filters = [{"term": {"_rollup.id": job["id"]}}, {"terms": {"_rollup.version": _VERSIONS}}]
    return {"bool": {"must": [query], "filter": filters}}


@dataclass(slots=True)
class RollupAnswer:
    """One answer out of those of several searches.

    Attributes:
        took_ms: of all searches of rollup documents together, or that of the live search if it took longer.
        phases: how many searches there were.
    """

    typed_keys: bool = False
    live: SearchResult | None = None
    rolled: list[SearchResult] = field(default_factory=list)
    took_ms: int = 0
    phases: int = 0
    shards: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("total", "successful", "skipped", "failed"), 0))
    results: Results | None = None

    def add_live(self, result: SearchResult) -> None:
        """The search of the live indices."""
        self.live = result
        self._count(result)

    def add_rolled(self, result: SearchResult) -> None:
        """The search for the documents of one job."""
        self.rolled.append(result)
        self._count(result)

    def _count(self, result: SearchResult) -> None:
        self.phases += 1
        self.shards["total"] += result.n_shards
        self.shards["successful"] += result.successful
        self.shards["skipped"] += result.skipped
        took_ms = sum(one.took_ms for one in self.rolled)
        self.took_ms = max(took_ms, self.live.took_ms) if self.live is not None else took_ms

    def combine(self, cluster: Cluster) -> None:
        """Join the aggregations, job by job, then with those of the live indices. Raises as ``unroll`` does."""
        from esmock.features.rollup.unroll import unroll
        from esmock.search.aggs.internal import ReduceContext, SingleBucket, reduce_results

        context = ReduceContext(
            cluster.behaviour,
            int(cluster.setting("search.max_buckets", "65535")),
            keeps_formats=not cluster.behaviour.rollup.buckets_printed_alike,
        )
        live = (self.live.results if self.live is not None else None) or {}
        joined: Results = {}
        for one in self.rolled:
            unrolled: Results = {}
            for filtered in (one.results or {}).values():
                unrolled.update(unroll(cast(SingleBucket, filtered).results, live, joined))
            joined = reduce_results([joined, unrolled], context)
        if live:
            joined = reduce_results([joined, live], context)
        self.results = joined

    def body(self, behaviour: Behaviour, *, total_as_int: bool) -> dict[str, Json]:
        """The response."""
        from esmock.search.aggs.internal import Rendering, results_body

        out: dict[str, Json] = {"took": self.took_ms, "timed_out": False, "terminated_early": False}
        if self.phases > 1:
            out["num_reduce_phases"] = self.phases
        total: Json = 0 if total_as_int else {"value": 0, "relation": "eq"}
        out["_shards"] = self.shards
        out["hits"] = {"total": total, "max_score": 0.0, "hits": []}
        if self.results is not None:
            out["aggregations"] = results_body(self.results, Rendering(behaviour, self.typed_keys))
        return out
