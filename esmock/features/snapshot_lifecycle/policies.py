"""The snapshot policies of a cluster: their timers, what they took and removed.

Source: docs pages slm-apis of 7.10 to 9.5.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument, RepositoryMissing, ResourceNotFound
from esmock.features.snapshot_lifecycle.policy import SnapshotPolicy, check_interval
from esmock.state import snapshots
from esmock.state.date_math_name import concrete_name
from esmock.state.repositories import repositories
from esmock.state.resolve import IndicesOptions
from esmock.xcontent.units import parse_time_ms

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.snapshots import Snapshot

Json = Any
SLOT = "snapshot_lifecycles"
_LEAST = "slm.minimum_interval"


@dataclass(slots=True)
class Counts:
    """What a policy did."""

    taken: int = 0
    failed: int = 0
    deleted: int = 0
    deletion_failures: int = 0


@dataclass(frozen=True, slots=True)
class Invocation:
    """A snapshot that a policy took or failed to take."""

    snapshot: str
    started_ms: int
    ended_ms: int
    failure: str | None = None


@dataclass(slots=True)
class Entry:
    """A policy with its history."""

    policy: SnapshotPolicy
    version: int
    modified_ms: int
    success: Invocation | None = None
    failure: Invocation | None = None
    counts: Counts = field(default_factory=Counts)
    timer: Any = None
    next_ms: int | None = None


class SnapshotLifecycles:
    """The slot ``snapshot_lifecycles`` of a cluster.

    Attributes:
        retention_runs: how often old snapshots were looked for.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.entries: dict[str, Entry] = {}
        self.mode = "RUNNING"
        self.retention_runs = 0

    def clone(self, cluster: Cluster) -> SnapshotLifecycles:
        """The same for another cluster, with timers of their own."""
        twin = SnapshotLifecycles(cluster)
        twin.mode, twin.retention_runs = self.mode, self.retention_runs
        for name, one in self.entries.items():
            counts = Counts(one.counts.taken, one.counts.failed, one.counts.deleted, one.counts.deletion_failures)
            twin.entries[name] = Entry(one.policy, one.version, one.modified_ms, one.success, one.failure, counts)
            twin._schedule(twin.entries[name])
        return twin

    def put(self, policy: SnapshotPolicy) -> None:
        """Store a policy. Raises IllegalArgument."""
        cluster = self._cluster
        now = cluster.clock.now_ms()
        least = parse_time_ms(str(cluster.setting(_LEAST, "15m")), _LEAST)
        check_interval(policy, now, least)
        try:
            repositories(cluster).repository(policy.repository)
        except RepositoryMissing:
            raise IllegalArgument(f"no such repository [{policy.repository}]") from None
        older = self.entries.get(policy.id)
        if older is not None and older.timer is not None:
            older.timer.cancel()
        entry = Entry(policy, 1 if older is None else older.version + 1, now)
        if older is not None:
            entry.success, entry.failure, entry.counts = older.success, older.failure, older.counts
        self.entries[policy.id] = entry
        self._schedule(entry)

    def _schedule(self, entry: Entry) -> None:
        clock = self._cluster.clock
        entry.next_ms = entry.policy.next_ms(clock.now_ms())
        if entry.next_ms is None:
            return

        def trigger() -> None:
            if self.mode == "RUNNING":
                self._take(entry)
            self._schedule(entry)

        entry.timer = clock.call_at(entry.next_ms, trigger)

    def find(self, ids: list[str]) -> list[Entry]:
        """Policies by id, all for none. Raises ResourceNotFound where none of them is there."""
        if not ids:
            return list(self.entries.values())
        found = [self.entries[one] for one in ids if one in self.entries]
        if not found:
            raise ResourceNotFound(f"snapshot lifecycle policy or policies [{', '.join(ids)}] not found")
        return found

    def delete(self, id_: str) -> None:
        """Forget a policy. Raises ResourceNotFound."""
        entry = self.entries.pop(id_, None)
        if entry is None:
            raise ResourceNotFound(f"snapshot lifecycle policy not found: {id_}")
        if entry.timer is not None:
            entry.timer.cancel()

    def execute(self, id_: str) -> str:
        """Take a snapshot now; its name. Raises IllegalArgument."""
        entry = self.entries.get(id_)
        if entry is None:
            raise IllegalArgument(f"no such snapshot lifecycle policy [{id_}]")
        return self._take(entry)

    def _take(self, entry: Entry) -> str:
        cluster, policy = self._cluster, entry.policy
        now = cluster.clock.now_ms()
        name = f"{concrete_name(cluster, policy.name)}-{cluster.new_uuid().lower().replace('_', '-')}"
        config = policy.config or {}
        wanted = config.get("indices", [])
        try:
            snapshots.create(
                cluster,
                policy.repository,
                name,
                indices=wanted.split(",") if isinstance(wanted, str) else list(wanted),
                options=_options(config),
                include_global_state=config.get("include_global_state", True) in (True, "true"),
                metadata={**(config.get("metadata") or {}), "policy": policy.id},
            )
        except ApiError as error:
            entry.failure = Invocation(name, now, now, str(error.reason))
            entry.counts.failed += 1
        else:
            entry.success = Invocation(name, now, cluster.clock.now_ms())
            entry.counts.taken += 1
        return name

    def retain(self) -> None:
        """Remove what the retention of its policy no longer keeps."""
        self.retention_runs += 1
        cluster = self._cluster
        for entry in self.entries.values():
            if entry.policy.retention is None:
                continue
            known = repositories(cluster).repositories.get(entry.policy.repository)
            mine = [
                one
                for one in (known.snapshots.values() if known is not None else ())
                if (one.metadata or {}).get("policy") == entry.policy.id
            ]
            gone = self._expired(entry, sorted(mine, key=lambda one: one.started_ms))
            if gone:
                snapshots.delete(cluster, entry.policy.repository, gone)
                entry.counts.deleted += len(gone)

    def _expired(self, entry: Entry, oldest_first: list[Snapshot]) -> list[str]:
        retention = entry.policy.retention
        assert retention is not None
        now = self._cluster.clock.now_ms()
        gone: list[str] = []
        left = len(oldest_first)
        for one in oldest_first:
            too_many = retention.max_count is not None and left > retention.max_count
            too_old = retention.expire_after is not None and now - one.started_ms > retention.expire_after.millis
            if too_many or (too_old and left > (retention.min_count or 0)):
                gone.append(one.name)
                left -= 1
        return gone


def _options(config: dict[str, Json]) -> IndicesOptions:
    return IndicesOptions(
        expand=("open", "closed", "hidden"),
        ignore_unavailable=config.get("ignore_unavailable", False) in (True, "true"),
        forbid_closed=False,
    )


def snapshot_lifecycles(cluster: Cluster) -> SnapshotLifecycles:
    """The cluster's snapshot policies."""
    found: SnapshotLifecycles = cluster.slot(SLOT, lambda: SnapshotLifecycles(cluster))
    return found
