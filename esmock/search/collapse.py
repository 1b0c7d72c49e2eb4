"""Collapsing: of all hits with one value of a field, the best. Docs: search-request-collapse."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from esmock.errors import (
    ApiError,
    IllegalArgument,
    IllegalState,
    NullPointer,
    Parsing,
    Search,
    SearchPhaseExecution,
    XContentParse,
)
from esmock.search.failures import counted, listed
from esmock.search.inner_hits import InnerHits
from esmock.search.query.parse import int_value, place_of, text
from esmock.xcontent.java_order import sized_order
from esmock.xcontent.located import NeedsPositions, at_name, at_value, standing, token
from esmock.xcontent.similar import suggestion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esmock.search.query.base import ParseContext, Query
    from esmock.search.query.shard import ShardSearch
    from esmock.search.request import SearchRequest
    from esmock.search.result import Hit, ShardFailure
    from esmock.search.shard_target import Environment, ShardTarget
    from esmock.version import Behaviour

Json = Any
Array = Any
_KNOWN = ("field", "max_concurrent_group_searches", "inner_hits")
_TAKES = {
    "field": ("VALUE_STRING",),
    "max_concurrent_group_searches": ("VALUE_NUMBER", "VALUE_STRING"),
    "inner_hits": ("START_OBJECT", "START_ARRAY"),
}


SEVERAL = -1
"""The group of documents with several values."""

_TYPES = ("keyword", "long", "integer", "short", "byte", "double", "float", "half_float")
"""The field types that can collapse."""


@dataclass(slots=True)
class Collapse:
    """``collapse``."""

    field: str
    inner_hits: list[InnerHits] = dataclasses.field(default_factory=list)

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Collapse:
        """Read the object. Raises XContentParse, IllegalArgument."""
        name = ""
        inner: list[InnerHits] = []
        for key in body:
            if key not in _KNOWN:
                error = XContentParse(f"[collapse] unknown field [{key}]{suggestion(key, _KNOWN)}", at_name(body, key))
                raise standing(error, at_value(body, key))
            value = body[key]
            if token(value) not in _TAKES[key]:
                raise XContentParse(f"[collapse] {key} doesn't support values of type: {token(value)}", at_value(body, key))
            try:
                if key == "field":
                    name = text(body, key, ctx)
                    if not name:
                        raise IllegalArgument("field name is null or empty")
                elif key == "inner_hits":
                    inner = _inner_hits(body, key, ctx)
                elif int_value(body, key) < 1:
                    raise IllegalArgument("maxConcurrentGroupRequests` must be positive")
            except NeedsPositions:
                raise
            except ApiError as error:
                at = place_of(error, body, key)
                raise standing(XContentParse(f"[collapse] failed to parse field [{key}]", at, cause=error), at) from None
        return cls(name, inner)

    def check(self, shard: ShardSearch) -> Any:
        """The field. Raises Search errors for those that cannot collapse."""
        if not self.field:
            raise _no_field(shard.behaviour)
        found = shard.field(self.field)
        if found is None:
            raise IllegalArgument(f"no mapping found for `{self.field}` in order to collapse on")
        if found.name == "flattened":
            shown = getattr(found, "shown_path", self.field)
            raise IllegalArgument(f"collapse is not supported for the field [{shown}] of the type [flattened]")
        if found.name not in _TYPES:
            raise IllegalArgument(
                f"unknown type for collapse field `{self.field}`, only keywords and numbers are accepted"
                if not shard.behaviour.collapse_tells_types
                else f"collapse is not supported for the field [{self.field}] of the type [{found.type_name}]"
            )
        if not found.has_doc_values:
            raise IllegalArgument(f"cannot collapse on field `{self.field}` without `doc_values`")
        if self.inner_hits and not found.is_indexed:
            raise IllegalArgument(
                f"cannot expand `inner_hits` for collapse field `{self.field}`, only indexed field can retrieve `inner_hits`"
            )
        return found

    @staticmethod
    def groups(leaves: Sequence[tuple[Any, Array, Any]], found: Any) -> tuple[Array, list[Any]]:
        """int64[n], the group of each of the leaves' documents, or ``SEVERAL``; the value of each group, None where documents have none."""
        import numpy as np

        numbers: dict[Any, int] = {}
        parts = []
        for leaf, docs, _ in leaves:
            column = leaf.segment.column(found.path)
            first = column.starts[docs]
            counts = column.starts[docs + 1] - first
            has = counts == 1
            distinct, places = np.unique(column.values[first[has]], return_inverse=True)
            values = distinct.tolist()
            if column.dictionary is not None:
                values = [column.dictionary[place] for place in values]
            table = np.array([numbers.setdefault(value, len(numbers)) for value in values], np.int64)
            part = np.full(len(docs), SEVERAL)
            part[has] = table[places.reshape(-1)]
            if not counts.all():
                part[counts == 0] = numbers.setdefault(None, len(numbers))
            parts.append(part)
        return np.concatenate(parts), list(numbers)

    @staticmethod
    def several(leaf: Any, doc: int, mapping: Any) -> ApiError:
        """The error of a document with several values."""
        from esmock.search.explain.tree import lucene_doc

        at = lucene_doc(leaf.segment, doc, mapping)
        if mapping.behaviour.major >= 8:
            return IllegalArgument(f"failed to extract doc:{at}, the grouping field must be single valued")
        return IllegalState(f"failed to collapse {at}, the collapse field must be single valued")


def _no_field(behaviour: Behaviour) -> ApiError:
    if behaviour.wrapped_syntax_errors:
        return IllegalArgument("no collapse field specified")
    return NullPointer('Cannot invoke "String.equals(Object)" because "fullName" is null')


def _inner_hits(body: Json, key: str, ctx: ParseContext) -> list[InnerHits]:
    """One search of the groups, or several. Raises Parsing, XContentParse."""
    value = body[key]
    for at, one in enumerate(value if isinstance(value, list) else ()):
        if not isinstance(one, dict):
            raise Parsing("Invalid token in inner_hits array", at_value(value, at))
    found = [InnerHits.parse(one, ctx) for one in (value if isinstance(value, list) else [value])]
    if ctx.behaviour.major >= 8 and any(one.name is None for one in found):
        raise IllegalArgument("inner_hits must have a [name]; set the [name] field in the inner_hits definition")
    return found


def best_of_groups(hits: list[Hit], size: int) -> list[Hit]:
    """The first hit of each group, in order."""
    seen: set[Any] = set()
    out = []
    for hit in hits:
        if hit.merged_by in seen:
            continue
        seen.add(hit.merged_by)
        out.append(hit)
        if len(out) == size:
            break
    return out


def check_request(request: SearchRequest, shard: ShardSearch, *, scrolls: bool) -> Any:
    """The field to collapse on. Raises Search for what collapsing does not go with."""
    if scrolls:
        raise Search("cannot use `collapse` in a scroll context")
    if request.search_after is not None:
        _check_going_on(request, shard)
    if request.rescore and not shard.behaviour.has((8, 15)):
        raise Search("cannot use `collapse` in conjunction with `rescore`")
    return request.collapse.check(shard)


def _check_going_on(request: SearchRequest, shard: ShardSearch) -> None:
    """At first a collapsed search cannot be gone on with, later only one that is sorted by the field. Raises Search, IllegalArgument."""
    if not shard.behaviour.collapse_goes_on:
        raise Search("cannot use `collapse` in conjunction with `search_after`")
    # ES: the sort is by the field that an alias stands for, the collapse names the alias
    sorted_by = [getattr(shard.field(one.field), "path", one.field) for one in request.sort or ()]
    if sorted_by != [request.collapse.field]:
        raise IllegalArgument(
            "Cannot use [collapse] in conjunction with [search_after] unless the search is sorted on the same field. Multiple sort "
            "fields are not allowed."
        )


def check_groups(groups: Array, order: Array, size: int) -> int | None:
    """The first document with several values that could be one of the best when it is met; None where there is none.

    ES: what cannot be among the best any more is not looked at.

    Args:
        groups: int64[n], as ``Collapse.groups`` gives them.
        order: int64[m], the places of the documents as they are sorted.
    """
    import numpy as np

    if not size or not (groups == SEVERAL).any():
        return None
    ranks = np.full(len(groups), len(groups))
    ranks[order] = np.arange(len(order))
    best: dict[int, int] = {}
    worst = len(order)
    for place, (group, rank) in enumerate(zip(groups.tolist(), ranks.tolist(), strict=True)):
        if rank > worst or rank == len(groups):
            continue
        if group == SEVERAL:
            return place
        if rank < best.get(group, len(order)):
            best[group] = rank
            if len(best) > size:
                del best[max(best, key=best.__getitem__)]
            if len(best) == size:
                worst = max(best.values())
    return None


def first_of_groups(groups: Array, size: int) -> Array:
    """int64[m]: the places of the first documents of the first groups, in order; ``groups`` come as the documents are sorted."""
    import numpy as np

    _, first = np.unique(groups, return_index=True)
    return np.sort(first)[:size]


def finish(
    request: SearchRequest, fetched: list[Any], page: list[Hit], targets: Sequence[ShardTarget], environment: Environment,
    failures: Sequence[ShardFailure],
) -> None:
    """Search the group of each hit where inner hits are wanted.

    Args:
        failures: the shards on which the search itself failed.

    Raises:
        SearchPhaseExecution: no shard could be searched for a group; it lists the failures of the search itself.
    """
    collapse: Collapse = request.collapse
    if not collapse.inner_hits:
        return
    for one, hit in zip(fetched, page, strict=True):
        groups = {
            _named(spec): _group(request, spec, hit.group, targets, environment, failures) for spec in collapse.inner_hits
        }
        one.inner_hits = {**(one.inner_hits or {}), **{name: groups[name] for name in sized_order(groups)}}


def _named(spec: InnerHits) -> str:
    if spec.name is None:
        raise IllegalArgument("Field name cannot be null")
    return spec.name


def _group(
    request: SearchRequest, spec: InnerHits, value: Any, targets: Sequence[ShardTarget], environment: Environment,
    failures: Sequence[ShardFailure],
) -> Any:
    from esmock.search.execute import execute
    from esmock.search.query.compound import Bool
    from esmock.search.query.term_level import Exists, Term

    name = request.collapse.field
    must_not: list[Query] = [Exists(name)] if value is None else []
    filters: list[Query] = [] if value is None else [Term(name, value)]
    query = Bool(must=[] if request.query is None else [request.query], filter=filters, must_not=must_not)
    stored = spec.request.stored_fields
    own = replace(
        spec.request, query=query, post_filter=request.post_filter, collapse=spec.collapse, track_total_hits=2**31 - 1,
        stored_fields=None if stored == ("_none_",) else stored, runtime_mappings=request.runtime_mappings,
    )  # fmt: skip
    try:
        return execute(own, targets, environment)
    except SearchPhaseExecution as error:
        raise SearchPhaseExecution("expand", "failed to expand hits", listed(counted(request, failures)), cause=error) from error
