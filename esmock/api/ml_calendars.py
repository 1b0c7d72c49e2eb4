"""Calendars of machine learning: when jobs look away. Docs: ml-put-calendar.

Source: the makers' YAML tests (calendar_crud) and the classes Calendar and ScheduledEvent; no engine that could be asked has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.ml_filters import check_id, check_same, chosen
from esmock.api.params import integer, string
from esmock.api.request import Request, Response
from esmock.errors import ApiError, IllegalArgument, ResourceNotFound, Status
from esmock.mapping.dates.formatter import DEFAULT, date_formatter
from esmock.xcontent.object_parser import Parser, custom, objects, strings
from esmock.xcontent.object_parser import boolean as boolean_field
from esmock.xcontent.object_parser import integer as integer_field
from esmock.xcontent.object_parser import string as text
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_ACTION = "cluster:admin/xpack/ml/calendars/"
_MISSING = "No calendar with id [{}]"
_PAGE = {"from": integer(0), "size": integer(100)}


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar with its events by id."""

    id: str
    job_ids: tuple[str, ...] = ()
    description: str | None = None
    events: tuple[tuple[str, Json], ...] = ()

    def body(self) -> dict[str, Json]:
        """As it is printed."""
        described = {} if self.description is None else {"description": self.description}
        return {"calendar_id": self.id, "job_ids": list(self.job_ids), **described}


class Calendars:
    """The slot ``ml_calendars`` of a cluster."""

    def __init__(self, calendars: Mapping[str, Calendar] | None = None) -> None:
        self.calendars = dict(calendars or {})

    def clone(self, cluster: Cluster) -> Calendars:
        return Calendars(self.calendars)


def _calendars(cluster: Cluster) -> dict[str, Calendar]:
    found: Calendars = cluster.slot("ml_calendars", Calendars)
    return found.calendars


def _one(cluster: Cluster, id_: str) -> Calendar:
    found = _calendars(cluster).get(id_)
    if found is None:
        raise ResourceNotFound(_MISSING.format(id_))
    return found


def _moment(body: Json, key: Any, reading: Reading) -> int:
    """A time in ms. Raises IllegalArgument."""
    value = body[key]
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        return date_formatter(DEFAULT).parse_ms(str(value))
    except ApiError:
        raise IllegalArgument(f"unexpected token [VALUE_STRING] for [{key}]") from None


_TIME = ("VALUE_NUMBER", "VALUE_STRING")
_EVENT = Parser(
    "scheduled_event",
    text("description", required=True),
    custom("start_time", _TIME, _moment, required=True),
    custom("end_time", _TIME, _moment, required=True),
    boolean_field("skip_result"),
    boolean_field("skip_model_update"),
    integer_field("force_time_shift", nullable=True),
    text("calendar_id"),
    text("event_id"),
)
_EVENTS = Parser("events", objects("events", _EVENT, required=True))
_PUT = Parser("calendar", text("calendar_id"), strings("job_ids"), text("description", nullable=True))


def _calendar(request: Request) -> Calendar:
    id_ = request.part("calendar_id")
    given = _PUT.parse(request.required_json(), Reading(request.behaviour, request.warn)) if request.content else {}
    if id_ == "_all":
        raise Status("Cannot create a Calendar with the reserved name [_all]", status=400)
    check_same("calendar_id", given, id_)
    check_id("calendar_id", id_)
    return Calendar(id_, tuple(given.get("job_ids") or ()), given.get("description"))


@endpoint(
    "ml.put_calendar",
    "PUT /_ml/calendars/{calendar_id}",
    docs="ml-put-calendar",
    body=_calendar,
    action=f"{_ACTION}put",
)
def put_calendar(cluster: Cluster, request: Request) -> Response:
    """Store a calendar."""
    known, one = _calendars(cluster), request.parsed
    if one.id in known:
        raise Status(f"Cannot create calendar with id [{one.id}] as it already exists", status=400)
    known[one.id] = one
    return Response(200, one.body())


@endpoint(
    "ml.get_calendars",
    "GET,POST /_ml/calendars",
    "GET,POST /_ml/calendars/{calendar_id}",
    params=_PAGE,
    docs="ml-get-calendar",
    body=lambda request: request.json() or {},
    action="cluster:monitor/xpack/ml/calendars/get",
)
def get_calendars(cluster: Cluster, request: Request) -> Response:
    """Calendars by id."""
    found = chosen(_calendars(cluster), request.part("calendar_id"), _MISSING)
    page = request.parsed.get("page") or {}
    first, size = page.get("from", request.param("from")), page.get("size", request.param("size"))
    return Response(200, {"count": len(found), "calendars": [one.body() for one in found[first : first + size]]})


@endpoint(
    "ml.delete_calendar", "DELETE /_ml/calendars/{calendar_id}", docs="ml-delete-calendar", action=f"{_ACTION}delete"
)
def delete_calendar(cluster: Cluster, request: Request) -> Response:
    """Forget a calendar and its events."""
    del _calendars(cluster)[_one(cluster, request.part("calendar_id")).id]
    return acknowledged()


def _job_change(name: str, method: str, docs: str, *, added: bool) -> None:
    @endpoint(
        f"ml.{name}",
        f"{method} /_ml/calendars/{{calendar_id}}/jobs/{{job_id}}",
        docs=docs,
        action=f"{_ACTION}jobs/update",
    )
    def change(cluster: Cluster, request: Request) -> Response:
        one, jobs = _one(cluster, request.part("calendar_id")), request.part_list("job_id")
        absent = [job for job in jobs if job not in one.job_ids]
        if absent and not added:
            raise ResourceNotFound(f"Cannot remove [{absent[0]}] as it is not present in calendar [{one.id}]")
        if added:
            raise ResourceNotFound(f"No known job with id '{jobs[0]}'")
        kept = tuple(job for job in one.job_ids if job not in jobs)
        _calendars(cluster)[one.id] = replace(one, job_ids=kept)
        return Response(200, _calendars(cluster)[one.id].body())


_job_change("put_calendar_job", "PUT", "ml-put-calendar-job", added=True)
_job_change("delete_calendar_job", "DELETE", "ml-delete-calendar-job", added=False)


def _events(request: Request) -> list[dict[str, Json]]:
    found: list[dict[str, Json]] = _EVENTS.parse(request.required_json(), Reading(request.behaviour, request.warn))[
        "events"
    ]
    for one in found:
        if one["start_time"] >= one["end_time"]:
            raise Status(
                f"Event start time [{date_formatter(DEFAULT).format_ms(one['start_time'])}] must come before end time "
                f"[{date_formatter(DEFAULT).format_ms(one['end_time'])}]",
                status=400,
            )
    return found


@endpoint(
    "ml.post_calendar_events",
    "POST /_ml/calendars/{calendar_id}/events",
    docs="ml-post-calendar-event",
    body=_events,
    action=f"{_ACTION}events/post",
)
def post_calendar_events(cluster: Cluster, request: Request) -> Response:
    """Add events."""
    one = _one(cluster, request.part("calendar_id"))
    added = []
    for event in request.parsed:
        kept = {name: event[name] for name in ("description", "start_time", "end_time")}
        kept |= {
            "skip_result": event.get("skip_result", True),
            "skip_model_update": event.get("skip_model_update", True),
        }
        if not request.behaviour.has((8, 16)):
            kept = {name: kept[name] for name in ("description", "start_time", "end_time")}
        added.append((cluster.new_doc_id(), {**kept, "calendar_id": one.id}))
    _calendars(cluster)[one.id] = replace(one, events=(*one.events, *added))
    return Response(200, {"events": [event for _, event in added]})


@endpoint(
    "ml.get_calendar_events",
    "GET /_ml/calendars/{calendar_id}/events",
    params={"job_id": string(), "start": string(), "end": string(), **_PAGE},
    docs="ml-get-calendar-event",
    action="cluster:monitor/xpack/ml/calendars/events/get",
)
def get_calendar_events(cluster: Cluster, request: Request) -> Response:
    """Events by time."""
    calendars = chosen(_calendars(cluster), request.part("calendar_id"), _MISSING)
    start, end = (_bound(request, name) for name in ("start", "end"))
    found = [
        {**event, "event_id": id_}
        for one in calendars
        for id_, event in one.events
        if (start is None or event["end_time"] > start) and (end is None or event["start_time"] < end)
    ]
    found.sort(key=lambda one: one["start_time"])
    first, size = request.param("from"), request.param("size")
    return Response(200, {"count": len(found), "events": found[first : first + size]})


def _bound(request: Request, name: str) -> int | None:
    value = request.param(name)
    return None if value is None else int(value) if value.isdigit() else date_formatter(DEFAULT).parse_ms(value)


@endpoint(
    "ml.delete_calendar_event",
    "DELETE /_ml/calendars/{calendar_id}/events/{event_id}",
    docs="ml-delete-calendar-event",
    action=f"{_ACTION}events/delete",
)
def delete_calendar_event(cluster: Cluster, request: Request) -> Response:
    """Forget an event."""
    one, id_ = _one(cluster, request.part("calendar_id")), request.part("event_id")
    if id_ not in dict(one.events):
        raise ResourceNotFound(f"No event with id [{id_}]")
    _calendars(cluster)[one.id] = replace(one, events=tuple(event for event in one.events if event[0] != id_))
    return acknowledged()
