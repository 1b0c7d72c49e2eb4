"""What the README shows is run: Python as tests of its own, YAML and console lines through what they are about."""

import re
import subprocess
import sys
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


def test_every_fault_and_scenario_is_named():
    from esmock.controls.faults.kinds import FAULTS
    from esmock.controls.faults.scenarios import SCENARIOS

    text = README.read_text("utf-8")
    assert [name for name in (*FAULTS, *(one.name for one in SCENARIOS)) if f"`{name}`" not in text] == []
    assert f"There are {len(FAULTS)} kinds" in text


@pytest.mark.parametrize("name", ["esmock.mjs"])
def test_the_clients_are_where_the_readme_says(name):
    assert (README.parent / "esmock" / "controls" / "clients" / name).is_file()
