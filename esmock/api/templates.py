"""Component and composable index templates, and what they would give an index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api import alias_filter
from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT, Param, boolean, string
from esmock.api.request import Request, Response
from esmock.errors import (
    ActionRequestValidation,
    ElasticsearchParse,
    IllegalArgument,
    ResourceNotFound,
    Unsupported,
)
from esmock.shape import templates as shape
from esmock.state import data_streams, index_settings, put_template
from esmock.state.aliases import parse_aliases
from esmock.state.resolve import glob
from esmock.state.templates import (
    Applied,
    ComponentTemplate,
    ComposableTemplate,
    LegacyTemplate,
    Template,
    apply_composable,
    merge_mappings,
    templates,
)
from esmock.xcontent.located import NO_TOKENS
from esmock.xcontent.object_parser import Parser, custom, long_, mapping, object_, strings
from esmock.xcontent.object_parser import boolean as boolean_field
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.version import Behaviour

endpoint = Endpoints()
Json = Any

LOCAL = Param(lambda name, text: text == "true", False)


def check_filter(cluster: Cluster) -> Any:
    return lambda name, body: alias_filter.check(name, body, cluster.behaviour)


def _settings(body: Json, key: Any, reading: Reading) -> dict[str, Any]:
    return index_settings.normalise(body[key])


def _mappings(body: Json, key: Any, reading: Reading) -> dict[str, Json]:
    found: dict[str, Json] = dict(body[key])
    if reading.behaviour.major >= 8 and len(found) == 1 and "_doc" in found and isinstance(found["_doc"], dict):
        return dict(found["_doc"])
    return found


def _aliases(body: Json, key: Any, reading: Reading) -> dict[str, Json]:
    return parse_aliases(body[key], reading.behaviour)


def _since_eight(behaviour: Behaviour) -> bool:
    return behaviour.major >= 8


def _not_in_oldest(behaviour: Behaviour) -> bool:
    return behaviour.product_header


def _template(found: dict[str, Any]) -> Template:
    if found.get("data_stream_options"):
        raise Unsupported("[data_stream_options] of templates")
    extra = {"lifecycle": found["lifecycle"]} if "lifecycle" in found else {}
    return Template(found.get("settings"), found.get("mappings"), found.get("aliases"), extra)


_OBJECT = ("START_OBJECT",)
_TEMPLATE = Parser(
    "template",
    custom("settings", _OBJECT, _settings),
    custom("mappings", (*_OBJECT, "VALUE_STRING"), _mappings),
    custom("aliases", _OBJECT, _aliases),
    mapping("lifecycle", in_version=_since_eight),
    mapping("data_stream_options", in_version=_since_eight),
)
_COMPONENT = Parser(
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
_COMPOSABLE = Parser(
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


def _component(name: str, found: dict[str, Any]) -> ComponentTemplate:
    return ComponentTemplate(
        name, _template(found["template"]), found.get("version"), found.get("_meta"), found.get("deprecated")
    )


def _composable(name: str, found: dict[str, Any]) -> ComposableTemplate:
    patterns = tuple(found["index_patterns"])
    if not patterns:
        raise IllegalArgument("There must be at least one pattern, zero given")
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


def _read(request: Request, parser: Parser) -> dict[str, Any]:
    if not request.content:
        raise ElasticsearchParse("request body is required")
    body = request.read(request.content, request.content_format or "json")
    found: dict[str, Any] = parser.parse(body, Reading(request.behaviour, request.warn))
    return found


_PUT = {"master_timeout": MASTER_TIMEOUT, "create": boolean(False), "cause": string("api")}


@endpoint(
    "cluster.put_component_template",
    "PUT,POST /_component_template/{name}",
    params={**_PUT, "timeout": Param(TIMEOUT.parse, TIMEOUT.default, lazy=True)},
    docs="indices-component-template",
    body=lambda request: _read(request, _COMPONENT),
    action="cluster:admin/component_template/put",
)
def put_component_template(cluster: Cluster, request: Request) -> Response:
    """Store a component template."""
    put_template.put_component(
        cluster,
        _component(request.part("name"), request.parsed),
        create=request.param("create"),
        warn=request.warn,
        check_filter=check_filter(cluster),
    )
    return acknowledged()


_GET_NEW = {
    "master_timeout": MASTER_TIMEOUT,
    "local": LOCAL,
    "flat_settings": boolean(False, response=True),
    "include_defaults": boolean(False, since=(8, 8)),
}


@endpoint(
    "cluster.get_component_template",
    "GET /_component_template",
    "GET /_component_template/{name}",
    params=_GET_NEW,
    docs="indices-component-template",
    action="cluster:admin/component_template/get",
)
def get_component_template(cluster: Cluster, request: Request) -> Response:
    """Component templates."""
    found = _named(request, templates(cluster).components, "component template")
    flat = _is_flat(cluster, request)
    items = [{"name": one.name, "component_template": shape.component(one, flat=flat)} for one in found]
    return Response(200, {"component_templates": items})


def _is_flat(cluster: Cluster, request: Request) -> bool:
    # ES: before 8.0 the parameter is accepted and changes nothing
    return bool(request.param("flat_settings")) and cluster.behaviour.major >= 8


def _named(request: Request, known: dict[str, Any], what: str) -> list[Any]:
    """The templates of a name or wildcard. Raises ResourceNotFound for a plain name that is not there."""
    name = request.part("name")
    if name is None:
        return [known[one] for one in sorted(known)]
    if "*" in name:
        regex = glob(name)
        return [known[one] for one in sorted(known) if regex.match(one)]
    if name not in known:
        raise ResourceNotFound(f"{what} matching [{name}] not found")
    return [known[name]]


@endpoint(
    "cluster.exists_component_template",
    "HEAD /_component_template/{name}",
    params=_GET_NEW,
    docs="indices-component-template",
    action="cluster:admin/component_template/get",
)
def exists_component_template(cluster: Cluster, request: Request) -> Response:
    """The answer of ``get_component_template``, whose body stays behind."""
    return get_component_template(cluster, request)


@endpoint(
    "cluster.delete_component_template",
    "DELETE /_component_template/{name}",
    params={"master_timeout": MASTER_TIMEOUT, "timeout": Param(TIMEOUT.parse, TIMEOUT.default, lazy=True)},
    docs="indices-component-template",
    action="cluster:admin/component_template/delete",
)
def delete_component_template(cluster: Cluster, request: Request) -> Response:
    """Remove component templates."""
    put_template.delete_components(cluster, _delete_names(cluster, request))
    return acknowledged()


def _delete_names(cluster: Cluster, request: Request) -> list[str]:
    return request.part_list("name") if cluster.behaviour.newer_jackson else [request.part("name")]


@endpoint(
    "indices.put_index_template",
    "PUT,POST /_index_template/{name}",
    params=_PUT,
    docs="indices-put-template",
    body=lambda request: _read(request, _COMPOSABLE),
    action="indices:admin/index_template/put",
)
def put_index_template(cluster: Cluster, request: Request) -> Response:
    """Store a composable template."""
    put_template.put_composable(
        cluster,
        _composable(request.part("name"), request.parsed),
        create=request.param("create"),
        warn=request.warn,
        check_filter=check_filter(cluster),
    )
    return acknowledged()


@endpoint(
    "indices.get_index_template",
    "GET /_index_template",
    "GET /_index_template/{name}",
    params=_GET_NEW,
    docs="indices-get-template",
    action="indices:admin/index_template/get",
)
def get_index_template(cluster: Cluster, request: Request) -> Response:
    """Composable templates."""
    found = _named(request, templates(cluster).composable, "index template")
    flat = _is_flat(cluster, request)
    items = [{"name": one.name, "index_template": shape.composable(one, cluster.behaviour, flat=flat)} for one in found]
    return Response(200, {"index_templates": items})


@endpoint(
    "indices.exists_index_template",
    "HEAD /_index_template/{name}",
    params=_GET_NEW,
    docs="indices-template-exists",
    action="indices:admin/index_template/get",
)
def exists_index_template(cluster: Cluster, request: Request) -> Response:
    """The answer of ``get_index_template``, whose body stays behind."""
    return get_index_template(cluster, request)


@endpoint(
    "indices.delete_index_template",
    "DELETE /_index_template/{name}",
    params={"master_timeout": MASTER_TIMEOUT, "timeout": Param(TIMEOUT.parse, TIMEOUT.default, lazy=True)},
    docs="indices-delete-template",
    action="indices:admin/index_template/delete",
)
def delete_index_template(cluster: Cluster, request: Request) -> Response:
    """Remove composable templates."""
    put_template.delete_composable(cluster, _delete_names(cluster, request))
    return acknowledged()


def _optional_template(request: Request) -> dict[str, Any] | None:
    if not request.content:
        return None
    body = request.read(request.content, request.content_format or "json")
    if body is NO_TOKENS:
        return None
    found: dict[str, Any] = _COMPOSABLE.parse(body, Reading(request.behaviour, request.warn))
    return found


_SIMULATE = {**_PUT, "include_defaults": boolean(False, since=(8, 8))}


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
    return Response(200, {} if best is None else _simulated(cluster, best))


@endpoint(
    "indices.simulate_template",
    "POST /_index_template/_simulate",
    "POST /_index_template/_simulate/{name}",
    params=_SIMULATE,
    docs="indices-simulate-template",
    body=_optional_template,
    action="indices:admin/index_template/simulate",
)
def simulate_template(cluster: Cluster, request: Request) -> Response:
    """What a composable template gives, stored or not."""
    name = request.part("name")
    if request.parsed is not None:
        given = _checked(cluster, request, name or "simulate_template_" + cluster.uuid.lower())
        return Response(200, _simulated(cluster, given))
    if name is None:
        raise ActionRequestValidation("either index name or index template body must be specified for simulation")
    found = templates(cluster).composable.get(name)
    if found is None:
        raise IllegalArgument(f"unable to simulate template [{name}] that does not exist")
    return Response(200, _simulated(cluster, found))


def _checked(cluster: Cluster, request: Request, name: str) -> ComposableTemplate:
    template = _composable(name, request.parsed)
    put_template.check_priority(template)
    return put_template.checked_composable(cluster, template, warn=request.warn, check_filter=check_filter(cluster))


def _simulated(cluster: Cluster, template: ComposableTemplate) -> dict[str, Json]:
    registry = templates(cluster)
    is_stream = template.data_stream is not None
    applied: Applied = data_streams.applied_to(cluster, template) if is_stream else apply_composable(registry, template)
    settings = dict(applied.settings)
    if cluster.behaviour.newer_jackson:
        settings.setdefault(data_streams.TIER, "data_hot" if is_stream else "data_content")
    aliases: dict[str, Json] = {}
    for part in reversed(registry.parts_of(template)):
        for alias, body in (part.aliases or {}).items():
            aliases.setdefault(alias, body)
    mappings = merge_mappings(applied.mappings)
    part = Template(settings, _printed(mappings, settings, cluster) if mappings else None, aliases)
    return {"template": shape.template(part, flat=False), "overlapping": _overlapping(cluster, template)}


def _printed(mappings: dict[str, Json], settings: dict[str, Any], cluster: Cluster) -> dict[str, Json]:
    from esmock.mapping.mapping import Mapping
    from esmock.state.create import analysis_of

    read = Mapping.parse(mappings, analysis_of(settings, cluster), cluster.behaviour, settings=settings)
    return read.to_json()


def _overlapping(cluster: Cluster, template: ComposableTemplate) -> list[Json]:
    registry = templates(cluster)
    every: list[LegacyTemplate | ComposableTemplate] = [*registry.legacy.values(), *registry.composable.values()]
    found = [
        (one.name, one.index_patterns)
        for one in every
        if one is not template
        and one.name != template.name
        and put_template.overlap(one.index_patterns, template.index_patterns)
    ]
    return [{"name": name, "index_patterns": list(patterns)} for name, patterns in found]
