"""Answers of the search APIs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import failure_body
from esmock.search.hit_body import hit
from esmock.xcontent.json_writer import F32

if TYPE_CHECKING:
    from esmock.search.result import SearchResult
    from esmock.version import Behaviour

Json = Any


def body(
    result: SearchResult,
    behaviour: Behaviour,
    *,
    typed: bool = False,
    total_as_int: bool = False,
) -> dict[str, Json]:
    """The answer to a search.

    Args:
        typed: hits carry ``_type``.
        total_as_int: every total of hits is a number (``rest_total_hits_as_int``).
    """
    out: dict[str, Json] = {}
    if result.scroll_id is not None:
        out["_scroll_id"] = result.scroll_id
    if result.pit_id is not None:
        out["pit_id"] = result.pit_id
    out["took"] = result.took_ms
    out["timed_out"] = result.timed_out
    if result.terminated_early is not None:
        out["terminated_early"] = result.terminated_early
    if result.num_reduce_phases != 1:
        out["num_reduce_phases"] = result.num_reduce_phases
    out["_shards"] = shards(result)
    out["hits"] = hits(result, typed=typed, total_as_int=total_as_int)
    if result.aggregations is not None:
        out["aggregations"] = result.aggregations
    if result.suggest is not None:
        out["suggest"] = suggestions(result.suggest, typed=typed)
    if result.profile is not None:
        out["profile"] = result.profile
    return out


def suggestions(suggest: Json, *, typed: bool) -> Json:
    """``suggest``: options of completions are hits."""
    for entries in suggest.values():
        for entry in entries:
            entry["options"] = [one if isinstance(one, dict) else completion(one, typed=typed) for one in entry["options"]]
    return suggest


def completion(one: Any, *, typed: bool) -> dict[str, Json]:
    """One completed input with its document."""
    out = {"text": one.text, **hit(one.hit, typed=typed)}
    if one.contexts:
        out["contexts"] = one.contexts
    return out


def shards(result: SearchResult) -> dict[str, Json]:
    """``_shards`` of a search."""
    out: dict[str, Json] = {
        "total": result.n_shards,
        "successful": result.successful,
        "skipped": result.skipped,
        "failed": len(result.failures),
    }
    if result.failures:
        from esmock.errors import group_failures

        out["failures"] = [failure_body(*one) for one in group_failures(one.listed() for one in result.failures)]
    return out


def hits(result: SearchResult, *, typed: bool, total_as_int: bool = False) -> dict[str, Json]:
    """``hits``: the total, the best score, the page."""
    out: dict[str, Json] = {}
    if total_as_int:
        out["total"] = -1 if result.total is None else result.total
    elif result.total is not None:
        out["total"] = {"value": result.total, "relation": result.relation}
    out["max_score"] = None if result.max_score is None else F32(result.max_score)
    out["hits"] = [hit(one, typed=typed, total_as_int=total_as_int) for one in result.hits]
    return out
