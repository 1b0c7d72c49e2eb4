"""JSON as Elasticsearch reads it: fast through orjson, and Jackson's exact error where that is not enough.

Accepted beyond strict JSON: comments, a byte order mark, lone surrogate escapes. Refused: duplicate keys.
Integers keep all their digits.
Source: recordings of 7.10.2, 7.17.29 and 8.19.21.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import orjson

from esmock.xcontent.jackson import At, Jackson, jackson_for, wrap_syntax
from esmock.xcontent.json_scanner import MAX_DEPTH, Scanner
from esmock.xcontent.located import NO_TOKENS
from esmock.xcontent.tokens import tree

__all__ = ["Extra", "Jackson", "jackson_for", "parse", "parse_stored", "wrap_syntax"]

Json = Any
Extra = Callable[[str, At], Exception]
"""Makes the error for a token that follows the body."""

_NAME_END = re.compile(rb'"[ \t\r\n]*:')
_EXACT_DOUBLE = 2.0**63
_UNSURE = -1


def parse(data: bytes, *, jackson: Jackson, label: str = "bytes", extra: Extra | None = None) -> Json:
    """Read one value.

    Args:
        label: ``stream`` or ``bytes``: how errors name the source.
        extra: what to raise when something follows the value; without it the rest is not looked at.

    Returns: the tree; NO_TOKENS for a blank text.
    Raises: JsonParse, JsonEOF, bare, with their place in ``at``; ``wrap_syntax`` gives them the version's shape.
    """
    try:
        tree = orjson.loads(data)
    except orjson.JSONDecodeError:
        return _exact(data, jackson, label, extra)
    kind = type(tree)
    if (kind is not dict and kind is not list) or data.count(b"[") + data.count(b"{") > MAX_DEPTH:
        return _exact(data, jackson, label, extra)
    found = _count_names(tree)
    if found == _UNSURE:
        return _exact(data, jackson, label, extra)
    if found == data.count(b'":') or found == len(_NAME_END.findall(data)):
        return tree
    try:
        return json.loads(data, object_pairs_hook=_without_duplicates)
    except ValueError:
        return _exact(data, jackson, label, extra)


def parse_stored(data: bytes) -> Json:
    """Read a text that has been accepted before (a stored ``_source``)."""
    return parse(data, jackson=jackson_for("8.19.21"))


def parse_source(data: bytes) -> Json:
    """The tree of a stored ``_source``, in the quickest way; a number beyond doubles is infinite, as Java reads it."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return json.loads(data)


def _count_names(tree: Json) -> int:
    """How many names the objects of a tree have; _UNSURE when a number may have lost digits or grown too long."""
    count = 0
    stack = [tree]
    while stack:
        value = stack.pop()
        if type(value) is dict:
            count += len(value)
            value = value.values()
        for one in value:
            kind = type(one)
            if kind is str or kind is int:
                continue
            if kind is dict or kind is list:
                stack.append(one)
            elif kind is float and not -_EXACT_DOUBLE < one < _EXACT_DOUBLE:
                return _UNSURE
    return count


def _without_duplicates(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    tree = dict(pairs)
    if len(tree) != len(pairs):
        raise ValueError("duplicate name")
    return tree


def _exact(data: bytes, jackson: Jackson, label: str, extra: Extra | None) -> Json:
    scanner = Scanner(data, jackson, label)
    if scanner.next() is None:
        return NO_TOKENS
    found = tree(scanner)
    if extra is not None:
        token = scanner.next()
        if token is not None:
            raise extra(token, scanner.place)
    return found
