"""Service accounts and their tokens. Docs: security-api-get-service-accounts and its kin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.api.declare import Endpoints, since
from esmock.api.params import REFRESH
from esmock.api.request import Request, Response
from esmock.api.security import cleared, state_of

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
_REFRESH = {"refresh": REFRESH}
_ACTION = "cluster:admin/xpack/security/service_account/"
_CREDENTIAL = "/_security/service/{namespace}/{service}/credential"
_TOKEN = _CREDENTIAL + "/token/{name}"
_SINCE = (7, 13)


def _account(request: Request) -> str:
    return f"{request.part('namespace')}/{request.part('service')}"


@endpoint(
    "security.get_service_accounts",
    since(_SINCE, "GET /_security/service"),
    since(_SINCE, "GET /_security/service/{namespace}"),
    since(_SINCE, "GET /_security/service/{namespace}/{service}"),
    docs="security-api-get-service-accounts",
    action=_ACTION + "get",
)
def get_service_accounts(cluster: Cluster, request: Request) -> Response:
    """The accounts there are, with their rights."""
    from esmock.features.security.service_account import get

    state_of(cluster)
    return Response(200, get(cluster.behaviour, request.part("namespace"), request.part("service")))


def _check_name(request: Request) -> None:
    from esmock.features.security.service_account import check_name

    check_name(request.part("name"))


@endpoint(
    "security.create_service_token",
    since(_SINCE, f"PUT,POST {_TOKEN}"),
    since(_SINCE, f"POST {_CREDENTIAL}/token"),
    params=_REFRESH,
    docs="security-api-create-service-token",
    check=_check_name,
    action=_ACTION + "token/create",
)
def create_service_token(cluster: Cluster, request: Request) -> Response:
    """Make a token for an account."""
    from esmock.features.security.service_account import create

    return Response(200, create(state_of(cluster), _account(request), request.part("name")))


@endpoint(
    "security.delete_service_token",
    since(_SINCE, f"DELETE {_TOKEN}"),
    params=_REFRESH,
    docs="security-api-delete-service-token",
    action=_ACTION + "token/delete",
)
def delete_service_token(cluster: Cluster, request: Request) -> Response:
    """Make a token useless."""
    from esmock.features.security.service_account import delete

    found = delete(state_of(cluster), _account(request), request.part("name"))
    return Response(200 if found else 404, {"found": found})


@endpoint(
    "security.get_service_credentials",
    since(_SINCE, f"GET {_CREDENTIAL}"),
    docs="security-api-get-service-credentials",
    action=_ACTION + "credential/get",
)
def get_service_credentials(cluster: Cluster, request: Request) -> Response:
    """The names of an account's tokens."""
    from esmock.features.security.service_account import credentials

    return Response(200, credentials(state_of(cluster), _account(request)))


@endpoint(
    "security.clear_cached_service_tokens",
    since(_SINCE, f"POST {_TOKEN}/_clear_cache"),
    docs="security-api-clear-service-token-caches",
    action="cluster:admin/xpack/security/cache/clear",
)
def clear_cached_service_tokens(cluster: Cluster, request: Request) -> Response:
    """Nothing is cached: every request asks the tokens as they are."""
    return cleared(cluster)
