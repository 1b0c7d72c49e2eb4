"""weighted_avg. Docs: search-aggregations-metrics-weight-avg-aggregation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IllegalArgument, NullPointer, Parsing
from esmock.search.aggs import parse as p
from esmock.search.aggs.builder import Builder
from esmock.search.aggs.collecting import Aggregator, ShardContext
from esmock.search.aggs.formats import BooleanFormat, DateFormat, DecimalFormat, Format, bare
from esmock.search.aggs.internal import Internal, ReduceContext, Rendering, SingleValue
from esmock.search.aggs.kahan import Kahan, add_all
from esmock.search.aggs.kinds import BOOLEAN, DATE, NUMERIC, VALUE_TYPES
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.owners import Growing
from esmock.search.aggs.parse import read_query
from esmock.search.aggs.scripts import script_field
from esmock.search.aggs.source import Source, not_numeric
from esmock.search.aggs.source_config import SourceConfig
from esmock.xcontent import located
from esmock.xcontent import object_parser as o
from esmock.xcontent import value_reader as values
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Key, Reading

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any
Array = Any


class WeightedAvg(SingleValue):
    """Mean by weights. Docs: search-aggregations-metrics-weight-avg-aggregation."""

    type, java = "weighted_avg", "InternalWeightedAvg"
    __slots__ = ("sum", "weight")

    def __init__(self, name: str, meta: Json, format: Any, sum: float, weight: float) -> None:
        super().__init__(name, meta, format)
        self.sum, self.weight = sum, weight

    def value(self) -> float:
        if self.weight:
            return self.sum / self.weight
        return math.nan if self.sum == 0 else math.copysign(math.inf, self.sum)

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        sums, weights = Kahan(), Kahan()
        for one in results:
            sums.add(one.sum)
            weights.add(one.weight)
        return WeightedAvg(self.name, self.meta, self.format, sums.value, weights.value)

    def content(self, rendering: Rendering) -> dict[str, Json]:
        if not self.weight:
            return {"value": None}
        value = self.value()
        return {"value": value, **({} if self.format is None else {"value_as_string": bare(self.format, value)})}


class WeightedAvgAggregator(Aggregator):
    sort_kind = "single_value"

    def __init__(self, builder: Any, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        super().__init__(builder, ctx, parent)
        if builder.value.field is None and builder.value.script is None:
            raise NullPointer(
                'Cannot invoke "org.elasticsearch.search.aggregations.support.ValuesSourceConfig.valueSourceType()" because the return value of '
                '"java.util.Map.get(Object)" is null'
            )
        for name, given in (("value", builder.value), ("weight", builder.weight)):
            if given.field is None and given.script is None:
                raise IllegalArgument(f"Could not find field name [{name}] in multiValuesSource")
        self.value_source, self.weight_source = builder.resolved(ctx)
        for source in (self.value_source, self.weight_source):
            if source.kind not in NUMERIC:
                raise not_numeric(source, "multi-valued aggregation")
        self.sums, self.deltas = Growing(np.float64), Growing(np.float64)
        self.weights, self.weight_deltas = Growing(np.float64), Growing(np.float64)

    @property
    def needs_scores(self) -> bool:
        # ES: a weight that reads scores does not make them computed (recording of 7.10.2)
        return self.value_source.needs_scores

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.value_source.is_empty or self.weight_source.is_empty:
            return
        weights = self.weight_source.floats(leaf, docs)
        values = self.value_source.floats(leaf, docs)
        both = weights.has(docs) & values.has(docs)
        docs, owners = docs[both], owners[both]
        if not len(docs):
            return
        if (weights.starts[docs + 1] - weights.starts[docs] > 1).any():
            from esmock.errors import AggregationExecution

            raise AggregationExecution(
                "Encountered more than one weight for a single document. Use a script to combine multiple weights-per-doc into a single value."
            )
        weight = weights.values[weights.starts[docs]]
        positions, numbers = values.of(docs)
        repeated = weight[positions]
        n = int(owners.max()) + 1
        add_all(self.sums.ensure(n), self.deltas.ensure(n), owners[positions], numbers * repeated)
        add_all(self.weights.ensure(n), self.weight_deltas.ensure(n), owners[positions], repeated)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        format = self.builder.printed_as(self.ctx.behaviour)
        rows = zip(self.sums.get(owners).tolist(), self.weights.get(owners).tolist(), strict=True)
        return [WeightedAvg(self.name, self.builder.meta, format, total, weight) for total, weight in rows]


_SOURCE = (
    o.string("field"),
    o.scalar("missing"),
    script_field("script"),
    o.text_or_number("time_zone"),
)
FILTERED_SOURCE = Parser("field_config", *_SOURCE, o.custom("filter", p.OBJECT, read_query))
"""A source whose documents a query may choose."""


_PRINTED_AS: dict[str, Format] = {DATE: DateFormat(), BOOLEAN: BooleanFormat()}
"""Means that are printed by their ``value_type``."""


def _value_type(body: Json, key: Key, reading: Reading) -> str:
    """A Reader: the kind that the mean is printed as.

    Raises:
        NullPointer: no type has the name, which Elasticsearch does not expect.
        Parsing: it is no number.
    """
    name = values.text(body, key, reading)
    if name not in VALUE_TYPES:
        kind = "org.elasticsearch.search.aggregations.support.ValueType"
        raise NullPointer(f'Cannot invoke "{kind}.isNotA({kind})" because "valueType" is null')
    if VALUE_TYPES[name] not in NUMERIC:
        reason = f"Aggregation [weighted_avg] was configured with an incompatible value type [{name}].  It can only work on value off type [numeric]"
        raise Parsing(reason, located.at_value(body, key))
    return name


def one_source(given: dict[str, Any]) -> SourceConfig:
    """One of several sources (``value``, ``weight``, ``a``, ``b``). Raises IllegalArgument without field and script, and with both."""
    if given.get("field") is None and given.get("script") is None:
        raise IllegalArgument("[field] and [script] cannot both be null.  Please specify one or the other.")
    if given.get("field") is not None and given.get("script") is not None:
        raise IllegalArgument("[field] and [script] cannot both be configured.  Please specify one or the other.")
    return SourceConfig.take(given)


_MULTI_SOURCE = Parser("field_config", *_SOURCE)


def read_source(body: Json, key: Key, reading: Reading) -> SourceConfig:
    """A Reader: one of several sources."""
    return one_source(_MULTI_SOURCE.read(body, key, reading))


class WeightedAvgAgg(Builder):
    name, aggregator, is_metric = "weighted_avg", WeightedAvgAggregator, True
    parser = Parser(
        "weighted_avg",
        o.custom("value", p.OBJECT, read_source),
        o.custom("weight", p.OBJECT, read_source),
        o.string("format"),
        o.custom("value_type", p.STRING, _value_type),
    )

    def setup(self, given: dict[str, Any], ctx: Reading) -> None:
        self.value: SourceConfig = given.get("value", SourceConfig())
        self.weight: SourceConfig = given.get("weight", SourceConfig())
        self.format = given.get("format")
        self.value_type = given.get("value_type")

    def printed_as(self, behaviour: Behaviour) -> Format | None:
        """How the mean is printed: by ``value_type``, or else as a decimal; the fields have no part in it."""
        if self.value_type is not None:
            return _PRINTED_AS.get(VALUE_TYPES[self.value_type])
        return None if self.format is None else DecimalFormat(self.format, behaviour.major >= 8)

    def configure(self, ctx: ShardContext, parent: Builder | None) -> None:
        self.resolved(ctx)
        super().configure(ctx, parent)

    def resolved(self, ctx: ShardContext) -> list[Source]:
        """Values and weights on a shard; each knows the format, which only their mean is printed by."""
        return [replace(one, format=self.format).one_of_several(ctx) for one in (self.value, self.weight)]


AGGREGATIONS = (WeightedAvgAgg,)
