"""What every query has: parsing, binding to a shard, matching a segment.

``parse`` reads JSON and knows no index; ``bind`` looks at all segments of a shard (statistics, rewritten terms, field types);
``match`` looks at one segment and answers with whole arrays.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch
    from esmock.version import Behaviour

Json = Any
F32 = np.float32


@dataclass(slots=True)
class Hits:
    """The answer of one segment.

    match: bool[n_docs]
    score: float32[n_docs], 0 where nothing matches; None when scores were not asked for
    """

    match: np.ndarray
    score: np.ndarray | None = None


@dataclass(slots=True)
class ParseContext:
    """What parsing needs.

    Args:
        behaviour: the version's.
        warn: takes deprecations.
        depth: how many compound queries are around.
        pending: takes the queries that want something fetched before a shard is searched: ``rewritten(resources)``.
        check: told of each query that was read; raises for one that is not wanted.
    """

    behaviour: Behaviour
    warn: Callable[[str], None] = lambda _text: None
    depth: int = 0
    max_depth: int = 30
    compatible: bool = False
    """Whether the request asks for the REST forms of the version before."""
    pending: list[Any] = field(default_factory=list)
    check: Callable[[Query], None] | None = None


@dataclass(frozen=True, slots=True)
class QueryReading(Reading):
    """What a declarative parser needs where queries may stand in what it reads."""

    ctx: ParseContext = field(kw_only=True)

    @classmethod
    def of(cls, ctx: ParseContext) -> QueryReading:
        return cls(ctx.behaviour, ctx.warn, ctx=ctx)


class Bound:
    """A query bound to a shard."""

    def match(self, segment: Any) -> Hits:
        """Match every document of a segment, or of a nested view of one."""
        raise NotImplementedError(type(self).__name__)


@dataclass(slots=True)
class Query:
    """A parsed query.

    Attributes:
        boost: as given.
        query_name: ``_name``, or None.
    """

    name: ClassVar[str] = ""
    boost: float = field(default=1.0, kw_only=True)
    query_name: str | None = field(default=None, kw_only=True)

    def bind(self, shard: ShardSearch, scored: bool, boost: np.float32 = F32(1)) -> Bound:  # noqa: B008
        """Bind to a shard: the query's own boost times that of the queries around it.

        Raises:
            ApiError: values that the fields cannot take.
        """
        own = boost if self.boost == 1.0 else F32(self.boost) * boost
        bound = self.bind_boosted(shard, scored, own)
        if self.query_name is not None:
            shard.named[self.query_name] = (
                self.bind_boosted(shard, True, F32(self.boost)) if shard.scores_named else bound
            )
        return bound

    def matches_none(self, shard: ShardSearch) -> bool:
        """Whether the query is known to match nothing before it is built (a field that is not mapped)."""
        return False

    def matches_all(self, shard: ShardSearch) -> bool:
        """Whether the query is known to match everything before it is built (a match_all, by whatever name)."""
        return False

    def rewritten(self, resources: Any) -> None:
        """Fetch what the query refers to, before any shard is searched; called for those in ``ParseContext.pending``."""

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: np.float32) -> Bound:
        """``bind`` with the boost multiplied in."""
        raise NotImplementedError(type(self).__name__)


def inner_queries(query: Query) -> Iterator[tuple[str, Query]]:
    """The queries right inside one, each with the name of the member that holds it, alone or in a list."""
    kind: Any = type(query)
    for name in _members(kind):
        value = getattr(query, name)
        if isinstance(value, Query):
            yield name, value
        elif isinstance(value, list | tuple):
            for one in value:
                if isinstance(one, Query):
                    yield name, one


@functools.cache
def _members(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


class MatchNothing(Bound):
    """No document."""

    def match(self, segment: Any) -> Hits:
        n = segment.n_docs
        return Hits(np.zeros(n, bool), np.zeros(n, F32))


@dataclass(slots=True)
class MatchEverything(Bound):
    """Every document, with one score."""

    boost: np.float32

    def match(self, segment: Any) -> Hits:
        n = segment.n_docs
        return Hits(np.ones(n, bool), np.full(n, self.boost, F32))


@dataclass(slots=True)
class Constant(Bound):
    """The documents that a function finds, with one score.

    Args:
        find: segment to bool[n_docs].
    """

    find: Callable[[Any], np.ndarray]
    boost: np.float32

    def match(self, segment: Any) -> Hits:
        return constant(self.find(segment), self.boost)


def constant(match: np.ndarray, boost: Any) -> Hits:
    """Documents with one score."""
    return Hits(match, match * F32(boost))
