"""What is wrong with a template: its names, patterns, mapping, and those that stand beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from esmock.errors import (
    ApiError,
    IllegalArgument,
    InvalidIndexTemplate,
    Validation,
)
from esmock.state import index_settings
from esmock.state.aliases import AliasBody, Bearer, CheckFilter, check_alias, name_problem
from esmock.state.create import analysis_of
from esmock.state.data_stream_changes import check_timestamp
from esmock.state.data_streams import TIMESTAMP_MAPPING
from esmock.state.setting_values import java_list
from esmock.state.store_type import check_store_type
from esmock.state.templates import (
    ComponentTemplate,
    ComposableTemplate,
    LegacyTemplate,
    Template,
    Templates,
    merge_mappings,
)
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping
    from esmock.state.cluster import Cluster
    from esmock.version import Behaviour

Json = Any
Warn = Callable[[str], None]


def name_problems(name: str, *, what: str = "name") -> list[str]:
    """What is wrong with the name of a template."""
    found = _forbidden(what, name, (" ", "a space"), (",", "a ','"), ("#", "a '#'"), ("*", "a '*'"))
    if name.startswith("_"):
        found.append(f"{what} must not start with '_'")
    if name.lower() != name:
        found.append(f"{what} must be lower cased")
    return found


def _pattern_problems(patterns: Iterable[str], behaviour: Behaviour) -> list[str]:
    found = []
    for pattern in patterns:
        what = f"index_pattern [{pattern}]"
        found += _forbidden(f"index_patterns [{pattern}]", pattern, (" ", "a space"))
        found += _forbidden(what, pattern, (",", "a ','"), ("#", "a '#'"), (":", "a ':'"))
        if pattern.startswith("_"):
            found.append(f"{what} must not start with '_'")
        problem = name_problem(pattern.replace("*", "x").lstrip("_-+") or "x", behaviour)
        if problem is not None and "following characters" in problem:
            found.append(f"{what} {problem}")
    return found


def _forbidden(what: str, text: str, *characters: tuple[str, str]) -> list[str]:
    return [f"{what} must not contain {words}" for character, words in characters if character in text]


def check_names(name: str, patterns: Iterable[str], settings: dict[str, Any] | None, behaviour: Behaviour) -> None:
    problems = name_problems(name) + _pattern_problems(patterns, behaviour)
    try:
        index_settings.check_values(settings or {}, behaviour)
    except ApiError as error:
        problems += [str(one.reason) for one in (error, *error.suppressed)]
    problems += index_settings.private_problems(settings or {}, behaviour)
    if problems:
        raise invalid(name, str(Validation(*problems).reason))


def invalid(name: str, why: str) -> InvalidIndexTemplate:
    return InvalidIndexTemplate(f"index_template [{name}] invalid, cause [{why}]")


def check_mapping(mappings: dict[str, Json], settings: dict[str, Any], cluster: Cluster, warn: Warn) -> Mapping:
    """A mapping as an index with these settings would read it. Raises MapperParsing and what analysis raises."""
    from esmock.mapping.mapping import Mapping as Read
    from esmock.mapping.similarity import check_similarities

    check_similarities(settings)
    behaviour = cluster.behaviour
    check_store_type(settings, behaviour, warn)
    return Read.parse(mappings, analysis_of(settings, cluster), behaviour, settings=settings, warn=warn)


def warn_of_composable(registry: Templates, template: LegacyTemplate, warn: Warn, *, refuses: bool) -> None:
    """Tell of composable templates that take a legacy one's place; since 8.0 it is refused. Raises IllegalArgument."""
    found = {
        one.name: one.index_patterns
        for one in registry.composable.values()
        if one.name != template.name and overlap(one.index_patterns, template.index_patterns)
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


def check_aliases(cluster: Cluster, part: Template) -> None:
    for alias, body in (part.aliases or {}).items():
        check_alias(cluster, alias, body)


def check_composed(
    cluster: Cluster,
    template: ComposableTemplate,
    components: dict[str, ComponentTemplate],
    check_filter: CheckFilter,
    warn: Warn,
    *,
    changed: str | None = None,
) -> None:
    """What the parts give together; filters of aliases are read with all fields. Raises IllegalArgument around the error."""
    parts = [components[name].template for name in template.composed_of if name in components]
    if template.data_stream is not None:
        parts.insert(0, Template(mappings=TIMESTAMP_MAPPING))
    if template.template is not None:
        parts.append(template.template)
    settings: dict[str, Any] = {}
    aliases: dict[str, AliasBody] = {}
    for part in parts:
        settings.update(part.settings or {})
        aliases.update(part.aliases or {})
    from esmock.mapping.similarity import check_similarities

    try:
        check_similarities(settings)
        try:
            strict = cluster.behaviour.mapping_types
            mappings = merge_mappings([part.mappings for part in parts if part.mappings], strict=strict)
            read = check_mapping(mappings, settings, cluster, warn)
            if template.data_stream is not None:
                check_timestamp(read)
        except ApiError as cause:
            raise IllegalArgument(f"invalid composite mappings for [{template.name}]", cause=cause) from None
        for alias, body in aliases.items():
            check_filter(alias, body, Bearer(template.name, "_na_", read))
    except ApiError as cause:
        parts_ = f" with component templates [{', '.join(template.composed_of)}]" if template.composed_of else ""
        invalid_ = IllegalArgument(f"composable template [{template.name}] template after composition{parts_} is invalid", cause=cause)
        if changed is None:
            raise invalid_ from None
        raise IllegalArgument(
            f"updating component template [{changed}] results in invalid composable template [{template.name}] after "
            "templates are merged",
            cause=cause if cluster.behaviour.mapping_types else invalid_,
        ) from None


def check_same_priority(registry: Templates, template: ComposableTemplate) -> None:
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


def warn_of_legacy(registry: Templates, template: ComposableTemplate, warn: Warn) -> None:
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
