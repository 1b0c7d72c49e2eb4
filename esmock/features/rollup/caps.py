"""Rollup capabilities, read from the mappings' ``_meta``. Docs: rollup-get-rollup-caps, rollup-get-rollup-index-caps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from esmock.features.rollup.intervals import CALENDAR_MS
from esmock.state.resolve import OPEN, IndicesOptions, resolve
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.version import RollupTraits

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
    return _grouped(configs, "index_pattern", cluster.behaviour.rollup)


def by_index(cluster: Cluster, names: list[str], options: IndicesOptions = OPEN) -> dict[str, Json]:
    """Capabilities of the jobs that write to the named indices. Raises as index resolution does."""
    configs = [
        config
        for index in resolve(cluster, names, options)
        for config in (job_configs(index) or {}).values()
    ]
    return _grouped(configs, "rollup_index", cluster.behaviour.rollup)


def _grouped(configs: Iterable[JobConfig], key: str, traits: RollupTraits) -> dict[str, Json]:
    groups: dict[str, list[JobConfig]] = {}
    for config in configs:
        groups.setdefault(config[key], []).append(config)
    return {
        name: {"rollup_jobs": [job_caps(config, traits) for config in sorted(groups[name], key=lambda one: one["id"])]}
        for name in hash_order(sorted(groups))
    }


def job_caps(config: JobConfig, traits: RollupTraits) -> dict[str, Json]:
    """What one job can answer."""
    return {
        "job_id": config["id"],
        "rollup_index": config["rollup_index"],
        "index_pattern": config["index_pattern"],
        "fields": field_caps(config, traits),
    }


def field_caps(config: JobConfig, traits: RollupTraits) -> dict[str, list[dict[str, Json]]]:
    """Field to its capabilities: groups first, then metrics in the order of the configuration.

    The fields and the keys of a date histogram come as a Java HashMap has them. Source: recordings of 6.8.23 (C1 to C16).
    """
    fields: dict[str, list[dict[str, Json]]] = {}
    groups = config["groups"]
    date = groups["date_histogram"]
    fields[date["field"]] = [_date_caps(date, traits)]
    histogram = groups.get("histogram")
    if histogram is not None:
        for name in histogram["fields"]:
            fields.setdefault(name, []).append({"agg": "histogram", "interval": histogram["interval"]})
    for name in (groups.get("terms") or {}).get("fields", ()):
        fields.setdefault(name, []).append({"agg": "terms"})
    for metric in config.get("metrics") or ():
        fields.setdefault(metric["field"], []).extend({"agg": kind} for kind in metric["metrics"])
    return {name: fields[name] for name in hash_order(fields)}


def _date_caps(date: dict[str, Json], traits: RollupTraits) -> dict[str, Json]:
    """A date histogram's capability; 7.2 and later name an interval of before as one of theirs."""
    found = {"agg": "date_histogram"}
    for key in ("fixed_interval", "calendar_interval", "interval"):
        if key in date:
            is_old = key == "interval" and traits.intervals_told_apart
            name = ("calendar_interval" if date[key] in CALENDAR_MS else "fixed_interval") if is_old else key
            found[name] = date[key]
    if "delay" in date:
        found["delay"] = date["delay"]
    found["time_zone"] = date.get("time_zone") or "UTC"
    return {key: found[key] for key in hash_order(found)}
