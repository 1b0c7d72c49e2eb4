"""java.util's Locale, Date and Random."""

from __future__ import annotations

from typing import Any

from esmock.mapping.dates import calendar
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.time.parts import time_text
from esmock.script.painless.runtime.time.value import NANOS_PER_DAY
from esmock.script.painless.runtime.time.zoned import Instant
from esmock.script.painless.runtime.values import hash_code, string_hash, wrap_int


class Locale:
    """java.util.Locale: a language and a country; names are only told in English."""

    java_class = "java.util.Locale"
    __slots__ = ("country", "language", "variant")

    def __init__(self, language: str, country: str = "", variant: str = "") -> None:
        self.language, self.country, self.variant = language.lower(), country.upper(), variant

    @classmethod
    def of_tag(cls, tag: str) -> Locale:
        """Locale.forLanguageTag."""
        language, _, country = tag.partition("-")
        return cls(language, country)

    def j_getLanguage(self) -> str:
        return self.language

    def j_getCountry(self) -> str:
        return self.country

    def j_getVariant(self) -> str:
        return self.variant

    def j_getScript(self) -> str:
        return ""

    def j_toLanguageTag(self) -> str:
        parts = [self.language or "und", self.country, self.variant]
        return "-".join(part for part in parts if part)

    def j_toString(self) -> str:
        if self.variant:
            return f"{self.language}_{self.country}_{self.variant}"
        return f"{self.language}_{self.country}" if self.country else self.language

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, Locale) and self.j_toString() == other.j_toString()

    def j_hashCode(self) -> int:
        code = string_hash(self.language)
        for part in ("", self.country, self.variant):
            code = wrap_int(31 * code + string_hash(part))
        return code


class Date:
    """java.util.Date: milliseconds since 1970; its text is in UTC."""

    java_class = "java.util.Date"
    __slots__ = ("millis",)

    def __init__(self, millis: int) -> None:
        self.millis = millis

    def j_getTime(self) -> int:
        return self.millis

    def j_setTime(self, millis: int) -> None:
        self.millis = millis

    def j_toInstant(self) -> Instant:
        return Instant(self.millis * 1_000_000)

    def j_clone(self) -> Date:
        return Date(self.millis)

    def j_after(self, other: Any) -> bool:
        return bool(self.millis > other.millis)

    def j_before(self, other: Any) -> bool:
        return bool(self.millis < other.millis)

    def j_compareTo(self, other: Any) -> int:
        return int(self.millis > other.millis) - int(self.millis < other.millis)

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, Date) and self.millis == other.millis

    def j_hashCode(self) -> int:
        from esmock.script.painless.runtime.values import Long

        return hash_code(Long(self.millis))

    def j_toString(self) -> str:
        days, nanos = divmod(self.millis * 1_000_000, NANOS_PER_DAY)
        year, month, day = calendar.civil(days)
        clock = time_text(nanos // 1_000_000_000 * 1_000_000_000)
        clock = clock if len(clock) > 5 else clock + ":00"
        return f"{_WEEKDAYS[calendar.day_of_week(days) - 1]} {_MONTHS[month - 1]} {day:02d} {clock} UTC {year:04d}"


_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MULTIPLIER, _MASK = 0x5DEECE66D, (1 << 48) - 1


class Random:
    """java.util.Random: the published linear congruential generator."""

    java_class = "java.util.Random"
    __slots__ = ("_gaussian", "_seed")

    def __init__(self, seed: int) -> None:
        self._gaussian: float | None = None
        self._seed = 0
        self.j_setSeed(seed)

    def j_setSeed(self, seed: int) -> None:
        self._seed = (seed ^ _MULTIPLIER) & _MASK
        self._gaussian = None

    def _next(self, bits: int) -> int:
        self._seed = (self._seed * _MULTIPLIER + 0xB) & _MASK
        return wrap_int(self._seed >> (48 - bits))

    def j_nextInt(self, bound: int | None = None) -> int:
        if bound is None:
            return self._next(32)
        if bound <= 0:
            raise t.IllegalArgument("bound must be positive")
        found = self._next(31)
        if bound & (bound - 1) == 0:
            return (bound * found) >> 31
        rest = found % bound
        while found - rest + bound - 1 >= 1 << 31:
            found = self._next(31)
            rest = found % bound
        return rest

    def j_nextLong(self) -> int:
        high, low = self._next(32), self._next(32)
        return ((high << 32) + low + (1 << 63)) % (1 << 64) - (1 << 63)

    def j_nextBoolean(self) -> bool:
        return self._next(1) != 0

    def j_nextFloat(self) -> float:
        return self._next(24) / (1 << 24)

    def j_nextDouble(self) -> float:
        high = self._next(26)
        return ((high << 27) + self._next(27)) * 2.0**-53

    def j_nextGaussian(self) -> float:
        import math

        if self._gaussian is not None:
            found, self._gaussian = self._gaussian, None
            return found
        while True:
            a, b = 2 * self.j_nextDouble() - 1, 2 * self.j_nextDouble() - 1
            size = a * a + b * b
            if 0 < size < 1:
                factor = math.sqrt(-2 * math.log(size) / size)
                self._gaussian = b * factor
                return a * factor


def _unseeded() -> Random:
    import time

    return Random(time.time_ns())


def _now() -> Date:
    import time

    return Date(time.time_ns() // 1_000_000)


STATICS: dict[str, Any] = {
    "Locale.forLanguageTag/1": Locale.of_tag,
    "Locale.getDefault/0": lambda: Locale("en", "US"),
    "Date.from/1": lambda instant: Date(instant.j_toEpochMilli()),
}
CONSTRUCTORS: dict[str, Any] = {
    "Locale/1": Locale,
    "Locale/2": Locale,
    "Locale/3": Locale,
    "Date/0": _now,
    "Date/1": Date,
    "Random/0": _unseeded,
    "Random/1": Random,
}
CONSTANTS: dict[str, Any] = {
    f"Locale.{name}": Locale(*tag.split("_"))
    for name, tag in (
        part.split(":")
        for part in (
            "ROOT: ENGLISH:en US:en_US UK:en_GB CANADA:en_CA CANADA_FRENCH:fr_CA CHINA:zh_CN CHINESE:zh FRANCE:fr_FR FRENCH:fr "
            "GERMAN:de GERMANY:de_DE ITALIAN:it ITALY:it_IT JAPAN:ja_JP JAPANESE:ja KOREA:ko_KR KOREAN:ko PRC:zh_CN "
            "SIMPLIFIED_CHINESE:zh_CN TAIWAN:zh_TW TRADITIONAL_CHINESE:zh_TW"
        ).split()
    )
}
