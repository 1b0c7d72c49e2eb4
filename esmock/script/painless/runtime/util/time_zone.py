"""java.util.TimeZone and SimpleTimeZone."""

from __future__ import annotations

import copy
import re
from typing import Any

from esmock.mapping.dates import calendar
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.time.rules import Offsets, YearlyRule, fixed, offsets_of, zone_names
from esmock.script.painless.runtime.time.zone_text import zone_table
from esmock.script.painless.runtime.time.zones import SHORT_IDS, offset_of, zone_id
from esmock.script.painless.runtime.util.julian import days_at
from esmock.script.painless.runtime.values import JavaArray

_FIRST = -2_208_988_800_000
_CUSTOM = re.compile(r"GMT([+-])(\d{1,2})(?::?(\d{2}))?")


class TimeZone:
    """A zone by its id."""

    java_class = "sun.util.calendar.ZoneInfo"
    java_parents: tuple[str, ...] = ("java.util.TimeZone",)

    def __init__(self, name: str, offsets: Offsets) -> None:
        self.name, self.offsets = name, offsets

    def offset(self, millis: int) -> int:
        """Milliseconds from UTC at an instant; before 1900 the standard offset of today."""
        if millis < _FIRST:
            return self.raw()
        return self.offsets.at(millis // 1000) * 1000

    def raw(self) -> int:
        """Milliseconds of the standard offset of today."""
        own = self.offsets
        seconds = own.yearly[0].standard if own.yearly else own.standard[-1][1] if own.standard else own.first
        return seconds * 1000

    def j_getID(self) -> str:
        return self.name

    def j_setID(self, name: str) -> None:
        self.name = name

    def j_getRawOffset(self) -> int:
        return self.raw()

    def j_setRawOffset(self, millis: int) -> None:
        self.offsets = fixed(millis // 1000)

    def j_getOffset(self, *moment: int) -> int:
        if len(moment) == 1:
            return self.offset(moment[0])
        era, year, month, day, weekday, millis = moment
        if era not in (0, 1) or not 0 <= month < 12 or not 1 <= day <= 31 or not 1 <= weekday <= 7 or not 0 <= millis < 86_400_000:
            raise t.IllegalArgument(None)
        days = days_at(year if era else 1 - year, month + 1, day)
        return self.offset(days * 86_400_000 + millis - self.raw())

    def j_getDSTSavings(self) -> int:
        if not self.j_useDaylightTime():
            return 0
        return max(abs(rule.after - rule.before) for rule in self.offsets.yearly) * 1000

    def j_useDaylightTime(self) -> bool:
        return bool(self.offsets.yearly)

    def j_observesDaylightTime(self) -> bool:
        return self.j_useDaylightTime()

    def j_inDaylightTime(self, date: Any) -> bool:
        second = date.millis // 1000
        return date.millis >= _FIRST and self.offsets.at(second) != self.offsets.standard_at(second)

    def j_hasSameRules(self, other: Any) -> bool:
        if other is None:
            return False
        return self.raw() == other.raw() and self.offsets.yearly == other.offsets.yearly and (
            self.offsets.changes == other.offsets.changes
        )

    def j_toZoneId(self) -> Any:
        return zone_id(self.name, SHORT_IDS)

    def j_getDisplayName(self, *given: Any) -> str:
        summer, style = given[:2] if len(given) >= 2 else (False, 1)
        if style not in (0, 1):
            raise t.IllegalArgument(f"Illegal style: {style}")
        names = zone_table().get(self.name) or zone_table().get(SHORT_IDS.get(self.name, ""))
        if names is None:
            seconds = self.raw() // 1000 + (3600 if summer and self.j_useDaylightTime() else 0)
            return "GMT" + (offset_of(seconds).name if seconds else "") if not self.name.startswith("GMT") else self.name
        if summer:
            return names.summer if style else names.summer_short
        return names.standard if style else names.standard_short

    def j_clone(self) -> Any:
        return copy.copy(self)

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, TimeZone) and self.name == other.name and self.offsets is other.offsets

    def j_hashCode(self) -> int:
        return self.raw()

    def j_toString(self) -> str:
        own = self.offsets
        last = f"{_simple(self)}" if own.yearly else "null"
        return (
            f'sun.util.calendar.ZoneInfo[id="{self.name}",offset={self.raw()},dstSavings={self.j_getDSTSavings()},'
            f"useDaylight={str(self.j_useDaylightTime()).lower()},transitions={_transitions(own)},lastRule={last}]"
        )


def _simple(zone: TimeZone) -> str:
    start, end = zone.offsets.yearly
    return SimpleTimeZone(
        zone.raw(), zone.name, *_rule(start), *_rule(end), zone.j_getDSTSavings()
    ).j_toString()


def _rule(rule: YearlyRule) -> tuple[int, int, int, int]:
    day = -1 if rule.week == 5 else rule.week * 7 - 6
    weekday = rule.weekday % 7 + 1
    return rule.month - 1, day, weekday if day < 0 else -weekday, rule.second * 1000


def time_zone(name: str) -> TimeZone:
    """TimeZone.getTimeZone: GMT for an id that does not exist."""
    if name is None:
        raise t.NullPointer(None)
    if name in SHORT_IDS:
        target = SHORT_IDS[name]
        return TimeZone(name, zone_id(target).offsets)
    if name in zone_names():
        return TimeZone(name, offsets_of(name))
    found = _CUSTOM.fullmatch(name)
    if found is None or int(found[2]) > 23 or int(found[3] or 0) > 59:
        return TimeZone("GMT", fixed(0))
    seconds = (int(found[2]) * 60 + int(found[3] or 0)) * 60
    shown = f"GMT{found[1]}{int(found[2]):02d}:{int(found[3] or 0):02d}" if seconds else "GMT"
    return TimeZone(shown, fixed(-seconds if found[1] == "-" else seconds))


UTC = TimeZone("Etc/UTC", fixed(0))


class SimpleTimeZone(TimeZone):
    """A zone with at most one rule for the start and one for the end of summer time."""

    java_class = "java.util.SimpleTimeZone"
    java_parents = ()

    def __init__(self, raw: int, name: str, *rules: int) -> None:
        super().__init__(name, fixed(raw // 1000))
        self._raw, self.start_year = raw, 0
        self.savings = 3_600_000
        self.start: tuple[int, ...] | None = None
        self.end: tuple[int, ...] | None = None
        if len(rules) in (8, 9):
            self.start, self.end = (*rules[:4], 0), (*rules[4:8], 0)
            self.savings = rules[8] if len(rules) == 9 else self.savings
        elif len(rules) == 11:
            self.start, self.end, self.savings = tuple(rules[:5]), tuple(rules[5:10]), rules[10]
        for rule, which in ((self.start, "start"), (self.end, "end")):
            if rule is not None:
                _check(rule, which)

    def raw(self) -> int:
        return self._raw

    def j_useDaylightTime(self) -> bool:
        return self.start is not None and self.end is not None

    def j_setRawOffset(self, millis: int) -> None:
        self._raw = millis

    def j_getDSTSavings(self) -> int:
        return self.savings if self.j_useDaylightTime() else 0

    def j_setDSTSavings(self, millis: int) -> None:
        if millis <= 0:
            raise t.IllegalArgument(f"Illegal daylight saving value: {millis}")
        self.savings = millis

    def j_setStartYear(self, year: int) -> None:
        self.start_year = year

    def j_setStartRule(self, *rule: Any) -> None:
        self.start = _setting(rule, "start")

    def j_setEndRule(self, *rule: Any) -> None:
        self.end = _setting(rule, "end")

    def _millis(self, rule: tuple[int, ...], year: int, summer: bool) -> int:
        month, day, weekday, time, mode = rule
        shift = self._raw if mode != 2 else 0
        shift += self.savings if summer and mode == 0 else 0
        return _day(year, month + 1, day, weekday) * 86_400_000 + time - shift

    def offset(self, millis: int) -> int:
        if self.start is None or self.end is None:
            return self._raw
        year = calendar.civil((millis + self._raw) // 86_400_000)[0]
        if year < self.start_year:
            return self._raw
        start, end = self._millis(self.start, year, False), self._millis(self.end, year, True)
        summer = start <= millis < end if start < end else not end <= millis < start
        return self._raw + (self.savings if summer else 0)

    def j_inDaylightTime(self, date: Any) -> bool:
        return self.offset(date.millis) != self._raw

    def j_hasSameRules(self, other: Any) -> bool:
        return isinstance(other, SimpleTimeZone) and (self._raw, self.start, self.end) == (other._raw, other.start, other.end)

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, SimpleTimeZone) and self.name == other.name and self.j_hasSameRules(other)

    def j_toString(self) -> str:
        parts = []
        for label, rule in (("start", self.start), ("end", self.end)):
            month, day, weekday, time, mode = rule or (0, 0, 0, 0, 0)
            kind = 0 if rule is None else 1 if weekday == 0 else 2 if weekday > 0 else 3 if day > 0 else 4
            shown = abs(weekday)
            parts.append(
                f"{label}Mode={kind},{label}Month={month},{label}Day={abs(day) if kind == 4 else day},"
                f"{label}DayOfWeek={shown},{label}Time={time},{label}TimeMode={mode}"
            )
        return (
            f"java.util.SimpleTimeZone[id={self.name},offset={self._raw},dstSavings={self.savings},"
            f"useDaylight={str(self.j_useDaylightTime()).lower()},startYear={self.start_year},{','.join(parts)}]"
        )


def _setting(rule: tuple[Any, ...], which: str) -> tuple[int, ...]:
    """A rule of setStartRule: (month, day, time), (month, day, weekday, time), and with ``after``."""
    if len(rule) == 3:
        made = (rule[0], rule[1], 0, rule[2], 0)
    elif len(rule) == 5:
        made = (rule[0], rule[1], -rule[2], rule[3], 0) if rule[4] else (rule[0], -rule[1], -rule[2], rule[3], 0)
    else:
        made = (*rule, 0)
    _check(made, which)
    return made


def _check(rule: tuple[int, ...], which: str) -> None:
    month, day, weekday, time, _ = rule
    for bad, message in (
        (day and not 0 <= month <= 11, f"Illegal {which} month {month}"),
        (not 0 <= time <= 86_400_000, f"Illegal {which} time {time}"),
        (not -7 <= weekday <= 7, f"Illegal {which} day of week {weekday}"),
        (weekday > 0 and not -5 <= day <= 5, f"Illegal {which} day of week in month {day}"),
    ):
        if bad:
            raise t.IllegalArgument(message)


def _day(year: int, month: int, day: int, weekday: int) -> int:
    """The day of a rule: a date, the n-th weekday, or the first weekday from or up to a date."""
    if weekday == 0:
        return calendar.days_of(year, month, day)
    wanted = (abs(weekday) - 2) % 7 + 1
    if weekday > 0 and day < 0:
        last = calendar.days_of(year, month, calendar.month_length(year, month))
        return last - (calendar.day_of_week(last) - wanted) % 7 + (day + 1) * 7
    start = calendar.days_of(year, month, 1 if weekday > 0 else abs(day))
    if weekday < 0 and day < 0:
        return start - (calendar.day_of_week(start) - wanted) % 7
    first = start + (wanted - calendar.day_of_week(start)) % 7
    return first + (day - 1) * 7 if weekday > 0 else first


def _ids(raw: int | None = None) -> JavaArray:
    names = [*zone_names(), *SHORT_IDS]
    if raw is not None:
        names = [name for name in names if time_zone(name).raw() == raw]
    return JavaArray("java.lang.String", sorted(names))


STATICS: dict[str, Any] = {
    "TimeZone.getTimeZone/1": lambda of: time_zone(of if isinstance(of, str) else of.j_getId()),
    "TimeZone.getDefault/0": lambda: UTC,
    "TimeZone.getAvailableIDs/0": _ids,
    "TimeZone.getAvailableIDs/1": _ids,
}
CONSTRUCTORS: dict[str, Any] = {f"SimpleTimeZone/{count}": SimpleTimeZone for count in (2, 10, 11, 13)}
CONSTANTS: dict[str, Any] = {
    "TimeZone.SHORT": 0,
    "TimeZone.LONG": 1,
    "SimpleTimeZone.WALL_TIME": 0,
    "SimpleTimeZone.STANDARD_TIME": 1,
    "SimpleTimeZone.UTC_TIME": 2,
}


def _transitions(offsets: Offsets) -> int:
    """How many a ZoneInfo holds: those that are known, and those that rules make up to 2037."""
    if not offsets.changes or not offsets.yearly:
        return len(offsets.changes)
    last = calendar.civil(offsets.changes[-1].epoch // 86_400)[0]
    return len(offsets.changes) + len(offsets.yearly) * (2037 - last)
