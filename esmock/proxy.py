"""In front of a real cluster: faults, stubs and journal as in a space of esmock's own, answers from the real thing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from esmock.api.request import Request, Response
from esmock.conformance.target import Target, Unreachable
from esmock.controls.journal import Journal
from esmock.controls.refusal import ControlError
from esmock.http.receive import Channel, Refused, open_channel, route
from esmock.http.render import render
from esmock.node import Node
from esmock.server import Server
from esmock.settings import ServerSettings
from esmock.version import LATEST, VERSIONS, Version
from esmock.wire import Answer, RawRequest, RawResponse

if TYPE_CHECKING:
    from esmock.clock import Clock
    from esmock.controls.exchange import Exchange
    from esmock.http.router import Router
    from esmock.state.cluster import Cluster

Json = Any
_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host", "accept-encoding", "te", "upgrade", "expect"})
_NOT_BACK = frozenset({"connection", "keep-alive", "transfer-encoding", "content-encoding"})
_WORKERS = 32


class RealCluster(ControlError):
    """Something that only esmock itself can do was asked of a real cluster."""

    def __init__(self, what: str) -> None:
        super().__init__("", f"a real cluster has no {what}")


class Upstream:
    """A real cluster: blocking connections, one per thread.

    Args:
        url: ``http(s)://[user:password@]host:port``.
        insecure: accept any certificate.
    """

    def __init__(self, url: str, *, insecure: bool = False) -> None:
        self.target = Target(url, timeout_s=600, insecure=insecure)
        self._local = threading.local()
        self._opened: list[Target] = []
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="upstream")

    async def forward(self, raw: RawRequest, content: bytes) -> RawResponse:
        """Ask the cluster. A cluster that does not answer is a 502 of esmock's own."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self.ask, raw, content)

    def ask(self, raw: RawRequest, content: bytes) -> RawResponse:
        """The same, blocking."""
        target = getattr(self._local, "target", None)
        if target is None:
            own = self.target
            target = self._local.target = Target(own.url, (), own.timeout_s, own.insecure)
            self._opened.append(target)
        headers = [(name, value) for name, value in raw.headers if name not in _HOP and not name.startswith("x-esmock-")]
        try:
            answer = target.send(raw.method, raw.target, content, headers)
        except Unreachable as error:
            return _unreachable(str(error))
        back = [(name, value) for name, value in answer.headers if name.lower() not in _NOT_BACK and name.lower() != "content-length"]
        length = answer.header("content-length") if raw.method == "HEAD" else None
        return RawResponse(answer.status, [*back, ("content-length", length or str(len(answer.body)))], answer.body)

    def close(self) -> None:
        """Hang up."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        for target in (*self._opened, self.target):
            target.close()


def _unreachable(reason: str) -> RawResponse:
    import json

    body = json.dumps({"error": {"type": "esmock_upstream_unreachable", "reason": reason}, "status": 502}).encode()
    return RawResponse(502, [("content-type", "application/json"), ("content-length", str(len(body)))], body)


class ProxyNode(Node):
    """A node whose handlers are another cluster's."""

    def __init__(self, cluster: Cluster, router: Router, upstream: Upstream) -> None:
        super().__init__(cluster, router)
        self._upstream = upstream

    def answer(self, raw: RawRequest, exchange: Exchange | None = None) -> Answer:
        try:
            channel, path, params = open_channel(raw, self.behaviour)
        except Refused:
            return self._upstream.forward(raw, raw.body)
        if exchange is None:
            return self._upstream.forward(raw, raw.body)
        try:
            return self._routed(raw, exchange, channel, path, params)
        except Exception as error:
            return self._failed(error, channel)

    def _routed(self, raw: RawRequest, exchange: Exchange, channel: Channel, path: str, params: dict[str, str]) -> Answer:
        try:
            request = route(raw, self.router, channel, path, params, self.behaviour)
        except Exception as error:
            return self._unrouted(raw, exchange, channel, error)
        answer = exchange.run(request, lambda routed: self._forward(raw, routed))
        return render(answer, channel, self.behaviour) if isinstance(answer, Response) else self._in_time(answer, channel)

    def _unrouted(self, raw: RawRequest, exchange: Exchange, channel: Channel, error: Exception) -> Answer:
        """What esmock's routes do not know the real cluster may."""
        try:
            return render(exchange.unrouted(error), channel, self.behaviour)
        except Exception as found:
            if found is not error:
                raise
            return self._upstream.forward(raw, raw.body)

    def _forward(self, raw: RawRequest, request: Request) -> Awaitable[RawResponse]:
        return self._upstream.forward(raw, request.content)

    async def _in_time(self, answer: Awaitable[Any], channel: Channel) -> RawResponse:
        try:
            found = await answer
        except Exception as error:
            return self._failed(error, channel)
        return render(found, channel, self.behaviour) if isinstance(found, Response) else found


def profile_of(upstream: Upstream) -> tuple[str, dict[str, Json]]:
    """The profile whose routes and errors are nearest to a cluster's, and what the cluster is. Raises ControlError."""
    import json

    answer = upstream.ask(RawRequest("GET", "/"), b"")
    if answer.status == 502:
        raise ControlError("upstream", f"{upstream.target.address} does not answer: {json.loads(answer.body)['error']['reason']}")
    try:
        told = json.loads(answer.body).get("version", {})
    except (ValueError, AttributeError):
        told = {}
    number = str(told.get("number", ""))
    about = {"version": number or "unknown", "distribution": told.get("distribution", "elasticsearch"), "build": told.get("build_hash")}
    if about["distribution"] == "opensearch":
        return VERSIONS[0], about
    try:
        version = Version.parse(number.partition("-")[0])
    except ValueError:
        return LATEST, about
    older = [name for name in VERSIONS if Version.parse(name) <= version]
    same = [name for name in VERSIONS if Version.parse(name).major == version.major]
    return (older or same or [VERSIONS[0]])[-1] if version.major <= 9 else LATEST, about


class ProxyServer(Server):
    """A server whose default space is a real cluster.

    Args:
        upstream: its URL.
        journal: where exchanges go, where it is not a plain journal.

    Raises:
        ControlError: the cluster does not answer.
    """

    def __init__(self, upstream: str, *, insecure: bool = False, record: Journal | None = None, **options: Any) -> None:
        self.upstream = Upstream(upstream, insecure=insecure)
        profile, self.about = profile_of(self.upstream)
        self._record = record
        super().__init__(ServerSettings(version=profile), **options)

    def _new_node(self, cluster: Cluster) -> Node:
        from esmock.http.router import router_for

        node = self._controlled(ProxyNode(cluster, router_for(cluster.server_settings), self.upstream))
        assert node.controls is not None
        node.controls.cluster = None
        if self._record is not None:
            node.controls.journal = self._record
        return node

    @property
    def version(self) -> str:
        return str(self.about["version"])

    @property
    def cluster(self) -> Cluster:
        raise RealCluster("state that a test could reach into")

    @property
    def clock(self) -> Clock:
        raise RealCluster("clock that a test could move")

    def reset(self, settings: ServerSettings | None = None) -> None:
        """Empty the real cluster, as test suites do; faults, stubs and journal go as well."""
        if settings is not None:
            raise RealCluster("settings of its own for one test")
        from esmock.conformance.cleanup import Cleaner
        from esmock.conformance.facts import Facts

        Cleaner(self.upstream.target, Facts(self.upstream.target)).clean()
        self._replace_node(self._base)

    def seed(self, *seeds: str | dict[str, Json]) -> None:
        """Load seeds into the real cluster. Differs: what was loaded before a seed is refused stays."""
        from esmock.seeds import load, load_object

        door = _Blocking(self.upstream)
        for seed in seeds:
            if isinstance(seed, dict):
                load_object(door, seed)
            else:
                load(door, str(seed))

    def keep_as_base(self) -> None:
        raise RealCluster("seed to return to")

    def export_state(self) -> dict[str, Json]:
        raise RealCluster("state as a file")

    def import_state(self, tree: Json) -> None:
        raise RealCluster("state from a file")

    def space(self, *_: Any, **__: Any) -> Any:
        raise RealCluster("spaces")

    def stop(self) -> None:
        super().stop()
        self.upstream.close()


class _Blocking:
    """A door to the cluster that waits."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    def handle(self, raw: RawRequest) -> RawResponse:
        return self._upstream.ask(raw, raw.body)
