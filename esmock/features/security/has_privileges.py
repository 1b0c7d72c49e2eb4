"""Which of some privileges a user has. Docs: security-api-has-privileges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from esmock.errors import ActionRequestValidation, ElasticsearchParse
from esmock.features.security.application_privilege import Privileges, grants
from esmock.features.security.authentication import Authentication
from esmock.features.security.body import require_object, unexpected
from esmock.features.security.privileges import (
    Privilege,
    known_cluster_privilege,
    known_index_privilege,
)
from esmock.features.security.role import Permission
from esmock.features.security.role_body import application_problems, in_role, read_applications, read_indices
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any


def has_privileges(
    who: Authentication, asked_for: Mapping[str, Any], kept: Privileges, behaviour: Behaviour
) -> dict[str, Json]:
    """The answer, name by name. Raises IllegalArgument for an unknown privilege.

    Args:
        asked_for: as ``read_privileges`` reads it.
        kept: the privileges of applications.
    """
    cluster, indices, applications = (asked_for.get(kind, ()) for kind in ("cluster", "index", "application"))
    of_cluster: dict[str, bool] = {}
    for name in _unique(cluster):
        wanted = known_cluster_privilege(name, behaviour)
        of_cluster[name] = _has(who, lambda part, wanted=wanted: _cluster(part, wanted))
    asked: dict[str, dict[str, bool]] = {}
    for entry in indices:
        for index in entry["names"]:
            asked.setdefault(index, {}).update(dict.fromkeys(entry["privileges"], bool(entry.get("allow_restricted_indices"))))
    of_index = {}
    for index in sorted(asked):
        row = {}
        for name in sorted(asked[index]) if behaviour.major >= 8 else _unique(asked[index]):
            wanted, restricted = known_index_privilege(name, behaviour), asked[index][name]
            row[name] = _has(who, lambda part, wanted=wanted, index=index, all_=restricted: _index(part, wanted, index, restricted=all_))
        of_index[index] = row
    of_application = {
        entry["application"]: {
            resource: {
                name: _has(who, lambda part, name=name, resource=resource, entry=entry: _application(part, kept, entry, name, resource))
                for name in (sorted(set(entry["privileges"])) if behaviour.major >= 8 else _unique(entry["privileges"]))
            }
            for resource in sorted(entry["resources"])
        }
        for entry in applications
    }
    flags = [*of_cluster.values(), *(flag for row in of_index.values() for flag in row.values())]
    flags += [flag for resources in of_application.values() for row in resources.values() for flag in row.values()]
    return {
        "username": who.user.username,
        "has_all_requested": all(flags),
        "cluster": of_cluster,
        "index": of_index,
        "application": of_application,
    }


def _unique(names: Iterable[str]) -> list[str]:
    """Names in the order of a hash."""
    return hash_order(dict.fromkeys(names))


def read_privileges(label: str, body: Json, behaviour: Behaviour) -> dict[str, Any]:
    """Privileges that are asked for: ``cluster``, ``index``, ``application``. Raises ElasticsearchParse.

    Args:
        label: what is asked, as it stands in errors.
    """
    what = f"failed to parse privileges check [{label}]"
    found: dict[str, Any] = {}
    for key, value in require_object(body, f"{what}. expected an object but found [{{}}] instead").items():
        if key == "cluster":
            found[key] = in_role(label, value, key)
        elif key in ("index", "indices"):
            found["index"] = read_indices(label, key, value)
            for entry in found["index"]:
                if entry.get("query") is not None or "field_security" in entry:
                    name = "query" if entry.get("query") is not None else "field_security"
                    raise ElasticsearchParse(f"Field [{name}] is not supported in a has_privileges request")
        elif key in ("application", "applications"):
            found["application"] = read_applications(label, key, value)
        else:
            raise unexpected(what, body, key)
    if not found:
        raise ElasticsearchParse(f"{what}. All privilege fields [cluster,index,applications] are missing")
    return found


def check_privileges(found: Mapping[str, Any]) -> None:
    """Raises ActionRequestValidation where nothing is asked for, or a bad name of an application."""
    problems = [] if any(found.values()) else ["must specify at least one privilege"]
    problems += application_problems(found.get("application", ()), patterns=False)
    if problems:
        raise ActionRequestValidation(*problems)


def has_all(permission: Permission, asked: Mapping[str, Any], kept: Privileges, behaviour: Behaviour) -> bool:
    """Whether somebody has all of some privileges. Raises IllegalArgument for an unknown one."""
    return (
        all(_cluster(permission, known_cluster_privilege(name, behaviour)) for name in asked.get("cluster", ()))
        and all(
            _index(permission, known_index_privilege(name, behaviour), index, restricted=bool(entry.get("allow_restricted_indices")))
            for entry in asked.get("index", ())
            for index in entry["names"]
            for name in entry["privileges"]
        )
        and all(
            _application(permission, kept, entry, name, resource)
            for entry in asked.get("application", ())
            for resource in entry["resources"]
            for name in entry["privileges"]
        )
    )


def _has(who: Authentication, asked: Any) -> bool:
    return bool(asked(who.permission) and (who.key is None or asked(who.key.limited_by)))


def _cluster(permission: Permission, wanted: Privilege) -> bool:
    held = [one for role in permission.roles for one in role.held()]
    return bool(held) and wanted.is_within(*held)


def _index(permission: Permission, wanted: Privilege, index: str, *, restricted: bool) -> bool:
    groups = [group for group in permission.groups() if group.covers_pattern(index, restricted=restricted)]
    return bool(groups) and wanted.is_within(*(one for group in groups for one in group.held()))


def _application(permission: Permission, kept: Privileges, entry: Json, name: str, resource: str) -> bool:
    return any(grants(one, kept, entry["application"], name, resource) for one in permission.applications())
