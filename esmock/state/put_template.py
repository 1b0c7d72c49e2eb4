"""Storing templates: what is wrong with them, alone and beside the others.

Source: recordings of 7.10.2 and 8.19.21; docs pages indices-templates-v1, indices-put-template, indices-component-template.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esmock.errors import (
    ActionRequestValidation,
    ApiError,
    ElasticsearchParse,
    IllegalArgument,
    IndexTemplateMissing,
    InvalidIndexTemplate,
    NumberFormat,
    ResourceNotFound,
    Validation,
)
from esmock.state import index_settings
from esmock.state.aliases import AliasBody, check_alias, name_problem, parse_aliases
from esmock.state.create import analysis_of
from esmock.state.data_streams import TIMESTAMP_MAPPING, check_template_removal, check_templates, check_timestamp
from esmock.state.resolve import glob
from esmock.state.setting_values import java_list
from esmock.state.templates import (
    ComponentTemplate,
    ComposableTemplate,
    LegacyTemplate,
    Template,
    Templates,
    merge_mappings,
    templates,
)
from esmock.xcontent.java_number import parse_int
from esmock.xcontent.java_order import hash_order, hash_ordered

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping
    from esmock.state.cluster import Cluster
    from esmock.version import Behaviour

Json = Any
Warn = Callable[[str], None]
CheckFilter = Callable[[str, AliasBody], None]


def parse_legacy(name: str, body: dict[str, Json], behaviour: Behaviour, *, order: int, warn: Warn) -> LegacyTemplate:
    """Read a legacy template.

    Args:
        body: with ``mappings`` still as sent.
        order: where the body does not say.

    Raises:
        ElasticsearchParse, IllegalArgument, NumberFormat.
    """
    patterns: list[str] = []
    settings: dict[str, Any] = {}
    aliases: dict[str, AliasBody] = {}
    version = None
    for key, value in body.items():
        if key == "index_patterns" or (key == "template" and behaviour.mapping_types):
            if key == "template":
                warn("Deprecated field [template] used, replaced by [index_patterns]")
            patterns = _patterns(value, behaviour)
        elif key == "order":
            order = _order(value)
        elif key == "version":
            if not isinstance(value, int) or isinstance(value, bool):
                raise IllegalArgument("Malformed [version] value, should be an integer")
            version = value
        elif key == "settings":
            if not isinstance(value, dict):
                raise IllegalArgument("Malformed [settings] section, should include an inner object")
            settings = index_settings.normalise(value)
        elif key == "mappings":
            continue
        elif key == "aliases":
            aliases = parse_aliases(value, behaviour)
        else:
            raise ElasticsearchParse(f"unknown key [{key}] in the template ")
    return LegacyTemplate(name, tuple(patterns), order, version, settings, {}, aliases)


def _patterns(value: Json, behaviour: Behaviour) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [str(one) for one in value]
    field = "template" if behaviour.mapping_types else "index_patterns"
    raise IllegalArgument(f"Malformed [{field}] value, should be a string or a list of strings")


def _order(value: Json) -> int:
    if isinstance(value, str):
        return parse_int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NumberFormat(f'For input string: "{value}"')
    return int(value)


def _name_problems(name: str, *, what: str = "name") -> list[str]:
    found = []
    if " " in name:
        found.append(f"{what} must not contain a space")
    if "," in name:
        found.append(f"{what} must not contain a ','")
    if "#" in name:
        found.append(f"{what} must not contain a '#'")
    if "*" in name:
        found.append(f"{what} must not contain a '*'")
    if name.startswith("_"):
        found.append(f"{what} must not start with '_'")
    if name.lower() != name:
        found.append(f"{what} must be lower cased")
    return found


def _pattern_problems(patterns: Iterable[str], behaviour: Behaviour) -> list[str]:
    found = []
    for pattern in patterns:
        if " " in pattern:
            found.append(f"index_patterns [{pattern}] must not contain a space")
        if "," in pattern:
            found.append(f"index_pattern [{pattern}] must not contain a ','")
        if "#" in pattern:
            found.append(f"index_pattern [{pattern}] must not contain a '#'")
        if ":" in pattern:
            found.append(f"index_pattern [{pattern}] must not contain a ':'")
        if pattern.startswith("_"):
            found.append(f"index_pattern [{pattern}] must not start with '_'")
        problem = name_problem(pattern.replace("*", "x").lstrip("_-+") or "x", behaviour)
        if problem is not None and "following characters" in problem:
            found.append(f"index_pattern [{pattern}] {problem}")
    return found


def _check_names(name: str, patterns: Iterable[str], settings: dict[str, Any] | None, behaviour: Behaviour) -> None:
    problems = _name_problems(name) + _pattern_problems(patterns, behaviour)
    try:
        index_settings.check_values(settings or {}, behaviour)
    except ApiError as error:
        problems += [str(one.reason) for one in (error, *error.suppressed)]
    if problems:
        raise _invalid(name, str(Validation(*problems).reason))


def _invalid(name: str, why: str) -> InvalidIndexTemplate:
    return InvalidIndexTemplate(f"index_template [{name}] invalid, cause [{why}]")


def check_mapping(mappings: dict[str, Json], settings: dict[str, Any], cluster: Cluster, warn: Warn) -> Mapping:
    """A mapping as an index with these settings would read it. Raises MapperParsing and what analysis raises."""
    from esmock.mapping.mapping import Mapping as Read

    behaviour = cluster.behaviour
    return Read.parse(mappings, analysis_of(settings, cluster), behaviour, settings=settings, warn=warn)


def put_legacy(
    cluster: Cluster, template: LegacyTemplate, *, create: bool, warn: Warn, check_filter: CheckFilter
) -> None:
    """Store a legacy template.

    Raises:
        ActionRequestValidation, InvalidIndexTemplate, IllegalArgument, InvalidAliasName, MapperParsing.
    """
    behaviour = cluster.behaviour
    name, registry = template.name, templates(cluster)
    if not template.index_patterns:
        raise ActionRequestValidation("index patterns are missing")
    index_settings.check_values(template.settings, behaviour)
    _check_names(name, template.index_patterns, None, behaviour)
    for alias, body in template.aliases.items():
        check_alias(cluster, alias.replace("{index}", "x"), body)
        if alias in template.index_patterns:
            raise IllegalArgument(
                f"alias [{alias}] cannot be the same as any pattern in [{', '.join(template.index_patterns)}]"
            )
        check_filter(alias, body)
    if create and name in registry.legacy:
        raise IllegalArgument(f"index_template [{name}] already exists")
    _warn_of_composable(registry, template, warn, refuses=not behaviour.mapping_types)
    check_mapping(template.mappings, template.settings, cluster, warn)
    registry.legacy = {**registry.legacy, name: replace(template, mappings=hash_ordered(template.mappings))}
    cluster.changed()


def _warn_of_composable(registry: Templates, template: LegacyTemplate, warn: Warn, *, refuses: bool) -> None:
    """Tell of composable templates that take a legacy one's place; since 8.0 it is refused. Raises IllegalArgument."""
    found = {
        one.name: one.index_patterns
        for one in registry.composable.values()
        if overlap(one.index_patterns, template.index_patterns)
    }
    if not found:
        return
    names = hash_order(found)
    if refuses and "*" not in template.index_patterns:
        pairs = ",".join(f"{name} => {java_list(found[name])}" for name in names)
        raise IllegalArgument(
            f"legacy template [{template.name}] has index patterns {java_list(template.index_patterns)} matching "
            f"patterns from existing composable templates [{','.join(names)}] with patterns ({pairs}), use composable templates "
            "(/_index_template) instead"
        )
    if any("*" in found[name] for name in names) and len(template.index_patterns) == 0:
        return
    shown = ",".join(f"{name} => {java_list(found[name])}" for name in names)
    warn(
        f"legacy template [{template.name}] has index patterns {java_list(template.index_patterns)} matching "
        f"patterns from existing composable templates [{','.join(names)}] with patterns ({shown}); this template "
        f"[{template.name}] may be ignored in favor of a composable template at index creation time"
    )


def overlap(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether some name matches a pattern of each side."""
    others = tuple(other)
    return any(_meet(a, b) for a in one for b in others)


def _meet(a: str, b: str) -> bool:
    """Whether two simple patterns have a name in common."""
    if not a or not b:
        return not (a or b).strip("*")
    if a[0] == "*":
        return _meet(a[1:], b) or _meet(a, b[1:])
    if b[0] == "*":
        return _meet(a, b[1:]) or _meet(a[1:], b)
    return a[0] == b[0] and _meet(a[1:], b[1:])


def put_component(
    cluster: Cluster, component: ComponentTemplate, *, create: bool, warn: Warn, check_filter: CheckFilter
) -> None:
    """Store a component template, and see that the composable templates that use it still work.

    Raises:
        IllegalArgument, InvalidAliasName, MapperParsing ...
    """
    behaviour, registry = cluster.behaviour, templates(cluster)
    name, part = component.name, component.template
    if create and name in registry.components:
        raise IllegalArgument(f"component template [{name}] already exists")
    index_settings.check_values(part.settings or {}, behaviour)
    problems = _name_problems(name)
    if problems:
        raise _invalid(name, str(Validation(*problems).reason))
    _check_template_aliases(cluster, part, check_filter)
    check_mapping(part.mappings or {}, part.settings or {}, cluster, warn)
    stored = replace(component, template=_stored(part))
    after = {**registry.components, name: stored}
    for user in registry.composable.values():
        if name in user.composed_of:
            _check_composed(cluster, user, after, changed=name)
    registry.components = after
    cluster.changed()


def _stored(part: Template) -> Template:
    return replace(part, mappings=hash_ordered(part.mappings) if part.mappings else None)


def _check_template_aliases(cluster: Cluster, part: Template, check_filter: CheckFilter) -> None:
    for alias, body in (part.aliases or {}).items():
        check_alias(cluster, alias, body)
        check_filter(alias, body)


def put_composable(
    cluster: Cluster, template: ComposableTemplate, *, create: bool, warn: Warn, check_filter: CheckFilter
) -> None:
    """Store a composable template.

    Raises:
        ActionRequestValidation, InvalidIndexTemplate, IllegalArgument.
    """
    registry = templates(cluster)
    check_priority(template)
    if create and template.name in registry.composable:
        raise IllegalArgument(f"index template [{template.name}] already exists")
    stored = checked_composable(cluster, template, warn=warn, check_filter=check_filter)
    after = {**registry.composable, template.name: stored}
    if cluster.streams:
        check_templates(cluster, stored, after)
    registry.composable = after
    cluster.changed()


def check_priority(template: ComposableTemplate) -> None:
    """Raises ActionRequestValidation for a priority below 0."""
    if template.priority is not None and template.priority < 0:
        raise ActionRequestValidation("index template priority must be >= 0")


def checked_composable(
    cluster: Cluster, template: ComposableTemplate, *, warn: Warn, check_filter: CheckFilter
) -> ComposableTemplate:
    """A composable template as it is stored. Raises InvalidIndexTemplate, IllegalArgument."""
    behaviour, registry = cluster.behaviour, templates(cluster)
    part = template.template or Template()
    missing = [
        one
        for one in template.composed_of
        if one not in registry.components and one not in (template.ignore_missing or ())
    ]
    if missing:
        raise _invalid(
            template.name,
            f"index template [{template.name}] specifies component templates {java_list(missing)} that do not exist",
        )
    _check_same_priority(registry, template)
    _warn_of_legacy(registry, template, warn)
    _check_names(template.name, template.index_patterns, part.settings, behaviour)
    _check_template_aliases(cluster, part, check_filter)
    stored = template if template.template is None else replace(template, template=_stored(part))
    _check_composed(cluster, stored, registry.components)
    return stored


def _check_composed(
    cluster: Cluster,
    template: ComposableTemplate,
    components: dict[str, ComponentTemplate],
    *,
    changed: str | None = None,
) -> None:
    """What the parts give together. Raises IllegalArgument around the error."""
    parts = [components[name].template for name in template.composed_of if name in components]
    if template.data_stream is not None:
        parts.insert(0, Template(mappings=TIMESTAMP_MAPPING))
    if template.template is not None:
        parts.append(template.template)
    settings: dict[str, Any] = {}
    for part in parts:
        settings.update(part.settings or {})
    try:
        try:
            strict = cluster.behaviour.mapping_types
            mappings = merge_mappings([part.mappings for part in parts if part.mappings], strict=strict)
            read = check_mapping(mappings, settings, cluster, lambda text: None)
            if template.data_stream is not None:
                check_timestamp(read)
        except ApiError as cause:
            raise IllegalArgument(f"invalid composite mappings for [{template.name}]", cause=cause) from None
    except ApiError as cause:
        if changed is not None:
            raise IllegalArgument(
                f"updating component template [{changed}] results in invalid composable template [{template.name}] after "
                "templates are merged",
                cause=cause,
            ) from None
        parts_ = f" with component templates [{', '.join(template.composed_of)}]" if template.composed_of else ""
        raise IllegalArgument(
            f"composable template [{template.name}] template after composition{parts_} is invalid", cause=cause
        ) from None


def _check_same_priority(registry: Templates, template: ComposableTemplate) -> None:
    found = {
        one.name: one.index_patterns
        for one in registry.composable.values()
        if one.name != template.name
        and one.rank == template.rank
        and overlap(one.index_patterns, template.index_patterns)
    }
    if not found:
        return
    names = hash_order(found)
    shown = ",".join(f"{name} => {java_list(found[name])}" for name in names)
    raise IllegalArgument(
        f"index template [{template.name}] has index patterns {java_list(template.index_patterns)} matching "
        f"patterns from existing templates [{','.join(names)}] with patterns ({shown}) that have the same priority "
        f"[{template.rank}], multiple index templates may not match during index creation, please use a different priority"
    )


def _warn_of_legacy(registry: Templates, template: ComposableTemplate, warn: Warn) -> None:
    found = {
        one.name: one.index_patterns
        for one in registry.legacy.values()
        if overlap(one.index_patterns, template.index_patterns)
    }
    if not found:
        return
    names = hash_order(found)
    shown = ",".join(f"{name} => {java_list(found[name])}" for name in names)
    warn(
        f"index template [{template.name}] has index patterns {java_list(template.index_patterns)} matching "
        f"patterns from existing older templates [{','.join(names)}] with patterns ({shown}); this template "
        f"[{template.name}] will take precedence during new index creation"
    )


def delete_legacy(cluster: Cluster, name: str) -> None:
    """Remove legacy templates by name or wildcard. Raises IndexTemplateMissing."""
    registry = templates(cluster)
    regex = glob(name)
    kept = {one: body for one, body in registry.legacy.items() if not regex.match(one)}
    if len(kept) == len(registry.legacy) and name != "*":
        raise IndexTemplateMissing(f"index_template [{name}] missing")
    registry.legacy = kept
    cluster.changed()


def delete_composable(cluster: Cluster, names: list[str]) -> None:
    """Remove composable templates by names or wildcards. Raises IndexTemplateMissing."""
    registry = templates(cluster)
    gone: set[str] = set()
    for name in names:
        regex = glob(name)
        matched = [one for one in registry.composable if regex.match(one)]
        if not matched and name != "*":
            raise IndexTemplateMissing(f"index_template [{name}] missing")
        gone.update(matched)
    if cluster.streams:
        check_template_removal(cluster, gone)
    registry.composable = {one: body for one, body in registry.composable.items() if one not in gone}
    cluster.changed()


def delete_components(cluster: Cluster, names: list[str]) -> None:
    """Remove component templates that nothing uses. Raises IllegalArgument, IndexTemplateMissing, ResourceNotFound."""
    registry = templates(cluster)
    gone: set[str] = set()
    for name in names:
        regex = glob(name)
        matched = [one for one in registry.components if regex.match(one)]
        if not matched and name != "*":
            if cluster.behaviour.major >= 8:
                raise ResourceNotFound(name)
            raise IndexTemplateMissing(f"index_template [{name}] missing")
        gone.update(matched)
    users = [one.name for one in registry.composable.values() if gone & set(one.composed_of)]
    if users:
        used = sorted({part for one in users for part in registry.composable[one].composed_of if part in gone})
        raise IllegalArgument(
            f"component templates {java_list(used)} cannot be removed as they are still in use by index "
            f"templates {java_list(sorted(users))}"
        )
    registry.components = {one: body for one, body in registry.components.items() if one not in gone}
    cluster.changed()
