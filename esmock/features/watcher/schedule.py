"""When a watch runs: every interval, by cron, hourly, daily, weekly, monthly, yearly.

Source: answers of 6.8.23 (``watcher.json``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from esmock.errors import ApiError, ElasticsearchParse, IllegalArgument
from esmock.features.cron import Cron
from esmock.xcontent.located import token

Json = Any
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_UNIT_NAMES = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_DAY_NAMES = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_NAMED_TIMES = {"midnight": (0, 0), "noon": (12, 0)}


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as it is printed.

    Args:
        crons: expressions of which the earliest counts; empty for an interval.
    """

    kind: str
    body: Json
    crons: tuple[str, ...] = ()
    interval_ms: int = 0

    def next_ms(self, after_ms: int) -> int | None:
        """When it comes due next."""
        if self.interval_ms:
            return after_ms + self.interval_ms
        found = [one for one in (Cron(text).next_ms(after_ms) for text in self.crons) if one is not None]
        return min(found, default=None)


def parse(watch: str, body: Json) -> Schedule:
    """Read ``{"interval": "10s"}`` and the like. Raises ElasticsearchParse."""
    if not isinstance(body, dict):
        raise ElasticsearchParse(f"could not parse schedule. expected an object, but found [{token(body)}]")
    if not body:
        raise ElasticsearchParse("could not parse schedule. expected a schedule type field, but no fields were found")
    kind, value = next(iter(body.items()))
    reader = _KINDS.get(kind)
    if reader is None:
        raise ElasticsearchParse(f"could not parse schedule for [{watch}]. unknown schedule type [{kind}]")
    return reader(value)


def _interval(value: Json) -> Schedule:
    text = f"{value}s" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    number, unit = text[:-1], text[-1:]
    try:
        if unit not in _UNITS:
            raise ElasticsearchParse(
                f"could not parse [interval] schedule. unrecognized interval format [{text}]"
            )
        if not re.fullmatch(r"-?\d+", number):
            raise ElasticsearchParse(
                f"could not parse [interval] schedule. could not parse [{number}] as a [{_UNIT_NAMES[unit]}] duration"
            )
        if int(number) * _UNITS[unit] < 1:
            raise IllegalArgument(f"interval can't be lower than 1000 ms, but [{text}] was specified")
    except ApiError as error:
        raise ElasticsearchParse(f"could not parse schedule: {error.reason}", cause=error) from None
    return Schedule("interval", text, interval_ms=int(number) * _UNITS[unit] * 1000)


def _cron(value: Json) -> Schedule:
    listed = value if isinstance(value, list) else [value]
    for text in listed:
        try:
            Cron(text)
        except ApiError as error:
            cause = IllegalArgument(f"invalid cron expression [{text}]", cause=error)
            raise ElasticsearchParse("could not parse [cron] schedule", cause=cause) from None
    return Schedule("cron", value if not isinstance(value, list) or len(value) > 1 else value[0], tuple(listed))


def _hourly(value: Json) -> Schedule:
    given = value.get("minute", 0)
    minutes = [_number("hourly", "minute", one, 59) for one in (given if isinstance(given, list) else [given])]
    return Schedule("hourly", {"minute": minutes}, (f"0 {_listed(minutes)} * * * ?",))


def _number(kind: str, name: str, value: Json, most: int) -> int:
    number = int(value)
    if not 0 <= number <= most:
        cause = ElasticsearchParse(
            f"invalid time {name} value [{number}] (possible values may be between 0 and {most} incl.)"
        )
        raise ElasticsearchParse(f"could not parse [{kind}] schedule. invalid value for [{name}]", cause=cause)
    return number


def _listed(values: list[Any]) -> str:
    return ",".join(str(one) for one in values)


@dataclass(frozen=True, slots=True)
class _Time:
    """Hours and minutes; ``shown`` as printed."""

    hours: tuple[int, ...]
    minutes: tuple[int, ...]
    shown: Json

    @property
    def fields(self) -> str:
        """Seconds, minutes and hours of a cron expression."""
        return f"0 {_listed(list(self.minutes))} {_listed(list(self.hours))}"


def _times(kind: str, value: Json) -> list[_Time]:
    return [_time(kind, one) for one in (value if isinstance(value, list) else [value])]


def _time(kind: str, value: Json) -> _Time:
    if isinstance(value, dict):
        hours, minutes = (value.get(name, 0) for name in ("hour", "minute"))
        hours, minutes = (one if isinstance(one, list) else [one] for one in (hours, minutes))
        return _Time(tuple(hours), tuple(minutes), {"hour": hours, "minute": minutes})
    text = str(value)
    hour, minute = _NAMED_TIMES.get(text) or _clock(kind, text)
    return _Time((hour,), (minute,), text)


def _clock(kind: str, text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", text)
    reason = None
    if match is None:
        reason = f"could not parse time [{text}]. time format must be in the form of hh:mm"
    elif int(match[1]) > 23:
        reason = f"invalid time [{text}]. invalid time hour value [{int(match[1])}]. time hours must be between 0 and 23 incl."
    elif int(match[2]) > 59:
        reason = (
            f"invalid time [{text}]. invalid time minute value [{int(match[2])}]. time minutes must be between 0 and 59 incl."
        )
    if match is None or reason is not None:
        cause = ElasticsearchParse("could not parse time [{}]", cause=IllegalArgument(reason))
        raise ElasticsearchParse(
            f"could not parse [{kind}] schedule. invalid time value for field [at] - [VALUE_STRING]", cause=cause
        )
    return int(match[1]), int(match[2])


def _daily(value: Json) -> Schedule:
    times = _times("daily", value.get("at", "midnight"))
    return Schedule("daily", {"at": [one.shown for one in times]}, tuple(f"{one.fields} * * ?" for one in times))


def _several(
    kind: str, value: Json, read: Callable[[Mapping[str, Json]], tuple[dict[str, Json], str]]
) -> Schedule:
    """Of a schedule whose parts each have days and times; ``read`` gives the printed days and the end of a cron expression."""
    out, crons = [], []
    for one in value if isinstance(value, list) else [value]:
        days, tail = read(one)
        times = _times(kind, one.get("at", "midnight"))
        times.sort(key=lambda time: (time.hours, time.minutes))
        out.append({**days, "at": [time.shown for time in times]})
        crons += [f"{time.fields} {tail}" for time in times]
    return Schedule(kind, out, tuple(crons))


def _named(kind: str, value: Json, short: tuple[str, ...], long: tuple[str, ...]) -> list[str]:
    places = set()
    for one in value if isinstance(value, list) else [value]:
        text = str(one).lower()
        if text in long:
            places.add(long.index(text))
        elif text.upper() in short:
            places.add(short.index(text.upper()))
        elif text.isdigit() and 0 < int(text) <= len(short):
            places.add(int(text) - 1)
        else:
            raise ElasticsearchParse(f"could not parse [{kind}] schedule. invalid value [{one}]")
    return [short[place] for place in sorted(places)]


def _weekly(value: Json) -> Schedule:
    def read(one: Mapping[str, Json]) -> tuple[dict[str, Json], str]:
        days = _named("weekly", one.get("on", "monday"), _DAYS, _DAY_NAMES)
        return {"on": days}, f"? * {_listed(days)}"

    return _several("weekly", value, read)


def _month_days(one: Mapping[str, Json]) -> list[Json]:
    given = one.get("on", 1)
    return given if isinstance(given, list) else [given]


def _cron_days(days: list[Json]) -> str:
    return _listed(["L" if str(day).upper().startswith("LAST") else day for day in days])


def _monthly(value: Json) -> Schedule:
    def read(one: Mapping[str, Json]) -> tuple[dict[str, Json], str]:
        days = _month_days(one)
        return {"on": days}, f"{_cron_days(days)} * ?"

    return _several("monthly", value, read)


def _yearly(value: Json) -> Schedule:
    def read(one: Mapping[str, Json]) -> tuple[dict[str, Json], str]:
        months = _named("yearly", one.get("in", "january"), _MONTHS, _MONTH_NAMES)
        days = _month_days(one)
        return {"in": months, "on": days}, f"{_cron_days(days)} {_listed(months)} ?"

    return _several("yearly", value, read)


_KINDS: Mapping[str, Callable[[Json], Schedule]] = {
    "interval": _interval,
    "cron": _cron,
    "hourly": _hourly,
    "daily": _daily,
    "weekly": _weekly,
    "monthly": _monthly,
    "yearly": _yearly,
}
