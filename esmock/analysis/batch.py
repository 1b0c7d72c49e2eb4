"""Analysis of many values at once, into arrays.

The parts of a chain that look at one term at a time run once per distinct term; ASCII text is cut by numpy for the tokenizers that
have a table for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np

from esmock.analysis.token import Stream, TokenBatch

_SPACE = 32


@dataclass(slots=True)
class RawBatch:
    """Tokens before the filters: terms as a list, one per token."""

    terms: list[str]
    counts: np.ndarray
    starts: np.ndarray | None
    ends: np.ndarray | None


def _standard_mask(joined: bytes) -> np.ndarray:
    """Which bytes belong to tokens of the standard tokenizer; lonely connectors still included."""
    kind = np.frombuffer(joined.translate(_STANDARD_KINDS), np.uint8)
    inside = kind >= _CONNECTOR
    if joined.translate(None, _NO_MIDDLES):
        middle = np.flatnonzero((kind > 0) & (kind < _CONNECTOR))
        middle = middle[(middle > 0) & (middle < len(kind) - 1)]
        before, after, here = kind[middle - 1], kind[middle + 1], kind[middle]
        letters = (before == _LETTER) & (after == _LETTER) & (here != _MID_NUMBER)
        digits = (before == _DIGIT) & (after == _DIGIT) & (here != _MID_LETTER)
        inside[middle[letters | digits]] = True
    return inside


_MID_LETTER, _MID_NUMBER, _MID_BOTH, _CONNECTOR, _DIGIT, _LETTER = 1, 2, 3, 4, 5, 6


def _standard_kinds() -> bytes:
    kinds = bytearray(256)
    for chars, kind in ((":", _MID_LETTER), (",;", _MID_NUMBER), (".'", _MID_BOTH), ("_", _CONNECTOR)):
        for char in chars:
            kinds[ord(char)] = kind
    for code in range(128):
        if chr(code).isdigit():
            kinds[code] = _DIGIT
        elif chr(code).isalpha():
            kinds[code] = _LETTER
    return bytes(kinds)


def _member_mask(members: str) -> Callable[[bytes], np.ndarray]:
    table = bytes(chr(code) in members for code in range(256))
    return lambda joined: np.frombuffer(joined.translate(table), bool)


_ASCII = "".join(map(chr, range(128)))
_STANDARD_KINDS = _standard_kinds()
_NO_MIDDLES = bytes(code for code in range(256) if not 0 < _STANDARD_KINDS[code] < _CONNECTOR)
_MASKS: dict[str, Callable[[bytes], np.ndarray]] = {
    "standard": _standard_mask,
    "letter": _member_mask("".join(char for char in _ASCII if char.isalpha())),
    "whitespace": _member_mask("".join(char for char in _ASCII if char not in "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f ")),
}


def ascii_batch(values: Sequence[str], kind: str, max_length: int, *, offsets: bool) -> RawBatch | None:
    """Cut ASCII values; None when a token is too long for the quick way.

    Args:
        kind: a key of the masks: ``standard``, ``letter`` or ``whitespace``.
    """
    joined = "\n".join(values).encode("ascii")
    text = np.frombuffer(joined, np.uint8)
    inside = _MASKS[kind](joined)
    starts, ends = _runs(inside)
    if kind == "standard" and b"_" in joined:
        starts, ends = _drop_lonely_connectors(joined, inside, starts, ends)
    if starts.size and int((ends - starts).max()) > max_length:
        return None
    found = np.where(inside, text, np.uint8(_SPACE)).tobytes().decode("ascii").split()
    lengths = np.fromiter(map(len, values), np.int64, len(values))
    value_starts = np.concatenate(([0], np.cumsum(lengths + 1)))
    bounds = np.searchsorted(starts, value_starts)
    counts = np.diff(bounds).astype(np.int32)
    if not offsets:
        return RawBatch(found, counts, None, None)
    base = np.repeat(value_starts[:-1], counts)
    return RawBatch(found, counts, (starts - base).astype(np.int32), (ends - base).astype(np.int32))


def _runs(inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int64[n] begins and ends (exclusive) of the runs of True; bytes are compared, nothing is widened."""
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    if inside.size and inside[0]:
        edges = np.concatenate((np.zeros(1, np.int64), edges))
    if inside.size and inside[-1]:
        edges = np.concatenate((edges, np.full(1, inside.size, np.int64)))
    return edges[::2], edges[1::2]


def _drop_lonely_connectors(
    joined: bytes, inside: np.ndarray, starts: np.ndarray, ends: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Runs of connectors without a letter or digit are no tokens."""
    kind = np.frombuffer(joined.translate(_STANDARD_KINDS), np.uint8)
    solid = np.concatenate(([0], np.cumsum(kind > _CONNECTOR)))
    empty = solid[ends] == solid[starts]
    for start, end in zip(starts[empty], ends[empty], strict=True):
        inside[start:end] = False
    return starts[~empty], ends[~empty]


def stream_batch(values: Sequence[str], stream: Callable[[str], Stream], *, offsets: bool) -> TokenBatch:
    """The general way: one stream per value."""
    ids: list[int] = []
    positions: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    counts = np.zeros(len(values), np.int32)
    end_positions = np.zeros(len(values), np.int32)
    terms: dict[str, int] = {}
    for at, value in enumerate(values):
        out = stream(value)
        end_positions[at] = out.place()
        counts[at] = len(out.tokens)
        for token in out.tokens:
            ids.append(terms.setdefault(token.term, len(terms)))
            positions.append(token.position)
        if offsets:
            starts.extend(token.start for token in out.tokens)
            ends.extend(token.end for token in out.tokens)
    return TokenBatch(
        list(terms),
        np.array(ids, np.int32),
        np.array(positions, np.int32),
        counts,
        end_positions,
        np.array(starts, np.int32) if offsets else None,
        np.array(ends, np.int32) if offsets else None,
    )


def term_batch(raw: RawBatch, maps: Sequence[Callable[[str], str | None]]) -> TokenBatch:
    """Apply term-by-term filters to each distinct term once."""
    numbers: defaultdict[str, int] = defaultdict(count().__next__)
    raw_ids = np.fromiter(map(numbers.__getitem__, raw.terms), np.int32, len(raw.terms))
    positions = np.arange(len(raw_ids), dtype=np.int32) - np.repeat(
        np.cumsum(raw.counts) - raw.counts, raw.counts
    ).astype(np.int32)
    terms, target = _map_terms(list(numbers), maps)
    batch = TokenBatch(terms, raw_ids, positions, raw.counts, raw.counts.copy(), raw.starts, raw.ends)
    if target is None:
        return batch
    batch.ids = target[raw_ids]
    kept = batch.ids >= 0
    if not kept.all():
        _drop(batch, kept)
    return batch


def _map_terms(distinct: list[str], maps: Sequence[Callable[[str], str | None]]) -> tuple[list[str], np.ndarray | None]:
    if not maps:
        return distinct, None
    out: dict[str, int] = {}
    target = np.empty(len(distinct), np.int32)
    for number, term in enumerate(distinct):
        mapped: str | None = term
        for change in maps:
            if mapped is None:
                break
            mapped = change(mapped)
        target[number] = -1 if mapped is None else out.setdefault(mapped, len(out))
    return list(out), target


def _drop(batch: TokenBatch, kept: np.ndarray) -> None:
    owners = np.repeat(np.arange(len(batch.counts)), batch.counts)[kept]
    batch.counts = np.bincount(owners, minlength=len(batch.counts)).astype(np.int32)
    batch.ids, batch.positions = batch.ids[kept], batch.positions[kept]
    if batch.starts is not None and batch.ends is not None:
        batch.starts, batch.ends = batch.starts[kept], batch.ends[kept]


class TokenBatches:
    """Batches of consecutive values joined into one, with one numbering of their terms."""

    def __init__(self) -> None:
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._parts: list[TokenBatch] = []

    def add(self, batch: TokenBatch) -> None:
        """Take the next values; the batch is kept and its ids are renumbered."""
        table = np.fromiter(map(self._numbers.__getitem__, batch.terms), np.int32, len(batch.terms))
        batch.ids = table[batch.ids] if len(table) else batch.ids
        batch.terms = []
        self._parts.append(batch)

    def joined(self) -> TokenBatch:
        """All values together, offsets left out."""
        parts = self._parts
        return TokenBatch(
            list(self._numbers),
            np.concatenate([part.ids for part in parts]),
            np.concatenate([part.positions for part in parts]),
            np.concatenate([part.counts for part in parts]),
            np.concatenate([part.end_positions for part in parts]),
        )


def tokenizer_batch(values: Sequence[str], tokenize: Callable[[str], Stream], *, offsets: bool) -> RawBatch | None:
    """Tokens of a tokenizer without a quick way; None when it stacks tokens or leaves gaps."""
    terms: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    counts = np.zeros(len(values), np.int32)
    for at, value in enumerate(values):
        stream = tokenize(value)
        counts[at] = len(stream.tokens)
        if stream.end_increment or any(token.increment != 1 for token in stream.tokens):
            return None
        terms.extend(token.term for token in stream.tokens)
        if offsets:
            starts.extend(token.start for token in stream.tokens)
            ends.extend(token.end for token in stream.tokens)
    if not offsets:
        return RawBatch(terms, counts, None, None)
    return RawBatch(terms, counts, np.array(starts, np.int32), np.array(ends, np.int32))


def interleave(parts: Sequence[tuple[np.ndarray, RawBatch]], n_values: int) -> RawBatch:
    """Put batches of some of the values each back into the order of all values.

    Args:
        parts: (int64[n] value numbers, their batch); together every value once.
    """
    counts = np.zeros(n_values, np.int32)
    for numbers, part in parts:
        counts[numbers] = part.counts
    begins = np.cumsum(counts) - counts
    total = int(counts.sum())
    terms = np.empty(total, object)
    with_offsets = all(part.starts is not None for _, part in parts)
    starts, ends = np.empty(total, np.int32), np.empty(total, np.int32)
    for numbers, part in parts:
        within = np.arange(len(part.terms)) - np.repeat(np.cumsum(part.counts) - part.counts, part.counts)
        places = np.repeat(begins[numbers], part.counts) + within
        terms[places] = part.terms
        if part.starts is not None and part.ends is not None:
            starts[places], ends[places] = part.starts, part.ends
    return RawBatch(terms.tolist(), counts, starts if with_offsets else None, ends if with_offsets else None)
