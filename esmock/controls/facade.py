"""How tests install rules: ``faults`` and ``stubs`` of a space."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esmock.controls.action import Action
from esmock.controls.matcher import MATCH_FIELDS
from esmock.controls.refusal import ControlError, as_list, as_object, unknown
from esmock.controls.rule import Rule, parse_rule
from esmock.controls.schedule import SCHEDULE_FIELDS

if TYPE_CHECKING:
    from esmock.controls.controls import Controls
    from esmock.controls.faults.scenarios import Scenario

Json = Any


class Rules:
    """The rules of one kind: iterate over them, ``add``, ``load``, ``clear``."""

    kind: str

    def __init__(self, controls: Controls) -> None:
        self._controls = controls

    @property
    def actions(self) -> Mapping[str, type[Action]]:
        """What there is to add, by name."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[Rule]:
        return iter([rule for rule in self._controls.rules if rule.kind == self.kind])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def add(self, name: str, **fields: Any) -> Rule:
        """Put a rule to work.

        Args:
            name: one of ``actions``.
            fields: options of the action; what it matches (``endpoint``, ``index``, ``method``, ``path``, ``body``, ``query``,
                ``param``, ``header``, ``client``) and when it acts (``first``, ``every``, ``after``, ``probability``,
                ``seed``, ``seconds``). Where an option has the name of one of these it is the option; ``match={...}`` and
                ``when={...}`` say the others. ``label`` names it in reports.

        Raises:
            ControlError: naming the field; nothing is installed then.
        """
        if name not in self.actions:
            raise unknown(self.kind, name, self.actions, self.kind)
        rule = parse_rule(sorted_fields(self.kind, name, self.actions[name], fields), self.kind, self.actions)
        self._install([rule])
        return rule

    def load(self, trees: Json) -> list[Rule]:
        """Put rules to work that are given as JSON, all of them or none. Raises ControlError."""
        if isinstance(trees, dict) and set(trees) == {f"{self.kind}s"}:
            trees = trees[f"{self.kind}s"]
        rules = [self._parsed(tree, number, isinstance(trees, list)) for number, tree in enumerate(as_list(trees))]
        return self._install(rules)

    def _parsed(self, tree: Json, number: int, is_list: bool) -> Rule:
        try:
            return parse_rule(tree, self.kind, self.actions)
        except ControlError as error:
            if not is_list:
                raise
            raise ControlError(f"{number}.{error.field}".rstrip("."), error.reason) from None

    def load_file(self, path: str | Path) -> list[Rule]:
        """The same from a YAML or JSON file: a list, or an object of one list. Raises ControlError, OSError."""
        import yaml

        try:
            tree = yaml.safe_load(Path(path).read_text("utf-8"))
        except yaml.YAMLError as error:
            raise ControlError("", f"{path} is no YAML: {error}") from None
        try:
            return self.load(tree)
        except ControlError as error:
            raise ControlError(error.field, f"{error.reason} (in {path})") from None

    def _install(self, rules: list[Rule]) -> list[Rule]:
        for rule in rules:
            if "status" in rule.matcher.spec():
                raise ControlError("match.status", "a rule acts before there is a status")
        return self._controls.install(rules)

    def clear(self) -> None:
        """Release all of them."""
        for rule in self:
            rule.release()

    def spec(self) -> list[Json]:
        """All of them as JSON."""
        return [rule.spec() for rule in self]

    def __getattr__(self, name: str) -> Callable[..., Rule]:
        if name.startswith("_") or name not in self.actions:
            raise AttributeError(f"there is no {self.kind} {name!r}; there are {', '.join(sorted(self.actions))}")
        return lambda **fields: self.add(name, **fields)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.actions]


def sorted_fields(kind: str, name: str, action: type[Action], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Keyword arguments as the JSON of a rule."""
    match = dict(as_object(fields.get("match") or {}, "match"))
    when = dict(as_object(fields.get("when") or {}, "when"))
    out: dict[str, Any] = {kind: name}
    for key, value in fields.items():
        if key in ("match", "when"):
            continue
        if key in action.options or key == "label":
            out[key] = value
        elif key in SCHEDULE_FIELDS:
            when[key] = value
        elif key in MATCH_FIELDS:
            match[key] = value
        else:
            raise unknown(key, key, (*action.options, *SCHEDULE_FIELDS, *MATCH_FIELDS, "label"), f"field of {kind} {name}")
    return {**out, "match": match, "when": when}


class Trouble(list[Rule]):
    """The faults of a scenario; as a context manager they are released together."""

    def release(self) -> None:
        for rule in self:
            rule.release()

    def __enter__(self) -> Trouble:
        return self

    def __exit__(self, *exc: object) -> None:
        self.release()


class Faults(Rules):
    """The faults of a space. ``faults.queue_full(first=2)`` adds one, ``faults.overloaded()`` installs a scenario."""

    kind = "fault"

    @property
    def actions(self) -> Mapping[str, type[Action]]:
        from esmock.controls.faults.kinds import FAULTS

        return FAULTS

    @property
    def scenarios(self) -> Mapping[str, Scenario]:
        """The named scenarios."""
        from esmock.controls.faults.scenarios import SCENARIOS

        return {one.name: one for one in SCENARIOS}

    def scenario(self, name: str, **match: Any) -> Trouble:
        """Install a scenario; ``match`` narrows all of its faults. Raises ControlError."""
        if name not in self.scenarios:
            raise unknown("scenario", name, self.scenarios, "scenario")
        trees = [{**tree, "match": {**match, **tree.get("match", {})}, "label": f"{name}: {tree['fault']}"} for tree in self.scenarios[name].faults]
        return Trouble(self.load(trees))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if not name.startswith("_") and name in self.scenarios:
            return lambda **match: self.scenario(name, **match)
        return super().__getattr__(name)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.scenarios]


class Stubs(Rules):
    """The stubs of a space: ``stubs.replace(path="/_my_plugin", body={...})``, ``patch``, ``template``."""

    kind = "stub"

    @property
    def actions(self) -> Mapping[str, type[Action]]:
        from esmock.controls.stubs import STUBS

        return STUBS
