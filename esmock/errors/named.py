"""Elasticsearch's own errors, one class each; the class gives the wire type, the package and the status.

Source: recordings of 7.10.2 and 8.19.21 (fixtures/recorded).
"""

from __future__ import annotations

from typing import Any

from esmock.errors.base import ApiError, StandIn


class Parsing(ApiError):
    """The query DSL's error; ``at`` is (line, column), without a line in binary bodies, where it is not told."""

    package = "org.elasticsearch.common"
    status = 400

    def __init__(self, reason: str, at: tuple[int, int] | None = None, *, cause: ApiError | None = None) -> None:
        super().__init__(reason, cause=cause, extra={"line": at[0], "col": at[1]} if at and at[0] >= 0 else None)


class ElasticsearchParse(ApiError):
    status = 400


class ElasticsearchStatus(ApiError):
    """An error whose status is that of what it tells of."""


class SettingsError(ApiError):
    java = "SettingsException"
    package = "org.elasticsearch.common.settings"


class Status(ApiError):
    java = "ElasticsearchStatusException"


class Security(ApiError):
    java = "ElasticsearchSecurityException"


class RoleRestriction(ApiError):
    java = "ElasticsearchRoleRestrictionException"
    status = 403


class Timeout(ApiError):
    """A wait that ran out.

    Args:
        told: it is the client's own (429), told in the body and in a header (Behaviour.timeouts_are_told), otherwise a 500.
    """

    java = "ElasticsearchTimeoutException"

    def __init__(self, reason: str, *, told: bool) -> None:
        more: dict[str, Any] = {"status": 429, "extra": {"timed_out": True}, "headers": {"X-Timed-Out": "?1"}} if told else {}
        super().__init__(reason, **more)


class ClusterEventTimeout(Timeout):
    java = "ProcessClusterEventTimeoutException"
    package = "org.elasticsearch.cluster.metadata"
    status = 503


class MediaTypeHeader(ApiError):
    """Attributes: names: the headers at fault."""

    status = 400
    package = "org.elasticsearch.rest"
    is_elasticsearch = True

    def __init__(self, names: tuple[str, ...], *, cause: ApiError) -> None:
        super().__init__(self.told(names, cause), cause=cause)
        self.names = names

    def told(self, names: tuple[str, ...], cause: ApiError) -> str:
        """The text of the error."""
        return f"Invalid media-type value on headers [{', '.join(names)}]"

    def _roots(self) -> list[ApiError]:
        return [StandIn(self)]


class ContentTypeHeader(MediaTypeHeader):
    def told(self, names: tuple[str, ...], cause: ApiError) -> str:
        return f"java.lang.IllegalArgumentException: {cause.reason}"


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
        index: the name; None where several were asked for.
        resource: ``resource.type``; none: no ``resource.*`` keys.
        expression: the names, where there is no single one.
        suffix: text after ``no such index [name]``.
        excluded_ds: there is a data stream of the name, which the API does not look at.
    """

    status = 404
    package = "org.elasticsearch.index"

    def __init__(
        self,
        index: str | None,
        *,
        resource: str | None = "index_or_alias",
        suffix: str = "",
        excluded_ds: bool = False,
        expression: list[str] | None = None,
    ) -> None:
        found: dict[str, Any] = {"resource.type": resource} if resource else {}
        if excluded_ds:
            found["excluded_ds"] = "true"
        if resource:
            several = expression is not None and len(expression) > 1
            found["resource.id"] = expression if several else expression[0] if expression else index
        if index is not None:
            found |= {"index_uuid": "_na_", "index": index}
        super().__init__(f"no such index [{'null' if index is None else index}]{suffix}", metadata=found)


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


class UnsupportedSelector(ApiError):
    status = 400
    package = "org.elasticsearch.indices"

    def __init__(self, expression: str) -> None:
        super().__init__(f"Index component selectors are not supported in this context but found selector in expression [{expression}]")


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


class OCCNotSupported(ApiError):
    status = 400
    package = "org.elasticsearch.index.engine"
    has_frames = False


class UpdateNotSupported(ApiError):
    status = 400
    package = "org.elasticsearch.index.engine"


class VersionConflict(ApiError):
    """Of the desired nodes."""

    status = 409
    package = "org.elasticsearch.cluster.desirednodes"


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


class SearchContextMissingNodes(ApiError):
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


class InvalidAggregationPath(InvalidPath):
    java = "InvalidAggregationPath"
    status = 500


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


class SnapshotError(ApiError):
    java = "SnapshotException"
    package = "org.elasticsearch.snapshots"


class SnapshotRestore(ApiError):
    package = "org.elasticsearch.snapshots"


class SnapshotNameAlreadyInUse(ApiError):
    status = 400
    package = "org.elasticsearch.snapshots"


class InvalidSnapshotName(ApiError):
    status = 400
    package = "org.elasticsearch.snapshots"


class ShardNotFound(ApiError):
    status = 404
    package = "org.elasticsearch.index.shard"


class ResponseHandlerFailure(ApiError):
    """What an answer of a shard was to be done with failed."""

    java = "ResponseHandlerFailureTransportException"
    package = "org.elasticsearch.transport"
    type = "response_handler_failure_transport_exception"


class EngineError(ApiError):
    java = "EngineException"
    package = "org.elasticsearch.index.engine"
