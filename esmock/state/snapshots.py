"""Repositories and the snapshots in them, kept in memory.

A snapshot holds copies of its indices, which share their documents with the originals.
Source: recordings of 7.10.2 and 8.19.21; docs page snapshot-restore.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import (
    ApiError,
    IndexNotFound,
    InvalidSnapshotName,
    Repository,
    RepositoryMissing,
    SnapshotMissing,
    SnapshotNameAlreadyInUse,
    SnapshotRestore,
    Unsupported,
)
from esmock.state import index_settings
from esmock.state.admin import flush
from esmock.state.aliases import check_index_name
from esmock.state.index import Index
from esmock.state.resolve import IndicesOptions, glob, resolve

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

Json = Any
_KNOWN_ELSEWHERE = ("url", "source", "s3", "gcs", "azure", "hdfs")


@dataclass(slots=True)
class Snapshot:
    """A finished snapshot."""

    name: str
    uuid: str
    indices: dict[str, Index]
    include_global_state: bool
    started_ms: int
    metadata: dict[str, Json] | None = None
    state: str = "SUCCESS"

    @property
    def n_shards(self) -> int:
        return sum(index.n_shards for index in self.indices.values())


@dataclass(slots=True)
class RepositoryEntry:
    """A repository with its snapshots by name."""

    name: str
    kind: str
    settings: dict[str, Any]
    snapshots: dict[str, Snapshot] = field(default_factory=dict)


class Snapshots:
    """All repositories of a cluster."""

    def __init__(self) -> None:
        self.repositories: dict[str, RepositoryEntry] = {}
        self.contents: dict[str, dict[str, Snapshot]] = {}
        self.uuids: dict[str, str] = {}
        """Place to the id that the first snapshot gives it."""

    def uuid_of(self, entry: RepositoryEntry) -> str | None:
        """The id of what a repository holds; None before its first snapshot."""
        return self.uuids.get(_place(entry.kind, entry.settings, entry.name))

    def clone(self, cluster: Cluster) -> Snapshots:
        """The same repositories for another cluster."""
        twin = Snapshots()
        twin.uuids = dict(self.uuids)
        twin.contents = {place: dict(found) for place, found in self.contents.items()}
        for name, one in self.repositories.items():
            place = _place(one.kind, one.settings, name)
            found = twin.contents.setdefault(place, {})
            twin.repositories[name] = RepositoryEntry(name, one.kind, one.settings, found)
        return twin

    def repository(self, name: str) -> RepositoryEntry:
        """A repository by name. Raises RepositoryMissing."""
        found = self.repositories.get(name)
        if found is None:
            raise RepositoryMissing(f"[{name}] missing")
        return found


def snapshots(cluster: Cluster) -> Snapshots:
    """The cluster's repositories."""
    found: Snapshots = cluster.slot("snapshots", Snapshots)
    return found


def _place(kind: str, settings: dict[str, Any], name: str) -> str:
    return f"{kind}:{posixpath.normpath(str(settings.get('location', name)))}"


def put_repository(cluster: Cluster, name: str, kind: str, settings: dict[str, Any]) -> None:
    """Register a repository. Raises Repository."""
    if "#" in name:
        raise Repository(f"[{name}] must not contain '#'")
    if kind in _KNOWN_ELSEWHERE and kind != "url":
        raise Unsupported(f"repositories of type [{kind}]")
    if kind not in ("fs", "url"):
        raise Repository(f"[{name}] repository type [{kind}] does not exist")
    if kind == "fs":
        _check_location(cluster, name, settings)
    elif "url" not in settings:
        raise Repository(
            f"[{name}] failed to create repository", cause=Repository(f"[{name}] missing url")
        )
    registry = snapshots(cluster)
    contents = registry.contents.setdefault(_place(kind, settings, name), {})
    registry.repositories = {**registry.repositories, name: RepositoryEntry(name, kind, settings, contents)}
    cluster.changed()


def _check_location(cluster: Cluster, name: str, settings: dict[str, Any]) -> None:
    location = settings.get("location")
    cause: ApiError | None = None
    allowed = index_settings.as_list(cluster.server_settings.node_settings.get("path.repo"))
    if not location:
        cause = Repository(f"[{name}] missing location")
    elif not allowed:
        cause = Repository(
            f"[{name}] location [{location}] doesn't match any of the locations specified by path.repo because this "
            "setting is empty"
        )
    elif location.startswith("/") and not any(
        location == one or location.startswith(one.rstrip("/") + "/") for one in allowed
    ):
        cause = Repository(f"[{name}] location [{location}] doesn't match any of the locations specified by path.repo")
    if cause is not None:
        raise Repository(f"[{name}] failed to create repository", cause=cause)


def find_repositories(cluster: Cluster, names: Iterable[str]) -> list[RepositoryEntry]:
    """Repositories by names or wildcards. Raises RepositoryMissing for plain names."""
    registry = snapshots(cluster)
    wanted = list(names)
    if not wanted or wanted == ["_all"]:
        return list(registry.repositories.values())
    out: dict[str, RepositoryEntry] = {}
    for one in wanted:
        if "*" in one:
            regex = glob(one)
            out.update({name: found for name, found in registry.repositories.items() if regex.match(name)})
        else:
            out[one] = registry.repository(one)
    return list(out.values())


def delete_repositories(cluster: Cluster, name: str) -> None:
    """Forget repositories; what is in them stays. Raises RepositoryMissing."""
    registry = snapshots(cluster)
    regex = glob(name)
    kept = {one: found for one, found in registry.repositories.items() if not regex.match(one)}
    if len(kept) == len(registry.repositories) and name != "*":
        raise RepositoryMissing(f"[{name}] missing")
    registry.repositories = kept
    cluster.changed()


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
    """Take a snapshot. Raises RepositoryMissing, InvalidSnapshotName, IndexNotFound ..."""
    entry = snapshots(cluster).repository(repository)
    _check_name(cluster, entry, name)
    found = resolve(cluster, indices, options)
    copies: dict[str, Index] = {}
    for index in sorted(found, key=lambda one: one.name):
        if not index.is_closed:
            index.refresh()
            flush(index)
        copies[index.name] = index.clone()
    taken = Snapshot(name, cluster.new_uuid(), copies, include_global_state, cluster.clock.now_ms(), metadata)
    entry.snapshots[name] = taken
    snapshots(cluster).uuids.setdefault(_place(entry.kind, entry.settings, entry.name), cluster.new_uuid())
    cluster.changed()
    return taken


def _check_name(cluster: Cluster, entry: RepositoryEntry, name: str) -> None:
    shown = f"[{entry.name}:{name}] Invalid snapshot name [{name}]"
    if not name:
        raise InvalidSnapshotName(f"{shown}, cannot be empty")
    if " " in name:
        raise InvalidSnapshotName(f"{shown}, must not contain whitespace")
    if "," in name:
        raise InvalidSnapshotName(f"{shown}, must not contain ','")
    if "#" in name:
        raise InvalidSnapshotName(f"{shown}, must not contain '#'")
    if name.startswith("_"):
        raise InvalidSnapshotName(f"{shown}, must not start with '_'")
    if name.lower() != name:
        raise InvalidSnapshotName(f"{shown}, must be lowercase")
    if name in entry.snapshots:
        error = SnapshotNameAlreadyInUse if cluster.behaviour.path_decoded_first else InvalidSnapshotName
        raise error(f"{shown}, snapshot with the same name already exists")


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


def delete(cluster: Cluster, repository: str, names: list[str]) -> None:
    """Remove snapshots. Raises SnapshotMissing."""
    entry = snapshots(cluster).repository(repository)
    for one in find(entry, names):
        del entry.snapshots[one.name]
    cluster.changed()


def clone(cluster: Cluster, repository: str, source: str, target: str, indices: list[str]) -> None:
    """A snapshot with some indices of another. Raises SnapshotMissing, IndexNotFound."""
    entry = snapshots(cluster).repository(repository)
    _check_name(cluster, entry, target)
    found = find(entry, [source])[0]
    kept = choose(list(found.indices), indices)
    copies = {name: found.indices[name].clone() for name in kept}
    now = cluster.clock.now_ms()
    entry.snapshots[target] = Snapshot(target, cluster.new_uuid(), copies, found.include_global_state, now, None)


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


@dataclass(slots=True)
class Restore:
    """What is asked of a restore."""

    indices: list[str] = field(default_factory=list)
    ignore_unavailable: bool = False
    rename_pattern: str | None = None
    rename_replacement: str | None = None
    include_aliases: bool = True
    index_settings: dict[str, Any] = field(default_factory=dict)
    ignore_index_settings: list[str] = field(default_factory=list)


def restore(cluster: Cluster, repository: str, name: str, asked: Restore) -> list[Index]:
    """Bring indices back. Raises SnapshotRestore, IndexNotFound, InvalidIndexName."""
    entry = snapshots(cluster).repository(repository)
    found = entry.snapshots.get(name)
    if found is None:
        raise SnapshotRestore(f"[{repository}:{name}] snapshot does not exist")
    chosen = choose(list(found.indices), asked.indices, ignore_unavailable=asked.ignore_unavailable)
    planned = [(found.indices[one], _renamed(one, asked)) for one in chosen]
    for _, target in planned:
        _check_target(cluster, repository, found, target)
    out = []
    for source, target in planned:
        index = _restored(cluster, source, target, asked)
        index.restored_from = repository
        cluster.indices[target] = index
        out.append(index)
    cluster.changed()
    return out


def _renamed(name: str, asked: Restore) -> str:
    if asked.rename_pattern is None or asked.rename_replacement is None:
        return name
    replacement = re.sub(r"\$(\d)", r"\\g<\1>", asked.rename_replacement.replace("\\", "\\\\"))
    return re.sub(asked.rename_pattern, replacement, name)


def _check_target(cluster: Cluster, repository: str, found: Snapshot, target: str) -> None:
    existing = cluster.indices.get(target)
    if existing is None:
        check_index_name(target, cluster.behaviour)
    elif not existing.is_closed:
        raise SnapshotRestore(
            f"[{repository}:{found.name}/{found.uuid}] cannot restore index [{target}] because an open index with same name "
            "already exists in the cluster. Either close or delete the existing index or restore the index under a "
            "different name by providing a rename pattern and replacement name"
        )


def _restored(cluster: Cluster, source: Index, target: str, asked: Restore) -> Index:
    settings = {key: value for key, value in source.settings.items() if key != "index.verified_before_close"}
    for pattern in asked.ignore_index_settings:
        full = pattern if pattern.startswith("index.") else f"index.{pattern}"
        regex = glob(full)
        settings = {key: value for key, value in settings.items() if not regex.match(key)}
    settings.update({key: value for key, value in asked.index_settings.items() if value is not None})
    settings["index.uuid"] = cluster.new_uuid()
    index = source.clone()
    index.name, index.uuid = target, settings["index.uuid"]
    index.is_closed = False
    for shard in index.shards:
        shard.index_name, shard.index_uuid = target, index.uuid
    index.change_settings(settings)
    index.settings_version = 1
    index.set_aliases(dict(source.aliases) if asked.include_aliases else {})
    return index


