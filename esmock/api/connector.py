"""Connectors, their sync jobs and secrets. Docs: connector-apis.

Source: the module ent-search of 8.12 to 9.x and the makers' YAML tests; no engine that could be asked has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import boolean, integer, names, string
from esmock.api.request import Request, Response
from esmock.errors import IllegalArgument
from esmock.features.connector import connector as documents
from esmock.features.connector import parsers, sync_job
from esmock.features.connector.store import connectors
from esmock.mapping.dates.formatter import DEFAULT, date_formatter
from esmock.xcontent.object_parser import (
    Field,
    Parser,
    anything,
    custom,
    long_,
    mapping,
    object_,
    objects,
)
from esmock.xcontent.object_parser import boolean as boolean_field
from esmock.xcontent.object_parser import string as text
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.features.connector.connector import Document
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
Change = Callable[["Document", Mapping[str, Json], str], "Document"]
"""(document, body, now) -> what is set."""
SINCE = (8, 12)
_ACTION = "cluster:admin/xpack/connector/"
PAGE = {"from": integer(0), "size": integer(100)}


def now(cluster: Cluster) -> str:
    """The current instant as it is kept."""
    return date_formatter(DEFAULT).format_ms(cluster.clock.now_ms())


def reader(parser: Parser) -> Callable[[Request], Any]:
    """A body parser."""
    return lambda request: parser.parse(request.required_json(), Reading(request.behaviour, request.warn))


_CREATE = Parser(
    "connector_put_request",
    text("description", nullable=True),
    text("index_name", nullable=True),
    boolean_field("is_native", nullable=True),
    text("language", nullable=True),
    text("name", nullable=True),
    text("service_type", nullable=True),
)


def _creation(request: Request) -> dict[str, Json]:
    return reader(_CREATE)(request) if request.content else {}


@endpoint(
    "connector.put",
    "PUT /_connector/{connector_id}",
    "PUT /_connector",
    docs="create-connector-api",
    body=_creation,
    action=f"{_ACTION}put",
    since=SINCE,
)
def put(cluster: Cluster, request: Request) -> Response:
    """Store a connector under an id."""
    return _made(cluster, request.part("connector_id") or cluster.new_doc_id(), request.parsed)


@endpoint(
    "connector.post",
    "POST /_connector",
    docs="create-connector-api",
    body=_creation,
    action=f"{_ACTION}post",
    since=SINCE,
)
def post(cluster: Cluster, request: Request) -> Response:
    """Store a connector under an id of the server's."""
    return _made(cluster, cluster.new_doc_id(), request.parsed)


def _made(cluster: Cluster, id_: str, given: Mapping[str, Json]) -> Response:
    known = connectors(cluster)
    known.check_index(id_, given.get("index_name"))
    made = documents.fresh(given, now(cluster))
    is_new = id_ not in known.connectors.by_id
    known.connectors.by_id[id_] = made
    return Response(201 if is_new else 200, {"result": "created" if is_new else "updated", "id": id_})


_DELETED = {"include_deleted": boolean(False, since=(8, 17))}


@endpoint(
    "connector.get",
    "GET /_connector/{connector_id}",
    params=_DELETED,
    docs="get-connector-api",
    action=f"{_ACTION}get",
    since=SINCE,
)
def get(cluster: Cluster, request: Request) -> Response:
    """A connector."""
    id_ = request.part("connector_id")
    found = connectors(cluster).living(id_, deleted=bool(request.param("include_deleted")))
    return Response(200, documents.body(id_, found))


@endpoint(
    "connector.list",
    "GET /_connector",
    params={
        **PAGE,
        "index_name": names(),
        "connector_name": names(),
        "service_type": names(),
        "query": string(),
        **_DELETED,
    },
    docs="list-connector-api",
    action=f"{_ACTION}list",
    since=SINCE,
)
def list_(cluster: Cluster, request: Request) -> Response:
    """Connectors by index, page by page."""
    with_deleted = bool(request.param("include_deleted"))
    found = [
        documents.body(id_, one)
        for id_, one in connectors(cluster).connectors.by_id.items()
        if (with_deleted or not one.get("deleted")) and _is_wanted(id_, one, request)
    ]
    found.sort(key=lambda one: (one.get("index_name") is None, one.get("index_name") or ""))
    return page(request, found)


def _is_wanted(id_: str, one: Document, request: Request) -> bool:
    for param, field in (("index_name", "index_name"), ("connector_name", "name"), ("service_type", "service_type")):
        wanted = request.param(param)
        if wanted and one.get(field) not in wanted:
            return False
    query = request.param("query")
    texts = (id_, one.get("name"), one.get("description"), one.get("index_name"))
    return query is None or any(query.lower() in (text_ or "").lower() for text_ in texts)


def page(request: Request, found: list[Document]) -> Response:
    """A page of a list. Raises IllegalArgument."""
    first, size = request.param("from"), request.param("size")
    for name, value in (("from", first), ("size", size)):
        if value < 0:
            raise IllegalArgument(f"Parameter [{name}] cannot be a negative number")
    return Response(200, {"count": len(found), "results": found[first : first + size]})


@endpoint(
    "connector.delete",
    "DELETE /_connector/{connector_id}",
    params={"delete_sync_jobs": boolean(False), "hard": boolean(False, since=(9, 0))},
    docs="delete-connector-api",
    action=f"{_ACTION}delete",
    since=SINCE,
)
def delete(cluster: Cluster, request: Request) -> Response:
    """Remove a connector; it can still be seen where it was not removed for good."""
    known, id_ = connectors(cluster), request.part("connector_id")
    known.living(id_)
    if request.param("hard") or not request.behaviour.has((8, 17)):
        del known.connectors.by_id[id_]
    else:
        known.connectors.change(id_, {"deleted": True})
    if request.param("delete_sync_jobs"):
        jobs = known.jobs.by_id
        known.jobs.by_id = {name: one for name, one in jobs.items() if one["connector"]["id"] != id_}
    return acknowledged()


def _updates(
    name: str, route: str, change: Change, *fields: Field, docs: str, since: tuple[int, int] = SINCE, **rules: Any
) -> None:
    """Declare an endpoint that sets parts of a connector."""
    parser = Parser(f"connector_{name}_request", *fields, **rules)

    @endpoint(
        f"connector.{name}",
        f"PUT /_connector/{{connector_id}}/{route}",
        docs=docs,
        body=reader(parser) if fields else lambda request: {},
        action=f"{_ACTION}{name}",
        since=since,
    )
    def update(cluster: Cluster, request: Request) -> Response:
        known, id_ = connectors(cluster), request.part("connector_id")
        document = known.living(id_)
        changes = change(document, request.parsed, now(cluster))
        if "index_name" in changes:
            known.check_index(id_, changes["index_name"])
        known.connectors.change(id_, changes)
        return Response(200, {"result": "updated"})


def _given(document: Document, given: Mapping[str, Json], at: str) -> Document:
    return dict(given)


def _native(document: Document, given: Mapping[str, Json], at: str) -> Document:
    documents.check_index(document.get("index_name"), is_native=given["is_native"])
    return {"is_native": given["is_native"], "status": "configured"}


def _index(document: Document, given: Mapping[str, Json], at: str) -> Document:
    documents.check_index(given.get("index_name"), is_native=document["is_native"])
    return dict(given)


def _error(document: Document, given: Mapping[str, Json], at: str) -> Document:
    return {"error": given["error"], "status": "connected" if given["error"] is None else "error"}


def _schedules(document: Document, given: Mapping[str, Json], at: str) -> Document:
    return {"scheduling": {**document["scheduling"], **given["scheduling"]}}


_updates(
    "update_name",
    "_name",
    _given,
    text("name"),
    text("description"),
    docs="update-connector-name-description-api",
    one_of=[("name", "description")],
)
_updates("update_error", "_error", _error, parsers.ERROR, docs="update-connector-error-api", one_of=[("error",)])
_updates(
    "update_configuration",
    "_configuration",
    lambda document, given, at: documents.configure(document, given),
    custom("configuration", ("START_OBJECT",), parsers.configuration),
    mapping("values"),
    docs="update-connector-configuration-api",
    one_of=[("configuration", "values")],
)
_updates(
    "update_pipeline",
    "_pipeline",
    _given,
    object_("pipeline", parsers.PIPELINE, required=True),
    docs="update-connector-pipeline-api",
)
_updates(
    "update_scheduling",
    "_scheduling",
    _schedules,
    object_("scheduling", parsers.SCHEDULING, required=True),
    docs="update-connector-scheduling-api",
)
_updates(
    "update_service_type",
    "_service_type",
    lambda document, given, at: {**given, "configuration": {}, "status": "needs_configuration"},
    text("service_type", required=True),
    docs="update-connector-service-type-api",
)
_updates(
    "update_index_name",
    "_index_name",
    _index,
    custom("index_name", ("VALUE_STRING", "VALUE_NULL"), lambda body, key, reading: body[key]),
    docs="update-connector-index-name-api",
    one_of=[("index_name",)],
)
_updates(
    "update_native", "_native", _native, boolean_field("is_native", required=True), docs="update-connector-native-api"
)
_updates(
    "update_status",
    "_status",
    lambda document, given, at: documents.transition(document, given["status"]),
    parsers.one_of("status", documents.STATUSES, "ConnectorStatus", required=True),
    docs="update-connector-status-api",
)
_updates(
    "update_api_key_id",
    "_api_key_id",
    _given,
    text("api_key_id", nullable=True),
    text("api_key_secret_id", nullable=True),
    docs="update-connector-api-key-id-api",
    one_of=[("api_key_id", "api_key_secret_id")],
)
_updates(
    "update_features", "_features", _given, mapping("features", required=True), docs="update-connector-features-api"
)
_updates(
    "update_filtering",
    "_filtering",
    documents.draft,
    anything("filtering"),
    objects("rules", parsers.RULE),
    object_("advanced_snippet", parsers.SNIPPET),
    docs="update-connector-filtering-api",
)
_updates(
    "update_filtering_validation",
    "_filtering/_validation",
    lambda document, given, at: documents.validate_draft(document, given["validation"]),
    object_("validation", parsers.VALIDATION, required=True),
    docs="update-connector-filtering-validation-api",
)
_updates(
    "update_active_filtering",
    "_filtering/_activate",
    lambda document, given, at: documents.activate_draft(document),
    docs="update-connector-active-filtering-api",
)
_updates("check_in", "_check_in", lambda document, given, at: {"last_seen": at}, docs="check-in-connector-api")
_updates(
    "last_sync",
    "_last_sync",
    _given,
    text("last_access_control_sync_error", nullable=True),
    text("last_access_control_sync_scheduled_at", nullable=True),
    parsers.one_of("last_access_control_sync_status", sync_job.STATUSES, "ConnectorSyncStatus"),
    long_("last_deleted_document_count"),
    text("last_incremental_sync_scheduled_at", nullable=True),
    long_("last_indexed_document_count"),
    text("last_seen", nullable=True),
    text("last_sync_error", nullable=True),
    text("last_sync_scheduled_at", nullable=True),
    parsers.one_of("last_sync_status", sync_job.STATUSES, "ConnectorSyncStatus"),
    text("last_synced", nullable=True),
    anything("sync_cursor"),
    docs="update-connector-last-sync-api",
)
