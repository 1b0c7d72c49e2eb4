"""java.time's ZoneId and ZoneOffset, and how dates, times and offsets are written."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

from esmock import errors
from esmock.mapping.dates import calendar
from esmock.mapping.dates.pattern import offset_seconds
from esmock.mapping.dates.zone import zone_of
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.durations import SECOND
from esmock.script.painless.runtime.values import hash_code


def time_text(nanos: int) -> str:
    seconds, rest = divmod(nanos, SECOND)
    minutes, second = divmod(seconds, 60)
    text = f"{minutes // 60:02d}:{minutes % 60:02d}"
    if second or rest:
        text += f":{second:02d}"
    if rest:
        digits = f"{rest:09d}"
        text += "." + (digits[:3] if rest % 1_000_000 == 0 else digits[:6] if rest % 1000 == 0 else digits)
    return text


def date_text(days: int) -> str:
    year, month, day = calendar.civil(days)
    shown = f"{year:04d}" if 0 <= year <= 9999 else f"{'-' if year < 0 else '+'}{abs(year):04d}"
    return f"{shown}-{month:02d}-{day:02d}"


def offset_text(seconds: int) -> str:
    """A zone offset: ``Z``, ``+02:00``."""
    if not seconds:
        return "Z"
    minutes, rest = divmod(abs(seconds), 60)
    text = f"{'-' if seconds < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
    return text + (f":{rest:02d}" if rest else "")


class Zone:
    """ZoneId and ZoneOffset."""

    java_class = "java.time.ZoneRegion"
    java_parents = ("java.time.ZoneId",)

    def __init__(self, name: str, zone: tzinfo) -> None:
        self.name, self.zone = name, zone

    def j_getId(self) -> str:
        return self.name

    def j_toString(self) -> str:
        return self.name

    def j_getTotalSeconds(self) -> int:
        return offset_seconds(0, self.zone)

    def j_normalized(self) -> Zone:
        return self

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, Zone) and other.name == self.name

    def j_hashCode(self) -> int:
        return hash_code(self.name)


class ZoneOffset(Zone):
    java_class = "java.time.ZoneOffset"


def zone_id(text: str) -> Zone:
    """ZoneId.of."""
    try:
        zone = zone_of(text)
    except errors.ZoneRules as e:
        raise t.ZoneRules(e.reason) from None
    except errors.DateTime as e:
        raise t.DateTime(e.reason) from None
    if text == "Z" or text[:1] in "+-":
        return offset_of(offset_seconds(0, zone))
    return Zone(text, zone)


def offset_of(seconds: int) -> Zone:
    from datetime import UTC, timedelta, timezone

    zone: tzinfo = timezone(timedelta(seconds=seconds)) if seconds else UTC
    return ZoneOffset(offset_text(seconds), zone)


UTC_OFFSET = offset_of(0)
