"""Tests of several processes on one server, each in a space of its own: the benchmark in small."""

from __future__ import annotations

from pathlib import Path

from tests.scripts import load_script


def test_they_do_not_see_each_other_and_nothing_is_left():
    path = Path(__file__).parents[1] / "benchmarks" / "parallel_spaces.py"
    module = load_script(path)
    found = module.measure(tests=40, workers=2)
    assert str(found["tests"]).startswith("40 passed")
    assert found["spaces left"] == []
    assert int(found["server after, KB"]) - int(found["server before, KB"]) < module.GROWTH_KB
