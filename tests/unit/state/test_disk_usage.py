"""Which structures each field has. Evidence: answers of 8.19.21 to the same index; sizes are estimates and not compared."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

MAPPING = {
    "t": {"type": "text"}, "k": {"type": "keyword"}, "n": {"type": "long"}, "b": {"type": "boolean"}, "ip": {"type": "ip"},
    "v": {"type": "dense_vector", "dims": 3}, "s": {"type": "keyword", "store": True}, "kn": {"type": "keyword", "doc_values": False},
    "ki": {"type": "keyword", "index": False}, "tv": {"type": "text", "term_vector": "yes"}, "empty": {"type": "keyword"},
    "f": {"type": "flattened"}, "c": {"type": "completion"}, "ne": {"type": "nested", "properties": {"q": {"type": "keyword"}}},
}  # fmt: skip
SOURCE = {
    "t": "a b", "k": "x", "n": 1, "b": True, "ip": "1.1.1.1", "v": [1, 2, 3], "s": "q", "kn": "q", "ki": "q", "tv": "a",
    "f": {"a": "b"}, "c": "q", "ne": [{"q": "1"}],
}  # fmt: skip
STRUCTURES = {
    "_field_names": "inverted_index", "_id": "inverted_index stored_fields", "_nested_path": "inverted_index",
    "_primary_term": "doc_values", "_seq_no": "points", "_source": "stored_fields", "_version": "",
    "b": "inverted_index doc_values", "c": "inverted_index norms", "f": "inverted_index doc_values",
    "f._keyed": "inverted_index doc_values", "ip": "doc_values points", "k": "inverted_index doc_values", "ki": "doc_values",
    "kn": "inverted_index", "n": "doc_values points", "ne.q": "inverted_index doc_values",
    "s": "inverted_index stored_fields doc_values", "t": "inverted_index norms", "tv": "inverted_index norms term_vectors",
    "v": "knn_vectors", "v._magnitude": "doc_values",
}  # fmt: skip


def size(one: dict[str, Any], part: str) -> int:
    return int(one[part]["total_in_bytes"] if part == "inverted_index" else one[f"{part}_in_bytes"])


def test_structures_of_fields(raw: Callable[..., Any]) -> None:
    ask = raw("8.19.21")
    ask("PUT /du", json.dumps({"settings": {"number_of_replicas": 0}, "mappings": {"properties": MAPPING}}))
    ask("PUT /du/_doc/1", json.dumps(SOURCE))
    found = json.loads(ask("POST /du/_disk_usage?run_expensive_tasks=true").body)
    assert found["_shards"] == {"total": 1, "successful": 1, "failed": 0}
    fields = found["du"]["fields"]
    parts = ("inverted_index", "stored_fields", "doc_values", "points", "norms", "term_vectors", "knn_vectors")
    assert {name: " ".join(part for part in parts if size(one, part)) for name, one in fields.items()} == STRUCTURES
    assert list(fields) == sorted(fields)
    for one in (found["du"]["all_fields"], *fields.values()):
        assert one["total_in_bytes"] == sum(size(one, part) for part in parts)
    assert found["du"]["store_size_in_bytes"] > found["du"]["all_fields"]["total_in_bytes"]


def test_expensive_tasks_are_asked_for(raw: Callable[..., Any]) -> None:
    ask = raw("8.19.21")
    ask("PUT /du")
    answer = ask("POST /du/_disk_usage")
    assert answer.status == 400
    assert "[run_expensive_tasks] must be set to [true]" in json.loads(answer.body)["error"]["reason"]
    assert ask("POST /nope/_disk_usage?run_expensive_tasks=true").status == 404
