"""Lists of what esmock cannot make: they are empty, which is what clean-up code and dashboards ask for first.

Putting a job of machine learning, an auto-follow pattern and the like answers 501, so there is none: asking for all of
them, or by a wildcard, gives the empty list, and asking for one by name gives Elasticsearch's error, where that is known.
Source: bodies as the published specification types them; errors as the client tests' clean-up meets them, never asked of a server.
Differs: the cat tables among them have no header and no help (501).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoint, Endpoints
from esmock.api.request import Request, Response
from esmock.api.unsupported import FILE, declared
from esmock.errors import ResourceNotFound, Unsupported

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

Json = Any


@dataclass(frozen=True, slots=True)
class EmptyList:
    """One list.

    Args:
        endpoint: name of the endpoint.
        action: the transport action that privileges name.
        key: what the list is called in the answer; None: the answer is a cat table.
        missing: the error for a name, with ``{}`` for it; None: not known.
        with_count: a ``count`` goes before it.
        of_names: it is an object with names for keys.
    """

    endpoint: str
    action: str
    key: str | None
    missing: str | None = None
    with_count: bool = True
    of_names: bool = False

    def answer(self, cluster: Cluster, request: Request) -> Response:
        """The empty list. Raises ResourceNotFound for a name, Unsupported where its error is not known."""
        for name in [one for part in request.parts.values() if part for one in part.split(",")]:
            if ("*" not in name and name != "_all") or request.raw.get("allow_no_match") == "false":
                raise self._not_found(name)
        if self.key is None:
            return self._table(request)
        found: Json = {} if self.of_names else []
        return Response(200, {"count": 0, self.key: found} if self.with_count else {self.key: found})

    def _not_found(self, name: str) -> Exception:
        if self.missing is None:
            return Unsupported(f"one thing by its name in {self.endpoint}")
        return ResourceNotFound(self.missing.format(name))

    def _table(self, request: Request) -> Response:
        from esmock.api.cat import is_structured

        for name in ("v", "help", "h", "s"):
            if request.raw.get(name, "false") != "false":
                raise Unsupported(f"[{name}] of {self.endpoint}")
        return Response(200, [] if is_structured(request) else "")


_JOB = "No known job with id '{}'"
_DATAFEED = "No datafeed with id [{}] exists"
_ANALYTICS = "No known data frame analytics with id [{}]"
LISTS = (
    EmptyList("cat.ml_data_frame_analytics", "cluster:monitor/xpack/ml/data_frame/analytics/get", None, _ANALYTICS),
    EmptyList("cat.ml_datafeeds", "cluster:monitor/xpack/ml/datafeeds/stats/get", None, _DATAFEED),
    EmptyList("cat.ml_jobs", "cluster:monitor/xpack/ml/job/stats/get", None, _JOB),
    EmptyList("ml.get_calendars", "cluster:monitor/xpack/ml/calendars/get", "calendars", "No calendar with id [{}]"),
    EmptyList(
        "ml.get_data_frame_analytics",
        "cluster:monitor/xpack/ml/data_frame/analytics/get",
        "data_frame_analytics", _ANALYTICS,
    ),
    EmptyList(
        "ml.get_data_frame_analytics_stats",
        "cluster:monitor/xpack/ml/data_frame/analytics/stats/get",
        "data_frame_analytics", _ANALYTICS,
    ),
    EmptyList("ml.get_datafeed_stats", "cluster:monitor/xpack/ml/datafeeds/stats/get", "datafeeds", _DATAFEED),
    EmptyList("ml.get_datafeeds", "cluster:monitor/xpack/ml/datafeeds/get", "datafeeds", _DATAFEED),
    EmptyList("ml.get_filters", "cluster:admin/xpack/ml/filters/get", "filters"),
    EmptyList("ml.get_job_stats", "cluster:monitor/xpack/ml/job/stats/get", "jobs", _JOB),
    EmptyList("ml.get_jobs", "cluster:monitor/xpack/ml/job/get", "jobs", _JOB),
)


class _Lists(Endpoints):
    """The published endpoints of the lists."""

    def __iter__(self) -> Iterator[Endpoint]:
        by_name = {one.endpoint: one for one in LISTS}
        for line in FILE.read_text("utf-8").splitlines():
            found = by_name.get(line.partition("\t")[0])
            if found is not None:
                yield declared(line, handler=found.answer, action=found.action)


endpoint = _Lists()
