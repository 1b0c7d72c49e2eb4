"""What a run says in the end: text for people, JSON and JUnit for machines."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from xml.etree import ElementTree

from esmock.conformance.ink import PLAIN, Ink
from esmock.conformance.runner import Result
from esmock.conformance.session import Mismatch
from esmock.conformance.sides import body_rows, compare, cut, differing, table

Json = Any

OUTCOMES = ("pass", "fail", "skip")


def counts(results: Iterable[Result]) -> dict[str, int]:
    """Number of results by outcome, all outcomes present."""
    found = Counter(result.outcome for result in results)
    return {outcome: found[outcome] for outcome in OUTCOMES}


def failure_text(result: Result, width: int | None = None, ink: Ink = PLAIN) -> str:
    """One failed test: every failure, the last exchange, the stash.

    Args:
        width: columns of the terminal; None asks it.
    """
    width = width or shutil.get_terminal_size((120, 24)).columns
    lines = [f"{ink.heading('FAIL')} {result.id}"]
    for failure in result.failures:
        lines += [f"  {_headline(failure, ink)}", *(f"    {row}" for row in _sides(failure, width - 4, ink))]
    if result.exchange:
        request, answer = result.exchange
        lines.append(f"  last request:  {request}")
        lines += [f"    {row}" for row in body_rows(request.body)]
        lines.append(f"  last response: {answer.status} {answer.header('content-type') or ''}".rstrip())
        lines += [f"    {row}" for row in body_rows(answer.body)]
    names = {name: value for name, value in result.stash.items() if name != "body"}
    if names:
        lines.append(f"  stash: {json.dumps(names, ensure_ascii=False)}")
    return "\n".join(lines)


def _headline(failure: Mismatch, ink: Ink) -> str:
    places = differing(failure.expected, failure.actual) if _is_assertion(failure) else []
    target = f" [{failure.path}]" if failure.path is not None else ""
    reason = f"differs in {len(places)} places" if places else cut(failure.reason, 500)
    return f"{ink.place(str(failure.at))}: {failure.step}{target}: {reason}"


def _is_assertion(failure: Mismatch) -> bool:
    return failure.step != "do" and failure.kind == "fail"


def _sides(failure: Mismatch, width: int, ink: Ink) -> list[str]:
    """Both sides of an assertion; of scalars the headline says all."""
    expected, actual = failure.expected, failure.actual
    if not _is_assertion(failure) or not any(isinstance(side, dict | list) for side in (expected, actual)):
        return []
    return [*differing(expected, actual), *table(compare(expected, actual, expected), width, ink)]


def summary_rows(results: Sequence[Result]) -> list[tuple[str, int, int, int, float]]:
    """Passed, failed, skipped and seconds for each API folder."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.id.partition("/")[0], []).append(result)
    rows = []
    for name, group in sorted(groups.items()):
        found = counts(group)
        seconds = sum(result.duration_s for result in group)
        rows.append((name, found["pass"], found["fail"], found["skip"], seconds))
    return rows


def to_json(results: Sequence[Result], url: str) -> Json:
    """All results as plain data."""
    return {
        "url": url,
        "counts": counts(results),
        "tests": [
            {
                "id": result.id,
                "file": result.at.file,
                "line": result.at.line,
                "outcome": result.outcome,
                "seconds": round(result.duration_s, 4),
                "requests": result.calls,
                **({"reason": result.reason} if result.reason else {}),
                **({"failures": [_failure_json(failure) for failure in result.failures]} if result.failures else {}),
                **({"exchange": _exchange_json(result)} if result.exchange else {}),
            }
            for result in results
        ],
    }


def _failure_json(failure: Mismatch) -> Json:
    return {
        "at": str(failure.at),
        "step": failure.step,
        "kind": failure.kind,
        "path": failure.path,
        "reason": failure.reason,
        "expected": failure.expected,
        "actual": failure.actual,
    }


def _exchange_json(result: Result) -> Json:
    if result.exchange is None:
        return None
    request, answer = result.exchange
    return {
        "request": str(request),
        "request_body": request.body.decode("utf-8", "replace"),
        "status": answer.status,
        "headers": [list(pair) for pair in answer.headers],
        "body": answer.body.decode("utf-8", "replace"),
    }


def to_junit(results: Sequence[Result], suite_name: str) -> bytes:
    """JUnit XML; names as the Java runner gives them."""
    found = counts(results)
    suite = ElementTree.Element(
        "testsuite",
        name=suite_name,
        tests=str(len(results)),
        failures=str(found["fail"]),
        skipped=str(found["skip"]),
        errors="0",
        time=f"{sum(result.duration_s for result in results):.3f}",
    )
    for result in results:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=result.id.rpartition("/")[0],
            name=f"test {{yaml={_printable(result.id)}}}",
            file=result.at.file,
            line=str(result.at.line),
            time=f"{result.duration_s:.3f}",
        )
        if result.outcome == "skip":
            ElementTree.SubElement(case, "skipped", message=_printable(result.reason or ""))
        elif result.outcome == "fail":
            first = str(result.failures[0])
            ElementTree.SubElement(case, "failure", message=_printable(first)).text = _printable(failure_text(result))
    return ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True)


def _printable(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return "".join(char if _is_xml(char) else "?" for char in text)


def _is_xml(char: str) -> bool:
    return char in "\t\n\r" or " " <= char <= "\ud7ff" or "\ue000" <= char <= "\ufffd" or char > "\uffff"
