"""Judging search results by rated documents. Docs: search-rank-eval.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from esmock.errors import IllegalArgument
from esmock.families import table
from esmock.xcontent.object_parser import Parser, boolean, integer

Json = Any


@dataclass(slots=True)
class Quality:
    """How one request did: its score, and what the metric tells besides."""

    score: float
    details: dict[str, Json]


@dataclass(slots=True)
class Metric:
    """Precision at k: the part of the hits that is relevant.

    Attributes:
        k: how many hits are looked at.
        threshold: the least rating of a relevant document.
    """

    name: ClassVar[str] = "precision"
    k: int = 10
    threshold: int = 1
    ignore_unlabeled: bool = False

    @classmethod
    def parser(cls) -> Parser:
        return Parser(
            cls.name, integer("k"), integer("relevant_rating_threshold"), boolean("ignore_unlabeled"), build=cls.build
        )

    @classmethod
    def build(cls, found: dict[str, Any]) -> Metric:
        """The metric of parsed options. Raises IllegalArgument."""
        k = found.get("k", 10)
        if k <= 0:
            raise IllegalArgument("Window size k must be positive.")
        threshold = found.get("relevant_rating_threshold", 1)
        if threshold < 0:
            raise IllegalArgument("Relevant rating threshold for precision must be positive integer.")
        return cls(k=k, threshold=threshold, ignore_unlabeled=bool(found.get("ignore_unlabeled", False)))

    def quality(self, ratings: Sequence[int | None], rated: Sequence[int]) -> Quality:
        """Judge the hits.

        Args:
            ratings: of the hits, in order; None: not rated.
            rated: the ratings of all rated documents of the request.
        """
        relevant = sum(1 for one in ratings if one is not None and one >= self.threshold)
        seen = sum(1 for one in ratings if one is not None or not self.ignore_unlabeled)
        details = {"relevant_docs_retrieved": relevant, "docs_retrieved": seen}
        return Quality(relevant / seen if seen else 0.0, {self.name: details})


class Recall(Metric):
    """Recall at k: the part of the relevant documents that is among the hits."""

    name = "recall"

    @classmethod
    def parser(cls) -> Parser:
        return Parser(cls.name, integer("k"), integer("relevant_rating_threshold"), build=cls.build)

    def quality(self, ratings: Sequence[int | None], rated: Sequence[int]) -> Quality:
        relevant = sum(1 for one in rated if one >= self.threshold)
        found = sum(1 for one in ratings if one is not None and one >= self.threshold)
        details = {"relevant_docs_retrieved": found, "relevant_docs": relevant}
        return Quality(found / relevant if relevant else 0.0, {self.name: details})


class MeanReciprocalRank(Metric):
    """One over the rank of the first relevant hit."""

    name = "mean_reciprocal_rank"

    @classmethod
    def parser(cls) -> Parser:
        return Parser(cls.name, integer("k"), integer("relevant_rating_threshold"), build=cls.build)

    def quality(self, ratings: Sequence[int | None], rated: Sequence[int]) -> Quality:
        first = next((at for at, one in enumerate(ratings, 1) if one is not None and one >= self.threshold), -1)
        return Quality(1.0 / first if first > 0 else 0.0, {self.name: {"first_relevant": first}})


@dataclass(slots=True)
class DiscountedCumulativeGain(Metric):
    """Ratings added up, those further down counting less."""

    name = "dcg"
    normalize: bool = False
    unknown_rating: int | None = None

    @classmethod
    def parser(cls) -> Parser:
        return Parser("dcg_at", boolean("normalize"), integer("unknown_doc_rating"), integer("k"), build=cls.build)

    @classmethod
    def build(cls, found: dict[str, Any]) -> DiscountedCumulativeGain:
        return cls(
            k=found.get("k", 10), normalize=bool(found.get("normalize", False)), unknown_rating=found.get("unknown_doc_rating")
        )

    def quality(self, ratings: Sequence[int | None], rated: Sequence[int]) -> Quality:
        unrated = sum(one is None for one in ratings)
        gain = _gain([self.unknown_rating if one is None else one for one in ratings])
        details: dict[str, Json] = {"dcg": gain}
        score = gain
        if self.normalize:
            ideal = _gain(sorted(rated, reverse=True)[: len(ratings)])
            score = gain / ideal if ideal > 0 else 0.0
            if ideal != 0:
                details["ideal_dcg"], details["normalized_dcg"] = ideal, score
        details["unrated_docs"] = unrated
        return Quality(score, {self.name: details})


def _gain(ratings: Sequence[int | None]) -> float:
    total = 0.0
    for rank, rating in enumerate(ratings, 1):
        if rating is not None:
            total += (2.0**rating - 1) / (math.log(rank + 1) / math.log(2))
    return total


@dataclass(slots=True)
class ExpectedReciprocalRank(Metric):
    """The expected rank at which a reader is content."""

    name = "expected_reciprocal_rank"
    maximum: int = 0
    unknown_rating: int | None = None

    @classmethod
    def parser(cls) -> Parser:
        return Parser(
            cls.name, integer("maximum_relevance", argument=True, required=True),
            integer("unknown_doc_rating", argument=True), integer("k", argument=True),
            build=cls.build,
        )

    @classmethod
    def build(cls, found: dict[str, Any]) -> ExpectedReciprocalRank:
        return cls(k=found.get("k", 10), maximum=found["maximum_relevance"], unknown_rating=found.get("unknown_doc_rating"))

    def quality(self, ratings: Sequence[int | None], rated: Sequence[int]) -> Quality:
        unrated = sum(one is None for one in ratings)
        left, score = 1.0, 0.0
        for rank, one in enumerate(ratings, 1):
            rating = self.unknown_rating if one is None else one
            if rating is None:
                continue
            content = (2.0**rating - 1) / 2.0**self.maximum
            score += content * left / rank
            left *= 1 - content
        return Quality(score, {self.name: {"unrated_docs": unrated}})


METRICS = table((Metric, Recall, MeanReciprocalRank, DiscountedCumulativeGain, ExpectedReciprocalRank))
