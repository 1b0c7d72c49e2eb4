"""Carrying out a job: search once, then write batch by batch.

Differs: a limit on requests per second is not waited for; the answer tells the time that Elasticsearch would have waited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument, VersionConflictEngine
from esmock.features.by_query.change import Change, changed_by_script
from esmock.features.by_query.job import Job, Status
from esmock.search.request import TRACK_ALL, TRACK_NONE
from esmock.state import documents
from esmock.state.write_request import WriteRequest
from esmock.xcontent import json_reader, json_writer
from esmock.xcontent.source_filter import filter_source

if TYPE_CHECKING:
    from esmock.search.execute import SearchResult
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

Json = Any
MAX_AUTO_SLICES = 20


@dataclass(slots=True)
class Done:
    """The end of a job.

    Attributes:
        failures: as the answer shows them.
        worst: the highest status among them; 200 without any.
    """

    status: Status
    slices: list[Status] = field(default_factory=list)
    failures: list[Json] = field(default_factory=list)
    worst: int = 200
    touched: dict[str, Index] = field(default_factory=dict)

    def failed(self, write: WriteRequest, error: ApiError, *, typed: bool) -> None:
        """Note the failure of a write."""
        peeled = error.peeled()
        shown: dict[str, Json] = {"index": write.index}
        if typed:
            shown["type"] = write.type or "_doc"
        shown.update({"id": write.doc_id, "cause": peeled.cause_body(), "status": peeled.status})
        self.failures.append(shown)
        self.worst = max(self.worst, peeled.status)


def run(cluster: Cluster, job: Job, warn: Callable[[str], None]) -> Done:
    """Do a job. Raises the errors of its search and its script."""
    n_slices = job.slices or _auto_slices(cluster, job)
    done = Done(Status(job.kind, requests_per_second=job.requests_per_second))
    if n_slices == 1:
        _run_part(cluster, job, done.status, done, warn)
    else:
        parts = [job.part(number, n_slices) for number in range(n_slices)]
        results = [_search(cluster, part, warn) for part in parts]
        for number, (part, result) in enumerate(zip(parts, results, strict=True)):
            rate = job.requests_per_second / n_slices
            status = Status(job.kind, slice_id=number, requests_per_second=rate)
            _run_hits(cluster, replace(part, requests_per_second=rate), result, status, done)
            done.slices.append(status)
            done.status.add(status)
    if job.refresh:
        for index in done.touched.values():
            index.refresh()
    return done


def _auto_slices(cluster: Cluster, job: Job) -> int:
    from esmock.state.resolve import resolve

    counts = [index.n_shards for index in resolve(cluster, job.names, job.options)]
    return min([MAX_AUTO_SLICES, *counts]) if counts else 1


def _run_part(cluster: Cluster, job: Job, status: Status, done: Done, warn: Callable[[str], None]) -> None:
    _run_hits(cluster, job, _search(cluster, job, warn), status, done)


def _search(cluster: Cluster, job: Job, warn: Callable[[str], None]) -> SearchResult:
    from esmock.search.service import run as run_search

    request = replace(job.search, track_total_hits=TRACK_ALL)
    assert request.track_total_hits != TRACK_NONE
    return run_search(
        cluster, job.names, request, options=job.options, allow_partial=False, routing=job.routing, warn=warn, keep_all=True
    )


def _run_hits(cluster: Cluster, job: Job, result: SearchResult, status: Status, done: Done) -> None:
    found = result.total or 0
    status.total = found if job.max_docs is None else min(found, job.max_docs)
    hits = result.ordered if job.max_docs is None else result.ordered[: job.max_docs]
    size = job.search.size if job.search.size > 0 else 1000
    for at in range(0, len(hits), size):
        if at and job.requests_per_second != float("inf"):
            status.throttled_ms += int(1000 * size / job.requests_per_second)
        status.batches += 1
        writes = _writes(cluster, job, result, hits[at : at + size], status)
        _write_all(cluster, job, list(writes), status, done)
        if done.failures:
            return


def _writes(cluster: Cluster, job: Job, result: SearchResult, hits: list[Any], status: Status) -> Iterator[WriteRequest]:
    """The writes of a batch; scripts run here. Raises what they raise."""
    for hit in hits:
        doc = hit.leaf.segment.docs[hit.doc]
        index = result.targets[hit.shard].index
        write = _write(cluster, job, index, doc)
        if job.script is not None:
            change = Change(index, doc.doc_id, doc.version, doc.routing, write)
            kept = changed_by_script(cluster, job, change)
            if kept is None:
                status.noops += 1
                continue
            write = kept
        yield write


def _write(cluster: Cluster, job: Job, index: str, doc: Any) -> WriteRequest:
    """The write of one document before any script. Shapes: source as stored, filtered for a reindex that asks for it."""
    if job.kind == "delete":
        return WriteRequest(
            "delete", index, doc.doc_id, doc.routing, if_seq_no=doc.seq_no, if_primary_term=doc.primary_term
        )
    if not cluster.indices[index].mapping.source_enabled:
        typed = "[_doc]" if cluster.behaviour.mapping_types else ""
        raise IllegalArgument(f"[{index}]{typed}[{doc.doc_id}] didn't store _source")
    if job.kind == "update":
        return WriteRequest(
            "index",
            index,
            doc.doc_id,
            doc.routing,
            source=doc.visible_source,
            if_seq_no=doc.seq_no,
            if_primary_term=doc.primary_term,
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

    chain = Chain(cluster)
    typed = cluster.behaviour.mapping_types
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
        done.touched[outcome.index.name] = outcome.index
        _count(status, outcome.written.result)


def _count(status: Status, result: str) -> None:
    if result == "created":
        status.created += 1
    elif result == "updated":
        status.updated += 1
    elif result in ("deleted", "not_found"):
        status.deleted += 1 if result == "deleted" else 0
    else:
        status.noops += 1
