"""Which of some privileges a user has. Docs: security-api-has-privileges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import ElasticsearchParse
from esmock.features.security.authentication import Authentication
from esmock.features.security.privileges import (
    Privilege,
    cluster_privilege,
    index_privilege,
    known_cluster_privilege,
    known_index_privilege,
    matches,
)
from esmock.features.security.role import Permission

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any


def has_privileges(who: Authentication, body: Json, behaviour: Behaviour) -> dict[str, Json]:
    """The answer, name by name.

    Raises:
        ElasticsearchParse: nothing is asked for.
        IllegalArgument: an unknown privilege.
    """
    cluster, indices, applications = (body.get(key) or [] for key in ("cluster", "index", "application"))
    if not (cluster or indices or applications):
        name = who.user.username
        raise ElasticsearchParse(
            f"failed to parse privileges check [{name}/has_privileges]. All privilege fields [cluster,index,applications] are missing"
        )
    of_cluster: dict[str, bool] = {}
    for name in cluster:
        wanted = known_cluster_privilege(name, behaviour)
        of_cluster[name] = _has(who, lambda part, wanted=wanted: _cluster(part, wanted))
    of_index: dict[str, dict[str, bool]] = {}
    for entry in indices:
        for index in entry["names"]:
            row = of_index.setdefault(index, {})
            for name in entry["privileges"]:
                wanted = known_index_privilege(name, behaviour)
                row[name] = _has(who, lambda part, wanted=wanted, index=index: _index(part, wanted, index))
    of_application = {
        entry["application"]: {
            resource: {
                name: _has(who, lambda part, name=name, resource=resource, entry=entry: _application(part, entry, name, resource))
                for name in entry["privileges"]
            }
            for resource in entry["resources"]
        }
        for entry in applications
    }
    flags = [*of_cluster.values(), *(flag for row in of_index.values() for flag in row.values())]
    flags += [flag for resources in of_application.values() for row in resources.values() for flag in row.values()]
    return {
        "username": who.user.username,
        "has_all_requested": all(flags),
        "cluster": of_cluster,
        "index": dict(sorted(of_index.items())),
        "application": of_application,
    }


def _has(who: Authentication, asked: Any) -> bool:
    return bool(asked(who.permission) and (who.key is None or asked(who.key.limited_by)))


def _cluster(permission: Permission, wanted: Privilege) -> bool:
    held = [cluster_privilege(name) for role in permission.roles for name in role.cluster]
    return any(wanted.is_within(one) for one in held if one is not None)


def _index(permission: Permission, wanted: Privilege, index: str) -> bool:
    grants = [grant for role in permission.roles for grant in role.indices if grant.covers(index)]
    held = [index_privilege(name) for grant in grants for name in grant.privileges]
    return any(wanted.is_within(one) for one in held if one is not None)


def _application(permission: Permission, entry: Json, name: str, resource: str) -> bool:
    return any(
        matches((one["application"],), entry["application"])
        and matches(one["resources"], resource)
        and matches(one["privileges"], name)
        for role in permission.roles
        for one in role.applications
    )
