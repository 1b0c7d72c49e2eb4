"""Documents by the weights of their tokens. Docs: query-dsl-sparse-vector-query. Source: recordings of 8.19.21."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IllegalArgument, Parsing, Unsupported, XContentParse
from esmock.mapping.parameter import java_text
from esmock.mapping.sparse_vector import RATIO, WEIGHT, SparseVector, check_thresholds
from esmock.search.query.base import F32, Bound, Hits, MatchNothing, ParseContext, Query, QueryReading
from esmock.search.query.declared import Declared, Stopped, parse_declared
from esmock.search.query.feature import feature_reader
from esmock.search.query.parse import Overrun, boolean_value, float_value, placed, text
from esmock.xcontent.located import at_end, at_name

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any
SCALARS = ("VALUE_NUMBER", "VALUE_STRING")
NO_VECTOR = "[sparse_vector] requires one of [query_vector] or [inference_id] for sparse_vector fields"


def _weights(body: Json, key: str, ctx: ParseContext) -> dict[str, float]:
    """As they stand: what they are is looked at when the query is built."""
    return dict(body[key])


def _wrong_weight(weights: dict[str, Any]) -> str | None:
    """What is wrong with the weights of tokens."""
    for one in weights.values():
        if isinstance(one, bool) or not isinstance(one, int | float):
            return f"weight must be a number, was [{java_text(one)}]"
    return None


@dataclass(frozen=True, slots=True)
class Pruning:
    """Which tokens do not count: frequent ones that weigh little.

    Args:
        frequency: how many times as frequent as the average token.
        weight: which part of the greatest weight.
        others: only the pruned tokens count.
    """

    frequency: float = RATIO
    weight: float = WEIGHT
    others: bool = False

    @classmethod
    def parse(cls, body: Json, key: str, ctx: ParseContext) -> Pruning:
        """Raises Parsing, IllegalArgument, NumberFormat."""
        node = body[key]
        out: dict[str, Any] = {}
        for name in node:
            if name in _PRUNING and isinstance(node[name], dict):
                for inner in node[name]:
                    raise Parsing(f"[pruning_config] unknown token [{inner}]", at_name(node[name], inner))
                raise Overrun(node)
            if name not in _PRUNING or isinstance(node[name], list):
                raise Parsing(f"[pruning_config] unknown token [{name}]", at_name(node, name))
            attribute, read = _PRUNING[name]
            out[attribute] = read(node, name, QueryReading.of(ctx))
        found = cls(**out)
        check_thresholds(found.frequency, found.weight)
        return found

    def kept(self, shard: ShardSearch, field: SparseVector, weights: dict[str, float]) -> dict[str, float]:
        """The tokens that count on a shard, with their weights."""
        counts = [_frequencies(leaf.segment, field) for leaf in shard.reader]
        n_docs = sum(docs for docs, _ in counts)
        most = max((len(found) for _, found in counts), default=0)
        if not most or not weights:
            return {}
        average = F32(F32(sum(sum(found.values()) for _, found in counts)) / F32(n_docs)) / F32(most)
        least = F32(self.weight) * F32(max(weights.values()))

        def is_kept(token: str, weight: float) -> bool:
            frequency = sum(found.get(token, 0) for _, found in counts)
            if not frequency:
                return False
            return bool(F32(frequency) / F32(n_docs) < F32(self.frequency) * average or F32(weight) > least)

        return {token: weight for token, weight in weights.items() if is_kept(token, weight) != self.others}


_FLOAT = placed(lambda body, key, ctx: float_value(body, key))
_PRUNING = {
    "tokens_freq_ratio_threshold": ("frequency", _FLOAT),
    "tokens_weight_threshold": ("weight", _FLOAT),
    "only_score_pruned_tokens": ("others", placed(lambda body, key, ctx: boolean_value(body, key))),
}


def _frequencies(segment: Any, field: SparseVector) -> tuple[int, Counter[str]]:
    """How many documents of a segment have the field, and how many have each token."""

    def count() -> tuple[int, Counter[str]]:
        raw, _ = segment.values(field.path)
        docs = [{token for one in values for part in (one if isinstance(one, list) else [one]) for token in part or ()} for values in raw]
        return sum(map(bool, docs)), Counter(token for doc in docs for token in doc)

    return segment.cached(("tokens", field.path), count)  # type: ignore[no-any-return]


FIELDS: Declared = {
    "field": (text, ("VALUE_STRING",)),
    "query_vector": (_weights, ("START_OBJECT",)),
    "inference_id": (text, ("VALUE_STRING",)),
    "query": (text, ("VALUE_STRING",)),
    "prune": (lambda body, key, ctx: boolean_value(body, key), ("VALUE_BOOLEAN", "VALUE_STRING")),
    "pruning_config": (Pruning.parse, ("START_OBJECT",)),
    "boost": (lambda body, key, ctx: float_value(body, key), SCALARS),
    "_name": (text, ("VALUE_STRING",)),
}


@dataclass(slots=True)
class Weighted(Bound):
    """The sum of products of weights; one of the tokens must be there."""

    field: SparseVector
    weights: dict[str, Any]

    def match(self, segment: Any) -> Hits:
        total = np.zeros(segment.n_docs, np.float64)
        for token, weight in self.weights.items():
            total += weight * feature_reader(self.field, token)(segment)
        return Hits(total > 0, total.astype(F32))


@dataclass(slots=True)
class SparseVectorQuery(Query):
    """Docs: query-dsl-sparse-vector-query."""

    name = "sparse_vector"
    since_release = (8, 15)
    field: str
    query_vector: dict[str, float]
    pruning: Pruning | None = None

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> SparseVectorQuery:
        try:
            given = parse_declared("sparse_vector", body, ctx, FIELDS)
        except Stopped as error:
            raise Parsing(error.reason or "", error.stopped, cause=error) from None
        pruning = given.pop("pruning_config", None)
        # ES: since 8.19 the default of a field's index options
        if given.pop("prune", pruning is not None or ctx.behaviour.has((8, 19))):
            given["pruning"] = pruning or Pruning()
        if "_name" in given:
            given["query_name"] = given.pop("_name")
        if "field" not in given:
            cause = IllegalArgument("Required [field]")
            raise Parsing(cause.reason or "", at_end(body), cause=cause)
        inferred = {given.pop(one, None) for one in ("inference_id", "query")} - {None}
        if inferred and "query_vector" not in given:
            raise Unsupported("[inference_id] of [sparse_vector]")
        wrong = NO_VECTOR if "query_vector" not in given or inferred else _wrong_weight(given["query_vector"])
        if wrong is not None:
            failed = XContentParse("Failed to build [sparse_vector] after last required field arrived", None, cause=IllegalArgument(wrong))
            raise Parsing(failed.reason or "", at_end(body), cause=failed)
        return cls(**given)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        found = shard.field(self.field)
        if found is None:
            return MatchNothing()
        if not isinstance(found, SparseVector):
            raise IllegalArgument(f"field [{self.field}] must be type [sparse_vector] but is type [{found.name}]")
        weights = self.query_vector if self.pruning is None else self.pruning.kept(shard, found, self.query_vector)
        return Weighted(found, {token: F32(weight) * F32(boost) for token, weight in weights.items()})


QUERIES = (SparseVectorQuery,)
