"""Index templates as the template APIs print them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.shape import index as index_shape

if TYPE_CHECKING:
    from esmock.state.templates import ComponentTemplate, ComposableTemplate, LegacyTemplate, Template
    from esmock.version import Behaviour

Json = Any


def legacy(
    one: LegacyTemplate, *, flat: bool, typed: bool = False, in_state: bool = False
) -> dict[str, Json]:
    """A legacy template."""
    out: dict[str, Json] = {"order": one.order}
    if one.version is not None:
        out["version"] = one.version
    out["index_patterns"] = list(one.index_patterns)
    out["settings"] = index_shape.settings(one.settings, is_flat=flat)
    kind = one.type_name or "_doc"
    out["mappings"] = ({kind: one.mappings} if one.mappings or one.type_name else {}) if typed else one.mappings
    out["aliases"] = dict(sorted(one.aliases.items())) if not in_state else dict(one.aliases)
    return out


def template(one: Template, *, flat: bool) -> dict[str, Json]:
    """The part of a template that goes into indices."""
    out: dict[str, Json] = {}
    if one.settings is not None:
        out["settings"] = index_shape.settings(one.settings, is_flat=flat)
    if one.mappings is not None:
        out["mappings"] = one.mappings
    if one.aliases is not None:
        out["aliases"] = one.aliases
    out.update(one.extra)
    return out


def component(one: ComponentTemplate, *, flat: bool) -> dict[str, Json]:
    """A component template."""
    out: dict[str, Json] = {"template": template(one.template, flat=flat)}
    if one.version is not None:
        out["version"] = one.version
    if one.meta is not None:
        out["_meta"] = one.meta
    if one.deprecated is not None:
        out["deprecated"] = one.deprecated
    return out


def _data_stream(given: dict[str, Json], behaviour: Behaviour) -> dict[str, Json]:
    """What a template says of its data streams, with what it says when it says nothing."""
    out: dict[str, Json] = {}
    if behaviour.has((7, 11)):
        out["hidden"] = given.get("hidden", False)
    if behaviour.has((7, 16)):
        out["allow_custom_routing"] = given.get("allow_custom_routing", False)
    return out


def composable(one: ComposableTemplate, behaviour: Behaviour, *, flat: bool) -> dict[str, Json]:
    """A composable template."""
    out: dict[str, Json] = {"index_patterns": list(one.index_patterns)}
    if one.template is not None:
        out["template"] = template(one.template, flat=flat)
    if one.names_components or one.template is not None or behaviour.major >= 8:
        out["composed_of"] = list(one.composed_of)
    if one.priority is not None:
        out["priority"] = one.priority
    if one.version is not None:
        out["version"] = one.version
    if one.meta is not None:
        out["_meta"] = one.meta
    if one.data_stream is not None:
        out["data_stream"] = _data_stream(one.data_stream, behaviour)
    if one.allow_auto_create is not None:
        out["allow_auto_create"] = one.allow_auto_create
    if one.ignore_missing is not None:
        out["ignore_missing_component_templates"] = list(one.ignore_missing)
    if one.deprecated is not None:
        out["deprecated"] = one.deprecated
    return out
