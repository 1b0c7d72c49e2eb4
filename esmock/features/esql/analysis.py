"""Looking at expressions before they are computed: names, types, conversions of constants, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, Unsupported
from esmock.features.esql.errors import Place, Verification
from esmock.features.esql.expressions import building
from esmock.features.esql.functions.conversion import convert_text
from esmock.features.esql.functions.function import Function, Refused
from esmock.features.esql.functions.registry import functions, is_not_built, suggestion
from esmock.features.esql.scope import Scope
from esmock.features.esql.similarity import hint
from esmock.features.esql.tree import Call, Expression, Literal, Name
from esmock.features.esql.types import DATES, SPANS, is_string
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any
_COMPARED = ("==", "!=", "<", "<=", ">", ">=", "in")
_FROM_TEXT = (*DATES, "ip", "version", "boolean")
"""Types whose values a constant text may stand for."""


@dataclass(slots=True)
class Analyzer:
    """One step's look at its expressions.

    Args:
        scope: the columns that there are.
        in_stats: aggregations may stand here.
        mentioned: whether a field of the indices may be told of where a name is unknown.
    """

    scope: Scope
    in_stats: bool = False
    mentioned: Callable[[str], bool] = lambda _name: True
    behaviour: Behaviour | None = None
    problems: list[tuple[Place, str]] = field(default_factory=list)
    type_problems: list[tuple[Place, str]] = field(default_factory=list)

    def check(self) -> None:
        """Raise Verification where something was wrong: names before types."""
        found = self.problems or self.type_problems
        if found:
            raise Verification(found)

    def unknown(self, name: str, at: Place) -> None:
        """A column is not there."""
        known = [one for one, found in self.scope.items() if not found.is_field or self.mentioned(one)]
        near = hint(name, hash_order(known))
        if all(not text.startswith(f"Unknown column [{name}]") for _, text in self.problems):
            self.problems.append((at, f"Unknown column [{name}]{near}"))

    def look(self, expression: Expression) -> str:
        """The type of an expression; empty where it is not known."""
        if isinstance(expression, Name):
            expression.type = self._name(expression)
        elif isinstance(expression, Call):
            expression.type = self._call(expression)
        return expression.type

    def _name(self, name: Name) -> str:
        found = self.scope.get(name.name)
        if found is None:
            self.unknown(name.name, name.at)
            return ""
        return found.type if self.check_usable(name.name, name.at) else ""

    def check_usable(self, name: str, at: Place) -> bool:
        """Whether a column that is there can be used; else it is told."""
        problem = self.scope[name].problem
        if problem is not None:
            self.problems.append((at, problem.format(name)))
        return problem is None

    def _call(self, call: Call) -> str:
        function = functions().get(call.name)
        if function is not None and self.behaviour is not None and not self.behaviour.has(function.since):
            function = None
        if function is None:
            if is_not_built(call.name, self.behaviour):
                raise Unsupported(f"the ES|QL function [{call.name}]")
            self.problems.append((call.at, f"Unknown function [{call.text.partition('(')[0]}]{suggestion(call.name, self.behaviour)}"))
            for argument in call.arguments:
                self.look(argument)
            return ""
        wrong = function.wrong_count(len(call.arguments))
        if wrong is not None:
            raise building(function.name, call.at, wrong)
        call.name = function.name
        self._check_place(call, function)
        if self._is_union(call, function):
            call.is_union = True
            return str(function.returns)
        types = [self.look(argument) for argument in call.arguments]
        if call.condition is not None:
            types.append(self._condition(call.condition))
        if not all(types):
            return ""
        known = len(self.type_problems)
        self._convert_constants(call)
        if len(self.type_problems) > known:
            return ""
        try:
            kind = function.resolve(call)
        except Refused as refused:
            self.type_problems.append((call.at, str(refused)))
            return ""
        problem = function.checks(call) if function.checks is not None else None
        if problem is not None:
            self.type_problems.append((call.at, problem))
            return ""
        return kind

    def _is_union(self, call: Call, function: Function) -> bool:
        """Whether a field whose types differ is converted from each of them."""
        first = call.arguments[0] if call.arguments else None
        found = self.scope.get(first.name) if isinstance(first, Name) else None
        if found is None or not found.conflicts or not function.name.startswith("to_") or not isinstance(function.returns, str):
            return False
        accepted = function.accepts[0].types
        return all(kind != "unsupported" and (not accepted or kind in accepted) for kind in found.types)

    def _condition(self, condition: Expression) -> str:
        outer, self.in_stats = self.in_stats, False
        kind = self.look(condition)
        self.in_stats = outer
        if kind:
            self.check_condition(condition)
        return kind

    def check_condition(self, condition: Expression) -> None:
        """A condition must be true or false."""
        if condition.type not in ("", "boolean", "null"):
            self.type_problems.append((condition.at, f"Condition expression needs to be boolean, found [{condition.type.upper()}]"))

    def _check_place(self, call: Call, function: Function) -> None:
        if function.is_aggregate and not self.in_stats:
            self.type_problems.append((call.at, f"aggregate function [{call.text}] not allowed outside STATS command"))
        if function.is_grouping and not self.in_stats:
            self.type_problems.append((call.at, f"cannot use grouping function [{call.text}] outside of a STATS command"))

    def _convert_constants(self, call: Call) -> None:
        """ES: a constant text beside a time, an address ... is read as one."""
        arguments = call.arguments
        if call.name in _COMPARED:
            wanted = next((one.type for one in arguments if one.type in _FROM_TEXT and not _is_text(one)), None)
            if wanted is not None:
                call.arguments = [self._converted(one, wanted) for one in arguments]
            return
        if call.name in ("+", "-") and any(one.type in SPANS for one in arguments):
            call.arguments = [self._converted(one, "datetime") for one in arguments]
            return
        function = functions()[call.name]
        for place, one in enumerate(arguments):
            accepted = function.accepts[min(place, len(function.accepts) - 1)].types
            wanted = next((kind for kind in ("datetime", "ip", "version") if kind in accepted), None)
            if wanted is not None and _is_text(one) and not any(is_string(kind) for kind in accepted):
                arguments[place] = self._converted(one, wanted)

    def _converted(self, one: Expression, kind: str) -> Expression:
        if not _is_text(one) or not isinstance(one, Literal):
            return one
        values = one.value if isinstance(one.value, list) else [one.value]
        try:
            found = [_read(value, kind) for value in values]
        except ValueError as error:
            self.type_problems.append((one.at, f"Cannot convert string [{one.value}] to [{kind.upper()}], error [{error}]"))
            return one
        value = found if isinstance(one.value, list) else found[0]
        return Literal(value, at=one.at, text=one.text, type=kind)


def _is_text(one: Expression) -> bool:
    return isinstance(one, Literal) and one.type == "keyword" and one.value is not None


def _read(text: str, kind: str) -> Json:
    if kind == "datetime":
        from esmock.features.esql.functions.dates import parse_ms

        try:
            return parse_ms(text)
        except ApiError as error:
            raise ValueError(error.reason) from None
    return convert_text(text, kind)
