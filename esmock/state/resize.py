"""Shrink, split and clone: a new index with the documents of another.

Source: recordings of 7.10.2 and 8.19.21; docs pages indices-shrink-index, indices-split-index, indices-clone-index.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, IllegalState
from esmock.state import index_settings, stats
from esmock.state.aliases import AliasBody, Bearer, CheckFilter
from esmock.state.allocation import allocate
from esmock.state.blocks import is_blocked
from esmock.state.create import (
    NO_TEMPLATES,
    analysis_of,
    check_active_shards,
    check_factor,
    check_new_name,
    joined_aliases,
    joined_settings,
    warn_of_dot,
)
from esmock.state.index import Index

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.version import Behaviour

Json = Any
_N_SHARDS = "index.number_of_shards"
_COPIED_NOT = (
    "index.creation_date", "index.uuid", "index.version.created", "index.provided_name", "index.number_of_shards",
    "index.number_of_replicas", "index.auto_expand_replicas", "index.routing_partition_size", "index.verified_before_close",
    "index.verified_read_only",
)


def resize(
    cluster: Cluster,
    kind: str,
    source: Index,
    target: str,
    settings: dict[str, Any],
    aliases: dict[str, AliasBody],
    *,
    max_shard_size: int | None = None,
    active_shards: int | str | None = None,
    check_filter: CheckFilter = lambda name, body, bearer: None,
    warn: Callable[[str], None] = lambda text: None,
) -> Index:
    """Make the target of a resize.

    Args:
        kind: ``shrink``, ``split`` or ``clone``.
        settings: flat, of the request.
        max_shard_size: bytes; as few shards as hold no more than that each.
        check_filter: reads an alias's filter, to refuse what is no query.

    Raises:
        IllegalArgument, IllegalState, ResourceAlreadyExists, InvalidIndexName.
    """
    index_settings.check_values({key: value for key, value in settings.items() if key == _N_SHARDS}, cluster.behaviour)
    given = settings.get(_N_SHARDS)
    if kind == "shrink" and max_shard_size is not None:
        if given is not None:
            raise IllegalArgument("Cannot set both index.number_of_shards and max_primary_shard_size for the target index")
        given = str(_fewest_shards(source, max_shard_size, cluster.behaviour))
    shards = _target_shards(kind, source, given)
    _check_given(kind, source, settings)
    index_settings.check_values(settings, cluster.behaviour)
    check_new_name(cluster, target)
    warn_of_dot(target, settings, warn)
    if not is_blocked(cluster, source, "write"):
        raise IllegalState(f'index {source.name} must be read-only to resize index. use "index.blocks.write=true"')
    own = _settings(cluster, kind, source, shards, settings)
    merged = joined_settings(cluster, target, own, NO_TEMPLATES)
    if not cluster.behaviour.newer_jackson:
        merged["index.version.upgraded"] = merged["index.version.created"]
    check_active_shards(merged, active_shards)
    bearer = Bearer(target, merged["index.uuid"], source.mapping)
    joined = joined_aliases(cluster, bearer, aliases, NO_TEMPLATES, check_filter)
    index = Index(
        target,
        merged["index.uuid"],
        merged,
        source.mapping,
        analysis_of(merged, cluster),
        joined,
        cluster.clock.now_ms(),
    )
    index.type_name = source.type_name
    index.routing_shards = max(source.routing_shards, shards)
    index.resized_from = source.name
    _copy(source, index)
    cluster.indices[target] = index
    allocate(cluster, index)
    cluster.changed()
    return index


def _check_given(kind: str, source: Index, settings: dict[str, Any]) -> None:
    if "index.routing_partition_size" in settings:
        raise IllegalArgument("cannot provide a routing partition size value when resizing an index")
    if "index.number_of_routing_shards" in settings and not (kind == "split" and source.n_shards == 1):
        raise IllegalArgument("cannot provide index.number_of_routing_shards on resize")


def _fewest_shards(source: Index, max_bytes: int, behaviour: Behaviour) -> int:
    """The least factor of the number of shards by which none of the new ones is too large; all of them where none is enough."""
    total = sum(stats.store_size(shard, behaviour) for shard in source.shards)
    needed = -(-total // max_bytes)
    factors = (n for n in range(1, source.n_shards + 1) if source.n_shards % n == 0)
    return next((n for n in factors if n >= needed), source.n_shards)


def _target_shards(kind: str, source: Index, given: str | None) -> int:
    if kind == "shrink":
        wanted = 1 if given is None else int(given)
        if wanted > source.n_shards:
            raise IllegalArgument(
                f"the number of target shards [{wanted}] must be less that the number of source shards [{source.n_shards}]"
            )
        if source.n_shards % wanted:
            raise IllegalArgument(f"the number of source shards [{source.n_shards}] must be a multiple of [{wanted}]")
        return wanted
    if kind == "clone":
        wanted = source.n_shards if given is None else int(given)
        if wanted != source.n_shards:
            raise IllegalArgument(
                f"the number of target shards ({wanted}) must be the same as the number of  source shards "
                f"( {source.n_shards})"
            )
        return wanted
    wanted = int(given or 0)
    check_factor(source.n_shards, wanted)
    if source.n_shards > 1 and source.routing_shards % wanted:
        raise IllegalState(
            f"the number of routing shards [{source.routing_shards}] must be a multiple of the target shards [{wanted}]"
        )
    return wanted


def _settings(
    cluster: Cluster, kind: str, source: Index, shards: int, given: dict[str, Any]
) -> dict[str, Any]:
    copied = {key: value for key, value in source.settings.items() if key not in _COPIED_NOT}
    own = {**copied, **given, "index.number_of_shards": str(shards)}
    own["index.routing_partition_size"] = source.settings.get("index.routing_partition_size", "1")
    if cluster.behaviour.major < 8:
        # ES: 8.x drops these once the target has started
        own["index.routing.allocation.initial_recovery._id"] = cluster.node_id if kind == "shrink" else None
        own["index.resize.source.name"] = source.name
        own["index.resize.source.uuid"] = source.uuid
    return {key: value for key, value in own.items() if value is not None or key.endswith("initial_recovery._id")}


def _copy(source: Index, target: Index) -> None:
    """Every document that the source holds, on the shard where the target looks for it."""
    for shard in source.shards:
        for doc in sorted(shard.docs.values(), key=lambda one: one.seq_no):
            place = target.shard_for(doc.doc_id, doc.routing)
            place.docs[doc.doc_id] = doc
            place.buffer.append(doc)
            place.seq_no = max(place.seq_no, doc.seq_no)
    for place in target.shards:
        place.primary_term = max(shard.primary_term for shard in source.shards) + 1
    target.refresh()
