"""The watches of a cluster: put, run on the clock, acknowledged, switched on and off.

Source: answers of 6.8.23 (``watcher.json``).
Differs: watches and their history are in no index; a manual run that is to be recorded changes the status alone.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from esmock.errors import DocumentMissing, ResourceNotFound, VersionConflictEngine
from esmock.features.watcher import execution
from esmock.features.watcher.run_context import RunContext, Searching
from esmock.features.watcher.status import Status
from esmock.mapping.dates.formatter import DEFAULT, date_formatter

if TYPE_CHECKING:
    from esmock.features.watcher.execution import Order
    from esmock.features.watcher.watch import Watch
    from esmock.state.cluster import Cluster

Json = Any
SLOT = "watches"


@dataclass(slots=True)
class Entry:
    """A watch with how it stands."""

    watch: Watch
    status: Status
    version: int
    seq_no: int
    timer: Any = None

    def clone(self) -> Entry:
        return replace(self, status=self.status.clone(), timer=None)


class Watches:
    """The slot ``watches`` of a cluster.

    Args:
        search: how inputs search.

    Attributes:
        is_stopped: by hand; nothing runs by itself then.
    """

    def __init__(self, cluster: Cluster, search: Searching) -> None:
        self._cluster = cluster
        self._search = search
        self.entries: dict[str, Entry] = {}
        self.gone: dict[str, int] = {}
        self.is_stopped = False
        self._seq_no = -1

    def clone(self, cluster: Cluster) -> Watches:
        """The same for another cluster, with timers of their own."""
        twin = Watches(cluster, self._search)
        twin.gone, twin.is_stopped, twin._seq_no = dict(self.gone), self.is_stopped, self._seq_no
        for id_, entry in self.entries.items():
            twin.entries[id_] = entry.clone()
            twin._schedule(id_)
        return twin

    def moment(self, millis: int | None = None) -> str:
        """A time as text; now for none."""
        return date_formatter(DEFAULT).format_ms(self._cluster.clock.now_ms() if millis is None else millis)

    def _next(self) -> int:
        self._seq_no += 1
        return self._seq_no

    def put(self, id_: str, watch: Watch, *, active: bool, if_seq_no: int | None = None, if_term: int | None = None) -> Entry:
        """Store a watch. Raises VersionConflictEngine."""
        older = self.entries.get(id_)
        if if_seq_no is not None and (older is None or older.seq_no != if_seq_no or if_term != 1):
            self._conflict(id_, older, if_seq_no, if_term)
        version = older.version + 1 if older is not None else self.gone.pop(id_, 0) + 1
        if older is not None and older.timer is not None:
            older.timer.cancel()
        status = Status.fresh(active, self.moment(), [one.id for one in watch.actions])
        entry = self.entries[id_] = Entry(watch, status, version, self._next())
        self._schedule(id_)
        return entry

    def _conflict(self, id_: str, older: Entry | None, seq_no: int, term: int | None) -> None:
        now = "document does not exist" if older is None else f"current document has seqNo [{older.seq_no}] and primary term [1]"
        raise VersionConflictEngine(
            f"[{id_}]: version conflict, required seqNo [{seq_no}], primary term [{term}]. {now}",
            metadata={"index": ".watches", "shard": "0"},
        )

    def one(self, id_: str) -> Entry:
        """Raises ResourceNotFound."""
        found = self.entries.get(id_)
        if found is None:
            raise ResourceNotFound(f"Watch with id [{id_}] does not exist")
        return found

    def delete(self, id_: str) -> tuple[int, bool]:
        """Remove a watch; the version of that, and whether it was there."""
        entry = self.entries.pop(id_, None)
        version = entry.version + 1 if entry is not None else self.gone.get(id_, 0) + 1
        self.gone[id_] = version
        self._next()
        if entry is not None and entry.timer is not None:
            entry.timer.cancel()
        return version, entry is not None

    def acknowledge(self, id_: str, actions: list[str]) -> dict[str, Json]:
        """Acknowledge actions; the status, with the version before it. Raises ResourceNotFound."""
        entry = self.one(id_)
        version = entry.version
        if entry.status.acknowledge(self.moment(), actions):
            entry.version += 1
            entry.seq_no = self._next()
        return entry.status.body(version)

    def switch(self, id_: str, *, active: bool) -> dict[str, Json]:
        """Let it run by itself or not; the status. Raises DocumentMissing."""
        entry = self.entries.get(id_)
        if entry is None:
            raise DocumentMissing(
                f"[{id_}]: document missing" if self._cluster.behaviour.major >= 8 else f"[_doc][{id_}]: document missing",
                metadata={"index": ".watches", "shard": "0"},
            )
        entry.status.active, entry.status.active_at = active, self.moment()
        entry.version += 1
        entry.seq_no = self._next()
        self._schedule(id_)
        return entry.status.body(entry.version)

    def stop(self, *, stopped: bool) -> None:
        """Let no watch run by itself, or let them again."""
        self.is_stopped = stopped
        for id_ in self.entries:
            self._schedule(id_)

    def _schedule(self, id_: str) -> None:
        entry = self.entries[id_]
        if entry.timer is not None:
            entry.timer.cancel()
            entry.timer = None
        clock = self._cluster.clock
        due = entry.watch.schedule.next_ms(clock.now_ms())
        if due is None or not entry.status.active or self.is_stopped:
            return

        def trigger() -> None:
            if self.entries.get(id_) is entry:
                self.execute(id_, entry, execution.Order("schedule"), recorded=True)
                self._schedule(id_)

        entry.timer = clock.call_at(due, trigger)

    def execute(
        self, id_: str, entry: Entry, order: Order, *, recorded: bool, at: tuple[str | None, str | None] = (None, None)
    ) -> tuple[str, dict[str, Json]]:
        """Run a watch; id and record of the run.

        Args:
            recorded: its status is kept.
            at: when it was triggered and when it was to be; None: now.
        """
        now = self.moment()
        number = uuid.UUID(int=self._cluster.random.getrandbits(128), version=4)
        record_id = f"{id_}_{number}-{now}"
        ctx = RunContext(
            self._cluster, self._search, id_, record_id, now, at[0] or now, at[1] or now, metadata=entry.watch.metadata
        )
        status = entry.status if recorded else entry.status.clone()
        version = entry.version
        record = execution.run(entry.watch, status, version, order, ctx)
        if recorded:
            entry.version += 1
            entry.seq_no = self._next()
        return record_id, record

