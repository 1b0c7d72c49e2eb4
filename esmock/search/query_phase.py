"""The query phase on one shard: what matches, and the best of it in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import ApiError, ArrayIndexOutOfBounds, IllegalArgument, Search
from esmock.search.binding import bind_query, shard_search
from esmock.search.doc_values import check_count
from esmock.search.query.base import F32, MatchEverything
from esmock.search.query.compound import MatchAll, MatchNone
from esmock.search.query.refusals import Refusals, noting
from esmock.search.request import SOURCE_WITHOUT_FIELDS, SearchRequest
from esmock.search.result import Hit, ShardResult
from esmock.search.sort_key import SortKey

if TYPE_CHECKING:
    from esmock.search.dfs import Dfs
    from esmock.search.query.shard import ShardSearch
    from esmock.search.shard_target import Environment, ShardTarget
from esmock.search.sort_values import lucene_places


def has_expired(request: SearchRequest) -> bool:
    """Whether the time allowed is over before the search begins: nothing is collected, and what costs nothing is counted.

    Source: recordings of 7.10.2 with ``timeout=-1s``; -1 stands for no limit.
    """
    return request.timeout_ms is not None and request.timeout_ms < -1


def query_shard(
    request: SearchRequest, target: ShardTarget, position: int, environment: Environment, dfs: Dfs | None = None, *,
    is_alone: bool = False,
) -> ShardResult:
    fault = environment.shard_faults.get((target.index, target.number)) if environment.shard_faults else None
    if fault is not None:
        raise fault
    shard = shard_search(request, target, environment)
    shard.dfs, shard.position, shard.is_alone = dfs, position, is_alone
    try:
        run = _planned(request, target, shard, environment)
    except ApiError:
        _check_queries(request, shard)
        raise
    try:
        result = run.collect(target, keep_all=environment.keep_all)
    except ApiError as error:
        error.of_documents = True  # type: ignore[attr-defined]
        raise
    if request.suggest is not None:
        result.suggest = request.suggest.collect(shard, target)
    return result


def check_shard(request: SearchRequest, target: ShardTarget, shard: ShardSearch, environment: Environment) -> None:
    """Raises ApiError for what a shard finds wrong with a search, aggregations left aside."""
    bare = replace(shard, named={}, inner_hits={}, warn=lambda _text: None)
    try:
        _planned(replace(request, aggs=None), target, bare, environment)
    except ApiError:
        _check_queries(request, bare)
        raise


def _check_queries(request: SearchRequest, shard: ShardSearch) -> None:
    """ES: what is wrong with the queries is found before what is wrong with all else. Raises ApiError."""
    for query in (request.query, request.post_filter):
        if query is not None and not query.matches_none(shard):
            bind_query(query, shard.bare(), False)
    if shard.late:
        raise shard.late[0]


def _planned(request: SearchRequest, target: ShardTarget, shard: ShardSearch, environment: Environment) -> _Run:
    """The search of a shard, ready to run: the parts of the request are looked at in Elasticsearch's order. Raises ApiError."""
    sort_keys = [SortKey.of(one, shard) for one in request.sort or ()]
    collector = _collector(request, shard)
    if request.suggest is not None:
        request.suggest.check(shard)
    if request.rescore:
        from esmock.search.rescore import check_queries

        check_queries(request.rescore, shard)
    check_count(request.docvalue_fields, shard)
    for query in request.highlight.queries() if request.highlight is not None else ():
        query.bind(shard.bare(), False)
    _check_kept(request, target, shard, sort_keys, environment)
    _check_source(request)
    group = None
    if request.collapse is not None:
        from esmock.search.collapse import check_request

        group = check_request(request, shard, scrolls=environment.keep_all)
    _check_window(request, target, environment)
    if len(sort_keys) == 1 and sort_keys[0].kind == "score" and sort_keys[0].sort.descending:
        is_by_score, sort_keys = True, []
    else:
        is_by_score = not sort_keys
    if request.rescore:
        from esmock.search.rescore import check as check_rescore

        check_rescore(request.rescore, shard, sorts=bool(sort_keys))
    tracks = is_by_score or request.track_scores
    sorts_by_score = any(one.kind == "score" for one in sort_keys)
    scores_keys = any(one.needs_scores for one in sort_keys)
    # ES: with size 0 scores are only computed for who needs them
    shows = bool(request.page_size > 0 or environment.keep_all)
    needs = (tracks and shows) or sorts_by_score or scores_keys or request.min_score is not None or (collector is not None and collector.needs_scores)
    if request.script_fields:
        from esmock.search.script_fields import FieldScripts

        shard.field_scripts = FieldScripts(request.script_fields, shard)
    boost = F32(_index_boost(request, target))
    bound = bind_query(MatchNone() if request.is_only_suggest else request.query or MatchAll(), shard, needs, boost)
    filters = [bind_query(one, shard, False) for one in target.alias_filters]
    # ES: only what percolates in the query itself tells slots
    post = None if request.post_filter is None else bind_query(request.post_filter, replace(shard, percolations=[]), False)
    if shard.late:
        raise shard.late[0]
    return _Run(request, shard, shard.position, bound, filters, post, sort_keys, tracks, tracks or sorts_by_score, needs, collector, group)


def _check_kept(
    request: SearchRequest, target: ShardTarget, shard: ShardSearch, keys: list[SortKey], environment: Environment
) -> None:
    """Where a search goes on, and what only one that is kept may have. Raises Search, IllegalArgument."""
    if request.search_after is not None:
        if environment.keep_all:
            raise Search("`search_after` cannot be used in a scroll context.")
        if request.from_ > 0:
            raise Search("`from` parameter must be set to 0 when `search_after` is used.")
        _check_after(request, request.search_after, keys)
    if request.slice is not None:
        from esmock.search.slice import check_slice

        check_slice(request, target, shard, scrolls=environment.keep_all)


def _check_after(request: SearchRequest, values: Sequence[Any], keys: list[SortKey]) -> None:
    """Raises ApiError for what the sort keys cannot go on behind."""
    from esmock.search.search_after import check, key_of, refuse_null

    check(request, request.sort)
    given = list(enumerate(zip(keys, values, strict=False)))
    reads_missing = request.behaviour.major >= 8
    for place, (key, value) in given:
        if reads_missing:
            refuse_null(key, value, place)
        if value is not None:
            key_of(key, value)
    if not reads_missing and request.page_size > 0:
        # ES: 7.x finds a missing value where hits are compared with it
        for place, (key, value) in given:
            refuse_null(key, value, place)


def _check_source(request: SearchRequest) -> None:
    if request.is_related:
        return
    if request.wants_source_without_fields:
        raise Search(SOURCE_WITHOUT_FIELDS)
    if request.stored_fields == ("_none_",) and request.fields and request.behaviour.major < 8:
        raise Search("[stored_fields] cannot be disabled when using the [fields] option")


def _check_window(request: SearchRequest, target: ShardTarget, environment: Environment) -> None:
    limit = int(target.settings.get("index.max_result_window", 10_000))
    size = request.page_size
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
    window = request.page_start + size
    if window > limit:
        raise IllegalArgument(
            f"Result window is too large, from + size must be less than or equal to: [{limit}] but was [{window}]. See the scroll api "
            "for a more efficient way to request large data sets. This limit can be set by changing the [index.max_result_window] "
            "index level setting."
        )


def _collector(request: SearchRequest, shard: ShardSearch) -> Any:
    """The aggregators of a shard: ``collect`` per segment, then ``result``; None where none were asked for."""
    try:
        return request.aggs.collector(shard, request.query) if request.aggs else None
    except ApiError as error:
        error.of_aggregations = True  # type: ignore[attr-defined]
        raise


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
        ends_early = remaining is not None and not keep_all
        known = self._known_total(target) if ends_early and request.page_size > 0 else None
        counted = self._counted() if ends_early and request.page_size == 0 else ()
        for leaf in () if expired else self.shard.reader:
            if remaining is not None and remaining <= 0:
                terminated = True
                break
            docs, score, refusals = self._match(leaf, target)
            is_counted = any(leaf.segment is one for one in counted)
            n_matching = len(docs)
            if is_counted and self.collector is None:
                total += n_matching
                continue
            chosen = docs if self.post is None or not len(docs) else docs[self.post.match(leaf.segment).match[docs]]
            if remaining is not None:
                if len(chosen) > remaining:
                    # the first document too many ends it all, also for what looks at more than the hits
                    terminated, docs = True, docs[docs < chosen[remaining]]
                    chosen = chosen[:remaining]
                remaining = remaining - len(chosen)
            if self.collector is not None:
                self.collector.collect(leaf.segment, docs, score, live=self._behind_aliases(leaf) if self.collector.has_global else None)
            refusals.check(chosen)
            docs = chosen
            total += n_matching if is_counted else len(docs)
            if self.tracks and score is not None and len(docs):
                top = float(score[docs].max())
                max_score = top if max_score is None else max(max_score, top)
            leaves.append((leaf, docs, score))
            if terminated:
                break
        size = total if keep_all else min(total, request.page_start + request.page_size)
        if expired and (request.query is None or isinstance(request.query, MatchAll)):
            total = sum(leaf.segment.n_docs if leaf.live() is None else int(leaf.live().sum()) for leaf in self.shard.reader)
        if request.page_size == 0 and not keep_all:
            size, max_score = 0, None
        rescores = bool(request.rescore) and (request.page_size > 0 or keep_all)
        if rescores:
            size = min(total, max(size, *(one.window for one in request.rescore)))
        if self.group is not None:
            max_score = max_score if keep_all or request.behaviour.major >= 8 else None
            hits = self._best_of_groups(leaves, total)
        else:
            hits = self._top(leaves, size)
        if rescores and hits:
            from esmock.search.rescore import rescored

            groups = [hit.group for hit in hits]
            hits = rescored(request.rescore, hits, self.shard)
            for hit, group in zip(hits, groups, strict=True):
                # ES: the groups stay where they are when hits change places
                hit.merged_by = group
            max_score = hits[0].score
        if known is not None:
            total = known
        partial = None if self.collector is None else self.collector.result()
        return ShardResult(
            target, self.shard, total, hits, max_score, self.sort_keys, partial, terminated, len(leaves), is_scored=self.needs
        )

    def _known_total(self, target: ShardTarget) -> int | None:
        """How many documents match, where that does not depend on how many are looked at."""
        from esmock.search.hit_count import knows_total

        if self.request.slice is not None or not knows_total(self.request, self.shard):
            return None
        return sum(len(self._match(leaf, target)[0]) for leaf in self.shard.reader)

    def _counted(self) -> list[Any]:
        """The segments whose hits are counted at once, which ends no search."""
        from esmock.search.hit_count import counted

        return [] if self.request.slice is not None else counted(self.request, self.shard)

    @property
    def _takes_all(self) -> bool:
        """Whether every living document matches, and no score is asked for: there is nothing to look at."""
        return isinstance(self.bound, MatchEverything) and not self.needs and not self.filters and self.request.slice is None

    def _allowed(self, segment: Any) -> np.ndarray:
        """The documents that the filters of aliases let through, of which one is enough."""
        allowed = np.zeros(segment.n_docs, bool)
        for one in self.filters:
            allowed |= one.match(segment).match
        return allowed

    def _behind_aliases(self, leaf: Any) -> np.ndarray:
        """The live documents, whatever is searched for, that a global aggregation sees. Source: answers of 6.8.23."""
        docs: np.ndarray = leaf.live_docs()
        return docs[self._allowed(leaf.segment)[docs]] if self.filters else docs

    def _match(self, leaf: Any, target: ShardTarget) -> tuple[np.ndarray, np.ndarray | None, Refusals]:
        """Matching live documents of a segment, scores by document, and those that are refused."""
        segment = leaf.segment
        if self._takes_all:
            return leaf.live_docs(), None, Refusals()
        with noting(self.shard, segment) as refusals:
            hits = self.bound.match(segment)
        match, score = hits.match, hits.score
        if self.filters:
            match = match & self._allowed(segment)
        if self.request.slice is not None:
            from esmock.search.slice import mask

            by_place = self.request.pit is not None and self.request.behaviour.slices_points_in_time
            places = lucene_places(self.shard.reader, segment) if by_place else None
            match = match & mask(self.request.slice, target, segment, places)
        live = leaf.live()
        if live is not None:
            match = match & live
        if not self.needs:
            score = None
        if self.request.min_score is not None and score is not None:
            refusals.check(np.flatnonzero(match))
            match = match & (score >= F32(self.request.min_score))
        return np.flatnonzero(match), score, refusals

    def _top(self, leaves: list[Any], size: int) -> list[Hit]:
        """The best documents of the shard, in order."""
        if size == 0:
            return []
        for one in self.sort_keys:
            one.prepare(leaves)
        leaves = [one for one in leaves if len(one[1])]
        return self._hits(leaves, self._order(leaves, size)) if leaves else []

    def _best_of_groups(self, leaves: list[Any], total: int) -> list[Hit]:
        """The best document of each group, in order."""
        from esmock.search.collapse import check_groups, first_of_groups

        request = self.request
        wanted = max(request.page_start + request.page_size, *(one.window for one in request.rescore), 0) if request.page_size else 0
        for one in self.sort_keys:
            one.prepare(leaves)
        leaves = [one for one in leaves if len(one[1])]
        if not leaves or not wanted:
            return []
        order = self._order(leaves, total)
        groups, values = request.collapse.groups(leaves, self.group)
        bad = check_groups(groups, order, wanted)
        if bad is not None:
            (leaf, doc), *_ = self._at(leaves, np.array([bad]))
            raise request.collapse.several(leaf[0], doc, self.shard.mapping)
        order = order[first_of_groups(groups[order], wanted)]
        hits = self._hits(leaves, order)
        for hit, group in zip(hits, groups[order].tolist(), strict=True):
            hit.group = hit.merged_by = values[group]
        return hits

    def _order(self, leaves: list[Any], size: int) -> np.ndarray:
        """Places of the best documents among those of all leaves, in order."""
        keys: list[list[np.ndarray]] = []
        for leaf, docs, score in leaves:
            if self.sort_keys:
                keys.append([one.keys(leaf.segment, docs, score, leaf.base) for one in self.sort_keys])
            else:
                assert score is not None
                keys.append([-score[docs]])
        columns = [parts[0] if len(parts) == 1 else np.concatenate(parts) for parts in zip(*keys, strict=True)]
        if self.request.search_after is None:
            return least_rows(columns, size)
        from esmock.search.search_after import after_mask

        kept = np.flatnonzero(after_mask(self.request, self.sort_keys, columns))
        return kept[least_rows([one[kept] for one in columns], size)]

    def _hits(self, leaves: list[Any], order: np.ndarray) -> list[Hit]:
        return [self._hit(leaf, doc) for leaf, doc in self._at(leaves, order)]

    @staticmethod
    def _at(leaves: list[Any], places: np.ndarray) -> list[tuple[Any, int]]:
        """The leaf and the document of each place among the documents of all leaves."""
        starts = np.cumsum([0] + [len(docs) for _, docs, _ in leaves])
        numbers = np.searchsorted(starts, places, side="right") - 1
        rows = zip(numbers.tolist(), (places - starts[numbers]).tolist(), strict=True)
        return [(leaves[number], int(leaves[number][1][at])) for number, at in rows]

    def _hit(self, leaf_hits: Any, doc: int) -> Hit:
        leaf, _, score = leaf_hits
        value = float(score[doc]) if score is not None and self.shows_scores else None
        raw = tuple(one.raw(leaf.segment, doc, value, leaf.base) for one in self.sort_keys)
        return Hit(self.position, leaf, doc, value, raw)


def least_rows(columns: list[np.ndarray], size: int) -> np.ndarray:
    """Positions of the ``size`` least rows; ties keep their order."""
    first = columns[0]
    if len(first) > 4 * size and size > 0:
        # only rows whose first key is among the least can be among the least rows
        candidates = np.flatnonzero(first <= np.partition(first, size - 1)[size - 1])
        return candidates[np.lexsort([one[candidates] for one in columns[::-1]])][:size]
    return np.lexsort(columns[::-1])[:size]
