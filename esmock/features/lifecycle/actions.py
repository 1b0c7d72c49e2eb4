"""What the actions of a lifecycle do to an index.

Source: docs page ilm-actions; the rollover's steps and errors: answers of 6.8.23.
Differs: actions that are not built leave the index in the step ``ERROR`` with an ``unsupported`` that names them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, Unsupported
from esmock.state import admin
from esmock.state.data_streams import TIER, stream_of
from esmock.state.rollover import rollover
from esmock.state.rollover_conditions import Condition

if TYPE_CHECKING:
    from esmock.features.lifecycle.policy import Phase
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

Json = Any
_ALIAS = "index.lifecycle.rollover_alias"
_COMPLETE = "index.lifecycle.indexing_complete"
_TIERS = {"hot": "data_hot", "warm": "data_warm,data_hot", "cold": "data_cold,data_warm,data_hot"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an action.

    Args:
        is_done: otherwise it waits for something.
        rolled_ms: when the index was rolled over: its age starts anew.
    """

    is_done: bool = True
    rolled_ms: int | None = None


DONE = Outcome()
WAITS = Outcome(is_done=False)


def _roll_over(cluster: Cluster, index: Index, phase: Phase) -> Outcome:
    if index.settings.get(_COMPLETE) == "true":
        return DONE
    stream = stream_of(cluster, index.name)
    target = index.settings.get(_ALIAS) if stream is None else stream.name
    if not target:
        raise IllegalArgument(f"setting [{_ALIAS}] for index [{index.name}] is empty or not defined")
    if stream is None and target not in index.aliases:
        raise IllegalArgument(
            f"index.lifecycle.rollover_alias [{target}] does not point to index [{index.name}]"
        )
    if stream is not None and stream.write_index != index.name:
        return DONE
    conditions = list(phase.conditions)
    if cluster.behaviour.has((8, 4)) and not any(one.name == "min_docs" for one in conditions):
        conditions.append(Condition("min_docs", "1", 1))
    done = rollover(
        cluster, target, None, {}, conditions, dry_run=False, active_shards=None, warn=lambda text: None
    )
    if not done.rolled_over:
        return WAITS
    index.change_settings({**index.settings, _COMPLETE: "true"})
    return Outcome(rolled_ms=cluster.clock.now_ms())


def _delete(cluster: Cluster, index: Index, phase: Phase) -> Outcome:
    admin.delete(cluster, [index])
    return DONE


def _set_priority(cluster: Cluster, index: Index, phase: Phase) -> Outcome:
    priority = phase.actions["set_priority"]["priority"]
    _set(cluster, index, {"index.priority": None if priority is None else str(priority)})
    return DONE


def _read_only(cluster: Cluster, index: Index, phase: Phase) -> Outcome:
    _set(cluster, index, {"index.blocks.write": "true"})
    return DONE


def _force_merge(cluster: Cluster, index: Index, phase: Phase) -> Outcome:
    index.refresh()
    for shard in index.shards:
        shard.merge(phase.actions["forcemerge"]["max_num_segments"], only_deletes=False)
    return DONE


def _allocate(cluster: Cluster, index: Index, phase: Phase) -> Outcome:
    options = phase.actions["allocate"]
    changes: dict[str, str | None] = {
        f"index.routing.allocation.{kind}.{name}": value
        for kind in ("include", "exclude", "require")
        for name, value in options[kind].items()
    }
    if "number_of_replicas" in options:
        changes["index.number_of_replicas"] = str(options["number_of_replicas"])
        if cluster.behaviour.allocate_fixes_replicas:
            changes["index.auto_expand_replicas"] = None
    if "total_shards_per_node" in options:
        changes["index.routing.allocation.total_shards_per_node"] = str(options["total_shards_per_node"])
    _set(cluster, index, changes)
    return DONE


def _migrate(cluster: Cluster, index: Index, phase: Phase) -> Outcome:
    if phase.actions["migrate"]["enabled"]:
        _set(cluster, index, {TIER: _TIERS[phase.name]})
    return DONE


def _nothing(cluster: Cluster, index: Index, phase: Phase) -> Outcome:
    return DONE


def _set(cluster: Cluster, index: Index, changes: dict[str, str | None]) -> None:
    merged = {**index.settings, **changes}
    index.change_settings({key: value for key, value in merged.items() if value is not None})
    cluster.changed()


_RUN: dict[str, tuple[str, Callable[[Cluster, Index, Phase], Outcome]]] = {
    "rollover": ("check-rollover-ready", _roll_over),
    "delete": ("wait-for-shard-history-leases", _delete),
    "set_priority": ("set_priority", _set_priority),
    "readonly": ("check-not-write-index", _read_only),
    "forcemerge": ("check-not-write-index", _force_merge),
    "allocate": ("allocate", _allocate),
    "migrate": ("migrate", _migrate),
    "unfollow": ("branch-check-unfollow-prerequisites", _nothing),
}
"""Action to its first step, and what it does."""


_MORE_STEPS = {
    "rollover": (
        "attempt-rollover", "wait-for-active-shards", "update-rollover-lifecycle-date", "set-indexing-complete",
    ),
    "delete": ("wait-until-time-series-end-passes", "cleanup-snapshot", "complete", "delete"),
    "readonly": ("wait-until-time-series-end-passes", "readonly"),
    "forcemerge": ("readonly", "close-index", "update-compression-settings", "open-index", "forcemerge", "segment-count"),
    "allocate": ("check-allocation",),
    "migrate": ("branch-check-skip-action", "check-migration"),
    "unfollow": ("wait-for-indexing-complete", "wait-for-follow-shard-tasks", "pause-follower-index", "unfollow-follower-index"),
}  # fmt: skip
"""The other steps of actions, as the docs page of the move API and the action classes name them; each action is one step here."""


def steps(action: str) -> tuple[str, ...]:
    """The steps of an action, by name."""
    return (first_step(action), *_MORE_STEPS.get(action, ()))


def first_step(action: str) -> str:
    """The step that an action starts with; the end of a phase is one too."""
    return _RUN[action][0] if action in _RUN else action


def waits(action: str) -> bool:
    """Whether an action looks at its index only from time to time."""
    return action == "rollover"


def run(cluster: Cluster, index: Index, phase: Phase, action: str) -> Outcome:
    """Take an action. Raises Unsupported for those that are not built, and what goes wrong on the way."""
    if action not in _RUN:
        raise Unsupported(f"the lifecycle action [{action}]")
    return _RUN[action][1](cluster, index, phase)
