"""Terms of a script over whole columns are those that it gives document by document."""

from __future__ import annotations

from typing import Any

import pytest

from esmock.search.aggs.scripts import ValueScript
from esmock.xcontent.json_writer import dumps
from tests.unit.search.aggs.searching import Documents

MAPPING = {
    "properties": {
        "k": {"type": "keyword"}, "n": {"type": "long"}, "d": {"type": "double"}, "f": {"type": "float"}, "b": {"type": "boolean"},
        "t": {"type": "date"},
    }
}  # fmt: skip
DOCS = [
    {
        "k": ["a", "ab", "ä", "", "b-x"][at % 5], "n": [1, -7, 2**40, 0][at % 4], "d": [0.0, -0.0, 1e-7, 1e20, 0.1, 3.0][at % 6],
        "f": [0.1, 2.5][at % 2], "b": at % 3 == 0, "t": 1577836800000 + at * 1000,
    }
    for at in range(60)
]  # fmt: skip
FORMULAS = [
    "doc['k'].value",
    "doc['k'].value + '-x'",
    "'<' + doc['k'].value + doc['n'].value + '>' + doc['d'].value",
    "doc['k'].value + doc['k'].value",
    "doc['n'].value % 3",
    "doc['d'].value * -1",
    "doc['f'].value",
    "doc['n'].value > 0",
    "doc['b'].value + '' + (doc['n'].value + 1)",
    "doc['n'].value > 0 ? 'more' : 'less'",
    "params.prefix + doc['k'].value.length()",
    "doc['k'].size() + 'x'",
    "1 + 2 + doc['k'].value",
    "7",
]
OTHERS = ["doc['t'].value", "doc['t'].value.getHour()", "if (doc['n'].value > 0) return 'x'; return doc['k'].value", "doc['gone'].value"]


def searches(source: str) -> list[Any]:
    script = {"source": source, "params": {"prefix": "p"}}
    return [
        {"a": {"terms": {"script": script, "size": 100}, "aggs": {"s": {"sum": {"field": "n"}}}}},
        {"a": {"cardinality": {"script": script}}},
        {"a": {"terms": {"script": script, "include": ".*[a-x0-9]", "order": {"_key": "desc"}}}},
    ]


@pytest.fixture(scope="module")
def layouts() -> list[Documents]:
    """The documents in one segment, and in three of which one has no value of some fields."""
    return [Documents("7.10.2", MAPPING, [[DOCS]]), Documents("7.10.2", MAPPING, [[DOCS[:20], DOCS[20:]], [[{"n": 1, "k": "a"}]]])]


@pytest.mark.parametrize("source", [*FORMULAS, *OTHERS])
def test_columns_and_documents_give_the_same_terms(source: str, layouts: list[Documents], monkeypatch: pytest.MonkeyPatch) -> None:
    for documents in layouts:
        by_columns = [dumps(documents.aggregate(one)) for one in searches(source)]
        with monkeypatch.context() as patch:
            patch.setattr(ValueScript, "terms", lambda _self, _leaf: None)
            assert by_columns == [dumps(documents.aggregate(one)) for one in searches(source)]


@pytest.mark.parametrize("source", FORMULAS)
def test_a_formula_does_not_run_document_by_document(source: str, layouts: list[Documents], monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: Any) -> Any:
        raise AssertionError(source)

    monkeypatch.setattr(ValueScript, "run", run)
    assert "buckets" in layouts[0].aggregate(searches(source)[0])["a"]
