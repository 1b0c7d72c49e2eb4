"""What the pytest plugin makes of journal, findings and a real cluster. Each case is a pytest run of its own."""

import subprocess
import sys

import pytest

from esmock.server import Server


@pytest.fixture
def run(tmp_path):
    """Run a test file; its output, with the exit code."""

    def run(text, *arguments):
        (tmp_path / "test_it.py").write_text(text, "utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rs", *arguments, str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120, check=False)
        return done.returncode, done.stdout

    return run


SEARCH = """
def test_search(esmock, es_client):
    es_client.index(index="books", id="1", document={"title": "Dune"}, refresh=True)
    es_client.search(index="books", query={"match": {"title": "dune"}})
    %s
"""


def test_a_failing_assertion_shows_the_nearest_calls_and_all_calls(run):
    code, out = run(SEARCH % 'esmock.assert_called("search", index="books", query="term")')
    assert code == 1
    assert "expected a call with endpoint='search', index='books', query='term' at least once; it came never" in out
    assert "query: wanted term, was match" in out
    assert "esmock: what was asked" in out
    assert "#1 PUT /books/_doc/1?refresh=true -> 201 (index)" in out


def test_findings_fail_a_strict_test(run):
    text = """
import pytest

@pytest.mark.esmock(strict=%s)
def test_it(esmock, es_client):
    esmock.clock.freeze()
    esmock.faults.reset(index="films")
    es_client.index(index="books", id="1", document={})
    es_client.search(index="books", scroll="1m")
"""
    code, out = run(text % True)
    assert code == 1
    for part in ("rules: fault reset", "unrefreshed: ", "contexts: 1 scroll"):
        assert part in out
    assert run(text % '["deprecations"]')[0] == 0
    assert run(text % '["contexts"]')[0] == 1
    code, out = run(text % False, "--esmock-findings")
    assert code == 0
    assert "esmock findings" in out
    assert "contexts: 1 scroll(s) were opened and not cleared" in out
    assert run(text % '["nonsense"]')[0] == 1


def test_a_suite_runs_on_a_real_cluster_instead(run):
    text = """
import pytest

def test_write(esmock, es_client):
    es_client.index(index="books", id="1", document={"title": "Dune"}, refresh=True)
    assert es_client.count(index="books")["count"] == 1
    esmock.assert_called("count")

def test_is_clean(es_client, esmock_http):
    assert not es_client.indices.exists(index="books")
    esmock_http.info()

def test_faults(esmock, es_client):
    with esmock.faults.forbidden(), pytest.raises(Exception, match="403"):
        es_client.search()

def test_time(esmock):
    esmock.clock.freeze()

@pytest.mark.esmock(version="7.10.2")
def test_version(esmock):
    assert False
"""
    with Server() as real:
        code, out = run(text, "--esmock-url", real.url)
        assert "3 passed, 2 skipped" in out
        assert "a real cluster has no clock" in out
        assert code == 0
        assert real.calls("count").statuses == [200]
    code, out = run(text, "--esmock-url", "http://127.0.0.1:1")
    assert code == 1
    assert "does not answer" in out
