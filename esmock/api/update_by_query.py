"""Update by query, delete by query, reindex. Docs: docs-update-by-query, docs-delete-by-query, docs-reindex."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import ALWAYS, Endpoints, typed
from esmock.api.params import WAIT_FOR_ACTIVE_SHARDS, Param, boolean, integer, string, time_text
from esmock.api.request import Request, Response
from esmock.api.search_params import SEARCH_PARAMS
from esmock.errors import (
    ActionRequestValidation,
    ElasticsearchParse,
    IllegalArgument,
    IndexClosed,
    IndexNotFound,
    NumberFormat,
)
from esmock.xcontent.java_number import parse_double, parse_int

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from esmock.features.by_query.job import Job
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_TYPES = "[types removal] Specifying types in search requests is deprecated."


def _slices(name: str, text: str) -> int:
    if text == "auto":
        return 0
    try:
        count = parse_int(text)
    except NumberFormat as cause:
        raise IllegalArgument(
            f'[slices] must be a positive integer or the string "auto", but was [{text}]', cause=cause
        ) from None
    if count < 1:
        raise IllegalArgument(f'[slices] must be a positive integer or the string "auto", but was [{text}]')
    return count


def _rate(name: str, text: str) -> float:
    wrong = "[requests_per_second] must be a float greater than 0. Use -1 to disable throttling."
    try:
        rate = parse_double(text)
    except NumberFormat as cause:
        raise IllegalArgument(wrong, cause=cause) from None
    if rate == -1:
        return float("inf")
    if rate <= 0:
        raise IllegalArgument(wrong)
    return rate


_COMMON = {
    "slices": Param(_slices, 1),
    "requests_per_second": Param(_rate, float("inf")),
    "timeout": time_text("1m"),
    "wait_for_active_shards": WAIT_FOR_ACTIVE_SHARDS,
    "wait_for_completion": boolean(True),
    "refresh": boolean(False),
}
_BY_QUERY = {
    **SEARCH_PARAMS,
    **_COMMON,
    "scroll_size": integer(),
    "conflicts": string(),
    "max_docs": integer(),
    "search_timeout": time_text(),
}


def _by_query(kind: str) -> Any:
    def read(request: Request) -> Job:
        from esmock.features.by_query import parse
        from esmock.xcontent.value_reader import Reading

        reading = Reading(request.behaviour, request.warn)
        return _job(kind, request, parse.by_query_body(request.parser_map(), reading, has_script=kind == "update"))

    return read


def _job(kind: str, request: Request, found: dict[str, Any]) -> Job:
    from esmock.api.search import types_of
    from esmock.api.search_body import query_of_url, sort_of_url
    from esmock.features.by_query import parse
    from esmock.features.by_query.job import Job
    from esmock.state.resolve import OPEN

    body = found["search"]
    # what is wrong with the body is told before what the URL says takes its place
    search = parse.search_of(body, request.behaviour, request.warn, 1000)
    query = query_of_url(request)
    if query is not None:
        body = {**body, "query": query}
    if request.has_param("sort"):
        body = {**body, "sort": sort_of_url(request.param("sort"))}
    if body is not found["search"]:
        search = parse.search_of(body, request.behaviour, request.warn, 1000)
    search.types = types_of(request)
    size = request.param("scroll_size")
    if size is not None:  # None, too, where it cannot be read, which is told after the body is read
        search.size = size
    if search.size < 0:
        raise IllegalArgument(f"[size] parameter cannot be negative, found [{search.size}]")
    slices = request.param("slices")
    most = found.get("max_docs")
    for name in ("size", "max_docs"):
        if request.has_param(name):
            if name == "size":
                request.warn("Deprecated field [size] used, expected [max_docs] instead")
            most = _same_limit(most, parse.max_docs(request.param(name), slices))
    job = Job(
        kind,
        request.part_list("index"),
        search,
        request.indices_options(OPEN),
        routing=request.routings,
        max_docs=most,
        proceed=found.get("proceed", False),
        script=found.get("script"),
    )
    if request.has_param("conflicts"):
        job.proceed = parse.conflicts(request.param("conflicts"))
    _settle(job, request)
    job.pipeline = request.params.get("pipeline")
    problems = []
    if request.param("track_total_hits") not in (None, "true"):
        problems.append("disabling [track_total_hits] is not allowed in a scroll context")
    if search.size == 0:
        problems.append("[size] cannot be [0] in a scroll context")
    if request.param("request_cache"):
        problems.append("[request_cache] cannot be used in a scroll context")
    if (request.param("from") or body.get("from", 0)) > 0:
        problems.append("using [from] is not allowed in a scroll context")
        problems.append("from is not supported in this context")
    if body.get("stored_fields") is not None:
        problems.append("stored_fields is not supported in this context")
    problems += _slicing(job)
    if kind == "delete" and "query" not in body:
        problems.append("query is missing")
    job.problems = problems
    return job


def _slicing(job: Job) -> list[str]:
    """What is wrong where a slice of one's own meets slices of the request."""
    both = job.search.slice is not None and job.slices != 1
    return ["can't specify both manual and automatic slicing at the same time"] if both else []


def _check_job(request: Request) -> None:
    if request.parsed.problems:
        raise ActionRequestValidation(*request.parsed.problems)


def _same_limit(before: int | None, limit: int) -> int:
    """``max_docs`` of the parameter. Raises IllegalArgument where the body has another."""
    if before is not None and before != limit:
        raise IllegalArgument(f"[max_docs] set to two different values [{before}] and [{limit}]")
    return limit


def _settle(job: Job, request: Request) -> None:
    """What all three are told by parameters."""
    job.slices = request.param("slices")
    job.requests_per_second = request.param("requests_per_second")
    job.refresh = request.param("refresh")
    job.user = request.ingest_user
    job.timeout = request.raw.get("timeout") or "1m"
    job.active_shards = request.param("wait_for_active_shards")


def _answer(cluster: Cluster, request: Request) -> Response:
    """Do the job now, or leave its result with a task."""
    from esmock.features.by_query.run import run as run_job

    job: Job = request.parsed

    def check() -> None:
        if job.kind == "reindex":
            _check_target(cluster, job)

    if not request.param("wait_for_completion"):
        from esmock.features.by_query.running import begin

        return Response(200, {"task": f"{cluster.node_id}:{begin(cluster, job, check, request.warn)}"})
    started = cluster.clock.monotonic_ns()
    check()
    done = run_job(cluster, job, request.warn)
    return Response(done.worst, _body(cluster, done, started, human=request.human))


def _body(cluster: Cluster, done: Any, started: int, *, human: bool) -> dict[str, Json]:
    took = (cluster.clock.monotonic_ns() - started) // 1_000_000 + done.status.throttled_ms
    body: dict[str, Json] = {"took": took, "timed_out": False, **done.status.to_json(human=human)}
    if done.slices:
        body["slices"] = [one.to_json(human=human) for one in done.slices]
    body["failures"] = done.failures
    return body


@endpoint(
    "update_by_query",
    "POST /{index}/_update_by_query",
    typed("POST /{index}/{type}/_update_by_query", warning=_TYPES),
    params=_BY_QUERY | {"pipeline": string()},
    docs="docs-update-by-query",
    body=_by_query("update"),
    body_first=ALWAYS,
    check=_check_job,
    action="indices:data/write/update/byquery",
)
def update_by_query(cluster: Cluster, request: Request) -> Response:
    """Write again what a search finds."""
    return _answer(cluster, request)


@endpoint(
    "delete_by_query",
    "POST /{index}/_delete_by_query",
    typed("POST /{index}/{type}/_delete_by_query", warning=_TYPES),
    params=_BY_QUERY,
    docs="docs-delete-by-query",
    body=_by_query("delete"),
    body_first=ALWAYS,
    check=_check_job,
    action="indices:data/write/delete/byquery",
)
def delete_by_query(cluster: Cluster, request: Request) -> Response:
    """Delete what a search finds."""
    return _answer(cluster, request)


def _reindex_body(request: Request) -> Job:
    from esmock.features.by_query import parse
    from esmock.features.by_query.job import Destination, Job
    from esmock.search.request import SearchRequest
    from esmock.state.resolve import OPEN
    from esmock.xcontent.value_reader import Reading

    if not request.content:
        raise ElasticsearchParse("request body is required")
    tree = request.read(request.content, request.content_format or "json")
    found = parse.REINDEX.parse(tree, Reading(request.behaviour, request.warn))
    source = found.get("source") or {"names": [], "search": SearchRequest(request.behaviour, size=1000), "body": {}}
    search = source["search"]
    job = Job(
        "reindex",
        source["names"],
        search,
        OPEN,
        max_docs=found.get("max_docs"),
        proceed=found.get("conflicts", False),
        script=found.get("script"),
        destination=found.get("dest") or Destination(),
        source=search.source,
        require_alias=request.params.get("require_alias", False),
        is_sorted="sort" in source["body"],
        remote=source.get("remote"),
        sort=source["body"].get("sort"),
    )
    if job.destination.type is not None:
        request.warn(parse.TYPES_WARNING)
    _settle(job, request)
    if request.has_param("max_docs"):
        job.max_docs = _same_limit(job.max_docs, request.param("max_docs"))
    if job.remote is not None and job.slices != 1:
        raise ActionRequestValidation(f"reindex from remote sources doesn't support slices > 1 but was [{job.slices}]")
    if job.max_docs is not None:
        parse.max_docs(job.max_docs, job.slices)
    _validate(job, source["body"])
    return job


def _validate(job: Job, body: dict[str, Json]) -> None:
    problems = []
    if not job.names:
        problems.append("use _all if you really want to copy from all existing indexes")
    if job.search.size == 0:
        problems.append("[size] cannot be [0] in a scroll context")
    if body.get("from", 0) > 0:
        problems.append("using [from] is not allowed in a scroll context")
        problems.append("from is not supported in this context")
    if body.get("stored_fields") is not None:
        problems.append("stored_fields is not supported in this context")
    problems += _slicing(job)
    if job.source is not None and not job.source.fetch:
        problems.append("_source:false is not supported in this context")
    to = job.destination
    if not to.index:
        problems.append("index must be specified")
    if to.routing not in (None, "keep", "discard") and not (to.routing or "").startswith("="):
        problems.append("routing must be unset, [keep], [discard] or [=<some new value>]")
    if problems:
        raise ActionRequestValidation(*problems)


@endpoint(
    "reindex",
    "POST /_reindex",
    params={
        **_COMMON,
        "scroll": time_text(),
        "max_docs": integer(),
        "require_alias": boolean(since=(7, 10)),
    },
    docs="docs-reindex",
    body=_reindex_body,
    body_first=ALWAYS,
    action="indices:data/write/reindex",
)
def reindex(cluster: Cluster, request: Request) -> Response | Awaitable[Response]:
    """Copy what a search finds."""
    job: Job = request.parsed
    if job.remote is not None:
        _check_remote(cluster, job.remote.address)
        return _from_remote(cluster, request)
    if job.search.sort and request.behaviour.has((7, 6)) and job.is_sorted:
        from esmock.features.by_query.parse import SORT_WARNING

        request.warn(SORT_WARNING)
    return _answer(cluster, request)


async def _from_remote(cluster: Cluster, request: Request) -> Response:
    """Wait for the other server, then write."""
    from esmock.features.by_query.run import read_remote

    await read_remote(cluster, request.parsed)
    return _answer(cluster, request)


def _check_target(cluster: Cluster, job: Job) -> None:
    """Refuse to write where the job reads, or what may not be made. Raises IndexNotFound, ActionRequestValidation."""
    from esmock.state.create import may_create
    from esmock.state.resolve import resolve

    target = job.destination.index or ""
    existing = cluster.concrete(target)
    if job.require_alias and target not in cluster.aliases():
        told = f" and [require_alias] request flag is [true] and [{target}] is not an alias"
        raise IndexNotFound(target, resource=None, suffix=told)
    if not existing:
        may_create(cluster, target, is_asked=True)
    for index in existing:
        if index.is_closed:
            raise IndexClosed(index.name, index.uuid)
    if job.remote is not None:
        return
    names = {index.name for index in existing} or {target}
    for index in resolve(cluster, job.names, job.options):
        if index.name in names:
            raise ActionRequestValidation(f"reindex cannot write into an index its reading from [{index.name}]")


def _check_remote(cluster: Cluster, host: str) -> None:
    """Refuse hosts that the settings do not allow. Raises IllegalArgument."""
    from esmock.state.resolve import glob

    setting = "reindex.remote.whitelist"
    allowed = str(cluster.setting(setting) or "").split(",")
    if not any(one and glob(one.strip()).match(host) for one in allowed):
        raise IllegalArgument(f"[{host}] not whitelisted in {setting}")


_RETHROTTLE = {"requests_per_second": string(), "group_by": string("nodes")}


def _check_rethrottle(request: Request) -> None:
    from esmock.api.tasks import parse_task_id

    parse_task_id(request.part("task_id"))
    rate = request.param("requests_per_second")
    if rate is None:
        raise IllegalArgument("requests_per_second is a required parameter")
    _rate("requests_per_second", rate)


def _rethrottle(cluster: Cluster, request: Request) -> Response:
    """Give the job behind a task another rate; its kind does not matter."""
    from esmock.api.tasks import grouped, parse_task_id
    from esmock.state.tasks import tasks

    task = request.part("task_id")
    node, number = parse_task_id(task)
    rate = _rate("requests_per_second", request.param("requests_per_second"))
    running = tasks(cluster).running.get(number) if node == cluster.node_id else None
    if running is not None:
        running.rethrottle(rate)
        return Response(200, grouped(cluster, [running.task(joined=True)], request.param("group_by"), detailed=True))
    caused = (
        {"type": "resource_not_found_exception", "reason": f"task [{task}] is missing"}
        if node == cluster.node_id
        else {"type": "no_such_node_exception", "reason": f"No such node [{node}]", "node_id": node}
    )
    failure = {"type": "failed_node_exception", "reason": f"Failed node [{node}]", "node_id": node, "caused_by": caused}
    return Response(200, {"node_failures": [failure], **grouped(cluster, [], request.param("group_by"), detailed=True)})


@endpoint(
    "reindex_rethrottle",
    "POST /_reindex/{task_id}/_rethrottle",
    params=_RETHROTTLE,
    docs="docs-reindex",
    prepare=_check_rethrottle,
    action="cluster:admin/reindex/rethrottle",
)
def reindex_rethrottle(cluster: Cluster, request: Request) -> Response:
    """Change the rate of a running reindex."""
    return _rethrottle(cluster, request)


@endpoint(
    "update_by_query_rethrottle",
    "POST /_update_by_query/{task_id}/_rethrottle",
    params=_RETHROTTLE,
    docs="docs-update-by-query",
    prepare=_check_rethrottle,
    action="cluster:admin/reindex/rethrottle",
)
def update_by_query_rethrottle(cluster: Cluster, request: Request) -> Response:
    """Change the rate of a running update by query."""
    return _rethrottle(cluster, request)


@endpoint(
    "delete_by_query_rethrottle",
    "POST /_delete_by_query/{task_id}/_rethrottle",
    params=_RETHROTTLE,
    docs="docs-delete-by-query",
    prepare=_check_rethrottle,
    action="cluster:admin/reindex/rethrottle",
)
def delete_by_query_rethrottle(cluster: Cluster, request: Request) -> Response:
    """Change the rate of a running delete by query."""
    return _rethrottle(cluster, request)
