"""The JavaScript helper, and the official JavaScript client's retry logic. Skipped where there is no Node.

``ESMOCK_NODE_MODULES`` names the folder where ``npm install @elastic/elasticsearch`` was run.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="there is no node")


def run(name, **more):
    command = json.dumps([sys.executable, "-m", "esmock"])
    environment = {**os.environ, "ESMOCK_COMMAND": command, "NO_COLOR": "1", **more}
    done = subprocess.run([NODE, "--test", str(HERE / name)], env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "fail 0" in done.stdout
    return done.stdout


def test_the_helper():
    assert "pass 8" in run("esmock.test.mjs")


def test_retries_of_the_official_client():
    modules = os.environ.get("ESMOCK_NODE_MODULES")
    if not modules:
        pytest.skip("ESMOCK_NODE_MODULES does not say where @elastic/elasticsearch is")
    assert "pass 9" in run("retries.test.mjs", ESMOCK_NODE_MODULES=str(Path(modules).resolve()))
