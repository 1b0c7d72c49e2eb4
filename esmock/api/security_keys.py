"""API keys granted and changed, and roles by the dozen. Docs: security-api-grant-api-key, security-api-update-api-key and their kin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints, since
from esmock.api.params import REFRESH
from esmock.api.request import Request, Response
from esmock.api.security import parsed_by, state_of
from esmock.errors import Unsupported

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
    action=_ACTION + "api_key/grant",
)
def grant_api_key(cluster: Cluster, request: Request) -> Response:
    """Make a key that acts for another user, whose credentials the request tells."""
    from esmock.features.security.api_key import create, grantee

    if request.parsed.get("run_as"):
        raise Unsupported("[run_as] of security.grant_api_key")
    state = state_of(cluster)
    owner = grantee(state, request.parsed, cluster.behaviour)
    return Response(200, create(state, owner, request.parsed.get("api_key") or {}, cluster.behaviour))


@endpoint(
    "security.update_api_key",
    since((8, 4), "PUT /_security/api_key/{id}"),
    docs="security-api-update-api-key",
    body=parsed_by("api_key", "UPDATE", optional=True),
    action=_ACTION + "api_key/update",
)
def update_api_key(cluster: Cluster, request: Request) -> Response:
    """Change one of one's own keys."""
    from esmock.features.security.api_key import check_metadata, update

    check_metadata(request.parsed, cluster.behaviour)
    return Response(200, {"updated": update(state_of(cluster), request.authentication, request.part("id"), request.parsed)})


@endpoint(
    "security.bulk_update_api_keys",
    since((8, 5), "POST /_security/api_key/_bulk_update"),
    docs="security-api-bulk-update-api-keys",
    body=parsed_by("api_key", "BULK_UPDATE"),
    action=_ACTION + "api_key/bulk_update",
)
def bulk_update_api_keys(cluster: Cluster, request: Request) -> Response:
    """Change several of one's own keys alike."""
    from esmock.features.security.api_key import bulk_update, check_metadata

    check_metadata(request.parsed, cluster.behaviour)
    return Response(200, bulk_update(state_of(cluster), request.authentication, request.parsed))


@endpoint(
    "security.get_settings",
    since((8, 10), "GET /_security/settings"),
    docs="security-api-get-settings",
    action=_ACTION + "settings/get",
)
def get_settings(cluster: Cluster, request: Request) -> Response:
    """The settings of the indices behind security that were changed: none, since esmock keeps it elsewhere."""
    state_of(cluster)
    return Response(200, {"security": {}, "security-tokens": {}, "security-profile": {}})
