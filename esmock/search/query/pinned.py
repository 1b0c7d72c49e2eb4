"""Chosen documents above what a query finds. Docs: query-dsl-pinned-query.

Source: the documentation: chosen documents keep their order; scores of the query are capped below theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from esmock.errors import IllegalArgument
from esmock.search.query.base import F32, Bound, Hits, Query
from esmock.search.query.declared import Declared, parse_declared
from esmock.search.query.parse import float_value, parse_query, text
from esmock.search.query.term_level import Ids
from esmock.search.query_rules import SpecifiedDocument

if TYPE_CHECKING:
    from esmock.search.query.base import ParseContext
    from esmock.search.query.shard import ShardSearch

Json = Any
MOST_ORGANIC = F32(2.0**127)
"""The greatest score of what is not pinned: each pin scores one 32-bit step more than the one below it."""
MOST_PINS = 100


def read_ids(body: Json, key: Any, ctx: ParseContext) -> list[SpecifiedDocument]:
    """A list of ids."""
    value = body[key]
    if isinstance(value, list):
        return [SpecifiedDocument(text(value, at, ctx)) for at in range(len(value))]
    return [SpecifiedDocument(text(body, key, ctx))]


def read_docs(body: Json, key: Any, ctx: ParseContext) -> list[SpecifiedDocument]:
    """A list of objects with ``_id`` and ``_index``. Raises XContentParse."""
    fields: Declared = {"_id": (text, ("VALUE_STRING",)), "_index": (text, ("VALUE_STRING", "VALUE_NULL"))}
    out = []
    value = body[key]
    for one in value if isinstance(value, list) else [value]:
        found = parse_declared("specified_document", one, ctx, fields)
        if "_id" not in found:
            raise IllegalArgument("Required [_id]")
        out.append(SpecifiedDocument(found["_id"], found.get("_index")))
    return out


def chosen(given: dict[str, Any]) -> list[SpecifiedDocument]:
    """The documents of ``ids`` or ``docs``. Raises IllegalArgument for both, none, or too many."""
    if "ids" in given and "docs" in given:
        raise IllegalArgument("[ids] and [docs] cannot both be specified")
    docs: list[SpecifiedDocument] | None = given.pop("ids", None) or given.pop("docs", None)
    if docs is None:
        raise IllegalArgument("[ids] or [docs] must be specified")
    if len(docs) > MOST_PINS:
        raise IllegalArgument(f"Max of {MOST_PINS} pinned documents are allowed")
    return docs


_FIELDS: Declared = {
    "organic": (lambda body, key, ctx: parse_query(body, key, ctx), ("START_OBJECT",)),
    "ids": (read_ids, ("START_ARRAY", "VALUE_STRING")),
    "docs": (read_docs, ("START_ARRAY", "START_OBJECT")),
    "boost": (lambda body, key, ctx: float_value(body, key), ("VALUE_NUMBER", "VALUE_STRING")),
    "_name": (text, ("VALUE_STRING",)),
}


@dataclass(slots=True)
class Pinned(Query):
    """Chosen documents first, then those of ``organic``."""

    name: ClassVar[str] = "pinned"
    since: ClassVar[int] = 7
    organic: Query
    docs: list[SpecifiedDocument] = field(default_factory=list)

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Pinned:
        fields = _FIELDS if ctx.behaviour.has((7, 16)) else {key: one for key, one in _FIELDS.items() if key != "docs"}
        given = parse_declared("pinned", body, ctx, fields)
        if "_name" in given:
            given["query_name"] = given.pop("_name")
        if "organic" not in given:
            raise IllegalArgument("Required [organic]")
        given["docs"] = chosen(given)
        return cls(**given)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        pins: list[tuple[np.float32, Bound]] = []
        score = MOST_ORGANIC
        for one in reversed(self.docs):
            score = np.nextafter(score, F32(np.inf))
            if one.index in (None, shard.index):
                pins.append((score, Ids(values=[one.doc_id]).bind(shard, False)))
        return PinnedBound(self.organic.bind(shard, scored, boost), pins)


@dataclass(slots=True)
class PinnedBound(Bound):
    """The query's documents, and the chosen ones from the lowest to the highest."""

    organic: Bound
    pins: list[tuple[np.float32, Bound]]

    def match(self, segment: Any) -> Hits:
        found = self.organic.match(segment)
        match = found.match.copy()
        score = None if found.score is None else np.minimum(found.score, MOST_ORGANIC)
        for value, one in self.pins:
            mine = one.match(segment).match
            match |= mine
            if score is not None:
                score[mine] = value
        return Hits(match, score)


QUERIES: tuple[type[Query], ...] = (Pinned,)
