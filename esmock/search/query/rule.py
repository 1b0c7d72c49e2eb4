"""A query whose documents rules put first or leave out. Docs: query-dsl-rule-query.

Source: class RuleQueryBuilder of 8.16 to 9.x and the makers' YAML tests of it; no engine that could be asked has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, cast

from esmock.errors import IllegalArgument, Parsing, XContentParse
from esmock.search.query.base import Bound, Query
from esmock.search.query.compound import Bool
from esmock.search.query.parse import parse_query, placed
from esmock.search.query.pinned import MOST_PINS, Pinned
from esmock.search.query.term_level import Ids, Term
from esmock.xcontent.located import at_end
from esmock.xcontent.object_parser import Parser, custom, float_, mapping, string, strings

if TYPE_CHECKING:
    from esmock.search.query.base import ParseContext
    from esmock.search.query.shard import ShardSearch
    from esmock.search.query_rules import SpecifiedDocument
    from esmock.xcontent.value_reader import Reading

Json = Any
MOST_RULESETS = 10


def check_rules(rulesets: Sequence[str], criteria: Mapping[str, Json]) -> None:
    """What the query and the retriever ask of their parameters. Raises IllegalArgument."""
    if not criteria:
        raise IllegalArgument("matchCriteria must not be null or empty")
    if not rulesets:
        raise IllegalArgument("rulesetIds must not be null or empty")
    if len(rulesets) > MOST_RULESETS:
        raise IllegalArgument(f"rulesetIds must not contain more than {MOST_RULESETS} rulesets")
    if not all(rulesets):
        raise IllegalArgument("rulesetId must not be null or empty")


@dataclass(slots=True)
class Rule(Query):
    """The query ``organic`` as the rules of some rulesets change it.

    Attributes:
        applied: what it became, once the rulesets were read.
    """

    name: ClassVar[str] = "rule"
    since_release: ClassVar[tuple[int, int]] = (8, 15)
    organic: Query
    match_criteria: Mapping[str, Json] = field(default_factory=dict)
    ruleset_ids: Sequence[str] = ()
    warn: Any = None
    applied: Query | None = None

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Rule:
        try:
            given = _PARSER.parse(body, cast("Reading", ctx))
        except (XContentParse, IllegalArgument) as error:
            raise Parsing(error.reason or "", at_end(body), cause=error) from None
        if "ruleset_id" in given:
            ctx.warn("Using deprecated field [ruleset_id] in query rules, please use [ruleset_ids] instead")
            given["ruleset_ids"] = [given.pop("ruleset_id")]
        query = cls(**given, warn=ctx.warn)
        ctx.pending.append(query)
        return query

    def rewritten(self, resources: Any) -> None:
        """Read the rulesets and apply them. Raises ResourceNotFound."""
        applied = resources.applied_rules(self.ruleset_ids, self.match_criteria)
        query = self.organic
        if applied.pinned:
            if len(applied.pinned) > MOST_PINS and self.warn is not None:
                self.warn(f"Truncating query rule pinned hits to {MOST_PINS} documents")
            query = Pinned(query, applied.pinned[:MOST_PINS])
        if applied.excluded:
            query = Bool(must=[query], must_not=[_excluded(applied.excluded)])
        self.applied = query

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        if self.applied is None and shard.resources is not None:
            self.rewritten(shard.resources)
        return (self.applied or self.organic).bind(shard, scored, boost)


def _excluded(docs: Sequence[SpecifiedDocument]) -> Query:
    """The documents that are left out: of any index by their ids; where one names its index, those that meet all of them."""
    if all(one.index is None for one in docs):
        return Ids([one.doc_id for one in docs])
    clauses: list[Query] = []
    for one in docs:
        parts: list[Query] = [Term("_id", one.doc_id)]
        if one.index is not None:
            parts.append(Term("_index", one.index))
        clauses.append(Bool(must=parts))
    return Bool(must=clauses)


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    """The fields by attribute. Raises IllegalArgument."""
    if ("ruleset_id" in given) == ("ruleset_ids" in given):
        raise IllegalArgument("ruleset information not provided correctly")
    check_rules(given.get("ruleset_ids") or [given.get("ruleset_id")], given["match_criteria"])
    return {("query_name" if name == "_name" else name): value for name, value in given.items()}


_PARSER = Parser(
    "rule",
    custom("organic", ("START_OBJECT",), placed(parse_query), required=True),
    mapping("match_criteria", required=True),
    string("ruleset_id", argument=True),
    strings("ruleset_ids", argument=True),
    float_("boost"),
    string("_name"),
    build=_checked,
)

QUERIES: tuple[type[Query], ...] = (Rule,)
