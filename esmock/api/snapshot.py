"""Snapshots: take, look at, clone, restore, remove. Docs: snapshot-restore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import ALWAYS, UNTIL_EIGHT, Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import MASTER_TIMEOUT, boolean
from esmock.api.request import Request, Response, needs_content, parser_map
from esmock.errors import ActionRequestValidation, IllegalArgument, Unsupported
from esmock.shape import snapshots as shape
from esmock.state import index_settings
from esmock.state import snapshots as state
from esmock.state.repositories import repositories
from esmock.state.resolve import IndicesOptions
from esmock.state.restore import Restore
from esmock.state.restore import restore as restore_indices

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.version import Behaviour

endpoint = Endpoints()
Json = Any


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
    shown = str(value).lower() if isinstance(value, bool) else value
    cause = IllegalArgument(f"Failed to parse value [{shown}] as only [true] or [false] are allowed.")
    raise IllegalArgument(f"Could not convert [{name}] to boolean", cause=cause)


_WORDS = {"open": ("open",), "closed": ("closed",), "hidden": ("hidden",), "none": (), "all": ("open", "closed", "hidden")}


def _options(body: dict[str, Json], behaviour: Behaviour) -> IndicesOptions:
    """Which indices an expression means; closed ones come along by wildcard since 8.0."""
    expand = body.get("expand_wildcards")
    chosen: tuple[str, ...] | None = None
    if expand is not None:
        chosen = ()
        for word in expand.split(",") if isinstance(expand, str) else expand:
            if word not in _WORDS:
                raise IllegalArgument(f"No valid expand wildcard value [{word}]")
            chosen += _WORDS[word]
    return IndicesOptions(
        expand=chosen or (("open", "hidden") if behaviour.mapping_types else ("open", "closed", "hidden")),
        ignore_unavailable=_flag(body.get("ignore_unavailable", False), "ignore_unavailable"),
        allow_no_indices=_flag(body.get("allow_no_indices", True), "allow_no_indices"),
        forbid_closed=False,
    )


def _checked(body: dict[str, Json]) -> None:
    """What is wrong with the parts of a create request that are not looked at otherwise."""
    for key in body:
        if key in ("partial", "include_global_state"):
            _flag(body[key], key)
    if not isinstance(body.get("metadata", {}), dict | None):
        raise IllegalArgument("malformed metadata, should be an object")
    if not isinstance(body.get("settings", {}), dict):
        raise IllegalArgument("malformed settings section, should indices an inner object")


def _create_body(request: Request) -> dict[str, Any]:
    """What a create request asks for, as ``snapshots.create`` takes it. Raises IllegalArgument."""
    body = request.parser_map()
    _checked(body)
    _check_features(body, request.behaviour)
    return {
        "indices": _names(body.get("indices", []), "indices"),
        "options": _options(body, request.behaviour),
        "include_global_state": _flag(body.get("include_global_state", True), "include_global_state"),
        "metadata": body.get("metadata"),
    }


@endpoint(
    "snapshot.create",
    "PUT,POST /_snapshot/{repository}/{snapshot}",
    params={"master_timeout": MASTER_TIMEOUT, "wait_for_completion": boolean(False)},
    docs="modules-snapshots",
    body=_create_body,
    body_first=UNTIL_EIGHT,
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


@endpoint(
    "snapshot.clone",
    "PUT /_snapshot/{repository}/{snapshot}/_clone/{target_snapshot}",
    params={"master_timeout": MASTER_TIMEOUT},
    docs="modules-snapshots",
    path=needs_content,
    body=parser_map,
    body_first=ALWAYS,
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


_FEATURES_SINCE = (7, 12)


def _features(value: Json) -> list[str]:
    if not isinstance(value, list):
        raise IllegalArgument("malformed feature_states section, should be an array of strings")
    if not all(isinstance(one, str) for one in value):
        raise Unsupported("[feature_states] with other than strings")
    return value


def _check_features(body: dict[str, Json], behaviour: Behaviour) -> None:
    """Which features' state goes into a snapshot: features keep no indices, so there is none. Raises IllegalArgument."""
    if "feature_states" not in body or not behaviour.has(_FEATURES_SINCE):
        return
    names = _features(body["feature_states"])
    if "none" in names and len(names) > 1:
        raise IllegalArgument(
            "the feature_states value [none] indicates that no feature states should be snapshotted, but other feature states were "
            f"requested: [{', '.join(names)}]"
        )


def _restore_body(request: Request) -> Restore:
    out, behaviour = Restore(), request.behaviour
    for key, value in request.parser_map().items():
        if key not in _RESTORE_KEYS or (key == "feature_states" and not behaviour.has(_FEATURES_SINCE)):
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
            if key == "rename_pattern":
                out.rename_pattern = value
            else:
                out.rename_replacement = value
        elif key == "index_settings":
            if not isinstance(value, dict):
                raise IllegalArgument("malformed index_settings section")
            out.index_settings = index_settings.normalise(value)
        elif key == "ignore_index_settings":
            out.ignore_index_settings = _names(value, "ignore_index_settings")
        elif key == "feature_states":
            out.feature_states = _features(value)
    return out


@endpoint(
    "snapshot.restore",
    "POST /_snapshot/{repository}/{snapshot}/_restore",
    params={"master_timeout": MASTER_TIMEOUT, "wait_for_completion": boolean(False)},
    docs="modules-snapshots",
    body=_restore_body,
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
