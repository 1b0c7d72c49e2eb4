"""Rollup capabilities, read from the mappings' ``_meta``. Docs: rollup-get-rollup-caps, rollup-get-rollup-index-caps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from esmock.state.resolve import OPEN, IndicesOptions, resolve

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

Json = Any
JobConfig = dict[str, Json]


def job_configs(index: Index) -> dict[str, JobConfig] | None:
    """The job configurations in an index's ``_meta._rollup``; None for an index that holds no rollups."""
    meta = index.mapping.meta
    found = meta.get("_rollup") if isinstance(meta, dict) else None
    return found if isinstance(found, dict) else None


def is_rollup_index(index: Index) -> bool:
    """Whether at least one job writes to the index."""
    return bool(job_configs(index))


def by_pattern(cluster: Cluster, pattern: str) -> dict[str, Json]:
    """Capabilities of all jobs whose index pattern is exactly this; ``_all`` and ``*`` mean every job."""
    every = pattern in ("_all", "*")
    configs = [
        config
        for index in cluster.indices.values()
        for config in (job_configs(index) or {}).values()
        if every or config["index_pattern"] == pattern
    ]
    return _grouped(configs, "index_pattern")


def by_index(cluster: Cluster, names: list[str], options: IndicesOptions = OPEN) -> dict[str, Json]:
    """Capabilities of the jobs that write to the named indices. Raises as index resolution does."""
    configs = [
        config
        for index in resolve(cluster, names, options)
        for config in (job_configs(index) or {}).values()
    ]
    return _grouped(configs, "rollup_index")


def _grouped(configs: Iterable[JobConfig], key: str) -> dict[str, Json]:
    groups: dict[str, list[JobConfig]] = {}
    for config in configs:
        groups.setdefault(config[key], []).append(config)
    return {
        name: {"rollup_jobs": [job_caps(config) for config in sorted(group, key=lambda one: one["id"])]}
        for name, group in groups.items()
    }


def job_caps(config: JobConfig) -> dict[str, Json]:
    """What one job can answer."""
    return {
        "job_id": config["id"],
        "rollup_index": config["rollup_index"],
        "index_pattern": config["index_pattern"],
        "fields": field_caps(config),
    }


def field_caps(config: JobConfig) -> dict[str, list[dict[str, Json]]]:
    """Field to its capabilities: groups first, then metrics in the order of the configuration."""
    fields: dict[str, list[dict[str, Json]]] = {}
    groups = config.get("groups") or {}
    date = groups.get("date_histogram")
    if date is not None:
        shown: dict[str, Json] = {"agg": "date_histogram"}
        shown["time_zone"] = date.get("time_zone", "UTC")
        for key in ("fixed_interval", "calendar_interval", "interval"):
            if key in date:
                shown[key] = date[key]
        if "delay" in date:
            shown["delay"] = date["delay"]
        fields.setdefault(date["field"], []).append(shown)
    histogram = groups.get("histogram")
    if histogram is not None:
        for name in histogram["fields"]:
            fields.setdefault(name, []).append({"agg": "histogram", "interval": histogram["interval"]})
    for name in (groups.get("terms") or {}).get("fields", ()):
        fields.setdefault(name, []).append({"agg": "terms"})
    for metric in config.get("metrics") or ():
        fields.setdefault(metric["field"], []).extend({"agg": kind} for kind in metric["metrics"])
    return fields
