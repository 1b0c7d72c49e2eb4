"""java.time's days of the week and months, and the enums of its formats."""

from __future__ import annotations

from typing import Any

from esmock.mapping.dates import calendar
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.enums import JavaEnum, constants_of, enum_constants, enum_statics
from esmock.script.painless.runtime.time.fields import FIELDS, ChronoField
from esmock.script.painless.runtime.time.temporal import Constant, unobtainable


class Cycle(Constant):
    """A constant that is the value of one field and moves in a circle."""

    __slots__ = ()
    field = ""

    def supports(self, field: ChronoField) -> bool:
        return field.name == self.field

    def number(self, field: ChronoField) -> int:
        return self.ordinal + 1

    def j_get(self, field: Any) -> int:
        return self.ordinal + 1 if field is FIELDS[self.field] else super().j_get(field)

    too_wide = None

    def j_adjustInto(self, temporal: Any) -> Any:
        return temporal.j_with(FIELDS[self.field], self.ordinal + 1)

    def j_getValue(self) -> int:
        return self.ordinal + 1

    def j_getDisplayName(self, style: Any, locale: Any) -> str:
        from esmock.script.painless.runtime.time.texts import field_text

        return field_text(FIELDS[self.field], self.ordinal + 1, style, locale) or str(self.ordinal + 1)

    def j_plus(self, count: int) -> Any:
        table = MONTHS if isinstance(self, Month) else DAYS
        return table[(self.ordinal + count) % len(table)]

    def j_minus(self, count: int) -> Any:
        return self.j_plus(-count)


class DayOfWeek(Cycle):
    java_class = "java.time.DayOfWeek"
    precision = "DAYS"
    field = "DAY_OF_WEEK"
    __slots__ = ()


class Month(Cycle):
    java_class = "java.time.Month"
    precision = "MONTHS"
    field = "MONTH_OF_YEAR"
    iso = True
    __slots__ = ()

    def j_length(self, leap: bool) -> int:
        return calendar.month_length(2000 if leap else 2001, self.ordinal + 1)

    def j_maxLength(self) -> int:
        return self.j_length(True)

    def j_minLength(self) -> int:
        return self.j_length(False)

    def j_firstDayOfYear(self, leap: bool) -> int:
        return calendar.day_of_year(calendar.days_of(2000 if leap else 2001, self.ordinal + 1, 1))

    def j_firstMonthOfQuarter(self) -> Month:
        return MONTHS[self.ordinal // 3 * 3]


class TextStyle(JavaEnum):
    java_class = "java.time.format.TextStyle"
    __slots__ = ()

    def j_isStandalone(self) -> bool:
        return self.ordinal % 2 == 1

    def j_asStandalone(self) -> TextStyle:
        return list(TEXT_STYLES.values())[self.ordinal | 1]

    def j_asNormal(self) -> TextStyle:
        return list(TEXT_STYLES.values())[self.ordinal & ~1]


class FormatStyle(JavaEnum):
    java_class = "java.time.format.FormatStyle"
    __slots__ = ()


class ResolverStyle(JavaEnum):
    java_class = "java.time.format.ResolverStyle"
    __slots__ = ()


class SignStyle(JavaEnum):
    java_class = "java.time.format.SignStyle"
    __slots__ = ()


_DAYS = constants_of(DayOfWeek, "MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY SUNDAY")
_MONTHS = constants_of(
    Month, "JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER"
)
DAYS, MONTHS = tuple(_DAYS.values()), tuple(_MONTHS.values())
TEXT_STYLES = constants_of(TextStyle, "FULL FULL_STANDALONE SHORT SHORT_STANDALONE NARROW NARROW_STANDALONE")
FORMAT_STYLES = constants_of(FormatStyle, "FULL LONG MEDIUM SHORT")
RESOLVER_STYLES = constants_of(ResolverStyle, "STRICT SMART LENIENT")
SIGN_STYLES = constants_of(SignStyle, "NORMAL ALWAYS NEVER NOT_NEGATIVE EXCEEDS_PAD")
_ENUMS: tuple[dict[str, Any], ...] = (_DAYS, _MONTHS, TEXT_STYLES, FORMAT_STYLES, RESOLVER_STYLES, SIGN_STYLES)


def month_of(month: Any) -> int:
    """The number of a month that is given as one or as a number."""
    return month if isinstance(month, int) else month.ordinal + 1


def _of(table: tuple[Any, ...], what: str) -> Any:
    def find(number: int) -> Any:
        if not 1 <= number <= len(table):
            raise t.DateTime(f"Invalid value for {what}: {number}")
        return table[number - 1]

    return find


def _from(kind: Any, table: tuple[Any, ...], what: str) -> Any:
    def find(temporal: Any) -> Any:
        if isinstance(temporal, kind):
            return temporal
        try:
            return table[temporal.j_get(FIELDS[kind.field]) - 1]
        except t.DateTime as cause:
            raise unobtainable(what, temporal, cause) from None

    return find


STATICS: dict[str, Any] = {
    "DayOfWeek.of/1": _of(DAYS, "DayOfWeek"),
    "DayOfWeek.from/1": _from(DayOfWeek, DAYS, "DayOfWeek"),
    "Month.of/1": _of(MONTHS, "MonthOfYear"),
    "Month.from/1": _from(Month, MONTHS, "Month"),
}
CONSTANTS: dict[str, Any] = {}
for _enum in _ENUMS:
    STATICS |= enum_statics(_enum)
    CONSTANTS |= enum_constants(_enum)
