"""Features made to stand still for an upgrade. Docs: ml-set-upgrade-mode, transform-set-upgrade-mode.

Source: the published specification; no engine that could be asked has them.
Differs: transforms that were started before go on; starting one is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import boolean, time
from esmock.api.request import Request, Response
from esmock.state.upgrade_modes import upgrade_modes

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
_PARAMS = {"enabled": boolean(False), "timeout": time("30s")}


@endpoint(
    "ml.set_upgrade_mode",
    "POST /_ml/set_upgrade_mode",
    params=_PARAMS,
    docs="ml-set-upgrade-mode",
    action="cluster:admin/xpack/ml/upgrade_mode",
)
def set_machine_learning(cluster: Cluster, request: Request) -> Response:
    """Machine learning stands still, or goes on."""
    upgrade_modes(cluster).set("ml", enabled=request.param("enabled"))
    return acknowledged()


@endpoint(
    "transform.set_upgrade_mode",
    "POST /_transform/set_upgrade_mode",
    params=_PARAMS,
    docs="transform-set-upgrade-mode",
    action="cluster:admin/transform/upgrade_mode",
    since=(8, 18),
)
def set_transforms(cluster: Cluster, request: Request) -> Response:
    """No transform may be started, or any again."""
    upgrade_modes(cluster).set("transform", enabled=request.param("enabled"))
    return acknowledged()
