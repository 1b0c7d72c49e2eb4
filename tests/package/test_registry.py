"""Endpoints: declared once, all of them reachable, as the published specification names them."""

import importlib
import json
import os
import pkgutil
from collections import Counter

import pytest

import esmock.api
from esmock.api.declare import Endpoints
from esmock.api.registry import ENDPOINTS, MODULES
from esmock.api.unsupported import GONE
from esmock.server import Server
from esmock.version import VERSIONS
from tests.wire import Wire


def test_every_module_with_endpoints_is_registered():
    with_endpoints = set()
    for found in pkgutil.iter_modules(esmock.api.__path__):
        module = importlib.import_module(f"esmock.api.{found.name}")
        if isinstance(getattr(module, "endpoint", None), Endpoints):
            with_endpoints.add(module.__name__)
    assert with_endpoints == {module.__name__ for module in MODULES}


def test_no_route_is_declared_twice():
    routes = Counter(
        (route.method, route.path, endpoint.since, route.since, route.until)
        for endpoint in ENDPOINTS
        for route in endpoint.routes
    )
    assert not [route for route, times in routes.items() if times > 1]


def test_names_are_unique():
    names = Counter(endpoint.name for endpoint in ENDPOINTS)
    assert not [name for name, times in names.items() if times > 1]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_has_a_router(version):
    from esmock.http.router import router_for
    from esmock.settings import ServerSettings

    match = router_for(ServerSettings(version=version)).match("GET", "/", "/", compatible=False)
    assert match.endpoint.name == "info"


def test_names_are_those_of_the_published_specification(shared_dir):
    published = {entry["name"] for entry in json.loads((shared_dir / "spec" / "endpoints.json").read_text("utf-8"))}
    only_old = {"rollup.rollup_search", *(line.split("\t")[0] for line in GONE.read_text("utf-8").splitlines())}
    unknown = {endpoint.name for endpoint in ENDPOINTS} - published - only_old
    old = json.loads((shared_dir / "corpus" / "rest-api" / "7.10.2.json").read_text("utf-8"))
    unknown -= {"scripts_painless_context"}  # a development API: in the engines and in clients of 7.x, published no more
    assert unknown <= set(old if isinstance(old, dict) else {entry["name"] for entry in old}), unknown


@pytest.mark.parametrize(
    ("version", "method", "path", "name"),
    [
        ("7.17.29", "POST", "/books/_freeze", "indices.freeze"),
        ("8.19.21", "POST", "/books/_unfreeze", "indices.unfreeze"),
        ("7.10.2", "GET", "/_data_frame/transforms/a/_stats", "data_frame.get_data_frame_transform_stats"),
    ],
)
def test_what_later_versions_lack_is_named(version, method, path, name):
    """Source: paths of the official clients of 7.17 and 8.19."""
    status, _, body = Wire(Server(version=version)).request(method, path, [], b"")
    assert (status, json.loads(body)["error"]["reason"]) == (501, f"esmock does not support the endpoint [{name}]")


def test_the_route_table_is_what_the_declarations_say():
    from esmock.api import route_table

    assert route_table.FILE.read_text("utf-8") == route_table.text(), "stale: run python -m esmock.api.route_table"


def test_a_table_that_is_only_older_than_its_checkout_is_told_apart(tmp_path, monkeypatch):
    """Its declarations are read once; from then on it counts as new. One that says something else stays stale."""
    from esmock.api import route_table

    file = tmp_path / "routes.txt"
    file.write_text(route_table.text(), "utf-8")
    (tmp_path / "later.py").write_text("", "utf-8")
    monkeypatch.setattr(route_table, "FILE", file)
    os.utime(file, (0, 0))
    assert route_table._is_stale()
    first = list(route_table.read())
    assert not route_table._is_stale()
    assert list(route_table.read()) == first
    file.write_text(route_table.text().partition("\n")[2], "utf-8")
    os.utime(file, (0, 0))
    assert list(route_table.read()) == first
    assert route_table._is_stale()
