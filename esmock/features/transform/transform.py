"""One transform: its state, its counts, its checkpoints, and how it runs on the clock.

Source: the classes TransformIndexer, TransformIndexerStats, TransformCheckpoint and the makers' YAML tests.
Differs: a run is over before the next request; a continuous transform that has groups by terms alone computes again those that
changed, any other its whole source.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, Unsupported
from esmock.features.transform import function
from esmock.features.transform.destination import make
from esmock.state import documents
from esmock.state.resolve import resolve
from esmock.state.write_request import WriteRequest
from esmock.xcontent import json_writer
from esmock.xcontent.units import parse_time

if TYPE_CHECKING:
    from esmock.features.transform.config import TransformConfig
    from esmock.state.cluster import Cluster

Json = Any
STARTED, STOPPED, FAILED = "started", "stopped", "failed"
_WEIGHT = 2.0 / 11
_RETRIES = 10


@dataclass(slots=True)
class Counts:
    """What a transform did; times in ms."""

    pages_processed: int = 0
    documents_processed: int = 0
    documents_indexed: int = 0
    documents_deleted: int = 0
    trigger_count: int = 0
    index_time_in_ms: int = 0
    index_total: int = 0
    index_failures: int = 0
    search_time_in_ms: int = 0
    search_total: int = 0
    search_failures: int = 0
    processing_time_in_ms: int = 0
    processing_total: int = 0
    delete_time_in_ms: int = 0
    exponential_avg_checkpoint_duration_ms: float = 0.0
    exponential_avg_documents_indexed: float = 0.0
    exponential_avg_documents_processed: float = 0.0

    def checkpoint_done(self, took_ms: int, indexed: int, processed: int) -> None:
        """Let the averages know of one more checkpoint."""
        names = ("checkpoint_duration_ms", "documents_indexed", "documents_processed")
        found = [getattr(self, f"exponential_avg_{name}") for name in names]
        is_first = not any(found)
        for name, old, new in zip(names, found, (took_ms, indexed, processed), strict=True):
            average = float(new) if is_first else _WEIGHT * new + (1 - _WEIGHT) * old
            setattr(self, f"exponential_avg_{name}", average)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far the source had come.

    Args:
        upper_ms: the end of what was read, where it is continuous; 0 otherwise.
        positions: (index, uuid, shard) to its newest sequence number.
    """

    number: int = 0
    at_ms: int = 0
    upper_ms: int = 0
    positions: tuple[tuple[tuple[str, str, int], int], ...] = ()


@dataclass(slots=True)
class Transform:
    """A configuration and what came of it."""

    config: TransformConfig
    state: str = STOPPED
    reason: str | None = None
    counts: Counts = field(default_factory=Counts)
    last: Checkpoint = field(default_factory=Checkpoint)
    changed_ms: int | None = None
    searched_ms: int | None = None
    failures: int = 0
    from_ms: int = 0
    timer: Any = None

    @property
    def is_running(self) -> bool:
        return self.state == STARTED

    def clone(self) -> Transform:
        """The same without its timer."""
        return replace(self, counts=replace(self.counts), timer=None)

    def start(self, cluster: Cluster, from_ms: int) -> None:
        """Begin to run, before the next request."""
        self.state, self.reason, self.failures = STARTED, None, 0
        self.from_ms = from_ms
        self.schedule(cluster, 0)

    def schedule(self, cluster: Cluster, delay_ms: int) -> None:
        """Run after a delay."""
        self.cancel()
        self.timer = cluster.clock.call_at(cluster.clock.now_ms() + delay_ms, lambda: self._tick(cluster))

    def cancel(self) -> None:
        """Do not run."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def stop(self) -> None:
        """Come to rest."""
        self.cancel()
        self.state, self.reason = STOPPED, None

    def _tick(self, cluster: Cluster) -> None:
        self.counts.trigger_count += 1
        try:
            self._run(cluster)
        except (ApiError, Unsupported) as error:
            self._failed(cluster, error)
            return
        self.failures = 0
        if self.config.is_continuous:
            self.schedule(cluster, self.config.frequency_ms)
        else:
            self.stop()

    def _failed(self, cluster: Cluster, error: ApiError | Unsupported) -> None:
        """Try again later; a failure that no retry mends, or one too many, ends it."""
        self.failures += 1
        most = self.config.settings.get("num_failure_retries", _RETRIES)
        endless = most == -1 or self.config.settings.get("unattended")
        if isinstance(error, Unsupported) or (self.failures > most and not endless):
            reason = str(error) if isinstance(error, Unsupported) else error.reason
            self.state = FAILED
            self.reason = f"task encountered more than {most} failures; latest failure: {reason}"
            self.timer = None
        else:
            self.schedule(cluster, self.config.frequency_ms)

    def _run(self, cluster: Cluster) -> None:
        now = cluster.clock.now_ms()
        if self.last.number and not self.config.is_continuous:
            return
        positions = self.positions(cluster)
        if self.last.number and positions == self.last.positions:
            return
        self.changed_ms = now
        upper = now - self._delay_ms() if self.config.is_continuous else 0
        query = self._query(cluster, upper)
        before = (self.counts.documents_indexed, self.counts.documents_processed)
        started = cluster.clock.monotonic_ns()
        if query is not None:
            self._pages(cluster, query)
        self._retain(cluster, now)
        took = (cluster.clock.monotonic_ns() - started) // 1_000_000
        self.counts.checkpoint_done(
            took, self.counts.documents_indexed - before[0], self.counts.documents_processed - before[1]
        )
        self.last = Checkpoint(self.last.number + 1, now, upper, positions)

    def _delay_ms(self) -> int:
        return int(parse_time(self.config.sync["time"]["delay"], "delay").millis)

    def _query(self, cluster: Cluster, upper_ms: int) -> Json:
        """What this run reads; None: nothing changed."""
        config = self.config
        if not config.is_continuous:
            return config.source["query"]
        if self.last.number:
            return function.changed(cluster, config, self.last.upper_ms, upper_ms)
        return {"bool": {"filter": [config.source["query"], function.span(config, self.from_ms, upper_ms)]}}

    def _pages(self, cluster: Cluster, query: Json) -> None:
        counts, after = self.counts, None
        types = make(cluster, self.config)
        while True:
            self.searched_ms = cluster.clock.now_ms()
            started = cluster.clock.monotonic_ns()
            try:
                page = function.page(cluster, self.config, query, after, self.config.page_size, types)
            except ApiError:
                counts.search_failures += 1
                raise
            counts.search_total += 1
            counts.search_time_in_ms += (cluster.clock.monotonic_ns() - started) // 1_000_000
            counts.processing_total += 1
            counts.pages_processed += 1
            counts.documents_processed += page.read
            if page.after is None:
                return
            self._index(cluster, page.documents)
            after = page.after

    def _index(self, cluster: Cluster, found: list[tuple[str, Json]]) -> None:
        from esmock.ingest.service import Chain, prepare

        started = cluster.clock.monotonic_ns()
        chain = Chain(cluster)
        for id_, source in found:
            write = WriteRequest("index", self.config.index, id_, source=json_writer.dumps(source))
            write.pipeline = self.config.dest.get("pipeline")
            try:
                if not prepare(cluster, write, chain)[1]:
                    documents.write(cluster, write)
            except ApiError:
                self.counts.index_failures += 1
                raise
            self.counts.documents_indexed += 1
        self.counts.index_total += 1
        self.counts.index_time_in_ms += (cluster.clock.monotonic_ns() - started) // 1_000_000

    def _retain(self, cluster: Cluster, now_ms: int) -> None:
        """Remove what the retention policy no longer keeps."""
        if self.config.retention is None:
            return
        from esmock.search.service import search_made

        time = self.config.retention["time"]
        oldest = now_ms - int(parse_time(time["max_age"], "max_age").millis)
        for index in resolve(cluster, [self.config.index]):
            index.refresh()
        old = {"range": {time["field"]: {"lt": oldest, "format": "epoch_millis"}}}
        found = search_made(cluster, [self.config.index], {"size": 10_000, "query": old, "_source": False})
        for hit in found.hits:
            documents.write(cluster, WriteRequest("delete", hit.index, hit.doc.doc_id))
        self.counts.documents_deleted += len(found.hits)

    def positions(self, cluster: Cluster) -> tuple[tuple[tuple[str, str, int], int], ...]:
        """The newest sequence number of every shard of the source."""
        indices = resolve(cluster, self.config.source["index"], function.LENIENT_OPEN)
        return tuple(
            ((index.name, index.uuid, number), shard.seq_no)
            for index in indices
            for number, shard in enumerate(index.shards)
        )

    def operations_behind(self, cluster: Cluster) -> int:
        """How many writes of the source came after the last checkpoint."""
        if not self.last.number:
            return 0
        known = dict(self.last.positions)
        return sum(max(0, newest - known.get(shard, -1)) for shard, newest in self.positions(cluster))
