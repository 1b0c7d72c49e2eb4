"""Tasks of forced merges that nobody waits for. Evidence: answers of 8.19.21 to the same requests."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest


def test_a_forced_merge_leaves_its_result(raw: Callable[..., Any]) -> None:
    ask = raw("8.19.21")
    ask("PUT /books", '{"settings":{"number_of_replicas":0}}')
    task = json.loads(ask("POST /books/_forcemerge?wait_for_completion=false&max_num_segments=1").body)["task"]
    found = json.loads(ask(f"GET /_tasks/{task}").body)
    assert found["completed"] is True
    assert found["task"]["description"] == "Force-merge indices [books], maxSegments[1], onlyExpungeDeletes[false], flush[true]"
    assert (found["task"]["action"], found["task"]["cancellable"]) == ("indices:admin/forcemerge", False)
    assert found["response"] == {"_shards": {"total": 1, "successful": 1, "failed": 0}}


@pytest.mark.parametrize("version", ["7.10.2", "8.19.21"])
def test_tasks_are_shown_to_people(raw: Callable[..., Any], version: str) -> None:
    (task,) = json.loads(raw(version)("GET /_tasks?human&group_by=none&actions=*lists").body)["tasks"]
    assert list(task)[4:8] == ["start_time", "start_time_in_millis", "running_time", "running_time_in_nanos"]
    assert task["start_time"].endswith("Z")


def test_what_cancels_everything_cancels_itself(raw: Callable[..., Any]) -> None:
    answer = json.loads(raw("8.19.21")("POST /_tasks/_cancel").body)
    assert answer["node_failures"][0]["caused_by"] == {
        "type": "task_cancelled_exception", "reason": "task cancelled [by user request]",
    }  # fmt: skip
    assert json.loads(raw("7.10.2")("POST /_tasks/_cancel").body) == {"nodes": {}}


@pytest.mark.parametrize("version", ["7.10.2", "8.19.21"])
def test_groups_are_checked_of_cancelling_too(raw: Callable[..., Any], version: str) -> None:
    answer = raw(version)("POST /_tasks/_cancel?group_by=zz")
    assert answer.status == 400
    assert b"[group_by] must be one of [nodes], [parents] or [none] but was [zz]" in answer.body
