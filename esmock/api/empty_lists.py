"""Machine learning without a job: its lists are empty, which is what clean-up code and dashboards ask for first.

Putting a job, a datafeed, an analysis or a model answers 501, so there is none: asking for all of them, or by a wildcard, gives the
empty list, and asking for one by name, or wanting something of it, gives Elasticsearch's error.
Source: bodies as the published specification types them; errors as the client tests' clean-up meets them, never asked of a server.
Differs: the cat tables among them have no header and no help (501).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoint, Endpoints
from esmock.api.request import Request, Response
from esmock.api.unsupported import FILE, declared, listed_actions
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


@dataclass(frozen=True, slots=True)
class Named:
    """What is wanted of one that cannot be made.

    Args:
        part: of the path, which names it.
        missing: the error for a name, with ``{}`` for it.
        every: the answer where a wildcard names none of them; None: a wildcard is a name like others.
    """

    endpoint: str
    part: str
    missing: str
    every: Json = None

    @property
    def action(self) -> str:
        """The transport action that privileges name."""
        return listed_actions()[self.endpoint]

    def answer(self, cluster: Cluster, request: Request) -> Response:
        """Raises ResourceNotFound; Unsupported where none is named."""
        name = request.parts.get(self.part)
        if name is None:
            raise Unsupported(f"the endpoint [{self.endpoint}] with a configuration in its body")
        is_pattern = "*" in name or name == "_all"
        if is_pattern and self.every is not None and request.raw.get("allow_no_match") != "false":
            return Response(200, self.every)
        raise ResourceNotFound(self.missing.format(name))


_JOB = "No known job with id '{}'"
_DATAFEED = "No datafeed with id [{}] exists"
_ANALYTICS = "No known data frame analytics with id [{}]"
LISTS: tuple[EmptyList, ...] = (
    EmptyList("cat.ml_data_frame_analytics", "cluster:monitor/xpack/ml/data_frame/analytics/get", None, _ANALYTICS),
    EmptyList("cat.ml_datafeeds", "cluster:monitor/xpack/ml/datafeeds/stats/get", None, _DATAFEED),
    EmptyList("cat.ml_jobs", "cluster:monitor/xpack/ml/job/stats/get", None, _JOB),
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
    EmptyList("ml.get_job_stats", "cluster:monitor/xpack/ml/job/stats/get", "jobs", _JOB),
    EmptyList("ml.get_jobs", "cluster:monitor/xpack/ml/job/get", "jobs", _JOB),
)
_MODEL = "Could not find trained model [{}]"
_OF_JOBS = (
    "delete_job", "delete_forecast", "delete_model_snapshot", "flush_job", "forecast", "get_buckets", "get_categories",
    "get_influencers", "get_model_snapshots", "get_model_snapshot_upgrade_stats", "get_records", "open_job", "post_data",
    "reset_job", "revert_model_snapshot", "update_job", "update_model_snapshot", "upgrade_job_snapshot",
)  # fmt: skip
_OF_ANALYTICS = ("delete", "preview", "start", "update")
_OF_MODELS = (
    "clear_trained_model_deployment_cache", "delete_trained_model", "delete_trained_model_alias", "infer_trained_model",
    "put_trained_model_alias", "put_trained_model_definition_part", "put_trained_model_vocabulary",
    "start_trained_model_deployment", "stop_trained_model_deployment", "update_trained_model_deployment",
)  # fmt: skip
NAMED: tuple[Named, ...] = (
    *(Named(f"ml.{name}", "job_id", _JOB) for name in _OF_JOBS),
    Named("ml.close_job", "job_id", _JOB, {"closed": True}),
    Named("ml.get_overall_buckets", "job_id", _JOB, {"count": 0, "overall_buckets": []}),
    *(Named(f"ml.{name}_datafeed", "datafeed_id", _DATAFEED) for name in ("delete", "preview", "start", "update")),
    Named("ml.stop_datafeed", "datafeed_id", _DATAFEED, {"stopped": True}),
    *(Named(f"ml.{name}_data_frame_analytics", "id", _ANALYTICS) for name in _OF_ANALYTICS),
    Named("ml.stop_data_frame_analytics", "id", _ANALYTICS, {"stopped": True}),
    *(Named(f"ml.{name}", "model_id", _MODEL) for name in _OF_MODELS),
)
ALL: tuple[EmptyList | Named, ...] = (*LISTS, *NAMED)


class _Lists(Endpoints):
    """The published endpoints of the lists, and of what names one."""

    def __iter__(self) -> Iterator[Endpoint]:
        by_name = {one.endpoint: one for one in ALL}
        for line in FILE.read_text("utf-8").splitlines():
            found = by_name.get(line.partition("\t")[0])
            if found is not None:
                yield declared(line, handler=found.answer, action=found.action)


endpoint = _Lists()
