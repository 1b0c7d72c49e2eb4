"""What tests assert about the journal, and how a failure explains itself: by the calls that came nearest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from esmock.controls.matcher import Matcher, parse_matcher

if TYPE_CHECKING:
    from esmock.controls.exchange import Exchange
    from esmock.controls.journal import Calls, Journal

_NEAREST = 3
_LISTED = 20


def check_times(calls: Calls, *, times: int | None = None, at_least: int | None = None, at_most: int | None = None) -> None:
    """Raise AssertionError unless so many calls were found; without any bound, at least one."""
    if times is None and at_least is None and at_most is None:
        at_least = 1
    n = len(calls)
    wrong = (
        (times is not None and n != times)
        or (at_least is not None and n < at_least)
        or (at_most is not None and n > at_most)
    )
    if wrong:
        bounds = [f"exactly {_times(times)}"] if times is not None else []
        bounds += [f"at least {_times(at_least)}"] if at_least is not None else []
        bounds += [f"at most {_times(at_most)}"] if at_most is not None else []
        raise AssertionError(explain(calls, " and ".join(bounds)))


def _times(n: int | None) -> str:
    return "once" if n == 1 else "never" if n == 0 else f"{n} times"


def explain(calls: Calls, wanted: str) -> str:
    """Why a question's answer disappoints: what was found, what came nearest, what there was."""
    lines = [f"expected a call with {calls.matcher} {wanted}; it came {_times(len(calls))}"]
    if calls:
        lines += ["these matched:", *(f"  {describe(one)}" for one in calls[:_LISTED])]
    else:
        lines += nearest(calls.journal, calls.matcher)
    lines += listing(calls.journal)
    return "\n".join(lines)


def nearest(journal: Journal, matcher: Matcher) -> list[str]:
    """The calls that miss the fewest demands, with what each of them misses."""
    scored = [(len(problems), -one.number, one, problems) for one in journal if (problems := matcher.problems(one))]
    scored.sort(key=lambda row: row[:2])
    out: list[str] = []
    for _, _, one, problems in scored[:_NEAREST]:
        out.append(f"  {describe(one)}")
        out += [f"      {problem}" for problem in problems]
    return ["the nearest:", *out] if out else []


def listing(journal: Journal) -> list[str]:
    """The last calls of the journal."""
    kept = list(journal)
    if not kept:
        return ["nothing was called at all"]
    more = f" (the last {_LISTED} of {journal.count})" if journal.count > _LISTED else ""
    return [f"all calls{more}:", *(f"  {describe(one)}" for one in kept[-_LISTED:])]


def describe(exchange: Exchange) -> str:
    """One call in one line."""
    answer = exchange.status if exchange.answer is not None else "no answer yet"
    rules = f" [{', '.join(rule.label for rule in exchange.fired)}]" if exchange.fired else ""
    body = exchange.raw.body.decode("utf-8", "replace").replace("\n", "\\n")
    body = f" {body[:100]}{'...' if len(body) > 100 else ''}" if body else ""
    return f"#{exchange.number} {exchange.raw.method} {exchange.raw.target} -> {answer} ({exchange.endpoint}){rules}{body}"


def check_order(journal: Journal, steps: Sequence[Any]) -> None:
    """Raise AssertionError unless calls came in this order, with any others between.

    Args:
        steps: endpoint names, or objects of the fields of ``parse_matcher``.
    """
    matchers = [parse_matcher({"endpoint": step} if isinstance(step, str) else step, f"{n}") for n, step in enumerate(steps)]
    rest = iter(list(journal))
    for number, matcher in enumerate(matchers):
        if not any(matcher.matches(one) for one in rest):
            before = f" after {matchers[number - 1]}" if number else ""
            lines = [f"expected the calls in this order: {'; '.join(map(str, matchers))}", f"there is no {matcher}{before}"]
            raise AssertionError("\n".join([*lines, *listing(journal)]))
