"""The connectors, sync jobs and secrets of a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from esmock.errors import ResourceNotFound, Status

if TYPE_CHECKING:
    from esmock.features.connector.connector import Document
    from esmock.state.cluster import Cluster

Json = Any
SLOT = "connectors"


class Documents:
    """Documents by id, which are replaced and never changed in place."""

    def __init__(self, missing: str, found: Mapping[str, Document] | None = None) -> None:
        self._missing = missing
        self.by_id = dict(found or {})

    def copy(self) -> Documents:
        return Documents(self._missing, self.by_id)

    def one(self, id_: str) -> Document:
        """Raises ResourceNotFound."""
        found = self.by_id.get(id_)
        if found is None:
            raise ResourceNotFound(self._missing.format(id_))
        return found

    def change(self, id_: str, changes: Mapping[str, Json]) -> str:
        """Change a document; ``updated``, or ``noop`` where nothing is new. Raises ResourceNotFound."""
        older = self.one(id_)
        newer = {name: value for name, value in {**older, **changes}.items() if value is not None}
        self.by_id[id_] = newer
        return "noop" if newer == older else "updated"


class Connectors:
    """The slot ``connectors`` of a cluster."""

    def __init__(self) -> None:
        self.connectors = Documents("connector [{}] not found")
        self.jobs = Documents("connector sync job [{}] not found")
        self.secrets = Documents("No secret with id [{}]")

    def clone(self, cluster: Cluster) -> Connectors:
        twin = Connectors()
        twin.connectors, twin.jobs, twin.secrets = self.connectors.copy(), self.jobs.copy(), self.secrets.copy()
        return twin

    def living(self, id_: str, *, deleted: bool = False) -> Document:
        """A connector that was not deleted. Raises ResourceNotFound."""
        found = self.connectors.one(id_)
        if found.get("deleted") and not deleted:
            raise ResourceNotFound(f"connector [{id_}] not found")
        return found

    def check_index(self, id_: str | None, index: str | None) -> None:
        """Refuse an index that another connector fills. Raises Status."""
        for other, one in self.connectors.by_id.items():
            if index is not None and other != id_ and one.get("index_name") == index and not one.get("deleted"):
                raise Status(f"Index name [{index}] is used by another connector.", status=400)


def connectors(cluster: Cluster) -> Connectors:
    """The cluster's connectors."""
    found: Connectors = cluster.slot(SLOT, Connectors)
    return found
