"""A server: one listening socket, the spaces behind it, and the controls that tests use."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path
from typing import Any

from esmock.clock import Clock
from esmock.http.receive import RawRequest
from esmock.http.render import RawResponse
from esmock.node import Node
from esmock.settings import ServerSettings
from esmock.state.cluster import Cluster


class Server:
    """An Elasticsearch double in this process.

    Args:
        settings: version, seed, clock, names; None: the defaults.
        host, port: where to listen; port 0 takes a free one.

    ``start`` runs it in a thread of its own; without ``start`` the in-process transport still works.

    Raises:
        OSError: from ``start``, when the address is taken.
    """

    def __init__(
        self, settings: ServerSettings | None = None, *, host: str = "127.0.0.1", port: int = 0, **changes: Any
    ) -> None:
        settings = settings or ServerSettings()
        self.settings = replace(settings, **changes) if changes else settings
        self.host = host
        self.port = port
        self._ports: tuple[int, ...] = ()
        self._base = Cluster(self.settings)
        self._node = self._new_node(self._base)
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    def _new_node(self, cluster: Cluster) -> Node:
        from esmock.http.router import router_for

        if len(self._ports) == len(cluster.nodes):
            cluster.http_ports = self._ports
        return Node(cluster, router_for(cluster.server_settings.version))

    @property
    def node(self) -> Node:
        """The REST layer of the current space."""
        return self._node

    @property
    def cluster(self) -> Cluster:
        """The state of the current space."""
        return self._node.cluster

    @property
    def clock(self) -> Clock:
        """The clock of the current space."""
        return self._node.cluster.clock

    @property
    def url(self) -> str:
        """Where the server listens. Raises RuntimeError before ``start``."""
        if self._thread is None:
            raise RuntimeError("the server is not listening: call start() first")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def handle(self, raw: RawRequest) -> RawResponse | Awaitable[RawResponse]:
        """The door: answers in the current space."""
        return self._node.handle(raw)

    def reset(self, settings: ServerSettings | None = None) -> None:
        """A clean space: the seeded base again, or an empty cluster with other settings."""
        if settings is None:
            self._node = self._new_node(self._base.clone())
        else:
            self._node = self._new_node(Cluster(settings))

    def keep_in(self, path: str | Path, *, fsync: bool = False) -> None:
        """Restore what a data folder holds and keep every change there from now on. Raises FolderError.

        Args:
            fsync: wait for the disk after each request, so that it survives the death of the machine too.
        """
        from esmock.data.folder import Folder
        from esmock.data.node import DurableNode
        from esmock.http.router import router_for

        folder = Folder(Path(path), self.settings.version, fsync=fsync)
        self._node = DurableNode(folder, self.settings, router_for(self.settings.version))

    def close(self) -> None:
        """Let go of what the current space holds outside of memory."""
        self._node.close()

    def keep_as_base(self) -> None:
        """From now on ``reset`` returns to what the current space holds."""
        self._base = self._node.cluster
        self.reset()

    def seed(self, *paths: str) -> None:
        """Load seed files or folders into the current space. Raises SeedError."""
        from esmock.seeds import load

        for path in paths:
            load(self, path)

    def check(self) -> None:
        """Raise what went wrong inside a handler since the last check."""
        failures, self._node.failures = self._node.failures, []
        if failures:
            raise failures[0]

    def listens_at(self, ports: tuple[int, ...]) -> None:
        """Tell the server where its nodes are to be found; the first port is that of ``url``."""
        self._ports = ports
        self.port = ports[0]
        self._base.http_ports = self.cluster.http_ports = ports

    def start(self) -> Server:
        """Listen, in a thread with its own event loop."""
        ready: threading.Event = threading.Event()
        problem: list[BaseException] = []
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._run(ready, problem)), name="esmock", daemon=True
        )
        self._thread.start()
        ready.wait()
        if problem:
            self._thread.join()
            self._thread = None
            raise problem[0]
        return self

    async def _run(self, ready: threading.Event, problem: list[BaseException]) -> None:
        from esmock.http.connection import listen_for_each
        from esmock.http.netty import Rules

        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        try:
            listeners = await listen_for_each(self.handle, Rules.of(self.cluster.behaviour), self.host, self.port, len(self.cluster.nodes))
        except OSError as error:
            problem.append(error)
            ready.set()
            return
        self.listens_at(tuple(listener.port for listener in listeners))
        ready.set()
        await self._stopping.wait()
        for listener in listeners:
            listener.close()
        await asyncio.sleep(0)  # transports close in the loop's next turn

    def stop(self) -> None:
        """Stop listening; harmless when not started."""
        if self._thread is None or self._loop is None or self._stopping is None:
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._thread = None

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()
