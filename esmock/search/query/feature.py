"""Queries that score by a number or a distance. Docs: query-dsl-rank-feature-query, query-dsl-distance-feature-query.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import ClassCast, IllegalArgument
from esmock.mapping.date import Date
from esmock.mapping.features import RankFeature, RankFeatures
from esmock.mapping.parameter import java_text
from esmock.search.query.base import F32, Bound, Hits, MatchNothing, ParseContext, Query
from esmock.search.query.declarative import STANDARD, read_query
from esmock.search.query.parse import float_value, text
from esmock.xcontent.located import at_end
from esmock.xcontent.object_parser import Parser, custom, float_, object_, string
from esmock.xcontent.value_reader import Key, Reading

if TYPE_CHECKING:
    from esmock.script.script import Script
    from esmock.search.query.shard import ShardSearch

Json = Any


@dataclass(slots=True)
class Scored(Bound):
    """Documents with a score that a function computes.

    Args:
        compute: segment to (bool[n_docs], float[n_docs]).
    """

    compute: Callable[[Any], tuple[np.ndarray, np.ndarray]]

    def match(self, segment: Any) -> Hits:
        match, score = self.compute(segment)
        return Hits(match, np.where(match, score, 0).astype(F32))


_FUNCTIONS = {
    "log": Parser("log", float_("scaling_factor", required=True)),
    "saturation": Parser("saturation", float_("pivot", argument=True)),
    "sigmoid": Parser("sigmoid", float_("pivot", required=True), float_("exponent", required=True)),
    "linear": Parser("linear"),
}
"""By which functions a feature scores, and what they want to know."""


def _functions(found: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """The function of a rank_feature query. Raises IllegalArgument for several."""
    given = [name for name in _FUNCTIONS if found.get(name) is not None]
    if len(given) > 1:
        *most, last = (f"[{name}]" for name in names)
        raise IllegalArgument(f"Can only specify one of {', '.join(most)} and {last}")
    function = {"function": given[0], "options": found[given[0]]} if given else {}
    return {key: one for key, one in found.items() if key not in _FUNCTIONS} | function


_OLDER = ("log", "saturation", "sigmoid")
_FEATURE = {
    (name, names): Parser(
        name,
        string("field", required=True),
        *(object_(one, _FUNCTIONS[one], argument=True) for one in names),
        *STANDARD,
        build=functools.partial(_functions, names=names),
    )
    for name, names in (("feature", _OLDER), ("feature", (*_OLDER, "linear")), ("rank_feature", (*_OLDER, "linear")))
}
"""The parsers of 7.10, of 7.12 and later, and of 8.x."""
def _origin(body: Json, key: Key, reading: Reading) -> Json:
    """The origin as it stands; points that are objects are read at once. Raises ElasticsearchParse."""
    value = body[key]
    if isinstance(value, dict):
        from esmock.mapping.geo import check_object, parse_point

        if reading.behaviour.major >= 8:
            check_object(value)

        lat, lon = parse_point(value)
        return [lon, lat]
    return value


_DISTANCE = Parser(
    "distance_feature",
    string("field", required=True),
    custom("origin", ("START_OBJECT", "START_ARRAY", "VALUE_STRING", "VALUE_NUMBER"), _origin, required=True),
    string("pivot", required=True),
    *STANDARD,
)


@dataclass(slots=True)
class RankFeatureQuery(Query):
    """Docs: query-dsl-rank-feature-query."""

    name = "rank_feature"
    field: str
    function: str = "saturation"
    options: dict[str, float] | None = None

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> RankFeatureQuery:
        name = "rank_feature" if ctx.behaviour.major >= 8 else "feature"
        names = (*_OLDER, "linear") if ctx.behaviour.has((7, 12)) else _OLDER
        return cls(**read_query(_FEATURE[name, names], body, ctx))

    def _found(self, shard: ShardSearch) -> tuple[Any, str | None]:
        """The field, and the feature within one that has several."""
        field = shard.field(self.field)
        if field is None and "." in self.field:
            parent, _, name = self.field.rpartition(".")
            field = shard.field(parent)
            return (field, name) if isinstance(field, RankFeatures) else (None, name)
        return field, None

    def place(self, shard: ShardSearch) -> tuple[str | None, str]:
        """The Lucene field and the feature in it; no field where it is not mapped. Raises IllegalArgument."""
        self.bind(shard, False)
        field, name = self._found(shard)
        if field is None:
            return None, self.field
        return ("_feature", field.path) if name is None else (field.path, name)

    def values(self, shard: ShardSearch, segment: Any) -> np.ndarray:
        """float32[n_docs]: the features of a segment; 0 where there is none."""
        return feature_reader(*self._found(shard))(segment)

    def pivot(self, shard: ShardSearch) -> float | None:
        """The pivot given, or the mean of the features; None where there are none."""
        given = (self.options or {}).get("pivot")
        if given is not None or self.function != "saturation":
            return given
        found: float | None = _mean(shard, feature_reader(*self._found(shard)))
        return found

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        field, name = self._found(shard)
        if field is None:
            return MatchNothing()
        if not isinstance(field, RankFeature) and not (isinstance(field, RankFeatures) and name is not None):
            raise IllegalArgument(
                "[rank_feature] query only works on [rank_feature] fields and features of [rank_features] fields, "
                f"not [{field.type_name}]"
            )
        if not field.is_positive and self.function == "log":
            raise IllegalArgument(
                "Cannot use the [log] function with a field that has a negative score impact as it would trigger negative scores"
            )
        read = feature_reader(field, name)
        score = self._function(shard, F32(boost))
        if score is None:
            return MatchNothing()

        def compute(segment: Any) -> tuple[np.ndarray, np.ndarray]:
            values = read(segment)
            with np.errstate(all="ignore"):
                return values > 0, score(values)

        return Scored(compute)

    def _function(self, shard: ShardSearch, boost: Any) -> Any:
        options = self.options or {}
        if self.function == "log":
            factor = float(F32(options["scaling_factor"]))
            if factor < 1:
                raise IllegalArgument(f"scalingFactor must be >= 1, got: {java_text(factor)}")
            return lambda values: boost.astype(np.float64) * np.log(factor + values.astype(np.float64))
        if self.function == "linear":
            return lambda values: boost * values
        found = self.pivot(shard)
        if found is None:
            return None
        pivot = F32(found)
        if not pivot > 0:
            raise IllegalArgument(f"pivot must be > 0, got: {java_text(float(pivot))}")
        if self.function == "sigmoid":
            exponent = float(F32(options["exponent"]))
            if not exponent > 0:
                raise IllegalArgument(f"exp must be > 0, got: {java_text(exponent)}")
            power = float(pivot) ** exponent
            return lambda values: float(boost) * (1 - power / (values.astype(np.float64) ** exponent + power))
        return lambda values: boost * (F32(1) - pivot / (values + pivot))


def feature_reader(field: Any, name: str | None) -> Callable[[Any], np.ndarray]:
    """A function from a segment to the kept features, float32[n_docs]; 0 where there is none."""

    def read(segment: Any) -> np.ndarray:
        return segment.cached(("feature", field.path, name), lambda: _values(segment))  # type: ignore[no-any-return]

    def _values(segment: Any) -> np.ndarray:
        if name is not None:
            raw, _ = segment.values(field.path)
            return np.fromiter((field.feature_of(values, name) for values in raw), F32, segment.n_docs)
        column = segment.column(field.path)
        out = np.zeros(segment.n_docs, F32)
        out[column.has_value] = column.values
        return out

    return read


def _mean(shard: ShardSearch, read: Any) -> Any:
    """The pivot that Lucene takes when none is given: the mean of the kept bits, as a value again."""
    bits = [values[values > 0].view(np.int32) >> 15 for values in (read(segment) for segment in shard.segments())]
    joined = np.concatenate(bits) if bits else np.empty(0, np.int32)
    if not len(joined):
        return None
    mean = int(F32(int(joined.astype(np.int64).sum()) / len(joined)))
    return np.array([mean << 15], np.int32).view(F32)[0]


@dataclass(slots=True)
class DistanceFeature(Query):
    """Docs: query-dsl-distance-feature-query."""

    name = "distance_feature"
    field: str
    origin: Json
    pivot: str

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> DistanceFeature:
        return cls(**read_query(_DISTANCE, body, ctx))

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        field = shard.field(self.field)
        if field is None:
            return MatchNothing()
        if isinstance(field, Date) or field.name == "geo_point":
            from esmock.search.query.terms import require_indexed

            require_indexed(shard, field, field.path)
        if isinstance(field, Date):
            return self._times(shard, field, boost)
        if field.name == "geo_point":
            return self._points(field, boost)
        raise IllegalArgument(
            f"Illegal data type of [{field.type_name}]![distance_feature] query can only be run on a date, date_nanos or geo_point "
            "field type!"
        )

    def moment(self, shard: ShardSearch, field: Any) -> tuple[int, int]:
        """Origin and pivot in the field's unit."""
        from esmock.xcontent.units import parse_time_ms

        given = self.origin
        if isinstance(given, list):
            lon, lat = [*map(float, given), math.nan, math.nan][:2]
            given = f"{java_text(lat)}, {java_text(lon)}"
        origin = field.query_ns(given, shard.now_ms, round_up=True) // field.unit_ns
        return origin, parse_time_ms(self.pivot, "distance_feature.pivot") * 1_000_000 // field.unit_ns

    def place(self) -> tuple[float, float, float]:
        """Latitude and longitude of the origin, and the pivot in metres."""
        from esmock.mapping.geo import parse_point
        from esmock.mapping.sphere import parse_distance

        lat, lon = parse_point(self.origin)
        return lat, lon, parse_distance(self.pivot)

    def _times(self, shard: ShardSearch, field: Date, boost: Any) -> Bound:
        origin, pivot = self.moment(shard, field)
        return _nearest(field.path, lambda values: np.abs(values - origin), float(pivot), boost)

    def _points(self, field: Any, boost: Any) -> Bound:
        from esmock.mapping.sphere import arc_metres

        lat, lon, pivot = self.place()
        return _nearest(field.path, lambda values: arc_metres(lat, lon, values[:, 0], values[:, 1]), pivot, boost)


def _nearest(path: str, distance: Callable[[np.ndarray], np.ndarray], pivot: float, boost: Any) -> Bound:
    """Scores that fall with the distance of the nearest value; half the boost at the pivot."""

    def compute(segment: Any) -> tuple[np.ndarray, np.ndarray]:
        column = segment.column(path)
        has = column.has_value
        nearest = np.full(segment.n_docs, np.inf)
        if len(column.values):
            nearest[has] = np.minimum.reduceat(distance(column.values).astype(np.float64), column.starts[:-1][has])
        return has, float(boost) * (pivot / (pivot + nearest))

    return Scored(compute)


@dataclass(slots=True)
class TermsSetBound(Bound):
    """Documents with as many of some terms as a field of theirs says."""

    terms: list[Bound]
    needed: Callable[[Any], np.ndarray]

    def match(self, segment: Any) -> Hits:
        n = segment.n_docs
        counts, total = np.zeros(n, np.int64), np.zeros(n, np.float64)
        for one in self.terms:
            hits = one.match(segment)
            counts += hits.match
            if hits.score is not None:
                total += hits.score
        match = counts >= np.maximum(1, self.needed(segment))
        return Hits(match, np.where(match, total, 0).astype(F32))


def no_numbers(shard: ShardSearch) -> str:
    """Why the values of keywords are no numbers, as Java says it."""
    package = "org.elasticsearch.index.fielddata"
    given, wanted = f"{package}.plain.SortedSetOrdinalsIndexFieldData", f"{package}.IndexNumericFieldData"
    module = f"module org.elasticsearch.server@{shard.behaviour.version}" if shard.behaviour.major >= 8 else "unnamed module"
    return f"class {given} cannot be cast to class {wanted} ({given} and {wanted} are in {module} of loader 'app')"


UNMATCHABLE = np.iinfo(np.int64).max
"""How many terms a document must have whose field does not say it."""


def _needed_of_field(path: str) -> Callable[[Any], np.ndarray]:
    def needed(segment: Any) -> np.ndarray:
        column = segment.column(path)
        out = np.full(segment.n_docs, UNMATCHABLE)
        has = column.has_value
        out[has] = column.values[column.starts[:-1][has]]
        return out

    return needed


@dataclass(slots=True)
class TermsSet(Query):
    """Docs: query-dsl-terms-set-query."""

    name = "terms_set"
    field: str
    terms: tuple[Json, ...] = ()
    minimum_field: str | None = None
    minimum_script: Script | None = None

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> TermsSet:
        from esmock.errors import Parsing
        from esmock.search.query.scripted import read_script, reading_of
        from esmock.xcontent.located import at_name, at_value, token

        if not body:
            raise Parsing("[terms_set] unknown token [END_OBJECT]", at_end(body))
        field = next(iter(body))
        node = body[field]
        if not isinstance(node, dict):
            raise Parsing(f"[terms_set] unknown token [{token(node)}]", at_value(body, field))
        out: dict[str, Any] = {"field": field}
        for key, value in node.items():
            if key == "terms" and isinstance(value, list):
                out["terms"] = tuple(value)
            elif key == "minimum_should_match_script" and isinstance(value, dict):
                out["minimum_script"] = read_script(node, key, reading_of(ctx))
            elif value is None:
                raise Parsing(f"[terms_set] unknown token [VALUE_NULL] after [{key}]", at_value(node, key))
            elif isinstance(value, dict | list):
                raise Parsing(f"[terms_set] query does not support [{key}]", at_value(node, key))
            elif key == "minimum_should_match_field":
                out["minimum_field"] = text(node, key, ctx)
            elif key == "boost":
                out["boost"] = float_value(node, key)
            elif key == "_name":
                out["query_name"] = text(node, key, ctx)
            else:
                raise Parsing(f"[terms_set] query does not support [{key}]", at_value(node, key))
        if len(body) > 1:
            raise Parsing("[terms_set] unknown token [FIELD_NAME]", at_name(body, list(body)[1]))
        return cls(**out)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        from esmock.search.query.terms import term_query

        if not self.terms:
            return MatchNothing()
        needed = self._needed(shard)
        found = [term_query(shard, self.field, one, boost, scored) for one in self.terms]
        return TermsSetBound(found, needed)

    def _needed(self, shard: ShardSearch) -> Callable[[Any], np.ndarray]:
        """A function from a segment to how many terms each document wants, int64[n_docs]."""
        from esmock.errors import IllegalState

        if self.minimum_script is not None:
            from esmock.search.doc_lookup import ScriptRunner, compile_script

            compiled = compile_script(shard, self.minimum_script, "terms_set")
            params = {**self.minimum_script.params, "num_terms": len(self.terms)}
            runner = ScriptRunner(shard, compiled, params)
            return lambda segment: runner.values(segment, np.ones(segment.n_docs, bool)).astype(np.int64)
        if self.minimum_field is None:
            raise IllegalState("No minimum should match has been specified")
        minimum = shard.field(self.minimum_field)
        if minimum is None:
            raise shard.error(f"failed to find minimum_should_match field [{self.minimum_field}]")
        if minimum.name == "keyword":
            raise ClassCast(no_numbers(shard))
        return _needed_of_field(minimum.path)


QUERIES = (RankFeatureQuery, DistanceFeature, TermsSet)
