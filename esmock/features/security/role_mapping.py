"""Role mappings: rules that give roles to users of other realms. Read and kept here; ``role_rules`` asks them.

Source: answers of 7.17.29 and 8.19.21. Docs: security-api-put-role-mapping.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from esmock.errors import (
    ActionRequestValidation,
    ApiError,
    ElasticsearchParse,
    IllegalArgument,
    IllegalState,
    Parsing,
    Trace,
    XContentParse,
)
from esmock.features.security.body import RESERVED_METADATA, has_reserved, kind
from esmock.xcontent import json_writer
from esmock.xcontent.located import At, at_end, at_name, at_value, copy_plain, standing, stood
from esmock.xcontent.object_parser import Parser, boolean, custom, mapping, objects, string, strings
from esmock.xcontent.value_reader import Key, Reading

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any
_FORMATS = ("json", "string")


def _template(body: Json, key: Key, reading: Reading) -> str:
    """A template as it is kept and shown: JSON text."""
    return json_writer.dumps(copy_plain(body[key])).decode()


def _format(body: Json, key: Key, reading: Reading) -> str:
    if body[key] in _FORMATS:
        return str(body[key])
    at = at_value(body, key)
    raise standing(XContentParse(f"Invalid format [{body[key]}] expected one of [{','.join(_FORMATS)}]", at), at)


def _role_template(given: Mapping[str, Any]) -> dict[str, str]:
    return {"template": given["template"], "format": given.get("format", "string")}


class _Rules:
    """Reads the rules of one mapping, whose name its errors tell."""

    def __init__(self, name: str) -> None:
        self._name = name

    def read(self, body: Json, key: Key, reading: Reading) -> Json:
        self._object(body, key, self._name, may_except=False)
        return copy_plain(body[key])

    def _object(self, body: Json, key: Key, name: str, *, may_except: bool) -> None:
        value = body[key]
        if not isinstance(value, dict):
            raise _bad(f"expected [{name}] to be an object but found [{kind(value)}] instead", at_value(body, key))
        field = _only_field(value, name)
        if field in ("any", "all"):
            self._array(value, field)
        elif field == "field":
            _field(value)
        elif field != "except":
            raise _bad(f"field [{field}] is not recognised in object [{name}]", at_name(value, field))
        elif not may_except:
            raise _bad(f"field [{field}] is not allowed within [{name}]", at_name(value, field))
        else:
            _check_object(value, field)
            self._object(value, field, field, may_except=False)
        _check_alone(value, name)

    def _array(self, body: Json, field: str) -> None:
        if not isinstance(body[field], list):
            raise _bad(f"field [{field}] requires an array", at_value(body, field))
        for position in range(len(body[field])):
            self._object(body[field], position, field, may_except=field == "all")


def _field(body: Json) -> None:
    _check_object(body, "field")
    named = body["field"]
    name = _only_field(named, "field")
    values = named[name] if isinstance(named[name], list) else [named[name]]
    for position, value in enumerate(values):
        if isinstance(value, dict | list):
            at = at_value(named[name], position) if isinstance(named[name], list) else at_value(named, name)
            raise _bad(f"expected a field value but found [{kind(value)}] instead", at)
    _check_alone(named, "field")
    if not values:
        raise standing(IllegalArgument("null or empty values ([])"), at_end(named))


def _only_field(body: Json, name: str) -> str:
    if not body:
        raise _bad(f"object [{name}] does not contain any fields", at_end(body))
    return str(next(iter(body)))


def _check_alone(body: Json, name: str) -> None:
    if len(body) > 1:
        raise _bad(f"object [{name}] contains multiple fields", at_name(body, list(body)[1]))


def _check_object(body: Json, key: str) -> None:
    if not isinstance(body[key], dict):
        raise _bad(f"expected START_OBJECT but found [{kind(body[key])}] instead", at_value(body, key))


def _bad(text: str, at: At) -> ApiError:
    return standing(ElasticsearchParse(f"failed to parse rules expression. {text}"), at)


_TEMPLATE = Parser(
    "role-mapping-template",
    custom("template", ("START_OBJECT", "VALUE_STRING"), _template, required=True),
    custom("format", ("VALUE_STRING",), _format, argument=True),
    build=_role_template,
)


def _parser(name: str) -> Parser:
    return Parser(
        "role-mapping",
        strings("roles"),
        objects("role_templates", _TEMPLATE, in_version=lambda behaviour: behaviour.has((7, 2))),
        custom("rules", ("START_OBJECT",), _Rules(name).read),
        mapping("metadata"),
        boolean("enabled"),
        *(string(ignored) for ignored in ("doc_type", "type")),
    )


def parse(name: str, body: Json, behaviour: Behaviour) -> dict[str, Json]:
    """A mapping as it is kept and shown.

    Raises:
        Parsing: an unknown or a missing key, values that are none.
        NeedsPositions: for an error in a plain body.
    """
    try:
        given = _parser(name).parse(body, Reading(behaviour))
        for key in ("roles", "rules", "enabled"):
            if key not in given and not (key == "roles" and "role_templates" in given):
                raise standing(IllegalState(f"failed to parse role-mapping [{name}]. missing field [{key}]"), at_end(body))
    except (IllegalArgument, IllegalState) as error:
        raise Parsing(error.reason or "", stood(error), cause=error) from None
    kept = {key: copy_plain(given[key]) for key in ("roles", "role_templates") if key in given}
    return {"enabled": given["enabled"], **kept, "rules": given["rules"], "metadata": copy_plain(given.get("metadata") or {})}


def check(given: Mapping[str, Json]) -> None:
    """Raises ActionRequestValidation for no roles at all, for roles of both kinds, and for reserved metadata."""
    problems = []
    if not given.get("roles") and not given.get("role_templates"):
        problems.append("role-mapping roles or role-templates are missing")
    if given.get("roles") and given.get("role_templates"):
        problems.append("role-mapping cannot have both roles and role-templates")
    if has_reserved(given["metadata"]):
        problems.append(RESERVED_METADATA)
    if problems:
        raise ActionRequestValidation(*problems)


def check_templates(given: Mapping[str, Json], behaviour: Behaviour) -> None:
    """Raises IllegalArgument for a template that is none. Source: answers of 7.17.29."""
    from esmock.features.security.role_rules import compiled

    for one in given.get("role_templates") or ():
        try:
            compiled(one["template"])
        except ApiError as error:
            raise IllegalArgument(Trace(qualified=behaviour.qualified_traces).first_line(error), cause=error) from None
