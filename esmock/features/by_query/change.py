"""What a script makes of a document on its way from a search to a write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import ClassCast, IllegalArgument, NullPointer
from esmock.ingest.java import cast_message
from esmock.script.tree import check_self_references
from esmock.xcontent import json_reader, json_writer
from esmock.xcontent.java_order import hash_ordered

if TYPE_CHECKING:
    from esmock.features.by_query.job import Job
    from esmock.state.cluster import Cluster
    from esmock.state.write_request import WriteRequest

Json = Any


@dataclass(frozen=True, slots=True)
class Change:
    """The document as found, and the write that it would be."""

    index: str
    type: str
    doc_id: str
    version: int
    routing: str | None
    write: WriteRequest


def changed_by_script(cluster: Cluster, job: Job, params: dict[str, Json], change: Change) -> WriteRequest | None:
    """Run the job's script; the write that it leaves, or None for a noop.

    Args:
        params: those of the script, as it sees them.

    Raises:
        errors.Script: whatever the script throws.
        IllegalArgument: metadata that may not be changed, an operation that there is not, further keys in ``ctx``.
    """
    from esmock.script.painless.runtime.values import HashMap, Long
    from esmock.script.stored import script_service
    from esmock.script.tree import from_script

    assert job.script is not None
    compiled = script_service(cluster).compile(job.script, "update")
    write = change.write
    source = json_reader.parse_stored(write.source)
    typed = {"_type": change.type} if cluster.behaviour.mapping_types else {}
    metadata = {
        "_index": change.index,
        **typed,
        "_id": change.doc_id,
        "_version": Long(change.version if _searches_versions(job) else -1),
        "_routing": change.routing,
    }
    ctx = HashMap({**metadata, "_source": _hash_maps(source), "op": "index"})
    compiled.run(params=params, ctx=ctx)
    op = ctx.pop("op", None)
    if op is None:
        raise IllegalArgument("Script cleared operation type")
    left = ctx.pop("_source", None)
    if left is not None and not isinstance(left, dict):
        raise ClassCast(cast_message(left, "java.util.Map"))
    check_self_references(left)
    write.source = json_writer.dumps(hash_ordered(from_script(left))) if left is not None else b"null"
    for name, old in metadata.items():
        new = ctx.pop(name, None)
        if new != old or type(new) is not type(old):
            _change_metadata(job, write, name, new)
    if op not in ("noop", "index", "delete"):
        raise IllegalArgument(f"Operation type [{op}] not allowed, only [noop, index, delete] are allowed")
    if op == "noop":
        return None
    if op == "delete":
        return _deletion(job, change)
    if ctx:
        raise IllegalArgument(f"Invalid fields added to context [{','.join(map(str, ctx))}]")
    return write


def _searches_versions(job: Job) -> bool:
    """Whether the search asks for versions: only for a reindex with a version type of its own."""
    return job.kind == "reindex" and job.destination.version_type != "internal"


def _hash_maps(tree: Json) -> Any:
    from esmock.script.painless.runtime.values import hash_maps

    return hash_maps(tree)


def _change_metadata(job: Job, write: WriteRequest, name: str, value: Any) -> None:
    if job.kind == "update":
        raise IllegalArgument(f"Modifying [{name}] not allowed")
    if name == "_index":
        if value is None:
            raise NullPointer("Can't reindex without a destination index!")
        write.index = str(value)
    elif name == "_id":
        write.doc_id = None if value is None else str(value)
    elif name == "_routing":
        write.routing = None if value is None else str(value)
    elif name == "_version":
        if value is None:
            write.version, write.version_type = None, "internal"
        else:
            write.version = int(value)
    elif name == "_type":
        if value is None:
            raise NullPointer("Can't reindex without a destination type!")
        write.type = str(value)


def _deletion(job: Job, change: Change) -> WriteRequest:
    from esmock.state.write_request import WriteRequest

    write = change.write
    if job.kind == "reindex":
        return WriteRequest("delete", write.index, write.doc_id, write.routing)
    return WriteRequest(
        "delete",
        write.index,
        write.doc_id,
        write.routing,
        if_seq_no=write.if_seq_no,
        if_primary_term=write.if_primary_term,
    )
