"""How scrolls end: what a page tells, and what is let go. Source: asked of 7.10.2."""

import pytest


@pytest.fixture
def ask(raw):
    return raw("7.10.2")


def _books(ask, shards):
    ask("PUT /books", {"settings": {"number_of_shards": shards}})
    for number in range(6):
        ask(f"PUT /books/_doc/{number}?refresh", {"n": number})


def test_a_page_tells_whether_more_documents_than_a_page_are_left(ask):
    _books(ask, 1)
    first = ask.json("POST /books/_search?scroll=1m", {"size": 2, "sort": ["_doc"]})
    assert "terminated_early" not in first
    following = {"scroll": "1m", "scroll_id": first["_scroll_id"]}
    assert [ask.json("POST /_search/scroll", following)["terminated_early"] for _ in range(3)] == [True, False, False]


def test_hits_in_another_order_tell_nothing(ask):
    _books(ask, 1)
    first = ask.json("POST /books/_search?scroll=1m", {"size": 2, "sort": ["n"]})
    assert "terminated_early" not in ask.json("POST /_search/scroll", {"scroll": "1m", "scroll_id": first["_scroll_id"]})


@pytest.mark.parametrize(("shards", "freed"), [(1, 0), (3, 3)])
def test_without_a_time_the_id_is_not_told_and_a_single_shard_let_go(ask, shards, freed):
    _books(ask, shards)
    scroll_id = ask.json("POST /books/_search?scroll=1m", {"size": 2})["_scroll_id"]
    assert "_scroll_id" not in ask.json("POST /_search/scroll", {"scroll_id": scroll_id})
    assert ask.json("DELETE /_search/scroll", {"scroll_id": scroll_id}) == {"succeeded": True, "num_freed": freed}
