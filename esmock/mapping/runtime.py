"""Runtime fields as mappings and searches declare them. Docs: runtime-mapping-fields (from 7.11).

Source: recordings of 8.19.21.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from esmock.errors import ElasticsearchParse, IllegalArgument, MapperParsing
from esmock.mapping.dates.formatter import date_formatter
from esmock.mapping.dates.locale import read_locale
from esmock.mapping.lookup import LOOKUP, Lookup, shown_lookup
from esmock.mapping.parameter import Parameter, Place, java_text, meta, script, simple_class

Json = Any
TYPES = ("boolean", "composite", "date", "double", "geo_point", "ip", "keyword", "long", "lookup")


@dataclass(frozen=True, slots=True)
class RuntimeField:
    """
    Args:
        name: full name.
        type: one of ``TYPES``; of a part of a composite field its own.
        script: what emits the values, as given; None: they are read from the source.
        options: further parameters of the field's type (``format``).
        part: the key under which a composite script emits this field.
        lookup: what a field of type ``lookup`` asks of another index.
        is_lenient: a document for which the script fails has no value.
    """

    name: str
    type: str
    script: Json = None
    options: Mapping[str, Json] | None = None
    part: str | None = None
    lookup: Lookup | None = None
    is_lenient: bool = False


def parse_runtime_fields(body: Json) -> dict[str, RuntimeField]:
    """Read ``runtime`` of a mapping or ``runtime_mappings`` of a search; null leaves a field out.

    Raises:
        MapperParsing, IllegalArgument, ElasticsearchParse: definitions that cannot be read.
    """
    out: dict[str, RuntimeField] = {}
    for name, node in body.items():
        if node is None:
            continue
        if not isinstance(node, dict):
            from esmock.mapping.parameter import java_class

            raise MapperParsing(f"Expected map for runtime field [{name}] definition but got a {java_class(node)}")
        for one in _parse_field(name, dict(node)):
            out[one.name] = one
    return out


def _format(value: Json, place: Place) -> str | None:
    if value is None:
        return None
    date_formatter(java_text(value))
    return java_text(value)


def _locale(value: Json, place: Place) -> str | None:
    return None if value is None else read_locale(java_text(value))


def _fields(value: Json, place: Place) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise MapperParsing(f"[fields] must be an object, got {simple_class(value)}[{java_text(value)}] for field [{place.path}]")
    return value


_SCRIPT, _ON_ERROR = script("for runtime field")
_SCRIPTED = (replace(_SCRIPT, allows_null=False), _ON_ERROR, meta())
_DATE = (Parameter("format", None, _format, allows_null=True), Parameter("locale", None, _locale, allows_null=True))
_PARTS = Parameter("fields", None, _fields)


def _table(kind: str) -> dict[str, Parameter]:
    """The parameters of a type."""
    more = {"date": _DATE, "composite": (_PARTS,)}.get(kind, ())
    return {one.name: one for one in ((*LOOKUP, meta()) if kind == "lookup" else (*_SCRIPTED, *more))}


def _parse_field(name: str, node: dict[str, Json]) -> Iterable[RuntimeField]:
    kind = node.pop("type", None)
    if kind is None:
        raise MapperParsing(f"No type specified for runtime field [{name}]")
    if kind not in TYPES:
        raise MapperParsing(
            f"The mapper type [{java_text(kind)}] declared on runtime field [{name}] does not exist. It might have been created within a "
            "future version or requires a plugin to be installed. Check the documentation."
        )
    given = _read(name, kind, node)
    if kind == "lookup":
        return [RuntimeField(name, kind, lookup=Lookup.made(given))]
    is_lenient = given.get("on_script_error") == "continue"
    if is_lenient and given.get("script") is None:
        raise IllegalArgument("Field [on_script_error] requires field [script] to be configured")
    if kind == "composite":
        return _split(name, given, is_lenient=is_lenient)
    options = {one.name: node[one.name] for one in _DATE if given.get(one.name) is not None}
    return [RuntimeField(name, kind, given.get("script"), options, is_lenient=is_lenient)]


def _read(name: str, kind: str, node: dict[str, Json]) -> dict[str, Any]:
    """The parameters in their order. Raises MapperParsing, IllegalArgument for the first that is wrong."""
    table, place = _table(kind), Place(name, kind, None)
    given = {}
    for key, value in node.items():
        parameter = table.get(key)
        if parameter is None:
            raise MapperParsing(f"unknown parameter [{key}] on runtime field [{name}] of type [{kind}]")
        if value is None and not parameter.allows_null:
            raise MapperParsing(f"[{key}] on runtime field [{name}] of type [{kind}] must not have a [null] value")
        given[key] = parameter.read(value, place)
    return given


def _split(name: str, given: dict[str, Any], *, is_lenient: bool) -> list[RuntimeField]:
    """The fields of a composite one. Raises IllegalArgument, MapperParsing."""
    script_, parts = given.get("script"), given.get("fields")
    if script_ is None:
        raise IllegalArgument(f"composite runtime field [{name}] must declare a [script]")
    if not parts:
        raise IllegalArgument(f"composite runtime field [{name}] must declare its [fields]")
    split = []
    for part, inner in parts.items():
        for one in _parse_field(f"{name}.{part}", dict(inner)):
            if one.script is not None:
                raise IllegalArgument(f"Cannot use [script] parameter on sub-field [{part}] of composite field [{name}]")
            split.append(replace(one, script=script_, part=part, is_lenient=is_lenient))
    return split


def read_runtime(body: Json) -> dict[str, Json]:
    """The section ``runtime`` of a mapping: definitions as they are shown, and null for those to be taken away.

    Raises:
        ElasticsearchParse: it is no object; otherwise as ``parse_runtime_fields``.
    """
    if not isinstance(body, dict):
        raise ElasticsearchParse("runtime must be a map type")
    parse_runtime_fields(body)
    return {name: None if node is None else _shown(node) for name, node in body.items()}


def _shown(node: dict[str, Json]) -> dict[str, Json]:
    out: dict[str, Json] = {"type": node["type"]}
    if node["type"] == "lookup":
        return out | shown_lookup(node)
    for key, value in node.items():
        if key == "script" and value is not None:
            out[key] = _shown_script(value)
        elif key != "type" and value is not None:
            out[key] = value
    return out


def _shown_script(value: Json) -> Json:
    if isinstance(value, str):
        return {"source": value, "lang": "painless"}
    names = ("id",) if "id" in value else ("source", "lang")
    out = {name: value.get(name, "painless" if name == "lang" else None) for name in names}
    return out | ({"params": value["params"]} if value.get("params") else {})
