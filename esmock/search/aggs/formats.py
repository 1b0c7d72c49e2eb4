"""Doc value formats: how bucket keys and metric values are printed as text. ``None`` stands for the raw format."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass
from typing import Any, Protocol

from esmock.errors import IllegalArgument, UnsupportedOperation
from esmock.errors.network import UnknownHost

DEFAULT_DATE = "strict_date_optional_time||epoch_millis"


class Format(Protocol):
    """Prints and reads one kind of value."""

    def print(self, value: Any) -> str: ...

    def parse(self, text: str) -> Any: ...


@functools.lru_cache(maxsize=16384)
def _printed(pattern: str, zone: dt.tzinfo | None, signed: bool, locale: str, ms: int) -> str:
    from esmock.mapping.dates.formatter import date_formatter

    return date_formatter(pattern, signed=signed, locale=locale).format_ms(ms, zone)


@dataclass(frozen=True, slots=True)
class DateFormat:
    """Milliseconds since the epoch as dates."""

    pattern: str = DEFAULT_DATE
    zone: dt.tzinfo | None = None
    reads: str | None = None
    """Another pattern for reading."""
    signed: bool = True
    locale: str = ""

    def print(self, value: Any) -> str:
        if type(value) is int:
            return _printed(self.pattern, self.zone, self.signed, self.locale, value)
        from esmock.xcontent.java_number import to_long

        ms = to_long(float(value)) if isinstance(value, float) else int(value)
        return _printed(self.pattern, self.zone, self.signed, self.locale, ms)

    def parse(self, text: str, *, now_ms: int | None = None, round_up: bool = False) -> int:
        """A date or date math as milliseconds."""
        from esmock.mapping.dates.formatter import date_formatter
        from esmock.search.aggs.dates import date_math

        formatter = date_formatter(self.reads or self.pattern, signed=self.signed, locale=self.locale)
        return date_math(text, formatter, self.zone, now_ms, round_up=round_up)


@dataclass(frozen=True, slots=True)
class BooleanFormat:
    """0 and 1."""

    def print(self, value: Any) -> str:
        return "false" if value == 0 else "true"

    def parse(self, text: str) -> int:
        if text in ("true", "false"):
            return int(text == "true")
        raise IllegalArgument(f"Cannot parse boolean [{text}], expected either [true] or [false]")


def bare(format: Format, value: Any) -> Any:
    """A value as its format gives it where the text is not asked for: booleans stay what they are."""
    return value != 0 if isinstance(format, BooleanFormat) else format.print(value)


_IPV4_BYTES, _IPV6_BYTES = 4, 16


@dataclass(frozen=True, slots=True)
class IpFormat:
    """Addresses as the ip field's column holds them."""

    def print(self, value: Any) -> str:
        from esmock.mapping.exact import printed_ip

        is_text = "." in value or ":" in value
        if len(value) == 2 * _IPV6_BYTES and not is_text:
            return printed_ip(value)
        if len(value) == 2 * _IPV4_BYTES and not is_text:
            return ".".join(map(str, bytes.fromhex(value)))
        # what scripts give, or indices without the field, is taken for the bytes of an address
        raise IllegalArgument("encoded bytes are of incorrect length", cause=UnknownHost("addr is of illegal length"))

    def parse(self, text: str) -> str:
        from esmock.mapping.exact import parse_ip, sortable_ip

        return sortable_ip(parse_ip(text))


class NoTerms:
    """The format of dates and booleans where their values were read as terms: Elasticsearch cannot print those."""

    def print(self, value: Any) -> str:
        raise UnsupportedOperation(None)

    def parse(self, text: str) -> Any:
        raise UnsupportedOperation(None)


class SeriesFormat:
    """Series and routing hashes as their columns hold them."""

    def print(self, value: Any) -> str:
        from esmock.mapping.series_id import shown

        return shown(value.encode("latin-1"))

    def parse(self, text: str) -> str:
        from esmock.mapping.series_id import of_shown

        return of_shown(text)


class VersionFormat:
    """Versions as the version field's column holds them."""

    def print(self, value: Any) -> str:
        from esmock.mapping.keywords import shown_version

        return shown_version(value)

    def parse(self, text: str) -> str:
        from esmock.mapping.keywords import encoded_version

        return encoded_version(text)


@dataclass(frozen=True, slots=True)
class DecimalFormat:
    """Java's DecimalFormat; errors name the pattern in 8.x."""

    pattern: str
    names_pattern: bool = False

    def print(self, value: Any) -> str:
        from esmock.mapping.decimal_format import format_decimal

        return str(format_decimal(value, self.pattern))

    def parse(self, text: str) -> float:
        from esmock.mapping.decimal_format import parse_decimal

        return parse_decimal(text, self.pattern, names_pattern=self.names_pattern)
