"""The scripted_metric aggregation: scripts that begin a state, take documents, and join the states of shards.

Docs: search-aggregations-metrics-scripted-metric-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from esmock.errors import IllegalArgument
from esmock.search.aggs.builder import Builder, Factories
from esmock.search.aggs.collecting import Aggregator, ShardContext
from esmock.search.aggs.internal import Internal, ReduceContext, Rendering
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.owners import NO_BUCKET
from esmock.search.aggs.scripts import script_field
from esmock.version import Behaviour
from esmock.xcontent import object_parser as o
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Reading

Json = Any
Array = Any


class ScriptedMetric(Internal):
    """What the combine scripts gave, or the reduce script's answer."""

    type, java = "scripted_metric", "InternalScriptedMetric"
    must_reduce_alone = True
    __slots__ = ("definition", "states", "value")

    def __init__(
        self, name: str, meta: Json, states: list[Any], definition: ScriptedMetricAgg, value: Any = None
    ) -> None:
        super().__init__(name, meta)
        self.states, self.definition, self.value = states, definition, value

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        states = [state for one in results for state in one.states]
        if not ctx.is_final:
            return ScriptedMetric(self.name, self.meta, states, self.definition)
        script = self.definition.reduce_script
        compiled = ctx.scripts.service.compile(script, "aggs_reduce")
        value = compiled.run(params=self.definition.parameters(script, self.definition.shared_params()), states=states)
        # ES: where buckets are joined once more, the answers are the states of the next reduction
        return ScriptedMetric(self.name, self.meta, [value], self.definition, value)

    def property(self, path: list[str]) -> Any:
        if not path:
            return self
        if path == ["value"]:
            return self.value
        raise IllegalArgument(f"path not supported for [{self.name}]: [{', '.join(path)}]")

    def content(self, rendering: Rendering) -> dict[str, Json]:
        from esmock.script.tree import from_script

        return {"value": from_script(self.value)}


class ScriptedMetricAggregator(Aggregator):
    """Runs the map script document by document: there is one state per bucket, and scripts may do anything with it."""

    builder: ScriptedMetricAgg

    def __init__(self, builder: ScriptedMetricAgg, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        super().__init__(builder, ctx, parent)
        from esmock.search.doc_lookup import compile_script

        compile_ = lambda script, context: compile_script(ctx.shard, script, context)  # noqa: E731
        self.init = None if builder.init_script is None else compile_(builder.init_script, "aggs_init")
        self.map = compile_(builder.map_script, "aggs_map")
        self.combine = compile_(builder.combine_script, "aggs_combine")
        self.states: dict[int, Any] = {}
        shared = builder.shared_params()
        self._params = {
            name: builder.parameters(script, shared)
            for name, script in (("init", builder.init_script), ("map", builder.map_script), ("combine", builder.combine_script))
            if script is not None
        }

    @property
    def needs_scores(self) -> bool:
        return "_score" in self.builder.map_script.id_or_code

    def _state(self, owner: int) -> Any:
        from esmock.script.painless.runtime.values import HashMap

        if owner not in self.states:
            state = self.states[owner] = HashMap()
            if self.init is not None:
                self.init.run(params=self._params["init"], state=state)
        return self.states[owner]

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        from esmock.script.doc_values import Doc
        from esmock.script.painless.runtime.values import hash_maps
        from esmock.script.search_params import SearchParams
        from esmock.search.doc_lookup import SegmentDocs

        doc = Doc(leaf.cached("script fields", lambda: SegmentDocs(self.ctx.shard, leaf.segment)))
        for owner in dict.fromkeys(owners.tolist()):
            self._state(owner)
        # ES: the map script has a copy of what the init script left
        params = SearchParams(hash_maps(self._params["map"]), doc, "aggs_map")
        scores = None if leaf.scores is None else np.asarray(leaf.scores, np.float64)
        for number, owner in zip(docs.tolist(), owners.tolist(), strict=True):
            doc.doc = number
            score = 0.0 if scores is None else float(scores[number])
            self.map.run(doc=doc, params=params, state=self._state(owner), _score=score)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        return [ScriptedMetric(self.name, self.builder.meta, [self._combined(one)], self.builder) for one in owners]

    def _combined(self, owner: int) -> Any:
        if owner == NO_BUCKET:
            return None
        return self.combine.run(params=self._params["combine"], state=self._state(owner))


class ScriptedMetricAgg(Builder):
    name, aggregator, is_metric = "scripted_metric", ScriptedMetricAggregator, True
    parser = Parser(
        "scripted_metric",
        script_field("init_script"),
        script_field("map_script", required=True),
        script_field("combine_script"),
        script_field("reduce_script"),
        o.mapping("params"),
    )
    init_script: Any = None
    map_script: Any = None
    combine_script: Any = None
    reduce_script: Any = None

    def set_subs(self, subs: Factories, behaviour: Behaviour) -> None:
        """ES: they may stand there, and nothing runs them (recording of 7.10.2)."""

    def setup(self, given: dict[str, Any], ctx: Reading) -> None:
        self.params = given.pop("params", {})
        for name, value in given.items():
            setattr(self, name, value)

    def configure(self, ctx: ShardContext, parent: Builder | None) -> None:
        for name, script in (("combineScript", self.combine_script), ("reduceScript", self.reduce_script)):
            if script is None:
                raise IllegalArgument(f"[{name}] must not be null: [{self.agg_name}]")
        super().configure(ctx, parent)

    def shared_params(self) -> dict[str, Any]:
        """A copy of the aggregation's ``params``, which its scripts on one shard share."""
        from esmock.script.painless.runtime.values import hash_maps

        return hash_maps(self.params)  # type: ignore[no-any-return]

    @staticmethod
    def parameters(script: Any, shared: dict[str, Any]) -> dict[str, Any]:
        """``params`` of one script. Raises IllegalArgument: the script has one of the aggregation's names."""
        from esmock.script.painless.runtime.values import HashMap, hash_maps

        own = hash_maps(script.params)
        for name in own:
            if name in shared:
                raise IllegalArgument(f'Parameter name "{name}" used in both aggregation and script parameters')
        return HashMap({**shared, **own})



AGGREGATIONS = (ScriptedMetricAgg,)
