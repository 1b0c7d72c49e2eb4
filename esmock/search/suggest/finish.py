"""The last step of suggesters: completions get their documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from esmock.search.request import SearchRequest
    from esmock.search.result import ShardResult
    from esmock.search.shard_target import Environment, ShardTarget

Json = Any


def fetched(
    request: SearchRequest,
    suggest: dict[str, Json],
    results: Sequence[ShardResult],
    targets: Sequence[ShardTarget],
    environment: Environment,
) -> dict[str, Json]:
    """Put the fetched document into each option that names one."""
    from esmock.search.fetch import fetch
    from esmock.search.result import Hit

    shards = {id(one.search): one for one in results}
    by_target = {id(one.target): one for one in results}
    for entries in suggest.values():
        for entry in entries:
            for option in entry["options"]:
                if isinstance(option, dict):
                    continue
                search, leaf, doc = option.hit
                place = next(at for at, target in enumerate(targets) if target is shards[id(search)].target)
                page = [Hit(place, leaf, doc, option.score)]
                option.hit = fetch(request, page, by_target, targets, environment)[0]
    return suggest
