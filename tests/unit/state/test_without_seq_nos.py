"""Indices without sequence numbers, and what else 9.x lets go for logs and metrics.

Source: breaking changes of 9.2 and 9.4; classes OCCNotSupportedException and OperationsOnSeqNoDisabledIndicesIT for the texts.
"""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.unverified

OFF = {"settings": {"index.disable_sequence_numbers": True}}
SERIES = {
    "settings": {
        "index": {
            "mode": "time_series", "routing_path": ["host"],
            "time_series": {"start_time": "2026-01-01T00:00:00Z", "end_time": "2027-01-01T00:00:00Z"},
        }
    },
    "mappings": {
        "properties": {
            "@timestamp": {"type": "date"}, "host": {"type": "keyword", "time_series_dimension": True}, "text": {"type": "text"},
        }
    },
}  # fmt: skip


def test_writes_cannot_depend_on_sequence_numbers(raw: Any) -> None:
    ask = raw("9.5.3")
    ask("PUT /i", OFF)
    assert ask("PUT /i/_doc/1", {"a": 1}).status == 201
    wrong = ask.json("PUT /i/_doc/1?if_seq_no=0&if_primary_term=1", {"a": 2})
    assert (wrong["status"], wrong["error"]["type"]) == (400, "o_c_c_not_supported_exception")
    assert wrong["error"]["reason"] == "Optimistic concurrency control is not supported on indices with sequence numbers disabled"
    assert ask.json("DELETE /i/_doc/1?if_seq_no=0&if_primary_term=1")["status"] == 400
    told = ask.json("POST /i/_update/1", {"doc": {"a": 2}})["error"]
    assert told["reason"] == "Updates are not supported on indices with sequence numbers disabled"
    assert ask("PUT /i/_doc/1", {"a": 3}).status == 200


def test_searches_tell_numbers_that_mean_none(raw: Any) -> None:
    ask = raw("9.5.3")
    ask("PUT /i", OFF)
    ask("PUT /i/_doc/1?refresh", {"a": 1})
    hit = ask.json("GET /i/_search?seq_no_primary_term=true")["hits"]["hits"][0]
    assert (hit["_seq_no"], hit["_primary_term"]) == (-2, 0)


def test_by_query_goes_on_without(raw: Any) -> None:
    ask = raw("9.5.3")
    ask("PUT /i", OFF)
    ask("PUT /i/_doc/1?refresh", {"a": 1})
    assert ask.json("POST /i/_update_by_query?refresh")["updated"] == 1
    assert ask.json("POST /i/_delete_by_query", {"query": {"match_all": {}}})["deleted"] == 1


@pytest.mark.parametrize(
    ("version", "settings", "status"), [("9.5.3", {}, 400), ("9.5.3", {"disable_sequence_numbers": False}, 409), ("8.19.21", {}, 409)]
)
def test_time_series_have_none_unless_told(raw: Any, version: str, settings: Any, status: int) -> None:
    ask = raw(version)
    index = {**SERIES["settings"]["index"], **settings}
    ask("PUT /s", {"settings": {"index": index}, "mappings": SERIES["mappings"]})
    doc = {"@timestamp": "2026-06-01T00:00:00Z", "host": "a"}
    assert ask("POST /s/_doc?refresh", doc).status == 201
    doc_id = ask.json("GET /s/_search")["hits"]["hits"][0]["_id"]
    assert ask(f"DELETE /s/_doc/{doc_id}?if_seq_no=7&if_primary_term=1").status == status


@pytest.mark.parametrize(("version", "norms"), [("8.19.21", True), ("9.5.3", False)])
def test_texts_of_time_series_have_no_norms(raw: Any, version: str, norms: bool) -> None:
    ask = raw(version)
    ask("PUT /s", SERIES)
    found = ask.json("GET /s/_mapping/field/text?include_defaults=true")["s"]["mappings"]["text"]["mapping"]["text"]
    assert found["norms"] is norms
