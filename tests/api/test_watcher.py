"""Watches as 6.8.23 keeps and runs them. Evidence: ``fixtures/recorded/6.8.23/watcher.json``."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

RECORDED = json.loads((Path(__file__).parents[2] / "fixtures/recorded/6.8.23/watcher.json").read_text("utf-8"))["exchanges"]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
RANDOM = re.compile(r"_[0-9a-f-]{36}-TIME")
OLDER = ("types", "doc_type", "type_", "_type", "rest_total_hits_as_int", "_shards", "node", "execution_duration", "took", "_score", "max_score")
"""What newer versions have no longer or have besides, and what changes from run to run."""
REWORDED = ("compile error", "runtime error", "failed to parse", "Failed to parse", "illegal cron")


def of_seven(path: str, body: str = "") -> tuple[str, Any]:
    """A request of 6.8 as newer versions take it."""
    path = re.sub(r"^(/\w+)/doc/", r"\1/_doc/", path.replace("/_xpack/watcher/", "/_watcher/"))
    return path, json.loads(body) if body else None


def steady(value: Any) -> Any:
    """Without what is older, newer or chance."""
    if isinstance(value, dict):
        out = {name: steady(one) for name, one in value.items() if name not in OLDER}
        if isinstance(out.get("response"), dict):
            out["response"].pop("type", None)
        if isinstance(out.get("hits"), list):
            out["hits"].sort(key=lambda hit: hit["_id"])
        return out
    if isinstance(value, list):
        return [steady(one) for one in value]
    if isinstance(value, str):
        text = RANDOM.sub("_RANDOM-TIME", TIME.sub("TIME", value))
        return re.sub(r"last execution is \[[^]]+\]", "last execution is [T]", text)
    return value


def told(status: int, answer: Any) -> Any:
    """What an answer says, refusals by their causes."""
    if "error" in answer:
        reason = answer["error"]["reason"]
        if reason.startswith(REWORDED):
            return answer["error"]["type"]
        return status, answer["error"]["type"], "document missing" in reason or reason
    out = steady({name: value for name, value in answer.items() if name != "_seq_no"})
    if "exception" in out.get("watch_record", {}):
        out["watch_record"]["exception"] = out["watch_record"]["exception"]["type"]
    return status, out


@pytest.fixture(scope="module", params=["7.10.2", "9.5.3"])
def answers(request: Any) -> Any:
    """Status and answer of every recorded request, sent in their order."""
    import urllib.error
    import urllib.request

    from esmock.server import Server

    out = []
    with Server(version=request.param) as server:
        for one in RECORDED:
            path, body = of_seven(*one["request"][1:])
            data = None if body is None else json.dumps(body).encode()
            sent = urllib.request.Request(
                server.url + path, data, {"content-type": "application/json"}, method=one["request"][0]
            )
            try:
                answer = urllib.request.urlopen(sent)
            except urllib.error.HTTPError as error:
                answer = error
            out.append((answer.status, json.loads(answer.read())))
    return out


@pytest.mark.parametrize("number", range(len(RECORDED)))
def test_answers_as_recorded(answers: Any, number: int) -> None:
    one = RECORDED[number]
    assert told(*answers[number]) == told(one["status"], one["answer"]), one["request"]


def test_a_watch_runs_on_the_clock_and_its_action_is_held_back(raw: Any) -> None:
    ask = raw("9.5.3", frozen_at_ms=1_767_225_600_000)
    watch = {
        "trigger": {"schedule": {"interval": "10s"}},
        "input": {"simple": {"a": 1}},
        "throttle_period": "15s",
        "actions": {"i": {"index": {"index": "seen"}}},
    }
    assert ask("PUT /_watcher/watch/w", watch).status == 201
    ask.server.clock.advance(35)
    ask("POST /seen/_refresh")
    assert ask.json("GET /seen/_count")["count"] == 2
    found = ask.json("GET /_watcher/watch/w")
    assert (found["_version"], found["status"]["execution_state"]) == (4, "executed")
    assert ask.json("PUT /_watcher/watch/w/_ack")["status"]["actions"]["i"]["ack"]["state"] == "acked"
    ask.server.clock.advance(20)
    assert ask.json("GET /_watcher/watch/w")["status"]["execution_state"] == "acknowledged"
    ask("POST /_watcher/_stop")
    ask.server.clock.advance(60)
    ask("POST /seen/_refresh")
    assert ask.json("GET /seen/_count")["count"] == 2


def test_watches_are_listed(raw: Any) -> None:
    ask = raw("9.5.3")
    for name in ("a", "b"):
        ask(f"PUT /_watcher/watch/{name}", {"trigger": {"schedule": {"interval": "1h"}}})
    found = ask.json("POST /_watcher/_query/watches", {"size": 1})
    assert (found["count"], [one["_id"] for one in found["watches"]]) == (2, ["a"])
    mail = {"trigger": {"schedule": {"interval": "1h"}}, "actions": {"m": {"email": {"to": "a@b"}}}}
    assert ask("PUT /_watcher/watch/m", mail).status == 501
