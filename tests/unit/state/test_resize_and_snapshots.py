"""Documents survive resizing and snapshots. Evidence: docs pages of shrink, split, clone and snapshot-restore."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from esmock.errors import IllegalArgument
from esmock.state.rollover import next_name


def fill(ask: Any, name: str, shards: int, docs: int = 40) -> None:
    ask(f"PUT /{name}", {"settings": {"number_of_shards": shards, "number_of_replicas": 0}})
    for number in range(docs):
        ask(f"PUT /{name}/_doc/{number}", {"n": number})
    ask(f"POST /{name}/_refresh")


@pytest.mark.parametrize(
    ("kind", "before", "after"), [("shrink", 4, 2), ("split", 2, 8), ("clone", 3, 3)]
)
def test_every_document_is_found_by_id_and_by_search_after_a_resize(
    kind: str, before: int, after: int, raw: Callable[..., Any]
):
    ask = raw("7.10.2")
    fill(ask, "source", before)
    ask("PUT /source/_settings", {"index.blocks.write": True})
    settings = {"settings": {"index.number_of_shards": after, "index.blocks.write": None}}
    assert ask.json(f"PUT /source/_{kind}/target", settings)["acknowledged"] is True
    assert ask.json("GET /target/_count")["count"] == 40
    assert all(ask.json(f"GET /target/_doc/{number}")["_source"] == {"n": number} for number in range(40))
    assert ask.json("GET /target/_stats/docs")["_all"]["primaries"]["docs"]["count"] == 40


def test_writes_after_a_resize_leave_the_source_alone(raw: Callable[..., Any]):
    ask = raw("7.10.2")
    fill(ask, "source", 1, docs=1)
    ask("PUT /source/_settings", {"index.blocks.write": True})
    ask("PUT /source/_clone/target", {"settings": {"index.blocks.write": None}})
    ask("PUT /target/_doc/0?refresh", {"n": 99})
    assert ask.json("GET /source/_doc/0")["_source"] == {"n": 0}
    assert ask.json("GET /target/_doc/0")["_source"] == {"n": 99}


def test_a_snapshot_keeps_what_was_there_when_it_was_taken(raw: Callable[..., Any]):
    ask = raw("7.10.2", node_settings={"path.repo": "/r"})
    fill(ask, "logs", 2, docs=5)
    ask("PUT /_snapshot/r", {"type": "fs", "settings": {"location": "a"}})
    ask("PUT /_snapshot/r/s?wait_for_completion=true", {"indices": "logs"})
    ask("DELETE /logs/_doc/1?refresh")
    ask("PUT /logs/_doc/9?refresh", {"n": 9})
    ask("POST /_snapshot/r/s/_restore?wait_for_completion=true", {"rename_pattern": "(.+)", "rename_replacement": "$1-2"})
    assert ask.json("GET /logs-2/_count")["count"] == 5
    assert ask.json("GET /logs-2/_doc/1")["found"] is True
    assert ask.json("GET /logs-2/_doc/9")["found"] is False
    assert ask.json("GET /logs/_count")["count"] == 5


@pytest.mark.parametrize(("name", "expected"), [("logs-1", "logs-000002"), ("a-b-000099", "a-b-000100")])
def test_the_next_name_counts_with_six_digits(name: str, expected: str):
    assert next_name(name) == expected


def test_a_name_without_a_number_cannot_be_rolled_over():
    with pytest.raises(IllegalArgument, match=r"index name \[logs\] does not match pattern"):
        next_name("logs")
