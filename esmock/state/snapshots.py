"""Snapshots: copies of indices, which share their documents with the originals.

Source: recordings of 7.10.2 and 8.19.21; docs page snapshot-restore.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from esmock.errors import IndexNotFound, InvalidSnapshotName, SnapshotError, SnapshotMissing, SnapshotNameAlreadyInUse
from esmock.state.data_streams import DataStream
from esmock.state.date_math_name import concrete_name
from esmock.state.repositories import RepositoryEntry, bad_name, place_of, repositories
from esmock.state.resolve import IndicesOptions, by_name, glob, resolve

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.version import Behaviour

Json = Any


@dataclass(slots=True)
class Snapshot:
    """A finished snapshot.

    Args:
        streams: the data streams whose indices are in it, with those of their indices.
        is_clone: made of another snapshot, so that nothing was copied for it.
    """

    name: str
    uuid: str
    indices: dict[str, Index]
    include_global_state: bool
    started_ms: int
    metadata: dict[str, Json] | None = None
    state: str = "SUCCESS"
    streams: tuple[DataStream, ...] = ()
    is_clone: bool = False

    @property
    def data_streams(self) -> list[str]:
        """Names of its data streams."""
        return [one.name for one in self.streams]

    @property
    def n_shards(self) -> int:
        return sum(index.n_shards for index in self.indices.values())

    def counted_shards(self, behaviour: Behaviour) -> int:
        """How many shards it says that it has: before 7.17 none for a clone."""
        return 0 if self.is_clone and not behaviour.newer_jackson else self.n_shards

    @classmethod
    def from_json(cls, cluster: Cluster, name: str, tree: dict[str, Json], indices: dict[str, Index]) -> Snapshot:
        """What ``to_json`` gave; what is missing takes its default."""
        return cls(
            name,
            str(tree.get("uuid", "")) or cluster.new_uuid(),
            indices,
            bool(tree.get("include_global_state", True)),
            int(tree.get("started_ms", cluster.clock.now_ms())),
            tree.get("metadata"),
            str(tree.get("state", "SUCCESS")),
            tuple(map(DataStream.from_json, tree.get("data_streams", ()))),
            bool(tree.get("is_clone", False)),
        )

    def to_json(self, index: Callable[[Index], Any]) -> dict[str, Json]:
        """Everything but its name; each index as ``index`` shows it."""
        return {
            "uuid": self.uuid,
            "started_ms": self.started_ms,
            "state": self.state,
            "include_global_state": self.include_global_state,
            "metadata": self.metadata,
            "data_streams": [stream.to_json() for stream in self.streams],
            "is_clone": self.is_clone,
            "indices": {name: index(held) for name, held in self.indices.items()},
        }


def create(
    cluster: Cluster,
    repository: str,
    name: str,
    *,
    indices: list[str],
    options: IndicesOptions,
    include_global_state: bool,
    metadata: dict[str, Json] | None,
) -> Snapshot:
    """Take a snapshot. Raises RepositoryMissing, Repository, InvalidSnapshotName, IndexNotFound ..."""
    name = concrete_name(cluster, name)
    _check_name(cluster, repository, name)
    entry = repositories(cluster).repository(repository)
    _check_free(cluster, entry, name)
    entry.check_writable("cannot create snapshot in a", cluster.behaviour)
    found = resolve(cluster, indices, options)
    copies: dict[str, Index] = {}
    for index in by_name(found):
        if not index.is_closed:
            index.refresh()
            for shard in index.shards:
                shard.commit()
        copies[index.name] = index.clone()
    taken = Snapshot(
        name,
        cluster.new_uuid(),
        copies,
        include_global_state,
        cluster.clock.now_ms(),
        metadata,
        streams=_streams(cluster, copies),
    )
    entry.snapshots[name] = taken
    registry = repositories(cluster)
    registry.use("snapshots")
    registry.uuids.setdefault(place_of(entry), cluster.new_uuid())
    registry.wrote(entry)
    cluster.changed()
    return taken


def _streams(cluster: Cluster, copies: Container[str]) -> tuple[DataStream, ...]:
    kept = ((stream, tuple(name for name in stream.indices if name in copies)) for stream in cluster.streams.values())
    return tuple(replace(stream, indices=indices) for stream, indices in kept if indices)


def _check_name(cluster: Cluster, repository: str, name: str) -> None:
    problems = (
        (not name, "cannot be empty"),
        (" " in name, "must not contain whitespace"),
        ("," in name, "must not contain ','"),
        ("#" in name, "must not contain '#'"),
        (name.startswith("_"), "must not start with '_'"),
        (name.lower() != name, "must be lowercase"),
        (any(letter in '"*\\<|>/?' for letter in name), bad_name(cluster.behaviour)),
    )
    for is_wrong, why in problems:
        if is_wrong:
            raise InvalidSnapshotName(f"[{repository}:{name}] Invalid snapshot name [{name}], {why}")


def _check_free(cluster: Cluster, entry: RepositoryEntry, name: str) -> None:
    if name in entry.snapshots:
        error = SnapshotNameAlreadyInUse if cluster.behaviour.path_decoded_first else InvalidSnapshotName
        raise error(f"[{entry.name}:{name}] Invalid snapshot name [{name}], snapshot with the same name already exists")


def find(entry: RepositoryEntry, names: list[str], *, ignore_unavailable: bool = False) -> list[Snapshot]:
    """Snapshots by names or wildcards, in the order they were taken. Raises SnapshotMissing."""
    chosen: set[str] = set()
    for one in names:
        if one in ("_all", "*"):
            chosen.update(entry.snapshots)
        elif "*" in one:
            regex = glob(one)
            chosen.update(name for name in entry.snapshots if regex.match(name))
        elif one in entry.snapshots:
            chosen.add(one)
        elif one != "_current" and not ignore_unavailable:
            raise SnapshotMissing(f"[{entry.name}:{one}] is missing")
    return [found for name, found in entry.snapshots.items() if name in chosen]


def find_named(entry: RepositoryEntry, names: list[str], *, ignore_unavailable: bool = False) -> list[Snapshot]:
    """Snapshots by names alone, in their order and as often as they are named. Raises SnapshotMissing."""
    for one in names:
        if one not in entry.snapshots and not ignore_unavailable:
            raise SnapshotMissing(f"[{entry.name}:{one}] is missing")
    return [entry.snapshots[one] for one in names if one in entry.snapshots]


def delete(cluster: Cluster, repository: str, names: list[str]) -> None:
    """Remove snapshots. Raises SnapshotMissing, Repository."""
    entry = repositories(cluster).repository(repository)
    entry.check_writable("cannot delete snapshot from a", cluster.behaviour)
    for one in find(entry, names):
        del entry.snapshots[one.name]
    repositories(cluster).use("snapshot_deletions")
    repositories(cluster).wrote(entry)
    cluster.changed()


def clone(cluster: Cluster, repository: str, source: str, target: str, indices: list[str]) -> None:
    """A snapshot with some indices of another. Raises SnapshotMissing, IndexNotFound, Repository."""
    _check_name(cluster, repository, target)
    entry = repositories(cluster).repository(repository)
    _check_free(cluster, entry, target)
    entry.check_writable("cannot create snapshot in a", cluster.behaviour)
    found = find(entry, [source])[0]
    kept = choose(list(found.indices), indices)
    if not kept:
        what = f"{source}/{found.uuid}"
        raise SnapshotError(f"[{repository}:{what}] No indices in the source snapshot [{what}] matched requested pattern [{','.join(indices)}]")
    copies = {name: found.indices[name].clone() for name in kept}
    now = cluster.clock.now_ms()
    entry.snapshots[target] = Snapshot(
        target, cluster.new_uuid(), copies, found.include_global_state, now, metadata={}, is_clone=True
    )
    repositories(cluster).wrote(entry)


def choose(known: list[str], wanted: list[str], *, ignore_unavailable: bool = False) -> list[str]:
    """Index names of a snapshot that an expression means. Raises IndexNotFound."""
    if not wanted or wanted == ["_all"]:
        return known
    chosen: dict[str, None] = {}
    for one in wanted:
        if one.startswith("-") and chosen:
            regex = glob(one[1:])
            chosen = {name: None for name in chosen if not regex.match(name)}
        elif "*" in one:
            regex = glob(one)
            chosen.update({name: None for name in known if regex.match(name)})
        elif one in known:
            chosen[one] = None
        elif not ignore_unavailable:
            raise IndexNotFound(one, resource=None)
    return list(chosen)
