"""The ``fields`` option: values from the source, formatted by the mapping. Docs: search-fields."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, NullPointer
from esmock.mapping.geo import PointField
from esmock.mapping.join import JoinParents
from esmock.mapping.mapping import wildcard
from esmock.mapping.numeric import Number
from esmock.mapping.points import Position
from esmock.mapping.ranges import Range
from esmock.mapping.shapes import Shape
from esmock.mapping.values import raw_values
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.json_writer import F32

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping
    from esmock.search.request import FieldAndFormat

Json = Any


_FORMATTED = ("date", "date_nanos", "token_count")


def fetch_fields(
    wanted: Sequence[FieldAndFormat], source: Json, mapping: Mapping, shard: Any, scope: str | None = None
) -> dict[str, list[Json]]:
    """The values of the fields that patterns name; those of nested objects object by object (7.12).

    Args:
        scope: the nested object that ``source`` lies in: names are told without it.

    Raises:
        IllegalArgument: as ``fetch_field``.
    """
    out: dict[str, list[Json]] = {}
    asked = asked_fields(wanted, mapping)
    for one in wanted:
        found = fetch_field(one, source, mapping, shard, scope, asked)
        out.update(found if scope is None else {name[len(scope) + 1 :]: values for name, values in found.items()})
    if mapping.behaviour.major >= 8:
        out = dict(sorted(out.items()))  # ES: this is how they come into the map that is printed
    if not mapping.behaviour.nested_fields:
        return out
    for path in mapping.nested_paths:
        if mapping.nested_parent(path) != scope:
            continue
        objects = [fetch_fields(wanted, {path: one}, mapping, shard, path) for one in raw_values(source, path)]
        there = [{name: one[name] for name in hash_order(one)} for one in objects if one]
        if there:
            out[path if scope is None else path[len(scope) + 1 :]] = there
    return out


def asked_fields(wanted: Sequence[FieldAndFormat], mapping: Mapping) -> set[str]:
    """The mapped fields that patterns name."""
    return {name for one in wanted for name, _ in mapping.fields(one.field)}


def fetch_field(
    wanted: FieldAndFormat, source: Json, mapping: Mapping, shard: Any, scope: str | None, asked: Collection[str]
) -> dict[str, list[Json]]:
    """The values of the fields that a pattern names, of those that lie in one nested object.

    Args:
        asked: the mapped fields that any pattern names.

    Raises:
        IllegalArgument: the source is not kept, or a field takes no format.
    """
    if not mapping.source_enabled:
        if mapping.behaviour.major >= 8:
            return {}
        raise IllegalArgument(
            f"Unable to retrieve the requested [fields] since _source is disabled in the mappings for index [{shard.index}]"
        )
    out: dict[str, list[Json]] = {}
    is_told_apart = bool(mapping.nested_paths) and mapping.behaviour.nested_fields
    for name, found in _found(wanted.field, mapping):
        if found.name == "lookup" or (is_told_apart and mapping.nested_parent(name) != scope):
            continue
        if wanted.format is not None:
            try:
                _check_format(found, wanted.format)
            except IllegalArgument as error:
                if mapping.behaviour.has((7, 12)):
                    asked_by = "" if wanted.field == name else f" which matched [{wanted.field}]"
                    raise IllegalArgument(f"error fetching [{name}]{asked_by}: {error.reason}", cause=error) from None
                raise
        # ES: the point that stands for none is not told.
        null = None if found.is_geometry else found.null_value
        if isinstance(found, JoinParents):
            found.fetched_values([])
        values = raw_values(source, found.source_path, whole=found.takes_arrays, null=null)
        copied = [raw_values(source, origin, whole=found.takes_arrays) for origin in mapping.copied_from.get(found.source_path, ())]
        # ES: what is fetched as an array is not told where one of its sources is missing
        if copied and (found.takes_arrays or found.is_geometry) and not all((values, *copied)):
            continue
        values.extend(value for part in copied for value in part)
        if not values:
            continue
        whole = found.fetched_values(values)
        shown = _shown(found, values, wanted.format) if whole is None else whole
        if shown:
            out[name] = shown
    if wanted.include_unmapped:
        # ES: 7.x tells what an exact name means in nested objects, too
        is_told_twice = mapping.behaviour.major < 8 and "*" not in wanted.field
        inner = [path for path in mapping.nested_paths if path != scope] if is_told_apart and not is_told_twice else []
        out.update(_unmapped(wanted.field, source, mapping, inner, asked))
    return out


def _found(pattern: str, mapping: Mapping) -> list[tuple[str, Any]]:
    """The fields that a pattern names; in 7.x in the order of the hash set that they are collected in."""
    if "*" not in pattern or mapping.behaviour.major >= 8:
        return list(mapping.fields(pattern))
    found = dict(mapping.fields(pattern)) if mapping.behaviour.has((7, 11)) else mapping.named(pattern)
    return [(name, found[name]) for name in mapping.names(pattern) if name in found]


def ignored_values(wanted: FieldAndFormat, source: Json, mapping: Mapping) -> dict[str, list[Json]]:
    """The values that were left out of the fields that a pattern names."""
    out: dict[str, list[Json]] = {}
    for name, found in mapping.fields(wanted.field):
        owner = mapping.own_field(found.source_path)
        is_given_parts = owner is not None and owner is not found and owner.takes_arrays
        if name in mapping.runtime_names or found.is_geometry or is_given_parts:
            continue
        values = raw_values(source, found.source_path, whole=found.takes_arrays)
        is_empty = isinstance(found, Number) and found.null_value is None
        out[name] = [value for value in values if found.left_out(value) or (value == "" and is_empty)]
    return {name: values for name, values in out.items() if values}


def _check_format(found: Any, form: str) -> None:
    if isinstance(found, Range) or found.name in _FORMATTED:
        if isinstance(found, Range):
            from esmock.mapping.dates.formatter import date_formatter

            date_formatter(form)
            if found.name != "date_range":
                reason = 'Cannot invoke "org.elasticsearch.common.time.DateFormatter.locale()" because "defaultFormatter" is null'
                raise NullPointer(reason)
        return
    if found.is_geometry:
        if form not in _GEOMETRY_FORMATS:
            raise IllegalArgument(f"Unrecognized geometry format [{form}].")
        return
    kind = "" if found.is_text or found.name in ("binary", "rank_features") else f" of type [{found.name}]"
    raise IllegalArgument(f"Field [{found.path}]{kind} doesn't support formats.")


def _shown(found: Any, values: list[Json], form: str | None) -> list[Json]:
    if isinstance(found, Shape):
        return [found.fetched(value, form) for value in values if not found.malformed(value)]
    if isinstance(found, Range):
        return [found.fetched(value, form) for value in values]
    if found.is_text:
        return found.column_values(values)  # type: ignore[no-any-return]
    columns = found.column_values(values)
    if isinstance(found, PointField):
        # ES: as the source has them; columns keep them less exactly
        return [_point(position, form or "geojson") for position in found.fetched_points(values)]
    if found.name == "scaled_float" and form is None:
        factor = found.get("scaling_factor")
        return [round(float(value) * factor) / factor for value in columns]
    if found.name in ("float", "half_float") and form is None:
        return [F32(float(value)) for value in columns]
    return [found.format_value(value, form) for value in columns]


_GEOMETRY_FORMATS = ("geojson", "wkt")


def _point(position: Position, form: str) -> Json:
    x, y = position
    return f"POINT ({x} {y})" if form == "wkt" else {"coordinates": [x, y], "type": "Point"}


def _unmapped(
    pattern: str, source: Json, mapping: Mapping, left_out: Sequence[str], asked: Collection[str]
) -> dict[str, list[Json]]:
    """Leaves of the source that the mapping does not know; not those of the objects left out, nor what mapped fields consist of."""
    matches = wildcard(pattern)
    out: dict[str, list[Json]] = {}

    def walk(node: Json, path: str) -> None:
        if path in left_out or path in asked:
            return
        if isinstance(node, dict):
            for key, value in node.items():
                walk(value, f"{path}.{key}" if path else key)
        elif isinstance(node, list):
            for one in node:
                walk(one, path)
        elif node is not None and mapping.own_field(path) is None and matches(path):
            out.setdefault(path, []).append(node)

    walk(source, "")
    return out
