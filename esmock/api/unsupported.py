"""The endpoints that Elasticsearch has and esmock has not built: each answers 501 with its name.

They are routed, and their parameters and media types are checked, like any other's. ``published.txt`` has one line per
endpoint of the published specification: name, first version, whether it takes a body, routes, parameters with a letter for
their type. ``published_actions.txt`` names the transport action of each, so that with security on who may not send it is
refused; those about what the sender has begun himself have none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn

from esmock.api.declare import Endpoint, Endpoints, Handler, Route
from esmock.api.params import Param, boolean, integer, long, real, string, time_text
from esmock.errors import Unsupported

if TYPE_CHECKING:
    from esmock.api.request import Request
    from esmock.state.cluster import Cluster

FILE = Path(__file__).with_name("published.txt")
GONE = Path(__file__).with_name("gone.txt")
"""Endpoints that the published specification no longer has; their first version is followed by the major one without them."""
ACTIONS = Path(__file__).with_name("published_actions.txt")
"""Source: what denials of 7.17.29 and 8.19.21 name, the classes of their modules; for 9.x those of the makers' repository."""
_TYPES = MappingProxyType(
    {"b": boolean, "t": time_text, "i": integer, "l": long, "d": real, "s": string}
)
_OF_TABLES = MappingProxyType(
    {"v": boolean(), "help": boolean(), "ts": boolean(), "time": string(), "bytes": string(), "size": string()}
)
"""What every table of cat takes."""


class NotBuilt(Endpoints):
    """The published endpoints that no other module declares, found when they are first asked for."""

    def __iter__(self) -> Iterator[Endpoint]:
        from esmock.api.registry import MODULES

        built = [one for module in MODULES if module.endpoint is not self for one in module.endpoint]
        names = {one.name for one in built}
        taken = {(route.method, route.path) for one in built for route in one.routes}
        for line in (*FILE.read_text("utf-8").splitlines(), *GONE.read_text("utf-8").splitlines()):
            name = line.partition("\t")[0]
            if name not in names:
                found = declared(line, taken, action=listed_actions().get(name, ""))
                if found.routes:
                    yield found


@cache
def listed_actions() -> Mapping[str, str]:
    """The transport actions of the published endpoints, as far as a node's own denials do not tell."""
    return MappingProxyType(dict(line.split("\t") for line in ACTIONS.read_text("utf-8").splitlines()))


def declared(
    line: str, taken: AbstractSet[tuple[str, str]] = frozenset(), *, handler: Handler | None = None, action: str = ""
) -> Endpoint:
    """The endpoint that a line of the table describes, without the routes that others have taken.

    Args:
        handler: None: it answers 501.
        action: the transport action that privileges name.
    """
    name, since, body, urls, params = line.split("\t")
    since, _, until = since.partition("-")
    major, minor = map(int, since.split("."))
    routes = tuple(
        Route(method, path, until=int(until or 99))
        for url in urls.split(";")
        for methods, path in (url.split(" ", 1),)
        for method in methods.split(",")
        if (method, path) not in taken
    )
    return Endpoint(
        name,
        routes,
        MappingProxyType({**(_OF_TABLES if name.startswith("cat.") else {}), **dict(_param(one) for one in params.split())}),
        "",
        handler or _refusal(name),
        body=_any_body if body == "b" else None,
        action=action,
        since=(major, minor),
    )


def _param(text: str) -> tuple[str, Param]:
    name, _, letter = text.rpartition(":")
    return name, _TYPES[letter]()  # type: ignore[operator]


def _any_body(request: Request) -> None:
    """The body is not looked at."""


def _refusal(name: str) -> Handler:
    def refuse(cluster: Cluster, request: Request) -> NoReturn:
        raise Unsupported(f"the endpoint [{name}]")

    return refuse


endpoint = NotBuilt()
