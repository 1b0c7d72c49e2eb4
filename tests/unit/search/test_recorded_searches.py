"""Searches over one corpus, answered key by key and bit by bit as real servers answered them.

Evidence: recordings of 7.10.2 and 8.19.21 (fixtures/recorded/*/search, made by record_search.py).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.search_engine import Engine

RECORDED = Path(__file__).parents[3] / "fixtures" / "recorded"
VERSIONS = ("7.10.2", "8.19.21")


@cache
def corpus() -> Any:
    return json.loads((RECORDED / "search_cases.json").read_text())


@cache
def engine(version: str, n_segments: int) -> Engine:
    found = corpus()
    return Engine(version, found["mappings"], [tuple(doc) for doc in found["docs"]], n_segments=n_segments)


def cases() -> list[Any]:
    out = []
    for version in VERSIONS:
        for family, searches in corpus()["searches"].items():
            recorded = json.loads((RECORDED / version / "search" / f"{family}.json").read_text())["answers"]
            assert len(recorded) == len(searches)
            for text, answer in zip(searches, recorded, strict=True):
                out.append(pytest.param(version, text, answer, id=f"{version}-{family}-{text[:80]}"))
    return out


@pytest.mark.parametrize(("version", "text", "answer"), cases())
def test_a_search_answers_as_recorded(version: str, text: str, answer: Any) -> None:
    assert json.dumps(engine(version, 1).search(text)) == json.dumps(answer)


@pytest.mark.parametrize(("version", "text", "answer"), cases())
def test_segments_do_not_change_an_answer(version: str, text: str, answer: Any) -> None:
    assert engine(version, 4).search(text) == answer
