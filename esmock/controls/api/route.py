"""How an endpoint of the control API is declared: once, with everything that its documentation says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from esmock.controls.refusal import ControlError, no_others

if TYPE_CHECKING:
    from esmock.server import Server
    from esmock.space import Space
    from esmock.wire import Answer, RawRequest

Json = Any


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint.

    Args:
        path: below ``/_esmock``, with ``{parts}``.
        query: parameter to what it means; ``space`` and ``token`` are known everywhere.
        body: what the body is, in words; None: there is none.
        example: of a body.
        kind: the media type of the answer.
    """

    method: str
    path: str
    summary: str
    handler: Callable[[Call], Answer]
    query: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    example: Json = None
    kind: str = "application/json"

    @property
    def pieces(self) -> tuple[str, ...]:
        return tuple(self.path.strip("/").split("/"))

    def match(self, pieces: tuple[str, ...]) -> dict[str, str] | None:
        """The values of the path's parts; None where it is another path."""
        own = self.pieces
        if len(own) != len(pieces):
            return None
        found = {}
        for mine, given in zip(own, pieces, strict=True):
            if mine.startswith("{"):
                found[mine[1:-1]] = unquote(given)
            elif mine != given:
                return None
        return found


class Routes:
    """The endpoints of one module, in source order."""

    def __init__(self) -> None:
        self._all: list[Route] = []

    def __iter__(self) -> Iterator[Route]:
        return iter(self._all)

    def __call__(self, method: str, path: str, summary: str, **more: Any) -> Callable[[Any], Any]:
        """Declare the decorated function as a handler: ``handler(call) -> RawResponse``."""

        def add(handler: Any) -> Any:
            self._all.append(Route(method, path, summary, handler, **more))
            return handler

        return add


@dataclass(slots=True)
class Call:
    """One request to the control API."""

    server: Server
    space: Space
    raw: RawRequest
    route: Route
    parts: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    routes: Sequence[Route] = ()
    """All endpoints of the control API."""

    def number(self, name: str) -> int:
        """A part of the path that is a number. Raises ControlError."""
        text = self.parts[name]
        if not text.isdigit():
            raise ControlError(name, f"expected a number, found {text!r}")
        return int(text)

    def body(self, *known: str) -> Json:
        """The body as a tree, from JSON or YAML; an object of the known fields where some are named. Raises ControlError."""
        tree = self._tree()
        if known:
            if not isinstance(tree, dict):
                raise ControlError("", f"expected an object, found {type(tree).__name__}")
            no_others(tree, known, "")
        return tree

    def _tree(self) -> Json:
        import orjson

        if not self.raw.body:
            return {}
        if "yaml" in (self.raw.header("content-type") or ""):
            import yaml

            try:
                return yaml.safe_load(self.raw.body)
            except yaml.YAMLError as error:
                raise ControlError("", f"the body is no YAML: {error}") from None
        try:
            return orjson.loads(self.raw.body)
        except ValueError as error:
            raise ControlError("", f"the body is no JSON: {error}") from None


def query_of(raw: RawRequest) -> dict[str, str]:
    """The query parameters."""
    return dict(parse_qsl(raw.target.partition("?")[2], keep_blank_values=True))
