"""significant_text on a field that is not mapped fails with the first document, and not before. Source: asked of 7.10.2."""

import pytest


@pytest.fixture
def ask(raw):
    made = raw("7.10.2")
    made("PUT /books/_doc/1?refresh", {"content": "a b"})
    return made


def search(ask, query):
    return ask.json("POST /books/_search", {"size": 0, "query": query, "aggs": {"t": {"significant_text": {"field": "all"}}}})


@pytest.mark.parametrize("query", [{"match": {"content": "zzz"}}, {"match": {"all": "x"}}, {"match_none": {}}])
def test_nothing_found_nothing_missed(ask, query):
    assert search(ask, query)["aggregations"] == {"t": {"doc_count": 0, "bg_count": 1, "buckets": []}}


def test_a_document_is_one_too_many(ask):
    answer = search(ask, {"match_all": {}})
    assert answer["status"] == 500
    assert answer["error"]["root_cause"][0]["type"] == "null_pointer_exception"
    assert "SignificantTextCollectorSource" in answer["error"]["root_cause"][0]["reason"]
