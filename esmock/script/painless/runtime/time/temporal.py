"""java.time.temporal's interfaces: reading fields, arithmetic by unit, adjusting, comparing, queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.enums import JavaEnum
from esmock.script.painless.runtime.time.arithmetic import unsupported_field
from esmock.script.painless.runtime.time.fields import FIELDS, UNITS, ChronoField, ChronoUnit, ValueRange
from esmock.script.painless.runtime.time.value import LONG_MAX, LONG_MIN, Value, required


class Accessor(Value):
    """TemporalAccessor. A class says which fields it ``supports`` and their ``number``; the rest follows."""

    __slots__ = ()
    precision: str | None = None
    """The name of its smallest unit."""
    iso = False
    """Whether it belongs to the ISO chronology."""
    too_wide: frozenset[str] | None = frozenset()
    """Fields that ``get`` refuses by name; None where it refuses by the range."""

    def supports(self, field: ChronoField) -> bool:
        raise NotImplementedError

    def number(self, field: ChronoField) -> int:
        """The value of a supported field."""
        raise NotImplementedError

    def limits(self, field: ChronoField) -> ValueRange:
        """The range of a supported field, given the other values."""
        return field.range

    def j_isSupported(self, what: Any) -> bool:
        if isinstance(what, ChronoField):
            return self.supports(what)
        return what is not None and bool(what.j_isSupportedBy(self))

    def require(self, field: Any) -> None:
        """Raises UnsupportedTemporalType."""
        if not self.supports(field):
            raise unsupported_field(field)

    def j_getLong(self, field: Any) -> int:
        if isinstance(field, ChronoField):
            self.require(field)
            return self.number(field)
        return int(required(field, None).j_getFrom(self))

    def j_get(self, field: Any) -> int:
        if self.too_wide is not None and isinstance(field, ChronoField):
            if field.name in self.too_wide:
                raise t.UnsupportedTemporalType(f"Invalid field '{field.label}' for get() method, use getLong() instead")
            return self.j_getLong(field)
        limits = self.j_range(field)
        if not limits.j_isIntValue():
            raise t.UnsupportedTemporalType(f"Invalid field {field.label} for get() method, use getLong() instead")
        return limits.check(self.j_getLong(field), field)

    def j_range(self, field: Any) -> ValueRange:
        if isinstance(field, ChronoField):
            self.require(field)
            return self.limits(field)
        return required(field, "field").j_rangeRefinedBy(self)  # type: ignore[no-any-return]

    def j_query(self, query: Any) -> Any:
        return query(self)

    def zone_id(self) -> Any:
        """Its zone, of those that have one."""
        return None

    def zone_offset(self) -> Any:
        """Its offset from UTC, or None."""
        return None


class Constant(JavaEnum, Accessor):
    """A constant of an enum that is a temporal, too; equal to itself alone."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return hash(self.name)

    def j_equals(self, other: Any) -> bool:
        return self is other


class Temporal(Accessor):
    """What can be moved: ``moved`` by a unit, ``replaced`` in a field."""

    __slots__ = ()

    def moved(self, amount: int, unit: ChronoUnit) -> Any:
        raise NotImplementedError

    def replaced(self, field: ChronoField, value: int) -> Any:
        raise NotImplementedError

    def takes(self, adjuster: Any) -> Any:
        """Itself with a part taken from another object, or None when that object must adjust it."""
        return None

    def j_plus(self, amount: Any, unit: Any = None) -> Any:
        if unit is None:
            return required(amount, "amountToAdd").j_addTo(self)
        return self.moved(amount, unit) if isinstance(unit, ChronoUnit) else unit.j_addTo(self, amount)

    def j_minus(self, amount: Any, unit: Any = None) -> Any:
        if unit is None:
            return required(amount, "amountToSubtract").j_subtractFrom(self)
        return self.j_plus(LONG_MAX, unit).j_plus(1, unit) if amount == LONG_MIN else self.j_plus(-amount, unit)

    def j_with(self, field: Any, value: int | None = None) -> Any:
        if value is not None:
            return self.replaced(field, value) if isinstance(field, ChronoField) else field.j_adjustInto(self, value)
        taken = self.takes(field)
        return taken if taken is not None else adjust(field, self)

    def j_format(self, formatter: Any) -> str:
        return str(required(formatter, "formatter").j_format(self))

    # -- comparing

    def _rank(self) -> Any:
        return self._key()

    def _other(self, other: Any) -> Any:
        if other is None:
            raise t.NullPointer(_READS_OTHER.get(type(self).__name__))
        return other._rank()

    def j_isBefore(self, other: Any) -> bool:
        return bool(self._rank() < self._other(other))

    def j_isAfter(self, other: Any) -> bool:
        return bool(self._rank() > self._other(other))

    def j_isEqual(self, other: Any) -> bool:
        return bool(self._rank() == self._other(other))

    def j_compareTo(self, other: Any) -> int:
        mine, yours = self._rank(), self._other(other)
        return int(mine > yours) - int(mine < yours)


_READS_OTHER = {
    "Instant": 'Cannot read field "seconds" because "otherInstant" is null',
    "LocalDate": 'Cannot invoke "java.time.chrono.ChronoLocalDate.toEpochDay()" because "other" is null',
    "LocalTime": 'Cannot read field "hour" because "other" is null',
    "LocalDateTime": 'Cannot invoke "java.time.chrono.ChronoLocalDateTime.toLocalDate()" because "other" is null',
    "OffsetDateTime": 'Cannot invoke "java.time.OffsetDateTime.toEpochSecond()" because "other" is null',
    "ZonedDateTime": 'Cannot invoke "java.time.chrono.ChronoZonedDateTime.toEpochSecond()" because "other" is null',
}


def adjust(adjuster: Any, temporal: Any) -> Any:
    """TemporalAdjuster.adjustInto: of a library object, or of a script's lambda."""
    own = getattr(required(adjuster, None), "j_adjustInto", None)
    return own(temporal) if own is not None else adjuster(temporal)


def mover(unit: str, sign: int = 1) -> Callable[[Any, int], Any]:
    """A ``plusX`` or ``minusX``."""
    if sign > 0:
        return lambda self, amount: self.moved(amount, UNITS[unit])
    return lambda self, amount: self.j_minus(amount, UNITS[unit])


def setter(field: str) -> Callable[[Any, int], Any]:
    """A ``withX``."""
    return lambda self, value: self.replaced(FIELDS[field], value)


class Query:
    """One of TemporalQueries: a function that knows its name."""

    java_class = "java.time.temporal.TemporalQueries"
    java_parents = ("java.time.temporal.TemporalQuery",)

    def __init__(self, name: str, find: Callable[[Any], Any]) -> None:
        self.name, self._find = name, find

    def __call__(self, temporal: Any) -> Any:
        return self._find(temporal)

    def j_toString(self) -> str:
        return self.name


def local_date(temporal: Any) -> Any:
    """TemporalQueries.localDate."""
    from esmock.script.painless.runtime.time.local import LocalDate

    if not temporal.j_isSupported(FIELDS["EPOCH_DAY"]):
        return None
    return LocalDate(temporal.j_getLong(FIELDS["EPOCH_DAY"]))


def local_time(temporal: Any) -> Any:
    """TemporalQueries.localTime."""
    from esmock.script.painless.runtime.time.local import LocalTime

    if not temporal.j_isSupported(FIELDS["NANO_OF_DAY"]):
        return None
    return LocalTime(temporal.j_getLong(FIELDS["NANO_OF_DAY"]))


def _chronology(temporal: Any) -> Any:
    from esmock.script.painless.runtime.time.chrono import chronology_of

    return chronology_of(temporal)


def _precision(temporal: Any) -> Any:
    return UNITS[temporal.precision] if temporal.precision is not None else None


QUERIES = {
    name: Query(shown, find)
    for name, shown, find in (
        ("zoneId", "ZoneId", lambda temporal: temporal.zone_id()),
        ("zone", "Zone", lambda temporal: temporal.zone_id() or temporal.zone_offset()),
        ("offset", "ZoneOffset", lambda temporal: temporal.zone_offset()),
        ("chronology", "Chronology", _chronology),
        ("precision", "Precision", _precision),
        ("localDate", "LocalDate", local_date),
        ("localTime", "LocalTime", local_time),
    )
}


def unobtainable(what: str, temporal: Any, cause: t.Throwable | None = None) -> t.Throwable:
    """What ``from`` of a class says of an object that lacks something."""
    shown = f"Unable to obtain {what} from TemporalAccessor: {temporal.j_toString()} of type {temporal.java_class}"
    return t.DateTime(shown, cause)


METHODS: dict[str, Any] = {
    "TemporalAdjuster.adjustInto/1": adjust,
    "TemporalQuery.queryFrom/1": lambda query, temporal: query(temporal),
}
STATICS: dict[str, Any] = {f"TemporalQueries.{name}/0": lambda query=query: query for name, query in QUERIES.items()}
