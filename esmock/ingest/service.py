"""The pipelines of a cluster, and running them on writes.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esmock.errors import (
    ApiError,
    ClassCast,
    IllegalArgument,
    IllegalState,
    NotXContent,
    ResourceNotFound,
    Unsupported,
)
from esmock.ingest.document import IngestDocument
from esmock.ingest.enrich.policy import policies
from esmock.ingest.environment import Environment
from esmock.ingest.java import cast_message
from esmock.ingest.processor import Metric
from esmock.state.date_math_name import concrete_name
from esmock.state.failure_place import marked
from esmock.state.resolve import glob
from esmock.xcontent import json_writer, reading
from esmock.xcontent.java_order import grown_order

if TYPE_CHECKING:
    from esmock.ingest.pipeline import Pipeline
    from esmock.state.cluster import Cluster
    from esmock.state.write_request import WriteRequest

Json = Any
NONE = "_none"
_NO_VERSIONS = (-3, -4)


class Pipelines:
    """The slot ``ingest`` of a cluster.

    Attributes:
        bodies: id to body as shown.
        was_used: whether there ever was a pipeline: the cluster state keeps an empty list.
    """

    def __init__(self, cluster: Cluster, bodies: dict[str, Json] | None = None) -> None:
        self._cluster = cluster
        self.bodies: dict[str, Json] = dict(bodies or {})
        self.was_used = bool(bodies)
        self._ready: dict[str, Pipeline] = {}
        self.total = Metric()

    def clone(self, cluster: Cluster) -> Pipelines:
        return Pipelines(cluster, self.bodies)

    @property
    def environment(self) -> Environment:
        from esmock.script.stored import script_service

        cluster = self._cluster
        folder = cluster.server_settings.node_settings.get("path.conf")
        return Environment(
            cluster.behaviour,
            script_service(cluster),
            self.pipeline,
            cluster.clock.now_ms,
            cluster.random,
            lambda: policies(cluster),
            Path(folder) / "ingest-geoip" if folder else None,
        )

    def read(self, id_: str, body: dict[str, Json]) -> Pipeline:
        """A pipeline from its body. Raises ElasticsearchParse, errors.Script."""
        from esmock.ingest.pipeline import Pipeline

        return Pipeline.read(id_, body, self.environment)

    def put(self, id_: str, body: dict[str, Json]) -> None:
        """Store a pipeline that can be read."""
        pipeline = self.read(id_, body)
        older = self._ready.get(id_)
        if older is not None:
            pipeline.take_over(older)
        self.bodies[id_] = body
        self.was_used = True
        self._ready[id_] = pipeline

    def statistics(self) -> dict[str, Json]:
        """The section ``ingest`` of node stats."""
        shown = {}
        for id_ in grown_order(self.bodies):
            pipeline = self.pipeline(id_)
            if pipeline is not None:
                shown[id_] = pipeline.statistics()
        return {"total": self.total.to_json(), "pipelines": shown}

    def pipeline(self, id_: str) -> Pipeline | None:
        """The pipeline of an id."""
        found = self._ready.get(id_)
        if found is None and id_ in self.bodies:
            found = self._ready[id_] = self.read(id_, self.bodies[id_])
        return found

    def find(self, names: Sequence[str]) -> dict[str, Json]:
        """Bodies by id, of ids and patterns; all of them for none."""
        if not names:
            return {id_: self.bodies[id_] for id_ in grown_order(self.bodies)}
        found: dict[str, Json] = {}
        for name in names:
            for id_ in self._matching(name):
                found.setdefault(id_, self.bodies[id_])
        return found

    def _matching(self, name: str) -> list[str]:
        if "*" in name:
            return [id_ for id_ in grown_order(self.bodies) if glob(name).match(id_)]
        return [name] if name in self.bodies else []

    def delete(self, name: str) -> None:
        """Remove what a name or pattern stands for. Raises ResourceNotFound."""
        found = self._matching(name)
        if not found and name != "*":
            raise ResourceNotFound(f"pipeline [{name}] is missing")
        for id_ in found:
            self._check_unused(id_)
        for id_ in found:
            del self.bodies[id_]
            self._ready.pop(id_, None)

    def _check_unused(self, id_: str) -> None:
        if not self._cluster.behaviour.has((7, 16)):
            return
        for kind in ("default", "final"):
            users = [
                index.name
                for index in self._cluster.indices.values()
                if index.settings.get(f"index.{kind}_pipeline") == id_
            ]
            if users:
                shown = ",".join(users[:3])
                raise IllegalArgument(
                    f"pipeline [{id_}] cannot be deleted because it is the {kind} pipeline for {len(users)} index(es) "
                    f"including [{shown}]"
                )


def pipelines(cluster: Cluster) -> Pipelines:
    """The cluster's pipelines."""
    found: Pipelines = cluster.slot("ingest", lambda: Pipelines(cluster))
    return found


class Chain:
    """The default and final pipeline of every index that a request names, looked up once.

    Args:
        user: what pipelines may know of who sends the request.
    """

    def __init__(self, cluster: Cluster, user: Json = None) -> None:
        self._cluster = cluster
        self.user = user
        self._known: dict[str, tuple[str, str]] = {}

    def of_index(self, name: str) -> tuple[str, str]:
        """Default and final pipeline; ``_none`` for none."""
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._find(name)
        return found

    def _find(self, name: str) -> tuple[str, str]:
        settings = self._settings(name)
        return settings.get("index.default_pipeline") or NONE, settings.get("index.final_pipeline") or NONE

    def _settings(self, name: str) -> dict[str, Any]:
        cluster = self._cluster
        index = cluster.indices.get(name)
        if index is None:
            holders = cluster.aliases().get(name, [])
            marked = [one for one in holders if one.aliases[name].get("is_write_index")]
            index = marked[0] if marked else holders[0] if len(holders) == 1 else None
        if index is not None:
            return index.settings
        if "templates" not in cluster.slots:
            return {}
        from esmock.state.create import find_templates

        return find_templates(cluster, name, {}, lambda _text: None).settings

    def is_idle(self, name: str | None) -> bool:
        """Whether an index has no pipelines of its own."""
        return self.of_index(name or "") == (NONE, NONE)

    def ids(self, write: WriteRequest) -> list[str]:
        """The pipelines that a write goes through."""
        default, final = self.of_index(write.index or "")
        first = write.pipeline if write.pipeline is not None else default
        return [id_ for id_ in (first, final) if id_ != NONE]


def run_pipelines(cluster: Cluster, write: WriteRequest, ids: Sequence[str], chain: Chain) -> list[str] | None:
    """Send a document through pipelines; the write is changed.

    Returns:
        The ids of all that ran; None: the document was dropped.

    Raises:
        ApiError: of an unknown pipeline, a source that cannot be read, or a processor.
    """
    registry = pipelines(cluster)
    waiting = list(ids)
    done: list[str] = []
    is_final = bool(waiting) and waiting[-1] == chain.of_index(write.index or "")[1]
    visited = [write.index]
    if "templates" in cluster.slots:
        write.sent = replace(write)
    while waiting:
        id_ = waiting.pop(0)
        pipeline = registry.pipeline(id_)
        if pipeline is None:
            raise IllegalArgument(f"pipeline with id [{id_}] does not exist")
        document = _document(cluster, write, chain.user)
        if not registry.total.measure(pipeline.execute, document):
            return None
        done.append(id_)
        before = write.index
        _apply(cluster, write, document)
        if write.index != before:
            if is_final and not waiting:
                write.index = before
                raise marked(IllegalState(f"final pipeline [{id_}] can't change the target index"), [id_])
            visited.append(write.index)
            if visited.count(write.index) > 1 and cluster.behaviour.has((8, 8)):
                write.index = before
                raise marked(
                    IllegalState(
                        f"index cycle detected while processing pipeline [{id_}] for document [{_java(write.doc_id)}]: "
                        f"[{', '.join(map(str, visited))}]"
                    ),
                    [id_],
                )
            default, final = chain.of_index(write.index or "")
            waiting = [one for one in ((default if document.rerouted else NONE), final) if one != NONE]
            is_final = final != NONE
    return done


def _java(text: str | None) -> str:
    return "null" if text is None else text


def _document(cluster: Cluster, write: WriteRequest, user: Json) -> IngestDocument:
    behaviour = cluster.behaviour
    if not write.source.lstrip().startswith(b"{") and not behaviour.wrapped_syntax_errors:
        raise NotXContent("Compressor detection can only be called on some xcontent bytes or compressed xcontent bytes")
    source = reading.read_map(write.source, "json", behaviour)
    metadata: dict[str, Json] = {"_index": write.index}
    if behaviour.mapping_types:
        metadata["_type"] = write.type or "_doc"
    metadata["_id"] = write.doc_id
    if write.routing is not None:
        metadata["_routing"] = write.routing
    metadata["_version"] = write.wanted_version
    metadata["_version_type"] = write.version_type
    return IngestDocument(source, metadata, cluster.clock.now_ms(), user)


def _apply(cluster: Cluster, write: WriteRequest, document: IngestDocument) -> None:
    """Take metadata and source out of a document. Raises ClassCast for metadata of a wrong kind."""
    fields = document.fields
    write.index = _resolved(cluster, _text(fields.get("_index")))
    write.doc_id = _text(fields.get("_id"))
    write.routing = _text(fields.get("_routing"))
    version = _whole(fields.get("_version"))
    if version is not None:
        write.version = None if version in _NO_VERSIONS else version
    kind = fields.get("_version_type")
    if kind is not None:
        write.version_type = {"external_gt": "external"}.get(_text(kind) or "", _text(kind) or "internal")
    seq_no, term = _whole(fields.get("_if_seq_no")), _whole(fields.get("_if_primary_term"))
    if term is not None or seq_no is not None:
        write.if_primary_term = term or write.if_primary_term or 0
    if seq_no is not None:
        write.if_seq_no = seq_no
    write.source = json_writer.dumps(document.source())


def _whole(value: Any) -> int | None:
    """A number of the metadata as a whole one. Raises ClassCast."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ClassCast(cast_message(value, "java.lang.Number"))
    return int(value)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise ClassCast(cast_message(value, "java.lang.String"))


def _resolved(cluster: Cluster, name: str | None) -> str | None:
    """A name with its date math worked out."""
    return None if name is None else concrete_name(cluster, name)


def prepare(cluster: Cluster, write: WriteRequest, chain: Chain) -> tuple[bool, bool]:
    """What happens to a write before it is carried out.

    Returns:
        Whether pipelines ran, and whether the document was dropped.

    Raises:
        ApiError: the write's own error.
    """
    target = write
    if write.op == "delete":
        return False, False
    if write.op == "update":
        upsert = _upsert_of(write)
        if upsert is None:
            return False, False
        target = upsert
    ids = chain.ids(write if target is write else _at(target, write.index))
    if not ids:
        return False, False
    if write.op != "update":
        return True, run_pipelines(cluster, write, ids, chain) is None
    dropped = run_pipelines(cluster, target, ids, chain) is None
    if dropped:
        raise Unsupported("a pipeline that drops the upsert of a bulk update")
    if write.update is not None:
        tree = reading.read_all(target.source, "json", cluster.behaviour)
        if write.update.doc_as_upsert:
            write.update.doc = tree
        else:
            write.update.upsert = tree
    return True, dropped


def _at(target: WriteRequest, index: str | None) -> WriteRequest:
    return replace(target, index=index)


def prepare_update(cluster: Cluster, write: WriteRequest, user: Json = None) -> None:
    """Have a single update send what it writes through the pipelines of its index."""
    chain = Chain(cluster, user)
    if chain.is_idle(write.index):
        return

    def transform(source: bytes, version: int) -> bytes:
        from esmock.state.write_request import WriteRequest

        target = WriteRequest(
            "index", write.index, write.doc_id, write.routing, source=source, version=version, type=write.type
        )
        if run_pipelines(cluster, target, chain.ids(target), chain) is None:
            # Elasticsearch's own mistake: it takes the answer for that of an index request.
            package = "org.elasticsearch.action."
            left, right = f"{package}update.UpdateResponse", f"{package}index.IndexResponse"
            raise ClassCast(
                f"class {left} cannot be cast to class {right} ({left} and {right} are in unnamed module of loader 'app')"
            )
        if (target.index, target.doc_id) != (write.index, write.doc_id):
            raise Unsupported("a pipeline that sends the document of an update elsewhere")
        return target.source

    write.transform = transform


def _upsert_of(write: WriteRequest) -> WriteRequest | None:
    """The document that an update may insert, as a write of its own."""
    from esmock.state.write_request import WriteRequest

    body = write.update
    if body is None:
        return None
    tree = body.doc if body.doc_as_upsert else body.upsert
    if tree is None:
        return None
    pipeline = None if body.doc_as_upsert else write.pipeline
    return WriteRequest("index", None, None, None, source=json_writer.dumps(tree), pipeline=pipeline, type=write.type)


def failed(error: ApiError) -> ApiError:
    """The error that is told: without the layers of processors."""
    return error.peeled()
