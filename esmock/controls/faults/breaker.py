"""The texts of circuit breakers.

Source: recordings of 7.10.2 and 8.19.21 (``faults.json``); the parent's real usage as the page on circuit breaker errors
shows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.errors import ApiError, CircuitBreaking
from esmock.xcontent.units import print_byte_size

if TYPE_CHECKING:
    from esmock.controls.exchange import Exchange
    from esmock.version import Behaviour


class Execution(ApiError):
    """Java's wrapper around what failed in another thread."""

    package = "java.util.concurrent"
    is_elasticsearch = False


def sized(size: int) -> str:
    """A size as breakers print it: exact, then rounded."""
    return f"{size}/{print_byte_size(size)}"


def tripped(breaker: str, limit: int, exchange: Exchange, behaviour: Behaviour) -> ApiError:
    """The error of a breaker that a request trips by its own size."""
    own = max(len(exchange.raw.body), 1) + 512
    wanted = limit + own
    new = behaviour.major >= 8
    in_flight = "inflight_requests" if new else "in_flight_requests"
    label = {"request": "<reused_arrays>", "fielddata": "_id"}.get(breaker, "<http_request>")
    shown = in_flight if breaker == "in_flight_requests" else breaker
    text = f"[{shown}] Data too large, data for [{label}] would be [{sized(wanted)}], which is larger than the limit of [{sized(limit)}]"
    if breaker == "parent":
        used = {in_flight: own, "request": 0, "fielddata": 0} if new else {"request": 0, "fielddata": 0, in_flight: own, "accounting": 2504}
        usages = ", ".join(f"{name}={sized(size)}" for name, size in used.items())
        text += f", real usage: [{sized(limit)}], new bytes reserved: [{sized(own)}], usages [{usages}]"
    durability = "PERMANENT" if breaker == "fielddata" or (breaker == "parent" and not new) else "TRANSIENT"
    error = CircuitBreaking(text, extra={"bytes_wanted": wanted, "bytes_limit": limit, "durability": durability})
    return _wrapped(error) if breaker == "fielddata" and not new else error


def _wrapped(error: CircuitBreaking) -> ApiError:
    """7.x loads field data through a cache, whose wrapper reaches the client with status 500."""
    told = f"CircuitBreakingException[{error.reason}]"
    return ApiError(f"java.util.concurrent.ExecutionException: {told}", cause=Execution(told, cause=error))
