"""Scores changed by functions. Docs: query-dsl-function-score-query."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import ApiError, ClassCast, IllegalArgument, Parsing
from esmock.mapping.parameter import java_text
from esmock.search.query.base import F32, Bound, Hits, MatchNothing, ParseContext, Query
from esmock.search.query.compound import MatchAll
from esmock.search.query.feature import no_numbers
from esmock.search.query.parse import float_value, parse_query, scalar, text
from esmock.search.query.refusals import Refusals, refuse, scored
from esmock.search.query.score_functions import DECAYS, FAILED, Function, Functions
from esmock.xcontent.located import at_value

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any
F64 = np.float64

SCORE_MODES = ("first", "avg", "max", "sum", "min", "multiply")
BOOST_MODES = ("multiply", "replace", "sum", "avg", "max", "min")


def _log(value: Any, base: float | None = None) -> Any:
    with np.errstate(all="ignore"):
        return np.log(value) if base is None else np.log10(value)


MODIFIERS = {
    "none": lambda value: value,
    "log": lambda value: _log(value, 10),
    "log1p": lambda value: _log(value + 1, 10),
    "log2p": lambda value: _log(value + 2, 10),
    "ln": lambda value: _log(value),
    "ln1p": lambda value: np.log1p(value),
    "ln2p": lambda value: np.log1p(value + 1),
    "square": lambda value: value * value,
    "sqrt": lambda value: np.sqrt(value),
    "reciprocal": lambda value: 1.0 / value,
}


def _check_field(shard: ShardSearch, body: Json) -> None:
    """Raises ApiError for a field whose values are no factors."""
    found = shard.field(body["field"])
    if found is None and body.get("missing") is None:
        raise ApiError(f"Unable to find a field mapper for field [{body['field']}]. No 'missing' value defined.")
    if found is not None and found.name in ("keyword", "ip"):
        raise ClassCast(no_numbers(shard))


class Scorer:
    """A function bound to a shard: ``score(segment, query_score)`` gives float64[n_docs]."""

    def __init__(self, function: Function, shard: ShardSearch) -> None:
        self.weight = function.weight
        self.kind = function.kind
        self.body = function.body
        self.shard = shard
        self.compute = {
            None: self._one, "field_value_factor": self._field_value, "random_score": self._random,
        }.get(self.kind, self._decay)
        if self.kind == "field_value_factor":
            _check_field(shard, self.body)
        if self.kind == "random_score":
            from esmock.search.query.random_score import check_field

            check_field(shard, self.body.get("field"), self.body.get("seed"))
        if self.kind in DECAYS:
            from esmock.search.query.decay import Decay

            self.decay = Decay(self.kind or "", self.body, shard)
        if self.kind == "script_score":
            from esmock.search.doc_lookup import ScriptRunner, compile_script
            from esmock.search.query.scripted import ScriptFunction

            try:
                runner = ScriptRunner(shard, compile_script(shard, self.body, "score"), self.body.params)
            except ApiError as failure:
                raise shard.error("script_score: the script could not be loaded", failure) from None
            self.script = ScriptFunction(runner)
        # ES: what percolates in a filter tells no slots
        self.filter = None if function.filter is None else function.filter.bind(replace(shard, percolations=[]), False)

    def score(self, segment: Any, wanted: np.ndarray, query: np.ndarray) -> np.ndarray:
        """float64[n_docs]; ``wanted`` tells the documents whose value counts, ``query`` their scores so far."""
        values = self._unweighted(segment, wanted, query)
        if self.weight is not None:
            values = values * F64(F32(self.weight))
        return values

    def _unweighted(self, segment: Any, wanted: np.ndarray, query: np.ndarray) -> np.ndarray:
        return self.script.score(segment, wanted, query) if self.kind == "script_score" else self.compute(segment, wanted)

    def value(self, segment: Any, doc: int, query: float) -> float:
        """What the function alone gives for one document."""
        wanted = np.zeros(segment.n_docs, bool)
        wanted[doc] = True
        return float(self._unweighted(segment, wanted, np.full(segment.n_docs, query, F32))[doc])

    def _one(self, segment: Any, wanted: np.ndarray) -> np.ndarray:
        return np.ones(segment.n_docs, F64)

    def _decay(self, segment: Any, wanted: np.ndarray) -> np.ndarray:
        return self.decay.score(segment)

    def _field_value(self, segment: Any, wanted: np.ndarray) -> np.ndarray:
        body = self.body
        name = body["field"]
        found = self.shard.field(name)
        missing = body.get("missing")
        n = segment.n_docs
        values = np.full(n, F64(missing if missing is not None else 0.0))
        if found is not None:
            column = segment.column(found.path)
            has = column.has_value
            values[has] = found.numbers(column.values)[column.starts[:-1][has]].astype(F64)
        else:
            has = np.ones(n, bool)
        given = values
        factor = F64(F32(float(body.get("factor", 1))))
        with np.errstate(all="ignore"):
            values = MODIFIERS[str(body.get("modifier", "none")).lower()](values * factor)
        asked = wanted & _live(segment, self.shard)
        if missing is None:
            refuse(self.shard, asked & ~has, lambda _: ApiError(f"Missing value for field [{name}]"))
        refuse(
            self.shard, asked & (values < 0),
            lambda doc: IllegalArgument(
                f"field value function must not produce negative scores, but got: [{java_text(float(values[doc]))}] "
                f"for field value: [{java_text(float(given[doc]))}]"
            ),
        )  # fmt: skip
        return values

    def _random(self, segment: Any, wanted: np.ndarray) -> np.ndarray:
        from esmock.search.query.random_score import random_scores

        return random_scores(self.body, segment, self.shard)


def _live(segment: Any, shard: ShardSearch) -> np.ndarray:
    """bool[n_docs]: the documents that are looked at: those that are not deleted."""
    every = np.ones(segment.n_docs, bool)
    found = None if segment.path is not None else next((leaf for leaf in shard.reader if leaf.segment.base is segment.base), None)
    live = None if found is None else found.live()
    return every if live is None else live


@dataclass(slots=True)
class FunctionBound(Bound):
    """The inner query's scores joined with the functions'."""

    inner: Bound
    scorers: list[Scorer]
    score_mode: str
    boost_mode: str
    max_boost: float
    min_score: float | None
    scored: bool

    def match(self, segment: Any) -> Hits:
        if not self.scorers:
            return self._scored(segment, Refusals())
        return scored(self.scorers[0].shard, segment, lambda noted: self._scored(segment, noted))

    def _scored(self, segment: Any, noted: Refusals) -> Hits:
        n_before = len(noted)
        hits = self.inner.match(segment)
        if not self.scored and self.min_score is None:
            return hits
        query = hits.score if hits.score is not None else np.ones(segment.n_docs, F32)
        factor, any_matched = self._factor(segment, hits.match, query)
        if not self.scorers:
            score = query
        else:
            factor = np.where(any_matched, factor, 1.0)
            score = self._combined(query, factor, any_matched)
        self._refuse_bad(score, hits.match, segment)
        match = hits.match
        if self.min_score is not None:
            match = match & noted.since(n_before, score >= F32(self.min_score))
        return Hits(match, np.where(match, score, F32(0)))

    def explained(self, segment: Any, doc: int) -> tuple[float, float]:
        """What the functions give for one document, and its score."""
        hits = self.inner.match(segment)
        query = hits.score if hits.score is not None else np.ones(segment.n_docs, F32)
        factor, any_matched = self._factor(segment, hits.match, query)
        factor = np.where(any_matched, factor, 1.0)
        return float(factor[doc]), float(self._combined(query, factor, any_matched)[doc])

    def _factor(self, segment: Any, wanted: np.ndarray, query: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        n = segment.n_docs
        applied = []
        for one in self.scorers:
            match = np.ones(n, bool) if one.filter is None else one.filter.match(segment).match
            values = one.score(segment, match & wanted, query)
            applied.append((match, values, 1.0 if one.weight is None else float(F32(one.weight))))
        any_matched = np.zeros(n, bool)
        for match, _, _ in applied:
            any_matched |= match
        return _joined(self.score_mode, n, applied), any_matched

    def _combined(self, query: np.ndarray, factor: np.ndarray, any_matched: np.ndarray) -> np.ndarray:
        factor = np.minimum(factor, self.max_boost)
        wide = query.astype(F64)
        mode = self.boost_mode
        if mode == "replace":
            out = factor
        elif mode == "sum":
            out = wide + factor
        elif mode == "avg":
            out = (wide + factor) / 2.0
        elif mode == "max":
            out = np.maximum(wide, factor)
        elif mode == "min":
            out = np.minimum(wide, factor)
        else:
            with np.errstate(invalid="ignore"):
                out = wide * factor
        return out.astype(F32)

    def _refuse_bad(self, score: np.ndarray, match: np.ndarray, segment: Any) -> None:
        bad = match & ~((score >= 0) & (score < np.inf))
        if not self.scorers or not bad.any():
            return
        shard = self.scorers[0].shard

        def error_of(doc: int) -> ApiError:
            value = float(score[doc])
            shown = java_text(value) if math.isfinite(value) else "NaN" if math.isnan(value) else "Infinity"
            place = doc + int(segment.nested_counts()[doc]) if segment.path is None and len(segment.nested_counts()) else doc
            return ApiError(f"function score query returned an invalid score: {shown} for doc: {place}")

        refuse(shard, bad & _live(segment, shard), error_of)


def _joined(mode: str, n: int, applied: list[tuple[np.ndarray, np.ndarray, float]]) -> np.ndarray:
    """The functions' values by score mode."""
    if mode == "first":
        out = np.ones(n, F64)
        for match, values, _ in reversed(applied):
            out = np.where(match, values, out)
        return out
    if mode == "multiply":
        out = np.ones(n, F64)
        for match, values, _ in applied:
            out = np.where(match, out * values, out)
        return out
    if mode in ("max", "min"):
        out = np.full(n, -np.inf if mode == "max" else np.inf)
        pick = np.maximum if mode == "max" else np.minimum
        for match, values, _ in applied:
            out = np.where(match, pick(out, values), out)
        return out
    total, weights = np.zeros(n, F64), np.zeros(n, F64)
    for match, values, weight in applied:
        total = np.where(match, total + values, total)
        weights = np.where(match, weights + weight, weights)
    if mode == "sum":
        return total
    return np.divide(total, weights, out=np.ones(n, F64), where=weights != 0)


@dataclass(slots=True)
class FunctionScore(Query):
    """Docs: query-dsl-function-score-query."""

    name = "function_score"
    query: Query = field(default_factory=MatchAll)
    functions: list[Function] = field(default_factory=list)
    score_mode: str = "multiply"
    boost_mode: str = "multiply"
    max_boost: float = 3.4028234663852886e38
    min_score: float | None = None

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> FunctionScore:
        out: dict[str, Any] = {}
        inner = replace(ctx, depth=ctx.depth + 1)
        functions = Functions(body, inner)
        for key, value in body.items():
            if isinstance(value, dict):
                if key != "query":
                    functions.take_object(key)
                elif "query" in out:
                    raise Parsing(f"{FAILED} [query] is already defined.", at_value(body, key))
                else:
                    out["query"] = parse_query(body, key, inner)
            elif isinstance(value, list):
                functions.take_array(key)
            elif key == "score_mode" and scalar(value):
                out[key] = _mode(body, key, ctx, SCORE_MODES, "FunctionScoreQuery.ScoreMode")
            elif key == "boost_mode" and scalar(value):
                out[key] = _mode(body, key, ctx, BOOST_MODES, "CombineFunction")
            elif key in ("max_boost", "min_score", "boost") and scalar(value):
                out[key] = float_value(body, key)
            elif key == "_name" and scalar(value):
                out["query_name"] = text(body, key, ctx)
            elif scalar(value):
                functions.take_value(key)
        return cls(functions=functions.found, **out)

    def matches_none(self, shard: ShardSearch) -> bool:
        return self.query.matches_none(shard)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        if self.matches_none(shard):
            return MatchNothing()
        scorers = [Scorer(one, shard) for one in self.functions]
        if not scored and shard.behaviour.lucene_nine:
            # Lucene 9: boosts fall away where scores do not count, but for the least score that is asked for
            boost = F32(1)
        inner = self.query.bind(shard, scored or self.min_score is not None, boost)
        is_alone = len(scorers) == 1 and isinstance(self.functions[0].filter, MatchAll | None)
        # ES: the value of a function that stands alone is taken as it is
        return FunctionBound(
            inner, scorers, "first" if is_alone else self.score_mode, self.boost_mode, self.max_boost, self.min_score, scored
        )


def _mode(body: Json, key: str, ctx: ParseContext, known: tuple[str, ...], java: str) -> str:
    name = text(body, key, ctx)
    if name.lower() not in known:
        raise IllegalArgument(f"No enum constant org.elasticsearch.common.lucene.search.function.{java}.{name.upper()}")
    return name.lower()


QUERIES = (FunctionScore,)
