"""How an endpoint is declared: once, on its handler, with everything that is said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from esmock.api.params import Param
    from esmock.api.request import Request

Handler = Callable[..., Any]
BodyParser = Callable[["Request"], Any]

_NO_PARAMS: Mapping[str, Param] = MappingProxyType({})


class Route(NamedTuple):
    """One method and path.

    Args:
        until: the first major version without the route; a route gone in version N answers there only to requests that ask
            for compatibility with N - 1.
        since: the first version with the route, as (major, minor).
        warning: the deprecation that every use of the route announces; ``{uri}``-free, as sent.
    """

    method: str
    path: str
    until: int = 99
    since: tuple[int, int] = (0, 0)
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One API endpoint.

    Args:
        name: as in the published API specification.
        routes: all methods and paths, typed and deprecated ones included.
        params: query parameters in the order in which they are read.
        docs: id of its documentation page.
        path: reads the path before any parameter is read, where it can be wrong.
        recall: ``recall(cluster, request)``: the answer where the same request was answered before and nothing has changed since.
        prepare: looks at the parameters together, before unknown ones are refused.
        body: reads the request body before anything is done; None: the endpoint has no body.
        body_first: before this version what is wrong with the body is told before what is wrong with the parameters.
        handler: ``handler(cluster, request) -> Response``.
        action: the transport action that privileges name, where it is known.
        then: further actions that it takes, in this order.
        check: refuses a request that makes no sense, before it is asked whether its sender may send it.

    Attributes:
        defaults: the values of the parameters where a request has none.
    """

    name: str
    routes: tuple[Route, ...]
    params: Mapping[str, Param]
    docs: str
    handler: Handler
    body: BodyParser | None = None
    action: str = ""
    since: tuple[int, int] = (0, 0)
    streams: bool = False
    then: tuple[str, ...] = ()
    path: BodyParser | None = None
    check: BodyParser | None = None
    prepare: BodyParser | None = None
    recall: Handler | None = None
    body_first: tuple[int, int] = (0, 0)
    defaults: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "defaults", {name: param.default for name, param in self.params.items()})


ALWAYS, UNTIL_EIGHT = (99, 0), (8, 0)


class Endpoints:
    """The endpoints of one module, in source order. Not global: ``api/__init__.py`` adds them up."""

    def __init__(self) -> None:
        self._all: list[Endpoint] = []

    def __iter__(self) -> Iterator[Endpoint]:
        return iter(self._all)

    def __call__(
        self,
        name: str,
        *routes: str | list[Route],
        params: Mapping[str, Param] = _NO_PARAMS,
        docs: str = "",
        body: BodyParser | None = None,
        action: str = "",
        since: tuple[int, int] = (0, 0),
        streams: bool = False,
        then: tuple[str, ...] = (),
        path: BodyParser | None = None,
        check: BodyParser | None = None,
        prepare: BodyParser | None = None,
        recall: Handler | None = None,
        body_first: tuple[int, int] = (0, 0),
    ) -> Callable[[Handler], Handler]:
        """Declare the decorated function as the handler of ``name``.

        Args:
            routes: ``"POST,GET /{index}/_refresh"``, or what ``typed`` and ``until`` return.
        """
        flat: list[Route] = []
        for one in routes:
            flat.extend(_routes(one) if isinstance(one, str) else one)

        def add(handler: Handler) -> Handler:
            self._all.append(
                Endpoint(
                    name, tuple(flat), params, docs, handler, body, action, since, streams, then, path, check, prepare, recall,
                    body_first,
                )
            )
            return handler

        return add


def _routes(text: str, **more: Any) -> list[Route]:
    methods, path = text.split()
    return [Route(method, path, **more) for method in methods.split(",")]


def until(major: int, text: str, *, warning: str | None = None) -> list[Route]:
    """Routes that version ``major`` no longer has, except for requests compatible with the one before."""
    return _routes(text, until=major, warning=warning)


def since(version: tuple[int, int], text: str) -> list[Route]:
    """Routes that came with ``version``."""
    return _routes(text, since=version)


def typed(text: str, *, warning: str | None, since: tuple[int, int] = (0, 0)) -> list[Route]:
    """Routes with a mapping type in the path: 7.x, with the deprecation warning that they send; ``since``: from a version on."""
    return _routes(text, until=8, warning=warning, since=since)


def warned(text: str, *, warning: str) -> list[Route]:
    """Routes that still exist and announce their deprecation."""
    return _routes(text, warning=warning)
