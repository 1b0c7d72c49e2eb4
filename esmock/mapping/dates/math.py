"""Date maths: ``now-1d/d``, ``2020-01-01||+1M``. Docs: common options, date math."""

from __future__ import annotations

from datetime import tzinfo

from esmock.errors import ElasticsearchParse, IllegalArgument
from esmock.mapping.dates.calendar import civil, day_of_week, days_of, month_length
from esmock.mapping.dates.formatter import DateFormatter
from esmock.mapping.dates.pattern import NANOS, local_fields
from esmock.mapping.dates.zone import local_to_epoch

_SECONDS = {"w": 7 * 86400, "d": 86400, "h": 3600, "H": 3600, "m": 60, "s": 1}


def parse_math(
    text: str,
    formatter: DateFormatter,
    now_ms: int,
    *,
    round_up: bool = False,
    zone: tzinfo | None = None,
    wraps: bool = True,
) -> int:
    """A date or an expression as nanoseconds since the epoch.

    Args:
        now_ms: what ``now`` is.
        round_up: rounding goes to the last millisecond, and missing parts of the time are at their greatest.
        zone: of dates without one, and of rounding.
        wraps: dates that cannot be read raise ``parse_exception`` around their own error.

    Raises:
        ElasticsearchParse: as DateMathParser words it.
    """
    if text.startswith("now"):
        instant = now_ms * 1_000_000
        operations = text[3:]
    else:
        date, separator, operations = text.partition("||")
        if not separator:
            return _plain(text, formatter, round_up=round_up, zone=zone, wraps=wraps)
        instant = _plain(date, formatter, round_up=False, zone=zone, wraps=wraps)
    return apply_operations(operations, instant, round_up=round_up, zone=zone)


def _plain(text: str, formatter: DateFormatter, *, round_up: bool, zone: tzinfo | None, wraps: bool) -> int:
    if not text:
        raise ElasticsearchParse("cannot parse empty datetime" if wraps else "cannot parse empty date")
    try:
        return formatter.parse_ns(text, round_up=round_up, zone=zone)
    except IllegalArgument as error:
        if not wraps:
            raise
        reason = f"failed to parse date field [{text}] with format [{formatter.pattern}]: [{error.reason}]"
        raise ElasticsearchParse(reason, cause=error) from None


def apply_operations(operations: str, instant: int, *, round_up: bool, zone: tzinfo | None) -> int:
    """Run ``+1d``, ``-2h`` and ``/M`` over an instant in nanoseconds. Raises ElasticsearchParse."""
    at = 0
    while at < len(operations):
        char = operations[at]
        at += 1
        if char == "/":
            is_rounding, sign = True, 1
        elif char in "+-":
            is_rounding, sign = False, 1 if char == "+" else -1
        else:
            raise ElasticsearchParse(f"operator not supported for date math [{operations}]")
        if at >= len(operations):
            raise ElasticsearchParse(f"truncated date math [{operations}]")
        number = 1
        if operations[at].isdigit():
            start = at
            while at < len(operations) and operations[at].isdigit():
                at += 1
            if at >= len(operations):
                raise ElasticsearchParse(f"truncated date math [{operations}]")
            number = int(operations[start:at])
        if is_rounding and number != 1:
            raise ElasticsearchParse(f"rounding `/` can only be used on single unit types [{operations}]")
        unit = operations[at]
        at += 1
        if unit not in "yMwdhHms":
            raise ElasticsearchParse(f"unit [{unit}] not supported for date math [{operations}]")
        instant = _round(instant, unit, round_up=round_up, zone=zone) if is_rounding else _add(instant, sign * number, unit, zone)
    return instant


def _add(instant: int, number: int, unit: str, zone: tzinfo | None) -> int:
    if unit in "hHms":
        return instant + number * _SECONDS[unit] * NANOS
    days, of_day, _ = local_fields(instant, zone)
    if unit in "wd":
        days += number * (7 if unit == "w" else 1)
    else:
        year, month, day = civil(days)
        months = year * 12 + month - 1 + number * (12 if unit == "y" else 1)
        year, month = divmod(months, 12)
        days = days_of(year, month + 1, min(day, month_length(year, month + 1)))
    return _instant(days, of_day, zone)


def _instant(days: int, of_day: int, zone: tzinfo | None) -> int:
    second, nano = divmod(of_day, NANOS)
    return local_to_epoch(days * 86400 + second, zone) * NANOS + nano


def _round(instant: int, unit: str, *, round_up: bool, zone: tzinfo | None) -> int:
    days, of_day, _ = local_fields(instant, zone)
    if unit in "hHms":
        size = _SECONDS[unit] * NANOS
        start = _instant(days, of_day // size * size, zone)
        return start + size - 1_000_000 if round_up else start
    year, month, day = civil(days)
    if unit == "d":
        first, after = days, days + 1
    elif unit == "w":
        first = days - day_of_week(days) + 1
        after = first + 7
    elif unit == "M":
        first = days - day + 1
        after = first + month_length(year, month)
    else:
        first, after = days_of(year, 1, 1), days_of(year + 1, 1, 1)
    if round_up:
        return _instant(after, 0, zone) - 1_000_000
    return _instant(first, 0, zone)


