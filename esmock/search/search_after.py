"""``search_after``: going on behind a hit. Docs: paginate-search-results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import ApiError, ElasticsearchParse, IllegalArgument, NullPointer, NumberFormat, Parsing
from esmock.mapping.metadata_fields import OF_TIME_SERIES
from esmock.mapping.parameter import java_text
from esmock.mapping.series_id import of_shown
from esmock.mapping.unsigned_long import HALF, read_unsigned
from esmock.search.query.base import F32
from esmock.xcontent.located import at_value, token

if TYPE_CHECKING:
    from esmock.search.request import SearchRequest
    from esmock.search.sort import Sort
    from esmock.search.sort_key import SortKey

Json = Any


def read_search_after(body: Json, key: str, ctx: Any = None) -> list[Json]:
    """The values behind which a search goes on. Raises Parsing, IllegalArgument."""
    values = body[key]
    if isinstance(values, dict):
        raise Parsing("Expected [START_ARRAY] in [search_after] but found [START_OBJECT] inside search_after", at_value(body, key))
    for at, value in enumerate(values):
        if isinstance(value, dict | list):
            raise Parsing(
                f"Expected [VALUE_STRING] or [VALUE_NUMBER] or [VALUE_BOOLEAN] or [VALUE_NULL] but found [{token(value)}] "
                "inside search_after.",
                at_value(values, at),
            )
    if not values:
        raise IllegalArgument("Values must contains at least one value.")
    return list(values)


def check(request: SearchRequest, sort: list[Sort] | None) -> None:
    """Refuse values that do not go with the sort. Raises IllegalArgument."""
    after = request.search_after
    assert after is not None
    if not sort or (len(sort) == 1 and sort[0].is_score and sort[0].descending):
        # ES: the order of scores alone is no sort
        raise IllegalArgument("Sort must contain at least one field.")
    if len(after) != len(sort):
        raise IllegalArgument(f"search_after has {len(after)} value(s) but sort has {len(sort)}.")


def after_mask(request: SearchRequest, keys: list[SortKey], columns: list[np.ndarray]) -> np.ndarray:
    """bool[n]: the rows behind the given values.

    Args:
        columns: the sort keys of the rows, smaller first.
    """
    after = request.search_after or []
    if not keys:
        bound = -F32(_number("_score", after[0]))
        return columns[0] > bound
    out = np.zeros(len(columns[0]), bool)
    equal = np.ones(len(columns[0]), bool)
    for key, column, value in zip(keys, columns, after, strict=True):
        bound = key_of(key, value)
        out |= equal & (column > bound)
        equal &= column == bound
    return out


def key_of(key: SortKey, value: Json) -> Any:
    """A given value in the terms of the key's columns. Raises IllegalArgument."""
    down = key.sort.descending
    if key.kind == "string":
        return _string_key(key, value)
    number: Any = _read(key, value)
    if key.kind in ("score", "double", "doc"):
        return -number if down else number
    return ~int(number) if down else int(number)


def refuse_null(key: SortKey, value: Json, place: int) -> None:
    """Only texts may be missing. Raises NullPointer (7.x), IllegalArgument (8.x)."""
    if value is not None or key.kind == "string":
        return
    kind = key.lucene_type
    if key.shard.behaviour.major < 8:
        raise NullPointer(f'Cannot invoke "java.lang.{_BOXES[kind]}Value()" because "value" is null')
    raise IllegalArgument(
        f"[search_after] value at position {place} cannot be null for sort field [{_field_name(key)}] of type [{kind}]."
    )


def _field_name(key: SortKey) -> str:
    """The field that is sorted by, as Lucene is told."""
    if key.kind in ("doc", "score"):
        return "null"
    if key.field is None and key.sort.unmapped_type and key.sort.values is None:
        return "__anonymous_" + (key.sort.unmapped_type if key.shard.behaviour.major < 8 else "")
    return str(getattr(key.sort.values, "field", key.sort.field))


_BOXES = {"FLOAT": "Float.float", "LONG": "Long.long", "DOUBLE": "Double.double", "SCORE": "Float.float", "DOC": "Integer.int"}


def _string_key(key: SortKey, value: Json) -> int:
    from bisect import bisect_left

    if value is None:
        place = key.missing_place()
    else:
        dictionary = key.dictionary()
        kind = "" if key.field is None else key.field.name
        if kind in OF_TIME_SERIES:
            text = of_shown(value)
        else:
            text = str(key.field.term(value)) if kind in ("ip", "version") else java_text(value)  # type: ignore[union-attr]
        at = bisect_left(dictionary, text)
        place = 2 * at + 1 if at < len(dictionary) and dictionary[at] == text else 2 * at
    return -place if key.sort.descending else place


def _read(key: SortKey, value: Json) -> Any:
    field = key.field or key.unmapped_field()
    name = key.sort.field
    try:
        if field is not None and field.name in ("date", "date_nanos"):
            if isinstance(value, int | float) and not isinstance(value, bool):
                return int(value)
            text = java_text(value)
            if key.sort.format is not None:
                from esmock.mapping.dates.formatter import date_formatter

                try:
                    return date_formatter(key.sort.format, locale=_locale(field)).parse_ns(text) // key.unit_ns(field)  # type: ignore[arg-type]
                except ApiError as error:
                    if key.shard.behaviour.major < 8:
                        raise
                    raise ElasticsearchParse(f"{error.reason}: [{error.reason}]", cause=error) from None
            return field.term(text)
        if field is not None and field.name == "unsigned_long":
            return read_unsigned(value) - HALF
        if isinstance(value, str) and field is not None and field.name == "boolean":
            return _boolean(value)
        if isinstance(value, bool) and (field is None or field.name != "boolean"):
            raise NumberFormat(f'For input string: "{str(value).lower()}"')
        number = _number(name, value)
        if field is not None and field.name in ("float", "half_float") and key.sort.numeric_type is None:
            return float(F32(number))
        return number if key.kind not in ("long", "doc") else int(number)
    except ApiError as error:
        if field is not None and field.name == "boolean":
            raise
        if isinstance(error, ElasticsearchParse) and field is not None and field.name in ("date", "date_nanos"):
            raise
        raise IllegalArgument(f"Failed to parse search_after value for field [{_field_name(key)}].", cause=error) from None


def _boolean(text: str) -> int:
    if text not in ("true", "false"):
        raise IllegalArgument(f"Cannot parse boolean [{text}], expected either [true] or [false]")
    return int(text == "true")


def _number(name: str, value: Json) -> Any:
    from esmock.mapping.numeric import query_number

    if isinstance(value, bool):
        return int(value)
    return query_number(value)


def _locale(field: Any) -> str:
    """The language of a date's names; ES: 7.x reads them in English."""
    return str(field.get("locale")) if field.has("locale") and field.context.behaviour.major >= 8 else ""
