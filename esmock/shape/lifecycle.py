"""Where an index stands in its lifecycle, as ``GET INDEX/_ilm/explain`` tells it.

Source: answers of 6.8.23; what 7.10 and 8.x add follows docs page ilm-explain-lifecycle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.features.lifecycle.lifecycles import ERROR, POLICY, SKIP, lifecycles
from esmock.shape.index import instant
from esmock.xcontent.units import TimeValue

if TYPE_CHECKING:
    from esmock.features.lifecycle.lifecycles import Standing
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.version import Behaviour

Json = Any


def explain(cluster: Cluster, index: Index, *, human: bool) -> dict[str, Json]:
    """The entry of an index."""
    policy = index.settings.get(POLICY)
    out: dict[str, Json] = {"index": index.name, "managed": policy is not None}
    if policy is None:
        return out
    behaviour = cluster.behaviour
    now = cluster.clock.now_ms()
    state = lifecycles(cluster)
    out["policy"] = policy
    if behaviour.has((8, 1)):
        out |= _moment("index_creation_date", index.created_ms, human=human)
        out["time_since_index_creation"] = _age(now - index.created_ms)
    standing = state.standing(index)
    if standing is not None:
        out |= _standing(standing, now, behaviour, human=human)
    elif policy not in state.policies:
        out["step_info"] = {"type": "illegal_argument_exception", "reason": f"policy [{policy}] does not exist"}
    if behaviour.has((8, 19)):
        out["skip"] = index.settings.get(SKIP) == "true"
    return out


def _standing(standing: Standing, now: int, behaviour: Behaviour, *, human: bool) -> dict[str, Json]:
    out = _moment("lifecycle_date", standing.since_ms, human=human)
    out["age"] = _age(now - standing.since_ms)
    out["phase"] = standing.phase.name
    out |= _moment("phase_time", standing.phase_ms, human=human)
    out["action"] = standing.action
    out |= _moment("action_time", standing.action_ms, human=human)
    out["step"] = standing.step
    out |= _moment("step_time", standing.step_ms, human=human)
    if standing.step == ERROR:
        out |= _failure(standing, behaviour)
    if standing.phase.name != "new":
        out["phase_execution"] = {
            "policy": standing.policy,
            "phase_definition": standing.phase.to_json(),
            "version": standing.version,
            **_moment("modified_date", standing.modified_ms, human=human, suffix="_in_millis"),
        }
    return out


def _failure(standing: Standing, behaviour: Behaviour) -> dict[str, Json]:
    error = standing.error
    info = {} if error is None else error.body()["error"]["root_cause"][0]
    return {
        "failed_step": standing.failed_step,
        "is_auto_retryable_error": True,
        "failed_step_retry_count": standing.retries,
        "step_info": info,
    }


def _moment(name: str, millis: int, *, human: bool, suffix: str = "_millis") -> dict[str, Json]:
    return {**({name: instant(millis)} if human else {}), f"{name}{suffix}": millis}


def _age(millis: int) -> str:
    return TimeValue(max(0, millis)).human(2)
