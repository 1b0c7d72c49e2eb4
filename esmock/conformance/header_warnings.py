"""Warning headers of an answer against what a step announces.

Source: behaviour of the Java runner's DoSection; RFC 7234 form as Elasticsearch writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from esmock.conformance import javaregex
from esmock.conformance.dialect import Dialect
from esmock.conformance.place import StepError

_DATE = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT"
_FORM = re.compile(
    r"299 Elasticsearch-\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\d+)?(?:-SNAPSHOT)?"
    rf'-(?:[0-9a-f]{{7}}(?:[0-9a-f]{{33}})?|unknown) "(.*?)"(?: "{_DATE}")?',
    re.ASCII | re.DOTALL,
)
_POSITION = re.compile(r"\[.*?\]\[-?\d+:-?\d+\] ", re.ASCII)
_LEGACY_TEMPLATES = "legacy index templates are deprecated in favor of composable templates"


@dataclass(frozen=True, slots=True)
class Announced:
    """The four lists of a ``do``; regexes are Java's and must match a message completely."""

    expected: tuple[str, ...] = ()
    expected_regexes: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    allowed_regexes: tuple[str, ...] = ()


NOTHING_ANNOUNCED = Announced()


def message(header: str) -> str | None:
    """The escaped text of a Warning header without its position prefix, None when the header is malformed."""
    found = _FORM.fullmatch(header)
    return _POSITION.sub("", found[1], count=1) if found and _POSITION.match(found[1]) else found and found[1]


def escape(text: str) -> str:
    """A message as the server writes it into a header."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return "".join(c if _is_plain(c) else "".join(f"%{byte:02X}" for byte in c.encode()) for c in quoted)


def _is_plain(char: str) -> bool:
    return char == "\t" or (" " <= char <= "~" and char != "%") or "\x80" <= char <= "\xff"


def problems(headers: list[str], announced: Announced, dialect: Dialect) -> list[str]:
    """Unexpected, malformed and missing warnings, one line each.

    Raises:
        StepError: a regex that cannot be compiled.
    """
    form = (lambda text: text) if dialect.plain_warnings else escape
    expected = {form(text): text for text in announced.expected}
    allowed = {form(text) for text in announced.allowed}
    regexes = dict.fromkeys(announced.expected_regexes)
    out = []
    for header in headers:
        text = header if dialect.plain_warnings else message(header)
        if text is None:
            out.append(f"malformed warning header: {header}")
        elif text in allowed:
            continue
        elif text in expected:
            del expected[text]
        elif hit := next(_matching(regexes, text), None):
            del regexes[hit]
        elif next(_matching(announced.allowed_regexes, text), None) is None and not _forgiven(text, dialect):
            out.append(f"unexpected warning: {text}")
    out += [f"missing warning: {text}" for text in expected.values()]
    return out + [f"missing warning that matches /{pattern}/" for pattern in regexes]


def _matching(patterns: dict[str, None] | tuple[str, ...], text: str) -> Iterator[str]:
    for pattern in patterns:
        try:
            if javaregex.compile(pattern).matches(text):
                yield pattern
        except javaregex.PatternError as error:
            raise StepError(str(error)) from None


def _forgiven(text: str, dialect: Dialect) -> bool:
    if dialect.forgives_types_removal and text.startswith("[types removal]"):
        return True
    return dialect.forgives_legacy_templates and _LEGACY_TEMPLATES in text.lower()
