"""Component and composable index templates, and what they would give an index."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.api import alias_filter
from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT, Param, boolean, string
from esmock.api.request import Request, Response
from esmock.api.template_body import component, composable, read_component, read_composable
from esmock.errors import (
    IllegalArgument,
    ResourceNotFound,
)
from esmock.shape import templates as shape
from esmock.state import put_template
from esmock.state.resolve import glob
from esmock.state.templates import templates
from esmock.xcontent.java_order import grown_order, hash_order

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any

LOCAL = boolean(False)


PUT = {"master_timeout": MASTER_TIMEOUT, "create": boolean(False), "cause": string("api")}


@endpoint(
    "cluster.put_component_template",
    "PUT,POST /_component_template/{name}",
    params=PUT,
    docs="indices-component-template",
    body=read_component,
    action="cluster:admin/component_template/put",
)
def put_component_template(cluster: Cluster, request: Request) -> Response:
    """Store a component template."""
    put_template.put_component(
        cluster,
        component(request.part("name"), request.parsed),
        create=request.param("create"),
        warn=request.warn,
        check_filter=alias_filter.checks(cluster),
    )
    return acknowledged()


_DEFAULTS = {"include_defaults": boolean(False, since=(8, 8))}
_GET = {"local": LOCAL, "master_timeout": MASTER_TIMEOUT, "flat_settings": boolean(False, response=True), **_DEFAULTS}
_GET_COMPONENT = {"local": LOCAL, **_DEFAULTS, **_GET, "settings_filter": string(response=True)}


@endpoint(
    "cluster.exists_component_template",
    "HEAD /_component_template/{name}",
    params=_GET,
    docs="indices-component-template",
    action="cluster:admin/component_template/get",
)
@endpoint(
    "cluster.get_component_template",
    "GET /_component_template",
    "GET /_component_template/{name}",
    params=_GET_COMPONENT,
    docs="indices-component-template",
    action="cluster:admin/component_template/get",
)
def get_component_template(cluster: Cluster, request: Request) -> Response:
    """Component templates."""
    known = templates(cluster).components
    return _listed(request, "component_template", known, lambda one: shape.component(one, flat=_is_flat(cluster, request)))


_DELETE = {"master_timeout": MASTER_TIMEOUT, "timeout": Param(TIMEOUT.parse, TIMEOUT.default, since=(9, 0))}
"""Differs: 8.19.21 does not know ``timeout`` here; of later versions only the specification says so."""


def _is_flat(cluster: Cluster, request: Request) -> bool:
    # ES: before 8.0 the parameter is accepted and changes nothing
    return cluster.behaviour.major >= 8 and bool(request.param("flat_settings"))


def _one_name(request: Request) -> None:
    if "," in (request.part("name") or "") and request.behaviour.newer_jackson:
        raise IllegalArgument("template name may not contain ','")


def _listed(request: Request, kind: str, known: dict[str, Any], printed: Callable[[Any], Json]) -> Response:
    items = [{"name": one.name, kind: printed(one)} for one in _named(request, known, kind.replace("_", " "))]
    is_missing = request.part("name") is not None and not items
    return Response(404 if is_missing else 200, {f"{kind}s": items})


def _named(request: Request, known: dict[str, Any], what: str) -> list[Any]:
    """The templates of a name or wildcard. Raises ResourceNotFound for a plain name that is not there."""
    name = request.part("name")
    if name is None:
        return [known[one] for one in grown_order(known)]
    if "*" in name:
        regex = glob(name)
        return [known[one] for one in hash_order(one for one in known if regex.match(one))]
    if name not in known:
        raise ResourceNotFound(f"{what} matching [{name}] not found")
    return [known[name]]


@endpoint(
    "cluster.delete_component_template",
    "DELETE /_component_template/{name}",
    params=_DELETE,
    docs="indices-component-template",
    action="cluster:admin/component_template/delete",
)
def delete_component_template(cluster: Cluster, request: Request) -> Response:
    """Remove component templates."""
    put_template.delete_components(cluster, _delete_names(cluster, request))
    return acknowledged()


def _delete_names(cluster: Cluster, request: Request) -> list[str]:
    return request.part_list("name") if cluster.behaviour.newer_jackson else [request.part("name")]


@endpoint(
    "indices.put_index_template",
    "PUT,POST /_index_template/{name}",
    params=PUT,
    docs="indices-put-template",
    body=read_composable,
    action="indices:admin/index_template/put",
)
def put_index_template(cluster: Cluster, request: Request) -> Response:
    """Store a composable template."""
    put_template.put_composable(
        cluster,
        composable(request.part("name"), request.parsed),
        create=request.param("create"),
        warn=request.warn,
        check_filter=alias_filter.checks(cluster),
    )
    return acknowledged()


@endpoint(
    "indices.exists_index_template",
    "HEAD /_index_template/{name}",
    params=_GET,
    path=_one_name,
    docs="indices-template-exists",
    action="indices:admin/index_template/get",
)
@endpoint(
    "indices.get_index_template",
    "GET /_index_template",
    "GET /_index_template/{name}",
    params=_GET,
    path=_one_name,
    docs="indices-get-template",
    action="indices:admin/index_template/get",
)
def get_index_template(cluster: Cluster, request: Request) -> Response:
    """Composable templates."""
    known, behaviour = templates(cluster).composable, cluster.behaviour
    return _listed(
        request, "index_template", known, lambda one: shape.composable(one, behaviour, flat=_is_flat(cluster, request))
    )


@endpoint(
    "indices.delete_index_template",
    "DELETE /_index_template/{name}",
    params=_DELETE,
    docs="indices-delete-template",
    action="indices:admin/index_template/delete",
)
def delete_index_template(cluster: Cluster, request: Request) -> Response:
    """Remove composable templates."""
    put_template.delete_composable(cluster, _delete_names(cluster, request))
    return acknowledged()


