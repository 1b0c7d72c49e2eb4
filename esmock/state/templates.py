"""Index templates: legacy, component and composable ones, and what they give a new index.

Source: recordings of 7.10.2 and 8.19.21; docs pages index-templates, indices-templates-v1.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument
from esmock.state.resolve import matches

if TYPE_CHECKING:
    from esmock.state.aliases import AliasBody
    from esmock.state.cluster import Cluster

Json = Any


@dataclass(frozen=True, slots=True)
class LegacyTemplate:
    """A template of the first kind: all that match are joined, the highest order last.

    Args:
        mappings: without type level.
        type_name: the type it was written with; None: none.
    """

    name: str
    index_patterns: tuple[str, ...]
    order: int = 0
    version: int | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    mappings: dict[str, Json] = field(default_factory=dict)
    aliases: dict[str, AliasBody] = field(default_factory=dict)
    type_name: str | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """What a component or composable template gives; None where it does not speak of a part."""

    settings: dict[str, Any] | None = None
    mappings: dict[str, Json] | None = None
    aliases: dict[str, AliasBody] | None = None
    extra: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ComponentTemplate:
    """A building block of composable templates."""

    name: str
    template: Template
    version: int | None = None
    meta: dict[str, Json] | None = None
    deprecated: bool | None = None


@dataclass(frozen=True, slots=True)
class ComposableTemplate:
    """A template of the second kind: of all that match only the one with the highest priority counts."""

    name: str
    index_patterns: tuple[str, ...]
    template: Template | None = None
    composed_of: tuple[str, ...] = ()
    priority: int | None = None
    version: int | None = None
    meta: dict[str, Json] | None = None
    data_stream: dict[str, Json] | None = None
    allow_auto_create: bool | None = None
    ignore_missing: tuple[str, ...] | None = None
    deprecated: bool | None = None
    names_components: bool = True
    """Whether ``composed_of`` was given, if only as an empty list: 7.x shows it as it came."""

    @property
    def rank(self) -> int:
        """The priority, where none is given the lowest."""
        return self.priority or 0


class Templates:
    """All templates of a cluster. Never changed in place: ``put`` and ``remove`` replace the maps."""

    def __init__(self) -> None:
        self.legacy: dict[str, LegacyTemplate] = {}
        self.components: dict[str, ComponentTemplate] = {}
        self.composable: dict[str, ComposableTemplate] = {}
        self.used: frozenset[str] = frozenset()
        """The kinds of which there was one: the cluster state goes on to show them."""

    def clone(self, cluster: Cluster) -> Templates:
        """The same templates for another cluster."""
        twin = Templates()
        twin.__dict__.update(self.__dict__)
        return twin

    def legacy_for(self, index: str) -> list[LegacyTemplate]:
        """Matching legacy templates, the highest order first."""
        found = [one for one in self.legacy.values() if matches(one.index_patterns, index)]
        if index.startswith("."):
            found = [one for one in found if any(pattern != "*" for pattern in one.index_patterns)]
        return sorted(found, key=lambda one: -one.order)

    def composable_for(self, index: str, *, is_hidden: bool = False) -> ComposableTemplate | None:
        """The matching composable template of the highest priority."""
        best: ComposableTemplate | None = None
        for one in self.composable.values():
            if matches(one.index_patterns, index):
                if is_hidden and one.index_patterns == ("*",):
                    continue
                if best is None or one.rank > best.rank:
                    best = one
        return best

    def parts_of(self, template: ComposableTemplate) -> list[Template]:
        """What a composable template is made of, in the order in which it is applied."""
        parts = [self.components[name].template for name in template.composed_of if name in self.components]
        if template.template is not None:
            parts.append(template.template)
        return parts


def templates(cluster: Cluster) -> Templates:
    """The cluster's templates."""
    found: Templates = cluster.slot("templates", Templates)
    return found


@dataclass(slots=True)
class Applied:
    """What the templates give to an index before its own request is added."""

    settings: dict[str, Any] = field(default_factory=dict)
    mappings: list[dict[str, Json]] = field(default_factory=list)
    aliases: dict[str, AliasBody] = field(default_factory=dict)
    type_name: str | None = None
    composable: ComposableTemplate | None = None
    legacy: tuple[LegacyTemplate, ...] = ()


def apply_legacy(found: Iterable[LegacyTemplate]) -> Applied:
    """Join legacy templates.

    Args:
        found: the highest order first.
    """
    found = tuple(found)
    out = Applied(legacy=found)
    for one in reversed(found):
        out.settings.update(one.settings)
        out.mappings.append(one.mappings)
        out.type_name = one.type_name or out.type_name
    for one in found:
        for name, alias in one.aliases.items():
            out.aliases.setdefault(name, alias)
    return out


def apply_composable(registry: Templates, template: ComposableTemplate) -> Applied:
    """Join the parts of a composable template."""
    out = Applied(composable=template)
    for part in registry.parts_of(template):
        for key, value in (part.settings or {}).items():
            out.settings.pop(key, None)
            out.settings[key] = value
        if part.mappings:
            out.mappings.append(part.mappings)
        out.aliases.update(part.aliases or {})
    return out


def merge_defaults(target: dict[str, Json], defaults: dict[str, Json]) -> None:
    """Add what is missing, object by object: how the mappings of legacy templates are joined."""
    for key, value in defaults.items():
        if key not in target:
            target[key] = copy.deepcopy(value)
        elif isinstance(target[key], dict) and isinstance(value, dict):
            merge_defaults(target[key], value)
        elif isinstance(target[key], list) and isinstance(value, list):
            _merge_list(target, key, value)


def _merge_list(target: dict[str, Json], key: str, defaults: list[Json]) -> None:
    """Lists of named definitions (dynamic templates) are joined by name, other lists stay."""
    mine = target[key]
    if all(isinstance(one, dict) and len(one) == 1 for one in (*mine, *defaults)):
        joined = {next(iter(one)): dict(one) for one in defaults}
        for one in mine:
            name = next(iter(one))
            if name in joined and isinstance(one[name], dict) and isinstance(joined[name][name], dict):
                both = dict(one[name])
                merge_defaults(both, joined[name][name])
                joined[name] = {name: both}
            else:
                joined[name] = one
        target[key] = list(joined.values())
    else:
        target[key] = [*mine, *(one for one in defaults if one not in mine)]


def merge_mappings(parts: Iterable[dict[str, Json]], *, strict: bool = False) -> dict[str, Json]:
    """Join mappings in order: fields are replaced as a whole, objects are joined, options as maps.

    Args:
        strict: an object and a field of one name are an error (7.x), otherwise the later one counts.

    Raises:
        IllegalArgument.
    """
    out: dict[str, Json] = {}
    for part in parts:
        for key, value in part.items():
            if key == "properties" and isinstance(value, dict):
                _merge_properties(out.setdefault("properties", {}), value, "", strict=strict)
            elif key == "dynamic_templates" and isinstance(value, list) and isinstance(out.get(key), list):
                _merge_dynamic_templates(out, value)
            elif isinstance(value, dict) and isinstance(out.get(key), dict):
                out[key] = {**out[key], **copy.deepcopy(value)}
            else:
                out[key] = copy.deepcopy(value)
    return out


def _merge_dynamic_templates(out: dict[str, Json], value: list[Json]) -> None:
    names = {next(iter(one), None) for one in value if isinstance(one, dict)}
    kept = [one for one in out["dynamic_templates"] if next(iter(one), None) not in names]
    out["dynamic_templates"] = [*kept, *copy.deepcopy(value)]


def _is_object(field: Json) -> bool:
    return isinstance(field, dict) and ("properties" in field or field.get("type") in ("object", "nested"))


def _merge_properties(target: dict[str, Json], source: dict[str, Json], prefix: str, *, strict: bool) -> None:
    for name, value in source.items():
        mine = target.get(name)
        if strict and mine is not None and _is_object(mine) != _is_object(value):
            raise IllegalArgument(f"can't merge a non object mapping [{prefix}{name}] with an object mapping")
        if isinstance(mine, dict) and isinstance(value, dict) and "properties" in mine and "properties" in value:
            rest = {key: one for key, one in value.items() if key != "properties"}
            target[name] = {**mine, **copy.deepcopy(rest), "properties": dict(mine["properties"])}
            _merge_properties(target[name]["properties"], value["properties"], f"{prefix}{name}.", strict=strict)
        else:
            target[name] = copy.deepcopy(value)
