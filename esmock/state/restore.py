"""Restoring indices from snapshots.

Source: recordings of 7.10.2 and 8.19.21; docs page restore-snapshot-api.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from esmock.analysis.java_pattern import compile_java, replace_all
from esmock.analysis.java_replacement import compile_replacement, expand
from esmock.errors import SnapshotRestore
from esmock.state.aliases import check_index_name, check_write_marks, write_marks
from esmock.state.allocation import allocate
from esmock.state.data_streams import BACKING_PREFIX, DataStream, data_streams
from esmock.state.index import RestoreSource
from esmock.state.repositories import repositories
from esmock.state.resolve import glob, matches
from esmock.state.snapshots import choose
from esmock.state.unassigned import all_unassigned
from esmock.xcontent.java_order import hash_map, hash_order

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.snapshots import Snapshot

_NEVER_CHANGED = (
    "index.number_of_shards", "index.version.created", "index.uuid", "index.creation_date", "index.history.uuid",
)  # fmt: skip
_NEVER_REMOVED = (*_NEVER_CHANGED, "index.number_of_replicas", "index.auto_expand_replicas", "index.version.upgraded")


@dataclass(slots=True)
class Restore:
    """What is asked of a restore.

    Args:
        rename: what a name becomes.
    """

    indices: list[str] = field(default_factory=list)
    ignore_unavailable: bool = False
    rename_pattern: str | None = None
    rename_replacement: str | None = None
    include_aliases: bool = True
    index_settings: dict[str, Any] = field(default_factory=dict)
    ignore_index_settings: list[str] = field(default_factory=list)
    feature_states: list[str] = field(default_factory=list)

    def renamed_backing(self, name: str) -> str:
        """The same for an index of a data stream, whose prefix stays."""
        return BACKING_PREFIX + self.renamed(name.removeprefix(BACKING_PREFIX)) if name.startswith(BACKING_PREFIX) else self.renamed(name)

    def renamed(self, name: str) -> str:
        """The name that an index comes back under. Raises PatternSyntax, IllegalArgument, IndexOutOfBounds."""
        if self.rename_pattern is None or self.rename_replacement is None:
            return name
        pattern = compile_java(self.rename_pattern)
        parts = compile_replacement(self.rename_replacement, pattern)
        return replace_all(pattern, lambda match: expand(parts, match), name)


def restore(cluster: Cluster, repository: str, name: str, asked: Restore) -> list[Index]:
    """Bring indices back. Raises SnapshotRestore, IndexNotFound, InvalidIndexName."""
    entry = repositories(cluster).repository(repository)
    found = entry.snapshots.get(name)
    if found is None:
        raise SnapshotRestore(f"[{repository}:{name}] snapshot does not exist")
    _check_features(asked.feature_states, f"[{repository}:{found.name}/{found.uuid}]")
    streams = _chosen_streams(found, asked)
    backing = [name for stream in streams for name in stream.indices]
    known = [*(name for name in found.indices if name not in backing), *(stream.name for stream in streams)]
    named = {stream.name for stream in streams}
    plain = [one for one in choose(known, asked.indices, ignore_unavailable=asked.ignore_unavailable) if one not in named]
    planned: dict[str, Index] = {}
    for one in [*plain, *backing]:
        target = asked.renamed_backing(one) if one in backing else asked.renamed(one)
        if target in planned:
            raise SnapshotRestore(
                f"[{repository}:{name}] indices [{planned[target].name}] and [{one}] are renamed into the same index [{target}]"
            )
        planned[target] = found.indices[one]
    place = f"[{repository}:{found.name}/{found.uuid}]"
    settings_of = {}
    for target, source in hash_map(planned).items():
        settings_of[target] = _settings(source, asked, place)
        _check_target(cluster, place, target)
    restore_uuid = cluster.new_uuid()
    made = []
    for target, source in planned.items():
        settings = settings_of[target]
        index = _restored(cluster, source, target, settings, asked)
        index.restored_from = RestoreSource(repository, found.name, source.name, restore_uuid)
        reason = "EXISTING_INDEX_RESTORED" if target in cluster.indices else "NEW_INDEX_RESTORED"
        all_unassigned(index, reason, cluster.clock.now_ms(), f"restore_source[{repository}/{found.name}]")
        made.append(index)
    after = {**cluster.indices, **{index.name: index for index in made}}
    check_write_marks(write_marks({name: index.aliases for name, index in after.items()}))
    repositories(cluster).use("restore")
    for index in made:
        cluster.indices[index.name] = index
        allocate(cluster, index)
    for stream in streams:
        indices = tuple(map(asked.renamed_backing, stream.indices))
        data_streams(cluster).put(replace(stream, name=asked.renamed(stream.name), indices=indices))
    cluster.changed()
    return made


def _chosen_streams(found: Snapshot, asked: Restore) -> list[DataStream]:
    """The data streams that are meant; an index of one that is named itself comes back as a plain index."""
    if not asked.indices or asked.indices == ["_all"]:
        return list(found.streams)
    return [stream for stream in found.streams if matches(asked.indices, stream.name)]


def _check_features(names: list[str], place: str) -> None:
    """Features keep no indices, so a snapshot has no state of any. Raises SnapshotRestore."""
    if names in ([], ["none"]):
        return
    if "none" in names:
        raise SnapshotRestore(
            f"{place} the feature_states value [none] indicates that no feature states should be restored, but other feature "
            f"states were requested: [{', '.join(hash_order(names))}]"
        )
    raise SnapshotRestore(f"{place} requested feature states [[{', '.join(names)}]] are not present in snapshot")


def _check_target(cluster: Cluster, place: str, target: str) -> None:
    existing = cluster.indices.get(target)
    if existing is None:
        check_index_name(target, cluster.behaviour)
    elif not existing.is_closed:
        raise SnapshotRestore(
            f"{place} cannot restore index [{target}] because an open index with same name "
            "already exists in the cluster. Either close or delete the existing index or restore the index under a "
            "different name by providing a rename pattern and replacement name"
        )


def _settings(source: Index, asked: Restore, place: str) -> dict[str, Any]:
    """The settings of a restored index. Raises SnapshotRestore for those that must stay."""
    settings = {key: value for key, value in source.settings.items() if key != "index.verified_before_close"}
    for pattern in asked.ignore_index_settings:
        full = pattern if pattern.startswith("index.") else f"index.{pattern}"
        if full in _NEVER_REMOVED:
            raise SnapshotRestore(f"{place} cannot remove setting [{full}] on restore")
        regex = glob(full)
        settings = {key: value for key, value in settings.items() if key in _NEVER_REMOVED or not regex.match(key)}
    for key, value in asked.index_settings.items():
        if key in _NEVER_CHANGED:
            raise SnapshotRestore(f"{place} cannot modify setting [{key}] on restore")
        if value is not None:
            settings[key] = value
    return settings


def _restored(cluster: Cluster, source: Index, target: str, settings: dict[str, Any], asked: Restore) -> Index:
    index = source.clone()
    settings["index.uuid"] = cluster.new_uuid()
    index.name, index.uuid = target, settings["index.uuid"]
    index.is_closed = False
    existing = cluster.indices.get(target)
    for shard in index.shards:
        shard.index_name, shard.index_uuid = target, index.uuid
        if existing is not None and shard.number < existing.n_shards:
            shard.primary_term = max(shard.primary_term, existing.shards[shard.number].primary_term)
    index.change_settings(settings)
    index.settings_version = 1
    index.set_aliases(dict(source.aliases) if asked.include_aliases else {})
    return index
