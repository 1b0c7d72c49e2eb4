"""Bodies that a client might send, and ways to spoil them."""

from __future__ import annotations

import json
import random
from typing import Any

Json = Any

SEARCHES: tuple[Json, ...] = (
    {"query": {"match": {"t": {"query": "a b", "operator": "and"}}}, "size": 3, "from": 0},
    {"query": {"bool": {"must": [{"term": {"k": "a"}}], "filter": {"range": {"n": {"gte": 1, "lt": 5}}}, "minimum_should_match": 1}}},
    {"query": {"query_string": {"query": "k:a AND n:[1 TO 3]", "default_field": "t", "fuzziness": "AUTO"}}},
    {"query": {"multi_match": {"query": "x", "fields": ["t", "k^2"], "type": "best_fields", "tie_breaker": 0.3}}},
    {"query": {"function_score": {"query": {"match_all": {}}, "functions": [{"weight": 2}], "boost_mode": "sum"}}},
    {"query": {"nested": {"path": "o", "query": {"exists": {"field": "o.a"}}, "score_mode": "avg"}}},
    {"query": {"geo_distance": {"distance": "10km", "g": {"lat": 1.0, "lon": 2.0}}}},
    {"query": {"ids": {"values": ["1", "2"]}}, "_source": {"includes": ["t*"], "excludes": ["k"]}},
    {"query": {"wildcard": {"k": {"value": "a*"}}}, "highlight": {"fields": {"t": {"number_of_fragments": 2}}, "pre_tags": ["<b>"]}},
    {"query": {"fuzzy": {"t": {"value": "aple", "max_expansions": 10}}}, "sort": [{"n": {"order": "desc", "missing": "_last"}}, "_score"]},
    {"sort": [{"d": {"order": "asc", "format": "epoch_millis"}}], "search_after": [1], "track_total_hits": 5, "docvalue_fields": ["n"]},
    {"size": 0, "aggs": {"a": {"terms": {"field": "k", "size": 3, "order": {"_key": "asc"}}, "aggs": {"s": {"sum": {"field": "n"}}}}}},
    {"size": 0, "aggs": {"a": {"date_histogram": {"field": "d", "fixed_interval": "1d", "time_zone": "+01:00", "min_doc_count": 1}}}},
    {"size": 0, "aggs": {"a": {"histogram": {"field": "n", "interval": 2, "offset": 1, "extended_bounds": {"min": 0, "max": 10}}}}},
    {"size": 0, "aggs": {"a": {"range": {"field": "n", "ranges": [{"to": 2}, {"from": 2, "to": 4}]}}, "p": {"percentiles": {"field": "n"}}}},
    {"size": 0, "aggs": {"a": {"composite": {"size": 2, "sources": [{"k": {"terms": {"field": "k"}}}]}}}},
    {"size": 0, "aggs": {"a": {"filters": {"filters": {"x": {"term": {"k": "a"}}}}}, "c": {"cardinality": {"field": "n"}}}},
    {"suggest": {"s": {"text": "aple", "term": {"field": "t"}}}, "rescore": {"window_size": 5, "query": {"rescore_query": {"match_all": {}}}}},
    {"query": {"more_like_this": {"fields": ["t"], "like": "a b", "min_term_freq": 1}}, "collapse": {"field": "k"}, "explain": True},
)
INDICES: tuple[Json, ...] = (
    {"settings": {"number_of_shards": 1, "number_of_replicas": 0}, "mappings": {"properties": {"a": {"type": "keyword", "ignore_above": 5}}}},
    {"mappings": {"dynamic": "strict", "properties": {"a": {"type": "text", "fields": {"k": {"type": "keyword"}}}, "d": {"type": "date"}}}},
    {"aliases": {"al": {"filter": {"term": {"a": 1}}, "routing": "1"}}, "settings": {"index": {"refresh_interval": "5s"}}},
    {
        "settings": {"analysis": {"analyzer": {"x": {"type": "custom", "tokenizer": "standard", "filter": ["lowercase"]}}}},
        "mappings": {"properties": {"a": {"type": "text", "analyzer": "x"}}},
    },
)
DOCUMENTS: tuple[Json, ...] = (
    {"t": "a b", "k": "a", "n": 1, "d": "2020-01-01", "b": True, "g": {"lat": 1, "lon": 2}, "i": "1.2.3.4"},
    {"n": [1, 2, 3], "o": [{"a": 1}, {"a": 2}], "new": {"deep": {"er": "x"}}},
)
OTHERS: tuple[tuple[str, str, Json], ...] = (
    ("POST", "/h/_update/1", {"doc": {"n": 2}, "doc_as_upsert": True}),
    ("POST", "/_mget", {"docs": [{"_index": "h", "_id": "1", "_source": ["n"]}]}),
    ("POST", "/h/_count", {"query": {"term": {"k": "a"}}}),
    ("POST", "/_aliases", {"actions": [{"add": {"index": "h", "alias": "ha"}}]}),
    ("PUT", "/h/_mapping", {"properties": {"m": {"type": "long", "null_value": 1}}}),
    ("PUT", "/h/_settings", {"index": {"number_of_replicas": 1}}),
    ("POST", "/h/_analyze", {"analyzer": "standard", "text": ["a b"]}),
    ("PUT", "/_cluster/settings", {"transient": {"action.auto_create_index": True}}),
    ("POST", "/h/_explain/1", {"query": {"match": {"t": "a"}}}),
    ("POST", "/h/_validate/query?explain", {"query": {"match": {"t": "a"}}}),
    ("POST", "/h/_termvectors/1", {"fields": ["t"], "offsets": True}),
    ("POST", "/_search/scroll", {"scroll_id": "x", "scroll": "1m"}),
    ("PUT", "/_scripts/s", {"script": {"lang": "painless", "source": "1"}}),
    ("PUT", "/_ingest/pipeline/p", {"processors": [{"set": {"field": "a", "value": 1}}]}),
    ("POST", "/h/_delete_by_query", {"query": {"term": {"k": "zz"}}}),
    ("PUT", "/_index_template/t", {"index_patterns": ["tt*"], "template": {"settings": {"number_of_shards": 1}}, "priority": 5}),
)
_ODD: tuple[Json, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63) - 1, 1e400, 1.5, "", "a", "-5s", "1d", "NaN", [], {}, [[]], [None], [1, "a"],
    {"": 1}, {"a": {}}, {"query": []}, "\u0000", "é" * 20, "x" * 5000, {"match_all": {}},
)  # fmt: skip


def paths(tree: Json, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a tree but its root."""
    members = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    found = []
    for key, value in members:
        found += [(*at, key), *paths(value, (*at, key))]
    return found


def _copy(tree: Json) -> Json:
    return json.loads(json.dumps(tree))


def misshapen(tree: Json, chance: random.Random) -> Json:
    """The tree with one or two members replaced, renamed, removed or wrapped."""
    tree = _copy(tree)
    for _ in range(chance.choice((1, 1, 1, 2))):
        places = paths(tree)
        if not places:
            break
        *above, key = chance.choice(places)
        holder = tree
        for one in above:
            holder = holder[one]
        change = chance.randrange(5)
        if change == 0 and isinstance(holder, dict):
            name = chance.choice((f"{key}x", str(key)[:-1], "zzz", "", "query", f"{key}.{key}"))
            holder[name] = holder.pop(key)
        elif change == 1:
            del holder[key]
        elif change == 2:
            holder[key] = [holder[key]]
        elif change == 3:
            holder[key] = {chance.choice(("a", "value", "query", "field")): holder[key]}
        else:
            holder[key] = _copy(chance.choice(_ODD))
    return tree


def written(tree: Json) -> bytes:
    """A tree as JSON; numbers beyond a double are written out."""
    return json.dumps(tree, separators=(",", ":"), ensure_ascii=False).replace("Infinity", "1e400").encode("utf-8", "surrogatepass")


def broken(text: bytes, chance: random.Random) -> bytes:
    """A text with bytes cut off, changed, doubled or put in."""
    if not text:
        return chance.randbytes(5)
    place = chance.randrange(len(text))
    change = chance.randrange(7)
    if change == 0:
        return text[:place]
    if change == 1:
        return text[:place] + text[place + 1 :]
    if change == 2:
        return text[:place] + chance.choice(b'{}[],:"\\x0 1e-+.tn').to_bytes(1, "big") + text[place:]
    if change == 3:
        return text[:place] + chance.randbytes(chance.randint(1, 3)) + text[place:]
    if change == 4:
        end = min(len(text), place + chance.randint(1, 20))
        return text[:end] + text[place:]
    if change == 5:
        return text + chance.choice((b"}", b"]", b" x", b"{}", b"\n\n{", b"\x00"))
    return text[:place] + bytes([text[place] ^ 1 << chance.randrange(8)]) + text[place + 1 :]


def nested(depth: int, kind: int) -> bytes:
    """A text that is nested very deeply."""
    if kind == 0:
        return b"[" * depth + b"]" * depth
    if kind == 1:
        return b'{"query":' + b'{"bool":{"must":' * depth + b'{"match_all":{}}' + b"}}" * depth + b"}"
    if kind == 2:
        return b'{"a":' * depth + b"1" + b"}" * depth
    return b'{"aggs":' + b'{"a":{"filter":{"match_all":{}},"aggs":' * depth + b"{}" + b"}}" * depth + b"}"
