"""The pytest plugin as a user meets it: projects of its own, run by a pytest of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from xml.etree import ElementTree

import pytest


class Project:
    """A folder of tests."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.output = ""

    def write(self, **files: str) -> None:
        """Files by name; ``__`` stands for the dot before the suffix."""
        for name, text in files.items():
            (self.root / name.replace("__", ".")).write_text(dedent(text).lstrip("\n"), "utf-8")

    def run(self, *options: str) -> dict[str, str]:
        """Test name to outcome, with the first line of what went wrong."""
        told = self.root / "told.xml"
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--junit-xml={told}", *options]
        done = subprocess.run(command, cwd=self.root, capture_output=True, text=True, timeout=120, check=False)
        self.output = done.stdout + done.stderr
        found: dict[str, str] = {}
        for case in ElementTree.parse(told).iter("testcase"):
            outcome = next((child for child in case if child.tag in ("failure", "error", "skipped")), None)
            name = case.get("name") or case.get("classname") or ""
            found[name] = "passed" if outcome is None else f"{outcome.tag}: {(outcome.get('message') or '').splitlines()[0]}"
        return found


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


BOOKS = '{"index": {"_index": "books", "_id": "1"}}\n{"title": "Emma"}\n'


def test_clients_async_plugins_and_workers_side_by_side(project: Project) -> None:
    project.write(
        pytest__ini="[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = error\n",
        test_sync__py="""
        import urllib.request

        def test_a_document_is_found(es_client):
            es_client.index(index="books", id="1", document={"title": "Emma"}, refresh=True)
            assert es_client.count(index="books")["count"] == 1

        def test_the_next_space_is_clean(es_client):
            assert not es_client.indices.exists(index="books")

        def test_both_doors_lead_to_one_space(es_client, esmock_http, esmock_url):
            esmock_http.index(index="books", id="1", document={"title": "Emma"}, refresh=True)
            assert es_client.count(index="books")["count"] == 1
            with urllib.request.urlopen(f"{esmock_url}/books/_count") as answer:
                assert b'"count":1' in answer.read()

        def test_errors_are_the_clients_own(es_client):
            import elasticsearch, pytest
            with pytest.raises(elasticsearch.NotFoundError) as raised:
                es_client.search(index="nowhere")
            assert raised.value.body["error"]["reason"] == "no such index [nowhere]"
        """,
        test_async__py="""
        async def test_in_the_loop_of_pytest_asyncio(es_async_client):
            await es_async_client.index(index="books", id="1", document={"title": "Emma"}, refresh=True)
            assert (await es_async_client.count(index="books"))["count"] == 1

        async def test_a_second_loop(es_async_client):
            assert not await es_async_client.indices.exists(index="books")

        async def test_beside_a_server_of_pytest_aiohttp(aiohttp_client, es_async_client):
            from aiohttp import web

            async def count(request):
                return web.json_response(dict(await es_async_client.count()))

            app = web.Application()
            app.router.add_get("/", count)
            client = await aiohttp_client(app)
            assert (await (await client.get("/")).json())["count"] == 0
        """,
    )
    found = project.run("-n", "2")
    assert len(found) == 7, project.output
    assert set(found.values()) == {"passed"}, project.output


def test_marks_options_and_seeds(project: Project) -> None:
    project.write(
        pytest__ini="[pytest]\nesmock_version = 8.19.21\nesmock_seed = books.ndjson\nesmock_clock = 2030-01-31T12:00:00Z\n",
        books__ndjson=BOOKS,
        more__console='PUT /more/_doc/1\n{"n": 1}\n',
        test_it__py="""
        import json, urllib.request, pytest

        def ask(url, path):
            with urllib.request.urlopen(url + path) as answer:
                return json.load(answer)

        def test_options_of_the_ini_file(esmock, esmock_url):
            assert ask(esmock_url, "/")["version"]["number"] == "8.19.21"
            assert ask(esmock_url, "/books/_count")["count"] == 1
            assert esmock.clock.now_ms() == 1_896_091_200_000

        @pytest.mark.esmock(version="7.10.2")
        class TestMarks:
            def test_a_version_keeps_the_seed_and_the_clock_of_the_session(self, esmock, esmock_url):
                assert ask(esmock_url, "/")["version"]["number"] == "7.10.2"
                assert ask(esmock_url, "/books/_count")["count"] == 1
                assert esmock.clock.now_ms() == 1_896_091_200_000

            @pytest.mark.esmock(seed="more.console", clock="2031-01-01")
            def test_marks_add_up(self, esmock, esmock_url):
                assert ask(esmock_url, "/")["version"]["number"] == "7.10.2"
                assert ask(esmock_url, "/books,more/_count")["count"] == 2
                esmock.clock.advance(seconds=1)
                assert esmock.clock.now_ms() == 1_924_992_001_000

        @pytest.mark.esmock(settings={"node.attr.rack": "r1"})
        def test_node_settings(esmock_url):
            nodes = ask(esmock_url, "/_nodes")["nodes"].values()
            assert [node["attributes"]["rack"] for node in nodes] == ["r1"]

        @pytest.mark.esmock(versoin="7.10.2")
        def test_a_slip_of_the_pen(esmock):
            pass

        @pytest.mark.esmock(version="7.11.0")
        def test_an_unknown_version(esmock):
            pass

        @pytest.mark.esmock(version="7.17.29", rollup_as="6.8.23")
        def test_an_older_rollup(esmock_url, esmock):
            assert esmock.cluster.behaviour.rollup.intervals_told_apart is False

        @pytest.mark.esmock(rollup_as="6.8.23")
        def test_a_rollup_without_a_7_x(esmock):
            pass

        @pytest.mark.esmock(clock="noon")
        def test_no_instant(esmock):
            pass

        @pytest.mark.esmock(seed="nowhere")
        def test_no_seed(esmock):
            pass

        @pytest.mark.esmock(version="9.5.3")
        def test_a_bug_in_a_handler(esmock, es_client, monkeypatch):
            def broken(*args):
                raise ZeroDivisionError("broken handler")
            monkeypatch.setattr("esmock.features.rollup.jobs.rollup_jobs", broken)
            try:
                es_client.rollup.get_jobs(id="x")
            except Exception:
                pass
        """,
    )
    found = project.run()
    passed = {name for name, outcome in found.items() if outcome == "passed"}
    assert passed == {
        "test_options_of_the_ini_file",
        "test_a_version_keeps_the_seed_and_the_clock_of_the_session",
        "test_marks_add_up",
        "test_node_settings",
        "test_an_older_rollup",
    }, project.output
    assert found["test_a_bug_in_a_handler"].startswith("error")
    for text in (
        "@pytest.mark.esmock takes version, rollup_as, seed, clock, settings, strict, by name; not versoin",
        "esmock does not play version 7.11.0; it plays 7.10.2, 7.17.29, 8.19.21, 9.5.3",
        "esmock rollup_as '6.8.23': the rollup of 6.8.23 goes with a 7.x; 8.19.21 has its own only",
        "esmock clock 'noon' is no instant; write it like 2030-01-31T12:00:00Z",
        "nowhere does not exist; give a folder, a console file or an .ndjson file",
        "ZeroDivisionError: broken handler",
    ):
        assert text in project.output


SUITE = """
count:
  - do: {index: {index: books, id: 1, refresh: true, body: {title: Emma}}}
  - do: {count: {index: books}}
  - match: {count: 1}
---
wrong:
  - do: {count: {}}
  - match: {count: 1}
"""
PAGE = """
= Books

[source,console]
----
PUT /books/_doc/1
{ "title": "Emma" }
----
// TEST[setup:shelf]

[source,console-result]
----
{ "_index": "books", "_id": "1", "_version": 1, "result": "created",
  "_shards": { "total": 2, "successful": 1, "failed": 0 }, "_seq_no": 0, "_primary_term": 2 }
----
"""


def test_yaml_tests_and_pages_are_collected_on_request(project: Project) -> None:
    project.write(
        suite__yml=SUITE,
        compose__yml="services:\n  web:\n    image: x\n",
        page__asciidoc=PAGE,
        notes__md="# Notes\n\n```json\n{}\n```\n",
        setups__yml="setups:\n  shelf:\n    - do:\n        indices.create:\n          index: books\n",
    )
    found = project.run("--esmock-yaml", "--esmock-docs", "--esmock-setups=setups.yml", "--esmock-version=8.19.21")
    assert {name: outcome.split(":")[0] for name, outcome in found.items()} == {
        "count": "passed",
        "wrong": "failure",
        "line_4": "failure",
    }, project.output
    assert "suite.yml:8: match [count]: root: expected 1 (int) but was 0 (int)" in project.output
    assert "page.asciidoc:11: the answer is not what the page shows: _primary_term: expected 2 (int) but was 1 (int)" in (
        project.output
    )
    assert "/_count?error_trace=true" in project.output
    assert '"_primary_term": 2' in project.output


def test_what_is_named_must_hold_tests(project: Project) -> None:
    project.write(compose__yml="services:\n  web:\n    image: x\n", notes__md="# Notes\n")
    project.run("--esmock-yaml", "--esmock-docs", "compose.yml", "notes.md")
    assert "compose.yml" in project.output
    assert "nothing to verify" in project.output
    assert "2 errors" in project.output
