"""The elements of a format: numbers, fractions, texts, literals, optional parts. Each prints and parses."""

from __future__ import annotations

import decimal
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.time.parsing import Parsing, Printing
from esmock.script.painless.runtime.time.texts import field_text, field_values

_ALL_STYLES = ("FULL", "FULL_STANDALONE", "SHORT", "SHORT_STANDALONE", "NARROW", "NARROW_STANDALONE")


class Element:
    """``write`` gives the text, or None where an optional part has nothing; ``read`` the position after it, or ``~error``."""

    def write(self, run: Printing) -> str | None:
        raise NotImplementedError

    def read(self, run: Parsing, text: str, at: int) -> int:
        raise NotImplementedError

    def shown(self) -> str:
        raise NotImplementedError


class Composite(Element):
    def __init__(self, elements: tuple[Element, ...], optional: bool = False) -> None:
        self.elements, self.optional = elements, optional

    def write(self, run: Printing) -> str | None:
        out = []
        run.optional += self.optional
        try:
            for element in self.elements:
                text = element.write(run)
                if text is None:
                    return "" if self.optional else None
                out.append(text)
        finally:
            run.optional -= self.optional
        return "".join(out)

    def read(self, run: Parsing, text: str, at: int) -> int:
        start, before = at, run.state() if self.optional else ()
        for element in self.elements:
            at = element.read(run, text, at)
            if at < 0:
                if not self.optional:
                    return at
                run.restore(before)
                return start
        return at

    def shown(self) -> str:
        inner = "".join(element.shown() for element in self.elements)
        return f"[{inner}]" if self.optional else f"({inner})"


class Setting(Element):
    """A switch of the parser: ``case_sensitive`` or ``strict``."""

    def __init__(self, name: str, value: bool) -> None:
        self.name, self.value = name, value

    def write(self, run: Printing) -> str:
        return ""

    def read(self, run: Parsing, text: str, at: int) -> int:
        setattr(run, self.name, self.value)
        return at

    def shown(self) -> str:
        if self.name == "case_sensitive":
            return f"ParseCaseSensitive({str(self.value).lower()})"
        return f"ParseStrict({str(self.value).lower()})"


class Default(Element):
    """A value for a field that has not been read."""

    def __init__(self, field: Any, value: int) -> None:
        self.field, self.value = field, value

    def write(self, run: Printing) -> str:
        return ""

    def read(self, run: Parsing, text: str, at: int) -> int:
        run.values.setdefault(self.field, self.value)
        return at

    def shown(self) -> str:
        return f"java.time.format.DateTimeFormatterBuilder$DefaultValueParser@{id(self) & 0xFFFFFFF:x}"


class Literal(Element):
    def __init__(self, text: str) -> None:
        self.text = text

    def write(self, run: Printing) -> str:
        return self.text

    def read(self, run: Parsing, text: str, at: int) -> int:
        return at + len(self.text) if run.matches(text, at, self.text) else ~at

    def shown(self) -> str:
        return "''" if self.text == "'" else "'" + self.text.replace("'", "''") + "'"


class Number(Element):
    """A number of ``low`` to ``high`` digits.

    Args:
        sign: name of the SignStyle.
        after: digits that fixed-width numbers right behind it take; -1 when it is of a fixed width itself.
    """

    def __init__(self, field: Any, low: int, high: int, sign: str, after: int = 0) -> None:
        self.field, self.low, self.high, self.sign, self.after = field, low, high, sign, after

    def fixed(self) -> Number:
        return self._with(-1)

    def followed(self, width: int) -> Number:
        return self._with(self.after + width)

    def _with(self, after: int) -> Number:
        return Number(self.field, self.low, self.high, self.sign, after)

    def number(self, run: Any, value: int) -> int:
        return value

    def stored(self, run: Parsing, value: int, start: int, end: int) -> int:
        return run.put(self.field, value, start, end)

    def is_fixed(self, run: Parsing) -> bool:
        return self.after == -1 or (self.after > 0 and self.low == self.high and self.sign == "NOT_NEGATIVE")

    def write(self, run: Printing) -> str | None:
        found = run.value(self.field)
        if found is None:
            return None
        value = self.number(run, found)
        text = str(abs(value))
        label = self.field.j_toString()
        if len(text) > self.high:
            raise t.DateTime(
                f"Field {label} cannot be printed as the value {value} exceeds the maximum print width of {self.high}"
            )
        sign = ""
        if value >= 0:
            if self.sign == "ALWAYS" or (self.sign == "EXCEEDS_PAD" and self.low < 19 and len(text) > self.low):
                sign = run.style.positive
        elif self.sign in ("NORMAL", "EXCEEDS_PAD", "ALWAYS"):
            sign = run.style.negative
        elif self.sign == "NOT_NEGATIVE":
            raise t.DateTime(
                f"Field {label} cannot be printed as the value {value} cannot be negative according to the SignStyle"
            )
        return sign + str(run.style.localized(text.rjust(self.low, "0")))

    def _sign(self, run: Parsing, positive: bool) -> bool:
        if self.sign == "NORMAL":
            return not positive or not run.strict
        if self.sign in ("ALWAYS", "EXCEEDS_PAD"):
            return True
        return not run.strict and self.low != self.high

    def read(self, run: Parsing, text: str, at: int) -> int:
        if at == len(text):
            return ~at
        positive, negative = text[at] == run.style.positive, text[at] == run.style.negative
        if positive or negative:
            if not self._sign(run, positive):
                return ~at
            at += 1
        elif self.sign == "ALWAYS" and run.strict:
            return ~at
        bounded = run.strict or self.is_fixed(run)
        low = self.low if bounded else 1
        if at + low > len(text):
            return ~at
        high = (self.high if bounded else 9) + max(self.after, 0)
        digits = _digits(run, text, at, high)
        if self.after > 0:
            digits = digits[: max(low, len(digits) - self.after)] if len(digits) >= low else digits
        if len(digits) < low:
            return ~at
        if int(digits) >= 1 << 63:
            digits = digits[:-1]
        value, end = int(digits), at + len(digits)
        if negative:
            if value == 0 and run.strict:
                return ~(at - 1)
            value = -value
        elif self.sign == "EXCEEDS_PAD" and run.strict:
            if positive and len(digits) <= self.low:
                return ~(at - 1)
            if not positive and len(digits) > self.low:
                return ~at
        return self.stored(run, value, at, end)

    def shown(self) -> str:
        name = self.field.j_toString()
        if (self.low, self.high, self.sign) == (1, 19, "NORMAL"):
            return f"Value({name})"
        if self.low == self.high and self.sign == "NOT_NEGATIVE":
            return f"Value({name},{self.low})"
        return f"Value({name},{self.low},{self.high},{self.sign})"


def _digits(run: Parsing, text: str, at: int, most: int) -> str:
    out = []
    for char in text[at : at + most]:
        digit = run.style.digit(char)
        if digit < 0:
            break
        out.append(str(digit))
    return "".join(out)


class Reduced(Number):
    """The last digits of a number near ``base``; ``shown_base`` is how a format's text names it."""

    def __init__(self, field: Any, low: int, high: int, base: int, shown_base: str, after: int = 0) -> None:
        super().__init__(field, low, high, "NOT_NEGATIVE", after)
        self.base, self.shown_base = base, shown_base

    def _with(self, after: int) -> Number:
        return Reduced(self.field, self.low, self.high, self.base, self.shown_base, after)

    def number(self, run: Any, value: int) -> int:
        near = self.base <= value < self.base + 10**self.low
        return abs(value) % 10 ** (self.low if near else self.high)

    def stored(self, run: Parsing, value: int, start: int, end: int) -> int:
        if end - start == self.low and value >= 0:
            cycle = 10**self.low
            rest = self.base % cycle
            value = self.base - rest + value if self.base > 0 else self.base - rest - value
            value += cycle if value < self.base else 0
        return run.put(self.field, value, start, end)

    def is_fixed(self, run: Parsing) -> bool:
        return run.strict and super().is_fixed(run)

    def shown(self) -> str:
        return f"ReducedValue({self.field.j_toString()},{self.low},{self.high},{self.shown_base})"


class Fraction(Number):
    """The value of a field as a fraction of its range."""

    def __init__(self, field: Any, low: int, high: int, point: bool, after: int = 0) -> None:
        super().__init__(field, low, high, "NOT_NEGATIVE", after)
        self.point = point
        limits = field.j_range()
        self._low, self._size = limits.low, limits.high - limits.low + 1

    def _with(self, after: int) -> Number:
        return Fraction(self.field, self.low, self.high, self.point, after)

    def is_fixed(self, run: Parsing) -> bool:
        return self.after == -1 or (self.after > 0 and self.low == self.high and not self.point)

    def write(self, run: Printing) -> str | None:
        value = run.value(self.field)
        if value is None:
            return None
        self.field.j_range().check(value, self.field)
        point = run.style.separator if self.point else ""
        exact = decimal.Decimal(value - self._low) / decimal.Decimal(self._size)
        digits = f"{exact.quantize(decimal.Decimal(1).scaleb(-9), decimal.ROUND_FLOOR):f}".partition(".")[2].rstrip("0")
        digits = digits.ljust(self.low, "0")[: self.high]
        return point + run.style.localized(digits) if digits else ""

    def read(self, run: Parsing, text: str, at: int) -> int:
        bounded = run.strict or self.is_fixed(run)
        low, high = (self.low, self.high) if bounded else (0, 9)
        if at == len(text):
            return ~at if low else at
        if self.point:
            if text[at] != run.style.separator:
                return ~at if low else at
            at += 1
        if at + low > len(text):
            return ~at
        digits = _digits(run, text, at, high)
        if len(digits) < low:
            return ~at
        share = decimal.Decimal(int(digits or 0)).scaleb(-len(digits))
        return run.put(self.field, int(share * self._size) + self._low, at, at + len(digits))

    def shown(self) -> str:
        return f"Fraction({self.field.j_toString()},{self.low},{self.high}{',DecimalPoint' if self.point else ''})"


class Text(Element):
    """A field's text in a style."""

    def __init__(self, field: Any, style: Any) -> None:
        self.field, self.style = field, style
        self._number = Number(field, 1, 19, "NORMAL")

    def write(self, run: Printing) -> str | None:
        value = run.value(self.field)
        if value is None:
            return None
        text = field_text(self.field, value, self.style, run.locale)
        return text if text is not None else self._number.write(run)

    def read(self, run: Parsing, text: str, at: int) -> int:
        from esmock.script.painless.runtime.time.enums import TEXT_STYLES

        styles = (self.style.name,) if run.strict else _ALL_STYLES
        known = [one for name in styles for one in field_values(self.field, TEXT_STYLES[name], run.locale)]
        for expected, value in sorted(known, key=lambda one: -len(one[0])):
            if run.matches(text, at, expected):
                return run.put(self.field, value, at, at + len(expected))
        if known and run.strict:
            return ~at
        return self._number.read(run, text, at)

    def shown(self) -> str:
        name = self.field.j_toString()
        return f"Text({name})" if self.style.name == "FULL" else f"Text({name},{self.style.name})"


class Padded(Element):
    def __init__(self, inner: Element, width: int, char: str) -> None:
        self.inner, self.width, self.char = inner, width, char

    def write(self, run: Printing) -> str | None:
        text = self.inner.write(run)
        if text is None:
            return None
        if len(text) > self.width:
            raise t.DateTime(f"Cannot print as output of {len(text)} characters exceeds pad width of {self.width}")
        return text.rjust(self.width, self.char)

    def read(self, run: Parsing, text: str, at: int) -> int:
        end = at + self.width
        if at == len(text) or (end > len(text) and run.strict):
            return ~at
        end = min(end, len(text))
        start = at
        while start < end and run.matches(text, start, self.char):
            start += 1
        after = self.inner.read(run, text[:end], start)
        return ~start if after != end and run.strict else after

    def shown(self) -> str:
        return f"Pad({self.inner.shown()},{self.width}" + (")" if self.char == " " else f",'{self.char}')")


class Deferred(Element):
    """An element that depends on the locale of the run: a localized pattern, or a field of the locale's weeks."""

    def resolved(self, locale: Any) -> Element:
        raise NotImplementedError

    def write(self, run: Printing) -> str | None:
        return self.resolved(run.locale).write(run)

    def read(self, run: Parsing, text: str, at: int) -> int:
        return self.resolved(run.locale).read(run, text, at)
