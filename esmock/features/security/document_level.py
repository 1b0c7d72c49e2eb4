"""Document level security: which documents the queries of roles keep from a user.

They count in statistics all the same, like deleted ones, so that scores are those of everybody. Source: answers of 6.8.23.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IllegalArgument, ResourceNotFound
from esmock.script.stored import scripts
from esmock.search.binding import bind_query, shard_search
from esmock.search.query.base import ParseContext, Query
from esmock.search.query.geo_shape import GeoShapeQuery
from esmock.search.query.parse import parse_query
from esmock.search.query.term_level import Terms
from esmock.search.service import environment
from esmock.search.shard_target import ShardTarget
from esmock.xcontent import json_reader, json_writer
from esmock.xcontent.jackson import jackson_for
from esmock.xcontent.located import located

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.store.reader import Reader
    from esmock.version import Behaviour


def parse(text: str, behaviour: Behaviour) -> Query:
    """The query of a role. Raises what the query DSL raises, and IllegalArgument for queries that roles may not have."""
    ctx = ParseContext(behaviour, check=_check)
    return parse_query({"query": located(text.encode(), jackson_for(behaviour), "string")}, "query", ctx)


def _check(query: Query) -> None:
    """Refuse a query that depends on other documents. Source: answers of 8.19.21."""
    what = None
    if isinstance(query, Terms) and query.lookup is not None:
        what = "terms query with terms lookup"
    elif isinstance(query, GeoShapeQuery) and query.shape is None:
        what = "geoshape query referring to indexed shapes"
    elif query.name in ("percolate", "has_child", "has_parent"):
        what = f"{query.name} query"
    if what is not None:
        raise IllegalArgument(f"{what} isn't supported as part of a role query")


def is_template(text: str) -> bool:
    """Whether a role's query is a template: its first and only key says so."""
    try:
        found = json_reader.parse_stored(text.encode())
    except ValueError:
        return False
    return isinstance(found, dict) and next(iter(found), None) == "template"


def evaluated(text: str, user: Mapping[str, Any], cluster: Cluster) -> str:
    """A role's query for a user: of a template, what it makes of him, who is its parameter ``_user``.

    Raises:
        ApiError: a template that cannot be read.
        ResourceNotFound: a kept template that is not there.
    """
    if not is_template(text):
        return text
    from esmock.script.mustache.template import compile_template

    template = json_reader.parse_stored(text.encode())["template"]
    source = template["source"] if "source" in template else _kept(cluster, template.get("id"))
    written = source if isinstance(source, str) else json_writer.dumps(source).decode()
    return compile_template(written, "application/json").run({**(template.get("params") or {}), "_user": user})


def _kept(cluster: Cluster, name: str | None) -> str:
    """The source of a template that is kept."""
    found = scripts(cluster).stored.get(name or "")
    if found is None:
        raise ResourceNotFound(f"unable to find script [{name}] in cluster state")
    source: str = found["source"]
    return source


def hidden(cluster: Cluster, index: Index, reader: Reader, groups: Sequence[Sequence[str]]) -> list[frozenset[int]]:
    """The documents that are kept from a user, segment by segment.

    Args:
        groups: queries as JSON; of each group at least one must match.
    """
    target = ShardTarget(index.name, index.uuid, 0, reader, index.mapping, index.settings)
    shard = shard_search(None, target, environment(cluster))
    bound = [[bind_query(parse(text, cluster.behaviour), shard, False) for text in group] for group in groups]
    out = []
    for leaf in reader:
        left = np.ones(leaf.segment.n_docs, bool)
        for group in bound:
            left &= np.logical_or.reduce([one.match(leaf.segment).match for one in group])
        out.append(frozenset(np.flatnonzero(~left).tolist()))
    return out
