"""Java's regular expressions by way of Python's.

Differs: scripts, blocks and a few rare escapes are refused with 501.
"""

from __future__ import annotations

import functools
import re
import sys
import unicodedata
from collections.abc import Iterator

from esmock.analysis.bounded_pattern import bounded
from esmock.errors import ApiError, IllegalArgument, IndexOutOfBounds, PatternSyntax, Unsupported

_LITERAL, _UNICODE = 1 << 30, 1 << 31
"""Flags that Python does not have: no character is special; classes are those of Unicode."""
_FLAGS = {
    "CASE_INSENSITIVE": re.IGNORECASE,
    "MULTILINE": re.MULTILINE,
    "DOTALL": re.DOTALL,
    "COMMENTS": re.VERBOSE,
    "UNICODE_CASE": 0,
    "CANON_EQ": 0,
    "UNIX_LINES": 0,
    "LITERAL": _LITERAL,
    "UNICODE_CHAR_CLASS": _UNICODE,
    "UNICODE_CHARACTER_CLASS": _UNICODE,
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
_BLANK = " \\t\\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000"
_VERTICAL = "\\n\\x0b\\f\\r\\x85\\u2028\\u2029"
_CLASSES = {"h": _BLANK, "H": "^" + _BLANK, "v": _VERTICAL, "V": "^" + _VERTICAL}
_PLAIN = {"a": "\\x07", "e": "\\x1b"}
_ESCAPES = {
    "R": "(?:\\r\\n|[\\n\\x0b\\f\\r\\x85\\u2028\\u2029])",
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


class _UnknownProperty(Exception):
    """No such thing in Java."""


def _property(name: str) -> str:
    given, name = name, name.removeprefix("Is")
    if name in _POSIX:
        return _POSIX[name]
    if name in ("Alphabetic", "L1"):
        name = "L"
    name = _LETTERS_OF_JAVA.get(name, name)
    found = _category(name) if len(name) <= 2 else ""
    if not found and name == given and name.isalnum() and not name.startswith(("In", "java")):
        raise _UnknownProperty(name)
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
    """As Python writes it. Raises PatternSyntax, Unsupported."""
    out: list[str] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            if at + 1 == len(pattern):
                raise _syntax("Unexpected internal error", at + 1, pattern)
            piece, at = _escape(pattern, at + 1)
            out.append(piece)
            continue
        if char == "[":
            piece, at = _class(pattern, at + 1)
            out.append(piece)
            continue
        if pattern.startswith("(?", at):
            piece, at = _special_group(pattern, at + 2)
            out.append(piece)
            continue
        if char == "{":
            _check_repetition(pattern, at)
        out.append(char)
        at += 1
    return "".join(out)


_REPETITION = re.compile(r"\{(\d+)(,?)(\d*)(\}?)")


def _check_repetition(pattern: str, at: int) -> None:
    """Raises PatternSyntax."""
    match = _REPETITION.match(pattern, at)
    if match is None:
        raise _syntax("Illegal repetition", at + 1 if at else None, pattern)
    if not match[4] or (match[3] and not match[2]):
        raise _syntax("Unclosed counted closure", match.end(), pattern)
    if match[3] and int(match[3]) < int(match[1]):
        raise _syntax("Illegal repetition range", match.end() - 1, pattern)


_GROUP_NAME = re.compile("[A-Za-z][A-Za-z0-9]*")


def _special_group(pattern: str, at: int) -> tuple[str, int]:
    """What stands behind ``(?``."""
    if pattern.startswith("<", at) and pattern[at + 1 : at + 2] not in ("=", "!"):
        name = _GROUP_NAME.match(pattern, at + 1)
        if name is None:
            raise _syntax("capturing group name does not start with a Latin letter", at + 1, pattern)
        if not pattern.startswith(">", name.end()):
            raise _syntax("named capturing group is missing trailing '>'", name.end(), pattern)
        return f"(?P<{name[0]}>", name.end() + 1
    if pattern[at : at + 1] not in tuple(":=!><idmsuxU-"):
        raise _syntax("Unknown inline modifier", at, pattern)
    return "(?", at


class _Members:
    """What a character class lists between ``&&``: ``body`` as Python's classes say it, ``sets`` of their own beside it."""

    def __init__(self) -> None:
        self.body = ""
        self.sets: list[str] = []

    def add(self, item: str) -> None:
        """Take what an escape stands for: one character, a class, or the inside of one."""
        if item.startswith("["):
            self.sets.append(item)
        else:
            self.body += item

    def expression(self) -> str:
        parts = [f"[{self.body}]"] if self.body else []
        parts += self.sets
        return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


def _class(pattern: str, at: int) -> tuple[str, int]:
    """A character class that begins before ``at``; nested ones and intersections become choices and looks ahead."""
    negated = pattern.startswith("^", at)
    at += negated
    all_of = [_Members()]
    start = at
    while not pattern.startswith("]", at) or at == start:
        if at >= len(pattern):
            raise _syntax("Unclosed character class", len(pattern) - 1, pattern)
        now = all_of[-1]
        if pattern.startswith("&&", at):
            all_of.append(_Members())
            at += 2
        elif pattern[at] == "[":
            nested, at = _class(pattern, at + 1)
            now.sets.append(nested)
        else:
            at = _member(pattern, at, now)
    operands = [one for one in all_of if one.body or one.sets]
    if len(operands) == 1 and not operands[0].sets:
        return f"[{'^' if negated else ''}{operands[0].body}]", at + 1
    *before, last = [one.expression() for one in operands]
    whole = "".join(f"(?={one})" for one in before) + last
    return (f"(?:(?!{whole})[\\s\\S])" if negated else f"(?:{whole})"), at + 1


def _member(pattern: str, at: int, members: _Members) -> int:
    """Take a character, a range or an escape of a class; returns where it ends."""
    first, end = _item(pattern, at)
    if not pattern.startswith("-", end) or pattern[end + 1 : end + 2] in ("", "]", "["):
        members.add(first)
        return end
    if not _is_single(first):
        # behind a class a dash means itself
        members.add(first)
        members.add("\\-")
        return end + 1
    last, behind = _item(pattern, end + 1)
    if not _is_single(last) or _code(first) > _code(last):
        raise _syntax("Illegal character range", behind - 1, pattern)
    members.add(f"{first}-{last}")
    return behind


def _item(pattern: str, at: int) -> tuple[str, int]:
    if pattern[at] == "\\" and at + 1 < len(pattern):
        return _escape(pattern, at + 1, in_class=True)
    return ("\\]" if pattern[at] == "]" else pattern[at]), at + 1


def _is_single(item: str) -> bool:
    return re.fullmatch(r"[^\\]|\\([^dDwWsSxu0-9]|x..|u....|[0-9]+)", item, re.DOTALL) is not None


def _code(item: str) -> int:
    """The code point of a single character as Python's patterns write it."""
    if len(item) == 1:
        return ord(item)
    if item[1] in "xu":
        return int(item[2:], 16)
    return ord({"n": "\n", "t": "\t", "r": "\r", "f": "\f"}.get(item[1], item[1]))


_OCTAL = re.compile("0([0-3]?[0-7]{1,2})")
_CODE = re.compile("x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}")
_OPENING = re.compile(r"(?<!\\)\((?!\?)|\(\?<(?![=!])")
_HEXADECIMAL = re.compile(r"x\{([0-9a-fA-F]+)\}")


def _escape(pattern: str, at: int, *, in_class: bool = False) -> tuple[str, int]:
    """What stands behind a backslash: Python's form of it, and where it ends."""
    char = pattern[at]
    if char in "pP":
        return _property_escape(pattern, at, in_class=in_class)
    if char == "Q":
        end = pattern.find("\\E", at)
        end = len(pattern) if end < 0 else end
        return re.escape(pattern[at + 1 : end]), min(end + 2, len(pattern))
    if char in _CLASSES:
        return f"[{_CLASSES[char]}]", at + 1
    if char in _ESCAPES and not in_class:
        return _ESCAPES[char], at + 1
    if char == "k" and pattern[at + 1 : at + 2] == "<":
        end = pattern.find(">", at)
        name = pattern[at + 2 : end]
        if f"(?<{name}>" not in pattern[:at]:
            raise _syntax(f"named capturing group <{name}> does not exist", end, pattern)
        return f"(?P={name})", end + 1
    if char in "123456789" and int(char) > len(_OPENING.findall(pattern)):
        # a group that is not there never matches
        return "(?!)", at + 1
    if char in "xu" and not _CODE.match(pattern, at) and not _HEXADECIMAL.match(pattern, at):
        kind = "hexadecimal" if char == "x" else "Unicode"
        raise _syntax(f"Illegal {kind} escape sequence", min(at + (2 if char == "x" else 3), len(pattern)), pattern)
    code = _OCTAL.match(pattern, at) or _HEXADECIMAL.match(pattern, at)
    if code:
        return re.escape(chr(int(code[1], 8 if char == "0" else 16))), code.end()
    if char == "c" and at + 1 < len(pattern):
        return re.escape(chr(ord(pattern[at + 1]) ^ 64)), at + 2
    if char.isascii() and (char.isdigit() or char in "dDwWsSbBAntrfxu"):
        return "\\" + char, at + 1
    if char in _PLAIN:
        return _PLAIN[char], at + 1
    if char.isascii() and char.isalpha():
        if char in "GNXZzR":
            raise Unsupported(f"\\{char} in a regular expression")
        raise _syntax("Illegal/unsupported escape sequence", at, pattern)
    return re.escape(char), at + 1


def _property_escape(pattern: str, at: int, *, in_class: bool) -> tuple[str, int]:
    """``\\p{..}`` and ``\\P{..}``."""
    char = pattern[at]
    has_braces = pattern.startswith("{", at + 1)
    end = pattern.find("}", at) if has_braces else at + 1
    if end < 0:
        raise _syntax("Unclosed character family", len(pattern), pattern)
    try:
        inside = _property(pattern[at + 2 : end] if has_braces else pattern[at + 1])
    except _UnknownProperty as error:
        raise _syntax(f"Unknown character property name {{{error}}}", end, pattern) from None
    if char == "P":
        return f"[^{inside}]", end + 1
    return (inside if in_class else f"[{inside}]"), end + 1


def _syntax(message: str, at: int | None, pattern: str) -> PatternSyntax:
    """Java's error for a place in a pattern; None: it names no place."""
    where = f" near index {at}" if at is not None else ""
    arrow = f"\n{' ' * at}^" if at is not None and at < len(pattern) else ""
    return PatternSyntax(f"{message}{where}\n{pattern}{arrow}")


_MESSAGES = (
    ("missing )", lambda pattern, at: ("Unclosed group", len(pattern))),
    ("unbalanced parenthesis", lambda pattern, at: ("Unmatched closing ')'", at - 1 if at else None)),
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
    translated = re.escape(pattern) if flags & _LITERAL else _translate(pattern)
    try:
        found = re.compile(translated, (flags & (_LITERAL - 1)) | (0 if flags & _UNICODE else re.ASCII))
    except re.error as error:
        for text, describe in _MESSAGES:
            if error.msg.startswith(text) and translated == pattern:
                message, at = describe(pattern, error.pos or 0)
                raise _syntax(message, at, pattern) from None
        raise Unsupported(f"the regular expression {pattern}") from None
    return found if flags & _LITERAL else bounded(found, pattern)


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


_GROUP = re.compile(r"\\(.)|\$([0-9])|\$\{([A-Za-z][A-Za-z0-9]*)\}|([^\\$]+)", re.DOTALL)
Replacement = list[str | int | ApiError]
"""Literal texts, group numbers, and what goes wrong once a match is to be replaced."""


def compile_replacement(text: str, pattern: re.Pattern[str]) -> Replacement:
    """Java's replacement."""
    out: Replacement = []
    at = 0
    while at < len(text):
        match = _GROUP.match(text, at)
        if match is None:
            return [*out, _bad_reference(text[at:])]
        at = match.end()
        if match[2]:
            number = int(match[2])
            if number > pattern.groups:
                return [*out, IndexOutOfBounds(f"No group {number}")]
            # Java takes further digits as long as such a group exists.
            while at < len(text) and text[at] in _DIGITS and number * 10 + int(text[at]) <= pattern.groups:
                number = number * 10 + int(text[at])
                at += 1
            out.append(number)
        elif match[3]:
            if match[3] not in pattern.groupindex:
                return [*out, IllegalArgument(f"No group with name {{{match[3]}}}")]
            out.append(pattern.groupindex[match[3]])
        else:
            out.append(match[1] or match[4])
    return out


_DIGITS = "0123456789"


def _bad_reference(rest: str) -> IllegalArgument:
    """What Java says of a replacement that goes on with a lonely backslash or dollar."""
    if rest == "\\":
        return IllegalArgument("character to be escaped is missing")
    if rest == "$":
        return IllegalArgument("Illegal group reference: group index is missing")
    if not rest.startswith("${"):
        return IllegalArgument("Illegal group reference")
    name = re.match(r"[A-Za-z0-9]*", rest[2:])[0]  # type: ignore[index]
    if not name:
        return IllegalArgument("named capturing group has 0 length name")
    if not rest.startswith("}", 2 + len(name)):
        return IllegalArgument("named capturing group is missing trailing '}'")
    return IllegalArgument(f"capturing group name {{{name}}} starts with digit character")


def expand(parts: Replacement, match: re.Match[str]) -> str:
    """A replacement for one match. Raises IllegalArgument, IndexOutOfBounds."""
    out = ""
    for part in parts:
        if isinstance(part, ApiError):
            raise part
        out += part if isinstance(part, str) else match[part] or ""
    return out
