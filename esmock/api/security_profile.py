"""User profiles. Docs: user-profile, security-api-activate-user-profile and its kin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints, since
from esmock.api.params import REFRESH, long, string
from esmock.api.request import Request, Response
from esmock.api.security import checked_by, parsed_by, state_of
from esmock.errors import ElasticsearchParse
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_ACTION = "cluster:admin/xpack/security/profile/"
_REFRESH = {"refresh": REFRESH}
_SINCE = (8, 2)


def _check_activate(request: Request) -> None:
    from esmock.errors import ActionRequestValidation
    from esmock.features.security.grant import grant_problems

    problems = grant_problems(request.parsed)
    if problems:
        raise ActionRequestValidation(*problems)


@endpoint(
    "security.activate_user_profile",
    since(_SINCE, "POST /_security/profile/_activate"),
    docs="security-api-activate-user-profile",
    body=parsed_by("profile", "ACTIVATE"),
    check=_check_activate,
    action=_ACTION + "activate",
)
def activate_user_profile(cluster: Cluster, request: Request) -> Response:
    """Make or refresh the profile of the user whose credentials are told."""
    from esmock.features.security.profile import activate

    return Response(200, activate(state_of(cluster), request.parsed))


@endpoint(
    "security.get_user_profile",
    since(_SINCE, "GET /_security/profile/{uid}"),
    params={"data": string()},
    docs="security-api-get-user-profile",
    action=_ACTION + "get",
)
def get_user_profile(cluster: Cluster, request: Request) -> Response:
    """Profiles by id."""
    from esmock.features.security.profile import get

    return Response(200, get(state_of(cluster), request.part_list("uid"), request.param("data")))


def _suggest_body(request: Request) -> Json:
    from esmock.features.security.profile import SUGGEST

    body = request.json()
    return {} if body is None else SUGGEST.parse(body, Reading(request.behaviour, request.warn))


def _check_suggest(request: Request) -> None:
    from esmock.features.security.profile import check_suggest, only_one_data

    only_one_data(request.parsed.get("data"), request.param("data"))
    check_suggest(request.parsed)


@endpoint(
    "security.suggest_user_profiles",
    since(_SINCE, "GET,POST /_security/profile/_suggest"),
    params={"data": string()},
    docs="security-api-suggest-user-profile",
    body=_suggest_body,
    check=_check_suggest,
    action=_ACTION + "suggest",
)
def suggest_user_profiles(cluster: Cluster, request: Request) -> Response:
    """Profiles of users whose names begin with a text."""
    from esmock.features.security.profile import only_one_data, suggest

    data = only_one_data(request.parsed.get("data"), request.param("data"))
    return Response(200, suggest(state_of(cluster), request.parsed, data))


@endpoint(
    "security.update_user_profile_data",
    since(_SINCE, "PUT,POST /_security/profile/{uid}/_data"),
    params={"if_seq_no": long(), "if_primary_term": long(), **_REFRESH},
    docs="security-api-update-user-profile-data",
    body=parsed_by("profile", "DATA"),
    check=checked_by("profile", "check_data"),
    action=_ACTION + "put/data",
)
def update_user_profile_data(cluster: Cluster, request: Request) -> Response:
    """Change labels and data of a profile."""
    from esmock.features.security.profile import update_data

    seq_no, primary_term = request.param("if_seq_no"), request.param("if_primary_term")
    update_data(state_of(cluster), request.part("uid"), request.parsed, seq_no, primary_term)
    return Response(200, {"acknowledged": True})


def _enable(cluster: Cluster, request: Request, *, enabled: bool) -> Response:
    from esmock.features.security.profile import set_enabled

    set_enabled(state_of(cluster), request.part("uid"), enabled=enabled)
    return Response(200, {"acknowledged": True})


@endpoint(
    "security.enable_user_profile",
    since(_SINCE, "PUT,POST /_security/profile/{uid}/_enable"),
    params=_REFRESH,
    docs="security-api-enable-user-profile",
    action=_ACTION + "set_enabled",
)
def enable_user_profile(cluster: Cluster, request: Request) -> Response:
    """Show a profile to those who look for one."""
    return _enable(cluster, request, enabled=True)


@endpoint(
    "security.disable_user_profile",
    since(_SINCE, "PUT,POST /_security/profile/{uid}/_disable"),
    params=_REFRESH,
    docs="security-api-disable-user-profile",
    action=_ACTION + "set_enabled",
)
def disable_user_profile(cluster: Cluster, request: Request) -> Response:
    """Hide a profile from those who look for one."""
    return _enable(cluster, request, enabled=False)


def _privileges_body(request: Request) -> Json:
    from esmock.features.security.profile import HAS_PRIVILEGES

    body = request.json()
    if body is None:
        raise ElasticsearchParse("request body or source parameter is required")
    return HAS_PRIVILEGES.parse(body, Reading(request.behaviour, request.warn))


def _check_privileges(request: Request) -> None:
    from esmock.features.security.has_privileges import check_privileges

    check_privileges(request.parsed["privileges"])


@endpoint(
    "security.has_privileges_user_profile",
    since((8, 3), "GET,POST /_security/profile/_has_privileges"),
    docs="security-api-has-privileges-user-profile",
    body=_privileges_body,
    check=_check_privileges,
    action=_ACTION + "has_privileges",
)
def has_privileges_user_profile(cluster: Cluster, request: Request) -> Response:
    """Which profiles' users have all of some privileges."""
    from esmock.features.security.profile import have_privileges

    return Response(200, have_privileges(state_of(cluster), request.parsed, cluster.behaviour))
