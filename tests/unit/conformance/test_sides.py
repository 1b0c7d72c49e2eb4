"""Two values side by side: what differs is never cut away, and terminals get colours."""

import io

from esmock.conformance.ink import PLAIN, Ink
from esmock.conformance.sides import body_rows, compare, differing, table


def rows(expected, actual, width=60, ink=PLAIN):
    return list(table(compare(expected, actual, expected), width, ink))


def test_a_difference_behind_a_long_beginning_is_shown_whole():
    start = "x" * 40
    shown = rows({"a": f"{start}-left"}, {"a": f"{start}-right"}, 66)
    assert shown == [
        "expected                        | actual",
        "{                               | {",
        f'  "a": "{"x" * 23} !   "a": "{"x" * 24}',
        f'{"x" * 17}-left"         ! {"x" * 16}-right"',
        "}                               | }",
    ]


def test_a_short_side_leaves_its_room_to_the_other():
    shown = rows({"a": 1}, {"a": 1, "b": "y" * 50}, 100)
    assert shown[3] == f'{"":<30} !   "b": "{"y" * 50}"'


def test_rows_far_from_a_difference_are_left_out():
    numbers = {f"k{n}": n for n in range(20)}
    shown = rows(numbers, numbers | {"k10": -1})
    assert [row.split("|")[0].strip() for row in shown if "|" in row] == [
        "expected", "...", '"k7": 7', '"k8": 8', '"k9": 9', '"k11": 11', '"k12": 12', '"k13": 13', "..."
    ]  # fmt: skip


def test_several_differences_are_listed_and_one_is_not():
    assert differing({"a": 1, "b": 2}, {"a": 1, "b": 3}) == []
    assert differing({"a": 1, "b": [1]}, {"a": 1.0, "b": [2]}) == [
        "a: expected 1 (int) but was 1.0 (double)",
        "b.0: expected 1 (int) but was 2 (int)",
    ]
    many = {f"k{n}": n for n in range(20)}
    assert differing(many, dict.fromkeys(many, -1))[-1] == "and 8 more"


def test_long_strings_of_a_body_are_cut():
    trace = body_rows(b'{"stack_trace": "' + b"x" * 500 + b'"}')[1]
    assert trace == f'  "stack_trace": "{"x" * 160}... (500 characters)"'
    assert body_rows(b"") == []
    assert body_rows(b"not json\n") == ["not json"]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_only_terminals_get_colours(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert Ink.of(Terminal()).heading("FAIL") == "\x1b[1;31mFAIL\x1b[0m"
    assert Ink.of(io.StringIO()).heading("FAIL") == "FAIL"
    monkeypatch.setenv("NO_COLOR", "1")
    assert Ink.of(Terminal()).heading("FAIL") == "FAIL"


def test_both_sides_of_a_difference_are_painted():
    painted = rows({"a": 1}, {"a": 2}, ink=Ink(True))
    assert painted[2] == f'\x1b[32m{"  " + chr(34) + "a" + chr(34) + ": 1":<30}\x1b[0m ! \x1b[31m  "a": 2\x1b[0m'
