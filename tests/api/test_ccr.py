"""Replication of a cluster that has no other. Evidence: answers of 6.8.23 with a trial licence."""

from __future__ import annotations

import json
from typing import Any

import pytest


@pytest.fixture(params=["7.10.2", "9.5.3"])
def ask(request: Any, raw: Any) -> Any:
    found = raw(request.param)
    found("PUT /plain", {"settings": {"number_of_shards": 2}})
    return found


@pytest.mark.parametrize(
    ("line", "body", "status", "reason"),
    [
        ("GET /nope/_ccr/info", None, 404, "no such index [nope]"),
        ("GET /_ccr/auto_follow/x", None, 404, "auto-follow pattern [x] is missing"),
        ("DELETE /_ccr/auto_follow/x", None, 404, "auto-follow pattern [x] is missing"),
        ("PUT /_ccr/auto_follow/x", {"remote_cluster": "r", "leader_index_patterns": ["a*"]}, 404, "no such remote cluster: [r]"),
        ("PUT /_ccr/auto_follow/x", {"leader_index_patterns": ["a*"]}, 400, "Validation Failed: 1: [remote_cluster] is missing;"),
        ("PUT /f/_ccr/follow", {"remote_cluster": "r", "leader_index": "l"}, 404, "no such remote cluster: [r]"),
        ("PUT /f/_ccr/follow", {"leader_index": "l"}, 400, "Validation Failed: 1: remote_cluster is missing;"),
        ("POST /plain/_ccr/resume_follow", None, 400, "follow index [plain] does not have ccr metadata"),
        ("POST /plain/_ccr/unfollow", None, 400, "index [plain] is not a follower index"),
        ("POST /nope/_ccr/unfollow", None, 404, "no such index [nope]"),
        ("GET /plain/_ccr/stats", None, 404, "No shard follow tasks for follower indices [plain]"),
    ],
)
def test_nothing_follows(ask: Any, line: str, body: Any, status: int, reason: str) -> None:
    answer = ask(line, body)
    assert (answer.status, json.loads(answer.body)["error"]["reason"]) == (status, reason)


def test_what_is_there_is_empty(ask: Any) -> None:
    assert ask.json("GET /_ccr/auto_follow") == {"patterns": []}
    assert ask.json("GET /plain/_ccr/info") == {"follower_indices": []}
    assert ask.json("GET /_ccr/stats")["follow_stats"] == {"indices": []}
