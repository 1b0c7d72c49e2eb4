"""Snapshots: take, look at, clone, restore, remove. Docs: snapshot-restore."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.api.declare import ALWAYS, UNTIL_EIGHT, Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import MASTER_TIMEOUT, boolean
from esmock.api.request import Request, Response, needs_content
from esmock.api.snapshot_bodies import check_indices, clone_body, create_body, restore_body
from esmock.errors import ActionRequestValidation
from esmock.shape import snapshots as shape
from esmock.state import snapshots as state
from esmock.state.repositories import repositories
from esmock.state.restore import restore as restore_indices

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()


@endpoint(
    "snapshot.create",
    "PUT,POST /_snapshot/{repository}/{snapshot}",
    params={"master_timeout": MASTER_TIMEOUT, "wait_for_completion": boolean(False)},
    docs="modules-snapshots",
    body=create_body,
    body_first=UNTIL_EIGHT,
    check=lambda request: check_indices(request.parsed["indices"]) and None,
    action="cluster:admin/snapshot/create",
)
def create(cluster: Cluster, request: Request) -> Response:
    """Take a snapshot."""
    taken = state.create(cluster, request.part("repository"), request.part("snapshot"), **request.parsed)
    if not request.param("wait_for_completion"):
        return Response(200, {"accepted": True})
    return Response(200, {"snapshot": shape.snapshot(cluster, request.part("repository"), taken)})


@endpoint(
    "snapshot.status",
    "GET /_snapshot/_status",
    "GET /_snapshot/{repository}/_status",
    "GET /_snapshot/{repository}/{snapshot}/_status",
    params={"ignore_unavailable": boolean(False), "master_timeout": MASTER_TIMEOUT},
    docs="modules-snapshots",
    early=("master_timeout",),
    action="cluster:admin/snapshot/status",
)
def status(cluster: Cluster, request: Request) -> Response:
    """How far snapshots are: those that are asked for by name have finished."""
    repository = request.part("repository")
    if repository is None:
        return Response(200, {"snapshots": []})
    wanted = request.part_list("snapshot")
    if not wanted:
        return Response(200, {"snapshots": []})  # ES: without a snapshot's name only those that run are told
    entry = repositories(cluster).repository(repository)
    if wanted == ["_all"]:
        return Response(200, {"snapshots": []})
    found = state.find_named(entry, wanted, ignore_unavailable=request.param("ignore_unavailable"))
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


def _check_cloned(request: Request) -> None:
    if not check_indices(request.parsed):
        raise ActionRequestValidation("indices patterns are empty")


@endpoint(
    "snapshot.clone",
    "PUT /_snapshot/{repository}/{snapshot}/_clone/{target_snapshot}",
    params={"master_timeout": MASTER_TIMEOUT},
    docs="modules-snapshots",
    path=needs_content,
    body=clone_body,
    body_first=ALWAYS,
    check=_check_cloned,
    since=(7, 10),
    action="cluster:admin/snapshot/clone",
)
def clone(cluster: Cluster, request: Request) -> Response:
    """A snapshot with some indices of another."""
    state.clone(
        cluster, request.part("repository"), request.part("snapshot"), request.part("target_snapshot"), request.parsed
    )
    return acknowledged()


@endpoint(
    "snapshot.restore",
    "POST /_snapshot/{repository}/{snapshot}/_restore",
    params={"master_timeout": MASTER_TIMEOUT, "wait_for_completion": boolean(False)},
    docs="modules-snapshots",
    body=restore_body,
    action="cluster:admin/snapshot/restore",
)
def restore(cluster: Cluster, request: Request) -> Response:
    """Bring the indices of a snapshot back."""
    indices = restore_indices(cluster, request.part("repository"), request.part("snapshot"), request.parsed)
    if not request.param("wait_for_completion"):
        return Response(200, {"accepted": True})
    shards = sum(index.n_shards for index in indices)
    info = {
        "snapshot": request.part("snapshot"),
        "indices": [index.name for index in indices],
        "shards": {"total": shards, "failed": 0, "successful": shards},
    }
    return Response(200, {"snapshot": info})
