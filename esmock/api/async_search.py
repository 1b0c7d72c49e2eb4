"""Searches that are asked for now and fetched later. Docs: async-search.

Source: the documentation and the published specification.
Differs: a search has ended when its request is answered; one that is not waited for (``wait_for_completion_timeout=0``) is shown as
running once, in the answer that names its id.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from esmock.api import search_validation
from esmock.api.declare import Endpoints, since
from esmock.api.params import Param, boolean, integer, string, time_text
from esmock.api.request import Request, Response
from esmock.api.search import answer, run_call
from esmock.api.search_body import SearchCall, parse_search
from esmock.api.search_params import SEARCH_PARAMS
from esmock.errors import ActionRequestValidation, IllegalArgument, ResourceNotFound
from esmock.state.async_searches import AsyncSearch, AsyncSearches, async_searches
from esmock.xcontent.units import parse_time_ms

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_LEAST_KEEP_ALIVE_MS = 1000
_UUID = 22


def _submit_params() -> dict[str, Param]:
    left_out = ("scroll", "pre_filter_shard_size", "min_compatible_shard_node", "include_named_queries_score", "force_synthetic_source")
    params = {name: param for name, param in SEARCH_PARAMS.items() if name not in left_out}
    params["batched_reduce_size"] = integer(5)
    params["ccs_minimize_roundtrips"] = boolean(False)
    return {
        "wait_for_completion_timeout": time_text("1s"),
        "keep_alive": time_text("5d"),
        "keep_on_completion": boolean(False),
        **params,
    }


@endpoint(
    "async_search.submit",
    "POST /_async_search",
    "POST /{index}/_async_search",
    params=_submit_params(),
    docs="async-search",
    body=lambda request: _parse_submit(request),
    check=lambda request: _check(request),
    action="indices:data/read/async_search/submit",
)
def submit(cluster: Cluster, request: Request) -> Response:
    """Run a search; keep its answer where it is not waited for or is to be kept."""
    call: SearchCall = request.parsed
    keep_alive_ms = parse_time_ms(request.param("keep_alive"), "keep_alive")
    started = cluster.clock.now_ms()
    result = run_call(cluster, request, call)
    body = answer(cluster, request, call, result)
    kept = AsyncSearch(started, started + keep_alive_ms, cluster.clock.now_ms(), body, cluster.sender)
    waits = parse_time_ms(request.param("wait_for_completion_timeout"), "wait_for_completion_timeout") > 0
    if waits and not request.param("keep_on_completion"):
        return Response(200, _shown(cluster, kept, None))
    found = async_searches(cluster)
    search_id = new_async_id(cluster)
    found.kept[search_id] = kept
    if waits:
        return Response(200, _shown(cluster, kept, search_id))
    return Response(200, _running(cluster, kept, search_id, call, result.n_shards))


def _parse_submit(request: Request) -> SearchCall:
    # The declared parameters of a search that this endpoint lacks are read as absent.
    request.params.setdefault("scroll", None)
    request.params.setdefault("pre_filter_shard_size", None)
    return parse_search(request)


def _check(request: Request) -> None:
    call: SearchCall = request.parsed
    problems = list(search_validation.problems(call, request))
    if call.request.suggest is not None and call.request.query is None and not call.request.aggs:
        problems.append("suggest-only queries are not supported")
    if parse_time_ms(request.param("keep_alive"), "keep_alive") < _LEAST_KEEP_ALIVE_MS:
        problems.append(f"[keep_alive] must be greater or equals than 1 second, got:{request.param('keep_alive')}")
    if problems:
        raise ActionRequestValidation(*problems)


def new_async_id(cluster: Cluster) -> str:
    """An id as Elasticsearch builds it: the stored document and the task, each with its length."""
    from esmock.state.tasks import tasks

    doc_id = cluster.new_uuid()
    task = f"{cluster.node_id}:{tasks(cluster).next_id()}"
    raw = b"".join(bytes([len(one)]) + one.encode() for one in (doc_id, task))
    return base64.urlsafe_b64encode(raw).decode()


def _head(kept: AsyncSearch, search_id: str | None, *, running: bool) -> dict[str, Json]:
    out: dict[str, Json] = {} if search_id is None else {"id": search_id}
    out |= {
        "is_partial": running,
        "is_running": running,
        "start_time_in_millis": kept.started_ms,
        "expiration_time_in_millis": kept.expires_ms,
    }
    return out


def _shown(cluster: Cluster, kept: AsyncSearch, search_id: str | None) -> dict[str, Json]:
    out = _head(kept, search_id, running=False)
    if cluster.behaviour.async_completion_time:
        out["completion_time_in_millis"] = kept.ended_ms
    out["response"] = kept.response
    return out


def _running(cluster: Cluster, kept: AsyncSearch, search_id: str, call: SearchCall, n_shards: int) -> dict[str, Json]:
    out = _head(kept, search_id, running=True)
    total: Json = 0 if call.total_as_int else {"value": 0, "relation": "gte"}
    out["response"] = {
        "took": 0,
        "timed_out": False,
        "num_reduce_phases": 0,
        "_shards": {"total": n_shards, "successful": 0, "skipped": 0, "failed": 0},
        "hits": {"total": total, "max_score": None, "hits": []},
    }
    return out


def kept_answer(cluster: Cluster, request: Request, answers: AsyncSearches) -> tuple[str, AsyncSearch]:
    """The answer that the request's id names; it is kept for as long as the request says. Raises ResourceNotFound, IllegalArgument."""
    search_id = request.part("id")
    found = answers.kept.get(search_id)
    if found is None or found.owner != cluster.sender:
        if not is_async_id(search_id):
            raise IllegalArgument(f"invalid id: [{search_id}]")
        raise ResourceNotFound(search_id)
    keep_alive = request.params.get("keep_alive")
    if keep_alive is not None:
        found.expires_ms = cluster.clock.now_ms() + parse_time_ms(keep_alive, "keep_alive")
    return search_id, found


def is_async_id(text: str) -> bool:
    """Whether a text could be an id that ``new_async_id`` made."""
    try:
        raw = base64.urlsafe_b64decode(text)
    except ValueError:
        return False
    return len(raw) > _UUID + 2 and raw[0] == _UUID and raw[_UUID + 1] == len(raw) - _UUID - 2


@endpoint(
    "async_search.get",
    "GET /_async_search/{id}",
    params={
        "keep_alive": time_text(),
        "typed_keys": string(response=True),
        "wait_for_completion_timeout": time_text(),
        "rest_total_hits_as_int": boolean(False, response=True),
        "return_intermediate_results": boolean(True, since=(9, 0)),
    },
    docs="async-search",
    action="indices:data/read/async_search/get",
)
def get(cluster: Cluster, request: Request) -> Response:
    """The answer of a kept search."""
    search_id, kept = kept_answer(cluster, request, async_searches(cluster))
    return Response(200, _shown(cluster, kept, search_id))


@endpoint(
    "async_search.status",
    since((7, 11), "GET /_async_search/status/{id}"),
    params={"keep_alive": time_text(since=(8, 8))},
    docs="async-search",
    since=(7, 11),
    action="cluster:monitor/async_search/status",
)
def status(cluster: Cluster, request: Request) -> Response:
    """How far a kept search has come."""
    search_id, kept = kept_answer(cluster, request, async_searches(cluster))
    out: dict[str, Json] = {"id": search_id, "is_running": False, "is_partial": False}
    out |= {"start_time_in_millis": kept.started_ms, "expiration_time_in_millis": kept.expires_ms}
    if cluster.behaviour.async_completion_time:
        out["completion_time_in_millis"] = kept.ended_ms
    return Response(200, {**out, "_shards": kept.response["_shards"], "completion_status": 200})


@endpoint(
    "async_search.delete",
    "DELETE /_async_search/{id}",
    docs="async-search",
    action="indices:data/read/async_search/delete",
)
def delete(cluster: Cluster, request: Request) -> Response:
    """Forget a kept search."""
    search_id, _ = kept_answer(cluster, request, async_searches(cluster))
    del async_searches(cluster).kept[search_id]
    return Response(200, {"acknowledged": True})
