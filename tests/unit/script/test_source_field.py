"""``field(...)`` in conditions of processors, from 9.2 on. Source: the class SourceMapField of 9.x; held against no engine."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.unverified

SOURCE = {"a": {"b": 1, "list": [1, 2]}, "c.d": "flat", "e": {"f.g": None}}


def holds(raw, condition, version="9.5.3"):
    ask = raw(version)
    steps = [{"set": {"field": "hit", "value": True, "if": condition}}]
    answer = ask.json("POST /_ingest/pipeline/_simulate", {"pipeline": {"processors": steps}, "docs": [{"_source": SOURCE}]})
    if "docs" not in answer or "error" in answer["docs"][0]:
        return answer
    return "hit" in answer["docs"][0]["doc"]["_source"]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("field('a.b').get(0) == 1", True),
        ("field('c.d').get('') == 'flat'", True),
        ("field('e.f.g').exists() && !field('e.f.g').isEmpty()", True),
        ("field('a.nope').exists()", False),
        ("field('nope.x').get(7) == 7", True),
        ("field('a.list').size() == 2 && field('a.list').get(1, 9) == 2 && field('a.list').get(5, 9) == 9", True),
        ("field('a.list').hasValue(x -> x > 1)", True),
        ("def sum = 0; for (x in field('a.list')) { sum += x } return sum == 3", True),
        ("field('a.b').getName() == 'a.b'", True),
    ],
)
def test_a_condition_reads_by_path(raw, condition, expected):
    assert holds(raw, condition) is expected


def test_nothing_can_be_written(raw):
    answer = holds(raw, "field('a.b').set(2); true")
    assert "SourceMapField, set/1] not found" in str(answer)


@pytest.mark.parametrize("version", ["7.10.2", "8.19.21"])
def test_before_it_is_no_known_call(raw, version):
    assert "Unknown call [field] with [" in str(holds(raw, "field('a.b').get(0) == 1", version))
