"""How a watch stands: active or not, what it last did, which of its actions are acknowledged.

Source: answers of 6.8.23 (``watcher.json``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from esmock.xcontent.java_order import hash_order

Json = Any
AWAITS, ACKABLE, ACKED = "awaits_successful_execution", "ackable", "acked"


@dataclass(frozen=True, slots=True)
class ActionStatus:
    """How an action stands; times as text, in ms where they are reckoned with."""

    ack_at: str
    ack: str = AWAITS
    last: Json = None
    last_success: Json = None
    last_throttle: Json = None
    success_ms: int | None = None

    def body(self) -> dict[str, Json]:
        """As it is printed."""
        out: dict[str, Json] = {"ack": {"timestamp": self.ack_at, "state": self.ack}}
        for name, value in (
            ("last_execution", self.last),
            ("last_successful_execution", self.last_success),
            ("last_throttle", self.last_throttle),
        ):
            if value is not None:
                out[name] = value
        return out

    def ran(self, at: str, now_ms: int, *, failure: str | None) -> ActionStatus:
        """After a run."""
        if failure is not None:
            return replace(self, last={"timestamp": at, "successful": False, "reason": failure})
        done = {"timestamp": at, "successful": True}
        acked = {"ack": ACKABLE, "ack_at": at} if self.ack in (AWAITS, ACKABLE) else {}
        return replace(self, last=done, last_success=done, success_ms=now_ms, **acked)

    def throttled(self, at: str, reason: str) -> ActionStatus:
        """After a run that was held back."""
        return replace(self, last_throttle={"timestamp": at, "reason": reason})


@dataclass(slots=True)
class Status:
    """How a watch stands."""

    active: bool
    active_at: str
    actions: dict[str, ActionStatus]
    last_checked: str | None = None
    last_met: str | None = None
    execution_state: str | None = None

    @classmethod
    def fresh(cls, active: bool, at: str, actions: list[str]) -> Status:
        return cls(active, at, {name: ActionStatus(at) for name in actions})

    def clone(self) -> Status:
        """One that changes alone."""
        return replace(self, actions=dict(self.actions))

    def body(self, version: int) -> dict[str, Json]:
        """As it is printed."""
        out: dict[str, Json] = {"state": {"active": self.active, "timestamp": self.active_at}}
        for name, value in (("last_checked", self.last_checked), ("last_met_condition", self.last_met)):
            if value is not None:
                out[name] = value
        out["actions"] = {name: self.actions[name].body() for name in hash_order(self.actions)}
        if self.execution_state is not None:
            out["execution_state"] = self.execution_state
        return {**out, "version": version}

    def checked(self, at: str, *, met: bool) -> None:
        """The condition was looked at; acknowledgements end where it does not hold."""
        self.last_checked = at
        if met:
            self.last_met = at
            return
        for name, one in self.actions.items():
            if one.ack != AWAITS:
                self.actions[name] = replace(one, ack=AWAITS, ack_at=at)

    def acknowledge(self, at: str, names: list[str]) -> bool:
        """Acknowledge what can be; whether anything was."""
        found = [
            name for name, one in self.actions.items() if one.ack == ACKABLE and (not names or name in names or "_all" in names)
        ]
        for name in found:
            self.actions[name] = replace(self.actions[name], ack=ACKED, ack_at=at)
        return bool(found)


def state_of(results: Mapping[str, str], *, met: bool) -> str:
    """The state of a run by those of its actions."""
    if not met:
        return "execution_not_needed"
    for status in ("acknowledged", "throttled"):
        if status in results.values():
            return status
    return "executed"
