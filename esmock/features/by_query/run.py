"""Carrying out a job: search once, then write batch by batch.

Differs: who waits for a job does not wait for its limit on requests per second; the answer tells the time that
Elasticsearch would have waited. Jobs that nobody waits for keep to their limit (``running``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from esmock.errors import ApiError, IllegalArgument, VersionConflictEngine, raise_first
from esmock.features.by_query.change import Change, changed_by_script
from esmock.features.by_query.job import Job, Status
from esmock.search.request import TRACK_ALL, TRACK_NONE
from esmock.state import documents
from esmock.state.gate import narrowed
from esmock.state.write_request import WriteRequest
from esmock.state.write_target import make_indices
from esmock.xcontent import json_reader, json_writer
from esmock.xcontent.source_filter import filter_source

if TYPE_CHECKING:
    from esmock.search.result import SearchResult
    from esmock.state.cluster import Cluster

Json = Any
MAX_AUTO_SLICES = 20


@dataclass(slots=True)
class Done:
    """The end of a job.

    Attributes:
        failures: as the answer shows them.
        worst: the highest status among them; 200 without any.
        touched: names of the indices written to.
    """

    status: Status
    slices: list[Status] = field(default_factory=list)
    failures: list[Json] = field(default_factory=list)
    worst: int = 200
    touched: dict[str, None] = field(default_factory=dict)

    def failed(self, write: WriteRequest, error: ApiError, *, typed: bool) -> None:
        """Note the failure of a write."""
        peeled = error.peeled()
        shown: dict[str, Json] = {"index": write.index}
        if typed:
            shown["type"] = write.type or "_doc"
        shown.update({"id": write.doc_id, "cause": peeled.cause_body(), "status": peeled.status})
        self.failures.append(shown)
        self.worst = max(self.worst, peeled.status)


class Hits(Protocol):
    """Documents to be written, found here or on another server."""

    total: int

    def take(self, start: int, size: int) -> list[tuple[str, Any]]:
        """A batch: (index, document)."""

    def __len__(self) -> int: ...


class LocalHits:
    """What a search of this cluster found."""

    def __init__(self, result: SearchResult) -> None:
        self.result = result
        self.total = result.total or 0

    def take(self, start: int, size: int) -> list[tuple[str, Any]]:
        targets = self.result.targets
        hits = self.result.ordered[start : start + size]
        return [(targets[hit.shard].index, hit.leaf.segment.docs[hit.doc]) for hit in hits]

    def __len__(self) -> int:
        return len(self.result.ordered)


class Worker:
    """One slice of a job, or the whole of it: goes on by a batch whenever it is told to.

    Args:
        job: its part.
        found: what the search found.
    """

    def __init__(self, job: Job, found: Hits, status: Status) -> None:
        self.job = job
        self.found = found
        self.status = status
        status.total = found.total if job.max_docs is None else min(found.total, job.max_docs)
        self.at = 0
        self._params = _params(job)
        self._stopped = False

    def step(self, cluster: Cluster, done: Done) -> int:
        """Do the next batch. Returns after how many documents a limit makes it wait; 0 at the end. Raises the script's errors."""
        if self._stopped:
            return 0
        most, size = self.job.max_docs, self.job.search.size if self.job.search.size > 0 else 1000
        batch = self.found.take(self.at, size) if self.at < len(self.found) else []
        if not batch:
            return 0
        self.at += len(batch)
        self.status.batches += 1
        if most is not None:
            # ES: what a batch holds beyond the limit is lost, even if documents before it were left as they were
            batch = batch[: max(0, most - self.status.changed)]
        failures = len(done.failures)
        _write_all(cluster, self.job, list(_writes(cluster, self.job, self._params, batch, self.status)), self.status, done)
        self._stopped = len(done.failures) > failures or (most is not None and self.status.changed >= most)
        return 0 if self._stopped else len(batch)


def start(cluster: Cluster, job: Job, warn: Callable[[str], None]) -> list[Worker]:
    """Search. Returns who is to write what was found: one for each slice. Raises the errors of the searches, told together."""
    n_slices = job.slices or _auto_slices(cluster, job)
    if n_slices == 1:
        number = None if job.search.slice is None else job.search.slice.number
        status = Status(job.kind, requests_per_second=job.requests_per_second, slice_id=number)
        return [Worker(job, _search(cluster, job, warn), status)]
    rate = job.requests_per_second / n_slices
    parts = [replace(job.part(number, n_slices), requests_per_second=rate) for number in range(n_slices)]
    workers, failures = [], []
    for number, part in enumerate(parts):
        try:
            found = _search(cluster, part, warn)
        except ApiError as error:
            failures.append(error)
        else:
            workers.append(Worker(part, found, Status(job.kind, slice_id=number, requests_per_second=rate)))
    raise_first(failures)
    return workers


def finish(cluster: Cluster, job: Job, workers: list[Worker], done: Done, *, is_sliced: bool) -> None:
    """Join what the workers counted, refresh if asked to."""
    if not is_sliced:
        done.status = workers[0].status
    else:
        done.slices = [worker.status for worker in workers]
        for status in done.slices:
            done.status.add(status)
    if job.refresh:
        for name in done.touched:
            if name in cluster.indices:
                if cluster.gate is not None:
                    cluster.gate.permit("indices:admin/refresh", name)
                cluster.indices[name].refresh()


def run(cluster: Cluster, job: Job, warn: Callable[[str], None]) -> Done:
    """Do a job. Raises the errors of its search and its script."""
    workers = start(cluster, job, warn)
    done = Done(Status(job.kind, requests_per_second=job.requests_per_second))
    if job.found is not None and job.found.failures:
        done.failures, done.worst = job.found.failures, 500
    for worker in workers:
        while written := worker.step(cluster, done):
            if worker.status.requests_per_second != float("inf"):
                worker.status.throttled_ms += int(1000 * written / worker.status.requests_per_second)
    finish(cluster, job, workers, done, is_sliced=len(workers) > 1)
    return done


async def read_remote(cluster: Cluster, job: Job) -> None:
    """Search on the other server, aside, so that this one goes on. Raises what that search raises."""
    import asyncio

    from esmock.features.by_query.remote import RemoteSearch

    assert job.remote is not None
    job.found = await asyncio.to_thread(RemoteSearch(job.remote, job, cluster.behaviour).read)


def _auto_slices(cluster: Cluster, job: Job) -> int:
    from esmock.state.resolve import resolve

    counts = [index.n_shards for index in resolve(cluster, job.names, job.options)]
    return min([MAX_AUTO_SLICES, *counts]) if counts else 1


def _search(cluster: Cluster, job: Job, warn: Callable[[str], None]) -> Hits:
    if job.found is not None:
        return job.found
    from esmock.search.service import run as run_search

    job.names = narrowed(cluster, "indices:data/read/search", job.names, job.options)
    request = replace(job.search, track_total_hits=TRACK_ALL)
    assert request.track_total_hits != TRACK_NONE
    result = run_search(
        cluster, job.names, request, options=job.options, allow_partial=False, routing=job.routing, warn=warn, keep_all=True
    )
    return LocalHits(result)


def _params(job: Job) -> dict[str, Json]:
    """Those of the job's script, as it sees them."""
    if job.script is None:
        return {}
    from esmock.script.tree import fixed_params

    return fixed_params(job.script.params)


def _writes(
    cluster: Cluster, job: Job, params: dict[str, Json], batch: list[tuple[str, Any]], status: Status
) -> Iterator[WriteRequest]:
    """The writes of a batch; scripts run here. Raises what they raise."""
    for index, doc in batch:
        write = _write(cluster, job, index, doc)
        if job.script is not None:
            change = Change(index, _type_of(cluster, job, index, doc), doc.doc_id, doc.version, doc.routing, write)
            kept = changed_by_script(cluster, job, params, change)
            if kept is None:
                status.noops += 1
                continue
            write = kept
        yield write


def _type_of(cluster: Cluster, job: Job, index: str, doc: Any) -> str:
    """The mapping type of a document, found here or on another server (7.x)."""
    return str(doc.kind) if job.found is not None else cluster.indices[index].type_name or "_doc"


def _write(cluster: Cluster, job: Job, index: str, doc: Any) -> WriteRequest:
    """The write of one document before any script. Shapes: source as stored, filtered for a reindex that asks for it."""
    kind = _type_of(cluster, job, index, doc)
    held = None if job.kind == "reindex" or cluster.indices[index].mapping.context.lacks_seq_nos else doc.seq_no
    term = None if held is None else doc.primary_term
    if job.kind == "delete":
        return WriteRequest("delete", index, doc.doc_id, doc.routing, type=kind, if_seq_no=held, if_primary_term=term)
    if doc.visible_source is None if job.found is not None else not cluster.indices[index].mapping.source_enabled:
        typed = f"[{kind}]" if cluster.behaviour.mapping_types else ""
        raise IllegalArgument(f"[{index}]{typed}[{doc.doc_id}] didn't store _source")
    if job.kind == "update":
        return WriteRequest(
            "index",
            index,
            doc.doc_id,
            doc.routing,
            source=doc.visible_source,
            if_seq_no=held,
            if_primary_term=term,
            type=kind,
            pipeline=job.pipeline,
        )
    to = job.destination
    routing = doc.routing if to.routing in (None, "keep") else None
    if to.routing is not None and to.routing.startswith("="):
        routing = to.routing[1:]
    return WriteRequest(
        to.op_type,
        to.index,
        doc.doc_id,
        routing,
        source=_filtered(job, doc.visible_source),
        version=None if to.version_type == "internal" else doc.version,
        version_type=to.version_type,
        type=to.type,
        pipeline=to.pipeline,
        require_alias=job.require_alias,
    )


def _filtered(job: Job, source: bytes) -> bytes:
    wanted = job.source
    if wanted is None or not (wanted.includes or wanted.excludes):
        return source
    tree = json_reader.parse_stored(source)
    streamed = job.search.behaviour.source_streamed
    return json_writer.dumps(filter_source(tree, wanted.includes, wanted.excludes, streamed=streamed))


def _write_all(cluster: Cluster, job: Job, writes: list[WriteRequest], status: Status, done: Done) -> None:
    from esmock.ingest.service import Chain, prepare

    chain = Chain(cluster, job.user)
    typed = cluster.behaviour.mapping_types
    make_indices(cluster, writes)
    for write in writes:
        write.timeout = job.timeout
        try:
            if prepare(cluster, write, chain)[1]:
                status.noops += 1
                continue
            write.active_shards = job.active_shards
            outcome = documents.write(cluster, write)
        except VersionConflictEngine as error:
            status.version_conflicts += 1
            if not job.proceed:
                done.failed(write, error, typed=typed)
            continue
        except ApiError as error:
            done.failed(write, error, typed=typed)
            continue
        done.touched[outcome.index.name] = None
        _count(status, outcome.written.result)


def _count(status: Status, result: str) -> None:
    if result == "created":
        status.created += 1
    elif result == "updated":
        status.updated += 1
    elif result in ("deleted", "not_found"):
        status.deleted += 1
    else:
        status.noops += 1
