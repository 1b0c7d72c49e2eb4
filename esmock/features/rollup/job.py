"""One rollup job: its state machine, position and statistics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from esmock.features.cron import Cron
from esmock.features.rollup.indexer import Run

if TYPE_CHECKING:
    from esmock.clock import Timer
    from esmock.features.rollup.config import RollupJobConfig
    from esmock.features.rollup.rights import Rights
    from esmock.state.cluster import Cluster
    from esmock.version import RollupTraits

Json = Any
STARTED, INDEXING, STOPPING, STOPPED, ABORTING = "started", "indexing", "stopping", "stopped", "aborting"


@dataclass(slots=True)
class Stats:
    """Counters of a job, in the order in which they are printed; times in milliseconds."""

    pages_processed: int = 0
    documents_processed: int = 0
    rollups_indexed: int = 0
    trigger_count: int = 0
    index_time_in_ms: int = 0
    index_total: int = 0
    index_failures: int = 0
    search_time_in_ms: int = 0
    search_total: int = 0
    search_failures: int = 0
    processing_time_in_ms: int = 0
    processing_total: int = 0

    def body(self, traits: RollupTraits) -> dict[str, int]:
        """As get-jobs prints them."""
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        return told if traits.counts_processing else {name: n for name, n in told.items() if not name.startswith("processing")}


@dataclass(slots=True)
class RollupJob:
    """A job and where it stands.

    Attributes:
        rights: with which its runs read and write.
        position: composite source name to value; None before the first page.
        run: the run in progress, if any.
        is_held: a run pauses before its next step; tests use it to see a job ``indexing``.
    """

    config: RollupJobConfig
    allocation_id: int
    rights: Rights
    state: str = STOPPED
    position: dict[str, Json] | None = None
    stats: Stats = field(default_factory=Stats)
    run: Run | None = None
    is_held: bool = False
    timer: Timer | None = None

    def clone(self) -> RollupJob:
        """A job that stands at the same place; a run in progress starts anew from there."""
        state = STARTED if self.state == INDEXING else STOPPED if self.state == STOPPING else self.state
        position = None if self.position is None else dict(self.position)
        return replace(self, state=state, position=position, stats=replace(self.stats), run=None, timer=None)

    def schedule(self, cluster: Cluster, trigger: Callable[[], None]) -> None:
        """Ask the clock for the next tick of the cron."""
        due = Cron(self.config.cron).next_ms(cluster.clock.now_ms())
        if due is not None:
            self.timer = cluster.clock.call_at(due, trigger)

    def cancel(self) -> None:
        """Forget the timer."""
        if self.timer is not None:
            self.timer.cancel()

    def tick(self, cluster: Cluster) -> None:
        """What a cron trigger does."""
        if self.state != STARTED:
            return
        self.state = INDEXING
        self.stats.trigger_count += 1
        self.run = Run(self, cluster)
        self.proceed()

    def proceed(self) -> None:
        """Go on with the run until it ends or is held."""
        while self.run is not None and not self.is_held:
            if not self.run.step():
                self.run = None
                self.state = STOPPED if self.state in (STOPPING, STOPPED) else STARTED

    def stop(self) -> None:
        """Ask the job to stop; a run in progress notices at its next check."""
        if self.state == STARTED:
            self.state = STOPPED
        elif self.state == INDEXING:
            self.state = STOPPING

    def status_body(self, *, upgraded_doc_id: bool) -> dict[str, Json]:
        body: dict[str, Json] = {"job_state": self.state}
        if self.position is not None:
            body["current_position"] = {key: self.position[key] for key in sorted(self.position)}
        if upgraded_doc_id:
            body["upgraded_doc_id"] = True
        return body
