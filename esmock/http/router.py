"""Routing: a tree of path segments, looked up in four passes, and its three answers.

Source: recordings of 7.10.2 and 8.19.21 (routing cases); the passes follow Elasticsearch's own path tree.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from esmock.api.declare import Endpoint, Route
from esmock.api.modules import Modules
from esmock.api.route_table import RouteEntry, read
from esmock.errors import IllegalArgument, SimpleError
from esmock.http.query import decode_segment
from esmock.settings import ServerSettings
from esmock.version import Behaviour

_EXPLICIT, _ROOT_WILDCARD, _LEAF_WILDCARD, _ALL_WILDCARDS = range(4)
ALL_MODULES = Modules()
METHODS = ("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "CONNECT")


class Match(NamedTuple):
    """A routed request: its endpoint and captured, decoded path parts."""

    endpoint: Endpoint
    route: Route
    parts: dict[str, str]


class Target:
    """A method's endpoint at a path.

    Attributes:
        names: of the path's wildcards, in order.
    """

    __slots__ = ("_endpoint", "_entry", "names")

    def __init__(self, entry: RouteEntry, names: tuple[str, ...]) -> None:
        self._entry = entry
        self._endpoint: Endpoint | None = None
        self.names = names

    def match(self, parts: dict[str, str]) -> Match:
        """A request that came here; the first one imports the endpoint's module."""
        endpoint = self._endpoint
        if endpoint is None:
            endpoint = self._endpoint = self._entry.endpoint()
        return Match(endpoint, self._entry.route, parts)


class _Entry:
    """What is registered at one path: per method the current target and the one of the previous REST version."""

    __slots__ = ("compatible", "current")

    def __init__(self) -> None:
        self.current: dict[str, Target] = {}
        self.compatible: dict[str, Target] = {}

    def target(self, method: str, *, compatible: bool) -> Target | None:
        if compatible and method in self.compatible:
            return self.compatible[method]
        return self.current.get(method)

    def methods(self) -> Iterable[str]:
        return (*self.current, *self.compatible)


class _Node:
    __slots__ = ("children", "entry", "wildcard")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.wildcard: _Node | None = None
        self.entry: _Entry | None = None

    def child(self, segment: str) -> _Node | None:
        """The literal child; a segment that is exactly ``*`` reaches the wildcard as if it were one."""
        return self.wildcard if segment == "*" else self.children.get(segment)

    def add(self, segments: Sequence[str]) -> _Node:
        node = self
        for segment in segments:
            if segment[0] == "{":
                node.wildcard = node.wildcard or _Node()
                node = node.wildcard
            else:
                found = node.children.get(segment)
                if found is None:
                    found = node.children[segment] = _Node()
                node = found
        return node


class Router:
    """The routes of one version.

    Args:
        table: all routes; those of other versions and of modules that the node lacks are left out here, so that what is
            absent is absent.
    """

    def __init__(self, table: Iterable[RouteEntry], behaviour: Behaviour, modules: Modules = ALL_MODULES) -> None:
        self._behaviour = behaviour
        self._root = _Node()
        self._short: dict[tuple[str, int, str], tuple[Target, dict[str, _Node]]] = {}
        """(method, segments, second segment) to the target of ``/{index}/_x`` and ``/{index}/_x/{id}``, with the literals that stand in the way."""
        number = (behaviour.version.major, behaviour.version.minor)
        for entry in table:
            if entry.since <= number and entry.route.since <= number and modules.have(entry.name):
                self._add(entry)
        self._index_short()

    def _add(self, entry: RouteEntry) -> None:
        route = entry.route
        major = self._behaviour.major
        if route.until < major:
            return
        segments = [part for part in route.path.split("/") if part]
        node = self._root.add(segments)
        node.entry = node.entry or _Entry()
        if route.until <= major and not self._behaviour.vendor_media_types:
            return
        table = node.entry.compatible if route.until <= major else node.entry.current
        names = tuple([part[1:-1] for part in segments if part[0] == "{"])
        table.setdefault(route.method, Target(entry, names))

    def _index_short(self) -> None:
        """Remember the two commonest forms, which need no passes: no literal competes with their wildcards."""
        first = self._root.wildcard
        if first is None:
            return
        typed = first.wildcard.children if first.wildcard else {}
        for literal, node in first.children.items():
            for n, entry, others in (
                (2, node.entry, {}),
                (3, node.wildcard.entry if node.wildcard else None, {**typed, **node.children}),
            ):
                for method, target in (entry.current if entry else {}).items():
                    if entry is not None and method not in entry.compatible:
                        self._short[(method, n, literal)] = (target, others)

    def _match_short(self, method: str, segments: Sequence[str]) -> Match | None:
        n = len(segments)
        if n not in (2, 3):
            return None
        found = self._short.get((method, n, segments[1]))
        first = segments[0]
        if found is None or not first or first[0] in "_*" or "%" in first or not first.isascii():
            return None
        target, others = found
        if first in self._root.children:
            return None
        if n == 2:
            return target.match({target.names[0]: first})
        last = segments[2]
        if not last or last in others or last[0] == "*" or "%" in last or not last.isascii():
            return None
        return target.match({target.names[0]: first, target.names[1]: last})

    def match(self, method: str, raw_path: str, uri: str, *, compatible: bool) -> Match:
        """Find the endpoint for a request.

        Args:
            raw_path: as sent, percent escapes and all.
            uri: the whole target, for messages.
            compatible: the request asks for the previous REST version.

        Raises:
            SimpleError: 405 or the 400 without status; ``options`` is set on the answer to OPTIONS.
        """
        segments = _split(raw_path)
        short = self._match_short(method, segments)
        if short is not None:
            return short
        for mode in range(4):
            captured: list[str] = []
            entry = self._walk(self._root, segments, 0, captured, mode) if segments else self._root.entry
            target = entry.target(method, compatible=compatible) if entry is not None else None
            if target is not None:
                parts = {
                    name: self._decode(text, raw_path, method, uri, segments)
                    for name, text in zip(target.names, captured, strict=True)
                }
                return target.match(parts)
        raise self._no_target(method, segments, uri)

    def _no_target(self, method: str, segments: Sequence[str], uri: str) -> Exception:
        """405 where other methods would do, 400 where no path matches; both after all passes, as they need them all."""
        allowed = self.allowed(segments)
        if method not in METHODS:
            return self._refused(f"Unexpected http method: {method}", allowed)
        if method not in allowed:
            if method == "OPTIONS":
                return OptionsAnswer(allowed)
            if allowed:
                return self._refused(f"Incorrect HTTP method for uri [{uri}] and method [{method}]", allowed)
        return SimpleError(f"no handler found for uri [{uri}] and method [{method}]", 400, has_status=False)

    @staticmethod
    def _refused(message: str, allowed: list[str]) -> SimpleError:
        if not allowed:
            return SimpleError(message, 405)
        return SimpleError(f"{message}, allowed: [{', '.join(allowed)}]", 405, headers={"Allow": ",".join(allowed)})

    def _decode(self, text: str, raw_path: str, method: str, uri: str, segments: Sequence[str]) -> str:
        if "%" not in text and text.isascii():
            return text
        try:
            return decode_segment(text)
        except IllegalArgument as error:
            if self._behaviour.path_decoded_first:
                decode_segment(raw_path)
            raise self._refused(str(error.reason), self.allowed(segments)) from None

    def allowed(self, segments: Sequence[str]) -> list[str]:
        """The methods of all passes, in declaration order."""
        found: set[str] = set()
        for mode in range(4):
            entry = self._walk(self._root, segments, 0, [], mode) if segments else self._root.entry
            if entry is not None:
                found.update(entry.methods())
        return [method for method in METHODS if method in found]

    def _walk(
        self, parent: _Node, segments: Sequence[str], index: int, captured: list[str], mode: int
    ) -> _Entry | None:
        """One level of the tree; ``captured`` collects the segments that took a wildcard."""
        segment = segments[index]
        is_last = index + 1 == len(segments)
        wildcard = parent.wildcard
        node = parent.child(segment)
        if node is None:
            allowed = (
                mode == _ALL_WILDCARDS
                or (mode == _ROOT_WILDCARD and index == 0)
                or (mode == _LEAF_WILDCARD and is_last)
            )
            if wildcard is None or not allowed:
                return None
            node = wildcard
        elif node.entry is None and wildcard is not None:
            as_leaf = is_last and mode in (_LEAF_WILDCARD, _ALL_WILDCARDS)
            as_root = index == 0 and mode == _ROOT_WILDCARD
            if as_leaf or as_root:
                node = wildcard
        used_wildcard = node is wildcard
        before = len(captured)
        if used_wildcard:
            captured.append(segment)
        if is_last:
            return node.entry
        found = self._walk(node, segments, index + 1, captured, mode)
        if found is None and not used_wildcard and mode != _EXPLICIT and wildcard is not None:
            del captured[before:]
            captured.append(segment)
            found = self._walk(wildcard, segments, index + 1, captured, mode)
        if found is None:
            del captured[before:]
        return found


def _split(raw_path: str) -> list[str]:
    """Cut a path as Java's split does: the leading slash and trailing empty segments do not count."""
    segments = raw_path.split("/")
    while segments and not segments[-1]:
        segments.pop()
    return segments[1:] if segments and not segments[0] else segments


class OptionsAnswer(Exception):
    """The 200 that answers OPTIONS."""

    def __init__(self, allowed: list[str]) -> None:
        super().__init__()
        self.allowed = allowed


def router_for(settings: ServerSettings) -> Router:
    """The routes of a server. Raises ValueError for a build that there never was."""
    return _router(settings.behaviour, Modules.of(settings))


@functools.cache
def _router(behaviour: Behaviour, modules: Modules) -> Router:
    """Built once: routers are immutable and shared by all spaces."""
    return Router(read(), behaviour, modules)
