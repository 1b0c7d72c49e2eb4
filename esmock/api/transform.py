"""The transform APIs. Docs: transform-apis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import Param, boolean, integer, string, time
from esmock.api.request import Request, Response
from esmock.errors import ActionRequestValidation, ApiError, ElasticsearchParse, IllegalArgument, Validation
from esmock.features.transform import config as configs
from esmock.features.transform import destination, function
from esmock.features.transform.transforms import transforms
from esmock.shape import transform as shape
from esmock.xcontent.java_order import hash_ordered
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esmock.features.transform.config import TransformConfig
    from esmock.features.transform.transform import Transform
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_ADMIN, _MONITOR = "cluster:admin/transform/", "cluster:monitor/transform/"
_TIMEOUT: dict[str, Param] = {"timeout": time("30s", since=(7, 16))}
_DEFER = {"defer_validation": boolean(False)}
_PAGE = {"from": integer(0), "size": integer(100), "allow_no_match": boolean(True)}
_MOST = 1000
_PREVIEW, _NOWHERE = "transform-preview", "unused-transform-preview-index"
_PREVIEWED = 100


def _reading(request: Request) -> Reading:
    return Reading(request.behaviour, request.warn)


def _refuse(faults: Iterable[str]) -> None:
    found = list(faults)
    if found:
        raise ActionRequestValidation(*found)


def _config(request: Request) -> TransformConfig:
    found = configs.parse(request.required_json(), request.part("transform_id"), _reading(request))
    _refuse(found.faults())
    return found


def _changes(request: Request) -> dict[str, Json]:
    found = configs.parse_update(request.required_json(), _reading(request))
    _refuse(configs.update_faults(found))
    return found


def _roles(request: Request) -> tuple[str, ...] | None:
    """Of who sends it; None without security."""
    who = request.authentication
    return None if who is None else tuple(who.user.roles)


@endpoint(
    "transform.put_transform",
    "PUT /_transform/{transform_id}",
    params={**_DEFER, **_TIMEOUT},
    docs="put-transform",
    body=_config,
    action=f"{_ADMIN}put",
)
def put_transform(cluster: Cluster, request: Request) -> Response:
    """Store a transform."""
    from dataclasses import replace

    transforms(cluster).put(replace(request.parsed, roles=_roles(request)), deferred=request.param("defer_validation"))
    return acknowledged()


def chosen(cluster: Cluster, request: Request) -> tuple[int, list[Transform]]:
    """How many there are, and those of the page."""
    first, size = request.param("from"), request.param("size")
    found = transforms(cluster).find(request.part("transform_id"), allow_no_match=request.param("allow_no_match"))
    return len(found), found[first : first + size]


def _page(request: Request) -> None:
    """Raises IllegalArgument for a page that cannot be."""
    for name in ("from", "size"):
        if request.param(name) < 0:
            raise IllegalArgument(f"Parameter [{name}] cannot be < 0")
    if request.param("size") > _MOST:
        raise ActionRequestValidation(f"Param [size] has a max acceptable value of [{_MOST}]")


@endpoint(
    "transform.get_transform",
    "GET /_transform/{transform_id}",
    "GET /_transform",
    params={"exclude_generated": boolean(False, since=(7, 13)), **_PAGE},
    docs="get-transform",
    action=f"{_MONITOR}get",
    prepare=_page,
)
def get_transform(cluster: Cluster, request: Request) -> Response:
    """Configurations."""
    count, found = chosen(cluster, request)
    excludes = request.param("exclude_generated")
    every = [shape.config(one.config, human=request.human, exclude_generated=excludes) for one in found]
    return Response(200, {"count": count, "transforms": every})


@endpoint(
    "transform.get_transform_stats",
    "GET /_transform/{transform_id}/_stats",
    "GET /_transform/_stats",
    params={"basic": boolean(False, since=(8, 16)), **_PAGE, "timeout": time("30s", since=(8, 7))},
    docs="get-transform-stats",
    action=f"{_MONITOR}stats/get",
    prepare=_page,
)
def get_transform_stats(cluster: Cluster, request: Request) -> Response:
    """States, counts and checkpoints."""
    count, found = chosen(cluster, request)
    return Response(200, {"count": count, "transforms": [shape.stats(cluster, one, human=request.human) for one in found]})


@endpoint(
    "transform.get_node_stats",
    "GET /_transform/_node_stats",
    docs="get-transform-node-stats",
    action=f"{_ADMIN}node_stats",
    since=(8, 15),
)
def get_node_stats(cluster: Cluster, request: Request) -> Response:
    """How many transforms each node has on its clock."""
    waiting = sum(one.timer is not None for one in transforms(cluster).transforms.values())
    stats = {"scheduler": {"registered_transform_count": waiting}}
    return Response(200, {"total": stats, cluster.node_id: stats})


def _preview_body(request: Request) -> TransformConfig | None:
    """The configuration to look at; None: that of a transform. Raises ElasticsearchParse, ActionRequestValidation."""
    id_ = request.part("transform_id")
    if not request.content and "source" not in request.raw:
        if id_ is None:
            raise ElasticsearchParse("Please provide a transform [id] or the config object")
        return None
    if id_ is not None:
        raise ElasticsearchParse("Please provide either a transform [id] or the config object but not both")
    body = request.json()
    if isinstance(body, dict):
        dest = body.get("dest")
        known = dest if isinstance(dest, dict) else {}
        body["dest"] = {**known, "index": known.get("index") or _NOWHERE}
    found = configs.parse(body, _PREVIEW, _reading(request))
    _refuse(found.faults())
    return found


@endpoint(
    "transform.preview_transform",
    "GET,POST /_transform/_preview",
    "GET,POST /_transform/{transform_id}/_preview",
    params=_TIMEOUT,
    docs="preview-transform",
    body=_preview_body,
    action=f"{_ADMIN}preview",
)
def preview_transform(cluster: Cluster, request: Request) -> Response:
    """The first documents that a transform would write, and the index it would make."""
    known = transforms(cluster)
    config = request.parsed
    if config is None:
        config = known.one(request.part("transform_id")).config
    else:
        config = known.stamped(config)
    destination.check(cluster, config, with_destination=config.index != _NOWHERE)
    types = function.field_types(cluster, config)
    page = function.page(cluster, config, config.source["query"], None, _PREVIEWED, types)
    documents = [_through_pipeline(cluster, config, id_, one) for id_, one in page.documents]
    return Response(200, {"preview": documents, "generated_dest_index": destination.generated(cluster, config, types)})


def _through_pipeline(cluster: Cluster, config: TransformConfig, id_: str, document: Json) -> Json:
    """What a document becomes on its way. Raises Validation."""
    name = config.dest.get("pipeline")
    if name is None:
        return document
    from esmock.ingest.document import IngestDocument
    from esmock.ingest.service import pipelines

    pipeline = pipelines(cluster).pipeline(name)
    if pipeline is None:
        raise Validation(f"Pipeline with id [{name}] could not be found")
    passing = IngestDocument(document, {"_index": config.index, "_id": id_}, cluster.clock.now_ms(), None)
    try:
        pipeline.execute(passing)
    except ApiError as error:
        return {"error": error.body()["error"]}
    return hash_ordered(passing.source())


@endpoint(
    "transform.update_transform",
    "POST /_transform/{transform_id}/_update",
    params={**_DEFER, **_TIMEOUT},
    docs="update-transform",
    body=_changes,
    action=f"{_ADMIN}update",
)
def update_transform(cluster: Cluster, request: Request) -> Response:
    """Change parts of a transform; the whole of it."""
    found = transforms(cluster).update(
        request.part("transform_id"), request.parsed, _roles(request), deferred=request.param("defer_validation")
    )
    return Response(200, shape.config(found, human=request.human))


def _from(request: Request) -> int | None:
    """Where a continuous transform begins. Raises ElasticsearchParse."""
    text = request.raw.get("from")
    if text is None:
        return None
    from esmock.mapping.dates.formatter import DEFAULT, date_formatter
    from esmock.mapping.dates.math import parse_math

    try:
        return parse_math(text, date_formatter(DEFAULT), 0) // 1_000_000
    except ApiError as error:
        raise ElasticsearchParse("Failed to parse date for [from]", cause=error) from None


@endpoint(
    "transform.start_transform",
    "POST /_transform/{transform_id}/_start",
    params={"from": string(since=(8, 7)), "timeout": time("30s")},
    docs="start-transform",
    action=f"{_ADMIN}start",
    body=_from,
)
def start_transform(cluster: Cluster, request: Request) -> Response:
    """Let a transform run."""
    transforms(cluster).start(request.part("transform_id"), request.parsed)
    return acknowledged()


def _stopping(request: Request) -> None:
    if request.param("force") and request.param("wait_for_checkpoint"):
        raise ActionRequestValidation("cannot set both [force] and [wait_for_checkpoint] to true")


@endpoint(
    "transform.stop_transform",
    "POST /_transform/{transform_id}/_stop",
    params={
        "timeout": time("30s"),
        "wait_for_completion": boolean(False),
        "force": boolean(False),
        "allow_no_match": boolean(False),
        "wait_for_checkpoint": boolean(False),
    },
    docs="stop-transform",
    action=f"{_ADMIN}stop",
    check=_stopping,
)
def stop_transform(cluster: Cluster, request: Request) -> Response:
    """Let transforms rest."""
    expression = request.part("transform_id")
    transforms(cluster).stop(expression, force=request.param("force"), allow_no_match=request.param("allow_no_match"))
    return acknowledged()


@endpoint(
    "transform.delete_transform",
    "DELETE /_transform/{transform_id}",
    params={"force": boolean(False), "delete_dest_index": boolean(False, since=(8, 10)), **_TIMEOUT},
    docs="delete-transform",
    action=f"{_ADMIN}delete",
)
def delete_transform(cluster: Cluster, request: Request) -> Response:
    """Forget a transform."""
    with_index = request.param("delete_dest_index") or False
    transforms(cluster).delete(request.part("transform_id"), force=request.param("force"), with_index=with_index)
    return acknowledged()


@endpoint(
    "transform.reset_transform",
    "POST /_transform/{transform_id}/_reset",
    params={"force": boolean(False), **_TIMEOUT},
    docs="reset-transform",
    action=f"{_ADMIN}reset",
    since=(8, 1),
)
def reset_transform(cluster: Cluster, request: Request) -> Response:
    """Back to where it was put."""
    transforms(cluster).reset(request.part("transform_id"), force=request.param("force"))
    return acknowledged()


@endpoint(
    "transform.schedule_now_transform",
    "POST /_transform/{transform_id}/_schedule_now",
    params={**_TIMEOUT, "defer": boolean(False, since=(9, 4))},
    docs="schedule-now-transform",
    action=f"{_ADMIN}schedule_now",
    since=(8, 7),
)
def schedule_now_transform(cluster: Cluster, request: Request) -> Response:
    """Look for changes now."""
    transforms(cluster).run_now(request.part("transform_id"), defer=request.param("defer") or False)
    return acknowledged()


@endpoint(
    "transform.upgrade_transforms",
    "POST /_transform/_upgrade",
    params={"dry_run": boolean(False), **_TIMEOUT},
    docs="upgrade-transforms",
    action=f"{_ADMIN}upgrade",
    since=(7, 16),
)
def upgrade_transforms(cluster: Cluster, request: Request) -> Response:
    """How many transforms are of an older form: none."""
    count = len(transforms(cluster).transforms)
    return Response(200, {"needs_update": 0, "no_action": count, "updated": 0})
