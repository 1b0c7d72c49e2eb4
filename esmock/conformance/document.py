"""YAML as the Java runner reads it: an event stream in which keys are text and scalars keep their spelling.

What differs from PyYAML's constructor: keys are never typed, duplicate keys are errors, there are no timestamps, no
base 60 numbers, no merge keys, ``1e5`` is a float, and anchors, aliases and tags are refused.

Source: behaviour of SnakeYAML below Jackson's YAMLParser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from esmock.conformance.place import LoadError, Where

Json = Any


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar: the text as written (quotes and folding undone), and the typed value."""

    text: str
    value: Json
    at: Where


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping with its value."""

    key: str
    node: Node
    at: Where


@dataclass(frozen=True, slots=True)
class Mapping:
    entries: tuple[Entry, ...]
    at: Where


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Node, ...]
    at: Where


Node = Scalar | Mapping | Sequence

_WORDS: dict[str, Json] = {
    spelling: value
    for word, value in (("yes", True), ("true", True), ("on", True), ("no", False), ("false", False), ("off", False))
    for spelling in (word, word.capitalize(), word.upper())
} | dict.fromkeys(("", "~", "null", "Null", "NULL"))

_INTEGER = re.compile(r"([-+]?)(?:0b([01_]+)|0x([0-9a-fA-F_]+)|0([0-7_]+)|(0|[1-9][0-9_]*))")
_FLOAT = re.compile(
    r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[0-9][0-9_]*[eE][-+]?[0-9]+|\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?)"
)
_SPECIAL = {
    sign + spelling: float(sign + word)
    for word, spellings, signs in (
        ("inf", (".inf", ".Inf", ".INF"), ("", "+", "-")),
        ("nan", (".nan", ".NaN", ".NAN"), ("",)),
    )
    for spelling in spellings
    for sign in signs
}


def plain_value(text: str) -> Json:
    """The typed value of an unquoted scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if text in _SPECIAL:
        return _SPECIAL[text]
    if found := _INTEGER.fullmatch(text):
        sign, binary, hexadecimal, octal, decimal = found.groups()
        for digits, base in ((binary, 2), (hexadecimal, 16), (octal, 8), (decimal, 10)):
            if digits is not None and (bare := digits.replace("_", "")):
                return int(sign + bare, base)
        return text
    if _FLOAT.fullmatch(text):
        return float(text.replace("_", ""))
    return text


def parse(source: str, file: str, first_line: int = 1) -> list[Node]:
    """Read every document of a YAML text.

    Args:
        source: the text.
        file: named in places and errors.
        first_line: the line of ``file`` at which ``source`` begins.

    Raises:
        LoadError: not YAML, or YAML with duplicate keys, anchors, aliases or tags.
    """
    import yaml

    lines = _Lines(file, first_line)
    for loader in _loaders():
        events = yaml.parse(source, Loader=loader)
        try:
            return list(_documents(events, lines))
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = Where(file, first_line + mark.line) if mark else file
            failure = LoadError(place, f"not YAML: {error.problem or error.context}")
        except yaml.YAMLError as error:
            failure = LoadError(Where(file, first_line), f"not YAML: {error}")
    raise failure


@lru_cache(maxsize=1)
def _loaders() -> tuple[Any, ...]:
    """The C parser where there is one, then the Python one, which decides the rare texts where they differ."""
    import yaml

    fast = getattr(yaml, "CSafeLoader", None)
    return (fast, yaml.SafeLoader) if fast else (yaml.SafeLoader,)


@dataclass(frozen=True, slots=True)
class _Lines:
    file: str
    first: int

    def where(self, event: Any) -> Where:
        return Where(self.file, self.first + event.start_mark.line)


def _documents(events: Iterator[Any], lines: _Lines) -> Iterator[Node]:
    import yaml

    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            yield _node(next(events), events, lines)


def _node(event: Any, events: Iterator[Any], lines: _Lines) -> Node:
    import yaml

    at = lines.where(event)
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        raise LoadError(at, "anchors and aliases are not part of the test format")
    if event.tag is not None:
        raise LoadError(at, f"the tag [{event.tag}] is not part of the test format")
    if isinstance(event, yaml.ScalarEvent):
        plain = event.style in (None, "")
        return Scalar(event.value, plain_value(event.value) if plain else event.value, at)
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(_node(event, events, lines))
        return Sequence(tuple(items), at)
    return _mapping(at, events, lines)


def _mapping(at: Where, events: Iterator[Any], lines: _Lines) -> Mapping:
    import yaml

    entries: dict[str, Entry] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key = _node(event, events, lines)
        if not isinstance(key, Scalar):
            raise LoadError(key.at, "a key must be a scalar")
        if key.text in entries:
            raise LoadError(key.at, f"duplicate key [{key.text}]")
        entries[key.text] = Entry(key.text, _node(next(events), events, lines), key.at)
    return Mapping(tuple(entries.values()), at)


def value(node: Node) -> Json:
    """The node as plain Python data; keys are text."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [value(item) for item in node.items]
    return {entry.key: value(entry.node) for entry in node.entries}


def text(node: Node, what: str) -> str:
    """The spelling of a scalar; ``what`` names it in the error."""
    if not isinstance(node, Scalar):
        raise LoadError(node.at, f"[{what}] must be a scalar")
    return node.text


def texts(node: Node, what: str) -> tuple[str, ...]:
    """The spellings of a scalar, or of a list of scalars."""
    return tuple(text(item, what) for item in node.items) if isinstance(node, Sequence) else (text(node, what),)


def fields(node: Node, what: str) -> tuple[Entry, ...]:
    """The entries of a mapping."""
    if not isinstance(node, Mapping):
        raise LoadError(node.at, f"[{what}] must be a mapping")
    return node.entries


def only(node: Node, what: str) -> Entry:
    """The single entry of a mapping that must have exactly one."""
    entries = fields(node, what)
    if len(entries) != 1:
        found = ", ".join(entry.key for entry in entries) or "none"
        raise LoadError(node.at, f"[{what}] must have exactly one key, found {found}")
    return entries[0]
