"""The graph API. Docs: graph-explore-api."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.params import string, time
from esmock.api.request import Request, Response
from esmock.errors import ActionRequestValidation, ElasticsearchParse
from esmock.features.graph.request import Exploration, faults, parse
from esmock.xcontent.java_order import ordered_by_hash

if TYPE_CHECKING:
    from esmock.features.graph.explore import Graph
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any


def _body(request: Request) -> Exploration:
    if not request.content and "source" not in request.raw:
        raise ElasticsearchParse("Body missing for graph request")
    found = parse(request.json())
    wrong = list(faults(found))
    if wrong:
        raise ActionRequestValidation(*wrong)
    return found


@endpoint(
    "graph.explore",
    "GET,POST /{index}/_graph/explore",
    params={"routing": string(), "timeout": time()},
    docs="graph-explore-api",
    body=_body,
    action="indices:data/read/xpack/graph/explore",
)
def explore(cluster: Cluster, request: Request) -> Response:
    """Terms and what connects them."""
    from esmock.features.graph.explore import explore as run

    started = cluster.clock.monotonic_ns()
    graph = run(cluster, request.part_list("index"), request.parsed, request.routings)
    took = (cluster.clock.monotonic_ns() - started) // 1_000_000
    return Response(200, {"took": took, "timed_out": False, "failures": [], **_shown(graph, with_counts=request.parsed.with_counts)})


def _shown(graph: Graph, *, with_counts: bool) -> dict[str, Json]:
    """Vertices and connections in the order of Java's maps; a connection names vertices by their place."""
    vertices = ordered_by_hash(graph.vertices.values(), lambda one: one.hash)
    places = {id(one): place for place, one in enumerate(vertices)}
    return {
        "vertices": [
            {
                "field": one.field,
                "term": one.term,
                "weight": one.weight,
                "depth": one.depth,
                **({"fg": one.fg, "bg": one.bg} if with_counts else {}),
            }
            for one in vertices
        ],
        "connections": [
            {"source": places[id(one.source)], "target": places[id(one.target)], "weight": one.weight, "doc_count": one.doc_count}
            for one in ordered_by_hash(graph.connections.values(), lambda one: one.hash)
        ],
    }
