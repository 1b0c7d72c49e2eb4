"""How probable a row of words is: smoothing models over unigrams, bigrams and trigrams. Docs: search-suggesters-phrase."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.addition import in_order
from esmock.errors import IllegalArgument, Parsing
from esmock.families import table
from esmock.search.query.parse import Overrun, met
from esmock.xcontent.located import at_value, token, token_after
from esmock.xcontent.value_reader import double

if TYPE_CHECKING:
    from esmock.search.suggest.terms import TermDictionary

Json = Any
_TINY = 0.00000000001


def _values(model: str, body: Json, *names: str) -> dict[str, float]:
    """The numbers of a model; other values are passed over. Raises Parsing."""
    out = {}
    for name, holder, key in met(body):
        if isinstance(holder[key], dict):
            kind, at = token_after(holder, key)
            raise Parsing(f"[smoothing] unknown token [{kind}] after [{model}]", at) if isinstance(holder, list) else Overrun(holder)
        if name in names:
            out[name] = double(holder, key)
    return out


@dataclass(slots=True)
class Candidate:
    """A word that may stand at a place of the phrase.

    Args:
        likeness: 1.0 for the word as it was given.
        score: by which candidates of several generators are cut.
        is_original: given by the user.
    """

    term: str
    total_freq: int
    likeness: float
    score: float
    is_original: bool


@dataclass(slots=True)
class Model:
    """Stupid backoff, the default: what is not seen counts as a part of the shorter sequence."""

    name: ClassVar[str] = "stupid_backoff"
    discount: float = 0.4000000059604645  # 0.4 in 32 bits; one that is given has 64

    @classmethod
    def parse(cls, body: Json) -> Model:
        return cls(**_values("stupid_backoff", body, "discount"))

    def bigram(self, of: WordScorer, word: Candidate, before: Candidate) -> float:
        count = of.frequency(before, word)
        if count < 1:
            return self.discount * of.unigram(word)
        return count / (before.total_freq + _TINY)

    def unigram(self, of: WordScorer, word: Candidate) -> float:
        return (1.0 + of.terms.total_freq(word.term)) / (of.terms.total + of.terms.n_terms)

    def trigram(self, of: WordScorer, word: Candidate, before: Candidate, earlier: Candidate) -> float:
        pairs = of.frequency(before, word)
        if pairs < 1:
            return self.discount * of.unigram(word)
        count = of.frequency(earlier, before, word)
        if count < 1:
            return self.discount * (pairs / (before.total_freq + _TINY))
        return count / (pairs + _TINY)


@dataclass(slots=True)
class Laplace(Model):
    """Additive smoothing."""

    name = "laplace"
    alpha: float = 0.5

    @classmethod
    def parse(cls, body: Json) -> Laplace:
        return cls(**_values("laplace", body, "alpha"))

    def unigram(self, of: WordScorer, word: Candidate) -> float:
        return (self.alpha + of.terms.total_freq(word.term)) / (of.terms.total + self.alpha * of.terms.n_terms)

    def bigram(self, of: WordScorer, word: Candidate, before: Candidate) -> float:
        return (self.alpha + of.frequency(before, word)) / (before.total_freq + self.alpha * of.terms.n_terms)

    def trigram(self, of: WordScorer, word: Candidate, before: Candidate, earlier: Candidate) -> float:
        count = of.frequency(earlier, before, word)
        return (self.alpha + count) / (self.alpha * of.terms.n_terms + of.frequency(before, word))


@dataclass(slots=True)
class Linear(Model):
    """A weighted sum of the three."""

    name = "linear"
    trigram_lambda: float = 0.0
    bigram_lambda: float = 0.0
    unigram_lambda: float = 0.0

    @classmethod
    def parse(cls, body: Json) -> Linear:
        names = ("trigram_lambda", "bigram_lambda", "unigram_lambda")
        for name in body:
            if body[name] is None or isinstance(body[name], dict | list):
                raise Parsing(f"[linear] unknown token [{token(body[name])}] after [{name}]", at_value(body, name))
            if name not in names:
                raise IllegalArgument(f"suggester[phrase][smoothing][linear] doesn't support field [{name}]")
        given = dict.fromkeys(names, 0.0) | _values("linear", body, *names)
        if abs(in_order(given.values()) - 1.0) > 0.001:
            raise IllegalArgument("linear smoothing lambdas must sum to 1")
        return cls(**given)

    def bigram(self, of: WordScorer, word: Candidate, before: Candidate) -> float:
        count = of.frequency(before, word)
        if count < 1:
            return self.unigram_lambda * of.unigram(word)
        return self.bigram_lambda * (count / (0.5 + before.total_freq)) + self.unigram_lambda * of.unigram(word)

    def trigram(self, of: WordScorer, word: Candidate, before: Candidate, earlier: Candidate) -> float:
        # ES: looks the words up in reverse, and so hardly ever finds them
        count = of.frequency(word, before, earlier)
        if count < 1:
            return self.bigram(of, word, before)
        pairs = of.frequency(before, earlier)
        return self.trigram_lambda * (count / (1.0 + pairs)) + self.bigram(of, word, before)


MODELS = table((Model, Laplace, Linear))


@dataclass(slots=True)
class WordScorer:
    """Scores words in their place, in 64 bits."""

    terms: TermDictionary
    model: Model
    real_word_likelihood: float
    separator: str
    gram_size: int

    def frequency(self, *words: Candidate) -> int:
        return self.terms.total_freq(self.separator.join(word.term for word in words))

    def unigram(self, word: Candidate) -> float:
        return self.model.unigram(self, word)

    def score(self, path: Sequence[Candidate], at: int) -> float:
        """The logarithm of the probability of the word at a place."""
        word = path[at]
        channel = self.real_word_likelihood if word.likeness == 1.0 else word.likeness
        if at == 0 or self.gram_size == 1:
            part = self.unigram(word)
        elif at == 1 or self.gram_size == 2:
            part = self.model.bigram(self, word, path[at - 1])
        else:
            part = self.model.trigram(self, word, path[at - 1], path[at - 2])
        return math.log10(channel * part)
