"""java.util.regex: patterns translated for Python's engine, with Elasticsearch's limit on characters considered.

Differs: a pattern whose repetitions nest could run for ever in Python's engine and is refused as unsupported on texts where the
original's character limit would have stopped it.
"""

from __future__ import annotations

import re
from typing import Any

from esmock import errors
from esmock.analysis.bounded_pattern import bounded
from esmock.errors import Unsupported
from esmock.script.painless.failure import CompileFailure
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.utf16 import unit_index
from esmock.script.painless.runtime.values import JavaArray, text_of

_FLAGS = {"i": 2, "m": 8, "s": 32, "u": 64, "x": 4, "c": 128, "l": 16, "U": 256, "d": 1}
_PYTHON = {2: re.IGNORECASE, 8: re.MULTILINE, 32: re.DOTALL, 4: re.VERBOSE}
_CLASSES = {
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Upper": "A-Z",
    "Lower": "a-z",
    "Punct": r"!-/:-@\[-`{-~",
    "Space": r" \t\n\x0b\f\r",
    "XDigit": "0-9a-fA-F",
    "ASCII": r"\x00-\x7f",
    "Blank": r" \t",
    "Cntrl": r"\x00-\x1f\x7f",
    "Graph": "!-~",
    "Print": " -~",
}
_SHORT = {"h": r" \t\xa0", "R": r"\r\n\x0b\f"}
NO_TEXT = 'Cannot invoke "java.lang.CharSequence.length()" because "this.wrapped" is null'


class Regexes:
    """Settings of regular expressions: enabled ``true``, ``false`` or ``limited``, and the limit factor."""

    def __init__(self, enabled: str = "limited", factor: int = 6) -> None:
        self.enabled, self.factor = enabled, factor


def translate(pattern: str, flags: int = 0) -> str:
    """A Java pattern in Python's syntax. Raises PatternSyntax where Java does (common cases)."""
    out: list[str] = []
    at = 0
    in_class = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            piece, at = _escape(pattern, at, in_class)
            out.append(piece)
            continue
        if char == "[":
            if in_class:
                raise Unsupported("nested character classes in a Java regular expression")
            in_class += 1
        elif char == "]" and in_class:
            in_class -= 1
        elif not in_class and pattern.startswith("(?<", at) and pattern[at + 3 : at + 4] not in "=!":
            out.append("(?P<")
            at += 3
            continue
        elif not in_class and char == "$" and not flags & 8:
            out.append(r"(?=\n?\Z)")
            at += 1
            continue
        elif in_class and pattern.startswith("&&", at):
            raise Unsupported("character class intersections in a Java regular expression")
        out.append(char)
        at += 1
    return "".join(out)


def _escape(pattern: str, at: int, in_class: int) -> tuple[str, int]:
    char = pattern[at + 1 : at + 2]
    if char in "pP" and char:
        found = re.match(r"\\[pP](?:\{(\w+)\}|(\w))", pattern[at:])
        name = (found[1] or found[2]).removeprefix("Is").removeprefix("java") if found else ""
        body = _CLASSES.get(name) or {"L": "a-zA-Z\xc0-\u024f", "Lu": "A-Z", "Ll": "a-z", "N": "0-9", "Nd": "0-9"}.get(name)
        if body is None or found is None:
            raise Unsupported(f"the character class \\p{{{name}}} in a regular expression")
        if in_class:
            return body, at + found.end()
        return f"[{'^' if char == 'P' else ''}{body}]", at + found.end()
    if char in "dwsDWS" and char:
        body = {"d": "0-9", "w": "a-zA-Z0-9_", "s": r" \t\n\x0b\f\r"}[char.lower()]
        if in_class:
            if char.isupper():
                raise Unsupported("negated shorthand inside a character class")
            return body, at + 2
        return f"[{'^' if char.isupper() else ''}{body}]", at + 2
    if char in _SHORT:
        return (_SHORT[char] if in_class else f"[{_SHORT[char]}]"), at + 2
    if char == "Q":
        end = pattern.find("\\E", at)
        body = pattern[at + 2 : end if end >= 0 else len(pattern)]
        return re.escape(body), (end + 2 if end >= 0 else len(pattern))
    if char == "z":
        return r"\Z", at + 2
    if char == "Z":
        return r"(?=\n?\Z)", at + 2
    if char == "k":
        found = re.match(r"\\k<(\w+)>", pattern[at:])
        return (f"(?P={found[1]})", at + found.end()) if found else ("\\k", at + 2)
    if char == "e":
        return r"\x1b", at + 2
    return pattern[at : at + 2], at + 2


class Pattern:
    """java.util.regex.Pattern."""

    java_class = "java.util.regex.Pattern"

    def __init__(self, source: str, flags: int = 0, regexes: Regexes | None = None) -> None:
        self.source, self.flags = source, flags
        self.regexes = regexes
        python = 0
        for bit, flag in _PYTHON.items():
            python |= flag if flags & bit else 0
        if not flags & 64 and python & re.IGNORECASE and source.isascii():
            python |= re.ASCII
        try:
            compiled = re.compile(re.escape(source) if flags & 16 else translate(source, flags), python)
        except re.error as e:
            raise t.PatternSyntax(_java_message(source, e)) from None
        self.compiled = compiled if flags & 16 else bounded(compiled, source)

    def j_pattern(self) -> str:
        return self.source

    j_toString = j_pattern

    def j_flags(self) -> int:
        return self.flags

    def j_matcher(self, text: Any) -> Matcher:
        if text is None:
            raise t.NullPointer(NO_TEXT)
        return Matcher(self, text_of(text))

    def j_split(self, text: Any, limit: int = 0) -> JavaArray:
        if text is None:
            raise t.NullPointer(NO_TEXT)
        text = text_of(text)
        parts: list[str] = []
        at = 0
        for found in self.compiled.finditer(text):
            if limit > 0 and len(parts) == limit - 1:
                break
            if found.end() == 0:
                continue
            parts.append(text[at : found.start()])
            at = found.end()
        if at == 0 and not parts:
            return JavaArray("java.lang.String", [text])
        parts.append(text[at:])
        if limit == 0:
            while parts and not parts[-1]:
                parts.pop()
        return JavaArray("java.lang.String", parts)

    def j_splitAsStream(self, text: Any) -> Any:
        from esmock.script.painless.runtime.streams import Stream

        return Stream(list(self.j_split(text)))

    def j_asPredicate(self) -> Any:
        return lambda text: self.compiled.search(text) is not None


def _java_message(source: str, error: re.error) -> str:
    position = error.pos or 0
    text = str(error)
    if "unterminated character set" in text:
        message, position = "Unclosed character class", len(source) - 1
    elif "missing )" in text:
        message, position = "Unclosed group", len(source)
    elif "nothing to repeat" in text:
        message = f"Dangling meta character '{source[position : position + 1]}'"
    elif "unbalanced parenthesis" in text:
        message, position = "Unmatched closing ')'", max(position - 1, 0)
    else:
        message = "Illegal/unsupported escape sequence"
    where = f"{message} near index {position}\n{source}"
    return where + ("\n" + " " * position + "^" if position < len(source) else "")


class Matcher:
    """java.util.regex.Matcher."""

    java_class = "java.util.regex.Matcher"

    def __init__(self, pattern: Pattern, text: str) -> None:
        self.pattern, self.text = pattern, text
        self.found: re.Match[str] | None = None
        self.at = 0
        self.appended = 0
        self.bounds = (0, len(text))
        self.anchoring, self.transparent = True, False

    def _window(self) -> str:
        """The text up to the end of the region."""
        return self.text[: self.bounds[1]]

    def j_matches(self) -> bool:
        self.found = self.pattern.compiled.fullmatch(self._window(), self.bounds[0])
        return self.found is not None

    def j_lookingAt(self) -> bool:
        self.found = self.pattern.compiled.match(self._window(), self.bounds[0])
        return self.found is not None

    def j_find(self, start: int | None = None) -> bool:
        if start is not None:
            if not 0 <= start <= len(self.text):
                raise t.IndexOutOfBounds("Illegal start index")
            self.at, self.bounds = start, (0, len(self.text))
        if self.at > self.bounds[1]:
            self.found = None
            return False
        self.found = self.pattern.compiled.search(self._window(), self.at)
        if self.found is None:
            self.at = len(self.text) + 1
            return False
        self.at = self.found.end() + (self.found.end() == self.found.start())
        return True

    def _match(self) -> re.Match[str]:
        if self.found is None:
            raise t.IllegalState("No match found")
        return self.found

    def j_group(self, which: int | str = 0) -> Any:
        match = self._match()
        if isinstance(which, str):
            if which not in match.re.groupindex:
                raise t.IllegalArgument(f"No group with name <{which}>")
        elif not 0 <= which <= match.re.groups:
            raise t.IndexOutOfBounds(f"No group {which}")
        return match.group(which)

    def j_groupCount(self) -> int:
        return self.pattern.compiled.groups

    def j_start(self, which: int | str = 0) -> int:
        return self._place(self._match_of(which).start(which))

    def j_end(self, which: int | str = 0) -> int:
        return self._place(self._match_of(which).end(which))

    def _place(self, at: int) -> int:
        return unit_index(self.text, at) if at > 0 else at

    def _match_of(self, which: int | str) -> re.Match[str]:
        if self.found is None:
            raise t.IllegalState("No match available")
        return self.found

    def j_toString(self) -> str:
        last = self.found.group() if self.found is not None else ""
        start, end = self.bounds
        return f"java.util.regex.Matcher[pattern={self.pattern.source} region={start},{end} lastmatch={last}]"

    def j_hitEnd(self) -> bool:
        return self.at >= len(self.text)

    def j_reset(self, text: Any = None) -> Matcher:
        self.found, self.at, self.appended = None, 0, 0
        if text is not None:
            self.text = text_of(text)
        self.bounds = (0, len(self.text))
        return self

    def j_region(self, start: int, end: int) -> Matcher:
        if not 0 <= start <= len(self.text):
            raise t.IndexOutOfBounds("start")
        if not 0 <= end <= len(self.text):
            raise t.IndexOutOfBounds("end")
        if start > end:
            raise t.IndexOutOfBounds("start > end")
        self.j_reset()
        self.bounds, self.at = (start, end), start
        return self

    def j_regionStart(self) -> int:
        return self.bounds[0]

    def j_regionEnd(self) -> int:
        return self.bounds[1]

    def j_hasAnchoringBounds(self) -> bool:
        return self.anchoring

    def j_useAnchoringBounds(self, use: bool) -> Matcher:
        self.anchoring = use
        return self

    def j_hasTransparentBounds(self) -> bool:
        return self.transparent

    def j_useTransparentBounds(self, use: bool) -> Matcher:
        self.transparent = use
        return self

    def j_usePattern(self, pattern: Pattern | None) -> Matcher:
        if pattern is None:
            raise t.IllegalArgument("Pattern cannot be null")
        self.pattern, self.found = pattern, None
        return self

    def j_namedGroup(self, name: str) -> Any:
        return self.j_group(name)

    def j_requireEnd(self) -> bool:
        return self.found is not None and "$" in self.pattern.source and self.found.end() == len(self.text)

    def j_replaceAll(self, replacement: str) -> str:
        return self.pattern.compiled.sub(lambda match: expand(match, replacement), self.text)

    def j_replaceFirst(self, replacement: str) -> str:
        return self.pattern.compiled.sub(lambda match: expand(match, replacement), self.text, count=1)

    def j_pattern(self) -> Pattern:
        return self.pattern


def expand(match: re.Match[str], replacement: str) -> str:
    """A Java replacement text: ``$1``, ``${name}``, backslash escapes."""
    out: list[str] = []
    at = 0
    while at < len(replacement):
        char = replacement[at]
        if char == "\\":
            if at + 1 >= len(replacement):
                raise t.IllegalArgument("character to be escaped is missing")
            out.append(replacement[at + 1])
            at += 2
        elif char == "$":
            named = re.match(r"\$\{(\w+)\}", replacement[at:])
            number = re.match(r"\$(\d)", replacement[at:])
            if named:
                out.append(match.group(named[1]) or "")
                at += named.end()
            elif number:
                if int(number[1]) > match.re.groups:
                    raise t.IndexOutOfBounds(f"No group {number[1]}")
                out.append(match.group(int(number[1])) or "")
                at += 2
            else:
                raise t.IllegalArgument("Illegal group reference")
        else:
            out.append(char)
            at += 1
    return "".join(out)


def compile_pattern(source: str, letters: str, at: int, regexes: Regexes | None) -> Pattern:
    """A regex literal. Raises CompileFailure."""
    if regexes is not None and regexes.enabled == "false":
        reason = (
            "Regexes are disabled. Set [script.painless.regex.enabled] to [true] in elasticsearch.yaml to allow them. Be careful "
            "though, regexes break out of Painless's protection against deep recursion and long loops."
        )
        raise CompileFailure(at, errors.IllegalState(reason))
    flags = 0
    for letter in letters:
        flags |= _FLAGS[letter]
    try:
        return Pattern(source, flags, regexes)
    except t.PatternSyntax as e:
        index = re.search(r"near index (\d+)", str(e.message))
        reason = f"invalid regular expression: could not compile regex constant [{source}] with flags [{letters}]"
        error = errors.IllegalArgument(reason, cause=errors.PatternSyntax(e.message))
        raise CompileFailure(at + 1 + (int(index[1]) if index else 0), error) from None


def find(pattern: Pattern, text: Any) -> bool:
    """``=~``."""
    if text is None:
        raise t.NullPointer(NO_TEXT)
    return pattern.compiled.search(text) is not None


def match(pattern: Pattern, text: Any) -> bool:
    """``==~``."""
    if text is None:
        raise t.NullPointer(NO_TEXT)
    return pattern.compiled.fullmatch(text) is not None


def _replace(count: int) -> Any:
    def run(text: Any, pattern: Pattern, function: Any) -> str:
        def one(found: re.Match[str]) -> str:
            matcher = Matcher(pattern, text_of(text))
            matcher.found = found
            return text_of(function(matcher))

        return pattern.compiled.sub(one, text_of(text), count=count)

    return run


METHODS: dict[str, Any] = {
    "CharSequence.replaceAll/2": _replace(0),
    "CharSequence.replaceFirst/2": _replace(1),
}
STATICS: dict[str, Any] = {
    "Pattern.compile/1": Pattern,
    "Pattern.compile/2": Pattern,
    "Pattern.matches/2": lambda pattern, text: Pattern(pattern).j_matcher(text).j_matches(),
    "Pattern.quote/1": lambda text: f"\\Q{text}\\E",
    "Matcher.quoteReplacement/1": lambda text: text.replace("\\", "\\\\").replace("$", "\\$"),
}
CONSTANTS: dict[str, Any] = {
    "Pattern.CASE_INSENSITIVE": 2,
    "Pattern.MULTILINE": 8,
    "Pattern.DOTALL": 32,
    "Pattern.UNICODE_CASE": 64,
    "Pattern.CANON_EQ": 128,
    "Pattern.LITERAL": 16,
    "Pattern.COMMENTS": 4,
    "Pattern.UNIX_LINES": 1,
    "Pattern.UNICODE_CHARACTER_CLASS": 256,
}
