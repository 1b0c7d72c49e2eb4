"""A time series made coarser.

Evidence: what the makers' tests of the API expect (downsample/10_basic, 60_settings): sums, last values, settings, mapping, refusals.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Ask = Callable[..., Any]
ADDRESS = "/series/_downsample/coarse"
SETTINGS = {
    "mode": "time_series",
    "routing_path": ["host"],
    "default_pipeline": "none-such",
    "time_series": {"start_time": "2030-01-01T00:00:00Z", "end_time": "2030-01-02T00:00:00Z"},
}
FIELDS = {
    "@timestamp": {"type": "date"},
    "host": {"type": "keyword", "time_series_dimension": True},
    "load": {"type": "integer", "time_series_metric": "gauge"},
    "sent": {"type": "long", "time_series_metric": "counter"},
    "os": {"properties": {"tags": {"type": "keyword"}, "up": {"type": "boolean"}}},
    "seen": {"type": "integer"},
}
DOCUMENTS = (
    {"@timestamp": "2030-01-01T10:05:00Z", "host": "a", "load": [10, 20], "sent": [7, 9], "os": {"tags": ["y", "x"], "up": False}, "seen": 3},
    {"@timestamp": "2030-01-01T10:45:00Z", "host": "a", "load": 60, "sent": [21, 22], "os.tags": ["z", "x", "z"], "os": {"up": True}, "seen": None},
    {"@timestamp": "2030-01-01T12:00:00Z", "host": "a", "load": 5, "sent": 1, "os": {"tags": "w"}, "seen": [4, 1, 1]},
    {"@timestamp": "2030-01-01T10:59:59.999Z", "host": "b", "load": 1, "sent": 3},
)


@pytest.fixture
def ask(raw: Ask) -> Ask:
    """A server of 8.19.21 with a series that is no longer written to; answers as (status, tree)."""
    send = raw("8.19.21")

    def call(line: str, body: Any = None) -> tuple[int, Any]:
        answer = send(line, None if body is None else json.dumps(body))
        return answer.status, json.loads(answer.body)

    assert call("PUT /series", {"settings": SETTINGS, "mappings": {"properties": FIELDS}})[0] == 200
    for document in DOCUMENTS:
        assert call("POST /series/_doc?refresh&pipeline=_none", document)[0] == 201
    assert call("PUT /series/_settings", {"index.blocks.write": True})[0] == 200
    return call


def sources(ask: Ask, index: str) -> list[Any]:
    hits = ask(f"POST /{index}/_search", {"sort": ["host", "@timestamp"]})[1]["hits"]["hits"]
    return [hit["_source"] for hit in hits]


def test_one_document_stands_for_a_series_and_an_interval(ask: Ask) -> None:
    assert ask(f"POST {ADDRESS}", {"fixed_interval": "1h"}) == (200, {"acknowledged": True})
    assert sources(ask, "coarse") == [
        {
            "@timestamp": "2030-01-01T10:00:00.000Z",
            "_doc_count": 2,
            "host": "a",
            "load": {"min": 10.0, "max": 60.0, "sum": 90.0, "value_count": 3},
            "os": {"tags": ["x", "z"], "up": True},
            "seen": 3,
            "sent": 21,
        },
        {
            "@timestamp": "2030-01-01T12:00:00.000Z",
            "_doc_count": 1,
            "host": "a",
            "load": {"min": 5.0, "max": 5.0, "sum": 5.0, "value_count": 1},
            "os": {"tags": "w"},
            "seen": [1, 1, 4],
            "sent": 1,
        },
        {
            "@timestamp": "2030-01-01T10:00:00.000Z",
            "_doc_count": 1,
            "host": "b",
            "load": {"min": 1.0, "max": 1.0, "sum": 1.0, "value_count": 1},
            "sent": 3,
        },
    ]


def test_the_new_index_says_what_it_was_made_from(ask: Ask) -> None:
    ask(f"POST {ADDRESS}", {"fixed_interval": "1h"})
    made = ask("GET /coarse")[1]["coarse"]
    properties, settings = made["mappings"]["properties"], made["settings"]["index"]
    assert properties["@timestamp"] == {"type": "date", "meta": {"fixed_interval": "1h", "time_zone": "UTC"}}
    assert properties["load"] == {
        "type": "aggregate_metric_double",
        "metrics": ["min", "max", "sum", "value_count"],
        "default_metric": "max",
        "time_series_metric": "gauge",
    }
    assert (properties["sent"], properties["host"]) == (FIELDS["sent"], FIELDS["host"])
    assert settings["downsample"]["source"]["name"] == "series"
    assert (settings["mode"], settings["routing_path"], settings["blocks"]) == ("time_series", ["host"], {"write": "true"})
    assert settings["time_series"] == SETTINGS["time_series"]
    assert "default_pipeline" not in settings
    assert ask("GET /coarse/_segments")[1]["indices"]["coarse"]["shards"]["0"][0]["num_search_segments"] == 1
    assert ask("GET /series/_count")[1]["count"] == len(DOCUMENTS)


def test_what_is_coarse_becomes_coarser(ask: Ask) -> None:
    ask(f"POST {ADDRESS}", {"fixed_interval": "1h"})
    for interval, problem in (("1h", "greater than"), ("30m", "greater than"), ("90m", "a multiple of")):
        status, body = ask("POST /coarse/_downsample/coarser", {"fixed_interval": interval})
        told = f"Downsampling interval [{interval}] must be {problem} the source index interval [1h]"
        assert (status, told in body["error"]["reason"]) == (400, True)
    assert ask("POST /coarse/_downsample/coarser", {"fixed_interval": "4h"}) == (200, {"acknowledged": True})
    first, second, third = sources(ask, "coarser")
    assert (first["@timestamp"], first["_doc_count"]) == ("2030-01-01T08:00:00.000Z", 2)
    assert first["load"] == {"min": 10.0, "max": 60.0, "sum": 90.0, "value_count": 3}
    assert (second["@timestamp"], third["host"]) == ("2030-01-01T12:00:00.000Z", "b")


@pytest.mark.parametrize(
    ("source", "target", "kind", "told"),
    [
        ("nope", "coarse", "index_not_found_exception", "no such index [nope]"),
        ("seri*", "coarse", "index_not_found_exception", "no such index [seri*]"),
        ("_all", "coarse", "index_not_found_exception", "no such index [_all]"),
        ("plain", "coarse", "exception", "Rollup requires setting [index.mode=time_series] for index [plain]"),
        ("series", "plain", "resource_already_exists_exception", "already exists"),
        ("series", "_all", "invalid_index_name_exception", "Invalid index name [_all]"),
    ],
)
def test_what_cannot_be_is_refused(ask: Ask, source: str, target: str, kind: str, told: str) -> None:
    ask("PUT /plain")
    error = ask(f"POST /{source}/_downsample/{target}", {"fixed_interval": "1h"})[1]["error"]
    assert (error["type"], told in error["reason"]) == (kind, True)


def test_a_series_that_is_written_to_is_refused(ask: Ask) -> None:
    ask("PUT /series/_settings", {"index.blocks.write": None})
    status, body = ask(f"POST {ADDRESS}", {"fixed_interval": "1h"})
    assert status == 500
    assert body["error"]["reason"] == "Downsample requires setting [index.blocks.write = true] for index [series]"


@pytest.mark.unverified
def test_the_same_once_more_is_done_already(ask: Ask) -> None:
    ask(f"POST {ADDRESS}", {"fixed_interval": "1h"})
    assert ask(f"POST {ADDRESS}", {"fixed_interval": "1h"}) == (200, {"acknowledged": True})
    assert len(sources(ask, "coarse")) == 3
