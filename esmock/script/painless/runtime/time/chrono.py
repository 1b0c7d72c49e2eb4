"""java.time.chrono: the ISO calendar and those that count its years otherwise."""

from __future__ import annotations

import functools
from typing import Any

from esmock.mapping.dates import calendar
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.containers import JavaSet
from esmock.script.painless.runtime.enums import enum_constants, enum_statics
from esmock.script.painless.runtime.functions import Comparator
from esmock.script.painless.runtime.ordering import compare_text
from esmock.script.painless.runtime.time import arithmetic as a
from esmock.script.painless.runtime.time.amounts import Period
from esmock.script.painless.runtime.time.eras import ERAS
from esmock.script.painless.runtime.time.fields import FIELDS, ChronoField, ValueRange
from esmock.script.painless.runtime.time.local import LocalDate, date_from, date_time_from
from esmock.script.painless.runtime.time.temporal import Accessor
from esmock.script.painless.runtime.time.value import compared, required
from esmock.script.painless.runtime.time.zoned import zoned_from, zoned_instant
from esmock.script.painless.runtime.values import string_hash


class Chronology:
    """A calendar system.

    Attributes:
        kind: the start of the names of its Java classes.
        shift: what is added to the ISO year to get its year.
    """

    java_class = "java.time.chrono.Chronology"
    kind = name = calendar_type = ""
    shift = 0

    # -- names

    def j_getId(self) -> str:
        return self.name

    def j_getCalendarType(self) -> str:
        return self.calendar_type

    def j_getDisplayName(self, style: Any, locale: Any) -> str:
        return _SHOWN.get(self.name, self.name)

    def j_toString(self) -> str:
        return self.name

    def j_hashCode(self) -> int:
        kind = self.java_class
        return string_hash(kind) ^ string_hash(self.name)

    def j_equals(self, other: Any) -> bool:
        return self is other

    def j_compareTo(self, other: Any) -> int:
        return compare_text(self.name, other.name)

    # -- dates

    def wrap(self, days: int) -> Any:
        """A date of this calendar."""
        return LocalDate(days)

    def over(self, temporal: Any) -> Any:
        """A temporal whose date is read in this calendar."""
        return Shifted(temporal, self.wrap(date_from(temporal).days))

    def iso_year(self, year: int) -> int:
        return year - self.shift

    def j_date(self, *parts: Any) -> Any:
        if len(parts) == 1:
            return self.wrap(date_from(parts[0]).days)
        if len(parts) == 4:
            era, year, *rest = parts
            parts = (self.j_prolepticYear(era, year), *rest)
        return self.wrap(a.date_days(self.iso_year(parts[0]), parts[1], parts[2]))

    def j_dateYearDay(self, *parts: Any) -> Any:
        if len(parts) == 3:
            parts = (self.j_prolepticYear(parts[0], parts[1]), parts[2])
        return self.wrap(a.year_days(self.iso_year(parts[0]), parts[1]))

    def j_dateEpochDay(self, days: int) -> Any:
        return self.wrap(a.valid_days(days))

    def j_localDateTime(self, temporal: Any) -> Any:
        return date_time_from(temporal)

    def j_zonedDateTime(self, temporal: Any, zone: Any = None) -> Any:
        return zoned_from(temporal) if zone is None else zoned_instant(temporal.total, zone)

    def j_period(self, years: int, months: int, days: int) -> Any:
        return Period(years, months, days) if self.name == "ISO" else ChronoPeriod(self, years, months, days)

    def j_isLeapYear(self, year: int) -> bool:
        return calendar.is_leap(self.iso_year(year))

    def j_eras(self) -> list[Any]:
        return list(ERAS[self.name].values())

    def j_eraOf(self, number: int) -> Any:
        eras = self.j_eras()
        at = number - eras[0].start
        if not 0 <= at < len(eras):
            raise t.DateTime(f"Invalid era: {number}")
        return eras[at]

    def j_prolepticYear(self, era: Any, year: int) -> int:
        if era.java_class != self.j_eras()[0].java_class:
            raise t.ClassCast(f"Era must be {type(self.j_eras()[0]).__name__}")
        if self.kind == "Japanese":
            return year + _JAPANESE_STARTS[era.ordinal][0] - 1
        return year if era.ordinal == len(self.j_eras()) - 1 else 1 - year

    def j_range(self, field: ChronoField) -> ValueRange:
        base = field.range
        if self.shift and field.name in ("YEAR", "PROLEPTIC_MONTH"):
            size = 12 if field.name == "PROLEPTIC_MONTH" else 1
            return ValueRange(base.low + self.shift * size, base.high + self.shift * size)
        if self.shift and field.name == "YEAR_OF_ERA":
            low, high = FIELDS["YEAR"].range.high + self.shift, 1 - FIELDS["YEAR"].range.low - self.shift
            return ValueRange.of(1, min(low, high), max(low, high))
        return base

    def j_resolveDate(self, values: Any, style: Any) -> Any:
        return self.resolved(values, style.name == "LENIENT", strict=style.name == "STRICT")

    def resolved(self, values: Any, lenient: bool, strict: bool = False) -> Any:
        from esmock.script.painless.runtime.time.resolving import resolve_date

        year = FIELDS["YEAR"]
        if self.shift and year in values:
            values[year] = self.iso_year(values[year])
        era = FIELDS["YEAR_OF_ERA"]
        if self.shift and era in values:
            values[year] = self.iso_year(values.pop(era))
        found = resolve_date(values, lenient=lenient, strict=strict)
        return self.wrap(found.days) if found is not None else None


class ChronoPeriod(Period):
    """A Period of a calendar that is not ISO's."""

    java_class = "java.time.chrono.ChronoPeriodImpl"
    java_parents = ("java.time.chrono.ChronoPeriod",)
    __slots__ = ("chronology",)

    def __init__(self, chronology: Chronology, years: int, months: int, days: int) -> None:
        super().__init__(years, months, days)
        self.chronology = chronology

    def j_getChronology(self) -> Any:
        return self.chronology

    def j_toString(self) -> str:
        return f"{self.chronology.name} {super().j_toString()}"


class ChronoDate(LocalDate):
    """A date of a calendar whose months are ISO's."""

    iso = False
    __slots__ = ("chronology",)

    def __init__(self, chronology: Chronology, days: int) -> None:
        super().__init__(days)
        self.chronology = chronology

    def _key(self) -> Any:
        return (self.chronology.name, self.days)

    def _year(self) -> int:
        return calendar.civil(self.days)[0] + self.chronology.shift

    def _era_year(self) -> tuple[Any, int]:
        eras = self.chronology.j_eras()
        if self.chronology.kind == "Japanese":
            at = max(i for i, (_, start) in enumerate(_JAPANESE_STARTS) if self.days >= start or i == 0)
            return eras[at], calendar.civil(self.days)[0] - _JAPANESE_STARTS[at][0] + 1
        year = self._year()
        return (eras[1], year) if year >= 1 else (eras[0], 1 - year)

    def supports(self, field: ChronoField) -> bool:
        if self.chronology.kind == "Japanese" and field.name.startswith("ALIGNED_"):
            return False
        return super().supports(field)

    def number(self, field: ChronoField) -> int:
        era, year = self._era_year()
        values = {"YEAR": self._year(), "YEAR_OF_ERA": year, "ERA": era.j_getValue()}
        if field.name == "PROLEPTIC_MONTH":
            return self._year() * 12 + calendar.civil(self.days)[1] - 1
        return values[field.name] if field.name in values else super().number(field)

    def moved(self, amount: int, unit: Any) -> Any:
        return self.chronology.wrap(a.date_plus(self.days, amount, unit))

    def replaced(self, field: ChronoField, value: int) -> Any:
        if not self.supports(field):
            raise a.unsupported_field(field)
        if field.name in ("YEAR", "YEAR_OF_ERA", "ERA", "PROLEPTIC_MONTH"):
            self.chronology.j_range(field).check(value, field)
            return self.chronology.wrap(self._with_year(field, value))
        return self.chronology.wrap(a.date_with(self.days, field, value))

    def _with_year(self, field: ChronoField, value: int) -> int:
        if field.name == "PROLEPTIC_MONTH":
            return a.plus_months(self.days, value - self.number(field))
        era, year = self._era_year()
        if field.name == "ERA":
            target = self.chronology.j_prolepticYear(self.chronology.j_eraOf(value), year)
        else:
            target = value if field.name == "YEAR" else self.chronology.j_prolepticYear(era, value)
        return a.date_with(self.days, FIELDS["YEAR"], self.chronology.iso_year(target))

    def limits(self, field: ChronoField) -> ValueRange:
        if field.name in ("YEAR", "YEAR_OF_ERA", "PROLEPTIC_MONTH", "ERA"):
            return self.chronology.j_range(field)
        return super().limits(field)

    def takes(self, adjuster: Any) -> Any:
        return adjuster if isinstance(adjuster, ChronoDate) and adjuster.chronology is self.chronology else None

    def j_until(self, end: Any, unit: Any = None) -> Any:
        found = super().j_until(end, unit)
        return ChronoPeriod(self.chronology, *found._key()) if unit is None else found

    def j_compareTo(self, other: Any) -> int:
        return compared(self.days, other.days) or compare_text(self.chronology.name, other.j_getChronology().j_getId())

    def j_getChronology(self) -> Any:
        return self.chronology

    def j_getEra(self) -> Any:
        return self._era_year()[0]

    def j_hashCode(self) -> int:
        return string_hash(self.chronology.name) ^ super().j_hashCode()

    def j_toString(self) -> str:
        era, year = self._era_year()
        _, month, day = calendar.civil(self.days)
        return f"{self.chronology.name} {era.label} {year}-{month:02d}-{day:02d}"


class MinguoDate(ChronoDate):
    java_class = "java.time.chrono.MinguoDate"
    __slots__ = ()


class ThaiBuddhistDate(ChronoDate):
    java_class = "java.time.chrono.ThaiBuddhistDate"
    __slots__ = ()


class JapaneseDate(ChronoDate):
    java_class = "java.time.chrono.JapaneseDate"
    __slots__ = ()

    def __init__(self, chronology: Chronology, days: int) -> None:
        super().__init__(chronology, days)
        if days < _JAPANESE_FIRST:
            raise t.DateTime("JapaneseDate before Meiji 6 is not supported")


class IsoChronology(Chronology):
    java_class = "java.time.chrono.IsoChronology"
    kind, name, calendar_type = "Iso", "ISO", "iso8601"


class MinguoChronology(Chronology):
    java_class = "java.time.chrono.MinguoChronology"
    kind, name, calendar_type, shift = "Minguo", "Minguo", "roc", -1911

    def wrap(self, days: int) -> Any:
        return MinguoDate(self, days)


class ThaiBuddhistChronology(Chronology):
    java_class = "java.time.chrono.ThaiBuddhistChronology"
    kind, name, calendar_type, shift = "ThaiBuddhist", "ThaiBuddhist", "buddhist", 543

    def wrap(self, days: int) -> Any:
        return ThaiBuddhistDate(self, days)


class JapaneseChronology(Chronology):
    java_class = "java.time.chrono.JapaneseChronology"
    kind, name, calendar_type = "Japanese", "Japanese", "japanese"

    def wrap(self, days: int) -> Any:
        return JapaneseDate(self, days)


class Shifted(Accessor):
    """A temporal whose date fields come from a date of another calendar."""

    __slots__ = ("_date", "_inner")

    def __init__(self, inner: Any, date: Any) -> None:
        self._inner, self._date = inner, date

    def _key(self) -> Any:
        return (self._inner, self._date)

    def _of(self, field: Any) -> Any:
        return self._date if isinstance(field, ChronoField) and field.date_based else self._inner

    def j_isSupported(self, what: Any) -> bool:
        return bool(self._of(what).j_isSupported(what))

    def j_getLong(self, field: Any) -> int:
        return int(self._of(field).j_getLong(field))

    def j_get(self, field: Any) -> int:
        return int(self._of(field).j_get(field))

    def zone_id(self) -> Any:
        return self._inner.zone_id()

    def zone_offset(self) -> Any:
        return self._inner.zone_offset()

    def j_getChronology(self) -> Any:
        return self._date.chronology

    def j_toString(self) -> str:
        return str(self._inner.j_toString())


_SHOWN = {
    "Minguo": "Minguo Calendar",
    "ThaiBuddhist": "Buddhist Calendar",
    "Japanese": "Japanese Calendar",
    "Hijrah-umalqura": "Islamic Calendar (Umm al-Qura)",
}
_JAPANESE_STARTS = (
    (1868, calendar.days_of(1868, 1, 25)),
    (1912, calendar.days_of(1912, 7, 30)),
    (1926, calendar.days_of(1926, 12, 25)),
    (1989, calendar.days_of(1989, 1, 8)),
    (2019, calendar.days_of(2019, 5, 1)),
)
_JAPANESE_FIRST = calendar.days_of(1873, 1, 1)
ISO = IsoChronology()
_OTHERS: dict[str, Chronology] = {
    "Minguo": MinguoChronology(),
    "ThaiBuddhist": ThaiBuddhistChronology(),
    "Japanese": JapaneseChronology(),
}


@functools.cache
def chronologies() -> tuple[Any, ...]:
    from esmock.script.painless.runtime.time.hijrah import HIJRAH

    return (ISO, *_OTHERS.values(), HIJRAH)


def chronology_of(temporal: Any) -> Any:
    """TemporalQueries.chronology."""
    own = getattr(temporal, "chronology", None) or getattr(temporal, "_date", None)
    if isinstance(own, Chronology):
        return own
    own = getattr(own, "chronology", None)
    return own if own is not None else ISO if temporal.iso else None


def chronology_from(temporal: Any) -> Any:
    """Chronology.from: ISO when the temporal has none."""
    return chronology_of(temporal) or ISO


def _named(name: str) -> Any:
    for one in chronologies():
        if name in (one.j_getId(), one.j_getCalendarType()):
            return one
    raise t.DateTime(f"Unknown chronology: {name}")


def _date_from(kind: str) -> Any:
    return lambda temporal: _named(kind).j_date(temporal)


def _chrono_from(name: str, maker: str) -> Any:
    """``from`` of an interface: by the chronology that the temporal says it has."""

    def find(temporal: Any) -> Any:
        chronology = chronology_of(required(temporal, "temporal"))
        if chronology is None:
            raise t.DateTime(f"Unable to obtain {name} from TemporalAccessor: class {temporal.java_class}")
        return getattr(chronology, maker)(temporal)

    return find


def _japanese_era(name: str) -> Any:
    for one in ERAS["Japanese"].values():
        if one.label == name:
            return one
    raise t.IllegalArgument("japaneseEra is invalid")


def _by_day(first: Any, second: Any) -> int:
    return compared(first.days, second.days)


def _by_time(first: Any, second: Any) -> int:
    return compared((first.days, first.nanos), (second.days, second.nanos))


def _by_instant(first: Any, second: Any) -> int:
    return compared(first.epoch_ns(), second.epoch_ns())


STATICS: dict[str, Any] = {
    "Chronology.from/1": chronology_from,
    "Chronology.of/1": _named,
    "Chronology.ofLocale/1": lambda locale: ISO,
    "Chronology.getAvailableChronologies/0": lambda: JavaSet(chronologies()),
    "ChronoLocalDate.from/1": _chrono_from("ChronoLocalDate", "j_date"),
    "ChronoLocalDate.timeLineOrder/0": lambda: Comparator(_by_day),
    "ChronoLocalDateTime.from/1": _chrono_from("ChronoLocalDateTime", "j_localDateTime"),
    "ChronoLocalDateTime.timeLineOrder/0": lambda: Comparator(_by_time),
    "ChronoZonedDateTime.from/1": _chrono_from("ChronoZonedDateTime", "j_zonedDateTime"),
    "ChronoZonedDateTime.timeLineOrder/0": lambda: Comparator(_by_instant),
    "MinguoDate.from/1": _date_from("Minguo"),
    "MinguoDate.of/3": lambda *parts: _OTHERS["Minguo"].j_date(*parts),
    "ThaiBuddhistDate.from/1": _date_from("ThaiBuddhist"),
    "ThaiBuddhistDate.of/3": lambda *parts: _OTHERS["ThaiBuddhist"].j_date(*parts),
    "JapaneseDate.from/1": _date_from("Japanese"),
    "JapaneseDate.of/3": lambda *parts: _OTHERS["Japanese"].j_date(*parts),
}
CONSTANTS: dict[str, Any] = {f"{name}Chronology.INSTANCE": one for name, one in _OTHERS.items()}
CONSTANTS["IsoChronology.INSTANCE"] = ISO
for _name, _eras in ERAS.items():
    CONSTANTS |= enum_constants(_eras)
    STATICS |= enum_statics(_eras)
    _short = next(iter(_eras.values())).java_class.rpartition(".")[2]
    STATICS[f"{_short}.of/1"] = lambda number, name=_name: _named(name).j_eraOf(number)
STATICS["JapaneseEra.valueOf/1"] = _japanese_era
