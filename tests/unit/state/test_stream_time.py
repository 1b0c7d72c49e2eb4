"""Backing indices of time series streams. Evidence: the makers' tests (data_stream/150_tsdb); no engine with the module was at hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

JSON = {"content-type": "application/json"}
PROPERTIES = {"host": {"type": "keyword", "time_series_dimension": True}, "n": {"properties": {"d": {"type": "long", "time_series_dimension": True}}}}


@pytest.fixture
def ask(raw: Callable[..., Any]) -> Callable[..., Any]:
    call = raw("8.19.21")

    def send(line: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        answer = call(line, data, JSON if data else {})
        return answer.status, json.loads(answer.body)

    return send


def template(ask: Callable[..., Any], **settings: Any) -> None:
    body = {"settings": {"index.mode": "time_series", **settings}, "mappings": {"properties": PROPERTIES}}
    ask("PUT /_index_template/t", {"index_patterns": ["s*"], "data_stream": {}, "template": body})


BOUNDS = {"index.time_series.start_time": "2022-01-01T00:00:00Z", "index.time_series.end_time": "2022-01-02T00:00:00Z"}


def test_a_document_goes_where_its_time_lies(ask: Callable[..., Any]) -> None:
    template(ask, **BOUNDS)
    status, body = ask("POST /s1/_doc?refresh", {"@timestamp": "2022-01-01T10:00:00Z", "host": "a"})
    assert (status, body["result"]) == (201, "created")
    stream = ask("GET /_data_stream/s1")[1]["data_streams"][0]
    assert stream["time_series"] == {"temporal_ranges": [{"start": "2022-01-01T00:00:00.000Z", "end": "2022-01-02T00:00:00.000Z"}]}
    reason = ask("POST /s1/_doc", {"@timestamp": "2023-01-01T10:00:00Z", "host": "a"})[1]["error"]["reason"]
    assert reason == (
        "the document timestamp [2023-01-01T10:00:00.000Z] is outside of ranges of currently writable indices "
        "[[2022-01-01T00:00:00.000Z,2022-01-02T00:00:00.000Z]]"
    )


@pytest.mark.parametrize(
    ("doc", "told"),
    [
        ({"host": "a"}, "Failed to parse object"),
        ({"@timestamp": "noon", "host": "a"}, "failed to parse date field [noon] with format [strict_date_optional_time_nanos||"),
        ({"@timestamp": [1], "host": "a"}, "Failed to parse object: expecting token of type [VALUE_STRING] or [VALUE_NUMBER]"),
    ],
)
def test_a_time_that_cannot_be_read_is_told(ask: Callable[..., Any], doc: Any, told: str) -> None:
    template(ask, **BOUNDS)
    status, body = ask("POST /s1/_doc", doc)
    assert status == 400
    assert body["error"]["reason"].startswith(f"Error extracting data stream timestamp field: {told}")


@pytest.mark.unverified
def test_parts_of_time_adjoin_and_dimensions_route(ask: Callable[..., Any]) -> None:
    template(ask)
    ask("PUT /_data_stream/s1")
    ask("POST /s1/_rollover")
    stream = ask("GET /_data_stream/s1")[1]["data_streams"][0]
    first, second = (ask(f"GET /{one['index_name']}/_settings?flat_settings")[1][one["index_name"]]["settings"] for one in stream["indices"])
    assert first["index.routing_path"] == ["host", "n.d"]
    assert first["index.time_series.end_time"] == second["index.time_series.start_time"]
    assert len(stream["time_series"]["temporal_ranges"]) == 1
