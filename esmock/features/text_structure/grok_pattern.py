"""Making a grok pattern that takes all messages of a log apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from esmock.features.text_structure.structure import Overrides
from esmock.features.text_structure.timestamps import TimestampFormat
from esmock.script.grok import Expression
from esmock.script.grok_patterns import later_legacy

Json = Any
_CANDIDATES = (
    ("LOGLEVEL", "loglevel", r"\b(?:DEBUG|FATAL|ERROR|TRACE|WARN(?:ING)?|INFO|NOTICE|CRIT(?:ICAL)?|ALERT|SEVERE|EMERG(?:ENCY)?)\b"),
    ("URI", "uri", r"\b[A-Za-z][A-Za-z0-9+.-]*://\S+"),
    ("UUID", "uuid", r"\b[A-Fa-f0-9]{8}-(?:[A-Fa-f0-9]{4}-){3}[A-Fa-f0-9]{12}\b"),
    ("EMAILADDRESS", "email", r"\b[\w.+-]+@[\w.-]+\.\w+\b"),
    ("IP", "ipaddress", r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])"),
    ("PATH", "path", r"(?<![\w/])/[\w./-]+"),
    ("QUOTEDSTRING", "field", r'"(?:[^"\\]|\\.)*"'),
    ("INT", "field", r"(?<![\w.+-])[+-]?\d+(?![\w.+-])"),
    ("NUMBER", "field", r"(?<![\w.+-])[+-]?\d+\.\d+(?![\w.+-])"),
)
"""Grok pattern, the field it fills, and what it looks like; the most telling ones first."""
_ESCAPED = set("\\|()[]{}^$.*?+")
_JOINTS = set(" \t:;,-/<>=\"'@#&!%~`") | _ESCAPED


def pattern_for(
    messages: Sequence[str], timestamp: TimestampFormat, overrides: Overrides
) -> tuple[str, dict[str, list[Json]]]:
    """A pattern, and the values of its fields. Raises IllegalArgument where the pattern that was given fits no message."""
    field = overrides.timestamp_field or "timestamp"
    if overrides.grok_pattern is not None:
        expression = Expression(overrides.grok_pattern, later_legacy())
        return overrides.grok_pattern, _captured(messages, expression)
    lines = [message.split("\n")[0] for message in messages]
    hits = [timestamp.search(line) for line in lines]
    names: dict[str, int] = {}
    columns: dict[str, list[Json]] = {field: [hit.group() for hit in hits if hit is not None]}
    before = _joints([line[: hit.start()] for line, hit in zip(lines, hits, strict=True) if hit is not None])
    rest = [line[hit.end() :] for line, hit in zip(lines, hits, strict=True) if hit is not None]
    after = _parts(rest, names, columns, is_last=True)
    return f"{before}%{{{timestamp.grok}:{field}}}{after}", columns


def _captured(messages: Sequence[str], expression: Expression) -> dict[str, list[Json]]:
    out: dict[str, list[Json]] = {}
    for message in messages:
        found = expression.regex.search(message)
        for name, _, group in expression.captures if found is not None else ():
            if found is not None and found.group(group) is not None:
                out.setdefault(name, []).append(found.group(group))
    return out


def _parts(snippets: list[str], names: dict[str, int], columns: dict[str, list[Json]], *, is_last: bool) -> str:
    """The pattern of what stands between two known places, or of the rest of each line."""
    for grok, name, look in _CANDIDATES:
        hits = [re.search(look, snippet) for snippet in snippets]
        found = [hit for hit in hits if hit is not None]
        if len(found) < len(snippets) or not snippets:
            continue
        before = [snippet[: hit.start()] for snippet, hit in zip(snippets, found, strict=True)]
        left = _parts(before, names, columns, is_last=False)
        names[name] = names.get(name, 0) + 1
        field = name if names[name] == 1 else f"{name}{names[name]}"
        columns[field] = [hit.group() for hit in found]
        after = [snippet[hit.end() :] for snippet, hit in zip(snippets, found, strict=True)]
        return f"{left}%{{{grok}:{field}}}{_parts(after, names, columns, is_last=is_last)}"
    return _joints(snippets, is_last=is_last)


def _joints(snippets: Sequence[str], *, is_last: bool = False) -> str:
    """The signs that all have in common, with anything between them."""
    if not any(snippets):
        return ""
    out, places, loose = "", [0] * len(snippets), False
    first = snippets[0]
    for letter in first:
        found = [snippet.find(letter, place) for snippet, place in zip(snippets, places, strict=True)]
        if letter not in _JOINTS or min(found) < 0:
            loose = True
            continue
        if loose or found != places:
            out += ".*?"
        out += f"\\{letter}" if letter in _ESCAPED else letter
        places, loose = [at + 1 for at in found], False
    if is_last:
        return f"{out}.*"
    return out + (".*?" if any(place < len(snippet) for snippet, place in zip(snippets, places, strict=True)) else "")
