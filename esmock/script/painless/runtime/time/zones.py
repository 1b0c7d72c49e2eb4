"""java.time's ZoneId and ZoneOffset, and how offsets are written."""

from __future__ import annotations

import functools
import re
from typing import Any

from esmock.errors import DateTime
from esmock.mapping.dates.zone import clock_seconds, offset_seconds_of
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.containers import JavaSet
from esmock.script.painless.runtime.time.fields import FIELDS, ChronoField, ValueRange
from esmock.script.painless.runtime.time.rules import Offsets, fixed, offsets_of, zone_names
from esmock.script.painless.runtime.time.temporal import Accessor, unobtainable
from esmock.script.painless.runtime.time.value import Value, required
from esmock.script.painless.runtime.values import HashMap, hash_code

_REGION = re.compile(r"[A-Za-z][A-Za-z0-9~/._+-]+")
_MAX = 18 * 3600


def offset_text(seconds: int) -> str:
    """A zone offset: ``Z``, ``+02:00``."""
    if not seconds:
        return "Z"
    minutes, rest = divmod(abs(seconds), 60)
    text = f"{'-' if seconds < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
    return text + (f":{rest:02d}" if rest else "")


class Zone(Value):
    """ZoneId: a region by its id, or an offset with a prefix."""

    java_class = "java.time.ZoneRegion"
    java_parents: tuple[str, ...] = ("java.time.ZoneId",)
    __slots__: tuple[str, ...] = ("name", "offsets")

    def __init__(self, name: str, offsets: Offsets) -> None:
        self.name, self.offsets = name, offsets

    def _key(self) -> Any:
        return self.name

    def j_getId(self) -> str:
        return self.name

    def j_toString(self) -> str:
        return self.name

    def j_normalized(self) -> Zone:
        return offset_of(self.offsets.first) if self.offsets.fixed else self

    def j_getRules(self) -> Any:
        from esmock.script.painless.runtime.time.zone_rules import ZoneRules

        return ZoneRules(self.offsets)

    def j_getDisplayName(self, style: Any, locale: Any) -> str:
        from esmock.script.painless.runtime.time.zone_text import generic_name

        return generic_name(self, style, locale)

    def j_hashCode(self) -> int:
        return hash_code(self.name)


class ZoneOffset(Zone, Accessor):
    java_class = "java.time.ZoneOffset"
    java_parents: tuple[str, ...] = ()
    too_wide = None
    __slots__ = ("seconds",)

    def __init__(self, seconds: int) -> None:
        super().__init__(offset_text(seconds), fixed(seconds))
        self.seconds = seconds

    def _key(self) -> Any:
        return self.seconds

    def supports(self, field: ChronoField) -> bool:
        return field.name == "OFFSET_SECONDS"

    def number(self, field: ChronoField) -> int:
        return self.seconds

    def limits(self, field: ChronoField) -> ValueRange:
        return field.range

    def zone_offset(self) -> Any:
        return self

    def j_normalized(self) -> Zone:
        return self

    def j_getTotalSeconds(self) -> int:
        return self.seconds

    def j_adjustInto(self, temporal: Any) -> Any:
        return temporal.j_with(FIELDS["OFFSET_SECONDS"], self.seconds)

    def j_compareTo(self, other: Any) -> int:
        return int(other.seconds - self.seconds)

    def j_hashCode(self) -> int:
        return self.seconds


@functools.lru_cache(maxsize=512)
def offset_of(seconds: int) -> ZoneOffset:
    return ZoneOffset(seconds)


UTC_OFFSET = offset_of(0)


def total_seconds(seconds: int) -> ZoneOffset:
    """ZoneOffset.ofTotalSeconds. Raises DateTime."""
    if not -_MAX <= seconds <= _MAX:
        raise t.DateTime("Zone offset not in valid range: -18:00 to +18:00")
    return offset_of(seconds)


def clock_offset(hours: int, minutes: int = 0, seconds: int = 0) -> ZoneOffset:
    """ZoneOffset.ofHoursMinutesSeconds. Raises DateTime."""
    try:
        return offset_of(clock_seconds(hours, minutes, seconds))
    except DateTime as error:
        raise t.DateTime(error.reason) from None


def parse_offset(text: str) -> ZoneOffset:
    """ZoneOffset.of. Raises DateTime."""
    try:
        return offset_of(offset_seconds_of(required(text, "offsetId")))
    except DateTime as error:
        raise t.DateTime(error.reason) from None


def region(name: str) -> Zone:
    """A zone of the database. Raises ZoneRules, DateTime."""
    if not _REGION.fullmatch(name):
        raise t.DateTime(f"Invalid ID for region-based ZoneId, invalid format: {name}")
    try:
        if name not in zone_names():
            raise FileNotFoundError(name)
        return Zone(name, offsets_of(name))
    except OSError:
        raise t.ZoneRules(f"Unknown time-zone ID: {name}") from None


def zone_id(text: str, aliases: Any = None) -> Zone:
    """ZoneId.of, with a map of aliases. Raises DateTime, ZoneRules."""
    required(text, "zoneId")
    if aliases is not None:
        text = aliases.get(text, text)
    if len(text) <= 1 or text[0] in "+-":
        return parse_offset(text)
    prefix = next((one for one in ("UTC", "GMT", "UT") if text.startswith(one)), None)
    if prefix is None:
        return region(text)
    if text == prefix:
        return prefixed(prefix, UTC_OFFSET)
    if text[len(prefix)] not in "+-":
        return region(text)
    try:
        return prefixed(prefix, parse_offset(text[len(prefix) :]))
    except t.DateTime as cause:
        raise t.DateTime(f"Invalid ID for offset-based ZoneId: {text}", cause) from None


def prefixed(prefix: str, offset: ZoneOffset) -> Zone:
    """ZoneId.ofOffset. Raises IllegalArgument."""
    if not prefix:
        return offset
    if prefix not in ("GMT", "UTC", "UT"):
        raise t.IllegalArgument(f"prefix should be GMT, UTC or UT, is: {prefix}")
    return Zone(prefix + (offset.name if offset.seconds else ""), offset.offsets)


def zone_from(temporal: Any) -> Zone:
    """ZoneId.from. Raises DateTime."""
    zone = temporal.zone_id() or temporal.zone_offset()
    if zone is None:
        raise unobtainable("ZoneId", temporal)
    return zone  # type: ignore[no-any-return]


def offset_from(temporal: Any) -> ZoneOffset:
    """ZoneOffset.from. Raises DateTime."""
    offset = required(temporal, "temporal").zone_offset()
    if offset is None:
        raise unobtainable("ZoneOffset", temporal)
    return offset  # type: ignore[no-any-return]


SHORT_IDS = HashMap(
    part.split("=")
    for part in (
        "ACT=Australia/Darwin AET=Australia/Sydney AGT=America/Argentina/Buenos_Aires ART=Africa/Cairo AST=America/Anchorage "
        "BET=America/Sao_Paulo BST=Asia/Dhaka CAT=Africa/Harare CNT=America/St_Johns CST=America/Chicago CTT=Asia/Shanghai "
        "EAT=Africa/Addis_Ababa ECT=Europe/Paris EST=-05:00 HST=-10:00 IET=America/Indiana/Indianapolis IST=Asia/Kolkata "
        "JST=Asia/Tokyo MIT=Pacific/Apia MST=-07:00 NET=Asia/Yerevan NST=Pacific/Auckland PLT=Asia/Karachi "
        "PNT=America/Phoenix PRT=America/Puerto_Rico PST=America/Los_Angeles SST=Pacific/Guadalcanal VST=Asia/Ho_Chi_Minh"
    ).split()
)

STATICS: dict[str, Any] = {
    "ZoneId.of/1": zone_id,
    "ZoneId.of/2": zone_id,
    "ZoneId.from/1": zone_from,
    "ZoneId.systemDefault/0": lambda: zone_id("Etc/UTC"),
    "ZoneId.ofOffset/2": prefixed,
    "ZoneId.getAvailableZoneIds/0": lambda: JavaSet(zone_names()),
    "ZoneOffset.of/1": parse_offset,
    "ZoneOffset.from/1": offset_from,
    "ZoneOffset.ofHours/1": clock_offset,
    "ZoneOffset.ofHoursMinutes/2": clock_offset,
    "ZoneOffset.ofHoursMinutesSeconds/3": clock_offset,
    "ZoneOffset.ofTotalSeconds/1": total_seconds,
}
CONSTANTS: dict[str, Any] = {
    "ZoneOffset.UTC": UTC_OFFSET,
    "ZoneOffset.MIN": offset_of(-_MAX),
    "ZoneOffset.MAX": offset_of(_MAX),
    "ZoneId.SHORT_IDS": SHORT_IDS,
}
