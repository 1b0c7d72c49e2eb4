"""Dates in milliseconds and nanoseconds."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

from esmock.errors import ApiError, IllegalArgument
from esmock.mapping.dates.formatter import DEFAULT, DEFAULT_NANOS, DateFormatter, date_formatter
from esmock.mapping.dates.locale import read_locale
from esmock.mapping.exact import NotText, need_scalar
from esmock.mapping.field import LONG, Field
from esmock.mapping.parameter import Parameter, Place, boolean, boost, java_text, meta, script

Json = Any

_MAX_NANOS = 2**63 - 1


def _format(value: Json, place: Place) -> str:
    text = java_text(value)
    place.context.warn_of_format(text)
    try:
        if "" in text.split("||")[:-1]:
            raise IllegalArgument(f"Cannot have empty element in multi date format pattern: {text}")
        date_formatter(text)
    except ApiError as error:
        leaf = place.path.rsplit(".", 1)[-1]
        raise IllegalArgument(f"Error parsing [format] on field [{leaf}]: {error.reason}", cause=error) from None
    return text


def _null(value: Json, place: Place) -> str | None:
    return None if value is None else java_text(value)


def _parameters(format_default: str) -> tuple[Parameter, ...]:
    return (
        boolean("index", True),
        boolean("doc_values", True),
        boolean("store", False),
        Parameter("format", format_default, _format, is_late=True),
        Parameter("locale", "", lambda value, place: read_locale(java_text(value))),
        Parameter("null_value", None, _null, allows_null=True),
        boolean("ignore_malformed", False, updateable=True),
        *script(),
        boost(),
        meta(),
    )


_LAST_YEAR, _MOST_MILLIS = 9999, 10**15
_MILLIS_BEHIND_DATES = frozenset((DEFAULT, DEFAULT_NANOS))
"""Formats to which a number above the years is milliseconds: no date has five digits in a row."""


class Date(Field):
    """Milliseconds since the epoch. Docs: date."""

    name = "date"
    column_kind = LONG
    unit_ns = 1_000_000
    """Nanoseconds of one unit of the column."""
    parameters = _parameters(DEFAULT)
    __slots__ = ("formatter", "ignores_malformed", "null_is_usable")

    def setup(self) -> None:
        context = self.context
        self.formatter: DateFormatter = date_formatter(
            self.get("format"), signed=context.behaviour.negative_epochs, locale=self.get("locale")
        )
        self.ignores_malformed = self.flag("ignore_malformed", False)
        self.null_is_usable = self.checked_null(self.parse, "date")

    @property
    def null_value(self) -> Any:
        return self.get("null_value") if self.null_is_usable else None

    def default_of(self, parameter: Parameter) -> Any:
        if parameter.name == "locale" and self.context.behaviour.major >= 8:
            return "en"
        return super().default_of(parameter)

    def parse(self, value: Json) -> int:
        """A value of the source in units of the column. Raises IllegalArgument."""
        if type(value) is int and _LAST_YEAR < value < _MOST_MILLIS and self.formatter.pattern in _MILLIS_BEHIND_DATES:
            return self.of_ns(value * 1_000_000)
        need_scalar(value)
        text = value if isinstance(value, str) else java_text(value)
        if not text:
            what = "datetime" if self.context.behaviour.major >= 8 else "date"
            raise IllegalArgument(f"cannot parse empty {what}")
        return self.of_ns(self.formatter.parse_ns(text))

    def of_ns(self, epoch_ns: int) -> int:
        """An instant in units of the column. Raises where it does not fit."""
        return epoch_ns // 1_000_000

    def check(self, value: Json) -> None:
        self.parse(value)

    def column_values(self, values: list[Json]) -> list[int]:
        out = []
        for value in values:
            try:
                out.append(self.parse(value))
            except (ApiError, NotText):
                continue
        return out

    def query_ns(
        self,
        value: Json,
        now_ms: int,
        *,
        round_up: bool = False,
        zone: tzinfo | None = None,
        formatter: DateFormatter | None = None,
    ) -> int:
        """A query's value, with date maths, as nanoseconds. Raises ElasticsearchParse."""
        from esmock.mapping.dates.math import parse_math

        return parse_math(
            java_text(value), formatter or self.formatter, now_ms, round_up=round_up, zone=zone, wraps=True
        )

    def to_unit(self, epoch_ns: int) -> int:
        """Nanoseconds in units of the column."""
        return epoch_ns // self.unit_ns

    def term(self, value: Json) -> int:
        return self.to_unit(self.query_ns(value, 0))

    def format_value(
        self, value: Any, format: str | None = None, zone: tzinfo | None = None, *, unit_ns: int | None = None
    ) -> Json:
        formatter = self.formatter if format is None else date_formatter(format, locale=self.get("locale"))
        return formatter.format_ns(int(value) * (unit_ns or self.unit_ns), zone)


class DateNanos(Date):
    """Nanoseconds since the epoch, from 1970 to 2262. Docs: date_nanos."""

    name = "date_nanos"
    unit_ns = 1
    parameters = _parameters(DEFAULT_NANOS)
    __slots__ = ()

    def default_of(self, parameter: Parameter) -> Any:
        if parameter.name == "format" and not self.context.behaviour.format_of_nanos:
            return DEFAULT
        return super().default_of(parameter)

    def of_ns(self, epoch_ns: int) -> int:
        if epoch_ns < 0:
            shown = instant_text(epoch_ns)
            raise IllegalArgument(
                f"date[{shown}] is before the epoch in 1970 and cannot be stored in nanosecond resolution"
            )
        if epoch_ns > _MAX_NANOS:
            shown = instant_text(epoch_ns)
            raise IllegalArgument(
                f"date[{shown}] is after 2262-04-11T23:47:16.854775807 and cannot be stored in nanosecond resolution"
            )
        return epoch_ns

    def to_unit(self, epoch_ns: int) -> int:
        return self.of_ns(epoch_ns)


def instant_text(epoch_ns: int) -> str:
    """An instant as Java's Instant prints it: no fraction where there is none, else three, six or nine digits."""
    seconds, nanos = divmod(epoch_ns, 1_000_000_000)
    text = date_formatter("uuuu-MM-dd'T'HH:mm:ss").format_ns(seconds * 1_000_000_000)
    if not nanos:
        return text + "Z"
    digits = f"{nanos:09d}"
    while digits.endswith("000"):
        digits = digits[:-3]
    return f"{text}.{digits}Z"


FIELDS = (Date, DateNanos)
