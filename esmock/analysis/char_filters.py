"""Char filters: html_strip, mapping, pattern_replace.

Pages: analysis-htmlstrip-charfilter, analysis-mapping-charfilter, analysis-pattern-replace-charfilter.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from esmock.analysis.component import CharFilter
from esmock.analysis.java_pattern import compile_java, find_all, parse_flags
from esmock.analysis.java_replacement import compile_replacement, expand
from esmock.analysis.parameter import Settings, text
from esmock.analysis.stop_words import rule_list
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
        rules = rule_list(settings, builder, "mappings")
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
        for match in find_all(self.pattern, text):
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


_INLINE = frozenset(
    "a abbr acronym b basefont bdo big cite code dfn em font i img input kbd label q s samp select small span strike strong sub "
    "sup textarea tt u var".split()
)
"""Elements without a break before and after them; all others have one."""
_NAME = r"[^\W\d][\w:.\-\u00b7]*|:[\w:.\-\u00b7]*"
_HTML = re.compile(
    r"<!--.*?(?:-->|\Z)|<\?[^>]*\?>|<!\[CDATA\[(?P<cdata>.*?)(?P<end>\]\]>|\Z)|<![^>]*>"
    rf"|<\s*(?P<tag>{_NAME})(?P<tail>(?:[\s=][^<>]*|(?P<closed>/))?>|\Z)"
    rf"|</\s*(?P<closing>{_NAME})\s*(?:>|\Z)"
    r"|&\#[xX]D8[0-9a-fA-F]{2};&\#[xX]D[c-fC-F][0-9a-fA-F]{2};"
    r"|&(?:\#[xX](?P<hexadecimal>[0-9a-fA-F]{1,6})|\#(?P<decimal>[0-9]{1,7})|(?P<entity>[A-Za-z][A-Za-z0-9]*));",
    re.DOTALL,
)
_RAW_END = {
    name: re.compile(rf"(?:<!--.*?-->|.)*?</{name}\s*>", re.DOTALL | re.IGNORECASE) for name in ("script", "style")
}
_ENTITIES = {"AMP": "&", "COPY": "\u00a9", "GT": ">", "LT": "<", "QUOT": '"', "REG": "\u00ae", "apos": "'", "nbsp": " "}
"""Beside those of HTML 4."""


def _entity(name: str) -> str | None:
    if name in _ENTITIES:
        return _ENTITIES[name]
    point = html.entities.name2codepoint.get(name)
    return None if point is None else chr(point)


def _character(point: int) -> str | None:
    if 0xD800 <= point < 0xE000:
        return "\ufffd"
    return chr(point) if point < 0x110000 else None


class HtmlStrip(CharFilter):
    """Source: answers of 7.10.2 to tags, comments and references, whole and broken."""

    name = "html_strip"

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.escaped = frozenset(tag.lower() for tag in settings.items("escaped_tags", []) or [])

    def _cuts(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start and end of what is replaced, and by what."""
        at = 0
        while match := _HTML.search(text, at):
            start, end = match.span()
            at = end
            if match["cdata"] is not None:
                yield start, match.start("cdata"), ""
                yield match.start("end"), end, ""
                continue
            if match["tag"] is not None:
                target, at = self._tag(match)
                end = at
            else:
                target = self._other(match)
            if target is not None:
                yield start, end, target

    def _tag(self, match: re.Match[str]) -> tuple[str | None, int]:
        """What a tag is replaced by, and where it ends: scripts and styles with all that is in them."""
        tag, end = match["tag"].lower(), match.end()
        if tag in self.escaped:
            return None, end
        if tag in _RAW_END and not match["closed"]:
            inside = _RAW_END[tag].match(match.string, end)
            return ("\n", inside.end()) if inside else ("", len(match.string))
        return ("" if tag in _INLINE or not match["tail"] else "\n"), end

    def _other(self, match: re.Match[str]) -> str | None:
        if match["closing"] is not None:
            tag = match["closing"].lower()
            return None if tag in self.escaped else "" if tag in _INLINE or match[0][-1] != ">" else "\n"
        if match["entity"] is not None:
            return _entity(match["entity"])
        if match["hexadecimal"] is not None:
            return _character(int(match["hexadecimal"], 16))
        if match["decimal"] is not None:
            return _character(int(match["decimal"]))
        if match[0].startswith("&"):
            high, low = re.findall("[0-9a-fA-F]{4}", match[0])
            return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
        return ""

    def filter(self, text: str) -> tuple[str, OffsetMap | None]:
        out: list[str] = []
        back = OffsetMap()
        last, length, shift = 0, 0, 0
        for start, end, target in self._cuts(text):
            out += (text[last:start], target)
            length += start - last + len(target)
            if end - start != len(target):
                shift += end - start - len(target)
                back.add(length, shift)
            last = end
        out.append(text[last:])
        return "".join(out), back


FAMILY = (Mapping, PatternReplace, HtmlStrip)
