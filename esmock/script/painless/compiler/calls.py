"""Calls, constructors, lambdas and method references."""

from __future__ import annotations

import ast
import functools
from typing import Any

from esmock import errors
from esmock.script.painless import casts
from esmock.script.painless import nodes as n
from esmock.script.painless.allowlist import PRIMITIVES, Method
from esmock.script.painless.compiler.access import Access, signature
from esmock.script.painless.compiler.emit import Partial, Scope, StaticType, Value
from esmock.script.painless.failure import CompileFailure, illegal
from esmock.script.painless.runtime import arrays, library
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.dynamic import argument_converter

DEFAULTS: dict[str, Any] = {"boolean": False, "float": 0.0, "double": 0.0}


class Calls(Access):
    """Adds everything that calls; ``functions_by_key`` are the script's own, ``imports`` the context's."""

    def __init__(self, *arguments: Any, imports: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.imports = imports
        self.lambda_count = 0
        self.own_functions: dict[tuple[str, int], tuple[str, n.Function, list[str], str]] = {}

    # -- methods

    def method_call(self, node: n.Call, used: bool) -> Value:
        prefix = self.any(node.prefix, "", True)
        if isinstance(prefix, Partial):
            raise illegal(node.at, f"cannot resolve symbol [{prefix.name}]")
        if isinstance(prefix, StaticType):
            return self._static_call(node, prefix)
        if node.null_safe:
            return self.null_safe(node.at, prefix, lambda inner: self._object_call(node, inner))
        return self._object_call(node, prefix)

    def _object_call(self, node: n.Call, prefix: Value) -> Value:
        if prefix.type == "def":
            return self._dynamic_call(node, prefix)
        kind = prefix.type if prefix.type != "null" else casts.OBJECT
        count = len(node.arguments)
        owner = casts.BOXES.get(kind, kind)
        method = self.lookup.method(owner, node.name, count) if not kind.endswith("[]") else None
        if method is None:
            raise illegal(node.at, f"member method [{kind}, {node.name}/{count}] not found")
        self.line = node.at
        arguments = self._arguments(node.arguments, method.parameters)
        receiver = self.require(prefix, lambda: f'Cannot invoke "{signature(method)}"')
        if kind in PRIMITIVES:
            receiver = self.box(receiver, kind)
        code = self.call(library.implementation(method), receiver, *arguments)
        return Value(code, method.returns, because=f'the return value of "{signature(method)}"')

    def _static_call(self, node: n.Call, prefix: StaticType) -> Value:
        count = len(node.arguments)
        method = self.lookup.static(prefix.name, node.name, count)
        if method is None:
            raise illegal(node.at, f"static method [{prefix.name}, {node.name}/{count}] not found")
        self.line = node.at
        arguments = self._arguments(node.arguments, method.parameters)
        return Value(self.call(library.static(method), *arguments), method.returns)

    def _arguments(self, given: list[n.Node], kinds: tuple[str, ...] | list[str]) -> list[ast.expr]:
        out = []
        for argument, kind in zip(given, kinds, strict=True):
            if kind == "def" and isinstance(argument, n.Lambda):
                raise illegal(argument.at, "Cannot pass lambda to [def], not a functional interface")
            if kind == "def" and isinstance(argument, n.FunctionRef):
                shown = f"{argument.symbol}::{argument.method}"
                reason = f"cannot convert function reference [{shown}] to a non-functional interface [def]"
                raise illegal(argument.at, reason)
            value = self.expression(argument, expected=kind)
            out.append(self.cast(value, kind, argument.at, internal=True).code)
        return out

    def _dynamic_call(self, node: n.Call, prefix: Value) -> Value:
        arguments, kinds = [], []
        self.line = node.at
        for argument in node.arguments:
            value = self.expression(argument, expected="def")
            if value.type == "void":
                raise illegal(argument.at, "Argument(s) cannot be of [void] type when calling method " f"[{node.name}].")
            arguments.append(self.boxed(value))
            kinds.append(value.type)
        caller = self.dynamic.caller(node.name, tuple(kinds))
        return Value(self.call(caller, prefix.code, *arguments), "def")

    def local_call(self, node: n.LocalCall) -> Value:
        count = len(node.arguments)
        own = self.own_functions.get((node.name, count))
        if own is not None:
            python, _, kinds, returns = own
            self.line = node.at
            return Value(self.call(self.load(python), *self._arguments(node.arguments, kinds)), returns)
        found = self.imports.find(node.name, count)
        if found is None:
            shown = ", ".join(f"org.elasticsearch.painless.node.{_java_node(one)}@1" for one in node.arguments)
            raise illegal(node.at, f"Unknown call [{node.name}] with [[{shown}]] arguments.")
        method, function, hidden = found
        self.line = node.at
        arguments = self._arguments(node.arguments, method.parameters)
        if hidden:
            variable = self.scope.find(hidden)
            arguments.insert(0, self.load(variable.python if variable is not None else hidden))
        return Value(self.call(function, *arguments), method.returns)

    # -- objects

    def new_object(self, node: n.NewObject, used: bool) -> Value:
        name = self.lookup.resolve(node.type_name)
        if name is None:
            raise illegal(node.at, f"Not a type [{node.type_name}].")
        count = len(node.arguments)
        constructor = self.lookup.constructor(name, count)
        if constructor is None:
            raise illegal(node.at, f"constructor [{name}, <init>/{count}] not found")
        if not used:
            raise CompileFailure(-1, errors.ArrayIndexOutOfBounds("Index -1 out of bounds for length 0"))
        self.line = node.at
        arguments = self._arguments(node.arguments, constructor.parameters)
        thrown = t.CLASSES.get(name)
        if thrown is not None:
            maker = functools.partial(library.new_throwable, thrown, self.line)
            return Value(self.call(maker, *arguments), name)
        return Value(self.call(library.constructor(constructor), *arguments), name)

    def new_array(self, node: n.NewArray) -> Value:
        name = self.lookup.resolve(node.type_name)
        if name is None:
            raise illegal(node.at, f"Not a type [{node.type_name}].")
        self.line = node.at
        if node.initialiser:
            item = name[:-2]
            codes = []
            for value in node.arguments:
                found = self.expression(value, expected=item)
                codes.append(self.cast(found, item, value.at, internal=True).code)
            values = self.place(ast.List(codes, ast.Load()))
            return Value(self.call(arrays.new_filled, self.const(item), values), name)
        sizes = []
        for size in node.arguments:
            found = self.expression(size, expected="int")
            sizes.append(self.cast(found, "int", size.at, internal=True).code)
        base = name[: -2 * len(sizes)]
        return Value(self.call(self.budget.new_array, self.const(base), *sizes), name)

    # -- lambdas and references

    def lambda_value(self, node: n.Lambda, expected: str) -> Value:
        if not node.body.statements:
            raise CompileFailure(-1, t.to_error(t.NullPointer(None)))  # ES: its compiler stumbles over an empty block
        interface, parameters, returns = self._interface(node, expected)
        kinds = []
        for at, kind in enumerate(node.types):
            if kind is None:
                kinds.append(parameters[at] if parameters is not None else "def")
                continue
            full = self.lookup.resolve(kind)
            if full is None:
                raise illegal(node.at, f"cannot resolve type [{kind}]")
            kinds.append(full)
        outer_scope, outer_line = self.scope, self.line
        self.scope = Scope(outer_scope)
        names = []
        for name, kind in zip(node.names, kinds, strict=True):
            python = self.fresh("v")
            self.scope.define(node.at, name, kind, python)
            names.append(python)
        python = f"lambda$synthetic${self.lambda_count}"
        self.lambda_count += 1
        statements, escapes = self.function_body(node.body, returns, node)  # type: ignore[attr-defined]
        tick = self.place(ast.Expr(self.call(self.budget.tick)))
        statements = [tick, *self._entry_casts(node.at, names, kinds, parameters), *statements]
        captured = [one.python for one in self.scope.captured.values()]
        if not escapes and returns != "void":
            if parameters is None or returns == "def":
                statements.append(self.place(ast.Return(self.const(None))))
            else:
                raise illegal(node.at, "not all paths return a value for lambda")
        self.define_function(python, captured + names, statements)
        self.scope, self.line = outer_scope, outer_line
        self.line = node.at
        target = self.load(python)
        if not captured:
            return Value(target, expected if interface else "def")
        bound = self.call(functools.partial, target, *(self.load(one) for one in captured))
        return Value(bound, expected if interface else "def")

    def _entry_casts(
        self, at: int, names: list[str], kinds: list[str], parameters: tuple[str, ...] | None
    ) -> list[ast.stmt]:
        """Conversions of arguments whose declared type is not the interface's."""
        self.line = at
        out = []
        given = parameters if parameters is not None else ("def",) * len(names)
        for name, kind, actual in zip(names, kinds, given, strict=True):
            converter = argument_converter(kind) if actual == "def" != kind else None
            if converter is not None:
                out.append(self.assign(name, self.call(converter, self.load(name))))
        return out

    def _interface(self, node: n.Lambda, expected: str) -> tuple[bool, tuple[str, ...] | None, str]:
        if expected == "def":
            return False, None, "def"
        method = self.lookup.functional(expected)
        if method is None:
            raise illegal(
                node.at,
                f"Cannot pass lambda to [{expected}], not a functional interface",
            )
        if len(method.parameters) != len(node.types):
            raise CompileFailure(
                -1,
                errors.IllegalArgument(f"Incorrect number of parameters for [{method.name}] in [{expected}]"),
            )
        return True, method.parameters, method.returns

    def define_function(self, name: str, parameters: list[str], body: list[ast.stmt]) -> None:
        """Add a function to the generated module."""
        arguments = ast.arguments([], [self.place(ast.arg(one)) for one in parameters], None, [], [], None, [])
        definition: Any = ast.FunctionDef(name, arguments, body or [self.place(ast.Pass())], [], None)
        self.functions.append(self.place(definition))

    def function_ref(self, node: n.FunctionRef, expected: str) -> Value:
        self.line = node.at
        if expected == "def":
            return self._dynamic_ref(node)
        interface = self.lookup.functional(expected)
        if interface is None:
            raise illegal(
                node.at,
                f"cannot convert function reference [{node.symbol}::{node.method}] to a non-functional interface "
                f"[{expected}]",
            )
        code = self._resolve_ref(node, expected, interface)
        return Value(code, expected)

    def _resolve_ref(self, node: n.FunctionRef, expected: str, interface: Method) -> ast.expr:
        count = len(interface.parameters)

        def missing(arity: int) -> CompileFailure:
            return illegal(
                node.at,
                f"function reference [{node.symbol}::{node.method}/{arity}] matching [{expected}, "
                f"{interface.name}/{count}] not found",
            )

        if node.symbol == "this":
            own = self.own_functions.get((node.method, count))
            if own is None:
                raise missing(count)
            return self.load(own[0])
        variable = self.scope.find(node.symbol)
        if variable is not None:
            return self.call(self.dynamic.bound_reference, self.load(variable.python), self.const(node.method))
        full = self.lookup.resolve(node.symbol)
        if full is None:
            raise illegal(node.at, f"variable [{node.symbol}] is not defined")
        if node.method == "new":
            if full.endswith("[]"):
                return self.bind(functools.partial(arrays.new_array, full[:-2]))
            constructor = self.lookup.constructor(full, count)
            if constructor is None:
                raise missing(count)
            return self.bind(library.constructor(constructor))
        static = self.lookup.static(full, node.method, count)
        if static is not None:
            return self.bind(checked_static(static))
        method = self.lookup.method(full, node.method, count - 1)
        if method is None:
            raise missing(count)
        return self.bind(library.implementation(method))

    def _dynamic_ref(self, node: n.FunctionRef) -> Value:
        if node.symbol == "this":
            arities = [own[0] for (name, _), own in self.own_functions.items() if name == node.method]
            if len(arities) != 1:
                raise illegal(node.at, f"function reference [this::{node.method}] not found")
            return Value(self.load(arities[0]), "def")
        variable = self.scope.find(node.symbol)
        if variable is not None:
            return Value(
                self.call(self.dynamic.bound_reference, self.load(variable.python), self.const(node.method)), "def"
            )
        full = self.lookup.resolve(node.symbol)
        if full is None:
            raise illegal(node.at, f"variable [{node.symbol}] is not defined")
        return Value(self.bind(self.dynamic.type_reference(full, node.symbol, node.method)), "def")


def checked_static(method: Method) -> Any:
    """The function of a static method for callers that give objects: its primitives and boxes are converted."""
    function = library.static(method)
    converters = [argument_converter(kind) for kind in method.parameters]
    if not any(converters):
        return function

    def call(*given: Any) -> Any:
        return function(*(c(v) if c is not None else v for c, v in zip(converters, given, strict=False)))

    return call


def _java_node(node: n.Node) -> str:
    """The original's class of an argument, which its message about unknown calls prints."""
    return {
        n.Symbol: "ESymbol",
        n.String: "EString",
        n.Dot: "EDot",
        n.Call: "ECall",
        n.LocalCall: "ECallLocal",
        n.Binary: "EBinary",
        n.Boolean: "EBooleanConstant",
        n.BooleanBinary: "EBooleanComp",
        n.Lambda: "ELambda",
        n.Null: "ENull",
        n.ListLiteral: "EListInit",
        n.MapLiteral: "EMapInit",
        n.Brace: "EBrace",
        n.Comparison: "EComp",
        n.Unary: "EUnary",
        n.InstanceOf: "EInstanceof",
    }.get(type(node), ("EDecimal" if node.decimal else "ENumeric") if isinstance(node, n.Numeric) else "E" + type(node).__name__)
