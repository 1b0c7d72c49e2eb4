"""The cat APIs: tables for people. Docs: cat."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from esmock.api import cat_rows
from esmock.api.declare import Endpoints
from esmock.api.media import FORMATS
from esmock.api.params import INDICES_OPTIONS, MASTER_TIMEOUT, Param, boolean, names, string
from esmock.api.request import Request, Response
from esmock.errors import ActionRequestValidation
from esmock.shape import cat as shape

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Rows = Callable[["Cluster", Request], Iterable[shape.Row]]

_COMMON: dict[str, Param] = {
    "format": string(response=True),
    "h": names(response=True),
    "v": boolean(False, response=True),
    "ts": boolean(True, response=True),
    "pri": boolean(False, response=True),
    "bytes": string(response=True),
    "size": string(response=True),
    "time": string(response=True),
    "s": names(response=True),
    "help": boolean(False),
    "local": boolean(False),
    "master_timeout": MASTER_TIMEOUT,
}


def answer(request: Request, table: str, rows: Callable[[], Iterable[shape.Row]]) -> Response:
    """A table in the form that the request asks for."""
    columns = shape.columns(table, request.behaviour.major)
    if request.param("help"):
        return Response(200, shape.help_text(columns))
    layout = shape.Layout(
        h=request.param("h") if request.has_param("h") else None,
        with_header=request.param("v"),
        show_time=request.param("ts"),
        with_siblings=request.param("pri"),
        sort=tuple(request.param("s") or ()),
        bytes=request.param("bytes"),
        time=request.param("time"),
        is_seven=request.behaviour.major < 8,
    )
    found = shape.ordered(list(rows()), columns, layout)
    picked = shape.chosen(columns, layout)
    if is_structured(request):
        return Response(200, shape.objects(found, picked, layout))
    return Response(200, shape.text(found, picked, layout))


def is_structured(request: Request) -> bool:
    """Whether the answer is JSON or one of its kin instead of text."""
    wanted = request.raw.get("format")
    if wanted is not None and wanted != "":
        name = wanted.lower().removeprefix("application/").removeprefix("vnd_")
        return name in FORMATS
    accept = request.headers.get("accept", "")
    if wanted == "" or not accept or "," in accept:
        return False
    kind = accept.partition(";")[0].strip().lower().removeprefix("application/").removeprefix("vnd.elasticsearch+")
    return kind in FORMATS or kind == "*"


def _table(name: str, *paths: str, params: dict[str, Param] | None = None) -> None:
    """Declare a table whose rows need no more than the cluster and the request."""
    rows: Rows = getattr(cat_rows, name)

    @endpoint(
        f"cat.{name}", *(f"GET {path}" for path in paths), params={**_COMMON, **(params or {})}, docs=f"cat-{name}"
    )
    def handler(cluster: Cluster, request: Request) -> Response:
        return answer(request, name, lambda: rows(cluster, request))

    handler.__doc__ = rows.__doc__


_table(
    "aliases", "/_cat/aliases", "/_cat/aliases/{name}", params={"expand_wildcards": INDICES_OPTIONS["expand_wildcards"]}
)
_table("allocation", "/_cat/allocation", "/_cat/allocation/{node_id}")
_table("count", "/_cat/count", "/_cat/count/{index}")
_table("fielddata", "/_cat/fielddata", "/_cat/fielddata/{fields}", params={"fields": names()})
_table("health", "/_cat/health")
_table(
    "indices",
    "/_cat/indices",
    "/_cat/indices/{index}",
    params={
        "expand_wildcards": INDICES_OPTIONS["expand_wildcards"],
        "health": string(),
        "include_unloaded_segments": boolean(False),
    },
)
_table("master", "/_cat/master")
_table("nodeattrs", "/_cat/nodeattrs")
_table("nodes", "/_cat/nodes", params={"full_id": boolean(False), "include_unloaded_segments": boolean(False)})
_table("pending_tasks", "/_cat/pending_tasks")
_table("plugins", "/_cat/plugins", params={"include_bootstrap": boolean(False)})
_table(
    "recovery",
    "/_cat/recovery",
    "/_cat/recovery/{index}",
    params={"active_only": boolean(False), "detailed": boolean(False), "index": names()},
)
_table("repositories", "/_cat/repositories")
_table("segments", "/_cat/segments", "/_cat/segments/{index}")
_table("shards", "/_cat/shards", "/_cat/shards/{index}")
_table(
    "tasks",
    "/_cat/tasks",
    params={
        "actions": names(),
        "detailed": boolean(False),
        "nodes": names(),
        "node_id": names(),
        "parent_task_id": string(),
    },
)
_table("templates", "/_cat/templates", "/_cat/templates/{name}")
_table(
    "thread_pool",
    "/_cat/thread_pool",
    "/_cat/thread_pool/{thread_pool_patterns}",
)


@endpoint(
    "cat.snapshots",
    "GET /_cat/snapshots",
    "GET /_cat/snapshots/{repository}",
    params={**_COMMON, "ignore_unavailable": boolean(False), "repository": names()},
    docs="cat-snapshots",
)
def snapshots(cluster: Cluster, request: Request) -> Response:
    """The snapshots of repositories."""

    def rows() -> Iterable[shape.Row]:
        if request.behaviour.major < 8 and not request.part("repository"):
            raise ActionRequestValidation("repository is missing")
        return cat_rows.snapshots(cluster, request)

    return answer(request, "snapshots", rows)


@endpoint(
    "cat.component_templates",
    "GET /_cat/component_templates",
    "GET /_cat/component_templates/{name}",
    params=_COMMON,
    docs="cat-component-templates",
    since=(8, 1),
)
def component_templates(cluster: Cluster, request: Request) -> Response:
    """The component templates."""
    return answer(request, "component_templates", lambda: cat_rows.component_templates(cluster, request))


@endpoint("cat.help", "GET /_cat", docs="cat")
def cat_help(cluster: Cluster, request: Request) -> Response:
    """The list of tables."""
    paths = [
        route.path
        for declared in endpoint
        for route in declared.routes
        if route.path not in _UNLISTED
        and declared.name != "cat.help"
        and declared.since <= (cluster.behaviour.version.major, cluster.behaviour.version.minor)
    ]
    return Response(200, "=^.^=\n" + "".join(f"{path}\n" for path in sorted(paths, key=_listed)))


_UNLISTED = ("/_cat/allocation/{node_id}", "/_cat/aliases/{name}", "/_cat/templates/{name}", "/_cat/snapshots")
_ORDER = (
    "allocation", "shards", "master", "nodes", "tasks", "indices", "segments", "count", "recovery", "health",
    "pending_tasks", "aliases", "thread_pool", "plugins", "fielddata", "nodeattrs", "repositories", "snapshots", "templates",
    "component_templates",
)  # fmt: skip


def _listed(path: str) -> tuple[int, int]:
    name = path.split("/")[2]
    return (_ORDER.index(name), len(path)) if name in _ORDER else (len(_ORDER), 0)
