"""Texts of the values of fields, and java.time.format's DecimalStyle."""

from __future__ import annotations

from typing import Any

from esmock.script.painless.runtime.containers import JavaSet
from esmock.script.painless.runtime.time.locales import words
from esmock.script.painless.runtime.time.value import Value
from esmock.script.painless.runtime.values import Char

_KINDS = {
    "MONTH_OF_YEAR": ("months", 1),
    "DAY_OF_WEEK": ("days", 1),
    "AMPM_OF_DAY": ("ampm", 0),
    "ERA": ("eras", 0),
    "QUARTER_OF_YEAR": ("quarters", 1),
}
"""Fields with texts: the list of them, and the value of its first."""


def _list(field: Any, style: Any, locale: Any) -> tuple[list[str], int] | None:
    kind = _KINDS.get(getattr(field, "name", ""))
    if kind is None:
        return None
    texts = words(locale, f"{style.name}.{kind[0]}")
    if texts[0] == str(kind[1]) and kind[0] in ("ampm", "eras", "quarters"):
        return None
    return texts, kind[1]


def field_text(field: Any, value: int, style: Any, locale: Any) -> str | None:
    """The text of a field's value, or None when it has none."""
    found = _list(field, style, locale)
    if found is None or not 0 <= value - found[1] < len(found[0]):
        return None
    return found[0][value - found[1]]


def field_values(field: Any, style: Any, locale: Any) -> list[tuple[str, int]]:
    """The texts that a field can have with their values, longest first."""
    found = _list(field, style, locale)
    if found is None:
        return []
    texts, first = found
    last = {text: at + first for at, text in enumerate(texts)}  # ES: of values with the same text Java takes the last
    return sorted(last.items(), key=lambda one: -len(one[0]))


class DecimalStyle(Value):
    """java.time.format.DecimalStyle."""

    java_class = "java.time.format.DecimalStyle"
    __slots__ = ("negative", "positive", "separator", "zero")

    def __init__(self, zero: str = "0", positive: str = "+", negative: str = "-", separator: str = ".") -> None:
        self.zero, self.positive, self.negative, self.separator = zero, positive, negative, separator

    @classmethod
    def of(cls, locale: Any) -> DecimalStyle:
        numbers = words(locale, "numbers")
        return cls(numbers[8], "+", numbers[2], numbers[0])

    def _key(self) -> tuple[str, ...]:
        return (self.zero, self.positive, self.negative, self.separator)

    def j_getZeroDigit(self) -> Char:
        return Char(ord(self.zero))

    def j_getPositiveSign(self) -> Char:
        return Char(ord(self.positive))

    def j_getNegativeSign(self) -> Char:
        return Char(ord(self.negative))

    def j_getDecimalSeparator(self) -> Char:
        return Char(ord(self.separator))

    def j_withZeroDigit(self, char: int) -> DecimalStyle:
        return DecimalStyle(chr(char), self.positive, self.negative, self.separator)

    def j_withPositiveSign(self, char: int) -> DecimalStyle:
        return DecimalStyle(self.zero, chr(char), self.negative, self.separator)

    def j_withNegativeSign(self, char: int) -> DecimalStyle:
        return DecimalStyle(self.zero, self.positive, chr(char), self.separator)

    def j_withDecimalSeparator(self, char: int) -> DecimalStyle:
        return DecimalStyle(self.zero, self.positive, self.negative, chr(char))

    def localized(self, digits: str) -> str:
        """ASCII digits in this style's."""
        if self.zero == "0":
            return digits
        return "".join(chr(ord(self.zero) + int(digit)) for digit in digits)

    def digit(self, char: str) -> int:
        """The value of a digit, or -1."""
        value = ord(char) - ord(self.zero)
        return value if 0 <= value <= 9 else -1

    def j_hashCode(self) -> int:
        return sum(map(ord, self._key()))

    def j_toString(self) -> str:
        return f"DecimalStyle[{self.zero}{self.positive}{self.negative}{self.separator}]"


STANDARD = DecimalStyle()


def _available() -> Any:
    from esmock.script.painless.runtime.util.locale import available_locales

    return JavaSet(available_locales())


STATICS: dict[str, Any] = {
    "DecimalStyle.of/1": DecimalStyle.of,
    "DecimalStyle.ofDefaultLocale/0": lambda: STANDARD,
    "DecimalStyle.getAvailableLocales/0": _available,
}
CONSTANTS: dict[str, Any] = {"DecimalStyle.STANDARD": STANDARD}
