"""A query in base64, and the query on the type. Docs: query-dsl-wrapper-query, query-dsl-type-query."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.errors import IllegalArgument, JsonParse, Parsing
from esmock.search.query.base import Bound, MatchEverything, MatchNothing, ParseContext, Query
from esmock.search.query.parse import float_value, parse_query, scalar, text
from esmock.xcontent.jackson import jackson_for
from esmock.xcontent.located import at_end, at_name, at_value, located, parser_error, text_error
from esmock.xcontent.value_reader import jackson_token

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any


@dataclass(slots=True)
class Wrapper(Query):
    """Docs: query-dsl-wrapper-query."""

    name = "wrapper"
    inner: Query

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Wrapper:
        if not body:
            raise Parsing("[wrapper] query malformed", at_end(body))
        key = next(iter(body))
        if key != "query":
            raise Parsing(f"[wrapper] query malformed, expected `query` but was {key}", at_name(body, key))
        if len(body) > 1:
            raise Parsing("[wrapper] malformed query, expected [END_OBJECT] but found [FIELD_NAME]", at_name(body, list(body)[1]))
        if not isinstance(body[key], str):
            message = f"Current token ({jackson_token(body[key])}) not VALUE_STRING or VALUE_EMBEDDED_OBJECT, can not access as binary"
            raise parser_error(body, key, JsonParse, message)
        if len(body[key].rstrip("=")) % 4 == 1:
            message = "Failed to decode VALUE_STRING as base64 (MIME-NO-LINEFEEDS): Illegal character '\"' (code 0x22) in base64 content"
            raise text_error(body, key, JsonParse, message)
        try:
            source = base64.b64decode(str(body[key]), validate=True)
        except (binascii.Error, ValueError) as error:
            raise IllegalArgument(f"Illegal base64 character: {error}") from None
        if not source:
            raise IllegalArgument("query source text cannot be null or empty")
        tree = located(source, jackson_for(ctx.behaviour))
        return cls(parse_query({"query": tree}, "query", replace(ctx, depth=ctx.depth + 1)))

    def matches_none(self, shard: ShardSearch) -> bool:
        return self.inner.matches_none(shard)

    def matches_all(self, shard: ShardSearch) -> bool:
        return self.inner.matches_all(shard)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        return self.inner.bind(shard, scored, boost)


@dataclass(slots=True)
class Type(Query):
    """Documents of a mapping type; until 7.x. Docs: query-dsl-type-query."""

    name = "type"
    removed_in: ClassVar[int] = 8
    value: str

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Type:
        out: dict[str, Any] = {}
        for key in body:
            if not scalar(body[key]):
                raise Parsing(f"[type] filter doesn't support [{key}]", at_value(body, key))
            if key == "value":
                out["value"] = text(body, key, ctx)
            elif key == "boost":
                out["boost"] = float_value(body, key)
            elif key == "_name":
                out["query_name"] = text(body, key, ctx)
            else:
                raise Parsing(f"[type] filter doesn't support [{key}]", at_value(body, key))
        if "value" not in out:
            raise Parsing("[type] filter needs to be provided with a value for the type", at_end(body))
        return cls(**out)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        shard.warn and shard.warn(
            "[types removal] Type queries are deprecated, prefer to filter on a field instead."
        )
        return MatchEverything(boost) if self.value == shard.type_name else MatchNothing()


QUERIES = (Wrapper, Type)
