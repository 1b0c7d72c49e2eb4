"""Which names field capabilities list: objects that are only parts of names, and fields of which segments keep nothing.

Evidence: asked of 8.19.21.
"""

from __future__ import annotations

from typing import Any

import pytest

MAPPING = {
    "properties": {
        "seen": {"type": "keyword"},
        "blind": {"type": "text", "index": False},
        "flat": {"type": "object", "subobjects": False, "properties": {"a.b": {"type": "keyword", "fields": {"c": {"type": "text"}}}}},
    }
}


@pytest.fixture
def ask(raw: Any) -> Any:
    made = raw("8.19.21")
    assert made("PUT /i", {"mappings": MAPPING}).status == 200
    assert made("PUT /i/_doc/1?refresh", {"seen": "x", "blind": "y", "flat": {"a.b": "z"}}).status == 201
    return made


def _listed(ask: Any, query: str) -> dict[str, str]:
    fields = ask.json(f"GET /i/_field_caps?filters=-metadata&fields={query}")["fields"]
    return {name: next(iter(kinds)) for name, kinds in fields.items()}


def test_parts_of_names_before_dots_are_objects(ask: Any) -> None:
    assert _listed(ask, "flat*") == {"flat": "object", "flat.a": "object", "flat.a.b": "keyword", "flat.a.b.c": "text"}


def test_fields_of_which_nothing_is_kept_are_empty(ask: Any) -> None:
    assert _listed(ask, "seen,blind&include_empty_fields=false") == {"seen": "keyword"}
    assert _listed(ask, "seen,blind") == {"seen": "keyword", "blind": "text"}
