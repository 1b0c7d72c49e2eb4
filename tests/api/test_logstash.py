"""Pipelines of Logstash. Evidence: the module's classes and the client tests; no engine at hand has it."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.unverified
PIPELINE = {
    "description": "lines",
    "last_modified": "2021-01-02T02:50:51.250Z",
    "pipeline_metadata": {"type": "logstash_pipeline", "version": "1"},
    "username": "kim",
    "pipeline": "input {}\n output {}",
    "pipeline_settings": {"pipeline.workers": 1},
}


@pytest.fixture
def ask(raw: Any) -> Any:
    return raw("9.5.3")


def test_a_pipeline_is_kept_as_it_came(ask: Any) -> None:
    first = ask("PUT /_logstash/pipeline/lines", PIPELINE)
    assert (first.status, first.body) == (201, b"")
    assert ask("PUT /_logstash/pipeline/lines", PIPELINE).status == 200
    assert ask.json("GET /_logstash/pipeline/lines,none") == {"lines": PIPELINE}
    assert ask.json("GET /_logstash/pipeline") == {"lines": PIPELINE}
    assert ask("DELETE /_logstash/pipeline/lines").status == 200
    assert ask("DELETE /_logstash/pipeline/lines").status == 404
    gone = ask("GET /_logstash/pipeline/lines")
    assert (gone.status, gone.body) == (404, b"{}")
    assert ask("GET /_logstash/pipeline").status == 200


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"username": None}, "[pipeline] username doesn't support values of type: VALUE_NULL"),
        ({"last_modified": "yesterday"}, "[pipeline] failed to parse field [last_modified]"),
        ({"pipeline_settings": []}, "[pipeline] pipeline_settings doesn't support values of type: START_ARRAY"),
    ],
)
def test_a_pipeline_that_is_wrong_is_refused(ask: Any, change: dict[str, Any], reason: str) -> None:
    answer = ask("PUT /_logstash/pipeline/lines", {**PIPELINE, **change})
    assert answer.status == 400
    assert reason in answer.body.decode()
    assert ask.json("GET /_logstash/pipeline") == {}
