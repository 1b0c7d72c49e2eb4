"""Tests of several processes on one server, each in a space of its own: the benchmark in small."""

from __future__ import annotations

import importlib.util
from pathlib import Path


def test_they_do_not_see_each_other_and_nothing_is_left():
    path = Path(__file__).parents[1] / "benchmarks" / "parallel_spaces.py"
    spec = importlib.util.spec_from_file_location("parallel_spaces", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = module.measure(tests=40, workers=2)
    assert str(found["tests"]).startswith("40 passed")
    assert found["spaces left"] == []
    assert int(found["server after, KB"]) - int(found["server before, KB"]) < module.GROWTH_KB
