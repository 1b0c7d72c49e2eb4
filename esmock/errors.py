"""Every error that Elasticsearch answers with, and the one rendering of them all.

Raise anywhere; ``http/render.py`` turns the exception into a response. Where the protocol puts an error inside a 200 (bulk items,
multi-search, shard failures) the same ``cause_body`` is used. A class is named after Elasticsearch's class without ``Exception``;
its wire ``type`` is derived from the name as Elasticsearch derives it.

Source: recordings of 7.10.2 and 8.19.21 (fixtures/recorded).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

Json = Any

_METADATA_TABLE = 16


def _java_hash(text: str) -> int:
    code = 0
    for char in text:
        code = (31 * code + ord(char)) & 0xFFFFFFFF
    return code


def _bucket(key: str) -> int:
    code = _java_hash("es." + key)
    return (code ^ (code >> 16)) & (_METADATA_TABLE - 1)


def wire_type(name: str) -> str:
    """The wire type of a Java class name: ``IndexNotFoundException`` gives ``index_not_found_exception``."""
    name = name.removeprefix("Elasticsearch")
    return name[:1].lower() + re.sub(r"[A-Z]", lambda m: "_" + m[0].lower(), name[1:])


class ApiError(Exception):
    """An error that Elasticsearch itself would return.

    Args:
        reason: the message; None is rendered as JSON null.
        cause: the error this one wraps, shown as ``caused_by``.
        metadata: ``index``, ``index_uuid``, ``shard``, ``resource.id`` ...; rendered in the order of Java's hash map.
        extra: keys of this one class (``line``, ``col``, ``max_buckets`` ...), rendered after the metadata.
        suppressed: further errors, rendered last.
        headers: HTTP headers that the error adds to the response and to its own body.
        status: HTTP status, where it is not the class's.
    """

    status: int = 500
    java: ClassVar[str] = "ElasticsearchException"
    package: ClassVar[str] = "org.elasticsearch"
    type: str = "exception"
    is_elasticsearch: ClassVar[bool] = True
    """Whether the Java class extends ElasticsearchException: decides about root_cause and the text of stack traces."""
    is_wrapper: ClassVar[bool] = False
    has_frames: ClassVar[bool] = True

    def __init_subclass__(cls) -> None:
        own = cls.__dict__
        if "java" not in own:
            cls.java = cls.__name__ + "Exception"
        if "type" not in own:
            cls.type = wire_type(cls.java)

    def __init__(
        self,
        reason: str | None,
        *,
        cause: ApiError | None = None,
        metadata: Mapping[str, Any] | None = None,
        extra: Mapping[str, Json] | None = None,
        suppressed: Iterable[ApiError] = (),
        headers: Mapping[str, Any] | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cause = cause
        self.metadata: dict[str, Any] = dict(metadata or {})
        self.extra: dict[str, Json] = dict(extra or {})
        self.suppressed = list(suppressed)
        self.headers: dict[str, Any] = dict(headers or {})
        if status is not None:
            self.status = status

    def peeled(self) -> ApiError:
        """The error behind wrapper classes, as every rendering starts with it."""
        error = self
        while error.is_wrapper and error.cause is not None:
            error = error.cause
        return error

    def roots(self) -> list[ApiError]:
        """The entries of ``root_cause``."""
        return self.peeled()._roots()

    def _roots(self) -> list[ApiError]:
        if self.is_elasticsearch:
            if self.cause is not None and self.cause.is_elasticsearch:
                return self.cause._roots()
            return [self]
        return [StandIn(self)]

    def own_body(self, trace: Trace | None = None, *, causes: bool = True) -> dict[str, Json]:
        """This error as a JSON object, without ``root_cause``; ``trace`` adds a ``stack_trace`` at each level."""
        body: dict[str, Json] = {"type": self.type, "reason": self.reason}
        for key in sorted(self.metadata, key=_bucket):
            body[key] = self.metadata[key]
        body.update(self.extra)
        if causes and self.cause is not None:
            body["caused_by"] = self.cause.cause_body(trace)
        if self.headers:
            body["header"] = dict(self.headers)
        if trace is not None and self.status != 401:
            body["stack_trace"] = trace.text(self)
        if self.suppressed:
            body["suppressed"] = [one.own_body(trace, causes=causes) for one in self.suppressed]
        return body

    def cause_body(self, trace: Trace | None = None) -> dict[str, Json]:
        """This error as it stands in bulk items, shard failures and ``caused_by``."""
        return self.peeled().own_body(trace)

    def error_body(self, trace: Trace | None = None) -> dict[str, Json]:
        """The value of ``error``: ``root_cause`` first, then the error itself."""
        roots = [root.own_body(trace, causes=False) for root in self.roots()]
        return {"root_cause": roots, **self.cause_body(trace)}

    def body(self, trace: Trace | None = None) -> dict[str, Json]:
        """The whole response body."""
        return {"error": self.error_body(trace), "status": self.peeled().status}

    def chain(self) -> Iterator[ApiError]:
        """This error and its causes, outermost first."""
        error: ApiError | None = self
        while error is not None:
            yield error
            error = error.cause


class StandIn(ApiError):
    """What root_cause shows for an error that is not Elasticsearch's own class: same type and reason, nothing else."""

    java = "ElasticsearchException$1"

    def __init__(self, original: ApiError) -> None:
        super().__init__(original.reason, cause=None, status=original.status)
        self.original = original
        self.type = original.type


class SimpleError(ApiError):
    """An answer whose ``error`` is a bare string (405, 406, ...). ``extra`` keys follow ``status``."""

    def __init__(
        self,
        message: str,
        status: int,
        *,
        has_status: bool = True,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Json] | None = None,
    ) -> None:
        super().__init__(message, status=status, extra=extra)
        self.has_status = has_status
        self.response_headers = dict(headers or {})

    def body(self, trace: Trace | None = None) -> dict[str, Json]:
        if not self.has_status:
            return {"error": self.reason, **self.extra}
        return {"error": self.reason, "status": self.status, **self.extra}


class Unsupported(Exception):
    """esmock knows this of Elasticsearch and does not implement it. Answered with 501; never Elasticsearch's own answer."""

    status = 501

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    def body(self) -> dict[str, Json]:
        """The response body: an error type of esmock's own."""
        error = {"type": "esmock_unsupported", "reason": f"esmock does not support {self.what}"}
        return {"error": {"root_cause": [dict(error)], **error}, "status": self.status}


class Trace:
    """Renders Java stack traces: exact first lines, a few plausible frames.

    Args:
        qualified: whether errors print their class with package and message only (from 8.0), or as ``Name[message]``.
        module: the module prefix of frames (``org.elasticsearch.server@8.19.21/``), or nothing.
    """

    def __init__(self, *, qualified: bool, module: str = "") -> None:
        self.qualified = qualified
        self.module = module

    def text(self, error: ApiError) -> str:
        lines = [self.first_line(error), *self._frames(error)]
        for cause in list(error.chain())[1:]:
            lines.append("Caused by: " + self.first_line(cause))
            lines.extend(self._frames(cause)[:1])
            lines.append("\t... 3 more")
        return "\n".join(lines) + "\n"

    def first_line(self, error: ApiError) -> str:
        """What Java's ``toString`` gives for the error."""
        if isinstance(error, StandIn):
            if self.qualified:
                return f"org.elasticsearch.ElasticsearchException$1: {error.reason}"
            return f"[{error.reason}]; nested: {error.original.java}[{error.reason}];"
        own = getattr(error, "to_string", None)
        if own is not None:
            return str(own(self))
        return self._place(error) + self._core(error)

    def _core(self, error: ApiError) -> str:
        message = "" if error.reason is None else f": {error.reason}"
        if self.qualified or not error.is_elasticsearch:
            return f"{error.package}.{error.java}{message}"
        parts = [f"{one.java}[{one.reason}]" for one in error.chain()]
        if len(parts) == 1:
            return parts[0]
        return "; nested: ".join(parts) + ";"

    @staticmethod
    def _place(error: ApiError) -> str:
        index, uuid, shard = (error.metadata.get(key) for key in ("index", "index_uuid", "shard"))
        if index is None:
            return ""
        place = f"[{index}]" if uuid in (None, "_na_") else f"[{index}/{uuid}]"
        return place + (f"[[{index}][{shard}]]" if shard is not None else "") + " "

    def _frames(self, error: ApiError) -> list[str]:
        if not error.has_frames:
            return []
        module = self.module
        return [
            f"\tat {module}org.elasticsearch.action.support.TransportAction.execute(TransportAction.java:179)",
            f"\tat {module}org.elasticsearch.rest.RestController.dispatchRequest(RestController.java:236)",
            "\tat java.base/java.lang.Thread.run(Thread.java:840)",
        ]


class _Java(ApiError):
    """A plain Java exception: no metadata, and root_cause shows a stand-in for it."""

    package = "java.lang"
    is_elasticsearch = False
    java = "RuntimeException"


class IllegalArgument(_Java):
    status = 400


class NumberFormat(IllegalArgument):
    pass


class IllegalState(_Java):
    pass


class NullPointer(_Java):
    pass


class UnsupportedOperation(_Java):
    pass


class ClassCast(_Java):
    pass


class Arithmetic(_Java):
    pass


class IndexOutOfBounds(_Java):
    pass


class ArrayIndexOutOfBounds(_Java):
    pass


class StringIndexOutOfBounds(_Java):
    pass


class RuntimeError_(_Java):
    java = "RuntimeException"
    type = "runtime_exception"


class SecurityJava(_Java):
    java = "SecurityException"


class NoSuchElement(_Java):
    package = "java.util"


class EmptyStack(_Java):
    package = "java.util"


class ConcurrentModification(_Java):
    package = "java.util"


class PatternSyntax(IllegalArgument):
    package = "java.util.regex"


class ClassNotFound(_Java):
    pass


class IOError_(_Java):
    java = "IOException"
    package = "java.io"


class EOF(_Java):
    java = "EOFException"
    package = "java.io"


class FileNotFound(_Java):
    package = "java.io"


class NoSuchFile(_Java):
    package = "java.nio.file"


class AccessDenied(_Java):
    package = "java.nio.file"


class DateTimeParse(_Java):
    package = "java.time.format"


class DateTime(_Java):
    package = "java.time"


class ZoneRules(_Java):
    package = "java.time.zone"


class JsonParse(_Java):
    """Jackson's syntax error; its own status only on 7.x, where it reaches the top."""

    package = "com.fasterxml.jackson.core"
    status = 400


class JsonEOF(JsonParse):
    java = "JsonEOFException"
    package = "com.fasterxml.jackson.core.io"


class JacksonYaml(JsonParse):
    java = "JacksonYAMLParseException"
    package = "com.fasterxml.jackson.dataformat.yaml"


class MarkedYaml(JsonParse):
    java = "MarkedYAMLException"
    package = "com.fasterxml.jackson.dataformat.yaml.snakeyaml.error"


class _SnakeYaml(_Java):
    package = "org.yaml.snakeyaml"
    status = 400


class YamlScanner(_SnakeYaml):
    java = "ScannerException"


class YamlParser(_SnakeYaml):
    java = "ParserException"


class YamlReader(_SnakeYaml):
    java = "ReaderException"


class Yaml(_SnakeYaml):
    java = "YAMLException"


class CharConversion(_Java):
    package = "java.io"


class StreamConstraints(_Java):
    """A text beyond the JSON parser's limits (8.x)."""

    package = "com.fasterxml.jackson.core.exc"
    status = 400


class InputCoercion(_Java):
    package = "com.fasterxml.jackson.core.exc"


class NotXContent(_Java):
    package = "org.elasticsearch.common.compress"


class LuceneParse(_Java):
    """The query string grammar's syntax error; its wire type equals that of ElasticsearchParseException."""

    java = "ParseException"
    package = "org.apache.lucene.queryparser.classic"


class TooManyClauses(_Java):
    java = "TooManyClauses"
    package = "org.apache.lucene.search.IndexSearcher"


class EsRejectedExecution(_Java):
    package = "org.elasticsearch.common.util.concurrent"
    status = 429


class Validation(IllegalArgument):
    """Several messages in one: ``Validation Failed: 1: a;2: b;``."""

    package = "org.elasticsearch.common"

    def __init__(self, *messages: str) -> None:
        super().__init__("Validation Failed: " + "".join(f"{n}: {text};" for n, text in enumerate(messages, 1)))


class ActionRequestValidation(Validation):
    package = "org.elasticsearch.action"


class XContentParse(IllegalArgument):
    """A declarative parser's error; ``at`` is (line, column) and becomes the prefix of the reason."""

    java = "XContentParseException"
    package = "org.elasticsearch.xcontent"

    def __init__(self, reason: str, at: tuple[int, int] | None = None, *, cause: ApiError | None = None) -> None:
        super().__init__(f"[{at[0]}:{at[1]}] {reason}" if at else reason, cause=cause)

    def _roots(self) -> list[ApiError]:
        if self.cause is not None and (isinstance(self.cause, XContentParse) or self.cause.is_elasticsearch):
            return self.cause.roots()
        return super()._roots()


class XContentEOF(XContentParse):
    java = "XContentEOFException"


class NamedObjectNotFound(XContentParse):
    pass


class Parsing(ApiError):
    """The query DSL's error; ``at`` is (line, column)."""

    package = "org.elasticsearch.common"
    status = 400

    def __init__(self, reason: str, at: tuple[int, int] | None = None, *, cause: ApiError | None = None) -> None:
        super().__init__(reason, cause=cause, extra={"line": at[0], "col": at[1]} if at else None)


class ElasticsearchParse(ApiError):
    status = 400


class SettingsError(ApiError):
    java = "SettingsException"
    package = "org.elasticsearch.common.settings"


class Status(ApiError):
    java = "ElasticsearchStatusException"


class Security(ApiError):
    java = "ElasticsearchSecurityException"


class Timeout(ApiError):
    java = "ElasticsearchTimeoutException"


class MediaTypeHeader(ApiError):
    status = 400
    package = "org.elasticsearch.rest"
    is_elasticsearch = True

    def _roots(self) -> list[ApiError]:
        return [StandIn(self)]


class ContentTypeHeader(MediaTypeHeader):
    pass


class BadParameter(ApiError):
    status = 400
    package = "org.elasticsearch.rest.RestRequest"


class CircuitBreaking(ApiError):
    status = 429
    package = "org.elasticsearch.common.breaker"


class ClusterBlock(ApiError):
    status = 403
    package = "org.elasticsearch.cluster.block"


class MasterNotDiscovered(ApiError):
    status = 503
    package = "org.elasticsearch.discovery"


class NoSuchNode(ApiError):
    package = "org.elasticsearch.cluster"


class FailedNode(ApiError):
    package = "org.elasticsearch.action"


class NoSuchRemoteCluster(ApiError):
    status = 404
    package = "org.elasticsearch.transport"


class TaskCancelled(ApiError):
    status = 400
    package = "org.elasticsearch.tasks"


class ResourceNotFound(ApiError):
    status = 404


class ResourceAlreadyExists(ApiError):
    status = 400


class IndexNotFound(ApiError):
    """A missing index.

    Args:
        index: the name.
        resource: ``resource.type``; none: no ``resource.*`` keys.
        suffix: text after ``no such index [name]``.
    """

    status = 404
    package = "org.elasticsearch.index"

    def __init__(self, index: str, *, resource: str | None = "index_or_alias", suffix: str = "") -> None:
        found = {"resource.type": resource, "resource.id": index} if resource else {}
        super().__init__(f"no such index [{index}]{suffix}", metadata={**found, "index_uuid": "_na_", "index": index})


class IndexClosed(ApiError):
    status = 400
    package = "org.elasticsearch.indices"

    def __init__(self, index: str, uuid: str) -> None:
        super().__init__("closed", metadata={"index_uuid": uuid, "index": index})


class InvalidIndexName(ApiError):
    status = 400
    package = "org.elasticsearch.indices"

    def __init__(self, index: str, why: str) -> None:
        super().__init__(f"Invalid index name [{index}], {why}", metadata={"index_uuid": "_na_", "index": index})


class InvalidAliasName(ApiError):
    status = 400
    package = "org.elasticsearch.indices"


class InvalidTypeName(ApiError):
    status = 400
    package = "org.elasticsearch.indices"


class TypeMissing(ApiError):
    status = 404
    package = "org.elasticsearch.indices"


class AliasesNotFound(ApiError):
    status = 404
    package = "org.elasticsearch.rest.action.admin.indices"


class IndexTemplateMissing(ApiError):
    status = 404
    package = "org.elasticsearch.indices"


class InvalidIndexTemplate(ApiError):
    status = 400
    package = "org.elasticsearch.indices"


class MapperParsing(ApiError):
    status = 400
    package = "org.elasticsearch.index.mapper"


class DocumentParsing(MapperParsing):
    """What 8.8 and later raise for documents; ``at`` is (line, column)."""

    def __init__(self, reason: str, at: tuple[int, int] | None = None, *, cause: ApiError | None = None) -> None:
        super().__init__(f"[{at[0]}:{at[1]}] {reason}" if at else reason, cause=cause)


class StrictDynamicMapping(MapperParsing):
    pass


class VersionConflictEngine(ApiError):
    status = 409
    package = "org.elasticsearch.index.engine"
    has_frames = False


class DocumentMissing(ApiError):
    status = 404
    package = "org.elasticsearch.index.engine"


class DocumentSourceMissing(ApiError):
    status = 400
    package = "org.elasticsearch.index.engine"


class RoutingMissing(ApiError):
    status = 400
    package = "org.elasticsearch.action"


class NoShardAvailableAction(ApiError):
    status = 503
    package = "org.elasticsearch.action"


class UnavailableShards(ApiError):
    status = 503
    package = "org.elasticsearch.action"


class QueryShard(ApiError):
    status = 400
    package = "org.elasticsearch.index.query"


class SearchContextMissing(ApiError):
    status = 404
    package = "org.elasticsearch.search"


class Search(ApiError):
    package = "org.elasticsearch.search"


class SearchParse(ApiError):
    status = 400
    package = "org.elasticsearch.search"


class TooManyBuckets(ApiError):
    status = 503
    package = "org.elasticsearch.search.aggregations.MultiBucketConsumerService"


class TooManyScrollContexts(ApiError):
    status = 429
    package = "org.elasticsearch.search"


class AggregationExecution(ApiError):
    package = "org.elasticsearch.search.aggregations"


class InvalidPath(AggregationExecution):
    java = "InvalidPath"
    status = 400


class AggregationInitialization(ApiError):
    package = "org.elasticsearch.search.aggregations"


class Script(ApiError):
    status = 400
    package = "org.elasticsearch.script"


class GeneralScript(ApiError):
    package = "org.elasticsearch.script"


class IngestProcessor(ApiError):
    is_wrapper = True
    package = "org.elasticsearch.ingest"


class RepositoryMissing(ApiError):
    status = 404
    package = "org.elasticsearch.repositories"


class Repository(ApiError):
    package = "org.elasticsearch.repositories"


class RepositoryVerification(ApiError):
    package = "org.elasticsearch.repositories"


class SnapshotMissing(ApiError):
    status = 404
    package = "org.elasticsearch.snapshots"


class InvalidSnapshotName(ApiError):
    status = 400
    package = "org.elasticsearch.snapshots"


class ShardNotFound(ApiError):
    status = 404
    package = "org.elasticsearch.index.shard"


class EngineError(ApiError):
    java = "EngineException"
    package = "org.elasticsearch.index.engine"


class SearchPhaseExecution(ApiError):
    """A search that failed on shards or while reducing.

    Args:
        phase: ``query``, ``fetch``, ``can_match`` ...
        reason: ``all shards failed``, ``Partial shards failure`` or the empty string.
        failures: one (shard, index, node, error) per failed shard; grouped here by message, index and class.
        cause: set for failures outside any shard (reduce).
    """

    package = "org.elasticsearch.action.search"

    def __init__(
        self,
        phase: str,
        reason: str,
        failures: Iterable[tuple[int, str | None, str | None, ApiError]] = (),
        cause: ApiError | None = None,
    ) -> None:
        failures = list(failures)
        self.grouped = group_failures(failures)
        statuses = [error.peeled().status for _, _, _, error in failures]
        server_errors = [status for status in statuses if status >= 500]
        gateway = [status for status in statuses if 502 <= status <= 504]
        if not statuses:
            status = cause.peeled().status if cause else 503
        else:
            status = (gateway or server_errors[-1:] or statuses)[0]
        if cause is None and self.grouped and reason == "all shards failed":
            first = self.grouped[0][3].peeled()
            root = first.roots()[0]
            if isinstance(root, StandIn):
                root.cause = first
            cause = None if root is first else root
        super().__init__(reason, cause=cause, status=status)
        self.phase = phase

    def _roots(self) -> list[ApiError]:
        return [root for _, _, _, error in self.grouped for root in error.roots()]

    def own_body(self, trace: Trace | None = None, *, causes: bool = True) -> dict[str, Json]:
        self.extra = {
            "phase": self.phase,
            "grouped": True,
            "failed_shards": [failure_body(*one, trace=trace) for one in self.grouped],
        }
        return super().own_body(trace, causes=causes)

    def to_string(self, trace: Trace) -> str:
        shards = "".join(
            f"{{[{node}][{index}][{shard}]: {trace.first_line(error)}}}" for shard, index, node, error in self.grouped
        )
        return f"Failed to execute phase [{self.phase}], {self.reason}; shardFailures {shards}"


def group_failures(
    failures: Iterable[tuple[int, str | None, str | None, ApiError]],
) -> list[tuple[int, str | None, str | None, ApiError]]:
    """One failure per distinct (reason, index, class), the first one winning."""
    seen: dict[tuple[Any, ...], tuple[int, str | None, str | None, ApiError]] = {}
    for failure in failures:
        error = failure[3].peeled()
        seen.setdefault((error.reason, failure[1], error.type), failure)
    return list(seen.values())


def failure_body(
    shard: int, index: str | None, node: str | None, error: ApiError, *, trace: Trace | None = None
) -> dict[str, Json]:
    """One entry of ``failed_shards`` or ``_shards.failures``."""
    where: dict[str, Json] = {"shard": shard, "index": index}
    if node is not None:
        where["node"] = node
    return {**where, "reason": error.cause_body(trace)}
