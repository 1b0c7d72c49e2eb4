"""A script over columns gives what the same script gives document by document."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from esmock import errors
from esmock.script.doc_values import MISSING, Doc
from esmock.script.service import ScriptService
from esmock.version import behaviour

TERMS = ["a", "bb", "ccc"]


class Segment:
    """Two full columns, one with gaps and one with several values a document."""

    def __init__(self) -> None:
        random = np.random.default_rng(5)
        self.size = 50
        every = np.arange(self.size + 1)
        gaps = np.concatenate([[0], np.cumsum(np.arange(self.size) % 2)])
        self._columns: dict[str, tuple[str, Any, Any]] = {
            "n": ("long", random.integers(-20, 100, self.size), every),
            "d": ("double", random.random(self.size) * 10, every),
            "gaps": ("long", random.integers(1, 9, int(gaps[-1])), gaps),
            "k": ("keyword", np.arange(self.size) % 3, every),
            "many": ("long", np.sort(random.integers(1, 9, (self.size, 3))).ravel(), every * 3),
        }

    def kind(self, field: str) -> str | None:
        return self._columns[field][0] if field in self._columns else None

    def column(self, field: str) -> tuple[Any, Any]:
        return self._columns[field][1:]

    def values(self, field: str, doc: int) -> Any:
        kind, values, starts = self._columns[field]
        found = values[starts[doc] : starts[doc + 1]].tolist()
        return [TERMS[at] for at in found] if kind == "keyword" else found

    def dictionary(self, field: str) -> list[str]:
        return TERMS


@pytest.fixture
def service() -> ScriptService:
    return ScriptService(behaviour("7.10.2"), {"script.disable_max_compilations_rate": "true"}, {})


FAST = (
    "doc['n'].value * params.f + _score",
    "Math.log(30 + doc['n'].value) * doc['d'].value",
    "doc['gaps'].size() == 0 ? 0 : doc['gaps'].value / 3",
    "double x = doc['d'].value; return x > 5 ? x : -x",
    "doc['n'].value % 7 + doc['n'].value / 2",
    "doc['many'].value + doc['many'].size()",
    "doc['n'].value > 10 && doc['d'].value < 3 ? 1 : 2.5",
    "(int)doc['d'].value * 2",
    "Math.max(doc['n'].value, doc['d'].value) + Math.PI",
    "params.k + doc.n.value",
    "-doc['d'].value + 1",
    "if (doc['n'].value > 50) { return doc['d'].value * 2 } return Math.log(30 + doc['n'].value)",
    "if (doc['n'].value > 50) { return 1 } else if (doc['n'].value > 0) { return doc['d'].value } else { return 2 }",
    "if (doc['gaps'].size() == 0) { return 0 } return doc['gaps'].value",
    "double s = 0; for (int i = 0; i < 5; i++) { s += doc['n'].value * i; } return s",
    "double s = 0; for (int i = 0; i < doc['many'].size(); ++i) { s += i } return s",
    "long s = 1; for (int i = 0; i < doc['many'].value; i++) { s *= 2; if (s > 16) { return s } } return -s",
    "int x = 3; if (doc['n'].value > 0) { x = 4; } x += 1; return x * doc['d'].value",
    "def x = doc['n'].value; x -= 1; return x",
    "doc['k'].value == 'bb' ? 1 : 2",
    "if (doc['k'].value != params.s) { return doc['k'].value.length() } return 9",
    "doc['k'].value.startsWith('b') || doc['k'].value.contains('c') ? 1.5 : doc['k'].value.hashCode() % 5",
    "String t = doc['k'].value; return t.equals('a') ? 1 : t.length()",
)


@pytest.mark.parametrize("source", FAST)
def test_columns_and_documents_agree(service: ScriptService, source: str) -> None:
    segment = Segment()
    script = service.compile(source, "score")
    params = {"f": 1.5, "k": 3, "s": "bb"}
    score = np.linspace(0.5, 2, segment.size)
    fast = script.vectorised(segment)(params, segment.size, score)
    doc = Doc(segment)
    slow = []
    for number in range(segment.size):
        doc.doc = number
        slow.append(script.run(doc=doc, params=params, _score=float(score[number])))
    assert fast.tolist() == pytest.approx(slow, rel=1e-15)


@pytest.mark.parametrize(
    "source",
    [
        "doc['gaps'].value",
        "doc['n'].value / (doc['n'].value - doc['n'].value)",
        "(doc['n'].value > 1 ? 1 : 2.0) / 2",
        "def x = [1]; return x[0] + doc['n'].value",
        "doc['n'].value + params.text",
    ],
)
def test_what_columns_cannot_say_exactly_is_left_to_documents(service: ScriptService, source: str) -> None:
    segment = Segment()
    run = service.compile(source, "score").vectorised(segment)
    assert run is None or run({"text": "a"}, segment.size, None) is None


def test_a_missing_value_is_elasticsearchs_error(service: ScriptService) -> None:
    segment = Segment()
    script = service.compile("doc['gaps'].value", "score")
    with pytest.raises(errors.Script) as raised:
        script.run(doc=Doc(segment), params={})
    assert raised.value.cause is not None
    assert raised.value.cause.reason == MISSING
    assert raised.value.extra["position"] == {"offset": 11, "start": 0, "end": 17}


def test_an_unmapped_field_is_elasticsearchs_error(service: ScriptService) -> None:
    """Recorded: script_fields with doc['zz'].value."""
    with pytest.raises(errors.Script) as raised:
        service.compile("doc['zz'].value", "field").run(doc=Doc(Segment()), params={})
    assert raised.value.cause is not None
    assert raised.value.cause.body()["error"]["reason"] == "No field found for [zz] in mapping with types []"
    assert raised.value.extra["position"] == {"offset": 4, "start": 0, "end": 15}
