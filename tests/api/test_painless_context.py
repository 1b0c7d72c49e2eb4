"""``GET /_scripts/painless/_context`` byte for byte as 7.10.2 answers it (fixtures/recorded/7.10.2/painless_context.json: digests)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RECORDED = json.loads((Path(__file__).parents[2] / "fixtures" / "recorded" / "7.10.2" / "painless_context.json").read_text("utf-8"))
PATH = "/_scripts/painless/_context"


Ask = Callable[..., Any]


@pytest.fixture
def ask(raw: Ask) -> Ask:
    return raw("7.10.2")


def test_contexts_are_named(ask: Ask) -> None:
    answer = ask(f"GET {PATH}")
    assert (answer.status, json.loads(answer.body)) == (200, {"contexts": RECORDED["names"]})


@pytest.mark.parametrize("name", ["ingest", "moving-function", "painless_test", "score"])
def test_a_context_tells_all_that_its_scripts_may_name(ask: Ask, name: str) -> None:
    answer = ask(f"GET {PATH}?context={name}")
    told = RECORDED["answers"][name]
    assert (answer.status, len(answer.body), hashlib.sha256(answer.body).hexdigest()) == (200, told["bytes"], told["sha256"])


def test_contexts_without_additions_tell_the_same_classes() -> None:
    """The sizes of the recorded answers differ by the name alone."""
    plain = {name: told["bytes"] - len(name) for name, told in RECORDED["answers"].items()}
    added = {name for name, size in plain.items() if size != plain["painless_test"]}
    assert added == {"ingest", "moving-function", "score"}


def test_an_unknown_context_is_refused(ask: Ask) -> None:
    answer = ask(f"GET {PATH}?context=nope")
    assert (answer.status, json.loads(answer.body)) == (400, RECORDED["refused"])


def test_what_later_releases_tell_is_not_known(raw: Ask) -> None:
    assert raw("8.19.21")(f"GET {PATH}").status == 501
