"""The cat APIs: tables for people. Docs: cat."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from esmock.api import cat_cluster_rows, cat_index_rows, cat_node_rows, cat_transform_rows
from esmock.api.declare import BodyParser, Endpoints, Route, since
from esmock.api.media import FORMATS
from esmock.api.params import (
    INDICES_OPTIONS,
    MASTER_TIMEOUT,
    Param,
    boolean,
    integer,
    names,
    parse_boolean,
    string,
    time_text,
)
from esmock.api.query_body import read_query
from esmock.api.request import Request, Response
from esmock.api.tasks import PARENT
from esmock.shape import cat as shape

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Rows = Callable[["Cluster", Request], Iterable[shape.Row]]

_COMMON: dict[str, Param] = {
    "help": boolean(False),
    "format": string(response=True),
    "h": names(response=True),
    "v": boolean(False, response=True),
    "ts": boolean(True, response=True),
    "pri": boolean(False, response=True),
    "bytes": string(response=True),
    "size": string(response=True),
    "time": string(response=True),
    "s": names(response=True),
}
_LOCAL: dict[str, Param] = {"local": boolean(False)}
_MASTER: dict[str, Param] = {"master_timeout": MASTER_TIMEOUT}
_BOTH = _LOCAL | _MASTER
_UNREAD = Param(string().parse, None, older=((8, 0), boolean(False).parse))
"""``local`` where nothing looks at its value since 8.0."""


def answer(request: Request, table: str, rows: Callable[[], Iterable[shape.Row]]) -> Response:
    """A table in the form that the request asks for."""
    columns = shape.columns(table, request.behaviour)
    if request.param("help"):
        return Response(200, shape.help_text(columns))
    found = list(rows())
    layout = shape.Layout(
        h=request.param("h") if request.has_param("h") else None,
        with_header=request.param("v"),
        show_time=lambda: bool(request.param("ts")),
        with_siblings=lambda: bool(request.param("pri")),
        sort=tuple(request.param("s") or ()),
        bytes=request.param("bytes"),
        time=request.param("time"),
        is_seven=request.behaviour.major < 8,
    )
    found = shape.ordered(found, columns, layout)
    picked = shape.chosen(columns, layout)
    if is_structured(request):
        return Response(200, shape.objects(found, picked, layout))
    return Response(200, shape.text(found, picked, layout))


def _shows_rows(request: Request) -> bool:
    return "help" not in request.raw or not parse_boolean(request.raw["help"])


def _of_rows(params: Mapping[str, Param], of_layout: Sequence[str]) -> dict[str, Param]:
    """Parameters that help never looks at, so that they are unknown beside it."""
    return {name: one if name in of_layout else replace(one, needs=_shows_rows) for name, one in params.items()}


def _leave_parts(request: Request, of_layout: Sequence[str]) -> None:
    """Help looks at no part of the path either."""
    if request.param("help"):
        spelt = request.endpoint.spelt
        request.unread_parts = tuple(spelt.get(name, name) for name in request.parts if name not in of_layout)


def is_structured(request: Request) -> bool:
    """Whether the answer is JSON or one of its kin instead of text."""
    wanted = request.raw.get("format")
    if wanted is not None and wanted != "":
        name = wanted.lower()
        if request.behaviour.mapping_types:
            name = name.removeprefix("application/").removeprefix("vnd_")
        return name in FORMATS
    accept = request.headers.get("accept", "")
    if wanted == "" or not accept or "," in accept:
        return False
    kind = accept.partition(";")[0].strip().lower().removeprefix("application/").removeprefix("vnd.elasticsearch+")
    return kind in FORMATS or kind == "*"


def _table(
    rows: Rows,
    *paths: str,
    params: dict[str, Param] | None = None,
    body: BodyParser | None = None,
    more: Sequence[Route] = (),
    first: tuple[int, int] = (0, 0),
    spelt: Mapping[str, str] | None = None,
    early: tuple[str, ...] = ("master_timeout",),
    of_layout: Sequence[str] = (),
    actions: tuple[str, ...],
) -> None:
    """Declare a table whose rows need no more than the cluster and the request.

    Args:
        spelt: Elasticsearch's names of parts of the path.
        early: parameters that since 8.14 are read before the others.
        of_layout: parameters and parts that help knows beside the common ones.
        actions: what brings the rows.
    """
    name = rows.__name__

    @endpoint(
        f"cat.{name}",
        *(f"GET {path}" for path in paths),
        list(more),
        params=_COMMON | _of_rows(params or {}, of_layout),
        docs=f"cat-{name}",
        body=body,
        prepare=lambda request: _leave_parts(request, of_layout),
        since=first,
        action=actions[0],
        then=actions[1:],
        spelt=spelt or {},
        early=tuple(name for name in early if params and name in params),
    )
    def handler(cluster: Cluster, request: Request) -> Response:
        return answer(request, name, lambda: rows(cluster, request))

    handler.__doc__ = rows.__doc__


_STATE, _INFO, _NODES = "cluster:monitor/state", "cluster:monitor/nodes/info", "cluster:monitor/nodes/stats"
_TASKS: dict[str, Param] = {
    "actions": names(),
    "detailed": boolean(False),
    "nodes": names(),
    "parent_task_id": PARENT,
    "timeout": time_text(),
    "wait_for_completion": boolean(False),
}
_SEGMENTS = {
    name: replace(INDICES_OPTIONS[name], since=(8, 0))
    for name in ("expand_wildcards", "ignore_unavailable", "allow_no_indices", "ignore_throttled")
} | {"allow_closed": boolean(False, since=(8, 0))}
_UNTIL_EIGHT = {"local": boolean(False, until=(7, 99))}
_SINCE_EIGHT = {"master_timeout": Param(MASTER_TIMEOUT.parse, MASTER_TIMEOUT.default, since=(8, 0))}
_SINCE_NINE = {"master_timeout": Param(MASTER_TIMEOUT.parse, MASTER_TIMEOUT.default, since=(9, 0))}

_table(
    cat_index_rows.aliases,
    "/_cat/aliases",
    "/_cat/aliases/{name}",
    params={**INDICES_OPTIONS, "local": boolean(False, until=(9, 0)), **_SINCE_NINE},
    spelt={"name": "alias"},
    actions=("indices:admin/aliases/get",),
)
_table(
    cat_node_rows.allocation,
    "/_cat/allocation",
    "/_cat/allocation/{node_id}",
    params=_BOTH,
    spelt={"node_id": "nodes"},
    actions=(_STATE, _NODES),
)
_table(
    cat_index_rows.count,
    "/_cat/count",
    "/_cat/count/{index}",
    body=read_query,
    more=[*since((9, 0), "POST /_cat/count"), *since((9, 0), "POST /_cat/count/{index}")],
    actions=("indices:data/read/search",),
)
_table(
    cat_index_rows.fielddata,
    "/_cat/fielddata",
    "/_cat/fielddata/{fields}",
    params={"fields": names()},
    actions=(_NODES,),
)
_table(cat_cluster_rows.health, "/_cat/health", params=_SINCE_EIGHT, actions=("cluster:monitor/health",))
_table(
    cat_index_rows.indices,
    "/_cat/indices",
    "/_cat/indices/{index}",
    params={**INDICES_OPTIONS, "local": _UNREAD, **_MASTER, "include_unloaded_segments": boolean(False), "health": string()},
    early=(),
    of_layout=("health", "local"),
    actions=("indices:monitor/settings/get", "indices:monitor/stats", _STATE, "cluster:monitor/health"),
)
_table(cat_node_rows.master, "/_cat/master", params=_BOTH, actions=(_STATE,))
_table(cat_node_rows.nodeattrs, "/_cat/nodeattrs", params=_BOTH, actions=(_STATE, _INFO))
_table(
    cat_node_rows.nodes,
    "/_cat/nodes",
    params={**_UNTIL_EIGHT, **_MASTER, "full_id": boolean(False), "include_unloaded_segments": boolean(False, since=(7, 11))},
    early=("full_id", "master_timeout"),
    actions=(_STATE, _INFO, _NODES),
)
_table(cat_cluster_rows.pending_tasks, "/_cat/pending_tasks", params=_MASTER | _LOCAL, actions=("cluster:monitor/task",))
_table(
    cat_node_rows.plugins,
    "/_cat/plugins",
    params={"include_bootstrap": boolean(False, since=(7, 11)), **_BOTH},
    early=("include_bootstrap", "master_timeout"),
    actions=(_STATE, _INFO),
)
_table(
    cat_index_rows.recovery,
    "/_cat/recovery",
    "/_cat/recovery/{index}",
    params={"detailed": boolean(False), "active_only": boolean(False), **INDICES_OPTIONS},
    actions=("indices:monitor/recovery",),
)
_table(cat_cluster_rows.repositories, "/_cat/repositories", params=_BOTH, actions=("cluster:admin/repository/get",))
_table(
    cat_index_rows.segments,
    "/_cat/segments",
    "/_cat/segments/{index}",
    params={**_BOTH, **_SEGMENTS},
    early=("master_timeout", "local", "allow_closed"),
    actions=(_STATE, "indices:monitor/segments"),
)
_table(
    cat_index_rows.shards,
    "/_cat/shards",
    "/_cat/shards/{index}",
    params={**_UNTIL_EIGHT, **_MASTER},
    actions=(_STATE, "indices:monitor/stats"),
)
_table(
    cat_cluster_rows.snapshots,
    "/_cat/snapshots",
    "/_cat/snapshots/{repository}",
    params={"ignore_unavailable": boolean(False), **_MASTER},
    actions=("cluster:admin/snapshot/get",),
)
_table(cat_node_rows.tasks, "/_cat/tasks", params=_TASKS, of_layout=("detailed",), actions=("cluster:monitor/tasks/lists",))
_table(
    cat_cluster_rows.templates,
    "/_cat/templates",
    "/_cat/templates/{name}",
    params=_BOTH,
    early=("local", "master_timeout"),
    actions=("indices:admin/template/get", "indices:admin/index_template/get"),
)
_table(
    cat_node_rows.thread_pool,
    "/_cat/thread_pool",
    "/_cat/thread_pool/{thread_pool_patterns}",
    params=_BOTH,
    of_layout=("thread_pool_patterns",),
    actions=(_STATE, _INFO, _NODES),
)
_table(
    cat_cluster_rows.component_templates,
    "/_cat/component_templates",
    "/_cat/component_templates/{name}",
    params=_BOTH,
    first=(8, 1),
    actions=(_STATE,),
)


_table(
    cat_node_rows.circuit_breaker,
    "/_cat/circuit_breaker",
    "/_cat/circuit_breaker/{circuit_breaker_patterns}",
    params=_BOTH,
    first=(9, 3),
    of_layout=("circuit_breaker_patterns",),
    actions=(_NODES,),
)
_table(
    cat_transform_rows.transforms,
    "/_cat/transforms",
    "/_cat/transforms/{transform_id}",
    params={"allow_no_match": boolean(True), "from": integer(0), "size": integer(100)},
    first=(7, 7),
    actions=("cluster:monitor/transform/get", "cluster:monitor/transform/stats/get"),
)


@endpoint(
    "cat.ml_trained_models",
    "GET /_cat/ml/trained_models",
    "GET /_cat/ml/trained_models/{model_id}",
    params={**_COMMON, "allow_no_match": boolean(True), "from": integer(0), "size": integer(100)},
    docs="cat-trained-model",
    action="cluster:monitor/xpack/ml/inference/get",
    since=(7, 7),
)
def ml_trained_models(cluster: Cluster, request: Request) -> Response:
    """The models of machine learning."""
    from esmock.api.ml_models import cat_rows

    found = cat_rows(cluster, request)
    return answer(request, "ml_trained_models", lambda: found)


@endpoint("cat.help", "GET /_cat", docs="cat")
def cat_help(cluster: Cluster, request: Request) -> Response:
    """The list of tables, in the order in which a node lists them."""
    listed = _LISTED if cluster.behaviour.major < 8 else (*_LISTED, "component_templates")
    return Response(200, "=^.^=\n" + "".join(f"/_cat/{path}\n" for path in listed))


_LISTED = (
    "allocation", "shards", "shards/{index}", "master", "nodes", "tasks", "indices", "indices/{index}", "segments",
    "segments/{index}", "count", "count/{index}", "recovery", "recovery/{index}", "health", "pending_tasks", "aliases",
    "aliases/{alias}", "thread_pool", "thread_pool/{thread_pools}", "plugins", "fielddata", "fielddata/{fields}", "nodeattrs",
    "repositories", "snapshots/{repository}", "templates",
)  # fmt: skip
