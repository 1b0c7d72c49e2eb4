"""Character classes of Java's regular expressions: what ``\\d``, ``\\p{Lu}`` and ``[a-z&&[^aeiou]]`` say in Python's.

Source: documentation of java.util.regex.Pattern; answers of 7.10.2 on Java 17.
"""

from __future__ import annotations

import functools
import re
import sys
import unicodedata
from itertools import chain

from esmock.errors import Unsupported

_POSIX = {
    "Lower": "a-z",
    "Upper": "A-Z",
    "ASCII": "\\x00-\\x7f",
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Punct": "!-/:-@\\[-`{-~",
    "Graph": "!-~",
    "Print": " -~",
    "Blank": " \\t",
    "Cntrl": "\\x00-\\x1f\\x7f",
    "XDigit": "0-9a-fA-F",
    "Space": " \\t\\n\\x0b\\f\\r",
}
_JAVA = {
    "LowerCase": "Ll",
    "UpperCase": "Lu",
    "TitleCase": "Lt",
    "Letter": "L",
    "Digit": "Nd",
    "Alphabetic": "\\p{Alphabetic}",
    "LetterOrDigit": "L Nd",
    "SpaceChar": "Z",
    "Whitespace": "\\s",
}
"""``java...`` properties as categories, or as a property of the library ``regex``."""
_BINARY = frozenset(
    "Alphabetic Ideographic Letter Lowercase Uppercase Titlecase White_Space Control Punctuation Hex_Digit Assigned "
    "Noncharacter_Code_Point Digit Alnum Blank Graph Print Word Join_Control".split()
)
BLANK = " \\t\\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000"
VERTICAL = "\\n\\x0b\\f\\r\\x85\\u2028\\u2029"
_SHORT = {"d": "0-9", "w": "a-zA-Z0-9_", "s": " \\t\\n\\x0b\\f\\r", "h": BLANK, "v": VERTICAL}
_SHORT_UNICODE = {**_SHORT, "d": "\\d", "w": "\\w", "s": "\\s"}


class UnknownProperty(Exception):
    """No such thing in Java."""


class Exact(str):
    """A whole class, not its inside, whose letters stand for themselves alone where case is ignored."""

    __slots__ = ()


def shorthand(letter: str, *, is_unicode: bool, folds: bool = False) -> str:
    """The inside of the class that ``\\d``, ``\\W`` ... stand for; ``^`` first where it is negated.

    Args:
        folds: case is ignored in all of Unicode, which would take letters like dotless i for those of ``\\w``.
    """
    if folds and not is_unicode and letter in "wW":
        return Exact(f"(?-i:[{'^' if letter == 'W' else ''}{_SHORT['w']}])")
    inside = (_SHORT_UNICODE if is_unicode else _SHORT)[letter.lower()]
    if is_unicode and letter in "wW":
        inside += f"{_category('M')}{_category('Pc')}\\u200c\\u200d"
    return ("^" if letter.isupper() else "") + inside


def family(name: str) -> str:
    """The inside of a class for the name in ``\\p{...}``. Raises UnknownProperty, Unsupported."""
    if name in _POSIX:
        return _POSIX[name]
    if name.startswith("java"):
        return _java(name)
    key, _, value = name.rpartition("=")
    if name.startswith("In") or key in ("block", "blk"):
        return _of_library("InBlock", value if key else name[2:], name)
    if key in ("script", "sc"):
        return _of_library("Script", value, name)
    if key in ("general_category", "gc"):
        return _category(value) or _unknown(name)
    if name.startswith("Is"):
        return _is(name)
    if name == "L1":
        return "\\x00-\\xff"
    return _category(name) or _unknown(name)


def _unknown(name: str) -> str:
    raise UnknownProperty(f"Unknown character property name {{{name}}}")


def _is(name: str) -> str:
    """``\\p{Is...}``: a binary property, a category or a script."""
    rest = name[2:]
    binary = next((one for one in _BINARY if one.replace("_", "").lower() == rest.replace("_", "").lower()), None)
    if binary is not None:
        return _matched(f"\\p{{{binary}}}")
    return _category(rest) or _of_library("Script", rest, name)


def _java(name: str) -> str:
    categories = _JAVA.get(name.removeprefix("java"))
    if categories is None:
        raise Unsupported(f"the character property {name} in a regular expression")
    if categories.startswith("\\"):
        return _matched(categories)
    return "".join(map(_category, categories.split()))


def _of_library(kind: str, value: str, name: str) -> str:
    import regex

    try:
        return _matched(f"\\p{{{kind}={value}}}" if kind == "Script" else f"\\p{{Block={value}}}")
    except regex.error:
        what = "character script" if kind == "Script" else "character block"
        if kind == "Script" and name.startswith("Is"):
            return _unknown(name)
        raise UnknownProperty(f"Unknown {what} name {{{value}}}") from None


@functools.cache
def _matched(pattern: str) -> str:
    """The characters that a pattern of the library ``regex`` matches."""
    import regex

    compiled = regex.compile(f"{pattern}+")
    runs = compiled.finditer("".join(map(chr, range(sys.maxunicode + 1))))
    return "".join(_range(*found.span()) for found in runs)


@functools.cache
def _category(name: str) -> str:
    """The characters of a category (``Lu``) or of a group of them (``L``); nothing for another name."""
    name = {"LC": "Ll Lu Lt", "LD": "L Nd"}.get(name, name)
    if not re.fullmatch("[A-Z][a-z]?( [A-Z][a-z]?)*", name):
        return ""
    wanted = tuple(name.split())
    out: list[str] = []
    start: int | None = None
    # Planes 4 to 13 are empty, those behind 14 private.
    filled = (range(0x33480), range(0xE0000, 0xE01F1))
    for point in range(sys.maxunicode + 2) if name.startswith("C") else chain(*filled):
        inside = point <= sys.maxunicode and unicodedata.category(chr(point)).startswith(wanted)
        if inside and start is None:
            start = point
        elif not inside and start is not None:
            out.append(_range(start, point))
            start = None
    return "".join(out)


@functools.cache
def boundary() -> str:
    """Where a word begins or ends: letters and digits of all scripts, with the marks upon them, are of a word."""
    # Variation selectors stand behind symbols: a mark is of a word only where a letter bears it.
    word = f"(?![\ufe00-\ufe0f])[\\w{_category('Mn')}]"
    return f"(?u:(?<={word})(?!{word})|(?<!{word})(?={word}))"


def _range(start: int, end: int) -> str:
    return f"\\U{start:08x}" + (f"-\\U{end - 1:08x}" if end - 1 > start else "")


def literal(point: int) -> str:
    """A character as it stands in a class."""
    char = chr(point)
    return "\\" + char if char in "\\]^-[&|~" else char


class Members:
    """What a character class lists between ``&&``: ``body`` as Python's classes say it, ``sets`` of their own beside it."""

    def __init__(self) -> None:
        self.body = ""
        self.sets: list[str] = []

    def add(self, item: int | str) -> None:
        """Take a character, or the inside of a class."""
        if isinstance(item, int):
            self.body += literal(item)
        elif isinstance(item, Exact):
            self.sets.append(item)
        elif item.startswith("^"):
            self.sets.append(f"[{item}]")
        else:
            self.body += item

    def expression(self) -> str:
        parts = [f"[{self.body}]"] if self.body else []
        parts += self.sets
        return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


def joined(all_of: list[Members], *, negated: bool) -> str:
    """The class whose characters all lists have; nested ones and intersections become choices and looks ahead."""
    operands = [one for one in all_of if one.body or one.sets]
    if len(operands) == 1 and not operands[0].sets:
        return f"[{'^' if negated else ''}{operands[0].body}]"
    *before, last = [one.expression() for one in operands] or ["[^\\s\\S]"]
    whole = "".join(f"(?={one})" for one in before) + last
    return f"(?:(?!{whole})[\\s\\S])" if negated else f"(?:{whole})"
