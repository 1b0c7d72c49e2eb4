"""Pipelines over a window of buckets: moving_fn, moving_avg.

Docs: search-aggregations-pipeline-movfn-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Any

from esmock.errors import IllegalArgument, Parsing
from esmock.search.aggs.builder import Factories
from esmock.search.aggs.formats import DecimalFormat
from esmock.search.aggs.internal import Internal, ReduceContext
from esmock.search.aggs.pipeline.annealing import fitted
from esmock.search.aggs.pipeline.moving_models import MODELS, Model, SettingsError, Simple
from esmock.search.aggs.pipeline.parents import FORMAT, GAP, ParentPipeline
from esmock.search.aggs.pipeline.results import SimpleValue
from esmock.search.aggs.pipeline.tree import Pipeline
from esmock.search.aggs.scripts import script_field
from esmock.search.aggs.tokens import format_, gap_policy, path, plain, read_tokens
from esmock.xcontent import located
from esmock.xcontent import object_parser as o
from esmock.xcontent import value_reader as values
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Reading

Json = Any


class MovingFunction(ParentPipeline):
    """Runs a script over the values of the buckets before each bucket."""

    name = "moving_fn"
    parser = Parser(
        "moving_fn",
        o.string("buckets_path", then=lambda value: [value], required=True),
        script_field("script", required=True),
        o.integer("window", required=True),
        o.integer("shift"),
        FORMAT,
        GAP,
    )
    script: Any
    window: int
    shift = 0

    @classmethod
    def checks(cls) -> dict[str, Any]:
        return {"window": cls._check_window, "format": cls._check_format}

    @staticmethod
    def _check_window(window: int) -> None:
        if window <= 0:
            raise IllegalArgument("[window] must be a positive, non-zero integer.")

    @staticmethod
    def _check_format(format: DecimalFormat) -> None:
        if not format.pattern:
            raise IllegalArgument("[format] must not be null or an empty string.")

    def apply(self, result: Any, ctx: ReduceContext) -> Internal:
        script = ctx.scripts.service.compile(self.script, "moving-function")
        numbers = self.values(result)
        present = [one for one in numbers if one is not None and not math.isnan(one)]
        buckets = []
        place = 0
        for bucket, number in zip(self.buckets_of(result), numbers, strict=True):
            if number is not None and not math.isnan(number):
                start, end = (min(max(place + at, 0), len(present)) for at in (self.shift - self.window, self.shift))
                value = script.run(params=dict(self.script.params), values=present[start:end])
                bucket = self.with_result(bucket, SimpleValue(self.agg_name, self.meta, value, self.format))
                place += 1
            buckets.append(bucket)
        return result.with_buckets(buckets)


class MovingAverage(ParentPipeline):
    """Averages of the buckets before each bucket, by a model; ``predict`` goes on behind the last one."""

    name = "moving_avg"
    until = 8
    window = 5
    predict = 0
    minimize: bool | None = None
    model: Model = Simple()

    @classmethod
    def parse(cls, agg_name: str, body: Json, ctx: Reading) -> Pipeline:
        ctx.warn("The moving_avg aggregation has been deprecated in favor of the moving_fn aggregation.")
        out = cls(agg_name)
        given = _read_moving_average(agg_name, body, ctx)
        if "buckets_path" not in given:
            raise Parsing(
                f"Missing required field [buckets_path] for movingAvg aggregation [{agg_name}]", located.at_end(body)
            )
        out.paths = given.pop("buckets_path")
        settings = given.pop("settings", {})
        for name, value in given.items():
            setattr(out, name, value)
        if isinstance(out.model, str):
            out.model = _read_model(out.model, dict(settings), out.window, body)
        return out

    def faults(self, siblings: Factories, parent: Any) -> list[str]:
        out = []
        if self.minimize and not self.model.can_be_minimized:
            shown = f"org.elasticsearch.search.aggregations.pipeline.{type(self.model).java}@0"
            out.append(f"The [{shown}] model cannot be minimized for aggregation [{self.agg_name}]")
        return [*out, *self.place_faults(parent)]

    def apply(self, result: Any, ctx: ReduceContext) -> Internal:
        numbers = self.values(result)
        model = self.model
        if model.minimizes if self.minimize is None else self.minimize:
            model = fitted(model, [one for one in numbers if one is not None and not math.isnan(one)], self.window)
        window: deque[float] = deque(maxlen=self.window)
        buckets = []
        last = 0
        for place, (bucket, number) in enumerate(zip(self.buckets_of(result), numbers, strict=True)):
            if number is not None and not math.isnan(number):
                if model.has_value(len(window)):
                    value = model.predict(list(window), 1)[0]
                    bucket = self.with_result(bucket, SimpleValue(self.agg_name, self.meta, value, self.format))
                window.append(number)
                last = place
            buckets.append(bucket)
        if buckets and self.predict > 0:
            self._predict(result, buckets, last, model, list(window))
        return result.with_buckets(buckets)

    def _predict(self, result: Any, buckets: list[Any], last: int, model: Model, window: list[float]) -> None:
        count = self.predict
        numbers = model.predict(window, count) if model.has_value(len(window)) else [math.nan] * count
        for step, number in enumerate(numbers):
            place = last + step + 1
            if place >= len(buckets):
                buckets.append(result.next_bucket(buckets[place - 1]))
            buckets[place] = self.with_result(
                buckets[place], SimpleValue(self.agg_name, self.meta, number, self.format)
            )


def _count(body: Json, key: str, agg_name: str, ctx: Reading) -> int:
    count = values.integer(body, key)
    if count <= 0:
        sort, shown = ("positive, non-zero", "null") if key == "window" else ("positive", str(count))
        raise Parsing(
            f"[{key}] value must be a {sort} integer.  Value supplied was [{shown}] in [{agg_name}].",
            located.at_value(body, key),
        )
    return count


def _read_moving_average(agg_name: str, body: Json, ctx: Reading) -> dict[str, Any]:
    count = lambda body, key, ctx: _count(body, key, agg_name, ctx)  # noqa: E731
    return read_tokens(
        agg_name,
        body,
        ctx,
        {
            "VALUE_NUMBER": {"window": count, "predict": count},
            "VALUE_STRING": {"format": format_, "buckets_path": path, "gap_policy": gap_policy, "model": plain},
            "START_ARRAY": {"buckets_path": path},
            "START_OBJECT": {"settings": plain},
            "VALUE_BOOLEAN": {"minimize": plain},
        },
    )


def _read_model(name: str, settings: dict[str, Json], window: int, body: Json) -> Model:
    cls = MODELS.get(name)
    at = located.at_end(body)
    if cls is None:
        raise Parsing(f"no [moving_avg_model] registered for [{name}]", at)
    try:
        return cls.parse(settings, window)
    except SettingsError as error:
        raise Parsing(f"Could not parse settings for model [{name}].", at, cause=error) from None


PIPELINES = (MovingFunction, MovingAverage)
