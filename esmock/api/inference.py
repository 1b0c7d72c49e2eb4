"""Inference endpoints: kept and handed out, never called. Docs: inference-apis.

Source: the classes of the module inference of 8.11 to 9.x; no engine that could be asked has it.
Differs: no service is asked whether it knows the model, so that settings stay as they were given, without secrets and without the
defaults of a service; calling an endpoint answers 501.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from esmock.api.declare import Endpoint, Endpoints
from esmock.api.params import boolean, time
from esmock.api.request import Request, Response
from esmock.api.unsupported import FILE, declared
from esmock.errors import IllegalArgument, ResourceAlreadyExists, ResourceNotFound, Status, Unsupported

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

class _Inference(Endpoints):
    """Those declared here, and the ones by which the specification describes the body of each service: the same request."""

    def __iter__(self) -> Iterator[Endpoint]:
        yield from super().__iter__()
        for line in FILE.read_text("utf-8").splitlines():
            name = line.partition("\t")[0]
            if name.startswith("inference.put_") and name != "inference.put_region_policy":
                yield declared(line, handler=put, action=f"{_ACTION}put")


endpoint = _Inference()
Json = Any
_SINCE = (8, 11)
_ACTION = "cluster:admin/xpack/inference/"
_TASKS = ("chat_completion", "completion", "embedding", "rerank", "sparse_embedding", "text_embedding")
_SPELLED = ("completion", "embedding", "rerank", "sparse_embedding", "text_embedding")
"""Tasks that have a path of their own in the specification, beside the one for all."""
_SERVICES = (
    "ai21", "alibabacloud-ai-search", "amazonbedrock", "amazon_sagemaker", "anthropic", "azureaistudio", "azureopenai", "cohere",
    "contextualai", "custom", "deepseek", "elastic", "elasticsearch", "elser", "fireworksai", "googleaistudio", "googlevertexai",
    "groq", "hugging_face", "jinaai", "llama", "mistral", "nvidia", "openai", "openshift_ai", "streaming_completion_test_service",
    "voyageai", "watsonxai",
)  # fmt: skip
_SECRETS = ("access_key", "api_key", "client_secret", "entra_id", "secret_key", "secret_parameters", "service_account_json")
_PARTS = ("service", "service_settings", "task_settings", "chunking_settings")
_CHUNKS = {"strategy": "sentence", "max_chunk_size": 250, "sentence_overlap": 1}


def _own(task: str, model: str, name: str) -> dict[str, Json]:
    """An endpoint that every cluster has from 8.17 on."""
    scaled = {"enabled": True, "min_number_of_allocations": 0, "max_number_of_allocations": 32}
    out: dict[str, Json] = {
        "inference_id": name,
        "task_type": task,
        "service": "elasticsearch",
        "service_settings": {"num_threads": 1, "model_id": model, "adaptive_allocations": scaled},
    }
    return {**out, "task_settings": {"return_documents": True}} if task == "rerank" else {**out, "chunking_settings": _CHUNKS}


_OWN = {
    one["inference_id"]: one
    for one in (
        _own("sparse_embedding", ".elser_model_2", ".elser-2-elasticsearch"),
        _own("text_embedding", ".multilingual-e5-small", ".multilingual-e5-small-elasticsearch"),
        _own("rerank", ".rerank-v1", ".rerank-v1-elasticsearch"),
    )
}


class Registry:
    """The slot ``inference`` of a cluster: id to endpoint."""

    def __init__(self, endpoints: Mapping[str, Json] | None = None) -> None:
        self.endpoints = dict(endpoints or {})

    def clone(self, cluster: Cluster) -> Registry:
        return Registry(self.endpoints)


def _known(cluster: Cluster) -> dict[str, Json]:
    """All by id, the cluster's own among them."""
    own = _OWN if cluster.behaviour.has((8, 17)) else {}
    return {**own, **_registry(cluster).endpoints}


def _registry(cluster: Cluster) -> Registry:
    found: Registry = cluster.slot("inference", Registry)
    return found


def _one(cluster: Cluster, request: Request) -> Json:
    """The endpoint that a request names. Raises ResourceNotFound, Status for another task."""
    id_, task = request.part("inference_id"), _task(request)
    found = _known(cluster).get(id_)
    if found is None:
        raise ResourceNotFound(f"Inference endpoint not found [{id_}]")
    if task not in (None, "any", found["task_type"]):
        raise Status(
            f"Requested task type [{task}] does not match the inference endpoint's task type [{found['task_type']}]", status=400
        )
    return found


def _task(request: Request) -> str | None:
    segments = request.path.strip("/").split("/")
    task: str | None = request.part("task_type") or (segments[1] if len(segments) > 2 else None)
    if task is not None and task.lower() not in (*_TASKS, "any"):
        raise IllegalArgument(f"Unknown task_type [{task}]")
    return task


def _configuration(request: Request) -> dict[str, Json]:
    """Raises IllegalArgument, Status."""
    task, body = _task(request), request.required_json()
    if not isinstance(body, dict):
        raise IllegalArgument("Malformed content, must start with an object")
    given = body.get("task_type")
    if task is not None and given not in (None, task):
        raise Status(
            f"Cannot resolve conflicting task_type parameter in the request URL [{task}] and the request body [{given}]", status=400
        )
    service = body.get("service")
    if service is None:
        raise Status("Inference endpoint configuration is missing the [service] setting", status=400)
    if service not in _SERVICES:
        raise Status(f"Unknown service [{service}]", status=400)
    unknown = [name for name in body if name not in (*_PARTS, "task_type")]
    if unknown:
        shown = ", ".join(f"{name}={body[name]}" for name in unknown)
        raise Status(f"Configuration contains settings [{{{shown}}}] unknown to the [{service}] service", status=400)
    if task is None and given is None:
        raise Status("Inference endpoint configuration is missing the [task_type] setting", status=400)
    settings = {name: value for name, value in (body.get("service_settings") or {}).items() if name not in _SECRETS}
    out = {"task_type": task or given, "service": service, "service_settings": settings}
    return {**out, **{name: body[name] for name in ("task_settings", "chunking_settings") if body.get(name)}}


@endpoint(
    "inference.put",
    "PUT /_inference/{inference_id}",
    "PUT /_inference/{task_type}/{inference_id}",
    *(f"PUT /_inference/{task}/{{inference_id}}" for task in _SPELLED),
    params={"timeout": time("30s", since=(8, 19))},
    docs="put-inference-api",
    body=_configuration,
    action=f"{_ACTION}put",
    since=_SINCE,
)
def put(cluster: Cluster, request: Request) -> Response:
    """Store an endpoint."""
    id_ = next(value for name, value in request.parts.items() if name.endswith("inference_id"))
    if id_ in _known(cluster):
        raise ResourceAlreadyExists(f"Inference endpoint [{id_}] already exists")
    made = {"inference_id": id_, **(request.parsed or _configuration(request))}
    _registry(cluster).endpoints[id_] = made
    return Response(200, made)


@endpoint(
    "inference.get",
    "GET /_inference",
    "GET /_inference/{inference_id}",
    "GET /_inference/{task_type}/{inference_id}",
    *(f"GET /_inference/{task}/{{inference_id}}" for task in _SPELLED),
    "GET /_inference/{task_type}/_all",
    docs="get-inference-api",
    check=_task,
    action="cluster:monitor/xpack/inference/get",
    since=_SINCE,
)
def get(cluster: Cluster, request: Request) -> Response:
    """Endpoints by id."""
    id_, task = request.part("inference_id"), _task(request)
    if id_ not in (None, "_all", "*"):
        return Response(200, {"endpoints": [_one(cluster, request)]})
    found = [one for _, one in sorted(_known(cluster).items()) if task in (None, "any", one["task_type"])]
    return Response(200, {"endpoints": found})


@endpoint(
    "inference.delete",
    "DELETE /_inference/{inference_id}",
    "DELETE /_inference/{task_type}/{inference_id}",
    *(f"DELETE /_inference/{task}/{{inference_id}}" for task in _SPELLED),
    params={"dry_run": boolean(False, since=(8, 15)), "force": boolean(False, since=(8, 15))},
    docs="delete-inference-api",
    check=_task,
    action=f"{_ACTION}delete",
    since=_SINCE,
)
def delete(cluster: Cluster, request: Request) -> Response:
    """Forget an endpoint."""
    found = _one(cluster, request)
    id_ = found["inference_id"]
    if id_ in _OWN and not request.param("force"):
        raise Status(
            f"[{id_}] is a reserved inference endpoint. Use the force=true query parameter to delete the inference endpoint.",
            status=400,
        )
    is_dry = bool(request.param("dry_run"))
    if not is_dry:
        _registry(cluster).endpoints.pop(id_, None)
    more = {"pipelines": [], "indexes": [], "error_message_or_dry_run_message": ""} if request.behaviour.has((8, 16)) else {}
    return Response(200, {"acknowledged": not is_dry, **more})


def _calls(name: str, *routes: str, since: tuple[int, int] = _SINCE) -> None:
    """Declare an endpoint that calls one: nothing answers behind it."""

    @endpoint(
        f"inference.{name}",
        *routes,
        params={"timeout": time("30s")},
        docs="post-inference-api",
        check=_task,
        body=lambda request: request.json(),
        action="cluster:monitor/xpack/inference/post",
        since=since,
    )
    def call(cluster: Cluster, request: Request) -> NoReturn:
        found = _one(cluster, request)
        raise Unsupported(f"calling the inference endpoint [{found['inference_id']}] of the service [{found['service']}]")


_calls("inference", "POST /_inference/{inference_id}", "POST /_inference/{task_type}/{inference_id}")
for _spelled in _SPELLED:
    _calls(_spelled, f"POST /_inference/{_spelled}/{{inference_id}}", since=(9, 4) if _spelled == "embedding" else _SINCE)
_calls("stream_completion", "POST /_inference/completion/{inference_id}/_stream", since=(8, 16))
_calls("chat_completion_unified", "POST /_inference/chat_completion/{inference_id}/_stream", since=(8, 18))
