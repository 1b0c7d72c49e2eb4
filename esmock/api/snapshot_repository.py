"""Snapshot repositories. Docs: snapshots-register-repository."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.acknowledgement import in_time
from esmock.api.declare import ALWAYS, Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT, boolean, string
from esmock.api.request import Request, Response, needs_content, parser_map
from esmock.errors import ActionRequestValidation, IllegalArgument, NullPointer
from esmock.mapping.parameter import java_text
from esmock.shape import index as index_shape
from esmock.state import index_settings
from esmock.state import repositories as state

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_LOCAL = boolean(False)


def _body(request: Request) -> tuple[str | None, dict[str, Any]]:
    """The type and the settings of a new repository. Raises IllegalArgument, SettingsError."""
    kind, settings = None, {}
    for key, value in parser_map(request).items():
        if key == "type":
            if value is None:
                what = '"Object.toString()" because the return value of "java.util.Map$Entry.getValue()" is null'
                raise NullPointer(f"Cannot invoke {what}")
            kind = java_text(value)
        elif key == "settings":
            if not isinstance(value, dict):
                raise IllegalArgument("Malformed settings section, should include an inner object")
            settings = index_settings.flatten(value)
    return kind, settings


def _registered(cluster: Cluster) -> Json:
    found = state.repositories(cluster).repositories
    return {name: (entry.kind, entry.settings) for name, entry in found.items()}


def _check_kind(request: Request) -> None:
    if request.parsed[0] is None:
        raise ActionRequestValidation("type is missing")


@endpoint(
    "snapshot.create_repository",
    "PUT,POST /_snapshot/{repository}",
    params={"verify": boolean(True), "master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT},
    docs="modules-snapshots",
    path=lambda request: needs_content(request) if request.behaviour.mapping_types else None,
    body=_body,
    body_first=ALWAYS,
    early=("master_timeout", "timeout"),
    check=_check_kind,
    action="cluster:admin/repository/put",
)
@in_time(_registered)
def create_repository(cluster: Cluster, request: Request) -> Response:
    """Register a repository."""
    kind, settings = request.parsed
    state.put_repository(cluster, request.part("repository"), kind, settings, verify=request.param("verify"))
    return acknowledged()


@endpoint(
    "snapshot.get_repository",
    "GET /_snapshot",
    "GET /_snapshot/{repository}",
    params={
        "master_timeout": MASTER_TIMEOUT,
        "local": _LOCAL,
        "flat_settings": boolean(False, response=True),
        "settings_filter": string(response=True),
    },
    docs="modules-snapshots",
    action="cluster:admin/repository/get",
)
def get_repository(cluster: Cluster, request: Request) -> Response:
    """Repositories by name."""
    found = state.find_repositories(cluster, request.part_list("repository"))
    out: dict[str, Json] = {}
    for one in found:
        out[one.name] = {"type": one.kind}
        uuid = state.repositories(cluster).uuid_of(one)
        if uuid is not None and cluster.behaviour.newer_jackson:
            out[one.name]["uuid"] = uuid
        out[one.name]["settings"] = index_shape.settings(one.settings, is_flat=request.param("flat_settings"))
    return Response(200, out)


@endpoint(
    "snapshot.delete_repository",
    "DELETE /_snapshot/{repository}",
    params={"timeout": TIMEOUT, "master_timeout": MASTER_TIMEOUT},
    docs="modules-snapshots",
    early=("master_timeout",),
    action="cluster:admin/repository/delete",
)
@in_time(_registered)
def delete_repository(cluster: Cluster, request: Request) -> Response:
    """Forget a repository."""
    state.delete_repositories(cluster, request.part("repository"))
    return acknowledged()


@endpoint(
    "snapshot.verify_repository",
    "POST /_snapshot/{repository}/_verify",
    params={"master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT},
    docs="modules-snapshots",
    action="cluster:admin/repository/verify",
)
def verify_repository(cluster: Cluster, request: Request) -> Response:
    """Whether all nodes can reach a repository."""
    state.verify_repository(cluster, state.repositories(cluster).repository(request.part("repository")))
    return Response(200, {"nodes": {node.id: {"name": node.name} for node in cluster.nodes}})


@endpoint(
    "snapshot.cleanup_repository",
    "POST /_snapshot/{repository}/_cleanup",
    params={"timeout": TIMEOUT, "master_timeout": MASTER_TIMEOUT},
    docs="clean-up-snapshot-repo-api",
    early=("master_timeout",),
    action="cluster:admin/repository/_cleanup",
)
def cleanup_repository(cluster: Cluster, request: Request) -> Response:
    """Remove what no snapshot needs: there is nothing of the kind."""
    registry = state.repositories(cluster)
    registry.repository(request.part("repository")).check_writable("cannot run cleanup on", cluster.behaviour)
    registry.use("repository_cleanup")
    return Response(200, {"results": {"deleted_bytes": 0, "deleted_blobs": 0}})
