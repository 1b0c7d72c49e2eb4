"""Lifecycles switched on and off: ``status``, ``start`` and ``stop`` of ILM and SLM. Docs: ilm-start, slm-api-start."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from esmock.api.indices import acknowledged
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT, Param
from esmock.api.request import Request, Response

if TYPE_CHECKING:
    from esmock.api.declare import Endpoints
    from esmock.state.cluster import Cluster

RUNNING, STOPPED = "RUNNING", "STOPPED"
TIMES: dict[str, Param] = {"master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT}


class Switched(Protocol):
    """What can be stopped; ``mode`` is ``RUNNING`` or ``STOPPED``."""

    mode: str


def declare(
    endpoint: Endpoints,
    name: str,
    of: Callable[[Cluster], Switched],
    *,
    docs: str,
    status_docs: str,
    status_params: dict[str, Param] | None = None,
    status_action: str,
    action: str,
) -> None:
    """Add the three endpoints of ``name`` (``ilm``, ``slm``).

    Args:
        of: the cluster's state that is switched.
        action: of starting and stopping, with ``{what}`` for which of them.
    """

    @endpoint(
        f"{name}.get_status",
        f"GET /_{name}/status",
        params=status_params or {},
        docs=status_docs,
        action=status_action,
    )
    def get_status(cluster: Cluster, request: Request) -> Response:
        return Response(200, {"operation_mode": of(cluster).mode})

    def switch(what: str, mode: str) -> None:
        @endpoint(
            f"{name}.{what}",
            f"POST /_{name}/{what}",
            params=TIMES,
            docs=f"{docs}-{what}",
            action=action.format(what=what),
        )
        def set_mode(cluster: Cluster, request: Request) -> Response:
            of(cluster).mode = mode
            return acknowledged()

    switch("start", RUNNING)
    switch("stop", STOPPED)
