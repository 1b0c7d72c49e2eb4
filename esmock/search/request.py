"""The body of a search: every top-level key, read in the order of the body.

Source: REST layer, section 6.5; recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import Parsing
from esmock.xcontent.located import NO_TOKENS, LocatedObject, after, at_root, token

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping
    from esmock.search.query.base import Query
    from esmock.search.retriever.base import Retriever
    from esmock.search.sort import Sort
    from esmock.version import Behaviour

Json = Any
TRACK_DEFAULT = 10_000
TRACK_ALL = 2**31 - 1
TRACK_NONE = -1


@dataclass(frozen=True, slots=True)
class FetchSource:
    """Which part of the source hits carry.

    Args:
        exclude_vectors: whether vectors are left out; None: as the index has it.
    """

    fetch: bool = True
    includes: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    exclude_vectors: bool | None = None


@dataclass(frozen=True, slots=True)
class FieldAndFormat:
    """An entry of ``docvalue_fields`` or ``fields``."""

    field: str
    format: str | None = None
    include_unmapped: bool = False

    def reads_source(self, mapping: Mapping) -> bool:
        """Whether some field that it names is looked for in the source."""
        return self.include_unmapped or any(True for _ in mapping.fields(self.field))


SOURCE_WITHOUT_FIELDS = "[stored_fields] cannot be disabled if [_source] is requested"


@dataclass(slots=True)
class SearchRequest:
    """A parsed search.

    Attributes:
        track_total_hits: how many hits are counted exactly; TRACK_ALL, TRACK_NONE.
        stored_fields: None: not asked for; ``("_none_",)``: no metadata either.
        uses_dfs: scores count the terms of all shards together.
        pending: queries that want something fetched first.
        types: the mapping types of the path (7.x); none: all.
        given: the body as sent, with what the URL says; None: none.
        request_cache: what the URL says of the request cache.
        aggs: opaque to the search; has ``collector`` and ``reduce``.
    """

    behaviour: Behaviour
    query: Query | None = None
    post_filter: Query | None = None
    from_: int = 0
    size: int = 10
    sort: list[Sort] | None = None
    search_after: list[Json] | None = None
    types: tuple[str, ...] = ()
    aggs: Any = None
    source: FetchSource | None = None
    stored_fields: tuple[str, ...] | None = None
    docvalue_fields: list[FieldAndFormat] = field(default_factory=list)
    fields: list[FieldAndFormat] = field(default_factory=list)
    version: bool = False
    seq_no_primary_term: bool = False
    explain: bool = False
    scores_named_queries: bool = False
    forces_synthetic_source: bool = False
    total_as_int: bool = False
    """Totals of hits in aggregations are numbers."""
    track_scores: bool = False
    track_total_hits: int = TRACK_DEFAULT
    terminate_after: int = 0
    min_score: float | None = None
    timeout_ms: int | None = None
    index_boosts: list[tuple[str, float]] = field(default_factory=list)
    collapse: Any = None
    slice: Json = None
    pit: Json = None
    highlight: Any = None
    suggest: Any = None
    rescore: list[Any] = field(default_factory=list)
    script_fields: Json = None
    runtime_mappings: Json = None
    knn: list[Any] = field(default_factory=list)
    nearest: list[Any] = field(default_factory=list)
    """What ``knn`` has found, once asked."""
    retriever: Retriever | None = None
    profile: bool = False
    batched_reduce_size: int = 512
    pre_filter_shard_size: int | None = None
    stats: list[str] = field(default_factory=list)
    warn: Callable[[str], None] = lambda _text: None
    pending: list[Query] = field(default_factory=list)
    uses_dfs: bool = False
    compatible: bool = False
    given: Json = None
    request_cache: bool | None = None
    is_related: bool = False
    """Whether the hits are children or parents of another: their query stands alone."""

    @property
    def is_only_suggest(self) -> bool:
        """Nothing but suggestions are asked for, and no query is run."""
        return self.suggest is not None and self.query is None and not self.aggs

    @property
    def page_start(self) -> int:
        """How many hits stand before the page."""
        return max(self.from_, 0)

    @property
    def page_size(self) -> int:
        """How many hits the page has at most."""
        return 10 if self.size == -1 else self.size

    @property
    def wants_source_without_fields(self) -> bool:
        """The source was asked for, and no stored fields, of which it is one."""
        return self.stored_fields == ("_none_",) and self.source is not None and self.source.fetch

    @classmethod
    def parse(
        cls,
        body: Json,
        behaviour: Behaviour,
        *,
        warn: Callable[[str], None] = lambda _text: None,
        stands_alone: bool = True,
        compatible: bool = False,
    ) -> SearchRequest:
        """Read a body; None stands for none.

        Args:
            stands_alone: nothing may follow the body.
            compatible: the request asks for the REST forms of the version before.

        Raises:
            Parsing, XContentParse, IllegalArgument ...: in Elasticsearch's words; NeedsPositions on plain bodies.
            ActionRequestValidation: pipeline aggregations stand in the wrong place.
        """
        request = cls(behaviour, warn=warn, compatible=compatible, given=body)
        if body is None:
            return request
        from esmock.search.request_keys import read_key

        if not isinstance(body, dict):
            if body is NO_TOKENS:
                raise Parsing("Expected [START_OBJECT] but found [null]", (1, 0))
            raise Parsing(f"Expected [START_OBJECT] but found [{token(body)}]", at_root(body))
        for key in body:
            read_key(request, body, key)
        if stands_alone and isinstance(body, LocatedObject):
            rest = after(body)
            if rest is not None:
                raise Parsing(f"Unexpected token [{rest[0]}] found after the main object.", rest[1])
        if request.aggs is not None and behaviour.pipelines_checked_early:
            request.aggs.check()
        return request
