"""``DISSECT`` and ``GROK``: fields out of texts."""

from __future__ import annotations

import functools
from typing import Any

from esmock.errors import ApiError
from esmock.features.esql.block import Block
from esmock.features.esql.errors import Parsing, Place
from esmock.script.dissect import assemble, dissect, parse_pattern
from esmock.script.grok import Expression
from esmock.script.grok_patterns import later_legacy

Json = Any
_KINDS = {"int": "integer", "long": "long", "double": "double", "float": "double", "boolean": "boolean"}


def dissect_fields(pattern: str, at: Place) -> list[str]:
    """The fields of a pattern, in order. Raises Parsing."""
    try:
        _, keys = parse_pattern(pattern)
    except ApiError as error:
        raise Parsing(f"Invalid pattern for dissect: [{pattern}]", at) from error
    for key in keys:
        if key.modifier in ("*", "&"):
            raise Parsing(f"Reference keys not supported in dissect patterns: [%{{{key.modifier}{key.name}}}]", at)
    return list(dict.fromkeys(assemble(keys, ["x"] * len(keys), "")))


@functools.lru_cache(maxsize=256)
def _grok(pattern: str) -> Expression:
    return Expression(pattern, later_legacy())


def grok_fields(pattern: str, at: Place) -> dict[str, str]:
    """Field to its type. Raises Parsing."""
    try:
        found = _grok(pattern)
    except ApiError as error:
        raise Parsing(f"Invalid pattern [{pattern}] for grok: {error.reason}", at) from None
    return {name: _KINDS.get(kind or "", "keyword") for name, kind, _ in sorted(found.captures)}


def dissected(pattern: str, separator: str, block: Block) -> dict[str, list[list[Json]]]:
    """Field to its values, row by row; rows that do not fit have none."""
    leading, keys = parse_pattern(pattern)
    names = dissect_fields(pattern, (0, 0))
    out: dict[str, list[list[Json]]] = {name: [] for name in names}
    for row in block.rows():
        found: dict[str, list[Json]] = {name: [] for name in names}
        for text in row:
            values = dissect(leading, keys, text)
            if values is not None and (text or len(keys) < 2):
                for name, value in assemble(keys, values, separator).items():
                    found[name].append(value)
        for name in names:
            out[name].append(found[name])
    return out


def grokked(pattern: str, block: Block) -> dict[str, list[list[Json]]]:
    """Field to its values, row by row; rows that do not fit have none."""
    expression = _grok(pattern)
    names = list(dict.fromkeys(name for name, _, _ in expression.captures))
    out: dict[str, list[list[Json]]] = {name: [] for name in names}
    for row in block.rows():
        found: dict[str, list[Json]] = {name: [] for name in names}
        for text in row:
            match = expression.match(text)
            for name, values in match[1].items() if match is not None else ():
                found[name] += values
        for name in names:
            out[name].append(found[name])
    return out
