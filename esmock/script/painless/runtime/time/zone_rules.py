"""java.time.zone as scripts see it: rules, transitions and the rules of the years to come."""

from __future__ import annotations

from typing import Any

from esmock.mapping.dates import calendar
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.containers import JavaSet
from esmock.script.painless.runtime.enums import JavaEnum, constants_of, enum_constants, enum_statics
from esmock.script.painless.runtime.maps import TreeMap
from esmock.script.painless.runtime.time.amounts import Duration
from esmock.script.painless.runtime.time.enums import DAYS, MONTHS
from esmock.script.painless.runtime.time.instants import Instant
from esmock.script.painless.runtime.time.local import LocalDateTime, LocalTime
from esmock.script.painless.runtime.time.rules import Change, Offsets, YearlyRule, fixed, zone_names
from esmock.script.painless.runtime.time.value import NANOS_PER_DAY, SECOND, Value, compared, required
from esmock.script.painless.runtime.time.zones import ZoneOffset, offset_of, region
from esmock.script.painless.runtime.values import wrap_int


class ZoneOffsetTransition(Value):
    """A change of the offset of a zone."""

    java_class = "java.time.zone.ZoneOffsetTransition"
    __slots__ = ("change",)

    def __init__(self, change: Change) -> None:
        self.change = change

    @classmethod
    def of(cls, local: LocalDateTime, before: ZoneOffset, after: ZoneOffset) -> ZoneOffsetTransition:
        """Raises IllegalArgument for offsets that are the same, and for parts of a second."""
        required(local, "transition")
        if required(before, "offsetBefore") == required(after, "offsetAfter"):
            raise t.IllegalArgument("Offsets must not be equal")
        if local.nanos % SECOND:
            raise t.IllegalArgument("Nano-of-second must be zero")
        return cls(Change(local.seconds() - before.seconds, before.seconds, after.seconds))

    def _key(self) -> Change:
        return self.change

    def _local(self, offset: int) -> LocalDateTime:
        return LocalDateTime(*divmod((self.change.epoch + offset) * SECOND, NANOS_PER_DAY))

    def j_getInstant(self) -> Instant:
        return Instant(self.change.epoch * SECOND)

    def j_toEpochSecond(self) -> int:
        return self.change.epoch

    def j_getDateTimeBefore(self) -> LocalDateTime:
        return self._local(self.change.before)

    def j_getDateTimeAfter(self) -> LocalDateTime:
        return self._local(self.change.after)

    def j_getOffsetBefore(self) -> ZoneOffset:
        return offset_of(self.change.before)

    def j_getOffsetAfter(self) -> ZoneOffset:
        return offset_of(self.change.after)

    def j_getDuration(self) -> Duration:
        return Duration((self.change.after - self.change.before) * SECOND)

    def j_isGap(self) -> bool:
        return self.change.after > self.change.before

    def j_isOverlap(self) -> bool:
        return self.change.after < self.change.before

    def j_isValidOffset(self, offset: ZoneOffset) -> bool:
        return not self.j_isGap() and offset.seconds in (self.change.before, self.change.after)

    def j_compareTo(self, other: ZoneOffsetTransition) -> int:
        return compared(self.change.epoch, other.change.epoch)

    def j_hashCode(self) -> int:
        after = self.change.after & 0xFFFFFFFF
        return wrap_int(self.j_getDateTimeBefore().j_hashCode() ^ self.change.before ^ (after << 16 | after >> 16))

    def j_toString(self) -> str:
        kind = "Gap" if self.j_isGap() else "Overlap"
        before, after = offset_of(self.change.before).name, offset_of(self.change.after).name
        return f"Transition[{kind} at {self.j_getDateTimeBefore().j_toString()}{before} to {after}]"


class TimeDefinition(JavaEnum):
    """How the time of a yearly rule is meant."""

    java_class = "java.time.zone.ZoneOffsetTransitionRule.TimeDefinition"
    __slots__ = ()

    def shift(self, standard: int, before: int) -> int:
        """Seconds from the rule's time to the wall's."""
        return before if self.name == "UTC" else before - standard if self.name == "STANDARD" else 0

    def j_createDateTime(self, local: LocalDateTime, standard: ZoneOffset, wall: ZoneOffset) -> LocalDateTime:
        return local.j_plusSeconds(self.shift(standard.seconds, wall.seconds))


_DEFINITIONS = constants_of(TimeDefinition, "UTC WALL STANDARD")


class ZoneOffsetTransitionRule(Value):
    """A change that comes every year.

    Args:
        day: the day of the month; negative ones count from its end.
        weekday: the first such weekday from that day on (back from it when ``day`` is negative), or None.
    """

    java_class = "java.time.zone.ZoneOffsetTransitionRule"
    __slots__ = ("after", "before", "day", "definition", "end", "month", "standard", "time", "weekday")

    def __init__(self, *given: Any) -> None:
        self.month, self.day, self.weekday, self.time, self.end = given[:5]
        self.definition, self.standard, self.before, self.after = given[5:]

    @classmethod
    def of(cls, *given: Any) -> ZoneOffsetTransitionRule:
        """Raises IllegalArgument for a day or time that cannot be."""
        _, day, _, time, end, *_ = given
        if not -28 <= day <= 31 or day == 0:
            raise t.IllegalArgument("Day of month indicator must be between -28 and 31 inclusive excluding zero")
        if end and time.nanos:
            raise t.IllegalArgument("Time must be midnight when end of day flag is true")
        if time.nanos % SECOND:
            raise t.IllegalArgument("Time's nano-of-second must be zero")
        return cls(*given)

    @classmethod
    def of_rule(cls, rule: YearlyRule) -> ZoneOffsetTransitionRule:
        """A rule of the database: its week becomes a day of the month."""
        days, second = divmod(rule.second, 86400)
        weekday = DAYS[(rule.weekday - 1 + days) % 7]
        day = -1 if rule.week == 5 else rule.week * 7 - 6 + days
        standard, before, after = (offset_of(one) for one in (rule.standard, rule.before, rule.after))
        time = LocalTime(second * SECOND)
        return cls(MONTHS[rule.month - 1], day, weekday, time, False, _DEFINITIONS["WALL"], standard, before, after)

    def _key(self) -> Any:
        return tuple(getattr(self, name) for name in self.__slots__)

    def j_getMonth(self) -> Any:
        return self.month

    def j_getDayOfMonthIndicator(self) -> int:
        return int(self.day)

    def j_getDayOfWeek(self) -> Any:
        return self.weekday

    def j_getLocalTime(self) -> LocalTime:
        return self.time  # type: ignore[no-any-return]

    def j_isMidnightEndOfDay(self) -> bool:
        return bool(self.end)

    def j_getTimeDefinition(self) -> TimeDefinition:
        return self.definition  # type: ignore[no-any-return]

    def j_getStandardOffset(self) -> ZoneOffset:
        return self.standard  # type: ignore[no-any-return]

    def j_getOffsetBefore(self) -> ZoneOffset:
        return self.before  # type: ignore[no-any-return]

    def j_getOffsetAfter(self) -> ZoneOffset:
        return self.after  # type: ignore[no-any-return]

    def _date(self, year: int) -> int:
        month = self.month.ordinal + 1
        day = self.day if self.day > 0 else calendar.month_length(year, month) + 1 + self.day
        days = calendar.days_of(year, month, day)
        if self.weekday is None:
            return days
        ahead = (self.weekday.ordinal + 1 - calendar.day_of_week(days)) % 7
        return days + ahead if self.day > 0 else days - (-ahead) % 7

    def j_createTransition(self, year: int) -> ZoneOffsetTransition:
        local = LocalDateTime(self._date(year) + int(self.end), self.time.nanos)
        before = self.definition.j_createDateTime(local, self.standard, self.before)
        return ZoneOffsetTransition(Change(before.seconds() - self.before.seconds, self.before.seconds, self.after.seconds))

    def j_hashCode(self) -> int:
        return hash(self.j_toString()) & 0x7FFFFFFF

    def j_toString(self) -> str:
        kind = "Gap" if self.after.seconds > self.before.seconds else "Overlap"
        month = self.month.name
        if self.weekday is None:
            when = f"{month} {self.day}"
        elif self.day == -1:
            when = f"{self.weekday.name} on or before last day of {month}"
        elif self.day < 0:
            when = f"{self.weekday.name} on or before last day minus {-self.day - 1} of {month}"
        else:
            when = f"{self.weekday.name} on or after {month} {self.day}"
        at = "24:00" if self.end else self.time.j_toString()
        offsets = f"{self.before.name} to {self.after.name}"
        return f"TransitionRule[{kind} {offsets}, {when} at {at} {self.definition.name}, standard offset {self.standard.name}]"


class ZoneRules(Value):
    java_class = "java.time.zone.ZoneRules"
    __slots__ = ("offsets",)

    def __init__(self, offsets: Offsets) -> None:
        self.offsets = offsets

    def _key(self) -> Any:
        own = self.offsets
        return (own.first, own.changes, own.yearly, own.standard[1:])

    def j_isFixedOffset(self) -> bool:
        return self.offsets.fixed

    def j_getOffset(self, at: Instant) -> ZoneOffset:
        return offset_of(self.offsets.at(required(at, None).total // SECOND))

    def j_getStandardOffset(self, at: Instant) -> ZoneOffset:
        return offset_of(self.offsets.standard_at(at.total // SECOND))

    def j_getDaylightSavings(self, at: Instant) -> Duration:
        second = at.total // SECOND
        return Duration((self.offsets.at(second) - self.offsets.standard_at(second)) * SECOND)

    def j_isDaylightSavings(self, at: Instant) -> bool:
        return self.j_getDaylightSavings(at).nanos != 0

    def j_getValidOffsets(self, local: LocalDateTime) -> list[ZoneOffset]:
        return [offset_of(one) for one in self.offsets.valid(local.seconds())]

    def j_isValidOffset(self, local: LocalDateTime, offset: ZoneOffset) -> bool:
        return offset.seconds in self.offsets.valid(local.seconds())

    def j_getTransition(self, local: LocalDateTime) -> ZoneOffsetTransition | None:
        return _transition(self.offsets.around(local.seconds()))

    def j_nextTransition(self, at: Instant) -> ZoneOffsetTransition | None:
        return _transition(self.offsets.next(at.total // SECOND))

    def j_previousTransition(self, at: Instant) -> ZoneOffsetTransition | None:
        return _transition(self.offsets.previous(at.total // SECOND + (1 if at.total % SECOND else 0)))

    def j_getTransitions(self) -> list[ZoneOffsetTransition]:
        return [ZoneOffsetTransition(change) for change in self.offsets.changes]

    def j_getTransitionRules(self) -> list[ZoneOffsetTransitionRule]:
        return [ZoneOffsetTransitionRule.of_rule(rule) for rule in self.offsets.yearly]

    def j_hashCode(self) -> int:
        return hash(self._key()) & 0x7FFFFFFF

    def j_toString(self) -> str:
        last = self.offsets.standard[-1][1] if self.offsets.standard else self.offsets.first
        return f"ZoneRules[currentStandardOffset={offset_of(last).name}]"


def _transition(change: Change | None) -> ZoneOffsetTransition | None:
    return ZoneOffsetTransition(change) if change is not None else None


def _of(standard: ZoneOffset, wall: ZoneOffset, standards: Any, transitions: Any, rules: Any) -> ZoneRules:
    """ZoneRules.of with the changes of the standard offset, of the wall's, and the yearly rules. Raises IllegalArgument."""
    if len(rules) > 16:
        raise t.IllegalArgument("Too many transition rules")
    changes = tuple(one.change for one in transitions)
    steps = ((-(1 << 63), standard.seconds), *((one.change.epoch, one.change.after) for one in standards))
    yearly = tuple(_yearly(rule) for rule in rules)
    return ZoneRules(Offsets(wall.seconds, changes, yearly, steps))


def _yearly(rule: ZoneOffsetTransitionRule) -> YearlyRule:
    week = 5 if rule.day < 0 else (rule.day + 6) // 7
    second = rule.time.nanos // SECOND + rule.definition.shift(rule.standard.seconds, rule.before.seconds)
    weekday = rule.weekday.ordinal + 1 if rule.weekday is not None else 1
    month = rule.month.ordinal + 1
    return YearlyRule(month, week, weekday, second, rule.before.seconds, rule.after.seconds, rule.standard.seconds)


def _versions(name: str) -> Any:
    if name not in zone_names():
        raise t.ZoneRules(f"Unknown time-zone ID: {name}")
    return TreeMap({"2025a": ZoneRules(region(name).offsets)})


STATICS: dict[str, Any] = {
    "ZoneOffsetTransition.of/3": ZoneOffsetTransition.of,
    "ZoneOffsetTransitionRule.of/9": ZoneOffsetTransitionRule.of,
    "ZoneRules.of/1": lambda offset: ZoneRules(fixed(required(offset, "offset").seconds)),
    "ZoneRules.of/5": _of,
    "ZoneRulesProvider.getAvailableZoneIds/0": lambda: JavaSet(zone_names()),
    "ZoneRulesProvider.getRules/2": lambda name, _: ZoneRules(region(name).offsets),
    "ZoneRulesProvider.getVersions/1": _versions,
} | enum_statics(_DEFINITIONS)
CONSTANTS: dict[str, Any] = enum_constants(_DEFINITIONS)
