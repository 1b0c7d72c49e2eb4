"""Which shards a search asks, and through which filters of aliases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, NoShardAvailableAction
from esmock.search.shard_target import ShardTarget

if TYPE_CHECKING:
    from esmock.search.request import SearchRequest
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index


def unsearchable(cluster: Cluster) -> Mapping[tuple[str, int], ApiError] | None:
    """Why shards cannot be searched, by (index, number): a test's fault, or no node has them."""
    absent = {
        (index.name, shard): NoShardAvailableAction(None)
        for index in cluster.indices.values()
        if index.lacks_primary
        for shard, held in enumerate(index.places)
        if held[0] is None
    }
    return {**absent, **(cluster.shard_faults or {})} if absent else cluster.shard_faults


def shard_targets(
    cluster: Cluster,
    indices: Sequence[Index],
    names: Sequence[str],
    routing: Sequence[str] | None = None,
    preference: str | None = None,
) -> list[ShardTarget]:
    """The shards of some indices, filters of the aliases that named them included.

    ES: the first shards of all indices come before their second ones, so hits that rank alike stand in this order (asked of 7.10.2).
    """
    from esmock.search.shard_target import ShardTarget
    from esmock.state.preference import preferred

    now, gate = cluster.clock.now_ms(), cluster.gate
    out = []
    for index in indices:
        index.prepare_search(now)
        if routing is not None and index.is_time_series:
            raise index.no_series("searching with a specified routing")
        filters, alias_routing = alias_filters(cluster, index, names)
        wanted = alias_routing if routing is None else list(routing)
        for shard in preferred(cluster, index.name, index.shards_for(wanted), preference):
            out.append(
                ShardTarget(
                    index=index.name,
                    index_uuid=index.uuid,
                    number=shard.number,
                    reader=shard.open_reader() if gate is None else gate.visible(index, shard.open_reader()),
                    mapping=index.mapping,
                    settings=index.settings,
                    alias_filters=filters,
                    node=cluster.node_id,
                    type_name=index.type_name or "_doc",
                    load_fielddata=shard.load_fielddata,
                )
            )
    return sorted(out, key=lambda one: (one.number, one.index))


def of_types(request: SearchRequest, targets: list[ShardTarget]) -> list[ShardTarget]:
    """Shards of other mapping types than the path names find nothing (7.x)."""
    from esmock.search.query.compound import MatchNone
    from esmock.state.resolve import matches

    if request.types:
        for one in targets:
            if not matches(request.types, one.type_name):
                one.alias_filters = (MatchNone(),)
    return targets


def alias_filters(cluster: Cluster, index: Index, names: Sequence[str]) -> tuple[tuple[Any, ...], list[str] | None]:
    """The filters through which an index was named, and their search routing; no filters where it was named itself."""
    from esmock.search.query.base import ParseContext
    from esmock.search.query.parse import parse_query
    from esmock.state.data_streams import stream_of
    from esmock.state.resolve import is_all, matches
    from esmock.state.stream_aliases import aliases_of

    if not names or is_all(names) or matches(names, index.name):
        return (), None
    names = [one.removesuffix("::data") for one in names]
    if matches(names, index.name):
        return (), None
    found = []
    routing: list[str] = []
    stream = stream_of(cluster, index.name) if cluster.stream_aliases else None
    if stream is not None and matches(names, stream.name):
        return (), None
    aliases = index.aliases if stream is None else aliases_of(cluster, stream.name)
    for alias, node in aliases.items():
        if not matches(names, alias):
            continue
        if "search_routing" in node:
            routing.extend(str(node["search_routing"]).split(","))
        if not node.get("filter"):
            return (), routing or None
        found.append(parse_query(node, "filter", ParseContext(cluster.behaviour)))
    return tuple(found), routing or None
