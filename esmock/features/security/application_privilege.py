"""Privileges of applications: named sets of an application's own actions.

Source: answers of 6.8.23. Docs: security-api-put-privileges.
"""

from __future__ import annotations

import re
from typing import Any

from esmock.errors import ActionRequestValidation, XContentParse
from esmock.features.security.privileges import matches
from esmock.xcontent.located import at_name

Json = Any
_KNOWN = ("application", "name", "actions", "metadata")
Privileges = dict[tuple[str, str], dict[str, Json]]
_APPLICATION = re.compile(r"[a-z][A-Za-z0-9]*")
_NAME = re.compile(r"[a-z][a-zA-Z0-9_.-]*")


def put(kept: Privileges, body: Json) -> dict[str, Json]:
    """Create or change privileges, and tell which are new. Raises ActionRequestValidation, XContentParse before anything changes."""
    found: Privileges = {}
    for application, privileges in body.items():
        for name, one in privileges.items():
            for key in one:
                if key not in _KNOWN:
                    raise XContentParse(f"[application-privilege] unknown field [{key}]", at_name(one, key))
            found[application, name] = {
                "application": application,
                "name": name,
                "actions": list(one.get("actions") or ()),
                "metadata": one.get("metadata") or {},
            }
    problems = [problem for one in found.values() for problem in _problems(one)]
    if not found:
        problems = ["At least one application privilege must be provided"]
    if problems:
        raise ActionRequestValidation(*problems)
    out: dict[str, Json] = {}
    for (application, name), one in found.items():
        # the one that was written last is the last to be found
        created = kept.pop((application, name), None) is None
        out.setdefault(application, {})[name] = {"created": created}
        kept[application, name] = one
    return out


def _problems(one: dict[str, Json]) -> list[str]:
    out = []
    prefix = one["application"].partition("-")[0]
    if not _APPLICATION.fullmatch(prefix):
        out.append(f"An application name prefix must match the pattern ^{_APPLICATION.pattern}$ (found '{prefix}')")
    if not _NAME.fullmatch(one["name"]):
        out.append(f"Application privilege names must match the pattern ^{_NAME.pattern}$ (found '{one['name']}')")
    if not one["actions"]:
        out.append("Application privileges must have at least one action")
    out += [
        f"action [{action}] must contain one of [ '/' , '*' , ':' ]"
        for action in one["actions"]
        if not any(char in action for char in "/*:")
    ]
    return out


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
