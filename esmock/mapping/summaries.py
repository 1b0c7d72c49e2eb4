"""Values that sum up many: histogram and aggregate_metric_double. Docs: histogram, aggregate-metric-double.

Source: the documentation and the makers' tests.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from esmock.errors import ApiError, DocumentParsing, IllegalArgument, MapperParsing, Parsing
from esmock.mapping.coercion import TokenError, read_integer
from esmock.mapping.exact import NotAnObject
from esmock.mapping.field import HISTOGRAM, Field
from esmock.mapping.numeric import Double
from esmock.mapping.parameter import Parameter, Place, boolean, java_text, meta, time_series_metric
from esmock.xcontent.located import NeedsPositions, at_end, at_name, at_value, token

Json = Any

METRICS = ("min", "max", "sum", "value_count")


class Histogram(Field):
    """Ascending values with a count for each; columns hold both, without the values that have none."""

    name = "histogram"
    takes_words = False
    column_kind = HISTOGRAM
    takes_objects = True
    is_terse = True
    allows_multi_fields = False
    parameters = (boolean("ignore_malformed", False, updateable=True), meta())
    no_columns = "can't sort on the [histogram] field"
    __slots__ = ("ignores_malformed",)

    def setup(self) -> None:
        self.ignores_malformed = self.flag("ignore_malformed", False)

    @property
    def has_doc_values(self) -> bool:
        return True

    def check(self, value: Json) -> None:
        self.parse(value)

    def parse(self, value: Json) -> tuple[list[float], list[int]]:
        """Values and counts. Raises ApiError: with the place where the parser stood."""
        if not isinstance(value, dict):
            raise NotAnObject
        found: dict[str, list[Any]] = {}
        for key in value:
            if key not in ("values", "counts"):
                raise self._wrong(f", with unknown parameter [{key}]", partial(at_name, value, key))
            numbers = value[key]
            if not isinstance(numbers, list):
                raise _expected("START_ARRAY", value, key)
            found[key] = self._values(numbers) if key == "values" else self._counts(numbers)
        for key in ("values", "counts"):
            if key not in found:
                raise self._wrong(f", expected field called [{key}]", lambda: at_end(value))
        values, counts = found["values"], found["counts"]
        if len(values) != len(counts):
            raise self._wrong(
                f", expected same length from [values] and [counts] but got [{len(values)} != {len(counts)}]",
                lambda: at_end(value),
            )
        for count in counts:
            if count < 0:
                raise self._wrong(f", [counts] elements must be >= 0 but got {count}", lambda: at_end(value))
        return values, counts

    def _values(self, numbers: list[Json]) -> list[float]:
        out: list[float] = []
        for at in range(len(numbers)):
            number = float(_number(numbers, at))
            if out and number < out[-1]:
                raise self._wrong(
                    f", [values] values must be in increasing order, got [{java_text(number)}] but previous value was "
                    f"[{java_text(out[-1])}]",
                    partial(at_value, numbers, at),
                )
            out.append(number)
        return out

    def _counts(self, numbers: list[Json]) -> list[int]:
        kind = "long" if self.context.behaviour.has((8, 11)) else "integer"
        return [read_integer(_number(numbers, at), kind, coerce=True) for at in range(len(numbers))]

    def _wrong(self, text: str, place: Callable[[], Any]) -> ApiError:
        reason = f"error parsing field [{self.path}]{text}"
        if self.context.behaviour.document_parsing_exception:
            return DocumentParsing(reason, place())
        return MapperParsing(reason)

    def column_values(self, values: list[Json]) -> list[tuple[float, int]]:
        out: list[tuple[float, int]] = []
        for value in values:
            try:
                found = self.parse(value)
            except (ApiError, NotAnObject, TokenError, NeedsPositions):
                continue
            out.extend((number, count) for number, count in zip(*found, strict=True) if count)
        return out

    def fetched_values(self, values: list[Json]) -> list[Json]:
        return values

    def term(self, value: Json) -> Any:
        raise IllegalArgument(f"[histogram] field do not support searching, use dedicated aggregations instead: [{self.path}]")


def _number(numbers: list[Json], at: int) -> int | float:
    number = numbers[at]
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise _expected("VALUE_NUMBER", numbers, at)
    return number


def _expected(kind: str, holder: Json, key: Any) -> Parsing:
    text = f"Failed to parse object: expecting token of type [{kind}] but found [{token(holder[key])}]"
    return Parsing(text, at_value(holder, key))


def _metrics(value: Json, place: Place) -> list[str]:
    for one in value:
        if one not in METRICS:
            text = f"No enum constant org.elasticsearch.xpack.aggregatemetric.mapper.AggregateDoubleMetricFieldMapper.Metric.{one}"
            raise IllegalArgument(f"Metric [{one}] is not supported.", cause=IllegalArgument(text))
    return [one for one in METRICS if one in value]


def _default_metric(value: Json, place: Place) -> str:
    return _metrics([java_text(value)], place)[0]


class AggregateMetricDouble(Double):
    """Minimum, maximum, sum and count of many values; queries and sorting look at the ``default_metric``."""

    name = "aggregate_metric_double"
    takes_words = False
    takes_objects = True
    allows_multi_fields = False
    parameters = (
        boolean("ignore_malformed", False, updateable=True),
        Parameter("metrics", [], _metrics),
        Parameter("default_metric", None, _default_metric),
        meta(),
        time_series_metric(),
    )
    __slots__ = ("default_metric", "metrics")

    def setup(self) -> None:
        self.ignores_malformed = self.flag("ignore_malformed", False)
        self.coerce = False
        self.metrics: list[str] = self.given.get("metrics") or []
        if not self.metrics:
            raise IllegalArgument(f"Property [metrics] is required for field [{self.leaf}].")
        default = self.given.get("default_metric")
        if default is None:
            if len(self.metrics) > 1:
                raise IllegalArgument(f"Property [default_metric] is required for field [{self.leaf}].")
            default = self.metrics[0]
        if default not in self.metrics:
            raise IllegalArgument(f"Default metric [{default}] is not defined in the metrics of field [{self.leaf}].")
        self.default_metric = default

    @property
    def has_doc_values(self) -> bool:
        return True

    def printed(self, parameter: Parameter) -> Json:
        return self.default_metric if parameter.name == "default_metric" else super().printed(parameter)

    def check(self, value: Json) -> None:
        self.read(value)

    def read(self, value: Json) -> dict[str, float]:
        """The numbers by metric. Raises ApiError."""
        if not isinstance(value, dict):
            raise NotAnObject
        out: dict[str, float] = {}
        for key in value:
            if key not in METRICS:
                raise IllegalArgument(
                    f"No enum constant org.elasticsearch.xpack.aggregatemetric.mapper.AggregateDoubleMetricFieldMapper.Metric.{key}"
                )
            if key not in self.metrics:
                raise IllegalArgument(f"Aggregate metric [{key}] does not exist in the mapping of field [{self.path}]")
            number = value[key]
            if isinstance(number, bool) or not isinstance(number, int | float):
                raise _expected("VALUE_NUMBER", value, key)
            try:
                out[key] = read_integer(number, "integer", coerce=False) if key == "value_count" else float(number)
            except IllegalArgument as error:
                raise IllegalArgument(f"failed to parse [{key}] sub field: {error.reason}", cause=error) from None
        if out.get("max", 0.0) < out.get("min", out.get("max", 0.0)) and "max" in out:
            raise IllegalArgument(f"Aggregate metric field [{self.path}] max value cannot be smaller than min value")
        if out.get("value_count", 0) < 0:
            raise IllegalArgument(f"Aggregate metric [value_count] of field [{self.path}] cannot be a negative number")
        if len(out) != len(self.metrics):
            raise IllegalArgument(f"Aggregate metric field [{self.path}] must contain all metrics {java_text(self.metrics)}")
        return out

    def metric_values(self, values: list[Json], metric: str) -> list[float]:
        """One metric of the values of one document."""
        out = []
        for value in values:
            try:
                found = self.read(value)
            except (ApiError, NotAnObject, TokenError, NeedsPositions):
                continue
            out.append(float(found[metric]))
        return out

    def column_values(self, values: list[Json]) -> list[float]:
        return self.metric_values(values, self.default_metric)

    def fetched_values(self, values: list[Json]) -> list[Json]:
        return values


FIELDS = (Histogram, AggregateMetricDouble)
