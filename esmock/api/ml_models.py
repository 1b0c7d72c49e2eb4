"""The model that every cluster has: which language a text is in. Docs: get-trained-models.

Source: docs pages of 7.10 to 9.5; no engine that could be asked has machine learning.
Differs: its definition answers 501; it cannot be run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.ml_filters import chosen
from esmock.api.params import boolean, integer, names, string
from esmock.api.request import Request, Response
from esmock.errors import ResourceNotFound, Unsupported
from esmock.shape.cat import Size
from esmock.shape.index import instant

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
NAME = "lang_ident_model_1"
_MISSING = "No known trained model with model_id [{}]"
_HEAP_BYTES = 1_053_992
_OPERATIONS = 39_629
_CREATED_MS = 1_575_548_914_594
_PAGE = {"from": integer(0), "size": integer(100), "allow_no_match": boolean(True)}


def _model(request: Request) -> dict[str, Json]:
    typed = request.behaviour.has((7, 15))
    return {
        "model_id": NAME,
        **({"model_type": "lang_ident"} if typed else {}),
        "created_by": "_xpack",
        "version": "7.6.0",
        "create_time": _CREATED_MS,
        **(
            {"model_size_bytes": _HEAP_BYTES}
            if request.behaviour.has((8, 0))
            else {"estimated_heap_memory_usage_bytes": _HEAP_BYTES}
        ),
        "estimated_operations": _OPERATIONS,
        "license_level": "basic",
        "description": "Model used for identifying language from arbitrary input text.",
        "tags": ["lang_ident", "prepackaged"],
        "input": {"field_names": ["text"]},
        "inference_config": {
            "classification": {
                "num_top_classes": 0,
                "top_classes_results_field": "top_classes",
                "results_field": "predicted_value",
                "num_top_feature_importance_values": 0,
            }
        },
        **({"fully_defined": True} if request.behaviour.has((8, 0)) else {}),
    }


def _found(request: Request) -> list[str]:
    """Its name, where it is meant. Raises ResourceNotFound."""
    found = chosen({NAME: NAME}, request.part("model_id"), _MISSING)
    wanted = request.raw.get("tags")
    if wanted and not set(wanted.split(",")) <= {"lang_ident", "prepackaged"}:
        found = []
    if not found and request.param("allow_no_match") is False:
        raise ResourceNotFound(_MISSING.format(request.part("model_id")))
    return found


def cat_rows(cluster: Cluster, request: Request) -> list[dict[str, Any]]:
    """The rows of ``_cat/ml/trained_models``. Raises Unsupported for its help, whose words nobody could be asked about."""
    if request.param("help"):
        raise Unsupported("[help] of cat.ml_trained_models")
    row = {
        "id": NAME,
        "created_by": "_xpack",
        "heap_size": Size(_HEAP_BYTES),
        "operations": _OPERATIONS,
        "license": "BASIC",
        "create_time": instant(_CREATED_MS),
        "version": "7.6.0",
        "description": "Model used for identifying language from arbitrary input text.",
        "type": "lang_ident",
        "ingest.pipelines": 0,
        "data_frame.id": "__none__",
    }
    return [row for _ in _page(request, _found(request))]


def _page(request: Request, found: list[Any]) -> list[Any]:
    first, size = request.param("from"), request.param("size")
    return found[first : first + size]


@endpoint(
    "ml.get_trained_models",
    "GET /_ml/trained_models/{model_id}",
    "GET /_ml/trained_models",
    params={
        **_PAGE,
        "decompress_definition": boolean(True),
        "exclude_generated": boolean(False),
        "include": string(),
        "tags": names(),
    },
    docs="get-trained-models",
    action="cluster:monitor/xpack/ml/inference/get",
)
def get_trained_models(cluster: Cluster, request: Request) -> Response:
    """Models by id."""
    if "definition" in (request.param("include") or ""):
        raise Unsupported("[include] of ml.get_trained_models")
    generated = ("created_by", "version", "create_time", "estimated_operations", "license_level", "model_size_bytes")
    dropped = generated if request.param("exclude_generated") else ()
    found = _found(request)
    shown = [
        {name: value for name, value in _model(request).items() if name not in dropped} for _ in _page(request, found)
    ]
    return Response(200, {"count": len(found), "trained_model_configs": shown})


@endpoint(
    "ml.get_trained_models_stats",
    "GET /_ml/trained_models/{model_id}/_stats",
    "GET /_ml/trained_models/_stats",
    params=_PAGE,
    docs="get-trained-models-stats",
    action="cluster:monitor/xpack/ml/inference/stats/get",
)
def get_trained_models_stats(cluster: Cluster, request: Request) -> Response:
    """What models did: nothing."""
    found = _found(request)
    sizes = {"model_size_bytes": _HEAP_BYTES, "required_native_memory_bytes": 0}
    one = {
        "model_id": NAME,
        **({"model_size_stats": sizes} if request.behaviour.has((8, 1)) else {}),
        "pipeline_count": 0,
    }
    return Response(200, {"count": len(found), "trained_model_stats": [one for _ in _page(request, found)]})
