"""Sync jobs of connectors, and secrets. Docs: connector-apis.

Source: the module ent-search of 8.12 to 9.x and the makers' YAML tests; no engine that could be asked has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.connector import PAGE, SINCE, Change, now, page, reader
from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import names, string
from esmock.api.request import Request, Response
from esmock.errors import ResourceNotFound
from esmock.features.connector import sync_job
from esmock.features.connector.parsers import one_of
from esmock.features.connector.store import connectors
from esmock.xcontent.object_parser import Field, Parser, anything, long_, mapping
from esmock.xcontent.object_parser import string as text

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_ACTION = "cluster:admin/xpack/connector/"
_JOBS = "/_connector/_sync_job"
_JOB = Parser(
    "connector_sync_job_post_request",
    text("id", required=True),
    one_of("job_type", sync_job.TYPES, "ConnectorSyncJobType"),
    one_of("trigger_method", ("on_demand", "scheduled"), "ConnectorSyncJobTriggerMethod"),
)


@endpoint(
    "connector.sync_job_post",
    f"POST {_JOBS}",
    docs="create-connector-sync-job-api",
    body=reader(_JOB),
    action=f"{_ACTION}sync_job/post",
    since=SINCE,
)
def sync_job_post(cluster: Cluster, request: Request) -> Response:
    """Ask for a sync."""
    known, id_ = connectors(cluster), cluster.new_doc_id()
    connector_id = request.parsed["id"]
    connector = known.living(connector_id)
    known.jobs.by_id[id_] = sync_job.fresh(connector_id, connector, request.parsed, now(cluster))
    return Response(201, {"id": id_})


@endpoint(
    "connector.sync_job_get",
    f"GET {_JOBS}/{{connector_sync_job_id}}",
    docs="get-connector-sync-job-api",
    action=f"{_ACTION}sync_job/get",
    since=SINCE,
)
def sync_job_get(cluster: Cluster, request: Request) -> Response:
    """A sync job."""
    id_ = request.part("connector_sync_job_id")
    return Response(200, sync_job.body(id_, connectors(cluster).jobs.one(id_)))


@endpoint(
    "connector.sync_job_list",
    f"GET {_JOBS}",
    params={**PAGE, "status": string(), "connector_id": string(), "job_type": names()},
    docs="list-connector-sync-jobs-api",
    action=f"{_ACTION}sync_job/list",
    since=SINCE,
)
def sync_job_list(cluster: Cluster, request: Request) -> Response:
    """Sync jobs by the time of their making, page by page."""
    status, connector_id, kinds = (request.param(name) for name in ("status", "connector_id", "job_type"))
    found = [
        sync_job.body(id_, one)
        for id_, one in connectors(cluster).jobs.by_id.items()
        if status in (None, one["status"])
        and connector_id in (None, one["connector"]["id"])
        and (not kinds or one["job_type"] in kinds)
    ]
    return page(request, sorted(found, key=lambda one: one["created_at"]))


@endpoint(
    "connector.sync_job_delete",
    f"DELETE {_JOBS}/{{connector_sync_job_id}}",
    docs="delete-connector-sync-job-api",
    action=f"{_ACTION}sync_job/delete",
    since=SINCE,
)
def sync_job_delete(cluster: Cluster, request: Request) -> Response:
    """Forget a sync job."""
    known, id_ = connectors(cluster), request.part("connector_sync_job_id")
    known.jobs.one(id_)
    del known.jobs.by_id[id_]
    return acknowledged()


def _job_updates(name: str, change: Change, *fields: Field, docs: str) -> None:
    """Declare an endpoint that takes a sync job on."""
    parser = Parser(f"connector_sync_job_{name}_request", *fields)

    @endpoint(
        f"connector.sync_job_{name}",
        f"PUT {_JOBS}/{{connector_sync_job_id}}/_{'stats' if name == 'update_stats' else name}",
        docs=docs,
        body=reader(parser) if fields else lambda request: {},
        action=f"{_ACTION}sync_job/{name}",
        since=SINCE,
    )
    def update(cluster: Cluster, request: Request) -> Response:
        jobs, id_ = connectors(cluster).jobs, request.part("connector_sync_job_id")
        jobs.change(id_, change(jobs.one(id_), request.parsed, now(cluster)))
        return Response(200, {"result": "updated"})


_job_updates("cancel", lambda document, given, at: sync_job.cancel(document, at), docs="cancel-connector-sync-job-api")
_job_updates("check_in", lambda document, given, at: {"last_seen": at}, docs="check-in-connector-sync-job-api")
_job_updates(
    "error",
    lambda document, given, at: sync_job.fail(document, given["error"], at),
    text("error", required=True),
    docs="set-connector-sync-job-error-api",
)
_job_updates(
    "claim",
    sync_job.claim,
    text("worker_hostname", required=True),
    anything("sync_cursor"),
    docs="claim-connector-sync-job-api",
)
_job_updates(
    "update_stats",
    lambda document, given, at: {"last_seen": at, **given},
    long_("deleted_document_count", required=True),
    long_("indexed_document_count", required=True),
    long_("indexed_document_volume", required=True),
    long_("total_document_count"),
    text("last_seen"),
    mapping("metadata"),
    docs="set-connector-sync-job-stats-api",
)


_SECRET = "/_connector/_secret"
_VALUE = Parser("connector_secret_request", text("value", required=True))


@endpoint(
    "connector.secret_post",
    f"POST {_SECRET}",
    docs="connector-secret",
    body=reader(_VALUE),
    action=f"{_ACTION}secret/post",
    since=(8, 13),
)
def secret_post(cluster: Cluster, request: Request) -> Response:
    """Keep a secret under an id of the server's."""
    id_ = cluster.new_doc_id()
    connectors(cluster).secrets.by_id[id_] = dict(request.parsed)
    return Response(200, {"id": id_})


@endpoint(
    "connector.secret_put",
    f"PUT {_SECRET}/{{id}}",
    docs="connector-secret",
    body=reader(_VALUE),
    action=f"{_ACTION}secret/put",
    since=(8, 13),
)
def secret_put(cluster: Cluster, request: Request) -> Response:
    """Keep a secret under an id."""
    secrets, id_ = connectors(cluster).secrets.by_id, request.part("id")
    is_new = id_ not in secrets
    secrets[id_] = dict(request.parsed)
    return Response(201 if is_new else 200, {"result": "created" if is_new else "updated"})


@endpoint(
    "connector.secret_get",
    f"GET {_SECRET}/{{id}}",
    docs="connector-secret",
    action=f"{_ACTION}secret/get",
    since=(8, 13),
)
def secret_get(cluster: Cluster, request: Request) -> Response:
    """A secret."""
    id_ = request.part("id")
    return Response(200, {"id": id_, **connectors(cluster).secrets.one(id_)})


@endpoint(
    "connector.secret_delete",
    f"DELETE {_SECRET}/{{id}}",
    docs="connector-secret",
    action=f"{_ACTION}secret/delete",
    since=(8, 13),
)
def secret_delete(cluster: Cluster, request: Request) -> Response:
    """Forget a secret."""
    if connectors(cluster).secrets.by_id.pop(request.part("id"), None) is None:
        raise ResourceNotFound(f"No secret with id [{request.part('id')}]")
    return Response(200, {"deleted": True})
