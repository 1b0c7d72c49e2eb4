"""Rollover: the next index behind an alias when a condition is met.

Source: recordings of 7.10.2 and 8.19.21; docs page indices-rollover-index.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from esmock.errors import ActionRequestValidation, IllegalArgument, IndexNotFound, ResourceNotFound
from esmock.state import data_streams, failure_store, stats
from esmock.state.create import create_index
from esmock.state.rollover_conditions import Condition
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.data_streams import DataStream
    from esmock.state.index import Index

Json = Any
_NUMBERED = re.compile(r"(.*)-(\d+)\Z", re.DOTALL)


@dataclass(slots=True)
class Rolled:
    """The outcome."""

    old: str
    new: str
    rolled_over: bool
    conditions: dict[str, bool] = field(default_factory=dict)
    index: Index | None = None
    acknowledged: bool = False
    of_stream: bool = False


def rollover(
    cluster: Cluster,
    target: str,
    new_name: str | None,
    body: dict[str, Json],
    conditions: list[Condition],
    *,
    dry_run: bool,
    active_shards: int | str | None,
    warn: Callable[[str], None],
    type_name: str | None = None,
    lazy: bool = False,
) -> Rolled:
    """Make the next index of an alias or a data stream.

    Args:
        body: ``settings``, ``mappings`` and ``aliases`` of the new index.
        lazy: of a data stream: with its next write.

    Raises:
        IllegalArgument, ResourceNotFound, and what creating an index raises.
    """
    if cluster.behaviour.selects_components:
        target = target.removesuffix("::data")
        kept_for = cluster.streams.get(target.removesuffix("::failures"))
        if kept_for is not None and kept_for.name != target:
            return _rollover_failures(cluster, kept_for, conditions, dry_run=dry_run, lazy=lazy)
    stream = cluster.streams.get(target)
    if stream is not None:
        return _rollover_stream(cluster, stream, new_name, body, conditions, dry_run=dry_run, lazy=lazy, warn=warn)
    source = _write_index(cluster, target)
    name = new_name or next_name(source.name)
    if lazy:
        told = " with no conditions" if conditions else ""
        raise IllegalArgument(f"Lazy rollover can be applied only on a data stream{told}. Please remove the query parameter 'lazy'.")
    met = {str(one): _is_met(cluster, source, one) for one in conditions}
    met = {key: met[key] for key in hash_order(met)}
    wanted = _all_met(conditions, met)
    rolled = Rolled(source.name, name, False, met)
    if dry_run or not wanted:
        _check_name(cluster, name)
        return rolled
    aliases = dict(body.get("aliases") or {})
    marked = source.aliases[target].get("is_write_index")
    own = {key: value for key, value in source.aliases[target].items() if key != "is_write_index"}
    rolled.index = create_index(
        cluster,
        name,
        {**body, "aliases": aliases},
        warn=warn,
        type_name=type_name,
        active_shards=active_shards,
    )
    if marked:
        source.set_aliases({**source.aliases, target: {**source.aliases[target], "is_write_index": False}})
        rolled.index.set_aliases({**rolled.index.aliases, target: {**own, "is_write_index": True}})
    else:
        source.set_aliases({one: kept for one, kept in source.aliases.items() if one != target})
        rolled.index.set_aliases({**rolled.index.aliases, target: own})
    cluster.changed()
    rolled.rolled_over = rolled.acknowledged = True
    return rolled


def _rollover_failures(
    cluster: Cluster, stream: DataStream, conditions: list[Condition], *, dry_run: bool, lazy: bool
) -> Rolled:
    """The next index of a failure store."""
    old = stream.failure_indices[-1] if stream.failure_indices else None
    if conditions and old is not None and not lazy:
        source = cluster.indices[old]
        met = {str(one): _is_met(cluster, source, one) for one in conditions}
    else:
        met = {str(one): False for one in conditions}
    rolled = Rolled(old or "_none_", failure_store.next_index(cluster, stream), False, met, of_stream=True)
    if lazy and not dry_run:
        data_streams.data_streams(cluster).put(replace(stream, failure_rollover_on_write=True))
        rolled.acknowledged = True
    elif not dry_run and _all_met(conditions, met):
        rolled.index = failure_store.roll_over(cluster, stream)
        rolled.rolled_over = rolled.acknowledged = True
    return rolled


def _rollover_stream(
    cluster: Cluster,
    stream: DataStream,
    new_name: str | None,
    body: dict[str, Json],
    conditions: list[Condition],
    *,
    dry_run: bool,
    lazy: bool,
    warn: Callable[[str], None],
) -> Rolled:
    if new_name is not None:
        raise IllegalArgument("new index name may not be specified when rolling over a data stream")
    if any(body.get(key) for key in ("aliases", "mappings", "settings")):
        raise IllegalArgument("aliases, mappings, and index settings may not be specified when rolling over a data stream")
    if lazy and conditions:
        raise ActionRequestValidation("lazy rollover can be used only without any conditions")
    source = cluster.indices[stream.write_index]
    met = {str(one): _is_met(cluster, source, one) for one in conditions}
    met = {key: met[key] for key in hash_order(met)}
    next_name_ = data_streams.backing_name(cluster, stream.name, stream.generation + 1)
    rolled = Rolled(source.name, next_name_, False, met, of_stream=True)
    if lazy and not dry_run:
        data_streams.data_streams(cluster).put(replace(stream, rollover_on_write=True))
        rolled.acknowledged = True
        return rolled
    if dry_run or not _all_met(conditions, met):
        return rolled
    grown = data_streams.next_generation(cluster, stream, warn=warn)
    rolled.index = cluster.indices[grown.write_index]
    rolled.rolled_over = rolled.acknowledged = True
    return rolled


def _check_name(cluster: Cluster, name: str) -> None:
    from esmock.state.create import check_new_name

    check_new_name(cluster, name)


def _write_index(cluster: Cluster, target: str) -> Index:
    if target in cluster.indices:
        raise IllegalArgument("rollover target is a [concrete index] but one of [alias,data_stream] was expected")
    holders = cluster.aliases().get(target)
    if holders is None:
        message = f"rollover target [{target}] does not exist"
        if cluster.behaviour.major >= 8:
            raise ResourceNotFound(message)
        if cluster.behaviour.newer_jackson:
            raise IndexNotFound(target, resource="index_expression")
        raise IllegalArgument(message)
    marked = [index for index in holders if index.aliases[target].get("is_write_index")]
    if marked:
        return marked[0]
    if len(holders) > 1 or holders[0].aliases[target].get("is_write_index") is False:
        raise IllegalArgument(f"rollover target [{target}] does not point to a write index")
    return holders[0]


def next_name(name: str) -> str:
    """``logs-000002`` after ``logs-1``. Raises IllegalArgument where there is no number."""
    found = _NUMBERED.match(name)
    if found is None:
        raise IllegalArgument(f"index name [{name}] does not match pattern '^.*-\\d+$'")
    return f"{found[1]}-{int(found[2]) + 1:06d}"


def _all_met(conditions: list[Condition], met: dict[str, bool]) -> bool:
    """Any ``max_`` condition and every ``min_`` one."""
    upper = [met[str(one)] for one in conditions if one.name.startswith("max_")]
    lower = [met[str(one)] for one in conditions if one.name.startswith("min_")]
    if not conditions:
        return True
    return any(upper) and all(lower)


def _is_met(cluster: Cluster, index: Index, condition: Condition) -> bool:
    kind = condition.name[4:]
    # ES: the sizes of shards that were never written to are not known yet, so they count as nothing
    sizes = [stats.store_size(shard, cluster.behaviour) if shard.seq_no >= 0 else 0 for shard in index.shards]
    docs = [shard.n_live for shard in index.shards]
    values = {
        "age": cluster.clock.now_ms() - index.created_ms,
        "docs": sum(docs),
        "size": sum(sizes),
        "primary_shard_size": max(sizes),
        "primary_shard_docs": max(docs),
    }
    return values[kind] >= condition.value
