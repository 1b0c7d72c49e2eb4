"""Indices on disk that the cluster does not know: there are none. Docs: modules-gateway-dangling-indices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.api.declare import Endpoints
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT, boolean
from esmock.api.request import Request, Response
from esmock.errors import IllegalArgument

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()


@endpoint(
    "dangling_indices.list_dangling_indices",
    "GET /_dangling",
    docs="modules-gateway-dangling-indices",
    action="cluster:admin/indices/dangling/list",
)
def list_dangling_indices(cluster: Cluster, request: Request) -> Response:
    """Indices on disk that the cluster does not know: none."""
    header = {"total": len(cluster.nodes), "successful": len(cluster.nodes), "failed": 0}
    return Response(200, {"_nodes": header, "cluster_name": cluster.name, "dangling_indices": []})


_DANGLING = {"accept_data_loss": boolean(False), "timeout": TIMEOUT, "master_timeout": MASTER_TIMEOUT}


@endpoint(
    "dangling_indices.import_dangling_index",
    "POST /_dangling/{index_uuid}",
    params=_DANGLING,
    docs="modules-gateway-dangling-indices",
    action="cluster:admin/indices/dangling/import",
)
def import_dangling_index(cluster: Cluster, request: Request) -> Response:
    """Take a dangling index in: there is none."""
    raise IllegalArgument(f"No dangling index found for UUID [{request.part('index_uuid')}]")


@endpoint(
    "dangling_indices.delete_dangling_index",
    "DELETE /_dangling/{index_uuid}",
    params=_DANGLING,
    docs="modules-gateway-dangling-indices",
    action="cluster:admin/indices/dangling/delete",
)
def delete_dangling_index(cluster: Cluster, request: Request) -> Response:
    """Remove a dangling index: there is none."""
    raise IllegalArgument(f"No dangling index found for UUID [{request.part('index_uuid')}]")
