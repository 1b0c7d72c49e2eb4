"""java.time.temporal.TemporalAdjusters, and java.time.Clock."""

from __future__ import annotations

from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.time.fields import FIELDS, UNITS
from esmock.script.painless.runtime.time.instants import Instant, instant
from esmock.script.painless.runtime.time.local import date_from
from esmock.script.painless.runtime.time.temporal import adjust
from esmock.script.painless.runtime.time.value import SECOND, Value, exact_long
from esmock.script.painless.runtime.values import to_text

_DAY, _YEAR_DAY, _WEEKDAY = FIELDS["DAY_OF_MONTH"], FIELDS["DAY_OF_YEAR"], FIELDS["DAY_OF_WEEK"]


class Adjuster:
    """A TemporalAdjuster of the library."""

    java_class = "java.time.temporal.TemporalAdjusters"
    java_parents = ("java.time.temporal.TemporalAdjuster",)
    __slots__ = ("_move",)

    def __init__(self, move: Any) -> None:
        self._move = move

    def __call__(self, temporal: Any) -> Any:
        return self._move(temporal)


def _start(field: Any, unit: str | None = None) -> Any:
    """To the first day of the month or year, of the next one with a unit."""

    def move(temporal: Any) -> Any:
        first = temporal.j_with(field, 1)
        return first if unit is None else first.j_plus(1, UNITS[unit])

    return lambda: Adjuster(move)


def _end(field: Any) -> Any:
    return lambda: Adjuster(lambda temporal: temporal.j_with(field, temporal.j_range(field).high))


def _weekday(temporal: Any) -> int:
    return int(temporal.j_get(_WEEKDAY))


def _days(temporal: Any, count: int) -> Any:
    return temporal.j_plus(count, UNITS["DAYS"]) if count >= 0 else temporal.j_minus(-count, UNITS["DAYS"])


def _in_month(ordinal: int, day: Any) -> Adjuster:
    """The ordinal-th such weekday of the month; negative ones count from its end, 0 is the one before the first."""
    wanted = day.ordinal + 1

    def move(temporal: Any) -> Any:
        if ordinal >= 0:
            first = temporal.j_with(_DAY, 1)
            return _days(first, (wanted - _weekday(first)) % 7 + 7 * (ordinal - 1))
        last = temporal.j_with(_DAY, temporal.j_range(_DAY).high)
        return _days(last, -((_weekday(last) - wanted) % 7) - 7 * (-ordinal - 1))

    return Adjuster(move)


def _to_weekday(sign: int, same: bool) -> Any:
    """To the next (1) or the previous (-1) such weekday, which may be the same day."""

    def make(day: Any) -> Adjuster:
        wanted = day.ordinal + 1

        def move(temporal: Any) -> Any:
            steps = sign * (wanted - _weekday(temporal)) % 7
            return temporal if same and not steps else _days(temporal, sign * (steps or 7))

        return Adjuster(move)

    return make


def _of_date(function: Any) -> Adjuster:
    return Adjuster(lambda temporal: temporal.j_with(adjust(function, date_from(temporal))))


class Clock(Value):
    """A clock that stands still, is shifted, or ticks in steps."""

    java_class = "java.time.Clock"
    __slots__ = ("_text", "total", "zone")

    def __init__(self, total: int, zone: Any, text: str) -> None:
        self.total, self.zone, self._text = total, zone, text

    def _key(self) -> Any:
        return (self._text,)

    def j_instant(self) -> Instant:
        return Instant(self.total)

    def j_millis(self) -> int:
        return exact_long(self.total // 1_000_000)

    def j_getZone(self) -> Any:
        return self.zone

    def j_toString(self) -> str:
        return self._text


def _fixed(at: Instant, zone: Any) -> Clock:
    return Clock(at.total, zone, f"FixedClock[{at.j_toString()},{zone.name}]")


def _shifted(clock: Clock, by: Any) -> Clock:
    if not by.nanos:
        return clock
    moved = instant(*divmod(clock.total + by.nanos, SECOND))
    return Clock(moved.total, clock.zone, f"OffsetClock[{to_text(clock)},{to_text(by)}]")


def _ticking(clock: Clock, step: Any) -> Clock:
    if step.nanos < 0:
        raise t.IllegalArgument("Tick duration must not be negative")
    if step.nanos % 1_000_000 and SECOND % step.nanos:
        raise t.IllegalArgument("Invalid tick duration")
    if step.nanos <= 1:
        return clock
    cut = clock.total - clock.total % step.nanos
    return Clock(cut, clock.zone, f"TickClock[{to_text(clock)},{to_text(step)}]")


STATICS: dict[str, Any] = {
    "TemporalAdjusters.firstDayOfMonth/0": _start(_DAY),
    "TemporalAdjusters.firstDayOfNextMonth/0": _start(_DAY, "MONTHS"),
    "TemporalAdjusters.firstDayOfYear/0": _start(_YEAR_DAY),
    "TemporalAdjusters.firstDayOfNextYear/0": _start(_YEAR_DAY, "YEARS"),
    "TemporalAdjusters.lastDayOfMonth/0": _end(_DAY),
    "TemporalAdjusters.lastDayOfYear/0": _end(_YEAR_DAY),
    "TemporalAdjusters.firstInMonth/1": lambda day: _in_month(1, day),
    "TemporalAdjusters.lastInMonth/1": lambda day: _in_month(-1, day),
    "TemporalAdjusters.dayOfWeekInMonth/2": _in_month,
    "TemporalAdjusters.next/1": _to_weekday(1, same=False),
    "TemporalAdjusters.nextOrSame/1": _to_weekday(1, same=True),
    "TemporalAdjusters.previous/1": _to_weekday(-1, same=False),
    "TemporalAdjusters.previousOrSame/1": _to_weekday(-1, same=True),
    "TemporalAdjusters.ofDateAdjuster/1": _of_date,
    "Clock.fixed/2": _fixed,
    "Clock.offset/2": _shifted,
    "Clock.tick/2": _ticking,
}
