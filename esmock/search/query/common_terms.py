"""Common and rare terms weighed apart; until 7.x. Docs: query-dsl-common-terms-query. Source: recordings of 7.10.2."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.errors import IllegalArgument, Parsing
from esmock.search.query.base import F32, Bound, MatchNothing, ParseContext, Query
from esmock.search.query.compound import BoolBound
from esmock.search.query.full_text import read_operator
from esmock.search.query.minimum import minimum_should_match
from esmock.search.query.parse import decimal, members, one_field, read_met, scalar, text
from esmock.search.query.terms import term_query
from esmock.xcontent.located import at_value, token

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any
DEPRECATED = (
    "Deprecated field [common] used, replaced by [[match] query which can efficiently skip blocks of documents if the total number of "
    "hits is not tracked]"
)


@dataclass(slots=True)
class Common(Query):
    """Docs: query-dsl-common-terms-query."""

    name = "common"
    removed_in: ClassVar[int] = 8
    field: str
    query: str = ""
    analyzer: str | None = None
    cutoff: float = 0.01
    low_operator: str = "or"
    high_operator: str = "or"
    low_minimum: str | None = None
    high_minimum: str | None = None

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Common:
        ctx.warn(DEPRECATED)
        found = one_field("common", members(body), lambda _field, holder, key: cls._read(holder, key, ctx))
        if not found.get("field"):
            raise IllegalArgument("field name is null or empty")
        if found.get("query") is None:
            raise IllegalArgument("text cannot be null")
        return cls(**found)

    @staticmethod
    def _read(holder: Json, name: Any, ctx: ParseContext) -> dict[str, Any]:
        node = holder[name]
        if not isinstance(node, dict):
            return {"query": None if node is None else text(holder, name, ctx)}

        def minimum(given: Json, key: Any, ctx: ParseContext) -> dict[str, str]:
            parts = given[key]
            for part in parts:
                if not scalar(parts[part]):
                    raise Parsing(f"[common] unexpected token type [{token(parts[part])}] after [{part}]", at_value(parts, part))
                if part not in ("low_freq", "high_freq"):
                    raise Parsing(
                        f"[common] query does not support [{part}] for [minimum_should_match]", at_value(parts, part)
                    )
            return {part: text(parts, part, ctx) for part in parts}

        out = read_met("common", node, ctx, {
            "query": text, "analyzer": text, "cutoff_frequency": decimal, "low_freq_operator": read_operator,
            "high_freq_operator": read_operator, "minimum_should_match": text,
        }, {"minimum_should_match": minimum})
        least = out.pop("minimum_should_match", None)
        if isinstance(least, dict):
            out |= {"low_minimum" if part == "low_freq" else "high_minimum": one for part, one in least.items()}
        elif least is not None:
            out["low_minimum"] = least
        renamed = {"cutoff_frequency": "cutoff", "low_freq_operator": "low_operator", "high_freq_operator": "high_operator"}
        return {renamed.get(key, key): one for key, one in out.items()}

    def weighed(self, shard: ShardSearch) -> tuple[list[str], list[str], list[str]]:
        """The words of the text: all, the rare ones, the common ones. Raises QueryShard."""
        analyzer = shard.mapping.analysis.analyzer(self.analyzer) if self.analyzer is not None else None
        if self.analyzer is not None and analyzer is None:
            raise shard.error(f"[common] analyzer [{self.analyzer}] not found")
        field = shard.field(self.field)
        if analyzer is None:
            analyzer = shard.mapping.analysis.default_search if field is None else field.search_analyzer
        words = [self.query] if analyzer is None else analyzer.terms(self.query)
        limit = F32(self.cutoff)
        most = float(limit) if limit >= 1 else math.ceil(float(limit * F32(shard.max_doc)))
        common = {word for word in words if field is not None and shard.doc_freq(field.path, word) > most}
        return words, [word for word in words if word not in common], [word for word in words if word in common]

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        _, low, high = self.weighed(shard)
        field = shard.field(self.field)
        if field is None or not field.takes_patterns:
            return MatchNothing()  # values that are no terms are not found by their text

        def bound(words: list[str]) -> list[Bound]:
            return [term_query(shard, field.path, word, boost, scored) for word in words]

        return self._joined(bound(low), bound(high), scored)

    def _joined(self, low: list[Bound], high: list[Bound], scored: bool) -> Bound:
        if len(low) + len(high) == 1:
            return (low or high)[0]
        if not low and not high:
            return MatchNothing()
        rare = self._group(low, self.low_operator, self.low_minimum, scored)
        if not high:
            return rare
        if not low and self.high_minimum is None:
            return BoolBound(high, [], [], [], 0, scored)
        common = self._group(high, self.high_operator, self.high_minimum, scored)
        if not low:
            return common
        return BoolBound([rare], [], [common], [], 0, scored)

    @staticmethod
    def _group(clauses: list[Bound], operator: str, minimum: str | None, scored: bool) -> Bound:
        if operator == "and":
            return BoolBound(clauses, [], [], [], 0, scored)
        return BoolBound([], [], clauses, [], max(1, least(len(clauses), minimum)), scored)


def least(count: int, minimum: str | None) -> int:
    """How many of some words must be there."""
    return 0 if minimum is None else max(0, minimum_should_match(count, minimum))


QUERIES = (Common,)
