"""The names of the privileges of each version, in the order in which errors list them: what includes less comes first.

Source: answers of 7.17.29 and 8.19.21 to a role with an unknown privilege. Differs: 7.10.2 has those of 7.17.29 without the ones that
the documentation says came later; 9.x those of 8.19.21 with the ones that its published specification adds, at the place of their kind.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esmock.version import Behaviour

_CLUSTER_8 = tuple(
    """
    manage_own_api_key manage_data_stream_global_retention monitor_data_stream_global_retention none cancel_task
    cross_cluster_replication cross_cluster_search delegate_pki grant_api_key manage_autoscaling
    manage_index_templates manage_logstash_pipelines manage_oidc manage_saml manage_search_application
    manage_search_query_rules manage_search_synonyms manage_service_account manage_token manage_user_profile
    monitor_connector monitor_enrich monitor_inference monitor_ml monitor_rollup monitor_snapshot monitor_stats
    monitor_text_structure monitor_watcher post_behavioral_analytics_event read_ccr read_connector_secrets
    read_fleet_secrets read_ilm read_pipeline read_security read_slm transport_client write_connector_secrets
    write_fleet_secrets create_snapshot manage_behavioral_analytics manage_ccr manage_connector manage_enrich
    manage_ilm manage_inference manage_ml manage_rollup manage_slm manage_watcher monitor_data_frame_transforms
    monitor_transform manage_api_key manage_ingest_pipelines manage_pipeline manage_data_frame_transforms
    manage_transform manage_security monitor manage all
    """.split()
)
_CLUSTER_7 = tuple(
    """
    manage_own_api_key none cancel_task delegate_pki grant_api_key manage_autoscaling manage_enrich
    manage_index_templates manage_logstash_pipelines manage_oidc manage_saml manage_service_account manage_token
    monitor_ml monitor_rollup monitor_snapshot monitor_text_structure monitor_watcher read_ccr read_ilm
    read_pipeline read_slm transport_client create_snapshot manage_ccr manage_ilm manage_ml manage_rollup manage_slm
    manage_watcher monitor_data_frame_transforms monitor_transform manage_api_key manage_ingest_pipelines
    manage_pipeline manage_data_frame_transforms manage_transform manage_security monitor manage all
    """.split()
)
_INDEX_8 = tuple(
    """
    manage_failure_store read_failure_store none create_doc create auto_configure create_index delete delete_index
    index maintenance manage_data_stream_lifecycle manage_follow_index manage_ilm manage_leader_index monitor
    view_index_metadata cross_cluster_replication cross_cluster_replication_internal manage read read_cross_cluster
    write all
    """.split()
)
_INDEX_7 = tuple(
    """
    none create_doc create auto_configure create_index delete delete_index index maintenance manage_follow_index
    manage_ilm manage_leader_index monitor view_index_metadata manage read read_cross_cluster write all
    """.split()
)
_CLUSTER_9 = {
    # a name and what comes after which
    "clone_api_key": "cancel_task",
    "monitor_esql": "monitor_enrich",
    "monitor_reindex": "monitor_ml",
    "manage_esql": "manage_enrich",
    "manage_reindex": "manage_ml",
}
_INDEX_9 = {
    "create_view": "create_index",
    "delete_view": "delete_index",
    "manage_view": "manage_leader_index",
    "read_view_metadata": "monitor",
}
_AFTER_7_10 = frozenset(
    {"cancel_task", "manage_logstash_pipelines", "manage_service_account", "monitor_text_structure", "read_pipeline"}
)


def _with(names: Iterable[str], added: Mapping[str, str]) -> tuple[str, ...]:
    """Names with others after them."""
    behind = {place: name for name, place in added.items()}
    return tuple(one for name in names for one in (name, behind.get(name)) if one is not None)


@functools.lru_cache(8)
def cluster_names(behaviour: Behaviour) -> tuple[str, ...]:
    """The cluster privileges of a version."""
    if behaviour.major >= 9:
        return _with(_CLUSTER_8, _CLUSTER_9)
    if behaviour.major >= 8:
        return _CLUSTER_8
    if behaviour.has((7, 17)):
        return _CLUSTER_7
    return tuple(name for name in _CLUSTER_7 if name not in _AFTER_7_10)


@functools.lru_cache(8)
def index_names(behaviour: Behaviour) -> tuple[str, ...]:
    """The index privileges of a version."""
    if behaviour.major >= 9:
        return _with(_INDEX_8, _INDEX_9)
    return _INDEX_8 if behaviour.major >= 8 else _INDEX_7
