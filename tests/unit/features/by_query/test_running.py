"""Jobs that nobody waits for. Source: answers of 7.10.2 to the same requests; the clock stands still here."""

from __future__ import annotations

import pytest

LINES = "".join(f'{{"index":{{"_id":"{n}"}}}}\n{{"n":{n}}}\n' for n in range(1, 9))


@pytest.fixture
def ask(raw):
    ask = raw("7.10.2", frozen_at_ms=1_700_000_000_000)
    ask("PUT /s", {"settings": {"number_of_shards": 2}})
    ask("POST /s/_bulk?refresh", LINES)
    return ask


def _status(ask, task):
    return ask.json(f"GET /_tasks/{task}")["task"]["status"]


def test_a_limited_job_goes_on_batch_by_batch(ask):
    body = {"source": {"index": "s", "size": 2}, "dest": {"index": "t"}}
    task = ask.json("POST /_reindex?wait_for_completion=false&requests_per_second=1", body)["task"]
    found = ask.json(f"GET /_tasks/{task}")
    status = found["task"]["status"]
    assert (found["completed"], status["created"], status["batches"]) == (False, 2, 1)
    assert (status["throttled_millis"], status["throttled_until_millis"]) == (0, 2000)
    ask.server.clock.advance(3)
    status = _status(ask, task)
    assert (status["created"], status["throttled_millis"], status["throttled_until_millis"]) == (4, 2000, 1000)
    ask.server.clock.advance(5)
    found = ask.json(f"GET /_tasks/{task}")
    assert (found["completed"], found["response"]["created"], found["response"]["took"]) == (True, 8, 8000)
    assert found["response"]["throttled"] == "8s"
    assert ask.json(f"GET /.tasks/_doc/{task}")["_source"] == found


def test_slices_are_children(ask):
    path = "POST /s/_update_by_query?wait_for_completion=false&requests_per_second=1&slices=2&scroll_size=1"
    task = ask.json(path)["task"]
    assert _status(ask, task)["slices"] == [None, None]
    grouped = ask.json("GET /_tasks?actions=*byquery&group_by=parents")["tasks"]
    assert [len(one["children"]) for one in grouped.values()] == [2]
    assert task in grouped
    assert f"{task} " in ask("GET /_cat/tasks?actions=*byquery").body.decode()
    ask(f"POST /_update_by_query/{task}/_rethrottle?requests_per_second=-1")
    found = ask.json(f"GET /_tasks/{task}")
    assert (found["completed"], found["response"]["updated"]) == (True, 8)
    assert [one["updated"] for one in found["response"]["slices"]] == [6, 2]


def test_a_lower_rate_holds_from_the_next_batch_on(ask):
    task = ask.json("POST /s/_update_by_query?wait_for_completion=false&requests_per_second=4&scroll_size=4")["task"]
    answer = ask.json(f"POST /_reindex/{task}/_rethrottle?requests_per_second=1")
    (node,) = answer["nodes"].values()
    assert node["tasks"][task]["status"]["requests_per_second"] == 1.0
    ask.server.clock.advance(1)
    status = _status(ask, task)
    assert (status["updated"], status["throttled_until_millis"]) == (8, 4000)


def test_cancelling(ask):
    body = {"query": {"match_all": {}}}
    path = "POST /s/_delete_by_query?wait_for_completion=false&requests_per_second=2&scroll_size=2"
    task = ask.json(path, body)["task"]
    (node,) = ask.json("POST /_tasks/_cancel?actions=*byquery")["nodes"].values()
    assert list(node["tasks"]) == [task]
    found = ask.json(f"GET /_tasks/{task}?wait_for_completion=true")
    assert (found["completed"], found["response"]["deleted"], found["response"]["canceled"]) == (True, 2, "by user request")
    ask.server.clock.advance(60)
    assert ask.json("GET /s/_count")["count"] == 6
    again = ask.json(f"POST /_tasks/{task}/_cancel")
    assert again["node_failures"][0]["caused_by"]["reason"] == f"task [{task}] is not found"


def test_an_error_of_the_script_is_left_with_the_task(ask):
    task = ask.json("POST /s/_update_by_query?wait_for_completion=false", {"script": "ctx.x.y = 1"})["task"]
    found = ask.json(f"GET /_tasks/{task}")
    assert (found["completed"], found["error"]["type"]) == (True, "script_exception")
    assert found["task"]["description"] == (
        "update-by-query [s] updated with Script{type=inline, lang='painless', idOrCode='ctx.x.y = 1', options={}, params={}}"
    )
    assert found["task"]["status"]["total"] == 8


