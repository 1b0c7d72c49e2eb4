"""Char filters: html_strip, mapping, pattern_replace.

Pages: analysis-htmlstrip-charfilter, analysis-mapping-charfilter, analysis-pattern-replace-charfilter.
"""

from __future__ import annotations

import html.entities
import re
from typing import TYPE_CHECKING

from esmock.analysis.component import CharFilter
from esmock.analysis.java_pattern import compile_java, compile_replacement, expand, parse_flags
from esmock.analysis.parameter import Settings, text
from esmock.analysis.token import OffsetMap
from esmock.errors import IllegalArgument, RuntimeError_

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder

_ESCAPES = {"\\": "\\", "n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def unescape(rule_side: str) -> str:
    """The characters that a side of a mapping rule means. Raises RuntimeError_."""
    out = []
    at = 0
    while at < len(rule_side):
        char = rule_side[at]
        if char != "\\":
            out.append(char)
            at += 1
            continue
        if at + 1 >= len(rule_side):
            raise RuntimeError_(f"Invalid escaped char in [{rule_side}]")
        kind = rule_side[at + 1]
        at += 2
        if kind == "u":
            if at + 4 > len(rule_side):
                raise RuntimeError_(f"Invalid escaped char in [{rule_side}]")
            out.append(chr(int(rule_side[at : at + 4], 16)))
            at += 4
        elif kind in _ESCAPES:
            out.append(_ESCAPES[kind])
        else:
            out.append(kind)
    return "".join(out)


class Mapping(CharFilter):
    name = "mapping"
    normalizes = True
    needs_settings = True

    def setup(self, settings: Settings, builder: Builder) -> None:
        rules = settings.items("mappings")
        if rules is None and "mappings_path" in settings:
            rules = builder.environment.lines(settings.get("mappings_path") or "", "mappings_path")
        if rules is None:
            raise IllegalArgument("mapping requires either `mappings` or `mappings_path` to be configured")
        self.targets: dict[str, str] = {}
        for rule in rules:
            self._add(rule)
        longest_first = sorted(self.targets, key=len, reverse=True)
        self.pattern = re.compile("|".join(map(re.escape, longest_first)), re.DOTALL)

    def _add(self, rule: str) -> None:
        match = re.match(r"(.*)\s*=>\s*(.*)\s*\Z", rule, re.DOTALL)
        if match is None:
            raise RuntimeError_(f"Invalid Mapping Rule : [{rule}]")
        left, right = unescape(match[1].strip()), unescape(match[2].strip())
        if not left:
            raise IllegalArgument("cannot match the empty string")
        if left in self.targets:
            raise IllegalArgument(f'match "{left}" was already added')
        self.targets[left] = right

    def filter(self, text: str) -> tuple[str, OffsetMap | None]:
        if not self.targets:
            return text, None
        out: list[str] = []
        back = OffsetMap()
        last, length, shift = 0, 0, 0
        for match in self.pattern.finditer(text):
            start, end = match.span()
            target = self.targets[match[0]]
            out += (text[last:start], target)
            length += start - last
            difference = (end - start) - len(target)
            if difference > 0:
                # A shorter replacement: what follows it lies further on.
                shift += difference
                back.add(length + len(target), shift)
            elif difference < 0:
                # A longer one: each surplus character belongs to the end of what was matched.
                for extra in range(-difference):
                    shift -= 1
                    back.add(length + (end - start) + extra, shift)
            length += len(target)
            last = end
        out.append(text[last:])
        return "".join(out), back


class PatternReplace(CharFilter):
    name = "pattern_replace"
    normalizes = True
    needs_settings = True
    flags: str | None = text("flags")
    replacement: str = text("replacement", "")

    def setup(self, settings: Settings, builder: Builder) -> None:
        pattern = settings.get("pattern")
        if not pattern:
            raise IllegalArgument(f"pattern is missing for [{settings.name}] char filter of type 'pattern_replace'")
        self.pattern = compile_java(pattern, parse_flags(self.flags))
        self.parts = compile_replacement(self.replacement, self.pattern)

    def filter(self, text: str) -> tuple[str, OffsetMap | None]:
        out: list[str] = []
        back = OffsetMap()
        last, length, shift = 0, 0, 0
        for match in self.pattern.finditer(text):
            start, end = match.span()
            target = expand(self.parts, match)
            out += (text[last:start], target)
            length += start - last
            if end - start > len(target):
                shift += end - start - len(target)
                back.add(length + len(target), shift)
            elif end - start < len(target):
                for extra in range(end - start, len(target)):
                    shift -= 1
                    back.add(length + extra, shift)
            length += len(target)
            last = end
        out.append(text[last:])
        return "".join(out), back


_BLOCKS = frozenset(
    "address article aside blockquote center dd del dir div dl dt fieldset footer form frame frameset h1 h2 h3 h4 h5 h6 "
    "header hgroup hr iframe ins isindex li map menu nav noframes noscript object ol p pre section table tbody td tfoot th "
    "thead tr ul br".split()
)
_HTML = re.compile(
    r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!\[CDATA\[(?P<cdata>.*?)\]\]>|<![A-Za-z][^>]*>"
    r"|<(?P<raw>script|style)(?:\s[^>]*)?>.*?</(?P=raw)\s*>"
    r"|<\s*/?\s*(?P<tag>[A-Za-z_:][\w:.\-]*)(?:\s+(?:[^\s\"'<>=/]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]*))?\s*)*)?\s*/?>"
    r"|&(?P<entity>#[xX][0-9a-fA-F]+;?|#[0-9]+;?|[A-Za-z][A-Za-z0-9]*;?)",
    re.DOTALL | re.IGNORECASE,
)


def _entity(name: str) -> str | None:
    if name.startswith("#"):
        digits = name.rstrip(";")[1:]
        point = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
        return chr(point) if point < 0x110000 and not 0xD800 <= point < 0xE000 else "\ufffd"
    if name in ("nbsp;", "nbsp"):
        return " "
    found = html.entities.html5.get(name if name.endswith(";") else name + ";")
    if found is None or (not name.endswith(";") and name not in html.entities.html5):
        return None
    return found


class HtmlStrip(CharFilter):
    """Differs: the grammar of tags is simpler than Lucene's."""

    name = "html_strip"

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.escaped = frozenset(tag.lower() for tag in settings.items("escaped_tags", []) or [])

    def _target(self, match: re.Match[str]) -> str | None:
        if match["entity"] is not None:
            return _entity(match["entity"])
        if match["cdata"] is not None:
            return match["cdata"]
        if match["raw"] is not None:
            return None if match["raw"].lower() in self.escaped else "\n"
        if match["tag"] is not None:
            tag = match["tag"].lower()
            if tag in self.escaped:
                return None
            return "\n" if tag in _BLOCKS else ""
        return ""

    def filter(self, text: str) -> tuple[str, OffsetMap | None]:
        out: list[str] = []
        back = OffsetMap()
        last, length, shift = 0, 0, 0
        for match in _HTML.finditer(text):
            target = self._target(match)
            if target is None:
                continue
            start, end = match.span()
            out += (text[last:start], target)
            length += start - last + len(target)
            if end - start != len(target):
                shift += end - start - len(target)
                back.add(length, shift)
            last = end
        out.append(text[last:])
        return "".join(out), back


FAMILY = (Mapping, PatternReplace, HtmlStrip)
