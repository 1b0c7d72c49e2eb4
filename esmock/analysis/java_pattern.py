"""Java's regular expressions by way of Python's, or of the library ``regex`` where they need more.

Differs: text is counted in characters, not in UTF-16 units; a few rare escapes are refused with 501.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator

from esmock.analysis.bounded_pattern import bounded, timed
from esmock.analysis.java_syntax import Translator
from esmock.errors import IllegalArgument

_LETTERS = {
    "CASE_INSENSITIVE": "i",
    "MULTILINE": "m",
    "DOTALL": "s",
    "COMMENTS": "x",
    "UNICODE_CASE": "u",
    "CANON_EQ": "",
    "UNIX_LINES": "d",
    "LITERAL": "l",
    "UNICODE_CHAR_CLASS": "uU",
    "UNICODE_CHARACTER_CLASS": "uU",
}


def parse_flags(text: str | None) -> str:
    """``CASE_INSENSITIVE|COMMENTS`` as letters for ``compile_java``. Raises IllegalArgument."""
    letters = ""
    for name in (text or "").split("|"):
        if not name:
            continue
        name = name.strip().upper()
        if name not in _LETTERS:
            raise IllegalArgument(f"Unknown regex flag [{name}]")
        letters += _LETTERS[name]
    return letters


@functools.cache
def compile_java(pattern: str, flags: str = "") -> re.Pattern[str]:
    """The pattern, matching as Java's does: classes and case of ASCII only, unless flags say otherwise.

    Args:
        flags: letters as in ``(?i)``; ``l``: no character is special.

    Raises:
        PatternSyntax: with Java's text.
        Unsupported: for what Python cannot say.
    """
    python = (re.IGNORECASE if "i" in flags else 0) | (0 if "u" in flags else re.ASCII)
    if "l" in flags:
        return re.compile(re.escape(pattern), python)
    translator = Translator(pattern, flags)
    translated = translator.translate()
    try:
        return bounded(re.compile(translated, python), pattern)
    except re.error:
        return timed(translated, python, pattern)


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


def replace_all(
    pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str], text: str, count: int = 0
) -> str:
    """The text with its matches replaced, at most ``count`` of them if that is not 0."""
    out, at = [], 0
    for done, match in enumerate(find_all(pattern, text), 1):
        out += [text[at : match.start()], replacement(match)]
        at = match.end()
        if done == count:
            break
    return "".join(out) + text[at:]
