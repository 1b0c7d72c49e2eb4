"""Buckets printed by columns, as text, and one by one are the same bytes.

Evidence: the recordings of 7.10.2 that ``test_recorded.py`` replays, whose tables are mostly too small for columns of text.
"""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from esmock.search.aggs import columns
from esmock.xcontent.json_writer import dumps
from tests.unit.search.aggs.searching import Documents
from tests.unit.search.aggs.test_recorded import recorded
from tests.unit.search.aggs.test_recorded import test_every_recorded_answer_has_the_same_bytes as replayed

__all__ = ["recorded"]

MAPPING = {
    "properties": {
        "k": {"type": "keyword"}, "n": {"type": "long"}, "d": {"type": "double"}, "u": {"type": "unsigned_long"},
        "t": {"type": "date"}, "b": {"type": "boolean"},
    }
}  # fmt: skip
METRICS = {
    "avg": {"avg": {"field": "d"}}, "sum": {"sum": {"field": "d"}}, "min": {"min": {"field": "d"}}, "max": {"max": {"field": "n"}},
    "stats": {"stats": {"field": "d"}}, "count": {"value_count": {"field": "d"}}, "dated": {"max": {"field": "t"}},
}  # fmt: skip
SOURCES = [
    {"k": {"terms": {"field": "k", "missing_bucket": True}}}, {"d": {"terms": {"field": "d", "missing_bucket": True}}},
    {"b": {"terms": {"field": "b"}}}, {"t": {"date_histogram": {"field": "t", "fixed_interval": "1d", "format": "yyyy"}}},
]  # fmt: skip
BUCKETS: list[dict[str, Any]] = [
    {"histogram": {"field": "n", "interval": 0.7}},
    {"histogram": {"field": "d", "interval": 1e7, "min_doc_count": 1}},
    {"date_histogram": {"field": "t", "fixed_interval": "1d"}},
    {"date_histogram": {"field": "t", "calendar_interval": "day", "time_zone": "Europe/Berlin", "min_doc_count": 1}},
    {"date_histogram": {"field": "t", "calendar_interval": "day", "format": "'\"' yyyy \\ MM"}},
    {"composite": {"size": 100, "sources": SOURCES}},
    {"composite": {"size": 100, "sources": [{"u": {"terms": {"field": "u"}}}]}},
]


def documents(count: int) -> list[dict[str, Any]]:
    """Documents that lack fields, with numbers of every size."""
    chosen = random.Random(5)
    out = []
    for _ in range(count):
        doc = {
            "k": chosen.choice(['x","y', "plain", "back\\slash", "ä", "new\nline"]),
            "n": chosen.randrange(-40, 40),
            "d": chosen.choice([1e-7, 0.5, 12345678.5, -3.0, 1e300, 1e20]) * chosen.randrange(1, 5),
            "u": chosen.choice([1, 2**63 + 5, 7]),
            "t": 1577836800000 + chosen.randrange(60) * 86_400_000,
            "b": chosen.random() < 0.5,
        }
        out.append({name: value for name, value in doc.items() if chosen.random() < 0.8})
    return out


@pytest.fixture
def as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns are printed as text however few buckets there are."""
    monkeypatch.setattr(columns, "LEAST", 0)


@pytest.mark.usefixtures("as_text")
def test_every_recorded_answer_is_the_same_as_text(recorded: tuple[Documents, list[dict[str, Any]]]) -> None:
    replayed(recorded)


@pytest.fixture(scope="module", params=["7.10.2", "8.19.21"])
def layouts(request: pytest.FixtureRequest) -> list[Documents]:
    """The same documents in one segment, and in several of two shards."""
    docs = documents(200)
    return [Documents(request.param, MAPPING, shards) for shards in ([[docs]], [[docs[:100], docs[100:]], [[]]])]


@pytest.mark.parametrize("buckets", BUCKETS, ids=json.dumps)
def test_columns_and_single_buckets_are_the_same_bytes(
    layouts: list[Documents], buckets: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, many = layouts
    for subs in ({}, METRICS, *({name: metric} for name, metric in METRICS.items())):
        aggs = {"a": {**buckets, "aggs": subs}}
        monkeypatch.setattr(columns, "LEAST", 0)
        texts = {dumps(one.aggregate(aggs)), dumps(many.aggregate(aggs))}
        monkeypatch.setattr(columns, "LEAST", 10**9)
        texts |= {dumps(one.aggregate(aggs))}
        assert len(texts) == 1
        assert b"bucket" in texts.pop()
