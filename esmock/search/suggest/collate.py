"""``collate`` of the phrase suggester: a query tells which suggestions the index knows. Docs: search-suggesters-phrase.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, JsonParse, Parsing
from esmock.search.query.base import ParseContext
from esmock.xcontent.located import at_value

if TYPE_CHECKING:
    from esmock.script.script import Script
    from esmock.search.query.base import Query
    from esmock.search.query.shard import ShardSearch

Json = Any


@dataclass(frozen=True, slots=True)
class Collate:
    """A template of a query, rendered for each suggestion.

    Attributes:
        prune: what matches nothing is kept and told so, instead of being left out.
    """

    template: Script | None = None
    params: dict[str, Json] = field(default_factory=dict)
    prune: bool = False

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Collate:
        """Raises Parsing, XContentParse, IllegalArgument."""
        from esmock.script.script import Script
        from esmock.search.query.scripted import reading_of

        out: dict[str, Any] = {}
        for key in body:
            value = body[key]
            if key == "query":
                out["template"] = Script.parse(body, key, reading_of(ctx), "mustache")
            elif key == "params":
                out["params"] = dict(value) if isinstance(value, dict) else {}
            elif key == "prune":
                if not isinstance(value, bool):
                    raise Parsing("suggester[phrase][collate] prune must be either 'true' or 'false'", at_value(body, key))
                out["prune"] = value
            else:
                raise Parsing(f"suggester[phrase][collate] doesn't support field [{key}]", at_value(body, key))
        return cls(**out)

    def matches(self, suggestion: str, shard: ShardSearch) -> bool:
        """Whether the query of a suggestion finds any document of a shard.

        Raises:
            ApiError: the template cannot be rendered, or becomes no query.
        """
        from esmock.search.binding import bind_query

        rendered = str(
            shard.scripts.service.compile(self.template, "template").run(params={**self.params, "suggestion": suggestion})
        )
        bound = bind_query(_query(rendered, shard), shard, False)
        return any(bound.match(leaf.segment).match[leaf.live_docs()].any() for leaf in shard.reader)


def _query(rendered: str, shard: ShardSearch) -> Query:
    from esmock.search.query.parse import parse_query
    from esmock.xcontent.jackson import jackson_for
    from esmock.xcontent.located import located

    try:
        tree = located(rendered.encode(), jackson_for(shard.behaviour), "string")
        return parse_query({"query": tree}, "query", ParseContext(shard.behaviour, warn=shard.warn))
    except JsonParse as error:
        raise ApiError("I/O exception during suggest phase", cause=error) from None
