"""Why and since when copies of shards have no node. Source: asked of 7.10.2 and 8.19.21."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from esmock.state.index import Index


class Unassigned(NamedTuple):
    """What made copies wait for a node.

    Args:
        first_copy: it goes for this copy (0: the primary) and those behind it, as far as no later one does.
    """

    first_copy: int
    reason: str
    since_ms: int
    details: str | None = None


def unassigned_info(index: Index, copy: int) -> Unassigned:
    """What goes for a copy."""
    return next(one for one in reversed(index.unassigned) if one.first_copy <= copy)


def all_unassigned(index: Index, reason: str, now_ms: int, details: str | None = None) -> None:
    """Every copy looks for a node again; the term of a primary is higher when it has found one."""
    for shard in index.shards:
        shard.primary_term += 1
    index.unassigned = (Unassigned(0, reason, now_ms, details),)


def replicas_changed(index: Index, before: int, now_ms: int) -> None:
    """Note new replicas; what is known of copies that are gone is forgotten."""
    kept = tuple(one for one in index.unassigned if one.first_copy <= index.n_replicas)
    if index.n_replicas > before:
        kept = (*kept, Unassigned(before + 1, "REPLICA_ADDED", now_ms))
    index.unassigned = kept
