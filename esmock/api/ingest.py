"""Pipelines: put, get, delete, simulate; grok patterns. Docs: ingest-apis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.acknowledgement import anew, in_time
from esmock.api.declare import Endpoints
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT, Param, boolean, string
from esmock.api.request import Request, Response, object_of
from esmock.errors import IllegalArgument, NumberFormat
from esmock.xcontent import reading
from esmock.xcontent.java_number import parse_int

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any


def read_body(request: Request) -> dict[str, Json]:
    """The body as a map. Raises NotXContent."""
    content, kind = request.content_or_source()
    tree = reading.read_map(content, kind, request.behaviour) if _looks_right(request, content, kind) else None
    return object_of(request, tree)


def _looks_right(request: Request, content: bytes, kind: str) -> bool:
    return kind != "json" or request.behaviour.wrapped_syntax_errors or content.lstrip().startswith(b"{")


def _version(name: str, text: str) -> int:
    try:
        return parse_int(text)
    except NumberFormat:
        raise IllegalArgument(f"invalid value [{text}] specified for [{name}]. must be an integer value") from None


def _check_put(request: Request) -> None:
    """The version that is to be there and the body are looked at before other parameters."""
    if "if_version" in request.raw and request.behaviour.has((7, 16)):
        _version("if_version", request.raw["if_version"])
    request.content_or_source()


@endpoint(
    "ingest.put_pipeline",
    "PUT /_ingest/pipeline/{id}",
    params={"master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT, "if_version": Param(_version, None, since=(7, 16))},
    docs="put-pipeline-api",
    path=_check_put,
    body=Request.content_or_source,
    action="cluster:admin/ingest/pipeline/put",
)
@in_time(anew, until=(8, 0))
def put_pipeline(cluster: Cluster, request: Request) -> Response:
    """Store a pipeline."""
    from esmock.ingest.service import pipelines

    registry, body = pipelines(cluster), read_body(request)
    id_ = request.part("id")
    wanted = request.params.get("if_version")
    if wanted is not None:
        current = registry.bodies.get(id_)
        if current is None:
            raise IllegalArgument(
                f"version conflict, required version [{wanted}] for pipeline [{id_}] but no pipeline was found"
            )
        if current.get("version") != wanted:
            raise IllegalArgument(
                f"version conflict, required version [{wanted}] for pipeline [{id_}] but current version is "
                f"[{current.get('version')}]"
            )
    registry.put(id_, body)
    return Response(200, {"acknowledged": True})


@endpoint(
    "ingest.get_pipeline",
    "GET /_ingest/pipeline",
    "GET /_ingest/pipeline/{id}",
    params={"summary": boolean(since=(7, 13)), "master_timeout": MASTER_TIMEOUT},
    docs="get-pipeline-api",
    action="cluster:admin/ingest/pipeline/get",
)
def get_pipeline(cluster: Cluster, request: Request) -> Response:
    """Pipelines by id or pattern."""
    from esmock.ingest.service import pipelines

    found = pipelines(cluster).find(request.part_list("id"))
    if request.params.get("summary"):
        found = {id_: {} for id_ in found}
    return Response(200 if found else 404, found)


@endpoint(
    "ingest.delete_pipeline",
    "DELETE /_ingest/pipeline/{id}",
    params={"master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT},
    docs="delete-pipeline-api",
    action="cluster:admin/ingest/pipeline/delete",
)
@in_time(anew, until=(8, 0))
def delete_pipeline(cluster: Cluster, request: Request) -> Response:
    """Remove pipelines by id or pattern."""
    from esmock.ingest.service import pipelines

    pipelines(cluster).delete(request.part("id"))
    return Response(200, {"acknowledged": True})


@endpoint(
    "ingest.processor_grok",
    "GET /_ingest/processor/grok",
    params={"s": boolean(False, since=(7, 9)), "ecs_compatibility": string(since=(7, 13))},
    docs="grok-processor",
    action="cluster:admin/ingest/processor/grok/get",
)
def processor_grok(cluster: Cluster, request: Request) -> Response:
    """The built-in grok patterns."""
    from esmock.script.grok_patterns import ECS_MODES, built_in

    mode = request.params.get("ecs_compatibility") or "disabled"
    if mode not in ECS_MODES:
        raise IllegalArgument(f"unsupported ECS compatibility mode [{mode}]")
    patterns = built_in(cluster.behaviour, mode)
    names = sorted(patterns) if request.params.get("s") else list(patterns)
    return Response(200, {"patterns": {name: patterns[name] for name in names}})


@endpoint(
    "ingest.simulate",
    "GET,POST /_ingest/pipeline/_simulate",
    "GET,POST /_ingest/pipeline/{id}/_simulate",
    params={"verbose": boolean()},
    docs="simulate-pipeline-api",
    path=Request.content_or_source,
    body=Request.content_or_source,
    action="cluster:admin/ingest/pipeline/simulate",
)
def simulate(cluster: Cluster, request: Request) -> Response:
    """What a pipeline would do to documents."""
    from esmock.ingest.simulate import simulate as run

    body = dict(read_body(request))
    shown = run(
        cluster, request.part("id"), body, verbose=request.param("verbose"), warn=request.warn, user=request.ingest_user
    )
    return Response(200, shown)


