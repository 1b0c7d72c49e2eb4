"""Privileges of applications: named sets of an application's own actions.

Source: answers of 6.8.23. Docs: security-api-put-privileges.
"""

from __future__ import annotations

import re
from typing import Any

from esmock.errors import ActionRequestValidation, IllegalArgument, XContentParse
from esmock.features.security.body import RESERVED_METADATA, has_reserved, kind, require_object
from esmock.features.security.name_pattern import name_matches
from esmock.features.security.privileges import matches
from esmock.xcontent.located import at_name, at_value

Json = Any
_KNOWN = ("application", "name", "actions", "metadata")
Privileges = dict[tuple[str, str], dict[str, Json]]
_APPLICATION = re.compile(r"[a-z][A-Za-z0-9]*")
_NOT_IN_FILES = "[\\, /, *, ?, \", <, >, |,  , ,]"
_NAME = re.compile(r"[a-z][a-zA-Z0-9_.-]*")


def bad_application(name: str, *, patterns: bool) -> str | None:
    """What is wrong with the name of an application; ``patterns`` allows a wildcard at its end."""
    star = name.find("*")
    if star >= 0 and not patterns:
        return f"Application names may not contain '*' (found '{name}')"
    if name == "*":
        return None
    if 0 <= star < len(name) - 1:
        return f"Application name patterns only support trailing wildcards (found '{name}')"
    if any(char.isspace() for char in name):
        return f"Application names may not contain whitespace (found '{name}')"
    prefix, _, suffix = name.partition("-")
    prefix = prefix.removesuffix("*")
    if not _APPLICATION.fullmatch(prefix):
        return f"An application name prefix must match the pattern ^{_APPLICATION.pattern}$ (found '{prefix}')"
    if len(prefix) < 3 and star < 0:
        return f"An application name prefix must be at least 3 characters long (found '{prefix}')"
    if any(char in _NOT_IN_FILES for char in suffix.removesuffix("*")):
        return f"An application name suffix may not contain any of the characters '{_NOT_IN_FILES}' (found '{suffix}')"
    return None


def bad_privilege(name: str) -> str | None:
    """What is wrong with the name of a privilege, or with an action in its place."""
    if any(char in name for char in "/*:") or _NAME.fullmatch(name):
        return None
    return f"Application privilege names and actions must match the pattern {_NAME_OR_ACTION} (found '{name}')"


_NAME_OR_ACTION = "^\\p{Graph}*$"


def read_privileges(body: Json) -> Privileges:
    """The privileges of a body. Raises ElasticsearchParse, IllegalArgument, XContentParse."""
    found: Privileges = {}
    for application, privileges in require_object(body, "expected object but found {} instead").items():
        what = f"expected the value for {application} to be an object, but found {{}} instead"
        for name, one in require_object(privileges, what).items():
            found[application, name] = _read(application, name, require_object(one, what))
    return found


def check(found: Privileges) -> None:
    """Raises ActionRequestValidation for privileges that cannot be, and for none."""
    problems = [problem for one in found.values() for problem in _problems(one)]
    if not found:
        problems = ["At least one application privilege must be provided"]
    if problems:
        raise ActionRequestValidation(*problems)


def put(kept: Privileges, found: Privileges) -> dict[str, Json]:
    """Create or change privileges, and tell which are new."""
    out: dict[str, Json] = {}
    for (application, name), one in found.items():
        # the one that was written last is the last to be found
        created = kept.pop((application, name), None) is None
        out.setdefault(application, {})[name] = {"created": created}
        kept[application, name] = one
    return out


def _read(application: str, name: str, body: dict[str, Json]) -> dict[str, Json]:
    for key in body:
        if key not in _KNOWN:
            raise XContentParse(f"[application-privilege] unknown field [{key}]", at_name(body, key))
    if not isinstance(body.get("metadata") or {}, dict):
        text = f"[application-privilege] metadata doesn't support values of type: {kind(body['metadata'])}"
        raise XContentParse(text, at_value(body, "metadata"))
    for key, value in (("application", application), ("name", name)):
        if body.get(key, value) != value:
            told = f"privilege {key} [{body[key]}] in source does not match the provided {key} [{value}]"
            raise IllegalArgument(told)
    return {
        "application": application,
        "name": name,
        "actions": list(body.get("actions") or ()),
        "metadata": body.get("metadata") or {},
    }


def _problems(one: dict[str, Json]) -> list[str]:
    problem = bad_application(one["application"], patterns=False)
    out = [problem] if problem else []
    if not _NAME.fullmatch(one["name"]):
        out.append(f"Application privilege names must match the pattern ^{_NAME.pattern}$ (found '{one['name']}')")
    if not one["actions"]:
        out.append("Application privileges must have at least one action")
    out += [
        f"action [{action}] must contain one of [ '/' , '*' , ':' ]"
        for action in one["actions"]
        if not any(char in action for char in "/*:")
    ]
    if has_reserved(one["metadata"]):
        out.append(f"{RESERVED_METADATA} (in privilege {one['application']} {one['name']})")
    return out


def grants(held: Json, kept: Privileges, application: str, name: str, resource: str) -> bool:
    """Whether an entry of a role grants a privilege of an application, or an action of its, on a resource.

    Args:
        held: the entry: ``application``, ``privileges``, ``resources``.
        kept: what the names of privileges mean.
    """
    covers = resource in held["resources"] or any(name_matches(pattern, resource) for pattern in held["resources"])
    if not covers or not matches((held["application"],), application):
        return False
    own = [pattern for one in held["privileges"] for pattern in _actions(kept, application, one)]
    wanted = _actions(kept, application, name)
    is_same = held["application"] == application and list(held["privileges"]) == [name]
    return is_same or "*" in own or (bool(wanted) and all(matches(own, one) for one in wanted))


def _actions(kept: Privileges, application: str, name: str) -> tuple[str, ...]:
    """The patterns of actions that a name stands for; none, where nothing is known of it."""
    found = kept.get((application, name))
    if found is not None:
        return tuple(found["actions"])
    return (name,) if any(char in name for char in "/*:") else ()


def get(kept: Privileges, application: str | None, names: list[str]) -> dict[str, Json]:
    """Privileges by application and name."""
    out: dict[str, Json] = {}
    applications = [one for one in dict.fromkeys(key[0] for key in kept) if application is None or matches((application,), one)]
    for one in applications:
        own = [key[1] for key in kept if key[0] == one and (not names or key[1] in names)]
        if own:
            out[one] = {name: kept[one, name] for name in own}
    return out


def delete(kept: Privileges, application: str, names: list[str]) -> dict[str, Json]:
    """Remove privileges, and tell which there were."""
    return {application: {name: {"found": kept.pop((application, name), None) is not None} for name in names}}
