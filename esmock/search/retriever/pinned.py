"""Chosen documents above what a retriever finds. Docs: pinned-retriever. Source: the documentation."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.errors import Unsupported
from esmock.search.query.compound import MatchAll
from esmock.search.query.parse import placed
from esmock.search.query.pinned import Pinned, chosen, read_docs, read_ids
from esmock.search.retriever.compound import Compound
from esmock.search.retriever.parse import BASE, inner_field, read_wrapped
from esmock.xcontent.object_parser import Parser, custom, integer

if TYPE_CHECKING:
    from esmock.search.query.base import ParseContext
    from esmock.search.query_rules import SpecifiedDocument
    from esmock.search.request import SearchRequest
    from esmock.search.retriever.base import Retriever, Shards
    from esmock.search.retriever.ranked import RankedDoc

Json = Any
_PARSER = Parser(
    "pinned",
    custom("ids", ("START_ARRAY", "VALUE_STRING"), placed(read_ids)),
    custom("docs", ("START_ARRAY", "START_OBJECT"), placed(read_docs)),
    inner_field(required=True),
    integer("rank_window_size"),
    *BASE,
)


@dataclass(slots=True, kw_only=True)
class PinnedRetriever(Compound):
    """The query ``pinned`` around the query of one retriever."""

    name: ClassVar[str] = "pinned"
    since_release: ClassVar[tuple[int, int]] = (8, 19)
    pins: list[SpecifiedDocument] = field(default_factory=list)

    @classmethod
    def read(cls, holder: Json, key: str | int, ctx: ParseContext) -> PinnedRetriever:
        given = read_wrapped(_PARSER, holder, key, ctx)
        pins = chosen(given)
        return cls(children=(given.pop("retriever"),), pins=pins, window=given.pop("rank_window_size", 10), **given)

    def prepared(self, request: SearchRequest, shards: Shards) -> SearchRequest:
        if request.knn or request.sort:
            raise Unsupported("retriever [pinned] over one that is no query by score")
        return replace(request, query=Pinned(request.query or MatchAll(), self.pins))

    def combined(self, lists: list[list[RankedDoc]]) -> list[RankedDoc]:
        return lists[0]


RETRIEVERS: tuple[type[Retriever], ...] = (PinnedRetriever,)
