"""API keys granted and changed, and roles by the dozen. Docs: security-api-grant-api-key, security-api-update-api-key and their kin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints, since
from esmock.api.params import MASTER_TIMEOUT, REFRESH, TIMEOUT
from esmock.api.request import Request, Response
from esmock.api.security import checked_by, parsed_by, state_of

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_REFRESH = {"refresh": REFRESH}
_ACTION = "cluster:admin/xpack/security/"


@endpoint(
    "security.grant_api_key",
    since((7, 9), "POST /_security/api_key/grant"),
    params=_REFRESH,
    docs="security-api-grant-api-key",
    body=parsed_by("api_key", "GRANT"),
    check=checked_by("api_key", "check_grant", versioned=True),
    action=_ACTION + "api_key/grant",
)
def grant_api_key(cluster: Cluster, request: Request) -> Response:
    """Make a key that acts for another user, whose credentials the request tells."""
    from esmock.features.security.api_key import create, grantee

    state = state_of(cluster)
    owner = grantee(state, request.parsed)
    return Response(200, create(state, owner, request.parsed.get("api_key") or {}))


@endpoint(
    "security.update_api_key",
    since((8, 4), "PUT /_security/api_key/{id}"),
    docs="security-api-update-api-key",
    body=parsed_by("api_key", "UPDATE", optional=True),
    check=checked_by("api_key", "check_change", versioned=True),
    action=_ACTION + "api_key/update",
)
def update_api_key(cluster: Cluster, request: Request) -> Response:
    """Change one of one's own keys."""
    from esmock.features.security.api_key import update

    return Response(200, {"updated": update(state_of(cluster), request.authentication, request.part("id"), request.parsed)})


@endpoint(
    "security.bulk_update_api_keys",
    since((8, 5), "POST /_security/api_key/_bulk_update"),
    docs="security-api-bulk-update-api-keys",
    body=parsed_by("api_key", "BULK_UPDATE"),
    check=checked_by("api_key", "check_change", versioned=True),
    action=_ACTION + "api_key/bulk_update",
)
def bulk_update_api_keys(cluster: Cluster, request: Request) -> Response:
    """Change several of one's own keys alike."""
    from esmock.features.security.api_key import bulk_update

    return Response(200, bulk_update(state_of(cluster), request.authentication, request.parsed))


@endpoint(
    "security.clone_api_key",
    since((9, 4), "POST,PUT /_security/api_key/clone"),
    params=_REFRESH,
    docs="security-api-clone-api-key",
    body=parsed_by("clone", "CLONE"),
    check=checked_by("clone", "check", versioned=True),
    action=_ACTION + "api_key/clone",
)
def clone_api_key(cluster: Cluster, request: Request) -> Response:
    """Make a copy of a key for who can show it."""
    from esmock.features.security.clone import clone

    return Response(200, clone(state_of(cluster), request.parsed))


@endpoint(
    "security.create_cross_cluster_api_key",
    since((8, 9), "POST /_security/cross_cluster/api_key"),
    docs="security-api-create-cross-cluster-api-key",
    body=parsed_by("cross_cluster", "CREATE"),
    check=checked_by("api_key", "check_new", versioned=True),
    action=_ACTION + "cross_cluster/api_key/create",
)
def create_cross_cluster_api_key(cluster: Cluster, request: Request) -> Response:
    """Make a key for another cluster."""
    from esmock.features.security.cross_cluster import create

    return Response(200, create(state_of(cluster), request.authentication, request.parsed))


def _check_cross_cluster_update(request: Request) -> None:
    from esmock.features.security.api_key import check_change
    from esmock.features.security.cross_cluster import check_update

    check_update(request.parsed)
    check_change(request.parsed, request.behaviour)


@endpoint(
    "security.update_cross_cluster_api_key",
    since((8, 9), "PUT /_security/cross_cluster/api_key/{id}"),
    docs="security-api-update-cross-cluster-api-key",
    body=parsed_by("cross_cluster", "UPDATE"),
    check=_check_cross_cluster_update,
    action=_ACTION + "cross_cluster/api_key/update",
)
def update_cross_cluster_api_key(cluster: Cluster, request: Request) -> Response:
    """Change a key for another cluster."""
    from esmock.features.security.cross_cluster import update

    return Response(200, {"updated": update(state_of(cluster), request.authentication, request.part("id"), request.parsed)})


@endpoint(
    "security.get_settings",
    since((8, 10), "GET /_security/settings"),
    params={"master_timeout": MASTER_TIMEOUT},
    docs="security-api-get-settings",
    action=_ACTION + "settings/get",
)
def get_settings(cluster: Cluster, request: Request) -> Response:
    """The settings of the indices behind security that may be changed."""
    from esmock.features.security.settings import shown

    return Response(200, shown(state_of(cluster)))


@endpoint(
    "security.get_stats",
    since((9, 2), "GET /_security/stats"),
    docs="security-get-stats",
    action="cluster:monitor/xpack/security/stats",
)
def get_stats(cluster: Cluster, request: Request) -> Response:
    """The cache of the queries of roles, node by node: esmock reads them anew each time, so that it is empty.

    Source: the makers' test ``security/stats/20_roles_stats``, for how many numbers there are.
    """
    cache: dict[str, Json] = {"count": 0, "memory": "0b", "memory_in_bytes": 0, "hits": 0, "misses": 0, "evictions": 0}
    cache |= {"hits_time_in_millis": 0, "misses_time_in_millis": 0}
    return Response(200, {"nodes": {node.id: {"roles": {"dls": {"bit_set_cache": cache}}} for node in cluster.nodes}})


@endpoint(
    "security.update_settings",
    since((8, 10), "PUT /_security/settings"),
    params={"master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT},
    docs="security-api-update-settings",
    body=parsed_by("settings", "UPDATE"),
    check=checked_by("settings", "check"),
    action=_ACTION + "settings/update",
)
def update_settings(cluster: Cluster, request: Request) -> Response:
    """Change settings of the indices behind security."""
    from esmock.features.security.settings import update

    update(state_of(cluster), request.parsed)
    return Response(200, {"acknowledged": True})
