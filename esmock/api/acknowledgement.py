"""What a request is told that does not wait for the nodes to follow: ``timeout=0``.

Source: asked of 7.10.2 and 8.19.21 (``admin/no_time.json``). Nothing takes time here, so only a timeout of nothing is ever missed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.api.declare import ALWAYS
from esmock.xcontent.units import parse_time_ms

if TYPE_CHECKING:
    from esmock.api.request import Request, Response
    from esmock.state.cluster import Cluster

Handle = Callable[["Cluster", "Request"], "Response"]


def _of_indices(cluster: Cluster) -> Any:
    return [(one.name, one.is_closed, one.mapping_version, dict(one.settings), dict(one.aliases)) for one in cluster.indices.values()]


def as_before(cluster: Cluster) -> Any:
    """A state that no request changes: only shards are not waited for."""
    return None


def anew(cluster: Cluster) -> Any:
    """A state that every request changes."""
    return object()


def in_time(
    standing: Callable[[Cluster], Any] = _of_indices, *, since: tuple[int, int] = (0, 0), until: tuple[int, int] = ALWAYS
) -> Callable[[Handle], Handle]:
    """The answer of a handler, which with ``timeout=0`` is not acknowledged where it has changed what ``standing`` looks at.

    Args:
        since, until: the versions that do not wait; others take the change for acknowledged.
    """

    def wrap(handler: Handle) -> Handle:
        @functools.wraps(handler)
        def run(cluster: Cluster, request: Request) -> Response:
            has = cluster.behaviour.has
            if "timeout" not in request.raw or not has(since) or has(until) or not _is_nothing(request):
                return handler(cluster, request)
            before = standing(cluster)
            response = handler(cluster, request)
            missed = ("acknowledged", "shards_acknowledged")[standing(cluster) == before :]
            response.body |= {name: False for name in missed if name in response.body}
            return response

        return run

    return wrap


def _is_nothing(request: Request) -> bool:
    """Whether there is no time at all; before 8.0 ``-1`` means none, since then as much as it takes."""
    millis = parse_time_ms(request.raw["timeout"], "timeout")
    return millis == 0 or (millis < 0 and request.behaviour.mapping_types)
