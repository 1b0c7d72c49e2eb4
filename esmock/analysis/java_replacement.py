"""Replacement texts as Java's ``Matcher.appendReplacement`` reads them: ``$1``, ``${name}``, escapes."""

from __future__ import annotations

import re

from esmock.errors import ApiError, IllegalArgument, IndexOutOfBounds

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
