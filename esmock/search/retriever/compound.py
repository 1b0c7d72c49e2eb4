"""Retrievers that work on what others found: each is asked first, then the search goes over the documents ranked.

Source: recordings of 8.19.21 (retriever ``rescorer``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.errors import ApiError, ElasticsearchStatus, SearchPhaseExecution, Unsupported
from esmock.search.lucene.ranked import by_rank
from esmock.search.query.base import Query
from esmock.search.query.compound import Bool
from esmock.search.request import TRACK_NONE, SearchRequest
from esmock.search.retriever.base import Retriever, Shards
from esmock.search.retriever.ranked import LEAST, Ranked, RankedDoc, in_order

if TYPE_CHECKING:
    from esmock.search.result import Hit

Json = Any


@dataclass(slots=True, kw_only=True)
class Compound(Retriever):
    """A retriever over others.

    Attributes:
        window: how many documents of each child count.
        found: the best documents of each child, once asked.
        docs: the ranked documents, once known.
        faults: what is wrong with its options, which is told with what is wrong with the search.
    """

    window_field: ClassVar[str] = "rank_window_size"
    children: Sequence[Retriever] = ()
    window: int = 10
    found: list[list[RankedDoc]] = field(default_factory=list)
    docs: list[RankedDoc] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def combined(self, lists: list[list[RankedDoc]]) -> list[RankedDoc]:
        """The ranked documents of several lists."""
        raise NotImplementedError(type(self).__name__)

    def prepared(self, request: SearchRequest, shards: Shards) -> SearchRequest:
        """A child's search as this retriever wants it."""
        return request

    def explained(self, shard: Any, doc: RankedDoc, reasons: list[Json]) -> Json:
        """Why a document has its rank, from why the children's queries match it."""
        return by_rank(shard, doc, reasons)

    def problems(self, size: int | None, *, scrolls: bool) -> list[str]:
        out: list[str] = []
        if size is not None and self.window < size:
            out.append(f"[{self.name}] requires [{self.window_field}: {self.window}] be greater than or equal to [size: {size}]")
        if scrolls:
            out.append(f"cannot specify [{self.name}] and [scroll]")
        return [*out, *self.faults, *(text for one in self.children for text in one.problems(size, scrolls=scrolls))]

    def resolved(self, request: SearchRequest, shards: Shards) -> SearchRequest:
        if request.profile:
            raise Unsupported(f"[profile] of the retriever [{self.name}]")
        children = [one.inside().narrowed(self.filter) for one in self.children]
        self.found = self._asked(children, request, shards)
        self.docs = docs = in_order(self.combined([[replace(one) for one in docs] for docs in self.found]))[: self.window]
        size = max(0, min(request.page_size, len(docs) - request.page_start))
        return replace(
            request,
            retriever=None,
            query=replace(self._ranked(docs, children, request), query_name=self.retriever_name),
            size=size,
            min_score=self._least_score(request),
        )

    def _least_score(self, request: SearchRequest) -> float | None:
        if self.min_score is not None:
            return self.min_score
        if any(one.min_score is not None for one in self.children):
            return float(LEAST)
        return request.min_score

    def source(self, found: list[RankedDoc], request: SearchRequest) -> Query:
        children = [one.narrowed(self.filter) for one in self.children]
        whole = self._ranked(self.docs, children, request)
        # ES: ranks are only told where they are to be explained; else the sources stand for the retriever, without its name
        return replace(whole, query_name=self.retriever_name, tail=[]) if request.explain else Bool(should=whole.tail)

    def _ranked(self, docs: list[RankedDoc], children: list[Retriever], request: SearchRequest) -> Ranked:
        sources = [one.source(found, request) for one, found in zip(children, self.found, strict=True)]
        return Ranked(docs, tail=sources, reasons=sources, words=self.explained)

    def _asked(self, children: list[Retriever], request: SearchRequest, shards: Shards) -> list[list[RankedDoc]]:
        """The best documents of every child. Raises ElasticsearchStatus where a search failed."""
        out: list[list[RankedDoc]] = []
        failed: dict[str, ApiError] = {}
        for child in children:
            own = SearchRequest(
                request.behaviour,
                size=self.window,
                track_total_hits=TRACK_NONE,
                runtime_mappings=request.runtime_mappings,
                warn=request.warn,
                uses_dfs=request.uses_dfs,
            )
            try:
                out.append(self._best(self.prepared(child.resolved(own, shards), shards), shards))
            except SearchPhaseExecution as error:
                failed[child.name] = error
        if failed:
            names = ", ".join(failed)
            raise ElasticsearchStatus(
                f"[{self.name}] search failed - retrievers '[{names}]' returned errors. All failures are attached as suppressed exceptions.",
                suppressed=failed.values(),
                status=max(one.status for one in failed.values()),
            )
        return out

    @staticmethod
    def _best(request: SearchRequest, shards: Shards) -> list[RankedDoc]:
        from esmock.search.execute import queried

        found = queried(request, shards.targets, shards.environment)
        return [_ranked_doc(hit, at, shards) for at, hit in enumerate(found.ordered[: request.page_size])]


def _ranked_doc(hit: Hit, at: int, shards: Shards) -> RankedDoc:
    target = shards.targets[hit.shard]
    place = target.index, target.number
    return RankedDoc(hit.shard, place, hit.leaf.segment, hit.doc, hit.leaf.base + hit.doc, hit.score or 0.0, at + 1)
