"""What the README shows is run: Python as tests of its own, YAML and console lines through what they are about."""

import json
import re
import shlex
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import yaml

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
IMPORTS = """import pytest
import elasticsearch
import elasticsearch7
import warnings

pytestmark = pytest.mark.filterwarnings("ignore")


"""


def blocks(language):
    return [text for kind, text in BLOCK.findall(README.read_text("utf-8")) if kind == language]


def test_python_examples_pass(tmp_path):
    pytest.importorskip("elasticsearch")
    pytest.importorskip("elasticsearch7")
    tests = [text for text in blocks("python") if "def test_" in text]
    assert len(tests) >= 6
    path = tmp_path / "test_readme_examples.py"
    path.write_text(IMPORTS + "\n\n".join(tests), "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120, check=False)
    assert done.returncode == 0, done.stdout
    assert f"{sum(text.count('def test_') for text in tests)} passed" in done.stdout


def test_yaml_examples_are_rules():
    from esmock.server import Server

    for text in blocks("yaml"):
        server = Server()
        assert server.faults.load(yaml.safe_load(text))


def test_console_lines_are_commands_that_exist():
    from esmock.cli import whole_parser

    commands = next(action.choices for action in whole_parser()._actions if action.dest == "command")
    lines = [line for text in blocks("console") for line in text.splitlines() if line.startswith("$ esmock ")]
    assert len(lines) >= 5
    for line in lines:
        words = re.split(r"\s{3,}| &$", line[2:])[0].split()
        commands[words[1]].parse_args(words[2:])


def test_the_lines_of_curl_do_what_they_are_shown_for():
    """The requests of "Over HTTP, from any language", with a search between the fault and the assertion as often as it says."""
    from esmock.server import Server

    lines = [line for text in blocks("console") for line in text.splitlines() if line.startswith("$ curl ")]
    assert len(lines) == 2
    with Server() as server:
        answers = [_sent(server.url, lines[0])]
        answers += [_status(f"{server.url}/_search") for _ in range(3)]
        answers.append(_sent(server.url, lines[1]))
    assert answers == [201, None, None, 200, 200]


@pytest.fixture
def real_cluster(tmp_path):
    """Stands where the README's lines name a real one; beside it the files that they name."""
    from esmock.server import Server

    (tmp_path / "books.console").write_text("PUT /books\nGET /books/_count\n", "utf-8")
    (tmp_path / "yaml-tests").mkdir()
    (tmp_path / "yaml-tests" / "10_count.yml").write_text('"Counts":\n  - do: {count: {}}\n  - match: {count: 0}\n', "utf-8")
    (tmp_path / "page.md").write_text("# Counting\n\n```console\nGET /_count\n```\n", "utf-8")
    (tmp_path / "test_mine.py").write_text("def test_mine(es_client):\n    assert es_client.info()['cluster_name']\n", "utf-8")
    with Server() as server:
        yield server


def _line_of(command):
    """The words of the console line that shows a command, its remark left out."""
    lines = [line for text in blocks("console") for line in text.splitlines() if line.startswith(f"$ {command} ")]
    assert len(lines) == 1
    return re.split(r"\s{3,}", lines[0][2:])[0].split()


def _run_on(server, words, cwd, **options):
    words = [re.sub(r"https?://(?:localhost:920.|user:\S+)$", server.url, word) for word in words]
    start = [sys.executable, "-m", *words]
    return subprocess.Popen(start, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=cwd, **options)


def test_the_lines_of_proxy_record_and_replay_serve(real_cluster, tmp_path):
    for command in ("esmock proxy", "esmock record", "esmock replay"):
        with _run_on(real_cluster, [*_line_of(command), "--port", "0", "--json"], tmp_path) as process:
            url = json.loads(process.stdout.readline())["url"]
            assert _status(f"{url}/_count") == 200
            process.terminate()
            assert process.stderr.read() == ""
    assert [call.raw.target for call in real_cluster.calls("count")] == ["/_count"] * 2


def test_the_line_of_compare_finds_no_difference(real_cluster, tmp_path):
    from esmock.server import Server

    with Server() as other:
        words = [word.replace("http://localhost:9201", other.url) for word in _line_of("esmock compare")]
        with _run_on(real_cluster, words, tmp_path) as process:
            out, _ = process.communicate(timeout=60)
        assert process.returncode == 0, out
        assert other.calls("count").statuses == real_cluster.calls("count").statuses == [200] * 3


def test_the_line_of_pytest_runs_a_suite_on_a_cluster(real_cluster, tmp_path):
    pytest.importorskip("elasticsearch")
    with _run_on(real_cluster, [*_line_of("pytest"), "-q", "-p", "no:cacheprovider"], tmp_path) as process:
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0, out
    assert len(real_cluster.calls("info")) >= 1


def _sent(url, line):
    words = shlex.split(line[2:])
    target = next(word for word in words if word.startswith("localhost:9200"))
    body = words[words.index("-d") + 1] if "-d" in words else None
    header = words[words.index("-H") + 1].split(": ") if "-H" in words else None
    return _status(url + target.removeprefix("localhost:9200"), body, dict([header]) if header else {})


def _status(url, body=None, headers=None):
    """The status of an answer; None where the connection was reset."""
    request = urllib.request.Request(url, None if body is None else body.encode(), headers or {})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code
    except (urllib.error.URLError, ConnectionError):
        return None


def test_every_fault_and_scenario_is_named():
    from esmock.controls.faults.kinds import FAULTS
    from esmock.controls.faults.scenarios import SCENARIOS

    text = README.read_text("utf-8")
    assert [name for name in (*FAULTS, *(one.name for one in SCENARIOS)) if f"`{name}`" not in text] == []
    assert f"There are {len(FAULTS)} kinds" in text


@pytest.mark.parametrize("name", ["esmock.mjs"])
def test_the_clients_are_where_the_readme_says(name):
    assert (README.parent / "esmock" / "controls" / "clients" / name).is_file()
