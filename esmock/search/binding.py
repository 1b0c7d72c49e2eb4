"""A shard as its search sees it, and the queries bound to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import ApiError, Parsing, QueryShard
from esmock.search.query.base import F32
from esmock.search.query.shard import ShardSearch

if TYPE_CHECKING:
    from esmock.search.query.base import Query
    from esmock.search.request import SearchRequest
    from esmock.search.shard_target import Environment, ShardTarget


def shard_search(request: SearchRequest | None, target: ShardTarget, environment: Environment) -> ShardSearch:
    """The shard that queries are bound to."""
    return ShardSearch(
        index=target.index,
        index_uuid=target.index_uuid,
        number=target.number,
        mapping=target.mapping,
        reader=target.reader,
        behaviour=environment.behaviour,
        now_ms=environment.now_ms,
        settings=target.settings,
        warn=environment.warn,
        resources=environment.resources,
        scripts=environment.scripts,
        scores_named=request is not None and request.scores_named_queries,
        has_runtime=bool((request is not None and request.runtime_mappings) or target.mapping.runtime),
        max_buckets=environment.max_buckets,
        page_size=10 if request is None else request.page_size,
        load_fielddata=target.load_fielddata,
        type_name=target.type_name,
        alias_filters=target.alias_filters,
    )


def bind_query(query: Query, shard: ShardSearch, scored: bool, boost: np.float32 = F32(1)) -> Any:  # noqa: B008
    """Bind a query; what goes wrong becomes the shard's ``failed to create query``."""
    try:
        return query.bind(shard, scored, boost)
    except QueryShard as error:
        error.metadata = error.metadata or {"index_uuid": shard.index_uuid, "index": shard.index}
        raise
    except Parsing:
        raise
    except ApiError as error:
        if getattr(error, "in_rewrite", False):
            raise
        raise shard.error(f"failed to create query: {error.reason}", error) from None
