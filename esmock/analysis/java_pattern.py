"""Java's regular expressions by way of Python's.

Differs: class intersections (``&&``) and a few rare escapes are refused with 501.
"""

from __future__ import annotations

import functools
import re
import sys
import unicodedata
from collections.abc import Iterator

from esmock.errors import IllegalArgument, PatternSyntax, Unsupported

_FLAGS = {
    "CASE_INSENSITIVE": re.IGNORECASE,
    "MULTILINE": re.MULTILINE,
    "DOTALL": re.DOTALL,
    "COMMENTS": re.VERBOSE,
    "UNICODE_CASE": 0,
    "CANON_EQ": 0,
    "UNIX_LINES": 0,
    "LITERAL": 0,
    "UNICODE_CHAR_CLASS": 0,
    "UNICODE_CHARACTER_CLASS": 0,
}
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
_LETTERS_OF_JAVA = {"javaLowerCase": "Ll", "javaUpperCase": "Lu", "javaLetter": "L", "javaDigit": "Nd"}
_ESCAPES = {
    "h": "[ \\t\\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000]",
    "R": "(?:\\r\\n|[\\n\\x0b\\f\\r\\x85\\u2028\\u2029])",
    "e": "\\x1b",
    "z": "\\Z",
    "Z": "(?=\\n?\\Z)",
}


@functools.cache
def _category(name: str) -> str:
    """The inside of a character class for a Unicode category or one-letter group."""
    out: list[str] = []
    start: int | None = None
    for point in range(sys.maxunicode + 2):
        inside = point <= sys.maxunicode and unicodedata.category(chr(point)).startswith(name)
        if inside and start is None:
            start = point
        elif not inside and start is not None:
            out.append(f"\\U{start:08x}" + (f"-\\U{point - 1:08x}" if point - 1 > start else ""))
            start = None
    return "".join(out)


def _property(name: str) -> str:
    name = name.removeprefix("Is")
    if name in _POSIX:
        return _POSIX[name]
    if name in ("Alphabetic", "L1"):
        name = "L"
    name = _LETTERS_OF_JAVA.get(name, name)
    found = _category(name) if len(name) <= 2 else ""
    if not found:
        raise Unsupported(f"the character property {name} in a regular expression")
    return found


def parse_flags(text: str | None) -> int:
    """``CASE_INSENSITIVE|COMMENTS`` as Python's flags. Raises IllegalArgument."""
    flags = 0
    for name in (text or "").split("|"):
        if not name:
            continue
        if name.strip().upper() not in _FLAGS:
            raise IllegalArgument(f"Unknown regex flag [{name}]")
        flags |= _FLAGS[name.strip().upper()]
    return flags


def _translate(pattern: str) -> str:
    out: list[str] = []
    at, depth = 0, 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\" and at + 1 < len(pattern):
            piece, at = _escape(pattern, at + 1, depth > 0)
            out.append(piece)
            continue
        if char == "[":
            depth += 1
            if depth > 1:
                raise Unsupported("nested character classes in regular expressions")
        elif char == "]" and depth:
            depth -= 1
        elif depth and pattern.startswith("&&", at):
            raise Unsupported("intersections of character classes in regular expressions")
        elif pattern.startswith("(?<", at) and pattern[at + 3 : at + 4] not in "=!":
            out.append("(?P<")
            at += 3
            continue
        out.append(char)
        at += 1
    return "".join(out)


def _escape(pattern: str, at: int, in_class: bool) -> tuple[str, int]:
    char = pattern[at]
    if char in "pP":
        end = pattern.index("}", at) if pattern[at + 1 : at + 2] == "{" else at + 1
        name = pattern[at + 2 : end] if end > at + 1 else pattern[at + 1]
        inside = _property(name)
        if char == "p":
            return (inside if in_class else f"[{inside}]"), end + 1
        if in_class:
            raise Unsupported("negated properties in character classes")
        return f"[^{inside}]", end + 1
    if char == "Q":
        end = pattern.find("\\E", at)
        end = len(pattern) if end < 0 else end
        return re.escape(pattern[at + 1 : end]), min(end + 2, len(pattern))
    if char in _ESCAPES and not in_class:
        return _ESCAPES[char], at + 1
    if char == "k" and pattern[at + 1 : at + 2] == "<":
        end = pattern.index(">", at)
        return f"(?P={pattern[at + 2 : end]})", end + 1
    if char.isascii() and (char.isdigit() or char in "dDwWsSbBAntrfvxu"):
        return "\\" + char, at + 1
    if char == "a":
        return "\\x07", at + 1
    return re.escape(char), at + 1


_MESSAGES = (
    ("unterminated character set", lambda pattern, at: ("Unclosed character class", len(pattern) - 1)),
    ("missing )", lambda pattern, at: ("Unclosed group", len(pattern))),
    ("unbalanced parenthesis", lambda pattern, at: ("Unmatched closing ')'", max(at - 1, 0) or None)),
    ("nothing to repeat", lambda pattern, at: (f"Dangling meta character '{pattern[at]}'", at)),
    ("multiple repeat", lambda pattern, at: (f"Dangling meta character '{pattern[at]}'", at)),
)


@functools.cache
def compile_java(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """The pattern, matching as Java's does: classes and case of ASCII only.

    Raises:
        PatternSyntax: with Java's text.
        Unsupported: for what Python cannot say.
    """
    translated = _translate(pattern)
    try:
        return re.compile(translated, flags | re.ASCII)
    except re.error as error:
        for text, describe in _MESSAGES:
            if error.msg.startswith(text) and translated == pattern:
                message, at = describe(pattern, error.pos or 0)
                where = f" near index {at}" if at is not None else ""
                arrow = f"\n{' ' * at}^" if at is not None and at < len(pattern) else ""
                raise PatternSyntax(f"{message}{where}\n{pattern}{arrow}") from None
        raise Unsupported(f"the regular expression {pattern}") from None


def find_all(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Matches in turn as Java finds them: behind an empty one the search goes on a character further."""
    if pattern.match("") is None:
        yield from pattern.finditer(text)
        return
    at = 0
    while at <= len(text):
        match = pattern.search(text, at)
        if match is None:
            return
        yield match
        at = match.end() + (match.end() == match.start())


_GROUP = re.compile(r"\\(.)|\$(\d)|\$\{(\w+)\}|([^\\$]+)", re.DOTALL)


def compile_replacement(text: str, pattern: re.Pattern[str]) -> list[str | int]:
    """Java's replacement as literal texts and group numbers."""
    out: list[str | int] = []
    at = 0
    while at < len(text):
        match = _GROUP.match(text, at)
        if match is None:
            raise IllegalArgument("Illegal group reference")
        at = match.end()
        if match[2]:
            number = int(match[2])
            # Java takes further digits as long as such a group exists.
            while at < len(text) and text[at].isdigit() and number * 10 + int(text[at]) <= pattern.groups:
                number = number * 10 + int(text[at])
                at += 1
            out.append(number)
        elif match[3]:
            out.append(pattern.groupindex[match[3]])
        else:
            out.append(match[1] or match[4])
    return out


def expand(parts: list[str | int], match: re.Match[str]) -> str:
    """A replacement for one match."""
    return "".join(part if isinstance(part, str) else (match[part] or "") for part in parts)
