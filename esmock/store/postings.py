"""Inverted lists of a text field in one segment: terms, documents, frequencies, positions, and the length norms."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from esmock.analysis.batch import TokenBatches
from esmock.store.column import Column, _single, frozen, utf8_order
from esmock.store.extraction import value_blocks


@dataclass(slots=True)
class Postings:
    """Terms of one field in one segment.

    terms: sorted by UTF-8 bytes
    lookup: term to its place
    doc_starts: int64[n_terms + 1]; term t has docs[doc_starts[t]:doc_starts[t + 1]]
    docs: unsigned[n_postings], ascending within each term, as narrow as the number of documents allows
    freqs: unsigned[n_postings], occurrences, as narrow as the largest of them allows
    token_starts: int64[n_terms + 1]; term t has positions[token_starts[t]:token_starts[t + 1]]
    positions: unsigned[n_tokens], ascending within each document, as narrow as the largest of them allows
    norms: uint8[n_docs], length in terms as Lucene encodes it in one byte; 0 where the field is missing
    n_docs_with_field: documents that have at least one value
    total_terms: tokens in all documents
    """

    terms: list[str]
    lookup: dict[str, int]
    doc_starts: np.ndarray
    docs: np.ndarray
    freqs: np.ndarray
    token_starts: np.ndarray
    positions: np.ndarray
    norms: np.ndarray
    n_docs_with_field: int
    total_terms: int
    has_value: np.ndarray
    _cache: dict[Any, Any] = field(default_factory=dict)

    def doc_freq(self, term: str) -> int:
        """Documents that hold the term, deleted ones included."""
        at = self.lookup.get(term)
        return 0 if at is None else int(self.doc_starts[at + 1] - self.doc_starts[at])

    def total_freq(self, term: str) -> int:
        """Occurrences of the term."""
        at = self.lookup.get(term)
        return 0 if at is None else int(self.freqs[self.doc_starts[at] : self.doc_starts[at + 1]].sum(dtype=np.int64))

    def of(self, term: str) -> tuple[np.ndarray, np.ndarray]:
        """The documents of a term and its frequency in each."""
        at = self.lookup.get(term)
        if at is None:
            return np.empty(0, np.intp), np.empty(0, np.int32)
        part = slice(int(self.doc_starts[at]), int(self.doc_starts[at + 1]))
        # numpy looks up by intp; other integers are converted each time
        return self.docs[part].astype(np.intp), self.freqs[part].astype(np.int32)

    def positions_of(self, term: str) -> tuple[np.ndarray, np.ndarray]:
        """Every occurrence of a term as (document, position), both int, ordered by document and position."""
        at = self.lookup.get(term)
        if at is None:
            return np.empty(0, np.int32), np.empty(0, np.int32)
        first, last = int(self.doc_starts[at]), int(self.doc_starts[at + 1])
        docs = np.repeat(self.docs[first:last].astype(np.int32), self.freqs[first:last])
        return docs, self.positions[int(self.token_starts[at]) : int(self.token_starts[at + 1])].astype(np.int32)

    def fielddata(self, n_docs: int, frequencies: dict[str, Any] | None = None) -> Column:
        """The terms as an ordinal column; ``frequencies`` (min, max, min_segment_size) leaves out rare and common ones."""
        found = self._cache.get("fielddata")
        if found is None and frequencies is not None and self.n_docs_with_field >= frequencies["min_segment_size"]:
            found = self._cache["fielddata"] = self._kept(frequencies).fielddata(n_docs)
        if found is None:
            term_of = np.repeat(np.arange(len(self.terms), dtype=np.int32), np.diff(self.doc_starts))
            order = np.lexsort((term_of, self.docs))
            counts = np.bincount(self.docs, minlength=n_docs).astype(np.int64)
            starts = np.zeros(n_docs + 1, np.int64)
            np.cumsum(counts, out=starts[1:])
            found = self._cache["fielddata"] = frozen(Column(term_of[order], starts, self.terms, None, _single(counts)))
        return found


    def _kept(self, frequencies: dict[str, Any]) -> Postings:
        least, most = (_share(frequencies[name], self.n_docs_with_field) for name in ("min", "max"))
        counts = np.diff(self.doc_starts)
        keep = (counts >= least) & (counts <= most)
        mine = np.repeat(keep, counts)
        starts = np.zeros(int(keep.sum()) + 1, np.int64)
        np.cumsum(counts[keep], out=starts[1:])
        terms = [term for term, is_kept in zip(self.terms, keep.tolist(), strict=True) if is_kept]
        return replace(self, terms=terms, lookup={}, doc_starts=starts, docs=self.docs[mine], _cache={})


def _share(value: float, n_docs: int) -> int:
    """A frequency as given: a count, or below 1 a part of the documents."""
    return int(value) if value > 1 else int(n_docs * value)


def build_postings(segment: Any, path: str) -> Postings:
    """Analyze a text field of a whole segment."""
    n_docs = segment.n_docs
    field_ = segment.field(path)
    if field_ is None or not field_.is_text or not field_.is_indexed:
        return _empty(n_docs)
    counts = np.zeros(n_docs, np.int64)
    batches = TokenBatches()
    done = 0
    for block in value_blocks(segment, path):
        per_doc = [field_.column_values(values) if values else values for values in block]
        counts[done : done + len(block)] = np.fromiter(map(len, per_doc), np.int64, len(block))
        done += len(block)
        batches.add(field_.index_analyzer.batch([value for one in per_doc for value in one]))
    if not counts.any():
        return _empty(n_docs)
    batch = batches.joined()
    del batches
    gap = field_.position_gap
    found = _invert(batch, counts, gap, n_docs, counts_stacked=not _discounts_overlaps(field_))
    if field_.has("index_options") and field_.get("index_options") == "docs":
        # ES: without frequencies each term counts once, for the statistics and for the length
        norms = encode_lengths(np.bincount(found.docs, minlength=n_docs))
        return replace(found, freqs=np.ones_like(found.freqs), total_terms=len(found.docs), norms=norms)
    return found


def _discounts_overlaps(field_: Any) -> bool:
    from esmock.mapping.similarity import parse_similarity

    name = field_.get("similarity") if field_.has("similarity") else None
    return parse_similarity(name or "default", field_.context.settings).discounts_overlaps


def _invert(batch: Any, counts: np.ndarray, gap: int, n_docs: int, *, counts_stacked: bool = False) -> Postings:
    # arrays of one entry per token are kept narrow and dropped early: they are what a build weighs
    docs = np.repeat(np.repeat(np.arange(n_docs, dtype=np.min_scalar_type(n_docs)), counts), batch.counts)
    positions = batch.positions
    if int(counts.max()) > 1:
        positions = positions + np.repeat(_value_bases(batch.end_positions, counts, gap), batch.counts)
    n_terms = len(batch.terms)
    order_of_terms = sorted(
        range(n_terms), key=batch.terms.__getitem__ if all(map(str.isascii, batch.terms)) else lambda at: utf8_order(batch.terms[at])
    )
    rank = np.empty(n_terms, np.min_scalar_type(n_terms))
    rank[order_of_terms] = np.arange(n_terms)
    ids = rank[batch.ids]
    lengths = np.bincount(docs, minlength=n_docs)
    norm_lengths = lengths if counts_stacked else lengths - _stacked(batch, docs, n_docs)
    # tokens come ordered by document and position, so a stable sort by term leaves both in order
    order = np.argsort(ids, kind="stable")
    ids, docs, positions = ids[order], docs[order], _narrow(positions)[order]
    del order
    is_first = np.ones(len(ids), bool)
    is_first[1:] = (ids[1:] != ids[:-1]) | (docs[1:] != docs[:-1])
    firsts = np.flatnonzero(is_first)
    doc_starts = np.searchsorted(ids[firsts], np.arange(n_terms + 1)).astype(np.int64)
    terms = [batch.terms[at] for at in order_of_terms]
    return Postings(
        terms=terms,
        lookup={term: at for at, term in enumerate(terms)},
        doc_starts=doc_starts,
        docs=docs[firsts],
        freqs=_narrow(np.diff(firsts, append=len(ids))),
        token_starts=np.searchsorted(ids, np.arange(n_terms + 1)).astype(np.int64),
        positions=positions,
        norms=encode_lengths(norm_lengths),
        n_docs_with_field=int((lengths > 0).sum()),
        total_terms=len(ids),
        has_value=counts > 0,
    )


def _narrow(numbers: np.ndarray) -> np.ndarray:
    """Numbers from 0 on in as few bytes as hold them."""
    return numbers.astype(np.min_scalar_type(int(numbers.max()))) if numbers.size else numbers.astype(np.uint8)


def _stacked(batch: Any, docs: np.ndarray, n_docs: int) -> np.ndarray:
    """int64[n_docs]: tokens on the position of the one before them; a length does not count them."""
    same = np.zeros(len(batch.positions), bool)
    if len(same):
        ends = np.cumsum(batch.counts)
        same[1:] = batch.positions[1:] == batch.positions[:-1]
        begins = ends[:-1][ends[:-1] < len(same)]
        same[begins] = False
    if not same.any():
        return np.zeros(n_docs, np.int64)
    return np.bincount(docs[same], minlength=n_docs)


def _value_bases(end_positions: np.ndarray, counts: np.ndarray, gap: int) -> np.ndarray:
    """int64[n_values]: the position at which each value of a document begins."""
    widths = end_positions.astype(np.int64) + gap
    total = np.cumsum(widths) - widths
    firsts = np.cumsum(counts) - counts
    has = counts > 0
    base = np.repeat(total[firsts[has]], counts[has])
    return total - base


def _empty(n_docs: int) -> Postings:
    nothing = np.empty(0, np.int32)
    zero = np.zeros(1, np.int64)
    return Postings(
        [], {}, zero, nothing, nothing, zero, nothing, np.zeros(n_docs, np.uint8), 0, 0, np.zeros(n_docs, bool)
    )


def _int_to_byte4(number: int) -> int:
    """Lucene's SmallFloat: 4 significant bits, exact up to 40."""
    if number < 24:
        return number
    return 24 + _long_to_int4(number - 24)


def _long_to_int4(number: int) -> int:
    bits = number.bit_length()
    if bits < 4:
        return number
    shift = bits - 4
    return (number >> shift) & 0x07 | (shift + 1) << 3


def _int4_to_long(encoded: int) -> int:
    mantissa = encoded & 0x07
    shift = (encoded >> 3) - 1
    return mantissa if shift == -1 else (mantissa | 0x08) << shift


def length_table() -> np.ndarray:
    """float32[256]: the length that each norm byte stands for."""
    return np.array([byte if byte < 24 else 24 + _int4_to_long(byte - 24) for byte in range(256)], np.float32)


def encode_lengths(lengths: np.ndarray) -> np.ndarray:
    """uint8[n]: lengths in terms as norm bytes."""
    top = int(lengths.max()) if len(lengths) else 0
    if top <= 100_000:
        table = np.array([_int_to_byte4(number) for number in range(top + 1)], np.uint8)
        return table[lengths]
    return np.array([_int_to_byte4(int(one)) for one in lengths], np.uint8)
