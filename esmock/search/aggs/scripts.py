"""Scripts in aggregations: how they are read, and the values they give for documents.

Docs: search-aggregations, "Use scripts". Source: recordings of 7.10.2.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from esmock.errors import AggregationExecution
from esmock.search.aggs import parse as p
from esmock.search.aggs.parse import Declared, ParseContext
from esmock.xcontent.value_reader import Reading

Json = Any
Array = Any


def read_script(body: Json, key: str, ctx: ParseContext) -> Any:
    """The script under a key. Raises XContentParse and IllegalArgument as Elasticsearch does."""
    from esmock.script.script import Script

    return Script.parse(body, key, Reading(ctx.behaviour, ctx.warn))


SCRIPT = Declared(p.OBJECT_OR_STRING, read_script, in_place=True)


class ValueScript:
    """A compiled script of the context ``aggs`` on one shard.

    Args:
        script: as parsed.
        ctx: the ShardContext.
        is_text: values become terms, not numbers.
    """

    def __init__(self, script: Any, ctx: Any, *, is_text: bool) -> None:
        from esmock.search.doc_lookup import compile_script

        self.shard, self.is_text = ctx.shard, is_text
        self.compiled = compile_script(ctx.shard, script, "aggs")
        self.params = dict(script.params)
        self.needs_scores = "_score" in script.id_or_code

    def _fields(self, leaf: Any) -> Any:
        from esmock.search.doc_lookup import SegmentDocs

        return leaf.cached("script fields", lambda: SegmentDocs(self.shard, leaf.segment))

    def column(self, leaf: Any) -> Any:
        """float64[n_docs] where the script is a plain formula and stands alone; None otherwise."""
        if self.is_text or not hasattr(self.compiled, "vectorised"):
            return None
        run = self.compiled.vectorised(self._fields(leaf))
        scores = None if leaf.scores is None else np.asarray(leaf.scores, np.float64)
        found = None if run is None else run(self.params, leaf.n_docs, scores)
        return None if found is None else np.asarray(found, np.float64)

    def run(self, leaf: Any, docs: Array, before: Any) -> list[list[Any]]:
        """The values of some documents.

        Args:
            leaf: the segment.
            docs: int64[n].
            before: the field's Values, of which each goes through the script; None: the script stands alone.

        Raises:
            errors.Script: what the script throws.
            AggregationExecution: a value that is none.
        """
        fields = self._fields(leaf)
        if hasattr(self.compiled, "bind"):
            return self._expression(leaf, docs, before, fields)
        from esmock.script.doc_values import Doc

        doc = Doc(fields)
        variables: dict[str, Any] = {"doc": doc, "params": self.params}
        out = []
        for number in docs.tolist():
            doc.doc = number
            if leaf.scores is not None:
                variables["_score"] = float(leaf.scores[number])
            if before is None:
                out.append(self._spread(self.compiled.run(**variables)))
                continue
            found = []
            for value in self._given(before, number):
                variables["_value"] = value
                found.append(self._one(self.compiled.run(**variables)))
            out.append(found)
        return out

    def _expression(self, leaf: Any, docs: Array, before: Any, fields: Any) -> list[list[Any]]:
        bound = self.compiled.bind(fields, self.params)
        if before is None:
            values = np.broadcast_to(bound(_score=leaf.scores), (leaf.n_docs,))[docs]
            return [[p.text(float(one)) if self.is_text else float(one)] for one in values.tolist()]
        # ES: an expression is evaluated once per document, with its first value
        given = [self._given(before, number) for number in docs.tolist()]
        return [[float(bound(_value=float(values[0])))] * len(values) if values else [] for values in given]

    def _given(self, before: Any, number: int) -> list[Any]:
        """What ``_value`` is for a document."""
        found = before.values[before.starts[number] : before.starts[number + 1]]
        if before.dictionary is not None:
            return [before.dictionary[one] for one in found.tolist()]
        return [float(one) for one in found.tolist()]

    def _spread(self, value: Any) -> list[Any]:
        if value is None:
            return []
        if isinstance(value, list | tuple | set) or type(value).__name__.endswith("Set"):
            return [self._one(one) for one in value]
        return [self._one(value)]

    def _one(self, value: Any) -> Any:
        if self.is_text:
            from esmock.script.painless.runtime.values import to_text

            return to_text(value)
        if isinstance(value, bool):
            return float(value)
        if isinstance(value, int | float):
            return float(value)
        if hasattr(value, "epoch_ns"):
            return float(value.epoch_ns() // 1_000_000)
        raise AggregationExecution(f"Unsupported script value [{value}], expected a number, date, or boolean")
