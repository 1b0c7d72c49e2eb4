"""A space: one isolated cluster with its controls, which tests ask, change, break and reset."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from esmock.controls.controls import Controls
from esmock.controls.journal import Journal
from esmock.node import Node
from esmock.settings import ServerSettings
from esmock.state.cluster import Cluster
from esmock.wire import Answer, RawRequest

if TYPE_CHECKING:
    from esmock.clock import Clock
    from esmock.controls.exchange import Exchange
    from esmock.controls.facade import Faults, Stubs
    from esmock.controls.findings import Finding
    from esmock.controls.journal import Calls

Json = Any


class Space:
    """An isolated cluster.

    Args:
        name: how requests and the inspector name it.
        base: what ``reset`` returns to; cloned copy-on-write.
        journal: how many exchanges are kept; 0 keeps none.
    """

    def __init__(self, name: str, base: Cluster, *, journal: int | None = None) -> None:
        self.name = name
        self._base = base
        self._journal_keep = journal
        self._node = self._new_node(base.clone())

    def _new_node(self, cluster: Cluster) -> Node:
        from esmock.http.router import router_for

        return self._controlled(Node(cluster, router_for(cluster.server_settings)))

    def _controlled(self, node: Node) -> Node:
        """The node with controls of its own."""
        cluster = node.cluster
        journal = Journal() if self._journal_keep is None else Journal(self._journal_keep)
        controls = Controls(cluster.behaviour, cluster.clock, cluster, journal, lock=node.lock)
        controls.journal_on = self._journal_keep != 0
        node.controls = controls
        return node

    def _replace_node(self, cluster: Cluster) -> None:
        before = self._node.controls
        node = self._new_node(cluster)
        if before is not None and node.controls is not None:
            before.close()
            node.controls.port = before.port
        self._node = node

    @property
    def node(self) -> Node:
        """The REST layer."""
        return self._node

    @property
    def controls(self) -> Controls:
        """What stands between client and engine."""
        controls = self._node.controls
        assert controls is not None
        return controls

    @property
    def cluster(self) -> Cluster:
        """The state."""
        return self._node.cluster

    @property
    def clock(self) -> Clock:
        """Time: ``freeze``, ``advance``, ``travel``, ``resume``."""
        return self.controls.clock

    @property
    def faults(self) -> Faults:
        """What goes wrong: ``faults.queue_full(first=2)``, ``faults.overloaded()``."""
        from esmock.controls.facade import Faults

        return Faults(self.controls)

    @property
    def stubs(self) -> Stubs:
        """Answers of the test's own: ``stubs.replace(...)``, ``stubs.patch(...)``, ``stubs.template(...)``."""
        from esmock.controls.facade import Stubs

        return Stubs(self.controls)

    @property
    def journal(self) -> Journal:
        """What was asked and answered."""
        return self.controls.journal

    def handle(self, raw: RawRequest) -> Answer:
        """The door: answers in this space."""
        return self._node.handle(raw)

    def ask(self, raw: RawRequest) -> Answer:
        """Answer past all controls: no fault, no stub, no entry in the journal."""
        return self._node.answer(raw)

    @property
    def version(self) -> str:
        """The version that answers."""
        return str(self._node.behaviour.version)

    def calls(self, endpoint: str | list[str] | None = None, **wanted: Any) -> Calls:
        """The calls that match: ``calls("search", index="books", query="match")``. Raises ControlError."""
        return self.journal.calls(endpoint, **wanted)

    def assert_called(
        self,
        endpoint: str | list[str] | None = None,
        *,
        times: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        **wanted: Any,
    ) -> Calls:
        """The calls that match, of which there must be at least one, or so many. Raises AssertionError with the nearest misses."""
        from esmock.controls.assertions import check_times

        found = self.calls(endpoint, **wanted)
        check_times(found, times=times, at_least=at_least, at_most=at_most)
        return found

    def assert_called_once(self, endpoint: str | list[str] | None = None, **wanted: Any) -> Exchange:
        """The one call that matches. Raises AssertionError."""
        return self.assert_called(endpoint, times=1, **wanted)[0]

    def assert_not_called(self, endpoint: str | list[str] | None = None, **wanted: Any) -> None:
        """Raise AssertionError where a call matches."""
        self.assert_called(endpoint, times=0, **wanted)

    def assert_order(self, *steps: str | dict[str, Json]) -> None:
        """Raise AssertionError unless calls came in this order, with any others between."""
        from esmock.controls.assertions import check_order

        check_order(self.journal, steps)

    def expect_warning(self, *parts: str) -> None:
        """Deprecations that contain one of these are no findings."""
        self.controls.expected_warnings.extend(parts)

    def findings(self, *kinds: str) -> list[Finding]:
        """What a test left behind: ``deprecations``, ``unrefreshed``, ``contexts``, ``rules``; by default all four."""
        from esmock.controls.findings import KINDS, findings

        return findings(self.controls, kinds or KINDS)

    def assert_clean(self, *kinds: str) -> None:
        """Raise AssertionError where there are findings."""
        found = self.findings(*kinds)
        if found:
            raise AssertionError("\n".join(map(str, found)))

    def reset(self, settings: ServerSettings | None = None) -> None:
        """A clean space without faults, stubs and journal: the base again, or an empty cluster with other settings."""
        if settings is None:
            self._replace_node(self._base.clone())
        else:
            self._replace_node(Cluster(settings))

    def keep_as_base(self) -> None:
        """From now on ``reset`` returns to what the space holds."""
        self._base = self._node.cluster
        self.reset()

    def freeze(self) -> None:
        """Another word for ``keep_as_base``: what is here is the seed."""
        self.keep_as_base()

    def seed(self, *seeds: str | dict[str, Json]) -> None:
        """Load seeds: files or folders by path, recordings, or objects (``{"books": [{"title": "Dune"}]}``).

        Raises:
            SeedError: nothing of any of them is loaded then.
        """
        from esmock.seeds import load, load_object

        before = self.cluster.clone()
        trial = _Past(self._node)
        try:
            for seed in seeds:
                if isinstance(seed, dict):
                    load_object(trial, seed)
                else:
                    load(trial, str(seed))
        except Exception:
            self._take_state(before)
            raise

    def _take_state(self, cluster: Cluster) -> None:
        """Put the state of another cluster into this one, whose identity tests hold on to."""
        clock = self.cluster.clock
        self.cluster.__dict__.update(cluster.__dict__)
        self.cluster.clock = clock
        self._node.guard_anew()

    def export_state(self) -> dict[str, Json]:
        """The state as versioned JSON; ``import_state`` reads it."""
        from esmock.controls.state_file import export_state

        return export_state(self.cluster, self._node.answer_trusted)

    def import_state(self, tree: Json) -> None:
        """Replace the state. Raises ControlError naming the field; the space is as before then."""
        from esmock.controls.state_file import import_state

        fresh = Cluster(self.cluster.server_settings)
        fresh.http_ports = self.cluster.http_ports
        fresh.clock = self.clock.clone()
        import_state(tree, fresh, self._new_node(fresh).answer_trusted)
        self._take_state(fresh)

    def pause(self, **match: Any) -> None:
        """Requests that match wait before they are carried out, until ``resume``. Raises ControlError."""
        from esmock.controls.matcher import parse_matcher

        self.controls.pause(parse_matcher(match))

    def resume(self) -> None:
        """Let the waiting requests go on."""
        self.controls.resume()

    def drop(self) -> None:
        """Let go of everything that waits: the space is no longer used."""
        self.controls.close()

    def close(self) -> None:
        """Let go of what the space holds outside of memory."""
        self._node.close()

    def check(self) -> None:
        """Raise what went wrong inside a handler since the last check."""
        failures, self._node.failures = self._node.failures, []
        if failures:
            raise failures[0]


class _Past:
    """A door to a node that passes its controls and its security by: what seeds do is no part of the test."""

    def __init__(self, node: Node) -> None:
        self.handle: Callable[[RawRequest], Answer] = node.answer_trusted


class Spaces:
    """The further spaces of a server, by name."""

    def __init__(self) -> None:
        self._spaces: dict[str, Space] = {}
        self._lock = threading.Lock()
        self._made = 0

    def __iter__(self) -> Iterator[Space]:
        return iter(list(self._spaces.values()))

    def __len__(self) -> int:
        return len(self._spaces)

    def get(self, name: str) -> Space | None:
        return self._spaces.get(name)

    def new_name(self) -> str:
        """A name that no space has."""
        with self._lock:
            self._made += 1
            return f"space-{self._made}"

    def add(self, space: Space) -> None:
        """Keep a space. Raises ControlError where its name is taken or no name."""
        from esmock.controls.refusal import ControlError

        if not space.name or not space.name.replace("-", "").replace("_", "").replace(".", "").isalnum():
            raise ControlError("name", f"a space's name has letters, digits, - _ and . only, found {space.name!r}")
        with self._lock:
            if space.name in self._spaces or space.name == "default":
                raise ControlError("name", f"there is a space [{space.name}] already")
            self._spaces[space.name] = space

    def remove(self, name: str) -> None:
        self._spaces.pop(name, None)
