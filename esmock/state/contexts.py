"""Search contexts that outlive a request: scrolls and points in time, each with a keep-alive on the clock."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from esmock.errors import EOF, ApiError, ArrayIndexOutOfBounds, IllegalArgument

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.version import Behaviour

SLOT = "contexts"
_HEADER = b"\x14include_context_uuid\x0dqueryAndFetch\x01\x16"
_UUID = 22


@dataclass(slots=True)
class Context:
    """One kept search.

    Attributes:
        number: the context's id on its node.
        kept: what the search layer needs to go on; opaque here.
        expires_ms: on the clock.
    """

    number: int
    kept: Any
    expires_ms: int
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

    def open_scroll(self, kept: Any, expires_ms: int) -> tuple[str, Context]:
        """Keep a scroll; returns its id."""
        self.opened += 1
        raw = _HEADER + self.node_id[::-1].encode() + self.opened.to_bytes(8, "big") + b"\x16" + self.node_id.encode()
        scroll_id = base64.urlsafe_b64encode(raw).decode()
        context = self.scrolls[scroll_id] = Context(self.opened, kept, expires_ms)
        return scroll_id, context

    def open_point(self, kept: Any, expires_ms: int, seed: bytes) -> str:
        """Keep a point in time; returns its id."""
        self.opened += 1
        raw = b"\x00" + self.opened.to_bytes(8, "big") + seed + self.node_id.encode()
        point_id = base64.urlsafe_b64encode(raw).decode()
        self.points[point_id] = Context(self.opened, kept, expires_ms)
        return point_id

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


def check_scroll_id(scroll_id: str, behaviour: Behaviour) -> int:
    """The context number that a scroll id names. Raises IllegalArgument for what is no scroll id."""
    try:
        raw = base64.urlsafe_b64decode(scroll_id + "=" * (-len(scroll_id) % 4))
    except ValueError:
        raw = b""
    start = len(_HEADER) + _UUID
    if raw.startswith(_HEADER) and len(raw) >= start + 8:
        return int.from_bytes(raw[start : start + 8], "big")
    wanted = raw[0] if raw else 0
    cause: ApiError
    if behaviour.major >= 8:
        cause = EOF(f"tried to read: {wanted} bytes but only {max(len(raw) - 1, 0)} remaining")
    else:
        cause = ArrayIndexOutOfBounds(
            f"arraycopy: last source index {wanted + 1} out of bounds for byte[{len(raw)}]"
        )
    raise IllegalArgument("Cannot parse scroll id", cause=cause)
