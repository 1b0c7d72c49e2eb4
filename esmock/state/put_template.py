"""Storing templates: what is wrong with them, alone and beside the others.

Source: recordings of 7.10.2 and 8.19.21; docs pages indices-templates-v1, indices-put-template, indices-component-template.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from esmock.errors import (
    ActionRequestValidation,
    ApiError,
    IllegalArgument,
    IndexTemplateMissing,
    NullPointer,
    ResourceNotFound,
    Validation,
)
from esmock.state import index_settings
from esmock.state.aliases import check_alias
from esmock.state.data_stream_changes import check_template_removal, check_templates
from esmock.state.resolve import glob
from esmock.state.setting_values import java_list
from esmock.state.template_checks import (
    CheckFilter,
    check_aliases,
    check_composed,
    check_mapping,
    check_names,
    check_same_priority,
    invalid,
    name_problems,
    warn_of_composable,
    warn_of_legacy,
)
from esmock.state.templates import (
    ComponentTemplate,
    ComposableTemplate,
    LegacyTemplate,
    Template,
    Templates,
    templates,
)
from esmock.xcontent.java_order import hash_ordered

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

Json = Any
T = TypeVar("T")
Warn = Callable[[str], None]


def put_legacy(
    cluster: Cluster, template: LegacyTemplate, *, create: bool, warn: Warn
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
    check_names(name, template.index_patterns, None, behaviour)
    for alias, body in template.aliases.items():
        check_alias(cluster, alias.replace("{index}", "x"), body)
        if alias in template.index_patterns:
            raise IllegalArgument(
                f"alias [{alias}] cannot be the same as any pattern in [{', '.join(template.index_patterns)}]"
            )
    if create and name in registry.legacy:
        raise IllegalArgument(f"index_template [{name}] already exists")
    warn_of_composable(registry, template, warn, refuses=not behaviour.mapping_types)
    check_mapping(template.mappings, template.settings, cluster, warn)
    registry.legacy = {**registry.legacy, name: replace(template, mappings=hash_ordered(template.mappings))}
    cluster.changed()


def put_component(
    cluster: Cluster, component: ComponentTemplate, *, create: bool, warn: Warn, check_filter: CheckFilter
) -> None:
    """Store a component template, and see that the composable templates that use it still work.

    Raises:
        IllegalArgument, InvalidAliasName, MapperParsing ...
    """
    behaviour, registry = cluster.behaviour, templates(cluster)
    name, part = component.name, component.template
    index_settings.check_values(part.settings or {}, behaviour)
    if create and name in registry.components:
        raise IllegalArgument(f"component template [{name}] already exists")
    problems = name_problems(name) + index_settings.private_problems(part.settings or {}, behaviour)
    if problems:
        raise invalid(name, str(Validation(*problems).reason))
    check_mapping(part.mappings or {}, part.settings or {}, cluster, warn)
    check_aliases(cluster, part)
    stored = replace(component, template=_stored(part))
    after = {**registry.components, name: stored}
    for user in registry.composable.values():
        if name in user.composed_of:
            check_composed(cluster, user, after, check_filter, warn, changed=name)
    registry.components = after
    registry.used |= {"component_template"}
    cluster.changed()


def _stored(part: Template) -> Template:
    return replace(part, mappings=hash_ordered(part.mappings) if part.mappings else None)


def put_composable(
    cluster: Cluster, template: ComposableTemplate, *, create: bool, warn: Warn, check_filter: CheckFilter
) -> None:
    """Store a composable template.

    Raises:
        ActionRequestValidation, InvalidIndexTemplate, IllegalArgument.
    """
    registry = templates(cluster)
    check_priority(template)
    check_components(registry, template)
    if create and template.name in registry.composable:
        raise IllegalArgument(f"index template [{template.name}] already exists")
    stored = checked_composable(cluster, template, warn=warn, check_filter=check_filter)
    after = {**registry.composable, template.name: stored}
    if cluster.streams:
        check_templates(cluster, stored, after)
    registry.composable = after
    registry.used |= {"index_template"}
    cluster.changed()


def check_priority(template: ComposableTemplate) -> None:
    """Raises ActionRequestValidation for a priority below 0."""
    if template.priority is not None and template.priority < 0:
        raise ActionRequestValidation("index template priority must be >= 0")


def check_components(registry: Templates, template: ComposableTemplate) -> None:
    """Raises InvalidIndexTemplate where a component template is not there."""
    missing = [
        one
        for one in template.composed_of
        if one not in registry.components and one not in (template.ignore_missing or ())
    ]
    if not missing:
        return
    if template.ignore_missing:
        why = (
            f"specifies a missing component templates {java_list(missing)} that does not exist and is not part of "
            "'ignore_missing_component_templates'"
        )
    else:
        why = f"specifies component templates {java_list(missing)} that do not exist"
    raise invalid(template.name, f"index template [{template.name}] {why}")


def _check_null(template: ComposableTemplate) -> None:
    """Of a template for every name 7.10 looks at the settings, and forgets that there may be none. Raises NullPointer."""
    package = "org.elasticsearch.cluster.metadata"
    if template.template is None:
        raise NullPointer(
            f'Cannot invoke "{package}.Template.settings()" because the return value of '
            f'"{package}.ComposableIndexTemplate.template()" is null'
        )
    if template.template.settings is None:
        raise NullPointer('Cannot invoke "org.elasticsearch.common.settings.Settings.keySet()" because "settings" is null')


def checked_composable(
    cluster: Cluster, template: ComposableTemplate, *, warn: Warn, check_filter: CheckFilter
) -> ComposableTemplate:
    """A composable template as it is stored. Raises InvalidIndexTemplate, IllegalArgument."""
    behaviour, registry = cluster.behaviour, templates(cluster)
    part = template.template or Template()
    if "*" in template.index_patterns and not behaviour.newer_jackson:
        _check_null(template)
    check_components(registry, template)
    if not template.index_patterns:
        raise IllegalArgument("There must be at least one pattern, zero given")
    check_same_priority(registry, template)
    warn_of_legacy(registry, template, warn)
    check_names(template.name, template.index_patterns, part.settings, behaviour)
    stored = template if template.template is None else replace(template, template=_stored(part))
    check_composed(cluster, stored, registry.components, check_filter, warn)
    check_aliases(cluster, part)
    return stored


def delete_legacy(cluster: Cluster, name: str) -> None:
    """Remove legacy templates by name or wildcard. Raises IndexTemplateMissing."""
    registry = templates(cluster)
    gone = _matched(registry.legacy, [name], _missing)
    registry.legacy = _without(registry.legacy, gone)
    cluster.changed()


def _missing(name: str) -> ApiError:
    return IndexTemplateMissing(f"index_template [{name}] missing")


def _matched(known: Iterable[str], names: Iterable[str], missing: Callable[[str], ApiError]) -> set[str]:
    """What names and wildcards mean of what is known; what means nothing raises, but for ``*``."""
    out: set[str] = set()
    for name in names:
        regex = glob(name)
        matched = [one for one in known if regex.match(one)]
        if not matched and name != "*":
            raise missing(name)
        out.update(matched)
    return out


def _without(known: dict[str, T], gone: set[str]) -> dict[str, T]:
    return {name: body for name, body in known.items() if name not in gone}


def delete_composable(cluster: Cluster, names: list[str]) -> None:
    """Remove composable templates by names or wildcards. Raises IndexTemplateMissing."""
    registry = templates(cluster)
    gone = _matched(registry.composable, names, _missing)
    if cluster.streams:
        check_template_removal(cluster, gone)
    registry.composable = _without(registry.composable, gone)
    cluster.changed()


def delete_components(cluster: Cluster, names: list[str]) -> None:
    """Remove component templates that nothing uses. Raises IllegalArgument, IndexTemplateMissing, ResourceNotFound."""
    registry = templates(cluster)
    gone = _matched(registry.components, names, ResourceNotFound if cluster.behaviour.newer_jackson else _missing)
    users = [one.name for one in registry.composable.values() if gone & set(one.composed_of)]
    if users:
        used = sorted({part for one in users for part in registry.composable[one].composed_of if part in gone})
        raise IllegalArgument(
            f"component templates {java_list(used)} cannot be removed as they are still in use by index "
            f"templates {java_list(sorted(users))}"
        )
    registry.components = _without(registry.components, gone)
    cluster.changed()
