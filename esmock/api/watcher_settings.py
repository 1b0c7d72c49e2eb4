"""Settings of the index that keeps watches. Docs: watcher-api-update-settings.

Source: the docs page and the published specification; no engine that could be asked has them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT
from esmock.api.request import Request, Response, map_body
from esmock.errors import ActionRequestValidation
from esmock.shape import index as index_shape
from esmock.state import index_settings

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_ALLOWED = ("index.auto_expand_replicas", "index.number_of_replicas")
_ALLOCATION = "index.routing.allocation."
_DEFAULTS = {"index.auto_expand_replicas": "0-1", "index.number_of_replicas": "0"}


class WatcherSettings:
    """The slot ``watcher_settings`` of a cluster: by full name."""

    def __init__(self) -> None:
        self.given: dict[str, Any] = dict(_DEFAULTS)

    def clone(self, cluster: Cluster) -> WatcherSettings:
        """The same for another cluster."""
        twin = WatcherSettings()
        twin.given = dict(self.given)
        return twin


def _settings(cluster: Cluster) -> dict[str, Any]:
    found: WatcherSettings = cluster.slot("watcher_settings", WatcherSettings)
    return found.given


def _body(request: Request) -> dict[str, Any]:
    """Flat settings by full name. Raises ActionRequestValidation for those that are no business of the user's."""
    given = index_settings.normalise(map_body(request))
    foreign = [name for name in given if name not in _ALLOWED and not name.startswith(_ALLOCATION)]
    if foreign:
        raise ActionRequestValidation(
            f"illegal settings: [{', '.join(foreign)}]; only the following settings may be configured: "
            f"[{', '.join((*_ALLOWED, _ALLOCATION + '*'))}]"
        )
    index_settings.check_values({key: value for key, value in given.items() if value is not None}, request.behaviour)
    return given


@endpoint(
    "watcher.get_settings",
    "GET /_watcher/settings",
    params={"master_timeout": MASTER_TIMEOUT},
    docs="watcher-api-get-settings",
    action="cluster:admin/xpack/watcher/settings/get",
    since=(8, 9),
)
def get_settings(cluster: Cluster, request: Request) -> Response:
    """Those that may be changed."""
    return Response(200, index_shape.settings(_settings(cluster)))


@endpoint(
    "watcher.update_settings",
    "PUT /_watcher/settings",
    params={"master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT},
    docs="watcher-api-update-settings",
    body=_body,
    action="cluster:admin/xpack/watcher/settings/update",
    since=(8, 9),
)
def update_settings(cluster: Cluster, request: Request) -> Response:
    """Change them; null goes back to the default."""
    kept = _settings(cluster)
    for name, value in request.parsed.items():
        if value is not None:
            kept[name] = value
        elif name in _DEFAULTS:
            kept[name] = _DEFAULTS[name]
        else:
            kept.pop(name, None)
    return acknowledged()
