"""How unusual a term is in a set of documents: the heuristics of significant_terms.

Docs: search-aggregations-bucket-significantterms-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from esmock.errors import IllegalArgument

_LEAST = 1e-7


@dataclass(frozen=True, slots=True)
class Heuristic:
    """A way to score.

    Args:
        name: of ``SCORES``.
        include_negatives: score terms too that are rarer than in the background.
        is_superset: the background contains the set.
        ends_line: errors about it end with a line feed (8.x).
    """

    name: str = "jlh"
    include_negatives: bool = False
    is_superset: bool = True
    ends_line: bool = False

    def bound(self, scripts: Any) -> Heuristic:
        """As it scores on a shard."""
        return self

    def score(self, found: int, size: int, background: int, total: int) -> float:
        """Of a term in ``found`` of ``size`` documents, and in ``background`` of ``total``."""
        return SCORES[self.name](self, found, size, background, total)


@dataclass(frozen=True, slots=True)
class ScriptHeuristic(Heuristic):
    """A script scores.

    Differs: the four counts are whole numbers; Elasticsearch's own class for them cannot be cast, only counted with.
    """

    script: Any = None
    compiled: Any = None

    def bound(self, scripts: Any) -> ScriptHeuristic:
        """With the script compiled. Raises Script, GeneralScript and what the service raises."""
        return replace(self, compiled=scripts.compile(self.script, "script_heuristic"))

    def score(self, found: int, size: int, background: int, total: int) -> float:
        counts = {"_subset_freq": found, "_subset_size": size, "_superset_freq": background, "_superset_size": total}
        return float(self.compiled.run(params={**self.script.params, **counts}))


@dataclass(frozen=True, slots=True)
class PValueHeuristic(Heuristic):
    """How unlikely the term's share would be if it were that of the background: the logarithm of a likelihood ratio's p-value.

    Source: the published source of PValueScore; no engine that could be asked runs it.
    Differs: in last digits, since chances are worked out by logarithms of the gamma function.

    Args:
        normalize_above: greater sets count as if they had so many documents; 0: none do.
    """

    normalize_above: int = 0

    def score(self, found: int, size: int, background: int, total: int) -> float:
        t = _table(self, found, size, background, total)
        term, all_, term_outside, outside = t.n11, t.n_1, t.n10, t.n_0
        if term * outside <= all_ * term_outside or not outside or not all_:
            return 0.0
        term, all_ = self._scaled(term, all_)
        term_outside, outside = self._scaled(term_outside, outside)
        more, more_outside = (int(max(0.05 * one + 0.5, 1.0)) for one in (all_, outside))
        term, all_, term_outside, outside = term + more, all_ + more, term_outside + more_outside, outside + more_outside
        # differences of less than five in a hundred do not count
        term_outside = int(min(1.05 * term_outside, term / all_ * outside) + 0.5)
        together = (term + term_outside) / (all_ + outside)
        ratio = (
            _log_chance(all_, term, term / all_) + _log_chance(outside, term_outside, term_outside / outside)
            - _log_chance(all_, term, together) - _log_chance(outside, term_outside, together)
        )  # fmt: skip
        p_value = math.erfc(math.sqrt(max(ratio, 0.0)))
        return max(-math.log(max(p_value, sys.float_info.min)), 0.0)

    def _scaled(self, part: float, whole: float) -> tuple[float, float]:
        if not 0 < self.normalize_above < whole:
            return part, whole
        factor = self.normalize_above / whole
        return int(part * factor), int(whole * factor)


def _log_chance(trials: float, hits: float, p: float) -> float:
    """The logarithm of the chance of so many hits."""
    chosen = math.lgamma(trials + 1) - math.lgamma(hits + 1) - math.lgamma(trials - hits + 1)
    return chosen + (hits * math.log(p) if hits else 0.0) + ((trials - hits) * math.log1p(-p) if trials > hits else 0.0)


@dataclass(frozen=True, slots=True)
class _Table:
    """Documents without and with the term (first index), outside and in the set (second)."""

    n00: float
    n01: float
    n10: float
    n11: float
    n0_: float
    n1_: float
    n_0: float
    n_1: float
    n: float


def _table(rule: Heuristic, found: int, size: int, background: int, total: int) -> _Table:
    if rule.is_superset:
        _check_superset(rule, found, size, background, total)
        return _Table(
            total - background - (size - found), size - found, background - found, found,
            total - background, background, total - size, size, total,
        )  # fmt: skip
    return _Table(
        total - background, size - found, background, found,
        total - background + size - found, background + found, total, size, total + size,
    )  # fmt: skip


_INTENTIONAL = (
    ', does your background filter not include all documents in the bucket? If so and it is intentional, set "background_is_superset": '
    "false"
)


def _check_superset(rule: Heuristic, found: int, size: int, background: int, total: int) -> None:
    wrong = (
        ("subsetFreq > supersetFreq", found > background),
        ("subsetSize > supersetSize", size > total),
        ("supersetFreq - subsetFreq > supersetSize - subsetSize", background - found > total - size),
    )
    fault = next((text for text, is_wrong in wrong if is_wrong), None)
    if fault is not None:
        raise IllegalArgument(fault + _INTENTIONAL + ("\n" if rule.ends_line else ""))


def _ratio(one: float, other: float) -> float:
    return one / other if other else (math.nan if not one else math.inf)


def _jlh(rule: Heuristic, found: int, size: int, background: int, total: int) -> float:
    if not size or not total:
        return 0.0
    here, there = found / size, (background or 1) / total
    return (here - there) * (here / there) if here > there else 0.0


def _term(both: float, one: float, other: float, n: float) -> float:
    numerator, denominator, factor = abs(n * both), abs(one * other), abs(both / n)
    if numerator < _LEAST and factor < _LEAST:
        return 0.0
    return factor * math.log(numerator / denominator) if denominator else math.inf


def _mutual_information(rule: Heuristic, found: int, size: int, background: int, total: int) -> float:
    t = _table(rule, found, size, background, total)
    score = (
        _term(t.n00, t.n0_, t.n_0, t.n)
        + _term(t.n01, t.n0_, t.n_1, t.n)
        + _term(t.n10, t.n1_, t.n_0, t.n)
        + _term(t.n11, t.n1_, t.n_1, t.n)
    )
    score /= math.log(2.0)
    if math.isnan(score):
        return -math.inf
    if not rule.include_negatives and _ratio(t.n11, t.n_1) < _ratio(t.n10, t.n_0):
        return -score
    return score


def _chi_square(rule: Heuristic, found: int, size: int, background: int, total: int) -> float:
    t = _table(rule, found, size, background, total)
    if not rule.include_negatives and _ratio(t.n11, t.n_1) < _ratio(t.n10, t.n_0):
        return -math.inf
    return _ratio(t.n * (t.n11 * t.n00 - t.n01 * t.n10) ** 2, t.n_1 * t.n1_ * t.n0_ * t.n_0)


def _gnd(rule: Heuristic, found: int, size: int, background: int, total: int) -> float:
    t = _table(rule, found, size, background, total)
    if not t.n11:
        return 0.0
    if t.n1_ == t.n_1 == t.n11:
        return 1.0
    one, other = math.log(t.n1_), math.log(t.n_1)
    distance = (max(one, other) - math.log(t.n11)) / (math.log(t.n) - min(one, other))
    return math.exp(-distance)


def _percentage(rule: Heuristic, found: int, size: int, background: int, total: int) -> float:
    return found / background if background else 0.0


SCORES: dict[str, Callable[[Heuristic, int, int, int, int], float]] = {
    "jlh": _jlh,
    "mutual_information": _mutual_information,
    "chi_square": _chi_square,
    "gnd": _gnd,
    "percentage": _percentage,
}
