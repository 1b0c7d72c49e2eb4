"""Answers of asynchronous searches, each kept until its time has come."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

SLOT = "async_searches"


@dataclass(slots=True)
class AsyncSearch:
    """One kept answer.

    Args:
        started_ms, ended_ms: when the search ran.
        expires_ms: when it is forgotten, on the clock.
        response: the body of the search's answer.
        owner: who sent it; nobody else finds it.
    """

    started_ms: int
    expires_ms: int
    ended_ms: int
    response: Any
    owner: str | None = None


@dataclass(slots=True)
class AsyncSearches:
    """The kept answers of a space, by id."""

    kept: dict[str, AsyncSearch] = field(default_factory=dict)

    def clone(self, cluster: Cluster) -> AsyncSearches:
        """The same answers; when they expire is copied."""
        return AsyncSearches({key: replace(one) for key, one in self.kept.items()})

    def expire(self, now_ms: int) -> None:
        """Forget what has expired."""
        for key in [key for key, one in self.kept.items() if one.expires_ms <= now_ms]:
            del self.kept[key]


def async_searches(cluster: Cluster, slot: str = SLOT) -> AsyncSearches:
    """The kept answers of a space, without the expired ones."""
    found: AsyncSearches = cluster.slot(slot, AsyncSearches)
    found.expire(cluster.clock.now_ms())
    return found
