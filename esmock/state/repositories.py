"""Snapshot repositories: places, and what they hold.

Contents are kept by place: two repositories with one location see the same snapshots. The place is a folder where the node
setting ``path.repo`` names one that is there, and otherwise in memory.
Source: recordings of 7.10.2 and 8.19.21; docs page snapshots-register-repository.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from esmock.errors import (
    ApiError,
    ElasticsearchParse,
    FileAlreadyExists,
    FileSystem,
    IllegalArgument,
    MalformedURL,
    NoSuchFile,
    Repository,
    RepositoryMissing,
    RepositoryVerification,
    Unsupported,
)
from esmock.mapping.parameter import java_text
from esmock.state.resolve import glob, matches
from esmock.state.setting_values import as_list, read_boolean
from esmock.xcontent.units import parse_byte_size

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.repository_folder import RepositoryFolder
    from esmock.state.snapshots import Snapshot
    from esmock.version import Behaviour

Json = Any
_BUNDLED_SINCE_EIGHT = ("s3", "gcs", "azure")
_BAD_LETTERS = ' "*\\<|,>/?'
_BAD_SEVEN = '[ , ", *, \\, <, |, ,, >, /, ?]'
_BAD_EIGHT = """[' ','"','*',',','/','<','>','?','\\','|']"""
_SWITCHES = ("compress", "readonly")
_RATES = ("max_snapshot_bytes_per_sec", "max_restore_bytes_per_sec")


@dataclass(slots=True)
class RepositoryEntry:
    """A repository with its snapshots by name, in the order in which they were taken."""

    name: str
    kind: str
    settings: dict[str, Any]
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    folder: RepositoryFolder | None = None
    """Where they lie, when that is not in memory."""
    generation: int | None = None
    """How often its list of snapshots was written before, as far as was seen; None before the first time."""

    @property
    def is_readonly(self) -> bool:
        """Whether nothing may be written to it."""
        return self.kind == "url" or str(self.settings.get("readonly", "false")) == "true"

    def check_writable(self, what: str, behaviour: Behaviour) -> None:
        """Raises Repository, or IllegalArgument since 8.0, for a repository that is only read."""
        if not self.is_readonly:
            return
        if behaviour.mapping_types:
            raise Repository(f"[{self.name}] {what} readonly repository")
        if what.startswith("cannot run cleanup"):
            raise IllegalArgument(f"[{self.name}] repository is readonly")
        raise IllegalArgument(f"[{self.name}] {what} readonly repository")


class Repositories:
    """The slot ``snapshots`` of a cluster: all repositories, and the contents of all places in memory."""

    def __init__(self) -> None:
        self.repositories: dict[str, RepositoryEntry] = {}
        self.contents: dict[str, dict[str, Snapshot]] = {}
        self.uuids: dict[str, str] = {}
        """Place to the id that the first snapshot gives it."""
        self.generations: dict[str, int] = {}
        """Place to the number of its last list of snapshots."""
        self.used: frozenset[str] = frozenset()
        """Parts of the cluster state that work with snapshots has left in it, empty as they are."""

    def use(self, part: str) -> None:
        """Remember that a part of the cluster state was needed: ``snapshots``, ``restore`` ..."""
        self.used |= {part}

    def uuid_of(self, entry: RepositoryEntry) -> str | None:
        """The id of what a repository holds; None before its first snapshot."""
        return self.uuids.get(place_of(entry))

    def clone(self, cluster: Cluster) -> Repositories:
        """The same repositories for another cluster."""
        twin = Repositories()
        twin.uuids = dict(self.uuids)
        twin.used = self.used
        twin.generations = dict(self.generations)
        twin.contents = {place: dict(found) for place, found in self.contents.items()}
        for name, one in self.repositories.items():
            found = twin.contents.setdefault(place_of(one), {})
            folder = None if one.folder is None else one.folder.clone()
            twin.repositories[name] = replace(one, snapshots=found, folder=folder)
        return twin

    def look(self, cluster: Cluster) -> None:
        """Read again the folders that somebody else has written to."""
        for entry in self.repositories.values():
            if entry.folder is None:
                continue
            tree = entry.folder.changes()
            if tree is None:
                continue
            found = entry.folder.read(cluster, tree, entry.snapshots)
            entry.snapshots.clear()
            entry.snapshots.update(found)
            if tree.get("uuid"):
                self.uuids[place_of(entry)] = tree["uuid"]

    def wrote(self, entry: RepositoryEntry) -> None:
        """Count a change of a repository's snapshots, and keep it in its folder."""
        place = place_of(entry)
        entry.generation = self.generations[place] = self.generations.get(place, -1) + 1
        if entry.folder is not None:
            _make(entry)
            entry.folder.write(self.uuid_of(entry), entry.snapshots)

    def repository(self, name: str) -> RepositoryEntry:
        """A repository by name. Raises RepositoryMissing."""
        found = self.repositories.get(name)
        if found is None:
            raise RepositoryMissing(f"[{name}] missing")
        return found


def repositories(cluster: Cluster) -> Repositories:
    """The cluster's repositories, with what other processes have done to them."""
    found: Repositories = cluster.slot("snapshots", Repositories)
    found.look(cluster)
    return found


def place_of(entry: RepositoryEntry) -> str:
    """Where a repository's contents are: a ``file:`` URL is the place of that folder."""
    if entry.folder is not None:
        return f"folder:{entry.folder.path}"
    if entry.kind == "url":
        url = str(entry.settings.get("url", ""))
        return f"fs:{posixpath.normpath(urlsplit(url).path)}" if url.startswith("file:") else f"url:{url}"
    return f"fs:{posixpath.normpath(str(entry.settings.get('location', entry.name)))}"


def bad_name(behaviour: Behaviour) -> str:
    """What is told of letters that no name of a repository or snapshot has."""
    return f"must not contain the following characters {_BAD_SEVEN if behaviour.mapping_types else _BAD_EIGHT}"


def put_repository(cluster: Cluster, name: str, kind: str, settings: dict[str, Any], *, verify: bool = True) -> None:
    """Register a repository. Raises Repository, RepositoryVerification."""
    if "#" in name:
        raise Repository(f"[{name}] must not contain '#'")
    if any(letter in _BAD_LETTERS for letter in name):
        raise Repository(f"[{name}] {bad_name(cluster.behaviour)}")
    if kind == "source" or (kind in _BUNDLED_SINCE_EIGHT and cluster.behaviour.major >= 8):
        raise Unsupported(f"repositories of type [{kind}]")
    if kind not in ("fs", "url"):
        raise Repository(f"[{name}] repository type [{kind}] does not exist")
    try:
        if kind == "fs":
            _check_fs(cluster, name, settings)
        else:
            _check_url(name, settings)
    except ApiError as cause:
        raise Repository(f"[{name}] failed to create repository", cause=cause) from None
    registry = repositories(cluster)
    entry = RepositoryEntry(name, kind, settings)
    entry.folder = _folder(cluster, entry)
    _check_there(cluster, entry, registry, verify=verify)
    entry.snapshots = registry.contents.setdefault(place_of(entry), {})
    before = registry.repositories.get(name)
    if before is not None and place_of(before) == place_of(entry) and not cluster.behaviour.mapping_types:
        entry.generation = before.generation
    registry.use("repositories")
    registry.repositories = {**registry.repositories, name: entry}
    cluster.changed()
    if verify:
        verify_repository(cluster, entry)


def _path(cluster: Cluster, entry: RepositoryEntry) -> str:
    """The absolute place of a folder."""
    if entry.kind == "url":
        return posixpath.normpath(urlsplit(str(entry.settings["url"])).path)
    roots = as_list(cluster.server_settings.node_settings.get("path.repo"))
    location = str(entry.settings["location"])
    return posixpath.normpath(next(path for root in roots if _is_below(path := posixpath.join(root, location), root)))


def _folder(cluster: Cluster, entry: RepositoryEntry) -> RepositoryFolder | None:
    """The folder of a repository, where ``path.repo`` names one that is there; otherwise its contents stay in memory."""
    if entry.kind == "url" and not str(entry.settings["url"]).startswith("file:"):
        return None
    path = _path(cluster, entry)
    roots = as_list(cluster.server_settings.node_settings.get("path.repo"))
    if not any(_is_below(path, root) and os.path.isdir(root) for root in roots):
        return None
    from esmock.state.repository_folder import RepositoryFolder

    return RepositoryFolder(Path(path))


def _make(entry: RepositoryEntry) -> None:
    """Make the folder of a repository. Raises Repository where something else is in its place."""
    if entry.folder is None:
        return
    path = entry.folder.path
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        is_file = isinstance(error, FileExistsError)
        cause = FileAlreadyExists(str(path)) if is_file else FileSystem(f"{path}: {os.strerror(error.errno or 0)}")
        raise Repository(f"[{entry.name}] cannot create blob store", cause=cause) from None


def _check_there(cluster: Cluster, entry: RepositoryEntry, registry: Repositories, *, verify: bool) -> None:
    """Make the place of a new repository; one that is only read has to be there (7.x). Raises RepositoryVerification."""
    if not entry.is_readonly:
        if entry.folder is not None and verify:
            try:
                _make(entry)
            except Repository as refused:
                raise RepositoryVerification(f"[{entry.name}] path  is not accessible on master node", cause=refused) from None
        return
    there = entry.folder.path.is_dir() if entry.folder is not None else place_of(entry) in registry.contents
    if entry.kind == "fs" and verify and not there and cluster.behaviour.mapping_types:
        cause = NoSuchFile(_path(cluster, entry))
        raise RepositoryVerification(f"[{entry.name}] path  is not accessible on master node", cause=cause)


def verify_repository(cluster: Cluster, entry: RepositoryEntry) -> None:
    """Whether the nodes reach a repository. Raises RepositoryVerification."""
    if entry.kind != "url":
        return
    url = str(entry.settings["url"])
    path = urlsplit(url).path
    roots = as_list(cluster.server_settings.node_settings.get("path.repo"))
    allowed = as_list(cluster.server_settings.node_settings.get("repositories.url.allowed_urls"))
    if url.startswith("file:") and any(_is_below(path, root) for root in roots):
        return
    if matches(allowed, url):
        raise Unsupported(f"the repository [{entry.name}] over the network")
    raise RepositoryVerification(
        f"[{entry.name}] path  is not accessible on master node",
        cause=Repository(
            f"[{entry.name}] file url [{url}] doesn't match any of the locations specified by path.repo or "
            "repositories.url.allowed_urls"
        ),
    )


def _is_below(path: str, root: str) -> bool:
    path, root = posixpath.normpath(path), posixpath.normpath(root)
    return path == root or path.startswith(root.rstrip("/") + "/")


def _check_fs(cluster: Cluster, name: str, settings: dict[str, Any]) -> None:
    """Raises Repository for a place outside of ``path.repo``, and what bad sizes raise."""
    location = settings.get("location")
    if not location:
        raise Repository(f"[{name}] missing location")
    allowed = as_list(cluster.server_settings.node_settings.get("path.repo"))
    told = f"[{name}] location [{location}] doesn't match any of the locations specified by path.repo"
    if not allowed:
        raise Repository(f"{told} because this setting is empty")
    if not any(_is_below(posixpath.join(root, location), root) for root in allowed):
        raise Repository(told)
    given = {key: value if isinstance(value, str) else java_text(value) for key, value in settings.items() if value is not None}
    for key in _SWITCHES:
        if key in given:
            read_boolean(key, given[key], [], cluster.behaviour)
    for key in _RATES:
        if key in given:
            _check_rate(key, given[key], cluster.behaviour)
    if "chunk_size" in given:
        _check_chunk_size(given["chunk_size"])


def _check_rate(key: str, text: str, behaviour: Behaviour) -> None:
    try:
        parse_byte_size(text, key)
    except ElasticsearchParse as cause:
        if behaviour.mapping_types:
            raise
        raise IllegalArgument(cause.reason, cause=cause) from None


def _check_chunk_size(text: str) -> None:
    try:
        size = parse_byte_size(text, "chunk_size")
    except ElasticsearchParse as cause:
        raise IllegalArgument(cause.reason, cause=cause) from None
    if size < 5:
        raise IllegalArgument(f"failed to parse value [{text}] for setting [chunk_size], must be >= [5b]")


def _check_url(name: str, settings: dict[str, Any]) -> None:
    url = settings.get("url")
    if url is None:
        raise Repository(f"[{name}] missing url")
    scheme = urlsplit(str(url)).scheme
    if not scheme:
        raise IllegalArgument("Unable to parse URL repository setting", cause=MalformedURL(f"no protocol: {url}"))


def find_repositories(cluster: Cluster, names: Iterable[str]) -> list[RepositoryEntry]:
    """Repositories by names or wildcards. Raises RepositoryMissing for plain names."""
    registry = repositories(cluster)
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
    registry = repositories(cluster)
    regex = glob(name)
    kept = {one: found for one, found in registry.repositories.items() if not regex.match(one)}
    if len(kept) == len(registry.repositories) and name != "*":
        raise RepositoryMissing(f"[{name}] missing")
    registry.repositories = kept
    cluster.changed()
