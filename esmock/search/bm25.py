"""BM25 as Lucene computes it: 32-bit floats, in Lucene's order of operations.

Source: similarity page; ``explain`` recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from esmock.addition import in_order

F32 = np.float32


@functools.cache
def lengths() -> np.ndarray:
    """float32[256]: the length that a norm byte stands for."""
    from esmock.store.postings import length_table

    return length_table()


def idf(doc_freq: int, doc_count: int) -> np.float32:
    """log(1 + (N - n + 0.5) / (n + 0.5)) in 32 bits."""
    return F32(math.log(1 + (doc_count - doc_freq + 0.5) / (doc_freq + 0.5)))


@dataclass(frozen=True, slots=True)
class Bm25:
    """The scorer of one term or phrase.

    Args:
        weight: boost times idf, with (k1 + 1) where the version has it.
        norm_inverse: float32[256] by norm byte.
        boost: the part of the weight that is no idf, for explanations.
    """

    weight: np.float32
    norm_inverse: np.ndarray
    boost: float | None = None

    def score(self, freqs: np.ndarray, norms: np.ndarray | None) -> np.ndarray:
        """float32[n] scores.

        Args:
            freqs: [n] occurrences.
            norms: uint8[n] norm bytes; None: the field has no norms.
        """
        inverse = self.norm_inverse[1] if norms is None else self.norm_inverse.take(norms)
        out: np.ndarray = freqs.astype(F32)
        out *= inverse
        out += F32(1)
        np.divide(self.weight, out, out=out)
        return np.subtract(self.weight, out, out=out)


def scorer(
    idf_value: np.float32,
    boost: np.float32,
    doc_count: int,
    total_terms: int,
    *,
    k1_factor: bool,
    k1: float = 1.2,
    b: float = 0.75,
) -> Bm25:
    """The scorer for a term with an idf on a field of these statistics."""
    average = total_terms / doc_count if doc_count else 1.0
    factor = boost * (F32(k1) + F32(1)) if k1_factor else boost
    return Bm25(F32(factor * idf_value), _norm_inverse(k1, b, average), float(F32(factor)))


@functools.lru_cache(maxsize=256)
def _norm_inverse(k1: float, b: float, average: float) -> np.ndarray:
    """float32[256] by norm byte, for fields of an average length."""
    k1_, b_ = F32(k1), F32(b)
    found: np.ndarray = F32(1) / (k1_ * ((F32(1) - b_) + b_ * lengths() / F32(average)))
    return found


def phrase_idf(values: Any) -> np.float32:
    """The sum of the terms' idf, added in 64 bits."""
    return F32(in_order(float(one) for one in values))
