"""Snapshot policies: how they are written, and what is wrong with them.

Source: docs pages slm-api-put-policy and slm-api-get-policy of 7.10 to 9.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import ActionRequestValidation, ApiError, IllegalArgument
from esmock.features.cron import Cron
from esmock.xcontent.java_order import hash_ordered
from esmock.xcontent.object_parser import Parser, custom, integer, mapping, object_, string
from esmock.xcontent.units import TimeValue, parse_time

if TYPE_CHECKING:
    from esmock.version import Behaviour
    from esmock.xcontent.value_reader import Key, Reading

Json = Any
_FORBIDDEN = ('"', "*", "\\", "<", "|", ",", ">", "/", "?", " ")
_LEAST_INTERVAL_MS = 15 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Retention:
    """Which snapshots are removed: those that are too old or too many."""

    expire_after: TimeValue | None = None
    min_count: int | None = None
    max_count: int | None = None

    def to_json(self) -> dict[str, Json]:
        out: dict[str, Json] = {}
        if self.expire_after is not None:
            out["expire_after"] = self.expire_after.string_rep
        if self.min_count is not None:
            out["min_count"] = self.min_count
        if self.max_count is not None:
            out["max_count"] = self.max_count
        return out


@dataclass(frozen=True, slots=True)
class SnapshotPolicy:
    """A policy as it was put.

    Args:
        name: of its snapshots, with date math.
        schedule: a cron expression, or since 8.16 an interval.
    """

    id: str
    name: str
    schedule: str
    repository: str
    config: dict[str, Json] | None = None
    retention: Retention | None = None

    def next_ms(self, after_ms: int) -> int | None:
        """When it takes its next snapshot; an interval counts from ``after_ms``."""
        interval = _interval(self.schedule)
        return Cron(self.schedule).next_ms(after_ms) if interval is None else after_ms + interval

    def to_json(self) -> dict[str, Json]:
        """The part ``policy`` of an answer."""
        out: dict[str, Json] = {"name": self.name, "schedule": self.schedule, "repository": self.repository}
        if self.config is not None:
            out["config"] = hash_ordered(self.config)
        if self.retention is not None:
            out["retention"] = self.retention.to_json()
        return out


def _interval(schedule: str) -> int | None:
    if " " in schedule.strip():
        return None
    try:
        return parse_time(schedule, "schedule").millis
    except IllegalArgument:
        return None


def _age(body: Json, key: Key, reading: Reading) -> TimeValue:
    return parse_time(str(body[key]), "expire_after")


def _retention(found: dict[str, Any]) -> Retention:
    least, most = found.get("min_count"), found.get("max_count")
    if least is not None and least < 1:
        raise IllegalArgument("minimum snapshot count must be at least 1")
    if most is not None and most < 1:
        raise IllegalArgument("maximum snapshot count must be at least 1")
    if least is not None and most is not None and least > most:
        raise IllegalArgument(
            f"minimum snapshot count [{least}] cannot be larger than maximum snapshot count [{most}]"
        )
    return Retention(found.get("expire_after"), least, most)


_RETENTION = Parser(
    "snapshot_retention",
    custom("expire_after", ("VALUE_STRING",), _age),
    integer("min_count"),
    integer("max_count"),
    build=_retention,
)
_POLICY = Parser(
    "snapshot_lifecycle",
    string("name", required=True),
    string("schedule", required=True),
    string("repository", required=True),
    mapping("config"),
    object_("retention", _RETENTION),
)


def parse(id_: str, body: Json, reading: Reading) -> SnapshotPolicy:
    """Read the body of ``PUT _slm/policy/ID``. Raises XContentParse, IllegalArgument, ActionRequestValidation."""
    found = _POLICY.parse(body, reading)
    policy = SnapshotPolicy(
        id_, found["name"], found["schedule"], found["repository"], found.get("config"), found.get("retention")
    )
    problems = list(_problems(policy, reading.behaviour))
    if problems:
        raise ActionRequestValidation(*problems)
    return policy


def _problems(policy: SnapshotPolicy, behaviour: Behaviour) -> list[str]:
    out = []
    if any(letter in policy.id for letter in _FORBIDDEN):
        out.append(f"invalid policy id [{policy.id}]: must not contain the following characters [{', '.join(_FORBIDDEN)}]")
    if policy.id.startswith("_"):
        out.append(f"invalid policy id [{policy.id}]: must not start with '_'")
    plain = policy.name.split("{")[0] if policy.name.startswith("<") else policy.name
    if not policy.name:
        out.append(f"invalid snapshot name [{policy.name}]: cannot be empty")
    elif " " in plain:
        out.append(f"invalid snapshot name [{policy.name}]: must not contain whitespace")
    elif plain.lower() != plain:
        out.append(f"invalid snapshot name [{policy.name}]: must be lowercase")
    if not policy.repository:
        out.append("invalid repository name [] : cannot be empty")
    if not policy.schedule:
        out.append("invalid schedule [] : must not be empty")
    elif _interval(policy.schedule) is None or not behaviour.has((8, 16)):
        try:
            Cron(policy.schedule)
        except ApiError as error:
            out.append(f"invalid schedule: {error.reason}")
    return out


def check_interval(policy: SnapshotPolicy, now_ms: int, least_ms: int = _LEAST_INTERVAL_MS) -> None:
    """Raises IllegalArgument for a schedule that comes round too often."""
    first = policy.next_ms(now_ms)
    second = None if first is None else policy.next_ms(first)
    if first is not None and second is not None and second - first < least_ms:
        raise IllegalArgument(
            f"invalid schedule [{policy.schedule}]: schedule would be too frequent, executing more than every "
            f"[{TimeValue(least_ms).human(0)}]"
        )
