"""The pytest plugin: a server per session, a clean space per test, clients for both doors.

Every pytest run loads this file, so it imports nothing of esmock before a fixture is used.
"""

from __future__ import annotations

from collections.abc import Coroutine, Generator, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from esmock.pytest_options import changed, chosen, refusal

if TYPE_CHECKING:
    from esmock.server import Server
    from esmock.settings import ServerSettings

_OPTIONS = (
    ("version", "Elasticsearch version to play"),
    ("rollup_as", "release whose rollup a 7.x plays: 6.8.23"),
    ("seed", "seed files or folders, separated by commas"),
    ("clock", "instant at which the clock stands, as ISO 8601"),
    ("url", "a real cluster to run on instead; EVERYTHING on it is deleted before each test"),
    ("strict", "findings that fail a test, separated by commas: deprecations, unrefreshed, contexts, rules; or all"),
    ("setups", "files of named setups for documentation pages, separated by commas"),
)
_MARKS = ("version", "rollup_as", "seed", "clock", "settings", "strict")
_FOUND: pytest.StashKey[list[str]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Command line and ini options, all beginning with ``esmock``."""
    group = parser.getgroup("esmock", "esmock, an Elasticsearch double")
    for name, text in _OPTIONS:
        group.addoption(f"--esmock-{name.replace('_', '-')}", default=None, help=text)
        parser.addini(f"esmock_{name}", text, default=None)
    group.addoption("--esmock-yaml", action="store_true", default=False, help="collect YAML REST tests (*.yml)")
    group.addoption("--esmock-docs", action="store_true", default=False, help="collect documentation pages")
    group.addoption("--esmock-findings", action="store_true", default=False, help="tell at the end what tests left behind")
    parser.addini("esmock_yaml", "collect YAML REST tests (*.yml)", type="bool", default=False)
    parser.addini("esmock_docs", "collect documentation pages", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers", "esmock(version=..., rollup_as=..., seed=..., clock=..., settings=..., strict=...): what the test's space is made of"
    )
    config.stash[_FOUND] = []


def _options(config: pytest.Config) -> dict[str, str | None]:
    return {name: chosen(config, name) for name in ("version", "rollup_as", "clock")}


def _marks(node: pytest.Item) -> dict[str, Any]:
    """The arguments of all ``esmock`` markers of a test, those of the nearest winning."""
    found: dict[str, Any] = {}
    for marker in reversed(list(node.iter_markers("esmock"))):
        unknown = [*map(repr, marker.args), *(name for name in marker.kwargs if name not in _MARKS)]
        if unknown:
            taken = ", ".join(_MARKS)
            raise refusal(f"@pytest.mark.esmock takes {taken}, by name; not {', '.join(unknown)}")
        found.update(marker.kwargs)
    return found


def _plant(server: Server, config: pytest.Config, seeds: Any) -> None:
    """Load seeds, named from the root of the tests, into the current space."""
    from esmock.seeds import SeedError

    listed = [part for part in seeds.split(",") if part] if isinstance(seeds, str) else list(seeds or ())
    try:
        server.seed(*(str(config.rootpath / str(one)) for one in listed))
    except SeedError as error:
        raise refusal(str(error)) from None


@pytest.fixture(scope="session")
def esmock_settings() -> ServerSettings | None:
    """Override to choose what every space of the session is made of."""
    return None


@pytest.fixture(scope="session")
def esmock_server(request: pytest.FixtureRequest, esmock_settings: ServerSettings | None) -> Iterator[Server]:
    """One server for the session: own thread, own loop, a free port."""
    from esmock.server import Server
    from esmock.settings import ServerSettings

    url = chosen(request.config, "url")
    if url:
        yield from _real_cluster(url, request.config)
        return
    server = Server(esmock_settings or changed(ServerSettings(), _options(request.config)))
    _plant(server, request.config, chosen(request.config, "seed"))
    server.keep_as_base()
    with server:
        yield server


def _real_cluster(url: str, config: pytest.Config) -> Iterator[Server]:
    """A real cluster, with faults, stubs and journal in front of it."""
    from esmock.controls.refusal import ControlError
    from esmock.proxy import ProxyServer

    try:
        server = ProxyServer(url)
    except (ControlError, ValueError) as error:
        raise refusal(str(error)) from None
    with server:
        yield server


@pytest.fixture
def esmock(request: pytest.FixtureRequest, esmock_server: Server) -> Iterator[Server]:
    """The server with a clean space, changed and seeded as the ``esmock`` markers say.

    An exception inside a handler fails the test that caused it.
    """
    marks = _marks(request.node)
    config = request.config
    if chosen(config, "url"):
        if {"version", "rollup_as", "clock", "settings"} & marks.keys():
            pytest.skip("a real cluster is as it is: this test wants a version, rollup, clock or settings of its own")
        esmock_server.reset()
        _plant(esmock_server, config, chosen(config, "seed"))
        _plant(esmock_server, config, marks.get("seed"))
        yield esmock_server
        _look_back(esmock_server, request.node, marks)
        return
    settings = changed(esmock_server.settings, marks)
    if settings == esmock_server.settings:
        esmock_server.reset()
    else:
        esmock_server.reset(settings)
        _plant(esmock_server, request.config, chosen(request.config, "seed"))
    _plant(esmock_server, request.config, marks.get("seed"))
    yield esmock_server
    esmock_server.check()
    _look_back(esmock_server, request.node, marks)


def _look_back(server: Server, item: pytest.Item, marks: Mapping[str, Any]) -> None:
    """Tell what a test left behind, or fail it where it was asked to be strict."""
    config = item.config
    strict = marks.get("strict", chosen(config, "strict"))
    tells = config.getoption("--esmock-findings")
    if not strict and not tells:
        return
    kinds = [] if strict in (True, "all") else strict.split(",") if isinstance(strict, str) else list(strict or ())
    if tells:
        config.stash[_FOUND].extend(f"{item.nodeid}: {one}" for one in server.findings())
    if strict:
        found = server.findings(*kinds)
        if found:
            raise refusal("\n".join(map(str, found)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failing test shows what was asked; what only esmock can do is skipped on a real cluster."""
    report = yield
    server = getattr(item, "funcargs", {}).get("esmock_server")
    if server is None or call.when != "call":
        return report
    error = call.excinfo.value if call.excinfo is not None else None
    if type(error).__name__ == "RealCluster":
        report.outcome = "skipped"
        report.longrepr = (str(item.path), item.location[1] or 0, f"Skipped: {error}")
    elif report.failed and len(server.journal):
        from esmock.controls.assertions import listing

        report.sections.append(("esmock: what was asked", "\n".join(listing(server.journal))))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What tests left behind, where that was asked for."""
    found = config.stash.get(_FOUND, [])
    if found:
        terminalreporter.section("esmock findings")
        for line in found:
            terminalreporter.write_line(line)


@pytest.fixture
def esmock_url(esmock: Server) -> str:
    """Where the clean space answers over HTTP."""
    return esmock.url


@pytest.fixture
def es_client(esmock: Server) -> Iterator[Any]:
    """The official client over the in-process transport; one older than 8 over HTTP, since it lets nobody in between."""
    elasticsearch = pytest.importorskip("elasticsearch")
    if _is_old(elasticsearch):
        client = elasticsearch.Elasticsearch(esmock.url)
    else:
        from esmock.transport import HOST, node_class

        client = elasticsearch.Elasticsearch(HOST, node_class=node_class(esmock.handle))
    yield client
    client.close()


@pytest.fixture
def es_async_client(esmock: Server) -> Iterator[Any]:
    """The official asynchronous client over the in-process transport; works in any event loop. From version 8."""
    elasticsearch = pytest.importorskip("elasticsearch")
    if _is_old(elasticsearch):
        raise refusal("es_async_client needs elasticsearch 8 or newer")
    from esmock.transport import HOST, async_node_class

    client = elasticsearch.AsyncElasticsearch(HOST, node_class=async_node_class(esmock.handle))
    yield client
    _finish(client.close())


def _is_old(elasticsearch: Any) -> bool:
    return int(str(elasticsearch.__versionstr__).split(".")[0]) < 8


def _finish(coroutine: Coroutine[Any, Any, Any]) -> None:
    """Carry out a coroutine that waits for nothing. No event loop is touched: it may be another plugin's."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()


@pytest.fixture(scope="session")
def esmock_secure_server() -> Iterator[Server]:
    """One server for the session with security and TLS on; needs the extra ``tls``."""
    pytest.importorskip("trustme")
    from esmock.server import Server

    with Server(tls="auto", security=True) as server:
        yield server


@pytest.fixture
def esmock_secure(esmock_secure_server: Server) -> Iterator[Server]:
    """That server with a clean space: https, user ``elastic``, password ``changeme``; ``tls.ca`` and ``tls.fingerprint`` say whom to trust."""
    esmock_secure_server.reset()
    yield esmock_secure_server
    esmock_secure_server.check()


@pytest.fixture
def es_secure_client(esmock_secure: Server, tmp_path: Path) -> Iterator[Any]:
    """The official client as ``elastic`` over https, trusting the server's authority. From version 8."""
    elasticsearch = pytest.importorskip("elasticsearch")
    assert esmock_secure.tls is not None
    ca = tmp_path / "http_ca.crt"
    ca.write_bytes(esmock_secure.tls.ca)
    client = elasticsearch.Elasticsearch(esmock_secure.url, ca_certs=str(ca), basic_auth=("elastic", "changeme"))
    yield client
    client.close()


@pytest.fixture
def esmock_http(esmock: Server) -> Iterator[Any]:
    """The official client over the real door."""
    elasticsearch = pytest.importorskip("elasticsearch")
    client = elasticsearch.Elasticsearch(esmock.url)
    yield client
    client.close()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """YAML tests and pages become test files where they were asked for.

    A file that was named on the command line must be one; among those found in folders, others are left alone.
    """
    config = parent.config
    if file_path.suffix in (".yml", ".yaml") and _wants(config, "yaml"):
        from esmock.pytest_collect import YamlFile, is_suite

        if parent.session.isinitpath(file_path) or is_suite(file_path, config):
            return YamlFile.from_parent(parent, path=file_path)
    if file_path.suffix in (".asciidoc", ".adoc", ".md", ".markdown", ".mdx", ".txt") and _wants(config, "docs"):
        from esmock.pytest_collect import PageFile, is_page

        if parent.session.isinitpath(file_path) or is_page(file_path):
            return PageFile.from_parent(parent, path=file_path)
    return None


def _wants(config: pytest.Config, what: str) -> bool:
    return bool(config.getoption(f"--esmock-{what}") or config.getini(f"esmock_{what}"))
