"""A retriever whose documents get other scores. Docs: rescorer-retriever. Source: recordings of 8.19.21."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.errors import IllegalArgument
from esmock.search.query.parse import placed
from esmock.search.rescore import Rescore, parse_rescore
from esmock.search.retriever.compound import Compound
from esmock.search.retriever.parse import BASE, inner_field, read_wrapped
from esmock.xcontent.object_parser import Parser, custom

if TYPE_CHECKING:
    from esmock.search.query.base import ParseContext
    from esmock.search.request import SearchRequest
    from esmock.search.retriever.base import Retriever, Shards
    from esmock.search.retriever.ranked import RankedDoc

Json = Any


def _has_steps(given: dict[str, Any]) -> dict[str, Any]:
    if not given["rescore"]:
        raise IllegalArgument("Missing rescore definition")
    return given


_PARSER = Parser(
    "rescorer",
    inner_field(required=True),
    custom("rescore", ("START_OBJECT", "START_ARRAY"), placed(parse_rescore), required=True),
    *BASE,
    build=_has_steps,
)


@dataclass(slots=True, kw_only=True)
class Rescorer(Compound):
    """``rescore`` over the documents of one retriever; its ``min_score`` has no say (as recorded)."""

    name: ClassVar[str] = "rescorer"
    since_release: ClassVar[tuple[int, int]] = (8, 18)
    window_field: ClassVar[str] = "window_size"
    steps: list[Rescore] = field(default_factory=list)

    @classmethod
    def read(cls, holder: Json, key: str | int, ctx: ParseContext) -> Rescorer:
        given = read_wrapped(_PARSER, holder, key, ctx)
        steps = given.pop("rescore")
        given.pop("min_score", None)
        return cls(children=(given.pop("retriever"),), steps=steps, window=max(one.window for one in steps), **given)

    def prepared(self, request: SearchRequest, shards: Shards) -> SearchRequest:
        return replace(request, rescore=self.steps)

    def combined(self, lists: list[list[RankedDoc]]) -> list[RankedDoc]:
        return lists[0]


RETRIEVERS: tuple[type[Retriever], ...] = (Rescorer,)
