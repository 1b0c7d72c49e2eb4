"""The ingest of documents simulated from the pipelines of their indices to the mapping. Docs: simulate-ingest-api."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api import alias_filter
from esmock.api.declare import Endpoints
from esmock.api.ingest import read_body
from esmock.api.params import string
from esmock.api.request import Request, Response
from esmock.api.template_body import COMPONENT, COMPOSABLE, component, composable
from esmock.state import put_template
from esmock.xcontent import json_writer
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.ingest.configuration import Configuration
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any


@endpoint(
    "simulate.ingest",
    "GET,POST /_ingest/_simulate",
    "GET,POST /_ingest/{index}/_simulate",
    params={"pipeline": string(), "merge_type": string(since=(9, 2))},
    docs="simulate-ingest-api",
    body=read_body,
    action="indices:data/write/simulate/bulk",
    since=(8, 12),
)
def ingest(cluster: Cluster, request: Request) -> Response:
    """What the pipelines and mappings of their indices would make of documents."""
    from esmock.errors import Unsupported
    from esmock.ingest.configuration import Configuration
    from esmock.ingest.service import pipelines
    from esmock.ingest.simulate_bulk import Simulation, read_docs, run, substitute_pipelines

    if request.params.get("merge_type") is not None:
        raise Unsupported("[merge_type] of _ingest/_simulate")
    config = Configuration(None, dict(request.parsed), pipelines(cluster).environment)
    docs = read_docs(config, request.part("index"), request.params.get("pipeline"))
    twin = cluster.clone()
    substitute_pipelines(twin, config.map("pipeline_substitutions", {}))
    simulation = Simulation(
        docs,
        mapping=_mapping(config.map("mapping_addition", {})),
        from_templates=_substitute_templates(twin, request, config),
    )
    return Response(200, run(twin, simulation, request.ingest_user))


def _mapping(body: dict[str, Json]) -> dict[str, Json]:
    inner = body.get("_doc")
    return dict(inner) if len(body) == 1 and isinstance(inner, dict) else body


def _substitute_templates(twin: Cluster, request: Request, config: Configuration) -> bool:
    """Put templates in place of those that are stored; whether there were any."""
    components = config.map("component_template_substitutions", {})
    composables = config.map("index_template_substitutions", {})
    for name, body in components.items():
        found = component(name, COMPONENT.parse(_located(request, body), Reading(request.behaviour, request.warn)))
        put_template.put_component(
            twin, found, create=False, warn=request.warn, check_filter=alias_filter.checks(twin)
        )
    for name, body in composables.items():
        made = composable(name, COMPOSABLE.parse(_located(request, body), Reading(request.behaviour, request.warn)))
        put_template.put_composable(
            twin, made, create=False, warn=request.warn, check_filter=alias_filter.checks(twin)
        )
    return bool(components or composables)


def _located(request: Request, body: Json) -> Json:
    return request.read(json_writer.dumps(body), "json")
