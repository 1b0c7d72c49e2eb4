"""The rollup APIs. Docs: rollup-apis."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints, until
from esmock.api.params import INDICES_OPTIONS, boolean, time_text
from esmock.api.request import Request, Response
from esmock.api.search_params import SEARCH_PARAMS
from esmock.errors import Timeout
from esmock.xcontent.units import parse_time_ms

if TYPE_CHECKING:
    from esmock.features.rollup.job import RollupJob
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_POLL_SECONDS = 0.005


def _old(method: str, path: str, new: str) -> list[Any]:
    """The path of 6.x, with the warning that 7.x adds."""
    return until(8, f"{method} {path}", warning=f"[{method} {path}] is deprecated! Use [{method} {new}] instead.")


def _as_played(request: Request) -> None:
    """Path hook: let an older rollup read the request; where it does not yet announce that the old paths go, nothing else has warned."""
    if not request.behaviour.rollup.old_paths_deprecated:
        request.warnings.clear()
    request.behaviour = request.behaviour.of_rollup_bodies


def _config(request: Request) -> Any:
    from esmock.features.rollup.parse import parse_job

    return parse_job(request.required_json(), request.part("id"), request.behaviour)


def _warn_removal(request: Request) -> None:
    if request.behaviour.rollup.removal_warned:
        from esmock.features.rollup.put import REMOVAL_WARNING

        request.warn(REMOVAL_WARNING)


@endpoint(
    "rollup.put_job",
    "PUT /_rollup/job/{id}",
    _old("PUT", "/_xpack/rollup/job/{id}", "/_rollup/job/{id}"),
    docs="rollup-put-job",
    path=_as_played,
    body=_config,
    action="cluster:admin/xpack/rollup/put",
)
def put_job(cluster: Cluster, request: Request) -> Response:
    """Create a job and its index."""
    from esmock.features.rollup.put import put_job as put
    from esmock.features.rollup.rights import Rights
    from esmock.features.rollup.wording import worded

    _warn_removal(request)
    with worded(cluster.behaviour.rollup):
        put(cluster, request.parsed, request.warn, Rights(request.authentication))
    return Response(200, {"acknowledged": True})


@endpoint(
    "rollup.get_jobs",
    "GET /_rollup/job/{id}",
    _old("GET", "/_xpack/rollup/job/{id}/", "/_rollup/job/{id}"),
    docs="rollup-get-job",
    path=_as_played,
    action="cluster:monitor/xpack/rollup/get",
)
def get_jobs(cluster: Cluster, request: Request) -> Response:
    """Configuration, state and statistics of one job or of all."""
    from esmock.features.rollup.jobs import rollup_jobs

    traits = cluster.behaviour.rollup
    jobs = [
        {
            "config": job.config.body(),
            "status": job.status_body(upgraded_doc_id=traits.doc_ids_told),
            "stats": job.stats.body(traits),
        }
        for job in rollup_jobs(cluster).chosen(request.part("id"))
    ]
    return Response(200, {"jobs": jobs})


@endpoint(
    "rollup.start_job",
    "POST /_rollup/job/{id}/_start",
    _old("POST", "/_xpack/rollup/job/{id}/_start", "/_rollup/job/{id}/_start"),
    docs="rollup-start-job",
    path=_as_played,
    action="cluster:admin/xpack/rollup/start",
)
def start_job(cluster: Cluster, request: Request) -> Response:
    """Let a stopped job run with its cron."""
    from esmock.features.rollup.jobs import rollup_jobs

    _warn_removal(request)
    rollup_jobs(cluster).start(request.part("id"))
    return Response(200, {"started": True})


@endpoint(
    "rollup.stop_job",
    "POST /_rollup/job/{id}/_stop",
    _old("POST", "/_xpack/rollup/job/{id}/_stop", "/_rollup/job/{id}/_stop"),
    params={"timeout": time_text("30s"), "wait_for_completion": boolean(False)},
    docs="rollup-stop-job",
    path=_as_played,
    action="cluster:admin/xpack/rollup/stop",
)
def stop_job(cluster: Cluster, request: Request) -> Response | Awaitable[Response]:
    """Ask a job to stop; with ``wait_for_completion`` answer when it has, or with a timeout while it goes on stopping."""
    from esmock.features.rollup.jobs import is_stopped, rollup_jobs

    job = rollup_jobs(cluster).stop(request.part("id"))
    if not request.param("wait_for_completion") or is_stopped(job):
        return Response(200, {"stopped": True})
    return _wait_for_stop(cluster, job, request.param("timeout"))


async def _wait_for_stop(cluster: Cluster, job: RollupJob, timeout: str) -> Response:
    """Poll until the job has stopped or the timeout is used up, on the clock; on a frozen one real time counts too."""
    from esmock.features.rollup.jobs import is_stopped

    timeout_ms = parse_time_ms(timeout, "timeout")
    deadline_ms = cluster.clock.now_ms() + timeout_ms
    real_deadline = time.monotonic() + timeout_ms / 1000
    while not is_stopped(job):
        is_late = cluster.clock.now_ms() >= deadline_ms or (
            cluster.clock.is_frozen and time.monotonic() >= real_deadline
        )
        if is_late:
            shown = "0ms" if timeout == "0" else timeout
            raise Timeout(
                f"Timed out after [{shown}] while waiting for rollup job [{job.config.id}] to stop. "
                f"State was [{job.state.upper()}]",
                told=cluster.behaviour.timeouts_are_told,
            )
        await asyncio.sleep(_POLL_SECONDS)
        cluster.clock.run_due()
    return Response(200, {"stopped": True})


@endpoint(
    "rollup.delete_job",
    "DELETE /_rollup/job/{id}",
    _old("DELETE", "/_xpack/rollup/job/{id}", "/_rollup/job/{id}"),
    docs="rollup-delete-job",
    path=_as_played,
    action="cluster:admin/xpack/rollup/delete",
)
def delete_job(cluster: Cluster, request: Request) -> Response:
    """Remove a stopped job; its index stays."""
    from esmock.features.rollup.jobs import rollup_jobs

    jobs = rollup_jobs(cluster)
    if request.part("id") in jobs.unallocated:
        return Response(200, {"acknowledged": False})
    job = jobs.jobs.get(request.part("id"))
    refused = jobs.delete(request.part("id"))
    if refused is None or job is None:
        return Response(200, {"acknowledged": True})
    failure = {
        "task_id": job.allocation_id,
        "node_id": cluster.node_id,
        "status": "INTERNAL_SERVER_ERROR",
        "reason": refused.cause_body(),
    }
    return Response(500, {"task_failures": [failure], "acknowledged": False})


@endpoint(
    "rollup.get_rollup_caps",
    "GET /_rollup/data/{id}",
    _old("GET", "/_xpack/rollup/data/{id}/", "/_rollup/data/{id}"),
    docs="rollup-get-rollup-caps",
    path=_as_played,
    action="cluster:monitor/xpack/rollup/get/caps",
)
def get_rollup_caps(cluster: Cluster, request: Request) -> Response:
    """What the jobs of an index pattern can answer."""
    from esmock.features.rollup.caps import by_pattern

    return Response(200, by_pattern(cluster, request.part("id")))


@endpoint(
    "rollup.get_rollup_index_caps",
    "GET /{index}/_rollup/data",
    _old("GET", "/{index}/_xpack/rollup/data", "/{index}/_rollup/data"),
    params=INDICES_OPTIONS,
    docs="rollup-get-rollup-index-caps",
    path=_as_played,
    action="indices:data/read/xpack/rollup/get/index/caps",
)
def get_rollup_index_caps(cluster: Cluster, request: Request) -> Response:
    """What the jobs that write to an index can answer."""
    from esmock.features.rollup.caps import by_index
    from esmock.features.rollup.wording import worded
    from esmock.state.resolve import OPEN

    with worded(cluster.behaviour.rollup):
        return Response(200, by_index(cluster, request.part_list("index"), request.indices_options(OPEN)))


def _search_body(request: Request) -> Any:
    from esmock.api.search_body import parse_search

    return parse_search(request)


def _check_search(request: Request) -> None:
    from esmock.api.search_validation import check_parsed

    check_parsed(request)


@endpoint(
    "rollup.rollup_search",
    "GET,POST /{index}/_rollup_search",
    "GET,POST /_rollup_search",
    params=SEARCH_PARAMS,
    docs="rollup-search",
    path=_as_played,
    body=_search_body,
    check=_check_search,
    action="indices:data/read/xpack/rollup/search",
)
def rollup_search(cluster: Cluster, request: Request) -> Response:
    """Search live and rolled-up data as one."""
    from esmock.features.rollup.search import RollupAnswer, RollupSearch
    from esmock.features.rollup.wording import worded
    from esmock.shape import search as shape

    _warn_removal(request)
    call = request.parsed
    body = dict(call.body or {})
    size = request.param("size") if request.has_param("size") else body.get("size")
    with worded(cluster.behaviour.rollup):
        answer = RollupSearch(call.names, body, call.request, size, call.options).run(cluster, typed_keys=call.typed_keys)
    if isinstance(answer, RollupAnswer):
        return Response(200, answer.body(cluster.behaviour, total_as_int=call.total_as_int))
    return Response(200, shape.body(answer, cluster.behaviour, typed=request.typed, total_as_int=call.total_as_int))
