"""Time zones by id, as Java reads them."""

from __future__ import annotations

import functools
import re
from datetime import UTC, timedelta, timezone, tzinfo

from esmock.errors import DateTime, ZoneRules

_OFFSET = re.compile(r"([+-])(\d{1,2})(?::?(\d\d)(?::?(\d\d))?)?\Z")
_SHORT = {
    "EST": "-05:00", "MST": "-07:00", "HST": "-10:00", "ACT": "Australia/Darwin", "AET": "Australia/Sydney",
    "AGT": "America/Argentina/Buenos_Aires", "ART": "Africa/Cairo", "AST": "America/Anchorage", "BET": "America/Sao_Paulo",
    "BST": "Asia/Dhaka", "CAT": "Africa/Harare", "CNT": "America/St_Johns", "CST": "America/Chicago", "CTT": "Asia/Shanghai",
    "EAT": "Africa/Addis_Ababa", "ECT": "Europe/Paris", "IET": "America/Indiana/Indianapolis", "IST": "Asia/Kolkata",
    "JST": "Asia/Tokyo", "MIT": "Pacific/Apia", "NET": "Asia/Yerevan", "NST": "Pacific/Auckland", "PLT": "Asia/Karachi",
    "PNT": "America/Phoenix", "PRT": "America/Puerto_Rico", "PST": "America/Los_Angeles", "SST": "Pacific/Guadalcanal",
    "VST": "Asia/Ho_Chi_Minh",
}


@functools.lru_cache(maxsize=512)
def zone_of(text: str) -> tzinfo:
    """The zone of an id or offset.

    Raises:
        ZoneRules: ``Unknown time-zone ID: x``.
        DateTime: an id of the wrong form.
    """
    if text in ("Z", "UTC", "GMT", "UT", "Etc/UTC"):
        return UTC
    match = _OFFSET.match(text)
    if match is not None:
        return _fixed(match)
    if len(text) < 2:
        raise DateTime(f"Invalid ID for ZoneOffset, invalid format: {text}")
    for prefix in ("UTC", "GMT", "UT"):
        if text.startswith(prefix) and (match := _OFFSET.match(text[len(prefix) :])):
            return _fixed(match)
    if text in _SHORT:
        return zone_of(_SHORT[text])
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9~/._+-]+", text):
            raise ZoneRules(f"Unknown time-zone ID: {text}") from None
        raise DateTime(f"Invalid ID for region-based ZoneId, invalid format: {text}") from None


def _fixed(match: re.Match[str]) -> tzinfo:
    sign, hours, minutes, seconds = match.groups()
    total = int(hours) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    if total == 0:
        return UTC
    return timezone(timedelta(seconds=-total if sign == "-" else total))


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
