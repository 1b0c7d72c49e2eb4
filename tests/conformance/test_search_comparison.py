"""The program that compares searches: what it draws, and what it calls different."""

from __future__ import annotations

import json
from itertools import islice
from random import Random

import pytest

from esmock.server import Server
from tests.conformance.search import families as kinds
from tests.conformance.search.answers import Answer, cause, first_difference
from tests.conformance.search.compare import Comparison, Side, steps
from tests.conformance.search.corpus import Corpus
from tests.conformance.search.drawing import Draw, Sample, Several, Since


def draw(version: tuple[int, ...] = (7, 10), **tables) -> Draw:
    return Draw(Random(1), tables, version)


def test_a_table_is_drawn_from() -> None:
    word = draw(word=("a", "b"), number=lambda found: found.r.randrange(5))
    found = [word.one({"$word": {"n?": range(3), "...more?5": {"x": "$number $word"}}}) for _ in range(50)]
    assert {name for one in found for name in one} == {"a", "b"}
    assert {tuple(inner) for one in found for inner in one.values()} == {(), ("n",), ("x",), ("n", "x")}
    assert {inner["x"][0] for one in found for inner in one.values() if "x" in inner} <= set("01234")


def test_lists_and_versions() -> None:
    early, late = draw((7, 10)), draw((8, 19))
    table = {"old": Since(1, last=(8,)), "new": Since(2, (8, 14)), "both": (Since(3, last=(8,)), Since(4, (8,)))}
    assert early.one(table) == {"old": 1, "both": 3}
    assert late.one(table) == {"new": 2, "both": 4}
    assert sorted(early.one(Sample(("x", "y"), 2, 5))) == ["x", "y"]
    assert early.one(Several(7, 3, 3)) == [7, 7, 7]
    with pytest.raises(ValueError, match="nothing for"):
        early.one((Since(1, (8,)),))


@pytest.mark.parametrize("version", [(7, 10), (7, 17), (8, 19), (9, 5)])
def test_every_family_draws_in_every_version(version: tuple[int, ...]) -> None:
    found = list(islice(steps(7, version, []), 400))
    assert {step.family for step in found} == set(kinds.round_of(draw(version)))
    assert list(islice(steps(7, version, []), 400)) == found
    json.dumps(found)


def answer(text: str, status: int = 200) -> Answer:
    return Answer(status, text, [])


@pytest.mark.parametrize(
    ("real", "mock", "told"),
    [
        ('{"took":3,"a":[1,2]}', '{"took":9,"a":[1,2]}', None),
        ('{"a":1.0}', '{"a":1.00}', '.a: "1.0" | "1.00"'),
        ('{"a":1,"b":2}', '{"b":2,"a":1}', ': order of keys ["a", "b"] | ["b", "a"]'),
        ('{"a":1}', '{"a":1,"b":2}', ': too many keys ["a"] | ["b"]'),
        ('{"a":[{"b":1}]}', '{"a":[{}]}', ".a[0].b: missing"),
        ('{"a":[1]}', '{"a":[1,2]}', ".a: 1 items | 2"),
        ('{"node":"abcdefghijklmnopqrstuv"}', '{"node":"0123456789abcdefghijkl"}', None),
    ],
)
def test_the_first_difference(real: str, mock: str, told: str | None) -> None:
    assert first_difference(answer(real), answer(mock)) == told


def test_differences_have_causes() -> None:
    assert cause('.hits.hits[3]._score: "1.0" | "2.0"') == cause('.hits.hits[14]._score: "3.0" | "2.0"')
    assert cause(".hits: too many keys") != cause(".hits: order of keys")
    assert first_difference(answer("{}"), answer("{}", 404)) == "status: 200 | 404 {}"


def test_a_server_compares_equal_to_its_like() -> None:
    with Server(version="7.10.2") as one, Server(version="7.10.2") as other, Side(one.url) as real, Side(other.url) as mock:
        for side in (real, mock):
            side.begin(Corpus(3, (7, 10), frozenset()))
        comparison = Comparison(real, real, mock)
        for step in islice(steps(3, (7, 10), []), 60):
            comparison.take(step)
    assert comparison.n_asked > 40
    assert comparison.share == 1.0, "\n".join(comparison.report(1))
