"""Running a search over shards: query, merge, fetch. Returns plain objects; ``shape/search.py`` prints them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import (
    ApiError,
    ArrayIndexOutOfBounds,
    IllegalArgument,
    NoShardAvailableAction,
    Parsing,
    QueryShard,
    Search,
    SearchPhaseExecution,
)
from esmock.search.query.base import F32
from esmock.search.query.compound import MatchAll, MatchNone
from esmock.search.query.shard import ShardSearch
from esmock.search.request import SOURCE_WITHOUT_FIELDS, TRACK_ALL, TRACK_NONE, SearchRequest
from esmock.search.sort import SortKey

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping as FieldMapping
    from esmock.search.aggs.internal import Results
    from esmock.search.dfs import Dfs
    from esmock.search.query.base import Query
    from esmock.store.reader import Leaf, Reader
    from esmock.version import Behaviour

Json = Any


@dataclass(slots=True)
class ShardTarget:
    """One shard to search.

    Args:
        index, index_uuid, number, node: where it is.
        reader: the point in time.
        settings: flat index settings.
        alias_filters: parsed filters of the aliases through which the index was named; any of them may match.
    """

    index: str
    index_uuid: str
    number: int
    reader: Reader
    mapping: FieldMapping
    settings: Any = field(default_factory=dict)
    alias_filters: tuple[Query, ...] = ()
    node: str = ""


@dataclass(slots=True)
class Hit:
    """One hit before fetching.

    Attributes:
        sort_values: raw values by sort key.
        shard: position among the targets.
        group: the value by which hits collapse.
    """

    shard: int
    leaf: Leaf
    doc: int
    score: float | None
    sort_values: tuple[Any, ...] = ()
    group: Any = None


@dataclass(slots=True)
class ShardResult:
    """What one shard found."""

    target: ShardTarget
    search: ShardSearch
    total: int
    hits: list[Hit]
    max_score: float | None
    sort_keys: list[SortKey]
    aggregations: Any = None
    terminated_early: bool = False
    suggest: Any = None


@dataclass(slots=True)
class ShardFailure:
    """A shard that could not be searched."""

    target: ShardTarget
    error: ApiError

    @property
    def is_unassigned(self) -> bool:
        """No node has the shard."""
        return isinstance(self.error, NoShardAvailableAction)

    def listed(self) -> tuple[int, str, str | None, ApiError]:
        """As errors and ``_shards`` group it."""
        node = None if self.is_unassigned else self.target.node or None
        return self.target.number, self.target.index, node, self.error


@dataclass(slots=True)
class SearchResult:
    """What a search found.

    Attributes:
        total: hits; None where they were not counted.
        relation: ``eq`` or ``gte``.
        hits: the page, in order, fetched (``FetchedHit``).
        aggregations: JSON of ``aggregations``; None where none were asked for.
        results: the same before printing.
        all_hits: of a scroll: every hit in order, of which ``hits`` is the first page.
    """

    n_shards: int
    successful: int
    failures: list[ShardFailure]
    total: int | None
    relation: str
    max_score: float | None
    hits: list[Any]
    aggregations: Json = None
    results: Results | None = None
    suggest: Json = None
    profile: Json = None
    terminated_early: bool | None = None
    took_ms: int = 0
    timed_out: bool = False
    skipped: int = 0
    num_reduce_phases: int = 1
    scroll_id: str | None = None
    pit_id: str | None = None
    ordered: list[Hit] = field(default_factory=list)
    shards: list[ShardResult] = field(default_factory=list)
    targets: list[ShardTarget] = field(default_factory=list)


@dataclass(slots=True)
class Environment:
    """What a search needs besides its targets.

    Args:
        now_ms: the time of the search.
        max_buckets: ``search.max_buckets``.
        resources: ``terms_lookup(lookup) -> list``.
        allow_partial: whether failed shards only cost their hits.
        keep_all: keep every hit in order (scrolls).
        shard_faults: (index, number) to why that shard cannot be searched, where a test has made it so.
    """

    behaviour: Behaviour
    now_ms: int = 0
    max_buckets: int = 65535
    resources: Any = None
    scripts: Any = None
    allow_partial: bool = True
    keep_all: bool = False
    typed_keys: bool = False
    warn: Callable[[str], None] = lambda _text: None
    shard_faults: Mapping[tuple[str, int], ApiError] | None = None


def execute(request: SearchRequest, targets: Sequence[ShardTarget], environment: Environment) -> SearchResult:
    """Run a search.

    Raises:
        SearchPhaseExecution: every shard failed, some failed and partial results are not allowed, or the reduction failed.
    """
    for query in request.pending:
        query.rewritten(environment.resources)
    from esmock.search.pre_filter import pre_filtered

    n_shards = len(targets)
    targets, skipped = pre_filtered(request, targets, environment)
    results: list[ShardResult] = []
    failures: list[ShardFailure] = []
    if request.knn:
        from esmock.search.nearest import with_nearest

        request = with_nearest(request, targets, environment)
    dfs = _collected_statistics(request, targets, environment) if request.uses_dfs and request.query is not None else None
    targets = list(targets)
    for position, target in enumerate(targets):
        try:
            if request.runtime_mappings or target.mapping.runtime:
                from esmock.search.runtime_fields import overlaid

                targets[position] = target = overlaid(target, request.runtime_mappings, environment)
            results.append(_query_shard(request, target, position, environment, dfs))
        except ApiError as error:
            failures.append(ShardFailure(target, error))
    _raise_failures(request, targets, failures, environment)
    ordered = merge_hits(results)
    if request.collapse is not None:
        from esmock.search.collapse import best_of_groups

        ordered = best_of_groups(ordered, _from(request) + _size(request))
    page = ordered[_from(request) : _from(request) + _size(request)]
    total, relation = _total(request, results)
    max_score = _max_score(results) if results else 0.0
    from esmock.search.fetch import fetch

    fetched = []
    try:
        fetched = fetch(request, page, {id(one.target): one for one in results}, targets, environment)
    except ApiError as error:
        shard = targets[page[0].shard]
        raise _phase_error(request, targets, [ShardFailure(shard, error)], "all shards failed") from None
    if request.collapse is not None:
        from esmock.search.collapse import finish

        finish(request, fetched, page, targets, environment)
    reduced, aggregations = _reduce(request, results, failures, environment)
    suggest = _suggested(request, results, targets, environment)
    early = None
    if request.terminate_after:
        early = any(one.terminated_early for one in results)
    result = SearchResult(
        n_shards=n_shards,
        successful=len(results) + skipped,
        skipped=skipped,
        num_reduce_phases=_reduce_phases(request, len(results)),
        failures=_counted(request, failures),
        total=total,
        relation=relation,
        max_score=max_score,
        hits=fetched,
        aggregations=aggregations,
        results=reduced,
        suggest=suggest,
        terminated_early=early,
        timed_out=has_expired(request) and bool(targets),
        ordered=ordered if environment.keep_all else [],
        shards=results,
        targets=list(targets),
    )
    if request.profile:
        from esmock.search.profile import profile

        result.profile = profile(request, result, environment)
    return result


def has_expired(request: SearchRequest) -> bool:
    """Whether the time allowed is over before the search begins: nothing is collected, and what costs nothing is counted.

    Source: recordings of 7.10.2 with ``timeout=-1s``; -1 stands for no limit.
    """
    return request.timeout_ms is not None and request.timeout_ms < -1


def _from(request: SearchRequest) -> int:
    return max(request.from_, 0)


def _size(request: SearchRequest) -> int:
    return 10 if request.size == -1 else request.size


def _raise_failures(
    request: SearchRequest, targets: Sequence[ShardTarget], failures: list[ShardFailure], environment: Environment
) -> None:
    if not failures:
        return
    if not environment.allow_partial:
        _raise_missing(failures)
    if len(failures) == len(targets):
        raise _phase_error(request, targets, failures, "all shards failed")
    if not environment.allow_partial:
        raise _phase_error(request, targets, failures, "Partial shards failure")


def _counted(request: SearchRequest, failures: list[ShardFailure]) -> list[ShardFailure]:
    return [one for one in failures if request.behaviour.unassigned_shards_fail or not one.is_unassigned]


def _raise_missing(failures: list[ShardFailure]) -> None:
    """Shards that no node has are looked for before anything runs, where partial results are not allowed."""
    missing = [one.target for one in failures if one.is_unassigned]
    if missing:
        named = ", ".join(f"[{target.index}][{target.number}]" for target in missing)
        cause = SearchPhaseExecution(
            "query",
            f"Search rejected due to missing shards [{named}]. Consider using `allow_partial_search_results` setting to "
            "bypass this error.",
        )
        raise SearchPhaseExecution("query", "", [], cause=cause)


def _phase_error(
    request: SearchRequest, targets: Sequence[ShardTarget], failures: list[ShardFailure], reason: str
) -> SearchPhaseExecution:
    early = request.behaviour.major < 8 and len(targets) > 1 and bool(request.sort) and not _is_unranged(request, targets)
    return SearchPhaseExecution("can_match" if early else "query", reason, _listed(_counted(request, failures)))


def _listed(failures: Sequence[ShardFailure]) -> list[tuple[int, str, str | None, ApiError]]:
    return sorted((one.listed() for one in failures), key=lambda one: (one[1], one[0]))


def _is_unranged(request: SearchRequest, targets: Sequence[ShardTarget]) -> bool:
    """Whether the field sorted by first is of a type whose values are not looked at beforehand."""
    if not request.sort or request.sort[0].values is not None:
        return False
    found = targets[0].mapping.field(request.sort[0].field)
    return found is not None and found.name in ("half_float", "scaled_float")


def _reduce_phases(request: SearchRequest, n_results: int) -> int:
    """How often results are reduced: each time as many wait as a batch holds, the reduced ones being one of them."""
    if _size(request) == 0 and not request.aggs:
        return 1
    waiting = phases = 0
    for _ in range(n_results):
        if waiting + (phases > 0) >= request.batched_reduce_size:
            phases += 1
            waiting = 0
        waiting += 1
    return phases + 1


def _reduce(
    request: SearchRequest, results: list[ShardResult], failures: list[ShardFailure], environment: Environment
) -> tuple[Results | None, Json]:
    """The aggregations, joined over the shards, and as they are printed."""
    if not request.aggs:
        return None, None
    from esmock.search.aggs.internal import ReduceContext, Rendering, results_body

    ctx = ReduceContext(request.behaviour, environment.max_buckets, scripts=environment.scripts)
    try:
        reduced = request.aggs.reduce_tree([one.aggregations for one in results], ctx)
        return reduced, results_body(reduced, Rendering(request.behaviour, environment.typed_keys))
    except ApiError as error:
        raise SearchPhaseExecution("fetch", "", _listed(failures), cause=error) from None


def _suggested(
    request: SearchRequest, results: list[ShardResult], targets: Sequence[ShardTarget], environment: Environment
) -> Json:
    if request.suggest is None:
        return None
    from esmock.search.suggest.finish import fetched

    suggest = request.suggest.reduce([one.suggest for one in results], typed_keys=environment.typed_keys)
    return fetched(request, suggest, results, targets, environment)


def _total(request: SearchRequest, results: list[ShardResult]) -> tuple[int | None, str]:
    if request.track_total_hits == TRACK_NONE:
        return None, "eq"
    total = sum(one.total for one in results)
    if request.track_total_hits < TRACK_NONE:
        cause = IllegalArgument(f"value must be >= 0, got {request.track_total_hits}")
        raise SearchPhaseExecution("fetch", "", [], cause=cause)
    limit = request.track_total_hits
    if limit != TRACK_ALL and total > limit:
        return limit, "gte"
    return total, "eq"


def _max_score(results: list[ShardResult]) -> float | None:
    scores = [one.max_score for one in results if one.max_score is not None]
    return max(scores) if scores else None


def shard_search(request: SearchRequest | None, target: ShardTarget, environment: Environment) -> ShardSearch:
    """The shard that queries are bound to."""
    return ShardSearch(
        index=target.index,
        index_uuid=target.index_uuid,
        number=target.number,
        mapping=target.mapping,
        reader=target.reader,
        behaviour=environment.behaviour,
        now_ms=environment.now_ms,
        settings=target.settings,
        warn=environment.warn,
        resources=environment.resources,
        scripts=environment.scripts,
        has_runtime=bool((request is not None and request.runtime_mappings) or target.mapping.runtime),
        max_buckets=environment.max_buckets,
        page_size=10 if request is None else _size(request),
    )


def bind_query(query: Query, shard: ShardSearch, scored: bool, boost: np.float32 = F32(1)) -> Any:  # noqa: B008
    """Bind a query; what goes wrong becomes the shard's ``failed to create query``."""
    try:
        return query.bind(shard, scored, boost)
    except QueryShard as error:
        error.metadata = error.metadata or {"index_uuid": shard.index_uuid, "index": shard.index}
        raise
    except Parsing:
        raise
    except ApiError as error:
        if getattr(error, "in_rewrite", False):
            raise
        raise shard.error(f"failed to create query: {error.reason}", error) from None


def _collected_statistics(request: SearchRequest, targets: Sequence[ShardTarget], environment: Environment) -> Dfs:
    """Ask every shard for the statistics that the query's scores need. Raises SearchPhaseExecution where all refuse."""
    from esmock.search.dfs import Dfs

    dfs = Dfs()
    failures = []
    assert request.query is not None
    for target in targets:
        shard = shard_search(request, target, environment)
        shard.dfs = dfs
        dfs.begin()
        try:
            bind_query(request.query, shard, True)
        except ApiError as error:
            failures.append(ShardFailure(target, error))
    if failures and len(failures) == len(targets):
        listed = [(one.target.number, one.target.index, one.target.node or None, one.error) for one in failures]
        raise SearchPhaseExecution("dfs", "all shards failed", listed)
    dfs.close()
    return dfs


def _query_shard(
    request: SearchRequest, target: ShardTarget, position: int, environment: Environment, dfs: Dfs | None = None
) -> ShardResult:
    fault = environment.shard_faults.get((target.index, target.number)) if environment.shard_faults else None
    if fault is not None:
        raise fault
    shard = shard_search(request, target, environment)
    shard.dfs = dfs
    _check_window(request, target, environment)
    _check_source(request)
    if request.slice is not None:
        from esmock.search.slice import check_slice

        check_slice(request.slice, shard, is_kept=environment.keep_all or request.pit is not None)
    sort = request.sort
    if request.search_after is not None:
        from esmock.search.search_after import check

        check(request, sort)
    sort_keys = [SortKey.of(one, shard) for one in sort] if sort is not None else []
    if len(sort_keys) == 1 and sort_keys[0].kind == "score" and sort_keys[0].sort.descending:
        is_by_score, sort_keys = True, []
    else:
        is_by_score = not sort_keys
    tracks = is_by_score or request.track_scores
    sorts_by_score = any(one.kind == "score" for one in sort_keys)
    scores_keys = any(one.needs_scores for one in sort_keys)
    collector = _collector(request, shard)
    needs = tracks or sorts_by_score or scores_keys or request.min_score is not None or (collector is not None and collector.needs_scores)
    # ES: with size 0 scores are only computed for who needs them; the answer does not show it
    if request.rescore:
        from esmock.search.rescore import check as check_rescore

        check_rescore(request.rescore, shard, sorts=bool(sort_keys))
    group = None
    if request.collapse is not None:
        from esmock.search.collapse import check_request

        group = check_request(request, shard, scrolls=environment.keep_all)
    if request.script_fields:
        from esmock.search.script_fields import FieldScripts

        shard.field_scripts = FieldScripts(request.script_fields, shard)
    only_suggests = request.suggest is not None and request.query is None and not request.aggs
    boost = F32(_index_boost(request, target))
    bound = bind_query(MatchNone() if only_suggests else request.query or MatchAll(), shard, needs, boost)
    filters = [bind_query(one, shard, False) for one in target.alias_filters]
    post = None if request.post_filter is None else bind_query(request.post_filter, shard, False)
    run = _Run(request, shard, position, bound, filters, post, sort_keys, tracks, tracks or sorts_by_score, needs, collector, group)
    result = run.collect(target, keep_all=environment.keep_all)
    if request.suggest is not None:
        result.suggest = request.suggest.collect(shard, target)
    return result


def _check_source(request: SearchRequest) -> None:
    if request.wants_source_without_fields:
        raise Search(SOURCE_WITHOUT_FIELDS)


def _check_window(request: SearchRequest, target: ShardTarget, environment: Environment) -> None:
    limit = int(target.settings.get("index.max_result_window", 10_000))
    size = _size(request)
    if size < 0:
        raise IllegalArgument("numHits must be > 0; please use TotalHitCountCollector if you just need the total hit count")
    if request.from_ < -1:
        raise ArrayIndexOutOfBounds(f"Index {request.from_} out of bounds for length {request.from_ + size}")
    if environment.keep_all:
        if size > limit:
            raise IllegalArgument(
                f"Batch size is too large, size must be less than or equal to: [{limit}] but was [{size}]. Scroll batch sizes cost as "
                "much memory as result windows so they are controlled by the [index.max_result_window] index level setting."
            )
        return
    window = _from(request) + size
    if window > limit:
        raise IllegalArgument(
            f"Result window is too large, from + size must be less than or equal to: [{limit}] but was [{window}]. See the scroll api "
            "for a more efficient way to request large data sets. This limit can be set by changing the [index.max_result_window] "
            "index level setting."
        )


def _collector(request: SearchRequest, shard: ShardSearch) -> Any:
    """The aggregators of a shard: ``collect`` per segment, then ``result``; None where none were asked for."""
    return request.aggs.collector(shard) if request.aggs else None


def _index_boost(request: SearchRequest, target: ShardTarget) -> float:
    return dict(request.index_boosts).get(target.index, 1.0)


@dataclass(slots=True)
class _Run:
    """One query phase on one shard."""

    request: SearchRequest
    shard: ShardSearch
    position: int
    bound: Any
    filters: list[Any]
    post: Any
    sort_keys: list[SortKey]
    tracks: bool
    shows_scores: bool
    needs: bool
    collector: Any
    group: Any = None

    def collect(self, target: ShardTarget, *, keep_all: bool) -> ShardResult:
        request = self.request
        total = 0
        max_score: float | None = None
        leaves: list[tuple[Any, np.ndarray, np.ndarray | None]] = []
        terminated = False
        remaining = max(request.terminate_after, 0) if request.terminate_after else None
        expired = has_expired(request)
        for leaf in () if expired else self.shard.reader:
            docs, score = self._match(leaf, target)
            if remaining is not None:
                if len(docs) >= remaining:
                    terminated = True
                    docs = docs[:remaining]
                remaining = remaining - len(docs)
            if self.collector is not None:
                live = leaf.live()
                self.collector.collect(
                    leaf.segment, docs, score, live=None if live is None else np.flatnonzero(live)
                )
            if self.post is not None and len(docs):
                docs = docs[self.post.match(leaf.segment).match[docs]]
            total += len(docs)
            if self.tracks and score is not None and len(docs):
                top = float(score[docs].max())
                max_score = top if max_score is None else max(max_score, top)
            leaves.append((leaf, docs, score))
            if remaining is not None and remaining <= 0:
                break
        size = total if keep_all else min(total, _from(request) + _size(request))
        if expired and (request.query is None or isinstance(request.query, MatchAll)):
            total = sum(leaf.segment.n_docs if leaf.live() is None else int(leaf.live().sum()) for leaf in self.shard.reader)
        if _size(request) == 0 and not keep_all:
            size, max_score = 0, None
        if request.rescore:
            size = min(total, max(size, *(one.window for one in request.rescore)))
        if self.group is not None:
            size, max_score = total, max_score if keep_all else None
        hits = self._top(leaves, size)
        if request.rescore and hits:
            from esmock.search.rescore import rescored

            hits = rescored(request.rescore, hits, self.shard)
            max_score = hits[0].score
        if self.group is not None:
            from esmock.search.collapse import collapsed

            hits = collapsed(request, hits, self.group, _from(request) + _size(request), self.shard.mapping)
        partial = None if self.collector is None else self.collector.result()
        return ShardResult(target, self.shard, total, hits, max_score, self.sort_keys, partial, terminated)

    def _match(self, leaf: Any, target: ShardTarget) -> tuple[np.ndarray, np.ndarray | None]:
        """Matching live documents of a segment, and scores by document."""
        segment = leaf.segment
        hits = self.bound.match(segment)
        match, score = hits.match, hits.score
        if self.filters:
            allowed = np.zeros(segment.n_docs, bool)
            for one in self.filters:
                allowed |= one.match(segment).match
            match = match & allowed
        if self.request.slice is not None:
            from esmock.search.slice import mask

            n_shards = int(target.settings.get("index.number_of_shards", "1"))
            match = match & mask(self.request.slice, target.number, n_shards, segment)
        live = leaf.live()
        if live is not None:
            match = match & live
        if not self.needs:
            score = None
        if self.request.min_score is not None and score is not None:
            match = match & (score >= F32(self.request.min_score))
        return np.flatnonzero(match), score

    def _top(self, leaves: list[Any], size: int) -> list[Hit]:
        """The best documents of the shard, in order."""
        if size == 0:
            return []
        for one in self.sort_keys:
            one.prepare(leaves)
        keys: list[list[np.ndarray]] = []
        owners: list[np.ndarray] = []
        docs_of: list[np.ndarray] = []
        for number, (leaf, docs, score) in enumerate(leaves):
            if not len(docs):
                continue
            if self.sort_keys:
                keys.append([one.keys(leaf.segment, docs, score, leaf.base) for one in self.sort_keys])
            else:
                assert score is not None
                keys.append([-score[docs]])
            owners.append(np.full(len(docs), number, np.int64))
            docs_of.append(docs)
        if not keys:
            return []
        columns = [np.concatenate(parts) for parts in zip(*keys, strict=True)]
        owner, docs = np.concatenate(owners), np.concatenate(docs_of)
        if self.request.search_after is not None:
            from esmock.search.search_after import after_mask

            keep = after_mask(self.request, self.sort_keys, columns)
            columns, owner, docs = [one[keep] for one in columns], owner[keep], docs[keep]
        order = _order(columns, size)
        return [self._hit(leaves[int(owner[at])], int(docs[at])) for at in order]

    def _hit(self, leaf_hits: Any, doc: int) -> Hit:
        leaf, _, score = leaf_hits
        value = float(score[doc]) if score is not None and self.shows_scores else None
        raw = tuple(one.raw(leaf.segment, doc, value, leaf.base) for one in self.sort_keys)
        return Hit(self.position, leaf, doc, value, raw)


def _order(columns: list[np.ndarray], size: int) -> np.ndarray:
    """Positions of the ``size`` least rows; ties keep their order."""
    if len(columns) == 1:
        key = columns[0]
        if len(key) > 4 * size and size > 0:
            bound = np.partition(key, size - 1)[size - 1]
            candidates = np.flatnonzero(key <= bound)
            return candidates[np.argsort(key[candidates], kind="stable")][:size]
        return np.argsort(key, kind="stable")[:size]
    return np.lexsort(columns[::-1])[:size]


def merge_hits(results: list[ShardResult]) -> list[Hit]:
    """The hits of all shards in one order; ties go to the earlier shard."""
    if len(results) == 1:
        return results[0].hits
    hits = [hit for one in results for hit in one.hits]
    keys = next((one.sort_keys for one in results if one.sort_keys), [])
    if not keys:
        return sorted(hits, key=lambda hit: -(hit.score or 0.0))
    for at in range(len(keys) - 1, -1, -1):
        hits = _sorted_by(hits, at, keys[at])
    return hits


def _sorted_by(hits: list[Hit], at: int, key: SortKey) -> list[Hit]:
    down = key.sort.descending
    if key.kind != "string":
        return sorted(hits, key=lambda hit: hit.sort_values[at], reverse=down) if not down else _stable_reverse(
            hits, lambda hit: hit.sort_values[at]
        )
    from esmock.store.column import utf8_order

    first = key.sort.missing == "_first"
    there = [hit for hit in hits if hit.sort_values[at] is not None]
    missing = [hit for hit in hits if hit.sort_values[at] is None]

    def by_bytes(hit: Hit) -> Any:
        return utf8_order(str(hit.sort_values[at]))

    ordered = _stable_reverse(there, by_bytes) if down else sorted(there, key=by_bytes)
    return missing + ordered if first else ordered + missing


def _stable_reverse(hits: list[Hit], key: Callable[[Hit], Any]) -> list[Hit]:
    return sorted(hits, key=key, reverse=True)
