"""A body that holds a query and nothing else, as count, explain and validate read it.

Source: recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, Parsing
from esmock.xcontent.located import LocatedObject, at_name, at_root, last_token, token

if TYPE_CHECKING:
    from esmock.api.request import Request
    from esmock.search.query.base import Query
    from esmock.search.request import SearchRequest
    from esmock.version import Behaviour

Json = Any


def read_query(request: Request, key: str = "query", pending: list[Query] | None = None) -> Query | None:
    """The query under a key; None without a body.

    Args:
        pending: takes the queries in it that refer to what must be fetched.

    Raises:
        Parsing: whatever else is wrong with the body is "Failed to parse".
    """
    content, kind = request.optional_content()
    if content is None:
        return None
    try:
        body = request.read(content, kind)
    except ApiError as cause:
        raise Parsing("Failed to parse", (1, 1), cause=cause) from None
    if not isinstance(body, dict):
        raise Parsing(f"Expected [START_OBJECT] but found [{token(body)}]", at_root(body))
    try:
        return _query_of(request, body, key, [] if pending is None else pending)
    except Parsing:
        raise
    except ApiError as cause:
        raise Parsing("Failed to parse", _place(body, key, cause), cause=cause) from None


def counting(query: Query | None, behaviour: Behaviour) -> SearchRequest:
    """A search that only counts what a query matches."""
    from esmock.search.request import TRACK_ALL, SearchRequest

    search = SearchRequest.parse(None, behaviour)
    search.query, search.size, search.track_total_hits = query, 0, TRACK_ALL
    search.given = {"count": repr(query)}
    return search


def _query_of(request: Request, body: dict[str, Json], wanted: str, pending: list[Query]) -> Query | None:
    from esmock.search.query.base import ParseContext
    from esmock.search.query.parse import parse_query

    query = None
    for key in body:
        if key != wanted:
            raise Parsing(f"request does not support [{key}]", at_name(body, key))
        query = parse_query(body, key, ParseContext(request.behaviour, request.warn, pending=pending))
    return query


def _place(body: Json, key: str, cause: ApiError) -> Any:
    from esmock.search.query.parse import place_of

    if isinstance(body, LocatedObject) and body.error is not None:
        return last_token(body)
    return place_of(cause, body, key)
