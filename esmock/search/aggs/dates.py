"""Dates in aggregation bodies: date math, and numbers as milliseconds."""

from __future__ import annotations

import re
from datetime import tzinfo
from typing import Any

import numpy as np

from esmock.errors import ElasticsearchParse

_OPERATION = re.compile(r"([/+-])(\d*)([yMwdhHms])")
_UNITS = {"y": "year", "M": "month", "w": "week", "d": "day", "h": "hour", "H": "hour", "m": "minute", "s": "second"}


def date_math(text: str, formatter: Any, zone: tzinfo | None, now_ms: int | None, *, round_up: bool = False) -> int:
    """Milliseconds of a date, ``now`` or date math. Raises IllegalArgument and ElasticsearchParse."""
    if text.startswith("now"):
        if now_ms is None:
            raise ElasticsearchParse("could not read the current timestamp")
        at, math = now_ms, text[3:]
    else:
        base, bars, math = text.partition("||")
        try:
            at = formatter.parse_ms(base, round_up=round_up and not math, zone=zone)
        except ElasticsearchParse:
            raise
        except Exception as error:
            from esmock.errors import ApiError

            if not isinstance(error, ApiError):
                raise
            raise ElasticsearchParse(f"{error.reason}: [{error.reason}]", cause=error) from None
        if not bars:
            return int(at)
    return evaluate(math, int(at), zone, round_up=round_up)


def evaluate(math: str, at: int, zone: tzinfo | None, *, round_up: bool = False) -> int:
    """Apply ``+1d/M`` to an instant. Raises ElasticsearchParse."""
    from esmock.search.aggs.rounding import UTC, CalendarRounding, ZoneOffsets, is_utc, step_local

    place = 0
    while place < len(math):
        match = _OPERATION.match(math, place)
        if match is None:
            if math[place] not in "/+-":
                raise ElasticsearchParse(f"operator not supported for date math [{math}]")
            raise ElasticsearchParse(f"truncated date math [{math}]")
        operator, digits, unit = match.groups()
        count = int(digits or 1)
        place = match.end()
        zone_ = UTC if is_utc(zone) else zone
        assert zone_ is not None
        if operator == "/":
            if count != 1:
                raise ElasticsearchParse(f"rounding `/` can only be used on single unit types [{math}]")
            rounding = CalendarRounding(_UNITS[unit], zone_)
            at = int(rounding.round(np.array([at]))[0])
            if round_up:
                at = rounding.next(at) - 1
            continue
        offsets = ZoneOffsets.over(zone_, at, at)
        offset = int(offsets.offsets[offsets.periods(np.array([at]))[0]])
        local = step_local(_UNITS[unit], at + offset, count if operator == "+" else -count)
        at = local - offset
        after = ZoneOffsets.over(zone_, at, at)
        at += offset - int(after.offsets[after.periods(np.array([at]))[0]])
    return at
