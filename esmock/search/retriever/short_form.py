"""The short form of ``rrf`` and ``linear``: a text and the fields to look for it in, in place of retrievers.

Docs: retrievers (multi-field query format). Source: the published class MultiFieldsInnerRetrieverUtils.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.search.retriever.leaf import Standard
from esmock.xcontent.object_parser import custom, string
from esmock.xcontent.value_reader import array_of, text

if TYPE_CHECKING:
    from esmock.search.query.base import ParseContext

FIELDS = (
    string("query", argument=True),
    custom("fields", ("START_ARRAY", "VALUE_STRING"), array_of(text), argument=True),
)


def is_short(given: dict[str, Any]) -> bool:
    """Whether there is a text or fields to look for it in."""
    return given.get("query") is not None or given.get("fields") is not None


def faults(name: str, given: dict[str, Any]) -> list[str]:
    """What is wrong with the options of a retriever that takes both forms."""
    query, fields, has_children = given.get("query"), given.get("fields"), bool(given.get("retrievers"))
    if not is_short(given):
        return [] if has_children else [f"[{name}] must provide [retrievers] or [query]"]
    if query is None:
        return [f"[{name}] [query] must be provided when [fields] is specified"]
    out = []
    if not query:
        out.append(f"[{name}] [query] cannot be empty")
    if fields is not None and not fields:
        out.append(f"[{name}] [fields] cannot be empty")
    if has_children:
        out.append(f"[{name}] cannot combine [retrievers] and [query]")
    return out


def retriever_of(query: str, fields: list[str] | None, ctx: ParseContext) -> Standard:
    """The one retriever that stands for all fields of texts and terms: there are no fields with a model here."""
    from esmock.search.query.parse import parse_query

    body: dict[str, Any] = {"query": query, "type": "most_fields"}
    if fields:
        body["fields"] = fields
    return Standard(query=parse_query({"query": {"multi_match": body}}, "query", ctx))
