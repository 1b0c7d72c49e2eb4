"""Every endpoint, module by module. A module that declares ``endpoint`` and is missing here fails a test."""

from __future__ import annotations

from importlib import import_module

_NAMES = """
    aliases async_search autoscaling
    bulk
    cat ccr cluster cluster_allocation cluster_health cluster_info cluster_reroute connector connector_sync_job
    dangling_indices data_stream_lifecycle data_stream_overrides data_streams desired_balance desired_nodes disk_usage
    document downsample
    empty_lists enrich esql explain
    field_caps field_usage fleet
    geoip_databases graph
    ilm indices indices_inspect indices_maintain indices_mapping indices_recovery indices_resize indices_segments
    indices_settings indices_stats inference ingest
    knn_search
    legacy_templates license logstash
    migrate_reindex migration ml_calendars ml_filters ml_info ml_models monitoring multi_get multi_search
    nodes
    point_in_time profiling
    query_rules
    rank_eval repository_checks resolve_cluster rollup root
    scripts scroll search search_application search_shards search_template searchable_snapshots security security_keys security_profile security_query
    security_roles security_service security_sso shutdown simulate_ingest simulate_template slm snapshot snapshot_get
    snapshot_repository streams synonyms
    tasks templates term_vectors terms_enum text_structure transform
    unsupported update_by_query upgrade_mode
    watcher watcher_settings
    xpack xpack_usage
"""
MODULES = tuple(import_module(f"esmock.api.{name}") for name in _NAMES.split())
ENDPOINTS = tuple(endpoint for module in MODULES for endpoint in module.endpoint)
