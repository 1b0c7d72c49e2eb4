"""What stands below the empty buckets of histograms. Source: asked of 7.10.2."""

import pytest


@pytest.mark.parametrize("field", ["k", "n"])
def test_terms_have_no_buckets_there_whatever_their_least_count(raw, field):
    ask = raw("7.10.2")
    properties = {"t": {"type": "date"}, "k": {"type": "keyword"}, "n": {"type": "long"}}
    ask("PUT /a", {"mappings": {"properties": properties}})
    for name, (t, k, n) in {"0": (0, "x", 1), "1": (7_200_000, "y", 2), "2": (10_800_000, None, None)}.items():
        ask(f"PUT /a/_doc/{name}?refresh", {"t": t, "k": k, "n": n})
    below = {"v": {"terms": {"field": field, "min_doc_count": 0}}}
    aggs = {"h": {"date_histogram": {"field": "t", "fixed_interval": "1h"}, "aggs": below}}
    buckets = ask.json("POST /a/_search", {"size": 0, "aggs": aggs})["aggregations"]["h"]["buckets"]
    counts = [(bucket["doc_count"], [one["doc_count"] for one in bucket["v"]["buckets"]]) for bucket in buckets]
    assert counts == [(1, [1, 0]), (0, []), (1, [1, 0]), (1, [0, 0])]
