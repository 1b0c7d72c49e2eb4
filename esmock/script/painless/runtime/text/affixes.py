"""The patterns of java.text.DecimalFormat."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from esmock.script.painless.runtime import throwables as t

_MOST = 2147483647
_SPECIAL = "#0,."


@dataclass(frozen=True)
class Pattern:
    """What a pattern says. Affixes keep ``'-``, ``'%``, ``'‰`` and ``'¤`` for what the symbols stand for.

    Args:
        grouping: digits between separators, 0 for none.
        exponent: least digits of the exponent, 0 without one.
        negative: the affixes of negative numbers when the pattern has them.
    """

    prefix: str = ""
    suffix: str = ""
    min_integer: int = 0
    max_integer: int = _MOST
    min_fraction: int = 0
    max_fraction: int = _MOST
    grouping: int = 0
    grouping_used: bool = False
    exponent: int = 0
    point_always: bool = False
    multiplier: int = 1
    negative: tuple[str, str] | None = None

    @property
    def currency(self) -> bool:
        return "'¤" in self.prefix + self.suffix

    def changed(self, **values: Any) -> Pattern:
        return dataclasses.replace(self, **values)

    def text(self) -> str:
        """The pattern of it."""
        body = self._body()
        out = _shown(self.prefix) + body + _shown(self.suffix)
        if self.negative is not None and self.negative != ("'-" + self.prefix, self.suffix):
            out += ";" + _shown(self.negative[0]) + body + _shown(self.negative[1])
        return out

    def _body(self) -> str:
        count = self.max_integer if self.exponent else max(self.grouping, self.min_integer) + 1
        out = []
        for at in range(min(count, 400), 0, -1):
            if at != count and self.grouping_used and self.grouping and at % self.grouping == 0:
                out.append(",")
            out.append("0" if at <= self.min_integer else "#")
        if self.max_fraction > 0 or self.point_always:
            out.append(".")
        out.append("0" * self.min_fraction + "#" * (min(self.max_fraction, 400) - self.min_fraction))
        if self.exponent:
            out.append("E" + "0" * self.exponent)
        return "".join(out)


def _shown(affix: str) -> str:
    out, at = [], 0
    while at < len(affix):
        char = affix[at]
        if char == "'" and at + 1 < len(affix):
            out.append(affix[at + 1])
            at += 2
            continue
        out.append(f"'{char}'" if char in "#0,.;%-‰¤" else "''" if char == "'" else char)
        at += 1
    return "".join(out)


def affix_text(affix: str, symbols: Any) -> str:
    """An affix with a locale's symbols."""
    if "'" not in affix:
        return affix
    out, at = [], 0
    while at < len(affix):
        char = affix[at]
        if char == "'" and at + 1 < len(affix):
            at += 1
            char = affix[at]
            if char == "¤":
                double = affix[at + 1 : at + 3] == "'¤"
                at += 2 if double else 0
                char = symbols.currency_code if double else symbols.currency_symbol
            else:
                char = {"-": symbols.minus, "%": symbols.percent, "‰": symbols.per_mill}.get(char, char)
        out.append(char)
        at += 1
    return "".join(out)


class _Reader:
    """Reads one half of a pattern."""

    def __init__(self, pattern: str, at: int) -> None:
        self.pattern, self.at = pattern, at
        self.multiplier = 1
        self.left = self.zeros = self.right = self.exponent = 0
        self.point = self.groups = -1
        self.quoted = False

    def fail(self, what: str) -> t.Throwable:
        return t.IllegalArgument(f'{what} in pattern "{self.pattern}"')

    def affix(self, prefix: bool) -> str:
        out: list[str] = []
        while self.at < len(self.pattern):
            char = self.pattern[self.at]
            if char == "'":
                if self.pattern[self.at + 1 : self.at + 2] == "'":
                    self.at += 1
                    out.append("''")
                else:
                    self.quoted = not self.quoted
            elif self.quoted:
                out.append("''" if char == "'" else char)
            elif char in _SPECIAL:
                if prefix:
                    break
                raise self.fail(f"Unquoted special character '{char}'")
            elif char == ";":
                break
            else:
                out.append(self._symbol(char))
            self.at += 1
        return "".join(out)

    def _symbol(self, char: str) -> str:
        if char in "%‰":
            if self.multiplier != 1:
                raise t.IllegalArgument(f'Too many percent/per mille characters in pattern "{self.pattern}"')
            self.multiplier = 100 if char == "%" else 1000
        return "'" + char if char in "%‰¤-" else char

    def number(self) -> None:
        while self.at < len(self.pattern):
            char = self.pattern[self.at]
            if char == "#":
                if self.zeros:
                    self.right += 1
                else:
                    self.left += 1
                self._grouped()
            elif char == "0":
                if self.right:
                    raise self.fail("Unexpected '0'")
                self.zeros += 1
                self._grouped()
            elif char == ",":
                self.groups = 0
            elif char == ".":
                if self.point >= 0:
                    raise self.fail("Multiple decimal separators")
                self.point = self.left + self.zeros + self.right
            elif char == "E" and not self.exponent:
                self._exponent()
                return
            else:
                return
            self.at += 1

    def _grouped(self) -> None:
        if self.groups >= 0 and self.point < 0:
            self.groups += 1

    def _exponent(self) -> None:
        self.at += 1
        while self.at < len(self.pattern) and self.pattern[self.at] == "0":
            self.exponent += 1
            self.at += 1
        if self.left + self.zeros < 1 or self.exponent < 1:
            raise t.IllegalArgument(f'Malformed exponential pattern "{self.pattern}"')

    def check(self) -> None:
        if not self.zeros and self.left > 0 and self.point >= 0:
            whole = max(self.point, 1)
            self.right = self.left - whole
            self.left, self.zeros = whole - 1, 1
        outside = self.point >= 0 and not self.left <= self.point <= self.left + self.zeros
        if (self.point < 0 and self.right and not self.exponent) or outside or self.groups == 0 or self.quoted:
            raise t.IllegalArgument(f'Malformed pattern "{self.pattern}"')


def parse_pattern(pattern: str) -> Pattern:
    """Raises IllegalArgument."""
    if pattern is None:
        raise t.NullPointer(None)
    if not pattern:
        return Pattern()
    reader = _Reader(pattern, 0)
    prefix = reader.affix(True)
    if reader.at < len(pattern) and pattern[reader.at] == ";":
        raise reader.fail("Unquoted special character ';'")
    reader.number()
    suffix = reader.affix(False)
    reader.check()
    negative = None
    if reader.at < len(pattern):
        other = _Reader(pattern, reader.at + 1)
        before = other.affix(True)
        other.number()
        negative = (before, other.affix(False))
        if other.at < len(pattern):
            raise other.fail("Unquoted special character ';'")
        negative = None if negative == (prefix, suffix) else negative
    total = reader.left + reader.zeros + reader.right
    point = reader.point if reader.point >= 0 else total
    least = point - reader.left
    return Pattern(
        prefix,
        suffix,
        min_integer=least,
        max_integer=reader.left + least if reader.exponent else _MOST,
        min_fraction=max(reader.left + reader.zeros - reader.point, 0) if reader.point >= 0 else 0,
        max_fraction=total - reader.point if reader.point >= 0 else 0,
        grouping=max(reader.groups, 0),
        grouping_used=reader.groups > 0,
        exponent=reader.exponent,
        point_always=reader.point in (0, total) and reader.point >= 0,
        multiplier=reader.multiplier,
        negative=negative,
    )
