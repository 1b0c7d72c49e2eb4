"""Search shards. Evidence: answers of a real 7.10.2 to the same requests."""

from __future__ import annotations

from typing import Any

ALIASES = {
    "s1": {}, "s2": {"filter": {"term": {"f": "v1"}}}, "s3": {"filter": {"term": {"f": {"value": "v2", "boost": 2}}}},
}


def test_filters_of_aliases_are_written_out(raw: Any) -> None:
    ask = raw("7.10.2")
    ask.json("PUT /s", {"settings": {"number_of_shards": 2, "number_of_replicas": 0}, "aliases": ALIASES})
    assert ask.json("GET /s/_search_shards")["indices"] == {"s": {}}
    assert ask.json("GET /s1/_search_shards")["indices"] == {"s": {"aliases": ["s1"]}}
    assert ask.json("GET /s2/_search_shards")["indices"] == {
        "s": {"aliases": ["s2"], "filter": {"term": {"f": {"value": "v1", "boost": 1.0}}}}
    }
    assert ask.json("GET /s2,s1/_search_shards")["indices"] == {"s": {"aliases": ["s1", "s2"]}}
    shards = ask.json("GET /s/_search_shards")["shards"]
    assert [[copy["shard"] for copy in group] for group in shards] == [[0], [1]]


def test_unknown_indices_have_no_shards(raw: Any) -> None:
    assert raw("7.10.2").json("GET /nope/_search_shards") == {"nodes": {}, "indices": {}, "shards": []}
