"""Connectors, sync jobs, secrets. Evidence: the makers' YAML tests of the module ent-search and its classes; no engine at hand has it."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.unverified


@pytest.fixture
def ask(raw: Any) -> Any:
    found = raw("9.5.3", frozen_at_ms=1_767_225_600_000)
    body = {"index_name": "search-1", "name": "mine", "service_type": "sharepoint"}
    assert found("PUT /_connector/c", body).status == 201
    return found


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status, json.loads(answer.body)["error"]["reason"]


def change(ask: Any, route: str, body: Any, id_: str = "c") -> None:
    assert ask.json(f"PUT /_connector/{id_}/{route}", body) == {"result": "updated"}, route


def test_a_new_connector_has_defaults(ask: Any) -> None:
    found = ask.json("GET /_connector/c")
    assert (found["id"], found["status"], found["is_native"], found["sync_now"]) == ("c", "created", False, False)
    assert (found["configuration"], found["custom_scheduling"]) == ({}, {})
    assert found["filtering"][0]["domain"] == "DEFAULT"
    assert found["filtering"][0]["active"]["rules"][0]["value"] == ".*"
    assert found["scheduling"]["full"] == {"enabled": False, "interval": "0 0 0 * * ?"}
    native = {"is_native": True, "index_name": "content-x"}
    assert ask.json("PUT /_connector/n", native) == {"result": "created", "id": "n"}
    assert ask.json("GET /_connector/n")["status"] == "needs_configuration"
    assert ask.json("PUT /_connector/n", native)["result"] == "updated"


def test_parts_change_and_the_status_follows(ask: Any) -> None:
    field = {"label": "l", "value": 1, "display": "numeric", "type": "int"}
    change(ask, "_configuration", {"configuration": {"a": field}})
    found = ask.json("GET /_connector/c")
    assert (found["status"], found["configuration"]["a"]["value"]) == ("configured", 1)
    change(ask, "_configuration", {"values": {"a": 2}})
    assert ask.json("GET /_connector/c")["configuration"]["a"]["value"] == 2
    assert ask("PUT /_connector/c/_configuration", {"values": {"b": 2}}).status == 400
    assert ask("PUT /_connector/c/_configuration", {"configuration": {"a": {**field, "display": "odd"}}}).status == 400
    change(ask, "_error", {"error": "bad"})
    assert ask.json("GET /_connector/c")["status"] == "error"
    reason = "Invalid transition attempt from [error] to [created]."
    assert refusal(ask("PUT /_connector/c/_status", {"status": "created"})) == (400, reason)
    change(ask, "_error", {"error": None})
    found = ask.json("GET /_connector/c")
    assert ("error" in found, found["status"]) == (False, "connected")
    change(ask, "_scheduling", {"scheduling": {"full": {"enabled": True, "interval": "0 0 12 * * ?"}}})
    schedules = ask.json("GET /_connector/c")["scheduling"]
    assert (schedules["full"]["enabled"], schedules["incremental"]["enabled"]) == (True, False)
    assert ask("PUT /_connector/c/_scheduling", {"scheduling": {"full": {"enabled": True, "interval": "x"}}}).status == 400


def test_filters_count_once_they_were_looked_at(ask: Any) -> None:
    rule = {"id": "r", "field": "f", "order": 0, "policy": "exclude", "rule": "equals", "value": "v"}
    change(ask, "_filtering", {"rules": [rule]})
    refused = ask("PUT /_connector/c/_filtering/_activate")
    assert refusal(refused)[1].endswith("validation state [edited] is not equal to [valid].")
    change(ask, "_filtering/_validation", {"validation": {"state": "valid", "errors": []}})
    change(ask, "_filtering/_activate", None)
    assert ask.json("GET /_connector/c")["filtering"][0]["active"]["rules"][0]["policy"] == "exclude"


def test_two_connectors_do_not_fill_one_index(ask: Any) -> None:
    reason = "Index name [search-1] is used by another connector."
    assert refusal(ask("PUT /_connector/d", {"index_name": "search-1"})) == (400, reason)
    assert ask("PUT /_connector/d", {"index_name": "search-2"}).status == 201
    assert refusal(ask("PUT /_connector/d/_index_name", {"index_name": "search-1"})) == (400, reason)
    found = ask.json("GET /_connector?service_type=sharepoint")
    assert (found["count"], found["results"][0]["id"]) == (1, "c")
    assert [one["id"] for one in ask.json("GET /_connector?size=1&from=1")["results"]] == ["d"]


def test_a_deleted_connector_can_still_be_seen(ask: Any) -> None:
    assert ask.json("DELETE /_connector/c") == {"acknowledged": True}
    assert refusal(ask("GET /_connector/c")) == (404, "connector [c] not found")
    assert ask.json("GET /_connector/c?include_deleted=true")["deleted"] is True
    assert ask.json("GET /_connector")["count"] == 0


def test_a_sync_job_goes_its_way(ask: Any) -> None:
    assert refusal(ask("POST /_connector/_sync_job", {"id": "none"})) == (404, "connector [none] not found")
    id_ = ask.json("POST /_connector/_sync_job", {"id": "c", "job_type": "incremental"})["id"]
    line = f"PUT /_connector/_sync_job/{id_}"
    found = ask.json(f"GET /_connector/_sync_job/{id_}")
    assert (found["status"], found["job_type"], found["trigger_method"]) == ("pending", "incremental", "on_demand")
    assert found["connector"]["index_name"] == "search-1"
    assert ask.json(f"{line}/_claim", {"worker_hostname": "h"}) == {"result": "updated"}
    counts = {"deleted_document_count": 1, "indexed_document_count": 2, "indexed_document_volume": 3}
    ask(f"{line}/_stats", counts)
    ask(f"{line}/_cancel")
    found = ask.json(f"GET /_connector/_sync_job/{id_}")
    assert (found["status"], found["indexed_document_count"], found["worker_hostname"]) == ("canceling", 2, "h")
    ask(f"{line}/_error", {"error": "e"})
    assert refusal(ask(f"{line}/_cancel")) == (400, "Invalid transition attempt from [error] to [canceling].")
    assert ask.json("GET /_connector/_sync_job?status=error")["count"] == 1
    assert ask.json(f"DELETE /_connector/_sync_job/{id_}") == {"acknowledged": True}
    assert refusal(ask(f"GET /_connector/_sync_job/{id_}")) == (404, f"connector sync job [{id_}] not found")


def test_secrets_are_kept(ask: Any) -> None:
    id_ = ask.json("POST /_connector/_secret", {"value": "s"})["id"]
    assert ask.json(f"GET /_connector/_secret/{id_}") == {"id": id_, "value": "s"}
    assert ask.json(f"PUT /_connector/_secret/{id_}", {"value": "t"}) == {"result": "updated"}
    assert ask.json(f"DELETE /_connector/_secret/{id_}") == {"deleted": True}
    assert refusal(ask(f"GET /_connector/_secret/{id_}")) == (404, f"No secret with id [{id_}]")
