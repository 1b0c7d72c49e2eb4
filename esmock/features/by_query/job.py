"""What is to be done with the documents of a search, and what came of it.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from esmock.xcontent import json_writer

if TYPE_CHECKING:
    from esmock.features.by_query.remote import Found, Remote
    from esmock.script.script import Script
    from esmock.search.request import FetchSource, SearchRequest
    from esmock.state.resolve import IndicesOptions

Json = Any
ACTIONS = {
    "update": "indices:data/write/update/byquery",
    "delete": "indices:data/write/delete/byquery",
    "reindex": "indices:data/write/reindex",
}


@dataclass(frozen=True, slots=True)
class Destination:
    """``dest`` of a reindex; its mapping type is 7.x's."""

    index: str | None = None
    type: str | None = None
    op_type: str = "index"
    version_type: str = "internal"
    routing: str | None = None
    pipeline: str | None = None
    has_version_type: bool = False


@dataclass(slots=True)
class Job:
    """
    Args:
        kind: ``update``, ``delete`` or ``reindex``.
        search: its ``size`` is that of a batch.
        max_docs: None: all.
        slices: 0 for ``auto``.
        requests_per_second: infinity where there is no limit.
        refresh: whether what was written becomes searchable.
        user: what pipelines may know of who sends it.
        problems: what is wrong with the request, told before anything is done.
    """

    kind: str
    names: list[str]
    search: SearchRequest
    options: IndicesOptions
    routing: list[str] | None = None
    max_docs: int | None = None
    proceed: bool = False
    slices: int = 1
    requests_per_second: float = float("inf")
    refresh: bool = False
    script: Script | None = None
    pipeline: str | None = None
    destination: Destination = field(default_factory=Destination)
    source: FetchSource | None = None
    active_shards: int | str | None = None
    require_alias: bool = False
    is_sorted: bool = False
    remote: Remote | None = None
    sort: Json = None
    problems: list[str] = field(default_factory=list)
    timeout: str = "1m"
    user: Json = None
    found: Found | None = None
    """What another server's search found; None for a search here."""

    @property
    def description(self) -> str:
        """As tasks show it."""
        shown = f"[{', '.join(self.names)}]"
        if self.remote is not None:
            shown = f"{self._remote_text()}{shown}"
        if self.script is not None:
            shown += f" updated with {self.script.shown()}"
        if self.kind == "reindex":
            typed = "[_doc]" if self.search.behaviour.mapping_types else ""
            return f"reindex from {shown} to [{self.destination.index}]{typed}"
        return f"{self.kind}-by-query {shown}"

    def _remote_text(self) -> str:
        remote = self.remote
        assert remote is not None
        name = "" if remote.username is None else f" username={remote.username}"
        hidden = "" if remote.password is None else " password=<<>>"
        query = json_writer.dumps(remote.query or {"match_all": {"boost": 1.0}}).decode()
        return f"[scheme={remote.scheme} host={remote.host} port={remote.port} query={query}{name}{hidden}]"

    def part(self, number: int, maximum: int) -> Job:
        """One slice of the job."""
        from esmock.search.slice import Slice

        search = replace(self.search, slice=Slice(number, maximum))
        share = None
        if self.max_docs is not None:
            share = self.max_docs // maximum
        return replace(self, search=search, max_docs=share, slices=1)


@dataclass(slots=True)
class Status:
    """Counters of a job or of one of its slices.

    Attributes:
        waits_ms: how long it waits still.
    """

    kind: str
    total: int = 0
    updated: int = 0
    created: int = 0
    deleted: int = 0
    batches: int = 0
    version_conflicts: int = 0
    noops: int = 0
    throttled_ms: int = 0
    requests_per_second: float = float("inf")
    slice_id: int | None = None
    cancelled: bool = False
    waits_ms: int = 0

    @property
    def changed(self) -> int:
        """How many documents it wrote or deleted."""
        return self.updated + self.created + self.deleted

    def add(self, other: Status) -> None:
        """Join a slice's counters."""
        for name in ("total", "updated", "created", "deleted", "batches", "version_conflicts", "noops", "throttled_ms"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def to_json(self, *, human: bool = False, whole: bool = False) -> dict[str, Json]:
        """``whole``: with the counters that jobs of the kind leave at zero, as tasks show it."""
        body: dict[str, Json] = {} if self.slice_id is None else {"slice_id": self.slice_id}
        body["total"] = self.total
        if whole or self.kind != "delete":
            body["updated"] = self.updated
        if whole or self.kind == "reindex":
            body["created"] = self.created
        body["deleted"] = self.deleted
        body["batches"] = self.batches
        body["version_conflicts"] = self.version_conflicts
        body["noops"] = self.noops
        body["retries"] = {"bulk": 0, "search": 0}
        if human:
            body["throttled"] = _shown_time(self.throttled_ms)
        body["throttled_millis"] = self.throttled_ms
        rate = self.requests_per_second
        body["requests_per_second"] = -1.0 if rate == float("inf") else json_writer.F32(rate)
        if self.cancelled:
            body["canceled"] = "by user request"
        if human:
            body["throttled_until"] = _shown_time(self.waits_ms)
        body["throttled_until_millis"] = self.waits_ms
        return body


def _shown_time(millis: int) -> str:
    if millis == 0:
        return "0s"
    if millis < 1000:
        return f"{millis}ms"
    shown = f"{int(millis / 100) / 10:g}"
    return f"{shown}s"
