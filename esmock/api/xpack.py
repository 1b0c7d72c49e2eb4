"""What the distribution has beyond the core: build, licence, features. Docs: info-api.

Source: answers of 6.8.23, 7.17.29 and 8.19.21; which features each version has: its docs page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from esmock.api.declare import Endpoints
from esmock.api.params import Param, boolean
from esmock.api.request import Request, Response
from esmock.errors import IllegalArgument
from esmock.state.license import licensing

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_CATEGORIES = ("build", "license", "features")
_NEVER = (99, 0)


class Feature(NamedTuple):
    """A feature, the versions that have it, whether a basic licence allows it, and whether this machine could run it."""

    name: str
    since: tuple[int, int] = (0, 0)
    until: tuple[int, int] = _NEVER
    is_paid: bool = False
    is_enabled: bool = True


_FEATURES = (
    Feature("aggregate_metric", (7, 11)),
    Feature("analytics"),
    Feature("archive", (8, 3), is_paid=True),
    Feature("ccr", is_paid=True),
    Feature("data_streams"),
    Feature("data_tiers"),
    Feature("enrich"),
    Feature("enterprise_search", (8, 8), is_paid=True),
    Feature("eql"),
    Feature("esql", (8, 11)),
    Feature("flattened", until=(7, 11)),
    Feature("frozen_indices", until=(9, 0)),
    Feature("gpu_vector_indexing", (9, 3), is_paid=True, is_enabled=False),
    Feature("graph", is_paid=True),
    Feature("ilm"),
    Feature("logstash", is_paid=True),
    Feature("logsdb", (8, 17)),
    Feature("ml", is_paid=True),
    Feature("monitoring"),
    Feature("rollup"),
    Feature("searchable_snapshots", is_paid=True),
    Feature("security"),
    Feature("slm"),
    Feature("spatial"),
    Feature("sql"),
    Feature("transform"),
    Feature("universal_profiling", (8, 7), is_paid=True),
    Feature("vectors", until=(8, 0)),
    Feature("voting_only"),
    Feature("watcher", is_paid=True),
)


def _categories(name: str, text: str) -> tuple[str, ...]:
    """A list of categories. Raises IllegalArgument."""
    chosen = []
    for one in text.split(","):
        word = one.strip()
        if word in ("_all", ""):
            return _CATEGORIES
        if word.lower() not in _CATEGORIES:
            raise IllegalArgument(
                f"No enum constant org.elasticsearch.protocol.xpack.XPackInfoRequest.Category.{word.upper()}"
            )
        chosen.append(word.lower())
    return tuple(chosen)


def _license(cluster: Cluster) -> dict[str, Json]:
    one = licensing(cluster).license
    out: dict[str, Json] = {"uid": one.uid, "type": one.kind, "mode": one.kind, "status": "active"}
    return out if one.expires_ms is None else {**out, "expiry_date_in_millis": one.expires_ms}


def _is_available(cluster: Cluster, feature: Feature) -> bool:
    """Whether the licence allows a feature."""
    return not (feature.is_paid and licensing(cluster).license.kind == "basic")


def _is_enabled(cluster: Cluster, feature: Feature) -> bool:
    """Whether a feature is on."""
    return feature.is_enabled and (feature.name != "security" or cluster.server_settings.security)


def features(cluster: Cluster) -> dict[str, Json]:
    """The features that the version has: whether each may be used, and whether it is on."""
    version = cluster.behaviour.version
    number = (version.major, version.minor)
    return {
        one.name: {"available": _is_available(cluster, one), "enabled": _is_enabled(cluster, one)}
        for one in _FEATURES
        if one.since <= number < one.until
    }


@endpoint(
    "xpack.info",
    "GET /_xpack",
    params={
        "categories": Param(_categories, _CATEGORIES),
        "human": boolean(True, response=True),
        "accept_enterprise": boolean(None),
    },
    docs="info-api",
    action="cluster:monitor/xpack/info",
)
def info(cluster: Cluster, request: Request) -> Response:
    """Build, licence and features."""
    wanted = request.param("categories")
    build = cluster.behaviour.build
    parts = {
        "build": lambda: {"hash": build.hash, "date": build.date},
        "license": lambda: _license(cluster),
        "features": lambda: features(cluster),
    }
    body: dict[str, Json] = {name: parts[name]() for name in _CATEGORIES if name in wanted}
    if request.param("human"):
        body["tagline"] = "You know, for X"
    return Response(200, body)
