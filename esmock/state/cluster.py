"""The state of one space: everything that a request can read or change hangs here."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.clock import Clock
from esmock.settings import ServerSettings

if TYPE_CHECKING:
    from esmock.state.index import Index

_ID_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"


class Cluster:
    """An isolated cluster of one node.

    Args:
        settings: what the server was told at start.
        clock: shared with nobody else; None: made from the settings.

    Features keep their own state in ``slots``: name to an object with ``clone(cluster)``.
    """

    def __init__(self, settings: ServerSettings, clock: Clock | None = None) -> None:
        self.server_settings = settings
        self.behaviour = settings.behaviour
        self.clock = clock or Clock(settings.frozen_at_ms)
        self.random = random.Random(settings.seed)
        self.name = settings.cluster_name
        self.node_name = settings.node_name
        self.uuid = self.new_uuid()
        self.node_id = self.new_uuid()
        self.ephemeral_id = self.new_uuid()
        self.started_ms = self.clock.now_ms()
        self.http_port = 9200
        self.indices: dict[str, Index] = {}
        self.persistent_settings: dict[str, Any] = {}
        self.transient_settings: dict[str, Any] = {}
        self.state_version = 1
        self.slots: dict[str, Any] = {}
        self._aliases: dict[str, list[Index]] | None = None

    def clone(self) -> Cluster:
        """A cluster that answers alike and changes alone. Copies maps of names only; documents and segments are shared."""
        twin = Cluster.__new__(Cluster)
        twin.__dict__.update(self.__dict__)
        twin.random = random.Random()
        twin.random.setstate(self.random.getstate())
        twin.clock = self.clock.clone()
        twin.indices = {name: index.clone() for name, index in self.indices.items()}
        twin.slots = {name: part.clone(twin) for name, part in self.slots.items()}
        twin._aliases = None
        return twin

    def slot(self, name: str, make: Callable[[], Any]) -> Any:
        """The state of a feature, made on first use."""
        part = self.slots.get(name)
        if part is None:
            part = self.slots[name] = make()
        return part

    def new_uuid(self) -> str:
        """22 URL-safe characters, as of a random UUID."""
        raw = self.random.getrandbits(128).to_bytes(16, "big")
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    def new_doc_id(self) -> str:
        """20 URL-safe characters, as Elasticsearch's time based ids have."""
        bits = self.random.getrandbits(120)
        return "".join(_ID_LETTERS[(bits >> shift) & 63] for shift in range(0, 120, 6))

    def changed(self) -> None:
        """A change of indices or aliases: count it, forget what was derived."""
        self.state_version += 1
        self._aliases = None

    def aliases(self) -> dict[str, list[Index]]:
        """Alias name to the indices that bear it, by index name."""
        if self._aliases is None:
            found: dict[str, list[Index]] = {}
            for name in sorted(self.indices):
                for alias in self.indices[name].aliases:
                    found.setdefault(alias, []).append(self.indices[name])
            self._aliases = found
        return self._aliases

    def exists(self, name: str) -> bool:
        """Whether an index or an alias has the name."""
        return name in self.indices or name in self.aliases()

    def concrete(self, name: str) -> list[Index]:
        """The indices of a name or alias; empty for an unknown one."""
        index = self.indices.get(name)
        return [index] if index is not None else self.aliases().get(name, [])

    def setting(self, key: str, default: str | None = None) -> Any:
        """A cluster setting: transient over persistent over the node's."""
        for source in (self.transient_settings, self.persistent_settings, self.server_settings.node_settings):
            if key in source:
                return source[key]
        return default

    @property
    def n_data_nodes(self) -> int:
        return int(self.server_settings.node_settings.get("esmock.data_nodes", "1"))

    def assigned_replicas(self, index: Index) -> int:
        """Replica copies that find a node."""
        return min(index.n_replicas, self.n_data_nodes - 1)
