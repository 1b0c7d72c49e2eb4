"""Snapshot policies as the SLM APIs print them. Docs: slm-api-get-policy, slm-api-get-stats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.shape.index import instant

if TYPE_CHECKING:
    from esmock.features.snapshot_lifecycle.policies import Counts, Entry, Invocation, SnapshotLifecycles
    from esmock.version import Behaviour

Json = Any


def entry(one: Entry, behaviour: Behaviour, *, human: bool) -> dict[str, Json]:
    """A policy with its history."""
    out: dict[str, Json] = {
        "version": one.version,
        **_moment("modified_date", one.modified_ms, human=human),
        "policy": one.policy.to_json(),
    }
    if one.success is not None:
        out["last_success"] = _invocation(one.success, behaviour, human=human)
    if one.failure is not None:
        out["last_failure"] = _invocation(one.failure, behaviour, human=human)
    out |= _moment("next_execution", -1 if one.next_ms is None else one.next_ms, human=human)
    out["stats"] = counts(one.policy.id, one.counts)
    return out


def _moment(name: str, millis: int, *, human: bool) -> dict[str, Json]:
    return {**({name: instant(millis)} if human else {}), f"{name}_millis": millis}


def _invocation(one: Invocation, behaviour: Behaviour, *, human: bool) -> dict[str, Json]:
    out: dict[str, Json] = {"snapshot_name": one.snapshot}
    if behaviour.has((7, 16)) and one.failure is None:
        out |= {**({"start_time_string": instant(one.started_ms)} if human else {}), "start_time": one.started_ms}
    out |= {**({"time_string": instant(one.ended_ms)} if human else {}), "time": one.ended_ms}
    return out if one.failure is None else {**out, "details": one.failure}


def counts(policy: str, one: Counts) -> dict[str, Json]:
    """What a policy did."""
    return {
        "policy": policy,
        "snapshots_taken": one.taken,
        "snapshots_failed": one.failed,
        "snapshots_deleted": one.deleted,
        "snapshot_deletion_failures": one.deletion_failures,
    }


def statistics(state: SnapshotLifecycles) -> dict[str, Json]:
    """What all policies did."""
    every = [counts(one.policy.id, one.counts) for one in state.entries.values()]
    total = {
        f"total_{name}": sum(one[name] for one in every)
        for name in ("snapshots_taken", "snapshots_failed", "snapshots_deleted", "snapshot_deletion_failures")
    }
    return {
        "retention_runs": state.retention_runs,
        "retention_failed": 0,
        "retention_timed_out": 0,
        "retention_deletion_time": "0s",
        "retention_deletion_time_millis": 0,
        **total,
        "policy_stats": every,
    }
