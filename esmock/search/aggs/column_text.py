"""Columns of many buckets as JSON text: written column by column, laid out bucket by bucket.

A piece is a text that stands in every bucket, or a list with the text of each.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from esmock.xcontent.json_writer import Decimals, RawJson, dumps, scalar_text

Array = Any
Piece = bytes | Sequence[bytes]
Write = Callable[[Array], list[bytes]]
"""The texts of numbers, as a version prints them."""

LEAST = 16
"""So many buckets, or fewer, are as quickly printed one by one."""

_KEPT_KEYS = 2048


def numbers_in(decimals: Decimals) -> Write:
    """How a version prints numbers."""

    def write(numbers: Array) -> list[bytes]:
        if numbers.dtype.kind == "f" and not np.isfinite(numbers).all():
            return [scalar_text(one, decimals).encode() for one in numbers.tolist()]
        return dumps(numbers.tolist(), decimals)[1:-1].split(b",")

    return write


def strings(texts: list[str]) -> list[bytes]:
    """Strings as they stand in JSON."""
    together = dumps(texts)
    if b"\\" in together:
        return [dumps(one) for one in texts]
    return [b'"%b"' % one for one in together[2:-2].split(b'","')]


def absent(texts: list[bytes], mask: Array) -> list[bytes]:
    """The texts, null where there is nothing."""
    for place in np.flatnonzero(mask).tolist():
        texts[place] = b"null"
    return texts


def laid_out(pieces: Sequence[Piece], n: int) -> RawJson:
    """``n`` objects, each made of its share of the pieces, as a list."""
    width = len(pieces) + 1
    parts: list[bytes] = [b","] * (width * n)
    for place, piece in enumerate(pieces):
        parts[place::width] = [piece] * n if isinstance(piece, bytes) else piece
    parts[-1] = b"]"
    return RawJson(b"[" + b"".join(parts))


def dated_keys(format: Any, keys: list[int]) -> Sequence[bytes]:
    """``key_as_string`` and ``key`` of buckets, as they stand before the count."""
    return _kept_keys(format, tuple(keys)) if len(keys) <= _KEPT_KEYS else _dated_keys(format, keys)


def _dated_keys(format: Any, keys: Sequence[int]) -> tuple[bytes, ...]:
    texts = strings(list(map(format.print, keys)))
    return tuple(b'{"key_as_string":%b,"key":%d,"doc_count":' % row for row in zip(texts, keys, strict=True))


_kept_keys = functools.lru_cache(maxsize=64)(_dated_keys)
