"""What fields can be used for. Docs: search-field-caps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.index_filter import index_filter
from esmock.api.params import INDICES_OPTIONS, Param, boolean, names
from esmock.api.query_body import read_query
from esmock.api.request import Request, Response
from esmock.errors import ActionRequestValidation, IllegalArgument
from esmock.search.field_caps import FILTERS, FieldCapsRequest
from esmock.state.blocks import closed_block
from esmock.state.resolve import OPEN, by_name, resolve
from esmock.xcontent.object_parser import Parser, custom, mapping
from esmock.xcontent.value_reader import Key, Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

endpoint = Endpoints()
Json = Any
_NO_FIELDS = "specified fields can't be null or empty"
# ES: before 8.0 a closed index may be named, and has nothing to say; 7.17.29 says that it is blocked
OPTIONS = replace(OPEN, forbid_closed=False)


def _fields(body: Json, key: Key, reading: Reading) -> tuple[str, ...]:
    value = body[key]
    found = tuple(map(str, value if isinstance(value, list) else [value]))
    if not found:
        raise IllegalArgument(_NO_FIELDS)
    return found


_BODY = Parser(
    "field_caps_request",
    index_filter(),
    mapping("runtime_mappings"),
    custom("fields", ("START_ARRAY", "VALUE_STRING"), _fields, in_version=lambda behaviour: behaviour.major >= 8),
)


def _parse(request: Request) -> dict[str, Any]:
    if not request.behaviour.field_caps_by_parser:
        query = read_query(request, "index_filter")
        return {} if query is None else {"index_filter": query}
    content, kind = request.optional_content()
    if content is None:
        return {}
    found: dict[str, Any] = _BODY.parse(request.read(content, kind), Reading(request.behaviour, request.warn))
    return found


def _check_fields(request: Request) -> None:
    """On 7.x fields are looked at before any other parameter is read."""
    if request.behaviour.mapping_types and not request.raw.get("fields"):
        raise IllegalArgument(_NO_FIELDS)


def _check(request: Request) -> None:
    """Refuse what asks for no fields, or for them in two ways."""
    _request(request, request.parsed)


@endpoint(
    "field_caps",
    "GET,POST /_field_caps",
    "GET,POST /{index}/_field_caps",
    params={
        "fields": names(),
        **INDICES_OPTIONS,
        "include_unmapped": boolean(False),
        "filters": names(since=(8, 2)),
        "types": names(since=(8, 2)),
        "include_empty_fields": boolean(True, since=(8, 13)),
        "project_routing": Param(lambda _name, text: text, None, since=(9, 2)),
    },
    docs="search-field-caps",
    path=_check_fields,
    body=_parse,
    check=_check,
    action="indices:data/read/field_caps",
)
def field_caps(cluster: Cluster, request: Request) -> Response:
    """Types and uses of fields, index by index and joined."""
    from esmock.search.field_caps import field_caps as run

    body = request.parsed
    asked = _request(request, body)
    found = resolve(cluster, request.part_list("index"), request.indices_options(OPTIONS if cluster.behaviour.mapping_types else OPEN))
    closed = [index for index in found if index.is_closed]
    if closed and cluster.behaviour.has((7, 17)):
        raise closed_block(closed)
    query = body.get("index_filter")
    kept = [
        index
        for index in by_name(found)
        if not index.is_closed and _may_match(cluster, request, index, query)
    ]
    return Response(200, run(asked, kept, cluster.behaviour, cluster.gate))


def _request(request: Request, body: dict[str, Any]) -> FieldCapsRequest:
    given = request.param("fields")
    if "fields" in body and given:
        raise IllegalArgument(
            "can't specify a request body and [fields] request parameter, either specify a request body or the [fields] request "
            "parameter"
        )
    runtime = body.get("runtime_mappings")
    if runtime:
        from esmock.mapping.runtime import parse_runtime_fields

        parse_runtime_fields(runtime)
    wanted = body.get("fields") or tuple(given or ())
    if not wanted:
        if request.behaviour.major >= 8 and not request.has_param("fields"):
            raise ActionRequestValidation("no fields specified")
        raise IllegalArgument(_NO_FIELDS)
    filters = tuple(request.params.get("filters") or ())
    for one in filters:
        if one not in FILTERS:
            raise IllegalArgument(f"Unknown field caps filter [{one}]")
    return FieldCapsRequest(
        wanted,
        include_unmapped=request.param("include_unmapped"),
        filters=filters,
        types=tuple(request.params.get("types") or ()),
        include_empty=request.params.get("include_empty_fields", True),
        runtime=runtime,
    )


def _may_match(cluster: Cluster, request: Request, index: Index, query: Any) -> bool:
    """Whether some shard of an index could have matches of the filter."""
    if query is None:
        return True
    from esmock.search.asked_shards import shard_targets
    from esmock.search.binding import shard_search
    from esmock.search.service import environment

    env = environment(cluster, warn=request.warn)
    targets = shard_targets(cluster, [index], [index.name])
    return any(not query.matches_none(shard_search(None, target, env)) for target in targets)  # type: ignore[arg-type]
