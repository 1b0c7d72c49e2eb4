"""The steps of the Containerfile, as far as they go without a container engine: what it installs, starts and asks is there."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES = (ROOT / "esmock" / "controls" / "Containerfile").read_text("utf-8").replace("\\\n", " ").splitlines()


def steps(word: str) -> list[str]:
    """What stands behind an instruction, each time it is given."""
    return [line.removeprefix(word).strip() for line in LINES if line.startswith(word + " ")]


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for line in steps("ENV") for pair in line.split())


def test_it_copies_the_checkout_and_installs_an_extra_that_there_is():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (copied,) = steps("COPY")
    assert copied == ". /src"
    extra = re.search(r'pip install [^"]*"/src\[(\w+)\]"', steps("RUN")[0])
    assert extra is not None
    assert extra[1] in project["optional-dependencies"]
    image = re.search(r"python:3\.(\d+)", steps("FROM")[0])
    assert image is not None
    least = re.search(r"3\.(\d+)", project["requires-python"])
    assert least is not None
    assert int(image[1]) >= int(least[1])


def test_what_it_starts_is_a_script_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    command = json.loads(steps("ENTRYPOINT")[0])
    assert command[0] in project["scripts"]
    assert int(steps("EXPOSE")[0]) == int(environment()["ESMOCK_PORT"])


@pytest.fixture
def started():
    """The entry point with its default arguments and environment, on a free port of this machine."""
    variables = {**os.environ, **environment(), "ESMOCK_HOST": "127.0.0.1", "ESMOCK_PORT": "0"}
    command = [*json.loads(steps("ENTRYPOINT")[0])[1:], *json.loads(steps("CMD")[0])]
    with subprocess.Popen(
        [sys.executable, "-m", "esmock", *command], stdout=subprocess.PIPE, text=True, env=variables, cwd=ROOT
    ) as server:
        assert server.stdout is not None
        try:
            yield json.loads(server.stdout.readline())["url"]
        finally:
            server.terminate()
            assert server.wait(30) == 0, "the stop signal does not end it in good order"


def health(url: str) -> int:
    """Run the health check against that server. Returns its exit code."""
    check = steps("HEALTHCHECK")[0]
    command = ast.literal_eval(check[check.index("CMD ") + 4 :])
    code = command[2].replace(f"http://127.0.0.1:{environment()['ESMOCK_PORT']}", url)
    assert code != command[2]
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode


def test_it_gets_ready_and_healthy_and_stops_when_told(started):
    assert health(started) == 0


def test_what_does_not_answer_is_not_healthy():
    assert health("http://127.0.0.1:1") == 1
