"""A failed test for people: page and line, the request, and what was expected beside what came."""

from __future__ import annotations

import shutil

from esmock.conformance.callstep import Do
from esmock.conformance.ink import PLAIN, Ink
from esmock.conformance.place import Where
from esmock.conformance.runner import Result
from esmock.conformance.session import Mismatch
from esmock.conformance.sides import body_rows, compare, cut, differing, table
from esmock.conformance.snippets.case import Case
from esmock.conformance.steps import Match


def failure_text(result: Result, case: Case | None, width: int | None = None, ink: Ink = PLAIN) -> str:
    """Everything about one failed test.

    Args:
        result: of the test.
        case: the test; None for an error that belongs to a page and to no test of it.
        width: columns of the terminal; None asks it.
    """
    width = width or shutil.get_terminal_size((120, 24)).columns
    lines = [f"{ink.heading('FAIL')} {result.id}"]
    for failure in result.failures:
        lines += _failure(failure, result, case, width, ink)
    return "\n".join(lines)


def _failure(failure: Mismatch, result: Result, case: Case | None, width: int, ink: Ink) -> list[str]:
    place = ink.place(_place(failure.at, case))
    if case is None or case.test is None:
        return [f"  {place}: {failure.reason}"]
    step = next((step for step in case.test.section.steps if step.at == failure.at and step.name == failure.step), None)
    is_match = failure.step == "match" and failure.kind == "fail"
    places = differing(failure.expected, failure.actual) if is_match else []
    lines = [f"  {place}: {_what(failure, len(places))}", *(f"    {one}" for one in places)]
    if result.exchange:
        request, answer = result.exchange
        asked = _asked_at(failure, case)
        lines.append(f"    request:  {request}" + (f"   ({_place(asked, case)})" if asked else ""))
        lines += [f"      {row}" for row in body_rows(request.body)]
        lines.append(f"    response: {answer.status} {answer.header('content-type') or ''}".rstrip())
    if is_match:
        raw = step.expected if isinstance(step, Match) else failure.expected
        lines += [f"    {row}" for row in table(compare(failure.expected, failure.actual, raw), width - 4, ink)]
    elif result.exchange:
        lines += [f"      {row}" for row in body_rows(result.exchange[1].body)]
    return lines


def _what(failure: Mismatch, n_places: int) -> str:
    if failure.step == "match" and failure.path == "$body" and failure.kind == "fail":
        found = f" in {n_places} places:" if n_places else f": {cut(failure.reason, 300)}"
        return f"the answer is not what the page shows{found}"
    target = f" [{failure.path}]" if failure.path is not None and failure.step != "do" else ""
    return f"{failure.step}{target}: {cut(failure.reason, 500)}"


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
