"""When a rule that matches also acts: the first N times, every Nth, after M, with a seeded probability, until released."""

from __future__ import annotations

import random
from typing import Any

from esmock.controls.refusal import ControlError, as_count, as_number, as_object, as_seconds, no_others

Json = Any
SCHEDULE_FIELDS = ("after", "every", "first", "probability", "seed", "seconds")


class Schedule:
    """Counts the matching requests of one rule.

    Args:
        after: the first requests that are left alone.
        every: of those that follow, each Nth acts.
        first: it acts so often and never again.
        probability: chance of each request, drawn from a generator seeded with ``seed``.
        seconds: how long it acts, on the space's clock, from the first look at it.
    """

    def __init__(
        self,
        *,
        after: int = 0,
        every: int = 1,
        first: int | None = None,
        probability: float | None = None,
        seed: int = 0,
        seconds: float | None = None,
    ) -> None:
        self.after = after
        self.every = every
        self.first = first
        self.probability = probability
        self.seed = seed
        self.seconds = seconds
        self.seen = 0
        self.acted = 0
        self._random = random.Random(seed) if probability is not None else None
        self._ends_ms: float | None = None

    def start(self, now_ms: int) -> None:
        """The rule was installed."""
        if self.seconds is not None:
            self._ends_ms = now_ms + self.seconds * 1000

    def is_over(self, now_ms: int) -> bool:
        """Whether it can never act again."""
        if self._ends_ms is not None and now_ms >= self._ends_ms:
            return True
        return self.first is not None and self.acted >= self.first

    def acts(self, now_ms: int) -> bool:
        """Count one matching request, and say whether the rule acts on it."""
        if self.is_over(now_ms):
            return False
        self.seen += 1
        beyond = self.seen - self.after
        if beyond <= 0 or beyond % self.every:
            return False
        if self._random is not None and self.probability is not None and self._random.random() >= self.probability:
            return False
        self.acted += 1
        return True

    def spec(self) -> dict[str, Json]:
        """As it was written, without what is at its default."""
        found = {name: getattr(self, name) for name in SCHEDULE_FIELDS}
        defaults = {"after": 0, "every": 1, "seed": 0}
        return {name: value for name, value in found.items() if value is not None and value != defaults.get(name)}


def parse_schedule(tree: Json, field: str = "when") -> Schedule:
    """A schedule from JSON. Raises ControlError naming the field."""
    tree = as_object(tree, field)
    no_others(tree, SCHEDULE_FIELDS, field)
    made: dict[str, Any] = {}
    for name, value in tree.items():
        where = f"{field}.{name}"
        if value is None:
            continue
        if name in ("first", "every"):
            made[name] = as_count(value, where)
        elif name in ("after", "seed"):
            made[name] = as_count(value, where, least=0)
        elif name == "probability":
            made[name] = as_number(value, where, most=1)
        else:
            made[name] = as_seconds(value, where)
    if "seed" in made and "probability" not in made:
        raise ControlError(f"{field}.seed", "a seed belongs to a probability, and there is none")
    return Schedule(**made)
