"""Scripts in aggregations: how they are read, and the values they give for documents.

Docs: search-aggregations, "Use scripts". Source: recordings of 7.10.2.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from esmock.errors import AggregationExecution, ArrayIndexOutOfBounds, ClassCast, NullPointer
from esmock.search.aggs import parse as p
from esmock.xcontent import object_parser as o
from esmock.xcontent.value_reader import Key, Reading

Json = Any
Array = Any


def read_script(body: Json, key: Key, reading: Reading) -> Any:
    """The script under a key. Raises XContentParse and IllegalArgument as Elasticsearch does."""
    from esmock.script.script import Script

    return Script.parse(body, str(key), reading)


def script_field(name: str, **more: Any) -> o.Field:
    """A field that holds a script."""
    return o.custom(name, p.OBJECT_OR_STRING, read_script, **more)


class ValueScript:
    """A compiled script of the context ``aggs`` on one shard.

    Args:
        script: as parsed.
        ctx: the ShardContext.
        is_text: values become terms, not numbers.
        is_address: they become terms of addresses, whose bytes are those of the text, whatever it says.
    """

    def __init__(self, script: Any, ctx: Any, *, is_text: bool, is_address: bool = False) -> None:
        from esmock.search.doc_lookup import SegmentDocs, compile_script
        from esmock.store.segment import Segment

        self.shard, self.is_text, self.is_address = ctx.shard, is_text, is_address
        self.compiled = compile_script(ctx.shard, script, "aggs")
        self.params = dict(script.params)
        if hasattr(self.compiled, "bind"):
            # an expression that does not link fails before any document is looked at
            self.compiled.bind(SegmentDocs(ctx.shard, Segment(())), self.params)
        self.needs_scores = "_score" in script.id_or_code
        self.reads_longs = False
        """Whether the aggregation reads whole numbers: ``_value`` is one, and what the script gives is cut."""

    def _fields(self, leaf: Any) -> Any:
        from esmock.search.doc_lookup import SegmentDocs

        return leaf.cached("script fields", lambda: SegmentDocs(self.shard, leaf.segment))

    def column(self, leaf: Any) -> Any:
        """float64[n_docs] where the script is a plain formula and stands alone; None otherwise."""
        if self.is_text or not hasattr(self.compiled, "vectorised"):
            return None
        from esmock.script.painless.runtime.throwables import Throwable

        run = self.compiled.vectorised(self._fields(leaf))
        scores = None if leaf.scores is None else np.asarray(leaf.scores, np.float64)
        try:
            found = None if run is None else run(self.params, leaf.n_docs, scores)
        except Throwable:
            return None  # thrown again where the script runs for the first document, which names its line
        return None if found is None else np.asarray(found, np.float64)

    def terms(self, leaf: Any) -> Any:
        """int64[n_docs], ordinals, and the terms, sorted, where the script is a plain formula and stands alone; None otherwise."""
        if not self.is_text or self.is_address or self.needs_scores or not hasattr(self.compiled, "texts"):
            return None
        from esmock.script.painless.runtime.throwables import Throwable

        try:
            found = self.compiled.texts(self._fields(leaf), self.params, leaf.n_docs)
        except Throwable:
            return None
        if found is None:
            return None
        used, ordinals = np.unique(found[0], return_inverse=True)
        terms = [found[1][place] for place in used.tolist()]
        order = sorted(range(len(terms)), key=terms.__getitem__)
        ranks = np.empty(len(terms), np.int64)
        ranks[order] = np.arange(len(terms))
        return ranks[ordinals.reshape(-1)], [terms[place] for place in order]

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
        from esmock.script.search_params import SearchParams

        doc = Doc(fields)
        variables: dict[str, Any] = {"doc": doc, "params": SearchParams(self.params, doc, "aggs"), "_score": 0.0}
        alike = fields.alike(self.compiled, self.params, docs) if before is None and not self.needs_scores else None
        out = []
        for number in (docs if alike is None else docs[alike[0]]).tolist():
            doc.doc = number
            if leaf.scores is not None:
                variables["_score"] = float(leaf.scores[number])
            if before is None:
                out.append(self._spread(self.compiled.run(**variables)))
                continue
            found = []
            for value in self._given(before, number):
                variables["_value"] = value
                found.append(self._changed(self.compiled.run(**variables)))
            out.append(found)
        return out if alike is None else [out[kind] for kind in alike[1].tolist()]

    def _expression(self, leaf: Any, docs: Array, before: Any, fields: Any) -> list[list[Any]]:
        bound = self.compiled.bind(fields, self.params)
        if before is None:
            values = np.broadcast_to(bound(_score=leaf.scores), (leaf.n_docs,))[docs]
            return [[p.text(float(one)) if self.is_text else float(one)] for one in values.tolist()]
        # ES: an expression is evaluated once per document, with its first value
        given = [self._given(before, number) for number in docs.tolist()]
        firsts = np.zeros(leaf.n_docs)
        firsts[docs] = [float(values[0]) if values else 0.0 for values in given]
        found = np.broadcast_to(bound(_value=firsts, _score=leaf.scores), (leaf.n_docs,))[docs].tolist()
        return [[float(one)] * len(values) for one, values in zip(found, given, strict=True)]

    def _given(self, before: Any, number: int) -> list[Any]:
        """What ``_value`` is for a document."""
        from esmock.script.painless.runtime.values import Long

        found = before.values[before.starts[number] : before.starts[number + 1]]
        if before.dictionary is not None:
            terms = [before.dictionary[one] for one in found.tolist()]
            return [_misread(bytes.fromhex(one)) for one in terms] if self.is_address else terms
        return [Long(int(one)) if self.reads_longs else float(one) for one in found.tolist()]

    def _spread(self, value: Any) -> list[Any]:
        if value is None:
            return []
        if isinstance(value, list | tuple | set) or type(value).__name__.endswith("Set"):
            return [self._one(one) for one in value]
        return [self._one(value)]

    def _changed(self, value: Any) -> Any:
        """A value of the field as the script has changed it, which must be of the same kind. Raises NullPointer, ClassCast."""
        from esmock.script.painless.runtime.values import class_of, to_text

        if self.is_text:
            if value is None:
                raise NullPointer('Cannot invoke "Object.toString()" because "run" is null')
            return self._term(to_text(value))
        if value is None:
            raise NullPointer(
                f'Cannot invoke "java.lang.Number.{"long" if self.reads_longs else "double"}Value()" because the return value of '
                '"org.elasticsearch.script.AggregationScript.execute()" is null'
            )
        if isinstance(value, bool) or not isinstance(value, int | float):
            kind = class_of(value)
            where = f"{kind} and java.lang.Number are in module java.base of loader 'bootstrap'"
            raise ClassCast(f"class {kind} cannot be cast to class java.lang.Number ({where})")
        return float(int(value)) if self.reads_longs and math.isfinite(value) else float(value)

    def _term(self, text: str) -> str:
        return text.encode("utf-8", "surrogatepass").hex() if self.is_address else text

    def _one(self, value: Any) -> Any:
        from esmock.script.painless.runtime.values import to_text

        if self.is_text:
            return self._term(to_text(value))
        if isinstance(value, bool):
            return float(value)
        if isinstance(value, int | float):
            return float(value)
        if hasattr(value, "epoch_ns"):
            return float(value.epoch_ns() // 1_000_000)
        raise AggregationExecution(f"Unsupported script value [{to_text(value)}], expected a number, date, or boolean")


def _misread(address: bytes) -> str:
    """The text that Lucene makes of any bytes, without a check: scripts get addresses so (asked of 7.10.2).

    Raises:
        ArrayIndexOutOfBounds: a character ends behind the last byte.
    """
    units: list[int] = []
    at = 0
    while at < len(address):
        first = address[at]
        length = 1 if first < 0xC0 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4
        rest = address[at + 1 : at + length]
        if len(rest) < length - 1:
            raise ArrayIndexOutOfBounds(None)
        at += length
        code = first if length == 1 else first & (0xFF >> (length + 1) if length < 4 else 0x07)
        for byte in rest:
            code = code << 6 | byte & 0x3F
        if code < 0x10000:
            units.append(code)
        else:
            units += [(code - 0x10000 >> 10) + 0xD800, (code - 0x10000 & 0x3FF) + 0xDC00]
    return b"".join(unit.to_bytes(2, "big") for unit in units).decode("utf-16-be", "surrogatepass")
