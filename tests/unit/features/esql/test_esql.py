"""What surrounds the values of a query: warnings, formats, parameters, filters, answers fetched later.

Source: answers of 8.19.21 to these requests.
"""

from __future__ import annotations

import json

import pytest

ROW = "ROW a = 1.5, b = \"x,y\", c = true, d = null, e = [\"p\", \"q\"] | LIMIT 1"


@pytest.fixture
def ask(raw):
    asked = raw("8.19.21")
    asked("PUT /t", {"mappings": {"properties": {"k": {"type": "keyword"}, "n": {"type": "integer"}, "t": {"type": "text"}}}})
    for at, doc in enumerate([{"k": "a", "n": [1, 2], "t": "quick fox"}, {"k": "b", "n": 3, "t": "lazy dog"}, {"k": ["a", "b"]}]):
        asked(f"PUT /t/_doc/{at}?refresh", doc)
    return asked


def values(answer):
    assert answer.status == 200, answer.body
    return json.loads(answer.body)["values"]


def told(answer):
    return [value.split('"', 1)[1][:-1].replace('\\"', '"') for name, value in answer.headers if name == "Warning"]


def reason(answer):
    return answer.status, json.loads(answer.body)["error"]["reason"]


def query(ask, text, **more):
    return ask("POST /_query", {"query": text, **more})


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ("ROW a = 1", ["No limit defined, adding default limit of [1000]"]),
        ("ROW a = 1 | LIMIT 5", []),
        (
            "ROW a = 2147483647 | EVAL b = a + 1 | LIMIT 1",
            [
                "Line 1:31: evaluation of [a + 1] failed, treating result as null. Only first 20 failures recorded.",
                "Line 1:31: java.lang.ArithmeticException: integer overflow",
            ],
        ),
        (
            "FROM t | EVAL x = n + 1 | KEEP x | LIMIT 3",
            [
                "Line 1:19: evaluation of [n + 1] failed, treating result as null. Only first 20 failures recorded.",
                "Line 1:19: java.lang.IllegalArgumentException: single-value function encountered multi-value",
            ],
        ),
        ("FROM t | EVAL x = n + 1 | KEEP k | LIMIT 3", []),
        ("FROM t | WHERE k == \"zz\" | KEEP k | LIMIT 3", []),
        (
            "FROM t | STATS x = max(n), x = min(n) | LIMIT 1",
            ["Line 1:16: Field 'x' shadowed by field at line 1:28"],
        ),
    ],
)  # fmt: skip
def test_warnings(ask, text, warnings):
    assert told(query(ask, text)) == warnings


@pytest.mark.parametrize(
    ("path", "kind", "body"),
    [
        ("?format=csv", "text/csv; charset=utf-8; header=present", 'a,b,c,d,e\r\n1.5,"x,y",true,,"[p, q]"\r\n'),
        ("?format=csv&delimiter=%3B", "text/csv; charset=utf-8; header=present", "a;b;c;d;e\r\n1.5;x,y;true;;[p, q]\r\n"),
        ("?format=tsv", "text/tab-separated-values; charset=utf-8", "a\tb\tc\td\te\n1.5\tx,y\ttrue\t\t[p, q]\n"),
        (
            "?format=txt",
            "text/plain",
            "       a       |       b       |       c       |       d       |       e       \n"
            "---------------+---------------+---------------+---------------+---------------\n"
            "1.5            |x,y            |true           |null           |[p, q]         \n",
        ),
    ],
)
def test_texts(ask, path, kind, body):
    answer = ask(f"POST /_query{path}", {"query": ROW})
    assert dict(answer.headers)["content-type"] == kind
    assert answer.body.decode() == body


def test_trees(ask):
    columns = [{"name": "a", "type": "integer"}, {"name": "b", "type": "null"}]
    found = ask.json("POST /_query?drop_null_columns", {"query": "ROW a = 1, b = null | LIMIT 1"})
    assert (found["all_columns"], found["columns"], found["values"]) == (columns, columns[:1], [[1]])
    by_column = ask.json("POST /_query", {"query": "FROM t | KEEP k, n | LIMIT 2", "columnar": True})
    assert by_column["values"] == [["a", "b"], [[1, 2], 3]]
    assert list(by_column) == ["documents_found", "values_loaded", "took", "is_partial", "columns", "values"]
    assert ask("POST /_query?format=yaml", {"query": "ROW a = 1 | LIMIT 1"}).body.startswith(b"---\n")


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("?format=foo", "Invalid request content type: Accept=[null], Content-Type=[application/json], format=[foo]"),
        ("?delimiter=%3B", "parameter: [delimiter] can only be used with the format [csv] for request [/_query]"),
        ("?format=csv&delimiter=", "invalid empty delimiter []"),
    ],
)
def test_formats_that_are_none(ask, path, why):
    assert reason(ask(f"POST /_query{path}", {"query": "ROW a = 1"})) == (400, why)


def test_parameters(ask):
    assert values(query(ask, "ROW a = ?, b = ?2, c = ? | LIMIT 1", params=[1, "x"])) == [[1, "x", "x"]]
    assert values(query(ask, "ROW a = ?x, b = ?x | LIMIT 1", params=[{"x": 5000000000}])) == [[5000000000] * 2]
    assert values(query(ask, "FROM t | STATS c = ??f(??n) | LIMIT 1", params=[{"f": "count"}, {"n": "k"}])) == [[4]]
    assert values(query(ask, "FROM t | KEEP ?x | LIMIT 1", params=[{"x": {"identifier": "k"}}])) == [["a"]]
    assert reason(query(ask, "ROW a = ?, b = ?", params=[1])) == (400, "line 1:16: Not enough actual parameters 1")
    assert reason(query(ask, "ROW a=?3", params=[1])) == (400, "line 1:7: No parameter is defined for position 3, did you mean position 1?")
    assert reason(query(ask, "ROW a=?x", params=[{"y": 1}])) == (400, "line 1:7: Unknown query parameter [x]")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({}, "Validation Failed: 1: [query] is required;"),
        ({"query": 1}, "[1:11] [esql/query] query doesn't support values of type: VALUE_NUMBER"),
        ({"query": "ROW a=1", "foo": 1}, "[1:22] [esql/query] unknown field [foo]"),
        ({"query": "ROW a=1", "keep_on_completion": True}, "[1:22] [esql/query] unknown field [keep_on_completion]"),
    ],
)
def test_bodies_that_are_none(ask, body, why):
    assert reason(ask("POST /_query", json.dumps(body))) == (400, why)


def test_a_filter_and_functions_of_search(ask):
    kept = "FROM t | KEEP k | SORT k"
    assert values(query(ask, kept, filter={"term": {"k": "a"}})) == [["a"], [["a", "b"]]]
    assert ask("POST /_query", {"query": kept, "filter": {"foo": {}}}).status == 400
    for condition in ('match(t, "fox")', 't:"fox"', 'qstr("t:fox")', 'match_phrase(t, "quick fox")'):
        assert values(query(ask, f"FROM t METADATA _score | WHERE {condition} | KEEP k, _score | LIMIT 9"))[0][0] == "a"
    scored = values(query(ask, 'FROM t METADATA _id, _score | WHERE t:"fox" | KEEP _id, _score | LIMIT 9'))
    assert scored == [["0", pytest.approx(0.6931471824645996)]]


def test_documents_beside_rows(ask):
    ask("PUT /names", {"settings": {"index.mode": "lookup"}, "mappings": {"properties": {"k": {"type": "keyword"}, "name": {"type": "keyword"}}}})
    ask("PUT /names/_doc/1?refresh", {"k": "a", "name": "Ann"})
    ask("PUT /names/_doc/2?refresh", {"k": "a", "name": "Abe"})
    found = values(query(ask, "FROM t | WHERE n IS NOT NULL | LOOKUP JOIN names ON k | KEEP k, name | SORT k, name"))
    assert found == [["a", "Abe"], ["a", "Ann"], ["b", None]]
    assert reason(query(ask, "FROM t | LOOKUP JOIN nope ON k"))[1] == "Found 1 problem\nline 1:22: Unknown index [nope]"


def test_answers_are_fetched_later(ask):
    at_once = ask("POST /_query/async", {"query": "ROW a = 1 | LIMIT 1"})
    assert (values(at_once), "id" in json.loads(at_once.body)) == ([[1]], False)
    kept = ask("POST /_query/async", {"query": "ROW a = 1 | LIMIT 1", "keep_on_completion": True, "keep_alive": "1d"})
    query_id = json.loads(kept.body)["id"]
    assert dict(kept.headers)["X-Elasticsearch-Async-Id"] == query_id
    for path in (f"GET /_query/async/{query_id}", f"POST /_query/async/{query_id}/stop"):
        assert values(ask(path)) == [[1]]
    running = ask.json("POST /_query/async", {"query": "ROW a = 1 | LIMIT 1", "wait_for_completion_timeout": "0s"})
    assert (running["is_running"], running["values"]) == (True, [])
    assert ask.json(f"GET /_query/async/{running['id']}")["values"] == [[1]]
    assert ask.json(f"DELETE /_query/async/{query_id}") == {"acknowledged": True}
    assert reason(ask(f"GET /_query/async/{query_id}")) == (404, query_id)
    assert reason(ask("GET /_query/async/foo")) == (400, "invalid id: [foo]")


@pytest.mark.parametrize(
    "text", ["FROM t | CHANGE_POINT n", "FROM t | STATS x = categorize(k)", 'ROW a = 1 | EVAL b = to_geoshape("POINT(1 2)")']
)
def test_what_is_not_built_says_so(ask, text):
    assert query(ask, text).status == 501
    assert query(ask, "ROW a = 1", profile=True).status == 501


def test_fields_of_several_indices(ask):
    ask("PUT /u", {"mappings": {"properties": {"k": {"type": "long"}, "extra": {"type": "keyword"}}}})
    ask("PUT /u/_doc/1?refresh", {"k": 7, "extra": "e"})
    assert reason(query(ask, "FROM t,u | WHERE k == 1"))[1] == (
        "Found 1 problem\nline 1:18: Cannot use field [k] due to ambiguities being mapped as [2] incompatible types: "
        "[keyword] in [t], [long] in [u]"
    )
    found = ask.json("POST /_query", {"query": "FROM t,u METADATA _index | KEEP _index, k, extra | SORT _index | LIMIT 4"})
    assert found["columns"][1] == {"name": "k", "type": "unsupported", "original_types": ["keyword", "long"]}
    assert found["values"][3] == ["u", None, "e"]


@pytest.mark.unverified
def test_an_index_that_one_may_not_read_is_not_there(raw):
    asked = raw("8.19.21", security=True)
    root = {"authorization": "Basic ZWxhc3RpYzpjaGFuZ2VtZQ=="}
    for name in ("mine", "other"):
        asked(f"PUT /{name}/_doc/1?refresh", {"a": 1}, root)
    asked("PUT /_security/role/r", {"indices": [{"names": ["mine"], "privileges": ["read"]}]}, root)
    asked("PUT /_security/user/u", {"password": "secret1", "roles": ["r"]}, root)
    user = {"authorization": "Basic dTpzZWNyZXQx"}
    assert values(asked("POST /_query", {"query": "FROM mine | KEEP a"}, user)) == [[1]]
    assert values(asked("POST /_query", {"query": "FROM * | KEEP a"}, user)) == [[1]]
    answer = asked("POST /_query", {"query": "FROM other"}, user)
    assert reason(answer) == (400, "Found 1 problem\nline 1:1: Unknown index [other]")


def test_a_kept_answer_is_told_in_the_format_that_is_asked_for(raw):
    """Asked of 8.19.21: columns without values may be left out then, and what was warned of is warned of again."""
    ask = raw("8.19.21")
    sent = {"query": "ROW a = 1, b = null", "keep_on_completion": True}
    path = f"/_query/async/{ask.json('POST /_query/async', sent)['id']}"
    told = ask(f"GET {path}?format=csv")
    assert (told.status, told.body.decode().splitlines()) == (200, ["a,b", "1,"])
    headers = dict(told.headers)
    assert headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert any("No limit defined" in value for name, value in told.headers if name.lower() == "warning")
    assert ask(f"POST {path}/stop?format=csv").body == told.body
    assert ask(f"GET {path}?format=tsv&drop_null_columns=true").body.decode().splitlines() == ["a", "1"]
    tree = ask.json(f"GET {path}?drop_null_columns=true")
    assert ([one["name"] for one in tree["columns"]], tree["values"], len(tree["all_columns"])) == (["a"], [[1]], 2)
    assert ask.json(f"GET {path}?format=foo")["values"] == [[1, None]]
    assert reason(ask(f"GET {path}?delimiter=x")) == (
        400,
        f"parameter: [delimiter] can only be used with the format [csv] for request [{path}]",
    )
