"""Databases of addresses for geoip and ip_location. Docs: geoip-stats-api, put-geoip-database-api, put-ip-location-database-api.

Differs: no node downloads any, so the statistics count none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT
from esmock.api.request import Request, Response
from esmock.ingest.geoip_databases import Configuration, configurations
from esmock.shape.index import instant
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
_PARAMS = {"master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT}
_ACTION = "cluster:admin/ingest/geoip/database"
_SINCE = (8, 15)
_COUNTED = (
    "successful_downloads", "failed_downloads", "total_download_time", "databases_count", "skipped_updates", "expired_databases",
)  # fmt: skip


def _configuration(request: Request) -> Configuration:
    given = Configuration.read(request.required_json(), Reading(request.behaviour, request.warn))
    return given.checked(request.part("id"))


def _put(cluster: Cluster, request: Request) -> Response:
    """Keep a database's configuration."""
    configurations(cluster).put(request.part("id"), request.parsed)
    return acknowledged()


def _get(cluster: Cluster, request: Request) -> Response:
    """Configurations by id or pattern, or all."""
    found = configurations(cluster).find(request.part_list("id"))
    shown = [one.to_json(id_, instant(one.modified_ms) if request.human else None) for id_, one in found]
    return Response(200, {"databases": shown})


def _delete(cluster: Cluster, request: Request) -> Response:
    """Forget a database's configuration."""
    configurations(cluster).delete(request.part("id"))
    return acknowledged()


for _kind in ("geoip", "ip_location"):
    _path = f"/_ingest/{_kind}/database"
    _docs = f"{_kind.replace('_', '-')}-database-api"
    endpoint(
        f"ingest.put_{_kind}_database",
        f"PUT {_path}/{{id}}",
        params=_PARAMS,
        docs=f"put-{_docs}",
        body=_configuration,
        action=f"{_ACTION}/put",
        since=_SINCE,
    )(_put)
    endpoint(
        f"ingest.get_{_kind}_database",
        f"GET {_path}",
        f"GET {_path}/{{id}}",
        docs=f"get-{_docs}",
        action=f"{_ACTION}/get",
        since=_SINCE,
    )(_get)
    endpoint(
        f"ingest.delete_{_kind}_database",
        f"DELETE {_path}/{{id}}",
        params=_PARAMS,
        docs=f"delete-{_docs}",
        action=f"{_ACTION}/delete",
        since=_SINCE,
    )(_delete)


@endpoint(
    "ingest.geo_ip_stats",
    "GET /_ingest/geoip/stats",
    docs="geoip-stats-api",
    action="cluster:monitor/ingest/geoip/stats",
    since=(7, 13),
)
def geo_ip_stats(cluster: Cluster, request: Request) -> Response:
    """What was downloaded: nothing."""
    return Response(200, {"stats": dict.fromkeys(_COUNTED, 0), "nodes": {}})
