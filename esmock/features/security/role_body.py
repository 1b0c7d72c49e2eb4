"""The body of a role, read as Elasticsearch reads it: of put role requests, of API keys, and of has-privileges requests.

Source: answers of 6.8.23 to roles with wrong fields, types and values; unknown privileges of 7.17.29 and 8.19.21.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.errors import ElasticsearchParse, IllegalArgument, Security, Validation, XContentParse
from esmock.features.security.application_privilege import bad_application, bad_privilege
from esmock.features.security.body import bad_name, kind, string_list, typed, unexpected
from esmock.features.security.field_level import FieldGrant
from esmock.xcontent import json_writer
from esmock.xcontent.located import NeedsPositions, at_end, at_name, copy_plain, standing

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any
_SINCE: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"description": (8, 15), "remote_indices": (8, 8), "remote_cluster": (8, 15), "restriction": (8, 9)}
)
_REMOTE_PRIVILEGES = ("monitor_enrich", "monitor_stats")


def read_role(name: str, body: Json, behaviour: Behaviour, *, of_key: bool = False) -> dict[str, Json]:
    """A role's body, its fields as they are kept; what is wrong with their values ``role_problems`` tells.

    Args:
        of_key: it is one of an API key, which has no description and may be restricted to workflows.

    Raises:
        Validation: a bad name.
        ElasticsearchParse: fields and values that a role has not.
        IllegalArgument: a group without privileges.
    """
    bad = bad_name("Role", name)
    if bad is not None:
        raise Validation(bad)
    if not isinstance(body, dict):
        raise ElasticsearchParse(f"failed to parse role [{name}]. expected an object but found [{kind(body)}] instead")
    out: dict[str, Json] = {}
    for key, value in body.items():
        if key in ("indices", "index"):
            out["indices"] = read_indices(name, key, value)
        elif key in ("cluster", "run_as"):
            out[key] = () if value is None and key == "cluster" else in_role(name, value, key)
        elif key == "applications":
            out[key] = read_applications(name, key, value)
        elif key == "metadata":
            out[key] = typed(value, key, dict, "object")
        elif key == "transient_metadata":
            typed(value, key, dict, "object")  # ES: it is read, and not kept
        elif key == "global":
            out[key] = _global(value, behaviour)
        elif key in _SINCE and behaviour.has(_SINCE[key]) and key != ("description" if of_key else "restriction"):
            out[key] = _READERS[key](name, key, value)
        else:
            raise unexpected(f"failed to parse role [{name}]", body, key)
    return out


def in_role(role: str, value: Json, name: str) -> tuple[str, ...]:
    """An array of strings within a role. Raises ElasticsearchParse that names the role."""
    try:
        return string_list(value, name)
    except ElasticsearchParse as error:
        raise ElasticsearchParse(f"failed to parse role [{role}]", cause=error) from None


def _global(value: Json, behaviour: Behaviour) -> Json:
    known = ("application",) if behaviour.major < 8 else ("application", "profile", "role")
    for key in typed(value, "global", dict, "object"):
        if key not in known:
            wanted = "field name [application]" if behaviour.major < 8 else f"one of [{','.join(known)}]"
            raise XContentParse(f"failed to parse privilege. expected {wanted} but found [{key}] instead", at_name(value, key))
    return value


def _array(what: str, field: str, value: Json) -> list[dict[str, Json]]:
    """The objects of an array. Raises ElasticsearchParse for anything else."""
    if not isinstance(value, list):
        raise ElasticsearchParse(f"{what}. expected field [{field}] value to be an array, but found [{kind(value)}] instead")
    for entry in value:
        if not isinstance(entry, dict):
            found = "to be an array of objects, but found an array element of type"
            raise ElasticsearchParse(f"{what}. expected field [null] value {found} [{kind(entry)}]")
    return value


def _missing(what: str, key: str, entry: Json) -> ElasticsearchParse:
    """The error of an object that lacks a key."""
    return _ended(ElasticsearchParse(f"{what}. missing required [{key}] field"), entry)


def _ended(error: ElasticsearchParse, entry: Json) -> ElasticsearchParse:
    """An error of an object; a parser around it tells that it stood at the object's end."""
    with contextlib.suppress(NeedsPositions):
        standing(error, at_end(entry))
    return error


def read_indices(role: str, field: str, value: Json) -> list[dict[str, Json]]:
    """Privileges on indices. Raises as ``read_role``."""
    what = f"failed to parse indices privileges for role [{role}]"
    return [_index_entry(role, what, entry) for entry in _array(what, field, value)]


def _remote_indices(role: str, field: str, value: Json) -> list[dict[str, Json]]:
    what = f"failed to parse remote indices privileges for role [{role}]"
    return [_index_entry(role, what, entry, is_remote=True) for entry in _array(what, field, value)]


def _remote_cluster(role: str, field: str, value: Json) -> list[dict[str, Json]]:
    what = f"failed to parse remote_cluster for role [{role}]"
    out = []
    for entry in _array(what, field, value):
        for key in entry:
            if key not in ("clusters", "privileges"):
                raise unexpected(what, entry, key)
        for key in ("privileges", "clusters"):
            if key not in entry:
                raise _missing(what, key, entry)
        found = {key: list(in_role(role, one, key)) for key, one in entry.items()}
        bad = [one for one in found["privileges"] if one not in _REMOTE_PRIVILEGES]
        if bad:
            allowed = f"[{', '.join(_REMOTE_PRIVILEGES)}] are the only values allowed for [privileges] within [{field}]"
            raise ElasticsearchParse(f"{what}. {allowed}. Found [{', '.join(bad)}]")
        out.append(found)
    return out


def _restriction(role: str, field: str, value: Json) -> dict[str, Json]:
    what = f"failed to parse restriction for role [{role}]"
    if not isinstance(value, dict):
        raise ElasticsearchParse(f"{what}. expected field [{field}] value to be an object, but found [{kind(value)}] instead")
    for key in value:
        if key != "workflows":
            raise unexpected(what, value, key)
    return {key: list(in_role(role, one, key)) for key, one in value.items()}


def _description(role: str, field: str, value: Json) -> Json:
    return typed(value, field, str, "string")


_READERS: Mapping[str, Callable[[str, str, Json], Json]] = MappingProxyType(
    {"description": _description, "remote_indices": _remote_indices, "remote_cluster": _remote_cluster, "restriction": _restriction}
)


def _index_entry(role: str, what: str, entry: dict[str, Json], *, is_remote: bool = False) -> dict[str, Json]:
    out: dict[str, Json] = {}
    for key, value in entry.items():
        match key:
            case "clusters" if is_remote:
                out[key] = in_role(role, value, key)
            case "names":
                out[key] = _names(role, what, value)
            case "privileges":
                out[key] = in_role(role, value, key)
            case "allow_restricted_indices":
                if not isinstance(value, bool):
                    found = f"expected field [{key}] value to be a boolean, but found [{kind(value)}] instead"
                    raise ElasticsearchParse(f"{what}. {found}")
                out[key] = value
            case "query":
                out[key] = _query(what, value)
            case "field_security":
                out[key] = _fields(role, what, value)
            case "fields":
                raise ElasticsearchParse(
                    f'["fields": [...]] format has changed for field permissions in role [{role}], use'
                    ' ["field_security": {"grant":[...],"except":[...]}] instead'
                )
            case _:
                raise unexpected(what, entry, key)
    for key in ("names", "privileges", *(("clusters",) if is_remote else ())):
        if key not in out:
            raise _missing(what, key, entry)
    fields = out.get("field_security")
    if fields is not None and "except" in fields and "grant" not in fields:
        raise _ended(ElasticsearchParse(f"{what}. field_security requires grant if except is given"), entry)
    if fields and "grant" in fields:
        _check_fields(role, fields, entry)
    if not out["privileges"]:
        raise IllegalArgument("indices privileges must define at least one privilege")
    return out


def _names(role: str, what: str, value: Json) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list):
        found = f"expected field [names] value to be a string or an array of strings, but found [{kind(value)}] instead"
        raise ElasticsearchParse(f"{what}. {found}")
    names = in_role(role, value, "names")
    if not names:
        raise ElasticsearchParse(f"{what}. [names] cannot be an empty array")
    return names


def _query(what: str, value: Json) -> str | None:
    """A role's query as it is kept: JSON text."""
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, dict | list):
        return json_writer.dumps(copy_plain(value)).decode()
    found = f"expected field [query] value to be null, a string, an array, or an object, but found [{kind(value)}] instead"
    raise ElasticsearchParse(f"{what}. {found}")


def _fields(role: str, what: str, value: Json) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise ElasticsearchParse(f'{what}. expected START_OBJECT or START_ARRAY but got {kind(value)} in "field_security".')
    if not value:
        raise ElasticsearchParse(f'{what}. "field_security" must not be empty.')
    for key in value:
        if key not in ("grant", "except"):
            raise ElasticsearchParse(f'{what}. "field_security" only accepts options grant and except, but got: {key}')
    return {key: in_role(role, one, key) for key, one in value.items()}


def _check_fields(role: str, fields: dict[str, tuple[str, ...]], entry: Json) -> None:
    try:
        FieldGrant(fields["grant"], fields.get("except")).check()
    except Security as error:
        what = f"failed to parse indices privileges for role [{role}]"
        raise _ended(ElasticsearchParse(f"{what} - {error.reason}", cause=error), entry) from None


def read_applications(role: str, field: str, value: Json) -> list[dict[str, Json]]:
    """Privileges of applications. Raises as ``read_role``."""
    what = f"failed to parse application privileges for role [{role}]"
    out = []
    for entry in _array(what, field, value):
        for key in entry:
            if key not in ("application", "privileges", "resources"):
                raise XContentParse(f"[application] unknown field [{key}]", at_name(entry, key))
        for key in ("resources", "privileges", "application"):
            if entry.get(key) is None:
                raise ElasticsearchParse(f"{what}. missing required [{key}] field")
        lists = {key: string_list(entry[key], key) for key in ("privileges", "resources")}
        if not lists["privileges"]:
            raise IllegalArgument("application privileges must define at least one privilege")
        if not lists["resources"]:
            raise IllegalArgument("application privileges must refer to at least one resource")
        out.append({"application": entry["application"], **{key: list(one) for key, one in lists.items()}})
    return out


def application_problems(entries: Any, *, patterns: bool = True) -> list[str]:
    """What Elasticsearch finds wrong with names of applications, which may be patterns, and of their privileges."""
    out = []
    for entry in entries:
        problem = bad_application(entry["application"], patterns=patterns)
        out += [problem] if problem else [one for name in entry["privileges"] if (one := bad_privilege(name)) is not None]
    return out
