"""Role mappings, privileges of applications and of users, caches. Docs: security-api."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints, since
from esmock.api.params import REFRESH
from esmock.api.request import Request, Response
from esmock.api.security import both, checked_by, cleared, parsed_by, read_body, state_of

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_REFRESH = {"refresh": REFRESH}
_ACTION = "cluster:admin/xpack/security/"


@endpoint(
    "security.bulk_put_role", since((8, 15), "POST /_security/role"),
    params=_REFRESH, docs="security-api-bulk-put-role", body=parsed_by("bulk_roles", "PUT"), check=checked_by("bulk_roles", "check"),
    action=_ACTION + "role/bulk_put",
)  # fmt: skip
def bulk_put_role(cluster: Cluster, request: Request) -> Response:
    """Create or change several roles."""
    from esmock.features.security.bulk_roles import put

    return Response(200, put(state_of(cluster), request.parsed["roles"]))


@endpoint(
    "security.bulk_delete_role", since((8, 15), "DELETE /_security/role"),
    params=_REFRESH, docs="security-api-bulk-delete-role", body=parsed_by("bulk_roles", "DELETE"), action=_ACTION + "role/bulk_delete",
)  # fmt: skip
def bulk_delete_role(cluster: Cluster, request: Request) -> Response:
    """Remove several roles."""
    from esmock.features.security.bulk_roles import delete

    return Response(200, delete(state_of(cluster), request.parsed["names"]))


@endpoint(
    "security.get_role_mapping", both("GET /_security/role_mapping", "GET /_security/role_mapping/{name}"),
    docs="security-api-get-role-mapping", action=_ACTION + "role_mapping/get",
)  # fmt: skip
def get_role_mapping(cluster: Cluster, request: Request) -> Response:
    """Some mappings or all, by name."""
    mappings = state_of(cluster).role_mappings
    found = {name: mappings[name] for name in request.part_list("name") or sorted(mappings) if name in mappings}
    return Response(200 if found or not request.part("name") else 404, found)


def _mapping_body(request: Request) -> Json:
    from esmock.features.security.role_mapping import parse

    return parse(request.part("name"), read_body(request), request.behaviour)


@endpoint(
    "security.put_role_mapping", both("PUT,POST /_security/role_mapping/{name}"),
    params=_REFRESH, docs="security-api-put-role-mapping", body=_mapping_body, check=checked_by("role_mapping", "check"),
    action=_ACTION + "role_mapping/put",
)  # fmt: skip
def put_role_mapping(cluster: Cluster, request: Request) -> Response:
    """Create or change a mapping."""
    from esmock.features.security.role_mapping import check_templates

    mappings, name = state_of(cluster).role_mappings, request.part("name")
    check_templates(request.parsed, cluster.behaviour)
    created = name not in mappings
    mappings[name] = request.parsed
    return Response(200, {"role_mapping": {"created": created}})


@endpoint(
    "security.delete_role_mapping", both("DELETE /_security/role_mapping/{name}"),
    params=_REFRESH, docs="security-api-delete-role-mapping", action=_ACTION + "role_mapping/delete",
)  # fmt: skip
def delete_role_mapping(cluster: Cluster, request: Request) -> Response:
    """Remove a mapping."""
    found = state_of(cluster).role_mappings.pop(request.part("name"), None) is not None
    return Response(200 if found else 404, {"found": found})


@endpoint(
    "security.get_privileges",
    both("GET /_security/privilege", "GET /_security/privilege/{application}", "GET /_security/privilege/{application}/{name}"),
    docs="security-api-get-privileges", action=_ACTION + "privilege/get",
)  # fmt: skip
def get_privileges(cluster: Cluster, request: Request) -> Response:
    """Privileges of applications."""
    from esmock.features.security.application_privilege import get

    names = request.part_list("name")
    found = get(state_of(cluster).application_privileges, request.part("application"), names)
    return Response(200 if found or not names else 404, found)


def _privileges_body(request: Request) -> Json:
    from esmock.features.security.application_privilege import read_privileges

    return read_privileges(read_body(request))


@endpoint(
    "security.put_privileges", both("PUT,POST /_security/privilege"),
    params=_REFRESH, docs="security-api-put-privileges", body=_privileges_body, check=checked_by("application_privilege", "check"),
    action=_ACTION + "privilege/put",
)  # fmt: skip
def put_privileges(cluster: Cluster, request: Request) -> Response:
    """Create or change privileges of applications."""
    from esmock.features.security.application_privilege import put

    return Response(200, put(state_of(cluster).application_privileges, request.parsed))


@endpoint(
    "security.delete_privileges", both("DELETE /_security/privilege/{application}/{name}"),
    params=_REFRESH, docs="security-api-delete-privileges", action=_ACTION + "privilege/delete",
)  # fmt: skip
def delete_privileges(cluster: Cluster, request: Request) -> Response:
    """Remove privileges of an application."""
    from esmock.features.security.application_privilege import delete

    application = request.part("application")
    body = delete(state_of(cluster).application_privileges, application, request.part_list("name"))
    found = any(one["found"] for one in body[application].values())
    return Response(200 if found else 404, body)


@endpoint(
    "security.get_user_privileges", both("GET /_security/user/_privileges"),
    docs="security-api-get-user-privileges", action=_ACTION + "user/list_privileges",
)  # fmt: skip
def get_user_privileges(cluster: Cluster, request: Request) -> Response:
    """What one may do oneself."""
    from esmock.features.security.user_privileges import user_privileges

    state_of(cluster)
    return Response(200, user_privileges(request.authentication, cluster.behaviour))


@endpoint(
    "security.clear_cached_privileges", both("POST /_security/privilege/{application}/_clear_cache"),
    docs="security-api-clear-privilege-cache", action=_ACTION + "cache/clear",
)  # fmt: skip
def clear_cached_privileges(cluster: Cluster, request: Request) -> Response:
    """Nothing is cached: every request asks the privileges as they are."""
    return cleared(cluster)


@endpoint(
    "security.clear_api_key_cache", "POST /_security/api_key/{ids}/_clear_cache",
    docs="security-api-clear-api-key-cache", action=_ACTION + "cache/clear",
)  # fmt: skip
def clear_api_key_cache(cluster: Cluster, request: Request) -> Response:
    """Nothing is cached: every request asks the keys as they are."""
    return cleared(cluster)
