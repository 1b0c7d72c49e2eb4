"""Machine learning without jobs: filters, calendars, the model that every cluster has, and errors for what is not there.

Evidence: the published specification and the makers' YAML tests; none of the engines at hand has it.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.unverified
EVENTS = [
    {"description": "late", "start_time": "2026-01-02T00:00:00Z", "end_time": "2026-01-03T00:00:00Z"},
    {"description": "early", "start_time": 1000, "end_time": 2000},
]


@pytest.fixture
def ask(raw: Any) -> Any:
    return raw("9.5.3")


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status, json.loads(answer.body)["error"]["reason"]


def test_a_filter_is_kept_and_changed(ask: Any) -> None:
    made = ask.json("PUT /_ml/filters/safe", {"description": "d", "items": ["b", "a", "b"]})
    assert made == {"filter_id": "safe", "description": "d", "items": ["a", "b"]}
    assert refusal(ask("PUT /_ml/filters/safe", {"items": []})) == (400, "A filter with id [safe] already exists")
    changed = ask.json("POST /_ml/filters/safe/_update", {"add_items": ["c"], "remove_items": ["a"]})
    assert changed["items"] == ["b", "c"]
    absent = "Cannot remove item [a] as it is not present in filter [safe]"
    assert refusal(ask("POST /_ml/filters/safe/_update", {"remove_items": ["a"]})) == (400, absent)
    assert ask.json("GET /_ml/filters/s*") == {"count": 1, "filters": [changed]}
    assert ask("POST /_ml/filters/s*/_update", {"add_items": ["c"]}).status == 404
    assert ask.json("DELETE /_ml/filters/safe") == {"acknowledged": True}
    assert refusal(ask("GET /_ml/filters/safe")) == (404, "Unable to find filter [safe]")


def test_ids_are_checked(ask: Any) -> None:
    assert "can contain lowercase alphanumeric" in refusal(ask("PUT /_ml/filters/A", {"items": []}))[1]
    assert "cannot contain more than 64" in refusal(ask(f"PUT /_ml/filters/{'a' * 65}", {"items": []}))[1]
    assert refusal(ask("PUT /_ml/filters/a", {"filter_id": "b", "items": []}))[1].startswith("Inconsistent filter_id")
    assert ask("PUT /_ml/calendars/_all").status == 400


def test_a_calendar_has_events_by_time(ask: Any) -> None:
    made = ask.json("PUT /_ml/calendars/days", {"job_ids": ["j"], "description": "d"})
    assert made == {"calendar_id": "days", "job_ids": ["j"], "description": "d"}
    assert ask("PUT /_ml/calendars/days").status == 400
    posted = ask.json("POST /_ml/calendars/days/events", {"events": EVENTS})["events"]
    assert [each["description"] for each in posted] == ["late", "early"]
    found = ask.json("GET /_ml/calendars/days/events")
    assert [each["description"] for each in found["events"]] == ["early", "late"]
    assert ask.json("GET /_ml/calendars/_all/events?start=5000")["count"] == 1
    assert ask.json("GET /_ml/calendars/_all/events?end=2026-01-01")["count"] == 1
    id_ = found["events"][0]["event_id"]
    assert ask.json(f"DELETE /_ml/calendars/days/events/{id_}") == {"acknowledged": True}
    assert refusal(ask(f"DELETE /_ml/calendars/days/events/{id_}")) == (404, f"No event with id [{id_}]")
    backwards = [{"description": "d", "start_time": 2, "end_time": 1}]
    assert "must come before end time" in refusal(ask("POST /_ml/calendars/days/events", {"events": backwards}))[1]
    assert ask.json("DELETE /_ml/calendars/days/jobs/j")["job_ids"] == []
    assert ask("DELETE /_ml/calendars/days/jobs/j").status == 404
    assert ask.json("GET /_ml/calendars")["count"] == 1
    assert ask.json("DELETE /_ml/calendars/days") == {"acknowledged": True}
    assert refusal(ask("GET /_ml/calendars/days")) == (404, "No calendar with id [days]")


def test_the_language_model_is_there(ask: Any) -> None:
    found = ask.json("GET /_ml/trained_models")
    assert [each["model_id"] for each in found["trained_model_configs"]] == ["lang_ident_model_1"]
    assert ask.json("GET /_ml/trained_models/lang*/_stats")["count"] == 1
    assert ask("GET /_ml/trained_models/none").status == 404
    assert ask.json("GET /_ml/trained_models/none*")["count"] == 0
    assert ask.json("GET /_cat/ml/trained_models?format=json")[0]["id"] == "lang_ident_model_1"


@pytest.mark.parametrize(
    "line",
    [
        "POST /_ml/anomaly_detectors/none/_open",
        "DELETE /_ml/anomaly_detectors/none",
        "GET /_ml/anomaly_detectors/none/results/buckets",
        "POST /_ml/datafeeds/none/_start",
        "DELETE /_ml/data_frame/analytics/none",
    ],
)
def test_what_cannot_be_made_is_not_there(ask: Any, line: str) -> None:
    status, reason = refusal(ask(line))
    assert status == 404
    assert "none" in reason
