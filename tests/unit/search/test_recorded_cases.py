"""Requests on small indices, each family as fixtures/recorded/VERSION/NAME.json has it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.recorded_cases import differences

RECORDED = [
    ("shards_that_fail", "7.10.2"), ("shards_that_fail", "7.17.29"), ("shards_that_fail", "8.19.21"), ("relatives", "7.10.2"),
    ("half_floats", "7.10.2"), ("parts_of_texts", "7.10.2"), ("late_inner_hits", "7.10.2"),
    ("late_inner_hits", "8.19.21"), ("unneeded_scores", "7.10.2"), ("interval_alternatives", "7.10.2"),
    ("interval_alternatives", "8.19.21"), ("rows_of_terms", "7.10.2"), ("rows_of_terms", "8.19.21"),
    ("refused_scores", "7.10.2"), ("refused_scores", "8.19.21"),
    ("dfs_of_shards", "7.10.2"), ("dfs_of_shards", "8.19.21"),
    ("rescored_vectors", "8.19.21"),
    ("mended_searches", "7.10.2"), ("mended_searches", "8.19.21"), ("mended_searches_of_modules", "7.10.2"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "version"), RECORDED)
def test_requests_are_answered_as_recorded(raw: Any, name: str, version: str) -> None:
    assert differences(raw(version), name, version) == []


def test_a_scroll_repeats_what_its_shards_warn_of(raw: Any) -> None:
    """Asked of 7.10.2: every page warns as the first, but not of what was read on the way in."""
    ask = raw("7.10.2")
    for number in range(3):
        ask(f"PUT /i/_doc/{number}?refresh", {"t": "quick"})
    clauses = [{"type": {"value": "_doc"}}, {"common": {"t": {"query": "quick"}}}]
    first = ask("POST /i/_search?scroll=1m", {"size": 1, "query": {"bool": {"should": clauses}}})
    page = ask("POST /_search/scroll", {"scroll_id": json.loads(first.body)["_scroll_id"], "scroll": "1m"})
    warnings = [[value for name, value in one.headers if name.lower() == "warning"] for one in (first, page)]
    assert any("[common]" in one for one in warnings[0])
    assert warnings[1] == [one for one in warnings[0] if "Type queries" in one] != []
