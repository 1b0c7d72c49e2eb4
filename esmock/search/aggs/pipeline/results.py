"""What pipelines produce: simple values, derivatives, best buckets, percentiles of buckets."""

from __future__ import annotations

import math
from typing import Any

from esmock.errors import IllegalArgument
from esmock.search.aggs.internal import MultiValue, Rendering, SingleValue
from esmock.search.aggs.parse import text
from esmock.search.aggs.stats import ExtendedStats, Stats

Json = Any


class SimpleValue(SingleValue):
    type, java = "simple_value", "InternalSimpleValue"
    __slots__ = ("number",)

    def __init__(self, name: str, meta: Json, number: float, format: Any) -> None:
        super().__init__(name, meta, format)
        self.number = number

    def value(self) -> float:
        return self.number

    def content(self, rendering: Rendering) -> dict[str, Json]:
        if not math.isfinite(self.number):
            return {"value": None}
        return {"value": self.number, **self.as_string(self.number)}


class Derivative(SimpleValue):
    type, java = "derivative", "InternalDerivative"
    __slots__ = ("units",)

    def __init__(self, name: str, meta: Json, number: float, format: Any, units: float) -> None:
        super().__init__(name, meta, number, format)
        self.units = units

    @property
    def normalized(self) -> float:
        return self.number / self.units if self.units > 0 else self.number

    def property(self, path: list[str]) -> Any:
        if path == ["normalized_value"]:
            return self.normalized
        return super().property(path)

    def content(self, rendering: Rendering) -> dict[str, Json]:
        out = super().content(rendering)
        if self.units > 0:
            finite = math.isfinite(self.normalized)
            out["normalized_value"] = self.normalized if finite else None
            if finite and self.format is not None:
                out["normalized_value_as_string"] = self.format.print(self.normalized)
        return out


class BucketMetricValue(SingleValue):
    type, java = "bucket_metric_value", "InternalBucketMetricValue"
    __slots__ = ("keys", "number")

    def __init__(self, name: str, meta: Json, number: float, keys: list[str], format: Any) -> None:
        super().__init__(name, meta, format)
        self.number, self.keys = number, keys

    def value(self) -> float:
        return self.number

    def property(self, path: list[str]) -> Any:
        if path == ["keys"]:
            return self.keys
        return super().property(path)

    def content(self, rendering: Rendering) -> dict[str, Json]:
        if math.isinf(self.number):
            return {"value": None, "keys": self.keys}
        return {"value": self.number, **self.as_string(self.number), "keys": self.keys}


class StatsBucketResult(Stats):
    type, java = "stats_bucket", "InternalStatsBucket"
    __slots__ = ()


class ExtendedStatsBucketResult(ExtendedStats):
    type, java = "extended_stats_bucket", "InternalExtendedStatsBucket"
    __slots__ = ()


class PercentilesBucketResult(MultiValue):
    type, java = "percentiles_bucket", "InternalPercentilesBucket"
    __slots__ = ("keyed", "percentiles", "percents")

    def __init__(
        self, name: str, meta: Json, percents: list[float], percentiles: list[float], keyed: bool, format: Any
    ) -> None:
        super().__init__(name, meta, format)
        self.percents, self.percentiles, self.keyed = percents, percentiles, keyed

    def number(self, name: str) -> float:
        from esmock.xcontent.java_number import parse_double

        percent = parse_double(name)
        if percent not in self.percents:
            shown = ", ".join(text(one) for one in self.percents)
            raise IllegalArgument(
                f"Percent requested [{text(percent)}] was not one of the computed percentiles.  Available keys are: [{shown}]"
            )
        return self.percentiles[self.percents.index(percent)]

    def content(self, rendering: Rendering) -> dict[str, Json]:
        values: Any = {} if self.keyed else []
        for percent, value in zip(self.percents, self.percentiles, strict=True):
            finite = math.isfinite(value)
            shown = value if finite else None
            key = text(percent)
            as_string = self.format.print(value) if finite and self.format is not None else None
            if self.keyed:
                values[key] = shown
                if as_string is not None:
                    values[key + "_as_string"] = as_string
            else:
                values.append(
                    {"key": percent, "value": shown, **({} if as_string is None else {key + "_as_string": as_string})}
                )
        return {"values": values}
