"""Sizes of segment files in statistics: which there are, what they are called, how they add up.

Evidence: asked of 7.10.2 and 8.19.21 with one document, and with two.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Ask = Callable[..., Any]
OF_SEVEN = {
    "fdx": "Field Index", "fdt": "Field Data", "fdm": "Others", "fnm": "Fields", "kdd": "Others", "kdi": "Others", "kdm": "Others",
    "tim": "Term Dictionary", "tip": "Term Index", "tmd": "Others", "doc": "Frequencies", "dvd": "DocValues", "dvm": "DocValues",
}
OF_TEXT = {"pos": "Positions", "nvd": "Norms", "nvm": "Norms"}
OF_EIGHT = {"cfs": "Compound Files", "cfe": "Compound Files Entries", "si": "Segment Info"}


def file_sizes(ask: Ask, path: str = "/_stats/segments?include_segment_file_sizes") -> dict[str, Any]:
    body = json.loads(ask(f"GET {path}").body)
    sizes: dict[str, Any] = body["_all"]["primaries"]["segments"]["file_sizes"]
    return sizes


@pytest.mark.parametrize(
    ("version", "kind", "expected"),
    [("7.10.2", "text", OF_SEVEN | OF_TEXT), ("7.10.2", "long", OF_SEVEN), ("8.19.21", "text", OF_EIGHT)],
)
def test_there_is_an_entry_for_each_kind_of_file(raw: Ask, version: str, kind: str, expected: dict[str, str]) -> None:
    ask = raw(version)
    ask("PUT /i", json.dumps({"mappings": {"properties": {"f": {"type": kind}}}}))
    assert file_sizes(ask) == {}
    ask("PUT /i/_doc/1?refresh", '{"f":1}')
    found = file_sizes(ask)
    assert {name: entry["description"] for name, entry in found.items()} == expected
    assert all(entry["size_in_bytes"] > 0 for entry in found.values())
    assert file_sizes(ask, "/_stats/segments") == {}


def test_files_of_segments_add_up(raw: Ask) -> None:
    ask = raw("8.19.21")
    ask("PUT /i/_doc/1?refresh", '{"f":"one"}')
    one = file_sizes(ask)["cfs"]
    ask("PUT /i/_doc/2?refresh", json.dumps({"f": "more than one " * 20}))
    two = file_sizes(ask)["cfs"]
    assert list(two) == ["description", "size_in_bytes", "min_size_in_bytes", "max_size_in_bytes", "average_size_in_bytes", "count"]
    assert (one["count"], two["count"], two["min_size_in_bytes"]) == (1, 2, one["size_in_bytes"])
    assert two["size_in_bytes"] == two["min_size_in_bytes"] + two["max_size_in_bytes"]
    assert two["average_size_in_bytes"] == two["size_in_bytes"] // 2


@pytest.mark.parametrize("version", ["7.10.2", "8.19.21"])
def test_nodes_tell_of_them_too(raw: Ask, version: str) -> None:
    ask = raw(version)
    ask("PUT /i/_doc/1?refresh", '{"f":1}')
    body = json.loads(ask("GET /_nodes/stats/indices/segments?include_segment_file_sizes").body)
    (node,) = body["nodes"].values()
    assert node["indices"]["segments"]["file_sizes"] == file_sizes(ask)
