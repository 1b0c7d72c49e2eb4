"""Which structures of which fields a search reads: what the field usage statistics count.

Source: answers of 8.19.21 to 65 searches, each of a new index of two documents.
Differs: a query that its shard rewrites to nothing counts as if it were run; fields that only scripts read are not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from esmock.search.query.base import Query, inner_queries

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.mapping.mapping import Mapping as FieldMapping
    from esmock.search.request import SearchRequest

Json = Any
Uses = dict[str, set[str]]
INVERTED = ("terms", "postings", "term_frequencies", "positions", "offsets", "payloads", "proximity")
OTHERS = ("stored_fields", "doc_values", "points", "norms", "term_vectors", "knn_vectors")
_MATCHED = ("terms", "postings")
_WALKED = (*_MATCHED, "term_frequencies")
_PLACED = (*_WALKED, "positions", "proximity")
_OF_QUERY = {
    "term": _MATCHED, "match": _MATCHED, "multi_match": _MATCHED, "match_bool_prefix": _WALKED, "match_phrase": _PLACED,
    "match_phrase_prefix": _PLACED, "intervals": _PLACED, "span_term": _PLACED, "prefix": _WALKED, "wildcard": _WALKED,
    "regexp": _WALKED, "terms": _WALKED, "range": _WALKED, "fuzzy": _WALKED, "query_string": _MATCHED,
    "simple_query_string": _MATCHED, "more_like_this": _MATCHED, "combined_fields": _MATCHED,
}  # fmt: skip
"""What a query reads of a field that has terms."""
_SCORED = ("term", "match", "multi_match", "match_phrase", "match_phrase_prefix", "combined_fields", "query_string", "simple_query_string")
"""Those that score by term frequency, and by norms where the field has them."""
_WITH_POINTS = ("geo_distance", "distance_feature")
"""Those that compare values where too many points would match."""
_WALKS_TERMS = {"cardinality": _MATCHED, "significant_terms": _MATCHED, "composite": ("terms",)}
_SORTS_BY_POINTS = ("long", "date", "date_nanos", "integer", "double")


def of_query_phase(request: SearchRequest, mapping: FieldMapping) -> Uses:
    """Field to the structures that matching, sorting and aggregating read."""
    out: Uses = {}
    is_scored = request.page_size > 0 and (not request.sort or request.track_scores)
    for query, scored, alone in _queries(request.query, is_scored, request.page_size == 0 and not request.aggs):
        _add_query(out, query, mapping, scored=scored, alone=alone)
    for post in (request.post_filter, *(step.query for step in request.rescore)):
        for query, scored, _ in _queries(post, False, False):
            _add_query(out, query, mapping, scored=scored, alone=False)
    for sort in request.sort or () if request.page_size else ():
        _add_sort(out, sort.field, mapping)
    if request.aggs and isinstance(request.given, dict):
        _add_aggregations(out, request.given.get("aggs", request.given.get("aggregations")), mapping)
    if request.collapse is not None:
        _add(out, mapping, request.collapse.field, ("doc_values",))
    for one in request.knn:
        _add(out, mapping, one.field, ("knn_vectors",))
    return out


def of_fetch_phase(request: SearchRequest, mapping: FieldMapping) -> Uses:
    """Field to the structures that making hits reads."""
    out: Uses = {}
    stored = request.stored_fields
    if mapping.nested_paths:
        out["_nested_path"] = set(_MATCHED)
    if stored != ("_none_",):
        out["_id"] = {"stored_fields"}
        wants_source = stored is None or "_source" in stored or (request.source is not None and request.source.fetch)
        if request.fields or (wants_source and (request.source is None or request.source.fetch)):
            out["_source"] = {"stored_fields"}
        for name in stored or ():
            one = mapping.field(name)
            if one is not None and one.is_stored:
                _add(out, mapping, name, ("stored_fields",))
    for field in request.docvalue_fields:
        _add(out, mapping, field.field, ("doc_values",))
    if request.highlight is not None:
        for name, _ in request.highlight.fields:
            one = mapping.field(name)
            if one is not None and one.has("term_vector") and one.get("term_vector") != "no":
                _add(out, mapping, name, ("term_vectors",))
    return out


def shown(counts: Mapping[tuple[str, str], int], patterns: Iterable[str]) -> dict[str, Json]:
    """The statistics of one shard.

    Args:
        counts: (field, structure) to how often it was read; the structure ``any`` counts searches.
        patterns: of the fields that are wanted.
    """
    wanted = tuple(patterns)
    names = sorted({name for name, _ in counts if any(fnmatchcase(name, one) for one in wanted)})
    fields = {name: _entry(lambda kind, name=name: counts.get((name, kind), 0)) for name in names}
    total = _entry(lambda kind: sum(counts.get((name, kind), 0) for name in names))
    return {"all_fields": total, "fields": fields}


def _entry(count: Any) -> dict[str, Json]:
    inverted = {kind: count(kind) for kind in INVERTED}
    return {"any": count("any"), "inverted_index": inverted, **{kind: count(kind) for kind in OTHERS}}


def _queries(query: Query | None, scored: bool, alone: bool) -> Iterator[tuple[Query, bool, bool]]:
    """The queries that have fields, whether they score, and whether all that is asked is how many documents one matches."""
    if query is None:
        return
    inner = list(inner_queries(query))
    if not inner:
        yield query, scored, alone
        return
    alone = alone and query.name in ("constant_score", "boosting") and len(inner) == 1
    for name, one in inner:
        unscored = name in ("filter", "must_not", "filters") or query.name == "constant_score"
        yield from _queries(one, scored and not unscored, alone)


def _add_query(out: Uses, query: Query, mapping: FieldMapping, *, scored: bool, alone: bool) -> None:
    if query.name == "ids":
        out.setdefault("_id", set()).update(_WALKED)
    for name in _fields_of(query, mapping):
        one = mapping.field(name)
        if one is None:
            continue
        if query.name == "exists" and not one.has_doc_values and not one.is_text:
            out.setdefault("_field_names", set()).update(_MATCHED)
        elif query.name == "exists":
            _add(out, mapping, name, _existence(one))
        elif query.name == "knn":
            _add(out, mapping, name, ("knn_vectors",))
        elif query.name.startswith("geo_") or not _has_terms(one):
            _add(out, mapping, name, ("points", "doc_values") if query.name in _WITH_POINTS else ("points",))
        else:
            _add(out, mapping, name, _of_terms(query, one, scored=scored, alone=alone))


def _fields_of(query: Query, mapping: FieldMapping) -> list[str]:
    named = getattr(query, "field", None)
    if isinstance(named, str):
        return [named]
    several = getattr(query, "fields", None) or getattr(getattr(query, "settings", None), "fields", None)
    if several is None:
        if query.name not in ("query_string", "simple_query_string", "multi_match", "more_like_this"):
            return []
        several = ["*"]
    found: list[str] = []
    for name in several:
        found.extend([name] if "*" not in name else (path for path, one in mapping.fields(name) if one.is_text or one.name == "keyword"))
    return found


def _has_terms(one: Field) -> bool:
    return one.is_text or one.name in ("keyword", "boolean", "constant_keyword", "wildcard", "flattened", "version")


def _of_terms(query: Query, one: Field, *, scored: bool, alone: bool) -> Iterable[str]:
    kinds = set(_OF_QUERY.get(query.name, _MATCHED))
    is_word = query.name == "term" or (query.name == "match" and (not one.is_text or " " not in str(getattr(query, "query", ""))))
    if alone and is_word:
        return ("terms",)
    if scored and query.name in _SCORED:
        kinds.add("term_frequencies")
        if one.is_text and one.get("norms"):
            kinds.add("norms")
    return kinds


def _existence(one: Field) -> Iterable[str]:
    if one.is_text:
        return ("terms", "norms")
    return ("terms", "doc_values") if _has_terms(one) else ("points", "doc_values")


def _add_sort(out: Uses, name: str, mapping: FieldMapping) -> None:
    one = mapping.field(name)
    if one is None:
        return
    more = ("points",) if one.name in _SORTS_BY_POINTS else ("terms",) if one.name == "keyword" else ()
    _add(out, mapping, name, ("doc_values", *more))


def _add_aggregations(out: Uses, body: Json, mapping: FieldMapping) -> None:
    for one in body.values() if isinstance(body, dict) else ():
        for kind, inner in one.items():
            if kind in ("aggs", "aggregations"):
                _add_aggregations(out, inner, mapping)
            elif kind == "nested":
                out.setdefault("_nested_path", set()).update(_MATCHED)
            elif kind != "meta":
                for name in _named_in(inner):
                    _add_values(out, name, kind, mapping)


def _named_in(body: Json) -> Iterator[str]:
    """The values of every ``field`` in the parameters of an aggregation."""
    if isinstance(body, dict):
        for key, value in body.items():
            if key == "field" and isinstance(value, str):
                yield value
            else:
                yield from _named_in(value)
    elif isinstance(body, list):
        for value in body:
            yield from _named_in(value)


def _add_values(out: Uses, name: str, kind: str, mapping: FieldMapping) -> None:
    one = mapping.field(name)
    if one is None:
        return
    more: Iterable[str] = _WALKS_TERMS.get(kind, ()) if _has_terms(one) else ()
    if kind == "date_histogram" or (kind == "terms" and one.name in _SORTS_BY_POINTS):
        more = ("points",)
    _add(out, mapping, name, ("doc_values", *more))


def _add(out: Uses, mapping: FieldMapping, name: str, kinds: Iterable[str]) -> None:
    one = mapping.field(name)
    if one is not None:
        out.setdefault(one.path, set()).update(kinds)
