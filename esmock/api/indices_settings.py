"""Settings and blocks of indices."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esmock.api.acknowledgement import in_time
from esmock.api.declare import Endpoints
from esmock.api.indices import OPEN_OR_NAMED, TO_CLOSE, acknowledged
from esmock.api.indices_mapping import LOCAL, TO_PUT
from esmock.api.params import INDICES_OPTIONS, MASTER_TIMEOUT, TIMEOUT, boolean
from esmock.api.request import Request, Response, parser_map
from esmock.errors import ActionRequestValidation, ElasticsearchParse, IllegalArgument
from esmock.shape import index as shape
from esmock.state import index_settings, update_settings
from esmock.state.blocks import BLOCKS, check_blocks
from esmock.state.resolve import glob, in_hash_order, resolve
from esmock.xcontent.java_order import sized_order

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any


@endpoint(
    "indices.get_settings",
    "GET /_settings",
    "GET /_settings/{name}",
    "GET /{index}/_settings",
    "GET /{index}/_settings/{name}",
    "GET /{index}/_setting/{name}",
    params={
        "include_defaults": boolean(False),
        "flat_settings": boolean(False),
        **INDICES_OPTIONS,
        "local": LOCAL,
        "master_timeout": MASTER_TIMEOUT,
    },
    docs="indices-get-settings",
    action="indices:monitor/settings/get",
)
def get_settings(cluster: Cluster, request: Request) -> Response:
    """Settings of indices."""
    found = resolve(cluster, request.part_list("index"), request.indices_options(OPEN_OR_NAMED))
    check_blocks(cluster, found, "metadata_read")
    patterns = [glob(one) for one in request.part_list("name") if one != "_all"]
    if "_all" in request.part_list("name"):
        patterns = []

    def kept(flat: dict[str, Any]) -> dict[str, Any]:
        if not patterns:
            return flat
        return {name: value for name, value in flat.items() if any(one.match(name) for one in patterns)}

    is_flat = request.param("flat_settings")
    out: dict[str, Json] = {}
    for index in in_hash_order(found, sized_order):
        settings = shape.human_settings(index.settings, cluster.behaviour) if request.human else index.settings
        shown = kept(settings)
        unset = kept(shape.defaults(index.settings, cluster.behaviour)) if request.param("include_defaults") else None
        if not shown and unset is None:
            continue
        out[index.name] = {"settings": shape.settings(shown, is_flat=is_flat)}
        if unset is not None:
            out[index.name]["defaults"] = shape.settings(unset, is_flat=is_flat)
    return Response(200, out)


def _settings_body(request: Request) -> dict[str, Any]:
    """The settings of a request, flat, with the names that it has for them. Raises ElasticsearchParse, SettingsError."""
    body = parser_map(request)
    inner = body.get("settings")
    if isinstance(inner, dict):
        if len(body) > 1 and request.behaviour.major >= 8:
            raise ElasticsearchParse("mix of settings map and top-level properties")
        body = inner
    return index_settings.flatten(body)


def _check_settings(request: Request) -> None:
    if not request.parsed:
        raise ActionRequestValidation("no settings to update")


@endpoint(
    "indices.put_settings",
    "PUT /_settings",
    "PUT /{index}/_settings",
    params={
        "timeout": TIMEOUT,
        "preserve_existing": boolean(False),
        "master_timeout": MASTER_TIMEOUT,
        **INDICES_OPTIONS,
        "reopen": boolean(False, since=(8, 12)),
        "flat_settings": boolean(False, response=True),
    },
    docs="indices-update-settings",
    body=_settings_body,
    check=_check_settings,
    action="indices:admin/settings/update",
)
@in_time()
def put_settings(cluster: Cluster, request: Request) -> Response:
    """Change settings of indices."""
    found = resolve(cluster, request.part_list("index"), request.indices_options(replace(TO_PUT, selectors=True)))
    update_settings.update(
        cluster,
        found,
        index_settings.with_prefix(request.parsed),
        preserve=request.param("preserve_existing"),
        reopen=bool(request.params.get("reopen")),
        lifts_block=not update_settings.META_BLOCKS.isdisjoint(request.parsed),
        warn=request.warn,
    )
    return acknowledged()


_METADATA_BLOCKS = ("read_only", "metadata")
"""Blocks that forbid changes themselves; another such block does not keep them away."""


def _block(request: Request) -> str:
    """The block that the path names. Raises IllegalArgument."""
    name: str = request.part("block").lower()
    if name not in BLOCKS:
        raise IllegalArgument(f"No block found with name {name}")
    return name


@endpoint(
    "indices.add_block",
    "PUT /{index}/_block/{block}",
    params={"master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT, **INDICES_OPTIONS},
    docs="index-modules-blocks",
    path=_block,
    action="indices:admin/block/add",
)
def add_block(cluster: Cluster, request: Request) -> Response:
    """Forbid reading, writing or changes to indices."""
    block = _block(request)
    if block == "read_only_allow_delete":
        raise ActionRequestValidation("read_only_allow_delete block is for internal use only")
    found = resolve(cluster, request.part_list("index"), request.indices_options(TO_CLOSE))
    name = f"index.blocks.{block}"
    marks = {name: "true"}
    if cluster.behaviour.major >= 8 and block in ("write", "read_only"):
        marks["index.verified_read_only"] = "true"
    fresh = [index for index in found if any(index.settings.get(mark) != "true" for mark in marks)]
    if block not in _METADATA_BLOCKS:
        check_blocks(cluster, found, "metadata_write")
    for index in fresh:
        index.change_settings({**index.settings, **marks})
    cluster.changed()
    return acknowledged(
        shards_acknowledged=bool(fresh), indices=[{"name": index.name, "blocked": True} for index in fresh]
    )


@endpoint(
    "indices.remove_block",
    "DELETE /{index}/_block/{block}",
    params={"timeout": TIMEOUT, "master_timeout": MASTER_TIMEOUT, **INDICES_OPTIONS},
    docs="index-modules-blocks",
    since=(9, 1),
    action="indices:admin/block/remove",
)
def remove_block(cluster: Cluster, request: Request) -> Response:
    """Lift a block from indices."""
    block = request.part("block").lower()
    if block not in BLOCKS:
        raise IllegalArgument(f"No block found with name {block}")
    found = resolve(cluster, request.part_list("index"), request.indices_options(TO_CLOSE))
    name = f"index.blocks.{block}"
    for index in found:
        index.change_settings({key: value for key, value in index.settings.items() if key != name})
    cluster.changed()
    return acknowledged(indices=[{"name": index.name, "unblocked": True} for index in found])


