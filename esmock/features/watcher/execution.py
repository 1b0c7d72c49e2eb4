"""One run of a watch: input, condition, transform, actions; and the record of it.

Source: answers of 6.8.23 (``watcher.json``); order of the states: the class WatchRecord.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError
from esmock.features.watcher.status import ACKED, Status, state_of
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.units import parse_time_ms, print_time_ms

if TYPE_CHECKING:
    from esmock.features.watcher.actions import Action
    from esmock.features.watcher.conditions import Condition
    from esmock.features.watcher.inputs import Input
    from esmock.features.watcher.run_context import RunContext
    from esmock.features.watcher.watch import Watch

Json = Any
_DEFAULT_THROTTLE = "xpack.watcher.throttle.period.default_period"
MODES = ("simulate", "force_simulate", "execute", "force_execute", "skip")


@dataclass(slots=True)
class Order:
    """How it runs.

    Args:
        input, condition: in place of the watch's.
        modes: action, or ``_all``, to one of ``MODES``.
        trigger: the type of the event, ``manual`` or ``schedule``.
    """

    trigger: str = "manual"
    input: Input | None = None
    condition: Condition | None = None
    modes: dict[str, str] = field(default_factory=dict)

    def mode(self, action: str) -> str:
        return self.modes.get(action, self.modes.get("_all", "execute"))


def run(watch: Watch, status: Status, version: int, order: Order, ctx: RunContext) -> dict[str, Json]:
    """Run it, changing its status; the record."""
    clock = ctx.cluster.clock
    started = clock.monotonic_ns()
    result: dict[str, Json] = {"execution_time": ctx.at, "execution_duration": 0}
    failure: ApiError | None = None
    try:
        _steps(watch, status, order, ctx, result)
    except ApiError as error:
        failure = error
        status.execution_state = "failed"
        result.setdefault("actions", [])
    result["execution_duration"] = (clock.monotonic_ns() - started) // 1_000_000
    shown = watch.shown()
    record: dict[str, Json] = {
        "watch_id": ctx.watch_id,
        "node": ctx.cluster.node_id,
        "state": status.execution_state,
        "status": status.body(version),
        "trigger_event": _event(order, ctx),
        "input": shown["input"],
        "condition": shown["condition"],
    }
    if watch.metadata is not None:
        record["metadata"] = watch.metadata
    if failure is not None:
        return {**record, "result": result, "exception": failure.cause_body()}
    return {**record, "result": result, "messages": []}


def _event(order: Order, ctx: RunContext) -> dict[str, Json]:
    inner: dict[str, Json] = {"scheduled_time": ctx.scheduled}
    body = {"schedule": inner} if order.trigger == "manual" else inner
    return {"type": order.trigger, "triggered_time": ctx.triggered, order.trigger: body}


def _steps(watch: Watch, status: Status, order: Order, ctx: RunContext, result: dict[str, Json]) -> None:
    input_ = order.input or watch.input
    ctx.payload, told = input_.run(ctx)
    result["input"] = {"type": input_.name, "status": "success", "payload": ctx.payload, **told}
    met, result["condition"] = (order.condition or watch.condition).result(ctx)
    status.checked(ctx.at, met=met)
    if met and watch.transform is not None and watch.actions:
        result["transform"] = watch.transform.result(ctx)
    by_id = {one.id: one for one in watch.actions}
    results = {name: _act(watch, by_id[name], status, order, ctx) for name in hash_order(by_id)} if met else {}
    result["actions"] = list(results.values())
    status.execution_state = state_of({name: one["status"] for name, one in results.items()}, met=met)


def _act(watch: Watch, action: Action, status: Status, order: Order, ctx: RunContext) -> dict[str, Json]:
    mode = order.mode(action.id)
    held = _held(watch, action, status, mode, ctx)
    mine = status.actions[action.id]
    if held is not None:
        kind, reason = held
        status.actions[action.id] = mine.throttled(ctx.at, reason)
        return {"id": action.id, "type": action.work.name, "status": kind, "reason": reason}
    ctx.is_simulated = mode in ("simulate", "force_simulate")
    told = action.run(ctx)
    if told["status"] in ("success", "simulated", "failure"):
        failure = told["error"]["reason"] if told["status"] == "failure" else None
        status.actions[action.id] = mine.ran(ctx.at, ctx.cluster.clock.now_ms(), failure=failure)
    return told


def _held(watch: Watch, action: Action, status: Status, mode: str, ctx: RunContext) -> tuple[str, str] | None:
    """Why an action does not run: a kind and a reason."""
    if mode == "skip":
        return "throttled", "manually skipped"
    if mode.startswith("force_"):
        return None
    mine = status.actions[action.id]
    default = parse_time_ms(str(ctx.cluster.setting(_DEFAULT_THROTTLE, "5s")), _DEFAULT_THROTTLE)
    period = next(one for one in (action.throttle_ms, watch.throttle_ms, int(default)) if one is not None)
    if mine.success_ms is not None:
        elapsed = ctx.cluster.clock.now_ms() - mine.success_ms
        if elapsed <= period:
            return "throttled", (
                f"throttling interval is set to [{print_time_ms(period)}] but time elapsed since last execution is "
                f"[{print_time_ms(elapsed)}]"
            )
    if mine.ack == ACKED:
        return "acknowledged", f"action [{action.id}] was acked at [{mine.ack_at}]"
    return None
