"""Search applications and behavioral analytics. Docs: search-application-apis, behavioral-analytics-apis.

Source: the module ent-search of 8.8 to 9.x and the makers' YAML tests; no engine that could be asked has it.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import boolean, integer, string
from esmock.api.request import Request, Response
from esmock.errors import ApiError, IllegalArgument, ResourceAlreadyExists, ResourceNotFound
from esmock.features.search_application.applications import (
    DEFAULT_WARNING,
    SearchApplication,
    Template,
    check_dictionary,
    search_applications,
)
from esmock.script.script import Script
from esmock.xcontent.object_parser import Parser, custom, long_, mapping, object_, strings
from esmock.xcontent.object_parser import string as text
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_SINCE = (8, 8)
_ACTION = "cluster:admin/xpack/application/search_application/"
_ANALYTICS = "cluster:admin/xpack/application/analytics/"


def _script(body: Json, key: Any, reading: Reading) -> Script:
    """The script of a template. Raises IllegalArgument."""
    found = Script.parse(body, key, reading, "mustache")
    if found.stored:
        raise IllegalArgument("only [inline] script type is supported")
    if found.lang != "mustache":
        raise IllegalArgument("only [mustache] scripting language is supported")
    return found


def _template(given: dict[str, Any]) -> Template:
    dictionary = given.get("dictionary")
    if dictionary is not None:
        check_dictionary(dictionary)
    return Template(given["script"], dictionary)


_TEMPLATE = Parser(
    "search_template",
    custom("script", ("START_OBJECT", "VALUE_STRING"), _script, required=True),
    mapping("dictionary", argument=True),
    build=_template,
)
_PARSER = Parser(
    "search_application",
    text("name", argument=True, nullable=True),
    strings("indices", required=True),
    text("analytics_collection_name", argument=True, nullable=True),
    long_("updated_at_millis", argument=True),
    object_("template", _TEMPLATE, argument=True, nullable=True),
)
_PARAMS = Parser("search_application_search", mapping("params", nullable=True))


def _body(request: Request) -> dict[str, Any]:
    name = request.part("name")
    given: dict[str, Any] = _PARSER.parse(request.required_json(), Reading(request.behaviour, request.warn))
    if given.get("name") not in (None, name):
        raise IllegalArgument(f"Search Application name [{given['name']}] does not match the resource name: [{name}]")
    return given


@endpoint(
    "search_application.put",
    "PUT /_application/search_application/{name}",
    params={"create": boolean(False)},
    docs="put-search-application",
    body=_body,
    action=f"{_ACTION}put",
    since=_SINCE,
)
def put(cluster: Cluster, request: Request) -> Response:
    """Store an application."""
    given = request.parsed
    one = SearchApplication(
        request.part("name"),
        tuple(sorted(given["indices"])),
        given.get("updated_at_millis") or cluster.clock.now_ms(),
        given.get("analytics_collection_name"),
        given.get("template"),
    )
    is_new = search_applications(cluster).put(cluster, one, create=request.param("create"))
    return Response(201 if is_new else 200, {"result": "created" if is_new else "updated"})


@endpoint(
    "search_application.get",
    "GET /_application/search_application/{name}",
    docs="get-search-application",
    action=f"{_ACTION}get",
    since=_SINCE,
)
def get(cluster: Cluster, request: Request) -> Response:
    """An application."""
    found = search_applications(cluster).one(request.part("name"))
    if found.template is None:
        request.warn(DEFAULT_WARNING)
    return Response(200, found.body())


@endpoint(
    "search_application.list",
    "GET /_application/search_application",
    params={"q": string("*"), "from": integer(0), "size": integer(10)},
    docs="list-search-applications",
    action=f"{_ACTION}list",
    since=_SINCE,
)
def list_(cluster: Cluster, request: Request) -> Response:
    """Applications by name, page by page."""
    first, size, wanted = request.param("from"), request.param("size"), request.param("q")
    found = [one for name, one in sorted(search_applications(cluster).applications.items()) if _matches(wanted, one)]
    return Response(200, {"count": len(found), "results": [one.item() for one in found[first : first + size]]})


def _matches(wanted: str, one: SearchApplication) -> bool:
    """Whether a word or pattern of a query string, for a field or for any, is there."""
    name, separator, pattern = wanted.partition(":")
    fields = {"name": [one.name], "indices": list(one.indices), "analytics_collection_name": [one.analytics or ""]}
    texts = fields.get(name, []) if separator else [text_ for some in fields.values() for text_ in some]
    return any(fnmatchcase(text_, pattern if separator else wanted) for text_ in texts)


@endpoint(
    "search_application.delete",
    "DELETE /_application/search_application/{name}",
    docs="delete-search-application",
    action=f"{_ACTION}delete",
    since=_SINCE,
)
def delete(cluster: Cluster, request: Request) -> Response:
    """Forget an application; its indices stay."""
    search_applications(cluster).delete(cluster, request.part("name"))
    return acknowledged()


def _params(request: Request) -> dict[str, Json]:
    if not request.content:
        return {}
    given = _PARAMS.parse(request.required_json(), Reading(request.behaviour, request.warn))
    return given.get("params") or {}


@endpoint(
    "search_application.render_query",
    "POST /_application/search_application/{name}/_render_query",
    docs="search-application-render-query",
    body=_params,
    action=f"{_ACTION}render_query",
    since=(8, 9),
)
def render_query(cluster: Cluster, request: Request) -> Response:
    """The search that parameters make.

    Differs: it is shown as the template writes it, not as Elasticsearch would write it again.
    """
    return Response(200, search_applications(cluster).one(request.part("name")).rendered(cluster, request.parsed))


@endpoint(
    "search_application.search",
    "GET,POST /_application/search_application/{name}/_search",
    params={"typed_keys": boolean(False, response=True, since=(8, 13))},
    docs="search-application-search",
    body=_params,
    action="indices:data/read/xpack/application/search_application/search",
    since=_SINCE,
)
def search(cluster: Cluster, request: Request) -> Response:
    """Search an application by its template."""
    from esmock.search.service import search_made
    from esmock.shape import search as shape

    one = search_applications(cluster).one(request.part("name"))
    if one.template is None:
        request.warn(DEFAULT_WARNING)
    found = search_made(cluster, [one.name], one.rendered(cluster, request.parsed), warn=request.warn)
    return Response(200, shape.body(found, cluster.behaviour))


# -- behavioral analytics

_STREAM = "behavioral_analytics-events-"


def _collection(request: Request) -> str:
    """A name that an event stream can bear. Raises IllegalArgument."""
    from esmock.state.aliases import check_index_name

    name: str = request.part("name")
    try:
        check_index_name(_STREAM + name, request.behaviour)
    except ApiError as error:
        raise IllegalArgument(error.reason) from None
    return name


@endpoint(
    "search_application.put_behavioral_analytics",
    "PUT /_application/analytics/{name}",
    docs="put-analytics-collection",
    path=_collection,
    action=f"{_ANALYTICS}put",
    since=_SINCE,
)
def put_behavioral_analytics(cluster: Cluster, request: Request) -> Response:
    """Make a collection."""
    name, known = request.part("name"), search_applications(cluster).collections
    if name in known:
        raise ResourceAlreadyExists(f"analytics collection [{name}] already exists")
    known.add(name)
    return acknowledged(name=name)


@endpoint(
    "search_application.get_behavioral_analytics",
    "GET /_application/analytics",
    "GET /_application/analytics/{name}",
    docs="list-analytics-collection",
    action=f"{_ANALYTICS}get",
    since=_SINCE,
)
def get_behavioral_analytics(cluster: Cluster, request: Request) -> Response:
    """Collections by name or pattern."""
    known = sorted(search_applications(cluster).collections)
    wanted = request.part_list("name") or ["*"]
    found = [name for name in known if any(fnmatchcase(name, one) for one in wanted)]
    missing = [one for one in wanted if "*" not in one and one not in known]
    if missing:
        raise ResourceNotFound(missing[0])
    return Response(200, {name: {"event_data_stream": {"name": _STREAM + name}} for name in found})


@endpoint(
    "search_application.delete_behavioral_analytics",
    "DELETE /_application/analytics/{name}",
    docs="delete-analytics-collection",
    action=f"{_ANALYTICS}delete",
    since=_SINCE,
)
def delete_behavioral_analytics(cluster: Cluster, request: Request) -> Response:
    """Forget a collection."""
    name, known = request.part("name"), search_applications(cluster).collections
    if name not in known:
        raise ResourceNotFound(name)
    known.remove(name)
    return acknowledged()
