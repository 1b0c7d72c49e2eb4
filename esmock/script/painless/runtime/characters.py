"""java.lang.Character: categories and properties of code points, surrogates, digits."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.utf16 import units_of
from esmock.script.painless.runtime.values import Char, JavaArray, text_of

_LETTERS = frozenset(("Lu", "Ll", "Lt", "Lm", "Lo"))
_SPACES = frozenset(("Zs", "Zl", "Zp"))
_MARKS = frozenset(("Mn", "Mc"))
_TYPES = {
    "Cn": 0, "Lu": 1, "Ll": 2, "Lt": 3, "Lm": 4, "Lo": 5, "Mn": 6, "Me": 7, "Mc": 8, "Nd": 9, "Nl": 10, "No": 11, "Zs": 12,
    "Zl": 13, "Zp": 14, "Cc": 15, "Cf": 16, "Co": 18, "Cs": 19, "Pd": 20, "Ps": 21, "Pe": 22, "Pc": 23, "Po": 24, "Sm": 25,
    "Sc": 26, "Sk": 27, "So": 28, "Pi": 29, "Pf": 30,
}  # fmt: skip
_DIRECTIONS = {
    "": -1, "L": 0, "R": 1, "AL": 2, "EN": 3, "ES": 4, "ET": 5, "AN": 6, "CS": 7, "NSM": 8, "BN": 9, "B": 10, "S": 11,
    "WS": 12, "ON": 13, "LRE": 14, "LRO": 15, "RLE": 16, "RLO": 17, "PDF": 18, "LRI": 19, "RLI": 20, "FSI": 21, "PDI": 22,
}  # fmt: skip
_NUMERIC_LETTERS = "abcdefghijklmnopqrstuvwxyz"
HIGH, LOW, SUPPLEMENTARY = 0xD800, 0xDC00, 0x10000


def category(code: int) -> str:
    """The Unicode category; what is no code point is unassigned."""
    return unicodedata.category(chr(code)) if 0 <= code <= 0x10FFFF else "Cn"


def _in(*kinds: Any) -> Callable[[int], bool]:
    wanted = frozenset().union(*kinds)
    return lambda code: category(code) in wanted


def _property(test: Callable[[str], bool]) -> Callable[[int], bool]:
    return lambda code: 0 <= code <= 0x10FFFF and test(chr(code))


def _ignorable(code: int) -> bool:
    return 0 <= code <= 8 or 0x0E <= code <= 0x1B or 0x7F <= code <= 0x9F or category(code) == "Cf"


def _java_start(code: int) -> bool:
    return category(code) in _LETTERS | {"Nl", "Sc", "Pc"}


def _java_part(code: int) -> bool:
    return category(code) in _LETTERS | {"Nl", "Sc", "Pc", "Nd"} | _MARKS or _ignorable(code)


def _unicode_start(code: int) -> bool:
    return category(code) in _LETTERS | {"Nl"}


def _unicode_part(code: int) -> bool:
    return category(code) in _LETTERS | {"Nl", "Pc", "Nd"} | _MARKS or _ignorable(code)


def _mapped(change: Callable[[str], str]) -> Callable[[Any], Any]:
    """A mapping of one code point; those that become several stay."""

    def apply(code: Any) -> Any:
        if not 0 <= code <= 0x10FFFF:
            return code
        changed = change(chr(code))
        return type(code)(ord(changed)) if len(changed) == 1 else code

    return apply


def digit(code: int, radix: int) -> int:
    """Character.digit: the value in that radix, or -1."""
    if not 2 <= radix <= 36 or not 0 <= code <= 0x10FFFF:
        return -1
    char = unicodedata.normalize("NFKC", chr(code)) if 0xFF10 <= code <= 0xFF5A else chr(code)
    value = unicodedata.digit(char, -1) if category(code) == "Nd" else -1
    if value < 0 and char.isascii() and char.isalpha():
        value = _NUMERIC_LETTERS.index(char.lower()) + 10
    return value if value < radix else -1


def _for_digit(value: int, radix: int) -> Char:
    if not 2 <= radix <= 36 or not 0 <= value < radix:
        return Char(0)
    return Char(ord("0123456789abcdefghijklmnopqrstuvwxyz"[value]))


def _numeric(code: int) -> int:
    """Character.getNumericValue: -1 without one, -2 for fractions."""
    letter = digit(code, 36)
    if letter >= 0 or not 0 <= code <= 0x10FFFF:
        return letter
    value = unicodedata.numeric(chr(code), -1)
    return int(value) if value == int(value) else -2


def _name(code: int) -> str | None:
    if not 0 <= code <= 0x10FFFF:
        raise t.IllegalArgument(f'Not a valid Unicode code point: 0x{code & 0xFFFFFFFF:X}')
    return unicodedata.name(chr(code), None) or _CONTROLS.get(code)


_CONTROLS = dict(
    enumerate(
        (
            "NULL,START OF HEADING,START OF TEXT,END OF TEXT,END OF TRANSMISSION,ENQUIRY,ACKNOWLEDGE,BELL,BACKSPACE,"
            "CHARACTER TABULATION,LINE FEED (LF),LINE TABULATION,FORM FEED (FF),CARRIAGE RETURN (CR),SHIFT OUT,SHIFT IN,"
            "DATA LINK ESCAPE,DEVICE CONTROL ONE,DEVICE CONTROL TWO,DEVICE CONTROL THREE,DEVICE CONTROL FOUR,"
            "NEGATIVE ACKNOWLEDGE,SYNCHRONOUS IDLE,END OF TRANSMISSION BLOCK,CANCEL,END OF MEDIUM,SUBSTITUTE,ESCAPE,"
            "INFORMATION SEPARATOR FOUR,INFORMATION SEPARATOR THREE,INFORMATION SEPARATOR TWO,INFORMATION SEPARATOR ONE"
        ).split(",")
    )
) | {0x7F: "DELETE"}


def _units(code: int) -> list[Char]:
    """The UTF-16 code units of a code point. Raises IllegalArgument."""
    if not 0 <= code <= 0x10FFFF:
        raise t.IllegalArgument(f"Not a valid Unicode code point: 0x{code & 0xFFFFFFFF:X}")
    return [Char(code)] if code < SUPPLEMENTARY else [_high(code), _low(code)]


def _high(code: int) -> Char:
    return Char((code >> 10) + HIGH - (SUPPLEMENTARY >> 10) & 0xFFFF)


def _low(code: int) -> Char:
    return Char((code & 0x3FF) + LOW)


def _code_point(high: int, low: int) -> int:
    return ((high - HIGH) << 10) + (low - LOW) + SUPPLEMENTARY


def _text(code: int) -> str:
    return "".join(map(chr, _units(code))) if code < SUPPLEMENTARY else chr(code)


def _joined(chars: Any) -> str:
    return "".join(map(chr, chars))


def _point_at(text: Any, index: int, limit: int | None = None) -> int:
    """Character.codePointAt, of an array up to a limit."""
    from esmock.script.painless.runtime.strings import char_at, code_point_at

    if not isinstance(text, JavaArray):
        char_at(text, index)
        return code_point_at(units_of(text_of(text)), index)
    end = len(text) if limit is None else limit
    if index >= end or not 0 <= end <= len(text) or index < 0:
        raise t.IndexOutOfBounds(None) if limit is not None else t.ArrayIndexOutOfBounds(
            f"Index {index} out of bounds for length {len(text)}"
        )
    return code_point_at(_joined(text[:end]), index)


def _point_before(text: Any, index: int, start: int = 0) -> int:
    from esmock.script.painless.runtime.strings import char_at, code_point_before

    if not isinstance(text, JavaArray):
        char_at(text, index - 1)
        return code_point_before(units_of(text_of(text)), index)
    if index <= start or start < 0 or index > len(text):
        raise t.IndexOutOfBounds(None)
    return code_point_before(_joined(text[start:index]), index - start)


def _point_count(text: Any, begin: int, end: int) -> int:
    from esmock.script.painless.runtime.strings import code_point_count

    if not isinstance(text, JavaArray):
        if begin < 0 or end > len(text) or begin > end:
            raise t.IndexOutOfBounds(None)
        return code_point_count(text, begin, end)
    if begin < 0 or end < 0 or end > len(text) - begin:
        raise t.IndexOutOfBounds(None)
    return code_point_count(_joined(text), begin, begin + end)


def _offset_by(text: Any, *places: int) -> int:
    from esmock.script.painless.runtime.strings import offset_by_code_points

    if not isinstance(text, JavaArray):
        return offset_by_code_points(text, *places)
    start, count, index, offset = places
    if not (start >= 0 and count >= 0 and count <= len(text) - start and start <= index <= start + count):
        raise t.IndexOutOfBounds(None)
    return offset_by_code_points(_joined(text[start : start + count]), index - start, offset) + start


def _chars_into(code: int, target: Any, index: int) -> int:
    units = _units(code)
    for at, unit in enumerate(units):
        if not 0 <= index + at < len(target):
            raise t.ArrayIndexOutOfBounds(f"Index {index + at} out of bounds for length {len(target)}")
        target[index + at] = unit
    return len(units)


STATICS: dict[str, Any] = {
    "Character.codePointAt/2": _point_at,
    "Character.codePointAt/3": _point_at,
    "Character.codePointBefore/2": _point_before,
    "Character.codePointBefore/3": _point_before,
    "Character.codePointCount/3": _point_count,
    "Character.offsetByCodePoints/3": _offset_by,
    "Character.offsetByCodePoints/5": _offset_by,
    "Character.toChars/3": _chars_into,
    "Character.isDigit/1": _in(("Nd",)),
    "Character.isLetter/1": _in(_LETTERS),
    "Character.isLetterOrDigit/1": _in(_LETTERS, ("Nd",)),
    "Character.isAlphabetic/1": _property(lambda c: c.isalpha() or unicodedata.category(c) == "Nl"),
    "Character.isUpperCase/1": _property(str.isupper),
    "Character.isLowerCase/1": _property(str.islower),
    "Character.isTitleCase/1": _in(("Lt",)),
    "Character.isWhitespace/1": _property(lambda c: c.isspace() and c not in "\xa0\u2007\u202f\x85"),
    "Character.isSpaceChar/1": _in(_SPACES),
    "Character.isDefined/1": lambda code: category(code) != "Cn",
    "Character.isISOControl/1": lambda code: 0 <= code <= 0x1F or 0x7F <= code <= 0x9F,
    "Character.isIdentifierIgnorable/1": _ignorable,
    "Character.isIdeographic/1": _property(lambda c: "IDEOGRAPH" in unicodedata.name(c, "")),
    "Character.isJavaIdentifierStart/1": _java_start,
    "Character.isJavaIdentifierPart/1": _java_part,
    "Character.isUnicodeIdentifierStart/1": _unicode_start,
    "Character.isUnicodeIdentifierPart/1": _unicode_part,
    "Character.isMirrored/1": _property(lambda c: bool(unicodedata.mirrored(c))),
    "Character.isHighSurrogate/1": lambda c: HIGH <= c < LOW,
    "Character.isLowSurrogate/1": lambda c: LOW <= c < 0xE000,
    "Character.isSurrogate/1": lambda c: HIGH <= c < 0xE000,
    "Character.isSurrogatePair/2": lambda a, b: HIGH <= a < LOW <= b < 0xE000,
    "Character.isBmpCodePoint/1": lambda c: 0 <= c < SUPPLEMENTARY,
    "Character.isSupplementaryCodePoint/1": lambda c: SUPPLEMENTARY <= c <= 0x10FFFF,
    "Character.isValidCodePoint/1": lambda c: 0 <= c <= 0x10FFFF,
    "Character.charCount/1": lambda c: 2 if c >= SUPPLEMENTARY else 1,
    "Character.highSurrogate/1": _high,
    "Character.lowSurrogate/1": _low,
    "Character.toCodePoint/2": _code_point,
    "Character.toChars/1": lambda c: JavaArray("char", _units(c)),
    "Character.toUpperCase/1": _mapped(str.upper),
    "Character.toLowerCase/1": _mapped(str.lower),
    "Character.toTitleCase/1": _mapped(str.title),
    "Character.getNumericValue/1": _numeric,
    "Character.getType/1": lambda c: _TYPES[category(c)],
    "Character.getDirectionality/1": lambda c: _DIRECTIONS[unicodedata.bidirectional(chr(c)) if 0 <= c <= 0x10FFFF else ""],
    "Character.getName/1": _name,
    "Character.digit/2": digit,
    "Character.forDigit/2": _for_digit,
    "Character.reverseBytes/1": lambda c: Char((c & 0xFF) << 8 | c >> 8),
    "Character.toString/1": _text,
    "Character.valueOf/1": Char,
    "Character.compare/2": lambda a, b: int(a) - int(b),
    "Character.hashCode/1": int,
}
METHODS: dict[str, Any] = {
    "Character.charValue/0": lambda char: char,
    "Character.compareTo/1": lambda a, b: int(a) - int(b),
}
CONSTANTS: dict[str, Any] = {
    "Character.MAX_VALUE": Char(0xFFFF),
    "Character.MIN_VALUE": Char(0),
    "Character.MIN_RADIX": 2,
    "Character.MAX_RADIX": 36,
    "Character.BYTES": 2,
    "Character.SIZE": 16,
    "Character.MIN_CODE_POINT": 0,
    "Character.MAX_CODE_POINT": 0x10FFFF,
    "Character.MIN_SUPPLEMENTARY_CODE_POINT": SUPPLEMENTARY,
    "Character.MIN_HIGH_SURROGATE": Char(HIGH),
    "Character.MAX_HIGH_SURROGATE": Char(LOW - 1),
    "Character.MIN_LOW_SURROGATE": Char(LOW),
    "Character.MAX_LOW_SURROGATE": Char(0xDFFF),
    "Character.MIN_SURROGATE": Char(HIGH),
    "Character.MAX_SURROGATE": Char(0xDFFF),
}
_KINDS = (
    "UNASSIGNED:Cn UPPERCASE_LETTER:Lu LOWERCASE_LETTER:Ll TITLECASE_LETTER:Lt MODIFIER_LETTER:Lm OTHER_LETTER:Lo "
    "NON_SPACING_MARK:Mn ENCLOSING_MARK:Me COMBINING_SPACING_MARK:Mc DECIMAL_DIGIT_NUMBER:Nd LETTER_NUMBER:Nl "
    "OTHER_NUMBER:No SPACE_SEPARATOR:Zs LINE_SEPARATOR:Zl PARAGRAPH_SEPARATOR:Zp CONTROL:Cc FORMAT:Cf PRIVATE_USE:Co "
    "SURROGATE:Cs DASH_PUNCTUATION:Pd START_PUNCTUATION:Ps END_PUNCTUATION:Pe CONNECTOR_PUNCTUATION:Pc "
    "OTHER_PUNCTUATION:Po MATH_SYMBOL:Sm CURRENCY_SYMBOL:Sc MODIFIER_SYMBOL:Sk OTHER_SYMBOL:So INITIAL_QUOTE_PUNCTUATION:Pi "
    "FINAL_QUOTE_PUNCTUATION:Pf"
)
CONSTANTS |= {f"Character.{name}": _TYPES[kind] for name, _, kind in (part.partition(":") for part in _KINDS.split())}
_DIRECTION_NAMES = (
    "UNDEFINED LEFT_TO_RIGHT RIGHT_TO_LEFT RIGHT_TO_LEFT_ARABIC EUROPEAN_NUMBER EUROPEAN_NUMBER_SEPARATOR "
    "EUROPEAN_NUMBER_TERMINATOR ARABIC_NUMBER COMMON_NUMBER_SEPARATOR NONSPACING_MARK BOUNDARY_NEUTRAL PARAGRAPH_SEPARATOR "
    "SEGMENT_SEPARATOR WHITESPACE OTHER_NEUTRALS LEFT_TO_RIGHT_EMBEDDING LEFT_TO_RIGHT_OVERRIDE RIGHT_TO_LEFT_EMBEDDING "
    "RIGHT_TO_LEFT_OVERRIDE POP_DIRECTIONAL_FORMAT"
)
CONSTANTS |= {f"Character.DIRECTIONALITY_{name}": at - 1 for at, name in enumerate(_DIRECTION_NAMES.split())}
