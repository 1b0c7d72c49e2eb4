"""Doc value formats: how bucket keys and metric values are printed as text. ``None`` stands for the raw format."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Protocol

from esmock.errors import IllegalArgument

DEFAULT_DATE = "strict_date_optional_time||epoch_millis"


class Format(Protocol):
    """Prints and reads one kind of value."""

    def print(self, value: Any) -> str: ...

    def parse(self, text: str) -> Any: ...


@dataclass(frozen=True, slots=True)
class DateFormat:
    """Milliseconds since the epoch as dates."""

    pattern: str = DEFAULT_DATE
    zone: dt.tzinfo | None = None

    def print(self, value: Any) -> str:
        from esmock.mapping.dates.formatter import date_formatter
        from esmock.xcontent.java_number import to_long

        return date_formatter(self.pattern).format_ms(
            to_long(float(value)) if isinstance(value, float) else int(value), self.zone
        )

    def parse(self, text: str, *, now_ms: int | None = None, round_up: bool = False) -> int:
        """A date or date math as milliseconds."""
        from esmock.mapping.dates.formatter import date_formatter
        from esmock.search.aggs.dates import date_math

        return date_math(text, date_formatter(self.pattern), self.zone, now_ms, round_up=round_up)


@dataclass(frozen=True, slots=True)
class BooleanFormat:
    """0 and 1."""

    def print(self, value: Any) -> str:
        return "false" if value == 0 else "true"

    def parse(self, text: str) -> int:
        if text in ("true", "false"):
            return int(text == "true")
        raise IllegalArgument(f"Cannot parse boolean [{text}], expected either [true] or [false]")


@dataclass(frozen=True, slots=True)
class IpFormat:
    """Addresses as the ip field's column holds them."""

    def print(self, value: Any) -> str:
        from esmock.mapping.exact import printed_ip

        return printed_ip(value)

    def parse(self, text: str) -> str:
        from esmock.mapping.exact import parse_ip, sortable_ip

        return sortable_ip(parse_ip(text))


@dataclass(frozen=True, slots=True)
class DecimalFormat:
    """Java's DecimalFormat."""

    pattern: str

    def print(self, value: Any) -> str:
        from esmock.mapping.decimal_format import format_decimal

        return str(format_decimal(value, self.pattern))

    def parse(self, text: str) -> float:
        from esmock.xcontent.java_number import parse_double

        return parse_double(text)
