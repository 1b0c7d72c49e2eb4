"""Statements, functions and the whole script."""

from __future__ import annotations

import ast
import types
from dataclasses import dataclass
from typing import Any

from esmock.script.painless import casts
from esmock.script.painless import nodes as n
from esmock.script.painless.compiler.calls import DEFAULTS, Calls
from esmock.script.painless.compiler.emit import FILENAME, Scope, Value
from esmock.script.painless.failure import bad_cast, illegal
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.arrays import null_pointer
from esmock.script.painless.runtime.limits import LOOP_LIMIT


@dataclass(slots=True)
class Flow:
    """What a statement does to the flow of control."""

    method_escape: bool = False
    loop_escape: bool = False
    all_escape: bool = False
    any_continue: bool = False
    any_break: bool = False


@dataclass(slots=True)
class _Place:
    in_loop: bool = False
    last_loop: bool = False
    last_source: bool = False


class Statements(Calls):
    """Adds statements. Each returns its Python statements and its Flow."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.returns = "def"
        self.uses_counter = False

    # -- functions

    def function_body(self, body: n.Block, returns: str, lambda_node: n.Lambda | None) -> tuple[list[ast.stmt], bool]:
        """The statements of a function or lambda; True when every path returns."""
        outer, outer_counter = self.returns, self.uses_counter
        self.returns, self.uses_counter = returns, False
        if lambda_node is not None and body.is_expression:
            statements = self._lambda_expression(body, returns)
            escapes = True
        else:
            statements, flow = self.block(body, _Place(last_source=True))
            escapes = flow.method_escape
        if self.uses_counter:
            statements[:0] = [self.assign("_left", self.const(LOOP_LIMIT)), self.assign("_next", self.const(LOOP_LIMIT))]
        self.returns, self.uses_counter = outer, outer_counter
        return statements, escapes

    def _lambda_expression(self, body: n.Block, returns: str) -> list[ast.stmt]:
        inner = body.statements[0]
        if not isinstance(inner, n.Return) or inner.value is None:
            raise AssertionError("the parser wraps a lambda's expression in a return")
        self.statements.add(inner.at)
        value = self.expression(inner.value, expected=returns if returns != "void" else "def")
        if returns == "void" or value.type == "void":
            return [self.place(ast.Expr(value.code)), self.place(ast.Return(self.const(None)))]
        done = self.cast(value, returns, inner.value.at, internal=True)
        return [self.place(ast.Return(done.code))]

    # -- blocks

    def block(self, node: n.Block, where: _Place) -> tuple[list[ast.stmt], Flow]:
        """A block in its own scope."""
        out: list[ast.stmt] = []
        flow = Flow()
        last = len(node.statements) - 1
        for at, statement in enumerate(node.statements):
            if flow.all_escape:
                raise illegal(node.at, "invalid block: unreachable statement")
            inner = _Place(
                in_loop=where.in_loop,
                last_loop=(where.last_loop) and at == last,
                last_source=where.last_source and at == last,
            )
            statements, one = self.statement(statement, inner)
            out.extend(statements)
            flow.method_escape = one.method_escape
            flow.loop_escape = one.loop_escape
            flow.all_escape = one.all_escape
            flow.any_continue |= one.any_continue
            flow.any_break |= one.any_break
        return out, flow

    def scoped(self, node: n.Block, where: _Place) -> tuple[list[ast.stmt], Flow]:
        self.scope.push()
        try:
            return self.block(node, where)
        finally:
            self.scope.pop()

    def statement(self, node: n.Node, where: _Place) -> tuple[list[ast.stmt], Flow]:
        if not isinstance(node, n.DeclarationBlock):
            self.statements.add(node.at)
        if isinstance(node, n.ExpressionStatement):
            return self._expression_statement(node, where)
        if isinstance(node, n.DeclarationBlock):
            return [one for declaration in node.declarations for one in self._declare(declaration)], Flow()
        if isinstance(node, n.Return):
            return self._return(node)
        if isinstance(node, n.If):
            return self._if(node, where)
        if isinstance(node, n.While | n.DoWhile | n.For | n.ForEach):
            return self._loop(node)
        if isinstance(node, n.Try):
            return self._try(node, where)
        if isinstance(node, n.Throw):
            return self._throw(node)
        return self._jump(node, where)

    def _jump(self, node: n.Node, where: _Place) -> tuple[list[ast.stmt], Flow]:
        name = "continue" if isinstance(node, n.Continue) else "break"
        if not where.in_loop:
            raise illegal(node.at, f"invalid {name} statement: not inside loop")
        if name == "continue":
            if where.last_loop:
                raise illegal(node.at, "extraneous continue statement")
            flow = Flow(all_escape=True, any_continue=True)
            return [*self._afterthought(), self.place(ast.Continue())], flow
        return [self.place(ast.Break())], Flow(loop_escape=True, all_escape=True, any_break=True)

    def _expression_statement(self, node: n.ExpressionStatement, where: _Place) -> tuple[list[ast.stmt], Flow]:
        void = self.returns == "void"
        used = where.last_source and not void
        value = self.expression(node.value, used=used)
        if used and value.type != "void":
            done = self.cast(value, self.returns, node.value.at, internal=True)
            return [self.place(ast.Return(done.code))], Flow(method_escape=True, loop_escape=True, all_escape=True)
        return [self._discard(value)], Flow()

    def _discard(self, value: Value) -> ast.stmt:
        code = value.code
        if isinstance(code, ast.NamedExpr) and isinstance(code.target, ast.Name):
            return self.assign(code.target.id, code.value)
        return self.place(ast.Expr(code))  # type: ignore[no-any-return]

    def _declare(self, node: n.Declaration) -> list[ast.stmt]:
        self.statements.add(node.at)
        kind = self.lookup.resolve(node.type_name)
        if kind is None:
            raise illegal(node.at, f"invalid declaration: cannot resolve type [{node.type_name}]")
        if kind == "void":
            raise illegal(node.at, "invalid declaration: cannot declare variable with type [void]")
        value = None
        if node.value is not None:
            found = self.expression(node.value, expected=kind)
            value = self.cast(found, kind, node.value.at)
        variable = self.scope.define(node.at, node.name, kind, self.fresh("v"))
        if value is None:
            default = DEFAULTS.get(kind, 0 if kind in casts.BOXES else None)
            code = self.cast(Value(self.const(0), "int", 0), "char", node.at, explicit=True).code if kind == "char" else (
                self.const(default)
            )
            return [self.assign(variable.python, code)]
        return [self.assign(variable.python, value.code)]

    def _return(self, node: n.Return) -> tuple[list[ast.stmt], Flow]:
        flow = Flow(method_escape=True, loop_escape=True, all_escape=True)
        if node.value is None:
            if self.returns != "void":
                raise bad_cast(node.at, f"cannot cast from [{self.returns}] to [void]")
            return [self.place(ast.Return(self.const(None)))], flow
        value = self.expression(node.value, expected=self.returns)
        done = self.cast(value, self.returns, node.value.at, internal=True)
        return [self.place(ast.Return(done.code))], flow

    def _throw(self, node: n.Throw) -> tuple[list[ast.stmt], Flow]:
        value = self.cast(self.expression(node.value, expected="java.lang.Exception"), "java.lang.Exception", node.value.at)
        if value.type == "null":
            code = self.call(null_pointer('Cannot throw exception because "null" is null'))
        else:
            code = self.require(value, lambda: "Cannot throw exception")
        flow = Flow(method_escape=True, loop_escape=True, all_escape=True)
        return [self.place(ast.Raise(code, None))], flow

    # -- if, try

    def _if(self, node: n.If, where: _Place) -> tuple[list[ast.stmt], Flow]:
        condition = self.cast(self.expression(node.condition, expected="boolean"), "boolean", node.condition.at)
        if isinstance(node.condition, n.Boolean):
            raise illegal(node.at, "extraneous if block")
        if not node.then.statements:
            raise illegal(node.at, "extraneous if block")
        then, first = self.scoped(node.then, where)
        if node.otherwise is None:
            flow = Flow(any_continue=first.any_continue, any_break=first.any_break)
            return [self.place(ast.If(condition.code, then, []))], flow
        if not node.otherwise.statements:
            raise illegal(node.at, "extraneous else block.")
        otherwise, second = self.scoped(node.otherwise, where)
        flow = Flow(
            first.method_escape and second.method_escape,
            first.loop_escape and second.loop_escape,
            first.all_escape and second.all_escape,
            first.any_continue or second.any_continue,
            first.any_break or second.any_break,
        )
        return [self.place(ast.If(condition.code, then, otherwise))], flow

    def _try(self, node: n.Try, where: _Place) -> tuple[list[ast.stmt], Flow]:
        if not node.body.statements:
            raise illegal(node.at, "extraneous try statement")
        inner = _Place(where.in_loop, where.last_loop, where.last_source)
        body, flow = self.scoped(node.body, inner)
        flow = Flow(flow.method_escape, flow.loop_escape, flow.all_escape, flow.any_continue, flow.any_break)
        handlers = []
        for caught in node.catches:
            handler, one = self._catch(caught, inner)
            handlers.append(handler)
            flow.method_escape &= one.method_escape
            flow.loop_escape &= one.loop_escape
            flow.all_escape &= one.all_escape
            flow.any_continue |= one.any_continue
            flow.any_break |= one.any_break
        return [self.place(ast.Try(body, handlers, [], []))], flow

    def _catch(self, node: n.Catch, where: _Place) -> tuple[ast.ExceptHandler, Flow]:
        self.statements.add(node.at)
        kind = self.lookup.resolve(node.type_name)
        if kind is None:
            raise illegal(node.at, f"invalid catch declaration: cannot resolve type [{node.type_name}]")
        self.scope.push()
        try:
            variable = self.scope.define(node.at, node.name, kind, self.fresh("v"))
            if kind not in t.CLASSES or not self.lookup.is_subtype(kind, "java.lang.Exception"):
                raise bad_cast(node.at, f"cannot cast from [{kind}] to [java.lang.Exception]")
            body, flow = self.block(node.body, where)
        finally:
            self.scope.pop()
        classes = self.bind(t.CLASSES[kind])
        self.line = node.at
        # Python deletes the name after the handler; nothing of the script can read it there
        handler = ast.ExceptHandler(classes, variable.python, body or [self.place(ast.Pass())])
        return self.place(handler), flow

    # -- loops

    _after: list[ast.stmt] | None = None

    def _afterthought(self) -> list[ast.stmt]:
        return list(self._after or [])

    def _counter(self, at: int, count: int) -> list[ast.stmt]:
        self.uses_counter = True
        self.line = at
        reduced = self.binary(self.load("_left"), ast.Sub(), self.const(max(1, count)))
        due = self.compare(self.load("_left"), ast.LtE(), self.load("_next"))
        check = self.assign("_next", self.call(self.budget.loop, self.load("_left")))
        return [self.assign("_left", reduced), self.place(ast.If(due, [check], []))]

    def _loop(self, node: n.Node) -> tuple[list[ast.stmt], Flow]:
        outer = self._after
        self._after = None
        self.scope.push()
        try:
            if isinstance(node, n.While):
                return self._while(node)
            if isinstance(node, n.DoWhile):
                return self._do(node)
            if isinstance(node, n.For):
                return self._for(node)
            return self._each(node)  # type: ignore[arg-type]
        finally:
            self.scope.pop()
            self._after = outer

    def _loop_body(self, at: int, body: n.Block, name: str) -> tuple[list[ast.stmt], Flow]:
        statements, flow = self.block(body, _Place(in_loop=True, last_loop=True))
        if flow.loop_escape and not flow.any_continue:
            raise illegal(at, f"extraneous {name} loop")
        return statements, flow

    def _condition(self, node: n.Node | None, at: int, name: str) -> tuple[ast.expr, bool]:
        """The code of a loop's condition, and whether it is always true."""
        if node is None:
            return self.const(True), True
        value = self.cast(self.expression(node, expected="boolean"), "boolean", node.at)
        if isinstance(node, n.Boolean):
            if not node.value:
                raise illegal(at, f"extraneous {name} loop")
            return value.code, True
        return value.code, False

    def _while(self, node: n.While) -> tuple[list[ast.stmt], Flow]:
        condition, endless = self._condition(node.condition, node.at, "while")
        empty = node.body is None or not node.body.statements
        if endless and empty:
            raise illegal(node.at, "no paths escape from while loop")
        flow = Flow()
        body: list[ast.stmt] = []
        count = 1
        if node.body is not None and not empty:
            body, flow = self._loop_body(node.at, node.body, "while")
            count = len(node.body.statements)
        counter = self._counter(node.at, count)
        out = Flow()
        if endless and not flow.any_break:
            out = Flow(method_escape=True, all_escape=True)
        return [self.place(ast.While(condition, counter + body, []))], out

    def _do(self, node: n.DoWhile) -> tuple[list[ast.stmt], Flow]:
        if not node.body.statements:
            raise illegal(node.at, "extraneous do-while loop")
        # the condition must run after a ``continue`` too: it is compiled first into the afterthought
        probe = self._probe_do(node)
        self._after = probe
        body, flow = self._loop_body(node.at, node.body, "do-while")
        condition, endless = self._condition(node.condition, node.at, "do-while")
        out = Flow()
        if endless and not flow.any_break:
            out = Flow(method_escape=True, all_escape=True)
        counter = self._counter(node.at, len(node.body.statements))
        leave = self.place(ast.If(self.place(ast.UnaryOp(ast.Not(), condition)), [self.place(ast.Break())], []))
        tail = [] if flow.all_escape else [leave]
        return [self.place(ast.While(self.const(True), counter + body + tail, []))], out

    def _probe_do(self, node: n.DoWhile) -> list[ast.stmt]:
        """What ``continue`` runs in a do loop: the test of its condition."""
        if not _has_continue(node.body):
            return []
        condition, _ = self._condition(node.condition, node.at, "do-while")
        negated = self.place(ast.UnaryOp(ast.Not(), condition))
        return [self.place(ast.If(negated, [self.place(ast.Break())], []))]

    def _for(self, node: n.For) -> tuple[list[ast.stmt], Flow]:
        before: list[ast.stmt] = []
        if isinstance(node.initializer, n.DeclarationBlock):
            for declaration in node.initializer.declarations:
                before.extend(self._declare(declaration))
        elif isinstance(node.initializer, n.ExpressionStatement):
            before.append(self._discard(self.expression(node.initializer.value, used=False)))
        condition, endless = self._condition(node.condition, node.at, "for")
        after: list[ast.stmt] = []
        if node.afterthought is not None:
            after = [self._discard(self.expression(node.afterthought, used=False))]
        self._after = after
        flow = Flow()
        body: list[ast.stmt] = []
        count = 1
        if node.body is not None and node.body.statements:
            body, flow = self._loop_body(node.at, node.body, "for")
            count = len(node.body.statements)
        counter = self._counter(node.at, count)
        out = Flow()
        if endless and not flow.any_break and node.body is not None:
            out = Flow(method_escape=True, all_escape=True)
        tail = [] if flow.all_escape and not flow.any_continue else after
        return [*before, self.place(ast.While(condition, counter + body + tail, []))], out

    def _each(self, node: n.ForEach) -> tuple[list[ast.stmt], Flow]:
        iterable = self.expression(node.iterable)
        kind = self.lookup.resolve(node.type_name)
        if kind is None:
            raise illegal(node.at, f"invalid foreach loop: type [{node.type_name}] not found")
        variable = self.scope.define(node.at, node.name, kind, self.fresh("v"))
        if not node.body.statements:
            raise illegal(node.at, "extraneous foreach loop")
        item_name = self.fresh("t")
        source = iterable.type
        if source.endswith("[]"):
            code, item = iterable.code, source[:-2]
            code = self.require(iterable, lambda: "Cannot read the array length")
        elif source == "def" or self.lookup.is_subtype(source, "java.lang.Iterable"):
            code, item = self.call(self.dynamic.iterate, iterable.code), "def"
        else:
            code, item = iterable.code, ""
        before = self.line
        body, _ = self._loop_body(node.at, node.body, "foreach")
        if not item:
            shown = casts.OBJECT if source == "null" else source
            raise illegal(node.at, f"invalid foreach loop: cannot iterate over type [{shown}].")
        # ES: reports what the iterable or an earlier statement set
        element = self.cast(Value(self.load(item_name), item, at=before), kind, node.at, explicit=True, internal=True)
        first = self.assign(variable.python, element.code)
        counter = self._counter(node.at, len(node.body.statements))
        target = self.place(ast.Name(item_name, ast.Store()))
        self.line = before  # where a loop fails that its body made wrong
        return [self.place(ast.For(target, code, [*counter, first, *body], [], None))], Flow()

    # -- the script

    def compile_script(self, tree: n.Script, parameters: list[tuple[str, str]], returns: str) -> types.CodeType:
        """The module of the script; its function ``execute`` takes the context's variables."""
        for function in tree.functions:
            self._declare_function(function)
        for function in tree.functions:
            self._define(function)
        self.scope = Scope(slot=2)
        for name, kind in parameters:
            self.scope.define(0, name, kind, "c_" + name)
        self.scope._slots[-1] = 2
        self.line = -1
        if not tree.body.statements:
            raise illegal(0, "invalid function definition: found no statements for function [execute] with [0] parameters")
        statements, escapes = self.function_body(tree.body, returns, None)
        if not escapes and returns != "void":
            value = self.const(None) if returns not in casts.BOXES else self.const(DEFAULTS.get(returns, 0))
            statements.append(self.place(ast.Return(value)))
        self.define_function("execute", ["c_" + name for name, _ in parameters], statements)
        if self.late_failure is not None:
            raise self.late_failure
        module = ast.Module(self.functions, [])
        return compile(module, FILENAME, "exec")

    def _declare_function(self, node: n.Function) -> None:
        key = (node.name, len(node.names))
        shown = f"{node.name}/{len(node.names)}"
        returns = self.lookup.resolve(node.return_type)
        if returns is None:
            reason = f"invalid function definition: return type [{node.return_type}] not found for function [{shown}]"
            raise illegal(node.at, reason)
        kinds = []
        for name in node.types:
            kind = self.lookup.resolve(name)
            if kind is None:
                reason = f"invalid function definition: parameter type [{name}] not found for function [{shown}]"
                raise illegal(node.at, reason)
            kinds.append(kind)
        if key in self.own_functions:
            raise illegal(node.at, f"invalid function definition: found duplicate function [{shown}].")
        self.own_functions[key] = (self.fresh("f"), node, kinds, returns)

    def _define(self, node: n.Function) -> None:
        python, _, kinds, returns = self.own_functions[node.name, len(node.names)]
        self.scope = Scope(slot=1)
        names = []
        for name, kind in zip(node.names, kinds, strict=True):
            variable = self.scope.define(node.at, name, kind, self.fresh("v"))
            names.append(variable.python)
        where = f"function [{node.name}] with [{len(node.names)}] parameters"
        if not node.body.statements:
            raise illegal(node.at, f"invalid function definition: found no statements for {where}")
        self.line = node.at
        statements, escapes = self.function_body(node.body, returns, None)
        if not escapes and returns != "void":
            raise illegal(node.at, f"invalid function definition: not all paths provide a return value for {where}")
        tick = self.place(ast.Expr(self.call(self.budget.tick)))
        self.define_function(python, names, [tick, *statements])


def _has_continue(node: n.Block) -> bool:
    todo: list[Any] = list(node.statements)
    while todo:
        one = todo.pop()
        if isinstance(one, n.Continue):
            return True
        if isinstance(one, n.If):
            todo.extend(one.then.statements)
            todo.extend(one.otherwise.statements if one.otherwise else [])
        elif isinstance(one, n.Try):
            todo.extend(one.body.statements)
            for caught in one.catches:
                todo.extend(caught.body.statements)
    return False


