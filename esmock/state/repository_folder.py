"""A snapshot repository in a folder, which this and other esmock processes read again.

``esmock-snapshots.json`` lists the snapshots; ``indices/SNAPSHOT-UUID/INDEX-UUID.json.gz`` is one index of one snapshot, as
``index_file`` writes it. The list is replaced last, by a rename: a kill at any moment leaves a repository that is whole.
Differs: not the files that Elasticsearch writes; neither can read the other's.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esmock.errors import Repository
from esmock.state.index_file import index_from_json, index_to_json
from esmock.state.snapshots import Snapshot

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

Json = Any
FORMAT = 1
LIST = "esmock-snapshots.json"


class RepositoryFolder:
    """One folder.

    Args:
        path: where it is; made when something is written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int] | None = None

    def clone(self) -> RepositoryFolder:
        """The same folder, watched by another cluster."""
        twin = RepositoryFolder(self.path)
        twin._seen = self._seen
        return twin

    def changes(self) -> dict[str, Json] | None:
        """The list of snapshots when somebody else has written it; None: it is as it was.

        Raises:
            Repository: what lies there is not esmock's.
        """
        try:
            found = (self.path / LIST).stat()
        except OSError:
            missing, self._seen = self._seen is not None, None
            return {"snapshots": []} if missing else None
        signature = (found.st_mtime_ns, found.st_ino)
        if signature == self._seen:
            return None
        tree: dict[str, Json] = json.loads((self.path / LIST).read_text("utf-8"))
        if tree.get("esmock_repository") != FORMAT:
            raise Repository(f"[{self.path}] holds no repository of format {FORMAT} of esmock")
        self._seen = signature
        return tree

    def read(self, cluster: Cluster, tree: dict[str, Json], known: Mapping[str, Snapshot]) -> dict[str, Snapshot]:
        """The snapshots of a list; those that are known already are taken as they are."""
        out = {}
        for one in tree["snapshots"]:
            have = known.get(one["name"])
            out[one["name"]] = have if have is not None and have.uuid == one["uuid"] else self._snapshot(cluster, one)
        return out

    def _snapshot(self, cluster: Cluster, one: dict[str, Json]) -> Snapshot:
        indices: dict[str, Index] = {}
        for name, uuid in one["indices"].items():
            with gzip.open(self._file(one["uuid"], uuid), "rb") as held:
                indices[name] = index_from_json(cluster, name, json.load(held))
        return Snapshot.from_json(cluster, one["name"], one, indices)

    def write(self, uuid: str | None, snapshots: Mapping[str, Snapshot]) -> None:
        """Write what is new, replace the list, remove what is gone."""
        self.path.mkdir(parents=True, exist_ok=True)
        for one in snapshots.values():
            for index in one.indices.values():
                target = self._file(one.uuid, index.uuid)
                if not target.exists():
                    self._put(target, gzip.compress(_bytes(index_to_json(index, index.mapping.to_json())), 1, mtime=0))
        listed = [{"name": one.name, **one.to_json(lambda index: index.uuid)} for one in snapshots.values()]
        self._put(self.path / LIST, _bytes({"esmock_repository": FORMAT, "uuid": uuid, "snapshots": listed}))
        found = (self.path / LIST).stat()
        self._seen = (found.st_mtime_ns, found.st_ino)
        kept = {one.uuid for one in snapshots.values()}
        for held in (self.path / "indices").glob("*"):
            if held.name not in kept:
                shutil.rmtree(held, ignore_errors=True)

    def _file(self, snapshot: str, index: str) -> Path:
        return self.path / "indices" / snapshot / f"{index}.json.gz"

    def _put(self, target: Path, content: bytes) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f"{target.name}.{os.getpid()}")
        beside.write_bytes(content)
        beside.replace(target)


def _bytes(tree: Json) -> bytes:
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
