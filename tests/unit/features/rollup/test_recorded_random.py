"""Random conversations with a real 6.8.23 about rollup, word for word, on a 7.x that plays its rollup; and what it says of crons.

Source: fixtures/recorded/6.8.23/rollup_random.json.xz and crons.json.xz.
"""

from __future__ import annotations

import json
import lzma
import re
from pathlib import Path
from typing import Any

import pytest

from esmock.errors import ApiError
from esmock.features.cron import Cron
from esmock.server import Server
from tests.wire import Wire

Json = Any
FOLDER = Path(__file__).parents[4] / "fixtures" / "recorded" / "6.8.23"
_VOLATILE = {"took", "task_id", "node_id", "index_uuid", "uuid", "creation_date", "created"}
_TEXTS = [(re.compile(pattern), text) for pattern, text in (
    (r"(?<=/)[A-Za-z0-9_-]{22}(?=\])", "<uuid>"),
    (r"ByteBufStreamInput@[0-9a-f]+", "<stream>"),
    (r"(?<=_time_in_ms: )\d+", "<ms>"),
    (r"Found the following rollup indices: \[r2, r1\]", "Found the following rollup indices: [r1, r2]"),
)]  # fmt: skip


def recorded(name: str) -> Json:
    return json.loads(lzma.decompress((FOLDER / name).read_bytes()))


CONVERSATIONS = recorded("rollup_random.json.xz")["conversations"]


def steady(tree: Json, key: str = "") -> Json:
    """Without what is another each time; jobs, which come in no order, sorted."""
    if key in _VOLATILE or key.endswith("_time_in_ms"):
        return f"<{key}>"
    if isinstance(tree, dict):
        return {name: steady(value, name) for name, value in tree.items()}
    if isinstance(tree, list):
        listed = [steady(one) for one in tree]
        return sorted(listed, key=json.dumps) if key == "jobs" else listed
    return _text(tree) if isinstance(tree, str) else tree


def _text(text: str) -> str:
    for pattern, shown in _TEXTS:
        text = pattern.sub(shown, text)
    return re.sub(r"allowed: \[(.*)\]", lambda found: f"allowed: {sorted(found[1].split(', '))}", text)


def of_seven(tree: Json) -> Json:
    """What 6.8 says otherwise outside rollup: totals of hits are numbers, mappings stand under their type."""
    if isinstance(tree, list):
        return [of_seven(one) for one in tree]
    if not isinstance(tree, dict):
        return tree
    tree = {key: of_seven(value) for key, value in tree.items()}
    if isinstance(tree.get("hits"), dict) and isinstance(tree["hits"].get("total"), int):
        tree["hits"]["total"] = {"value": tree["hits"]["total"], "relation": "eq"}
    if isinstance(tree.get("mappings"), dict) and list(tree["mappings"]) in (["_doc"], ["doc"]):
        tree["mappings"] = next(iter(tree["mappings"].values()))
    return tree


class Replay:
    """One conversation."""

    def __init__(self, conversation: Json) -> None:
        self.server = Server(version="7.10.2", rollup_as="6.8.23", frozen_at_ms=conversation["now_ms"])
        self._wire = Wire(self.server)
        self.compared = 0

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str, str]:
        target = re.sub(r"\?include_type_name=false$", "", path)
        kind = "application/x-ndjson" if "_bulk" in path else "application/json"
        headers = [] if body is None else [("content-type", kind)]
        status, sent, data = self._wire.request(method, target, headers, None if body is None else body.encode())
        return status, sent.get("content-type") or "", data.decode()

    def run(self, name: str, stood: Json) -> None:
        """Let a job fire as often as it did."""
        assert (self.ask("POST", f"/_rollup/job/{name}/_start")[0] == 200) is (stood is not None)
        if stood is None:
            return
        for _ in range(stood["stats"]["trigger_count"]):
            self.server.clock.advance(seconds=1)
        self.ask("POST", f"/_rollup/job/{name}/_stop?wait_for_completion=true")
        (found,) = json.loads(self.ask("GET", f"/_rollup/job/{name}")[2])["jobs"]
        assert steady(found) == steady(stood)

    def check(self, path: str, wanted: Json, got: tuple[int, str, str]) -> None:
        self.compared += 1
        status, kind, text = got
        assert (status, kind) == (wanted["status"], wanted["type"]), (path, wanted, text)
        try:
            tree = of_seven(json.loads(wanted["text"]))
        except ValueError:
            assert _text(text) == _text(wanted["text"]), path
            return
        mine = json.loads(text)
        if "/_search?" in path and status == 200:
            tree, mine = ({hit["_id"]: hit["_source"] for hit in one["hits"]["hits"]} for one in (tree, mine))
        assert steady(mine) == steady(tree), path
        if "rollup" in path.split()[1]:
            assert json.dumps(steady(mine)) == json.dumps(steady(tree)), path


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda one: str(one["seed"]))
def test_a_conversation_goes_as_it_went(conversation: Json) -> None:
    replay = Replay(conversation)
    for step in conversation["steps"]:
        if "run" in step:
            replay.run(step["run"], step["job"])
            continue
        answer = replay.ask(step["method"], step["path"], step["body"])
        if step["answer"] is not None and ("rollup" in step["path"] or step["answer"]["status"] == 200):
            replay.check(f"{step['method']} {step['path']} {step['body']}", step["answer"], answer)
    replay.server.check()
    assert replay.compared > 50


def test_everything_that_rollup_does_is_among_them() -> None:
    steps = [step for conversation in CONVERSATIONS for step in conversation["steps"]]
    answers = [step["answer"] for step in steps if step.get("answer")]
    text = json.dumps(answers)
    assert len(answers) > 600
    assert text.count("terminated_early") > 80
    assert sum(step.get("job") is not None for step in steps) >= 10
    for part in ("rollup_jobs", "num_reduce_phases", "parser not found", "current_position", "rollup_action_request_validation_exception", "stopped"):
        assert part in text, part


def verdict(cron: str) -> str | None:
    """The innermost cause of a refusal."""
    try:
        Cron(cron)
    except ApiError as error:
        return list(error.chain())[-1].reason
    return None


def test_crons_are_read_as_leniently() -> None:
    crons = recorded("crons.json.xz")["crons"]
    assert {cron: verdict(cron) for cron in crons} == crons
    assert len(crons) == 1500
    assert sum(reason is None for reason in crons.values()) > 200
