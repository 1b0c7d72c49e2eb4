"""Field mappings as ``GET _mapping/field`` prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.state.resolve import glob
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.mapping.objects import ObjectMapper
    from esmock.state.index import Index
    from esmock.version import Behaviour

Json = Any

_SEVEN = (
    "_ignored", "_routing", "_seq_no", "_index", "_feature", "_field_names", "_type", "_source", "_id", "_version",
)
_EIGHT = (
    "_routing", "_doc_count", "_ignored_source", "_index", "_index_mode", "_ignored", "_tier", "_seq_no",
    "_nested_path", "_data_stream_timestamp", "_field_names", "_source", "_id", "_version",
)


def metadata_fields(behaviour: Behaviour) -> tuple[str, ...]:
    """Names of the fields that every mapping has."""
    if behaviour.major >= 8:
        return _EIGHT
    return (*_SEVEN, "_doc_count", "_tier") if behaviour.has((7, 11)) else _SEVEN


def field_mappings(index: Index, patterns: list[str], *, defaults: bool) -> dict[str, Json]:
    """The fields of an index that match, in the order of a hash map."""
    mapping = index.mapping
    known: dict[str, Field | None] = dict.fromkeys(metadata_fields(mapping.behaviour))
    known.update({path: mapping.own_field(path) for path in sorted(_paths(mapping.root))})
    found: dict[str, Field | None] = {}
    for pattern in patterns:
        if "*" in pattern:
            regex = glob(pattern)
            found.update({path: field for path, field in known.items() if regex.match(path)})
        elif pattern in known:
            found[pattern] = known[pattern]
    out: dict[str, Json] = {}
    for path in hash_order(found):
        field = found[path]
        if field is None:
            body = _metadata_field(index, path, defaults=defaults)
        else:
            body = {field.leaf: with_defaults(field) if defaults else field.to_json()}
        out[path] = {"full_name": path, "mapping": body}
    return out


def _metadata_field(index: Index, name: str, *, defaults: bool) -> dict[str, Json]:
    """What a mapping says of a field that every mapping has; nothing where it says nothing."""
    given = index.mapping.to_json().get(name)
    if not given:
        return {}
    return {name: {**given, "includes": [], "excludes": [], **given} if defaults and name == "_source" else given}


def _paths(root: ObjectMapper) -> list[str]:
    from esmock.mapping.field import Field

    return [child.path for child in root.walk() if isinstance(child, Field)]


_TEXT_ORDER = (
    "boost", "index", "store", "fields", "copy_to", "meta", "index_options", "term_vector", "norms", "analyzer", "search_analyzer",
    "search_quote_analyzer", "similarity", "eager_global_ordinals", "position_increment_gap", "fielddata",
    "fielddata_frequency_filter", "index_prefixes", "index_phrases",
)


_SCRIPTED = ("script", "on_script_error")
_NUMBER_ORDER = (
    "index", "doc_values", "store", "ignore_malformed", "coerce", "null_value", *_SCRIPTED, "meta", "time_series_dimension",
    "time_series_metric",
)
_NUMBERS = ("long", "integer", "short", "byte", "double", "float", "half_float")
_ORDERS_OF_EIGHT = {
    "text": _TEXT_ORDER,
    "keyword": (
        "index", "doc_values", "store", "null_value", "eager_global_ordinals", "ignore_above", "index_options", "norms",
        "similarity", "normalizer", "split_queries_on_whitespace", *_SCRIPTED, "meta", "time_series_dimension",
    ),
    **dict.fromkeys(_NUMBERS, _NUMBER_ORDER),
    "boolean": (
        "meta", "doc_values", "index", "null_value", "store", *_SCRIPTED, "ignore_malformed", "time_series_dimension",
    ),
    "date": (
        "index", "doc_values", "store", "format", "locale", "null_value", "ignore_malformed", *_SCRIPTED, "meta",
    ),
    "ip": (
        "index", "doc_values", "store", "ignore_malformed", "null_value", *_SCRIPTED, "meta", "time_series_dimension",
    ),
    "geo_point": (
        "doc_values", "index", "store", "ignore_malformed", "ignore_z_value", "null_value", *_SCRIPTED, "meta",
        "time_series_dimension", "time_series_metric",
    ),
}  # fmt: skip
"""The parameters of a type in the order of 8.19, those of runtime scripts and time series included."""
_GAP_OF_EIGHT = 100


def with_defaults(field: Field) -> dict[str, Json]:
    """The definition of a field with every parameter of its type."""
    defaults_json = getattr(field, "defaults_json", None)
    if defaults_json is not None:
        return defaults_json()  # type: ignore[no-any-return]
    is_seven = field.context.behaviour.mapping_types
    given = field.to_json()
    values: dict[str, Json] = {}
    for name in field.parameter_table(field.context):
        if name in field.hidden_defaults:
            continue
        value = given.get(name, field.get(name))
        if value is None and name == "dims":
            continue
        if value is None:
            value = _unset(name, is_seven=is_seven)
        values[name] = value
    if not is_seven:
        values.pop("boost", None)
    if field.multi:
        values["fields"] = {name: with_defaults(one) for name, one in sorted(field.multi.items())}
    if "position_increment_gap" in values and "position_increment_gap" not in given:
        values["position_increment_gap"] = -1 if is_seven else _GAP_OF_EIGHT
    if not is_seven:
        _add_scripts(field.type_name, values)
    if not is_seven and values.get("locale") == "":
        values["locale"] = "en"
    values.update({name: value for name, value in given.items() if name not in values and name != "type"})
    plain = _TEXT_ORDER if field.type_name == "text" else tuple(values)
    order = plain if is_seven else _ORDERS_OF_EIGHT.get(field.type_name, plain)
    return {"type": field.name, **{name: values[name] for name in (*order, *values) if name in values}}


def _add_scripts(kind: str, values: dict[str, Json]) -> None:
    """What a type can be told of scripts and time series, unset."""
    unset = {"script": None, "on_script_error": "fail", "time_series_dimension": False, "time_series_metric": None}
    for name in _ORDERS_OF_EIGHT.get(kind, ()):
        if name in unset:
            values.setdefault(name, unset[name])


def _unset(name: str, *, is_seven: bool) -> Json:
    """How a parameter without value is printed."""
    if name.endswith("analyzer") or (name == "normalizer" and is_seven):
        return "default"
    if name == "fielddata_frequency_filter":
        return {"min": 0.0, "max": 2.147483647e9, "min_segment_size": 0}
    return None
