"""Conditions: whether a watch does anything.

Source: answers of 6.8.23 (``watcher.json``).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.errors import ElasticsearchParse, IllegalArgument
from esmock.features.watcher.part import shown_script
from esmock.script.script import Script
from esmock.xcontent.located import token

if TYPE_CHECKING:
    from esmock.features.watcher.part import Reader
    from esmock.features.watcher.run_context import RunContext

Json = Any


@dataclass(slots=True)
class Condition:
    """A condition; ``met`` tells whether it holds, and what the record tells of it besides."""

    name: ClassVar[str] = "always"

    @classmethod
    def parse(cls, reader: Reader, given: Json) -> Condition:
        if given:
            raise ElasticsearchParse(
                f"unable to parse [{cls.name}] condition for watch [{reader.watch}]. expected an empty object but found "
                f"[{next(iter(given))}]"
            )
        return cls()

    def shown(self) -> Json:
        """As the watch prints it."""
        return {}

    def met(self, ctx: RunContext) -> tuple[bool, dict[str, Json]]:
        return True, {}

    def result(self, ctx: RunContext) -> tuple[bool, dict[str, Json]]:
        """Whether it holds, and its entry in the record."""
        met, told = self.met(ctx)
        return met, {"type": self.name, "status": "success", "met": met, **({self.name: told} if told else {})}


@dataclass(slots=True)
class Never(Condition):
    name: ClassVar[str] = "never"

    def met(self, ctx: RunContext) -> tuple[bool, dict[str, Json]]:
        return False, {}


def _comparable(left: Json, right: Json) -> tuple[Any, Any] | None:
    """Both as numbers where they can be, else as text; None: they cannot be compared."""
    if left is None or right is None:
        return None
    if isinstance(left, bool) or isinstance(right, bool):
        return (left, right) if isinstance(left, bool) and isinstance(right, bool) else None
    if isinstance(left, int | float) or isinstance(right, int | float):
        try:
            return float(left), float(right)
        except (TypeError, ValueError):
            return None
    return (left, right) if isinstance(left, str) and isinstance(right, str) else None


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Json, Json], bool]:
    def holds(left: Json, right: Json) -> bool:
        pair = _comparable(left, right)
        return pair is not None and compare(*pair)

    return holds


def _equal(left: Json, right: Json) -> bool:
    pair = _comparable(left, right)
    return bool(pair[0] == pair[1]) if pair is not None else left == right


_OPERATORS: Mapping[str, Callable[[Json, Json], bool]] = {
    "eq": _equal,
    "not_eq": lambda left, right: not _equal(left, right),
    "lt": _ordered(operator.lt),
    "lte": _ordered(operator.le),
    "gt": _ordered(operator.gt),
    "gte": _ordered(operator.ge),
}


def _operand(ctx: RunContext, value: Json, resolved: dict[str, Json]) -> Json:
    """A value, or what a path in double braces names."""
    if isinstance(value, str) and value.startswith("{{") and value.endswith("}}"):
        path = value[2:-2].strip()
        resolved[path] = ctx.path(path)
        return resolved[path]
    return value


def _of_path(reader: Reader, kind: str, given: Json) -> tuple[str, Mapping[str, Json]]:
    if not given:
        raise IllegalArgument("Field name cannot be null")
    path, body = next(iter(given.items()))
    if not isinstance(body, dict):
        raise ElasticsearchParse(
            f"could not parse [{kind}] condition for watch [{reader.watch}]. expected an object for field [{path}] but found "
            f"[{token(body)}] instead"
        )
    return path, body


def _known_operator(reader: Reader, kind: str, name: str) -> str:
    if name not in _OPERATORS:
        raise ElasticsearchParse(
            f"could not parse [{kind}] condition for watch [{reader.watch}]. unknown comparison operator [{name}]"
        )
    return name


@dataclass(slots=True)
class Compare(Condition):
    name: ClassVar[str] = "compare"
    path: str = ""
    operator: str = ""
    value: Json = None

    @classmethod
    def parse(cls, reader: Reader, given: Json) -> Condition:
        path, body = _of_path(reader, cls.name, given)
        name, value = next(iter(body.items()))
        return cls(path, _known_operator(reader, cls.name, name), value)

    def shown(self) -> Json:
        return {self.path: {self.operator: self.value}}

    def met(self, ctx: RunContext) -> tuple[bool, dict[str, Json]]:
        resolved: dict[str, Json] = {}
        right = _operand(ctx, self.value, resolved)
        resolved = {self.path: ctx.path(self.path), **resolved}
        return _OPERATORS[self.operator](resolved[self.path], right), {"resolved_values": resolved}


@dataclass(slots=True)
class ArrayCompare(Condition):
    name: ClassVar[str] = "array_compare"
    path: str = ""
    inner: str = ""
    operator: str = ""
    value: Json = None
    quantifier: str = "some"

    @classmethod
    def parse(cls, reader: Reader, given: Json) -> Condition:
        path, body = _of_path(reader, cls.name, given)
        names = [name for name in body if name != "path"]
        if not names:
            raise ElasticsearchParse(
                f"could not parse [array_compare] condition for watch [{reader.watch}]. missing comparison operator"
            )
        name = _known_operator(reader, cls.name, names[0])
        return cls(path, body.get("path", ""), name, body[name].get("value"), body[name].get("quantifier", "some"))

    def shown(self) -> Json:
        how = {self.operator: {"value": self.value, "quantifier": self.quantifier}}
        return {self.path: {"path": self.inner, **how}}

    def met(self, ctx: RunContext) -> tuple[bool, dict[str, Json]]:
        resolved: dict[str, Json] = {}
        right = _operand(ctx, self.value, resolved)
        found = ctx.path(self.path)
        resolved = {self.path: found, **resolved}
        each = [_inner(one, self.inner) for one in found] if isinstance(found, list) else []
        holds = any if self.quantifier == "some" else all
        return holds(_OPERATORS[self.operator](one, right) for one in each), {"resolved_values": resolved}


def _inner(value: Json, path: str) -> Json:
    for name in filter(None, path.split(".")):
        value = value.get(name) if isinstance(value, dict) else None
    return value


@dataclass(slots=True)
class ScriptCondition(Condition):
    name: ClassVar[str] = "script"
    script: Script = field(default_factory=lambda: Script(""))

    @classmethod
    def parse(cls, reader: Reader, given: Json) -> Condition:
        return cls(reader.script({"script": given}, "watcher_condition"))

    def shown(self) -> Json:
        return shown_script(self.script)

    def met(self, ctx: RunContext) -> tuple[bool, dict[str, Json]]:
        return bool(ctx.run_script(self.script, "watcher_condition")), {}


_KINDS: Mapping[str, type[Condition]] = {
    one.name: one for one in (Condition, Never, Compare, ArrayCompare, ScriptCondition)
}


def parse(reader: Reader, given: Json) -> Condition:
    """Read ``{"always": {}}``. Raises ElasticsearchParse."""
    where = f"could not parse condition for watch [{reader.watch}]."
    if not isinstance(given, dict) or not given:
        raise ElasticsearchParse(f"{where} missing required condition type field")
    name, body = next(iter(given.items()))
    kind = _KINDS.get(name)
    if kind is None:
        raise ElasticsearchParse(f"{where} unknown condition type [{name}]")
    return kind.parse(reader, body)
