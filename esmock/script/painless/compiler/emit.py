"""Building Python's syntax tree: values with their static type, variables, and the line that each instruction reports.

A line number of the generated code is an offset in the script plus one, so a traceback tells the place of a runtime error. Like the
original, only some nodes set the line; an instruction reports the last one that was set before it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from esmock.script.painless.allowlist import Lookup
from esmock.script.painless.failure import illegal

FILENAME = "<painless>"


@dataclass(slots=True)
class Value:
    """An expression: its code and static type (``null`` for the null constant).

    constant: the Python value of a literal or folded expression, else None.
    because: what it is, for messages about null.
    at: offset that a cast of it reports, where that is not the offset of its node; -1 for none.
    """

    code: ast.expr
    type: str
    constant: Any = None
    because: str = ""
    at: int = -1


@dataclass(slots=True)
class StaticType:
    name: str
    at: int


@dataclass(slots=True)
class Partial:
    """The beginning of what may become a qualified type name."""

    name: str
    at: int


@dataclass(slots=True)
class Variable:
    name: str
    type: str
    python: str
    slot: int
    read_only: bool = False


class Scope:
    """The variables of one function, by block. Lambdas see the enclosing function's and note what they capture."""

    def __init__(self, parent: Scope | None = None, *, slot: int = 1) -> None:
        self._blocks: list[dict[str, Variable]] = [{}]
        self._slots = [slot]
        self._parent = parent
        self.captured: dict[str, Variable] = {}

    def push(self) -> None:
        self._blocks.append({})
        self._slots.append(self._slots[-1])

    def pop(self) -> None:
        self._blocks.pop()
        self._slots.pop()

    def find(self, name: str) -> Variable | None:
        for block in reversed(self._blocks):
            if name in block:
                return block[name]
        if self._parent is None:
            return None
        found = self._parent.find(name)
        if found is not None:
            inner = Variable(name, found.type, found.python, found.slot, read_only=True)
            self.captured[name] = inner
            return inner
        return None

    def define(self, at: int, name: str, kind: str, python: str, *, read_only: bool = False) -> Variable:
        if self.find(name) is not None:
            raise illegal(at, f"variable [{name}] is already defined")
        variable = Variable(name, kind, python, self._slots[-1], read_only)
        self._slots[-1] += 2 if kind in ("long", "double") else 1
        self._blocks[-1][name] = variable
        return variable


class Emitter:
    """Makes tree nodes that carry the current line."""

    def __init__(self, source: str, lookup: Lookup) -> None:
        self.source = source
        self.lookup = lookup
        self.line = 0
        self.statements: set[int] = set()
        self.globals: dict[str, Any] = {}
        self.functions: list[ast.stmt] = []
        self._bound: dict[int, str] = {}
        self._count = 0
        self.scope = Scope()

    def fresh(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count}"

    def place(self, node: Any) -> Any:
        node.lineno = node.end_lineno = self.line + 1
        node.col_offset = node.end_col_offset = 0
        return node

    def bind(self, thing: Any, prefix: str = "k") -> ast.expr:
        """A name for a runtime object; the only way generated code reaches anything."""
        key = id(thing)
        if key not in self._bound:
            name = self.fresh(prefix)
            self._bound[key] = name
            self.globals[name] = thing
        return self.load(self._bound[key])

    def load(self, name: str) -> ast.expr:
        return self.place(ast.Name(name, ast.Load()))

    def const(self, value: Any) -> ast.expr:
        return self.place(ast.Constant(value))

    def call(self, function: Callable[..., Any] | ast.expr, *arguments: ast.expr) -> ast.expr:
        target = function if isinstance(function, ast.expr) else self.bind(function)
        return self.place(ast.Call(target, list(arguments), []))

    def binary(self, left: ast.expr, operator: ast.operator, right: ast.expr) -> ast.expr:
        return self.place(ast.BinOp(left, operator, right))

    def compare(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> ast.expr:
        return self.place(ast.Compare(left, [operator], [right]))

    def choose(self, condition: ast.expr, then: ast.expr, otherwise: ast.expr) -> ast.expr:
        return self.place(ast.IfExp(condition, then, otherwise))

    def walrus(self, name: str, value: ast.expr) -> ast.expr:
        return self.place(ast.NamedExpr(self.place(ast.Name(name, ast.Store())), value))

    def pick(self, which: int, *parts: ast.expr) -> ast.expr:
        """Evaluate all parts in order; the value is one of them."""
        whole = self.place(ast.Tuple(list(parts), ast.Load()))
        return self.place(ast.Subscript(whole, self.const(which), ast.Load()))

    def keep(self, code: ast.expr) -> tuple[ast.expr, Callable[[], ast.expr]]:
        """Evaluate once, use often: the first use and a maker of further ones."""
        if isinstance(code, ast.Constant):
            return code, lambda: code
        if isinstance(code, ast.Name):
            return code, lambda: self.load(code.id)
        name = self.fresh("t")
        return self.walrus(name, code), lambda: self.load(name)

    def assign(self, name: str, value: ast.expr) -> ast.stmt:
        return self.place(ast.Assign([self.place(ast.Name(name, ast.Store()))], value))  # type: ignore[no-any-return]
