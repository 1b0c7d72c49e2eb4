"""Whole indices: create, get, exists, delete, open, close, refresh, flush, force merge, caches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api import alias_filter
from esmock.api.acknowledgement import as_before, in_time
from esmock.api.declare import ALWAYS, Endpoints
from esmock.api.params import (
    INDICES_OPTIONS,
    MASTER_TIMEOUT,
    TIMEOUT,
    WAIT_FOR_ACTIVE_SHARDS,
    Param,
    boolean,
)
from esmock.api.request import Request, Response, optional_map_body
from esmock.errors import (
    ActionRequestValidation,
    ClassCast,
    ElasticsearchParse,
    IllegalArgument,
    InvalidTypeName,
    NullPointer,
)
from esmock.mapping.parameter import cast_message
from esmock.shape import index as shape
from esmock.state import admin, index_settings
from esmock.state.aliases import parse_aliases
from esmock.state.blocks import check_blocks
from esmock.state.create import create_index
from esmock.state.data_streams import stream_of
from esmock.state.resolve import IndicesOptions, by_name, resolve
from esmock.xcontent.java_order import hash_map, hash_ordered

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any

OPEN = IndicesOptions()
OPEN_OR_NAMED = IndicesOptions(forbid_closed=False)
LENIENT_OR_NAMED = IndicesOptions(ignore_unavailable=True, forbid_closed=False)
TO_CLOSE = IndicesOptions(forbid_closed=False, data_streams=False)
TO_DELETE = IndicesOptions(
    expand=("open", "closed"), forbid_closed=False, allow_aliases=False, data_streams=False, selectors=False
)
TO_OPEN = IndicesOptions(expand=("closed",), forbid_closed=False)


def include_type_name(warning: str) -> Param:
    """``include_type_name``, which only 7.x knows and deprecates."""
    return boolean(False, until=(7, 99), warning=f"[types removal] {warning}")


def typed_in(what: str, *, quoted: bool = False) -> Param:
    """``include_type_name`` of a kind of requests."""
    name = "`include_type_name`" if quoted else "include_type_name"
    return include_type_name(
        f"Using {name} in {what} requests is deprecated. The parameter will be removed in the next major version."
    )


def wants_types(request: Request) -> bool:
    """Whether the request asks for mapping types."""
    return bool(request.params.get("include_type_name"))


def acknowledged(**more: Json) -> Response:
    """``{"acknowledged": true}`` and what follows it."""
    return Response(200, {"acknowledged": True, **more})


def untyped_mapping(mappings: Json, behaviour: Any) -> dict[str, Json]:
    """The mapping of a request without types. Raises where a type stands in it, or it is no object."""
    if not isinstance(mappings, dict):
        if behaviour.major >= 8:
            raise ElasticsearchParse("key [mappings] must be an object")
        if mappings is None:
            raise NullPointer('Cannot invoke "java.util.Map.entrySet()" because "mappings" is null')
        raise ClassCast(cast_message(mappings))
    if "_doc" in mappings:
        raise IllegalArgument(
            "The mapping definition cannot be nested under a type [_doc] unless include_type_name is set to true."
        )
    return mappings


def typed_mapping(mappings: Json, behaviour: Any) -> tuple[str | None, dict[str, Json]]:
    """The type and mapping of a request with types; without any type key the mapping is empty."""
    if not isinstance(mappings, dict):
        raise ClassCast(cast_message(mappings))
    if not mappings:
        return None, {}
    name, body = next(iter(mappings.items()))
    check_type_name(name)
    if not isinstance(body, dict):
        raise ClassCast(cast_message(body))
    return name, body


def check_type_name(name: str) -> None:
    """Raises InvalidTypeName."""
    if not name:
        raise InvalidTypeName("mapping type name is empty")
    if len(name) > 255:
        raise InvalidTypeName(f"mapping type name [{name}] is too long; limit is length 255 but was [{len(name)}]")
    if name[0] == "_" and name != "_doc":
        raise InvalidTypeName(f"mapping type name [{name}] can't start with '_' unless it is called [_doc]")
    for char in "#,":
        if char in name:
            raise InvalidTypeName(f"mapping type name [{name}] should not include '{char}' in it")
    if name[0] == ".":
        raise InvalidTypeName(f"mapping type name [{name}] must not start with a '.'")


def _create_body(request: Request) -> tuple[str | None, dict[str, Json]]:
    """The mapping type and the body of a request, every part of which can be read. Raises ElasticsearchParse, ClassCast ..."""
    body = dict(optional_map_body(request) or {})
    type_name = None
    typed = wants_types(request)
    if "mappings" in body and not typed:
        body["mappings"] = untyped_mapping(body["mappings"], request.behaviour)
    # ES: a body with mappings has gone through a hash map, from 8.0 on every one
    is_hashed = request.behaviour.major >= 8 or isinstance(body.get("mappings"), dict)
    for key, value in (hash_map(body) if is_hashed else body).items():
        if key == "settings":
            if not isinstance(value, dict):
                raise ElasticsearchParse("key [settings] must be an object")
            index_settings.normalise(value)
        elif key == "aliases":
            parse_aliases(hash_ordered(value), request.behaviour)
        elif key != "mappings":
            raise ElasticsearchParse(f"unknown key [{key}] for create index")
        elif typed:
            type_name, body[key] = typed_mapping(value, request.behaviour)
    return type_name, body


@endpoint(
    "indices.create",
    "PUT /{index}",
    params={
        "include_type_name": typed_in("create index"),
        "timeout": TIMEOUT,
        "master_timeout": MASTER_TIMEOUT,
        "wait_for_active_shards": WAIT_FOR_ACTIVE_SHARDS,
    },
    docs="indices-create-index",
    body=_create_body,
    body_first=ALWAYS,
    action="indices:admin/create",
)
@in_time()
def create(cluster: Cluster, request: Request) -> Response:
    """Make an index."""
    type_name, body = request.parsed
    wanted = request.param("wait_for_active_shards")
    name = request.part("index")
    if cluster.gate is not None and body.get("aliases"):
        # ES: an index that is made with aliases is one that aliases are put on
        cluster.gate.permit("indices:admin/aliases", name, aliases=list(body["aliases"]))
    index = create_index(
        cluster,
        name,
        body,
        warn=request.warn,
        type_name=type_name,
        active_shards=wanted,
        check_filter=alias_filter.checks(cluster),
    )
    return acknowledged(shards_acknowledged=admin.shards_active(index, wanted), index=index.name)


_FEATURES = ("aliases", "mappings", "settings")


def _features(name: str, text: str) -> tuple[str, ...]:
    """The parts of an index. Raises IllegalArgument."""
    wanted = tuple(text.split(","))
    unknown = [one for one in wanted if one not in _FEATURES]
    if unknown:
        raise IllegalArgument(f"Invalid features specified [{','.join(unknown)}]")
    return wanted


_GET = {
    "include_type_name": typed_in("get indices", quoted=True),
    **INDICES_OPTIONS,
    "local": boolean(False),
    "master_timeout": MASTER_TIMEOUT,
    "flat_settings": boolean(False, response=True),
    "include_defaults": boolean(False),
    "features": Param(_features, _FEATURES, lazy=True, since=(8, 0)),
}


@endpoint("indices.get", "GET /{index}", params=_GET, docs="indices-get-index", action="indices:admin/get")
def get(cluster: Cluster, request: Request) -> Response:
    """Aliases, mapping and settings of indices."""
    typed = wants_types(request)
    options = request.indices_options(OPEN_OR_NAMED)
    found = by_name(resolve(cluster, request.part_list("index"), options))
    check_blocks(cluster, found, "metadata_read")
    flat = request.param("flat_settings")
    features = request.param("features")
    out: dict[str, Json] = {}
    for index in found:
        settings = shape.human_settings(index.settings, cluster.behaviour) if request.human else index.settings
        body: dict[str, Json] = {
            "aliases": shape.aliases(index) if "aliases" in features else {},
            "mappings": shape.mapping(index, typed=typed, gate=cluster.gate) if "mappings" in features else {},
            "settings": shape.settings(settings, is_flat=flat) if "settings" in features else {},
        }
        if "settings" in features and request.param("include_defaults"):
            body["defaults"] = shape.settings(shape.defaults(index.settings, cluster.behaviour), is_flat=flat)
        stream = stream_of(cluster, index.name)
        if stream is not None:
            body["data_stream"] = stream.name
        out[index.name] = body
    return Response(200, out)


@endpoint("indices.exists", "HEAD /{index}", params=_GET, docs="indices-exists", action="indices:admin/get")
def exists(cluster: Cluster, request: Request) -> Response:
    """The answer of ``get``, whose body stays behind."""
    return get(cluster, request)


def _check_delete(request: Request) -> None:
    if request.part("index") is None:
        raise ActionRequestValidation("index / indices is missing")


@endpoint(
    "indices.delete",
    "DELETE /",
    "DELETE /{index}",
    params={"timeout": TIMEOUT, "master_timeout": MASTER_TIMEOUT, **INDICES_OPTIONS},
    docs="indices-delete-index",
    check=_check_delete,
    action="indices:admin/delete",
)
@in_time()
def delete(cluster: Cluster, request: Request) -> Response:
    """Remove indices."""
    wanted = request.part_list("index")
    options = request.indices_options(TO_DELETE)
    admin.check_destructive(cluster, wanted, request.warn)
    admin.delete(cluster, resolve(cluster, wanted, options))
    return acknowledged()


_OPEN_CLOSE = {
    "timeout": TIMEOUT,
    "master_timeout": MASTER_TIMEOUT,
    **INDICES_OPTIONS,
    "wait_for_active_shards": WAIT_FOR_ACTIVE_SHARDS,
}


@endpoint(
    "indices.open",
    "POST /_open",
    "POST /{index}/_open",
    params=_OPEN_CLOSE,
    docs="indices-open-close",
    action="indices:admin/open",
)
@in_time()
def open_(cluster: Cluster, request: Request) -> Response:
    """Open closed indices."""
    wanted = request.part_list("index")
    if not wanted:
        raise ActionRequestValidation("index is missing")
    admin.check_destructive(cluster, wanted, request.warn)
    found = resolve(cluster, wanted, request.indices_options(TO_OPEN))
    done = admin.open_(cluster, found)
    asked = request.param("wait_for_active_shards")
    ready = all(admin.shards_active(index, asked) for index in done)
    return acknowledged(shards_acknowledged=ready)


def _close_params() -> dict[str, Param]:
    def read(name: str, text: str) -> Any:
        return "index-setting" if text == "index-setting" else WAIT_FOR_ACTIVE_SHARDS.parse(name, text)

    timeouts = {"master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT}
    return {**timeouts, **_OPEN_CLOSE, "wait_for_active_shards": Param(read, None)}


@endpoint(
    "indices.close",
    "POST /_close",
    "POST /{index}/_close",
    params=_close_params(),
    docs="indices-open-close",
    action="indices:admin/close",
)
@in_time(as_before, since=(8, 0))
def close(cluster: Cluster, request: Request) -> Response:
    """Close open indices."""
    wanted = request.part_list("index")
    asked = request.param("wait_for_active_shards")
    if asked is None and cluster.behaviour.announces_eight:
        request.warn(
            "the default value for the ?wait_for_active_shards parameter will change from '0' to 'index-setting' in version 8; "
            "specify '?wait_for_active_shards=index-setting' to adopt the future default behaviour, or '?wait_for_active_shards=0' "
            "to preserve today's behaviour"
        )
    if asked == "index-setting" and cluster.behaviour.announces_eight:
        asked = None
    elif asked == "index-setting":
        if cluster.behaviour.major < 8:
            WAIT_FOR_ACTIVE_SHARDS.parse("wait_for_active_shards", asked)
        request.warn(
            "?wait_for_active_shards=index-setting is now the default behaviour; the 'index-setting' value for this "
            "parameter should no longer be used since it will become unsupported in version 9"
        )
        asked = None
    if not wanted:
        raise ActionRequestValidation("index is missing")
    admin.check_destructive(cluster, wanted, request.warn)
    done = admin.close(cluster, resolve(cluster, wanted, request.indices_options(TO_CLOSE)))
    ready = bool(done) and all(admin.shards_active(index, asked) for index in done)
    return acknowledged(shards_acknowledged=ready, indices={index.name: {"closed": True} for index in done})


