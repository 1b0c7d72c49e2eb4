"""The body of a role, read as Elasticsearch reads it: of put role requests, of API keys, and of has-privileges requests.

Source: answers of 6.8.23 to roles with wrong fields, types and values; unknown privileges of 7.17.29 and 8.19.21.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import (
    ActionRequestValidation,
    ApiError,
    ElasticsearchParse,
    IllegalArgument,
    XContentParse,
)
from esmock.features.security.application_privilege import bad_application, bad_privilege
from esmock.features.security.body import (
    RESERVED_METADATA,
    has_reserved,
    kind,
    require_object,
    string_list,
    typed,
    unexpected,
)
from esmock.features.security.privileges import known_cluster_privilege, known_index_privilege
from esmock.xcontent import json_writer
from esmock.xcontent.located import at_name, copy_plain

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any
_SINCE = {"description": (8, 15), "remote_indices": (8, 8), "remote_cluster": (8, 15)}


def read_role(name: str, body: Json, behaviour: Behaviour) -> dict[str, Json]:
    """A role's body, its fields as they are kept.

    Raises:
        ElasticsearchParse: fields and values that a role has not.
        IllegalArgument: a group without privileges.
        ActionRequestValidation: unknown privileges and applications, reserved metadata.
    """
    body = require_object(body, f"failed to parse role [{name}]. expected an object but found [{{}}] instead")
    out: dict[str, Json] = {}
    for key, value in body.items():
        if key in ("indices", "index"):
            out["indices"] = read_indices(name, key, value, behaviour)
        elif key in ("cluster", "run_as"):
            out[key] = () if value is None and key == "cluster" else in_role(name, value, key)
        elif key == "applications":
            out[key] = read_applications(name, key, value)
        elif key in ("metadata", "transient_metadata"):
            out[key] = typed(value, key, dict, "object")
        elif key == "global":
            out[key] = _global(value)
        elif key in _SINCE and behaviour.has(_SINCE[key]):
            out[key] = value
        else:
            raise unexpected(f"failed to parse role [{name}]", body, key)
    problems = _problems(out, behaviour)
    if problems:
        raise ActionRequestValidation(*problems)
    return out


def in_role(role: str, value: Json, name: str) -> tuple[str, ...]:
    """An array of strings within a role. Raises ElasticsearchParse that names the role."""
    try:
        return string_list(value, name)
    except ElasticsearchParse as error:
        raise ElasticsearchParse(f"failed to parse role [{role}]", cause=error) from None


def _global(value: Json) -> Json:
    for key in typed(value, "global", dict, "object"):
        if key != "application":
            text = f"failed to parse privilege. expected field name [application] but found [{key}] instead"
            raise XContentParse(text, at_name(value, key))
    return value


def read_indices(role: str, field: str, value: Json, behaviour: Behaviour) -> list[dict[str, Json]]:
    """Privileges on indices. Raises as ``read_role``."""
    what = f"failed to parse indices privileges for role [{role}]"
    if not isinstance(value, list):
        raise ElasticsearchParse(f"{what}. expected field [{field}] value to be an array, but found [{kind(value)}] instead")
    return [_index_entry(role, what, entry, at, behaviour) for at, entry in enumerate(value)]


def _index_entry(role: str, what: str, entry: Json, position: int, behaviour: Behaviour) -> dict[str, Json]:
    if not isinstance(entry, dict):
        raise ElasticsearchParse(
            f"{what}. expected field [null] value to be an array of objects, but found an array element of type [{kind(entry)}]"
        )
    out: dict[str, Json] = {}
    for key, value in entry.items():
        match key:
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
    for key in ("names", "privileges"):
        if key not in out:
            raise ElasticsearchParse(f"{what}. missing required [{key}] field")
    fields = out.get("field_security")
    if fields is not None and "except" in fields and "grant" not in fields:
        raise ElasticsearchParse(f"{what}. field_security requires grant if except is given")
    if not out["privileges"]:
        raise IllegalArgument("indices privileges must define at least one privilege")
    _check_query(out, position, behaviour)
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


def _check_query(entry: dict[str, Json], position: int, behaviour: Behaviour) -> None:
    """Raises ElasticsearchParse for a query that is none; what templates make is seen when they are used."""
    text = entry.get("query")
    if text is None:
        return
    from esmock.features.security.document_level import is_template, parse

    if is_template(text):
        return
    try:
        parse(text, behaviour)
    except ApiError as error:
        where = f"indices [{','.join(entry['names'])}] at index privilege [{position}] of role descriptor"
        raise ElasticsearchParse(f"failed to parse field 'query' for {where}", cause=error) from None


def read_applications(role: str, field: str, value: Json) -> list[dict[str, Json]]:
    """Privileges of applications. Raises as ``read_role``."""
    what = f"failed to parse application privileges for role [{role}]"
    if not isinstance(value, list):
        raise ElasticsearchParse(f"{what}. expected field [{field}] value to be an array, but found [{kind(value)}] instead")
    out = []
    for entry in value:
        if not isinstance(entry, dict):
            found = "to be an array of objects, but found an array element of type"
            raise ElasticsearchParse(f"{what}. expected field [null] value {found} [{kind(entry)}]")
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


def _problems(role: dict[str, Json], behaviour: Behaviour) -> list[str]:
    """What Elasticsearch finds wrong with the values of a role."""
    out = []
    groups = [(known_cluster_privilege, role.get("cluster", ()))]
    groups += [(known_index_privilege, entry["privileges"]) for entry in role.get("indices", ())]
    for known, names in groups:
        for name in names:
            try:
                known(name, behaviour)
            except IllegalArgument as error:
                out.append(error.reason or "")
    out += application_problems(role.get("applications", ()))
    if has_reserved(role.get("metadata")):
        out.append(RESERVED_METADATA)
    return out


def application_problems(entries: Any) -> list[str]:
    """What Elasticsearch finds wrong with names of applications and of their privileges."""
    out = []
    for entry in entries:
        problem = bad_application(entry["application"], patterns=True)
        out += [problem] if problem else [one for name in entry["privileges"] if (one := bad_privilege(name)) is not None]
    return out
