"""Synthetic ``_source``: what is read is put together from doc values, and from what was kept besides.

Docs: mapping-source-field. Source: recordings of 8.19.21 (fixtures/recorded/8.19.21/types/synthetic.json).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.errors import NullPointer
from esmock.mapping.field import KEEP, NO_LIMIT
from esmock.mapping.geo import PointField
from esmock.mapping.metadata_fields import READABLE
from esmock.mapping.objects import ObjectMapper
from esmock.mapping.parameter import java_text
from esmock.xcontent import json_reader, json_writer

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.mapping.mapping import Mapping
    from esmock.store.segment import StoredDoc

Json = Any
NOTHING: Json = object()


def synthetic_source(mapping: Mapping, source: bytes) -> bytes:
    """A document's source as reads of it show it."""
    doc = json_reader.parse_stored(source)
    counted = {name: doc[name] for name in READABLE if name in doc}
    shown = counted | Synthesis(mapping).object(mapping.root, [doc], "true")
    return json_writer.dumps({name: shown[name] for name in sorted(shown)} if counted else shown)


def forced(doc: StoredDoc) -> StoredDoc:
    """A document whose source is put together although it was stored (``force_synthetic_source``).

    Raises:
        NullPointer: the mapping asks for more than doc values where there is nothing more (a bug of 8.19.21).
    """
    mapping = doc.mapping
    if mapping.is_synthetic:
        return doc
    if any(field.name == "keyword" and field.ignore_above < NO_LIMIT for _, field in mapping.fields()):  # type: ignore[attr-defined]
        raise NullPointer(None)
    return doc._replace(told=synthetic_source(mapping, doc.readable))


class Synthesis:
    """Puts documents of one mapping together."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self.keep = str(mapping.context.settings.get("index.mapping.synthetic_source_keep", "none"))
        self.keeps_more = mapping.is_synthetic
        """Whether what doc values lack was kept besides."""

    def object(self, mapper: ObjectMapper, docs: list[Json], dynamic: str) -> dict[str, Json]:
        """What the objects of one name show together."""
        dynamic = mapper.dynamic or dynamic
        found: dict[str, list[Json]] = {}
        for doc in docs:
            _spread(mapper, doc, found)
        out: dict[str, Json] = {}
        for leaf in sorted(found):
            shown = self._member(mapper.properties.get(leaf), found[leaf], dynamic)
            if shown is not NOTHING:
                out[leaf] = shown
        return out

    def _member(self, child: Field | ObjectMapper | None, values: list[Json], dynamic: str) -> Json:
        if child is None:
            return NOTHING if dynamic == "true" else self._as_given([one for one in values if one is not None])
        if not isinstance(child, ObjectMapper):
            return self._field(child, values)
        keep = child.synthetic_source_keep or self.keep
        values = [one for one in values if one is not None]
        if not child.enabled or keep == "all" or (keep == "arrays" and any(isinstance(one, list) for one in values)):
            return self._as_given(values)
        objects = [one for one in _flat(values) if isinstance(one, dict)]
        if child.nested:
            return _one_or_all([self.object(child, [one], dynamic) for one in objects])
        return self.object(child, objects, dynamic) or NOTHING

    def _field(self, field: Field, values: list[Json]) -> Json:
        if field.is_alias:
            return NOTHING
        keep = field.given.get(KEEP, self.keep)
        has_list = any(isinstance(one, list) for one in values)
        copied = bool(field.copy_to) and self.keeps_more
        if keep == "all" or (keep == "arrays" and has_list) or copied or field.path in self.mapping.copied_from:
            if not self.keeps_more and field.path in self.mapping.copied_from:
                raise NullPointer(None)
            return self._as_given(values)
        show = _flattened(field, keeps_more=self.keeps_more) if field.name == "flattened" else _values_of(field)
        if show is None:
            return self._as_given(values)
        given = [field.null_value if one is None else one for one in _given(field, values)]
        given = [one for one in given if one is not None]
        left_out = [one for one in given if field.malformed(one)] if self.keeps_more else []
        return _one_or_all(show([one for one in given if not field.malformed(one)]) + left_out)

    def _as_given(self, values: list[Json]) -> Json:
        if not self.keeps_more:
            return NOTHING
        if len(values) < 2:
            return values[0] if values else NOTHING
        return [one for value in values for one in (value if isinstance(value, list) else [value])]


def _spread(mapper: ObjectMapper, doc: Json, found: dict[str, list[Json]], before: str = "") -> None:
    """Add the values of an object by leaf name; names with dots are objects, and the other way round where there are none."""
    if not isinstance(doc, dict):
        return
    for key, value in doc.items():
        name = before + key
        if mapper.is_flat:
            if isinstance(value, dict) and name not in mapper.properties:
                _spread(mapper, value, found, name + ".")
            else:
                found.setdefault(name, []).append(value)
            continue
        head, dot, rest = name.partition(".")
        found.setdefault(head, []).append({rest: value} if dot else value)


def _flat(values: list[Json]) -> list[Json]:
    out: list[Json] = []
    for one in values:
        if isinstance(one, list):
            out.extend(_flat(one))
        else:
            out.append(one)
    return out


def _given(field: Field, values: list[Json]) -> list[Json]:
    """The single values of a field."""
    if isinstance(field, PointField):
        return [point for one in values for point in field.points(one)]
    return values if field.takes_arrays else _flat(values)


def _one_or_all(values: list[Json]) -> Json:
    if len(values) < 2:
        return values[0] if values else NOTHING
    return values


Show = Callable[[list[Json]], list[Json]]


def _values_of(field: Field) -> Show | None:
    """How the values of a field are shown; None: as they were given."""
    special = _SPECIAL.get(field.name)
    if special is not None:
        return special(field)
    if field.is_text:
        return _text(field)
    if not field.has_doc_values or field.column_kind is None or field.name in _KEPT:
        return None
    if field.column_kind == "ordinals":
        return lambda values: [field.format_value(one) for one in sorted(set(field.column_values(values)), key=_bytes)]
    if field.name in ("float", "half_float"):
        return lambda values: [json_writer.F32(one) for one in sorted(field.column_values(values))]
    return lambda values: [field.stored_form(one) for one in sorted(field.column_values(values))]


_KEPT = frozenset(("murmur3", "join", "percolator", "rank_feature", "constant_keyword", "histogram", "aggregate_metric_double"))
"""Types with columns whose values are kept as they were given."""


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _keyword(field: Field) -> Show | None:
    if field.given.get("normalizer") is not None or not (field.has_doc_values or field.is_stored):
        return None
    if field.is_stored:
        return field.column_values
    return lambda values: sorted(set(field.column_values(values)), key=_bytes)


def _text(field: Field) -> Show | None:
    if field.is_stored:
        return lambda values: [java_text(one) for one in values]
    for one in field.multi.values():
        if one.name == "keyword":
            show = _keyword(one)
            if show is not None:
                return lambda values: show(values) + [text for text in values if one.malformed(text)]
    return None


def _points(field: Field) -> Show | None:
    if not field.has_doc_values:
        return None
    first, second = ("lat", "lon") if field.name == "geo_point" else ("x", "y")
    order = slice(None) if field.name == "geo_point" else slice(None, None, -1)
    return lambda values: [{first: one, second: other} for one, other in sorted(pair[order] for pair in field.column_values(values))]


def _booleans(field: Field) -> Show | None:
    return (lambda values: [bool(one) for one in sorted(field.column_values(values))]) if field.has_doc_values else None


def _dates(field: Field) -> Show | None:
    return (lambda values: [field.format_value(one) for one in sorted(field.column_values(values))]) if field.has_doc_values else None


def _ranges(field: Field) -> Show | None:
    if not field.has_doc_values:
        return None
    element, lowest, highest = field.element, field.lowest, field.highest  # type: ignore[attr-defined]

    def shown(bound: Any, end: Any) -> Json:
        if bound == end:
            return None
        return json_writer.F32(bound) if element.name == "float" else element.stored_form(bound)

    return lambda values: [
        {"gte": shown(low, lowest), "lte": shown(high, highest)} for low, high in sorted(set(field.column_values(values)))
    ]


def _flattened(field: Field, *, keeps_more: bool) -> Show | None:
    pairs = field.all_leaves if keeps_more else field.leaves  # type: ignore[attr-defined]

    def shown(values: list[Json]) -> list[Json]:
        texts: dict[str, set[str]] = {}
        for value in values:
            for key, text in pairs(value):
                texts.setdefault(key, set()).add(text)
        out: dict[str, Json] = {}
        for key in sorted(texts, key=_bytes):
            inner, path, leaf = out, key.split("."), ""
            while path:
                leaf = f"{leaf}.{path.pop(0)}" if leaf else path.pop(0)
                if path and not isinstance(inner.get(leaf), str | list):
                    inner, leaf = inner.setdefault(leaf, {}), ""
            inner[leaf] = _one_or_all(sorted(texts[key], key=_bytes))
        return [out] if out else []

    return shown if field.has_doc_values or "doc_values" not in field.given else None


def _vectors(field: Field) -> Show | None:
    if field.is_of_bytes:  # type: ignore[attr-defined]
        return lambda values: values
    return lambda values: [[json_writer.F32(one) for one in vector] if isinstance(vector, list) else vector for vector in values]


def _binaries(field: Field) -> Show | None:
    return (lambda values: sorted(set(field.column_values(values)))) if field.has_doc_values else None


_SPECIAL: dict[str, Callable[[Field], Show | None]] = {
    "keyword": _keyword, "geo_point": _points, "point": _points, "boolean": _booleans, "date": _dates, "date_nanos": _dates,
    "dense_vector": _vectors, "binary": _binaries,
    **dict.fromkeys(("integer_range", "long_range", "float_range", "double_range", "date_range", "ip_range"), _ranges),
}
