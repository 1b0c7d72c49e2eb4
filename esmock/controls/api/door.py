"""The door to the control API: access, space, route, handler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.controls.api.access import Access
from esmock.controls.api.answer import content, refused
from esmock.controls.api.route import Call, query_of
from esmock.controls.refusal import ControlError, NotFound, no_others
from esmock.wire import Answer, RawRequest

if TYPE_CHECKING:
    from esmock.server import Server
    from esmock.space import Space

_EVERYWHERE = ("space", "token")
_OPEN = frozenset({"", "/", "/health", "/openapi.json"})
"""What tells nobody anything: the page without its data, and where to find things."""


class ControlDoor:
    """The control API of one server."""

    def __init__(self, server: Server) -> None:
        from esmock.controls.api.endpoints import ROUTES

        self._server = server
        self._routes = ROUTES
        self._access = server.access if isinstance(server.access, Access) else Access()

    def handle(self, raw: RawRequest) -> Answer:
        """Answer a request below ``/_esmock``."""
        path = raw.target.partition("?")[0].removeprefix("/_esmock")
        try:
            if path not in _OPEN and not path.startswith("/page/"):
                self._access.check(raw)
            if not path:
                return content(b"", "text/plain", 308, ("location", "/_esmock/"))
            call = self._call(raw, path)
            return call.route.handler(call)
        except ControlError as error:
            return refused(error)

    def _call(self, raw: RawRequest, path: str) -> Call:
        pieces = tuple(path.strip("/").split("/"))
        allowed = []
        for route in self._routes:
            parts = route.match(pieces)
            if parts is not None and route.method == raw.method:
                query = query_of(raw)
                if "*" not in route.query:
                    no_others(query, (*route.query, *_EVERYWHERE), "")
                return Call(self._server, self._space(raw, query), raw, route, parts, query, self._routes)
            if parts is not None:
                allowed.append(route.method)
        if allowed:
            raise ControlError("method", f"{raw.method} {path} is nothing; there is {', '.join(allowed)}")
        raise NotFound("path", f"the control API has no {raw.method} /_esmock{path}; see /_esmock/openapi.json")

    def _space(self, raw: RawRequest, query: dict[str, str]) -> Space:
        name = query.get("space") or raw.header("x-esmock-space") or "default"
        if name == self._server.name:
            return self._server
        found = self._server.spaces.get(name)
        if found is None:
            raise NotFound("space", f"there is no space [{name}]")
        return found
