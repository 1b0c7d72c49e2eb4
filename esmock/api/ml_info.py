"""What machine learning could do here: defaults and limits, memory, and expired data. Docs: get-ml-info, get-ml-memory.

Source: docs pages of 7.10 to 9.5 and the published specification; no engine that could be asked has machine learning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.nodes import answer
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT, real, time
from esmock.api.request import Request, Response
from esmock.errors import ResourceNotFound
from esmock.shape.nodes import HEAP_BYTES, MEMORY_BYTES
from esmock.state.upgrade_modes import upgrade_modes

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.nodes import ClusterNode

endpoint = Endpoints()
Json = Any
_ANALYZER = {
    "tokenizer": "ml_standard",
    "char_filter": ["first_line_with_letters"],
    "filter": [
        {"type": "stop", "stopwords": (
            "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Wed Thu Fri Sat Sun January February March April May June "
            "July August September October November December Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec GMT UTC").split()},
        {"type": "limit", "max_token_count": "100"},
    ],
}  # fmt: skip
_OLD_ANALYZER = {"tokenizer": "ml_classic", "filter": _ANALYZER["filter"][:1]}


@endpoint("ml.info", "GET /_ml/info", docs="get-ml-info", action="cluster:monitor/xpack/ml/info/get")
def info(cluster: Cluster, request: Request) -> Response:
    """Defaults of jobs and datafeeds, limits, and whether an upgrade is going on."""
    behaviour = request.behaviour
    jobs: dict[str, Json] = {
        "categorization_analyzer": _ANALYZER if behaviour.has((7, 14)) else _OLD_ANALYZER,
        "model_memory_limit": "1gb",
        "categorization_examples_limit": 4,
        "model_snapshot_retention_days": 10,
        "daily_model_snapshot_retention_after_days": 1,
    }
    limits: dict[str, Json] = {"total_ml_memory": "0b"} if behaviour.has((7, 12)) else {}
    if behaviour.has((8, 9)):
        limits |= {"max_single_ml_node_processors": 0, "total_ml_processors": 0}
    return Response(
        200,
        {
            "defaults": {"anomaly_detectors": jobs, "datafeeds": {"scroll_size": 1000}},
            "upgrade_mode": "ml" in upgrade_modes(cluster).features,
            "native_code": {"version": str(behaviour.version), "build_hash": behaviour.build.hash[:14]},
            "limits": limits,
        },
    )


@endpoint(
    "ml.get_memory_stats",
    "GET /_ml/memory/_stats",
    "GET /_ml/memory/{node_id}/_stats",
    params={"timeout": TIMEOUT, "master_timeout": MASTER_TIMEOUT},
    docs="get-ml-memory",
    action="cluster:monitor/xpack/ml/memory/stats/get",
    since=(8, 2),
)
def get_memory_stats(cluster: Cluster, request: Request) -> Response:
    """Memory by node: nothing uses any."""
    return answer(cluster, request.part_list("node_id"), _memory, is_human=request.human)


def _memory(node: ClusterNode) -> dict[str, Json]:
    return {
        "name": node.name,
        "ephemeral_id": node.ephemeral_id,
        "transport_address": node.transport_address,
        "attributes": dict(node.attributes),
        "roles": list(node.roles),
        "mem": {
            "total_in_bytes": MEMORY_BYTES,
            "adjusted_total_in_bytes": MEMORY_BYTES,
            "ml": {
                "max_in_bytes": 0,
                "native_code_overhead_in_bytes": 0,
                "anomaly_detectors_in_bytes": 0,
                "data_frame_analytics_in_bytes": 0,
                "native_inference_in_bytes": 0,
            },
        },
        "jvm": {"heap_max_in_bytes": HEAP_BYTES, "java_inference_max_in_bytes": 0, "java_inference_in_bytes": 0},
    }


@endpoint(
    "ml.delete_expired_data",
    "DELETE /_ml/_delete_expired_data",
    "DELETE /_ml/_delete_expired_data/{job_id}",
    params={"requests_per_second": real(), "timeout": time()},
    docs="ml-delete-expired-data",
    body=lambda request: request.json() if request.content else None,
    action="cluster:admin/xpack/ml/delete_expired_data",
)
def delete_expired_data(cluster: Cluster, request: Request) -> Response:
    """There is none. Raises ResourceNotFound for a job by its name."""
    name = request.part("job_id", "_all")
    if name != "_all" and "*" not in name:
        raise ResourceNotFound(f"No known job with id '{name}'")
    return Response(200, {"deleted": True})
