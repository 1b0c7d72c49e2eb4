"""The pytest plugin: a server per session, a clean space per test, clients for both doors.

Every pytest run loads this file, so it imports nothing of esmock before a fixture is used.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from esmock.server import Server
    from esmock.settings import ServerSettings

_SERVER: pytest.StashKey[Any] = pytest.StashKey()
_OPTIONS = (
    ("version", "Elasticsearch version to play"),
    ("seed", "seed files or folders, separated by commas"),
    ("clock", "instant at which the clock stands, as ISO 8601"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Command line and ini options, all beginning with ``esmock``."""
    group = parser.getgroup("esmock", "esmock, an Elasticsearch double")
    for name, text in _OPTIONS:
        group.addoption(f"--esmock-{name}", default=None, help=text)
        parser.addini(f"esmock_{name}", text, default=None)
    group.addoption("--esmock-yaml", action="store_true", default=False, help="collect YAML REST tests (*.yml)")
    group.addoption("--esmock-docs", action="store_true", default=False, help="collect documentation pages")
    parser.addini("esmock_yaml", "collect YAML REST tests (*.yml)", type="bool", default=False)
    parser.addini("esmock_docs", "collect documentation pages", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers", "esmock(version=..., seed=..., clock=..., settings=...): what the test's space is made of"
    )


def _chosen(config: pytest.Config, name: str) -> str | None:
    value = config.getoption(f"--esmock-{name}")
    return value if value is not None else config.getini(f"esmock_{name}")


def _settings(config: pytest.Config, marks: dict[str, Any]) -> ServerSettings:
    from esmock.clock import parse_instant
    from esmock.settings import ServerSettings

    made: dict[str, Any] = {}
    version = marks.get("version") or _chosen(config, "version")
    if version:
        made["version"] = version
    clock = marks.get("clock") or _chosen(config, "clock")
    if clock is not None:
        made["frozen_at_ms"] = parse_instant(clock) if isinstance(clock, str) else int(clock)
    if marks.get("settings"):
        made["node_settings"] = marks["settings"]
    return ServerSettings(**made)


def server_of(config: pytest.Config) -> Server:
    """The server behind collected YAML tests and pages: one for the run, started on first use."""
    server: Server | None = config.stash.get(_SERVER, None)
    if server is None:
        from esmock.server import Server

        server = Server(_settings(config, {})).start()
        config.stash[_SERVER] = server
        config.add_cleanup(server.stop)
    return server


def _seeds(config: pytest.Config, marks: dict[str, Any]) -> list[str]:
    seeds = marks.get("seed") or _chosen(config, "seed") or []
    if isinstance(seeds, str):
        seeds = [part for part in seeds.split(",") if part]
    return [str(config.rootpath / seed) for seed in map(str, seeds)]


@pytest.fixture(scope="session")
def esmock_settings() -> ServerSettings | None:
    """Override to choose what every space of the session is made of."""
    return None


@pytest.fixture(scope="session")
def esmock_server(request: pytest.FixtureRequest, esmock_settings: ServerSettings | None) -> Iterator[Server]:
    """One server for the session: own thread, own loop, a free port."""
    from esmock.server import Server

    server = Server(esmock_settings or _settings(request.config, {}))
    seeds = _seeds(request.config, {})
    if seeds:
        server.seed(*seeds)
        server.keep_as_base()
    with server:
        yield server


@pytest.fixture
def esmock(request: pytest.FixtureRequest, esmock_server: Server) -> Iterator[Server]:
    """The server with a clean space, seeded as the ``esmock`` marker says. An exception inside a handler fails the test."""
    marker = request.node.get_closest_marker("esmock")
    marks: dict[str, Any] = dict(marker.kwargs) if marker is not None else {}
    if marks.keys() - {"seed"}:
        esmock_server.reset(_settings(request.config, marks))
    else:
        esmock_server.reset()
    if marks.get("seed"):
        esmock_server.seed(*_seeds(request.config, marks))
    yield esmock_server
    esmock_server.check()


@pytest.fixture
def esmock_url(esmock: Server) -> str:
    """Where the clean space answers over HTTP."""
    return esmock.url


@pytest.fixture
def es_client(esmock: Server) -> Iterator[Any]:
    """The official client over the in-process transport."""
    elasticsearch = pytest.importorskip("elasticsearch")
    from esmock.transport import HOST, node_class

    client = elasticsearch.Elasticsearch(HOST, node_class=node_class(esmock.handle))
    yield client
    client.close()


@pytest.fixture
def es_async_client(esmock: Server) -> Iterator[Any]:
    """The official asynchronous client over the in-process transport; works in any event loop."""
    elasticsearch = pytest.importorskip("elasticsearch")
    from esmock.transport import HOST, async_node_class

    client = elasticsearch.AsyncElasticsearch(HOST, node_class=async_node_class(esmock.handle))
    yield client
    asyncio.run(client.close())


@pytest.fixture
def esmock_http(esmock: Server) -> Iterator[Any]:
    """The official client over the real door."""
    elasticsearch = pytest.importorskip("elasticsearch")
    client = elasticsearch.Elasticsearch(esmock.url)
    yield client
    client.close()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """YAML tests and pages become test files where they were asked for."""
    config = parent.config
    if file_path.suffix in (".yml", ".yaml") and _wants(config, "yaml"):
        from esmock.pytest_collect import YamlFile

        return YamlFile.from_parent(parent, path=file_path)
    if file_path.suffix in (".asciidoc", ".adoc", ".md", ".mdx") and _wants(config, "docs"):
        from esmock.pytest_collect import PageFile

        return PageFile.from_parent(parent, path=file_path)
    return None


def _wants(config: pytest.Config, what: str) -> bool:
    return bool(config.getoption(f"--esmock-{what}") or config.getini(f"esmock_{what}"))
