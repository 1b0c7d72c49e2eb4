"""Contexts of completions: categories and geohashes. Docs: suggester-context."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from esmock.errors import ElasticsearchParse, IllegalArgument
from esmock.mapping.values import raw_values

Json = Any
_BASE32 = "0123456789bcdefghjkmnpqrstuvwxyz"
_METRES = (5009400, 1252350, 156500, 39137, 4892, 1223, 153, 38.2, 4.78, 1.19, 0.149, 0.0372)


@dataclass(frozen=True, slots=True)
class ContextQuery:
    """A context value asked for."""

    value: str
    boost: float = 1.0
    is_prefix: bool = False


def definitions(field: Any) -> list[dict[str, Json]]:
    """The contexts of a completion field."""
    return list(field.get("contexts") or []) if field.has("contexts") else []


def document_contexts(field: Any, given: Json, source: Json) -> dict[str, tuple[str, ...]]:
    """The context values of one input: those given with it, or those at the context's path in the document."""
    out: dict[str, tuple[str, ...]] = {}
    for one in definitions(field):
        name = one["name"]
        values = given.get(name)
        if values is None and one.get("path"):
            values = raw_values(source, one["path"], whole=True)
        if values is None:
            continue
        if is_geo(one):
            out[name] = tuple(geohash(lat, lon, precision(one)) for lat, lon in points(values))
        else:
            out[name] = tuple(str(value) for value in (values if isinstance(values, list) else [values]))
    return out


def is_geo(definition: dict[str, Json]) -> bool:
    return str(definition.get("type", "")).lower() == "geo"


def precision(definition: dict[str, Json]) -> int:
    """The length of geohashes: a number, or a distance as the length whose cells are that small."""
    value = definition.get("precision", 6)
    return precision_of(value)


def precision_of(value: Json) -> int:
    """A geohash length from a number or a distance."""
    if isinstance(value, int) or (isinstance(value, str) and value.isdigit()):
        return int(value)
    from esmock.mapping.geo import parse_distance  # type: ignore[attr-defined]

    metres = parse_distance(str(value))
    for at, size in enumerate(_METRES):
        if size <= metres:
            return at + 1
    return 12


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
    out = []
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
            out.append(_BASE32[bits])
            bits, count = 0, 0
    return "".join(out)


def _box(code: str) -> tuple[float, float, float, float]:
    low_lat, high_lat, low_lon, high_lon = -90.0, 90.0, -180.0, 180.0
    is_lon = True
    for char in code:
        number = _BASE32.index(char)
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


def parse_contexts(field: Any, given: dict[str, Json]) -> dict[str, list[ContextQuery]]:
    """The contexts of a query. Raises IllegalArgument for unknown or missing ones."""
    known = {one["name"]: one for one in definitions(field)}
    if not known:
        if given:
            raise IllegalArgument(f"suggester [{field.path}] doesn't expect any context")
        return {}
    out: dict[str, list[ContextQuery]] = {}
    for name, values in given.items():
        if name not in known:
            raise IllegalArgument(f"Unknown context name [{name}], must be one of [{', '.join(known)}]")
        read = _geo_query if is_geo(known[name]) else _category_query
        if isinstance(values, list) and not (values and isinstance(values[0], int | float) and is_geo(known[name])):
            out[name] = [query for one in values for query in read(one, known[name])]
        else:
            out[name] = read(values, known[name])
    if not any(out.values()):
        raise IllegalArgument("Missing mandatory contexts in context query")
    return out


def _category_query(value: Json, definition: dict[str, Json]) -> list[ContextQuery]:
    if isinstance(value, dict):
        return [ContextQuery(str(value["context"]), float(value.get("boost", 1)), bool(value.get("prefix", False)))]
    return [ContextQuery("true" if value is True else "false" if value is False else str(value))]


def _geo_query(value: Json, definition: dict[str, Json]) -> list[ContextQuery]:
    boost, place = 1.0, value
    own = precision(definition)
    wanted = own
    around: list[int] | None = None
    if isinstance(value, dict) and "context" in value:
        boost, place = float(value.get("boost", 1)), value["context"]
        if "precision" in value:
            wanted = precision_of(value["precision"])
        if "neighbours" in value:
            around = [precision_of(one) for one in value["neighbours"]]
    lat, lon = points(place)[0]
    full = geohash(lat, lon, 12)
    cells = {full[: min(own, wanted)]}
    for length in around if around is not None else [wanted]:
        cells.add(full[: min(own, length)])
        cells.update(neighbours(full[: min(own, length)]))
    return [ContextQuery(cell, boost, len(cell) < own) for cell in sorted(cells)]
