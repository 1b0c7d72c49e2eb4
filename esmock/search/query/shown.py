"""A query as its builder prints itself: with the defaults of its options, in the builder's order.

Source: refusals of negative boosts by 7.10.2 and 8.19.21. What is not told there is printed as it was given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.xcontent.json_writer import F32

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any
_GIVEN = object()
"""The default of options that are printed only where they are given."""
Option = tuple[str, Any]


def _each(default: Any, *names: str) -> tuple[Option, ...]:
    return tuple((name, default) for name in names)


_EXPANSION = (("prefix_length", 0), ("max_expansions", 50))
_OF_FIELD: Mapping[str, tuple[Option, ...]] = MappingProxyType({
    "match": (
        ("query", _GIVEN), ("operator", "OR"), *_each(_GIVEN, "analyzer", "fuzziness"), *_EXPANSION,
        *_each(_GIVEN, "minimum_should_match", "fuzzy_rewrite"), ("fuzzy_transpositions", True), ("lenient", False),
        ("zero_terms_query", "NONE"), ("cutoff_frequency", _GIVEN), ("auto_generate_synonyms_phrase_query", True),
    ),
    "match_phrase": (*_each(_GIVEN, "query", "analyzer"), ("slop", 0), ("zero_terms_query", "NONE")),
    "match_phrase_prefix": (*_each(_GIVEN, "query", "analyzer"), ("slop", 0), ("max_expansions", 50), ("zero_terms_query", "NONE")),
    "match_bool_prefix": (
        *_each(_GIVEN, "query", "analyzer"), ("operator", "OR"), *_each(_GIVEN, "minimum_should_match", "fuzziness"), *_EXPANSION,
        ("fuzzy_transpositions", True), ("fuzzy_rewrite", _GIVEN),
    ),
    "term": _each(_GIVEN, "value", "case_insensitive"),
    "prefix": _each(_GIVEN, "value", "rewrite", "case_insensitive"),
    "wildcard": _each(_GIVEN, "wildcard", "rewrite", "case_insensitive"),
    "regexp": (
        ("value", _GIVEN), ("flags_value", 255), ("case_insensitive", _GIVEN), ("max_determinized_states", 10000), ("rewrite", _GIVEN),
    ),
    "fuzzy": (("value", _GIVEN), ("fuzziness", "AUTO"), *_EXPANSION, ("transpositions", True), ("rewrite", _GIVEN)),
    "span_term": _each(_GIVEN, "value"),
    "terms_set": _each(_GIVEN, "terms"),
    "common": (
        ("query", _GIVEN), ("high_freq_operator", "OR"), ("low_freq_operator", "OR"), ("analyzer", _GIVEN), ("cutoff_frequency", 0.01),
        ("minimum_should_match", _GIVEN),
    ),
})  # fmt: skip
_VALUE = MappingProxyType({**dict.fromkeys(_OF_FIELD, "query"), **dict.fromkeys(("term", "prefix", "regexp", "fuzzy", "span_term"), "value"),
                           "wildcard": "wildcard", "terms_set": "terms"})  # fmt: skip
"""The option that a value alone stands for; others of its names."""
_OTHER_NAMES = MappingProxyType({("wildcard", "value"): "wildcard", ("span_term", "term"): "value"})
_UNMAPPED = ("ignore_unmapped", False)
_STRICT = ("validation_method", "STRICT")
_OF_BODY: Mapping[str, tuple[Option, ...]] = MappingProxyType({
    "match_all": (), "match_none": (), "exists": _each(_GIVEN, "field"), "ids": _each(_GIVEN, "values"), "type": _each(_GIVEN, "value"),
    "multi_match": (
        *_each(_GIVEN, "query", "fields"), ("type", "best_fields"), ("operator", "OR"), ("analyzer", _GIVEN), ("slop", 0),
        ("fuzziness", _GIVEN), *_EXPANSION, *_each(_GIVEN, "minimum_should_match", "fuzzy_rewrite", "tie_breaker", "lenient",
        "cutoff_frequency"), ("zero_terms_query", "NONE"), ("auto_generate_synonyms_phrase_query", True), ("fuzzy_transpositions", True),
    ),
    "combined_fields": _each(_GIVEN, "query", "fields", "operator", "minimum_should_match", "zero_terms_query"),
    "query_string": (
        ("query", _GIVEN), ("default_field", _GIVEN), ("fields", []), ("type", "best_fields"), ("tie_breaker", _GIVEN),
        ("default_operator", "or"),
        *_each(_GIVEN, "analyzer", "quote_analyzer", "quote_field_suffix", "allow_leading_wildcard"), ("max_determinized_states", 10000),
        ("enable_position_increments", True), ("fuzziness", "AUTO"), ("fuzzy_prefix_length", 0), ("fuzzy_max_expansions", 50),
        ("fuzzy_rewrite", _GIVEN), ("phrase_slop", 0),
        *_each(_GIVEN, "analyze_wildcard", "rewrite", "minimum_should_match", "lenient", "time_zone"), ("escape", False),
        ("auto_generate_synonyms_phrase_query", True), ("fuzzy_transpositions", True),
    ),
    "simple_query_string": (
        *_each(_GIVEN, "query", "fields", "analyzer"), ("flags", -1), ("default_operator", "or"), ("lenient", _GIVEN),
        ("analyze_wildcard", False), *_each(_GIVEN, "quote_field_suffix", "minimum_should_match"),
        ("auto_generate_synonyms_phrase_query", True), ("fuzzy_prefix_length", 0), ("fuzzy_max_expansions", 50),
        ("fuzzy_transpositions", True),
    ),
    "bool": (
        *_each(_GIVEN, "must", "filter", "must_not", "should"), ("adjust_pure_negative", True), ("minimum_should_match", _GIVEN),
    ),
    "boosting": _each(_GIVEN, "positive", "negative", "negative_boost"),
    "constant_score": _each(_GIVEN, "filter"),
    "dis_max": (("tie_breaker", 0.0), ("queries", [])),
    "nested": (*_each(_GIVEN, "query", "path"), _UNMAPPED, ("score_mode", "avg"), ("inner_hits", _GIVEN)),
    "distance_feature": _each(_GIVEN, "field", "origin", "pivot"),
    "more_like_this": (
        *_each(_GIVEN, "fields", "like", "unlike"), ("max_query_terms", 25), ("min_term_freq", 2), ("min_doc_freq", 5),
        ("max_doc_freq", 2147483647), ("min_word_length", 0), ("max_word_length", 0), *_each(_GIVEN, "stop_words", "analyzer"),
        ("minimum_should_match", "30%"), ("boost_terms", 0.0), ("include", False), ("fail_on_unsupported_field", True),
    ),
    "span_near": (*_each(_GIVEN, "clauses", "slop"), ("in_order", True)),
    "span_or": _each(_GIVEN, "clauses"), "span_first": _each(_GIVEN, "match", "end"), "span_multi": _each(_GIVEN, "match"),
    "span_not": (*_each(_GIVEN, "include", "exclude"), ("pre", 0), ("post", 0)),
    "span_containing": _each(_GIVEN, "big", "little"), "span_within": _each(_GIVEN, "big", "little"),
    "field_masking_span": _each(_GIVEN, "query", "field"),
    "percolate": (("document_type", None), *_each(_GIVEN, "field", "name", "documents")),
    "has_child": (
        *_each(_GIVEN, "query", "type"), ("score_mode", "none"), ("min_children", 1), ("max_children", 2147483647), _UNMAPPED,
    ),
    "has_parent": (*_each(_GIVEN, "query", "parent_type"), ("score", False), _UNMAPPED),
    "parent_id": (*_each(_GIVEN, "type", "id"), _UNMAPPED),
    "geo_distance": (*_each(_GIVEN, "*", "distance"), ("distance_type", "arc"), _STRICT, _UNMAPPED),
    "geo_polygon": (("*", _GIVEN), _STRICT, _UNMAPPED),
    "geo_bounding_box": (("*", _GIVEN), _STRICT, ("type", "MEMORY"), _UNMAPPED),
})  # fmt: skip
_TERSE = frozenset((
    "match", "match_phrase", "match_phrase_prefix", "match_bool_prefix", "term", "span_term", "intervals", "multi_match", "query_string",
    "simple_query_string", "combined_fields", "bool", "function_score", "span_near", "span_or", "span_first", "span_not", "span_multi",
    "span_containing", "span_within", "field_masking_span",
))  # fmt: skip
"""Of which 8.x prints only what differs from the defaults."""
_KEPT = frozenset((("span_near", "in_order"), ("query_string", "fields")))
"""Defaults that are printed nevertheless."""
_PLAIN = frozenset(("sparse_vector",))
"""Which print no boost that is the default."""
_BOOSTED = frozenset(("bool",))
"""Which print their boost even so."""
_INNER = frozenset((
    "must", "should", "filter", "must_not", "positive", "negative", "query", "queries", "clauses", "match", "include", "exclude", "big", "little",
))  # fmt: skip


def shown(name: str, body: Json, behaviour: Behaviour, *, is_refused: bool = False) -> dict[str, Json]:
    """A query of the source as its builder prints itself.

    Args:
        is_refused: its boost is wrong, and the builder still has the default one.
    """
    is_terse = behaviour.major >= 8 and name in _TERSE
    printed = "span_field_masking" if behaviour.span_field_masking and name == "field_masking_span" else name
    if name in _OF_FIELD or name == "range":
        return {printed: _of_field(name, body, behaviour, is_refused=is_refused, is_terse=is_terse)}
    special = _SPECIAL.get(name)
    if special is not None:
        members = special(body, behaviour)
    elif name in _OF_BODY:
        given = {**body, "documents": [body["document"]]} if name == "percolate" and "document" in body else body
        members = dict(_options(name, given, behaviour, is_terse=is_terse))
    else:
        members = {key: one for key, one in body.items() if key not in ("boost", "_name")}
    ending = {} if name == "intervals" else _ending(name, body, is_refused=is_refused, is_terse=is_terse)
    return {printed: {**members, **ending}}


def _ending(name: str, body: Json, *, is_refused: bool, is_terse: bool) -> dict[str, Json]:
    boost = 1.0 if is_refused or not isinstance(body, dict) else float(body.get("boost", 1.0))
    is_told = (not is_terse and name not in _PLAIN) or boost != 1.0 or name in _BOOSTED
    out: dict[str, Json] = {"boost": F32(boost)} if is_told else {}
    if isinstance(body, dict) and "_name" in body and not is_refused:
        out["_name"] = body["_name"]
    return out


def _of_field(name: str, body: Json, behaviour: Behaviour, *, is_refused: bool, is_terse: bool) -> dict[str, Json]:
    field, value = next((pair for pair in body.items() if pair[0] not in ("boost", "_name")), ("", None))
    if name == "range":
        members = _range(value, behaviour)
    else:
        given = value if isinstance(value, dict) else {_VALUE[name]: value}
        given = {_OTHER_NAMES.get((name, key), key): one for key, one in given.items()}
        members = dict(_options(name, given, behaviour, is_terse=is_terse))
    return {field: {**members, **_ending(name, value, is_refused=is_refused, is_terse=is_terse)}}


def _options(name: str, given: Json, behaviour: Behaviour, *, is_terse: bool) -> Iterator[tuple[str, Json]]:
    for option, default in _OF_FIELD.get(name) or _OF_BODY[name]:
        if option == "*":
            known = {one for one, _ in _OF_BODY[name]} | {"boost", "_name"}
            yield from ((key, _points(one)) for key, one in given.items() if key not in known)
        elif option in given and not (name == "dis_max" and option == "queries"):
            value = _read(name, option, given[option], behaviour)
            if not is_terse or value != default:
                yield option, value
        elif default is not _GIVEN and (not is_terse or (name, option) in _KEPT) and not (behaviour.major >= 8 and default == "MEMORY"):
            yield option, default


def _read(name: str, option: str, value: Json, behaviour: Behaviour) -> Json:
    """A given option as it is printed."""
    if option in _INNER and name not in _OF_FIELD and (isinstance(value, dict) or (isinstance(value, list) and name != "ids")):
        if isinstance(value, list):
            return [_query(one, behaviour) for one in value]
        return [_query(value, behaviour)] if name == "bool" else _query(value, behaviour)
    if option in ("operator", "zero_terms_query", "high_freq_operator", "low_freq_operator") and isinstance(value, str):
        return value.upper()
    if option == "fields" and name != "more_like_this":
        listed = value if isinstance(value, list) else [value]
        return [one if "^" in str(one) else f"{one}^1.0" for one in listed]
    if option in ("like", "unlike") and not isinstance(value, list):
        return [value]
    if option in ("negative_boost", "tie_breaker", "boost_terms"):
        return F32(float(value))
    if name == "geo_distance" and option == "distance":
        from esmock.mapping.distance import parse_distance

        return float(parse_distance(str(value)))
    return value


def _query(node: Json, behaviour: Behaviour) -> Json:
    name = next(iter(node))
    return shown(name, node[name], behaviour)


def _range(value: Json, behaviour: Behaviour) -> dict[str, Json]:
    rest = {key: value[key] for key in ("time_zone", "format", "relation") if key in value}
    if behaviour.major >= 8:
        return {**{key: value[key] for key in ("gte", "gt", "lte", "lt") if key in value}, **rest}
    lower = next((value[key] for key in ("gte", "gt", "from") if key in value), None)
    upper = next((value[key] for key in ("lte", "lt", "to") if key in value), None)
    bounds = {
        "from": lower, "to": upper, "include_lower": value.get("include_lower", "gt" not in value),
        "include_upper": value.get("include_upper", "lt" not in value),
    }  # fmt: skip
    return {**bounds, **rest}


def _points(value: Json) -> Json:
    """Coordinates as numbers with a fraction; a polygon ends where it begins."""
    if isinstance(value, dict):
        shown_points = {key: _points(one) for key, one in value.items()}
        ring = shown_points.get("points")
        if isinstance(ring, list) and ring and ring[0] != ring[-1]:
            shown_points["points"] = [*ring, ring[0]]
        return shown_points
    if isinstance(value, list):
        return [_points(one) for one in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _function_score(body: Json, behaviour: Behaviour) -> dict[str, Json]:
    functions = body.get("functions")
    if functions is None:
        settings = {"query", "score_mode", "boost_mode", "max_boost", "min_score", "boost", "_name"}
        alone = {key: one for key, one in body.items() if key not in settings}
        functions = [alone] if alone else []
    listed = [
        {"filter": _query(one.get("filter", {"match_all": {}}), behaviour),
         **{key: F32(float(value)) if key == "weight" else value for key, value in one.items() if key != "filter"}}
        for one in functions
    ]  # fmt: skip
    out: dict[str, Json] = {"query": _query(body.get("query", {"match_all": {}}), behaviour), "functions": listed}
    if behaviour.major < 8 or body.get("score_mode", "multiply") != "multiply":
        out["score_mode"] = body.get("score_mode", "multiply")
    if "boost_mode" in body:
        out["boost_mode"] = body["boost_mode"]
    if behaviour.major < 8 or "max_boost" in body:
        out["max_boost"] = F32(float(body.get("max_boost", 3.4028234663852886e38)))
    if "min_score" in body:
        out["min_score"] = F32(float(body["min_score"]))
    return out


def _intervals(body: Json, behaviour: Behaviour) -> dict[str, Json]:
    field, value = next(iter(body.items()))
    rules = {}
    for name, rule in value.items():
        if name in ("boost", "_name"):
            continue
        if name == "match":
            rule = {"query": rule.get("query"), "max_gaps": rule.get("max_gaps", -1), "ordered": rule.get("ordered", False),
                    **{key: one for key, one in rule.items() if key in ("analyzer", "filter", "use_field")}}  # fmt: skip
        rules[name] = rule
    return {field: {**rules, **({"boost": 1.0} if behaviour.major < 8 else {})}}


def _script(body: Json, behaviour: Behaviour) -> dict[str, Json]:
    script = body.get("script")
    if isinstance(script, str):
        script = {"source": script}
    if isinstance(script, dict) and "source" in script:
        script = {"source": script["source"], "lang": script.get("lang", "painless"), **script}
    return {"script": script}


def _rank_feature(body: Json, behaviour: Behaviour) -> dict[str, Json]:
    function = next((key for key in ("saturation", "log", "sigmoid", "linear") if key in body), "saturation")
    return {"field": body.get("field"), function: body.get(function, {})}


def _vector(body: Json, behaviour: Behaviour) -> dict[str, Json]:
    return {key: _points(one) if key == "query_vector" else one for key, one in body.items() if key not in ("boost", "_name")}


def _script_score(body: Json, behaviour: Behaviour) -> dict[str, Json]:
    least = {"min_score": F32(float(body["min_score"]))} if "min_score" in body else {}
    return {"query": _query(body["query"], behaviour), **_script(body, behaviour), **least}


Special = Callable[[Json, "Behaviour"], dict[str, Json]]
_SPECIAL: Mapping[str, Special] = MappingProxyType({
    "function_score": _function_score, "intervals": _intervals, "script": _script, "rank_feature": _rank_feature, "knn": _vector,
    "sparse_vector": _vector, "script_score": _script_score,
})  # fmt: skip
