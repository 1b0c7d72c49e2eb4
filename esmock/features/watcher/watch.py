"""A watch: read, checked, printed. Docs: watcher-api-put-watch.

Source: answers of 6.8.23 (``watcher.json``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, ElasticsearchParse
from esmock.features.watcher import actions, conditions, inputs, schedule, transforms
from esmock.xcontent.located import copy_plain, token
from esmock.xcontent.units import parse_time_ms

if TYPE_CHECKING:
    from esmock.features.watcher.actions import Action
    from esmock.features.watcher.conditions import Condition
    from esmock.features.watcher.inputs import Input
    from esmock.features.watcher.part import Reader
    from esmock.features.watcher.schedule import Schedule
    from esmock.features.watcher.transforms import Transform

Json = Any
INLINE = "_inlined_"


@dataclass(slots=True)
class Watch:
    """What is watched."""

    schedule: Schedule
    input: Input = field(default_factory=inputs.Input)
    condition: Condition = field(default_factory=conditions.Condition)
    transform: Transform | None = None
    throttle_ms: int | None = None
    actions: list[Action] = field(default_factory=list)
    metadata: Json = None

    def shown(self) -> dict[str, Json]:
        """As it is printed."""
        out: dict[str, Json] = {
            "trigger": {"schedule": {self.schedule.kind: self.schedule.body}},
            "input": {self.input.name: self.input.shown()},
            "condition": {self.condition.name: self.condition.shown()},
        }
        if self.transform is not None:
            out["transform"] = {self.transform.name: self.transform.shown()}
        if self.throttle_ms is not None:
            out["throttle_period_in_millis"] = self.throttle_ms
        out["actions"] = {one.id: one.shown() for one in self.actions}
        return out if self.metadata is None else {**out, "metadata": self.metadata}


def parse(reader: Reader, body: Json) -> Watch:
    """Read a watch. Raises ElasticsearchParse, Script, Unsupported."""
    where = f"could not parse watch [{reader.watch}]."
    if not isinstance(body, dict):
        raise ElasticsearchParse(f"{where} null token")
    found: dict[str, Any] = {}
    for name in body:
        value = copy_plain(body[name])
        if name == "trigger":
            found["schedule"] = _trigger(reader, value, body)
        elif name in ("input", "condition", "transform", "actions"):
            module = {"input": inputs, "condition": conditions, "transform": transforms, "actions": actions}[name]
            found[name] = module.parse(reader, value)  # type: ignore[attr-defined]
        elif name in ("throttle_period", "throttle_period_in_millis"):
            found["throttle_ms"] = _throttle(where, name, value)
        elif name == "metadata":
            found["metadata"] = value if isinstance(value, dict) else None
        elif name != "status":
            raise ElasticsearchParse(f"{where} unexpected field [{name}]")
    if "schedule" not in found:
        raise ElasticsearchParse(f"{where} missing required field [trigger]")
    return Watch(**found)


def _trigger(reader: Reader, value: Json, body: Json) -> Schedule:
    """The schedule of a trigger; a trigger that is no object is taken for what follows it."""
    names = list(value) if isinstance(value, dict) else list(body)[list(body).index("trigger") + 1 :]
    if not names:
        raise ElasticsearchParse(
            f"could not parse trigger for [{reader.watch}]. expected trigger type string field, but found [END_OBJECT]"
        )
    if names[0] != "schedule" or not isinstance(value, dict):
        raise ElasticsearchParse(
            f"could not parse trigger [{names[0]}] for [{reader.watch}]. unknown trigger type [{names[0]}]"
        )
    return schedule.parse(reader.watch, value["schedule"])


def _throttle(where: str, name: str, value: Json) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        if not isinstance(value, str):
            raise ElasticsearchParse(f"unexpected token [{token(value)}]")
        return int(parse_time_ms(value, name))
    except ApiError as error:
        cause = ElasticsearchParse("failed to parse time unit", cause=error)
        raise ElasticsearchParse(f"{where} failed to parse time value for field [{name}]", cause=cause) from None
