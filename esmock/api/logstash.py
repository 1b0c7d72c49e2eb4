"""Pipelines of Logstash: kept and handed out, never run. Docs: logstash-apis.

Source: the module logstash of 9.x; no engine that could be asked has it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.request import Request, Response
from esmock.errors import DateTimeParse
from esmock.state.logstash import logstash_pipelines
from esmock.xcontent.object_parser import Parser, custom, mapping, string
from esmock.xcontent.value_reader import Reading, text

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_SINCE = (7, 12)
_ACTION = "cluster:admin/logstash/pipeline/"


def _instant(body: Json, key: str | int, reading: Reading) -> str:
    """A time in ISO form with its zone. Raises DateTimeParse."""
    given = text(body, key, reading)
    try:
        datetime.fromisoformat(given)
    except ValueError:
        given = ""
    if not given.endswith("Z"):
        raise DateTimeParse(f"Text '{body[key]}' could not be parsed at index 0")
    return given


_PARSER = Parser(
    "pipeline",
    custom("last_modified", ("VALUE_STRING",), _instant, required=True),
    mapping("pipeline_metadata", required=True),
    string("username", required=True),
    string("pipeline", required=True),
    mapping("pipeline_settings", required=True),
    ignore_unknown=True,
)


def _body(request: Request) -> Json:
    """The body as it came, once it was looked at."""
    body = request.required_json()
    _PARSER.parse(body, Reading(request.behaviour, request.warn))
    return body


@endpoint(
    "logstash.put_pipeline",
    "PUT /_logstash/pipeline/{id}",
    docs="logstash-api-put-pipeline",
    body=_body,
    action=f"{_ACTION}put",
    since=_SINCE,
)
def put_pipeline(cluster: Cluster, request: Request) -> Response:
    """Store a pipeline."""
    is_new = logstash_pipelines(cluster).put(request.part("id"), request.parsed)
    return Response(201 if is_new else 200, None)


@endpoint(
    "logstash.get_pipeline",
    "GET /_logstash/pipeline",
    "GET /_logstash/pipeline/{id}",
    docs="logstash-api-get-pipeline",
    action=f"{_ACTION}get",
    since=_SINCE,
)
def get_pipeline(cluster: Cluster, request: Request) -> Response:
    """Pipelines by name."""
    names = [one for one in (request.parts.get("id") or "").split(",") if one]
    found = logstash_pipelines(cluster).named(names)
    return Response(404 if names and not found else 200, found)


@endpoint(
    "logstash.delete_pipeline",
    "DELETE /_logstash/pipeline/{id}",
    docs="logstash-api-delete-pipeline",
    action=f"{_ACTION}delete",
    since=_SINCE,
)
def delete_pipeline(cluster: Cluster, request: Request) -> Response:
    """Remove a pipeline."""
    return Response(200 if logstash_pipelines(cluster).delete(request.part("id")) else 404, None)
