"""The watcher APIs. Docs: watcher-api.

Source: answers of 6.8.23 (``watcher.json``), in the paths of 7.0 and later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import MASTER_TIMEOUT, boolean, long, string
from esmock.api.request import Request, Response
from esmock.errors import ActionRequestValidation, ElasticsearchParse, IllegalArgument, Unsupported
from esmock.features.watcher import conditions, inputs
from esmock.features.watcher.execution import MODES, Order
from esmock.features.watcher.part import Reader
from esmock.features.watcher.status import Status
from esmock.features.watcher.watch import INLINE, parse
from esmock.features.watcher.watches import SLOT, Entry, Watches
from esmock.state.resolve import IndicesOptions
from esmock.xcontent.located import token
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.features.watcher.watch import Watch
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_READ, _WRITE = "cluster:monitor/xpack/watcher/", "cluster:admin/xpack/watcher/"
_LENIENT = IndicesOptions(ignore_unavailable=True)
_MASTER = {"master_timeout": MASTER_TIMEOUT}
_METRICS = ("queued_watches", "pending_watches", "current_watches", "_all")


def searched(cluster: Cluster, indices: list[str], body: Json) -> Json:
    """What a search of a watch gives: the answer, its total a number, through Java's hash maps."""
    from esmock.search.service import search_made
    from esmock.shape import search as shape
    from esmock.xcontent import json_reader, json_writer
    from esmock.xcontent.java_order import hash_ordered

    found = search_made(cluster, indices, body, options=_LENIENT)
    told = shape.body(found, cluster.behaviour, typed=cluster.behaviour.mapping_types, total_as_int=True)
    return hash_ordered(json_reader.parse_stored(json_writer.dumps(told)))


def watches(cluster: Cluster) -> Watches:
    """The cluster's watches."""
    found: Watches = cluster.slot(SLOT, lambda: Watches(cluster, searched))
    return found


def _name(request: Request, part: str = "id") -> str:
    name: str = request.part(part)
    if any(char.isspace() for char in name):
        raise ActionRequestValidation("watch id contains whitespace")
    return name


def _reader(cluster: Cluster, name: str, request: Request) -> Reader:
    return Reader(cluster, name, Reading(request.behaviour, request.warn))


@endpoint(
    "watcher.put_watch",
    "PUT,POST /_watcher/watch/{id}",
    params={"active": boolean(True), "version": string(), "if_seq_no": long(), "if_primary_term": long()},
    docs="watcher-api-put-watch",
    body=lambda request: request.json(),
    action=f"{_WRITE}watch/put",
)
def put_watch(cluster: Cluster, request: Request) -> Response:
    """Store a watch."""
    name = _name(request)
    watch = parse(_reader(cluster, name, request), request.parsed)
    known = watches(cluster)
    is_new = name not in known.entries
    entry = known.put(
        name,
        watch,
        active=request.param("active"),
        if_seq_no=request.param("if_seq_no"),
        if_term=request.param("if_primary_term"),
    )
    return Response(201 if is_new else 200, {"_id": name, **_place(entry), "created": is_new})


def _place(entry: Entry) -> dict[str, Json]:
    return {"_version": entry.version, "_seq_no": entry.seq_no, "_primary_term": 1}


def _shown(name: str, entry: Entry) -> dict[str, Json]:
    return {"_id": name, **_place(entry), "status": entry.status.body(entry.version), "watch": entry.watch.shown()}


@endpoint("watcher.get_watch", "GET /_watcher/watch/{id}", docs="watcher-api-get-watch", action=f"{_READ}watch/get")
def get_watch(cluster: Cluster, request: Request) -> Response:
    """A watch and how it stands."""
    name = _name(request)
    entry = watches(cluster).entries.get(name)
    if entry is None:
        return Response(404, {"found": False, "_id": name})
    return Response(200, {"found": True, **_shown(name, entry)})


@endpoint(
    "watcher.delete_watch", "DELETE /_watcher/watch/{id}", docs="watcher-api-delete-watch", action=f"{_WRITE}watch/delete"
)
def delete_watch(cluster: Cluster, request: Request) -> Response:
    """Remove a watch."""
    name = _name(request)
    version, found = watches(cluster).delete(name)
    return Response(200 if found else 404, {"_id": name, "_version": version, "found": found})


@endpoint(
    "watcher.ack_watch",
    "PUT,POST /_watcher/watch/{watch_id}/_ack",
    "PUT,POST /_watcher/watch/{watch_id}/_ack/{action_id}",
    docs="watcher-api-ack-watch",
    action=f"{_WRITE}watch/ack",
)
def ack_watch(cluster: Cluster, request: Request) -> Response:
    """Hold back actions until the condition no longer holds."""
    return Response(200, {"status": watches(cluster).acknowledge(_name(request, "watch_id"), request.part_list("action_id"))})


def _switch(what: str, *, active: bool) -> None:
    @endpoint(
        f"watcher.{what}_watch",
        f"PUT,POST /_watcher/watch/{{watch_id}}/_{what}",
        docs=f"watcher-api-{what}-watch",
        action=f"{_WRITE}watch/activate",
    )
    def switch(cluster: Cluster, request: Request) -> Response:
        return Response(200, {"status": watches(cluster).switch(_name(request, "watch_id"), active=active)})


_switch("activate", active=True)
_switch("deactivate", active=False)


def _execution(request: Request) -> dict[str, Json]:
    """What a run is asked for. Raises ElasticsearchParse, ActionRequestValidation."""
    body = request.json() or {}
    name = request.part("id")
    for key in body:
        _check_part(key, body[key])
    inline = body.get("watch")
    if name is None and inline is None:
        raise ActionRequestValidation(
            "a watch execution request must either have a watch id or an inline watch source, but both are missing"
        )
    if name is not None and inline is not None:
        raise ActionRequestValidation(
            "a watch execution request must either have a watch id or an inline watch source but not both"
        )
    if inline is not None and body.get("record_execution"):
        raise ActionRequestValidation("the execution of an inline watch cannot be recorded")
    return dict(body)


def _check_part(name: str, value: Json) -> None:
    where = "could not parse watch execution request."
    if isinstance(value, dict):
        if name not in ("alternative_input", "trigger_data", "watch", "action_modes"):
            raise ElasticsearchParse(f"{where} unexpected object field [{name}]")
    elif not isinstance(value, bool) or name not in ("ignore_condition", "record_execution"):
        told = f"unexpected boolean field [{name}]" if isinstance(value, bool) else f"unexpected token [{token(value)}]"
        raise ElasticsearchParse(f"{where} {told}")
    if name == "action_modes":
        for mode in value.values():
            if str(mode).lower() not in MODES:
                cause = IllegalArgument(f"unknown action execution mode [{mode}]")
                raise ElasticsearchParse("could not parse watch execution request", cause=cause)


@endpoint(
    "watcher.execute_watch",
    "PUT,POST /_watcher/watch/{id}/_execute",
    "PUT,POST /_watcher/watch/_execute",
    params={"debug": boolean(False)},
    docs="watcher-api-execute-watch",
    body=_execution,
    action=f"{_WRITE}watch/execute",
)
def execute_watch(cluster: Cluster, request: Request) -> Response:
    """Run a watch now; the record of it."""
    asked, known = request.parsed, watches(cluster)
    name = request.part("id") or INLINE
    if asked.get("watch") is None:
        entry = known.one(name)
    else:
        entry = _inline(known, parse(_reader(cluster, name, request), asked["watch"]))
    given = asked.get("alternative_input")
    order = Order(
        input=None if given is None else inputs.Simple(given),
        condition=conditions.Condition() if asked.get("ignore_condition") else None,
        modes={action: mode.lower() for action, mode in (asked.get("action_modes") or {}).items()},
    )
    trigger = asked.get("trigger_data") or {}
    at = tuple(_instant(trigger.get(field)) for field in ("triggered_time", "scheduled_time"))
    recorded = bool(asked.get("record_execution"))
    record_id, record = known.execute(name, entry, order, recorded=recorded, at=(at[0], at[1]))
    return Response(200, {"_id": record_id, "watch_record": record})


def _inline(known: Watches, watch: Watch) -> Entry:
    status = Status.fresh(True, known.moment(), [one.id for one in watch.actions])
    return Entry(watch, status, -1, -1)


def _instant(text: str | None) -> str | None:
    """A time as it is printed; date maths for the texts that have it."""
    if text is None or text == "now":
        return None
    from esmock.mapping.dates.formatter import DEFAULT, date_formatter

    formatter = date_formatter(DEFAULT)
    return formatter.format_ms(formatter.parse_ms(text))


@endpoint(
    "watcher.stats",
    "GET /_watcher/stats",
    "GET /_watcher/stats/{metric}",
    params={"metric": string(), "emit_stacktraces": boolean(False)},
    docs="watcher-api-stats",
    action=f"{_READ}stats/dist",
)
def stats(cluster: Cluster, request: Request) -> Response:
    """How watching stands on each node: nothing waits, nothing runs."""
    known = watches(cluster)
    wanted = (request.part("metric") or request.param("metric") or "").split(",")
    told: dict[str, Json] = {
        "node_id": cluster.node_id,
        "watcher_state": "stopped" if known.is_stopped else "started",
        "watch_count": 0 if known.is_stopped else sum(one.status.active for one in known.entries.values()),
        "execution_thread_pool": {"queue_size": 0, "max_size": 0},
    }
    for name in ("current_watches", "queued_watches"):
        if name in wanted or "_all" in wanted:
            told[name] = []
    nodes = {"total": 1, "successful": 1, "failed": 0}
    body = {"_nodes": nodes, "cluster_name": cluster.name, "manually_stopped": known.is_stopped, "stats": [told]}
    return Response(200, body)


def _start_or_stop(what: str, *, stopped: bool) -> None:
    @endpoint(
        f"watcher.{what}", f"POST /_watcher/_{what}", params=_MASTER, docs=f"watcher-api-{what}", action=f"{_WRITE}service"
    )
    def switch(cluster: Cluster, request: Request) -> Response:
        watches(cluster).stop(stopped=stopped)
        return acknowledged()


_start_or_stop("start", stopped=False)
_start_or_stop("stop", stopped=True)


def _query(request: Request) -> dict[str, Json]:
    """Which watches are asked for. Raises ElasticsearchParse, Unsupported."""
    body = request.json() or {}
    for name in body:
        if name not in ("from", "size", "query", "sort", "search_after"):
            raise ElasticsearchParse(f"could not parse query watches request. unexpected field [{name}]")
    if body.get("query") not in (None, {"match_all": {}}):
        raise Unsupported("a [query] of watcher.query_watches")
    for name in ("sort", "search_after"):
        if body.get(name):
            raise Unsupported(f"[{name}] of watcher.query_watches")
    return dict(body)


@endpoint(
    "watcher.query_watches",
    "GET,POST /_watcher/_query/watches",
    docs="watcher-api-query-watches",
    body=_query,
    action=f"{_READ}watch/query",
    since=(7, 11),
)
def query_watches(cluster: Cluster, request: Request) -> Response:
    """The watches, page by page."""
    every = list(watches(cluster).entries.items())
    first, size = request.parsed.get("from", 0), request.parsed.get("size", 10)
    found = [_shown(*one) for one in every[first : first + size]]
    return Response(200, {"count": len(every), "watches": found})
