"""Hits that rank alike stand by shard number, then by index, then by age. Evidence: the same requests asked of 7.10.2."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


def test_first_shards_of_all_indices_come_before_second_ones(raw: Callable[..., Any]) -> None:
    ask = raw("7.10.2")
    for index in ("b", "a"):
        settings = {"settings": {"number_of_shards": 2, "number_of_replicas": 0}}
        assert ask(f"PUT /{index}", json.dumps(settings)).status == 200
        for number in range(6):
            assert ask(f"PUT /{index}/_doc/{number}", "{}").status == 201
    ask("POST /_refresh")
    shard_of = {}
    for index in ("a", "b"):
        for number in range(6):
            found = json.loads(ask(f"GET /{index}/_search_shards?routing={number}").body)
            shard_of[index, str(number)] = found["shards"][0][0]["shard"]
    assert set(shard_of.values()) == {0, 1}
    hits = json.loads(ask("GET /b,a/_search?size=20").body)["hits"]["hits"]
    found = [(shard_of[hit["_index"], hit["_id"]], hit["_index"], int(hit["_id"])) for hit in hits]
    assert len(found) == 12
    assert found == sorted(found)
