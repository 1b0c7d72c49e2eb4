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
    request: SearchRequest, targets: Sequence[ShardTarget], failures: list[ShardFailure], environment: Environment
) -> None:
    if not failures:
        return
    if not environment.allow_partial:
        _raise_missing(failures)
    if len(failures) == len(targets):
        raise phase_error(request, targets, failures, "all shards failed")
    if not environment.allow_partial:
        raise phase_error(request, targets, failures, "Partial shards failure")


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


def counted(request: SearchRequest, failures: list[ShardFailure]) -> list[ShardFailure]:
    return [one for one in failures if request.behaviour.unassigned_shards_fail or not one.is_unassigned]


def phase_error(
    request: SearchRequest, targets: Sequence[ShardTarget], failures: list[ShardFailure], reason: str
) -> SearchPhaseExecution:
    early = request.behaviour.major < 8 and len(targets) > 1 and bool(request.sort) and not _is_unranged(request, targets)
    return SearchPhaseExecution("can_match" if early else "query", reason, listed(counted(request, failures)))


def listed(failures: Sequence[ShardFailure]) -> list[tuple[int, str, str | None, ApiError]]:
    return sorted((one.listed() for one in failures), key=lambda one: (one[1], one[0]))


def _is_unranged(request: SearchRequest, targets: Sequence[ShardTarget]) -> bool:
    """Whether the field sorted by first is of a type whose values are not looked at beforehand."""
    if not request.sort or request.sort[0].values is not None:
        return False
    found = targets[0].mapping.field(request.sort[0].field)
    return found is not None and found.name in ("half_float", "scaled_float")
