"""A server with a data folder loses nothing acknowledged when it is killed: the short form of ``tests/benchmarks/kills.py``."""

from __future__ import annotations

import sys

import pytest

from tests.benchmarks import kills


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_nothing_acknowledged_is_lost(tmp_path):
    ledger, folders = kills.run(tmp_path, 2, seed=7)
    assert folders == 1
    assert ledger.documents
