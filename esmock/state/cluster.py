"""The state of one space: everything that a request can read or change hangs here."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.clock import Clock
from esmock.settings import ServerSettings
from esmock.state.blocks import GLOBAL
from esmock.state.nodes import ClusterNode, make_nodes

if TYPE_CHECKING:
    from esmock.errors import ApiError
    from esmock.mapping.similarity import Similarity
    from esmock.state.data_streams import DataStream
    from esmock.state.gate import Gate
    from esmock.state.index import Index
    from esmock.state.stream_aliases import StreamAlias

_NO_STREAMS: Mapping[str, DataStream] = MappingProxyType({})
_NO_ALIASES: Mapping[str, StreamAlias] = MappingProxyType({})


class Cluster:
    """An isolated cluster: one node that does the work, and those that the settings let it seem to have.

    Args:
        settings: what the server was told at start.
        clock: shared with nobody else; None: made from the settings.

    ``query_checker`` refuses documents with percolator fields whose queries are none: (cluster, index, source, mapping); the
    node sets it, since state knows no queries. So it is with ``token_scripts``, which compiles a script on tokens: (cluster, settings of
    the script, name of the filter), and ``similarity_checker``, which compiles the scripts of a similarity.
    ``shard_faults`` says which shards, by (index, number), cannot
    be searched while a test's fault is at work, and why. Features keep their own state in ``slots``: name to an object with ``clone(cluster)``.
    """

    def __init__(self, settings: ServerSettings, clock: Clock | None = None) -> None:
        self.server_settings = settings
        self.behaviour = settings.behaviour
        self.clock = clock or Clock(settings.frozen_at_ms)
        self.random = random.Random(settings.seed)
        self.name = settings.cluster_name
        self.uuid = self.new_uuid()
        self.nodes = make_nodes(settings, self.new_uuid)
        self.data_nodes = tuple(node for node in self.nodes if node.is_data)
        self.started_ms = self.clock.now_ms()
        self.http_ports: tuple[int, ...] = tuple(9200 + node.position for node in self.nodes)
        self.indices: dict[str, Index] = {}
        self.persistent_settings: dict[str, Any] = {}
        self.transient_settings: dict[str, Any] = {}
        self.state_version = 1
        self.is_blocked = any(str(settings.node_settings.get(name)) == "true" for name in GLOBAL)
        """Whether a block forbids something in the whole cluster."""
        self.slots: dict[str, Any] = {}
        self.query_checker: Callable[[Cluster, Index, bytes, Any], None] | None = None
        self.token_scripts: Callable[[Cluster, Mapping[str, Any], str], Callable[[Any], bool]] | None = None
        self.similarity_checker: Callable[[Cluster, Similarity], None] | None = None
        self.shard_faults: dict[tuple[str, int], ApiError] | None = None
        self.gate: Gate | None = None
        """Asked about the indices that a body names, while a request is answered whose sender may not do everything."""
        self.sender: str | None = None
        """Whose request is answered, where security tells; what he keeps is his."""
        self._aliases: dict[str, list[Index]] | None = None

    @contextmanager
    def acting_for(self, gate: Gate | None) -> Iterator[None]:
        """With the rights of the sender of an earlier request, for what goes on after it."""
        self.gate = gate
        try:
            yield
        finally:
            self.gate = None

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
        return base64.urlsafe_b64encode(self.random.getrandbits(120).to_bytes(15, "big")).decode()

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

    @property
    def streams(self) -> Mapping[str, DataStream]:
        """The data streams by name."""
        found = self.slots.get("data_streams")
        return found.streams if found is not None else _NO_STREAMS

    @property
    def stream_aliases(self) -> Mapping[str, StreamAlias]:
        """The aliases of data streams by name."""
        found = self.slots.get("data_streams")
        return found.aliases if found is not None else _NO_ALIASES

    def exists(self, name: str) -> bool:
        """Whether an index, an alias or a data stream has the name."""
        return (
            name in self.indices or name in self.aliases() or name in self.streams or name in self.stream_aliases
        )

    def concrete(self, name: str) -> list[Index]:
        """The indices of a name, alias or data stream; empty for an unknown one."""
        index = self.indices.get(name)
        if index is not None:
            return [index]
        stream = self.streams.get(name)
        if stream is not None:
            return [self.indices[one] for one in stream.indices]
        alias = self.stream_aliases.get(name)
        if alias is not None:
            return [self.indices[one] for name_ in alias.streams for one in self.streams[name_].indices]
        return self.aliases().get(name, [])

    def setting(self, key: str, default: str | None = None) -> Any:
        """A cluster setting: transient over persistent over the node's."""
        for source in (self.transient_settings, self.persistent_settings, self.server_settings.node_settings):
            if key in source:
                return source[key]
        return default

    @property
    def local_node(self) -> ClusterNode:
        """The node that answers, which is the elected master too."""
        return self.nodes[0]

    @property
    def node_id(self) -> str:
        """The id of the node that answers."""
        return self.nodes[0].id

    @property
    def node_name(self) -> str:
        """The name of the node that answers."""
        return self.nodes[0].name

    def http_address(self, node: ClusterNode) -> str:
        """Where a node listens for clients."""
        return f"127.0.0.1:{self.http_ports[node.position]}"

    @property
    def n_data_nodes(self) -> int:
        """How many nodes may hold shards."""
        return len(self.data_nodes)
