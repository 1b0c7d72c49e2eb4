"""What is searched: two indices of the same fields, one of a single shard and one of five, written in several refreshes with documents
replaced, changed and deleted; a smaller one whose fields have other types; and one of vectors.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any, NamedTuple

from tests.conformance.search import words
from tests.conformance.search.drawing import Draw, Sample, Several

Json = Any
N_DOCUMENTS = 60
"""In each of the larger indices, after the first refresh."""
TEXT_FIELDS = ("t", "en", "de", "fr", "cjk", "white", "tv", "tp", "u")
KEYS = ("alpha", "beta", "gamma", "Delta", "eps ilon", "über", "日本")

_CONTEXTS = [{"name": "kind", "type": "category"}, {"name": "place", "type": "geo", "precision": 4}]
_VECTOR = {"type": "dense_vector", "dims": 4, "index": True}
FIELDS: Mapping[str, Json] = {
    "t": {"type": "text", "fields": {"raw": {"type": "keyword", "ignore_above": 60}}},
    "u": {"type": "text"},
    "en": {"type": "text", "analyzer": "english"},
    "de": {"type": "text", "analyzer": "german"},
    "fr": {"type": "text", "analyzer": "french"},
    "cjk": {"type": "text", "analyzer": "cjk"},
    "white": {"type": "text", "analyzer": "whitespace"},
    "tv": {"type": "text", "term_vector": "with_positions_offsets"},
    "tp": {"type": "text", "index_options": "offsets"},
    "stored": {"type": "text", "store": True},
    "data": {"type": "text", "fielddata": True},
    "short": {"type": "text", "index_prefixes": {}, "index_phrases": True},
    "plain": {"type": "text", "norms": False, "similarity": "boolean"},
    "gap": {"type": "text", "position_increment_gap": 3},
    "typed": {"type": "search_as_you_type"},
    "k": {"type": "keyword"},
    "ks": {"type": "keyword"},
    "kstored": {"type": "keyword", "store": True},
    "novalues": {"type": "keyword", "doc_values": False},
    "l": {"type": "long"},
    "ls": {"type": "long", "store": True},
    "i": {"type": "integer"},
    "f": {"type": "float"},
    "d": {"type": "double"},
    "hf": {"type": "half_float"},
    "scaled": {"type": "scaled_float", "scaling_factor": 10},
    "date": {"type": "date"},
    "nanos": {"type": "date_nanos"},
    "b": {"type": "boolean"},
    "ip": {"type": "ip"},
    "g": {"type": "geo_point"},
    "ir": {"type": "integer_range"},
    "dr": {"type": "date_range"},
    "feature": {"type": "rank_feature"},
    "features": {"type": "rank_features"},
    "flat": {"type": "flattened"},
    "c": {"type": "completion"},
    "cc": {"type": "completion", "contexts": _CONTEXTS},
    "o": {"properties": {"x": {"type": "keyword"}, "y": {"type": "integer"}}},
    "n": {
        "type": "nested",
        "properties": {
            "a": {"type": "keyword"},
            "x": {"type": "long"},
            "t": {"type": "text"},
            "m": {"type": "nested", "properties": {"y": {"type": "long"}, "z": {"type": "keyword"}}},
        },
    },
    "al": {"type": "alias", "path": "t"},
    "alk": {"type": "alias", "path": "k"},
    "j": {"type": "join", "relations": {"parent": "child"}},
    "p": {"type": "percolator"},
}
VECTORS: Mapping[str, Json] = {
    "near": {**_VECTOR, "similarity": "l2_norm", "index_options": {"type": "hnsw"}},
    "angle": {**_VECTOR, "similarity": "cosine", "index_options": {"type": "hnsw"}},
    "flat": {**_VECTOR, "similarity": "max_inner_product", "index_options": {"type": "flat"}},
    "bytes": {**_VECTOR, "similarity": "l2_norm", "element_type": "byte", "index_options": {"type": "hnsw"}},
    "k": {"type": "keyword"},
    "t": {"type": "text"},
    "l": {"type": "long"},
}
_OTHER_TYPES = {
    "t": {"type": "text"},
    "k": {"type": "keyword"},
    "l": {"type": "double"},
    "i": {"type": "keyword"},
    "date": {"type": "date_nanos"},
}

TABLES: Mapping[str, Any] = {
    "text": words.sentence,
    "passage": words.passage,
    "few": words.words,
    "key": KEYS,
    "word": words.common,
    "lat": lambda draw: round(draw.r.uniform(-60, 60), 3),
    "lon": lambda draw: round(draw.r.uniform(-170, 170), 3),
    "cents": lambda draw: round(draw.r.random() * 10, 2),
    "moment": lambda draw: (
        f"20{draw.r.randint(10, 21)}-{draw.r.randint(1, 12):02}-{draw.r.randint(1, 28):02}T{draw.r.randint(0, 23):02}:00:00Z"
    ),
    "fine_moment": lambda draw: f"2019-0{draw.r.randint(1, 9)}-11T12:10:30.{draw.r.randrange(10**9):09}Z",
    "vector": lambda draw: [round(draw.r.uniform(-3, 3), 2) for _ in range(4)],
    "byte_vector": lambda draw: [draw.r.randint(-100, 100) for _ in range(4)],
    "kept_query": (
        {"match": {"t": "$word"}},
        {"match_phrase": {"t": "$few"}},
        {"range": {"l": {"gte": range(20)}}},
        {"bool": {"must": {"term": {"k": "$key"}}, "must_not": {"match": {"t": "$word"}}}},
        {"match_all": {}},
    ),
    "inner": {
        "a?8": ("x", "y", "z"),
        "x?8": range(10),
        "t?8": "$few",
        "m?4": Several({"y?8": range(5), "z?8": ("p", "q")}, 0, 2),
    },
    "document": {
        "t?9": ("$text", "$text", Several("$text", 2, 3)),
        **{f"{name}?8": "$text" for name in ("en", "de", "fr", "cjk", "white", "plain", "short", "gap")},
        "u?9": ("$few", Several("$few", 1, 3)),
        "tv?9": ("$text", "$passage", Several("$text", 2, 2)),
        "tp?9": ("$passage", "$text"),
        "stored?5": "$few",
        "data?5": "$few",
        "typed?5": "$few",
        "k?9": "$key",
        "ks?8": Sample(KEYS, 1, 3),
        "kstored?5": "$key",
        "novalues?5": "$key",
        "l?9": (range(20), range(20), 2**53 + 1, -7, 2**40),
        "ls?8": Several(range(10), 1, 3),
        "i?9": range(-5, 50),
        "f?8": "$cents",
        "d?8": "$cents",
        "hf?8": (0.5, 1.25, 3.1, 6.5),
        "scaled?8": "$cents",
        "date?8": "$moment",
        "nanos?8": "$fine_moment",
        "b?8": (True, False),
        "ip?8": ("10.0.0.$digit", "2001:db8::$digit"),
        "g?8": ({"lat": "$lat", "lon": "$lon"}, Several({"lat": "$lat", "lon": "$lon"}, 2, 2)),
        "ir?7": ({"gte": range(10), "lt": range(11, 30)}, {"gt": range(10)}),
        "dr?7": {"gte": "2020-01-0$digit", "lte": "2020-02-0$digit"},
        "feature?8": range(1, 40),
        "features?7": {"$key_name": range(1, 20)},
        "flat?7": {"a?8": "$key", "b?5": {"c": "$word"}},
        "c?7": ("$few", {"input": Several("$few", 1, 2), "weight": range(20)}),
        "cc?7": {
            "input": Several("$few", 1, 2),
            "weight?": range(20),
            "contexts": {"kind": Sample(("ka", "kb", "kc")), "place": {"lat": "$lat", "lon": "$lon"}},
        },
        "o?7": {"x?9": "$key", "y?9": range(10)},
        "n?7": Several("$inner", 1, 4),
        "p?4": "$kept_query",
    },
    "other_document": {
        "t": "$text",
        "k": "$key",
        "l": (1.0, 2.5, 7),
        "i": ("1", "2", "x"),
        "date": "2020-01-01T00:00:00.00000000$digit",
    },
    "vectors": {
        **{f"{name}?9": "$vector" for name in ("near", "angle", "flat")},
        "bytes?9": "$byte_vector",
        "k": "$key",
        "t": "$few",
        "l": range(10),
    },
    "digit": range(1, 10),
    "key_name": ("a", "b", "c"),
}


class Write(NamedTuple):
    """A request that makes what is searched."""

    method: str
    path: str
    body: Json


class Corpus:
    """All writes, by seed.

    Args:
        lacking: names of fields that the engine cannot map.
    """

    def __init__(self, seed: int, version: tuple[int, ...], lacking: frozenset[str]) -> None:
        self._draw = Draw(Random(f"corpus {seed}"), TABLES, version)
        self._lacking = lacking
        self._version = version

    def writes(self) -> Iterator[Write]:
        fields = {name: one for name, one in FIELDS.items() if name not in self._lacking}
        for index, n_shards in (("one", 1), ("five", 5)):
            yield self._made(index, n_shards, fields, {"both": {}})
            yield from self._refreshes(index, with_family="j" in fields)
        yield self._made("other", 1, _OTHER_TYPES, {"filtered": {"filter": {"term": {"k": "alpha"}}}})
        yield self._bulk("other", [self._indexed(f"z{number}", "$other_document") for number in range(12)])
        if self._version >= (8, 11):
            yield self._made("vectors", 2, VECTORS, {})
            yield self._bulk("vectors", [self._indexed(str(number), "$vectors") for number in range(40)])

    def _refreshes(self, index: str, *, with_family: bool) -> Iterator[Write]:
        """The documents of a larger index, one segment or more at a time."""
        r = self._draw.r
        yield self._bulk(index, [self._indexed(str(number), "$document") for number in range(N_DOCUMENTS)])
        replaced = [self._indexed(str(number), "$document") for number in range(0, N_DOCUMENTS, 9)]
        changed = [
            [{"update": {"_id": str(number)}}, {"doc": {"k": r.choice(KEYS), "u": "brown " + r.choice(words.WORDS)}}]
            for number in range(1, N_DOCUMENTS, 14)
        ]
        yield self._bulk(index, replaced + changed)
        yield self._bulk(index, [[{"delete": {"_id": str(number)}}] for number in range(3, N_DOCUMENTS, 13)])
        if with_family:
            yield self._bulk(index, list(self._family()))
        yield self._bulk(index, [self._indexed(f"late{number}", "$document") for number in range(15)])

    def _family(self) -> Iterator[list[Json]]:
        for number in range(8):
            parent = f"parent{number}"
            yield [
                {"index": {"_id": parent, "routing": parent}},
                self._drawn({"t": "$text", "l": range(9), "j": "parent"}),
            ]
            for child in range(number % 4):
                relation = {"name": "child", "parent": parent}
                yield [
                    {"index": {"_id": f"child{number}{child}", "routing": parent}},
                    self._drawn({"t": "$few", "i": range(9), "k": "$key", "j": relation}),
                ]

    def _drawn(self, table: Any) -> Json:
        found = self._draw.one(table)
        return {name: value for name, value in found.items() if name not in self._lacking}

    def _indexed(self, number: str, table: str) -> list[Json]:
        return [{"index": {"_id": number}}, self._drawn(table)]

    def _made(self, index: str, n_shards: int, fields: Json, aliases: Json) -> Write:
        settings = {"number_of_shards": n_shards, "number_of_replicas": 0, "refresh_interval": -1}
        body = {"settings": settings, "mappings": {"properties": dict(fields)}, "aliases": aliases}
        return Write("PUT", f"/{index}", body)

    def _bulk(self, index: str, actions: list[list[Json]]) -> Write:
        lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for action in actions for line in action)
        return Write("POST", f"/{index}/_bulk?refresh", lines)
