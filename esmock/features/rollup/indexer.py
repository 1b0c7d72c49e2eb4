"""One run of the indexer: pages of a composite aggregation become rollup documents."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError
from esmock.features.rollup.document_id import rollup_id
from esmock.features.rollup.rights import BULK, SEARCH
from esmock.state import documents
from esmock.state.gate import narrowed
from esmock.state.resolve import OPEN
from esmock.state.write_request import WriteRequest
from esmock.xcontent import json_writer

if TYPE_CHECKING:
    from esmock.features.rollup.config import RollupJobConfig
    from esmock.features.rollup.job import RollupJob
    from esmock.state.cluster import Cluster

Json = Any
_STOP_STATES = ("stopping", "aborting", "stopped")
AGGREGATION = "rollup"


class Run:
    """A run, step by step, so that a test can hold it between two steps."""

    def __init__(self, job: RollupJob, cluster: Cluster) -> None:
        self._job = job
        self._cluster = cluster
        self._steps = self._work()

    def step(self) -> bool:
        """One step; False when the run is over."""
        return next(self._steps, None) is not None

    def _work(self) -> Iterator[bool]:
        job, config, stats = self._job, self._job.config, self._job.stats
        upper = config.date_histogram.round_down(self._cluster.clock.now_ms() - config.date_histogram.delay_ms)
        while True:
            started = self._cluster.clock.monotonic_ns()
            try:
                with job.rights.acting(self._cluster, SEARCH):
                    page = search_page(self._cluster, config, job.position, upper)
            except ApiError:
                stats.search_failures += 1
                return
            stats.search_total += 1
            stats.search_time_in_ms += (self._cluster.clock.monotonic_ns() - started) // 1_000_000
            if job.state in _STOP_STATES:
                return
            stats.pages_processed += 1
            stats.processing_total += 1
            if page is None:
                stats.search_failures += 1
                return
            buckets = page["buckets"]
            if not buckets:
                return
            stats.documents_processed += sum(bucket["doc_count"] for bucket in buckets)
            yield True
            self._index(buckets)
            if job.state in _STOP_STATES:
                return
            stats.index_total += 1
            job.position = page["after_key"]
            yield True

    def _index(self, buckets: list[Json]) -> None:
        config, stats = self._job.config, self._job.stats
        for bucket in buckets:
            write = WriteRequest(
                "index",
                config.rollup_index,
                rollup_id(config.id, bucket["key"]),
                source=json_writer.dumps(rollup_document(config, bucket)),
            )
            stats.rollups_indexed += 1
            try:
                with self._job.rights.acting(self._cluster, BULK):
                    documents.write(self._cluster, write)
            except ApiError:
                continue  # as in Elasticsearch: a failed item is logged and counted as indexed


def search_page(
    cluster: Cluster, config: RollupJobConfig, position: dict[str, Json] | None, upper: int
) -> dict[str, Json] | None:
    """The composite aggregation's next page, as the search API would print it; None where no index matches, and nothing aggregates."""
    from esmock.search.service import search

    date = config.date_histogram.field
    lower = 0 if position is None else position[f"{date}.date_histogram"]
    body = {
        "size": 0,
        "query": {"range": {date: {"gte": lower, "lt": upper, "format": "epoch_millis"}}},
        "aggs": {AGGREGATION: composite(config, position)},
    }
    result = search(cluster, narrowed(cluster, SEARCH, [config.index_pattern], OPEN), body, allow_partial=False)
    if result.aggregations is None:
        return None
    page: dict[str, Json] = json_writer.plain_tree(result.aggregations[AGGREGATION])
    return page


def composite(config: RollupJobConfig, position: dict[str, Json] | None) -> dict[str, Json]:
    """The composite aggregation of a job."""
    date = config.date_histogram
    sources: list[Json] = [
        {
            f"{date.field}.date_histogram": {
                "date_histogram": {"field": date.field, date.search_key: date.interval, "time_zone": date.zone_id}
            }
        }
    ]
    if config.histogram is not None:
        sources += [
            {
                f"{name}.histogram": {
                    "histogram": {"field": name, "interval": config.histogram.interval, "missing_bucket": True}
                }
            }
            for name in config.histogram.fields
        ]
    for name in config.terms:
        sources.append({f"{name}.terms": {"terms": {"field": name, "missing_bucket": True}}})
    body: dict[str, Json] = {"composite": {"size": config.page_size, "sources": sources}}
    if position is not None:
        body["composite"]["after"] = position
    metrics = metric_aggregations(config)
    if metrics:
        body["aggs"] = metrics
    return body


def metric_aggregations(config: RollupJobConfig) -> dict[str, Json]:
    """The sub-aggregations, named as the fields of the rollup document."""
    out: dict[str, Json] = {}
    for metric in config.metrics:
        for kind in metric.metrics:
            if kind == "avg":
                out[f"{metric.field}.avg.value"] = {"sum": {"field": metric.field}}
                out[f"{metric.field}.avg._count"] = {"value_count": {"field": metric.field}}
            else:
                out[f"{metric.field}.{kind}.value"] = {kind: {"field": metric.field}}
    return out


def rollup_document(config: RollupJobConfig, bucket: dict[str, Json]) -> dict[str, Json]:
    """The document for one composite bucket."""
    count = bucket["doc_count"]
    document: dict[str, Json] = {}
    for name, value in bucket["key"].items():
        field, _, kind = name.rpartition(".")
        prefix = f"{field}.{kind}"
        if kind == "date_histogram":
            date = config.date_histogram
            document[f"{prefix}.timestamp"] = value
            document[f"{prefix}.interval"] = date.interval
            document[f"{prefix}.time_zone"] = date.time_zone
        else:
            document[f"{prefix}.value"] = value
            if kind == "histogram" and config.histogram is not None:
                document[f"{prefix}.interval"] = config.histogram.interval
        document[f"{prefix}._count"] = count
    _add_metrics(config, bucket, document)
    document["_rollup.version"] = 2
    document["_rollup.id"] = config.id
    return document


def _add_metrics(config: RollupJobConfig, bucket: dict[str, Json], document: dict[str, Json]) -> None:
    for name in metric_aggregations(config):
        value = bucket[name]["value"]
        if value is None or not math.isfinite(value):
            continue
        if name.endswith(".avg.value") and bucket[f"{name[: -len('value')]}_count"]["value"] == 0:
            continue
        if name.endswith(".avg._count") and value == 0:
            continue
        document[name] = float(value)
