"""Universal profiling, which has no data here. Docs: profiling-api.

Source: the published specification and the docs page; no engine that could be asked has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.api.declare import Endpoints
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT, boolean
from esmock.api.request import Request, Response

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()


@endpoint(
    "profiling.status",
    "GET /_profiling/status",
    params={"master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT, "wait_for_resources_created": boolean(False)},
    docs="profiling-api",
    action="cluster:monitor/profiling/status/get",
    since=(8, 9),
)
def status(cluster: Cluster, request: Request) -> Response:
    """Profiling may be used, and nothing has been set up for it."""
    if request.param("wait_for_resources_created"):
        return Response(408, _STATUS)
    return Response(200, _STATUS)


_STATUS = {
    "profiling": {"enabled": True},
    "resource_management": {"enabled": False},
    "resources": {"created": False, "pre_8_9_1_data": False, "has_data": False},
}
