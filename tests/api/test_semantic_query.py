"""The query ``semantic`` on fields that are no ``semantic_text``. Source: class SemanticQueryBuilder of 8.15 and later."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("query", "status", "reason"),
    [
        ({"field": "t", "query": "x"}, 400, "Field [t] of type [text] does not support semantic queries"),
        ({"field": "nope", "query": "x"}, 200, None),
        ({"field": "t", "query": "x", "lenient": True}, 200, None),
        ({"field": "t"}, 400, "Required [query]"),
    ],
)
def test_fields_without_a_model_are_refused(raw: Callable[..., Any], query: Any, status: int, reason: str | None) -> None:
    ask = raw("8.19.21")
    headers = {"content-type": "application/json"}
    ask("PUT /i", json.dumps({"mappings": {"properties": {"t": {"type": "text"}}}}).encode(), headers)
    got = ask("POST /i/_search", json.dumps({"query": {"semantic": query}}).encode(), headers)
    answer = json.loads(got.body)
    assert got.status == status
    assert reason is None or answer["error"]["root_cause"][0]["reason"] == reason
