"""Users, roles, API keys, tokens and privileges. Docs: security-api.

They answer where security is on; elsewhere they say so with a 501, since a cluster without security does not have them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints, Route, until
from esmock.api.params import REFRESH, boolean, string
from esmock.api.request import Request, Response
from esmock.errors import ActionRequestValidation, IllegalArgument, Unsupported
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.features.security.user import SecurityState
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_REFRESH = {"refresh": REFRESH}
_REALMS = frozenset({"*", "_all", "reserved", "default_file", "default_native", "pki1", "jwt1"})
"""Names by which the caches of realms may be cleared."""


def state_of(cluster: Cluster) -> SecurityState:
    """The security state of a space. Raises Unsupported where security is off."""
    if not cluster.server_settings.security:
        raise Unsupported("security APIs of a server without security; start it with --security, ServerSettings(security=True)")
    from esmock.features.security.user import security_state

    return security_state(cluster)


def read_body(request: Request) -> Json:
    """The JSON that the request must have."""
    return request.required_json()


def parsed_by(module: str, name: str, *, optional: bool = False) -> Callable[[Request], Any]:
    """A reader of bodies by a declared parser of the feature, which is loaded when it is needed."""

    def read(request: Request) -> Any:
        import importlib

        if optional and not request.content:
            return {}
        body = read_body(request)
        parser = getattr(importlib.import_module(f"esmock.features.security.{module}"), name)
        return parser.parse(body, Reading(request.behaviour, request.warn))

    return read


def checked_by(module: str, name: str, *, versioned: bool = False) -> Callable[[Request], None]:
    """A check of what was read of a body by a function of the feature, which is loaded when it is needed.

    Args:
        versioned: it also asks for the behaviour.
    """

    def check(request: Request) -> None:
        import importlib

        found = getattr(importlib.import_module(f"esmock.features.security.{module}"), name)
        found(request.parsed, *((request.behaviour,) if versioned else ()))

    return check


def both(*texts: str) -> list[Route]:
    """Routes, and on 7.x those below ``_xpack`` that they replaced."""
    found: list[Route] = []
    for text in texts:
        methods, path = text.split()
        old = path.replace("/_security", "/_xpack/security")
        for method in methods.split(","):
            found.append(Route(method, path))
            found += until(8, f"{method} {old}", warning=f"[{method} {old}] is deprecated! Use [{method} {path}] instead.")
    return found


@endpoint(
    "security.authenticate", both("GET /_security/_authenticate"),
    docs="security-api-authenticate", action="cluster:admin/xpack/security/user/authenticate",
)  # fmt: skip
def authenticate(cluster: Cluster, request: Request) -> Response:
    """Who the request comes from."""
    state = state_of(cluster)
    return Response(200, request.authentication.body(state, cluster.behaviour))


@endpoint(
    "security.get_user", both("GET /_security/user", "GET /_security/user/{username}"),
    params={"with_profile_uid": boolean(False)}, docs="security-api-get-user", action="cluster:admin/xpack/security/user/get",
)  # fmt: skip
def get_user(cluster: Cluster, request: Request) -> Response:
    """Some users or all, by name."""
    from esmock.features.security.put_user import get_users

    found = get_users(state_of(cluster), request.part_list("username"))
    return Response(200 if found or not request.part("username") else 404, found)


def _user_body(request: Request) -> Json:
    from esmock.features.security.put_user import read_user

    return read_user(request.part("username"), request.required_json(), request.behaviour)


@endpoint(
    "security.put_user", both("PUT,POST /_security/user/{username}"),
    params=_REFRESH, docs="security-api-put-user", body=_user_body, check=checked_by("put_user", "check_user"),
    action="cluster:admin/xpack/security/user/put",
)  # fmt: skip
def put_user(cluster: Cluster, request: Request) -> Response:
    """Create or change a user of the native realm."""
    from esmock.features.security.put_user import put_user as put

    return Response(200, {"created": put(state_of(cluster), request.part("username"), request.parsed)})


@endpoint(
    "security.delete_user", both("DELETE /_security/user/{username}"),
    params=_REFRESH, docs="security-api-delete-user", action="cluster:admin/xpack/security/user/delete",
)  # fmt: skip
def delete_user(cluster: Cluster, request: Request) -> Response:
    """Remove a user of the native realm."""
    from esmock.features.security.put_user import delete_user as delete

    found = delete(state_of(cluster), request.part("username"))
    return Response(200 if found else 404, {"found": found})


def _enable(cluster: Cluster, request: Request, *, enabled: bool) -> Response:
    from esmock.features.security.put_user import set_enabled

    set_enabled(state_of(cluster), request.part("username"), request.authentication.user.username, enabled=enabled)
    return Response(200, {})


@endpoint(
    "security.enable_user", both("PUT,POST /_security/user/{username}/_enable"),
    params=_REFRESH, docs="security-api-enable-user", action="cluster:admin/xpack/security/user/set_enabled",
)  # fmt: skip
def enable_user(cluster: Cluster, request: Request) -> Response:
    """Let a user in again."""
    return _enable(cluster, request, enabled=True)


@endpoint(
    "security.disable_user", both("PUT,POST /_security/user/{username}/_disable"),
    params=_REFRESH, docs="security-api-disable-user", action="cluster:admin/xpack/security/user/set_enabled",
)  # fmt: skip
def disable_user(cluster: Cluster, request: Request) -> Response:
    """Keep a user out."""
    return _enable(cluster, request, enabled=False)


def _password_body(request: Request) -> Json:
    from esmock.features.security.put_user import read_password

    return read_password(request.required_json(), request.behaviour)


@endpoint(
    "security.change_password", both("PUT,POST /_security/user/_password", "PUT,POST /_security/user/{username}/_password"),
    params=_REFRESH, docs="security-api-change-password", body=_password_body, check=checked_by("put_user", "check_password"),
    action="cluster:admin/xpack/security/user/change_password",
)  # fmt: skip
def change_password(cluster: Cluster, request: Request) -> Response:
    """Change one's own password, or another user's."""
    from esmock.features.security.put_user import change_password as change

    own = request.authentication.user.username if request.authentication else ""
    change(state_of(cluster), request.part("username", own), request.parsed)
    return Response(200, {})


@endpoint(
    "security.get_role", both("GET /_security/role", "GET /_security/role/{name}"),
    docs="security-api-get-role", action="cluster:admin/xpack/security/role/get",
)  # fmt: skip
def get_role(cluster: Cluster, request: Request) -> Response:
    """Some roles or all, by name."""
    from esmock.features.security.role import reserved_roles

    state = state_of(cluster)
    names = request.part_list("name") or [*reserved_roles(cluster.behaviour), *sorted(state.roles)]
    found = {name: role.body() for name in names if (role := state.role(name)) is not None}
    return Response(200 if found or not request.part("name") else 404, found)


def _role_body(request: Request) -> Json:
    from esmock.features.security.role import Role

    return Role.parse(request.part("name"), request.required_json(), request.behaviour)


def _check_role(request: Request) -> None:
    from esmock.features.security.role_checks import role_problems

    problems = role_problems(request.parsed, request.behaviour)
    if problems:
        raise ActionRequestValidation(*problems)


@endpoint(
    "security.put_role", both("PUT,POST /_security/role/{name}"),
    params=_REFRESH, docs="security-api-put-role", body=_role_body, check=_check_role, action="cluster:admin/xpack/security/role/put",
)  # fmt: skip
def put_role(cluster: Cluster, request: Request) -> Response:
    """Create or change a role."""
    from esmock.features.security.role import reserved_roles
    from esmock.features.security.role_checks import check_queries

    state, name = state_of(cluster), request.part("name")
    if name in reserved_roles(cluster.behaviour):
        raise IllegalArgument(f"role [{name}] is reserved and cannot be modified.")
    check_queries([request.parsed], cluster.behaviour)
    created = name not in state.roles
    state.roles[name] = request.parsed
    return Response(200, {"role": {"created": created}})


@endpoint(
    "security.delete_role", both("DELETE /_security/role/{name}"),
    params=_REFRESH, docs="security-api-delete-role", action="cluster:admin/xpack/security/role/delete",
)  # fmt: skip
def delete_role(cluster: Cluster, request: Request) -> Response:
    """Remove a role."""
    from esmock.features.security.role import reserved_roles

    state, name = state_of(cluster), request.part("name")
    if name in reserved_roles(cluster.behaviour):
        raise IllegalArgument(f"role [{name}] is reserved and cannot be deleted")
    found = state.roles.pop(name, None) is not None
    return Response(200 if found else 404, {"found": found})


def _asked_privileges(request: Request) -> Json:
    from esmock.features.security.has_privileges import read_privileges

    body, who = read_body(request), request.authentication
    user = request.part("user") or ("" if who is None else who.refused_run_as or who.user.username)
    return read_privileges(f"{user}/has_privileges", body, request.behaviour)


@endpoint(
    "security.has_privileges", both("GET,POST /_security/user/_has_privileges", "GET,POST /_security/user/{user}/_has_privileges"),
    docs="security-api-has-privileges", body=_asked_privileges, check=checked_by("has_privileges", "check_privileges"),
    action="cluster:admin/xpack/security/user/has_privileges",
)  # fmt: skip
def has_privileges(cluster: Cluster, request: Request) -> Response:
    """Which of the named privileges one has."""
    from esmock.features.security.has_privileges import has_privileges as look

    state = state_of(cluster)
    if request.part("user", own := request.authentication.user.username) != own:
        raise IllegalArgument("users may only check the privileges of their own account")
    return Response(200, look(request.authentication, request.parsed, state.application_privileges, cluster.behaviour))


@endpoint(
    "security.create_api_key", "PUT,POST /_security/api_key",
    params=_REFRESH, docs="security-api-create-api-key", body=parsed_by("api_key", "CREATE"),
    check=checked_by("api_key", "check_new", versioned=True), action="cluster:admin/xpack/security/api_key/create",
)  # fmt: skip
def create_api_key(cluster: Cluster, request: Request) -> Response:
    """Make a key that acts for the one who asks for it."""
    from esmock.features.security.api_key import create

    return Response(200, create(state_of(cluster), request.authentication, request.parsed))


def _check_key_selection(request: Request) -> None:
    from esmock.features.security.api_key import check_get

    check_get(request.params, request.behaviour)


@endpoint(
    "security.get_api_key", "GET /_security/api_key",
    params={"id": string(), "name": string(), "username": string(), "realm_name": string(), "owner": boolean(False),
            "with_limited_by": boolean(False, since=(8, 5)), "active_only": boolean(False, since=(8, 12)),
            "with_profile_uid": boolean(False, since=(8, 14))},
    docs="security-api-get-api-key", check=_check_key_selection, action="cluster:admin/xpack/security/api_key/get",
)  # fmt: skip
def get_api_key(cluster: Cluster, request: Request) -> Response:
    """Keys by id, name or owner."""
    from esmock.features.security.api_key import get

    found = get(state_of(cluster), request.params, request.authentication, cluster.behaviour)
    return Response(404 if request.params["id"] and not found else 200, {"api_keys": found})


@endpoint(
    "security.invalidate_api_key", "DELETE /_security/api_key",
    docs="security-api-invalidate-api-key", body=parsed_by("api_key", "INVALIDATE"), check=checked_by("api_key", "check_invalidation"),
    action="cluster:admin/xpack/security/api_key/invalidate",
)  # fmt: skip
def invalidate_api_key(cluster: Cluster, request: Request) -> Response:
    """Make keys useless."""
    from esmock.features.security.api_key import invalidate

    return Response(200, invalidate(state_of(cluster), request.parsed, request.authentication))


@endpoint(
    "security.get_token", both("POST /_security/oauth2/token"),
    docs="security-api-get-token", body=parsed_by("token", "REQUEST"), check=checked_by("token", "check"),
    action="cluster:admin/xpack/security/token/create",
)  # fmt: skip
def get_token(cluster: Cluster, request: Request) -> Response:
    """An access token for a password, for oneself, or for a refresh token."""
    from esmock.features.security.token import grant

    return Response(200, grant(state_of(cluster), request.authentication, request.parsed))


@endpoint(
    "security.invalidate_token", both("DELETE /_security/oauth2/token"),
    docs="security-api-invalidate-token", body=parsed_by("token", "INVALIDATE"), check=checked_by("token", "check_invalidation"),
    action="cluster:admin/xpack/security/token/invalidate",
)  # fmt: skip
def invalidate_token(cluster: Cluster, request: Request) -> Response:
    """Make tokens useless."""
    from esmock.features.security.token import invalidate

    body = invalidate(state_of(cluster), request.parsed)
    named = request.parsed.get("token") or request.parsed.get("refresh_token")
    found = body["invalidated_tokens"] or body["previously_invalidated_tokens"]
    return Response(200 if found or not named else 404, body)


@endpoint(
    "security.get_builtin_privileges", "GET /_security/privilege/_builtin",
    docs="security-api-get-builtin-privileges", action="cluster:admin/xpack/security/privilege/builtin/get",
)  # fmt: skip
def get_builtin_privileges(cluster: Cluster, request: Request) -> Response:
    """The names of all cluster and index privileges."""
    from esmock.features.security.privilege_names import cluster_names, index_names

    state_of(cluster)
    behaviour = cluster.behaviour
    body: Json = {"cluster": sorted(cluster_names(behaviour)), "index": sorted(index_names(behaviour))}
    if behaviour.has((8, 14)):
        body["remote_cluster"] = ["monitor_enrich", "monitor_stats"] if behaviour.has((8, 17)) else ["monitor_enrich"]
    return Response(200, body)


@endpoint(
    "security.clear_cached_roles", both("POST /_security/role/{name}/_clear_cache"),
    docs="security-api-clear-role-cache", action="cluster:admin/xpack/security/roles/cache/clear",
)  # fmt: skip
def clear_cached_roles(cluster: Cluster, request: Request) -> Response:
    """Nothing is cached: every request asks the roles as they are."""
    return cleared(cluster)


@endpoint(
    "security.clear_cached_realms", both("POST /_security/realm/{realms}/_clear_cache"),
    params={"usernames": string()}, docs="security-api-clear-cache", action="cluster:admin/xpack/security/realm/cache/clear",
)  # fmt: skip
def clear_cached_realms(cluster: Cluster, request: Request) -> Response:
    """Nothing is cached: every request asks the users as they are. A realm that is not there fails on the node."""
    missing = next((name for name in request.part_list("realms") if name not in _REALMS), None)
    if missing is None:
        return cleared(cluster)
    node, why = cluster.local_node, IllegalArgument(f"could not find active realm [{missing}]").cause_body()
    failure = {"type": "failed_node_exception", "reason": f"Failed node [{node.id}]", "node_id": node.id, "caused_by": why}
    told = {"total": 1, "successful": 0, "failed": 1, "failures": [failure]}
    return Response(200, {"_nodes": told, "cluster_name": cluster.name, "nodes": {}})


def cleared(cluster: Cluster) -> Response:
    """The answer of a node that emptied a cache."""
    state_of(cluster)
    node = cluster.local_node
    return Response(
        200,
        {
            "_nodes": {"total": 1, "successful": 1, "failed": 0},
            "cluster_name": cluster.name,
            "nodes": {node.id: {"name": node.name}},
        },
    )
