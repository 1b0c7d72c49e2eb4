"""The error of a search that failed on shards, and the shard failures it groups.

Source: recordings of 7.10.2 and 8.19.21 (fixtures/recorded).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from esmock.errors.base import ApiError, Json, StandIn, Trace
from esmock.errors.named import NoShardAvailableAction


class SearchPhaseExecution(ApiError):
    """A search that failed on shards or while reducing.

    Args:
        phase: ``query``, ``fetch``, ``can_match`` ...
        reason: ``all shards failed``, ``Partial shards failure`` or the empty string.
        failures: one (shard, index, node, error) per failed shard; grouped here by message, index and class.
        cause: set for failures outside any shard (reduce).
    """

    package = "org.elasticsearch.action.search"

    def __init__(
        self,
        phase: str,
        reason: str,
        failures: Iterable[tuple[int, str | None, str | None, ApiError]] = (),
        cause: ApiError | None = None,
    ) -> None:
        failures = list(failures)
        self.grouped = group_failures(failures)
        statuses = [error.peeled().status for _, _, _, error in failures]
        server_errors = [status for status in statuses if status >= 500]
        gateway = [status for status in statuses if 502 <= status <= 504]
        if not statuses:
            status = cause.peeled().status if cause else 503
        else:
            status = (gateway or server_errors[-1:] or statuses)[0]
        if cause is None and self.grouped and reason == "all shards failed":
            first = self.grouped[0][3].peeled()
            root = first.roots()[0]
            if isinstance(root, StandIn):
                root.cause = first
            cause = None if root is first else root
        super().__init__(reason, cause=cause, status=status)
        self.phase = phase

    def _roots(self) -> list[ApiError]:
        return [root for _, _, _, error in self.grouped for root in error.roots()]

    def own_body(self, trace: Trace | None = None, *, causes: bool = True) -> dict[str, Json]:
        self.extra = {
            "phase": self.phase,
            "grouped": True,
            "failed_shards": [failure_body(*one, trace=trace, causes=causes) for one in self.grouped],
        }
        return super().own_body(trace, causes=causes)

    def to_string(self, trace: Trace) -> str:
        shards = "".join(
            f"{{[{node}][{index}][{shard}]: {trace.first_line(error)}}}" for shard, index, node, error in self.grouped
        )
        return f"Failed to execute phase [{self.phase}], {self.reason}; shardFailures {shards}"


def group_failures(
    failures: Iterable[tuple[int, str | None, str | None, ApiError]],
) -> list[tuple[int, str | None, str | None, ApiError]]:
    """One failure per distinct (reason, index, class), the first one winning."""
    seen: dict[tuple[Any, ...], tuple[int, str | None, str | None, ApiError]] = {}
    for failure in failures:
        error = failure[3].peeled()
        seen.setdefault((error.reason, failure[1], error.type), failure)
    return list(seen.values())


def failure_body(
    shard: int, index: str | None, node: str | None, error: ApiError, *, trace: Trace | None = None, causes: bool = True
) -> dict[str, Json]:
    """One entry of ``failed_shards`` or ``_shards.failures``."""
    where: dict[str, Json] = {"shard": shard, "index": index}
    if node is not None or isinstance(error, NoShardAvailableAction):
        where["node"] = node
    return {**where, "reason": error.peeled().own_body(trace, causes=causes)}
