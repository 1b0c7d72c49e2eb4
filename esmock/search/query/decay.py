"""Decay functions: gauss, exp, linear, on numbers, dates and points. Docs: query-dsl-function-score-query."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import ElasticsearchParse, IllegalArgument, Parsing
from esmock.xcontent.value_reader import Reading, double, text

if TYPE_CHECKING:
    from esmock.search.query.score_functions import DecayOptions
    from esmock.search.query.shard import ShardSearch

Json = Any


class Decay:
    """One decay function bound to a shard."""

    def __init__(self, kind: str, given: DecayOptions, shard: ShardSearch) -> None:
        self.kind = kind
        self.mode = given.mode
        field = shard.field(given.field)
        if field is None:
            raise Parsing(f"unknown field [{given.field}]", (1, 0))
        self.field, self.path = field, field.path
        self.place: tuple[float, float] | None = None
        self._read(field, given.options, shard)

    def _read(self, field: Any, body: Json, shard: ShardSearch) -> None:
        is_date = field.name in ("date", "date_nanos")
        if not is_date and field.column_kind not in ("long", "double", "geo"):
            raise Parsing(f"field [{self.path}] is of type [{field.name}], but only numeric types are supported.", (1, 1))
        options = _options(body, "date" if is_date else field.column_kind, shard)
        decay = options.get("decay", 0.5)
        if is_date:
            if options.get("scale") is None:
                raise ElasticsearchParse("[scale] must be set for date fields.")
            scale, offset = _time(options["scale"], "scale"), _time(options.get("offset", "0d"), "offset")
            origin = options.get("origin")
            self.origin = float(shard.now_ms if origin is None else field.query_ns(origin, shard.now_ms) // 1_000_000)
            self.divisor = 1_000_000 if field.name == "date_nanos" else 1
        elif field.column_kind == "geo":
            scale, offset = self._read_place(options)
        else:
            if "origin" not in options or "scale" not in options:
                raise ElasticsearchParse("both [scale] and [origin] must be set for numeric fields.")
            self.origin, scale, offset = options["origin"], options["scale"], options.get("offset", 0.0)
            self.divisor = 1
        if scale <= 0.0:
            raise IllegalArgument("function_score : scale must be > 0.0.")
        if not 0 < decay < 1:
            raise IllegalArgument("function_score : decay must be in the range [0..1].")
        if offset < 0.0:
            raise IllegalArgument("function_score : offset must be > 0.0")
        self.offset = offset
        self.scale = {
            "gauss": lambda: 0.5 * scale**2.0 / math.log(decay),
            "exp": lambda: math.log(decay) / scale,
            "linear": lambda: scale / (1.0 - decay),
        }[self.kind]()

    def _read_place(self, options: dict[str, Any]) -> tuple[float, float]:
        """The scale and offset of a place, in metres. Raises ElasticsearchParse."""
        from esmock.mapping.sphere import parse_distance

        if "origin" not in options or "scale" not in options:
            raise ElasticsearchParse("[origin] and [scale] must be set for geo fields.")
        self.place = options["origin"]
        return parse_distance(options["scale"]), parse_distance(options.get("offset", "0km"))

    def _distances(self, values: np.ndarray) -> np.ndarray:
        """float64[n]: how far each value is from the origin."""
        if self.place is not None:
            from esmock.mapping.sphere import arc_metres

            return np.asarray(arc_metres(*self.place, values[:, 0], values[:, 1]), np.float64)
        values = values.astype(np.float64)
        if self.divisor != 1:
            values = np.floor(values / self.divisor)
        return np.abs(values - self.origin)

    def score(self, segment: Any) -> np.ndarray:
        """float64[n_docs]; 1 where the field is missing."""
        column = segment.column(self.path)
        n = segment.n_docs
        distances = np.maximum(0.0, self._distances(self.field.numbers(column.values)) - self.offset)
        out = np.zeros(n)
        has = column.has_value
        owners = column.owners()
        if self.mode == "max":
            np.maximum.at(out, owners, distances)
        elif self.mode in ("sum", "avg"):
            out = np.bincount(owners, weights=distances, minlength=n)
            if self.mode == "avg":
                out = np.divide(out, column.counts, out=np.zeros(n), where=column.counts > 0)
        else:
            out[has] = np.inf
            np.minimum.at(out, owners, distances)
        with np.errstate(all="ignore"):
            if self.kind == "gauss":
                result = np.exp(0.5 * out**2.0 / self.scale)
            elif self.kind == "exp":
                result = np.exp(self.scale * out)
            else:
                result = np.maximum(0.0, (self.scale - out) / self.scale)
        return np.where(has, result, 1.0)

    def words(self, segment: Any, doc: int) -> str:
        """The formula with the values of one document. Source: recordings of 7.10.2."""
        from esmock.xcontent.java_number import java_double

        column = segment.column(self.path)
        values = column.values[column.starts[doc] : column.starts[doc + 1]].tolist()
        if self.place is not None:
            values.sort()  # ES: points lie sorted by latitude
        shown = ", ".join(map(self._one_distance, values)) if len(values) else "0.0"
        mode = self.mode.upper()
        distance = f"{mode} of: [{shown}]" if self.place is not None else f"{mode}[{shown}]"
        if self.kind == "gauss":
            return f"exp(-0.5*pow({distance},2.0)/{java_double(-1 * self.scale)})"
        if self.kind == "exp":
            return f"exp(- {distance} * {java_double(-1 * self.scale)})"
        return f"max(0.0, (({java_double(self.scale)} - {distance})/{java_double(self.scale)})"

    def _one_distance(self, value: Any) -> str:
        from esmock.xcontent.java_number import java_double

        offset = f" - {java_double(self.offset)}(=offset), 0)"
        if self.place is not None:
            lat, lon, here, there = map(java_double, (float(value[0]), float(value[1]), *self.place))
            return f"Math.max(arcDistance({lat}, {lon}(=doc value),{here}, {there}(=origin)){offset}"
        number = float(value) if self.divisor == 1 else float(int(value) // self.divisor)
        return f"Math.max(Math.abs({java_double(number)}(=doc value) - {java_double(self.origin)}(=origin))){offset}"


def _options(body: Json, kind: str, shard: ShardSearch) -> dict[str, Any]:
    """What a function's field is given, read as its kind wants it.

    ES: the body is written anew when it comes in, and read when a shard is asked: that is where its errors have their places.

    Raises:
        ElasticsearchParse: an unknown name.
    """
    from esmock.mapping.points import EARTH, PointReader
    from esmock.xcontent.reading import written_anew

    reading = Reading(shard.behaviour)
    source = written_anew(body, shard.behaviour, "stream")
    out: dict[str, Any] = {}
    for key in source:
        if key not in ("origin", "scale", "offset", "decay"):
            raise ElasticsearchParse(f"parameter [{key}] not supported!")
        if kind == "geo" and key == "origin":
            lon, lat = PointReader(EARTH, shard.behaviour).one(source[key])[:2]
            out[key] = lat, lon
        elif kind in ("date", "geo") and key != "decay":
            out[key] = text(source, key, reading)
        else:
            out[key] = double(source, key)
    return out


_UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1, "micros": 0.001, "nanos": 1e-6}


def _time(value: str, name: str) -> float:
    match = re.fullmatch(r"\s*(-?[\d.]+)\s*(d|h|m|s|ms|micros|nanos)\s*", value)
    if match is None:
        raise IllegalArgument(
            f"failed to parse setting [DecayFunctionParser.{name}] with value [{value}] as a time value: unit is missing or unrecognized"
        )
    return float(match[1]) * _UNITS[match[2]]
