"""Ready-made troubles: several faults that come together in real clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Json = Any
_SEARCHES = ["search", "count", "msearch"]
_WRITES = ["index", "create", "update", "delete", "bulk"]


@dataclass(frozen=True, slots=True)
class Scenario:
    """Faults that are installed together and released together."""

    name: str
    summary: str
    faults: tuple[Json, ...]


SCENARIOS = (
    Scenario(
        "overloaded",
        "too much work: every third request finds a full queue, the others are slow, some trip a breaker",
        (
            {"fault": "queue_full", "when": {"every": 3}},
            {"fault": "circuit_breaker", "when": {"probability": 0.1}},
            {"fault": "delay", "seconds": 0.02, "jitter": 0.05},
        ),
    ),
    Scenario(
        "rolling_restart",
        "nodes go and come: connections break, shards are missing for a while, the cluster is yellow",
        (
            {"fault": "reset", "when": {"every": 4, "first": 5}},
            {"fault": "no_shard", "match": {"endpoint": _SEARCHES}, "when": {"every": 5, "first": 2}},
            {"fault": "health", "status": "yellow", "when": {"first": 5}},
        ),
    ),
    Scenario(
        "split_brain",
        "this side of the network has no master: reads are stale and go on, writes and administration are refused",
        ({"fault": "no_master"}, {"fault": "health", "status": "red"}),
    ),
    Scenario(
        "disk_full",
        "the disk is beyond the flood stage: reads go on, writes are refused",
        ({"fault": "flood_stage"},),
    ),
    Scenario(
        "starting_up",
        "the cluster has just been started: first nothing listens to reason, then shards are missing",
        (
            {"fault": "not_recovered", "when": {"first": 3}},
            {"fault": "no_shard", "when": {"first": 3}},
        ),
    ),
    Scenario(
        "flaky_network",
        "connections break, hang for a moment, lose answers",
        (
            {"fault": "reset", "when": {"probability": 0.1, "seed": 1}},
            {"fault": "lost_answer", "when": {"probability": 0.05, "seed": 2}},
            {"fault": "delay", "seconds": 0.05, "jitter": 0.2, "when": {"probability": 0.3, "seed": 3}},
        ),
    ),
    Scenario(
        "noisy_neighbour",
        "somebody else writes the same documents: every other write of a document conflicts",
        (
            {"fault": "version_conflict", "when": {"every": 2}},
            {"fault": "bulk_items", "error": "conflict", "every": 2},
        ),
    ),
    Scenario(
        "behind_a_proxy",
        "a load balancer in front gives up: now and then it answers itself",
        ({"fault": "gateway", "status": 504, "when": {"every": 3}}, {"fault": "gateway", "status": 502, "when": {"every": 7}}),
    ),
    Scenario(
        "half_the_shards",
        "the first shard of every index is gone: searches answer in part",
        ({"fault": "shard_failures", "shards": [0], "error": "unassigned"},),
    ),
    Scenario(
        "credentials_expired",
        "the password was changed: everything is 401",
        ({"fault": "unauthorized", "user": "elastic"},),
    ),
)
