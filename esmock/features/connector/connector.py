"""A connector as it is stored: what it has when it is made, and how its parts change.

Source: the classes Connector, ConnectorIndexService, ConnectorStateMachine and ConnectorFiltering, and the makers' YAML tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from esmock.errors import ApiError, Status

Json = Any
Document = dict[str, Json]
_TRANSITIONS: Mapping[str, tuple[str, ...]] = {
    "created": ("needs_configuration", "error"),
    "needs_configuration": ("configured", "error"),
    "configured": ("needs_configuration", "connected", "error"),
    "connected": ("configured", "error"),
    "error": ("connected", "configured"),
}
STATUSES = tuple(_TRANSITIONS)
_NATIVE_PREFIX = "content-"
_FIELDS = (
    "api_key_id", "api_key_secret_id", "configuration", "custom_scheduling", "deleted", "description", "error", "features",
    "filtering", "index_name", "is_native", "language", "last_access_control_sync_error",
    "last_access_control_sync_scheduled_at", "last_access_control_sync_status", "last_deleted_document_count",
    "last_incremental_sync_scheduled_at", "last_indexed_document_count", "last_seen", "last_sync_error",
    "last_sync_scheduled_at", "last_sync_status", "last_synced", "name", "pipeline", "scheduling", "service_type", "status",
    "sync_cursor", "sync_now",
)  # fmt: skip
"""In the order in which a connector prints them."""


class ConnectorInvalidStatusTransition(ApiError):
    status = 400
    package = "org.elasticsearch.xpack.application.connector"


def fresh(given: Mapping[str, Json], at: str) -> Document:
    """A new connector. Raises Status for an index that none of its kind may have."""
    is_native = bool(given.get("is_native"))
    check_index(given.get("index_name"), is_native=is_native)
    never = {"enabled": False, "interval": "0 0 0 * * ?"}
    out = {
        "configuration": {},
        "custom_scheduling": {},
        "description": given.get("description"),
        "filtering": [{"active": _rules(at), "domain": "DEFAULT", "draft": _rules(at)}],
        "index_name": given.get("index_name"),
        "is_native": is_native,
        "language": given.get("language"),
        "name": given.get("name") or "",
        "scheduling": {kind: dict(never) for kind in ("access_control", "full", "incremental")},
        "service_type": given.get("service_type"),
        "status": "needs_configuration" if is_native else "created",
        "sync_now": False,
    }
    return {name: value for name, value in out.items() if value is not None}


def _rules(at: str) -> Document:
    """The filter that lets everything through."""
    rule = {
        "created_at": at,
        "field": "_",
        "id": "DEFAULT",
        "order": 0,
        "policy": "include",
        "rule": "regex",
        "updated_at": at,
        "value": ".*",
    }
    return {
        "advanced_snippet": {"created_at": at, "updated_at": at, "value": {}},
        "rules": [rule],
        "validation": {"errors": [], "state": "valid"},
    }


def check_index(name: str | None, *, is_native: bool) -> None:
    """Refuse an index that a managed connector may not fill. Raises Status."""
    if is_native and name is not None and not name.startswith(_NATIVE_PREFIX):
        raise Status(
            f"Index attached to an Elastic-managed connector must start with the prefix: [{_NATIVE_PREFIX}]. The index name in the "
            f"payload [{name}] doesn't comply.",
            status=400,
        )


def body(id_: str, document: Document) -> Document:
    """As the API prints it."""
    return {"id": id_, **{name: document[name] for name in _FIELDS if name in document}}


def transition(document: Document, status: str) -> Document:
    """The change to another status. Raises ConnectorInvalidStatusTransition."""
    if status not in _TRANSITIONS[document["status"]]:
        raise ConnectorInvalidStatusTransition(f"Invalid transition attempt from [{document['status']}] to [{status}].")
    return {"status": status}


def configure(document: Document, given: Mapping[str, Json]) -> Document:
    """The change of its configuration: the whole of it, or the values of fields that it has. Raises Status."""
    if "configuration" in given:
        return {"configuration": given["configuration"], "status": "configured"}
    fields, values = document["configuration"], given["values"]
    unknown = [name for name in values if name not in fields]
    if unknown:
        raise Status(
            f"Unknown [configuration] fields in the request payload: [{', '.join(unknown)}]. Remove them from request or register "
            "their schema first.",
            status=400,
        )
    changed = {name: {**field, "value": values[name]} if name in values else field for name, field in fields.items()}
    return {"configuration": changed, "status": "configured"}


def draft(document: Document, given: Mapping[str, Json], at: str) -> Document:
    """The change of its draft of filters; it has to be looked at again."""
    if given.get("filtering") is not None:
        return {"filtering": given["filtering"]}
    first = document["filtering"][0]
    rules = [{"created_at": at, "updated_at": at, **one} for one in given.get("rules") or first["draft"]["rules"]]
    snippet = {
        "created_at": at,
        "updated_at": at,
        **(given.get("advanced_snippet") or first["draft"]["advanced_snippet"]),
    }
    edited = {"advanced_snippet": snippet, "rules": rules, "validation": {"errors": [], "state": "edited"}}
    return {"filtering": [{**first, "draft": edited}, *document["filtering"][1:]]}


def validate_draft(document: Document, validation: Json) -> Document:
    """The change of what is thought of its draft."""
    first = document["filtering"][0]
    return {"filtering": [{**first, "draft": {**first["draft"], "validation": validation}}, *document["filtering"][1:]]}


def activate_draft(document: Document) -> Document:
    """The change that makes its draft count. Raises Status."""
    first = document["filtering"][0]
    state = first["draft"]["validation"]["state"]
    if state != "valid":
        raise Status(
            "Filtering draft needs to be validated by the connector service before activation. Current filtering draft validation "
            f"state [{state}] is not equal to [valid].",
            status=400,
        )
    return {"filtering": [{**first, "active": first["draft"]}, *document["filtering"][1:]]}
