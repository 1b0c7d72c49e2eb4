"""Snapshots and their repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT, Param, boolean, integer, names, string
from esmock.api.request import Request, Response, map_body, optional_map_body
from esmock.errors import ActionRequestValidation, IllegalArgument, Unsupported
from esmock.shape import index as index_shape
from esmock.shape import snapshots as shape
from esmock.state import index_settings
from esmock.state import snapshots as state
from esmock.state.resolve import IndicesOptions
from esmock.state.snapshots import Restore

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_LOCAL = Param(lambda name, text: text == "true", False)


@endpoint(
    "snapshot.create_repository",
    "PUT,POST /_snapshot/{repository}",
    params={"verify": boolean(True), "master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT},
    docs="modules-snapshots",
    body=map_body,
    action="cluster:admin/repository/put",
)
def create_repository(cluster: Cluster, request: Request) -> Response:
    """Register a repository."""
    body = request.parsed
    kind, settings = None, {}
    for key, value in body.items():
        if key == "type":
            kind = str(value)
        elif key == "settings":
            if not isinstance(value, dict):
                raise IllegalArgument("Malformed settings section, should include an inner object")
            settings = index_settings.flatten(value)
    if kind is None:
        raise ActionRequestValidation("type is missing")
    state.put_repository(cluster, request.part("repository"), kind, settings)
    return acknowledged()


@endpoint(
    "snapshot.get_repository",
    "GET /_snapshot",
    "GET /_snapshot/{repository}",
    params={"master_timeout": MASTER_TIMEOUT, "local": _LOCAL},
    docs="modules-snapshots",
    action="cluster:admin/repository/get",
)
def get_repository(cluster: Cluster, request: Request) -> Response:
    """Repositories by name."""
    found = state.find_repositories(cluster, request.part_list("repository"))
    out: dict[str, Json] = {}
    for one in found:
        out[one.name] = {"type": one.kind}
        uuid = state.snapshots(cluster).uuid_of(one)
        if uuid is not None and cluster.behaviour.newer_jackson:
            out[one.name]["uuid"] = uuid
        out[one.name]["settings"] = index_shape.settings(one.settings)
    return Response(200, out)


@endpoint(
    "snapshot.delete_repository",
    "DELETE /_snapshot/{repository}",
    params={"timeout": TIMEOUT, "master_timeout": MASTER_TIMEOUT},
    docs="modules-snapshots",
    action="cluster:admin/repository/delete",
)
def delete_repository(cluster: Cluster, request: Request) -> Response:
    """Forget a repository."""
    state.delete_repositories(cluster, request.part("repository"))
    return acknowledged()


@endpoint(
    "snapshot.verify_repository",
    "POST /_snapshot/{repository}/_verify",
    params={"timeout": TIMEOUT, "master_timeout": MASTER_TIMEOUT},
    docs="modules-snapshots",
    action="cluster:admin/repository/verify",
)
def verify_repository(cluster: Cluster, request: Request) -> Response:
    """Whether all nodes can reach a repository."""
    state.snapshots(cluster).repository(request.part("repository"))
    return Response(200, {"nodes": {cluster.node_id: {"name": cluster.node_name}}})


@endpoint(
    "snapshot.cleanup_repository",
    "POST /_snapshot/{repository}/_cleanup",
    params={"timeout": TIMEOUT, "master_timeout": MASTER_TIMEOUT},
    docs="clean-up-snapshot-repo-api",
    action="cluster:admin/repository/_cleanup",
)
def cleanup_repository(cluster: Cluster, request: Request) -> Response:
    """Remove what no snapshot needs: there is nothing of the kind."""
    state.snapshots(cluster).repository(request.part("repository"))
    return Response(200, {"results": {"deleted_bytes": 0, "deleted_blobs": 0}})


def _names(value: Json, what: str) -> list[str]:
    if isinstance(value, str):
        return [one for one in value.split(",") if one]
    if isinstance(value, list):
        return [str(one) for one in value]
    raise IllegalArgument(f"malformed {what} section, should be an array of strings")


def _flag(value: Json, name: str) -> bool:
    if value in (True, "true"):
        return True
    if value in (False, "false"):
        return False
    raise IllegalArgument(f"Failed to parse value [{value}] as only [true] or [false] are allowed.")


def _options(body: dict[str, Json]) -> IndicesOptions:
    expand = body.get("expand_wildcards")
    chosen: tuple[str, ...] | None = None
    if expand is not None:
        words = expand.split(",") if isinstance(expand, str) else list(expand)
        chosen = ("open", "closed", "hidden") if "all" in words else tuple(one for one in words if one != "none")
    return IndicesOptions(
        expand=chosen or ("open", "closed", "hidden"),
        ignore_unavailable=_flag(body.get("ignore_unavailable", False), "ignore_unavailable"),
        allow_no_indices=_flag(body.get("allow_no_indices", True), "allow_no_indices"),
        forbid_closed=False,
    )


@endpoint(
    "snapshot.create",
    "PUT,POST /_snapshot/{repository}/{snapshot}",
    params={"master_timeout": MASTER_TIMEOUT, "wait_for_completion": boolean(False)},
    docs="modules-snapshots",
    body=lambda request: optional_map_body(request) or {},
    action="cluster:admin/snapshot/create",
)
def create(cluster: Cluster, request: Request) -> Response:
    """Take a snapshot."""
    body = request.parsed
    if body.get("feature_states"):
        raise Unsupported("[feature_states] of snapshot.create")
    taken = state.create(
        cluster,
        request.part("repository"),
        request.part("snapshot"),
        indices=_names(body.get("indices", []), "indices"),
        options=_options(body),
        include_global_state=_flag(body.get("include_global_state", True), "include_global_state"),
        metadata=body.get("metadata"),
    )
    if not request.param("wait_for_completion"):
        return Response(200, {"accepted": True})
    return Response(200, {"snapshot": shape.snapshot(cluster, request.part("repository"), taken)})


@endpoint(
    "snapshot.get",
    "GET /_snapshot/{repository}/{snapshot}",
    params={
        "master_timeout": MASTER_TIMEOUT,
        "ignore_unavailable": boolean(False),
        "verbose": boolean(True),
        "index_details": boolean(False, since=(7, 13)),
        "index_names": boolean(True, since=(8, 3)),
        "include_repository": boolean(True, since=(7, 14)),
        "sort": string("start_time", since=(7, 14)),
        "size": integer(-1, since=(7, 14)),
        "order": string("asc", since=(7, 14)),
        "after": string(since=(7, 14)),
        "offset": integer(0, since=(7, 15)),
        "from_sort_value": string(since=(7, 16)),
        "slm_policy_filter": names(since=(7, 16)),
        "state": names(since=(9, 1)),
    },
    docs="modules-snapshots",
    action="cluster:admin/snapshot/get",
)
def get(cluster: Cluster, request: Request) -> Response:
    """Snapshots by name."""
    for name in ("after", "from_sort_value", "slm_policy_filter", "state"):
        if request.params.get(name):
            raise Unsupported(f"[{name}] of snapshot.get")
    repositories = state.find_repositories(cluster, request.part_list("repository"))
    verbose = request.param("verbose")
    wanted = request.part_list("snapshot")
    ignore = request.param("ignore_unavailable")
    shown = [
        shape.snapshot(cluster, entry.name, one, verbose=verbose)
        for entry in repositories
        for one in state.find(entry, wanted, ignore_unavailable=ignore)
    ]
    if request.params.get("order") == "desc":
        shown.reverse()
    total = len(shown)
    offset, size = request.params.get("offset") or 0, request.params.get("size")
    if size not in (None, -1):
        shown = shown[offset : offset + size]
    body: dict[str, Json] = {"snapshots": shown}
    if cluster.behaviour.newer_jackson:
        body |= {"total": total, "remaining": total - len(shown) - offset}
    return Response(200, body)


@endpoint(
    "snapshot.status",
    "GET /_snapshot/_status",
    "GET /_snapshot/{repository}/_status",
    "GET /_snapshot/{repository}/{snapshot}/_status",
    params={"master_timeout": MASTER_TIMEOUT, "ignore_unavailable": boolean(False)},
    docs="modules-snapshots",
    action="cluster:admin/snapshot/status",
)
def status(cluster: Cluster, request: Request) -> Response:
    """How far snapshots are: those that are asked for by name have finished."""
    repository = request.part("repository")
    if repository is None:
        return Response(200, {"snapshots": []})
    entry = state.snapshots(cluster).repository(repository) if repository != "_all" else None
    wanted = request.part_list("snapshot")
    if entry is None or not wanted:
        return Response(200, {"snapshots": []})
    found = state.find(entry, wanted, ignore_unavailable=request.param("ignore_unavailable"))
    return Response(200, {"snapshots": [shape.status(cluster, entry.name, one) for one in found]})


@endpoint(
    "snapshot.delete",
    "DELETE /_snapshot/{repository}/{snapshot}",
    params={"master_timeout": MASTER_TIMEOUT, "wait_for_completion": boolean(True, since=(8, 15))},
    docs="modules-snapshots",
    action="cluster:admin/snapshot/delete",
)
def delete(cluster: Cluster, request: Request) -> Response:
    """Remove snapshots."""
    state.delete(cluster, request.part("repository"), request.part_list("snapshot"))
    return acknowledged()


@endpoint(
    "snapshot.clone",
    "PUT /_snapshot/{repository}/{snapshot}/_clone/{target_snapshot}",
    params={"master_timeout": MASTER_TIMEOUT},
    docs="modules-snapshots",
    body=map_body,
    since=(7, 10),
    action="cluster:admin/snapshot/clone",
)
def clone(cluster: Cluster, request: Request) -> Response:
    """A snapshot with some indices of another."""
    wanted = _names(request.parsed.get("indices", []), "indices")
    if not wanted:
        raise ActionRequestValidation("indices patterns are empty")
    state.clone(
        cluster, request.part("repository"), request.part("snapshot"), request.part("target_snapshot"), wanted
    )
    return acknowledged()


_RESTORE_KEYS = (
    "indices", "feature_states", "expand_wildcards", "allow_no_indices", "ignore_unavailable", "ignore_throttled",
    "partial", "include_global_state", "include_aliases", "rename_pattern", "rename_replacement", "index_settings",
    "ignore_index_settings", "quiet", "settings",
)


def _restore_request(body: dict[str, Json]) -> Restore:
    out = Restore()
    for key, value in body.items():
        if key not in _RESTORE_KEYS:
            raise IllegalArgument(f"Unknown parameter {key}")
        if key == "indices":
            out.indices = _names(value, "indices")
        elif key == "ignore_unavailable":
            out.ignore_unavailable = _flag(value, key)
        elif key == "include_aliases":
            out.include_aliases = _flag(value, key)
        elif key in ("rename_pattern", "rename_replacement"):
            if not isinstance(value, str):
                raise IllegalArgument(f"malformed {key}")
            setattr(out, key, value)
        elif key == "index_settings":
            if not isinstance(value, dict):
                raise IllegalArgument("malformed index_settings section")
            out.index_settings = index_settings.normalise(value)
        elif key == "ignore_index_settings":
            out.ignore_index_settings = _names(value, "ignore_index_settings")
        elif key == "feature_states" and value:
            raise Unsupported("[feature_states] of snapshot.restore")
    return out


@endpoint(
    "snapshot.restore",
    "POST /_snapshot/{repository}/{snapshot}/_restore",
    params={"master_timeout": MASTER_TIMEOUT, "wait_for_completion": boolean(False)},
    docs="modules-snapshots",
    body=lambda request: optional_map_body(request) or {},
    action="cluster:admin/snapshot/restore",
)
def restore(cluster: Cluster, request: Request) -> Response:
    """Bring the indices of a snapshot back."""
    asked = _restore_request(request.parsed)
    indices = state.restore(cluster, request.part("repository"), request.part("snapshot"), asked)
    if not request.param("wait_for_completion"):
        return Response(200, {"accepted": True})
    shards = sum(index.n_shards for index in indices)
    info = {
        "snapshot": request.part("snapshot"),
        "indices": [index.name for index in indices],
        "shards": {"total": shards, "failed": 0, "successful": shards},
    }
    return Response(200, {"snapshot": info})


@endpoint("dangling_indices.list_dangling_indices", "GET /_dangling", docs="modules-gateway-dangling-indices")
def list_dangling_indices(cluster: Cluster, request: Request) -> Response:
    """Indices on disk that the cluster does not know: none."""
    header = {"total": 1, "successful": 1, "failed": 0}
    return Response(200, {"_nodes": header, "cluster_name": cluster.name, "dangling_indices": []})


_DANGLING = {"accept_data_loss": boolean(False), "timeout": TIMEOUT, "master_timeout": MASTER_TIMEOUT}


@endpoint(
    "dangling_indices.import_dangling_index",
    "POST /_dangling/{index_uuid}",
    params=_DANGLING,
    docs="modules-gateway-dangling-indices",
)
def import_dangling_index(cluster: Cluster, request: Request) -> Response:
    """Take a dangling index in: there is none."""
    raise IllegalArgument(f"No dangling index found for UUID [{request.part('index_uuid')}]")


@endpoint(
    "dangling_indices.delete_dangling_index",
    "DELETE /_dangling/{index_uuid}",
    params=_DANGLING,
    docs="modules-gateway-dangling-indices",
)
def delete_dangling_index(cluster: Cluster, request: Request) -> Response:
    """Remove a dangling index: there is none."""
    raise IllegalArgument(f"No dangling index found for UUID [{request.part('index_uuid')}]")
