"""How an endpoint is declared: once, on its handler, with everything that is said of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from esmock.api.params import Param
    from esmock.api.request import Request
    from esmock.version import Behaviour

Handler = Callable[..., Any]
BodyParser = Callable[["Request"], Any]

_PART = re.compile(r"\{(\w+)\}")
ALWAYS, UNTIL_EIGHT, NEVER = (99, 0), (8, 0), (99, 0)
"""Until when, or from when, something holds."""
_NO_PARAMS: Mapping[str, Param] = MappingProxyType({})
_AS_HERE: Mapping[str, str] = MappingProxyType({})


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
        spelt: names that Elasticsearch has for parts of the path, where they are not those of the specification.
        early: parameters that since 8.0 are read before all others and before the body, in this order.
        always_early: whether ``early`` holds for versions before that, too.
        body_last: from this version on the body is read when all parameters have been found to be known.
        handler: ``handler(cluster, request) -> Response``.
        action: the transport action that privileges name, where it is known.
        then: further actions that it takes, in this order.
        check: refuses a request that makes no sense, before it is asked whether its sender may send it.

    Attributes:
        defaults: the values of the parameters where a request has none.
        part_names: of the paths, as Elasticsearch spells them, to their names here; where a path lacks one, a parameter may give it.
        order_before_8: names of the parameters as 7.x reads them: as they are declared, without ``early`` where that always holds.
        order_since_8: the same without ``early``, and with ``ignore_unavailable`` behind the other options of indices.
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
    early: tuple[str, ...] = ()
    always_early: bool = False
    spelt: Mapping[str, str] = field(default_factory=dict)
    body_last: tuple[int, int] = NEVER
    defaults: dict[str, Any] = field(init=False)
    part_names: dict[str, str] = field(init=False)
    order_before_8: tuple[str, ...] = field(init=False)
    order_since_8: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "defaults", {name: param.default for name, param in self.params.items()})
        parts = dict.fromkeys(name for route in self.routes for name in _PART.findall(route.path))
        object.__setattr__(self, "part_names", {self.spelt.get(name, name): name for name in parts if name not in self.params})
        at_once = self.early if self.always_early else ()
        object.__setattr__(self, "order_before_8", tuple(name for name in self.params if name not in at_once))
        object.__setattr__(self, "order_since_8", _order_since_8(self.params, self.early))


    def type_warning(self, behaviour: Behaviour) -> str | None:
        """What 7.x says of a mapping type that stands in the URL's parameters: the same as of one in the path."""
        for route in self.routes:
            if route.warning is not None and "{type}" in route.path and behaviour.has(route.since):
                return route.warning
        return None


def _order_since_8(params: Mapping[str, Param], early: tuple[str, ...]) -> tuple[str, ...]:
    order = [name for name in params if name not in early]
    for name in ("ignore_throttled", "allow_no_indices"):
        if name in order and "ignore_unavailable" in order:
            order.remove("ignore_unavailable")
            order.insert(order.index(name) + 1, "ignore_unavailable")
            break
    return tuple(order)


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
        early: tuple[str, ...] = (),
        always_early: bool = False,
        spelt: Mapping[str, str] = _AS_HERE,
        body_last: tuple[int, int] = NEVER,
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
                    body_first, early, always_early, spelt, body_last,
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
