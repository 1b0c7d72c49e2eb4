"""The bodies of component and composable templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.request import Request
from esmock.state import index_settings
from esmock.state.aliases import parse_aliases
from esmock.state.templates import (
    ComponentTemplate,
    ComposableTemplate,
    Template,
)
from esmock.xcontent.object_parser import Parser, custom, long_, mapping, object_, strings
from esmock.xcontent.object_parser import boolean as boolean_field
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any


def _settings(body: Json, key: Any, reading: Reading) -> dict[str, Any]:
    return index_settings.with_prefix(index_settings.read_flat(body[key]))


def _mappings(body: Json, key: Any, reading: Reading) -> dict[str, Json]:
    found: dict[str, Json] = dict(body[key])
    if reading.behaviour.major >= 8 and len(found) == 1 and "_doc" in found and isinstance(found["_doc"], dict):
        return dict(found["_doc"])
    return found


def _aliases(body: Json, key: Any, reading: Reading) -> dict[str, Json]:
    return parse_aliases(body[key], reading.behaviour, of_template=True)


def _since_eight(behaviour: Behaviour) -> bool:
    return behaviour.major >= 8


def _not_in_oldest(behaviour: Behaviour) -> bool:
    return behaviour.product_header


def _template(found: dict[str, Any]) -> Template:
    extra: dict[str, Any] = {name: found[name] for name in ("lifecycle", "data_stream_options") if name in found}
    return Template(found.get("settings"), found.get("mappings"), found.get("aliases"), extra)


_OBJECT = ("START_OBJECT",)


_TEMPLATE = Parser(
    "template",
    custom("settings", _OBJECT, _settings),
    custom("mappings", _OBJECT, _mappings),
    custom("aliases", _OBJECT, _aliases),
    mapping("lifecycle", in_version=_since_eight),
    mapping("data_stream_options", in_version=_since_eight),
)


COMPONENT = Parser(
    "component_template",
    object_("template", _TEMPLATE, required=True),
    long_("version"),
    mapping("_meta"),
    boolean_field("deprecated", in_version=_since_eight),
)


_DATA_STREAM = Parser(
    "data_stream_template",
    boolean_field("hidden"),
    boolean_field("allow_custom_routing", in_version=_since_eight),
    boolean_field("failure_store", in_version=_since_eight),
    mapping("timestamp_field"),
)


COMPOSABLE = Parser(
    "index_template",
    strings("index_patterns", required=True),
    object_("template", _TEMPLATE),
    strings("composed_of"),
    long_("priority"),
    long_("version"),
    mapping("_meta"),
    object_("data_stream", _DATA_STREAM),
    boolean_field("allow_auto_create", in_version=_not_in_oldest),
    strings("ignore_missing_component_templates", in_version=_since_eight),
    boolean_field("deprecated", in_version=_since_eight),
)


def component(name: str, found: dict[str, Any]) -> ComponentTemplate:
    return ComponentTemplate(
        name, _template(found["template"]), found.get("version"), found.get("_meta"), found.get("deprecated")
    )


def composable(name: str, found: dict[str, Any]) -> ComposableTemplate:
    patterns = tuple(found["index_patterns"])
    part = _template(found["template"]) if "template" in found else None
    missing = found.get("ignore_missing_component_templates")
    return ComposableTemplate(
        name,
        patterns,
        part,
        tuple(found.get("composed_of") or ()),
        found.get("priority"),
        found.get("version"),
        found.get("_meta"),
        found.get("data_stream"),
        found.get("allow_auto_create"),
        None if missing is None else tuple(missing),
        found.get("deprecated"),
        names_components="composed_of" in found,
    )


def read_component(request: Request) -> dict[str, Any]:
    """The body of a component template. Raises XContentParse."""
    found: dict[str, Any] = COMPONENT.apply(request.required_json(), Reading(request.behaviour, request.warn))
    return found


def read_composable(request: Request) -> dict[str, Any]:
    """The body of a composable template. Raises XContentParse."""
    found: dict[str, Any] = COMPOSABLE.parse(request.required_json(), Reading(request.behaviour, request.warn))
    return found
