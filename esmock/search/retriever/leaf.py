"""Retrievers that search by themselves. Docs: standard-retriever, knn-retriever. Source: recordings of 8.19.21."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from esmock.errors import IllegalArgument, Unsupported
from esmock.search.collapse import Collapse
from esmock.search.query.base import Query
from esmock.search.query.compound import Bool, MatchAll
from esmock.search.query.knn import RESCORE, ExactKnn, Knn
from esmock.search.query.parse import parse_query, placed
from esmock.search.retriever.base import Retriever, Shards
from esmock.search.retriever.parse import BASE, read_object
from esmock.search.retriever.ranked import Ranked, RankedDoc
from esmock.search.search_after import read_search_after
from esmock.search.sort import parse_sort
from esmock.xcontent.object_parser import Parser, custom, float_, integer, object_, string
from esmock.xcontent.value_reader import array_of
from esmock.xcontent.value_reader import float_ as float_value

if TYPE_CHECKING:
    from esmock.search.query.base import ParseContext
    from esmock.search.request import SearchRequest
    from esmock.search.sort import Sort
    from esmock.xcontent.value_reader import Key, Reading

Json = Any


def _collapse(body: Json, key: Any, ctx: ParseContext) -> Collapse:
    return Collapse.parse(body[key], ctx)


_STANDARD = Parser(
    "standard",
    custom("query", ("START_OBJECT",), placed(parse_query)),
    custom("search_after", ("START_OBJECT", "START_ARRAY"), placed(read_search_after)),
    integer("terminate_after"),
    custom("sort", ("START_OBJECT", "START_ARRAY"), placed(parse_sort)),
    custom("collapse", ("START_OBJECT",), placed(_collapse)),
    *BASE,
)


@dataclass(slots=True, kw_only=True)
class Standard(Retriever):
    """A query, with the options that searches have beside it."""

    name: ClassVar[str] = "standard"
    query: Query | None = None
    search_after: list[Json] | None = None
    terminate_after: int = 0
    sort: list[Sort] | None = None
    collapse: Collapse | None = None

    @classmethod
    def read(cls, holder: Json, key: str | int, ctx: ParseContext) -> Standard:
        return cls(**read_object(_STANDARD, holder, key, ctx))

    def inside(self) -> Self:
        for name in ("search_after", "terminate_after"):
            if getattr(self, name):
                raise IllegalArgument(f"[{name}] cannot be used in children of compound retrievers")
        return self

    def resolved(self, request: SearchRequest, shards: Shards) -> SearchRequest:
        if self.terminate_after < 0:
            raise IllegalArgument("terminateAfter must be > 0")
        query = self.query
        if self.filter:
            query = Bool(must=[] if query is None else [query], filter=self.filter)
        return replace(
            request,
            retriever=None,
            query=query,
            search_after=self.search_after,
            terminate_after=self.terminate_after,
            sort=self.sort,
            collapse=self.collapse or request.collapse,
            min_score=request.min_score if self.min_score is None else self.min_score,
        )

    def source(self, found: list[RankedDoc], request: SearchRequest) -> Query:
        if self.filter:
            return Bool(filter=[*([] if self.query is None else [self.query]), *self.filter], query_name=self.retriever_name)
        query = MatchAll() if self.query is None else self.query
        return query if self.retriever_name is None else replace(query, query_name=self.retriever_name)


def _unsupported(body: Json, key: Key, reading: Reading) -> Any:
    raise Unsupported(f"[{key}] of the retriever [knn]")


def _has_vector(given: dict[str, Any]) -> dict[str, Any]:
    given.pop("rescore_vector", None)
    if "query_vector" not in given:
        raise IllegalArgument("either [query_vector] or [query_vector_builder] must be provided")
    return given


def _knn(*, needs_candidates: bool) -> Parser:
    return Parser(
        "knn",
        string("field", required=True),
        custom("query_vector", ("START_ARRAY", "VALUE_NUMBER", "VALUE_STRING"), array_of(float_value), argument=True),
        custom("query_vector_builder", ("START_OBJECT",), _unsupported, argument=True),
        integer("k", required=True),
        integer("num_candidates", argument=True, required=needs_candidates),
        float_("visit_percentage", argument=True, in_version=lambda behaviour: behaviour.visits_parts_of_vectors),
        float_("similarity", argument=True),
        object_("rescore_vector", RESCORE),
        *BASE,
        build=_has_vector,
    )


_KNN = _knn(needs_candidates=True)
_KNN_NINE = _knn(needs_candidates=False)


@dataclass(slots=True, kw_only=True)
class KnnRetriever(Retriever):
    """The nearest vectors; ``min_score`` has no say (as recorded)."""

    name: ClassVar[str] = "knn"
    field: str
    query_vector: Any
    k: int
    num_candidates: int | None = None
    similarity: float | None = None
    visit_percentage: float | None = None

    @classmethod
    def read(cls, holder: Json, key: str | int, ctx: ParseContext) -> KnnRetriever:
        return cls(**read_object(_KNN if ctx.behaviour.major < 9 else _KNN_NINE, holder, key, ctx))

    def _asked(self, size: int) -> Knn:
        return Knn.beside(
            {
                "field": self.field,
                "query_vector": self.query_vector,
                "k": self.k,
                "num_candidates": self.num_candidates,
                "similarity": self.similarity,
                "visit_percentage": self.visit_percentage,
                "filter": self.filter,
                "query_name": self.retriever_name,
            },
            size,
        )

    def resolved(self, request: SearchRequest, shards: Shards) -> SearchRequest:
        return replace(request, retriever=None, knn=[self._asked(request.page_size)])

    def source(self, found: list[RankedDoc], request: SearchRequest) -> Query:
        ranked = Ranked(found, reasons=[ExactKnn(self._asked(request.page_size))], query_name=self.retriever_name)
        return Bool(must=[ranked], filter=self.filter) if self.filter else ranked


RETRIEVERS: tuple[type[Retriever], ...] = (Standard, KnnRetriever)
