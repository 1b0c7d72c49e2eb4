"""Small things of 9.x. Source: release notes and specification of 9.2 to 9.5; no engine here is that new."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.unverified


def test_rules_are_appended_to_a_set(raw: Any) -> None:
    ask = raw("9.5.3")
    ask("PUT /_synonyms/s", {"synonyms_set": [{"id": "1", "synonyms": "a,b"}, {"id": "2", "synonyms": "c,d"}]})
    assert ask("PUT /_synonyms/s?append=true", {"synonyms_set": [{"id": "2", "synonyms": "e,f"}, {"id": "3", "synonyms": "g,h"}]}).status == 200
    found = ask.json("GET /_synonyms/s")
    assert [(one["id"], one["synonyms"]) for one in found["synonyms_set"]] == [("1", "a,b"), ("2", "e,f"), ("3", "g,h")]
    after = ask.json("GET /_synonyms/s?search_after=1")
    assert ([one["id"] for one in after["synonyms_set"]], after["count"]) == (["2", "3"], 3)


@pytest.mark.parametrize(("version", "status"), [("8.19.21", 400), ("9.5.3", 200)])
def test_counts_are_told_in_groups_of_statistics(raw: Any, version: str, status: int) -> None:
    ask = raw(version)
    ask("PUT /i")
    assert ask("POST /i/_count?stats=a", {"query": {"match_all": {}}}).status == status


def test_grok_only_looks(raw: Any) -> None:
    ask = raw("9.5.3")
    grok = {"field": "a", "patterns": ["%{WORD:w} %{WORD:v}"], "validate_only": True}
    body = {"pipeline": {"processors": [{"grok": grok}]}, "docs": [{"_source": {"a": "x y"}}, {"_source": {"a": "x"}}]}
    matched, failed = ask.json("POST /_ingest/pipeline/_simulate", body)["docs"]
    assert matched["doc"]["_source"] == {"a": "x y"}
    assert failed["error"]["reason"] == "Provided Grok expressions do not match field value: [x]"
    assert raw("8.19.21")("POST /_ingest/pipeline/_simulate", body).status == 400


@pytest.mark.parametrize(
    ("body", "since"),
    [
        ({"mappings": {"properties": {"f": {"type": "pattern_text"}}}}, "9.5.3"),
        ({"mappings": {"properties": {"f": {"type": "flattened", "properties": {"a": {"type": "keyword"}}}}}}, "9.5.3"),
        ({"settings": {"index.mode": "columnar"}}, "9.5.3"),
    ],
)
def test_what_is_not_built_says_so(raw: Any, body: Any, since: str) -> None:
    assert raw(since)("PUT /i", body).status == 501
    assert raw("8.19.21")("PUT /i", body).status == 400
