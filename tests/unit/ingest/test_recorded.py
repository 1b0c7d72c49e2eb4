"""Pipelines and simulations, held against answers of a real engine.

Source: fixtures/recorded/7.10.2/ingest.json, a recording of 7.10.2 (timestamps replaced by TS).
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.recorded_cases import differences

FILE = Path(__file__).parents[3] / "fixtures" / "recorded" / "7.10.2" / "ingest.json"
CASES = json.loads(FILE.read_text("utf-8"))["cases"]
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


def test_the_recording_holds_enough():
    assert len(CASES) > 100


def test_answers_are_those_of_the_real_engine(raw):
    ask = raw("7.10.2")
    wrong = []
    for number, case in enumerate(CASES):
        answer = ask(case["request"], case.get("body"))
        found = [answer.status, _TIME.sub("TS", answer.body.decode())]
        if found != [case["status"], case["answer"]] and not case.get("differs"):
            wrong.append((number, case["request"], case.get("body"), case["answer"], found[1]))
    assert not wrong, "\n".join(map(str, wrong))


def test_known_differences_are_still_there(raw):
    ask = raw("7.10.2")
    gone = []
    for number, case in enumerate(CASES):
        answer = ask(case["request"], case.get("body"))
        if case.get("differs") and _TIME.sub("TS", answer.body.decode()) == case["answer"]:
            gone.append((number, case["differs"]))
    assert not gone, f"now right, take the mark away: {gone}"


@pytest.mark.parametrize("version", ["7.10.2", "8.19.21", "9.5.3"])
def test_a_dropped_document_is_a_noop(raw, version):
    ask = raw(version)
    ask("PUT /_ingest/pipeline/p", {"processors": [{"drop": {}}]})
    assert ask.json("PUT /i/_doc/1?pipeline=p", {"a": 1})["result"] == "noop"
    assert ask("GET /i/_doc/1").status == 404


def test_generated_simulations_are_answered_as_recorded(raw):
    """650 simulations made by a generator: every processor of 7.10 with options, bad ones, conditions and handlers of failures."""
    assert differences(raw("7.10.2"), "ingest_generated", "7.10.2") == []
