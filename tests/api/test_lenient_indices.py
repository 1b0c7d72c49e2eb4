"""APIs that pass over indices which are not there. Source: asked of 7.10.2."""

import pytest


@pytest.fixture
def ask(raw):
    made = raw("7.10.2")
    made("PUT /shut")
    made("POST /shut/_close")
    made("PUT /.hid", {"settings": {"index.hidden": True}})
    return made


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ("foo,bar", []),
        ("sh*", []),
        ("shut,foo", ["shut"]),
        ("*", []),
        ("_all", [".hid", "shut"]),
        ("s*?expand_wildcards=closed", ["shut"]),
    ],
)
def test_the_cluster_state_of_indices(ask, names, found):
    state = ask.json(f"GET /_cluster/state/metadata/{names}")
    assert sorted(state["metadata"]["indices"]) == found


@pytest.mark.parametrize("names", ["foo?ignore_unavailable=false", "foo*?allow_no_indices=false"])
def test_unless_told_otherwise(ask, names):
    assert ask.json(f"GET /_cluster/state/metadata/{names}")["error"]["type"] == "index_not_found_exception"
    assert ask.json(f"POST /{names.replace('?', '/_flush/synced?')}")["error"]["type"] == "index_not_found_exception"


def test_synced_flush(ask):
    nothing = {"_shards": {"total": 0, "successful": 0, "failed": 0}}
    for names in ("/foo", "/sh*", ""):
        assert ask.json(f"POST {names}/_flush/synced") == nothing
    answer = ask("POST /shut,.hid/_flush/synced")
    assert answer.status == 409
    assert ask.json("POST /shut,.hid/_flush/synced") == {
        "_shards": {"total": 4, "successful": 1, "failed": 2},
        "shut": {"total": 2, "successful": 0, "failed": 2, "failures": [{"shard": 0, "reason": "closed"}]},
        ".hid": {"total": 2, "successful": 1, "failed": 0},
    }


def test_a_primary_that_no_node_may_hold(ask):
    ask("PUT /idx?timeout=1s", {"settings": {"index.routing.allocation.include._name": "nope"}})
    copies = ask.json("GET /_cluster/state/routing_table/idx")["routing_table"]["indices"]["idx"]["shards"]["0"]
    assert [one["unassigned_info"]["allocation_status"] for one in copies] == ["deciders_no", "no_attempt"]
    told = ask.json("GET /_cluster/allocation/explain", {"index": "idx", "shard": 0, "primary": True})
    assert told["unassigned_info"]["last_allocation_status"] == "no"
