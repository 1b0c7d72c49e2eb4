"""Indices that are searched in their snapshots. Docs: searchable-snapshots-apis.

Source: the classes of the module searchable-snapshots of 7.10 to 9.x; no engine that could be asked has it.
Differs: a mounted index is restored whole; there is no cache, so that its counters stand at nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.params import INDICES_OPTIONS, MASTER_TIMEOUT, boolean, string
from esmock.api.request import Request, Response
from esmock.errors import IllegalArgument, IndexNotFound, ResourceNotFound, Validation
from esmock.state import snapshots as known_snapshots
from esmock.state.index_settings import flatten
from esmock.state.repositories import repositories
from esmock.state.resolve import IndicesOptions, resolve
from esmock.state.restore import Restore, restore
from esmock.xcontent.object_parser import Parser, mapping, strings
from esmock.xcontent.object_parser import string as text
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

endpoint = Endpoints()
Json = Any
_OPEN_CLOSED = IndicesOptions(expand=("open", "closed", "hidden"), forbid_closed=False)
_STORE = "index.store.type"
_REGION_BYTES = 16 * 1024**2
_TIERS = {"full_copy": "data_cold,data_warm,data_hot", "shared_cache": "data_frozen"}
_PARSER = Parser(
    "mount_searchable_snapshot",
    text("index", required=True),
    text("renamed_index", argument=True),
    mapping("index_settings", argument=True),
    strings("ignore_index_settings", argument=True),
)


def _body(request: Request) -> dict[str, Json]:
    storage = request.raw.get("storage", "full_copy")
    if storage not in _TIERS:
        raise IllegalArgument(f"unrecognized searchable snapshot storage option [{storage}]")
    found: dict[str, Json] = _PARSER.parse(request.required_json(), Reading(request.behaviour, request.warn))
    return found


@endpoint(
    "searchable_snapshots.mount",
    "POST /_snapshot/{repository}/{snapshot}/_mount",
    params={
        "wait_for_completion": boolean(False),
        "storage": string("full_copy", since=(7, 12)),
        "master_timeout": MASTER_TIMEOUT,
    },
    docs="searchable-snapshots-api-mount-snapshot",
    body=_body,
    action="cluster:admin/snapshot/mount",
)
def mount(cluster: Cluster, request: Request) -> Response:
    """Search an index in its snapshot."""
    place, name, asked = request.part("repository"), request.part("snapshot"), request.parsed
    entry = repositories(cluster).repository(place)
    if any(one in name for one in ("*", ",")):
        raise Validation(f"multiple snapshots [{name}] cannot be mounted at once")
    found = known_snapshots.find(entry, [name])[0]
    source, target = asked["index"], asked.get("renamed_index") or asked["index"]
    copied = found.indices.get(source)
    if copied is None:
        raise IndexNotFound(source, suffix=f" in snapshot [{place}:{name}]")
    settings = flatten(asked.get("index_settings") or {})
    settings = {key if key.startswith("index.") else f"index.{key}": value for key, value in settings.items()}
    request_ = Restore(
        indices=[source],
        rename_pattern="^.+$" if target != source else None,
        rename_replacement=target if target != source else None,
        include_aliases=False,
        index_settings={"index.number_of_replicas": "0", **settings},
        ignore_index_settings=asked.get("ignore_index_settings") or [],
    )
    made = restore(cluster, place, name, request_)
    for index in made:
        index.change_settings(
            {**index.settings, **_mounted(place, found, copied, request.param("storage") or "full_copy")}
        )
    if not request.param("wait_for_completion"):
        return Response(200, {"accepted": True})
    shards = sum(index.n_shards for index in made)
    counts = {"total": shards, "failed": 0, "successful": shards}
    return Response(200, {"snapshot": {"snapshot": name, "indices": [one.name for one in made], "shards": counts}})


def _mounted(place: str, found: Any, copied: Index, storage: str) -> dict[str, str]:
    """The settings of a mounted index."""
    store = "index.store.snapshot."
    return {
        _STORE: "snapshot",
        f"{store}repository_name": place,
        f"{store}snapshot_name": found.name,
        f"{store}snapshot_uuid": found.uuid,
        f"{store}index_name": copied.name,
        f"{store}index_uuid": copied.uuid,
        **({f"{store}partial": "true"} if storage == "shared_cache" else {}),
        "index.blocks.write": "true",
        "index.routing.allocation.include._tier_preference": _TIERS[storage],
    }


def _chosen(cluster: Cluster, request: Request) -> list[Index]:
    """Mounted indices. Raises ResourceNotFound where there is none."""
    options = request.indices_options(_OPEN_CLOSED)
    found = [
        one for one in resolve(cluster, request.part_list("index"), options) if one.settings.get(_STORE) == "snapshot"
    ]
    if not found:
        raise ResourceNotFound("No searchable snapshots indices found")
    return found


def _shards(found: list[Index]) -> dict[str, int]:
    total = sum(one.n_shards for one in found)
    return {"total": total, "successful": total, "failed": 0}


@endpoint(
    "searchable_snapshots.clear_cache",
    "POST /_searchable_snapshots/cache/clear",
    "POST /{index}/_searchable_snapshots/cache/clear",
    params={name: INDICES_OPTIONS[name] for name in ("expand_wildcards", "allow_no_indices", "ignore_unavailable")},
    docs="searchable-snapshots-api-clear-cache",
    action="cluster:admin/xpack/searchable_snapshots/cache/clear",
)
def clear_cache(cluster: Cluster, request: Request) -> Response:
    """Forget what was read."""
    return Response(200, {"_shards": _shards(_chosen(cluster, request))})


@endpoint(
    "searchable_snapshots.stats",
    "GET /_searchable_snapshots/stats",
    "GET /{index}/_searchable_snapshots/stats",
    params={"level": string("indices")},
    docs="searchable-snapshots-api-stats",
    action="cluster:monitor/xpack/searchable_snapshots/stats",
)
def stats(cluster: Cluster, request: Request) -> Response:
    """What was read: nothing is counted."""
    found = _chosen(cluster, request)
    level = request.param("level")
    if level not in ("cluster", "indices", "shards"):
        raise IllegalArgument(f"level parameter must be one of [cluster] or [indices] or [shards] but was [{level}]")
    body: dict[str, Json] = {"_shards": _shards(found), "total": []}
    if level != "cluster":
        body["indices"] = {one.name: {"total": [], **({"shards": {}} if level == "shards" else {})} for one in found}
    return Response(200, body)


@endpoint(
    "searchable_snapshots.cache_stats",
    "GET /_searchable_snapshots/cache/stats",
    "GET /_searchable_snapshots/{node_id}/cache/stats",
    docs="searchable-snapshots-api-cache-stats",
    action="cluster:admin/xpack/searchable_snapshots/cache/stats",
    since=(7, 13),
)
def cache_stats(cluster: Cluster, request: Request) -> Response:
    """The shared cache of each node: none has room for one."""
    from esmock.state.node_expression import meant

    names = (
        "reads",
        "bytes_read_in_bytes",
        "writes",
        "bytes_written_in_bytes",
        "evictions",
        "num_regions",
        "size_in_bytes",
    )
    cache = {**dict.fromkeys(names, 0), "region_size_in_bytes": _REGION_BYTES}
    nodes = meant(cluster, request.part_list("node_id")) if request.part("node_id") else cluster.nodes
    return Response(200, {"nodes": {node.id: {"shared_cache": cache} for node in nodes}})
