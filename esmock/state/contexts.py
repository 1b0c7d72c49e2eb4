"""Search contexts that outlive a request: scrolls and points in time, each with a keep-alive on the clock."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from esmock.state.scroll_id import written

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

SLOT = "contexts"


@dataclass(slots=True)
class Context:
    """One kept search.

    Attributes:
        number: the context's id on its node.
        kept: what the search layer needs to go on; opaque here.
        expires_ms: on the clock.
        owner: who opened it; nobody else finds it.
    """

    number: int
    kept: Any
    expires_ms: int
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

    def open_scroll(self, kept: Any, expires_ms: int, owner: str | None) -> tuple[str, Context]:
        """Keep a scroll; returns its id."""
        self.opened += 1
        scroll_id = written(self.node_id[::-1], self.opened, self.node_id)
        context = self.scrolls[scroll_id] = Context(self.opened, kept, expires_ms, owner)
        return scroll_id, context

    def open_point(self, kept: Any, expires_ms: int, seed: bytes, owner: str | None) -> str:
        """Keep a point in time; returns its id."""
        self.opened += 1
        raw = b"\x00" + self.opened.to_bytes(8, "big") + seed + self.node_id.encode()
        point_id = base64.urlsafe_b64encode(raw).decode()
        self.points[point_id] = Context(self.opened, kept, expires_ms, owner)
        return point_id

    def scroll(self, scroll_id: str, owner: str | None) -> Context | None:
        """A scroll of the owner's."""
        found = self.scrolls.get(scroll_id)
        return found if found is not None and found.owner == owner else None

    def point(self, point_id: str, owner: str | None) -> Context | None:
        """A point in time of the owner's."""
        found = self.points.get(point_id)
        return found if found is not None and found.owner == owner else None

    def expire(self, now_ms: int) -> None:
        """Forget contexts whose keep-alive has run out."""
        for table in (self.scrolls, self.points):
            for key in [key for key, one in table.items() if one.expires_ms < now_ms]:
                del table[key]


def contexts(cluster: Cluster) -> Contexts:
    """The open contexts of a space, without the expired ones."""
    found: Contexts = cluster.slot(SLOT, lambda: Contexts(cluster.node_id))
    found.expire(cluster.clock.now_ms())
    return found
