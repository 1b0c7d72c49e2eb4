"""What is done to whole indices: delete, open, close, refresh, merge, blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from esmock.errors import IllegalArgument, IllegalState
from esmock.state import data_streams
from esmock.state.allocation import reallocate
from esmock.state.blocks import check_blocks
from esmock.state.graveyard import bury
from esmock.state.shard_limit import check_shard_limit
from esmock.state.unassigned import all_unassigned

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

VERIFIED = "index.verified_before_close"


_TO_REQUIRE_NAMES = (
    "setting [action.destructive_requires_name] will default to true in 8.0, set explicitly to false to preserve current behavior"
)


def check_destructive(cluster: Cluster, names: Sequence[str], warn: Callable[[str], None]) -> None:
    """Refuse wildcards where ``action.destructive_requires_name`` says so; tell where it will. Raises IllegalArgument."""
    listed = list(names)
    is_wide = not listed or listed == ["_all"] or (any("*" in name for name in listed) and listed != ["*", "-*"])
    default = "true" if cluster.behaviour.destructive_requires_name else "false"
    if str(cluster.setting("action.destructive_requires_name", default)) != "true":
        is_set = cluster.setting("action.destructive_requires_name", None) is not None
        if cluster.behaviour.announces_eight and is_wide and not is_set:
            warn(_TO_REQUIRE_NAMES)
        return
    if is_wide:
        raise IllegalArgument("Wildcard expressions or all indices are not allowed")


def delete(cluster: Cluster, indices: Iterable[Index]) -> None:
    """Remove indices with all they hold. Raises ClusterBlock."""
    listed = list(indices)
    check_metadata_blocks(cluster, listed)
    if cluster.streams:
        names = [index.name for index in listed]
        data_streams.check_delete(cluster, names)
        data_streams.forget_indices(cluster, names)
    bury(cluster, listed)
    if listed:
        cluster.changed()


def check_metadata_blocks(cluster: Cluster, indices: Iterable[Index]) -> None:
    """Raises ClusterBlock where an index forbids changes; deletes and settings pass ``read_only_allow_delete``."""
    check_blocks(cluster, indices, "metadata_write", releases=True)


def close(cluster: Cluster, indices: Iterable[Index]) -> list[Index]:
    """Close what is open; returns what was closed now. Raises ClusterBlock."""
    listed = list(indices)
    if str(cluster.setting("cluster.indices.close.enable", "true")) == "false":
        raise IllegalState(
            "closing indices is disabled - set [cluster.indices.close.enable: true] to enable it. NOTE: closed indices still "
            "consume a significant amount of diskspace"
        )
    check_blocks(cluster, listed, "metadata_write")
    done = [index for index in listed if not index.is_closed]
    for index in done:
        index.refresh()
        flush(index)
        index.is_closed = index.was_closed = True
        all_unassigned(index, "INDEX_CLOSED", cluster.clock.now_ms())
        index.change_settings({**index.settings, VERIFIED: "true"})
    if done:
        reallocate(cluster, done)
        cluster.changed()
    return done


def open_(cluster: Cluster, indices: Iterable[Index]) -> list[Index]:
    """Open what is closed; returns what was opened now. Raises ClusterBlock, or the error of a broken analysis."""
    from esmock.state.create import analysis_of

    listed = list(indices)
    check_blocks(cluster, listed, "metadata_write")
    done = [index for index in listed if index.is_closed]
    check_shard_limit(cluster, sum(index.n_shards * (1 + index.n_replicas) for index in done))
    for index in done:
        analysis_of(index.settings, cluster)
    for index in done:
        index.is_closed = False
        all_unassigned(index, "INDEX_REOPENED", cluster.clock.now_ms())
        index.change_settings({key: value for key, value in index.settings.items() if key != VERIFIED})
        index.order_segments()
    if done:
        reallocate(cluster, done)
        cluster.changed()
    return done


def shards_active(index: Index, wanted: int | str | None) -> bool:
    """Whether so many copies of every shard are there to wait for; the wait itself would change nothing."""
    if wanted is None:
        wanted = index.settings.get("index.write.wait_for_active_shards") or 1
    needed = 1 + index.n_replicas if wanted == "all" else int(wanted)
    return all(index.n_active(shard) >= needed for shard in range(index.n_shards))


def flush(index: Index, *, force: bool = False) -> None:
    """Commit what was written since the last flush."""
    for shard in index.shards:
        pending = shard.flush(force=force)
        if (pending or force) and index.settings.get("index.translog.retention.age") == "-1":
            shard.count("trimmed_operations", shard.n_operations - shard.counters.get("trimmed_operations", 0))
