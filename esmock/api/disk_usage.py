"""How much of an index each field takes. Docs: indices-disk-usage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.api.declare import Endpoints
from esmock.api.params import INDICES_OPTIONS, boolean, parse_boolean
from esmock.api.request import Request, Response
from esmock.errors import IllegalArgument
from esmock.state.resolve import OPEN, in_hash_order, resolve

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()


def _check(request: Request) -> None:
    if not parse_boolean(request.raw.get("run_expensive_tasks", "false")):
        raise IllegalArgument(
            "analyzing the disk usage of an index is expensive and resource-intensive, the parameter [run_expensive_tasks] must be "
            "set to [true] in order for the task to be performed."
        )


@endpoint(
    "indices.disk_usage",
    "POST /{index}/_disk_usage",
    params={
        "allow_no_indices": INDICES_OPTIONS["allow_no_indices"],
        "expand_wildcards": INDICES_OPTIONS["expand_wildcards"],
        "ignore_unavailable": INDICES_OPTIONS["ignore_unavailable"],
        "run_expensive_tasks": boolean(False),
        "flush": boolean(True),
    },
    docs="indices-disk-usage",
    path=_check,
    check=_check,
    action="indices:admin/analyze_disk_usage",
    since=(7, 15),
)
def disk_usage(cluster: Cluster, request: Request) -> Response:
    """Sizes by field and structure."""
    from esmock.shape.disk_usage import index_disk_usage

    found = resolve(cluster, request.part_list("index"), request.indices_options(OPEN))
    if request.param("flush"):
        for index in found:
            index.refresh()
            for shard in index.shards:
                shard.commit()
    total = sum(index.n_shards for index in found)
    body = {"_shards": {"total": total, "successful": total, "failed": 0}}
    each = {index.name: index_disk_usage(index, cluster.behaviour) for index in in_hash_order(found)}
    return Response(200, {**body, **each})
