"""Alias filters are queries: they are read when an alias is made, to refuse what none of its indices can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalState
from esmock.state.aliases import AliasBody, Bearer, CheckFilter, check_filter
from esmock.xcontent import json_writer, reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

Json = Any


def checks(cluster: Cluster) -> CheckFilter:
    """What reads the filters of aliases: it raises IllegalArgument around what is wrong with one."""

    def check(name: str, body: AliasBody, bearer: Bearer | None) -> None:
        check_filter(name, body, lambda query: _bind(cluster, query, bearer))

    return check


def _bind(cluster: Cluster, query: Json, bearer: Bearer | None) -> None:
    """Read a query and bind it to a shard without documents. Raises ApiError."""
    from esmock.search.binding import shard_search
    from esmock.search.query.base import ParseContext
    from esmock.search.query.parse import parse_query
    from esmock.search.resources import Resources
    from esmock.search.service import environment
    from esmock.search.shard_target import ShardTarget
    from esmock.store.reader import Reader

    class _NoLookups(Resources):
        """ES: a filter is read at once, without what would have to be fetched from other indices first."""

        def terms_lookup(self, lookup: dict[str, Json]) -> list[Json]:
            raise IllegalState("async actions are left after rewrite")

    text = json_writer.dumps(query)
    tree = reading.read(text, "json", cluster.behaviour, with_positions=True)
    read = parse_query([tree], 0, ParseContext(cluster.behaviour))
    if bearer is not None:
        target = ShardTarget(bearer.name, bearer.uuid, 0, Reader(()), bearer.mapping)
        needed = environment(cluster)
        needed.resources = _NoLookups(cluster)
        read.bind(shard_search(None, target, needed), False)
