"""What Fleet Server asks for. Evidence: the classes of the module fleet; none of the engines at hand has it."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.unverified


@pytest.fixture
def ask(raw: Any) -> Any:
    return raw("9.5.3")


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status, json.loads(answer.body)["error"]["reason"]


def test_a_secret_is_kept_until_it_is_deleted(ask: Any) -> None:
    id_ = ask.json("POST /_fleet/secret", {"value": "s"})["id"]
    assert ask.json(f"GET /_fleet/secret/{id_}") == {"id": id_, "value": "s"}
    assert ask.json(f"DELETE /_fleet/secret/{id_}") == {"deleted": True}
    missing = (404, f"No secret with id [{id_}]")
    assert refusal(ask(f"GET /_fleet/secret/{id_}")) == refusal(ask(f"DELETE /_fleet/secret/{id_}")) == missing
    assert refusal(ask("POST /_fleet/secret", {})) == (400, "Validation Failed: 1: value is missing;")


def test_how_far_the_shards_of_an_index_are(ask: Any) -> None:
    path = "GET /one/_fleet/global_checkpoints"
    assert ask(path).status == 404
    ask("PUT /one", {"settings": {"number_of_shards": 1}})
    assert ask.json(path) == {"timed_out": False, "global_checkpoints": [-1]}
    assert ask.json(f"{path}?wait_for_advance=true&timeout=1ms")["timed_out"] is True
    ask("PUT /one/_doc/1", {})
    assert ask.json(f"{path}?wait_for_advance=true") == {"timed_out": False, "global_checkpoints": [0]}
    assert ask.json(f"{path}?wait_for_advance=true&checkpoints=0")["timed_out"] is True


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ("checkpoints=1,2", "number of checkpoints must equal number of shards. [shard count: 3, checkpoint count: 2]"),
        ("wait_for_advance=true", "wait_for_advance only supports indices with one shard. [shard count: 3]"),
        (
            "wait_for_index=true&checkpoints=-2",
            "Validation Failed: 1: If wait_for_index is set to true, wait_for_advance must also be set to true.;"
            "2: All checkpoints must be >= -1. Found: [-2];",
        ),
    ],
)
def test_what_cannot_be_waited_for(ask: Any, parameters: str, reason: str) -> None:
    ask("PUT /three", {"settings": {"number_of_shards": 3}})
    assert refusal(ask(f"GET /three/_fleet/global_checkpoints?{parameters}")) == (400, reason)


def test_a_search_sees_what_was_written_up_to_a_checkpoint(ask: Any) -> None:
    ask("PUT /one", {"settings": {"number_of_shards": 1, "refresh_interval": "60s"}})
    ask("PUT /one/_doc/1", {})
    path = "POST /one/_fleet/_fleet_search"
    assert ask.json(path, {"query": {"match_all": {}}})["hits"]["total"]["value"] == 0
    assert ask.json(f"{path}?wait_for_checkpoints=0", {"query": {"match_all": {}}})["hits"]["total"]["value"] == 1
    assert refusal(ask(f"{path}?wait_for_checkpoints=0,0"))[0] == 400
    answer = ask(f"{path}?wait_for_checkpoints=1")
    (cause,) = json.loads(answer.body)["error"]["root_cause"]
    reason = "Cannot wait for unissued seqNo checkpoint [wait_for_checkpoint=1, max_issued_seqNo=0]"
    assert (answer.status, cause) == (400, {"type": "illegal_argument_exception", "reason": reason})
    several = "Fleet search API only supports searching a single index. Found: [[a, b]]."
    assert refusal(ask("POST /a,b/_fleet/_fleet_search")) == (400, several)


def test_no_search_waits_where_nothing_refreshes(ask: Any) -> None:
    ask("PUT /still", {"settings": {"number_of_shards": 1, "refresh_interval": "-1"}})
    answer = ask("POST /still/_fleet/_fleet_search?wait_for_checkpoints=0")
    (cause,) = json.loads(answer.body)["error"]["root_cause"]
    assert cause["reason"] == "Cannot use wait_for_checkpoints with [index.refresh_interval=-1]"
