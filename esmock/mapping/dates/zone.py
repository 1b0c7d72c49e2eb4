"""Time zones by id, as Java reads them."""

from __future__ import annotations

import functools
import re
from datetime import UTC, timedelta, timezone, tzinfo

from esmock.errors import DateTime, ZoneRules

_SHORT = {
    "EST": "-05:00", "MST": "-07:00", "HST": "-10:00", "ACT": "Australia/Darwin", "AET": "Australia/Sydney",
    "AGT": "America/Argentina/Buenos_Aires", "ART": "Africa/Cairo", "AST": "America/Anchorage", "BET": "America/Sao_Paulo",
    "BST": "Asia/Dhaka", "CAT": "Africa/Harare", "CNT": "America/St_Johns", "CST": "America/Chicago", "CTT": "Asia/Shanghai",
    "EAT": "Africa/Addis_Ababa", "ECT": "Europe/Paris", "IET": "America/Indiana/Indianapolis", "IST": "Asia/Kolkata",
    "JST": "Asia/Tokyo", "MIT": "Pacific/Apia", "NET": "Asia/Yerevan", "NST": "Pacific/Auckland", "PLT": "Asia/Karachi",
    "PNT": "America/Phoenix", "PRT": "America/Puerto_Rico", "PST": "America/Los_Angeles", "SST": "Pacific/Guadalcanal",
    "VST": "Asia/Ho_Chi_Minh",
}


def zone_of(text: str) -> tzinfo:
    """``DateUtils.of``: ``zone_id``, and the short names of old."""
    return zone_id(long_id(text))


def long_id(text: str) -> str:
    """The id or offset that one of the short names of old stands for; any other text as it is."""
    return _SHORT.get(text, text)


@functools.lru_cache(maxsize=512)
def zone_id(text: str) -> tzinfo:
    """``ZoneId.of``: the zone of an id or offset.

    Raises:
        ZoneRules: ``Unknown time-zone ID: x``.
        DateTime: an id of the wrong form.
    """
    if text in ("Z", "UTC", "GMT", "UT", "Etc/UTC"):
        return UTC
    if len(text) < 2 or text[0] in "+-":
        return _fixed(offset_seconds_of(text))
    for prefix in ("UTC", "GMT", "UT"):
        if text.startswith(prefix) and text[len(prefix) : len(prefix) + 1] in ("+", "-"):
            try:
                return _fixed(offset_seconds_of(text[len(prefix) :]))
            except DateTime as error:
                raise DateTime(f"Invalid ID for offset-based ZoneId: {text}", cause=error) from None
    from zoneinfo import ZoneInfo

    try:
        if text in _SHORT:
            raise KeyError(text)
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9~/._+-]+", text):
            raise ZoneRules(f"Unknown time-zone ID: {text}") from None
        raise DateTime(f"Invalid ID for region-based ZoneId, invalid format: {text}") from None


def _fixed(seconds: int) -> tzinfo:
    return timezone(timedelta(seconds=seconds)) if seconds else UTC


_OFFSET_FORMS = {3: (1,), 5: (1, 3), 6: (1, -4), 7: (1, 3, 5), 9: (1, -4, -7)}
"""Where the numbers of an offset of some length stand; behind a colon when negative."""


def offset_seconds_of(text: str) -> int:
    """``ZoneOffset.of``. Raises DateTime."""
    if text == "Z":
        return 0
    padded = f"{text[0]}0{text[1]}" if len(text) == 2 else text
    form = _OFFSET_FORMS.get(len(padded))
    if form is None:
        raise DateTime(f"Invalid ID for ZoneOffset, invalid format: {text}")
    numbers = []
    for at in form:
        if at < 0 and padded[-at - 1] != ":":
            raise DateTime(f"Invalid ID for ZoneOffset, colon not found when expected: {padded}")
        digits = padded[abs(at) : abs(at) + 2]
        if not (digits.isascii() and digits.isdigit()):
            raise DateTime(f"Invalid ID for ZoneOffset, non numeric characters found: {padded}")
        numbers.append(int(digits))
    if padded[0] not in "+-":
        raise DateTime(f"Invalid ID for ZoneOffset, plus/minus not found when expected: {padded}")
    sign = -1 if padded[0] == "-" else 1
    return clock_seconds(*(sign * one for one in numbers))


_SIGN = "Zone offset minutes and seconds must be {} because hours is {}"


def clock_seconds(hours: int, minutes: int = 0, seconds: int = 0) -> int:
    """``ZoneOffset.ofHoursMinutesSeconds``. Raises DateTime."""
    if not -18 <= hours <= 18:
        raise DateTime(f"Zone offset hours not in valid range: value {hours} is not in the range -18 to 18")
    if hours > 0 and (minutes < 0 or seconds < 0):
        raise DateTime(_SIGN.format("positive", "positive"))
    if hours < 0 and (minutes > 0 or seconds > 0):
        raise DateTime(_SIGN.format("negative", "negative"))
    if hours == 0 and minutes * seconds < 0:
        raise DateTime("Zone offset minutes and seconds must have the same sign")
    for value, name in ((minutes, "minutes"), (seconds, "seconds")):
        if not -59 <= value <= 59:
            raise DateTime(f"Zone offset {name} not in valid range: value {value} is not in the range -59 to 59")
    if abs(hours) == 18 and (minutes or seconds):
        raise DateTime("Zone offset not in valid range: -18:00 to +18:00")
    return (hours * 60 + minutes) * 60 + seconds


def local_to_epoch(local_s: int, zone: tzinfo | None) -> int:
    """Epoch seconds of a local time; in a gap the time moves on by its length, in an overlap the earlier offset holds."""
    if zone is None or zone is UTC:
        return local_s
    from esmock.mapping.dates.pattern import offset_seconds

    before = offset_seconds(local_s - 86400, zone)
    after = offset_seconds(local_s + 86400, zone)
    first = local_s - before
    if offset_seconds(first, zone) == before:
        return first
    second = local_s - after
    if offset_seconds(second, zone) == after:
        return second
    return first
