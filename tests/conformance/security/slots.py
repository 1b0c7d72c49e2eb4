"""What stands at the places ``$name`` of a request: something made at random."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.conformance.security import people

Json = Any


@dataclass
class Slots:
    """Values for one request; the same random numbers give the same values, whatever the form of the request."""

    r: Random
    user: str
    plan: people.Plan
    is_old: bool
    """Whether in the form of 6.8."""
    made: dict[str, list[str]] = field(default_factory=dict)
    """Names of keys and tokens made before."""

    def fill(self, value: Json) -> Json:
        """A body with its places filled: a string that is one place becomes the value, others hold it as text."""
        if isinstance(value, dict):
            return {self.fill(key): self.fill(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.fill(one) for one in value]
        if not isinstance(value, str):
            return value
        whole = re.fullmatch(r"\$(\w+)", value)
        return self._value(whole[1]) if whole else self.text(value)

    def text(self, text: str) -> str:
        """A text with its places filled."""
        return re.sub(r"\$(\w+)", lambda found: str(self._value(found[1])), text)

    def _value(self, name: str) -> Json:
        made = _SLOTS.get(name)
        return self.one_of(people.VALUES[name]) if made is None else made(self)

    def one_of(self, choices: Any) -> Json:
        return self.r.choice(choices)

    def made_before(self, kind: str, part: str) -> str:
        known = self.made.get(kind) or ["none"]
        return f"{{{{{self.r.choice(known)}_{part}}}}}"


def _names(slots: Slots) -> str:
    return ",".join(slots.one_of(people.VALUES["expression"]) for _ in range(slots.one_of((1, 1, 1, 2, 2, 3))))


def _privileges(slots: Slots) -> Json:
    """What is asked of a user."""
    r, of_six = slots.r, slots.plan.of_six
    cluster = r.sample(people.cluster_privileges(of_six), r.choice((0, 1, 3))) + r.choice(
        ([], [r.choice(people.CLUSTER_ACTIONS)])
    )
    index = [
        {
            "names": r.sample((*people.PATTERNS, *people.NAMES), r.choice((1, 2))),
            "privileges": r.sample(people.index_privileges(of_six), r.choice((1, 3)))
            + r.choice(([], [r.choice(people.INDEX_ACTIONS)])),
        }
        for _ in range(r.choice((0, 1, 2)))
    ]
    entry = {
        "application": "myapp",
        "privileges": r.sample(("read", "data:read/x", "all"), 2),
        "resources": r.sample(("a/1", "b", "*", "z"), 2),
    }
    return {"cluster": cluster, "index": index, "application": r.choice(([], [], [entry]))}


def _key(slots: Slots) -> Json:
    """A key, with roles of its own or without; now and then a bad one."""
    r = slots.r
    if r.random() < 0.08:
        return r.choice(people.VALUES["bad_key"])
    found: Json = {"name": f"{r.choice(('key-', 'my key ', 'a'))}{r.randrange(10_000)}"}
    if r.random() < 0.6:
        found["role_descriptors"] = {
            f"d{number}": people.role_body(r, slots.plan.of_six) for number in range(r.choice((0, 1, 1, 2)))
        }
    if r.random() < 0.3:
        found["expiration"] = r.choice(("1d", "2h", "30m"))
    return found


def _grant(slots: Slots) -> Json:
    r = slots.r
    by_password = {"grant_type": "password", "username": slots.plan.user(r), "password": people.PASSWORD}
    refresh = {"grant_type": "refresh_token", "refresh_token": slots.made_before("token", "refresh_token")}
    if r.random() < 0.7:
        return r.choice((by_password, by_password, {"grant_type": "client_credentials"}, refresh))
    return r.choice(people.VALUES["bad_grant"])


def _new(slots: Slots) -> str:
    """An index that the user may make."""
    return slots.user.replace("x", "new-")


def _number(slots: Slots) -> str:
    """A field that tells documents of an index apart; later versions do not sort by the id."""
    return "_id" if slots.plan.of_six else "_seq_no"


def _bulk(slots: Slots) -> list[Json]:
    r = slots.r
    lines: list[Json] = []
    for _ in range(r.choice((1, 2, 3, 5))):
        action = r.choice(("index", "create", "update", "delete"))
        # in 6.8 an alias of several indices fails all of a bulk
        alias = "people" if slots.plan.of_six else "public"
        index = r.choice(("logs-1", "logs-2", "ro", "secret", "people", alias, _new(slots), "nope"))
        lines.append(
            {action: {"_index": index, **({"_type": "_doc"} if slots.is_old else {}), "_id": r.choice("1789")}}
        )
        body = {"doc": {"k": "w"}} if action == "update" else r.choice(people.VALUES["body"])
        lines += [] if action == "delete" else [body]
    return lines


def _documents(slots: Slots) -> list[Json]:
    types = {"_type": "_doc"} if slots.is_old else {}
    return [
        {"_index": slots.one_of(people.NAMES), **types, "_id": slots.one_of("1234")}
        for _ in range(slots.one_of((1, 2, 4)))
    ]


_SLOTS: Mapping[str, Callable[[Slots], Json]] = {
    "names": _names,
    "index": lambda slots: slots.one_of(people.NAMES),
    "open": lambda slots: slots.one_of(("logs-1", "logs-2", "ro", "secret", "people", "public", "part")),
    "new": _new,
    "id": lambda slots: slots.one_of("1234"),
    "written": lambda slots: slots.one_of("1789"),
    "user": lambda slots: slots.plan.user(slots.r),
    "me": lambda slots: slots.user,
    "role": lambda slots: f"z_{slots.r.randrange(people.N_ROLES)}",
    "sort": lambda slots: [*slots.one_of(people.VALUES["first_sort"]), "_index", _number(slots)],
    "number": _number,
    "privileges": _privileges,
    "role_body": lambda slots: slots.one_of(
        people.VALUES["role_body"] + ([] if slots.plan.of_six else people.VALUES["role_body_of_seven"])
    ),
    "key_body": _key,
    "key": lambda slots: slots.made_before("key", "id"),
    "grant": _grant,
    "token": lambda slots: slots.made_before("token", "access_token"),
    "refresh": lambda slots: slots.made_before("token", "refresh_token"),
    "bulk": _bulk,
    "documents": _documents,
}  # fmt: skip
