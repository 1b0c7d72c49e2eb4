"""Character classes and single-character escapes of Java patterns, written for Python's ``re``.

Unions, intersections and nested classes become alternations and look-aheads that consume exactly one character.

Source: documentation of java.util.regex.Pattern (Java 9 and later: a negation covers the whole class).
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache


class PatternError(ValueError):
    """A pattern that Java refuses, or that cannot be expressed here."""


LINE_ENDS = r"\n\r\x85\u2028\u2029"
_SPACES = " \t\n\x0b\x0c\r"
_HORIZONTAL = r" \t\xa0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000"
_VERTICAL = r"\n\x0b\x0c\r\x85\u2028\u2029"
_SHORT = {"d": "0-9", "w": "a-zA-Z0-9_", "s": r" \t\n\x0b\x0c\r", "h": _HORIZONTAL, "v": _VERTICAL}
_CONTROL = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "a": "\a", "e": "\x1b"}
_POSIX = {
    "Lower": "a-z",
    "Upper": "A-Z",
    "ASCII": r"\x00-\x7f",
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Punct": r"!-/:-@\[-`{-~",
    "Graph": "!-~",
    "Print": " -~",
    "Blank": r" \t",
    "Cntrl": r"\x00-\x1f\x7f",
    "XDigit": "0-9a-fA-F",
    "Space": r" \t\n\x0b\x0c\r",
}
_PROPERTY_ALIASES = {"IsAlphabetic": "L", "IsLetter": "L", "IsDigit": "Nd", "IsUppercase": "Lu", "IsLowercase": "Ll"}


def literal(char: str) -> str:
    """One character as itself, inside or outside of brackets."""
    return re.escape(char) if char != "&" else r"\&"


def skip_comments(text: str, position: int, unix_lines: bool = False) -> int:
    """The position of the next character that counts under Java's extended flag."""
    ends = "\n" if unix_lines else "\n\r\x85\u2028\u2029"
    while position < len(text):
        if text[position] == "#":
            while position < len(text) and text[position] not in ends:
                position += 1
        elif text[position] not in _SPACES:
            break
        else:
            position += 1
    return position


def escape(text: str, position: int) -> tuple[str, int]:
    """The escape whose backslash stands before ``position``: Python syntax, and the position after it."""
    content, negated, position = _escape(text, position)
    return (f"[^{content}]" if negated else f"[{content}]" if len(content) > 1 else literal(content)), position


def _escape(text: str, position: int) -> tuple[str, bool, int]:
    """Bracket content, whether it is negated, and the position after the escape."""
    char = text[position : position + 1]
    if not char:
        raise PatternError(f"unexpected end of the Java pattern [{text}]")
    if char.lower() in _SHORT:
        return _SHORT[char.lower()], char.isupper(), position + 1
    if char in "pP":
        content, position = _property(text, position + 1)
        return content, char == "P", position
    if char in _CONTROL:
        return _bracketed(_CONTROL[char]), False, position + 1
    if char in "xu0c":
        code, position = _code_point(text, position)
        return _bracketed(code), False, position
    if char.isascii() and (char.isalpha() or char.isdigit()):
        raise PatternError(f"illegal or unsupported escape \\{char} in the Java pattern [{text}]")
    return _bracketed(char), False, position + 1


def _bracketed(char: str) -> str:
    """One character in the form that is safe between brackets and alone."""
    return literal(char) if char.isprintable() else f"\\U{ord(char):08x}" if ord(char) > 255 else f"\\x{ord(char):02x}"


_CODES = (
    re.compile(r"x([0-9a-fA-F]{2})"),
    re.compile(r"x\{([0-9a-fA-F]+)\}"),
    re.compile(r"u([0-9a-fA-F]{4})"),
)
_SURROGATES = re.compile(r"u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_OCTAL = re.compile(r"0([0-3][0-7]{2}|[0-7]{1,2})")


def _code_point(text: str, position: int) -> tuple[str, int]:
    if pair := _SURROGATES.match(text, position):
        code = 0x10000 + ((int(pair[1], 16) - 0xD800) << 10) + int(pair[2], 16) - 0xDC00
        return chr(code), pair.end()
    for form in _CODES:
        if found := form.match(text, position):
            return chr(int(found[1], 16)), found.end()
    if found := _OCTAL.match(text, position):
        return chr(int(found[1], 8)), found.end()
    if text[position] == "c" and position + 1 < len(text):
        return chr(ord(text[position + 1]) ^ 64), position + 2
    raise PatternError(f"illegal escape \\{text[position]} in the Java pattern [{text}]")


def _property(text: str, position: int) -> tuple[str, int]:
    found = re.compile(r"\{(?:general_category=|gc=)?(\w+)\}|(\w)").match(text, position)
    if not found:
        raise PatternError(f"unclosed character family in the Java pattern [{text}]")
    name = found[1] or found[2]
    if name in _POSIX:
        return _POSIX[name], found.end()
    category = _PROPERTY_ALIASES.get(name, name.removeprefix("Is") if len(name) > 2 else name)
    content = _category(category)
    if not content:
        raise PatternError(f"unknown or unsupported character property [{name}] in the Java pattern [{text}]")
    return content, found.end()


@lru_cache(maxsize=32)
def _category(prefix: str) -> str:
    """Bracket content for a Unicode general category (one letter or two)."""
    if not re.fullmatch("[LMNPSZC][a-z]?", prefix):
        return ""
    ranges: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)).startswith(prefix):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges)


def parse(text: str, position: int, comments: bool, unix_lines: bool = False) -> tuple[str, int]:
    """A class whose ``[`` stands before ``position``: Python syntax, and the position after its ``]``."""
    reader = _ClassReader(text, position, comments, unix_lines)
    return reader.read(), reader.position


class _ClassReader:
    def __init__(self, text: str, position: int, comments: bool, unix_lines: bool) -> None:
        self.text, self.position = text, position
        self.comments, self.unix_lines = comments, unix_lines

    def peek(self) -> str:
        if self.comments:
            self.position = skip_comments(self.text, self.position, self.unix_lines)
        if self.position >= len(self.text):
            raise PatternError(f"unclosed character class in the Java pattern [{self.text}]")
        return self.text[self.position]

    def read(self) -> str:
        # only a caret right behind the bracket negates; Java looks at the raw text here
        negated = self.text.startswith("^", self.position)
        self.position += negated
        operands = [self.operand(first=True)]
        while self.text.startswith("&&", self.position):
            self.position += 2
            operands.append(self.operand(first=False))
        self.position += 1
        if len(operands) == 1 and re.fullmatch(r"\[[^^](?s:.)*\]", operands[0]) and operands[0].count("[") == 1:
            return f"[^{operands[0][1:-1]}]" if negated else operands[0]
        positive = "".join(f"(?={operand})" for operand in operands[:-1]) + operands[-1]
        return f"(?:(?!{positive})(?s:.))" if negated else f"(?:{positive})"

    def operand(self, *, first: bool) -> str:
        """The union of everything up to ``&&`` or the closing bracket."""
        content: list[str] = []
        parts: list[str] = []
        while True:
            char = self.peek()
            if char == "]" and (content or parts or not first):
                break
            if self.text.startswith("&&", self.position):
                break
            self.position += 1
            if char == "[":
                parts.append(self.read())
            else:
                self.item(char, content, parts)
        if content:
            parts.insert(0, f"[{''.join(content)}]")
        if not parts:
            raise PatternError(f"empty operand of a character class in the Java pattern [{self.text}]")
        return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"

    def item(self, char: str, content: list[str], parts: list[str]) -> None:
        """A character, a range, or an escape that stands for several characters."""
        low = char
        if char == "\\":
            inside, negated, self.position = _escape(self.text, self.position)
            if negated:
                parts.append(f"[^{inside}]")
                return
            low = inside
            if not _is_single(inside):
                content.append(inside)
                return
        else:
            low = _bracketed(char)
        high = self.range_end()
        if high is None:
            content.append(low)
            return
        if _point(high) < _point(low):
            raise PatternError(f"illegal character range in the Java pattern [{self.text}]")
        content.append(f"{low}-{high}")

    def range_end(self) -> str | None:
        """The upper end when a range follows, else None with nothing consumed."""
        start = self.position
        if self.peek() != "-":
            return None
        self.position += 1
        char = self.peek()
        if char in "[]" or self.text.startswith("&&", self.position):
            self.position = start
            return None
        self.position += 1
        if char != "\\":
            return _bracketed(char)
        inside, negated, self.position = _escape(self.text, self.position)
        if negated or not _is_single(inside):
            raise PatternError(f"illegal character range in the Java pattern [{self.text}]")
        return inside


_SINGLE = re.compile(r"[^\\]|\\[^xU]|\\x[0-9a-f]{2}|\\U[0-9a-f]{8}", re.DOTALL)


def _is_single(content: str) -> bool:
    return _SINGLE.fullmatch(content) is not None


def _point(content: str) -> int:
    if content.startswith(("\\x", "\\U")) and len(content) > 2:
        return int(content[2:], 16)
    return ord(content[-1])
