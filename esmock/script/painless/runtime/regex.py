"""java.util.regex: patterns translated for Python's engine, with Elasticsearch's limit on characters considered.

Differs: characters considered are not counted. Only a search that takes long, which takes repetitions that nest, breaks the limit;
on short texts Elasticsearch's limit stops plain patterns too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from esmock import errors
from esmock.analysis.bounded_pattern import Bounded
from esmock.analysis.java_pattern import compile_java, find_all, replace_all
from esmock.analysis.java_replacement import compile_replacement, expand
from esmock.script.painless.failure import CompileFailure
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.utf16 import unit_index
from esmock.script.painless.runtime.values import JavaArray, binary_name, class_of, miscast, text_of

_FLAGS = {"i": 2, "m": 8, "s": 32, "u": 64, "x": 4, "c": 128, "l": 16, "U": 256, "d": 1}
_LETTERS = {2: "i", 4: "x", 8: "m", 16: "l", 32: "s", 64: "u", 256: "uU"}
"""Java's bits as letters for ``compile_java``; the others change nothing here."""
_SHOWN = 64
_SECONDS = 0.2
"""After which a search has looked at more characters than the limit allows."""
NO_TEXT = 'Cannot invoke "java.lang.CharSequence.length()" because "this.wrapped" is null'


class Regexes:
    """Settings of regular expressions: enabled ``true``, ``false`` or ``limited``, and the limit factor."""

    def __init__(self, enabled: str = "limited", factor: int = 6) -> None:
        self.enabled, self.factor = enabled, factor


class Pattern:
    """java.util.regex.Pattern."""

    java_class = "java.util.regex.Pattern"

    def __init__(self, source: str, flags: int = 0, regexes: Regexes | None = None) -> None:
        self.source, self.flags = source, flags | (64 if flags & 256 else 0)
        self.regexes = regexes
        try:
            self.compiled = compile_java(source, "".join(letter for bit, letter in _LETTERS.items() if flags & bit))
        except errors.PatternSyntax as error:
            raise t.PatternSyntax(error.reason) from None
        if isinstance(self.compiled, Bounded) and regexes is not None and regexes.enabled == "limited":
            self.compiled = self.compiled.giving_up(self._considered_too_much, _SECONDS)

    def _considered_too_much(self, text: str) -> t.Throwable:
        assert self.regexes is not None
        factor = self.regexes.factor
        limit = factor * len(text)
        shown = text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
        error = t.CircuitBreaking(
            f"[scripting] Regular expression considered too many characters, pattern: [{self.source}], limit factor: [{factor}], "
            f"char limit: [{limit}], count: [{limit + 1}], wrapped: [{shown}], this limit can be changed by changed by the "
            "[script.painless.regex.limit-factor] setting"
        )
        error.extra = {"bytes_wanted": 0, "bytes_limit": 0, "durability": "TRANSIENT"}
        return error

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
        for found in find_all(self.compiled, text):
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
        return self._replaced(replacement, 0)

    def j_replaceFirst(self, replacement: str) -> str:
        return self._replaced(replacement, 1)

    def _replaced(self, replacement: str, count: int) -> str:
        compiled = self.pattern.compiled
        replacing = _replacing(compiled, replacement)

        def one(found: re.Match[str]) -> str:
            if count:
                # ES: the search for one stays where it is
                self.found = found
            return replacing(found)

        return replace_all(compiled, one, self.text, count)

    def j_pattern(self) -> Pattern:
        return self.pattern


def _replacing(pattern: re.Pattern[str], replacement: str) -> Callable[[re.Match[str]], str]:
    """What stands for a match: Java's replacement text with ``$1`` and ``${name}``."""
    parts = compile_replacement(replacement, pattern)

    def run(match: re.Match[str]) -> str:
        try:
            return expand(parts, match)
        except errors.IndexOutOfBounds as error:
            raise t.IndexOutOfBounds(error.reason) from None
        except errors.IllegalArgument as error:
            raise t.IllegalArgument(error.reason) from None

    return run


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
            new = function(matcher)
            if new is None:
                raise t.NullPointer('Cannot invoke "String.indexOf(int)" because "s" is null')
            if not isinstance(new, str):
                raise miscast(binary_name(class_of(new)), "java.lang.String")
            return text_of(new)

        return replace_all(pattern.compiled, one, text_of(text), count)

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
