"""Shards that could not be searched: when that fails the whole search, and how it is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from esmock.errors import ApiError, SearchPhaseExecution

if TYPE_CHECKING:
    from esmock.search.request import SearchRequest
    from esmock.search.result import ShardFailure
    from esmock.search.shard_target import Environment, ShardTarget


def raise_failures(
    request: SearchRequest, targets: Sequence[ShardTarget], failures: list[ShardFailure], environment: Environment,
    n_unasked: int = 0,
) -> None:
    """Raise where no shard answered, or where all must.

    Args:
        n_unasked: shards beside the targets, or among them, that count as having answered.
    """
    if not failures:
        return
    if not environment.allow_partial:
        _raise_missing(failures)
    if len(failures) == len(targets) and not n_unasked:
        raise phase_error(request, targets, failures, environment, "all shards failed")
    if not environment.allow_partial:
        raise phase_error(request, targets, failures, environment, "Partial shards failure")


def _raise_missing(failures: list[ShardFailure]) -> None:
    """Shards that no node has are looked for before anything runs, where partial results are not allowed."""
    missing = [one.target for one in failures if one.is_unassigned]
    if missing:
        named = ", ".join(f"[{target.index}][{target.number}]" for target in missing)
        cause = SearchPhaseExecution(
            "query",
            f"Search rejected due to missing shards [{named}]. Consider using `allow_partial_search_results` setting to "
            "bypass this error.",
        )
        raise SearchPhaseExecution("query", "", [], cause=cause)


def counted(request: SearchRequest, failures: Sequence[ShardFailure]) -> list[ShardFailure]:
    return [one for one in failures if request.behaviour.unassigned_shards_fail or not one.is_unassigned]


def raise_fetch_failures(
    request: SearchRequest, targets: Sequence[ShardTarget], failures: list[ShardFailure], n_shards: int, environment: Environment
) -> None:
    """Shards that could not fetch hits. Raises SearchPhaseExecution where none is left, or partial results are not allowed."""
    if not failures:
        return
    all_failed = len(failures) == len(targets)
    if not all_failed and environment.allow_partial:
        return
    # ES: a search of one shard fetches in the query phase
    phase = "query" if n_shards == 1 else "fetch" if all_failed else ""
    reason = "all shards failed" if all_failed else "Shard failures"
    raise SearchPhaseExecution(phase, reason, listed(counted(request, failures)))


def phase_error(
    request: SearchRequest, targets: Sequence[ShardTarget], failures: list[ShardFailure], environment: Environment, reason: str
) -> SearchPhaseExecution:
    """What is raised where the query phase comes to nothing."""
    if request.nearest or (request.uses_dfs and len(targets) > 1):
        phase = "dfs_query" if any(_is_late(request, one) for one in failures) else "dfs"
    else:
        phase = "query"
    return SearchPhaseExecution(phase, reason, listed(counted(request, failures)))


def _is_late(request: SearchRequest, failure: ShardFailure) -> bool:
    """ES: all is looked at where statistics are gathered, from 8.x on all but aggregations; documents are not."""
    error = failure.error
    return getattr(error, "of_documents", False) or (request.behaviour.major >= 8 and getattr(error, "of_aggregations", False))


def listed(failures: Sequence[ShardFailure]) -> list[tuple[int, str, str | None, ApiError]]:
    """As errors and ``_shards`` list them, in the order in which the shards were asked."""
    return [one.listed() for one in failures]
