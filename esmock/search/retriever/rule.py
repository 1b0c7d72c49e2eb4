"""A retriever's documents as query rules change them. Docs: rule-retriever.

Source: class QueryRuleRetrieverBuilder of 8.17 to 9.x and the makers' YAML tests of it; no engine that could be asked has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.errors import Unsupported
from esmock.search.query.compound import MatchAll
from esmock.search.query.rule import Rule, check_rules
from esmock.search.retriever.compound import Compound
from esmock.search.retriever.parse import BASE, inner_field, read_wrapped
from esmock.xcontent.object_parser import Parser, integer, mapping, strings

if TYPE_CHECKING:
    from esmock.search.query.base import ParseContext
    from esmock.search.request import SearchRequest
    from esmock.search.retriever.base import Retriever, Shards
    from esmock.search.retriever.ranked import RankedDoc

Json = Any
_PARSER = Parser(
    "rule",
    strings("ruleset_ids", required=True),
    mapping("match_criteria", required=True),
    inner_field(required=True),
    integer("rank_window_size"),
    *BASE,
)


@dataclass(slots=True, kw_only=True)
class RuleRetriever(Compound):
    """The query ``rule`` around the query of one retriever."""

    name: ClassVar[str] = "rule"
    since_release: ClassVar[tuple[int, int]] = (8, 17)
    ruleset_ids: Sequence[str] = ()
    match_criteria: Mapping[str, Json] = field(default_factory=dict)

    @classmethod
    def read(cls, holder: Json, key: str | int, ctx: ParseContext) -> RuleRetriever:
        given = read_wrapped(_PARSER, holder, key, ctx)
        check_rules(given["ruleset_ids"], given["match_criteria"])
        return cls(children=(given.pop("retriever"),), window=given.pop("rank_window_size", 10), **given)

    def prepared(self, request: SearchRequest, shards: Shards) -> SearchRequest:
        if request.knn or request.sort:
            raise Unsupported("retriever [rule] over one that is no query by score")
        query = Rule(request.query or MatchAll(), self.match_criteria, self.ruleset_ids)
        query.rewritten(shards.environment.resources)
        return replace(request, query=query)

    def combined(self, lists: list[list[RankedDoc]]) -> list[RankedDoc]:
        return lists[0]


RETRIEVERS: tuple[type[Retriever], ...] = (RuleRetriever,)
