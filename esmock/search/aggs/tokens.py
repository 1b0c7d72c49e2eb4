"""Reading of aggregations and pipelines that Elasticsearch reads token by token.

Every kind of token has its own keys; a key that is not among them and a kind that has none are refused in different words.
Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from esmock.errors import ArrayIndexOutOfBounds, Parsing
from esmock.search.aggs.pipeline.tree import read_format, read_gap_policy
from esmock.xcontent import located
from esmock.xcontent import value_reader as values
from esmock.xcontent.value_reader import Key, Reading

Json = Any
Reader = Callable[[Json, Key, Reading], Any]
"""Gives the value at a key of the body."""


def read_tokens(
    agg_name: str, body: Json, ctx: Reading, readers: Mapping[str, Mapping[str, Reader]]
) -> dict[str, Any]:
    """The values by key.

    Args:
        readers: by kind of token (``VALUE_STRING``) and key.

    Raises:
        Parsing: a key or token that is not declared, and what readers refuse.
    """
    out: dict[str, Any] = {}
    for key, value in body.items():
        kind = located.token(value)
        known = readers.get(kind or "")
        if known is None:
            raise Parsing(f"Unexpected token {kind} in [{agg_name}].", located.at_value(body, key))
        if key not in known:
            raise Parsing(f"Unknown key for a {kind} in [{agg_name}]: [{key}].", located.at_value(body, key))
        out[key] = known[key](body, key, ctx)
    if out.get("buckets_path") == []:
        raise ArrayIndexOutOfBounds("Index 0 out of bounds for length 0")
    return out


def plain(body: Json, key: Key, ctx: Reading) -> Any:
    """The value as it stands."""
    return body[key]


def path(body: Json, key: Key, ctx: Reading) -> list[str]:
    """``buckets_path``: a path or a list of them."""
    value = body[key]
    return [values.text(value, place, ctx) for place in range(len(value))] if isinstance(value, list) else [values.text(body, key, ctx)]


def format_(body: Json, key: Key, ctx: Reading) -> Any:
    """``format``: a decimal pattern."""
    return read_format(values.text(body, key, ctx))


def gap_policy(body: Json, key: Key, ctx: Reading) -> str:
    """``gap_policy``. Raises Parsing for an unknown one."""
    return read_gap_policy(values.text(body, key, ctx), ctx, located.at_value(body, key))
