"""The order in which pipelines run, and the paths they read.

Docs: search-aggregations-pipeline. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.errors import ActionRequestValidation, AggregationExecution, IllegalArgument, InvalidPath, Parsing
from esmock.search.aggs.builder import Factories
from esmock.search.aggs.formats import DecimalFormat, Format
from esmock.search.aggs.internal import (
    Bucket,
    Internal,
    JavaKey,
    MultiValue,
    ReduceContext,
    Results,
    SingleValue,
    misuse,
)
from esmock.search.aggs.paths import flat, parse_path
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any

SKIP, INSERT_ZEROS, KEEP_VALUES = "skip", "insert_zeros", "keep_values"


@dataclass(slots=True)
class PipelineTree:
    """The pipelines at one aggregation and below it."""

    pipelines: list[Any] = field(default_factory=list)
    children: dict[str, PipelineTree] = field(default_factory=dict)

    @classmethod
    def of(cls, factories: Factories) -> PipelineTree:
        children = {one.agg_name: cls.of(one.subs) for one in factories.aggregations if one.subs}
        return cls(in_order(factories), {name: one for name, one in children.items() if one.pipelines or one.children})

    @property
    def has_children(self) -> bool:
        return bool(self.children)

    def apply_below(self, results: Results, ctx: ReduceContext, *, top: bool = False) -> Results:
        """Run the pipelines of the aggregations in ``results``; at the top of a search also those beside them."""
        out = {
            name: result.with_pipelines(self.children[name], ctx) if name in self.children else result
            for name, result in results.items()
        }
        if top:
            for pipeline in self.pipelines:
                out[pipeline.agg_name] = pipeline.over(out, ctx)
        return out


def in_order(factories: Factories) -> list[Any]:
    """The pipelines of a level, each after those it reads. Raises IllegalArgument for unknown names and circles."""
    by_name = {one.agg_name: one for one in factories.pipelines}
    known = {one.agg_name: one for one in factories.aggregations}
    done: list[Any] = []
    open_ones: set[str] = set()

    def visit(one: Any) -> None:
        if one in done:
            return
        if one.agg_name in open_ones:
            raise IllegalArgument(f"Cyclical dependency found with pipeline aggregator [{one.agg_name}]")
        open_ones.add(one.agg_name)
        for path in one.paths:
            elements = parse_path(path, metrics_of_keys=one.behaviour.major >= 8)
            first = elements[0].name if elements else ""
            if first in ("_count", "_key") and len(elements) == 1 and elements[0].key is None:
                continue
            if first in known:
                _check_rest(known[first], elements, path)
            elif first in by_name:
                visit(by_name[first])
            else:
                raise IllegalArgument(f"No aggregation found for path [{path}]")
        open_ones.discard(one.agg_name)
        done.append(one)

    for one in factories.pipelines:
        visit(one)
    return done


def _check_rest(builder: Any, elements: list[Any], path: str) -> None:
    current = builder
    for place, element in enumerate(elements[1:], 1):
        is_last = place == len(elements) - 1
        if is_last and element.name in ("_count", "_key"):
            return
        following = current.subs.find(element.name)
        if following is None:
            if is_last and any(one.agg_name == element.name for one in current.subs.pipelines):
                return
            raise IllegalArgument(f"No aggregation [{element.name}] found for path [{path}]")
        current = following


def check_pipelines(factories: Factories, parent: Any = None) -> None:
    """Refuse pipelines that stand in the wrong place. Raises ActionRequestValidation with every fault."""
    messages: list[str] = []
    _collect_faults(factories, parent, messages)
    if messages:
        raise ActionRequestValidation(*messages)


def _collect_faults(factories: Factories, parent: Any, messages: list[str]) -> None:
    try:
        for one in in_order(factories):
            messages.extend(one.faults(factories, parent))
    except IllegalArgument as error:
        messages.append(error.reason or "")
    except AggregationExecution as error:
        if factories.pipelines[0].behaviour.major < 8:
            raise
        messages.append(error.reason or "")
    for one in factories.aggregations:
        _collect_faults(one.subs, one, messages)


class Pipeline:
    """A pipeline as parsed, which is also what runs."""

    name: ClassVar[str]
    is_pipeline: ClassVar[bool] = True
    is_metric: ClassVar[bool] = True
    since: ClassVar[int | tuple[int, int]] = 0
    until: ClassVar[int | tuple[int, int]] = 99

    behaviour: Behaviour

    def __init__(self, agg_name: str) -> None:
        self.agg_name = agg_name
        self.meta: Json = None
        self.paths: list[str] = []
        self.gap_policy = SKIP
        self.format: Format | None = None

    def set_subs(self, subs: Factories, behaviour: Behaviour) -> None:
        if subs:
            raise IllegalArgument(f"Aggregation [{self.agg_name}] cannot define sub-aggregations")

    def faults(self, siblings: Factories, parent: Any) -> list[str]:
        """What is wrong with the place of this pipeline."""
        return []

    def over(self, results: Results, ctx: ReduceContext) -> Internal:
        """The result over the level's results (siblings)."""
        raise NotImplementedError(self.name)

    def apply(self, result: Internal, ctx: ReduceContext) -> Internal:
        """The parent's result changed."""
        raise NotImplementedError(self.name)


def read_gap_policy(value: str, ctx: Reading, at: tuple[int, int] | None = None) -> str:
    """``gap_policy``. Raises Parsing for an unknown one."""
    policies = (INSERT_ZEROS, SKIP) if ctx.behaviour.major < 8 else (INSERT_ZEROS, SKIP, KEEP_VALUES)
    lowered = value.lower()
    if lowered not in policies:
        raise Parsing(f"Invalid gap policy: [{value}], accepted values: [{', '.join(policies)}]", at)
    return lowered


def read_format(value: str | None) -> Format | None:
    """``format`` of a pipeline: a decimal pattern."""
    return None if value is None else DecimalFormat(value)


def sub_value(
    result: Internal, bucket: Bucket, path: str | list[str], gap_policy: str, behaviour: Behaviour
) -> float | None:
    """The number that a path names in a bucket; None when the path leads nowhere, NaN for a gap that is skipped.

    Raises AggregationExecution (7.x), IllegalArgument where the path names something that is not a number.
    """
    steps = flat(path, metrics_of_keys=behaviour.major >= 8) if isinstance(path, str) else path
    try:
        found = bucket.property(result.name, steps)
    except InvalidPath:
        return None
    if found is None:
        raise misuse(
            "buckets_path must reference either a number value or a single value numeric metric aggregation", behaviour
        )
    if isinstance(found, int | float) and not isinstance(found, bool):
        value = float(found)
    elif isinstance(found, SingleValue):
        value = float(found.value())
    elif isinstance(found, MultiValue) and behaviour.major >= 8 and (only := found.default_metric()) is not None:
        value = found.number(only)
    else:
        raise misuse(_not_a_number(result, steps, found), behaviour)
    is_count = len(steps) == 1 and steps[0] == "_count"
    if not math.isfinite(value) or (bucket.doc_count == 0 and not is_count):
        if gap_policy == KEEP_VALUES and math.isfinite(value):
            return value
        return 0.0 if gap_policy == INSERT_ZEROS else math.nan
    return value


def _java_class(found: Any) -> str:
    if isinstance(found, list):
        return "Object[]"
    if isinstance(found, dict):
        return "TreeMap"
    if isinstance(found, JavaKey):
        return found.java
    if isinstance(found, Bucket):
        return "Bucket"
    return "String" if isinstance(found, str) else "Long" if isinstance(found, int) else "ZonedDateTime"


def _not_a_number(result: Internal, steps: list[str], found: Any) -> str:
    start = "buckets_path must reference either a number value or a single value numeric metric aggregation"
    name, current = (steps[0], found) if steps else (result.name, result)
    if isinstance(current, MultiValue):
        return f"{start}, but [{name}] contains multiple values. Please specify which to use."
    java = found.java if isinstance(found, Internal) else _java_class(found)
    return f"{start}, got: [{java}] at aggregation [{name}]"
