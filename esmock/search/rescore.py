"""Rescoring: a second query corrects the scores of the best hits. Docs: search-request-rescore."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IllegalArgument, NamedObjectNotFound, NegativeArraySize, Parsing
from esmock.search.binding import bind_query
from esmock.search.query.base import QueryReading
from esmock.search.query.parse import int_value, parse_query
from esmock.search.query.refusals import noting
from esmock.xcontent import object_parser as parsing
from esmock.xcontent.located import at_end, at_value, token
from esmock.xcontent.object_parser import Parser

if TYPE_CHECKING:
    from esmock.search.query.base import ParseContext, Query
    from esmock.search.query.shard import ShardSearch
    from esmock.search.result import Hit

Json = Any
F32 = np.float32
MODES = ("avg", "max", "min", "total", "multiply")


@dataclass(slots=True)
class Rescore:
    """One step.

    Attributes:
        window: how many hits of each shard are rescored.
        mode: how the two scores are joined.
    """

    query: Query
    window: int = 10
    query_weight: float = 1.0
    rescore_weight: float = 1.0
    mode: str = "total"

    def joined(self, first: float, second: float | None) -> float:
        """The new score, in 32 bits; ``second`` is None where the second query does not match."""
        own = F32(first) * F32(self.query_weight)
        if second is None:
            return float(own)
        other = F32(second) * F32(self.rescore_weight)
        if self.mode == "avg":
            return float((own + other) / F32(2))
        if self.mode == "max":
            return float(max(own, other))
        if self.mode == "min":
            return float(min(own, other))
        if self.mode == "multiply":
            return float(own * other)
        return float(own + other)


def parse_rescore(holder: Json, key: str, ctx: ParseContext) -> list[Rescore]:
    """Read one step, or a list of them. Raises Parsing, NamedObjectNotFound, XContentParse, IllegalArgument."""
    value = holder[key]
    if isinstance(value, dict):
        return [_step(value, ctx)]
    out = []
    for at, one in enumerate(value):
        if not isinstance(one, dict):
            after = at_end(value) if at + 1 == len(value) else at_value(value, at + 1)
            found = "END_ARRAY" if at + 1 == len(value) else token(value[at + 1])
            raise Parsing(f"unexpected token [{found}] after [null]", after)
        out.append(_step(one, ctx))
    return out


def _step(body: Json, ctx: ParseContext) -> Rescore:
    step: Rescore | None = None
    window: int | None = None
    for key in body:
        value = body[key]
        if isinstance(value, dict):
            if key != "query":
                raise NamedObjectNotFound(f"unknown field [{key}]", at_value(body, key))
            step = _query(value, ctx)
        elif isinstance(value, list) or value is None:
            raise Parsing(f"unexpected token [{token(value)}] after [{key}]", at_value(body, key))
        elif key == "window_size":
            window = int_value(body, key)
        else:
            raise Parsing(f"rescore doesn't support [{key}]", at_value(body, key))
    if step is None:
        raise Parsing("missing rescore type", at_end(body))
    if window is not None:
        step.window = window
    return step


def _mode(name: str) -> str:
    if name.lower() not in MODES:
        raise IllegalArgument(f"illegal score_mode [{name}]")
    return name.lower()


def _rescore_query(holder: Json, key: Any, reading: Any) -> Query:
    return parse_query(holder, key, reading.ctx)


_QUERY = Parser(
    "query",
    parsing.custom("rescore_query", ("START_OBJECT",), _rescore_query),
    parsing.float_("query_weight"),
    parsing.float_("rescore_query_weight"),
    parsing.string("score_mode", then=_mode),
)


def _query(body: Json, ctx: ParseContext) -> Rescore:
    found = _QUERY.parse(body, QueryReading.of(ctx))
    if "rescore_query" not in found:
        raise IllegalArgument("rescore_query cannot be null")
    names = {"rescore_query": "query", "rescore_query_weight": "rescore_weight", "score_mode": "mode"}
    return Rescore(**{names.get(name, name): value for name, value in found.items()})


def check_queries(steps: list[Rescore], shard: ShardSearch) -> None:
    """Raises ApiError for a query that cannot be made on the shard."""
    bare = shard.bare()
    for step in steps:
        if shard.behaviour.major < 8:
            step.query.bind(bare, False)
        else:
            bind_query(step.query, bare, False)


def check(steps: list[Rescore], shard: ShardSearch, *, sorts: bool) -> None:
    """Raises IllegalArgument for a window too large, or a sort beside rescoring."""
    if sorts:
        raise IllegalArgument("Cannot use [sort] option in conjunction with [rescore].")
    if any(step.window < 0 for step in steps):
        raise NegativeArraySize(str(min(step.window for step in steps)))
    limit = int(shard.settings.get("index.max_rescore_window", shard.settings.get("index.max_result_window", 10_000)))
    for step in steps:
        if step.window > limit:
            raise IllegalArgument(
                f"Rescore window [{step.window}] is too large. It must be less than [{limit}]. This prevents allocating massive heaps for "
                "storing the results to be rescored. This limit can be set by changing the [index.max_rescore_window] index level setting."
            )


def rescored(steps: list[Rescore], hits: list[Hit], shard: ShardSearch) -> list[Hit]:
    """The hits of a shard with new scores, in their new order."""
    for step in steps:
        # ES: the names of its queries are told of hits from 8.x on
        quiet = replace(shard, percolations=[])
        own = quiet if shard.behaviour.major >= 8 else replace(quiet, named={})
        bound = step.query.bind(own, True)
        found: dict[int, Any] = {}
        head, tail = hits[: step.window], hits[step.window :]
        for hit in head:
            segment = hit.leaf.segment
            matches = found.get(id(segment))
            if matches is None:
                with noting(own, segment) as refusals:
                    matches = found[id(segment)] = bound.match(segment)
                refusals.check(sorted(one.doc for one in head if one.leaf.segment is segment))
            assert matches.score is not None
            second = float(matches.score[hit.doc]) if matches.match[hit.doc] else None
            hit.score = step.joined(hit.score or 0.0, second)
            hit.rescored_by = (*hit.rescored_by, step)
        for hit in tail:
            # ES: what lies behind the window keeps its score times the weight of the first query
            hit.score = float(F32(hit.score or 0.0) * F32(step.query_weight))
        # ES: what was not rescored may come before what was
        hits = sorted([*head, *tail], key=_by_score)
    return hits


def _by_score(hit: Hit) -> tuple[float, int]:
    return -(hit.score or 0.0), hit.leaf.base + hit.doc
