"""A rule: what it looks for, when it acts, and what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from esmock.controls.action import Action, read_options
from esmock.controls.matcher import Matcher, parse_matcher
from esmock.controls.refusal import ControlError, as_object, unknown
from esmock.controls.schedule import Schedule, parse_schedule

if TYPE_CHECKING:
    from esmock.controls.exchange import Exchange

Json = Any


class Rule:
    """One fault or stub at work. As a context manager it is released at the end.

    Attributes:
        number: counts the rules of a space.
        label: its name in the journal and in reports.
        acted: on how many requests it acted.
        seen: how many matched.
    """

    def __init__(self, kind: str, matcher: Matcher, schedule: Schedule, action: Action, label: str | None = None) -> None:
        self.kind = kind
        self.number = 0
        self.matcher = matcher
        self.schedule = schedule
        self.action = action
        self.label = label or action.name
        self._drop: Callable[[Rule], None] | None = None

    def installed(self, number: int, now_ms: int, drop: Callable[[Rule], None]) -> None:
        """The rule is at work from now on."""
        self.number = number
        self.schedule.start(now_ms)
        self._drop = drop

    @property
    def acted(self) -> int:
        return self.schedule.acted

    @property
    def seen(self) -> int:
        return self.schedule.seen

    def fires(self, exchange: Exchange) -> bool:
        """Whether it acts on the request; counts it."""
        if not self.action.applies(exchange) or not self.matcher.matches(exchange):
            return False
        return self.schedule.acts(exchange.at_ms)

    def release(self) -> None:
        """It acts no more; what waits for it goes on."""
        if self._drop is not None:
            self._drop(self)
            self._drop = None
        self.action.release()

    def __enter__(self) -> Rule:
        return self

    def __exit__(self, *exc: object) -> None:
        self.release()

    def __repr__(self) -> str:
        return f"<{self.kind} {self.number} {self.label}: {self.matcher}; acted {self.acted} of {self.seen}>"

    def spec(self) -> dict[str, Json]:
        """As JSON; ``parse`` reads it back."""
        out: dict[str, Json] = {"id": self.number, self.kind: self.action.name}
        if self.label != self.action.name:
            out["label"] = self.label
        out |= self.action.spec()
        out["match"] = self.matcher.spec()
        out["when"] = self.schedule.spec()
        out |= {"seen": self.seen, "acted": self.acted}
        return out


def parse_rule(tree: Json, kind: str, actions: Mapping[str, type[Action]]) -> Rule:
    """A rule from JSON: ``{KIND: NAME, "match": {...}, "when": {...}, "label": ..., option: value ...}``.

    Raises:
        ControlError: naming the field that is unknown, missing, or can match nothing.
    """
    tree = dict(as_object(tree, ""))
    name = tree.pop(kind, None)
    if not isinstance(name, str):
        raise ControlError(kind, f"expected the name of a {kind}, one of {', '.join(sorted(actions))}")
    if name not in actions:
        raise unknown(kind, name, actions, kind)
    for ignored in ("id", "seen", "acted"):
        tree.pop(ignored, None)
    matcher = parse_matcher(tree.pop("match", None) or {})
    schedule = parse_schedule(tree.pop("when", None) or {})
    label = tree.pop("label", None)
    action = actions[name](**read_options(actions[name], tree))
    _check_reach(action, matcher)
    return Rule(kind, matcher, schedule, action, label)


def _check_reach(action: Action, matcher: Matcher) -> None:
    """A rule for endpoints that its action has nothing to do with would wait for ever."""
    from fnmatch import fnmatchcase

    if getattr(action, "is_of_port", False) and matcher.criteria:
        raise ControlError("match", f"{action.name} is about the port: nothing of a request can be matched before there is one")
    wanted = matcher.spec().get("endpoint")
    if wanted is None or not action.endpoints:
        return
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    pairs = [(one, other) for one in names for other in action.endpoints]
    if not any(fnmatchcase(other, one) or fnmatchcase(one, other) for one, other in pairs):
        raise ControlError("match.endpoint", f"{action.name} applies to {', '.join(action.endpoints)} only, never to {', '.join(names)}")
