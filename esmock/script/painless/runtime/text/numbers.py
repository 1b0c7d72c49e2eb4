"""java.text.DecimalFormat and NumberFormat."""

from __future__ import annotations

import copy
import decimal
import re
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.decimals import ROUNDINGS, rounding_of
from esmock.script.painless.runtime.text.affixes import Pattern, affix_text, parse_pattern
from esmock.script.painless.runtime.text.format import Format
from esmock.script.painless.runtime.text.symbols import DecimalFormatSymbols
from esmock.script.painless.runtime.time.locales import words
from esmock.script.painless.runtime.util.locale import DEFAULT
from esmock.script.painless.runtime.values import BigDecimal, Char, Long, string_hash

_MOST = 2147483647
_EXACT = decimal.Context(prec=1200, Emax=999999, Emin=-999999)


class DecimalFormat(Format):
    """A number format of a pattern; ``shape`` is what the pattern said, the rest can be set."""

    java_class = "java.text.DecimalFormat"

    def __init__(self, pattern: str | None = None, symbols: DecimalFormatSymbols | None = None) -> None:
        if pattern is None:
            pattern = words(DEFAULT, "formats")[0]
        self.symbols = copy.copy(symbols) if symbols is not None else DecimalFormatSymbols()
        self.rounding = ROUNDINGS["HALF_EVEN"]
        self.parse_decimal = self.integer_only = False
        self.shape: Pattern
        self.j_applyPattern(pattern)

    def j_applyPattern(self, pattern: str) -> None:
        self.shape = parse_pattern(pattern)

    def j_applyLocalizedPattern(self, pattern: str) -> None:
        own = self.symbols
        table = {own.decimal: ".", own.grouping: ",", own.percent: "%", own.per_mill: "‰", own.pattern: ";", own.zero: "0"}
        self.j_applyPattern("".join(table.get(char, char) for char in pattern))

    # -- printing

    def write(self, value: Any) -> str:
        if not isinstance(value, int | float | decimal.Decimal) or isinstance(value, bool | Char):
            raise t.IllegalArgument("Cannot format given Object as a Number")
        if value != value:
            return self.symbols.nan
        negative = str(value).startswith("-")
        body = self.symbols.infinity
        if value not in (float("inf"), float("-inf")):
            number = decimal.Decimal(repr(float(value))) if isinstance(value, float) else decimal.Decimal(value)
            exact = decimal.Decimal(float(value)) if isinstance(value, float) else number
            factor = self.shape.multiplier
            if factor != 1 and isinstance(value, float):
                number = decimal.Decimal(repr(float(value) * factor))
                exact = decimal.Decimal(float(value) * factor)
            elif factor != 1:
                number = exact = _EXACT.multiply(number, factor)
            if factor < 0:
                negative = not negative
            writer = self._scientific if self.shape.exponent else self._plain
            body, zero = writer(abs(number), abs(exact), negative)
            if zero and not isinstance(value, float):
                negative = False
        before, after = self._affixes(negative)
        return before + body + after

    def _affixes(self, negative: bool) -> tuple[str, str]:
        shape, own = self.shape, self.symbols
        before, after = self._negative() if negative else (shape.prefix, shape.suffix)
        return affix_text(before, own), affix_text(after, own)

    def _rounded(self, number: decimal.Decimal, exact: decimal.Decimal, places: int, negative: bool) -> decimal.Decimal:
        """Rounded to decimals; doubles by their exact binary value when their shortest text does not end before."""
        if -int(number.as_tuple().exponent) <= places:
            return number
        mode = self.rounding.name
        if mode == "UNNECESSARY" and number != number.quantize(decimal.Decimal(1).scaleb(-places), context=_EXACT):
            raise t.ArithmeticError_("Rounding needed with the rounding mode being set to RoundingMode.UNNECESSARY")
        signed = -exact if negative else exact
        return abs(signed.quantize(decimal.Decimal(1).scaleb(-places), rounding_of(self.rounding), context=_EXACT))

    def _plain(self, number: decimal.Decimal, exact: decimal.Decimal, negative: bool) -> tuple[str, bool]:
        shape, own = self.shape, self.symbols
        rounded = self._rounded(number, exact, min(shape.max_fraction, 400), negative)
        whole, _, fraction = f"{rounded:f}".partition(".")
        whole = whole.lstrip("0")[-shape.max_integer :] if shape.max_integer else ""
        whole = whole.rjust(min(shape.min_integer, 400), "0")
        fraction = fraction.rstrip("0").ljust(min(shape.min_fraction, 400), "0")
        if not whole and not fraction:
            whole = "0"
        if shape.grouping and shape.grouping_used:
            size = shape.grouping
            groups = [whole[max(end - size, 0) : end] for end in range(len(whole), 0, -size)]
            whole = own.grouping.join(self._digits(one) for one in reversed(groups))
        else:
            whole = self._digits(whole)
        point = own.monetary_decimal if shape.currency else own.decimal
        text = whole + (point + self._digits(fraction) if fraction or shape.point_always else "")
        return text, not rounded

    def _digits(self, text: str) -> str:
        zero = self.symbols.zero
        return text if zero == "0" else "".join(chr(ord(zero) + int(char)) for char in text)

    def _scientific(self, number: decimal.Decimal, exact: decimal.Decimal, negative: bool) -> tuple[str, bool]:
        shape, own = self.shape, self.symbols
        digits, point = "", 0
        if number:
            most = shape.max_integer + shape.max_fraction
            top = number.adjusted() + 1
            rounded = self._rounded(number, exact, most - top, negative) if most > 0 else number
            digits = "".join(map(str, rounded.as_tuple().digits)).rstrip("0")
            point = rounded.adjusted() + 1 if digits else 0
        least = shape.min_integer
        if shape.max_integer > 1 and shape.max_integer > shape.min_integer:
            exponent = (point - 1) // shape.max_integer * shape.max_integer if digits else 0
            least = 1
        else:
            exponent = point - (shape.min_integer if shape.min_integer > 0 or shape.min_fraction > 0 else 1)
        integers = point - exponent if digits else least
        exponent = exponent if digits else 0
        total = max(len(digits), shape.min_integer + shape.min_fraction, integers)
        padded = digits.ljust(total, "0")
        text = self._digits(padded[:integers])
        if total > integers or shape.point_always:
            text += own.decimal + self._digits(padded[integers:])
        sign = own.minus if exponent < 0 else ""
        return text + own.exponent + sign + self._digits(str(abs(exponent)).rjust(shape.exponent, "0")), not digits

    # -- parsing

    def unparsable(self, text: str) -> str:
        return f'Unparseable number: "{text}"'

    def read(self, text: str, at: int) -> tuple[Any, int]:
        own = self.symbols
        if text.startswith(own.nan, at):
            return float("nan"), at + len(own.nan)
        plus, minus = self._affixes(False), self._affixes(True)
        fits = [(sign, *pair) for sign, pair in ((1, plus), (-1, minus)) if text.startswith(pair[0], at)]
        if not fits:
            return None, ~at
        longest = max(len(prefix) for _, prefix, _ in fits)
        start = at + longest
        value, end = self._number(text, start)
        if end < 0:
            return None, ~at
        signs = [one for one in fits if len(one[1]) == longest and text.startswith(one[2], end)]
        if len(signs) == 2:
            signs.sort(key=lambda one: -len(one[2]))
        if not signs:
            return None, ~end
        sign, _, suffix = signs[0]
        return self._result(value, sign), end + len(suffix)

    def _number(self, text: str, at: int) -> tuple[decimal.Decimal | float, int]:
        own, shape = self.symbols, self.shape
        if text.startswith(own.infinity, at):
            return float("inf"), at + len(own.infinity)
        digits: list[str] = []
        scale, end, point, grouped = 0, at, False, -1
        while end < len(text):
            char = text[end]
            value = ord(char) - ord(own.zero)
            if not 0 <= value <= 9:
                value = int(char) if char.isdigit() and char.isdecimal() else -1
            if 0 <= value <= 9:
                digits.append(str(value))
                scale += point
                grouped = -1
            elif char == (own.monetary_decimal if shape.currency else own.decimal) and not point and not self.integer_only:
                point, grouped = True, -1
            elif char == own.grouping and shape.grouping_used and not point:
                grouped = end
            else:
                break
            end += 1
        if grouped >= 0:
            end = grouped
        if not digits:
            return decimal.Decimal(0), -1
        exponent = 0
        found = re.compile(re.escape(own.exponent) + r"(-?)(\d+)").match(text, end)
        if found is not None:
            exponent = int(found[1] + found[2])
            end = found.end()
        return decimal.Decimal(int("".join(digits))).scaleb(min(max(exponent - scale, -9999), 9999)), end

    def _result(self, value: decimal.Decimal | float, sign: int) -> Any:
        if isinstance(value, float):
            return sign * value
        if self.parse_decimal:
            return BigDecimal(sign * value)
        factor = self.shape.multiplier
        if factor != 1:
            value = value / factor
        signed = sign * value
        if signed == signed.to_integral_value() and -(1 << 63) <= signed < 1 << 63 and not (sign < 0 and not value):
            return Long(int(signed))
        return -0.0 if sign < 0 and not value else float(signed)

    # -- properties

    def j_toPattern(self) -> str:
        return self.shape.text()

    def j_toLocalizedPattern(self) -> str:
        own = self.symbols
        table = {".": own.decimal, ",": own.grouping, "%": own.percent, ";": own.pattern, "0": own.zero}
        return "".join(table.get(char, char) for char in self.shape.text())

    def j_getDecimalFormatSymbols(self) -> DecimalFormatSymbols:
        return copy.copy(self.symbols)

    def j_setDecimalFormatSymbols(self, symbols: DecimalFormatSymbols) -> None:
        self.symbols = copy.copy(symbols)

    def j_getPositivePrefix(self) -> str:
        return self._affixes(False)[0]

    def j_getPositiveSuffix(self) -> str:
        return self._affixes(False)[1]

    def j_getNegativePrefix(self) -> str:
        return self._affixes(True)[0]

    def j_getNegativeSuffix(self) -> str:
        return self._affixes(True)[1]

    def j_setPositivePrefix(self, text: str) -> None:
        if self.shape.negative is None:
            self.shape = self.shape.changed(negative=("'-" + self.shape.prefix, self.shape.suffix))
        self.shape = self.shape.changed(prefix=text)

    def j_setPositiveSuffix(self, text: str) -> None:
        if self.shape.negative is None:
            self.shape = self.shape.changed(negative=("'-" + self.shape.prefix, self.shape.suffix))
        self.shape = self.shape.changed(suffix=text)

    def j_setNegativePrefix(self, text: str) -> None:
        self.shape = self.shape.changed(negative=(text, self._negative()[1]))

    def j_setNegativeSuffix(self, text: str) -> None:
        self.shape = self.shape.changed(negative=(self._negative()[0], text))

    def _negative(self) -> tuple[str, str]:
        """The affixes of negative numbers as a pattern has them."""
        return self.shape.negative or ("'-" + self.shape.prefix, self.shape.suffix)

    def j_getRoundingMode(self) -> Any:
        return self.rounding

    def j_setRoundingMode(self, mode: Any) -> None:
        if mode is None:
            raise t.NullPointer(None)
        self.rounding = mode

    def j_getCurrency(self) -> Any:
        return self.symbols.j_getCurrency()

    def j_setCurrency(self, value: Any) -> None:
        self.symbols.j_setCurrency(value)

    def j_isParseBigDecimal(self) -> bool:
        return self.parse_decimal

    def j_setParseBigDecimal(self, value: bool) -> None:
        self.parse_decimal = value

    def j_isParseIntegerOnly(self) -> bool:
        return self.integer_only

    def j_setParseIntegerOnly(self, value: bool) -> None:
        self.integer_only = value

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, DecimalFormat) and self.shape == other.shape and self.symbols.j_equals(other.symbols)

    def j_hashCode(self) -> int:
        return self.shape.max_integer * 37 + string_hash(self.j_getPositivePrefix())


_PROPERTIES = {
    "GroupingSize": "grouping",
    "Multiplier": "multiplier",
    "MaximumIntegerDigits": "max_integer",
    "MinimumIntegerDigits": "min_integer",
    "MaximumFractionDigits": "max_fraction",
    "MinimumFractionDigits": "min_fraction",
}
_OTHER_BOUND = {
    "max_integer": ("min_integer", min),
    "min_integer": ("max_integer", max),
    "max_fraction": ("min_fraction", min),
    "min_fraction": ("max_fraction", max),
}


def _getter(part: str) -> Any:
    return lambda self: getattr(self.shape, part)


def _setter(part: str) -> Any:
    def put(self: DecimalFormat, value: Any) -> None:
        changes = {part: max(value, 0) if part in _OTHER_BOUND else value}
        if part in _OTHER_BOUND:
            other, keep = _OTHER_BOUND[part]
            changes[other] = keep(getattr(self.shape, other), changes[part])
        self.shape = self.shape.changed(**changes)

    return put


for _name, _part in _PROPERTIES.items():
    setattr(DecimalFormat, "j_get" + _name, _getter(_part))
    setattr(DecimalFormat, "j_set" + _name, _setter(_part))
for _name, _part in (("GroupingUsed", "grouping_used"), ("DecimalSeparatorAlwaysShown", "point_always")):
    setattr(DecimalFormat, "j_is" + _name, _getter(_part))
    setattr(DecimalFormat, "j_set" + _name, _setter(_part))


def _instance(at: int) -> Any:
    def make(locale: Any = DEFAULT) -> DecimalFormat:
        if locale is None:
            raise t.NullPointer(None)
        made = DecimalFormat(words(locale, "formats")[at], DecimalFormatSymbols(locale))
        if at == 3:
            made.integer_only = True
        return made

    return make


CONSTRUCTORS: dict[str, Any] = {f"DecimalFormat/{count}": DecimalFormat for count in (0, 1, 2)}
STATICS: dict[str, Any] = {
    f"NumberFormat.get{name}Instance/{count}": _instance(at)
    for name, at in (("", 0), ("Number", 0), ("Currency", 1), ("Percent", 2), ("Integer", 3))
    for count in (0, 1)
}
