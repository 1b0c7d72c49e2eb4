"""A server: one listening socket, the spaces behind it, and the controls that tests use."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esmock.settings import ServerSettings
from esmock.space import Space, Spaces
from esmock.state.cluster import Cluster
from esmock.wire import Answer, Door, RawRequest, RawResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from esmock.controls.api.access import Access
    from esmock.http.connection import Listener
    from esmock.http.tls import Tls
    from esmock.node import Node

PREFIX = "/_esmock"
SPACE_HEADER = "x-esmock-space"


def _tls(wanted: str | Tls, host: str) -> Tls:
    from esmock.http.tls import Tls

    return Tls.of(wanted, [host])


class Server(Space):
    """An Elasticsearch double in this process; itself its default space.

    Args:
        settings: version, seed, clock, names; None: the defaults.
        host, port: where to listen; port 0 takes a free one.
        client_ca: lets clients in by certificates of this authority (PEM file, or ``auto`` for the server's own); None: by none.
        tls: ``auto`` makes certificates (extra ``tls``), ``CERT,KEY`` reads them; None: plain HTTP.
        journal: how many exchanges each space keeps; None: as many as is usual; 0: none.
        access: who may use the control API; None: it is off.

    ``start`` runs it in a thread of its own; without ``start`` the in-process transport still works.

    Raises:
        OSError: from ``start``, when the address is taken.
        TlsError: certificates that cannot be made or read.
    """

    def __init__(
        self,
        settings: ServerSettings | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: str | Tls | None = None,
        client_ca: str | None = None,
        journal: int | None = None,
        access: Access | str | None = "local",
        **changes: Any,
    ) -> None:
        settings = settings or ServerSettings()
        self.settings = replace(settings, **changes) if changes else settings
        self.host = host
        self.port = port
        self.tls = None if tls is None else _tls(tls, host)
        if client_ca is not None and self.tls is not None:
            self.settings = replace(self.settings, client_authorities=self.tls.trust_clients(client_ca))
        self.access = access
        self.spaces = Spaces()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._control_api: Door | None = None
        self._ports: tuple[int, ...] = ()
        super().__init__("default", Cluster(self.settings), journal=journal)

    def _new_node(self, cluster: Cluster) -> Node:
        if len(self._ports) == len(cluster.nodes):
            cluster.http_ports = self._ports
        return super()._new_node(cluster)

    @property
    def url(self) -> str:
        """Where the server listens. Raises RuntimeError before ``start``."""
        if self._loop is None:
            raise RuntimeError("the server is not listening: call start() first")
        return self.url_of(self.port)

    def url_of(self, port: int) -> str:
        """The URL of a port of this server."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'http' if self.tls is None else 'https'}://{host}:{port}"

    def handle(self, raw: RawRequest) -> Answer:
        """The door: finds the space by path or header, and answers there; ``/_esmock/`` is the control API's."""
        if raw.target.startswith(PREFIX):
            return self._own(raw)
        for name, value in raw.headers:
            if name == SPACE_HEADER:
                return self._in_space(value, raw)
        return self._node.handle(raw)

    def _own(self, raw: RawRequest) -> Answer:
        """Requests below ``/_esmock``: ``in/NAME/...`` goes to a space, everything else to the control API."""
        kind, _, rest = raw.target[len(PREFIX) + 1 :].partition("/")
        if kind == "in":
            name, _, target = rest.partition("/")
            return self._in_space(name, RawRequest(raw.method, "/" + target, raw.headers, raw.body))
        if self.access is None:
            return self._node.handle(raw)
        if self._control_api is None:
            from esmock.controls.api.door import ControlDoor

            self._control_api = ControlDoor(self).handle
        return self._control_api(raw)

    def _in_space(self, name: str, raw: RawRequest) -> Answer:
        if name == self.name:
            return self._node.handle(raw)
        space = self.spaces.get(name)
        if space is not None:
            return space.handle(raw)
        from esmock.controls.api.answer import refused
        from esmock.controls.refusal import NotFound

        return refused(NotFound("space", f"there is no space [{name}]; make it first, with POST {PREFIX}/v1/spaces"))

    def space(
        self,
        name: str | None = None,
        *,
        settings: ServerSettings | None = None,
        seed: Any = None,
        port: int | None = None,
        **changes: Any,
    ) -> ServedSpace:
        """A further isolated cluster: a copy-on-write clone of this server's base.

        Args:
            name: by which requests name it; None: one is made up.
            settings, changes: what it plays where that is not what the base plays; it starts empty then. One of another version
                has that version's rollup, unless ``rollup_as`` says otherwise.
            seed: what it starts with besides.
            port: a port of its own, 0 for a free one; None: it is reached by path and header only.

        Raises:
            ControlError: the name is taken, or the seed is refused; nothing is made then.
        """
        if "version" in changes:
            changes.setdefault("rollup_as", None)
        if settings is None and not changes:
            base = self._base.clone()
        else:
            base = Cluster(replace(settings or self.settings, **changes))
        made = ServedSpace(self, name or self.spaces.new_name(), base, journal=self._journal_keep)
        if seed is not None:
            made.seed(*(seed if isinstance(seed, list | tuple) else (seed,)))
            made.keep_as_base()
        self.spaces.add(made)
        if port is not None:
            try:
                made.listen(port)
            except BaseException:
                self.spaces.remove(made.name)
                raise
        return made

    def keep_in(self, path: str | Path, *, fsync: bool = False) -> None:
        """Restore what a data folder holds and keep every change there from now on. Raises FolderError.

        Args:
            fsync: wait for the disk after each request, so that it survives the death of the machine too.
        """
        from esmock.data.folder import Folder
        from esmock.data.node import DurableNode
        from esmock.http.router import router_for

        folder = Folder(Path(path), self.settings.version, fsync=fsync)
        self._node = self._controlled(DurableNode(folder, self.settings, router_for(self.settings)))

    def listens_at(self, ports: tuple[int, ...]) -> None:
        """Tell the server where its nodes are to be found; the first port is that of ``url``."""
        self._ports = ports
        self.port = ports[0]
        self._base.http_ports = self._node.cluster.http_ports = ports

    def in_loop(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run something in the server's loop and wait for it; from the loop itself it is only scheduled. Raises RuntimeError before ``start``."""
        loop = self._loop
        if loop is None:
            work.close()
            raise RuntimeError("the server is not listening: call start() first")
        try:
            if asyncio.get_running_loop() is loop:
                return loop.create_task(work)
        except RuntimeError:
            pass
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    def call_in_loop(self, call: Callable[[], None]) -> None:
        """Call something in the server's loop and wait for it; at once where this is the loop."""

        async def later() -> None:
            call()

        try:
            here = asyncio.get_running_loop()
        except RuntimeError:
            here = None
        if here is self._loop:
            call()
        else:
            self.in_loop(later())

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
        self._stopping = asyncio.Event()
        try:
            listeners = await self.listen_here(self.handle)
        except Exception as error:
            problem.append(error)
            ready.set()
            return
        ready.set()
        await self._stopping.wait()
        await self.close_here(listeners)

    async def listen_here(self, door: Door) -> list[Listener]:
        """Open the ports of all nodes in the running loop. Raises OSError."""
        from esmock.http.connection import listen_for_each
        from esmock.http.netty import Rules

        cluster = self._node.cluster
        listeners = await listen_for_each(
            door, Rules.of(cluster.behaviour), self.host, self.port, len(cluster.nodes), None if self.tls is None else self.tls.context
        )
        self._loop = asyncio.get_running_loop()
        self.listens_at(tuple(listener.port for listener in listeners))
        self.controls.port = _Switch(self, listeners)
        return listeners

    async def close_here(self, listeners: list[Listener]) -> None:
        """Close all ports, in the loop that opened them."""
        self.controls.close()
        for space in list(self.spaces):
            space.drop()
        for listener in listeners:
            listener.close()
        self._loop = None
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


class ServedSpace(Space):
    """A further space of a server. As a context manager it is dropped at the end."""

    def __init__(self, server: Server, name: str, base: Cluster, *, journal: int | None = None) -> None:
        super().__init__(name, base, journal=journal)
        self.server = server
        self.port: int | None = None
        self._listener: Listener | None = None

    @property
    def url(self) -> str:
        """Where it answers: its own port, or a path of the server's. Raises RuntimeError before the server starts."""
        return self.server.url_of(self.port) if self.port is not None else self.path_url

    @property
    def path_url(self) -> str:
        """The server's URL with the path that leads here."""
        return f"{self.server.url}{PREFIX}/in/{self.name}"

    @property
    def headers(self) -> dict[str, str]:
        """The header that leads here, for requests to the server's own URL."""
        return {SPACE_HEADER: self.name}

    def listen(self, port: int = 0) -> None:
        """Open a port of its own. Raises OSError when it is taken."""
        self.server.in_loop(self.listen_here(port))

    async def listen_here(self, port: int = 0) -> None:
        """The same within the server's loop."""
        from esmock.http.connection import listen
        from esmock.http.netty import Rules

        self._listener = await listen(self._door, Rules.of(self.cluster.behaviour), self.server.host, port)
        self.port = self._listener.port
        ports = (self.port, *self.cluster.http_ports[1:])
        self.cluster.http_ports = self._base.http_ports = ports
        self.controls.port = _Switch(self.server, [self._listener])

    def _door(self, raw: RawRequest) -> Answer:
        if not raw.target.startswith(PREFIX):
            return self.handle(raw)
        return self.server.handle(RawRequest(raw.method, raw.target, [*raw.headers, (SPACE_HEADER, self.name)], raw.body))

    def drop(self) -> None:
        """The space is gone: its port closes, its name is free."""
        self.controls.close()
        self.server.spaces.remove(self.name)
        listener, self._listener = self._listener, None
        if listener is not None:
            self.server.call_in_loop(listener.close)

    def __enter__(self) -> ServedSpace:
        return self

    def __exit__(self, *exc: object) -> None:
        self.drop()


class _Switch:
    """Closes and opens the listeners of a cluster's nodes from any thread."""

    def __init__(self, server: Server, listeners: list[Listener]) -> None:
        self._server = server
        self._listeners = listeners

    def shut(self, node: int | None = None) -> None:
        for listener in self._chosen(node):
            self._server.in_loop(listener.shut())

    def reopen(self, node: int | None = None) -> None:
        for listener in self._chosen(node):
            self._server.in_loop(listener.reopen())

    def _chosen(self, node: int | None) -> list[Listener]:
        return self._listeners if node is None else self._listeners[node : node + 1]


__all__ = ["PREFIX", "RawResponse", "ServedSpace", "Server"]
