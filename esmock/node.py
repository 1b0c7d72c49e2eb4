"""One request in, one response out, for one space: the core, which knows nothing of sockets."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any

from esmock.api.request import Request, Response
from esmock.errors import ApiError, IllegalArgument, Unsupported
from esmock.http.receive import (
    Channel,
    Refused,
    check_body,
    check_unknown,
    open_channel,
    read_early_params,
    read_params,
    route,
)
from esmock.http.render import render, render_error
from esmock.http.router import Router
from esmock.script.deprecation import TOLD
from esmock.state.blocks import check_action
from esmock.wire import Answer, RawRequest, RawResponse
from esmock.xcontent.located import NeedsPositions

if TYPE_CHECKING:
    from esmock.controls.controls import Controls
    from esmock.controls.exchange import Exchange
    from esmock.features.security.guard import Guard
    from esmock.mapping.similarity import Similarity
    from esmock.state.cluster import Cluster
    from esmock.state.gate import Gate
    from esmock.state.index import Index

__all__ = ["Node", "RawRequest", "RawResponse"]


def check_queries(cluster: Cluster, index: Index, source: bytes, mapping: Any) -> None:
    """Refuse a document whose percolator fields hold no queries: what ``cluster.query_checker`` is."""
    from esmock.search.resources import check_queries as check

    check(cluster, index, source, mapping)


def compile_token_predicate(cluster: Cluster, settings: Mapping[str, Any], name: str) -> Callable[[Any], bool]:
    """A script on a token as a function of it: what ``cluster.token_scripts`` is."""
    from esmock.script.script import Script
    from esmock.script.stored import scripts
    from esmock.xcontent.value_reader import Reading

    script = Script.of_settings(settings, Reading(cluster.behaviour))
    if script.stored:
        raise IllegalArgument(f"Cannot use stored scripts in tokenfilter [{name}]")
    compiled = scripts(cluster).service.compile(script, "analysis")
    return lambda token: bool(compiled.run(token=token))


def check_similarity(cluster: Cluster, similarity: Similarity) -> None:
    """Refuse a similarity whose scripts cannot be compiled: what ``cluster.similarity_checker`` is."""
    from esmock.script.stored import scripts
    from esmock.search.scripted_similarity import script_of

    for name, context in (("script", "similarity"), ("weight_script", "similarity_weight")):
        if name in similarity.options:
            scripts(cluster).service.compile(script_of(similarity, name), context)


def _guard(cluster: Cluster) -> Guard:
    from esmock.features.security.guard import Guard

    return Guard(cluster)


class _AsSender:
    """An answer that waits, and goes on with the rights of its sender after each wait."""

    def __init__(self, node: Node, answer: Awaitable[Response], gate: Gate) -> None:
        self._node = node
        self._answer = answer
        self._gate = gate

    def __await__(self) -> Generator[Any, Any, Response]:
        steps = self._answer.__await__()
        error: BaseException | None = None
        while True:
            try:
                waits_for = self._step(steps, error)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            error = None
            try:
                yield waits_for
            except BaseException as thrown:  # handed on: it is the answer's to deal with
                error = thrown

    def _step(self, steps: Generator[Any, Any, Response], error: BaseException | None) -> Any:
        with self._node.lock, self._node.cluster.acting_for(self._gate):
            return next(steps) if error is None else steps.throw(error)


class Node:
    """The REST layer of one space.

    Args:
        cluster: the state that requests act on.
        router: the routes of the cluster's version.

    Attributes:
        controls: what a test has put between client and engine (faults, stubs, journal); None costs nothing.
    """

    def __init__(self, cluster: Cluster, router: Router) -> None:
        self.cluster = cluster
        self.router = router
        self.behaviour = cluster.behaviour
        cluster.query_checker = check_queries
        cluster.token_scripts = compile_token_predicate
        cluster.similarity_checker = check_similarity
        self.failures: list[BaseException] = []
        self.controls: Controls | None = None
        self.guard: Guard | None = None
        self.guard_anew()
        self.lock = threading.RLock()

    def close(self) -> None:
        """Let go of what the node holds outside of memory: nothing."""

    def handle(self, raw: RawRequest) -> Answer:
        """Answer a request; the result is awaitable only where the endpoint or a control waits for something."""
        controls = self.controls
        return self.answer(raw) if controls is None else controls.handle(raw, self.answer)

    def answer(self, raw: RawRequest, exchange: Exchange | None = None) -> Answer:
        """Answer from the engine; ``exchange`` is how the controls follow a request through it."""
        with self.lock:
            try:
                channel, path, params = open_channel(raw, self.behaviour)
            except Refused as refused:
                return self._failed(refused.error, refused.channel)
            try:
                self.cluster.gate = self.cluster.sender = None
                self.cluster.clock.run_due()
                try:
                    request = self._request(raw, channel, path, params)
                    answer = self._answer(request) if exchange is None else exchange.run(request, self._answer)
                except Exception as error:
                    if exchange is None or channel.request is not None:
                        raise
                    answer = exchange.unrouted(error)
                if isinstance(answer, Response):
                    self._let_go(channel)
                    return render(answer, channel, self.behaviour)
                gate = self.cluster.gate
                return self._later(answer if gate is None else _AsSender(self, answer, gate), channel)
            except Exception as error:
                self._let_go(channel)
                return self._failed(error, channel)

    @staticmethod
    def _let_go(channel: Channel) -> None:
        """What was read from a body may know its request: as garbage the two would keep the body until it is looked for."""
        if channel.request is not None:
            channel.request.parsed = None

    def answer_trusted(self, raw: RawRequest) -> Answer:
        """Answer past security: it is whoever holds the server in his hands that asks."""
        with self.lock:
            guard, self.guard = self.guard, None
            try:
                return self.answer(raw)
            finally:
                self.guard = guard

    def guard_anew(self) -> None:
        """Look at who asks by what the cluster holds now."""
        self.guard = _guard(self.cluster) if self.cluster.server_settings.security else None

    def _request(self, raw: RawRequest, channel: Channel, path: str, params: dict[str, str]) -> Request:
        """Find the endpoint; with security on, also who asks. Raises Security (401) before or after that, as the version does."""
        guard, who = self.guard, None
        if guard is not None and guard.before_routing and raw.method != "OPTIONS":
            who = guard.authenticate(raw)
        request = route(raw, self.router, channel, path, params, self.behaviour)
        if guard is not None:
            request.authentication = who or guard.authenticate(raw)
        return request

    def _answer(self, request: Request) -> Any:
        """Run the handler; once more with positions when an error needs them for its wording."""
        n_told = len(request.warnings)
        told = TOLD.set(request.warn)
        try:
            return self._run(request)
        except NeedsPositions:
            request.locate(n_told)
            return self._run(request)
        finally:
            TOLD.reset(told)

    def _run(self, request: Request) -> Response | Awaitable[Response]:
        endpoint = request.endpoint
        if endpoint.path is not None:
            endpoint.path(request)
        n_told = len(request.warnings)
        read_early_params(request)
        n_early = len(request.warnings)
        is_first, is_last = not self.behaviour.has(endpoint.body_first), self.behaviour.has(endpoint.body_last)
        try:
            read_params(request)
        except ApiError:
            if is_first and endpoint.body is not None:
                endpoint.body(request)
            raise
        if endpoint.recall is not None and self.guard is None and not self.cluster.is_blocked:
            known: Response | None = endpoint.recall(self.cluster, request)
            if known is not None:
                return known
        if endpoint.body is not None and not is_last:
            n_before = len(request.warnings)
            try:
                request.parsed = endpoint.body(request)
            except ApiError:
                if is_first:
                    request.warnings[:n_before] = request.warnings[n_told:n_early]  # what the others are about was not come to
                raise
        if endpoint.prepare is not None:
            endpoint.prepare(request)
        check_unknown(request)
        if endpoint.body is not None and is_last:
            request.parsed = endpoint.body(request)
        check_body(request)
        if endpoint.check is not None:
            endpoint.check(request)
        if self.guard is not None and self.guard.authorize(request) and endpoint.body is not None:
            request.parsed = endpoint.body(request)
        if self.cluster.is_blocked:
            check_action(self.cluster, endpoint.action)
        return endpoint.handler(self.cluster, request)

    async def _later(self, answer: Awaitable[Response], channel: Channel) -> RawResponse:
        try:
            return render(await answer, channel, self.behaviour)
        except Exception as error:
            return self._failed(error, channel)

    def _failed(self, error: BaseException, channel: Channel) -> RawResponse:
        if isinstance(error, RecursionError):
            error = Unsupported("what nests as deeply as this")
        answer = render_error(error, channel, self.behaviour)
        if answer.failure is not None:
            self.failures.append(answer.failure)
        return answer
