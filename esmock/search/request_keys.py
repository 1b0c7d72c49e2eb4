"""What each top-level key of a search body means.

Source: REST layer, section 6.5; recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, Parsing, Unsupported, XContentParse
from esmock.search.request import TRACK_ALL, TRACK_NONE, FetchSource, FieldAndFormat, SearchRequest
from esmock.xcontent import object_parser as parsing
from esmock.xcontent.located import at_end, at_value, standing, token
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.units import parse_time_ms
from esmock.xcontent.value_reader import Reading, boolean

if TYPE_CHECKING:
    from esmock.xcontent.value_reader import Told

Json = Any


def read_key(request: SearchRequest, body: Json, key: str) -> None:
    """Read one top-level key."""
    value = body[key]
    if isinstance(value, dict):
        readers = _OBJECTS
    elif isinstance(value, list):
        readers = _ARRAYS
    elif value is None:
        readers = {}
    else:
        readers = _VALUES
    reader = readers.get(key)
    if not request.behaviour.has(_SINCE.get(key, (0, 0))):
        reader = None
    if key == "indices_boost" and isinstance(value, dict) and request.behaviour.major >= 8:
        reader = None
    if reader is None:
        if key in _LATER.get(type(value), ()) and request.behaviour.major >= 8:
            raise Unsupported(f"search option [{key}]")
        raise Parsing(f"Unknown key for a {token(value)} in [{key}].", at_value(body, key))
    reader(request, body, key)


_SINCE = {"runtime_mappings": (7, 11), "knn": (8, 4), "retriever": (8, 14)}
"""The releases that brought a key."""

_LATER: dict[type, tuple[str, ...]] = {
    dict: ("rank",),
    list: ("sub_searches",),
}


def _context(request: SearchRequest) -> Any:
    from esmock.search.query.base import ParseContext

    return ParseContext(request.behaviour, request.warn, pending=request.pending, compatible=request.compatible)


def _text(request: Told, body: Json, key: Any) -> str:
    from esmock.xcontent.value_reader import text

    return text(body, key, request)


def _integer(attribute: str) -> Any:
    def read(request: SearchRequest, body: Json, key: str) -> None:
        from esmock.search.query.parse import int_value

        number = int_value(body, key)
        _check_number(request, attribute, number)
        setattr(request, attribute, number)

    return read


NO_SIZE = (
    "Using search size of -1 is deprecated and will be removed in future versions. Instead, don't use the "
    "`size` parameter if you don't want to set it explicitly."
)


def _check_number(request: SearchRequest, attribute: str, number: int) -> None:
    behaviour = request.behaviour
    if number >= 0 or not behaviour.warns_of_negative_size:
        return
    if attribute == "size" and number == -1 and not behaviour.negative_size_refused:
        request.warn(NO_SIZE)
        return
    if attribute == "from_" and behaviour.negative_size_refused:
        raise IllegalArgument(f"[from] parameter cannot be negative but was [{number}]")
    if attribute == "size":
        raise IllegalArgument(f"[size] parameter cannot be negative, found [{number}]")
    if attribute == "terminate_after":
        raise IllegalArgument("terminateAfter must be > 0")


def _flag(attribute: str) -> Any:
    def read(request: SearchRequest, body: Json, key: str) -> None:
        from esmock.search.query.parse import boolean_value

        setattr(request, attribute, boolean_value(body, key))

    return read


def _min_score(request: SearchRequest, body: Json, key: str) -> None:
    from esmock.search.query.parse import float_value

    request.min_score = float_value(body, key)


def _timeout(request: SearchRequest, body: Json, key: str) -> None:
    request.timeout_ms = parse_time_ms(_text(request, body, key), "timeout")


def _track_total_hits(request: SearchRequest, body: Json, key: str) -> None:
    value = body[key]
    if isinstance(value, int) and not isinstance(value, bool):
        from esmock.search.query.parse import int_value

        value = int_value(body, key)
    request.track_total_hits = read_track_total_hits(value, checked=request.behaviour.major >= 8)


def read_track_total_hits(value: Json, *, checked: bool = True) -> int:
    """A boolean or a number as the count of exact hits. Raises IllegalArgument."""
    if isinstance(value, bool) or value in ("true", "false"):
        return TRACK_ALL if value in (True, "true") else TRACK_NONE
    try:
        number = int(value)
    except ValueError:
        from esmock.errors import NumberFormat

        if value == "":
            raise NumberFormat("empty String") from None
        raise NumberFormat(f'For input string: "{value}"') from None
    if number < -1 and checked:
        raise IllegalArgument(
            f"[track_total_hits] parameter must be positive or equals to -1, got {number}"
        )
    return number


def _query(attribute: str) -> Any:
    def read(request: SearchRequest, body: Json, key: str) -> None:
        from esmock.search.query.parse import parse_query

        setattr(request, attribute, parse_query(body, key, _context(request)))

    return read


def _source(request: SearchRequest, body: Json, key: str) -> None:
    request.source = read_source(body, key, request)


def read_source(body: Json, key: str, request: Told) -> FetchSource:
    """``_source``: boolean, pattern, list of patterns or object. Raises Parsing."""
    value = body[key]
    if isinstance(value, bool):
        return FetchSource(value)
    if isinstance(value, str):
        return FetchSource(True, (value,))
    if isinstance(value, list):
        return FetchSource(True, tuple(_text(request, value, at) for at in range(len(value))))
    if not isinstance(value, dict):
        late = request.behaviour.major >= 8
        wanted = "VALUE_BOOLEAN, VALUE_STRING, START_ARRAY, START_OBJECT" if late else "VALUE_BOOLEAN, START_OBJECT"
        raise Parsing(f"Expected one of [{wanted}] but found [{token(value)}]", at_value(body, key))
    found: dict[str, tuple[str, ...]] = {}
    exclude_vectors: bool | None = None
    for name in value:
        one = value[name]
        if name == "exclude_vectors" and request.behaviour.sources_without_vectors and isinstance(one, bool | str):
            exclude_vectors = boolean(value, name)
            continue
        target = {"includes": "includes", "include": "includes", "excludes": "excludes", "exclude": "excludes"}.get(name)
        if target is None:
            place = at_value(value, name)
            raise standing(Parsing(f"Unknown key for a {token(one)} in [{name}].", place), place)
        if target != name and isinstance(one, str | list):
            request.warn(f"Deprecated field [{name}] used, expected [{target}] instead")
        if isinstance(one, str):
            found[target] = (one,)
        elif isinstance(one, list):
            for at, part in enumerate(one):
                if not isinstance(part, str):
                    raise Parsing(f"Unknown key for a {token(part)} in [{name}].", at_value(one, at))
            found[target] = tuple(one)
        else:
            raise Parsing(f"Unknown key for a {token(one)} in [{name}].", at_value(value, name))
    return FetchSource(True, found.get("includes", ()), found.get("excludes", ()), exclude_vectors)


def _stored_fields(request: SearchRequest, body: Json, key: str) -> None:
    value = body[key]
    if not isinstance(value, str | list):
        found = f"Expected [VALUE_STRING] or [START_ARRAY] in [{key}] but found [{token(value)}]"
        raise Parsing(found, at_value(body, key))
    names = [value] if isinstance(value, str) else [_text(request, value, at) for at in range(len(value))]
    check_stored_fields(names)
    request.stored_fields = tuple(names)


def check_stored_fields(names: list[str]) -> None:
    """``_none_`` stands alone. Raises IllegalArgument."""
    if "_none_" in names and len(names) > 1:
        raise IllegalArgument("cannot combine _none_ with other fields")


def _field_list(attribute: str) -> Any:
    def read(request: SearchRequest, body: Json, key: str) -> None:
        value = body[key]
        out = []
        for at in range(len(value)):
            if isinstance(value[at], list) and value[at] and isinstance(value[at][0], dict):
                # ES: what is inside of further brackets is read, their end is not expected
                raise Parsing(f"Unknown key for a END_ARRAY in [{key}].", at_end(value))
            out.append(read_field(value, at, request, key))
        setattr(request, attribute, out)

    return read


def read_field(holder: Json, at: int | str, request: SearchRequest, key: str) -> FieldAndFormat:
    """A name, or an object with ``field`` and ``format``. Raises Parsing, XContentParse."""
    value = holder[at]
    if value is not None and not isinstance(value, dict | list):
        return FieldAndFormat(_text(request, holder, at))
    found = _field_parser(request.behaviour.major >= 8).read_next(holder, at, Reading(request.behaviour, request.warn))
    return FieldAndFormat(found["field"], found.get("format"), found.get("include_unmapped") or False)


@functools.cache
def _field_parser(is_late: bool) -> Parser:
    return Parser(
        "fetch_field_and_format" if is_late else "docvalues_field",
        parsing.string("field", required=True),
        parsing.string("format", argument=True, nullable=True),
        parsing.boolean("include_unmapped", argument=True, in_version=lambda behaviour: behaviour.fields_unmapped),
    )


def _pit(request: SearchRequest, body: Json, key: str) -> None:
    from esmock.search.point_in_time import parse_pit

    request.pit = parse_pit(body, key, _context(request))


def _sort(request: SearchRequest, body: Json, key: str) -> None:
    from esmock.search.sort import parse_sort

    request.sort = parse_sort(body, key, _context(request))


def _search_after(request: SearchRequest, body: Json, key: str) -> None:
    from esmock.search.search_after import read_search_after

    request.search_after = read_search_after(body, key)


def _aggs(request: SearchRequest, body: Json, key: str) -> None:
    from esmock.search.aggs.request import parse_aggregations

    request.aggs = parse_aggregations(body[key], _context(request))


def _indices_boost(request: SearchRequest, body: Json, key: str) -> None:
    from esmock.search.query.parse import float_value

    value = body[key]
    if isinstance(value, dict):
        request.warn("Object format in indices_boost is deprecated, please use array format instead")
        request.index_boosts = [(name, float_value(value, name)) for name in value]
        return
    out: list[tuple[str, float]] = []
    for at, entry in enumerate(value):
        if entry == {}:
            raise Parsing("Expected [FIELD_NAME] in [indices_boost] but found [END_OBJECT]", at_end(entry))
        if not isinstance(entry, dict) or len(entry) != 1:
            name = out[-1][0] if out else "null"
            raise Parsing(f"Expected [START_OBJECT] in [{name}] but found [{token(entry)}]", at_value(value, at))
        name = next(iter(entry))
        out.append((name, float_value(entry, name)))
    request.index_boosts = out


def _keep(attribute: str) -> Any:
    def read(request: SearchRequest, body: Json, key: str) -> None:
        setattr(request, attribute, body[key])

    return read


def _unsupported(what: str) -> Any:
    def read(request: SearchRequest, body: Json, key: str) -> None:
        if body[key] or body[key] is False:
            if body[key] is False:
                return
            raise Unsupported(f"search option [{what}]")

    return read


def _extensions(request: SearchRequest, body: Json, key: str) -> None:
    """No module here knows any."""
    if body[key]:
        raise XContentParse("unknown named object category [org.elasticsearch.search.SearchExtBuilder]")


def _stats(request: SearchRequest, body: Json, key: str) -> None:
    value = body[key]
    for at, one in enumerate(value):
        if not isinstance(one, str):
            raise Parsing(f"Expected [VALUE_STRING] in [{key}] but found [{token(one)}]", at_value(value, at))
    request.stats = list(value)


def _script_fields(request: SearchRequest, body: Json, key: str) -> None:
    from esmock.search.script_fields import parse_script_fields

    parse_script_fields(request, body, key)


def _slice(request: SearchRequest, body: Json, key: str) -> None:
    from esmock.search.slice import parse_slice

    request.slice = parse_slice(body, key, _context(request))


def _highlight(request: SearchRequest, body: Json, key: str) -> None:
    from esmock.search.highlight.request import HighlightRequest

    request.highlight = HighlightRequest.parse(body[key], _context(request))


def _collapse(request: SearchRequest, body: Json, key: str) -> None:
    from esmock.search.collapse import Collapse

    request.collapse = Collapse.parse(body[key], _context(request))


def _rescore(request: SearchRequest, body: Json, key: str) -> None:
    from esmock.search.rescore import parse_rescore

    request.rescore = parse_rescore(body, key, _context(request))


def _suggest(request: SearchRequest, body: Json, key: str) -> None:
    from esmock.search.suggest.request import SuggestRequest

    request.suggest = SuggestRequest.parse(body[key], _context(request))


def _knn(request: SearchRequest, body: Json, key: str) -> None:
    from esmock.search.query.knn import Knn

    size = 10 if request.size < 0 else request.size
    value, ctx = body[key], _context(request)
    for at, one in enumerate(value if isinstance(value, list) else ()):
        if not isinstance(one, dict):
            wrong = f"malformed knn format, within the knn search array only objects are allowed; found {token(one)}"
            raise XContentParse(wrong, at_value(value, at))
    request.knn = [Knn.parse_beside(one, ctx, size) for one in (value if isinstance(value, list) else [value])]


def _retriever(request: SearchRequest, body: Json, key: str) -> None:
    from esmock.search.retriever.parse import top_retriever

    request.retriever = top_retriever(body, key, _context(request))


Reader = Callable[[SearchRequest, Any, str], None]

_VALUES: dict[str, Reader] = {
    "from": _integer("from_"),
    "size": _integer("size"),
    "timeout": _timeout,
    "terminate_after": _integer("terminate_after"),
    "min_score": _min_score,
    "version": _flag("version"),
    "seq_no_primary_term": _flag("seq_no_primary_term"),
    "explain": _flag("explain"),
    "track_scores": _flag("track_scores"),
    "track_total_hits": _track_total_hits,
    "_source": _source,
    "stored_fields": _stored_fields,
    "sort": _sort,
    "profile": _flag("profile"),
}
_OBJECTS: dict[str, Reader] = {
    "query": _query("query"),
    "post_filter": _query("post_filter"),
    "_source": _source,
    "script_fields": _script_fields,
    "indices_boost": _indices_boost,
    "aggs": _aggs,
    "aggregations": _aggs,
    "highlight": _highlight,
    "suggest": _suggest,
    "knn": _knn,
    "retriever": _retriever,
    "sort": _sort,
    "rescore": _rescore,
    "ext": _extensions,
    "slice": _slice,
    "collapse": _collapse,
    "pit": _pit,
    "runtime_mappings": _keep("runtime_mappings"),
}
_ARRAYS: dict[str, Reader] = {
    "knn": _knn,
    "stored_fields": _stored_fields,
    "docvalue_fields": _field_list("docvalue_fields"),
    "fields": _field_list("fields"),
    "indices_boost": _indices_boost,
    "sort": _sort,
    "rescore": _rescore,
    "stats": _stats,
    "_source": _source,
    "search_after": _search_after,
}
