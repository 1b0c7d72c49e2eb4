"""Searches without hits that are asked again are answered as the first time, and never from before a change.

Docs: shard-request-cache: an answer is kept until a refresh finds changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

COUNT = '{"size":0,"aggs":{"s":{"sum":{"field":"n"}}}}'


def summed(ask: Callable[..., Any], body: str = COUNT, query: str = "") -> Any:
    answer = json.loads(ask(f"POST /books/_search{query}", body).body)
    return answer["aggregations"]["s"]["value"], answer["hits"]["total"]["value"]


def test_changes_are_seen_after_a_refresh(raw: Callable[..., Any]) -> None:
    ask = raw("7.10.2")
    ask("PUT /books", '{"settings":{"refresh_interval":"-1"}}')
    ask("PUT /books/_doc/1?refresh=true", '{"n":1}')
    assert summed(ask) == summed(ask) == (1.0, 1)
    ask("PUT /books/_doc/2", '{"n":10}')
    assert summed(ask) == (1.0, 1)
    ask("POST /books/_refresh")
    assert summed(ask) == (11.0, 2)
    ask("DELETE /books/_doc/1?refresh=true")
    assert summed(ask) == summed(ask) == (10.0, 1)


def test_parameters_and_bodies_are_told_apart(raw: Callable[..., Any]) -> None:
    ask = raw("7.10.2")
    ask("PUT /books/_doc/1?refresh=true&routing=a", '{"n":1}')
    assert summed(ask) == (1.0, 1)
    assert summed(ask, query="?q=n:5") == (0.0, 0)
    assert summed(ask, COUNT.replace("sum", "max")) == (1.0, 1)
    typed = json.loads(ask("POST /books/_search?typed_keys=true", COUNT).body)
    assert typed["aggregations"] == {"sum#s": {"value": 1.0}}
    assert summed(ask) == (1.0, 1)


def test_another_index_of_the_name_has_its_own_answers(raw: Callable[..., Any]) -> None:
    ask = raw("7.10.2")
    ask("PUT /books/_doc/1?refresh=true", '{"n":1}')
    assert summed(ask) == (1.0, 1)
    ask("DELETE /books")
    ask("PUT /books/_doc/1?refresh=true", '{"n":7}')
    assert summed(ask) == summed(ask) == (7.0, 1)


def test_filtered_aliases_have_their_own_answers(raw: Callable[..., Any]) -> None:
    ask = raw("7.10.2")
    ask("PUT /shelf/_doc/1", '{"n":1}')
    ask("PUT /shelf/_doc/2?refresh=true", '{"n":5}')
    actions = '{"actions":[{"add":{"index":"shelf","alias":"books","filter":{"term":{"n":5}}}}]}'
    assert ask("POST /_aliases", actions).status == 200
    assert summed(ask) == (5.0, 1)
    assert json.loads(ask("POST /shelf/_search", COUNT).body)["aggregations"]["s"]["value"] == 6.0
    assert summed(ask) == (5.0, 1)
    ask("POST /_aliases", actions.replace('"n":5', '"n":1'))
    assert summed(ask) == (1.0, 1)


def test_every_form_of_a_remembered_answer_is_that_of_a_fresh_one(raw: Callable[..., Any]) -> None:
    ask = raw("7.10.2")
    ask("PUT /books/_doc/1?refresh=true", '{"n":1e10,"t":"ä \\ud83d\\ude00"}')
    body = '{"size":0,"aggs":{"s":{"stats":{"field":"n"}},"h":{"top_hits":{}},"k":{"terms":{"field":"t.keyword"}}}}'
    for query in ("", "pretty=true", "format=yaml", "filter_path=aggregations.s.max,**._source"):
        fresh = ask(f"POST /books/_search?request_cache=false&{query}", body).body
        for _ in range(2):
            again = ask(f"POST /books/_search?{query}", body).body
            assert re.sub(rb'took"? ?: ?\d+', b"", again) == re.sub(rb'took"? ?: ?\d+', b"", fresh)


def test_what_forbids_a_search_forbids_it_when_it_is_remembered(raw: Callable[..., Any]) -> None:
    ask = raw("7.10.2")
    ask("PUT /books/_doc/1?refresh=true", '{"n":1}')
    assert summed(ask) == summed(ask) == (1.0, 1)
    ask("PUT /books/_settings", '{"index.blocks.read":true}')
    assert ask("POST /books/_search", COUNT).status == 403
    ask("PUT /books/_settings", '{"index.blocks.read":false}')
    assert summed(ask) == (1.0, 1)
    ask("POST /books/_close")
    assert ask("POST /books/_search", COUNT).status == 400
    ask("DELETE /books")
    assert ask("POST /books/_search", COUNT).status == 404


def test_a_limit_that_has_become_lower_counts(raw: Callable[..., Any]) -> None:
    ask = raw("7.10.2")
    ask("PUT /books/_doc/1?refresh=true", '{"n":[1,2,3]}')
    body = '{"size":0,"aggs":{"s":{"terms":{"field":"n"}}}}'
    assert ask("POST /books/_search", body).status == ask("POST /books/_search", body).status == 200
    ask("PUT /_cluster/settings", '{"transient":{"search.max_buckets":2}}')
    assert ask("POST /books/_search", body).status == 503


def test_deprecations_are_announced_each_time(raw: Callable[..., Any]) -> None:
    ask = raw("7.10.2")
    ask("PUT /books/_doc/1?refresh=true", '{"day":"2020-01-01"}')
    body = '{"size":0,"aggs":{"s":{"date_histogram":{"field":"day","interval":"day"}}}}'
    warnings = [ask("POST /books/_search", body).header("warning") for _ in range(3)]
    assert warnings[0] is not None
    assert warnings == [warnings[0]] * 3


def test_hits_and_misses_are_counted_and_searches_told(raw: Callable[..., Any]) -> None:
    ask = raw("7.10.2")
    ask("PUT /books/_doc/1?refresh=true", '{"n":1}')
    for _ in range(4):
        summed(ask)
    stats = json.loads(ask("GET /books/_stats/request_cache,search").body)["_all"]["primaries"]
    assert (stats["request_cache"]["miss_count"], stats["request_cache"]["hit_count"]) == (1, 3)
    assert stats["search"]["query_total"] == 4


def test_a_block_changes_what_is_remembered(raw):
    ask = raw("7.10.2")
    ask("PUT /a/_doc/1?refresh", {"n": 1})
    ask("PUT /e")
    search = {"query": {"ids": {"values": ["1"]}}}
    assert ask.json("POST /a,e/_search?size=0", search)["_shards"]["skipped"] == 0
    ask("PUT /e/_settings", {"index.blocks.write": True})
    assert ask.json("POST /a,e/_search?size=0", search)["_shards"]["skipped"] == 1
    ask("PUT /e/_settings", {"index.blocks.write": False})
    assert ask.json("POST /a,e/_search?size=0", search)["_shards"]["skipped"] == 0
