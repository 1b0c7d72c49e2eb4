"""The round before a search over several shards: which shards cannot match, and in which order the others stand.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, SearchPhaseExecution
from esmock.mapping import field as kinds
from esmock.search.failures import counted, listed
from esmock.search.query.compound import MatchAll
from esmock.search.query.date_relation import extremes
from esmock.search.result import ShardFailure

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch
    from esmock.search.request import SearchRequest
    from esmock.search.shard_target import Environment, ShardTarget

MANY_SHARDS = 128
_READ_ONLY = ("index.blocks.write", "index.blocks.read_only", "index.blocks.read_only_allow_delete")
_WITHOUT_EXTREMES = ("half_float", "scaled_float", "boolean", "unsigned_long")


def pre_filtered(
    request: SearchRequest, targets: Sequence[ShardTarget], environment: Environment
) -> tuple[list[ShardTarget], int]:
    """The shards to search, in order, and how many are skipped. Raises SearchPhaseExecution (``raise_unsortable``)."""
    if not _is_worth_it(request, targets):
        return list(targets), 0
    from esmock.search.binding import shard_search

    kept: list[tuple[ShardTarget, _Extremes | None]] = []
    kinds_seen: set[str | None] = set()
    first: list[tuple[ShardTarget, _Extremes | None]] = []
    unsortable: list[ShardFailure] = []
    for target in targets:
        shard = shard_search(request, target, environment)
        found: tuple[ShardTarget, _Extremes | None] = (target, None)
        try:
            matches = must_visit_all(request) or not any(
                one is not None and one.matches_none(shard) for one in (request.query, *target.alias_filters[:1])
            )
            # ES: from 7.17 on a shard that cannot match need not be sorted
            if (matches or not request.behaviour.has((7, 17))) and _is_by_field(request):
                try:
                    _check_first(request, shard)
                except ApiError as error:
                    unsortable.append(ShardFailure(target, error))
                    raise
            found = (target, _extremes(request, shard))
            kinds_seen.add(None if found[1] is None else found[1].kind)
        except ApiError:
            matches = True  # what goes wrong here goes wrong in the search as well
        if matches:
            kept.append(found)
        elif not first:
            first.append(found)
    raise_unsortable(request, unsortable, len(targets), environment)
    skipped = len(targets) - len(kept)
    if not kept and first and _needs_one(request):
        # ES: one shard is searched, so that there is something to reduce
        kept, skipped = first, skipped - 1
    # ES: values of several kinds cannot be compared, on shards that are skipped neither
    is_sorted = len(kinds_seen - {None}) == 1 and not request.behaviour.shards_keep_their_numbers
    return _ordered(request, kept) if is_sorted else [target for target, _ in kept], skipped


def _needs_one(request: SearchRequest) -> bool:
    """Whether a shard is searched though none matches: from 8.x only for aggregations."""
    return request.behaviour.major < 8 or bool(request.aggs)


def _check_first(request: SearchRequest, shard: ShardSearch) -> None:
    """Raises ApiError where the field sorted by first cannot be sorted by on a shard."""
    from esmock.search.sort_key import SortKey

    assert request.sort
    SortKey.of(request.sort[0], replace(shard, warn=lambda _text: None)).checked()


def check_sorted(request: SearchRequest, shard: ShardSearch) -> None:
    """Raises ApiError where a shard cannot be sorted by the first field, if it is asked so whether it matches (7.x)."""
    if request.behaviour.major < 8 and _is_by_field(request):
        _check_first(request, shard)


def raise_unsortable(request: SearchRequest, failures: Sequence[ShardFailure], n_targets: int, environment: Environment) -> None:
    """End the search before any shard is searched where none can be sorted by the first field, or where all must (7.10).

    Raises:
        SearchPhaseExecution: of the phase ``can_match``.
    """
    if not failures or not request.behaviour.pre_filter_fails:
        return
    if len(failures) == n_targets:
        raise SearchPhaseExecution("can_match", "all shards failed", listed(counted(request, failures)))
    if not environment.allow_partial:
        raise SearchPhaseExecution("can_match", "Partial shards failure", listed(counted(request, failures)))


def _is_worth_it(request: SearchRequest, targets: Sequence[ShardTarget]) -> bool:
    if request.uses_dfs or request.knn:
        return False  # ES: where statistics are collected first, all shards are asked
    limit = request.pre_filter_shard_size
    if limit is None:
        is_sorted = request.sort and not request.sort[0].is_score and request.sort[0].values is None
        limit = 1 if is_sorted or _has_read_only(targets) else MANY_SHARDS
    return len(targets) > limit


def _has_read_only(targets: Sequence[ShardTarget]) -> bool:
    """Whether an index takes no documents: such are many and old, and often have nothing to find."""
    return any(target.settings.get(name) == "true" for target in targets for name in _READ_ONLY)


def _is_by_field(request: SearchRequest) -> bool:
    if not request.sort:
        return False
    first = request.sort[0]
    return not first.is_score and not first.is_doc and first.values is None


def must_visit_all(request: SearchRequest) -> bool:
    """Whether shards without matches count, too."""
    if request.query is None or isinstance(request.query, MatchAll) or request.suggest is not None:
        return True
    if not request.aggs:
        return False
    return any(_visits_all(one) for one in request.aggs.factories.aggregations)


def _visits_all(builder: Any) -> bool:
    if builder.name == "global" or getattr(builder, "min_doc_count", None) == 0:
        return True
    return any(_visits_all(one) for one in builder.subs.aggregations)


@dataclass(frozen=True, slots=True)
class _Extremes:
    """Least and greatest value of a field on a shard, and the kind of sort that compares them."""

    kind: str
    least: Any
    greatest: Any


def _extremes(request: SearchRequest, shard: ShardSearch) -> _Extremes | None:
    """What is known of the field that is sorted by first; None for sorts that are not by its values as they are."""
    if not request.sort or not _is_by_field(request):
        return None
    first = request.sort[0]
    if first.nested_path is not None or first.mode in ("sum", "avg", "median"):
        return None
    found = shard.field(first.field)
    if found is None or not found.is_indexed or found.name in _WITHOUT_EXTREMES:
        return None
    if found.name == "keyword":
        return _of_terms(shard, found.path)
    if found.column_kind not in (kinds.LONG, kinds.DOUBLE) or first.numeric_type not in (None, found.name):
        return None
    bounds = extremes(shard, found.path)
    kind = found.name if found.name == "float" else str(found.column_kind)
    return None if bounds is None else _Extremes(kind, *bounds)


def _of_terms(shard: ShardSearch, path: str) -> _Extremes | None:
    dictionaries = [segment.column(path).dictionary for segment in shard.segments(path)]
    terms = [str(one).encode("utf-8", "surrogatepass") for found in dictionaries if found for one in (found[0], found[-1])]
    return _Extremes("term", min(terms), max(terms)) if terms else None


def _ordered(request: SearchRequest, kept: list[tuple[ShardTarget, _Extremes | None]]) -> list[ShardTarget]:
    """Shards with the best values first; those without any come last. Newer versions number them as before."""
    assert request.sort
    missing = [target for target, found in kept if found is None]
    known = [(target, found) for target, found in kept if found is not None]
    down = request.sort[0].descending
    known.sort(key=lambda one: one[1].greatest if down else one[1].least, reverse=down)
    return [*(target for target, _ in known), *missing]
