"""The cluster: health, settings, state, routing commands and what only a cluster of many has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from esmock.api.acknowledgement import in_time
from esmock.api.declare import Endpoints
from esmock.api.params import (
    INDICES_OPTIONS,
    MASTER_TIMEOUT,
    TIMEOUT,
    Param,
    boolean,
    long,
    names,
    time,
)
from esmock.api.request import Request, Response, parser_map
from esmock.errors import (
    ActionRequestValidation,
    ClassCast,
    IllegalArgument,
)
from esmock.mapping.parameter import cast_message
from esmock.shape import cluster_state
from esmock.shape import index as index_shape
from esmock.state import cluster_settings, index_settings, voting
from esmock.state.blocks import check_settings
from esmock.state.resolve import IndicesOptions, by_name, is_all, resolve
from esmock.state.setting_values import as_list

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any


@endpoint(
    "cluster.get_settings",
    "GET /_cluster/settings",
    params={
        "include_defaults": boolean(False),
        "local": boolean(False),
        "master_timeout": MASTER_TIMEOUT,
        "timeout": Param(TIMEOUT.parse, TIMEOUT.default, since=(9, 0)),
        "flat_settings": boolean(False, response=True),
    },
    docs="cluster-get-settings",
    action="cluster:monitor/state",
)
def get_settings(cluster: Cluster, request: Request) -> Response:
    """Settings of the cluster."""
    flat = request.param_while_rendering("flat_settings")
    body: dict[str, Json] = {
        "persistent": index_shape.settings(cluster.persistent_settings, is_flat=flat),
        "transient": index_shape.settings(cluster.transient_settings, is_flat=flat),
    }
    if request.param("include_defaults"):
        body["defaults"] = index_shape.settings(cluster_settings.defaults(cluster), is_flat=flat)
    return Response(200, body)


def _unmoved() -> None:
    """What features do that no setting concerns."""


def _settings_body(request: Request) -> list[dict[str, Any]]:
    """The persistent and the transient settings of a request, flat. Raises ElasticsearchParse, ClassCast."""
    body = parser_map(request)
    parts: list[dict[str, Any]] = []
    for kind in ("transient", "persistent"):
        given = body.get(kind, {})
        if not isinstance(given, dict):
            raise ClassCast(cast_message(given))
        parts.append(index_settings.flatten(given))
    return parts[::-1]


def _check_settings(request: Request) -> None:
    if not any(request.parsed):
        raise ActionRequestValidation("no settings to update")


@endpoint(
    "cluster.put_settings",
    "PUT /_cluster/settings",
    params={
        "timeout": TIMEOUT,
        "master_timeout": MASTER_TIMEOUT,
        "flat_settings": boolean(False, response=True),
    },
    docs="cluster-update-settings",
    body=_settings_body,
    check=_check_settings,
    early=("master_timeout", "timeout"),
    action="cluster:admin/settings/update",
)
@in_time(lambda cluster: (cluster.persistent_settings, cluster.transient_settings))
def put_settings(cluster: Cluster, request: Request) -> Response:
    """Change settings of the cluster."""
    parts = request.parsed
    if cluster.is_blocked:
        check_settings(cluster, [name for part in parts for name in part])
    persistent, transient = cluster_settings.update(cluster, *parts, warn=request.warn)
    for part in cluster.slots.values():
        getattr(part, "settings_changed", _unmoved)()
    flat = (request.param if cluster.behaviour.mapping_types else request.param_while_rendering)("flat_settings")
    body = {
        "acknowledged": True,
        "persistent": index_shape.settings(persistent, is_flat=flat),
        "transient": index_shape.settings(transient, is_flat=flat),
    }
    return Response(200, body)


@endpoint(
    "cluster.state",
    "GET /_cluster/state",
    "GET /_cluster/state/{metric}",
    "GET /_cluster/state/{metric}/{index}",
    params={
        **INDICES_OPTIONS,
        "local": boolean(False),
        "master_timeout": MASTER_TIMEOUT,
        "wait_for_metadata_version": long(lazy=True),
        "wait_for_timeout": time("1m"),
        "flat_settings": boolean(False, response=True),
    },
    docs="cluster-state",
    spelt={"index": "indices"},
    early=("master_timeout",),
    action="cluster:monitor/state",
)
def get_state(cluster: Cluster, request: Request) -> Response:
    """The cluster state, or parts of it."""
    options = IndicesOptions(ignore_unavailable=True, forbid_closed=False)
    version = request.params.get("wait_for_metadata_version")
    if version is not None and version < 1:
        raise IllegalArgument(f"provided waitForMetadataVersion should be >= 1, but instead is [{version}]")
    wanted = request.part_list("index")
    everything = is_all(wanted)
    found = list(cluster.indices.values()) if everything else resolve(cluster, wanted, request.indices_options(options))
    metrics = request.part_list("metric") or ["_all"]
    flat = request.param_while_rendering("flat_settings")
    return Response(200, cluster_state.state(cluster, by_name(found), metrics, flat=flat, everything=everything))


@endpoint(
    "cluster.pending_tasks",
    "GET /_cluster/pending_tasks",
    params={"master_timeout": MASTER_TIMEOUT, "local": boolean(False)},
    docs="cluster-pending",
    action="cluster:monitor/task",
)
def pending_tasks(cluster: Cluster, request: Request) -> Response:
    """Cluster state updates that wait: none ever does."""
    return Response(200, {"tasks": []})


@endpoint("cluster.remote_info", "GET /_remote/info", docs="cluster-remote-info", action="cluster:monitor/remote/info")
def remote_info(cluster: Cluster, request: Request) -> Response:
    """Remote clusters that settings name; none is ever connected."""
    settings = {**cluster.persistent_settings, **cluster.transient_settings}
    aliases = sorted(
        {found[1] for name in settings if (found := re.match(r"cluster\.remote\.([^.]+)\.(seeds|proxy_address)", name))}
    )
    out: dict[str, Json] = {}
    for alias in aliases:
        skip = settings.get(f"cluster.remote.{alias}.skip_unavailable")
        out[alias] = {
            "connected": False,
            "mode": "sniff",
            "seeds": as_list(settings.get(f"cluster.remote.{alias}.seeds")),
            "num_nodes_connected": 0,
            "max_connections_per_cluster": 3,
            "initial_connect_timeout": "30s",
            "skip_unavailable": cluster.behaviour.skips_unavailable_remotes if skip is None else skip == "true",
        }
    return Response(200, out)


def _check_exclusions(request: Request) -> None:
    given = [name for name in ("node_ids", "node_names") if request.raw.get(name)]
    if len(given) != 1:
        if request.behaviour.major >= 8:
            raise IllegalArgument("You must set [node_names] or [node_ids] but not both")
        raise IllegalArgument(
            "Please set node identifiers correctly. One and only one of [node_name], [node_names] and [node_ids] has to "
            "be set"
        )


def _timeout_of_exclusions(name: str, text: str) -> Any:
    return TIMEOUT.parse(f"RestAddVotingConfigExclusionAction.{name}", text)


@endpoint(
    "cluster.post_voting_config_exclusions",
    "POST /_cluster/voting_config_exclusions",
    params={
        "node_ids": names(),
        "node_names": names(),
        "node_name": names(lazy=True, until=(7, 99)),
        "master_timeout": Param(MASTER_TIMEOUT.parse, MASTER_TIMEOUT.default, since=(7, 99)),
        "timeout": Param(TIMEOUT.parse, TIMEOUT.default, older=((8, 0), _timeout_of_exclusions)),
    },
    docs="voting-config-exclusions",
    prepare=_check_exclusions,
    action="cluster:admin/voting_config/add_exclusions",
)
def post_voting_config_exclusions(cluster: Cluster, request: Request) -> Response:
    """Take nodes out of elections."""
    voting.exclude(cluster, ids=request.param("node_ids"), names=request.param("node_names"))
    return Response(200, "")


@endpoint(
    "cluster.delete_voting_config_exclusions",
    "DELETE /_cluster/voting_config_exclusions",
    params={
        "master_timeout": Param(MASTER_TIMEOUT.parse, MASTER_TIMEOUT.default, since=(7, 99)),
        "wait_for_removal": boolean(True, lazy=True, read_since=(8, 0)),
    },
    docs="voting-config-exclusions",
    action="cluster:admin/voting_config/clear_exclusions",
)
def delete_voting_config_exclusions(cluster: Cluster, request: Request) -> Response:
    """Forget the exclusions."""
    voting.clear(cluster, wait_for_removal=request.param("wait_for_removal"))
    return Response(200, "")
