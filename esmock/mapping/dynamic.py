"""Dynamic mapping: what a new field of a document becomes. Docs: dynamic-mapping, dynamic-templates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, DateTime, IllegalArgument, MapperParsing
from esmock.mapping.dynamic_template import DEFAULT_TYPES, RUNTIME_TYPES, DynamicTemplate

if TYPE_CHECKING:
    from esmock.mapping.context import MappingContext
    from esmock.mapping.field import Field
    from esmock.mapping.mapping import Mapping
    from esmock.mapping.objects import ObjectMapper
    from esmock.version import Behaviour

Json = Any
NamedTemplates = dict[str, str]
_LEAST_DIMS, _MOST_DIMS = 128, 4096


class NoTemplate(Exception):
    """A dynamic template that a request names is not there; the document parser tells the place."""


def dynamic_type(mapping: Mapping, value: Json, leaf: str) -> tuple[str, str | None]:
    """The JSON type of a value as templates name it, and the date format that fits a text.

    Returns:
        one of ``DEFAULT_TYPES``; and for ``date`` the format found.
    """
    if isinstance(value, bool):
        return "boolean", None
    if isinstance(value, int):
        return "long", None
    if isinstance(value, float):
        return "double", None
    if isinstance(value, dict):
        return "object", None
    if mapping.date_detection is not False:
        found = _date_format(mapping, value)
        if found is not None:
            return "date", found
    if mapping.numeric_detection:
        if re.fullmatch(r"[+-]?\d{1,19}", value) and -(2**63) <= int(value) < 2**63:
            return "long", None
        from esmock.mapping.coercion import java_double

        try:
            java_double(value)
        except ApiError:
            pass
        else:
            return "double", None
    return "string", None


def _date_format(mapping: Mapping, text: str) -> str | None:
    """The first dynamic date format that reads a text; it must hold a ``:``, ``-`` or ``/``."""
    if not text or not (":" in text or "-" in text or "/" in text):
        return None
    if text[0] == "-" and text[1:].replace(".", "", 1).isdigit():
        # ES: a count from before the epoch is no date here
        return None
    from esmock.mapping.dates.formatter import date_formatter
    from esmock.mapping.mapping import DEFAULT_DATE_FORMATS

    formats = DEFAULT_DATE_FORMATS if mapping.date_formats is None else mapping.date_formats
    for one in formats:
        try:
            date_formatter(one, signed=False).parse_ns(text)
        except (IllegalArgument, DateTime):
            continue
        return one
    return None


def dynamic_runtime(mapping: Mapping, path: str, leaf: str, value: Json, *, is_default: bool) -> dict[str, Json] | None:
    """The runtime field that a scalar makes; None where it is to be mapped.

    Args:
        is_default: ``dynamic`` is ``runtime``: what no template wants becomes one.
    """
    if not is_default and not mapping.dynamic_templates:
        return None
    found, _ = dynamic_type(mapping, value, leaf)
    default = RUNTIME_TYPES.get(found)
    for template in mapping.dynamic_templates or ():
        if template.matches(leaf, path, found):
            if not template.is_runtime or default is None:
                return None
            return {"type": template.type_for(default), **template.definition_for(leaf, default)}
    return {"type": default} if is_default and default is not None else None


def dynamic_field(
    mapping: Mapping, path: str, leaf: str, value: Json, named: NamedTemplates | None = None
) -> Field | ObjectMapper | None:
    """What a new name with a value becomes; None where a template makes a runtime field of it.

    Args:
        named: full names to the templates that make them, whatever else those say.

    Raises:
        NoTemplate: there is none of the name.
    """
    from esmock.mapping.field_definition import parse_field
    from esmock.mapping.objects import ObjectMapper

    match_type, date_format = dynamic_type(mapping, value, leaf)
    context = mapping.context
    wanted = None if named is None else named.get(path)
    for template in mapping.dynamic_templates or ():
        if template.name == wanted if wanted is not None else template.matches(leaf, path, match_type):
            return _from_template(template, path, leaf, match_type, date_format, context)
    if wanted is not None:
        raise NoTemplate(f"Can't find dynamic template for dynamic template name [{wanted}] of field [{path}]")
    if match_type == "object":
        return ObjectMapper(path, {})
    if match_type == "string":
        keyword = {"type": "keyword", "ignore_above": 256}
        return parse_field(path, {"type": "text", "fields": {"keyword": keyword}}, context)
    definition = {"type": DEFAULT_TYPES[match_type]}
    _add_format(definition, date_format, context.behaviour)
    return parse_field(path, definition, context)


def dynamic_vector(mapping: Mapping, path: str, leaf: str, values: list[Json], made: Field | ObjectMapper | None) -> Field | None:
    """The field of vectors that an array of floats makes of a new field (8.11); None: it stays what its values made of it.

    Args:
        made: what the values made.
    """
    if getattr(made, "name", None) != "float" or not _LEAST_DIMS <= len(values) <= _MOST_DIMS or not mapping.behaviour.has((8, 11)):
        return None
    if not all(isinstance(one, float) for one in values) or path in mapping.copied_from:
        return None
    match_type, _ = dynamic_type(mapping, values[0], leaf)
    if any(template.matches(leaf, path, match_type) for template in mapping.dynamic_templates or ()):
        return None
    from esmock.mapping.field_definition import parse_field

    return parse_field(path, {"type": "dense_vector", "dims": len(values)}, mapping.context)


def _from_template(
    template: DynamicTemplate, path: str, leaf: str, match_type: str, date_format: str | None, context: MappingContext
) -> Field | ObjectMapper:
    from esmock.mapping.field_definition import parse_field
    from esmock.mapping.objects import read_object

    type_ = template.type_for(DEFAULT_TYPES[match_type])
    definition = template.definition_for(leaf, DEFAULT_TYPES[match_type])
    if type_ in ("date", "date_nanos"):
        _add_format(definition, date_format, context.behaviour)
    if type_ in ("object", "nested"):
        return read_object(path, {**definition, "type": type_}, context)[0]  # ES: what else is there is passed over here
    if context.type(type_) is None:
        context.refuse_known_type(type_)
        raise MapperParsing(f"failed to find type parsed [{type_}] for [{leaf}]")
    return parse_field(path, definition, context, type_=type_)


def _add_format(definition: dict[str, Json], date_format: str | None, behaviour: Behaviour) -> None:
    """The format that detected a date, where it is not the default one and nothing else is said."""
    if date_format is None or date_format == "strict_date_optional_time" or "format" in definition:
        return
    definition["format"] = date_format
    if behaviour.major >= 8:
        definition["locale"] = ""
