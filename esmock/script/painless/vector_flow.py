"""Statements over whole columns: branches, loops and assignments under masks of documents."""

from __future__ import annotations

from typing import Any

from esmock.script.painless import nodes as n
from esmock.script.painless.vector_values import NoVector, Typed, Values

_MOST_ROUNDS = 1000
"""Rounds of a loop that columns run; longer ones are left to the slow way, with its limits."""


class Flow(Values):
    """Runs the statements of a script; ``result`` is what the documents have returned."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._result: Typed | None = None
        self._done: Any = None
        """Documents that have returned; None: none has."""

    def body(self, statements: list[n.Node]) -> Typed:
        """The value of the script for each document. Raises NoVector."""
        last = statements[-1]
        if isinstance(last, n.ExpressionStatement) and last.value is not None and not isinstance(last.value, n.Assignment):
            statements = [*statements[:-1], n.Return(last.at, last.value)]
        outer = self._mask
        self._block(statements)
        self._mask = outer
        if self._result is None:
            raise NoVector
        return self._result

    # -- statements

    def _block(self, statements: list[n.Node]) -> None:
        names = set(self._locals)
        for statement in statements:
            if self._mask is not None and not self._mask.any():
                break
            self._statement(statement)
        for name in set(self._locals) - names:
            del self._locals[name]

    def _statement(self, node: n.Node) -> None:
        if isinstance(node, n.DeclarationBlock):
            for declaration in node.declarations:
                self._declare(declaration)
        elif isinstance(node, n.ExpressionStatement) and isinstance(node.value, n.Assignment):
            self._assign(node.value)
        elif isinstance(node, n.Return) and node.value is not None:
            self._return(self.value(node.value))
        elif isinstance(node, n.If):
            self._if(node)
        elif isinstance(node, n.For):
            self._for(node)
        else:
            raise NoVector

    def _return(self, value: Typed) -> None:
        np = self._np
        if self._mask is None and self._result is None:
            self._result, self._mask = value, np.zeros(self._n_docs, bool)
            return
        if value.kind == "string" or (self._result is not None and self._result.kind == "string"):
            raise NoVector
        mask = np.ones(self._n_docs, bool) if self._mask is None else self._mask
        dtype = bool if value.kind == "boolean" else np.float64
        old = np.zeros(self._n_docs, dtype) if self._result is None else self._result.values
        if self._result is not None and (self._result.kind == "boolean") != (value.kind == "boolean"):
            raise NoVector
        merged = np.where(mask, np.asarray(value.values, dtype), old)
        self._result = Typed(merged, "boolean" if dtype is bool else "mixed")
        self._done = mask if self._done is None else self._done | mask
        self._mask = np.zeros(self._n_docs, bool)

    def _if(self, node: n.If) -> None:
        np = self._np
        test = np.broadcast_to(np.asarray(self._boolean(node.condition)), (self._n_docs,))
        outer = self._mask
        branches = [(test, node.then)]
        if node.otherwise is not None:
            branches.append((~test, node.otherwise))
        left = [] if node.otherwise is not None else [~test if outer is None else outer & ~test]
        for condition, block in branches:
            self._mask = condition if outer is None else outer & condition
            self._block(block.statements)
            left.append(self._mask)
        self._mask = left[0] if len(left) == 1 else left[0] | left[1]

    def _for(self, node: n.For) -> None:
        np = self._np
        names = set(self._locals)
        if isinstance(node.initializer, n.DeclarationBlock):
            for declaration in node.initializer.declarations:
                self._declare(declaration)
        elif node.initializer is not None:
            raise NoVector
        if node.condition is None or node.body is None:
            raise NoVector
        outer = np.ones(self._n_docs, bool) if self._mask is None else self._mask
        running = outer
        for _ in range(_MOST_ROUNDS):
            self._mask = running
            test = np.broadcast_to(np.asarray(self._boolean(node.condition)), (self._n_docs,))
            running = running & test
            if not running.any():
                break
            self._mask = running
            self._block(node.body.statements)
            running = self._mask
            if isinstance(node.afterthought, n.Assignment):
                self._assign(node.afterthought)
            elif node.afterthought is not None:
                raise NoVector
        else:
            raise NoVector
        self._mask = outer if self._done is None else outer & ~self._done
        for name in set(self._locals) - names:
            del self._locals[name]

    # -- variables

    def _declare(self, node: n.Declaration) -> None:
        if node.value is None:
            raise NoVector
        found = self.value(node.value)
        self._locals[node.name] = self._held(node.type_name, found)
        self._types[node.name] = node.type_name

    def _held(self, kind: str, value: Typed) -> Typed:
        """A value as a variable of a declared type holds it."""
        if kind in ("def", value.kind) or (kind == "String" and value.kind == "string"):
            return value
        if kind in ("double", "long") and self._widens(value.kind, kind):
            return self._cast(value, kind)
        raise NoVector

    def _assign(self, node: n.Assignment) -> None:
        if not isinstance(node.target, n.Symbol) or node.target.name not in self._locals:
            raise NoVector
        name = node.target.name
        old, kind = self._locals[name], self._types[name]
        if node.value is None:
            new = self._arithmetic(node.operator, old, Typed(self._np.int64(1), "int"))
        elif node.operator:
            if node.operator not in "+-*/%":
                raise NoVector
            new = self._arithmetic(node.operator, old, self.value(node.value))
        else:
            new = self.value(node.value)
        if node.operator and kind != "def" and new.kind != kind:
            new = self._cast(new, kind)
        new = self._held(kind, new)
        if self._mask is not None and not self._mask.all():
            if new.kind != old.kind or new.kind == "string":
                raise NoVector
            new = Typed(self._np.where(self._mask, new.values, old.values), new.kind)
        self._locals[name] = new
