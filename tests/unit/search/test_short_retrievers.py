"""The short form of ``rrf`` and ``linear``. Source: the documentation; the published class MultiFieldsInnerRetrieverUtils for the texts."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.unverified
LONG = {"standard": {"query": {"multi_match": {"query": "x", "type": "most_fields", "fields": ["t", "k^2"]}}}}


@pytest.fixture
def ask(raw: Any) -> Any:
    ask = raw("9.5.3")
    ask("PUT /i", {"mappings": {"properties": {"t": {"type": "text"}, "k": {"type": "keyword"}}}})
    for doc_id, doc in enumerate(({"t": "x y", "k": "b"}, {"t": "x x", "k": "x"}, {"t": "y", "k": "x"}, {"t": "z"})):
        ask(f"PUT /i/_doc/{doc_id}?refresh", doc)
    return ask


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ({"rrf": {"query": "x", "fields": ["t", "k^2"]}}, {"rrf": {"retrievers": [LONG]}}),
        ({"linear": {"query": "x", "fields": ["t", "k^2"], "normalizer": "minmax"}},
         {"linear": {"retrievers": [{"retriever": LONG, "normalizer": "minmax"}]}}),
    ],
)  # fmt: skip
def test_it_stands_for_one_query_of_all_fields(ask: Any, short: Any, long: Any) -> None:
    found = [ask.json("POST /i/_search", {"retriever": one})["hits"] for one in (short, long)]
    assert found[0] == found[1]
    assert [hit["_id"] for hit in found[0]["hits"]] == ["1", "2", "0"]


@pytest.mark.parametrize(
    ("retriever", "reasons"),
    [
        ({"rrf": {}}, ["[rrf] must provide [retrievers] or [query]"]),
        ({"rrf": {"fields": ["t"]}}, ["[rrf] [query] must be provided when [fields] is specified"]),
        ({"rrf": {"query": "", "fields": [], "retrievers": [LONG]}},
         ["[rrf] [query] cannot be empty", "[rrf] [fields] cannot be empty", "[rrf] cannot combine [retrievers] and [query]"]),
        ({"linear": {"query": "x"}}, ["[linear] [normalizer] must be provided when [query] is specified"]),
    ],
)  # fmt: skip
def test_what_is_wrong(ask: Any, retriever: Any, reasons: list[str]) -> None:
    told = ask.json("POST /i/_search", {"retriever": retriever})["error"]["reason"]
    assert told == "Validation Failed: " + "".join(f"{at}: {one};" for at, one in enumerate(reasons, 1))
