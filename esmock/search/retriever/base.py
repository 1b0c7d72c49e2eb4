"""What every retriever has: options, how it changes the search around it, and what it stands for inside of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from esmock.search.query.base import Query

if TYPE_CHECKING:
    from esmock.search.query.base import ParseContext
    from esmock.search.request import SearchRequest
    from esmock.search.retriever.ranked import RankedDoc
    from esmock.search.shard_target import Environment, ShardTarget

Json = Any


@dataclass(frozen=True, slots=True)
class Shards:
    """Where retrievers look."""

    targets: Sequence[ShardTarget]
    environment: Environment


@dataclass(slots=True, kw_only=True)
class Retriever:
    """One retriever.

    Attributes:
        filter: queries that its documents must match; those of a compound retriever are its children's.
        min_score: documents below it are left out.
        retriever_name: ``_name``, or None.
    """

    name: ClassVar[str] = ""
    since_release: ClassVar[tuple[int, int]] = (8, 14)
    filter: list[Query] = field(default_factory=list)
    min_score: float | None = None
    retriever_name: str | None = None

    @classmethod
    def read(cls, holder: Json, key: str | int, ctx: ParseContext) -> Retriever:
        """Read the object under a key. Raises XContentParse, IllegalArgument, Parsing."""
        raise NotImplementedError(cls.__name__)

    def problems(self, size: int | None, *, scrolls: bool) -> list[str]:
        """What is wrong with the search around it; ``size`` is None where none was given."""
        return []

    def narrowed(self, filters: list[Query]) -> Self:
        """The same under the filters of the retriever around it."""
        return replace(self, filter=[*self.filter, *filters])

    def inside(self) -> Self:
        """The same as a child. Raises IllegalArgument for what a child cannot have."""
        return self

    def resolved(self, request: SearchRequest, shards: Shards) -> SearchRequest:
        """The search that it stands for, as one without a retriever."""
        raise NotImplementedError(type(self).__name__)

    def source(self, found: list[RankedDoc], request: SearchRequest) -> Query:
        """What it looks for, for the total, aggregations and highlights of the search around it.

        Args:
            found: its best documents.
        """
        raise NotImplementedError(type(self).__name__)
