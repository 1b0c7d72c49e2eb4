"""Mappings of indices: put, get, single fields, and the type checks of 7.x."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.acknowledgement import in_time
from esmock.api.declare import ALWAYS, Endpoints, until
from esmock.api.indices import OPEN_OR_NAMED, acknowledged, check_type_name, typed_in, wants_types
from esmock.api.params import INDICES_OPTIONS, MASTER_TIMEOUT, TIMEOUT, Param, boolean
from esmock.api.request import Request, Response, map_body, needs_content
from esmock.errors import ActionRequestValidation, ClassCast, ElasticsearchParse, IllegalArgument, TypeMissing
from esmock.mapping.parameter import cast_message
from esmock.shape import index as shape
from esmock.shape.field_mapping import field_mappings
from esmock.state.blocks import check_blocks
from esmock.state.resolve import IndicesOptions, by_name, glob, has_wildcard, in_hash_order, resolve, write_index
from esmock.xcontent.java_order import grown_order
from esmock.xcontent.located import finish

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

endpoint = Endpoints()
Json = Any

TO_PUT = IndicesOptions(expand=("open", "closed"), forbid_closed=False, allow_no_indices=False, selectors=False)
LOCAL = boolean(False)
_NO_TYPES_PUT = "Types cannot be provided in put mapping requests"


def _put_body(request: Request) -> dict[str, Json]:
    body = map_body(request) if request.behaviour.major < 8 else request.required_json()
    finish(body)
    return body if isinstance(body, dict) else {}


@endpoint(
    "indices.put_mapping",
    "PUT,POST /{index}/_mapping",
    "PUT,POST /{index}/_mappings",
    until(8, "PUT,POST /{index}/{type}/_mapping"),
    until(8, "PUT,POST /{index}/_mapping/{type}"),
    until(8, "PUT,POST /_mapping/{type}"),
    until(8, "PUT,POST /{index}/{type}/_mappings"),
    until(8, "PUT,POST /{index}/_mappings/{type}"),
    until(8, "PUT,POST /_mappings/{type}"),
    params={
        "include_type_name": typed_in("put mapping"),
        "timeout": TIMEOUT,
        "master_timeout": MASTER_TIMEOUT,
        **INDICES_OPTIONS,
        "write_index_only": boolean(False),
    },
    docs="indices-put-mapping",
    path=needs_content,
    body=_put_body,
    body_first=ALWAYS,
    action="indices:admin/mapping/put",
)
@in_time()
def put_mapping(cluster: Cluster, request: Request) -> Response:
    """Add fields to indices."""
    typed = wants_types(request)
    type_name, body = _untyped(cluster, request, typed)
    options = request.indices_options(TO_PUT)
    wanted = request.part_list("index")
    found = resolve(cluster, wanted, options)
    if request.param("write_index_only"):
        found = _write_indices(cluster, wanted, options)
    check_blocks(cluster, found, "metadata_write")
    merged = []
    for index in found:
        _check_type(index, type_name)
        merged.append((index, index.mapping.merge(body, warn=request.warn)))
    for index, mapping in merged:
        if type_name is not None:
            index.type_name = type_name if index.type_name is None or type_name != "_doc" else index.type_name
        if mapping is not index.mapping:
            index.set_mapping(mapping)
            cluster.changed()
    return acknowledged()


def _untyped(cluster: Cluster, request: Request, typed: bool) -> tuple[str | None, dict[str, Json]]:
    """The type that the request names, and the mapping below it."""
    type_name, body = request.part("type"), request.parsed
    if not typed:
        if type_name is not None or (len(body) == 1 and "_doc" in body):
            more = "" if cluster.behaviour.major >= 8 else (
                ", unless the include_type_name parameter is set to true."
            )
            raise IllegalArgument(_NO_TYPES_PUT + more)
        return None, body
    if not type_name:
        raise ActionRequestValidation("mapping type is missing")
    check_type_name(type_name)
    if len(body) == 1 and type_name in body:
        inner = body[type_name]
        if not isinstance(inner, dict):
            raise ClassCast(cast_message(inner))
        body = inner
    return type_name, body


def _check_type(index: Index, type_name: str | None) -> None:
    if type_name is None or type_name == index.type_name:
        return
    own = index.type_name or (None if not index.mapping.to_json() else "_doc")
    if own is not None and own != type_name and type_name != "_doc":
        raise IllegalArgument(
            f"Rejecting mapping update to [{index.name}] as the final mapping would have more than 1 type: "
            f"[{', '.join(sorted((own, type_name)))}]"
        )


def _write_indices(cluster: Cluster, names: list[str], options: IndicesOptions) -> list[Index]:
    """The index that each expression writes to. Raises IllegalArgument where one stands for several."""
    out = []
    for name in names or ["_all"]:
        if name in cluster.indices:
            out.append(cluster.indices[name])
        elif cluster.exists(name):
            out.append(write_index(cluster, name, cluster.concrete(name)))
        elif name == "_all" or has_wildcard(name):
            found = resolve(cluster, [name], options)
            if len(found) != 1:
                raise IllegalArgument(
                    f"The index expression [{name}] and options provided did not point to a single write-index"
                )
            out += found
    return out


def _check_get_path(request: Request) -> None:
    if request.part("type") is not None and request.raw.get("include_type_name") not in ("", "true"):
        raise IllegalArgument(
            "Types cannot be provided in get mapping requests, unless include_type_name is set to true."
        )


@endpoint(
    "indices.get_mapping",
    "GET /_mapping",
    "GET /_mappings",
    "GET /{index}/_mapping",
    "GET /{index}/_mappings",
    until(8, "GET /_mapping/{type}"),
    until(8, "GET /{index}/{type}/_mapping"),
    until(8, "GET /{index}/_mapping/{type}"),
    until(8, "GET /{index}/_mappings/{type}"),
    params={
        "include_type_name": typed_in("get mapping"),
        **INDICES_OPTIONS,
        "master_timeout": MASTER_TIMEOUT,
        "local": LOCAL,
    },
    docs="indices-get-mapping",
    path=_check_get_path,
    action="indices:admin/mappings/get",
)
def get_mapping(cluster: Cluster, request: Request) -> Response:
    """Mappings of indices."""
    types = request.part_list("type")
    typed = wants_types(request)
    found = resolve(cluster, request.part_list("index"), request.indices_options(OPEN_OR_NAMED))
    check_blocks(cluster, found, "metadata_read")
    if types and types != ["_all"]:
        return _typed_mappings(cluster, found, types)
    return Response(200, {index.name: {"mappings": shape.mapping(index, typed=typed, gate=cluster.gate)} for index in by_name(found)})


def _typed_mappings(cluster: Cluster, found: list[Index], types: list[str]) -> Response:
    out: dict[str, Json] = {}
    seen: set[str] = set()
    for index in by_name(found):
        body = shape.mapping(index, typed=True, gate=cluster.gate)
        name = next(iter(body), None)
        matched = [one for one in types if name is not None and glob(one).match(name)]
        seen.update(matched)
        if matched:
            out[index.name] = {"mappings": body}
    missing = [one for one in types if one not in seen and "*" not in one]
    if missing and not out:
        raise TypeMissing(f"type[[{', '.join(missing)}]] missing", metadata={"index_uuid": "_na_", "index": "_all"})
    if missing:
        plural = "s" if len(missing) > 1 else ""
        return Response(404, {"error": f"type{plural} [{', '.join(sorted(missing))}] missing", "status": 404, **out})
    return Response(200, out)


@endpoint(
    "indices.exists_type",
    until(8, "HEAD /{index}/_mapping/{type}"),
    params={"local": LOCAL, **INDICES_OPTIONS},
    docs="indices-types-exists",
    action="indices:admin/types/exists",
)
def exists_type(cluster: Cluster, request: Request) -> Response:
    """Whether indices have a mapping type."""
    request.warn("Type exists requests are deprecated, as types have been deprecated.")
    found = resolve(cluster, request.part_list("index"), request.indices_options(OPEN_OR_NAMED))
    kinds = request.part_list("type")
    names = [next(iter(shape.mapping(index, typed=True)), None) for index in found]
    there = bool(found) and all(name is not None and name in kinds for name in names)
    return Response(200 if there else 404, "")


@endpoint(
    "indices.get_field_mapping",
    "GET /_mapping/field/{fields}",
    "GET /{index}/_mapping/field/{fields}",
    until(8, "GET /_mapping/{type}/field/{fields}"),
    until(8, "GET /{index}/{type}/_mapping/field/{fields}"),
    until(8, "GET /{index}/_mapping/{type}/field/{fields}"),
    params={
        "include_type_name": typed_in("get field mapping"),
        "include_defaults": boolean(False),
        **INDICES_OPTIONS,
        "local": Param(
            lambda name, text: text == "true",
            False,
            until=(7, 99),
            warning="Use [local] in get field mapping requests is deprecated. The parameter will be removed in the next major "
            "version",
        ),
    },
    docs="indices-get-field-mapping",
    action="indices:admin/mappings/fields/get",
)
def get_field_mapping(cluster: Cluster, request: Request) -> Response:
    """Definitions of single fields."""
    typed = wants_types(request)
    types = request.part_list("type")
    if types and not typed:
        raise IllegalArgument("Types cannot be specified unless include_type_name is set to true.")
    if not request.part("fields"):
        raise ElasticsearchParse("no fields")
    found = resolve(cluster, request.part_list("index"), request.indices_options(OPEN_OR_NAMED))
    patterns = request.part_list("fields")
    out: dict[str, Json] = {}
    n_fields = 0
    for index in in_hash_order(found, grown_order):
        has_type = index.type_name is not None or bool(index.mapping.to_json())
        if index.is_closed:
            continue  # ES: only open indices have mappers to ask
        fields = field_mappings(index, patterns, defaults=request.param("include_defaults")) if has_type else {}
        if cluster.gate is not None:
            fields = cluster.gate.shown(index, fields)
        kind = index.type_name or "_doc"
        if types and not any(glob(one).match(kind) for one in types):
            continue
        n_fields += len(fields)
        body = ({kind: fields} if has_type else {}) if typed else fields
        out[index.name] = {"mappings": body}
    names = request.part_list("index")
    if len(types) == 1 and len(names) == 1 and len(patterns) == 1 and out and not n_fields:
        return Response(200, {})
    return Response(200 if out else 404, out)
