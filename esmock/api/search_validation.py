"""What a search is refused for before it goes to any shard.

Source: asked of 7.10.2 and 8.19.21 (``rest/search_validation.json``, ``search_validation_of_8.json``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from esmock.errors import ActionRequestValidation
from esmock.search.request import SOURCE_WITHOUT_FIELDS, TRACK_ALL

if TYPE_CHECKING:
    from esmock.api.request import Request
    from esmock.api.search_body import SearchCall
    from esmock.search.request import SearchRequest


def check_parsed(request: Request) -> None:
    """The same of the search that the body and the URL of a request make."""
    check(request.parsed, request)


def check(call: SearchCall, request: Request) -> None:
    """Raises ActionRequestValidation with every fault."""
    found = list(problems(call, request))
    if found:
        raise ActionRequestValidation(*found)
    check_typed_keys(call, request)


def check_typed_keys(call: SearchCall, request: Request) -> None:
    """Raises IllegalArgument where ``typed_keys`` is needed and cannot be read."""
    if has_names(call.request) and "typed_keys" in request.params:
        request.param("typed_keys")


def has_names(search: SearchRequest) -> bool:
    """Whether there is anything whose name could tell a type: ``typed_keys`` is read for nothing else."""
    return search.aggs is not None or search.suggest is not None


def check_point_in_time(call: SearchCall, request: Request) -> None:
    """7.x looks at a point in time while it reads the request. Raises ActionRequestValidation, IllegalArgument."""
    point = call.request.pit
    if point is None or request.behaviour.major >= 8:
        return
    found = list(_beside_point_in_time(call, request))
    if found:
        raise ActionRequestValidation(*found)
    if "id" in point:
        from esmock.search.point_in_time import check_id

        check_id(str(point["id"]), request.behaviour)


def problems(call: SearchCall, request: Request) -> Iterator[str]:
    """The faults of one search; 7.x leaves all but those of a scroll to the shards."""
    is_eight = call.request.behaviour.major >= 8
    if call.request.retriever is not None:
        yield from _of_retriever(call, request)
    if call.scroll is not None:
        yield from _of_scroll(call, request, is_eight=is_eight)
    if is_eight:
        yield from _of_source(call)
    if request.behaviour.shard_doc_needs_point and call.request.pit is None:
        from esmock.search.sort import SHARD_DOC

        if any(one.field == SHARD_DOC for one in call.request.sort or ()):
            yield f"[{SHARD_DOC}] sort field cannot be used without [point in time]"
    if call.scroll is not None and request.params.get("request_cache"):
        yield "[request_cache] cannot be used in a scroll context"
    if is_eight and call.request.pit is not None:
        yield from _of_point_in_time(call, request)


def _of_retriever(call: SearchCall, request: Request) -> Iterator[str]:
    """What cannot stand beside a retriever."""
    asked = call.request
    assert asked.retriever is not None
    is_sized = "size" in call.body or request.has_param("size")
    yield from asked.retriever.problems(asked.size if is_sized else None, scrolls=call.scroll is not None)
    given = {
        "query": asked.query is not None,
        "knn": bool(asked.knn),
        "search_after": asked.search_after is not None,
        "terminate_after": asked.terminate_after != 0,
        "sort": asked.sort is not None,
        "rescore": bool(asked.rescore),
    }
    beside = [name for name, is_there in given.items() if is_there]
    if beside:
        yield f"cannot specify [retriever] and [{', '.join(beside)}]"


def _of_scroll(call: SearchCall, request: Request, *, is_eight: bool) -> Iterator[str]:
    asked = call.request
    if tracks_totals(call, request) and asked.track_total_hits != TRACK_ALL:
        yield "disabling [track_total_hits] is not allowed in a scroll context"
    if asked.from_ > 0:
        yield "using [from] is not allowed in a scroll context"
    if asked.size == 0:
        yield "[size] cannot be [0] in a scroll context"
    if asked.rescore:
        yield "using [rescore] is not allowed in a scroll context"
    if is_eight and asked.search_after is not None:
        yield "[search_after] cannot be used in a scroll context"
    if is_eight and asked.collapse is not None:
        yield "cannot use `collapse` in a scroll context"


def _of_source(call: SearchCall) -> Iterator[str]:
    from esmock.search.slice import SLICE_OF_NOTHING_KEPT

    asked = call.request
    if asked.slice is not None and call.scroll is None and asked.pit is None:
        yield SLICE_OF_NOTHING_KEPT
    behind = asked.search_after if asked.retriever is None else getattr(asked.retriever, "search_after", None)
    if asked.from_ > 0 and behind is not None:
        yield "[from] parameter must be set to 0 when [search_after] is used"
    if asked.wants_source_without_fields:
        yield SOURCE_WITHOUT_FIELDS
    if asked.stored_fields == ("_none_",) and asked.fields:
        yield "[stored_fields] cannot be disabled when using the [fields] option"


def _of_point_in_time(call: SearchCall, request: Request) -> Iterator[str]:
    """A point in time says itself what is searched, and how."""
    if call.scroll is not None:
        yield "using [point in time] is not allowed in a scroll context"
    yield from _beside_point_in_time(call, request)


def _beside_point_in_time(call: SearchCall, request: Request) -> Iterator[str]:
    if call.names:
        advice = ". Do not specify any index with point in time." if request.behaviour.points_in_time_advise else ""
        yield f"[indices] cannot be used with point in time{advice}"
    if any(request.has_param(name) for name in ("expand_wildcards", "ignore_unavailable", "allow_no_indices")):
        yield "[indicesOptions] cannot be used with point in time"
    if call.routing is not None:
        yield "[routing] cannot be used with point in time"
    if call.preference is not None:
        yield "[preference] cannot be used with point in time"


def tracks_totals(call: SearchCall, request: Request) -> bool:
    """Whether the request says how far hits are counted."""
    return (isinstance(call.body, dict) and "track_total_hits" in call.body) or request.has_param("track_total_hits")
