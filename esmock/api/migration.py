"""What stands in the way of an upgrade: deprecations and system indices. Docs: migration-api.

Source: the documentation's pages and the published types; no engine that could be asked has the module. Differs: no check is built, so nothing
is ever found deprecated; features keep no indices, so none has to be migrated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.cluster_info import FEATURES
from esmock.api.declare import Endpoints
from esmock.api.request import Request, Response

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any


@endpoint(
    "migration.deprecations",
    "GET /_migration/deprecations",
    "GET /{index}/_migration/deprecations",
    docs="migration-api-deprecation",
    action="cluster:admin/xpack/deprecation/info",
)
def deprecations(cluster: Cluster, request: Request) -> Response:
    """What the next major version no longer takes: nothing is looked for."""
    body: dict[str, Json] = {"cluster_settings": [], "node_settings": [], "index_settings": {}}
    if cluster.behaviour.major >= 8:
        body |= {"data_streams": {}, "templates": {}, "ilm_policies": {}}
    return Response(200, {**body, "ml_settings": []})


@endpoint(
    "migration.get_feature_upgrade_status",
    "GET /_migration/system_features",
    docs="feature-migration-api",
    action="cluster:admin/migration/get_system_feature",
    since=(7, 16),
)
def get_feature_upgrade_status(cluster: Cluster, request: Request) -> Response:
    """Which features have indices that are too old: none."""
    nothing = "NO_MIGRATION_NEEDED"
    least = "7.0.0" if cluster.behaviour.major < 8 else "8100099" if cluster.behaviour.major == 8 else "9009000"
    features = [
        {"feature_name": name, "minimum_index_version": least, "migration_status": nothing, "indices": []}
        for name in sorted(name for name, _ in FEATURES)
    ]
    return Response(200, {"features": features, "migration_status": nothing})


@endpoint(
    "migration.post_feature_upgrade",
    "POST /_migration/system_features",
    docs="feature-migration-api",
    action="cluster:admin/migration/post_system_feature",
    since=(7, 16),
)
def post_feature_upgrade(cluster: Cluster, request: Request) -> Response:
    """Migrate them: there is nothing to do."""
    return Response(200, {"accepted": False, "reason": "No system indices require migration"})
