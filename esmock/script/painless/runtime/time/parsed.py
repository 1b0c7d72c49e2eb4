"""The fields that were read from a text, and how they become a date, a time and an instant."""

from __future__ import annotations

from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.time import arithmetic as a
from esmock.script.painless.runtime.time.fields import FIELDS, ChronoField
from esmock.script.painless.runtime.time.local import LocalDate, LocalDateTime, LocalTime
from esmock.script.painless.runtime.time.resolving import resolve_date, resolve_other
from esmock.script.painless.runtime.time.temporal import Accessor
from esmock.script.painless.runtime.time.value import NANOS_PER_DAY, SECOND, exact_long
from esmock.script.painless.runtime.time.zoned import zoned_instant, zoned_local
from esmock.script.painless.runtime.time.zones import ZoneOffset, offset_of, total_seconds

_F = FIELDS


class Parsed(Accessor):
    """The result of parsing: fields, and what they resolved to.

    Args:
        values: the fields.
        zone: the zone of the text, else of the formatter.
    """

    java_class = "java.time.format.Parsed"
    java_parents = ("java.time.temporal.TemporalAccessor",)
    too_wide = None
    iso = True

    def __init__(self, values: dict[Any, int], zone: Any, leap_second: bool = False, chronology: Any = None) -> None:
        self.values, self.zone, self.leap_second = values, zone, leap_second
        self.date: Any = None
        self.time: LocalTime | None = None
        self.excess = 0
        self.chronology = chronology
        self.lenient = self.strict = False

    def _key(self) -> Any:
        return id(self)

    # -- as a TemporalAccessor

    def j_isSupported(self, field: Any) -> bool:
        if field in self.values:
            return True
        for part in (self.date, self.time):
            if part is not None and part.j_isSupported(field):
                return True
        return field is not None and not isinstance(field, ChronoField) and bool(field.j_isSupportedBy(self))

    def supports(self, field: ChronoField) -> bool:
        return self.j_isSupported(field)

    def j_getLong(self, field: Any) -> int:
        if field in self.values:
            return self.values[field]
        for part in (self.date, self.time):
            if part is not None and part.j_isSupported(field):
                return int(part.j_getLong(field))
        if isinstance(field, ChronoField):
            raise a.unsupported_field(field)
        return int(field.j_getFrom(self))

    def zone_id(self) -> Any:
        return self.zone

    def zone_offset(self) -> Any:
        seconds = self.values.get(_F["OFFSET_SECONDS"])
        if seconds is not None:
            return total_seconds(seconds)
        return self.zone if isinstance(self.zone, ZoneOffset) else None

    def j_toString(self) -> str:
        fields = ", ".join(f"{field.j_toString()}={value}" for field, value in self.values.items())
        text = f"{{{fields}}},{self.chronology.j_getId() if self.chronology is not None else 'ISO'}"
        if self.zone is not None:
            text += f",{self.zone.name}"
        if self.date is not None or self.time is not None:
            text += " resolved to "
            if self.date is not None:
                text += self.date.j_toString() + ("T" + self.time.j_toString() if self.time is not None else "")
            elif self.time is not None:
                text += self.time.j_toString()
        return text

    # -- resolving

    def resolve(self, style: str, fields: Any = None) -> Parsed:
        """Make a date and a time of the fields. Raises DateTime for contradictions."""
        self.lenient, self.strict = style == "LENIENT", style == "STRICT"
        if fields is not None:
            self.values = {field: value for field, value in self.values.items() if field in fields}
        self._fields()
        self._loose_time()
        self._cross_check()
        if self.excess and self.date is not None and self.time is not None:
            self.date = self.date.j_plusDays(self.excess)
            self.excess = 0
        self._fractions()
        self._instant()
        return self

    def _fields(self) -> None:
        self._instant_fields()
        self._date_fields()
        self._time_fields()
        style = "LENIENT" if self.lenient else "STRICT" if self.strict else "SMART"
        for _ in range(50):
            before = dict(self.values)
            for field in before:
                if not isinstance(field, ChronoField) and field in self.values:
                    found = resolve_other(field, self.values, style)
                    if found is not None:
                        self._keep_date(found)
            if self.values == before:
                break
            self._instant_fields()
            self._date_fields()
            self._time_fields()

    def _instant_fields(self) -> None:
        seconds = self.values.get(_F["INSTANT_SECONDS"])
        offset = self.values.get(_F["OFFSET_SECONDS"])
        zone = self.zone if self.zone is not None else offset_of(offset) if offset is not None else None
        if seconds is None or zone is None:
            return
        at = zoned_instant(self.values.pop(_F["INSTANT_SECONDS"]) * SECOND, zone)
        self._keep_date(LocalDate(at.days))
        self._put("INSTANT_SECONDS", "SECOND_OF_DAY", at.nanos // SECOND)
        self._put("INSTANT_SECONDS", "OFFSET_SECONDS", at.offset.seconds)

    def _date_fields(self) -> None:
        if self.chronology is not None and self.chronology.j_getId() != "ISO":
            found = self.chronology.resolved(self.values, self.lenient)
        else:
            found = resolve_date(self.values, lenient=self.lenient, strict=self.strict)
        if found is not None:
            self._keep_date(found)

    def _keep_date(self, date: Any) -> None:
        if self.date is not None and self.date != date:
            raise t.DateTime(
                f"Conflict found: Fields resolved to two different dates: {self.date.j_toString()} {date.j_toString()}"
            )
        self.date = date

    def _put(self, source: str, name: str, value: int) -> None:
        field = _F[name]
        old = self.values.get(field)
        self.values[field] = value
        if old is not None and old != value:
            label = field.label
            raise t.DateTime(
                f"Conflict found: {label} {old} differs from {label} {value} while resolving  {_F[source].label}"
            )

    def _take(self, name: str) -> int | None:
        return self.values.pop(_F[name], None)

    def _checked(self, name: str, value: int) -> int:
        return value if self.lenient else _F[name].check(value)

    def _time_fields(self) -> None:
        for clock, plain in (("CLOCK_HOUR_OF_DAY", "HOUR_OF_DAY"), ("CLOCK_HOUR_OF_AMPM", "HOUR_OF_AMPM")):
            hour = self._take(clock)
            if hour is not None:
                if self.strict or (not self.lenient and hour != 0):
                    _F[clock].check(hour)
                self._put(clock, plain, 0 if hour == _F[clock].range.high else hour)
        if _F["AMPM_OF_DAY"] in self.values and _F["HOUR_OF_AMPM"] in self.values:
            half, hour = self.values.pop(_F["AMPM_OF_DAY"]), self.values.pop(_F["HOUR_OF_AMPM"])
            self._checked("AMPM_OF_DAY", half)
            self._checked("HOUR_OF_AMPM", hour)
            self._put("AMPM_OF_DAY", "HOUR_OF_DAY", exact_long(half * 12 + hour))
        for name, parts in _SPLITS:
            whole = self._take(name)
            if whole is not None:
                self._checked(name, whole)
                for part, size, cycle in parts:
                    value = whole // size
                    self._put(name, part, value % cycle if cycle else value)
        self._merge_fractions()
        if all(_F[name] in self.values for name in _CLOCK):
            self._keep_time(*(self.values.pop(_F[name]) for name in _CLOCK))

    def _merge_fractions(self) -> None:
        nano = self.values.get(_F["NANO_OF_SECOND"])
        if nano is None:
            return
        self._checked("NANO_OF_SECOND", nano)
        for name, size in (("MICRO_OF_SECOND", 1000), ("MILLI_OF_SECOND", 1_000_000)):
            value = self._take(name)
            if value is not None:
                nano = self._checked(name, value) * size + nano % size
                self._put(name, "NANO_OF_SECOND", nano)

    def _loose_time(self) -> None:
        if self.time is None:
            milli, micro = self._take("MILLI_OF_SECOND"), self.values.get(_F["MICRO_OF_SECOND"])
            if milli is not None:
                if micro is not None:
                    self._put("MILLI_OF_SECOND", "MICRO_OF_SECOND", milli * 1000 + micro % 1000)
                    self.values[_F["NANO_OF_SECOND"]] = (milli * 1000 + micro % 1000) * 1000
                    self._take("MICRO_OF_SECOND")
                else:
                    self.values[_F["NANO_OF_SECOND"]] = milli * 1_000_000
            elif micro is not None:
                self._take("MICRO_OF_SECOND")
                self.values[_F["NANO_OF_SECOND"]] = micro * 1000
            if not self.strict and _F["AMPM_OF_DAY"] in self.values and not any(_F[name] in self.values for name in _CLOCK):
                half = self.values.pop(_F["AMPM_OF_DAY"])
                self.values[_F["HOUR_OF_DAY"]] = self._checked("AMPM_OF_DAY", half) * 12 + 6  # the middle of the half day
            hour, minute, second, nano = (self.values.get(_F[name]) for name in _CLOCK)
            if hour is not None:
                gap = minute is None and (second is not None or nano is not None)
                if gap or (minute is not None and second is None and nano is not None):
                    return
                self._keep_time(hour, minute or 0, second or 0, nano or 0)
                for name in _CLOCK:
                    self._take(name)
        if not self.lenient:
            for field, value in self.values.items():
                if isinstance(field, ChronoField) and field.time_based:
                    field.check(value)

    def _keep_time(self, hour: int, minute: int, second: int, nano: int) -> None:
        excess = 0
        if self.lenient:
            total = ((hour * 60 + minute) * 60 + second) * SECOND + nano
            excess, total = divmod(exact_long(total), NANOS_PER_DAY)
        else:
            minute = _F["MINUTE_OF_HOUR"].check(minute)
            nano = _F["NANO_OF_SECOND"].check(nano)
            if not self.strict and (hour, minute, second, nano) == (24, 0, 0, 0):
                excess, total = 1, 0
            else:
                total = a.day_nanos(hour, minute, second, nano)
        if self.time is not None and self.time.nanos != total:
            raise t.DateTime(
                f"Conflict found: Fields resolved to different times: {self.time.j_toString()} {LocalTime(total).j_toString()}"
            )
        self.time, self.excess = LocalTime(total), self.excess or excess

    def _cross_check(self) -> None:
        targets = [part for part in (self.date, self.time) if part is not None]
        if len(targets) == 2 and isinstance(self.date, LocalDate):
            targets.append(LocalDateTime(self.date.days, targets[1].nanos))
        for target in targets:
            for field, given in list(self.values.items()):
                if not target.j_isSupported(field):
                    continue
                derived = target.j_getLong(field)
                if derived != given:
                    label = field.j_toString()
                    raise t.DateTime(
                        f"Conflict found: Field {label} {derived} differs from {label} {given} derived from {target.j_toString()}"
                    )
                del self.values[field]

    def _fractions(self) -> None:
        if self.time is None and any(_F[one] in self.values for one in ("INSTANT_SECONDS", "SECOND_OF_DAY", "SECOND_OF_MINUTE")):
            nano = self.values.setdefault(_F["NANO_OF_SECOND"], 0)
            self.values[_F["MICRO_OF_SECOND"]] = nano // 1000
            self.values[_F["MILLI_OF_SECOND"]] = nano // 1_000_000

    def _instant(self) -> None:
        if self.date is None or self.time is None:
            return
        offset = self.values.get(_F["OFFSET_SECONDS"])
        zone = offset_of(offset) if offset is not None else self.zone
        if zone is not None:
            local = LocalDateTime(self.date.j_toEpochDay(), self.time.nanos)
            self.values[_F["INSTANT_SECONDS"]] = zoned_local(local, zone).j_toEpochSecond()


_CLOCK = ("HOUR_OF_DAY", "MINUTE_OF_HOUR", "SECOND_OF_MINUTE", "NANO_OF_SECOND")
_SPLITS: tuple[tuple[str, tuple[tuple[str, int, int], ...]], ...] = (
    (
        "NANO_OF_DAY",
        (
            ("HOUR_OF_DAY", 3600 * SECOND, 0),
            ("MINUTE_OF_HOUR", 60 * SECOND, 60),
            ("SECOND_OF_MINUTE", SECOND, 60),
            ("NANO_OF_SECOND", 1, SECOND),
        ),
    ),
    ("MICRO_OF_DAY", (("SECOND_OF_DAY", 1_000_000, 0), ("MICRO_OF_SECOND", 1, 1_000_000))),
    ("MILLI_OF_DAY", (("SECOND_OF_DAY", 1000, 0), ("MILLI_OF_SECOND", 1, 1000))),
    ("SECOND_OF_DAY", (("HOUR_OF_DAY", 3600, 0), ("MINUTE_OF_HOUR", 60, 60), ("SECOND_OF_MINUTE", 1, 60))),
    ("MINUTE_OF_DAY", (("HOUR_OF_DAY", 60, 0), ("MINUTE_OF_HOUR", 1, 60))),
)
