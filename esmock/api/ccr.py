"""Cross-cluster replication as far as one cluster goes: nothing follows anything. Docs: ccr-apis.

Source: answers of 6.8.23 with a trial licence.
Differs: a remote cluster that is known answers 501, since none is ever asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from esmock.api.declare import Endpoints
from esmock.api.params import MASTER_TIMEOUT, Param, string, time
from esmock.api.request import Request, Response
from esmock.errors import (
    ActionRequestValidation,
    IllegalArgument,
    IndexNotFound,
    NoSuchRemoteCluster,
    ResourceNotFound,
    Unsupported,
)
from esmock.state.resolve import IndicesOptions, resolve
from esmock.xcontent.object_parser import Parser, integer, long_, mapping, scalar, strings
from esmock.xcontent.object_parser import string as string_field
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

endpoint = Endpoints()
Json = Any
_SEEDS = "cluster.remote."
_MASTER: dict[str, Param] = {"master_timeout": MASTER_TIMEOUT}
_OPEN_CLOSED = IndicesOptions(expand=("open", "closed"), forbid_closed=False)
_HOW = (
    integer("max_read_request_operation_count"),
    integer("max_write_request_operation_count"),
    integer("max_outstanding_read_requests"),
    integer("max_outstanding_write_requests"),
    scalar("max_read_request_size"),
    scalar("max_write_request_size"),
    integer("max_write_buffer_count"),
    scalar("max_write_buffer_size"),
    scalar("max_retry_delay"),
    scalar("read_poll_timeout"),
)
_FOLLOW = Parser(
    "indices:admin/xpack/ccr/put_follow",
    string_field("remote_cluster"),
    string_field("leader_index"),
    string_field("data_stream_name"),
    mapping("settings"),
    *_HOW,
)
_RESUME = Parser("indices:admin/xpack/ccr/resume_follow", *_HOW)
_PATTERN = Parser(
    "put_auto_follow_pattern_request",
    string_field("remote_cluster"),
    strings("leader_index_patterns"),
    strings("leader_index_exclusion_patterns"),
    string_field("follow_index_pattern"),
    mapping("settings"),
    *_HOW,
)
_FORGET = Parser(
    "forget_follower",
    string_field("follower_cluster"),
    string_field("follower_index"),
    string_field("follower_index_uuid"),
    string_field("leader_remote_cluster"),
    long_("timeout"),
)


def _read(request: Request, parser: Parser, required: tuple[str, ...], said: str) -> dict[str, Json]:
    """A body with all that it must have; ``said`` tells of what is missing, with ``{}`` for its name."""
    found: dict[str, Json] = parser.parse(request.required_json(), Reading(request.behaviour, request.warn))
    missing = [said.format(name) for name in required if found.get(name) is None]
    if missing:
        raise ActionRequestValidation(*missing)
    return found


def _refuse_remote(cluster: Cluster, name: str) -> NoReturn:
    for settings in (cluster.transient_settings, cluster.persistent_settings, cluster.server_settings.node_settings):
        if any(key.startswith(f"{_SEEDS}{name}.") for key in settings):
            raise Unsupported(f"following the remote cluster [{name}]")
    raise NoSuchRemoteCluster(f"no such remote cluster: [{name}]")


@endpoint(
    "ccr.follow",
    "PUT /{index}/_ccr/follow",
    params={"wait_for_active_shards": string(), **_MASTER},
    docs="ccr-put-follow",
    body=lambda request: _read(request, _FOLLOW, ("remote_cluster", "leader_index"), "{} is missing"),
    action="indices:admin/xpack/ccr/put_follow",
)
def follow(cluster: Cluster, request: Request) -> Response:
    """Let an index follow one of another cluster: there is none."""
    _refuse_remote(cluster, request.parsed["remote_cluster"])


@endpoint(
    "ccr.put_auto_follow_pattern",
    "PUT /_ccr/auto_follow/{name}",
    params=_MASTER,
    docs="ccr-put-auto-follow-pattern",
    body=lambda request: _read(request, _PATTERN, ("remote_cluster", "leader_index_patterns"), "[{}] is missing"),
    action="cluster:admin/xpack/ccr/auto_follow_pattern/put",
)
def put_auto_follow_pattern(cluster: Cluster, request: Request) -> Response:
    """Follow all indices of another cluster that are named so: there is none."""
    _refuse_remote(cluster, request.parsed["remote_cluster"])


@endpoint(
    "ccr.get_auto_follow_pattern",
    "GET /_ccr/auto_follow",
    "GET /_ccr/auto_follow/{name}",
    params=_MASTER,
    docs="ccr-get-auto-follow-pattern",
    action="cluster:admin/xpack/ccr/auto_follow_pattern/get",
)
def get_auto_follow_pattern(cluster: Cluster, request: Request) -> Response:
    """The patterns: none."""
    if request.part("name") is not None:
        raise _missing_pattern(request)
    return Response(200, {"patterns": []})


def _missing_pattern(request: Request) -> ResourceNotFound:
    return ResourceNotFound(f"auto-follow pattern [{request.part('name')}] is missing")


def _on_pattern(name: str, route: str, *, docs: str, action: str, since: tuple[int, int] = (0, 0)) -> None:
    @endpoint(f"ccr.{name}", route, params=_MASTER, docs=docs, action=action, since=since)
    def handler(cluster: Cluster, request: Request) -> Response:
        raise _missing_pattern(request)


_AUTO = "cluster:admin/xpack/ccr/auto_follow_pattern/"
_on_pattern(
    "delete_auto_follow_pattern",
    "DELETE /_ccr/auto_follow/{name}",
    docs="ccr-delete-auto-follow-pattern",
    action=f"{_AUTO}delete",
)
for _what in ("pause", "resume"):
    _on_pattern(
        f"{_what}_auto_follow_pattern",
        f"POST /_ccr/auto_follow/{{name}}/{_what}",
        docs=f"ccr-{_what}-auto-follow-pattern",
        action=f"{_AUTO}activate",
        since=(7, 5),
    )


@endpoint(
    "ccr.stats",
    "GET /_ccr/stats",
    params={"timeout": time(since=(8, 14)), **_MASTER},
    docs="ccr-get-stats",
    action="cluster:monitor/ccr/stats",
)
def stats(cluster: Cluster, request: Request) -> Response:
    """What following did: nothing."""
    auto = {
        "number_of_failed_follow_indices": 0,
        "number_of_failed_remote_cluster_state_requests": 0,
        "number_of_successful_follow_indices": 0,
        "recent_auto_follow_errors": [],
        "auto_followed_clusters": [],
    }
    return Response(200, {"auto_follow_stats": auto, "follow_stats": {"indices": []}})


@endpoint(
    "ccr.follow_stats",
    "GET /{index}/_ccr/stats",
    params={"timeout": time(since=(8, 14))},
    docs="ccr-get-follow-stats",
    action="cluster:monitor/ccr/follow_stats",
)
def follow_stats(cluster: Cluster, request: Request) -> Response:
    """What one follower did: there is none."""
    raise ResourceNotFound(f"No shard follow tasks for follower indices [{request.part('index')}]")


@endpoint(
    "ccr.follow_info", "GET /{index}/_ccr/info", params=_MASTER, docs="ccr-get-follow-info", action="cluster:monitor/ccr/follow_info"
)
def follow_info(cluster: Cluster, request: Request) -> Response:
    """How indices follow: none does. Raises IndexNotFound."""
    resolve(cluster, request.part_list("index"), _OPEN_CLOSED)
    return Response(200, {"follower_indices": []})


def _index(cluster: Cluster, name: str) -> Index:
    index = cluster.indices.get(name)
    if index is None:
        raise IndexNotFound(name)
    return index


@endpoint(
    "ccr.pause_follow",
    "POST /{index}/_ccr/pause_follow",
    params=_MASTER,
    docs="ccr-post-pause-follow",
    action="cluster:admin/xpack/ccr/pause_follow",
)
def pause_follow(cluster: Cluster, request: Request) -> Response:
    """Let a follower rest: there is none."""
    name = request.part("index")
    if request.behaviour.has((7, 0)):
        _index(cluster, name)
        raise IllegalArgument(f"index [{name}] is not a follower index")
    raise IllegalArgument(f"no shard follow tasks for [{name}]")


@endpoint(
    "ccr.resume_follow",
    "POST /{index}/_ccr/resume_follow",
    params=_MASTER,
    docs="ccr-post-resume-follow",
    body=lambda request: _RESUME.parse(request.json(), Reading(request.behaviour, request.warn)) if request.content else {},
    action="cluster:admin/xpack/ccr/resume_follow",
)
def resume_follow(cluster: Cluster, request: Request) -> Response:
    """Let a follower go on: there is none."""
    name = request.part("index")
    _index(cluster, name)
    raise IllegalArgument(f"follow index [{name}] does not have ccr metadata")


@endpoint(
    "ccr.unfollow",
    "POST /{index}/_ccr/unfollow",
    params=_MASTER,
    docs="ccr-post-unfollow",
    action="indices:admin/xpack/ccr/unfollow",
)
def unfollow(cluster: Cluster, request: Request) -> Response:
    """Make a follower an index like any other: there is none."""
    name = request.part("index")
    _index(cluster, name)
    raise IllegalArgument(f"index [{name}] is not a follower index")


@endpoint(
    "ccr.forget_follower",
    "POST /{index}/_ccr/forget_follower",
    params={"timeout": time(since=(8, 14))},
    docs="ccr-post-forget-follower",
    body=lambda request: _FORGET.parse(request.required_json(), Reading(request.behaviour, request.warn)),
    action="indices:admin/xpack/ccr/forget_follower",
)
def forget_follower(cluster: Cluster, request: Request) -> Response:
    """Let go what is kept for a follower: nothing is."""
    index = _index(cluster, request.part("index"))
    return Response(200, {"_shards": {"total": index.n_shards, "successful": index.n_shards, "failed": 0}})
