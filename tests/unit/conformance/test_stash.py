"""Marks and paths.

Source: behaviour of the Java runner's Stash and ObjectPath.
"""

from __future__ import annotations

from typing import Any

import pytest

from esmock.conformance.dialect import E5
from esmock.conformance.place import StepError
from esmock.conformance.stash import Stash, is_mark, pieces


@pytest.mark.parametrize(
    ("value", "expected"),
    [("$a", True), ("$", True), ("x${a}y", True), ("x${}y", False), ("a$b", False), ("", False), (1, False)],
)
def test_what_is_a_mark(value: Any, expected: bool) -> None:
    assert is_mark(value) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.b", ["a", "b"]),
        ("", []),
        ("..a..b.", ["a", "b"]),
        (r"a\.b.c", ["a.b", "c"]),
        (r"\a.b.c", ["a.b", "c"]),
        (r"a\b", ["ab"]),
    ],
)
def test_pieces_of_a_path(path: str, expected: list[str]) -> None:
    assert pieces(path) == expected


@pytest.fixture
def stash() -> Stash:
    stash = Stash()
    stash.values = {"i": 7, "s": "x", "n": None, "k": "a.b", "body": {"a.b": [1, {"x": 1.5}], "s": {"y": True}}}
    return stash


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ("$i", 7),
        ("$body.s", {"y": True}),
        (r"$body.a\.b.1.x", 1.5),
        ("$body.$k.0", 1),
        ("v${i}-${body.s}", "v7-{y=true}"),
        ("${i}", "7"),
        ("a$i${s}", "a$ix"),
        (r"\${i}${i}", "${i}7"),
    ],
)
def test_marks_are_filled_in(mark: str, expected: Any, stash: Stash) -> None:
    assert stash.mark(mark) == expected


@pytest.mark.parametrize(
    "mark", ["$nope", "$n", "${nope}", "$", "$body.nope", "$i.x", r"$body.a\.b.9", r"$body.a\.b.-1", r"$body.a\.b.x"]
)
def test_a_mark_without_value_is_an_error(mark: str, stash: Stash) -> None:
    with pytest.raises(StepError):
        stash.mark(mark)


def test_trees_are_copied_with_marks_in_keys_and_lists(stash: Stash) -> None:
    tree = {"$s": ["$i", {"y": "${s}"}], "plain": "$body.s"}
    assert stash.tree(tree) == {"x": [7, {"y": "x"}], "plain": {"y": True}}
    assert tree == {"$s": ["$i", {"y": "${s}"}], "plain": "$body.s"}


def test_path_marks_name_their_own_place(stash: Stash) -> None:
    assert stash.tree({"a.b": ["$body.$_path", {"x": "$body.$_path"}]}) == {"a.b": [1, {"x": 1.5}]}


def test_keys_stay_in_the_oldest_era() -> None:
    stash = Stash(E5)
    stash["s"] = "x"
    assert stash.tree({"$s": "$s"}) == {"$s": "x"}


def test_a_list_at_the_root_of_an_expected_value_is_left_alone(stash: Stash) -> None:
    assert stash.expected(["$i"]) == ["$i"]
    assert stash.expected({"a": ["$i"]}) == {"a": [7]}
    assert stash.expected("$i") == 7
    assert stash.expected("i") == "i"
