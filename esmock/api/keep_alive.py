"""How long a client may ask to keep a search open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.errors import IllegalArgument
from esmock.xcontent.units import parse_time_ms

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

MAX_KEEP_ALIVE = "24h"


def too_long(cluster: Cluster, keep_alive: str) -> IllegalArgument | None:
    """The error of a keep-alive beyond ``search.max_keep_alive``."""
    limit = str(cluster.setting("search.max_keep_alive", MAX_KEEP_ALIVE))
    if parse_time_ms(keep_alive, "scroll") <= parse_time_ms(limit, "search.max_keep_alive"):
        return None
    shown = "1d" if limit == "24h" else limit
    return IllegalArgument(
        f"Keep alive for request ({keep_alive}) is too large. It must be less than ({shown}). This limit can be set by "
        "changing the [search.max_keep_alive] cluster level setting."
    )
