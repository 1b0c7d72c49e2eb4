"""``esmock serve`` and its siblings as a user meets them: one line and exit code 1 for what cannot be, signals, environment."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import pytest

from esmock.cli import main

WINDOWS = sys.platform == "win32"


def complaint(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What is said by a command that cannot do what it is told."""
    assert main(["serve", "--port", "0", *words]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("esmock: ")
    assert err.count("\n") == 1
    return err.removeprefix("esmock: ").rstrip("\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--es-version", "1.2.3"],
            "unknown version 1.2.3; --es-version takes one of 7.10.2, 7.17.29, 8.19.21, 9.5.3",
        ),
        (
            ["--es-version", "7.10.2", "--rollup-as", "6.7.0"],
            "--rollup-as 6.7.0: unknown rollup '6.7.0'; esmock plays that of 6.8.23 besides each version's own",
        ),
        (["--rollup-as", "6.8.23"], "--rollup-as 6.8.23: the rollup of 6.8.23 goes with a 7.x; 9.5.3 has its own only"),
        (["--seed", "nowhere"], "seed nowhere does not exist; give a folder, a console file or an .ndjson file"),
        (["--port", "abc"], "--port abc is not a number"),
        (["--random-seed", "x"], "--random-seed x is not a number"),
        (["--parent-pid", "me"], "--parent-pid me is not a number"),
        (["--frozen-clock", "noon"], "--frozen-clock noon is no instant; write it like 2030-01-31T12:00:00Z"),
        (["--set", "path.repo"], "--set path.repo is no setting; write it as KEY=VALUE"),
        (
            ["--port", "99999"],
            "cannot listen on 127.0.0.1:99999 (a port is a number from 0 to 65535); choose another with --port, or --port 0 "
            "for a free one",
        ),
    ],
)
def test_what_cannot_be_is_one_line(capsys: pytest.CaptureFixture[str], words: list[str], message: str) -> None:
    assert complaint(capsys, *words) == message


def test_unreadable_seeds_name_the_place(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "bad.ndjson").write_text("garbage\n")
    (tmp_path / "bytes.console").write_bytes(b"\xff\xfe")
    (tmp_path / "empty").mkdir()
    assert complaint(capsys, "--seed", str(tmp_path / "bad.ndjson")).startswith(
        f"seed {tmp_path / 'bad.ndjson'}, line 1: not JSON"
    )
    assert "cannot be read" in complaint(capsys, "--seed", str(tmp_path / "bytes.console"))
    assert complaint(capsys, "--seed", str(tmp_path / "empty")).endswith(
        "has no INDEX.mapping.json, INDEX.ndjson or .console file"
    )


def test_a_taken_port(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert complaint(capsys, "--port", str(port)) == (
            f"cannot listen on 127.0.0.1:{port} (address already in use); choose another with --port, or --port 0 for a free one"
        )


@contextlib.contextmanager
def serving(*words: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server process and its ready line."""
    command = [sys.executable, "-m", "esmock", "serve", *words]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
    )
    try:
        yield process, cast(IO[str], process.stdout).readline()
    finally:
        process.kill()
        process.communicate()


@pytest.mark.skipif(WINDOWS, reason="signals")
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_environment_log_and_a_clean_end(sent: int) -> None:
    told = {"ESMOCK_PORT": "0", "ESMOCK_ES_VERSION": "7.10.2", "ESMOCK_JSON": "1", "ESMOCK_LOG": "true"}
    with serving(**told) as (process, line):
        ready = json.loads(line)
        assert (ready["version"], ready["pid"]) == ("7.10.2", process.pid)
        with urllib.request.urlopen(f"{ready['url']}/_cluster/health?pretty") as answer:
            assert json.load(answer)["status"] == "green"
        process.send_signal(sent)
        out, err = process.communicate(timeout=20)
        assert process.returncode == 0
        assert out == ""
        assert err.startswith("GET /_cluster/health?pretty 200 ")
        assert err.count("\n") == 1


@pytest.mark.skipif(WINDOWS, reason="signals")
def test_options_win_over_the_environment_and_the_server_ends_with_its_parent() -> None:
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with serving("--port", "0", "--parent-pid", str(parent.pid), "--es-version", "8.19.21", ESMOCK_ES_VERSION="7.10.2") as (
        process,
        line,
    ):
        assert line.startswith("esmock plays Elasticsearch 8.19.21 at http://127.0.0.1:")
        assert process.poll() is None
        parent.communicate(b"\n")
        assert process.wait(timeout=20) == 0


def test_an_older_rollup_by_the_environment() -> None:
    told = {"ESMOCK_PORT": "0", "ESMOCK_ES_VERSION": "7.10.2", "ESMOCK_JSON": "1", "ESMOCK_ROLLUP_AS": "6.8.23"}
    with serving(**told) as (_, line):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{json.loads(line)['url']}/nowhere/_rollup/data")
        assert json.load(caught.value)["error"]["reason"] == "no such index"


def test_commands_without_anything_to_run_end_with_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["yaml", str(tmp_path)]) == 2
    assert main(["yaml", str(tmp_path / "nowhere")]) == 2
    assert main(["docs", str(tmp_path)]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"esmock yaml: {tmp_path}: no tests found: no *.yml file here",
        f"esmock yaml: {tmp_path / 'nowhere'}: no such file or folder",
        f"esmock docs: {tmp_path}: nothing to verify: 0 pages with 0 code blocks, none of them a test; expected blocks of the "
        "language console, or js with // CONSOLE",
    ]


@pytest.mark.parametrize(("value", "code"), [("true", 0), ("false", 1)])
@pytest.mark.parametrize("version", ["7.10.2", "9.5.3"])
def test_a_page_with_one_wrong_value_fails(tmp_path: Path, version: str, value: str, code: int) -> None:
    page = tmp_path / "page.asciidoc"
    page.write_text(
        "[source,console]\n----\nPOST /_rollup/job/sensor/_stop\n----\n// TEST[setup:sensor_started_rollup_job]\n\n"
        f'[source,console-result]\n----\n{{ "stopped": {value} }}\n----\n'
    )
    assert main(["docs", str(page), "--es-version", version, "--allow-warnings"]) == code
