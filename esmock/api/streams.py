"""The streams ``logs``: switched on and off. Docs: streams-apis.

Source: the module streams of 9.1 to 9.x and the client tests; no engine that could be asked has it.
Differs: a stream that is switched on refuses nothing that it would.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT
from esmock.api.request import Request, Response
from esmock.errors import IllegalArgument

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
_SINCE = (9, 1)
_STREAMS = ("logs", "logs.otel", "logs.ecs")
_SINCE_SEVERAL = (9, 4)


class Streams:
    """The slot ``wired_streams`` of a cluster: those that are on."""

    def __init__(self, enabled: frozenset[str] = frozenset()) -> None:
        self.enabled = enabled

    def clone(self, cluster: Cluster) -> Streams:
        return Streams(self.enabled)


def _streams(cluster: Cluster) -> Streams:
    found: Streams = cluster.slot("wired_streams", Streams)
    return found


def _known(request: Request) -> tuple[str, ...]:
    return _STREAMS if request.behaviour.has(_SINCE_SEVERAL) else _STREAMS[:1]


def _name(request: Request) -> None:
    name = request.part("name")
    if name not in _known(request):
        raise IllegalArgument(f"Unknown stream [{name}]")


def _switch(what: str, *, enabled: bool) -> None:
    @endpoint(
        f"streams.logs_{what}",
        f"POST /_streams/{{name}}/_{what}",
        params={"master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT},
        docs=f"streams-logs-{what}",
        check=_name,
        action="cluster:admin/streams/logs/toggle",
        since=_SINCE,
    )
    def switch(cluster: Cluster, request: Request) -> Response:
        known = _streams(cluster)
        name = frozenset((request.part("name"),))
        known.enabled = known.enabled | name if enabled else known.enabled - name
        return acknowledged()


_switch("enable", enabled=True)
_switch("disable", enabled=False)


@endpoint(
    "streams.status",
    "GET /_streams/status",
    params={"master_timeout": MASTER_TIMEOUT},
    docs="streams-status",
    action="cluster:admin/streams/status",
    since=_SINCE,
)
def status(cluster: Cluster, request: Request) -> Response:
    """Which are on."""
    enabled = _streams(cluster).enabled
    return Response(200, {name: {"enabled": name in enabled} for name in _known(request)})
