"""Scroll ids that name contexts elsewhere, and what is no scroll id. Source: asked of 7.10.2."""

import pytest

ELSEWHERE = "DXF1ZXJ5QW5kRmV0Y2gBAAAAAAAAAD4WYm9laVYtZndUQlNsdDcwakFMNjU1QQ=="
"""An id of the documentation of 7.0: context 62 on the node boeiV-fwTBSlt70jAL655A."""
OF_NONE = "DXF1ZXJ5QW5kRmV0Y2gA"


@pytest.fixture
def ask(raw):
    return raw("7.10.2")


@pytest.mark.parametrize("scroll_id", [ELSEWHERE, ELSEWHERE.rstrip("="), OF_NONE, [ELSEWHERE, OF_NONE]])
def test_nothing_is_freed_elsewhere(ask, scroll_id):
    answer = ask("DELETE /_search/scroll", {"scroll_id": scroll_id})
    assert (answer.status, answer.body) == (404, b'{"succeeded":true,"num_freed":0}')


def test_a_node_that_is_not_there(ask):
    reason = {"type": "illegal_state_exception", "reason": "node [boeiV-fwTBSlt70jAL655A] is not available"}
    assert ask.json("POST /_search/scroll", {"scroll_id": ELSEWHERE}) == {
        "error": {
            "root_cause": [reason],
            "type": "search_phase_execution_exception",
            "reason": "all shards failed",
            "phase": "query",
            "grouped": True,
            "failed_shards": [{"shard": -1, "index": None, "reason": reason}],
        },
        "status": 500,
    }


def test_an_id_of_no_context(ask):
    assert ask.json("POST /_search/scroll", {"scroll_id": OF_NONE}) == {
        "error": {
            "root_cause": [],
            "type": "search_phase_execution_exception",
            "reason": "no nodes to search on",
            "phase": "query",
            "grouped": True,
            "failed_shards": [],
        },
        "status": 503,
    }


@pytest.mark.parametrize(
    ("scroll_id", "kind", "reason"),
    [
        ("abc", "array_index_out_of_bounds_exception", "arraycopy: last source index 106 out of bounds for byte[2]"),
        ("abcd", "array_index_out_of_bounds_exception", "arraycopy: last source index 106 out of bounds for byte[3]"),
        ("Zm9vYmFy", "array_index_out_of_bounds_exception", "arraycopy: last source index 103 out of bounds for byte[6]"),
        ("DXF1ZXJ5QW5kRmV0Y2gB", "array_index_out_of_bounds_exception", "Index 15 out of bounds for length 15"),
        ("A2Zvb0E=", "array_index_out_of_bounds_exception", "Index 5 out of bounds for length 5"),
        ("!!!", "illegal_argument_exception", "Illegal base64 character 21"),
        (ELSEWHERE.rstrip("=") + "AAAA", "illegal_argument_exception", "Not all bytes were read"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_what_is_no_scroll_id(ask, method, scroll_id, kind, reason):
    cannot = {"type": "illegal_argument_exception", "reason": "Cannot parse scroll id"}
    answer = ask.json(f"{method} /_search/scroll", {"scroll_id": scroll_id})
    cause = {"type": kind, "reason": reason}
    assert answer == {"error": {"root_cause": [cannot], **cannot, "caused_by": cause}, "status": 400}


def test_8_19_names_the_nodes_that_are_gone(raw):
    # Source: asked of 8.19.21
    reason = "Search context of type [scroll] references nodes that have left the cluster: [boeiV-fwTBSlt70jAL655A]"
    error = {
        "type": "search_context_missing_nodes_exception",
        "reason": reason,
        "context_type": "scroll",
        "missing_nodes": ["boeiV-fwTBSlt70jAL655A"],
    }
    answer = raw("8.19.21").json("POST /_search/scroll", {"scroll_id": ELSEWHERE})
    assert answer == {"error": {"root_cause": [error], **error}, "status": 404}


@pytest.mark.parametrize(
    ("scroll_id", "kind", "reason"),
    [
        ("abc", "e_o_f_exception", "tried to read: 105 bytes but only 1 remaining"),
        ("DXF1ZXJ5QW5kRmV0Y2gB", "e_o_f_exception", "tried to read: 1 bytes but only 0 remaining"),
        ("A2Zvb0E=", "e_o_f_exception", "tried to read: 65 bytes but only 0 remaining"),
        ("!!!", "illegal_argument_exception", "Illegal base64 character 21"),
    ],
)
def test_what_is_no_scroll_id_of_8_19(raw, scroll_id, kind, reason):
    # Source: asked of 8.19.21
    answer = raw("8.19.21").json("POST /_search/scroll", {"scroll_id": scroll_id})
    assert answer["error"]["caused_by"] == {"type": kind, "reason": reason}


def test_an_own_id_is_read_back(ask):
    ask("PUT /books/_doc/1?refresh", {"n": 1})
    scroll_id = ask.json("POST /books/_search?scroll=1m", {})["_scroll_id"]
    assert ask.json("POST /_search/scroll", {"scroll_id": scroll_id, "scroll": "1m"})["hits"]["total"]["value"] == 1
    assert ask.json("DELETE /_search/scroll", {"scroll_id": scroll_id}) == {"succeeded": True, "num_freed": 1}
    answer = ask.json("POST /_search/scroll", {"scroll_id": scroll_id})
    assert answer["error"]["root_cause"][0]["type"] == "search_context_missing_exception"
