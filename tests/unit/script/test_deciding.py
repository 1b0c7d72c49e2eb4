"""Scripts that fields alone decide run once for all documents that agree in them, and give what they give one by one."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

import esmock.search.query  # noqa: F401  (queries and the lookup need each other: queries come first)
from esmock.script.painless.deciding import deciding_fields
from esmock.search.doc_lookup import SegmentDocs

DECIDED = {
    "doc['a'].value + 1": ("a",),
    "def x = doc.a.value; if (x > 3) { return doc['b'].size() } return params.m": ("a", "b"),
    "int twice(int x) { return 2 * x } twice((int) doc.a.value)": ("a",),
    "def l = new ArrayList(); for (x in doc.k) { l.add(x.substring(0, 1)) } return l": ("k",),
    "return params.get('m') + params['n']": (),
    "saturation(doc.a.value, 2)": ("a",),
    "doc.a.stream().map(x -> x + 1).collect(Collectors.toList())": ("a",),
}
OPEN = (
    "_score * doc.a.value",
    "Math.random() + doc.a.value",
    "doc[params.name].value",
    "params.n += 1; return params.n",
    "params.remove('n')",
    "def d = doc; return d.a.value",
    "params._source.a",
    "params['_fields'].a",
    "new Date().getTime()",
    "doc['_id'].value",
    "doc.a.value.hashCode()",
    "System.nanoTime()",
    "def f = Math::random; return doc.a.value",
    "_value * 2",
    "randomScore(7)",
    "l1norm([1, 2], 'v') + doc.a.value",
    "field('a').get(1)",
    "emit(doc.a.value)",
    "this is no script",
)


@pytest.mark.parametrize("source", DECIDED)
def test_the_fields_that_decide(source: str) -> None:
    assert deciding_fields(source) == DECIDED[source]


@pytest.mark.parametrize("source", OPEN)
def test_where_something_else_has_a_say(source: str) -> None:
    assert deciding_fields(source) is None


SCRIPTS = (
    "doc.k.value.substring(0, 1) + '-' + doc.b.value",
    "if (doc.n.size() == 0) { return 'none' } return doc.n.value > 3 ? 'many' : 'few'",
    "if (doc.n.size() == 0) { return null } return ['' + doc.n.value, doc.k.value]",
    "doc.d.value.getMonthValue() + ' ' + doc.b.value",
    "doc.f.value > 0 ? 'x' : ('' + doc.f.value)",
    "doc.m.size() + doc.k.value",
    "'always'",
)


def test_answers_are_those_of_a_run_for_each_document(raw: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    ask, chosen = raw("7.10.2"), random.Random(4)
    kinds = {"n": "long", "k": "keyword", "d": "date", "f": "double", "b": "boolean", "m": "long"}
    properties = {name: {"type": kind} for name, kind in kinds.items()}
    ask("PUT /i", {"settings": {"number_of_shards": 1}, "mappings": {"properties": properties}})
    lines = []
    for _ in range(600):
        source = {
            "k": chosen.choice(["ab", "ac", "b"]), "d": f"2020-0{chosen.randrange(1, 4)}-01", "f": chosen.choice([0.0, -0.0, 1.5]),
            "b": chosen.random() < 0.5, "m": [1] * chosen.randrange(3), **({"n": chosen.randrange(6)} if chosen.random() < 0.8 else {}),
        }  # fmt: skip
        lines += ['{"index":{}}', json.dumps(source)]
    ask("POST /i/_bulk?refresh", "\n".join(lines) + "\n")
    bodies = [{"size": 0, "aggs": {"a": {"terms": {"script": one, "size": 50}}}} for one in SCRIPTS]
    bodies += [{"size": 20, "sort": [{"_script": {"type": "string", "script": one}}, "_doc"]} for one in SCRIPTS[:2]]
    runs: list[int] = []
    alike = SegmentDocs.alike

    def counted(self: Any, *arguments: Any) -> Any:
        found = alike(self, *arguments)
        runs.append(0 if found is None else len(found[0]))
        return found

    def answers() -> list[Any]:
        out = [ask.json("POST /i/_search?request_cache=false", body) for body in bodies]
        return [{key: value for key, value in one.items() if key != "took"} for one in out]

    monkeypatch.setattr(SegmentDocs, "alike", counted)
    quick = answers()
    assert sum(0 < one < 100 for one in runs) >= 4
    monkeypatch.setattr(SegmentDocs, "alike", lambda *_: None)
    assert quick == answers()
    assert [one["error"] for one in quick if "error" in one] == []


def test_the_first_document_that_fails_is_told(raw: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    ask = raw("7.10.2")
    ask("PUT /i", {"mappings": {"properties": {"n": {"type": "long"}, "k": {"type": "keyword"}}}})
    lines = "".join(f'{{"index":{{"_id":"{at}"}}}}\n{{"n":{at % 5},"k":"k{at % 5}"}}\n' for at in range(500))
    ask("POST /i/_bulk?refresh", lines)
    body = {"aggs": {"a": {"terms": {"script": "'x'.substring((int) doc.n.value - 3) + doc.k.value.substring(0, 1)"}}}}
    quick = ask("POST /i/_search", body)
    monkeypatch.setattr(SegmentDocs, "alike", lambda *_: None)
    slow = ask("POST /i/_search", body)
    assert quick.status == slow.status == 400
    assert quick.body == slow.body
