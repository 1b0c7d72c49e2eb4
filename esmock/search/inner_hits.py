"""Inner hits: the nested objects that made a document match. Docs: search-request-inner-hits.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import ApiError, IllegalArgument, Parsing, SearchPhaseExecution, UnsupportedOperation
from esmock.search.query.base import QueryReading
from esmock.search.query.parse import int_value
from esmock.search.request import SearchRequest
from esmock.xcontent import object_parser as parsing
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.located import at_end, at_name, token
from esmock.xcontent.object_parser import Parser

if TYPE_CHECKING:
    from esmock.search.query.base import Bound, ParseContext, Query
    from esmock.search.query.shard import ShardSearch
    from esmock.search.result import Hit, ShardResult
    from esmock.search.shard_target import Environment

Json = Any
_DEFAULT_SIZE = 3


@dataclass(slots=True)
class InnerHits:
    """What ``inner_hits`` asks for: a search of its own without a query.

    Attributes:
        collapse: the field by which hits of a collapsed group are collapsed again.
    """

    request: SearchRequest
    name: str | None = None
    ignore_unmapped: bool = False
    collapse: Json = None

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> InnerHits:
        """Read the object. Raises XContentParse."""
        request = SearchRequest(ctx.behaviour, warn=ctx.warn, size=_DEFAULT_SIZE)
        found = _INNER_HITS.parse(body, _InnerReading(ctx.behaviour, ctx.warn, ctx=ctx, request=request))
        return cls(request, found.get("name"), found.get("ignore_unmapped", False), found.get("collapse"))


@dataclass(frozen=True, slots=True)
class _InnerReading(QueryReading):
    """What reading inner hits needs: the search that its options are put into."""

    request: SearchRequest = field(kw_only=True)


def _into_search(body: Json, key: Any, reading: Any) -> None:
    from esmock.search.request_keys import read_field, read_key

    request = reading.request
    if key in ("docvalue_fields", "fields") and isinstance(body[key], dict):
        setattr(request, key, [read_field(body, key, request, key)])
        return
    if key in ("size", "from") and int_value(body, key) < 0:
        raise IllegalArgument(f"illegal {key} value, at least 0 or higher")
    read_key(request, body, key)


def _collapse(body: Json, key: Any, reading: Any) -> Any:
    """The field of a collapse inside of another, which has nothing else. Raises Parsing."""
    from esmock.search.collapse import Collapse

    value = body[key]
    for name in value:
        if name != "field" or token(value[name]) != "VALUE_STRING":
            raise Parsing("Invalid token in the inner collapse", at_name(value, name))
    if not value:
        raise Parsing("Invalid token in the inner collapse", at_end(value))
    return Collapse.parse(value, reading.ctx)


_TOKENS = {
    **dict.fromkeys(("from", "size"), ("VALUE_NUMBER", "VALUE_STRING")),
    **dict.fromkeys(("explain", "version", "seq_no_primary_term", "track_scores"), ("VALUE_BOOLEAN", "VALUE_STRING")),
    "stored_fields": ("START_ARRAY", "VALUE_STRING"),
    **dict.fromkeys(("docvalue_fields", "fields", "sort"), ("START_OBJECT", "START_ARRAY")),
    **dict.fromkeys(("script_fields", "highlight"), ("START_OBJECT",)),
    "_source": ("START_OBJECT", "START_ARRAY", "VALUE_BOOLEAN", "VALUE_STRING"),
}
"""What an option of the search itself may begin with."""

_INNER_HITS = Parser(
    "inner_hits",
    parsing.boolean("ignore_unmapped"),
    parsing.string("name"),
    parsing.custom("collapse", ("START_OBJECT",), _collapse),
    *(parsing.custom(name, tokens, _into_search) for name, tokens in _TOKENS.items()),
)


@dataclass(slots=True)
class BoundInnerHits:
    """Inner hits of one nested query on one shard.

    Attributes:
        query: the query on the nested objects, for highlighting.
        children: of the nested queries inside.
    """

    spec: InnerHits
    path: str
    query: Query
    bound: Bound
    search: ShardSearch
    children: dict[str, BoundInnerHits] = field(default_factory=dict)


def _before_query(reason: str) -> IllegalArgument:
    """An error that is not one of making the query."""
    error = IllegalArgument(reason)
    error.in_rewrite = True  # type: ignore[attr-defined]
    return error


def _check_window(spec: InnerHits, shard: ShardSearch) -> None:
    """Raises IllegalArgument for a page beyond ``index.max_inner_result_window``."""
    limit = int(shard.settings.get("index.max_inner_result_window", 100))
    window = max(spec.request.from_, 0) + spec.request.size
    if window > limit:
        shown = "null" if spec.name is None else spec.name
        raise _before_query(
            f"Inner result window is too large, the inner hit definition's [{shown}]'s from + size must be less than or equal to: "
            f"[{limit}] but was [{window}]. This limit can be set by changing the [index.max_inner_result_window] index level setting."
        )


def _new_name(spec: InnerHits, default: str, shard: ShardSearch) -> str:
    """Notes a page too far, and too many fields. Raises IllegalArgument for a name used twice."""
    from esmock.search.doc_values import check_count

    try:
        _check_window(spec, shard)
        check_count(spec.request.docvalue_fields, shard)
    except ApiError as error:
        shard.late.append(error)
    name = default if spec.name is None else spec.name
    if name in shard.inner_hits:
        raise _before_query(f"[inner_hits] already contains an entry for key [{name}]")
    return name


@dataclass(slots=True)
class RelatedHits:
    """Inner hits of a query on children or parents: a search of its own on the shard of the hit.

    Attributes:
        relatives: the query for the relatives of one hit: (its segment, its place there).
    """

    spec: InnerHits
    query: Query
    relatives: Callable[[Any, int], Query]

    def page(self, hit: Hit, shard: ShardResult, environment: Environment) -> Any:
        """What is found for one hit."""
        from esmock.search.execute import execute

        # ES: the relatives are a filter beside the query, which explanations and highlighting do not show
        relatives = self.relatives(hit.leaf.segment, hit.doc)
        asked = self.spec.request
        request = replace(asked, query=self.query, post_filter=relatives, track_total_hits=2**31 - 1, is_related=True)
        try:
            page = execute(request, [shard.target], environment)
        except SearchPhaseExecution as error:
            raise error.grouped[0][3] from None  # ES: it is part of fetching the hit
        for one in page.hits:
            if one.sort is not None:
                one.score = None  # ES: of hits in an order of their own only the best score is told
        if not page.hits and request.size and request.sort is None:
            page.total = 0
        return page


def _refuse_sorts(spec: InnerHits, search: ShardSearch) -> None:
    """Note sorts that cannot be made, whether or not anything is found."""
    from esmock.search.sort_key import SortKey

    try:
        for one in spec.request.sort or ():
            SortKey.of(one, search)
    except ApiError as error:
        search.late.append(error)


def register_related(
    spec: InnerHits, default: str, query: Query, shard: ShardSearch, relatives: Callable[[Any, int], Query]
) -> None:
    """Note on the shard that a query on relatives wants inner hits. Raises IllegalArgument."""
    shard.inner_hits[_new_name(spec, default, shard)] = RelatedHits(spec, query, relatives)
    _refuse_sorts(spec, shard)


def register(spec: InnerHits, path: str, query: Query, shard: ShardSearch, inner: ShardSearch) -> None:
    """Note on the shard that a nested query wants inner hits. Raises IllegalArgument for a name used twice."""
    if spec.request.seq_no_primary_term:
        shard.late.append(UnsupportedOperation("nested documents are not assigned sequence numbers"))
    name = _new_name(spec, path, shard)
    children: dict[str, Any] = {}
    search = replace(inner, named={}, inner_hits=children)
    _refuse_sorts(spec, search)
    if spec.request.script_fields:
        from esmock.search.script_fields import FieldScripts

        search.field_scripts = FieldScripts(spec.request.script_fields, search)
    from esmock.search.query.knn import Knn

    shown = query.among_inner_hits() if isinstance(query, Knn) else query
    bound = shown.bind(search, True)
    shard.inner_hits[name] = BoundInnerHits(spec, path, query, bound, search, children)


class _NestedLeaf:
    """A nested view in the place of a leaf."""

    def __init__(self, view: Any, leaf: Any) -> None:
        self.segment = view
        self.base = leaf.base
        self.root = getattr(leaf, "root", leaf)


def inner_hits(
    hit: Hit, shard: ShardResult, wanted: dict[str, Any], environment: Environment, *, shows_id: bool = True
) -> dict[str, Any]:
    """``inner_hits`` of one hit: results by name, each a ``NestedPage``.

    Args:
        shows_id: the hit itself shows its id.
    """
    found = {}
    for name in hash_order(wanted):
        one = wanted[name]
        is_related = isinstance(one, RelatedHits)
        found[name] = one.page(hit, shard, environment) if is_related else _one(hit, shard, one, environment, shows_id)
    return found


@dataclass(slots=True)
class NestedPage:
    """The nested objects of one hit that match."""

    total: int
    max_score: float | None
    hits: list[Any]
    relation: str = "eq"


def _one(hit: Hit, shard: ShardResult, wanted: BoundInnerHits, environment: Environment, shows_id: bool) -> NestedPage:
    from esmock.search.fetch import fetch
    from esmock.search.result import Hit, ShardResult
    from esmock.search.sort_key import SortKey

    request = wanted.spec.request
    segment = hit.leaf.segment
    view = segment.nested(wanted.path)
    found = wanted.bound.match(view)
    mine = np.flatnonzero(found.match & (view.places_in(segment)[0] == hit.doc))
    score = found.score
    leaf: Any = _NestedLeaf(view, hit.leaf)
    keys = [SortKey.of(one, wanted.search) for one in request.sort] if request.sort is not None else []
    for one in keys:
        one.prepare([(leaf, mine, score)])
    if len(keys) == 1 and keys[0].kind == "score" and keys[0].sort.descending:
        keys = []
    if keys:
        columns = [one.keys(view, mine, score, hit.leaf.base) for one in keys]
        order = np.lexsort(columns[::-1]) if len(mine) else mine
    else:
        order = np.argsort(-score[mine], kind="stable") if score is not None else np.arange(len(mine))
    best = _best(wanted, view, mine, score) if len(mine) and (not keys or request.track_scores) else None
    start, size = max(request.from_, 0), request.size if request.size >= 0 else _DEFAULT_SIZE
    page = []
    for at in mine[order][start : start + size].tolist():
        own = float(score[at]) if score is not None else None
        value = None if keys else own
        raw = tuple(one.raw(view, at, own, hit.leaf.base) for one in keys)
        page.append(Hit(0, leaf, at, value, raw))
    if size == 0:
        best = None
    result = ShardResult(shard.target, wanted.search, len(mine), page, best, keys)
    asked = replace(request, query=wanted.query)
    hits = fetch(asked, page, {id(shard.target): result}, [shard.target], environment, nested=wanted, shows_id=shows_id)
    # ES: Lucene counts nothing where a page by score begins behind the last hit
    total = len(mine) if keys or page or size == 0 else 0
    return NestedPage(total, best, hits)


def _best(wanted: BoundInnerHits, view: Any, mine: np.ndarray, score: np.ndarray | None) -> float | None:
    """The greatest score of some nested objects."""
    if wanted.spec.request.sort is not None and wanted.search.behaviour.major >= 8:
        # ES: sorted by fields, the query is run without what its scores need
        bound = wanted.query.bind(replace(wanted.search, named={}, inner_hits={}), False)
        score = bound.match(view).score
        return 0.0 if score is None else float(score[mine].max())
    return None if score is None else float(score[mine].max())


def nested_identity(view: Any, doc: int) -> dict[str, Json]:
    """``_nested``: the path and the offsets of a nested object, from the outermost."""
    chain = []
    while view.path is not None:
        chain.append((view.path, int(view.offsets[doc])))
        doc = int(view.parents[doc])
        view = view.parent
    out: dict[str, Json] = {}
    above = ""
    at = out
    for number, (path, offset) in enumerate(reversed(chain)):
        if number:
            child: dict[str, Json] = {}
            at["_nested"] = child
            at = child
        at["field"] = path[len(above) :]
        at["offset"] = offset
        above = path + "."
    return out
