"""Users, roles, API keys, tokens and privileges. Docs: security-api.

They answer where security is on; elsewhere they say so with a 501, since a cluster without security does not have them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.params import boolean, string
from esmock.api.request import Request, Response
from esmock.errors import IllegalArgument, Unsupported

if TYPE_CHECKING:
    from esmock.features.security.user import SecurityState
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_REFRESH = {"refresh": string()}


def _state(cluster: Cluster) -> SecurityState:
    if not cluster.server_settings.security:
        raise Unsupported("security APIs of a server without security; start it with --security, ServerSettings(security=True)")
    from esmock.features.security.user import security_state

    return security_state(cluster)


def _body(request: Request) -> Json:
    return request.required_json()


@endpoint(
    "security.authenticate", "GET /_security/_authenticate",
    docs="security-api-authenticate", action="cluster:admin/xpack/security/user/authenticate",
)  # fmt: skip
def authenticate(cluster: Cluster, request: Request) -> Response:
    """Who the request comes from."""
    state = _state(cluster)
    return Response(200, request.authentication.body(state, cluster.behaviour))


@endpoint(
    "security.get_user", "GET /_security/user", "GET /_security/user/{username}",
    params={"with_profile_uid": boolean(False)}, docs="security-api-get-user", action="cluster:admin/xpack/security/user/get",
)  # fmt: skip
def get_user(cluster: Cluster, request: Request) -> Response:
    """Some users or all, by name."""
    users = _state(cluster).users
    names = request.part_list("username") or sorted(users)
    found = {name: users[name].body() for name in names if name in users}
    return Response(200 if found or not request.part("username") else 404, found)


@endpoint(
    "security.put_user", "PUT,POST /_security/user/{username}",
    params=_REFRESH, docs="security-api-put-user", body=_body, action="cluster:admin/xpack/security/user/put",
)  # fmt: skip
def put_user(cluster: Cluster, request: Request) -> Response:
    """Create or change a user of the native realm."""
    from esmock.features.security.put_user import put_user as put

    return Response(200, {"created": put(_state(cluster), request.part("username"), request.parsed)})


@endpoint(
    "security.delete_user", "DELETE /_security/user/{username}",
    params=_REFRESH, docs="security-api-delete-user", action="cluster:admin/xpack/security/user/delete",
)  # fmt: skip
def delete_user(cluster: Cluster, request: Request) -> Response:
    """Remove a user of the native realm."""
    state, name = _state(cluster), request.part("username")
    user = state.users.get(name)
    if user is not None and user.realm == "reserved":
        raise IllegalArgument(f"user [{name}] is reserved and cannot be deleted")
    found = state.users.pop(name, None) is not None
    return Response(200 if found else 404, {"found": found})


def _enable(cluster: Cluster, request: Request, *, enabled: bool) -> Response:
    from esmock.features.security.put_user import set_enabled

    set_enabled(_state(cluster), request.part("username"), enabled=enabled)
    return Response(200, {})


@endpoint(
    "security.enable_user", "PUT,POST /_security/user/{username}/_enable",
    params=_REFRESH, docs="security-api-enable-user", action="cluster:admin/xpack/security/user/set_enabled",
)  # fmt: skip
def enable_user(cluster: Cluster, request: Request) -> Response:
    """Let a user in again."""
    return _enable(cluster, request, enabled=True)


@endpoint(
    "security.disable_user", "PUT,POST /_security/user/{username}/_disable",
    params=_REFRESH, docs="security-api-disable-user", action="cluster:admin/xpack/security/user/set_enabled",
)  # fmt: skip
def disable_user(cluster: Cluster, request: Request) -> Response:
    """Keep a user out."""
    return _enable(cluster, request, enabled=False)


@endpoint(
    "security.change_password", "PUT,POST /_security/user/_password", "PUT,POST /_security/user/{username}/_password",
    params=_REFRESH, docs="security-api-change-password", body=_body, action="cluster:admin/xpack/security/user/change_password",
)  # fmt: skip
def change_password(cluster: Cluster, request: Request) -> Response:
    """Change one's own password, or another user's."""
    from esmock.features.security.put_user import change_password as change

    own = request.authentication.user.username if request.authentication else ""
    change(_state(cluster), request.part("username", own), request.parsed)
    return Response(200, {})


@endpoint(
    "security.get_role", "GET /_security/role", "GET /_security/role/{name}",
    docs="security-api-get-role", action="cluster:admin/xpack/security/role/get",
)  # fmt: skip
def get_role(cluster: Cluster, request: Request) -> Response:
    """Some roles or all, by name."""
    from esmock.features.security.role import RESERVED

    state = _state(cluster)
    names = request.part_list("name") or [*RESERVED, *sorted(state.roles)]
    found = {name: role.body() for name in names if (role := state.role(name)) is not None}
    return Response(200 if found or not request.part("name") else 404, found)


@endpoint(
    "security.put_role", "PUT,POST /_security/role/{name}",
    params=_REFRESH, docs="security-api-put-role", body=_body, action="cluster:admin/xpack/security/role/put",
)  # fmt: skip
def put_role(cluster: Cluster, request: Request) -> Response:
    """Create or change a role."""
    from esmock.features.security.role import RESERVED, Role

    state, name = _state(cluster), request.part("name")
    if name in RESERVED:
        raise IllegalArgument(f"role [{name}] is reserved and cannot be modified.")
    role = Role.parse(name, request.parsed)
    created = name not in state.roles
    state.roles[name] = role
    return Response(200, {"role": {"created": created}})


@endpoint(
    "security.delete_role", "DELETE /_security/role/{name}",
    params=_REFRESH, docs="security-api-delete-role", action="cluster:admin/xpack/security/role/delete",
)  # fmt: skip
def delete_role(cluster: Cluster, request: Request) -> Response:
    """Remove a role."""
    from esmock.features.security.role import RESERVED

    state, name = _state(cluster), request.part("name")
    if name in RESERVED:
        raise IllegalArgument(f"role [{name}] is reserved and cannot be deleted")
    found = state.roles.pop(name, None) is not None
    return Response(200 if found else 404, {"found": found})


@endpoint(
    "security.has_privileges", "GET,POST /_security/user/_has_privileges", "GET,POST /_security/user/{user}/_has_privileges",
    docs="security-api-has-privileges", body=_body, action="cluster:admin/xpack/security/user/has_privileges",
)  # fmt: skip
def has_privileges(cluster: Cluster, request: Request) -> Response:
    """Which of the named privileges one has."""
    from esmock.features.security.has_privileges import has_privileges as look

    _state(cluster)
    return Response(200, look(request.authentication, request.parsed))


@endpoint(
    "security.create_api_key", "PUT,POST /_security/api_key",
    params=_REFRESH, docs="security-api-create-api-key", body=_body, action="cluster:admin/xpack/security/api_key/create",
)  # fmt: skip
def create_api_key(cluster: Cluster, request: Request) -> Response:
    """Make a key that acts for the one who asks for it."""
    from esmock.features.security.api_key import create

    return Response(200, create(_state(cluster), request.authentication, request.parsed, cluster.behaviour))


@endpoint(
    "security.get_api_key", "GET /_security/api_key",
    params={"id": string(), "name": string(), "username": string(), "realm_name": string(), "owner": boolean(False),
            "with_limited_by": boolean(False), "active_only": boolean(False), "with_profile_uid": boolean(False)},
    docs="security-api-get-api-key", action="cluster:admin/xpack/security/api_key/get",
)  # fmt: skip
def get_api_key(cluster: Cluster, request: Request) -> Response:
    """Keys by id, name or owner."""
    from esmock.features.security.api_key import get

    found = get(_state(cluster), request.params, request.authentication.user.username, cluster.behaviour)
    return Response(404 if request.params["id"] and not found else 200, {"api_keys": found})


@endpoint(
    "security.invalidate_api_key", "DELETE /_security/api_key",
    docs="security-api-invalidate-api-key", body=_body, action="cluster:admin/xpack/security/api_key/invalidate",
)  # fmt: skip
def invalidate_api_key(cluster: Cluster, request: Request) -> Response:
    """Make keys useless."""
    from esmock.features.security.api_key import invalidate

    return Response(200, invalidate(_state(cluster), request.parsed, request.authentication.user.username))


@endpoint(
    "security.get_token", "POST /_security/oauth2/token",
    docs="security-api-get-token", body=_body, action="cluster:admin/xpack/security/token/create",
)  # fmt: skip
def get_token(cluster: Cluster, request: Request) -> Response:
    """An access token for a password, for oneself, or for a refresh token."""
    from esmock.features.security.token import grant

    return Response(200, grant(_state(cluster), request.authentication, request.parsed, cluster.behaviour))


@endpoint(
    "security.invalidate_token", "DELETE /_security/oauth2/token",
    docs="security-api-invalidate-token", body=_body, action="cluster:admin/xpack/security/token/invalidate",
)  # fmt: skip
def invalidate_token(cluster: Cluster, request: Request) -> Response:
    """Make tokens useless."""
    from esmock.features.security.token import invalidate

    return Response(200, invalidate(_state(cluster), request.parsed))


@endpoint(
    "security.get_builtin_privileges", "GET /_security/privilege/_builtin",
    docs="security-api-get-builtin-privileges", action="cluster:admin/xpack/security/privilege/builtin/get",
)  # fmt: skip
def get_builtin_privileges(cluster: Cluster, request: Request) -> Response:
    """The names of all cluster and index privileges."""
    from esmock.features.security.privileges import CLUSTER, INDEX

    _state(cluster)
    return Response(200, {"cluster": sorted(CLUSTER), "index": sorted(INDEX)})


@endpoint(
    "security.clear_cached_roles", "POST /_security/role/{name}/_clear_cache",
    docs="security-api-clear-role-cache", action="cluster:admin/xpack/security/roles/cache/clear",
)  # fmt: skip
def clear_cached_roles(cluster: Cluster, request: Request) -> Response:
    """Nothing is cached: every request asks the roles as they are."""
    return _cleared(cluster)


@endpoint(
    "security.clear_cached_realms", "POST /_security/realm/{realms}/_clear_cache",
    params={"usernames": string()}, docs="security-api-clear-cache", action="cluster:admin/xpack/security/realm/cache/clear",
)  # fmt: skip
def clear_cached_realms(cluster: Cluster, request: Request) -> Response:
    """Nothing is cached: every request asks the users as they are."""
    return _cleared(cluster)


def _cleared(cluster: Cluster) -> Response:
    _state(cluster)
    node = cluster.local_node
    return Response(
        200,
        {
            "_nodes": {"total": 1, "successful": 1, "failed": 0},
            "cluster_name": cluster.name,
            "nodes": {node.id: {"name": node.name}},
        },
    )
