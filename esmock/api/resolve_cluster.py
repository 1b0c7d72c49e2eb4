"""Which clusters know an index expression, and reloading of search analyzers.

Source: answers of 8.19.21. Differs: esmock is connected to no other cluster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.indices import OPEN
from esmock.api.params import INDICES_OPTIONS, Param, string, time
from esmock.api.request import Request, Response
from esmock.errors import IllegalArgument, IndexNotFound, NoSuchRemoteCluster
from esmock.state.reload_analyzers import reload
from esmock.state.resolve import resolve

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any


def _check_options(request: Request) -> None:
    """Without an expression no options are to be read. Raises IllegalArgument."""
    given = [] if request.part("name") else [name for name in _OPTIONS if name in request.raw]
    if given:
        raise IllegalArgument(
            "No index options are allowed on _resolve/cluster when no index expression is specified, but received: "
            f"[{', '.join(given)}]"
        )


_OPTIONS = ("ignore_unavailable", "expand_wildcards", "allow_no_indices", "ignore_throttled")


@endpoint(
    "indices.resolve_cluster",
    "GET /_resolve/cluster",
    "GET /_resolve/cluster/{name}",
    params={**INDICES_OPTIONS, "timeout": Param(time("30s").parse, None)},
    docs="indices-resolve-cluster-api",
    path=_check_options,
    action="indices:admin/resolve/cluster",
    since=(8, 13),
)
def resolve_cluster(cluster: Cluster, request: Request) -> Response:
    """Whether this cluster has an index of the expression; without one only remote clusters are told of."""
    own = []
    for name in request.part_list("name"):
        remote, _, _rest = name.partition(":")
        if ":" not in name:
            own.append(name)
        elif "*" not in remote:
            raise NoSuchRemoteCluster(f"no such remote cluster: [{remote}]")
    if not own:
        return Response(200, {})
    entry: dict[str, Json] = {"connected": True, "skip_unavailable": False}
    try:
        entry["matching_indices"] = bool(resolve(cluster, own, request.indices_options(OPEN)))
    except IndexNotFound as error:
        return Response(200, {"(local)": {**entry, "error": error.reason}})
    build = cluster.behaviour.build
    entry["version"] = {
        "number": str(cluster.behaviour.version),
        "build_flavor": cluster.setting("esmock.build_flavor", "default"),
        "minimum_wire_compatibility_version": build.minimum_wire,
        "minimum_index_compatibility_version": build.minimum_index,
    }
    return Response(200, {"(local)": entry})


@endpoint(
    "indices.reload_search_analyzers",
    "GET,POST /{index}/_reload_search_analyzers",
    params={**INDICES_OPTIONS, "resource": string(since=(8, 10))},
    docs="indices-reload-analyzers",
    action="indices:admin/reload_analyzers",
)
def reload_search_analyzers(cluster: Cluster, request: Request) -> Response:
    """Read the files and synonym sets of updateable filters anew."""
    found = resolve(cluster, request.part_list("index"), request.indices_options(OPEN))
    return Response(200, reload_details(cluster, reload(cluster, found, request.params.get("resource"))))


def reload_details(cluster: Cluster, reloaded: dict[str, list[str]]) -> dict[str, Any]:
    """Which analyzers of which indices were read anew."""
    count = len(reloaded)
    return {
        "_shards": {"total": count, "successful": count, "failed": 0},  # ES: one shard of each index on a node
        "reload_details": [
            {"index": name, "reloaded_analyzers": analyzers, "reloaded_node_ids": [cluster.local_node.id]}
            for name, analyzers in reloaded.items()
        ],
    }
