"""Every recorded aggregation is answered byte for byte. Evidence: recording of 7.10.2 (fixtures/record_aggs.py)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from esmock.xcontent.json_writer import dumps
from tests.unit.search.aggs.searching import Documents

RECORDING = json.loads((Path(__file__).parents[4] / "fixtures/recorded/7.10.2/aggs.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=RECORDING["indices"], ids=lambda one: one["name"])
def recorded(request: pytest.FixtureRequest) -> tuple[Documents, list[dict[str, Any]]]:
    """The index, and its searches."""
    index = request.param
    shards: list[list[Any]] = [[] for _ in range(max(index["shards"]) + 1)]
    for doc, shard in zip(RECORDING["documents"], index["shards"], strict=True):
        shards[shard].append(doc)
    return Documents(RECORDING["version"], RECORDING["mapping"], [[one] for one in shards], index["name"]), index[
        "searches"
    ]


def test_every_recorded_answer_has_the_same_bytes(recorded: tuple[Documents, list[dict[str, Any]]]) -> None:
    documents, searches = recorded
    answered = [one for one in searches if "aggregations" in one]
    assert len(answered) > 200
    wrong = [
        one["request"]
        for one in answered
        if dumps(documents.aggregate(one["request"].encode())).decode() != one["aggregations"]
    ]
    assert wrong == []


def test_every_recorded_error_has_the_same_body(recorded: tuple[Documents, list[dict[str, Any]]]) -> None:
    documents, searches = recorded
    refused = [one for one in searches if "error" in one]
    assert len(refused) > 20
    wrong = []
    for one in refused:
        failed = one["error"].get("failed_shards")
        expected = {"failure": failed[0]["reason"]} if failed else {"error": one["error"]}
        got = documents.aggregate(one["request"].encode())
        if got != expected:
            wrong.append((one["request"], got, expected))
    assert wrong == []
