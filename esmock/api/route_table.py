"""All routes as a table, so that a server can start without importing every API module.

``routes.txt`` is derived from the declarations (``python -m esmock.api.route_table`` writes it; a test fails when it is stale). The
module of an endpoint is imported when a request first reaches it.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from esmock.api.declare import Endpoint, Route

_SAME_CHECKOUT_SECONDS = 5
FILE = Path(__file__).with_name("routes.txt")


class RouteEntry(NamedTuple):
    """One route and where its endpoint is declared."""

    module: str
    name: str
    since: tuple[int, int]
    route: Route

    def endpoint(self) -> Endpoint:
        """The declaration; imports its module on first use."""
        return load(self.module, self.name)


@functools.cache
def load(module: str, name: str) -> Endpoint:
    """The endpoint that a module of the API declares. Raises LookupError where the table is stale."""
    declared = importlib.import_module(f"esmock.api.{module}").endpoint
    for endpoint in declared:
        if endpoint.name == name:
            found: Endpoint = endpoint
            return found
    raise LookupError(f"esmock.api.{module} declares no {name}: write routes.txt anew")


@functools.cache
def _pair(text: str) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    return int(major), int(minor)


def read() -> Iterator[RouteEntry]:
    """The table; in a checkout where declarations were edited after it was written, the declarations themselves."""
    written = FILE.read_text("utf-8").splitlines()
    for line in _declared(written) if _is_stale() else written:
        module, name, since, method, path, until, route_since, warning = line.split("\t")
        route = Route(method, path, int(until), _pair(route_since), warning or None)
        yield RouteEntry(module, name, _pair(since), route)


def _declared(written: list[str]) -> list[str]:
    """The table as it should be; a file that says so already is only as old as the last checkout, and told apart from now on."""
    known = list(lines())
    if known == written:
        with contextlib.suppress(OSError):
            os.utime(FILE)
    return known


def _is_stale() -> bool:
    newest = max(entry.stat().st_mtime for entry in os.scandir(FILE.parent) if entry.name.endswith(".py"))
    return newest > FILE.stat().st_mtime + _SAME_CHECKOUT_SECONDS


def lines() -> Iterable[str]:
    """The table as the declarations have it now."""
    from esmock.api.registry import MODULES

    for module in MODULES:
        short = module.__name__.rpartition(".")[2]
        for endpoint in module.endpoint:
            since = ".".join(map(str, endpoint.since))
            for route in endpoint.routes:
                own = ".".join(map(str, route.since))
                yield "\t".join(
                    (short, endpoint.name, since, route.method, route.path, str(route.until), own, route.warning or "")
                )


def text() -> str:
    """The file's content as it should be."""
    return "".join(f"{line}\n" for line in lines())


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
