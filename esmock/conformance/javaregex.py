"""Java regular expressions, carried out by Python's ``re``.

The pattern is parsed as ``java.util.regex`` parses it and written anew, so whitespace and comments of the extended
flavour are gone before Python sees it. What Python cannot do (look-behind of varying length, ``\\G``) is refused, never
approximated.

Source: documentation of java.util.regex.Pattern and Matcher; behaviour tried on Java 17.
Differs: ``\\b`` looks at Unicode letters, as Java 17 and older do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from esmock.conformance import javaclass
from esmock.conformance.javaclass import LINE_ENDS, PatternError

__all__ = ["JavaPattern", "PatternError", "compile", "replace_all"]

_DOLLAR = r"(?=\r\n\Z|(?<!\r)\n\Z|[\r\x85\u2028\u2029]\Z|\Z)"
_LINE_START = rf"(?:(?<!(?s:.))|(?<=[{LINE_ENDS}])(?<!\r(?=\n))(?!\Z))"
_LINE_END = r"(?:(?<!\r)(?=\n)|(?=[\r\x85\u2028\u2029])|\Z)"
_ANCHORS = {"b": r"(?u:\b)", "B": r"(?u:\B)", "A": r"\A", "Z": _DOLLAR, "z": r"\Z"}
_QUANTIFIERS = "?*+{"


@dataclass(frozen=True, slots=True)
class Flags:
    """The inline flags in force at one place of a pattern."""

    comments: bool = False
    ignore_case: bool = False
    unicode_case: bool = False
    multiline: bool = False
    dot_all: bool = False
    unix_lines: bool = False


_FLAG_NAMES = {
    "i": "ignore_case",
    "u": "unicode_case",
    "m": "multiline",
    "s": "dot_all",
    "d": "unix_lines",
    "x": "comments",
}


@dataclass(frozen=True, slots=True)
class JavaPattern:
    """A compiled Java pattern."""

    source: str
    python: re.Pattern[str]

    def find(self, text: str) -> bool:
        """Whether the pattern occurs in the text."""
        return self.python.search(text) is not None

    def matches(self, text: str) -> bool:
        """Whether the pattern matches the whole text."""
        return self.python.fullmatch(text) is not None

    def replace_all(self, replacement: str, text: str) -> str:
        """``Matcher.replaceAll``; a bad replacement is an error only when something matches."""
        return self.python.sub(lambda found: expand(replacement, found), text)


def compile(pattern: str, *, comments: bool = False) -> JavaPattern:
    """Compile a Java pattern.

    Args:
        pattern: Java syntax.
        comments: Java's extended flag: whitespace and ``#`` comments do not count, also inside classes.

    Raises:
        PatternError: Java refuses the pattern, or Python cannot express it.
    """
    translated = translate(pattern, comments=comments)
    try:
        return JavaPattern(pattern, re.compile(translated, re.ASCII))
    except (re.error, OverflowError) as error:
        raise PatternError(f"cannot express the Java pattern [{pattern}]: {error}") from None


def replace_all(pattern: str, replacement: str, text: str) -> str:
    """``String.replaceAll``."""
    return compile(pattern).replace_all(replacement, text)


def translate(pattern: str, *, comments: bool = False) -> str:
    """The Python pattern, to be compiled with ``re.ASCII`` alone, that means the same."""
    parser = _Parser(_unquote(pattern), Flags(comments=comments))
    translated = parser.alternatives()
    if parser.position < len(parser.text):
        raise parser.error("unmatched closing ')'")
    return translated


def expand(replacement: str, found: re.Match[str]) -> str:
    """A Java replacement string, filled from a match."""
    out: list[str] = []
    position = 0
    while position < len(replacement):
        char = replacement[position]
        position += 1
        if char == "\\":
            if position == len(replacement):
                raise PatternError("character to be escaped is missing")
            out.append(replacement[position])
            position += 1
        elif char == "$":
            text, position = _group(replacement, position, found)
            out.append(text)
        else:
            out.append(char)
    return "".join(out)


def _group(replacement: str, position: int, found: re.Match[str]) -> tuple[str, int]:
    """The text of the group reference behind a dollar, and the position after it."""
    if named := re.compile(r"\{([a-zA-Z][a-zA-Z0-9]*)\}").match(replacement, position):
        if named[1] not in found.re.groupindex:
            raise PatternError(f"no group with name <{named[1]}>")
        return found[named[1]] or "", named.end()
    if position == len(replacement) or replacement[position] not in "0123456789":
        raise PatternError("illegal group reference")
    number = int(replacement[position])
    if number > found.re.groups:
        raise PatternError(f"no group {number}")
    position += 1
    while position < len(replacement) and replacement[position] in "0123456789":
        longer = number * 10 + int(replacement[position])
        if longer > found.re.groups:
            break
        number, position = longer, position + 1
    return found[number] or "", position


def _unquote(pattern: str) -> str:
    """Write ``\\Q...\\E`` as escapes, as Java does before it parses."""
    out: list[str] = []
    position = 0
    while position < len(pattern):
        if pattern.startswith("\\Q", position):
            end = pattern.find("\\E", position + 2)
            quoted = pattern[position + 2 : None if end < 0 else end]
            out += (c if c.isalnum() or ord(c) > 127 else "\\" + c for c in quoted)
            position = len(pattern) if end < 0 else end + 2
        else:
            width = 2 if pattern[position] == "\\" else 1
            out.append(pattern[position : position + width])
            position += width
    return "".join(out)


class _Parser:
    """A recursive descent over one pattern. Every method returns Python syntax."""

    def __init__(self, text: str, flags: Flags) -> None:
        self.text, self.flags, self.position = text, flags, 0
        self.groups = 0
        self.names: set[str] = set()

    def error(self, message: str) -> PatternError:
        return PatternError(f"{message} at {self.position} of the Java pattern [{self.text}]")

    def peek(self) -> str:
        """The next character that counts, or '' at the end."""
        if self.flags.comments:
            self.position = javaclass.skip_comments(self.text, self.position, self.flags.unix_lines)
        return self.text[self.position : self.position + 1]

    def take(self, expected: str) -> bool:
        if self.text.startswith(expected, self.position):
            self.position += len(expected)
            return True
        return False

    def alternatives(self) -> str:
        """Everything up to the end of the enclosing group; inline flags end there too."""
        outer = self.flags
        branches = [self.sequence()]
        while self.peek() == "|":
            self.position += 1
            branches.append(self.sequence())
        self.flags = outer
        return "|".join(branches)

    def sequence(self) -> str:
        out: list[str] = []
        while (char := self.peek()) and char not in "|)":
            out.append(self.quantified(char))
        return "".join(out)

    def quantified(self, char: str) -> str:
        if char in _QUANTIFIERS:
            raise self.error("illegal repetition" if char == "{" else f"dangling meta character '{char}'")
        atom = self.cased(self.atom(char))
        quantifier = self.quantifier()
        if quantifier and not atom:
            raise self.error("nothing to repeat")
        if quantifier and (follows := self.peek()) and follows in _QUANTIFIERS:
            raise self.error(f"dangling meta character '{follows}'")
        if quantifier and atom in (r"\A", r"\Z"):
            atom = f"(?:{atom})"
        return atom + quantifier

    def cased(self, atom: str) -> str:
        """The atom under the case flags in force, which Python can only scope."""
        if not atom or not self.flags.ignore_case:
            return atom
        return f"(?{'iu' if self.flags.unicode_case else 'i'}:{atom})"

    def quantifier(self) -> str:
        char = self.peek()
        if char == "{":
            found = re.compile(r"\{\d+(?:,\d*)?\}").match(self.text, self.position)
            if not found:
                raise self.error("illegal repetition")
            quantifier, self.position = found[0], found.end()
        elif char and char in "?*+":
            quantifier = char
            self.position += 1
        else:
            return ""
        if (mode := self.peek()) and mode in "?+":
            self.position += 1
            return quantifier + mode
        return quantifier

    def atom(self, char: str) -> str:
        self.position += 1
        if char == "(":
            return self.group()
        if char == "[":
            set_, self.position = javaclass.parse(self.text, self.position, self.flags.comments, self.flags.unix_lines)
            return set_
        if char == "\\":
            return self.escape()
        if char == ".":
            if self.flags.dot_all:
                return "(?s:.)"
            return r"[^\n]" if self.flags.unix_lines else f"[^{LINE_ENDS}]"
        if char == "^":
            return _LINE_START if self.flags.multiline else r"\A"
        if char == "$":
            return _LINE_END if self.flags.multiline else _DOLLAR
        return javaclass.literal(char)

    def escape(self) -> str:
        char = self.text[self.position : self.position + 1]
        if char in _ANCHORS and char:
            self.position += 1
            return _ANCHORS[char]
        if char == "R":
            self.position += 1
            return r"(?:\r\n|[\n\x0b\x0c\r\x85\u2028\u2029])"
        if char == "k":
            return self.named_reference()
        if char and char in "123456789":
            return self.numbered_reference()
        atom, self.position = javaclass.escape(self.text, self.position)
        return atom

    def named_reference(self) -> str:
        found = re.compile(r"k<([a-zA-Z][a-zA-Z0-9]*)>").match(self.text, self.position)
        if not found or found[1] not in self.names:
            raise self.error("\\k is not followed by the name of an earlier group")
        self.position = found.end()
        return f"(?P={found[1]})"

    def numbered_reference(self) -> str:
        number = int(self.text[self.position])
        self.position += 1
        while (digit := self.text[self.position : self.position + 1]) and digit in "0123456789":
            if number * 10 + int(digit) > self.groups:
                break
            number, self.position = number * 10 + int(digit), self.position + 1
        # Java: a reference to a group that does not exist (yet) never matches
        return f"(?:\\{number})" if number <= self.groups else "(?!)"

    def group(self) -> str:
        outer = self.flags
        if self.peek() != "?":
            self.groups += 1
            return self.closed("(", outer)
        self.position += 1
        for opening in ("?:", "?=", "?!", "?>", "?<=", "?<!"):
            if self.take(opening[1:]):
                return self.closed("(" + opening, outer)
        if self.take("<"):
            return self.named_group(outer)
        return self.inline_flags(outer)

    def named_group(self, outer: Flags) -> str:
        found = re.compile(r"([a-zA-Z][a-zA-Z0-9]*)>").match(self.text, self.position)
        if not found or found[1] in self.names:
            raise self.error("bad or repeated group name")
        self.position = found.end()
        self.groups += 1
        self.names.add(found[1])
        return self.closed(f"(?P<{found[1]}>", outer)

    def inline_flags(self, outer: Flags) -> str:
        found = re.compile(r"([iumsdx]*)(?:-([iumsdx]*))?([:)])").match(self.text, self.position)
        if not found:
            raise self.error("unknown inline modifier or group")
        self.position = found.end()
        changes = {_FLAG_NAMES[name]: True for name in found[1]} | {_FLAG_NAMES[name]: False for name in found[2] or ""}
        self.flags = replace(self.flags, **changes)
        return self.closed("(?:", outer) if found[3] == ":" else ""

    def closed(self, opening: str, outer: Flags) -> str:
        # the case flags are written at every atom, so a group carries none of its own
        inner = self.alternatives()
        if self.text[self.position : self.position + 1] != ")":
            raise self.error("unclosed group")
        self.position += 1
        self.flags = outer
        return f"{opening}{inner})"
