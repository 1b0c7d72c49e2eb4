"""What printing and parsing a text carries: java.time.format's print and parse contexts."""

from __future__ import annotations

from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.time.fields import FIELDS
from esmock.script.painless.runtime.time.temporal import Accessor


class Zoned(Accessor):
    """A temporal with another zone than its own."""

    __slots__ = ("_inner", "_zone")

    def __init__(self, inner: Any, zone: Any) -> None:
        self._inner, self._zone = inner, zone

    def _key(self) -> Any:
        return (self._inner, self._zone)

    def j_isSupported(self, what: Any) -> bool:
        return bool(self._inner.j_isSupported(what))

    def j_getLong(self, field: Any) -> int:
        return int(self._inner.j_getLong(field))

    def j_get(self, field: Any) -> int:
        return int(self._inner.j_get(field))

    def j_range(self, field: Any) -> Any:
        return self._inner.j_range(field)

    def zone_id(self) -> Any:
        return self._zone

    def zone_offset(self) -> Any:
        return self._inner.zone_offset()

    def j_toString(self) -> str:
        return f"{self._inner.j_toString()} with zone {self._zone.name}"


def with_zone(temporal: Any, zone: Any) -> Any:
    """A temporal as a formatter with a zone sees it. Raises DateTime when its own offset contradicts."""
    from esmock.script.painless.runtime.time.instants import instant_from
    from esmock.script.painless.runtime.time.zoned import zoned_instant
    from esmock.script.painless.runtime.time.zones import ZoneOffset

    if zone is None or temporal.zone_id() == zone:
        return temporal
    if temporal.j_isSupported(FIELDS["INSTANT_SECONDS"]):
        return zoned_instant(instant_from(temporal).total, zone)
    normal = zone.j_normalized()
    offset = FIELDS["OFFSET_SECONDS"]
    if isinstance(normal, ZoneOffset) and temporal.j_isSupported(offset) and temporal.j_get(offset) != normal.seconds:
        raise t.DateTime(
            f"Unable to apply override zone '{zone.name}' because the temporal object being formatted has a different "
            f"offset but does not represent an instant: {temporal.j_toString()}"
        )
    return Zoned(temporal, zone)


class Printing:
    """One run of printing."""

    def __init__(self, temporal: Any, formatter: Any) -> None:
        self.temporal = temporal
        self.locale, self.style = formatter.locale, formatter.style
        self.optional = 0

    def value(self, field: Any) -> int | None:
        """A field's value; None in an optional part when there is none. Raises UnsupportedTemporalType."""
        if self.optional and not self.temporal.j_isSupported(field):
            return None
        return int(self.temporal.j_getLong(field))

    def query(self, name: str) -> Any:
        """The result of one of TemporalQueries; None in an optional part. Raises DateTime."""
        from esmock.script.painless.runtime.time.temporal import QUERIES

        query = QUERIES[name]
        found = query(self.temporal)
        if found is None and not self.optional:
            raise t.DateTime(f"Unable to extract {query.name} from temporal {self.temporal.j_toString()}")
        return found


class Parsing:
    """One run of parsing; ``values`` are the fields read so far."""

    def __init__(self, formatter: Any) -> None:
        self.locale, self.style, self.formatter = formatter.locale, formatter.style, formatter
        self.case_sensitive = self.strict = True
        self.values: dict[Any, int] = {}
        self.zone: Any = None
        self.leap_second = False

    def put(self, field: Any, value: int, start: int, end: int) -> int:
        """Keep a value; the position after it, or the failure when the field had another one."""
        old = self.values.setdefault(field, value)
        return end if old == value else ~start

    def matches(self, text: str, at: int, expected: str) -> bool:
        found = text[at : at + len(expected)]
        return found == expected or (not self.case_sensitive and found.casefold() == expected.casefold())

    def state(self) -> tuple[Any, ...]:
        return (dict(self.values), self.zone, self.leap_second)

    def restore(self, state: tuple[Any, ...]) -> None:
        self.values, self.zone, self.leap_second = state


