"""Scorers of every similarity, in Lucene's order of operations. Docs: index-modules-similarity.

Sources: the papers behind the models (Amati and van Rijsbergen 2002 for DFR, Clinchant and Gaussier 2010 for IB, Kocabas et al. 2014
for DFI, Zhai and Lafferty 2001 for the language models); roundings as recordings of 7.10.2 show them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.search.bm25 import lengths

if TYPE_CHECKING:
    from esmock.mapping.similarity import Similarity
    from esmock.search.query.shard import ShardSearch

F32 = np.float32
Score = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a model knows of a field and a term.

    Attributes:
        n_docs: documents that have the field.
        n_tokens: tokens of the field in all documents.
        n_postings: pairs of a term and a document.
        doc_freq, total_freq: of the term.
    """

    n_docs: int
    n_tokens: int
    n_postings: int
    doc_freq: int
    total_freq: int

    @property
    def average_length(self) -> float:
        return self.n_tokens / self.n_docs


@dataclass(frozen=True, slots=True)
class ModelScorer:
    """Scores of one or several terms: each one's rounded to 32 bits, then added.

    Args:
        models: per term, a function of frequencies and lengths (float64[n]).
        similarity, terms, boost: what they were made of.
    """

    models: tuple[Score, ...]
    similarity: Similarity
    terms: tuple[Statistics, ...]
    boost: float

    def score(self, freqs: np.ndarray, norms: np.ndarray | None) -> np.ndarray:
        """float32[n]; see ``Bm25.score``."""
        freqs64 = np.asarray(freqs, np.float64)
        length = np.ones(len(freqs64)) if norms is None else lengths().astype(np.float64)[norms]
        total = np.zeros(len(freqs64), F32)
        for each in self.each(freqs64, length):
            total = total + each
        return total

    def each(self, freqs: np.ndarray, length: np.ndarray) -> list[np.ndarray]:
        """The scores of each term, float32[n]; see ``models``."""
        with np.errstate(all="ignore"):
            return [model(freqs, length).astype(F32) for model in self.models]


def _log2(values: Any) -> Any:
    return np.log(values) / np.log(2.0)


def collection_probability(one: Statistics) -> float:
    """How likely a token of the field is the term (language models)."""
    return (one.total_freq + 1.0) / (one.n_tokens + 1.0)


def _dirichlet(options: Any, one: Statistics, boost: float) -> Score:
    mu = float(F32(options["mu"]))
    probability = collection_probability(one)

    def score(freqs: np.ndarray, length: np.ndarray) -> np.ndarray:
        return np.maximum(0.0, boost * (np.log(1 + freqs / (mu * probability)) + np.log(mu / (length + mu))))

    return score


def _jelinek(options: Any, one: Statistics, boost: float) -> Score:
    lambda_ = float(F32(options["lambda"]))
    probability = collection_probability(one)

    def score(freqs: np.ndarray, length: np.ndarray) -> np.ndarray:
        return boost * np.log(1 + (float(F32(1) - F32(lambda_)) * freqs / length) / (lambda_ * probability))

    return score


MEASURES: dict[str, Callable[[Any, Any], Any]] = {
    "standardized": lambda freqs, expected: (freqs - expected) / np.sqrt(expected),
    "saturated": lambda freqs, expected: (freqs - expected) / expected,
    "chisquared": lambda freqs, expected: (freqs - expected) * (freqs - expected) / expected,
}


def expected_freq(one: Statistics, length: Any) -> Any:
    """How often a term stands in a document by chance (DFI)."""
    return (one.total_freq + 1) * length / (one.n_tokens + 1)


def _dfi(options: Any, one: Statistics, boost: float) -> Score:
    measure = MEASURES[options["independence_measure"]]

    def score(freqs: np.ndarray, length: np.ndarray) -> np.ndarray:
        expected = expected_freq(one, length)
        return np.where(freqs <= expected, 0.0, boost * _log2(measure(freqs, expected) + 1))

    return score


def normalized(options: Any, one: Statistics) -> Score:
    """The frequency that a document of average length would have."""
    kind = options["normalization"]
    average = one.average_length
    if kind == "no":
        return lambda freqs, length: freqs
    if kind == "z":
        z = float(F32(options["z"]))
        return lambda freqs, length: freqs * np.power(average / length, z)
    c = float(F32(options["c"]))
    if kind == "h1":
        return lambda freqs, length: freqs * c * (average / length)
    if kind == "h2":
        return lambda freqs, length: freqs * _log2(1 + c * average / length)
    share = float(F32(c) * F32(F32(one.total_freq + 1) / F32(one.n_tokens + 1)))
    return lambda freqs, length: (freqs + share) / (length + c) * c


def lambda_of(options: Any, one: Statistics) -> np.float32:
    """How common a term is, never one (IB)."""
    count = one.doc_freq if options["lambda"] == "df" else one.total_freq
    found = F32((count + 1.0) / (one.n_docs + 1.0))
    return np.nextafter(found, F32(0) if options["lambda"] == "df" else F32(2)) if found == 1 else found


def distribution(options: Any, one: Statistics) -> Callable[[Any], Any]:
    """The information in a normalized frequency (IB)."""
    wide = float(lambda_of(options, one))

    def log_logistic(tfn: np.ndarray) -> np.ndarray:
        return -np.log(wide / (tfn + wide))

    def smoothed_power_law(tfn: np.ndarray) -> np.ndarray:
        exponent = 1 - 1 / (tfn + 1)
        exponent = np.where(exponent == 1, np.nextafter(1.0, 0), exponent)
        power = np.power(wide, exponent)
        power = np.where(power == wide, np.nextafter(power, 1.0 if wide < 1 else 0.0), power)
        return -np.log((power - wide) / (1 - wide))

    return log_logistic if options["distribution"] == "ll" else smoothed_power_law


def _ib(options: Any, one: Statistics, boost: float) -> Score:
    tfn, information = normalized(options, one), distribution(options, one)
    return lambda freqs, length: boost * information(tfn(freqs, length))


def after_effect(options: Any, one: Statistics) -> float:
    """The after effect times one more than the normalized frequency (DFR)."""
    return 1.0 if options["after_effect"] == "l" else (one.total_freq + 2.0) / (one.doc_freq + 1.0)


def basic_model(options: Any, one: Statistics) -> Callable[[Any, float], Any]:
    """A function of the normalized frequency and the after effect times one more than that (DFR)."""
    n, df, ttf = float(one.n_docs), float(one.doc_freq), float(one.total_freq)
    kind = options["basic_model"]
    if kind == "g":
        share = (ttf + 1) / (n + (ttf + 1))
        first, second = _log2(share + 1), _log2((1 + share) / share)
        return lambda tfn, effect: (second - (second - first) / (1 + tfn)) * effect
    if kind == "if":
        weight = _log2(1 + (n + 1) / (ttf + 0.5))
    elif kind == "in":
        weight = _log2((n + 1) / (df + 0.5))
    else:
        weight = _log2((n + 1) / (expected_docs(one) + 0.5))
    return lambda tfn, effect: weight * effect * (1 - 1 / (1 + tfn))


def expected_docs(one: Statistics) -> float:
    """In how many documents a term would stand by chance (DFR, basic model ine)."""
    return float(one.n_docs * (1 - np.power((one.n_docs - 1) / one.n_docs, float(one.total_freq))))


def _dfr(options: Any, one: Statistics, boost: float) -> Score:
    tfn, model, effect = normalized(options, one), basic_model(options, one), after_effect(options, one)
    return lambda freqs, length: boost * model(tfn(freqs, length), effect)


_MODELS = {"LMDirichlet": _dirichlet, "LMJelinekMercer": _jelinek, "DFI": _dfi, "IB": _ib, "DFR": _dfr}


def model_scorer(shard: ShardSearch, similarity: Similarity, terms: list[Statistics], boost: Any) -> ModelScorer:
    """The scorer of some terms under a similarity that is neither BM25 nor boolean. Raises what its scripts raise."""
    make: Callable[[Statistics], Score]
    if similarity.kind == "scripted":
        from esmock.search.scripted_similarity import scripted

        make = functools.partial(scripted, shard, similarity, boost=float(boost))
    else:
        make = functools.partial(_MODELS[similarity.kind], similarity.options, boost=float(boost))
    return ModelScorer(tuple(map(make, terms)), similarity, tuple(terms), float(boost))
