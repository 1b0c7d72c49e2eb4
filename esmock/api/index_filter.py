"""``index_filter`` of a request: a query that shards can be left out by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import Parsing
from esmock.xcontent.located import standing
from esmock.xcontent.object_parser import Field, custom

if TYPE_CHECKING:
    from esmock.xcontent.value_reader import Reading

Json = Any


def index_filter() -> Field:
    """The field of a body's parser."""
    return custom("index_filter", ("START_OBJECT",), _query)


def _query(body: Json, key: Any, reading: Reading) -> Any:
    from esmock.search.query.base import ParseContext
    from esmock.search.query.parse import parse_query

    try:
        return parse_query(body, key, ParseContext(reading.behaviour, reading.warn))
    except Parsing as error:
        raise standing(error, (error.extra["line"], error.extra["col"])) from None
