"""Asynchronous searches on the clock.

Evidence: the documentation of async-search (shapes of answers, default of keep_alive); the rest follows from reasoning.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.unverified
BODY = {"query": {"match": {"t": "quick"}}}


@pytest.fixture
def ask(raw: Callable[..., Any]) -> Any:
    found = raw("7.17.29")
    found("PUT /a/_doc/1?refresh", {"t": "quick fox"})
    return found


def test_a_search_that_ends_in_time_is_not_kept(ask: Any) -> None:
    answer = ask.json("POST /a/_async_search", BODY)
    assert "id" not in answer
    assert (answer["is_running"], answer["is_partial"]) == (False, False)
    assert answer["expiration_time_in_millis"] - answer["start_time_in_millis"] == 5 * 24 * 3600 * 1000
    assert [hit["_id"] for hit in answer["response"]["hits"]["hits"]] == ["1"]


def test_a_kept_search_can_be_fetched_asked_after_and_deleted(ask: Any) -> None:
    answer = ask.json("POST /a/_async_search?keep_on_completion=true", BODY)
    name = answer["id"]
    assert list(answer) == ["id", "is_partial", "is_running", "start_time_in_millis", "expiration_time_in_millis", "response"]
    assert ask.json(f"GET /_async_search/{name}") == answer
    status = ask.json(f"GET /_async_search/status/{name}")
    assert (status["completion_status"], status["_shards"]["successful"]) == (200, 1)
    assert ask.json(f"DELETE /_async_search/{name}") == {"acknowledged": True}
    gone = ask(f"GET /_async_search/{name}")
    assert gone.status == 404
    assert b'"type":"resource_not_found_exception"' in gone.body


def test_a_search_that_is_not_waited_for_is_running_first(ask: Any) -> None:
    answer = ask.json("POST /a/_async_search?wait_for_completion_timeout=0s", BODY)
    assert (answer["is_running"], answer["response"]["hits"]["hits"]) == (True, [])
    later = ask.json(f"GET /_async_search/{answer['id']}")
    assert (later["is_running"], later["response"]["hits"]["total"]["value"]) == (False, 1)


def test_kept_searches_expire(raw: Callable[..., Any]) -> None:
    ask = raw("7.17.29")
    ask("PUT /a/_doc/1?refresh", {"t": "quick fox"})
    name = ask.json("POST /a/_async_search?keep_on_completion=true&keep_alive=1m", BODY)["id"]
    ask.server.clock.advance(61)
    assert ask(f"GET /_async_search/{name}").status == 404


def test_what_is_no_id_is_refused(ask: Any) -> None:
    assert ask.json("GET /_async_search/nope")["error"]["reason"] == "invalid id: [nope]"


def test_searches_for_suggestions_alone_are_refused(ask: Any) -> None:
    body = {"suggest": {"s": {"text": "quik", "term": {"field": "t"}}}}
    assert "suggest-only queries are not supported" in ask.json("POST /a/_async_search", body)["error"]["reason"]
