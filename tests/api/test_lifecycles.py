"""Index and snapshot lifecycles on the clock.

Evidence: answers of 6.8.23 (policies, rollover, explain); docs pages ilm-apis and slm-apis where marked unverified.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from esmock.clock import parse_instant

DAY = 24 * 3600
START = parse_instant("2026-01-01T00:00:00")


def put(ask: Any, line: str, body: Any) -> None:
    answer = ask(line, body)
    assert answer.status == 200, answer.body


def explained(ask: Any, index: str) -> dict[str, Any]:
    found: dict[str, Any] = ask.json(f"GET /{index}/_ilm/explain")["indices"][index]
    return found


@pytest.fixture(params=["7.10.2", "8.19.21"])
def ask(request: Any, raw: Any) -> Any:
    return raw(request.param, frozen_at_ms=START, node_settings={"path.repo": "/r"})


ROLLS = {
    "policy": {
        "phases": {
            "hot": {"actions": {"rollover": {"max_docs": 2}}},
            "delete": {"min_age": "5d", "actions": {"delete": {}}},
        }
    }
}


def test_an_index_rolls_over_and_is_deleted_when_it_is_old(ask: Any) -> None:
    put(ask, "PUT /_ilm/policy/p", ROLLS)
    settings = {"index.lifecycle.name": "p", "index.lifecycle.rollover_alias": "j"}
    put(ask, "PUT /j-000001", {"settings": settings, "aliases": {"j": {"is_write_index": True}}})
    found = explained(ask, "j-000001")
    assert (found["phase"], found["action"], found["step"]) == ("hot", "rollover", "check-rollover-ready")
    assert found["phase_execution"]["phase_definition"] == {"min_age": "0ms", "actions": {"rollover": {"max_docs": 2}}}
    for _ in range(3):
        assert ask("POST /j/_doc?refresh", {"a": 1}).status == 201
    ask.server.clock.advance(700)
    found = explained(ask, "j-000001")
    assert (found["phase"], found["action"], found["step"]) == ("hot", "complete", "complete")
    assert found["lifecycle_date_millis"] == START + 600_000
    assert explained(ask, "j-000002") == {"index": "j-000002", "managed": False}
    aliases = ask.json("GET /_alias/j")
    assert {name: body["aliases"]["j"]["is_write_index"] for name, body in aliases.items()} == {
        "j-000001": False,
        "j-000002": True,
    }
    ask.server.clock.advance(4 * DAY)
    assert ask("HEAD /j-000001").status == 200
    ask.server.clock.advance(DAY + 700)
    assert ask("HEAD /j-000001").status == 404
    assert ask("HEAD /j-000002").status == 200


def test_a_rollover_without_alias_fails_and_says_so(ask: Any) -> None:
    put(ask, "PUT /_ilm/policy/p", ROLLS)
    put(ask, "PUT /k", {"settings": {"index.lifecycle.name": "p"}})
    ask.server.clock.advance(700)
    found = explained(ask, "k")
    assert (found["step"], found["failed_step"]) == ("ERROR", "check-rollover-ready")
    assert found["step_info"]["reason"] == (
        "setting [index.lifecycle.rollover_alias] for index [k] is empty or not defined"
    )
    assert list(ask.json("GET /_all/_ilm/explain?only_errors")["indices"]) == ["k"]


def test_an_index_of_no_policy_is_told(ask: Any) -> None:
    put(ask, "PUT /m", {"settings": {"index.lifecycle.name": "none"}})
    found = explained(ask, "m")
    assert found["step_info"] == {"type": "illegal_argument_exception", "reason": "policy [none] does not exist"}


def test_what_is_not_built_stops_with_its_name(ask: Any) -> None:
    put(ask, "PUT /_ilm/policy/p", {"policy": {"phases": {"warm": {"actions": {"shrink": {"number_of_shards": 1}}}}}})
    put(ask, "PUT /w", {"settings": {"index.lifecycle.name": "p"}})
    found = explained(ask, "w")
    assert (found["step"], found["failed_step"]) == ("ERROR", "shrink")
    assert "lifecycle action [shrink]" in found["step_info"]["reason"]


def test_nothing_happens_while_it_is_stopped(ask: Any) -> None:
    put(ask, "PUT /_ilm/policy/p", {"policy": {"phases": {"delete": {"min_age": "1d", "actions": {"delete": {}}}}}})
    put(ask, "PUT /d", {"settings": {"index.lifecycle.name": "p"}})
    assert ask("POST /_ilm/stop").status == 200
    assert ask.json("GET /_ilm/status") == {"operation_mode": "STOPPED"}
    ask.server.clock.advance(2 * DAY)
    assert explained(ask, "d")["phase"] == "new"
    assert ask("POST /_ilm/start").status == 200
    ask.server.clock.advance(700)
    assert ask("HEAD /d").status == 404


def test_a_shorter_interval_holds_at_once(ask: Any) -> None:
    put(ask, "PUT /_ilm/policy/p", {"policy": {"phases": {"delete": {"min_age": "5s", "actions": {"delete": {}}}}}})
    put(ask, "PUT /d", {"settings": {"index.lifecycle.name": "p"}})
    put(ask, "PUT /_cluster/settings", {"transient": {"indices.lifecycle.poll_interval": "1s"}})
    ask.server.clock.advance(7)
    assert ask("HEAD /d").status == 404


@pytest.mark.unverified
def test_the_other_actions_change_the_index(ask: Any) -> None:
    actions = {
        "set_priority": {"priority": 7},
        "readonly": {},
        "forcemerge": {"max_num_segments": 1},
        "allocate": {"number_of_replicas": 0, "require": {"box": "warm"}},
    }
    put(ask, "PUT /_ilm/policy/p", {"policy": {"phases": {"warm": {"min_age": "1d", "actions": actions}}}})
    put(ask, "PUT /w", {"settings": {"index.lifecycle.name": "p"}})
    ask.server.clock.advance(DAY + 700)
    assert (explained(ask, "w")["phase"], explained(ask, "w")["step"]) == ("warm", "complete")
    settings = ask.json("GET /w/_settings?flat_settings")["w"]["settings"]
    assert {key: settings[key] for key in ("index.priority", "index.blocks.write", "index.number_of_replicas")} == {
        "index.priority": "7",
        "index.blocks.write": "true",
        "index.number_of_replicas": "0",
    }
    assert settings["index.routing.allocation.require.box"] == "warm"


@pytest.mark.unverified
def test_snapshots_are_taken_by_schedule_and_removed_when_there_are_too_many(ask: Any) -> None:
    put(ask, "PUT /_snapshot/r", {"type": "fs", "settings": {"location": "a"}})
    put(ask, "PUT /i", None)
    policy = {
        "schedule": "0 0 1 * * ?",
        "name": "<daily-{now/d}>",
        "repository": "r",
        "config": {"indices": ["i"], "include_global_state": False},
        "retention": {"expire_after": "30d", "min_count": 1, "max_count": 2},
    }
    put(ask, "PUT /_slm/policy/daily", policy)
    found = ask.json("GET /_slm/policy/daily")["daily"]
    assert (found["version"], found["next_execution_millis"]) == (1, START + 3600 * 1000)
    assert found["policy"]["retention"] == policy["retention"]
    ask.server.clock.advance(3 * DAY)
    names = [one["snapshot"] for one in ask.json("GET /_snapshot/r/_all")["snapshots"]]
    assert [name[:16] for name in names] == [f"daily-2026.01.0{day}" for day in (1, 2, 3)]
    assert ask.json("GET /_slm/policy/daily")["daily"]["stats"]["snapshots_taken"] == 3
    assert ask("POST /_slm/_execute_retention").status == 200
    assert len(ask.json("GET /_snapshot/r/_all")["snapshots"]) == 2
    assert ask.json("GET /_slm/stats")["total_snapshots_deleted"] == 1
    assert ask.json("PUT /_slm/policy/daily/_execute")["snapshot_name"].startswith("daily-2026.01.04-")


def test_a_trial_is_given_once(raw: Any) -> None:
    """Evidence: answers of 8.19.21."""
    ask = raw("8.19.21", frozen_at_ms=START)
    text = ask("GET /_license").body.decode()
    assert text.startswith('{\n  "license" : {\n    "status" : "active",')
    assert ask.json("GET /_license/trial_status") == {"eligible_to_start_trial": True}
    assert ask.json("POST /_license/start_trial?acknowledge=true") == {
        "acknowledged": True,
        "trial_was_started": True,
        "type": "trial",
    }
    shown = json.loads(ask("GET /_license?pretty=false").body)["license"]
    assert shown["expiry_date_in_millis"] - shown["issue_date_in_millis"] == 30 * DAY * 1000
    assert ask.json("POST /_license/start_trial?acknowledge=true") == {
        "acknowledged": True,
        "trial_was_started": False,
        "error_message": "Operation failed: Trial was already activated.",
    }
    assert ask.json("POST /_license/start_basic?acknowledge=true") == {"acknowledged": True, "basic_was_started": True}
    assert ask.json("GET /_license/basic_status") == {"eligible_to_start_basic": False}
    wrong = ask("GET /_xpack?categories=zz")
    assert (wrong.status, json.loads(wrong.body)["error"]["reason"]) == (
        400,
        "No enum constant org.elasticsearch.protocol.xpack.XPackInfoRequest.Category.ZZ",
    )


def test_an_index_is_set_on_another_step(ask: Any) -> None:
    """Refusals: answers of 6.8.23."""
    merges = {"min_age": "30d", "actions": {"forcemerge": {"max_num_segments": 1}}}
    put(ask, "PUT /_ilm/policy/p", {"policy": {"phases": {"hot": ROLLS["policy"]["phases"]["hot"], "warm": merges}}})
    settings = {"index.lifecycle.name": "p", "index.lifecycle.rollover_alias": "j"}
    put(ask, "PUT /j-000001", {"settings": settings, "aliases": {"j": {"is_write_index": True}}})
    put(ask, "PUT /plain", {})
    here = {"phase": "hot", "action": "rollover", "name": "check-rollover-ready"}
    there = {"phase": "warm", "action": "forcemerge", "name": "forcemerge"}

    def refused(index: str, current: dict[str, str], following: dict[str, str]) -> str:
        answer = ask(f"POST /_ilm/move/{index}", {"current_step": current, "next_step": following})
        assert answer.status == 400
        return str(json.loads(answer.body)["error"]["reason"])

    assert refused("nope", here, there) == "index [nope] does not exist"
    assert refused("plain", here, there) == "index [plain] is not associated with an Index Lifecycle Policy"
    shown = '{"phase":"warm","action":"forcemerge","name":"forcemerge"}'
    assert refused("j-000001", there, here) == f"index [j-000001] is not on current step [{shown}]"
    shown = shown.replace('name":"forcemerge"', 'name":"nope"')
    wrong = {**there, "name": "nope"}
    assert refused("j-000001", here, wrong) == f"step [{shown}] for index [j-000001] with policy [p] does not exist"
    put(ask, "POST /_ilm/move/j-000001", {"current_step": here, "next_step": there})
    found = explained(ask, "j-000001")
    assert (found["phase"], found["action"], found["step"]) == ("warm", "complete", "complete")


@pytest.mark.unverified
@pytest.mark.parametrize(("version", "expanded"), [("8.19.21", "0-1"), ("9.5.3", None)])
def test_a_number_of_copies_ends_their_expansion(raw: Any, version: str, expanded: str | None) -> None:
    """Breaking changes of 9.5.1: ``allocate`` with ``number_of_replicas`` takes ``auto_expand_replicas`` away."""
    ask = raw(version, frozen_at_ms=START)
    actions = {"allocate": {"number_of_replicas": 0}}
    put(ask, "PUT /_ilm/policy/p", {"policy": {"phases": {"warm": {"min_age": "1d", "actions": actions}}}})
    put(ask, "PUT /w", {"settings": {"index.lifecycle.name": "p", "index.auto_expand_replicas": "0-1"}})
    ask.server.clock.advance(DAY + 700)
    settings = ask.json("GET /w/_settings?flat_settings")["w"]["settings"]
    assert settings.get("index.auto_expand_replicas") == expanded
