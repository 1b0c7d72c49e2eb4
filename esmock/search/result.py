"""What a search finds: hits, shard by shard, and all of it together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, NoShardAvailableAction

if TYPE_CHECKING:
    from esmock.search.aggs.internal import Results
    from esmock.search.cacheable import Asked
    from esmock.search.query.shard import ShardSearch
    from esmock.search.shard_target import ShardTarget
    from esmock.search.sort_key import SortKey
    from esmock.store.reader import Leaf

Json = Any


@dataclass(slots=True)
class Hit:
    """One hit before fetching.

    Attributes:
        sort_values: raw values by sort key.
        shard: position among the targets.
        group: the value by which hits collapse.
        merged_by: the value by which those of several shards do.
        rescored_by: the steps of rescoring in whose window it stood.
    """

    shard: int
    leaf: Leaf
    doc: int
    score: float | None
    sort_values: tuple[Any, ...] = ()
    group: Any = None
    merged_by: Any = None
    rescored_by: tuple[Any, ...] = ()


@dataclass(slots=True)
class ShardResult:
    """What one shard found.

    Attributes:
        n_leaves: how many segments were searched until enough was found.
        is_scored: whether anyone wanted scores.
    """

    target: ShardTarget
    search: ShardSearch
    total: int
    hits: list[Hit]
    max_score: float | None
    sort_keys: list[SortKey]
    aggregations: Any = None
    terminated_early: bool = False
    n_leaves: int = 0
    is_scored: bool = True
    suggest: Any = None


@dataclass(slots=True)
class ShardFailure:
    """A shard that could not be searched."""

    target: ShardTarget
    error: ApiError

    @property
    def is_unassigned(self) -> bool:
        """No node has the shard."""
        return isinstance(self.error, NoShardAvailableAction)

    def listed(self) -> tuple[int, str, str | None, ApiError]:
        """As errors and ``_shards`` group it."""
        node = None if self.is_unassigned else self.target.node or None
        return self.target.number, self.target.index, node, self.error


@dataclass(slots=True)
class SearchResult:
    """What a search found.

    Attributes:
        total: hits; None where they were not counted.
        relation: ``eq`` or ``gte``.
        hits: the page, in order, fetched (``FetchedHit``).
        aggregations: JSON of ``aggregations``; None where none were asked for.
        results: the same before printing.
        ordered: of a scroll: every hit in order, of which ``hits`` is the first page.
        targets: the shards that were asked.
        fetched: those of them that were asked for hits of the page.
        asked: the request as the shards may remember it; None: they do not.
    """

    n_shards: int
    successful: int
    failures: list[ShardFailure]
    total: int | None
    relation: str
    max_score: float | None
    hits: list[Any]
    aggregations: Json = None
    results: Results | None = None
    suggest: Json = None
    profile: Json = None
    terminated_early: bool | None = None
    took_ms: int = 0
    timed_out: bool = False
    skipped: int = 0
    num_reduce_phases: int = 1
    scroll_id: str | None = None
    pit_id: str | None = None
    ordered: list[Hit] = field(default_factory=list)
    shards: list[ShardResult] = field(default_factory=list)
    targets: list[ShardTarget] = field(default_factory=list)
    fetched: list[ShardTarget] = field(default_factory=list)
    asked: Asked | None = None
