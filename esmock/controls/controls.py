"""What stands between client and engine in one space: rules, the journal, the pause switch.

A node without controls does not know of them. With them every request becomes an ``Exchange`` that follows the request:
``handle`` opens and closes it, ``run`` is where rules act, between routing and handler.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, ExitStack
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, Protocol

from esmock.api.request import Response
from esmock.controls.exchange import Exchange
from esmock.controls.gate import Gate
from esmock.controls.journal import Journal
from esmock.controls.refusal import NotFound
from esmock.wire import Answer, RawRequest, RawResponse, WireFault

if TYPE_CHECKING:
    from esmock.api.request import Request
    from esmock.clock import Clock
    from esmock.controls.matcher import Matcher
    from esmock.controls.rule import Rule
    from esmock.state.cluster import Cluster
    from esmock.version import Behaviour

Proceed = Callable[[RawRequest, Exchange], Answer]
_SEARCHES = frozenset({"search", "count", "msearch", "search_template", "msearch_template"})


class Port(Protocol):
    """The listening sockets of a space that has its own, one for each node."""

    def shut(self, node: int | None = None) -> None:
        """One of them, or all, stops listening and resets its connections."""

    def reopen(self, node: int | None = None) -> None:
        """Listen again."""


class Controls:
    """The controls of one space.

    Args:
        behaviour: of the version that answers.
        clock: of the space.
        cluster: its state; None in front of a real cluster.
        port: what listens for it alone.
        journal: where exchanges are kept; ``journal_on`` switches it.
        lock: the node's, under which handlers run.

    Attributes:
        is_watching: whether anything looks at requests between routing and handler.
        expected_warnings: parts of deprecations that a test expects.
    """

    def __init__(
        self,
        behaviour: Behaviour,
        clock: Clock,
        cluster: Cluster | None = None,
        journal: Journal | None = None,
        *,
        lock: AbstractContextManager[Any] | None = None,
    ) -> None:
        self.behaviour = behaviour
        self.clock = clock
        self.cluster = cluster
        self.journal = Journal() if journal is None else journal
        self.journal_on = True
        self.is_watching = False
        self.rules: list[Rule] = []
        self.expected_warnings: list[str] = []
        self.held: dict[int, tuple[Exchange, Gate]] = {}
        self.pause_matcher: Matcher | None = None
        self.port: Port | None = None
        self.is_down = False
        self.lock = lock or threading.RLock()
        self._rule_number = 0
        self._notes: dict[tuple[int, str], Any] = {}

    def handle(self, raw: RawRequest, proceed: Proceed) -> Answer:
        """Follow a request from its arrival to its answer."""
        if self.is_down:
            return RawResponse(503, [], b"", wire=WireFault("refuse"))
        journal = self.journal
        journal.count = number = journal.count + 1
        exchange = Exchange(raw, number, perf_counter_ns(), self.clock.setting, self)
        answer = proceed(raw, exchange)
        if not isinstance(answer, RawResponse):
            return self._finished_later(exchange, answer)
        if exchange.fired or exchange.endpoint in _SEARCHES:
            return self._finished(exchange, answer)
        exchange.ended(answer)
        if self.journal_on:
            journal.add(exchange)
        return answer

    async def _finished_later(self, exchange: Exchange, answer: Awaitable[RawResponse]) -> RawResponse:
        found = self._finished(exchange, await answer)
        return found if isinstance(found, RawResponse) else await found

    def _finished(self, exchange: Exchange, answer: RawResponse) -> Answer:
        delay = 0.0
        for rule in exchange.fired:
            answer = rule.action.after(exchange, answer)
            delay += rule.action.delay_s()
        if exchange.endpoint in _SEARCHES:
            self._note_unrefreshed(exchange)
        exchange.ended(answer)
        if self.journal_on:
            self.journal.add(exchange)
        return answer if not delay else _late(answer, delay)

    def _note_unrefreshed(self, exchange: Exchange) -> None:
        cluster = self.cluster
        if cluster is None:
            return
        waiting = [index for index in cluster.indices.values() if index.unrefreshed_since_ms is not None]
        if waiting:
            from esmock.controls.faults.families import concrete

            touched = concrete(cluster, exchange)
            exchange.unrefreshed = tuple(index.name for index in waiting if index in touched)

    def run(self, exchange: Exchange, request: Request, proceed: Callable[[Request], Any]) -> Any:
        """Let a routed request go on, through what is installed."""
        exchange.request = request
        if self.pause_matcher is not None and self.pause_matcher.matches(exchange):
            return self._hold(exchange, request, proceed)
        return self._through_rules(exchange, request, proceed)

    def _through_rules(self, exchange: Exchange, request: Request, proceed: Callable[[Request], Any]) -> Any:
        fired = exchange.fired = [rule for rule in list(self.rules) if rule.fires(exchange)]
        with ExitStack() as state:
            for rule in fired:
                answer = rule.action.before(exchange)
                if answer is not None:
                    return answer
                if self.cluster is not None:
                    around = rule.action.around(exchange, self.cluster)
                    if around is not None:
                        state.enter_context(around)
            exchange.carried_out = request.content
            return proceed(request)

    def unrouted(self, exchange: Exchange, error: Exception) -> Response:
        """Rules that need no route act on a request that has none; raises the error where none answers."""
        fired = exchange.fired = [rule for rule in list(self.rules) if rule.fires(exchange)]
        for rule in fired:
            answer = rule.action.before(exchange)
            if answer is not None:
                return answer
        raise error

    async def _hold(self, exchange: Exchange, request: Request, proceed: Callable[[Request], Any]) -> Response:
        gate = Gate()
        self.held[exchange.number] = (exchange, gate)
        try:
            await gate.wait()
        finally:
            self.held.pop(exchange.number, None)
        with self.lock:
            answer = self._through_rules(exchange, request, proceed)
        found: Response = answer if isinstance(answer, Response) else await answer
        return found

    def pause(self, matcher: Matcher) -> None:
        """From now on requests that match wait before they are carried out."""
        self.pause_matcher = matcher
        self._look()

    def resume(self) -> None:
        """Let all requests go that wait, and pause none any more."""
        self.pause_matcher = None
        for _, gate in list(self.held.values()):
            gate.open()
        self._look()

    def go_on(self, number: int) -> None:
        """Let one request go on. Raises NotFound."""
        if number not in self.held:
            raise NotFound("number", f"no request {number} is waiting")
        self.held[number][1].open()

    def install(self, rules: list[Rule]) -> list[Rule]:
        """Put rules to work, behind the ones that are there."""
        with self.lock:
            now = self.clock.now_ms()
            for rule in rules:
                self._rule_number += 1
                rule.installed(self._rule_number, now, self._drop)
                self.rules = [*self.rules, rule]
                rule.action.installed(self)
            self._look()
        return rules

    def _drop(self, rule: Rule) -> None:
        with self.lock:
            self.rules = [one for one in self.rules if one is not rule]
            self._look()

    def go_down(self, node: int | None = None) -> None:
        """A node, or all of them, listens no more."""
        self.is_down = node is None or self.cluster is None or len(self.cluster.nodes) == 1
        if self.port is not None:
            self.port.shut(node)

    def come_up(self, node: int | None = None) -> None:
        """Listen again, on the same port."""
        self.is_down = False
        if self.port is not None:
            self.port.reopen(node)

    def rule(self, number: int, kind: str) -> Rule:
        """A rule by its number. Raises NotFound."""
        for rule in self.rules:
            if rule.number == number and rule.kind == kind:
                return rule
        raise NotFound("id", f"there is no {kind} {number}")

    def close(self) -> None:
        """Let go of everything that waits."""
        for rule in list(self.rules):
            rule.release()
        self.resume()

    def _look(self) -> None:
        self.is_watching = bool(self.rules) or self.pause_matcher is not None

    def remember(self, exchange: Exchange, what: str, value: Any) -> None:
        """A note of an action to itself, for the same exchange's way back; several are put together."""
        key = (exchange.number, what)
        self._notes[key] = [*self._notes.get(key, ()), *value]

    def recall(self, exchange: Exchange, what: str) -> Any:
        """The note, once."""
        return self._notes.pop((exchange.number, what), None)


async def _late(answer: RawResponse, delay_s: float) -> RawResponse:
    await asyncio.sleep(delay_s)
    return answer


