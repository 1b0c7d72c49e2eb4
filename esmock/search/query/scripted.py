"""Queries that a script decides or scores. Docs: query-dsl-script-query, query-dsl-script-score-query.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IllegalArgument, Parsing, XContentParse
from esmock.mapping.parameter import java_text
from esmock.search.doc_lookup import ScriptRunner, compile_script
from esmock.search.query.base import F32, Bound, Hits, ParseContext, Query
from esmock.search.query.parse import float_value, parse_query, text
from esmock.search.query.refusals import Refusals, noting, refuse, scored
from esmock.xcontent import object_parser as parsing
from esmock.xcontent.located import at_end, at_value, token_after
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Key, Reading

if TYPE_CHECKING:
    from esmock.script.script import Script
    from esmock.search.query.shard import ShardSearch

Json = Any


def reading_of(ctx: ParseContext) -> Reading:
    """What the declarative parsers need of a query's context."""
    return Reading(ctx.behaviour, ctx.warn)


def read_script(holder: Json, key: Key, reading: Reading) -> Script:
    """A script under a key. Raises as ``Script.parse``."""
    from esmock.script.script import Script

    return Script.parse(holder, key, reading)


@dataclass(slots=True)
class FilterBound(Bound):
    """Documents of which a script says yes, with one score."""

    runner: ScriptRunner
    boost: Any

    def match(self, segment: Any) -> Hits:
        match = self.runner.values(segment, np.ones(segment.n_docs, bool)).astype(bool)
        return Hits(match, match * F32(self.boost))


@dataclass(slots=True)
class ScriptFilter(Query):
    """Docs: query-dsl-script-query."""

    name = "script"
    script: Script

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> ScriptFilter:
        out: dict[str, Any] = {}
        for key in body:
            value = body[key]
            if key == "script" and isinstance(value, dict | str):
                out["script"] = read_script(body, key, reading_of(ctx))
            elif isinstance(value, list):
                raise Parsing(
                    "[script] query does not support an array of scripts. Use a bool query with a clause per script instead.",
                    at_value(body, key),
                )
            elif isinstance(value, dict):
                raise Parsing(f"[script] query does not support [{key}]", at_value(body, key))
            elif key == "boost":
                out["boost"] = float_value(body, key)
            elif key == "_name":
                out["query_name"] = text(body, key, ctx)
            elif key == "script" and value is not None:
                found, place = token_after(body, key)
                raise XContentParse(f"[script] Expected START_OBJECT but was: {found}", place)
            else:
                raise Parsing(f"[script] query does not support [{key}]", at_value(body, key))
        if "script" not in out:
            raise Parsing("script must be provided with a [script] filter", at_end(body))
        return cls(**out)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        compiled = compile_script(shard, self.script, "filter")
        return FilterBound(ScriptRunner(shard, compiled, self.script.params), boost)


@dataclass(slots=True)
class ScriptScoreBound(Bound):
    """The documents of a query, scored by a script."""

    inner: Bound
    runner: ScriptRunner
    min_score: float | None
    boost: Any

    def match(self, segment: Any) -> Hits:
        return scored(self.runner.shard, segment, lambda noted: self._scored(segment, noted))

    def _scored(self, segment: Any, noted: Refusals) -> Hits:
        n_before = len(noted)
        hits = self.inner.match(segment)
        match, score = hits.match, self._scores(segment, hits) * F32(self.boost)
        if self.min_score is not None:
            match = match & noted.since(n_before, score >= F32(self.min_score))
        return Hits(match, np.where(match, score, F32(0)))

    def _scores(self, segment: Any, hits: Hits) -> np.ndarray:
        scores = np.ones(segment.n_docs, F32) if hits.score is None else hits.score
        score = self.runner.values(segment, hits.match, scores).astype(F32)
        self._refuse_bad(score, hits.match)
        return score

    def unlimited(self, segment: Any) -> np.ndarray:
        """float32[n_docs]: what the script gives, whatever the least score."""
        with noting(self.runner.shard, segment):
            return self._scores(segment, self.inner.match(segment))

    def _refuse_bad(self, score: np.ndarray, match: np.ndarray) -> None:
        from esmock.script.painless.runtime.values import float_text

        refuse(
            self.runner.shard, match & ~(score >= 0),
            lambda doc: IllegalArgument(
                f"script_score script returned an invalid score [{float_text(float(score[doc]))}] for doc [{doc}]. "
                "Must be a non-negative score!"
            ),
        )  # fmt: skip


@dataclass(slots=True)
class ScriptScore(Query):
    """Docs: query-dsl-script-score-query."""

    name = "script_score"
    query: Query
    script: Script
    min_score: float | None = None

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> ScriptScore:
        inner = replace(ctx, depth=ctx.depth + 1)
        parser = Parser(
            "script_score",
            parsing.custom("query", ("START_OBJECT",), lambda holder, key, _: parse_query(holder, key, inner), required=True),
            parsing.custom("script", ("START_OBJECT", *_text_script(ctx)), read_script, required=True),
            parsing.float_("min_score"),
            parsing.float_("boost"),
            parsing.string("_name"),
        )
        found = parser.parse(body, reading_of(ctx))
        if "_name" in found:
            found["query_name"] = found.pop("_name")
        return cls(**found)

    def matches_none(self, shard: ShardSearch) -> bool:
        return self.query.matches_none(shard)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        compiled = compile_script(shard, self.script, "score")
        if not scored and self.min_score is None:
            return self.query.bind(shard, False, boost)
        # ES: without need nothing is scored, so that no function fails for a score
        inner = self.query.bind(shard, self.script.stored or "_score" in self.script.id_or_code)
        runner = ScriptRunner(shard, compiled, self.script.params)
        return ScriptScoreBound(inner, runner, self.min_score, boost)


def _text_script(ctx: ParseContext) -> tuple[str, ...]:
    """A script that is only its source is taken by later versions."""
    return ("VALUE_STRING",) if ctx.behaviour.major >= 9 else ()


@dataclass(slots=True)
class ScriptFunction:
    """``script_score`` of a function_score: float64[n_docs]."""

    runner: ScriptRunner

    def score(self, segment: Any, wanted: np.ndarray, query: np.ndarray) -> np.ndarray:
        """The script's values where they count. Raises IllegalArgument for a negative one."""
        values = self.runner.values(segment, wanted, query)
        refuse(
            self.runner.shard, wanted & (values < 0),
            lambda doc: IllegalArgument(
                f"script score function must not produce negative scores, but got: [{java_text(float(values[doc]))}]"
            ),
        )  # fmt: skip
        return values


def read_function(node: Json, key: str, ctx: ParseContext) -> Script:
    """The script of a ``script_score`` function. Raises Parsing."""
    body = node[key]
    script = None
    if isinstance(body, dict):
        for name in body:
            if name != "script":
                raise Parsing(f"script_score query does not support [{name}]", at_value(body, name))
            script = read_script(body, name, reading_of(ctx))
    if script is None:
        raise Parsing("script_score requires 'script' field", at_end(body) if isinstance(body, dict) else at_value(node, key))
    return script


QUERIES = (ScriptFilter, ScriptScore)
