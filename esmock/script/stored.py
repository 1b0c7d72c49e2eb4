"""Scripts of a cluster: the service that compiles them, and those stored under an id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from esmock.script.service import ScriptService
    from esmock.state.cluster import Cluster

Json = Any


class _Settings(Mapping[str, Any]):
    """The cluster's settings as they are at the moment of asking."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def __getitem__(self, key: str) -> Any:
        found = self._cluster.setting(key)
        if found is None:
            raise KeyError(key)
        return found

    def get(self, key: str, default: Any = None) -> Any:
        return self._cluster.setting(key, default)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


class Scripts:
    """The slot ``scripts`` of a cluster.

    Attributes:
        stored: id to ``lang``, ``source``, ``options`` as shown.
        was_used: whether there was ever one, which the cluster state tells.
        service: made on first use; compiled scripts are not shared with clones.
    """

    def __init__(self, cluster: Cluster, stored: dict[str, Json] | None = None) -> None:
        self._cluster = cluster
        self.stored: dict[str, Json] = dict(stored or {})
        self.was_used = bool(self.stored)
        self._service: ScriptService | None = None

    def clone(self, cluster: Cluster) -> Scripts:
        twin = Scripts(cluster, self.stored)
        twin.was_used = self.was_used
        return twin

    @property
    def service(self) -> ScriptService:
        if self._service is None:
            from esmock.script.service import ScriptService

            cluster = self._cluster
            self._service = ScriptService(cluster.behaviour, _Settings(cluster), self.stored, cluster.clock.now_ms)
        return self._service


def scripts(cluster: Cluster) -> Scripts:
    """The scripts of a cluster."""
    found: Scripts = cluster.slot("scripts", lambda: Scripts(cluster))
    return found


def script_service(cluster: Cluster) -> ScriptService:
    """What compiles a cluster's scripts."""
    return scripts(cluster).service
