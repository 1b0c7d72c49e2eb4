"""java.time.chrono's Hijrah calendar (Umm al-Qura), whose months are those of a table."""

from __future__ import annotations

import bisect
import functools
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.time.chrono import ChronoDate, Chronology
from esmock.script.painless.runtime.time.fields import FIELDS, UNIT_MONTHS, UNITS, ChronoField, ValueRange
from esmock.script.painless.runtime.time.value import exact_long, truncated

_FIRST_YEAR, _LAST_YEAR, _FIRST_DAY = 1300, 1600, -31826
_LONG_MONTHS = (
    "aaa d54 ec9 6d4 6ea 36c aad 555 6a9 792 ba9 5d4 ada 55c d2d 695 74a b54 b6a 5ad 4ae a4f 517 68b 6a5 ad5 2d6 95b "
    "49d a4d d26 d95 5ac 9b6 2ba a5b 52b a95 6ca ae9 2f4 976 2b6 956 aca ba4 bd2 5d9 2dc 96d 54d aa5 b52 ba5 5b4 9b6 "
    "557 297 54b 6a3 752 b65 56a aab 52b c95 d4a da5 5ca ad6 957 4ab 94b aa5 b52 b6a 575 276 8b7 45b 555 5a9 5b4 9da "
    "4dd 26e 936 aaa d54 db2 5d5 2da 95b 4ab a55 b49 b64 b71 5b4 ab5 a55 d25 e92 ec9 6d4 ae9 96b 4ab a93 d49 da4 db2 "
    "ab9 4ba a5b 52b a95 b2a b55 55c 4bd 23d 91d a95 b4a b5a 56d 2b6 93b 49b 655 6a9 754 b6a 56c aad 555 b29 b92 ba9 "
    "5d4 ada 55a aab 595 749 764 baa 5b5 2b6 a56 e4d b25 b52 b6a 5ad 2ae 92f 497 64b 6a5 6ac ad6 55d 49d a4d d16 d95 "
    "5aa 5b5 2da 95b 4ad 595 6ca 6e4 aea 4f5 2b6 956 aaa b54 bd2 5d9 2ea 96d 4ad a95 b4a ba5 5b2 9b5 4d6 a97 547 693 "
    "749 b55 56a a6b 52b a8b d46 da3 5ca ad6 4db 26b 94b aa5 b52 b69 575 176 8b7 25b 52b 565 5b4 9da 4ed 16d 8b6 aa6 "
    "d52 da9 5d4 ada 95b 4ab 653 729 762 ba9 5b2 ab5 555 b25 d92 ec9 6d2 ae9 56b 4ab a55 d29 d54 daa 9b5 4ba a3b 49b "
    "a4d aaa ad5 2da 95d 45e a2e c9a d55 6b2 6b9 4ba a5d 52d a95 b52 ba8 bb4 5b9 2da 95a b4a da4 ed1 6e8 b6a 56d 535 "
    "695 d4a da8 dd4 6da 55b 29d 62b b15 b4a b95 5aa aae 92e c8f 527 695 6aa ad6 55d 29d"
)
"""For each year from 1300 on a bit per month: whether it has 30 days instead of 29 (asked of 7.10.2 month by month)."""


@functools.cache
def _starts() -> tuple[int, ...]:
    """The first day of every month, and the day after the last."""
    out = [_FIRST_DAY]
    for year in _LONG_MONTHS.split():
        for month in range(12):
            out.append(out[-1] + 29 + (int(year, 16) >> (11 - month) & 1))
    return tuple(out)


def _parts(days: int) -> tuple[int, int, int]:
    at = bisect.bisect_right(_starts(), days) - 1
    if not 0 <= at < len(_starts()) - 1:
        raise t.DateTime("Hijrah date out of range")
    return _FIRST_YEAR + at // 12, at % 12 + 1, days - _starts()[at] + 1


def _start(year: int, month: int) -> int:
    return _starts()[(year - _FIRST_YEAR) * 12 + month - 1]


def _length(year: int, month: int) -> int:
    return _start(year, month + 1) - _start(year, month)


class HijrahChronology(Chronology):
    java_class = "java.time.chrono.HijrahChronology"
    kind, name, calendar_type = "Hijrah", "Hijrah-umalqura", "islamic-umalqura"

    def wrap(self, days: int) -> Any:
        return HijrahDate(self, days)

    def j_date(self, *parts: Any) -> Any:
        if len(parts) == 1:
            return super().j_date(*parts)
        year, month, day = parts if len(parts) == 3 else (self.j_prolepticYear(*parts[:2]), *parts[2:])
        if not 1 <= month <= 12:
            raise t.DateTime(f"Invalid Hijrah month: {month}")
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            raise t.DateTime(f"Invalid Hijrah date, year: {year}, month: {month}")
        if not 1 <= day <= _length(year, month):
            raise t.DateTime(f"Invalid Hijrah day of month: {day}")
        return HijrahDate(self, _start(year, month) + day - 1)

    def j_dateYearDay(self, *parts: Any) -> Any:
        year, day = parts if len(parts) == 2 else (self.j_prolepticYear(*parts[:2]), parts[2])
        first = self.j_date(year, 1, 1)
        if day > first.j_lengthOfYear():
            raise t.DateTime(f"Invalid dayOfYear: {day}")
        return HijrahDate(self, first.days + day - 1)

    def j_isLeapYear(self, year: int) -> bool:
        return _FIRST_YEAR <= year <= _LAST_YEAR and _start(year + 1, 1) - _start(year, 1) > 354

    def j_range(self, field: ChronoField) -> ValueRange:
        ranges = {
            "DAY_OF_MONTH": (1, 1, 29, 30),
            "DAY_OF_YEAR": (1, 355),
            "ALIGNED_WEEK_OF_MONTH": (1, 5),
            "YEAR": (_FIRST_YEAR, _LAST_YEAR),
            "YEAR_OF_ERA": (_FIRST_YEAR, _LAST_YEAR),
            "ERA": (1, 1),
        }
        return ValueRange.of(*ranges[field.name]) if field.name in ranges else field.range


class HijrahDate(ChronoDate):
    java_class = "java.time.chrono.HijrahDate"
    __slots__ = ()

    def _era_year(self) -> tuple[Any, int]:
        return self.chronology.j_eras()[0], _parts(self.days)[0]

    def number(self, field: ChronoField) -> int:
        year, month, day = _parts(self.days)
        of_year = self.days - _start(year, 1)
        values = {
            "YEAR": year,
            "YEAR_OF_ERA": year,
            "ERA": 1,
            "MONTH_OF_YEAR": month,
            "DAY_OF_MONTH": day,
            "PROLEPTIC_MONTH": year * 12 + month - 1,
            "DAY_OF_YEAR": of_year + 1,
            "ALIGNED_DAY_OF_WEEK_IN_MONTH": (day - 1) % 7 + 1,
            "ALIGNED_DAY_OF_WEEK_IN_YEAR": of_year % 7 + 1,
            "ALIGNED_WEEK_OF_MONTH": (day - 1) // 7 + 1,
            "ALIGNED_WEEK_OF_YEAR": of_year // 7 + 1,
        }
        return values[field.name] if field.name in values else super().number(field)

    def limits(self, field: ChronoField) -> ValueRange:
        if field.name == "DAY_OF_MONTH":
            return ValueRange(1, self.j_lengthOfMonth())
        return ValueRange(1, self.j_lengthOfYear()) if field.name == "DAY_OF_YEAR" else self.chronology.j_range(field)

    def _clipped(self, year: int, month: int, day: int) -> Any:
        return self.chronology.j_date(year, month, min(day, _length(year, month)) if _FIRST_YEAR <= year <= _LAST_YEAR else day)

    def moved(self, amount: int, unit: Any) -> Any:
        if unit.name not in UNIT_MONTHS:
            return super().moved(amount, unit)
        year, month, day = _parts(self.days)
        total = exact_long(year * 12 + month - 1 + amount * UNIT_MONTHS[unit.name])
        return self._clipped(total // 12, total % 12 + 1, day)

    def replaced(self, field: ChronoField, value: int) -> Any:
        year, month, day = _parts(self.days)
        self.chronology.j_range(field).check(value, field)
        if field.name in ("YEAR", "YEAR_OF_ERA"):
            return self._clipped(value, month, day)
        if field.name == "MONTH_OF_YEAR":
            return self._clipped(year, value, day)
        if field.name == "DAY_OF_MONTH":
            return self.chronology.j_date(year, month, value)
        if field.name == "ERA":
            return self
        if field.name == "DAY_OF_YEAR":
            return self.moved(min(value, self.j_lengthOfYear()) - self.number(field), _DAYS)
        if field.name == "PROLEPTIC_MONTH":
            return self.moved(value - self.number(field), _MONTHS)
        return super().replaced(field, value)

    def j_until(self, end: Any, unit: Any = None) -> Any:
        other = self.chronology.j_date(end)
        months = other.number(_PROLEPTIC) - self.number(_PROLEPTIC)
        days = _parts(other.days)[2] - _parts(self.days)[2]
        if unit is None:
            if months > 0 and days < 0:
                months -= 1
                days = other.days - self.moved(months, _MONTHS).days
            elif months < 0 and days > 0:
                months += 1
                days -= other.j_lengthOfMonth()
            years = truncated(months, 12)
            return self.chronology.j_period(years, months - years * 12, days)
        if unit.name not in UNIT_MONTHS:
            return super().j_until(other, unit)
        if months * days < 0:
            months += 1 if months < 0 else -1
        return truncated(months, UNIT_MONTHS[unit.name])

    def j_isLeapYear(self) -> bool:
        return self.chronology.j_isLeapYear(_parts(self.days)[0])

    def j_lengthOfMonth(self) -> int:
        return _length(*_parts(self.days)[:2])

    def j_lengthOfYear(self) -> int:
        year = _parts(self.days)[0]
        return _start(year + 1, 1) - _start(year, 1)

    def j_withVariant(self, chronology: Any) -> Any:
        return self

    def j_hashCode(self) -> int:
        from esmock.script.painless.runtime.values import string_hash, wrap_int

        year, month, day = _parts(self.days)
        return wrap_int(string_hash(self.chronology.name) ^ (year & 0xFFFFF800) ^ ((year << 11) + (month << 6) + day))

    def j_toString(self) -> str:
        year, month, day = _parts(self.days)
        return f"{self.chronology.name} AH {year}-{month:02d}-{day:02d}"


def _from(temporal: Any) -> Any:
    return HIJRAH.j_date(temporal)


_PROLEPTIC = FIELDS["PROLEPTIC_MONTH"]
_DAYS, _MONTHS = UNITS["DAYS"], UNITS["MONTHS"]
HIJRAH = HijrahChronology()
STATICS: dict[str, Any] = {"HijrahDate.from/1": _from, "HijrahDate.of/3": HIJRAH.j_date}
CONSTANTS: dict[str, Any] = {"HijrahChronology.INSTANCE": HIJRAH}
