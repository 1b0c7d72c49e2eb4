"""What ES|QL learned from 9.1 to 9.5. Source: the documentation; the makers' csv-spec tests inlinestats and mv_contains.

The makers' answers are of their own documents; what is expected here of others follows from them.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.unverified

ROWS = [("a", 1, "x"), ("a", 2, "y"), ("b", 5, "x"), ("b", 7, "y"), (None, 9, "x")]


HYBRID = "FROM e METADATA _id, _index, _score | FORK (WHERE n < 5 | SORT n DESC) (WHERE n == 2 OR n == 7 | SORT n DESC)"


@pytest.fixture(scope="module")
def nine() -> Any:
    from esmock.server import Server
    from esmock.wire import RawRequest

    server = Server(version="9.5.3")

    def ask(line: str, body: str) -> Any:
        method, _, target = line.partition(" ")
        kind = "application/x-ndjson" if "_bulk" in target else "application/json"
        answer: Any = server.handle(RawRequest(method, target, [("content-type", kind)], body.encode()))
        return json.loads(answer.body)

    ask("PUT /e", json.dumps({"mappings": {"properties": {"g": {"type": "keyword"}, "n": {"type": "integer"}, "t": {"type": "keyword"}}}}))
    docs = [{key: value for key, value in zip("gnt", row, strict=True) if value is not None} for row in ROWS]
    ask("POST /e/_bulk?refresh", "".join(f'{{"index":{{}}}}\n{json.dumps(doc)}\n' for doc in docs))
    return lambda query: ask("POST /_query", json.dumps({"query": query}))


def _table(answer: Any) -> tuple[list[str], list[list[Any]]]:
    return [one["name"] for one in answer["columns"]], answer["values"]


@pytest.mark.parametrize(
    ("query", "names", "rows"),
    [
        # the columns of the groups are moved behind those that are computed
        ("FROM e | KEEP g, n | INLINE STATS m = MAX(n) BY g | SORT n", ["n", "m", "g"],
         [[1, 2, "a"], [2, 2, "a"], [5, 7, "b"], [7, 7, "b"], [9, 9, None]]),
        ("FROM e | KEEP n, g | INLINE STATS m = MAX(n) | WHERE m == n", ["n", "g", "m"], [[9, None, 9]]),
        ("FROM e | KEEP n | INLINE STATS a = AVG(n) WHERE n < 5, b = AVG(n) WHERE n >= 5 | SORT n | LIMIT 1", ["n", "a", "b"], [[1, 1.5, 7.0]]),
        ("FROM e | KEEP n | INLINE STATS n = MAX(n)", ["n"], [[9]] * 5),
        ("FROM e | SORT n | LIMIT 1 BY g | KEEP g, n", ["g", "n"], [["a", 1], ["b", 5], [None, 9]]),
        ("FROM e | SORT n DESC | LIMIT 1 BY t | KEEP t, n", ["t", "n"], [["x", 9], ["y", 7]]),
        ("FROM e | FORK (WHERE n == 1 | KEEP n, g) (STATS c = COUNT(*)) | SORT _fork", ["n", "g", "_fork", "c"],
         [[1, "a", "fork1", None], [None, None, "fork2", 5]]),
        ('FROM e | FORK (WHERE t == ")" OR n == 2) (WHERE n > 5 | SORT n DESC | LIMIT 1) | KEEP n, _fork | SORT _fork', ["n", "_fork"],
         [[2, "fork1"], [9, "fork2"]]),
        (f"{HYBRID} | FUSE | SORT _score DESC, t | KEEP _score, t, _fork", ["_score", "t", "_fork"],
         [[1 / 61 + 1 / 62, "y", ["fork1", "fork2"]], [1 / 61, "y", "fork2"], [1 / 62, "x", "fork1"]]),
        (f'{HYBRID} | FUSE RRF WITH {{"rank_constant": 9, "weights": {{"fork2": 0.5}}}} | SORT _score DESC, t | KEEP _score, t',
         ["_score", "t"], [[1 / 10 + 0.5 / 11, "y"], [1 / 11, "x"], [0.05, "y"]]),
        (f'{HYBRID} | EVAL s = n, k = _id | FUSE linear SCORE BY s KEY BY k WITH {{"normalizer": "minmax"}} | SORT s DESC, n | KEEP s, n',
         ["s", "n"], [[1.0, 2], [1.0, 7], [0.0, 1]]),
        ("FROM e | STATS f = FIRST(t, n), l = LAST(t, n) BY g | SORT g", ["f", "l", "g"], [["x", "y", "a"], ["x", "y", "b"], ["x", "x", None]]),
        ("FROM e | WHERE n == 9 | STATS p = PRESENT(g), a = ABSENT(g), q = PRESENT(t)", ["p", "a", "q"], [[False, True, True]]),
        ("ROW a = 1, b = a + 1", ["a", "b"], [[1, 2]]),
        ('ROW a = CONTAINS("hello", "ell"), b = CONTAINS("hello", "x")', ["a", "b"], [[True, False]]),
        ('ROW s = ["a", "b", "c"] | EVAL x = MV_CONTAINS(s, "a"), y = MV_CONTAINS(s, NULL), z = MV_CONTAINS(s, ["a", "d"]) | KEEP x, y, z',
         ["x", "y", "z"], [[True, True, False]]),
        ("ROW a = MV_INTERSECTION([1, 2, 3], [3, 2, 9]), b = MV_INTERSECTION([1], [2])", ["a", "b"], [[[2, 3], None]]),
        ("ROW a = MV_INTERSECTS([1, 2], [2, 3]), b = MV_INTERSECTS([1], [2])", ["a", "b"], [[True, False]]),
        ("ROW a = MV_UNION([1, 2], [2, 3]), b = MV_DIFFERENCE([1, 2, 3], [2]), c = MV_DIFFERENCE([1, 2], NULL)", ["a", "b", "c"],
         [[[1, 2, 3], [1, 3], [1, 2]]]),
        ('ROW u = "a b/~*" | EVAL e = URL_ENCODE(u), c = URL_ENCODE_COMPONENT(u), d = URL_DECODE("a+b%2F") | KEEP e, c, d', ["e", "c", "d"],
         [["a+b%2F~%2A", "a%20b%2F~%2A", "a b/"]]),
        ('ROW d = "2026-11-29"::datetime | EVAL w = DAY_NAME(d), m = MONTH_NAME(d) | KEEP w, m', ["w", "m"], [["Sunday", "November"]]),
    ],
)  # fmt: skip
def test_answers(nine: Any, query: str, names: list[str], rows: list[list[Any]]) -> None:
    assert _table(nine(query)) == (names, rows)


@pytest.mark.parametrize(
    "query",
    [
        "FROM e | FUSE", "FROM e METADATA _id, _index, _score | FORK (WHERE n == 1) (WHERE n == 2) | FUSE other",
        "TS e", "PROMQL e", 'SET time_zone = "UTC"; ROW a = 1', "FROM e | SORT n | INLINE STATS m = MAX(n)",
        "FROM e | FORK (WHERE true)", "FROM e | STATS m = SPARKLINE(n)", "ROW a = [1, 2] | LIMIT 1 BY a", 'ROW a = URL_DECODE("%zz")',
        "FROM e | FORK (EVAL n = 1.5) (WHERE true)",
    ],
)  # fmt: skip
def test_what_is_not_built_says_so(nine: Any, query: str) -> None:
    assert nine(query)["status"] == 501


def test_branches_score_for_themselves(nine: Any) -> None:
    branch = '(WHERE match(t, "x") | SORT _score DESC | LIMIT 1)'
    one, other = nine(f"FROM e METADATA _score | FORK {branch} {branch} | KEEP _score")["values"]
    assert one == other
    assert one[0] > 0


def test_positions_within_a_branch(nine: Any) -> None:
    assert nine("FROM e\n| FORK (WHERE n == 1)\n (WHERE nope == 1)")["error"]["reason"] == "Found 1 problem\nline 3:9: Unknown column [nope]"


@pytest.mark.parametrize(
    "query",
    ["FROM e | FORK (WHERE true) (WHERE true)", "FROM e | INLINE STATS MAX(n)", "ROW a = 1 | LIMIT 1 BY a", 'ROW a = CONTAINS("a", "b")', "TS e"],
)
def test_eight_knows_none_of_it(raw: Any, query: str) -> None:
    ask = raw("8.19.21")
    ask("PUT /e", {"mappings": {"properties": {"n": {"type": "integer"}}}})
    assert ask("POST /_query", {"query": query}).status == 400
