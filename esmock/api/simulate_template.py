"""What composable templates would give a new index. Docs: indices-simulate-index, indices-simulate-template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api import alias_filter
from esmock.api.declare import ALWAYS, Endpoints
from esmock.api.params import boolean, string
from esmock.api.request import Request, Response
from esmock.api.template_body import COMPOSABLE, composable
from esmock.api.templates import PUT
from esmock.errors import (
    ActionRequestValidation,
    IllegalArgument,
)
from esmock.shape import templates as shape
from esmock.state import data_streams, put_template, template_checks
from esmock.state.create import chooses_nodes
from esmock.state.resolve import glob
from esmock.state.template_checks import Warn
from esmock.state.templates import (
    Applied,
    ComposableTemplate,
    Template,
    apply_composable,
    merge_mappings,
    templates,
)
from esmock.xcontent.java_order import capacity_for, hash_order
from esmock.xcontent.located import NO_TOKENS
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any


def _optional_template(request: Request) -> dict[str, Any] | None:
    if not request.content:
        return None
    body = request.read(request.content, request.content_format or "json")
    if body is NO_TOKENS:
        return None
    found: dict[str, Any] = COMPOSABLE.parse(body, Reading(request.behaviour, request.warn))
    return found


def _has_body(request: Request) -> bool:
    return bool(request.content)


_SIMULATE = {
    "master_timeout": PUT["master_timeout"],
    "include_defaults": boolean(False, since=(8, 8)),
    "create": boolean(False, needs=_has_body),
    "cause": string(needs=_has_body),
}


@endpoint(
    "indices.simulate_index_template",
    "POST /_index_template/_simulate_index/{name}",
    params=_SIMULATE,
    docs="indices-simulate-index",
    body=_optional_template,
    action="indices:admin/index_template/simulate_index",
)
def simulate_index_template(cluster: Cluster, request: Request) -> Response:
    """What a new index of a name would get."""
    name = request.part("name")
    registry = templates(cluster)
    given = None
    if request.parsed is not None:
        given = _checked(cluster, request, "simulate_index_template_" + cluster.uuid.lower())
    known = dict(registry.composable)
    if given is not None:
        known[given.name] = given
    best: ComposableTemplate | None = None
    for one in known.values():
        if any(glob(pattern).match(name) for pattern in one.index_patterns) and (best is None or one.rank > best.rank):
            best = one
    return Response(200, {} if best is None else _simulated(cluster, best, request.warn))


def _check(request: Request) -> None:
    if request.parsed is None and request.part("name") is None:
        raise ActionRequestValidation("either index name or index template body must be specified for simulation")


@endpoint(
    "indices.simulate_template",
    "POST /_index_template/_simulate",
    "POST /_index_template/_simulate/{name}",
    params=_SIMULATE,
    docs="indices-simulate-template",
    body=_optional_template,
    body_first=ALWAYS,
    early=("include_defaults",),
    check=_check,
    action="indices:admin/index_template/simulate",
)
def simulate_template(cluster: Cluster, request: Request) -> Response:
    """What a composable template gives, stored or not."""
    name = request.part("name")
    if request.parsed is not None:
        given = _checked(cluster, request, name or "simulate_template_" + cluster.uuid.lower())
        return Response(200, _simulated(cluster, given, request.warn))
    found = templates(cluster).composable.get(name)
    if found is None:
        raise IllegalArgument(f"unable to simulate template [{name}] that does not exist")
    return Response(200, _simulated(cluster, found, request.warn))


def _checked(cluster: Cluster, request: Request, name: str) -> ComposableTemplate:
    template = composable(name, request.parsed)
    put_template.check_priority(template)
    return put_template.checked_composable(cluster, template, warn=request.warn, check_filter=alias_filter.checks(cluster))


def _simulated(cluster: Cluster, template: ComposableTemplate, warn: Warn) -> dict[str, Json]:
    registry = templates(cluster)
    is_stream = template.data_stream is not None
    applied: Applied = data_streams.applied_to(cluster, template) if is_stream else apply_composable(registry, template)
    settings = dict(applied.settings)
    if cluster.behaviour.major >= 8 and not chooses_nodes(settings):
        settings[data_streams.TIER] = "data_hot" if is_stream else "data_content"
    aliases: dict[str, Json] = {}
    for part in reversed(registry.parts_of(template)):
        for alias, body in (part.aliases or {}).items():
            aliases.setdefault(alias, body)
    mappings = merge_mappings(applied.mappings)
    part = Template(settings, _printed(mappings, settings, cluster, warn) if mappings else None, aliases)
    return {"template": shape.template(part, flat=False), "overlapping": _overlapping(cluster, template)}


def _printed(mappings: dict[str, Json], settings: dict[str, Any], cluster: Cluster, warn: Warn) -> dict[str, Json]:
    return template_checks.check_mapping(mappings, settings, cluster, warn).to_json()


def _overlapping(cluster: Cluster, template: ComposableTemplate) -> list[Json]:
    """Other templates for some of the same names; of a legacy and a composable one of one name the latter is told."""
    registry = templates(cluster)
    others = [one for one in registry.composable.values() if one.name != template.name]
    legacy, composable_ = (
        {one.name: list(one.index_patterns) for one in some if template_checks.overlap(one.index_patterns, template.index_patterns)}
        for some in (registry.legacy.values(), others)
    )
    found = legacy | composable_
    # ES: a map takes all of one kind at once, then all of the other
    names = hash_order(found, capacity_for(len(legacy or composable_)))
    return [{"name": name, "index_patterns": found[name]} for name in names]
