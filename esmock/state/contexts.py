"""Search contexts that outlive a request: scrolls and points in time, each with a keep-alive on the clock."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from esmock.state.scroll_id import written

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

SLOT = "contexts"
Places = Iterable[tuple[str, int]]


@dataclass(slots=True)
class Context:
    """One kept search.

    Attributes:
        number: the context's id on its node.
        kept: what the search layer needs to go on; opaque here.
        expires_ms: on the clock.
        places: index and number of its shards, whose statistics count it.
        owner: who opened it; nobody else finds it.
    """

    number: int
    kept: Any
    expires_ms: int
    places: tuple[tuple[str, int], ...]
    owner: str | None = None
    position: int = 0


@dataclass(slots=True)
class Contexts:
    """The open contexts of a space."""

    node_id: str
    scrolls: dict[str, Context] = field(default_factory=dict)
    points: dict[str, Context] = field(default_factory=dict)
    opened: int = 0

    def clone(self, cluster: Cluster) -> Contexts:
        """The same contexts: what they keep is immutable, where they stand is copied."""
        return Contexts(
            self.node_id,
            {key: replace(one) for key, one in self.scrolls.items()},
            {key: replace(one) for key, one in self.points.items()},
            self.opened,
        )

    def open_scroll(self, cluster: Cluster, kept: Any, expires_ms: int, places: Places) -> tuple[str, Context]:
        """Keep a scroll; returns its id."""
        self.opened += 1
        scroll_id = written(self.node_id[::-1], self.opened, self.node_id)
        context = self.scrolls[scroll_id] = Context(self.opened, kept, expires_ms, tuple(places), cluster.sender)
        _count(cluster, context, 1, "open_contexts", "scroll_current")
        return scroll_id, context

    def open_point(self, cluster: Cluster, kept: Any, expires_ms: int, places: Places) -> str:
        """Keep a point in time; returns its id."""
        self.opened += 1
        raw = b"\x00" + self.opened.to_bytes(8, "big") + cluster.random.randbytes(6) + self.node_id.encode()
        point_id = base64.urlsafe_b64encode(raw).decode()
        context = self.points[point_id] = Context(self.opened, kept, expires_ms, tuple(places), cluster.sender)
        _count(cluster, context, 1, "open_contexts")
        return point_id

    def close_scroll(self, cluster: Cluster, scroll_id: str) -> Context:
        """Let a scroll go."""
        context = self.scrolls.pop(scroll_id)
        _count(cluster, context, -1, "open_contexts", "scroll_current")
        _count(cluster, context, 1, "scroll_total")
        return context

    def close_point(self, cluster: Cluster, point_id: str) -> Context:
        """Let a point in time go."""
        context = self.points.pop(point_id)
        _count(cluster, context, -1, "open_contexts")
        return context

    def scroll(self, scroll_id: str, owner: str | None) -> Context | None:
        """A scroll of the owner's."""
        found = self.scrolls.get(scroll_id)
        return found if found is not None and found.owner == owner else None

    def point(self, point_id: str, owner: str | None) -> Context | None:
        """A point in time of the owner's."""
        found = self.points.get(point_id)
        return found if found is not None and found.owner == owner else None

    def expire(self, cluster: Cluster) -> None:
        """Let contexts go whose keep-alive has run out."""
        now_ms = cluster.clock.now_ms()
        for key in [key for key, one in self.scrolls.items() if one.expires_ms < now_ms]:
            self.close_scroll(cluster, key)
        for key in [key for key, one in self.points.items() if one.expires_ms < now_ms]:
            self.close_point(cluster, key)


def _count(cluster: Cluster, context: Context, by: int, *names: str) -> None:
    for index, number in context.places:
        found = cluster.indices.get(index)
        if found is not None:
            for name in names:
                found.shards[number].count(name, by)


def contexts(cluster: Cluster) -> Contexts:
    """The open contexts of a space, without the expired ones."""
    found: Contexts = cluster.slot(SLOT, lambda: Contexts(cluster.node_id))
    found.expire(cluster)
    return found
