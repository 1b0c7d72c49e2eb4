"""Reading and printing dates by format: built-in names, patterns, and several joined by ``||``."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from esmock.errors import ApiError, DateTime, DateTimeParse, IllegalArgument
from esmock.mapping.dates.calendar import days_of, days_of_week, month_length
from esmock.mapping.dates.named import NAMED
from esmock.mapping.dates.pattern import (
    DAYS,
    DAYS_SHORT,
    MONTHS,
    MONTHS_SHORT,
    NANOS,
    Part,
    Regex,
    parse_pattern,
)
from esmock.mapping.dates.printing import Printer
from esmock.mapping.dates.zone import local_to_epoch, zone_of

DAY_NANOS = 86400 * NANOS


class Unparsed(Exception):
    """A text that is not of the format.

    Args:
        reason: Java's, or what makes it: where another format fits, nobody asks.
    """

    def __init__(self, reason: str | Callable[[], str]) -> None:
        super().__init__()
        self._reason = reason

    @property
    def reason(self) -> str:
        return self._reason if isinstance(self._reason, str) else self._reason()


@dataclass(frozen=True, slots=True)
class PatternFormat:
    """One format that is a pattern.

    Args:
        name: as given.
        regex: of the whole text.
        kinds: the part behind each group.
        printer: writes instants.
    """

    name: str
    regex: re.Pattern[str]
    kinds: tuple[Part, ...]
    printer: Printer
    reader: tuple[Part, ...] = ()

    def parse(self, text: str, *, round_up: bool = False, zone: tzinfo | None = None) -> int:
        """Nanoseconds since the epoch. Raises Unparsed."""
        if not round_up and self.name in _INSTANTS:
            quick = _instant(text)
            if quick is not None:
                return quick
        match = self.regex.fullmatch(text)
        if match is None:
            raise Unparsed(lambda: self._reason(text))
        return _resolve(text, self.kinds, match.groups(), round_up=round_up, zone=zone)

    def _reason(self, text: str) -> str:
        """Where reading stops, as Java says it."""
        found = self.regex.match(text)
        at, fits = _stop(self.reader, text, 0)
        if found is not None and found.end() < len(text) and (fits or at):
            return f"Text '{text}' could not be parsed, unparsed text found at index {found.end()}"
        return f"Text '{text}' could not be parsed at index {at}"

    def format(self, epoch_ns: int, zone: tzinfo | None) -> str:
        return self.printer.print(epoch_ns, zone)


_INSTANTS = frozenset(("strict_date_optional_time", "strict_date_optional_time_nanos", "date_optional_time", "iso8601"))
"""Formats that read a whole instant of UTC, which most dates are."""

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@functools.lru_cache(maxsize=1024)
def _instant(text: str) -> int | None:
    """Nanoseconds of ``2020-01-02T03:04:05Z``, with milliseconds or without; None for what looks otherwise.

    A text is read again soon: by pipelines, by the check of the document, for the column.
    """
    length = len(text)
    if length not in (20, 24) or text[4::3][:5] != "--T::" or text[-1] != "Z" or (length == 24 and text[19] != "."):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found - _BEGINNING) // _MICROSECOND * 1000


def _stop(parts: tuple[Part, ...], text: str, at: int) -> tuple[int, bool]:
    """Read part by part: where the first required one does not fit, and whether all of them did."""
    for number, part in enumerate(parts):
        if part.kind == "optional":
            end, fits = _stop(part.parts, text, at)
            at = end if fits else at
            continue
        found = re.compile(Regex().build((part,)), re.ASCII).match(text, at)
        if found is None or (_is_year(part, parts[number + 1 : number + 2]) and text[found.end() : found.end() + 1].isdigit()):
            return at, False
        at = found.end()
    return at, True


def _is_year(part: Part, following: tuple[Part, ...]) -> bool:
    """Whether a part is a year that takes further digits only behind a sign: no other number follows it at once."""
    return part.kind in ("year", "year_of_era") and part.low == 4 and all(one.kind in ("text", "optional") for one in following)


@dataclass(frozen=True, slots=True)
class EpochFormat:
    """``epoch_millis`` or ``epoch_second``."""

    name: str
    unit: int
    signed: bool = True

    def parse(self, text: str, *, round_up: bool = False, zone: tzinfo | None = None) -> int:
        match = _EPOCH.fullmatch(text)
        whole, fraction = match.groups() if match is not None else ("", None)
        if match is None or (text[0] == "-" and not self._is_taken(int(whole), fraction)) or abs(int(whole)) >= 2**63:
            raise Unparsed(f"Text '{text}' could not be parsed at index 0")
        nanos = int(whole) * self.unit
        _check_instant(nanos // NANOS)
        if fraction:
            digits = int(fraction.ljust(9, "0")[:9]) * self.unit // NANOS
            # ES: what is unsigned adds decimals to a count from before the epoch
            nanos += -digits if whole.startswith("-") and self.signed else digits
        elif round_up and self.unit == NANOS // 1000:
            nanos += 999_999
        elif round_up and self.unit == NANOS:
            nanos += 999_999_999
        return nanos

    def _is_taken(self, whole: int, fraction: str | None) -> bool:
        """Whether a negative count is read: where it is unsigned one of whole seconds, of seconds any but zero."""
        if self.signed:
            return self.unit != NANOS or whole != 0 or fraction is None or bool(fraction.strip("0"))
        return whole != 0 and (self.unit == NANOS or (whole % 1000 == 0 and not (fraction or "").strip("0")))

    def format(self, epoch_ns: int, zone: tzinfo | None) -> str:
        whole, rest = divmod(epoch_ns, self.unit)
        if not rest:
            return str(whole)
        sign = "-" if whole < 0 and self.signed else ""
        if sign:
            whole, rest = divmod(-epoch_ns, self.unit)
        width = 9 if self.unit == NANOS else 6
        return f"{sign}{whole}.{str(rest).rjust(width, '0').rstrip('0')}"


def _check_instant(second: int) -> None:
    """Refuse what no Instant holds. Raises DateTime. Differs: Java lists the fields in an order that changes from run to run."""
    if not -31_557_014_167_219_200 <= second <= 31_556_889_864_403_199:
        fields = f"MilliOfSecond=0, NanoOfSecond=0, InstantSeconds={second}, MicroOfSecond=0"
        text = f"Unable to obtain Instant from TemporalAccessor: {{{fields}}},ISO of type java.time.format.Parsed"
        raise DateTime(text, cause=DateTime("Instant exceeds minimum or maximum instant"))


_EPOCH = re.compile(r"(-?\d{1,19})(?:\.(\d{0,9}))?")


def _resolve(
    text: str, kinds: tuple[Part, ...], groups: tuple[str | None, ...], *, round_up: bool, zone: tzinfo | None
) -> int:
    found: dict[str, int] = {}
    own_zone = zone
    nano: int | None = None
    for part, group in zip(kinds, groups, strict=True):
        if group is None:
            continue
        kind = part.kind
        if kind == "fraction":
            nano = int(group.ljust(9, "0")[:9])
        elif kind == "zone":
            own_zone = _zone(group)
        elif part.style in ("short", "long", "text"):
            found[kind] = _named(part, group)
        elif part.style == "reduced":
            found[kind] = 2000 + int(group)
        else:
            found[kind] = int(group)
    days = _days(text, found)
    if "milli_of_day" in found:
        return days * DAY_NANOS + found["milli_of_day"] * 1_000_000
    hour = _hour(text, found)
    top = round_up
    if hour is None:
        hour = 23 if top else 0
    minute, second = found.get("minute"), found.get("second")
    _check(text, "MinuteOfHour", minute, 59)
    _check(text, "SecondOfMinute", second, 59)
    if nano is None:
        nano = found.get("nano", 999_999_999 if top else 0)
    minute = (59 if top else 0) if minute is None else minute
    second = (59 if top else 0) if second is None else second
    local = days * 86400 + hour * 3600 + minute * 60 + second
    return local_to_epoch(local, own_zone) * NANOS + nano


def _named(part: Part, group: str) -> int:
    kind, style = part.kind, part.style
    if part.words:
        at = part.words.index(group)
        return at + 1 if kind in ("month_name", "weekday") else at if kind == "half" else 1 - at
    if kind == "month_name":
        return (MONTHS if style == "long" else MONTHS_SHORT).index(group) + 1
    if kind == "weekday":
        return (DAYS if style == "long" else DAYS_SHORT).index(group) + 1
    if kind == "half":
        return int(group == "PM")
    return int(group[:1] == "B")


def _zone(group: str) -> tzinfo:
    try:
        return zone_of(group.removeprefix("GMT") or "UTC") if group.startswith("GMT") else zone_of(group)
    except ApiError as error:
        raise Unparsed(error.reason or "") from None


def _check(text: str, name: str, value: int | None, high: int, low: int = 0) -> None:
    if value is not None and not low <= value <= high:
        raise Unparsed(
            f"Text '{text}' could not be parsed: Invalid value for {name} (valid values {low} - {high}): {value}"
        )


def _hour(text: str, found: dict[str, int]) -> int | None:
    hour = found.get("hour")
    if hour is None and "clock_hour" in found:
        hour = found["clock_hour"] % 24
    if hour is None:
        half = found.get("clock_hour12")
        half = found.get("hour12") if half is None else half % 12
        if half is not None:
            hour = half + 12 * found.get("half", 0)
    _check(text, "HourOfDay", hour, 23)
    return hour


def _days(text: str, found: dict[str, int]) -> int:
    year = found.get("year")
    if year is None and "year_of_era" in found:
        year = found["year_of_era"]
        if found.get("era"):
            year = 1 - year
    if "week_year" in found:
        week, weekday = found.get("week", 1), found.get("weekday_number", found.get("weekday", 1))
        _check(text, "DayOfWeek", weekday, 7, 1)
        _check(text, "WeekOfWeekBasedYear", week, 53, 1)
        return days_of_week(found["week_year"], week, weekday)
    year = 1970 if year is None else year
    if "day_of_year" in found:
        _check(text, "DayOfYear", found["day_of_year"], 366, 1)
        return days_of(year, 1, 1) + found["day_of_year"] - 1
    month = found.get("month", found.get("month_name", 1))
    day = found.get("day", 1)
    _check(text, "MonthOfYear", month, 12, 1)
    _check(text, "DayOfMonth", day, 31, 1)
    if day > 28 and day > month_length(year, month):
        # ES: a day that the month lacks is found after reading, where no other format is tried
        if month == 2 and day == 29:
            raise DateTime(f"Invalid date 'February 29' as '{year}' is not a leap year")
        raise DateTime(f"Invalid date '{MONTHS[month - 1].upper()} {day}'")
    return days_of(year, month, day)


Format = PatternFormat | EpochFormat


class DateFormatter:
    """One or more formats: the first that fits reads, the first of all prints.

    Args:
        pattern: as given, joined by ``||``.
    """

    __slots__ = ("formats", "pattern")

    def __init__(self, pattern: str, formats: tuple[Format, ...]) -> None:
        self.pattern = pattern
        self.formats = formats

    def parse_ns(self, text: str, *, round_up: bool = False, zone: tzinfo | None = None) -> int:
        """Nanoseconds since the epoch.

        Args:
            round_up: missing parts of the time are at their greatest.
            zone: of texts that name none.

        Raises:
            IllegalArgument: ``failed to parse date field [x] with format [y]``.
        """
        last: Unparsed | None = None
        for one in self.formats:
            try:
                return one.parse(text, round_up=round_up, zone=zone)
            except Unparsed as error:
                last = error
        is_one = len(self.formats) == 1 and isinstance(self.formats[0], PatternFormat)  # ES: of each epoch format there are two
        cause = DateTimeParse(last.reason if is_one and last is not None else "Failed to parse with all enclosed parsers")
        raise IllegalArgument(f"failed to parse date field [{text}] with format [{self.pattern}]", cause=cause)

    def parse_ms(self, text: str, *, round_up: bool = False, zone: tzinfo | None = None) -> int:
        """Milliseconds since the epoch; what is finer is cut."""
        return self.parse_ns(text, round_up=round_up, zone=zone) // 1_000_000

    def format_ns(self, epoch_ns: int, zone: tzinfo | None = None) -> str:
        """An instant as text."""
        return self.formats[0].format(epoch_ns, zone)

    def format_ms(self, epoch_ms: int, zone: tzinfo | None = None) -> str:
        return self.formats[0].format(int(epoch_ms) * 1_000_000, zone)

    def merged(self, other: DateFormatter) -> DateFormatter:
        """Both formats, this one first."""
        return DateFormatter(f"{self.pattern}||{other.pattern}", self.formats + other.formats)


@functools.lru_cache(maxsize=256)
def date_formatter(pattern: str, *, signed: bool = True, locale: str = "") -> DateFormatter:
    """The formatter of a ``format`` parameter.

    Args:
        signed: counts of milliseconds may be negative without being whole seconds.
        locale: whose words names are written in.

    Raises:
        IllegalArgument: ``Invalid format: [x]: ...``.
    """
    if not pattern:
        raise IllegalArgument("No date pattern provided")
    return DateFormatter(pattern, tuple(_format(one, signed=signed, locale=locale) for one in pattern.split("||")))


def _format(name: str, *, signed: bool, locale: str) -> Format:
    name = name.removeprefix("8") if len(name) > 1 and name[0] == "8" else name
    if not name.strip():
        raise IllegalArgument(f"Invalid format: [{name}]: No date pattern provided")
    if name == "epoch_millis":
        return EpochFormat(name, NANOS // 1000, signed)
    if name == "epoch_second":
        return EpochFormat(name, NANOS, signed)
    named = NAMED.get(name) or NAMED.get(_snake(name))
    if named is not None:
        return _compiled(name, named.read, named.write, lenient=named.lenient)
    try:
        parts = parse_pattern(name, locale)
    except IllegalArgument as error:
        raise IllegalArgument(f"Invalid format: [{name}]: {error.reason}", cause=error) from None
    return _build(name, parts, parts, lenient=False)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() if any(char.isupper() for char in name) else name


def _compiled(name: str, read: tuple[Part, ...], write: tuple[Part, ...], *, lenient: bool) -> PatternFormat:
    return _build(name, read, write, lenient=lenient)


def _build(name: str, read: tuple[Part, ...], write: tuple[Part, ...], *, lenient: bool) -> PatternFormat:
    builder = Regex()
    regex = re.compile(builder.build(read, lenient=lenient), re.ASCII)
    return PatternFormat(name, regex, tuple(builder.kinds), Printer(write), read)


DEFAULT = "strict_date_optional_time||epoch_millis"
DEFAULT_NANOS = "strict_date_optional_time_nanos||epoch_millis"
