"""Queries over API keys, users and roles. Docs: security-api-query-api-key, security-api-query-user, security-api-query-role."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints, since
from esmock.api.params import boolean
from esmock.api.request import Request, Response
from esmock.api.security import checked_by, state_of
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.features.security.query import Kind
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_ACTION = "cluster:admin/xpack/security/"


def _kind(name: str) -> Kind:
    from esmock.features.security import query

    kinds = {"api_keys": query.KEYS, "users": query.USERS, "roles": query.ROLES}
    return kinds[name]


def _body(name: str) -> Callable[[Request], Json]:
    def read(request: Request) -> Json:
        from esmock.features.security.query import parse

        return parse(request.json(), _kind(name), Reading(request.behaviour, request.warn))

    return read


_check = checked_by("query", "check_page")


def _found(cluster: Cluster, request: Request, name: str, objects: dict[str, tuple[Json, Json]]) -> Response:
    """What a query finds; of each object what is searched, and what is shown."""
    from esmock.features.security.query import search

    sources = [(key, searched) for key, (searched, _) in objects.items()]
    typed_keys = bool(request.params.get("typed_keys"))
    result = search(cluster, _kind(name), request.parsed, sources, typed_keys=typed_keys)
    shown = []
    for hit in result.hits:
        body = objects[hit.doc.doc_id][1]
        shown.append({**body, "_sort": hit.sort} if hit.sort is not None else body)
    out: dict[str, Json] = {"total": result.total, "count": len(shown), name: shown}
    if result.aggregations is not None:
        out["aggregations"] = result.aggregations
    return Response(200, out)


@endpoint(
    "security.query_api_keys",
    since((7, 15), "GET,POST /_security/_query/api_key"),
    params={
        "with_limited_by": boolean(False, since=(8, 5)),
        "with_profile_uid": boolean(False, since=(8, 14)),
        "typed_keys": boolean(False, response=True, since=(8, 14)),
    },
    docs="security-api-query-api-key",
    body=_body("api_keys"),
    check=_check,
    action=_ACTION + "api_key/query",
)
def query_api_keys(cluster: Cluster, request: Request) -> Response:
    """The API keys that a query finds: all of them, or the sender's own."""
    from esmock.features.security.api_key import searched, shown

    state, who, behaviour = state_of(cluster), request.authentication, cluster.behaviour
    limited_by = bool(request.params.get("with_limited_by"))
    sees_all = who.permits_cluster(_ACTION + "api_key/query", own=False)
    owner = (who.user.username, who.user.realm)
    objects = {
        key.id: (searched(key), shown(key, behaviour, limited_by=limited_by))
        for key in state.keys.values()
        if (key.id == who.key.id if who.key is not None and not sees_all else sees_all or (key.owner.username, key.owner.realm) == owner)
    }
    return _found(cluster, request, "api_keys", objects)


@endpoint(
    "security.query_user",
    since((8, 14), "GET,POST /_security/_query/user"),
    params={"with_profile_uid": boolean(False)},
    docs="security-api-query-user",
    body=_body("users"),
    check=_check,
    action=_ACTION + "user/query",
)
def query_user(cluster: Cluster, request: Request) -> Response:
    """The users of the native realm that a query finds."""
    users = {user.username: user.body() for user in state_of(cluster).users.values() if user.realm == "native"}
    return _found(cluster, request, "users", {name: (body, body) for name, body in users.items()})


@endpoint(
    "security.query_role",
    since((8, 15), "GET,POST /_security/_query/role"),
    docs="security-api-query-role",
    body=_body("roles"),
    check=_check,
    action=_ACTION + "role/query",
)
def query_role(cluster: Cluster, request: Request) -> Response:
    """The roles that a query finds, without built-in ones."""
    roles = {name: {"name": name, **role.body()} for name, role in state_of(cluster).roles.items()}
    return _found(cluster, request, "roles", {name: (body, body) for name, body in roles.items()})
