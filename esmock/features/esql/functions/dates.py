"""Functions of times. Docs: esql-date-time-functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from esmock.errors import ApiError
from esmock.features.esql.block import Block, repeated
from esmock.features.esql.functions.function import (
    Evaluation,
    Failures,
    Function,
    Refused,
    by_single_values,
    objects,
)
from esmock.features.esql.tree import Call, Literal
from esmock.features.esql.types import ANY, DATE_FIRST, DATES, NANOS_FIRST, SPANS, STRING
from esmock.mapping.dates.calendar import civil, day_of_week, day_of_year, days_of, month_length
from esmock.mapping.dates.formatter import date_formatter

Json = Any
DAY_MS = 86_400_000
NANOS = 1_000_000
ISO = "strict_date_optional_time"


def text_of(kind: str, value: int) -> str:
    """A time as it is printed: milliseconds, or nanoseconds where there are some."""
    if kind == "datetime":
        return date_formatter(ISO).format_ms(value)
    return date_formatter("strict_date_optional_time_nanos").format_ns(value)


def _known(values: list[int | None]) -> tuple[np.ndarray, np.ndarray]:
    """int64[n] and bool[n]: the values, 0 for none, and which there are."""
    return np.array([one or 0 for one in values], np.int64), np.array([one is not None for one in values], bool)


def parse_ms(text: str, pattern: str = ISO) -> int:
    """Milliseconds since 1970. Raises ApiError."""
    return date_formatter(pattern).parse_ms(text)


def shifted(millis: int, span: tuple[str, int], sign: int = 1) -> int:
    """A time and a span later (or earlier)."""
    what, count = span
    if what == "ms":
        return millis + sign * count
    if what == "days":
        return millis + sign * count * DAY_MS
    days, of_day = divmod(millis, DAY_MS)
    year, month, day = civil(days)
    months = year * 12 + month - 1 + sign * count
    return days_of(months // 12, months % 12 + 1, min(day, month_length(months // 12, months % 12 + 1))) * DAY_MS + of_day


def truncated(values: np.ndarray, span: tuple[str, int]) -> np.ndarray:
    """Times (int64 milliseconds) cut down to the begin of their span."""
    what, count = span
    if what == "ms":
        return values - values % count
    days = values // DAY_MS
    if what == "days":
        # ES: weeks begin on Monday; other numbers of days are counted from 1970
        shift = 3 if count % 7 == 0 else 0
        return ((days + shift) // count * count - shift) * DAY_MS
    out = np.empty(len(values), np.int64)
    known: dict[int, int] = {}
    for at, day in enumerate(days.tolist()):
        if day not in known:
            year, month, _ = civil(day)
            months = year * 12 + month - 1
            begin = (months - 12) // count * count + 12 if count % 12 == 0 and count > 12 else months // count * count
            known[day] = days_of(begin // 12, begin % 12 + 1, 1) * DAY_MS
        out[at] = known[day]
    return out


def _trunc_type(call: Call) -> str:
    first, second = call.arguments
    if first.type != "null" and first.type not in SPANS:
        raise Refused(
            f"first argument of [{call.text}] must be [dateperiod or timeduration], found value [{first.text}] type [{first.type}]"
        )
    return second.type if second.type != "null" else "datetime"


def _trunc(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
    span = call.arguments[0]
    if not isinstance(span, Literal) or span.value is None:
        return by_single_values(lambda run, failures, *columns: columns[-1])(run, call, blocks)

    def kernel(run: Evaluation, failures: Failures, values: np.ndarray) -> Any:
        if call.type == "date_nanos":
            return truncated(values // NANOS, span.value) * NANOS
        return truncated(values, span.value)

    return by_single_values(kernel)(run, call, blocks[1:])


_FIELDS: dict[str, Callable[[int, int], int]] = {
    # of the day since 1970 and the millisecond of the day
    "aligned_day_of_week_in_month": lambda day, ms: (civil(day)[2] - 1) % 7 + 1,
    "aligned_day_of_week_in_year": lambda day, ms: (day_of_year(day) - 1) % 7 + 1,
    "aligned_week_of_month": lambda day, ms: (civil(day)[2] - 1) // 7 + 1,
    "aligned_week_of_year": lambda day, ms: (day_of_year(day) - 1) // 7 + 1,
    "ampm_of_day": lambda day, ms: ms // (DAY_MS // 2),
    "clock_hour_of_ampm": lambda day, ms: (ms // 3_600_000 + 11) % 12 + 1,
    "clock_hour_of_day": lambda day, ms: (ms // 3_600_000 + 23) % 24 + 1,
    "day_of_month": lambda day, ms: civil(day)[2],
    "day_of_week": lambda day, ms: day_of_week(day),
    "day_of_year": lambda day, ms: day_of_year(day),
    "epoch_day": lambda day, ms: day,
    "era": lambda day, ms: int(civil(day)[0] > 0),
    "hour_of_ampm": lambda day, ms: ms // 3_600_000 % 12,
    "hour_of_day": lambda day, ms: ms // 3_600_000,
    "instant_seconds": lambda day, ms: day * 86_400 + ms // 1000,
    "micro_of_day": lambda day, ms: ms * 1000,
    "micro_of_second": lambda day, ms: ms % 1000 * 1000,
    "milli_of_day": lambda day, ms: ms,
    "milli_of_second": lambda day, ms: ms % 1000,
    "minute_of_day": lambda day, ms: ms // 60_000,
    "minute_of_hour": lambda day, ms: ms // 60_000 % 60,
    "month_of_year": lambda day, ms: civil(day)[1],
    "nano_of_day": lambda day, ms: ms * NANOS,
    "nano_of_second": lambda day, ms: ms % 1000 * NANOS,
    "offset_seconds": lambda day, ms: 0,
    "proleptic_month": lambda day, ms: civil(day)[0] * 12 + civil(day)[1] - 1,
    "second_of_day": lambda day, ms: ms // 1000,
    "second_of_minute": lambda day, ms: ms // 1000 % 60,
    "year": lambda day, ms: civil(day)[0],
    "year_of_era": lambda day, ms: civil(day)[0] if civil(day)[0] > 0 else 1 - civil(day)[0],
}
"""The parts of a time by the names of Java's ``ChronoField``."""


def _part(call: Call) -> str | None:
    given = call.arguments[0]
    if isinstance(given, Literal) and isinstance(given.value, str) and given.value.lower() not in _FIELDS:
        return f"invalid date field for [{call.text}]: {given.value}"
    return None


def _millis(call: Call, place: int, values: np.ndarray) -> np.ndarray:
    return values // NANOS if call.arguments[place].type == "date_nanos" else values


def _extract(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
    def kernel(run: Evaluation, failures: Failures, parts: np.ndarray, values: np.ndarray) -> Any:
        out: list[Json] = []
        for part, value in zip(parts.tolist(), _millis(call, 1, values).tolist(), strict=True):
            find = _FIELDS.get(part.lower())
            if find is None:
                failures.add(f"java.lang.IllegalArgumentException: No enum constant java.time.temporal.ChronoField.{part.upper()}")
            out.append(None if find is None else find(*divmod(value, DAY_MS)))
        return _known(out)

    return by_single_values(kernel)(run, call, blocks)


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _named(names: Sequence[str], place: Callable[[int], int]) -> Any:
    """The name of a part of a date."""

    def evaluate(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
        def kernel(run: Evaluation, failures: Failures, values: np.ndarray) -> Any:
            return objects([names[place(value // DAY_MS)] for value in _millis(call, 0, values).tolist()])

        return by_single_values(kernel)(run, call, blocks)

    return evaluate


def _pattern_problem(call: Call) -> str | None:
    """What is wrong with the pattern that a constant gives."""
    given = call.arguments[0]
    if len(call.arguments) < 2 or not isinstance(given, Literal) or not isinstance(given.value, str):
        return None
    try:
        date_formatter(given.value)
    except ApiError as error:
        return f"invalid date pattern for [{call.text}]: {error.reason}" if call.name == "date_parse" else str(error.reason)
    return None


def _format_type(call: Call) -> str:
    first = call.arguments[0]
    wanted = STRING if len(call.arguments) == 2 else DATE_FIRST
    if first.type != "null" and first.type not in wanted.types:
        raise Refused(f"first argument of [{call.text}] must be [{wanted.shown}], found value [{first.text}] type [{first.type}]")
    if len(call.arguments) == 2:
        second = call.arguments[1]
        if second.type != "null" and second.type not in DATES:
            raise Refused(f"second argument of [{call.text}] must be [{DATE_FIRST.shown}], found value [{second.text}] type [{second.type}]")
    return "keyword"


def _format(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
    kind = call.arguments[-1].type

    def kernel(run: Evaluation, failures: Failures, *columns: np.ndarray) -> Any:
        values = columns[-1].tolist()
        if len(columns) == 1:
            return objects([text_of(kind, value) for value in values])
        _warn_of_locale(run, columns[0].tolist())
        formats = (date_formatter(pattern) for pattern in columns[0].tolist())
        return objects([one.format_ns(value if kind == "date_nanos" else value * NANOS) for one, value in zip(formats, values, strict=True)])

    return by_single_values(kernel)(run, call, blocks)


def _parse(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
    def kernel(run: Evaluation, failures: Failures, *columns: np.ndarray) -> Any:
        texts = columns[-1].tolist()
        patterns = columns[0].tolist() if len(columns) == 2 else [ISO] * len(texts)
        _warn_of_locale(run, patterns)
        out: list[Json] = []
        for text, pattern in zip(texts, patterns, strict=True):
            try:
                out.append(parse_ms(text, pattern))
            except ApiError as error:
                failures.add(f"java.lang.IllegalArgumentException: {error.reason}")
                out.append(None)
        return _known(out)

    return by_single_values(kernel)(run, call, blocks)


def _warn_of_locale(run: Evaluation, patterns: list[str]) -> None:
    """Tell of patterns whose words depend on Java's locale data."""
    if run.behaviour.warns_of_locales:
        from esmock.mapping.dates.specifiers import locale_warnings

        version = run.behaviour.version
        for pattern in dict.fromkeys(patterns):
            for text in locale_warnings(pattern, f"{version.major}.{version.minor}"):
                run.warn(text)


_UNITS = {
    "year": ("year", "years", "yy", "yyyy"), "quarter": ("quarter", "quarters", "qq", "q"), "month": ("month", "months", "mm", "m"),
    "dayofyear": ("dayofyear", "dy", "y"), "day": ("day", "days", "dd", "d"), "week": ("week", "weeks", "wk", "ww"),
    "weekday": ("weekday", "weekdays", "dw"), "hour": ("hour", "hours", "hh"), "minute": ("minute", "minutes", "mi", "n"),
    "second": ("second", "seconds", "ss", "s"), "millisecond": ("millisecond", "milliseconds", "ms"),
    "microsecond": ("microsecond", "microseconds", "mcs"), "nanosecond": ("nanosecond", "nanoseconds", "ns"),
}  # fmt: skip
_UNIT_OF = {name: unit for unit, names in _UNITS.items() for name in names}
_NANOS_OF = {
    "day": DAY_MS * NANOS, "dayofyear": DAY_MS * NANOS, "weekday": DAY_MS * NANOS, "week": 7 * DAY_MS * NANOS, "hour": 3_600_000 * NANOS,
    "minute": 60_000 * NANOS, "second": 1000 * NANOS, "millisecond": NANOS, "microsecond": 1000, "nanosecond": 1,
}  # fmt: skip


def _difference(unit: str, start: int, end: int) -> int:
    """Whole units from one time to another, in nanoseconds since 1970."""
    if unit in _NANOS_OF:
        whole = abs(end - start) // _NANOS_OF[unit]
        return whole if end >= start else -whole
    months = {"year": 12, "quarter": 3, "month": 1}[unit]
    first, last = (start, end) if end >= start else (end, start)
    (a_year, a_month, a_day), (b_year, b_month, b_day) = civil(first // (DAY_MS * NANOS)), civil(last // (DAY_MS * NANOS))
    count = (b_year - a_year) * 12 + b_month - a_month
    if (b_day, last % (DAY_MS * NANOS)) < (a_day, first % (DAY_MS * NANOS)):
        count -= 1
    return (count // months) * (1 if end >= start else -1)


def _unit_problem(call: Call) -> str | None:
    given = call.arguments[0]
    if isinstance(given, Literal) and isinstance(given.value, str) and given.value.lower() not in _UNIT_OF:
        units = ", ".join(f"'{one}'" for one in sorted(_UNIT_OF))
        return f"Received value [{given.value}] is not valid for the argument [unit]; accepted values are [{units}]"
    return None


def _diff(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
    scales = [1 if argument.type == "date_nanos" else NANOS for argument in call.arguments[1:]]

    def kernel(run: Evaluation, failures: Failures, units: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> Any:
        out: list[Json] = []
        for unit, start, end in zip(units.tolist(), starts.tolist(), ends.tolist(), strict=True):
            found = _difference(_UNIT_OF[unit.lower()], start * scales[0], end * scales[1])
            if not -(2**31) <= found < 2**31:
                failures.add(f"org.elasticsearch.xpack.esql.core.InvalidArgumentException: [{found}] out of [integer] range")
            out.append(found if -(2**31) <= found < 2**31 else None)
        return _known(out)

    return by_single_values(kernel)(run, call, blocks)


def _now(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
    return repeated("datetime", run.now_ms, 1)


FUNCTIONS = (
    Function("date_diff", (STRING, DATE_FIRST, DATE_FIRST), "integer", _diff, checks=_unit_problem),
    Function("day_name", (DATE_FIRST,), "keyword", _named(_DAYS, lambda day: day_of_week(day) - 1), since=(9, 2)),
    Function("month_name", (DATE_FIRST,), "keyword", _named(_MONTHS, lambda day: civil(day)[1] - 1), since=(9, 2)),
    Function("date_extract", (STRING, DATE_FIRST), "long", _extract, checks=_part),
    Function("date_format", (ANY, ANY), _format_type, _format, least=1, arity="expects one or two arguments", checks=_pattern_problem),
    Function("date_parse", (STRING, STRING), "datetime", _parse, least=1, arity="expects one or two arguments", checks=_pattern_problem),
    Function("date_trunc", (ANY, NANOS_FIRST), _trunc_type, _trunc),
    Function("now", (), "datetime", _now),
)
