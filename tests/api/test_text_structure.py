"""What texts are made of.

Evidence: the examples of the docs page find-structure (books as JSON, taxi rides as CSV, a log); none of the engines at hand has it.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.unverified
FIND = "POST /_text_structure/find_structure"
BOOKS = "".join(
    json.dumps({"name": name, "author": author, "release_date": date, "page_count": pages}) + "\n"
    for name, author, date, pages in (
        ("One", "Ann", "2011-06-02", 561),
        ("Two", "Bob", "1989-05-26", 482),
        ("Three", "Ann", "1965-06-01", 604),
    )
)
RIDES = "id,began,price\n1,2018-06-01 00:15:40,.5\n2,2018-06-01 00:16:46,4.3\n"
LOG = (
    "[2018-09-27T14:39:28,518][INFO ][node] started on 10.0.0.1\n"
    "[2018-09-27T14:39:29,518][WARN ][node] slow on 10.0.0.2\n  a trace\n"
    "[2018-09-27T14:39:30,518][INFO ][node] stopped on 10.0.0.1\n"
)


@pytest.fixture
def ask(raw: Any) -> Any:
    return raw("9.5.3")


def properties(found: Any) -> dict[str, Any]:
    return {name: one["type"] for name, one in found["mappings"]["properties"].items()}


def test_lines_of_json(ask: Any) -> None:
    found = ask.json(FIND, BOOKS)
    assert (found["format"], found["num_lines_analyzed"], found["num_messages_analyzed"]) == ("ndjson", 3, 3)
    assert found["sample_start"] == "".join(BOOKS.splitlines(keepends=True)[:2])
    assert (found["timestamp_field"], found["java_timestamp_formats"]) == ("release_date", ["ISO8601"])
    assert properties(found) == {
        "@timestamp": "date", "author": "keyword", "name": "keyword", "page_count": "long", "release_date": "date"
    }  # fmt: skip
    pages = found["field_stats"]["page_count"]
    assert (pages["min_value"], pages["max_value"], pages["median_value"], pages["mean_value"]) == (482, 604, 561, 549)
    assert found["field_stats"]["author"]["top_hits"] == [{"value": "Ann", "count": 2}, {"value": "Bob", "count": 1}]
    assert found["field_stats"]["release_date"]["earliest"] == "1965-06-01"


def test_values_between_commas(ask: Any) -> None:
    found = ask.json(FIND, RIDES)
    assert (found["format"], found["delimiter"], found["has_header_row"]) == ("delimited", ",", True)
    assert found["exclude_lines_pattern"] == '^"?id"?,"?began"?,"?price"?'
    assert properties(found) == {"@timestamp": "date", "began": "date", "id": "long", "price": "double"}
    assert [next(iter(one)) for one in found["ingest_pipeline"]["processors"]] == ["csv", "date", "convert", "convert", "remove"]
    named = ask.json(f"{FIND}?format=delimited&delimiter=%3B&column_names=a,b&has_header_row=false", "1;2\n3;4\n")
    assert (named["column_names"], properties(named)) == (["a", "b"], {"a": "long", "b": "long"})


def test_a_log_is_taken_apart_by_grok_and_its_pipeline_works(ask: Any) -> None:
    found = ask.json(FIND, LOG)
    assert (found["format"], found["num_messages_analyzed"]) == ("semi_structured_text", 3)
    assert found["multiline_start_pattern"] == r"^\[\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}"
    assert properties(found) == {"@timestamp": "date", "ipaddress": "ip", "loglevel": "keyword", "message": "text"}
    docs = [{"_source": {"message": LOG.splitlines()[0], "event": {"timezone": "UTC"}}}]
    ran = ask.json("POST /_ingest/pipeline/_simulate", {"pipeline": found["ingest_pipeline"], "docs": docs})
    source = ran["docs"][0]["doc"]["_source"]
    assert (source["loglevel"], source["ipaddress"], source["@timestamp"]) == ("INFO", "10.0.0.1", "2018-09-27T14:39:28.518Z")


def test_documents_of_xml(ask: Any) -> None:
    found = ask.json(FIND, '<a n="1"><b>x</b></a>\n<a n="2">\n<b>y</b></a>\n')
    assert (found["format"], found["num_messages_analyzed"]) == ("xml", 2)
    assert properties(found) == {"b": "keyword", "n": "long"}


def test_messages_and_fields(ask: Any) -> None:
    messages = [line for line in LOG.splitlines() if line.startswith("[")]
    by_message = ask.json("POST /_text_structure/find_message_structure", {"messages": messages})
    assert "has_byte_order_marker" not in by_message
    for at, message in enumerate(messages):
        ask(f"PUT /logs/_doc/{at}?refresh", {"line": message})
    by_field = ask.json("GET /_text_structure/find_field_structure?index=logs&field=line")
    assert by_field["grok_pattern"] == by_message["grok_pattern"]
    assert ask("GET /_text_structure/find_field_structure?index=logs&field=none").status == 400


@pytest.mark.parametrize("parameters", ["delimiter=,", "grok_pattern=x", "lines_to_sample=0", "format=x", "ecs_compatibility=v2"])
def test_what_may_not_be_said(ask: Any, parameters: str) -> None:
    assert ask(f"{FIND}?{parameters}", RIDES).status == 400
    assert ask(FIND).status == 400
