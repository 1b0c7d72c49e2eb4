"""Lifecycle policies: how they are written, what is wrong with them, how they are printed.

Source: answers of 6.8.23; what is newer follows docs pages ilm-put-lifecycle and ilm-actions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, NamedObjectNotFound
from esmock.state.rollover_conditions import CONDITIONS, Condition
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.located import at_name, standing
from esmock.xcontent.object_parser import (
    Field,
    Parser,
    boolean,
    custom,
    integer,
    mapping,
    named_objects,
    object_,
    string,
)
from esmock.xcontent.units import parse_time

if TYPE_CHECKING:
    from esmock.version import Behaviour
    from esmock.xcontent.value_reader import Key, Reading

Json = Any

PHASES: dict[str, tuple[str, ...]] = {
    "hot": (
        "set_priority", "unfollow", "rollover", "readonly", "downsample", "shrink", "forcemerge", "searchable_snapshot",
    ),
    "warm": (
        "set_priority", "unfollow", "readonly", "downsample", "allocate", "migrate", "shrink", "forcemerge",
    ),
    "cold": (
        "set_priority", "unfollow", "readonly", "downsample", "searchable_snapshot", "allocate", "migrate", "freeze",
    ),
    "frozen": ("unfollow", "searchable_snapshot"),
    "delete": ("wait_for_snapshot", "delete"),
}  # fmt: skip
"""The phases in their order, and the actions of each in the order in which they are taken."""


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase.

    Args:
        min_age: as printed.
        actions: name to options as printed.
        conditions: of ``rollover``.
    """

    name: str
    min_age: str = "0ms"
    min_age_ms: int = 0
    actions: dict[str, Json] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()

    def ordered_actions(self) -> list[str]:
        """The actions as they are taken."""
        return [one for one in PHASES[self.name] if one in self.actions]

    def to_json(self) -> dict[str, Json]:
        """As Elasticsearch prints it."""
        return {"min_age": self.min_age, "actions": {name: self.actions[name] for name in hash_order(self.actions)}}


@dataclass(frozen=True, slots=True)
class Policy:
    """A stored policy."""

    name: str
    phases: dict[str, Phase]
    meta: dict[str, Json] | None = None
    version: int = 1
    modified_ms: int = 0

    def ordered_phases(self) -> list[Phase]:
        """The phases in the order in which an index passes them."""
        return [self.phases[one] for one in PHASES if one in self.phases]

    def to_json(self) -> dict[str, Json]:
        """The part ``policy`` of an answer."""
        out: dict[str, Json] = {"phases": {name: self.phases[name].to_json() for name in hash_order(self.phases)}}
        return out if self.meta is None else {**out, "_meta": self.meta}


_Fields = tuple[Field, ...]


def _since_seventeen(behaviour: Behaviour) -> bool:
    return behaviour.has((7, 16))


def _since_seven(behaviour: Behaviour) -> bool:
    return behaviour.has((7, 10))


_ROLLOVER: _Fields = CONDITIONS
_ALLOCATE: _Fields = (
    integer("number_of_replicas"),
    integer("total_shards_per_node", in_version=_since_seventeen),
    mapping("include"),
    mapping("exclude"),
    mapping("require"),
)
_FORCE_MERGE: _Fields = (integer("max_num_segments", required=True), string("index_codec", in_version=_since_seven))
_SHRINK: _Fields = (
    integer("number_of_shards"),
    string("max_primary_shard_size", in_version=_since_seventeen),
    boolean("allow_write_after_shrink", in_version=lambda behaviour: behaviour.has((8, 14))),
)
_SET_PRIORITY: _Fields = (integer("priority", required=True, nullable=True),)
_MIGRATE: _Fields = (boolean("enabled"),)
_SEARCHABLE: _Fields = (
    string("snapshot_repository", required=True),
    boolean("force_merge_index"),
    integer("total_shards_per_node", in_version=lambda behaviour: behaviour.has((8, 16))),
)
_WAIT: _Fields = (string("policy", required=True),)
_DELETE: _Fields = (boolean("delete_searchable_snapshot", in_version=_since_seven),)
_DOWNSAMPLE: _Fields = (
    string("fixed_interval", required=True),
    string("wait_timeout"),
    boolean("force_merge_index", in_version=lambda behaviour: behaviour.has((9, 3))),
    string("sampling_method", in_version=lambda behaviour: behaviour.has((9, 3))),
)


def _rollover(found: dict[str, Any], behaviour: Behaviour) -> dict[str, Json]:
    if not any(name.startswith("max_") for name in found):
        which = "max_* rollover" if behaviour.has((8, 4)) else "rollover"
        raise IllegalArgument(f"At least one {which} condition must be set.")
    return {
        name: one.value if name.endswith("_docs") else one.shown for name, one in found.items() if isinstance(one, Condition)
    }


def _allocate(found: dict[str, Any], behaviour: Behaviour) -> dict[str, Json]:
    out = {name: found[name] for name in ("number_of_replicas", "total_shards_per_node") if name in found}
    rules = {name: dict(found.get(name) or {}) for name in ("include", "exclude", "require")}
    if not out and not any(rules.values()):
        raise IllegalArgument(
            "At least one of include, exclude, require must contain attributes for action allocate"
        )
    if out.get("number_of_replicas", 0) < 0:
        raise IllegalArgument("[number_of_replicas] must be >= 0")
    return out | rules


def _force_merge(found: dict[str, Any], behaviour: Behaviour) -> dict[str, Json]:
    if found["max_num_segments"] <= 0:
        raise IllegalArgument("[max_num_segments] must be a positive integer")
    return found


def _shrink(found: dict[str, Any], behaviour: Behaviour) -> dict[str, Json]:
    shards = found.get("number_of_shards")
    if shards is not None and shards <= 0:
        raise IllegalArgument("[number_of_shards] must be greater than 0")
    if behaviour.has((8, 14)):
        return {**found, "allow_write_after_shrink": found.get("allow_write_after_shrink", False)}
    return found


def _set_priority(found: dict[str, Any], behaviour: Behaviour) -> dict[str, Json]:
    if found["priority"] is not None and found["priority"] < 0:
        raise IllegalArgument("[priority] must be 0 or greater")
    return found


def _migrate(found: dict[str, Any], behaviour: Behaviour) -> dict[str, Json]:
    return {"enabled": found.get("enabled", True)}


def _searchable(found: dict[str, Any], behaviour: Behaviour) -> dict[str, Json]:
    return {"force_merge_index": True, **found} if behaviour.has((7, 11)) else found


def _delete(found: dict[str, Any], behaviour: Behaviour) -> dict[str, Json]:
    if not _since_seven(behaviour):
        return {}
    return {"delete_searchable_snapshot": found.get("delete_searchable_snapshot", True)}


def _as_given(found: dict[str, Any], behaviour: Behaviour) -> dict[str, Json]:
    return found


_ACTIONS = {
    "rollover": (_ROLLOVER, _rollover),
    "allocate": (_ALLOCATE, _allocate),
    "forcemerge": (_FORCE_MERGE, _force_merge),
    "shrink": (_SHRINK, _shrink),
    "set_priority": (_SET_PRIORITY, _set_priority),
    "migrate": (_MIGRATE, _migrate),
    "searchable_snapshot": (_SEARCHABLE, _searchable),
    "wait_for_snapshot": (_WAIT, _as_given),
    "delete": (_DELETE, _delete),
    "downsample": (_DOWNSAMPLE, _as_given),
    "readonly": ((), _as_given),
    "unfollow": ((), _as_given),
    "freeze": ((), _as_given),
}
"""Action to its fields, and what makes its printed options of what was read."""


def _action(body: Json, key: Key, reading: Reading) -> tuple[dict[str, Json], dict[str, Any]]:
    """The options of an action, printed and as read."""
    if key not in _ACTIONS:
        at = at_name(body, str(key))
        error = NamedObjectNotFound(f"unable to parse LifecycleAction with name [{key}]: parser not found", at)
        raise standing(error, at)
    fields, printed = _ACTIONS[str(key)]
    parser = Parser(str(key), *fields, build=lambda found: (printed(found, reading.behaviour), found))
    read: tuple[dict[str, Json], dict[str, Any]] = parser.read(body, key, reading)
    return read


def _min_age(body: Json, key: Key, reading: Reading) -> Any:
    return parse_time(str(body[key]), "min_age")


_PHASE = Parser(
    "phase",
    custom("min_age", ("VALUE_STRING", "VALUE_NUMBER"), _min_age),
    named_objects("actions", _action, required=True),
)


def _phase(body: Json, key: Key, reading: Reading) -> Phase:
    found = _PHASE.read(body, key, reading)
    age = found.get("min_age")
    actions = dict(found["actions"])
    conditions = tuple(actions["rollover"][1].values()) if "rollover" in actions else ()
    shown = {name: options for name, (options, _) in actions.items()}
    if key == "delete" and not shown:
        raise IllegalArgument("phase [delete] must define actions")
    return Phase(str(key), age.string_rep if age else "0ms", age.millis if age else 0, shown, conditions)


def _policy(found: dict[str, Any]) -> dict[str, Any]:
    for name, phase in found["phases"]:
        if name not in PHASES:
            raise IllegalArgument(f"Timeseries lifecycle does not support phase [{name}]")
        for action in phase.actions:
            if action not in PHASES[name]:
                raise IllegalArgument(f"invalid action [{action}] defined in phase [{name}]")
    return found


_POLICY = Parser(
    "lifecycle_policy",
    named_objects("phases", _phase, required=True),
    mapping("_meta", in_version=_since_seventeen),
    build=_policy,
)
_REQUEST = Parser("put_lifecycle_request", object_("policy", _POLICY, required=True))


def parse(name: str, body: Json, reading: Reading) -> Policy:
    """Read the body of ``PUT _ilm/policy/NAME``. Raises XContentParse, IllegalArgument."""
    found = _REQUEST.parse(body, reading)["policy"]
    check_name(name)
    return Policy(name, dict(found["phases"]), found.get("_meta"))


def check_name(name: str) -> None:
    """Raises IllegalArgument for a name that no policy can have."""
    for wrong, why in (
        ("," in name, "must not contain ','"),
        (" " in name, "must not contain spaces"),
        (name.startswith("_"), "must not start with '_'"),
        (len(name.encode()) > 255, f"name is too long, ({len(name.encode())} > 255)"),
    ):
        if wrong:
            raise IllegalArgument(f"invalid policy name [{name}]: {why}")
