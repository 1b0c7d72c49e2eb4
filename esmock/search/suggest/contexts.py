"""Contexts of completions: categories and geohashes. Docs: suggester-context."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from esmock.errors import ElasticsearchParse, IllegalArgument, NullPointer, XContentParse
from esmock.mapping.completion import Context
from esmock.mapping.distance import hash_precision, parse_distance
from esmock.mapping.parameter import java_text
from esmock.mapping.points import BASE32
from esmock.xcontent.located import at_name, at_value, token
from esmock.xcontent.similar import suggestion

Json = Any


@dataclass(frozen=True, slots=True)
class ContextQuery:
    """A context value asked for."""

    value: str
    boost: float = 1.0
    is_prefix: bool = False


def document_contexts(field: Any, given: Json, source: Json) -> dict[str, tuple[str, ...]]:
    """The context values of one input: those given with it and those at the context's path in the document."""
    out: dict[str, tuple[str, ...]] = {}
    for one in field.contexts:
        own = given.get(one.name)
        values = [] if own is None else own if isinstance(own, list) and not one.is_geo else [own]
        values = [*values, *field.from_path(one, source)]
        if one.is_geo:
            found = [geohash(lat, lon, one.precision) for value in values for lat, lon in points(value)]
        else:
            found = [java_text(value) for value in values]
        if found:
            out[one.name] = tuple(dict.fromkeys(found))
    return out


def points(values: Json) -> list[tuple[float, float]]:
    """Points as (latitude, longitude) from any of the forms."""
    if isinstance(values, dict):
        return [(float(values["lat"]), float(values["lon"]))]
    if isinstance(values, str):
        if "," in values:
            lat, _, lon = values.partition(",")
            return [(float(lat), float(lon))]
        return [decode(values)]
    if isinstance(values, list):
        if len(values) >= 2 and all(isinstance(one, int | float) for one in values[:2]):
            return [(float(values[1]), float(values[0]))]
        return [point for one in values for point in points(one)]
    raise ElasticsearchParse("geo_point expected")


def geohash(lat: float, lon: float, length: int) -> str:
    """The geohash of a point."""
    low_lat, high_lat, low_lon, high_lon = -90.0, 90.0, -180.0, 180.0
    out: list[str] = []
    bits, count, is_lon = 0, 0, True
    while len(out) < length:
        if is_lon:
            middle = (low_lon + high_lon) / 2
            bit = lon >= middle
            low_lon, high_lon = (middle, high_lon) if bit else (low_lon, middle)
        else:
            middle = (low_lat + high_lat) / 2
            bit = lat >= middle
            low_lat, high_lat = (middle, high_lat) if bit else (low_lat, middle)
        is_lon = not is_lon
        bits, count = bits << 1 | bit, count + 1
        if count == 5:
            out.append(BASE32[bits])
            bits, count = 0, 0
    return "".join(out)


def _box(code: str) -> tuple[float, float, float, float]:
    low_lat, high_lat, low_lon, high_lon = -90.0, 90.0, -180.0, 180.0
    is_lon = True
    for char in code:
        number = BASE32.index(char)
        for shift in range(4, -1, -1):
            bit = number >> shift & 1
            if is_lon:
                middle = (low_lon + high_lon) / 2
                low_lon, high_lon = (middle, high_lon) if bit else (low_lon, middle)
            else:
                middle = (low_lat + high_lat) / 2
                low_lat, high_lat = (middle, high_lat) if bit else (low_lat, middle)
            is_lon = not is_lon
    return low_lat, high_lat, low_lon, high_lon


def decode(code: str) -> tuple[float, float]:
    """The centre of a geohash."""
    low_lat, high_lat, low_lon, high_lon = _box(code)
    return (low_lat + high_lat) / 2, (low_lon + high_lon) / 2


def neighbours(code: str) -> list[str]:
    """The cells around one."""
    low_lat, high_lat, low_lon, high_lon = _box(code)
    lat, lon = decode(code)
    height, width = high_lat - low_lat, high_lon - low_lon
    out = []
    for up in (-1, 0, 1):
        for right in (-1, 0, 1):
            if up == right == 0:
                continue
            new_lat, new_lon = lat + up * height, lon + right * width
            if -90 <= new_lat <= 90:
                out.append(geohash(new_lat, (new_lon + 180) % 360 - 180, len(code)))
    return out


def parse_contexts(field: Any, given: dict[str, Json] | None) -> dict[str, list[ContextQuery]]:
    """The contexts of a query. Raises IllegalArgument for unknown ones, XContentParse, NullPointer."""
    known = {one.name: one for one in field.contexts}
    if not known and given is not None:
        raise IllegalArgument(f"suggester [{field.path}] doesn't expect any context")
    out: dict[str, list[ContextQuery]] = {}
    given = given or {}
    for name in given:
        if name not in known:
            raise IllegalArgument(f"Unknown context name [{name}], must be one of [{', '.join(known)}]")
        values, read = given[name], _geo_query if known[name].is_geo else _category_query
        if isinstance(values, list) and not (known[name].is_geo and values and isinstance(values[0], int | float)):
            out[name] = [query for at in range(len(values)) for query in read(values, at, known[name])]
        else:
            out[name] = read(given, name, known[name])
    return out


def require_contexts(field: Any, given: dict[str, list[ContextQuery]]) -> None:
    """Raises IllegalArgument where none is given for a field that has contexts."""
    if field.contexts and not any(given.values()):
        raise IllegalArgument("Missing mandatory contexts in context query")


def best_boost(own: str, queries: list[ContextQuery]) -> float | None:
    """The boost of the longest context asked for that a document's context answers; None: none does."""
    hits = [one for one in queries if own == one.value or (one.is_prefix and own.startswith(one.value))]
    return max(hits, key=lambda one: (len(one.value), one.boost)).boost if hits else None


def _category_query(holder: Json, key: Any, context: Context) -> list[ContextQuery]:
    value = holder[key]
    if value is None or isinstance(value, list):
        raise XContentParse("category context must be an object, string, number or boolean")
    if not isinstance(value, dict):
        return [ContextQuery(java_text(value))]
    for name, one in value.items():
        if name not in ("context", "boost", "prefix") or (name == "boost" and _refuses_boost(one)):
            raise XContentParse("category context must be a string, number or boolean")
    if value.get("context") is None:
        raise NullPointer("category must not be null")
    return [ContextQuery(java_text(value["context"]), float(value.get("boost", 1)), bool(value.get("prefix", False)))]


def _precision(value: Json) -> int:
    """The length of geohashes that a query asks for: a number, or that of cells at most as wide as a distance."""
    if isinstance(value, int) or (isinstance(value, str) and value.isdigit()):
        return int(value)
    return hash_precision(parse_distance(str(value)))


def _refuses_boost(value: Json) -> bool:
    """Whether a boost is no whole number above zero."""
    try:
        return int(value) <= 0
    except (TypeError, ValueError):
        return True


_OF_PLACES = ("context", "boost", "precision", "neighbours", "lat", "lon")


def _geo_query(holder: Json, key: Any, context: Context) -> list[ContextQuery]:
    value = place = holder[key]
    options = value if isinstance(value, dict) else {}
    for name in options:
        if name not in _OF_PLACES:
            raise XContentParse(f"[geo] unknown field [{name}]{suggestion(name, _OF_PLACES)}", at_name(options, name))
    if "context" in options:
        place = options["context"]
        if not isinstance(place, dict):
            raise XContentParse(f"[geo] context doesn't support values of type: {token(place)}", at_value(options, "context"))
    wanted = min(_precision(options.get("precision", context.precision)), context.precision)
    around = [_precision(one) for one in options.get("neighbours", ())]
    if not around and wanted == context.precision:
        around = [wanted]
    lat, lon = points(place)[0]
    full = geohash(lat, lon, max(12, wanted))
    cells = {full[:wanted]}
    for length in around:
        cells.add(full[: min(context.precision, length)])
        cells.update(neighbours(full[: min(context.precision, length)]))
    boost = float(options.get("boost", 1))
    return [ContextQuery(cell, boost, len(cell) < context.precision) for cell in sorted(cells)]
