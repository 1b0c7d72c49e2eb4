"""``::data`` and ``::failures`` behind names. Evidence: answers of 8.19.21, whose core has streams but keeps no failures."""

from __future__ import annotations

import json
from typing import Any

import pytest

STREAM = {
    "index_patterns": ["logs*"],
    "data_stream": {},
    "template": {"data_stream_options": {"failure_store": {"enabled": True}}},
}


@pytest.fixture
def ask(raw) -> Any:
    made = raw("8.19.21")
    made("PUT /_index_template/logs", STREAM)
    made("POST /logs/_doc?refresh", {"@timestamp": "2024-01-01", "n": 1})
    made("PUT /plain", {"aliases": {"some": {"filter": {"term": {"n": 2}}}}})
    made("POST /plain/_bulk?refresh", '{"create":{}}\n{"n":1}\n{"create":{}}\n{"n":2}\n')
    return made


@pytest.mark.parametrize(
    ("named", "count"),
    [
        ("logs::data", 1),
        ("logs::failures", 0),
        ("*::failures", 0),
        ("plain::data", 2),
        ("some::data", 1),
        ("l*::data", 1),
    ],
)
def test_parts_of_streams_are_searched(ask, named, count):
    assert ask.json(f"GET /{named}/_count")["count"] == count


def test_no_failures_are_no_shards(ask):
    found = ask.json("GET /logs::failures/_search")
    assert (found["_shards"]["total"], found["hits"]["max_score"]) == (0, 0.0)


@pytest.mark.parametrize(
    ("line", "status", "kind", "reason"),
    [
        ("GET /logs::*/_count", 400, "invalid_index_name_exception", "[*] is not a recognized selector"),
        ("GET /logs::some/_count", 400, "invalid_index_name_exception", "[some] is not a recognized selector"),
        ("GET /plain::failures/_count", 404, "index_not_found_exception", "no such index [plain::failures]"),
        ("GET /none::failures/_count", 404, "index_not_found_exception", "no such index [none]"),
        ("GET /none::data/_count", 404, "index_not_found_exception", "no such index [none]"),
        ("POST /logs::failures/_close", 404, "index_not_found_exception", "no such index [logs]"),
        (
            "DELETE /logs::failures",
            400,
            "unsupported_selector_exception",
            "found selector in expression [logs::failures]",
        ),
        (
            "GET /plain::data/_alias",
            400,
            "unsupported_selector_exception",
            "found selector in expression [plain::data]",
        ),
        (
            "PUT /plain::data/_alias/a",
            400,
            "unsupported_selector_exception",
            "found selector in expression [plain::data]",
        ),
    ],
)
def test_selectors_that_cannot_be(ask, line, status, kind, reason):
    answer = ask(line)
    error = json.loads(answer.body)["error"]
    assert (answer.status, error["type"]) == (status, kind)
    assert error["reason"].endswith(reason)


def test_items_of_a_bulk_name_the_index_that_was_reached(ask):
    """Asked of 7.10.2 and 8.19.21: the id that was made and the concrete index, if a shard refused; before, the name asked for."""
    ask("PUT /typed", {"mappings": {"properties": {"n": {"type": "long"}}}, "aliases": {"other": {}}})
    answer = ask.json("POST /other/_bulk", '{"create":{}}\n{"n":"x"}\n{"update":{"_id":"1"}}\n{"doc":{}}\n')
    made, missing = (next(iter(one.values())) for one in answer["items"])
    assert made["_index"] == missing["_index"] == "typed"
    assert f"'{made['_id']}'" in made["error"]["reason"]
    ask("PUT /typed/_settings", {"index.blocks.write": True})
    [blocked] = ask.json("POST /other/_bulk", '{"create":{}}\n{"n":1}\n')["items"]
    assert blocked["create"]["_index"] == "other"
    assert blocked["create"]["_id"]
