"""Queries on fields whose texts a model has turned into vectors. Docs: query-dsl-semantic-query.

There is no model here: what stands on other fields is answered as Elasticsearch answers it.
Source: class SemanticQueryBuilder of 8.15 to 9.x; no engine that could be asked has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.errors import IllegalArgument, Unsupported
from esmock.search.query.base import Bound, MatchNothing, Query
from esmock.search.query.declarative import STANDARD, read_query
from esmock.xcontent.object_parser import Parser, boolean, string

if TYPE_CHECKING:
    from esmock.search.query.base import ParseContext
    from esmock.search.query.shard import ShardSearch

Json = Any
_PLACE = (string("field", required=True), string("query", required=True))
_PARSER = Parser("semantic", *_PLACE, *STANDARD)
_LENIENT = Parser("semantic", *_PLACE, boolean("lenient"), *STANDARD)


@dataclass(slots=True)
class Semantic(Query):
    """Refused by every field that is no ``semantic_text``; a field that is not mapped matches nothing."""

    name: ClassVar[str] = "semantic"
    since_release: ClassVar[tuple[int, int]] = (8, 15)
    field: str
    query: str
    lenient: bool | None = None

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Semantic:
        return cls(**read_query(_LENIENT if ctx.behaviour.has((8, 18)) else _PARSER, body, ctx))

    def matches_none(self, shard: ShardSearch) -> bool:
        return shard.field(self.field) is None

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        found = shard.field(self.field)
        if found is None or (self.lenient and found.name != "semantic_text"):
            return MatchNothing()
        if found.name == "semantic_text":
            raise Unsupported("query [semantic] on a field of type [semantic_text]")
        refused = IllegalArgument(f"Field [{self.field}] of type [{found.name}] does not support semantic queries")
        refused.in_rewrite = True  # type: ignore[attr-defined]
        raise refused


QUERIES = (Semantic,)
