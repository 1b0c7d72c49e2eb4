"""A sync job as it is stored, and how it goes from status to status.

Source: the classes ConnectorSyncJob, ConnectorSyncJobIndexService and ConnectorSyncJobStateMachine, and the makers' YAML tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError

if TYPE_CHECKING:
    from esmock.features.connector.connector import Document

Json = Any
TYPES = ("full", "incremental", "access_control")
STATUSES = ("canceling", "canceled", "completed", "error", "in_progress", "pending", "suspended")
_TRANSITIONS: Mapping[str, tuple[str, ...]] = {
    "pending": ("in_progress", "canceled", "error"),
    "in_progress": ("canceling", "completed", "suspended", "error", "canceled"),
    "suspended": ("in_progress", "canceled", "error"),
    "canceling": ("canceled", "error"),
}
_OF_CONNECTOR = ("configuration", "index_name", "language", "pipeline", "service_type", "sync_cursor")
_FIELDS = (
    "cancelation_requested_at", "canceled_at", "completed_at", "connector", "created_at", "deleted_document_count", "error",
    "indexed_document_count", "indexed_document_volume", "job_type", "last_seen", "metadata", "started_at", "status",
    "total_document_count", "trigger_method", "worker_hostname",
)  # fmt: skip


class ConnectorSyncJobInvalidStatusTransition(ApiError):
    status = 400
    package = "org.elasticsearch.xpack.application.connector.syncjob"


def fresh(connector_id: str, connector: Document, given: Mapping[str, Json], at: str) -> Document:
    """A job that waits for a service."""
    filters = connector["filtering"][0]["active"]
    copied = {name: connector[name] for name in _OF_CONNECTOR if name in connector}
    return {
        "connector": {**copied, "filtering": [filters], "id": connector_id},
        "created_at": at,
        "deleted_document_count": 0,
        "indexed_document_count": 0,
        "indexed_document_volume": 0,
        "job_type": given.get("job_type") or "full",
        "last_seen": at,
        "metadata": {},
        "status": "pending",
        "total_document_count": 0,
        "trigger_method": given.get("trigger_method") or "on_demand",
    }


def body(id_: str, document: Document) -> Document:
    """As the API prints it."""
    return {"id": id_, **{name: document[name] for name in _FIELDS if name in document}}


def transition(document: Document, status: str) -> Document:
    """The change to another status. Raises ConnectorSyncJobInvalidStatusTransition."""
    if status not in _TRANSITIONS.get(document["status"], ()):
        raise ConnectorSyncJobInvalidStatusTransition(
            f"Invalid transition attempt from [{document['status']}] to [{status}]."
        )
    return {"status": status}


def cancel(document: Document, at: str) -> Document:
    """The change of a cancelled job: one that runs is asked to end."""
    waits = document["status"] in ("pending", "suspended")
    change = transition(document, "canceled" if waits else "canceling")
    return {**change, "cancelation_requested_at": at, **({"canceled_at": at, "completed_at": at} if waits else {})}


def fail(document: Document, error: str, at: str) -> Document:
    """The change of a job that failed."""
    return {**transition(document, "error"), "error": error, "completed_at": at}


def claim(document: Document, given: Mapping[str, Json], at: str) -> Document:
    """The change of a job that a worker takes."""
    cursor = (
        {"connector": {**document["connector"], "sync_cursor": given["sync_cursor"]}} if "sync_cursor" in given else {}
    )
    change = transition(document, "in_progress")
    return {**change, "started_at": at, "last_seen": at, "worker_hostname": given["worker_hostname"], **cursor}
