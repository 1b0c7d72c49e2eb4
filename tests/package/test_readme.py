"""What the README shows is run: Python as tests of its own, YAML and console lines through what they are about."""

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
