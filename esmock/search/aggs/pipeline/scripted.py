"""Pipelines that run a script over values of each bucket: bucket_script, bucket_selector.

Docs: search-aggregations-pipeline-bucket-script-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

from esmock.errors import Parsing
from esmock.mapping.parameter import java_text
from esmock.search.aggs import parse as p
from esmock.search.aggs.builder import Factories
from esmock.search.aggs.internal import Internal, ReduceContext
from esmock.search.aggs.pipeline.parents import FORMAT, GAP, ParentPipeline
from esmock.search.aggs.pipeline.results import SimpleValue
from esmock.search.aggs.pipeline.tree import SKIP, sub_value
from esmock.search.aggs.scripts import read_script, script_field
from esmock.search.aggs.tokens import gap_policy, read_tokens
from esmock.xcontent import located
from esmock.xcontent import object_parser as o
from esmock.xcontent import value_reader as values
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Key, Reading

Json = Any


def read_named_paths(body: Json, key: Key, reading: Reading) -> dict[str, str]:
    """``buckets_path``: an object of variables and paths; a path or a list of them makes up the variables' names."""
    value = body[key]
    if isinstance(value, dict):
        return {name: values.text(value, name, reading) for name in value}
    if isinstance(value, list):
        return {f"_value{place}": values.text(value, place, reading) for place, _ in enumerate(value)}
    return {"_value": values.text(body, key, reading)}


_PATHS = o.custom("buckets_path", p.OBJECT_ARRAY_OR_STRING, read_named_paths, required=True)


class ScriptPipeline(ParentPipeline):
    """Runs a script with the buckets' values as its parameters."""

    needs_histogram = False
    context: ClassVar[str]
    script: Any
    variables: dict[str, str]

    @classmethod
    def parse(cls, agg_name: str, body: Json, ctx: Reading) -> ScriptPipeline:
        given = cls.read(agg_name, body, ctx)
        out = cls(agg_name)
        out.variables = given.pop("buckets_path")
        for name, value in given.items():
            setattr(out, name, value)
        out.paths = [out.variables[name] for name in sorted(out.variables)]
        return out

    @classmethod
    def read(cls, agg_name: str, body: Json, ctx: Reading) -> dict[str, Any]:
        """The parameters."""
        return cls.parser.parse(body, ctx)

    def faults(self, siblings: Factories, parent: Any) -> list[str]:
        return self.place_faults(parent)

    def parameters(self, result: Any, bucket: Any, *, skips: bool) -> dict[str, float | None] | None:
        """The script's parameters, values included; None: the bucket is left alone because a value is missing."""
        from esmock.script.painless.runtime.values import hash_maps

        out: dict[str, Any] = dict(hash_maps(self.script.params))
        for name in hash_order(self.variables):
            value = sub_value(result, bucket, self.variables[name], self.gap_policy, self.behaviour)
            if skips and self.gap_policy == SKIP and (value is None or math.isnan(value)):
                return None
            out[name] = value
        return out


class BucketScript(ScriptPipeline):
    """Adds a number computed from others."""

    name = "bucket_script"
    context = "bucket_aggregation"
    parser = Parser("bucket_script", _PATHS, script_field("script", required=True), FORMAT, GAP)

    def apply(self, result: Any, ctx: ReduceContext) -> Internal:
        script = ctx.scripts.service.compile(self.script, self.context)
        buckets = []
        for bucket in self.buckets_of(result):
            params = self.parameters(result, bucket, skips=True)
            number = None if params is None else script.run(params=params)
            if number is not None:
                bucket = self.with_result(bucket, SimpleValue(self.agg_name, self.meta, float(number), self.format))
            buckets.append(bucket)
        return result.with_buckets(buckets)


def _read_selected_paths(body: Json, key: Key, reading: Reading) -> dict[str, str]:
    """``buckets_path`` where an object may hold whatever has a text."""
    value = body[key]
    return {name: java_text(path) for name, path in value.items()} if isinstance(value, dict) else read_named_paths(body, key, reading)


class BucketSelector(ScriptPipeline):
    """Keeps the buckets for which a script is true."""

    name = "bucket_selector"
    context = "aggregation_selector"

    @classmethod
    def read(cls, agg_name: str, body: Json, ctx: Reading) -> dict[str, Any]:
        given = read_tokens(
            agg_name,
            body,
            ctx,
            {
                "VALUE_STRING": {"buckets_path": read_named_paths, "gap_policy": gap_policy, "script": read_script},
                "START_ARRAY": {"buckets_path": read_named_paths},
                "START_OBJECT": {"buckets_path": _read_selected_paths, "script": read_script},
            },
        )
        for name in ("buckets_path", "script"):
            if name not in given:
                reason = f"Missing required field [{name}] for bucket_selector aggregation [{agg_name}]"
                raise Parsing(reason, located.at_end(body))
        return given

    def apply(self, result: Any, ctx: ReduceContext) -> Internal:
        script = ctx.scripts.service.compile(self.script, self.context)
        kept = [one for one in self.buckets_of(result) if script.run(params=self.parameters(result, one, skips=False))]
        return result.with_buckets(kept)


PIPELINES = (BucketScript, BucketSelector)
