"""Which shards a search would ask. Docs: search-shards."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.params import INDICES_OPTIONS, MASTER_TIMEOUT, Param, boolean, string
from esmock.api.request import Request, Response
from esmock.errors import Unsupported
from esmock.state.resolve import OPEN, in_hash_order, is_all, matches, resolve
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.version import Behaviour

endpoint = Endpoints()
Json = Any


_LENIENT = replace(OPEN, ignore_unavailable=True, forbid_closed=False)


@endpoint(
    "search_shards",
    "GET,POST /_search_shards",
    "GET,POST /{index}/_search_shards",
    params={
        "local": boolean(),
        **INDICES_OPTIONS,
        "preference": string(),
        "routing": string(),
        "master_timeout": Param(MASTER_TIMEOUT.parse, MASTER_TIMEOUT.default, since=(8, 0)),
    },
    docs="search-shards",
    action="indices:admin/shards/search_shards",
)
def search_shards(cluster: Cluster, request: Request) -> Response:
    """The shards of some indices, and the filters of the aliases that name them."""
    from esmock.shape import cluster_state
    from esmock.state.preference import preferred

    wanted = request.part_list("index")
    routings = request.routings
    found = resolve(cluster, wanted, request.indices_options(_LENIENT))
    held = []
    for index in found:
        shards = index.shards_for(_alias_routing(index, wanted) if routings is None else routings)
        for shard in preferred(cluster, index.name, shards, request.param("preference")):
            copies = cluster_state.copies_of(cluster, index, shard.number)
            held.append((shard.number, index.name, [copy for copy in copies if copy["state"] == "STARTED"]))
    groups = [copies for _, _, copies in sorted(held, key=lambda one: one[:2])]
    holders = {copy["node"] for group in groups for copy in group}
    nodes = {node.id: cluster_state.node(cluster, node) for node in cluster.nodes if node.id in holders}
    named = {one.name: _aliases(one, wanted, cluster.behaviour) for one in in_hash_order(found)}
    return Response(200, {"nodes": nodes, "indices": named, "shards": groups})


def _alias_routing(index: Index, wanted: list[str]) -> list[str] | None:
    if not wanted or is_all(wanted) or matches(wanted, index.name):
        return None
    values = [node.get("search_routing") for alias, node in index.aliases.items() if matches(wanted, alias)]
    if not values or any(one is None for one in values):
        return None
    return [part for one in values for part in str(one).split(",")]


def _aliases(index: Index, wanted: list[str], behaviour: Behaviour) -> dict[str, Json]:
    """The aliases by which an index was named, and their filters joined; since 8.0 all do where every index is meant."""
    tells_all = behaviour.major >= 8
    everything = not wanted or is_all(wanted) or "*" in wanted
    if everything and tells_all:
        wanted = ["*"]
    elif everything:
        return {}
    named = sorted(alias for alias in index.aliases if matches(wanted, alias))
    if not named:
        return {}
    out: dict[str, Json] = {"aliases": named}
    filters = [index.aliases[alias].get("filter") for alias in hash_order(named)]
    if matches(wanted, index.name) or any(not one for one in filters):
        return out
    shown = [printed(one, behaviour) for one in filters]
    several = {"bool": {"should": shown}} if behaviour.major >= 8 else {"bool": {"should": shown, "adjust_pure_negative": True, "boost": 1.0}}
    out["filter"] = shown[0] if len(shown) == 1 else several
    return out


def printed(query: Json, behaviour: Behaviour) -> Json:
    """A filter as Elasticsearch writes it out: since 8.0 without what is the default.

    Raises:
        Unsupported: it is no ``term`` or ``match_all``.
    """
    name, body = next(iter(query.items()))
    if name == "match_all":
        return {name: _boost(body, behaviour)}
    if name != "term":
        raise Unsupported(f"search_shards with a filter of [{name}]")
    field, value = next(iter(body.items()))
    given = value if isinstance(value, dict) else {"value": value}
    return {name: {field: {"value": given.get("value"), **_boost(given, behaviour)}}}


def _boost(given: Json, behaviour: Behaviour) -> dict[str, float]:
    boost = float(given.get("boost", 1.0))
    return {} if behaviour.major >= 8 and boost == 1.0 else {"boost": boost}
