"""java.time's formatters, parsers and static methods."""

from __future__ import annotations

import re
import time
from typing import Any

from esmock import errors
from esmock.errors import Unsupported
from esmock.mapping.dates import calendar
from esmock.mapping.dates.pattern import parse_pattern, print_parts
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.durations import SECOND, Duration, Period, exact_nanos
from esmock.script.painless.runtime.enums import (
    DAYS,
    FIELDS,
    MONTHS,
    NANOS_PER_DAY,
    STYLES,
    UNIT_NANOS,
    UNITS,
    of_number,
    value_of,
)
from esmock.script.painless.runtime.moment import date_days, day_nanos, valid_days, valid_year
from esmock.script.painless.runtime.moments import (
    Instant,
    LocalDate,
    LocalDateTime,
    LocalTime,
    OffsetDateTime,
    ZonedDateTime,
    converted,
)
from esmock.script.painless.runtime.zones import (
    UTC_OFFSET,
    Zone,
    ZoneOffset,
    date_text,
    offset_of,
    offset_text,
    time_text,
    zone_id,
)

MIN_SECOND, MAX_SECOND = -31557014167219200, 31556889864403199
_UNIT_NAMES = {"Days": "DAYS", "Hours": "HOURS", "Minutes": "MINUTES", "Seconds": "SECONDS", "Nanos": "NANOS"}
_UNIT_NAMES |= {"Millis": "MILLIS"}


_LETTERS = {
    "y": FIELDS["YEAR_OF_ERA"],
    "u": FIELDS["YEAR"],
    "M": FIELDS["MONTH_OF_YEAR"],
    "L": FIELDS["MONTH_OF_YEAR"],
    "d": FIELDS["DAY_OF_MONTH"],
    "D": FIELDS["DAY_OF_YEAR"],
    "E": FIELDS["DAY_OF_WEEK"],
    "H": FIELDS["HOUR_OF_DAY"],
    "h": FIELDS["CLOCK_HOUR_OF_AMPM"],
    "m": FIELDS["MINUTE_OF_HOUR"],
    "s": FIELDS["SECOND_OF_MINUTE"],
    "S": FIELDS["NANO_OF_SECOND"],
    "a": FIELDS["AMPM_OF_DAY"],
}


class Formatter:
    """java.time.format.DateTimeFormatter: a pattern, or one of the ISO constants."""

    java_class = "java.time.format.DateTimeFormatter"

    def __init__(self, pattern: str, zone: Zone | None = None) -> None:
        self.pattern = pattern
        self.zone = zone
        self._fields = [letter for letter in re.sub(r"'[^']*'|\[.*\]", "", pattern) if letter in _LETTERS]
        try:
            self._parts = parse_pattern(pattern)
        except errors.IllegalArgument as e:
            raise t.IllegalArgument(e.reason) from None

    def j_withZone(self, zone: Zone) -> Formatter:
        return Formatter(self.pattern, zone)

    def j_withLocale(self, locale: Any) -> Formatter:
        return self

    def j_format(self, moment: Any) -> str:
        for letter in self._fields:
            moment.require(_LETTERS[letter])
        zone = self.zone or moment.zone
        return print_parts(self._parts, moment.epoch_ns(), zone.zone if zone is not None else None)

    def parse_ns(self, text: str) -> int:
        """Nanoseconds since 1970 of a text in this format. Raises DateTimeParse."""
        from esmock.mapping.dates.formatter import date_formatter

        try:
            return date_formatter(self.pattern).parse_ns(text, zone=self.zone.zone if self.zone else None)
        except errors.IllegalArgument:
            raise t.DateTimeParse(f"Text '{text}' could not be parsed at index 0") from None

    def j_parse(self, text: str) -> ZonedDateTime:
        return ZonedDateTime(self.parse_ns(text), self.zone or UTC_OFFSET)


_ISO = {
    "ISO_LOCAL_DATE": "uuuu-MM-dd",
    "ISO_DATE": "uuuu-MM-dd[XXX]",
    "ISO_LOCAL_TIME": "HH:mm:ss",
    "ISO_LOCAL_DATE_TIME": "uuuu-MM-dd'T'HH:mm:ss",
    "ISO_INSTANT": "uuuu-MM-dd'T'HH:mm:ss'Z'",
    "BASIC_ISO_DATE": "uuuuMMdd",
}


class IsoFormatter:
    """An ISO constant of DateTimeFormatter: prints as the classes' own text."""

    java_class = "java.time.format.DateTimeFormatter"

    def __init__(self, name: str, zone: Zone | None = None) -> None:
        self.name, self.zone = name, zone

    def j_withZone(self, zone: Zone) -> IsoFormatter:
        return IsoFormatter(self.name, zone)

    def j_format(self, moment: Any) -> str:
        for field in ("YEAR",) * ("DATE" in self.name) + ("HOUR_OF_DAY",) * ("TIME" in self.name):
            if self.zone is None:
                moment.require(FIELDS[field])
        zone = self.zone or moment.zone
        at = ZonedDateTime(moment.epoch_ns(), zone) if zone is not None else moment
        text = time_text(at.nanos)
        clock = text if len(text) > 5 else text + ":00"
        date = date_text(at.days)
        offset = offset_text(at.offset) if isinstance(at, ZonedDateTime) else ""
        forms = {
            "ISO_LOCAL_DATE": date,
            "ISO_DATE": date + offset,
            "ISO_LOCAL_TIME": clock,
            "ISO_TIME": clock + offset,
            "ISO_LOCAL_DATE_TIME": f"{date}T{clock}",
            "ISO_DATE_TIME": f"{date}T{clock}{offset}"
            + ("" if zone is None or isinstance(zone, ZoneOffset) else f"[{zone.name}]"),
            "ISO_OFFSET_DATE_TIME": f"{date}T{clock}{offset}",
            "ISO_ZONED_DATE_TIME": f"{date}T{clock}{offset}"
            + ("" if zone is None or isinstance(zone, ZoneOffset) else f"[{zone.name}]"),
            "BASIC_ISO_DATE": date.replace("-", ""),
        }
        if self.name == "ISO_INSTANT":
            return Instant(moment.epoch_ns()).j_toString()
        if self.name not in forms:
            raise Unsupported(f"DateTimeFormatter.{self.name}")
        return forms[self.name]

    def parse_ns(self, text: str) -> int:
        return _parse(text)[0]

    def j_parse(self, text: str) -> ZonedDateTime:
        epoch, zone = _parse(text)
        return ZonedDateTime(epoch, zone or UTC_OFFSET)


def _parse(text: str) -> tuple[int, Zone | None]:
    """An ISO text: nanoseconds (local when there is no zone) and the zone."""
    found = re.fullmatch(
        r"(?:([+-]?\d{4,9})-(\d\d)-(\d\d))?(?:T?(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?"
        r"(Z|[+-]\d\d:?(?:\d\d)?)?(?:\[(.+)\])?",
        text,
    )
    if not found or not text:
        raise t.DateTimeParse(f"Text '{text}' could not be parsed at index {_misfit(text)}")
    year, month, day, hour, minute, second, fraction, offset, region = found.groups()
    try:
        days = date_days(int(year), int(month), int(day)) if year else 0
        nanos = day_nanos(int(hour), int(minute), int(second or 0), int((fraction or "0").ljust(9, "0"))) if hour else 0
    except t.DateTime as e:
        raise t.DateTimeParse(f"Text '{text}' could not be parsed: {e.message}", e) from None
    zone = zone_id(offset) if offset else None
    local = days * NANOS_PER_DAY + nanos
    if zone is not None:
        local -= zone.j_getTotalSeconds() * SECOND
    return local, zone_id(region) if region else zone


def _misfit(text: str) -> int:
    """Where a text stops being an ISO date: the start of the field or separator that does not fit."""
    at = 0
    for part in ("0000", "-", "00", "-", "00", "T", "00", ":", "00"):
        piece = text[at : at + len(part)]
        fits = piece.isdigit() and len(piece) == len(part) if part[0] == "0" else piece == part
        if not fits:
            return at
        at += len(part)
    return at


def _parser(kind: type[Any]) -> Any:
    def parse(text: Any, formatter: Any = None) -> Any:
        value = formatter.parse_ns(text) if formatter is not None else None
        zone: Zone | None = getattr(formatter, "zone", None)
        if value is None:
            value, zone = _parse(text)
            wants_zone = kind in (ZonedDateTime, OffsetDateTime, Instant)
            if wants_zone != (zone is not None) or (kind is LocalDate and ":" in text) or (
                kind in (LocalDateTime, Instant, ZonedDateTime) and "T" not in text
            ):
                raise t.DateTimeParse(f"Text '{text}' could not be parsed at index {min(len(text), 10)}")
        days, nanos = divmod(value, NANOS_PER_DAY)
        if kind is LocalDate:
            return LocalDate(days)
        if kind is LocalTime:
            return LocalTime(nanos)
        if kind is LocalDateTime:
            return LocalDateTime(days, nanos)
        return Instant(value) if kind is Instant else kind(value, zone or UTC_OFFSET)

    return parse


def parse_instant_ms(text: str) -> int:
    """Epoch milliseconds of a date in the default format."""
    from esmock.mapping.dates.formatter import date_formatter

    return date_formatter("strict_date_optional_time||epoch_millis").parse_ms(text)


def _now() -> int:
    return time.time_ns()


def _date(year: int, month: Any, day: int) -> LocalDate:
    return LocalDate(date_days(year, month if isinstance(month, int) else month.ordinal + 1, day))


def _date_time(year: int, month: Any, day: int, *rest: int) -> LocalDateTime:
    return LocalDateTime(_date(year, month, day).days, day_nanos(*rest))


def _date_time_of(*args: Any) -> LocalDateTime:
    return LocalDateTime(args[0].days, args[1].nanos) if len(args) == 2 else _date_time(*args)


def _zoned_of(*args: Any) -> ZonedDateTime:
    if len(args) == 2:
        return args[0].j_atZone(args[1])
    if len(args) == 3:
        return LocalDateTime(args[0].days, args[1].nanos).j_atZone(args[2])
    return _date_time(*args[:7]).j_atZone(args[7])


def _from(kind: type[Any]) -> Any:
    return lambda moment: converted(kind, moment)


def _between(a: Any, b: Any) -> Duration:
    if not (a.has_time and b.has_time):
        raise t.UnsupportedTemporalType("Unsupported unit: Seconds")
    return Duration(b.epoch_ns() - a.epoch_ns())


def _hours(hours: int, minutes: int = 0) -> Zone:
    if not -18 <= hours <= 18:
        raise t.DateTime(f"Zone offset hours not in valid range: value {hours} is not in the range -18 to 18")
    if hours > 0 > minutes:
        raise t.DateTime("Zone offset minutes and seconds must be positive because hours is positive")
    if hours < 0 < minutes:
        raise t.DateTime("Zone offset minutes and seconds must be negative because hours is negative")
    if not -59 <= minutes <= 59:
        raise t.DateTime(f"Zone offset minutes not in valid range: value {minutes} is not in the range -59 to 59")
    return _total_seconds(hours * 3600 + minutes * 60)


def _total_seconds(seconds: int) -> Zone:
    if not -64800 <= seconds <= 64800:
        raise t.DateTime("Zone offset not in valid range: -18:00 to +18:00")
    return offset_of(seconds)


def _epoch_date(days: int) -> LocalDate:
    return LocalDate(valid_days(days))


def _instant(seconds: int, nanos: int = 0) -> Instant:
    if not MIN_SECOND <= seconds + nanos // SECOND <= MAX_SECOND:
        raise t.DateTime("Instant exceeds minimum or maximum instant")
    return Instant(seconds * SECOND + nanos)


def _year_day(year: int, day: int) -> LocalDate:
    return LocalDate(calendar.days_of(valid_year(year), 1, 1)).j_with(FIELDS["DAY_OF_YEAR"], day)  # type: ignore[no-any-return]


def _offset_zone(prefix: str, zone: Zone) -> Zone:
    """ZoneId.ofOffset. Raises IllegalArgument."""
    if prefix and prefix not in ("GMT", "UTC", "UT"):
        raise t.IllegalArgument(f"prefix should be GMT, UTC or UT, is: {prefix}")
    if not prefix:
        return zone
    return Zone(prefix + (zone.name if zone.name != "Z" else ""), zone.zone)


STATICS: dict[str, Any] = {
    "ZoneId.of/1": zone_id,
    "ZoneId.systemDefault/0": lambda: zone_id("UTC"),
    "ZoneId.ofOffset/2": _offset_zone,
    "ZoneOffset.of/1": zone_id,
    "ZoneOffset.ofHours/1": _hours,
    "ZoneOffset.ofHoursMinutes/2": _hours,
    "ZoneOffset.ofTotalSeconds/1": _total_seconds,
    "Instant.ofEpochMilli/1": lambda ms: Instant(ms * 1_000_000),
    "Instant.ofEpochSecond/1": _instant,
    "Instant.ofEpochSecond/2": _instant,
    "Instant.parse/1": _parser(Instant),
    "Instant.from/1": _from(Instant),
    "Instant.now/0": lambda: Instant(_now()),
    "LocalDate.of/3": _date,
    "LocalDate.ofEpochDay/1": _epoch_date,
    "LocalDate.ofYearDay/2": _year_day,
    "LocalDate.parse/1": _parser(LocalDate),
    "LocalDate.parse/2": _parser(LocalDate),
    "LocalDate.from/1": _from(LocalDate),
    "LocalTime.from/1": _from(LocalTime),
    "LocalTime.of/2": lambda *a: LocalTime(day_nanos(*a)),
    "LocalTime.of/3": lambda *a: LocalTime(day_nanos(*a)),
    "LocalTime.of/4": lambda *a: LocalTime(day_nanos(*a)),
    "LocalTime.ofSecondOfDay/1": lambda s: LocalTime(s * SECOND),
    "LocalTime.ofNanoOfDay/1": LocalTime,
    "LocalTime.parse/1": _parser(LocalTime),
    "LocalTime.parse/2": _parser(LocalTime),
    "LocalDateTime.parse/1": _parser(LocalDateTime),
    "LocalDateTime.parse/2": _parser(LocalDateTime),
    "LocalDateTime.from/1": _from(LocalDateTime),
    "LocalDateTime.ofInstant/2": lambda i, z: ZonedDateTime(i.epoch_ns(), z).j_toLocalDateTime(),
    "LocalDateTime.ofEpochSecond/3": lambda s, n, z: ZonedDateTime(s * SECOND + n, z).j_toLocalDateTime(),
    "ZonedDateTime.of/2": _zoned_of,
    "ZonedDateTime.of/3": _zoned_of,
    "ZonedDateTime.of/8": _zoned_of,
    "ZonedDateTime.ofInstant/2": lambda i, z: ZonedDateTime(i.epoch_ns(), z),
    "ZonedDateTime.ofLocal/3": lambda local, z, _: local.j_atZone(z),
    "ZonedDateTime.parse/1": _parser(ZonedDateTime),
    "ZonedDateTime.parse/2": _parser(ZonedDateTime),
    "ZonedDateTime.from/1": _from(ZonedDateTime),
    "ZonedDateTime.now/0": lambda: ZonedDateTime(_now(), zone_id("UTC")),
    "ZonedDateTime.now/1": lambda z: ZonedDateTime(_now(), z),
    "OffsetDateTime.parse/1": _parser(OffsetDateTime),
    "OffsetDateTime.ofInstant/2": lambda i, z: OffsetDateTime(i.epoch_ns(), z),
    "OffsetDateTime.from/1": _from(OffsetDateTime),
    "Duration.parse/1": Duration.parse,
    "Duration.between/2": _between,
    "Duration.of/2": lambda n, unit: Duration(n * exact_nanos(unit)),
    "Duration.from/1": lambda amount: Duration.parse("PT0S").j_plus(amount),
    "Period.from/1": Period.of,
    "Duration.ofSeconds/2": lambda s, n: Duration(s * SECOND + n),
    "Period.of/3": Period,
    "Period.ofDays/1": lambda n: Period(0, 0, n),
    "Period.ofWeeks/1": lambda n: Period(0, 0, n * 7),
    "Period.ofMonths/1": lambda n: Period(0, n, 0),
    "Period.ofYears/1": Period,
    "Period.parse/1": Period.parse,
    "Period.between/2": lambda a, b: a.j_until(b),
    "DayOfWeek.of/1": lambda n: of_number(DAYS, n, "DayOfWeek"),
    "Month.of/1": lambda n: of_number(MONTHS, n, "MonthOfYear"),
    "DayOfWeek.from/1": lambda m: DAYS[calendar.day_of_week(m.days) - 1],
    "Month.from/1": lambda m: m.j_getMonth(),
    "DayOfWeek.valueOf/1": value_of(DAYS, "java.time.DayOfWeek"),
    "Month.valueOf/1": value_of(MONTHS, "java.time.Month"),
    "ChronoUnit.valueOf/1": value_of(UNITS, "java.time.temporal.ChronoUnit"),
    "ChronoField.valueOf/1": value_of(FIELDS, "java.time.temporal.ChronoField"),
    "DateTimeFormatter.ofPattern/1": Formatter,
    "DateTimeFormatter.ofPattern/2": lambda pattern, locale: Formatter(pattern),
    "Year.isLeap/1": calendar.is_leap,
}
for _count in (5, 6, 7):
    STATICS[f"LocalDateTime.of/{_count}"] = _date_time_of
STATICS["LocalDateTime.of/2"] = _date_time_of
for _suffix, _unit in (*_UNIT_NAMES.items(),):
    if _unit in UNIT_NANOS and _unit != "WEEKS":
        STATICS[f"Duration.of{_suffix}/1"] = lambda n, size=UNIT_NANOS[_unit]: Duration(n * size)
METHODS: dict[str, Any] = {}
CONSTANTS: dict[str, Any] = (
    {f"ChronoUnit.{name}": unit for name, unit in UNITS.items()}
    | {f"ChronoField.{name}": field for name, field in FIELDS.items()}
    | {f"DayOfWeek.{day.name}": day for day in DAYS}
    | {f"Month.{month.name}": month for month in MONTHS}
    | {f"TextStyle.{name}": style for name, style in STYLES.items()}
    | {
        f"DateTimeFormatter.{name}": IsoFormatter(name)
        for name in (*_ISO, "ISO_TIME", "ISO_DATE_TIME", "ISO_OFFSET_DATE_TIME", "ISO_ZONED_DATE_TIME")
    }
    | {
        "ZoneOffset.UTC": UTC_OFFSET,
        "Duration.ZERO": Duration(0),
        "Period.ZERO": Period(),
        "Instant.EPOCH": Instant(0),
        "LocalTime.MIDNIGHT": LocalTime(0),
        "LocalTime.NOON": LocalTime(NANOS_PER_DAY // 2),
        "LocalTime.MIN": LocalTime(0),
        "LocalTime.MAX": LocalTime(NANOS_PER_DAY - 1),
    }
)

