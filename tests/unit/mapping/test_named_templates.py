"""Dynamic templates that bulk lines name for new fields. Asked of 8.19.21."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

JSON = {"content-type": "application/json"}
TEMPLATES = [{"place": {"mapping": {"type": "geo_point"}}}, {"word": {"match": "never_*", "mapping": {"type": "keyword"}}}]


@pytest.fixture
def ask(raw: Callable[..., Any]) -> Callable[..., Any]:
    call = raw("8.19.21")
    call("PUT /books", json.dumps({"mappings": {"dynamic_templates": TEMPLATES}}).encode(), JSON)

    def send(*lines: Any) -> Any:
        body = "".join(json.dumps(one) + "\n" for one in lines).encode()
        return json.loads(call("POST /books/_bulk?refresh", body, {"content-type": "application/x-ndjson"}).body)

    send.properties = lambda: json.loads(call("GET /books/_mapping", None, {}).body)["books"]["mappings"]["properties"]  # type: ignore[attr-defined]
    return send


def line(doc_id: str, **templates: str) -> dict[str, Any]:
    return {"index": {"_id": doc_id, "dynamic_templates": templates}}


def test_the_named_template_makes_the_field_whatever_it_matches(ask: Any) -> None:
    done = ask(line("1", shop="place", **{"a.b": "word"}), {"shop": [2, 48], "a": {"b": ["x", "y"]}, "rest": "text"})
    assert done["errors"] is False
    found = ask.properties()
    assert (found["shop"]["type"], found["a"]["properties"]["b"]["type"], found["rest"]["type"]) == ("geo_point", "keyword", "text")


def test_known_fields_ask_for_no_template(ask: Any) -> None:
    ask(line("1", shop="place"), {"shop": "48,2"})
    assert ask(line("2", shop="none such"), {"shop": "48,2"})["errors"] is False


@pytest.mark.parametrize("value", ["48,2", [2, 48]])
def test_a_template_that_is_not_there_is_told(ask: Any, value: Any) -> None:
    error = ask(line("1", shop="none"), {"shop": value})["items"][0]["index"]["error"]
    reason = "[1:10] Can't find dynamic template for dynamic template name [none] of field [shop]"
    assert (error["type"], error["reason"].partition("] ")[2]) == ("document_parsing_exception", reason.partition("] ")[2])


def test_an_object_cannot_be_what_the_template_makes(ask: Any) -> None:
    error = ask(line("1", a="word"), {"a.b": "x"})["items"][0]["index"]["error"]
    assert "failed to parse field [a] of type [keyword] in document with id '1'. Preview of field's value: '{b=x}'" in error["reason"]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (({"index": {"_id": "1", "dynamic_templates": "x"}}, {"a": 1}), "Action/metadata line [1] contains an unknown parameter [dynamic_templates]"),
        (({"update": {"_id": "1", "dynamic_templates": {"a": "b"}}}, {"doc": {}}), "Update request in line [1] does not accept dynamic_templates"),
        (({"delete": {"_id": "1", "dynamic_templates": {"a": "b"}}},), "Delete request in line [1] does not accept dynamic_templates"),
    ],
)
def test_only_documents_that_are_indexed_have_them(ask: Any, lines: Any, reason: str) -> None:
    assert ask(*lines)["error"]["reason"] == reason
