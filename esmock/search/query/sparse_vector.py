"""Documents by the weights of their tokens. Docs: query-dsl-sparse-vector-query. Source: recordings of 8.19.21."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IllegalArgument, Parsing, Unsupported, XContentParse
from esmock.mapping.sparse_vector import SparseVector
from esmock.search.query.base import F32, Bound, Hits, MatchNothing, ParseContext, Query
from esmock.search.query.declared import Declared, Stopped, parse_declared
from esmock.search.query.feature import feature_reader
from esmock.search.query.parse import boolean_value, float_value, text
from esmock.xcontent.located import at_end

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any
SCALARS = ("VALUE_NUMBER", "VALUE_STRING")
NO_VECTOR = "[sparse_vector] requires one of [query_vector] or [inference_id] for sparse_vector fields"


def _weights(body: Json, key: str, ctx: ParseContext) -> dict[str, float]:
    return {token: float_value(body[key], token) for token in body[key]}


def _prune(body: Json, key: str, ctx: ParseContext) -> None:
    if boolean_value(body, key):
        raise Unsupported("[prune] of [sparse_vector]")


def _unsupported(body: Json, key: str, ctx: ParseContext) -> Any:
    raise Unsupported(f"[{key}] of [sparse_vector]")


FIELDS: Declared = {
    "field": (text, SCALARS),
    "query_vector": (_weights, ("START_OBJECT",)),
    "inference_id": (_unsupported, SCALARS),
    "query": (_unsupported, SCALARS),
    "prune": (_prune, ("VALUE_BOOLEAN", "VALUE_STRING")),
    "pruning_config": (_unsupported, ("START_OBJECT",)),
    "boost": (lambda body, key, ctx: float_value(body, key), SCALARS),
    "_name": (text, SCALARS),
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

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> SparseVectorQuery:
        try:
            given = parse_declared("sparse_vector", body, ctx, FIELDS)
        except Stopped as error:
            raise Parsing(error.reason or "", error.stopped, cause=error) from None
        given.pop("prune", None)
        if "_name" in given:
            given["query_name"] = given.pop("_name")
        if "field" not in given:
            cause = IllegalArgument("Required [field]")
            raise Parsing(cause.reason or "", at_end(body), cause=cause)
        if "query_vector" not in given:
            failed = XContentParse(
                "Failed to build [sparse_vector] after last required field arrived", None, cause=IllegalArgument(NO_VECTOR)
            )
            raise Parsing(failed.reason or "", at_end(body), cause=failed)
        return cls(**given)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        found = shard.field(self.field)
        if found is None:
            return MatchNothing()
        if not isinstance(found, SparseVector):
            raise IllegalArgument(f"field [{self.field}] must be type [sparse_vector] but is type [{found.name}]")
        return Weighted(found, {token: F32(weight) * F32(boost) for token, weight in self.query_vector.items()})


QUERIES = (SparseVectorQuery,)
