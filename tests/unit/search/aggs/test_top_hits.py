"""top_hits: which scores are shown. Evidence: answers of 7.10.2 to the same requests."""

from __future__ import annotations

from tests.unit.search.aggs.searching import Documents

MAPPING = {"properties": {"i": {"type": "long"}, "date": {"type": "date"}}}


def test_scores_are_not_shown_beside_other_sort_keys_unless_tracked() -> None:
    documents = Documents("7.10.2", MAPPING, [[[{"i": 90}]]])
    sort = [{"_score": "desc"}, {"i": "asc"}]
    answer = documents.aggregate({"h": {"top_hits": {"sort": sort, "_source": False}}})
    hit = {"_index": "books", "_type": "_doc", "_id": "0", "_score": None, "sort": [1.0, 90]}
    assert answer == {"h": {"hits": {"total": {"value": 1, "relation": "eq"}, "max_score": None, "hits": [hit]}}}


def test_equal_hits_of_joined_buckets_come_in_order_of_the_buckets() -> None:
    dates = ["2020-03-01", "2020-01-01", "2020-02-01", "2020-09-01"]
    documents = Documents("7.10.2", MAPPING, [[[{"date": one} for one in dates]]])
    body = {"date": {"auto_date_histogram": {"field": "date", "buckets": 3}, "aggs": {"h": {"top_hits": {"size": 1}}}}}
    first = documents.aggregate(body)["date"]["buckets"][0]
    assert (first["doc_count"], first["h"]["hits"]["hits"][0]["_id"]) == (3, "1")
