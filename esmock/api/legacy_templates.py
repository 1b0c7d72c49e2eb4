"""Legacy index templates (``_template``)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged, include_type_name, typed_mapping, untyped_mapping, wants_types
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT, Param, boolean, integer, string
from esmock.api.request import Request, Response, map_body
from esmock.api.templates import LOCAL
from esmock.errors import IllegalArgument
from esmock.shape import templates as shape
from esmock.state import legacy_template, put_template
from esmock.state.resolve import glob
from esmock.state.templates import templates

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.templates import LegacyTemplate

endpoint = Endpoints()
Json = Any

LEGACY_DEPRECATED = "Legacy index templates are deprecated in favor of composable templates."


def _warn_of_legacy(request: Request) -> None:
    if request.behaviour.newer_jackson:
        request.warn(LEGACY_DEPRECATED)


def _legacy_body(request: Request) -> LegacyTemplate:
    body = map_body(request)
    type_name, mappings = _mappings(body, request)
    read = legacy_template.parse_legacy(
        request.part("name"), body, request.behaviour, order=request.param("order"), warn=request.warn
    )
    return replace(read, mappings=mappings, type_name=type_name)


def _mappings(body: dict[str, Json], request: Request) -> tuple[str | None, dict[str, Json]]:
    """The type and mapping that a template is written with."""
    if "mappings" not in body:
        return None, {}
    if not wants_types(request):
        return None, untyped_mapping(body["mappings"], request.behaviour)
    if len(body["mappings"]) > 1:
        raise IllegalArgument(f"Cannot put multiple mappings: [{', '.join(sorted(body['mappings']))}]")
    return typed_mapping(body["mappings"], request.behaviour)


@endpoint(
    "indices.put_template",
    "PUT,POST /_template/{name}",
    params={
        "include_type_name": include_type_name(
            "Specifying include_type_name in put index template requests is deprecated. The parameter will be removed in the "
            "next major version."
        ),
        "order": integer(0),
        "master_timeout": MASTER_TIMEOUT,
        "create": boolean(False),
        "cause": string(""),
    },
    docs="indices-templates-v1",
    path=_warn_of_legacy,
    body=_legacy_body,
    action="indices:admin/template/put",
)
def put_template_(cluster: Cluster, request: Request) -> Response:
    """Store a legacy template."""
    put_template.put_legacy(
        cluster,
        request.parsed,
        create=request.param("create"),
        warn=request.warn,
    )
    return acknowledged()


_GET = {
    "include_type_name": include_type_name(
        "Specifying include_type_name in get index template requests is deprecated."
    ),
    "local": LOCAL,
    "master_timeout": MASTER_TIMEOUT,
    "flat_settings": boolean(False, response=True),
}


@endpoint(
    "indices.exists_template",
    "HEAD /_template/{name}",
    params=_GET,
    docs="indices-template-exists-v1",
    action="indices:admin/template/get",
)
@endpoint(
    "indices.get_template",
    "GET /_template",
    "GET /_template/{name}",
    params=_GET,
    docs="indices-get-template-v1",
    action="indices:admin/template/get",
)
def get_template(cluster: Cluster, request: Request) -> Response:
    """Legacy templates."""
    typed = wants_types(request)
    wanted = request.part_list("name")
    found = {
        name: shape.legacy(one, flat=request.param("flat_settings"), typed=typed)
        for name, one in sorted(templates(cluster).legacy.items())
        if not wanted or any(glob(pattern).match(name) for pattern in wanted)
    }
    return Response(404 if wanted and not found else 200, found)


@endpoint(
    "indices.delete_template",
    "DELETE /_template/{name}",
    params={"master_timeout": MASTER_TIMEOUT, "timeout": Param(TIMEOUT.parse, TIMEOUT.default, since=(9, 0))},
    docs="indices-delete-template-v1",
    action="indices:admin/template/delete",
)
def delete_template(cluster: Cluster, request: Request) -> Response:
    """Remove legacy templates."""
    put_template.delete_legacy(cluster, request.part("name"))
    return acknowledged()
