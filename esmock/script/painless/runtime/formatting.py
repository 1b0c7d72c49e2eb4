"""java.util.Formatter's patterns: String.format."""

from __future__ import annotations

import decimal
import re
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.operators import MAX_TEXT
from esmock.script.painless.runtime.values import Char, class_of, hash_code, to_text

_SPEC = re.compile(r"%(?:(\d+)\$)?([-#+ 0,(<]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])")
_WIDE = decimal.Context(prec=400 + MAX_TEXT, rounding=decimal.ROUND_HALF_UP, Emax=MAX_TEXT, Emin=-MAX_TEXT)
_MISSING = t.CLASSES["java.util.MissingFormatArgumentException"]
_CONVERSION = t.CLASSES["java.util.IllegalFormatConversionException"]
_UNKNOWN = t.CLASSES["java.util.UnknownFormatConversionException"]


def half_up(value: float, places: int) -> str:
    """A double with a number of decimals as Java's formatter rounds it."""
    exact = decimal.Decimal(repr(float(value)))
    return f"{exact.quantize(decimal.Decimal(1).scaleb(-places), context=_WIDE):f}"


def format_text(pattern: str, values: Any) -> str:
    """String.format in the root locale."""
    out: list[str] = []
    position = at = 0
    while at < len(pattern):
        char = pattern[at]
        if char != "%":
            out.append(char)
            at += 1
            continue
        found = _SPEC.match(pattern, at)
        if found is None:
            rest = pattern[at + 1 : at + 2]
            raise _UNKNOWN(f"Conversion = '{rest or '%'}'")
        at = found.end()
        index, flags, width, precision, conversion = found.groups()
        if max(int(width or 0), int(precision or 0)) > MAX_TEXT:
            raise t.OutOfMemory("Java heap space")
        if conversion in "n%":
            out.append("\n" if conversion == "n" else "%".rjust(int(width or 0)))
            continue
        if index is not None:
            value_at = int(index) - 1
        else:
            value_at = position
            position += 1
        if values is None or value_at >= len(values):
            raise _MISSING(f"Format specifier '{found[0]}'")
        text = _one(values[value_at], flags, precision, conversion, int(width or 0))
        out.append(text.ljust(int(width or 0)) if "-" in flags else text.rjust(int(width or 0)))
    return "".join(out)


def _one(value: Any, flags: str, precision: str | None, conversion: str, width: int) -> str:
    kind = conversion.lower()
    if kind == "s":
        text = to_text(value)
        text = text[: int(precision)] if precision is not None else text
    elif kind == "b":
        text = to_text(value) if isinstance(value, bool) else str(value is not None).lower()
    elif value is None:
        text = "null"
    elif kind == "c":
        text = chr(value)
    elif kind == "h":
        text = f"{hash_code(value) & 0xFFFFFFFF:x}"
    elif kind in "dxo":
        text = _integer(value, flags, kind, conversion, width)
    elif kind in "fe":
        text = _real(value, flags, precision, kind, conversion, width)
    else:
        raise _UNKNOWN(f"Conversion = '{conversion}'")
    return text.upper() if conversion.isupper() else text


def _integer(value: Any, flags: str, kind: str, conversion: str, width: int) -> str:
    if isinstance(value, bool) or not isinstance(value, int) or isinstance(value, Char):
        raise _CONVERSION(f"{conversion} != {class_of(value)}")
    if kind != "d":
        number = value & (0xFFFFFFFF if class_of(value) == "java.lang.Integer" else 0xFFFFFFFFFFFFFFFF)
        text = f"{number:{kind}}"
        return text.rjust(width, "0") if "0" in flags else text
    text = f"{abs(value):,}" if "," in flags else str(abs(value))
    return _signed(text, value < 0, flags, width)


def _real(value: Any, flags: str, precision: str | None, kind: str, conversion: str, width: int) -> str:
    if not isinstance(value, float):
        raise _CONVERSION(f"{conversion} != {class_of(value)}")
    if value != value or value in (float("inf"), float("-inf")):
        return to_text(float(value))
    places = int(precision) if precision is not None else 6
    text = half_up(abs(value), places) if kind == "f" else f"{abs(value):.{places}e}"
    if "," in flags:
        whole, _, fraction = text.partition(".")
        text = f"{int(whole):,}" + (f".{fraction}" if fraction else "")
    return _signed(text, value < 0, flags, width)


def _signed(text: str, negative: bool, flags: str, width: int) -> str:
    if negative and "(" in flags:
        return f"({text})"
    sign = "-" if negative else "+" if "+" in flags else " " if " " in flags else ""
    if "0" in flags:
        text = text.rjust(width - len(sign), "0")
    return sign + text
