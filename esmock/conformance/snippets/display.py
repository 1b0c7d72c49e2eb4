"""A failed test for people: page and line, the request, and what was expected beside what came."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from esmock.conformance.callstep import Do
from esmock.conformance.comparison import equal
from esmock.conformance.place import Where
from esmock.conformance.runner import Result
from esmock.conformance.session import Mismatch
from esmock.conformance.snippets.case import Case
from esmock.conformance.steps import Match

Json = Any

_CONTEXT = 3
_MIN_COLUMN = 30
_TEXT_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One row of a comparison; None where a side has nothing."""

    expected: str | None
    actual: str | None
    differs: bool


def failure_text(result: Result, case: Case | None, width: int | None = None) -> str:
    """Everything about one failed test.

    Args:
        result: of the test.
        case: the test; None for an error that belongs to a page and to no test of it.
        width: columns of the terminal; None asks it.
    """
    width = width or shutil.get_terminal_size((120, 24)).columns
    lines = [f"FAIL {result.id}"]
    for failure in result.failures:
        lines += _failure(failure, result, case, width)
    return "\n".join(lines)


def _failure(failure: Mismatch, result: Result, case: Case | None, width: int) -> list[str]:
    place = _place(failure.at, case)
    if case is None or case.test is None:
        return [f"  {place}: {failure.reason}"]
    step = next((step for step in case.test.section.steps if step.at == failure.at and step.name == failure.step), None)
    lines = [f"  {place}: {_what(failure)}"]
    if result.exchange:
        request, answer = result.exchange
        asked = _asked_at(failure, case)
        lines.append(f"    request:  {request}" + (f"   ({_place(asked, case)})" if asked else ""))
        lines += _indented(request.body)
        lines.append(f"    response: {answer.status} {answer.header('content-type') or ''}".rstrip())
    if failure.step == "match" and failure.kind == "fail":
        raw = step.expected if isinstance(step, Match) else failure.expected
        lines += [f"    {row}" for row in table(compare(failure.expected, failure.actual, raw), width - 4)]
    elif result.exchange:
        lines += _indented(result.exchange[1].body)
    return lines


def _what(failure: Mismatch) -> str:
    if failure.step == "match" and failure.path == "$body" and failure.kind == "fail":
        return f"the answer is not what the page shows: {_cut(failure.reason, 300)}"
    target = f" [{failure.path}]" if failure.path is not None and failure.step != "do" else ""
    return f"{failure.step}{target}: {_cut(failure.reason, 500)}"


def _place(at: Where, case: Case | None) -> str:
    if case is None or at.file != case.page.page.path:
        setup = f" (named setup, used at {case.page.page.place(case.section.line)})" if case else ""
        return f"{at}{setup}"
    return case.page.page.place(at.line)


def _asked_at(failure: Mismatch, case: Case) -> Where | None:
    """Where the page has the request that the failing step is about."""
    asked = None
    if case.test:
        for step in case.test.section.steps:
            if isinstance(step, Do):
                asked = step.at
            if step.at == failure.at and step.name == failure.step:
                break
    return asked


def _indented(body: bytes) -> list[str]:
    text = body.decode("utf-8", "replace")
    try:
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        text = text.rstrip("\n")
    return [f"      {row}" for row in _cut(text, _TEXT_LIMIT).split("\n")] if text else []


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}... ({len(text)} characters)"


def compare(expected: Json, actual: Json, raw: Json) -> list[SideBySide]:
    """Two values as rows, keys in the order of the page.

    Args:
        expected: with its marks filled in.
        actual: what the server answered.
        raw: the expected value with its marks as written; those are shown, since they say that any value will do.
    """
    if isinstance(expected, str) and isinstance(actual, str):
        return _texts(expected, actual)
    return list(_rows(expected, actual, raw, "", ""))


def _texts(expected: str, actual: str) -> list[SideBySide]:
    left, right = expected.rstrip("\n").split("\n"), actual.rstrip("\n").split("\n")
    count = max(len(left), len(right))
    pairs = zip(left + [None] * (count - len(left)), right + [None] * (count - len(right)), strict=True)
    return [SideBySide(one, two, one != two) for one, two in pairs]


def _rows(expected: Json, actual: Json, raw: Json, lead: str, head: str) -> Iterator[SideBySide]:
    """Rows of one value; ``lead`` is the indentation and ``head`` the key before it."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        yield SideBySide(f"{lead}{head}{{", f"{lead}{head}{{", False)
        raws = _raw_items(expected, raw)
        for key in [*expected, *(key for key in actual if key not in expected)]:
            yield from _entry(expected, actual, raws, key, f"{lead}  ", f"{json.dumps(key, ensure_ascii=False)}: ")
        yield SideBySide(f"{lead}}}", f"{lead}}}", False)
    elif isinstance(expected, list) and isinstance(actual, list):
        yield SideBySide(f"{lead}{head}[", f"{lead}{head}[", False)
        written = raw if isinstance(raw, list) else expected
        ours, theirs, marked = (dict(enumerate(side)) for side in (expected, actual, written))
        for index in range(max(len(expected), len(actual))):
            yield from _entry(ours, theirs, marked, index, f"{lead}  ", "")
        yield SideBySide(f"{lead}]", f"{lead}]", False)
    else:
        differs = not equal(expected, actual)
        shown = raw if isinstance(raw, str) and raw.startswith("$") else expected
        left, right = _pretty(shown, lead, head), _pretty(actual, lead, head)
        for index in range(max(len(left), len(right))):
            yield SideBySide(_at(left, index), _at(right, index), differs)


def _raw_items(expected: dict[str, Json], raw: Json) -> dict[str, Json]:
    """The values as written, by the keys that they have once marks in keys are filled in."""
    if not isinstance(raw, dict) or len(raw) != len(expected):
        return expected
    return dict(zip(expected, raw.values(), strict=True))


def _entry(expected: Any, actual: Any, raws: Any, key: Any, lead: str, head: str) -> Iterator[SideBySide]:
    if key in expected and key in actual:
        yield from _rows(expected[key], actual[key], raws.get(key), lead, head)
    elif key in expected:
        yield from (SideBySide(row, None, True) for row in _pretty(expected[key], lead, head))
    else:
        yield from (SideBySide(None, row, True) for row in _pretty(actual[key], lead, head))


def _pretty(value: Json, lead: str, head: str) -> list[str]:
    rows = json.dumps(value, indent=2, ensure_ascii=False).split("\n")
    return [f"{lead}{head}{rows[0]}", *(f"{lead}{row}" for row in rows[1:])]


def _at(rows: Sequence[str], index: int) -> str | None:
    return rows[index] if index < len(rows) else None


def table(rows: Sequence[SideBySide], width: int) -> Iterator[str]:
    """Two columns, a ``!`` between the sides that differ; far from a difference rows are left out."""
    longest = max((len(row.expected or "") for row in rows), default=0)
    column = max(min((width - 3) // 2, longest), _MIN_COLUMN)
    near = {
        place
        for index, row in enumerate(rows)
        if row.differs
        for place in range(index - _CONTEXT, index + _CONTEXT + 1)
    }
    yield f"{'expected':<{column}} | actual"
    hidden = 0
    for index, row in enumerate(rows):
        if near and index not in near:
            hidden += 1
            continue
        if hidden:
            yield f"{'...':<{column}} | ..."
            hidden = 0
        left, right = (_clip(side or "", column) for side in (row.expected, row.actual))
        yield f"{left:<{column}} {'!' if row.differs else '|'} {right}".rstrip()
    if hidden:
        yield f"{'...':<{column}} | ..."


def _clip(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."
