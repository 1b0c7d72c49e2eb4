"""Variables, fields, indexes, and assignments to them."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from esmock import errors
from esmock.script.painless import casts
from esmock.script.painless import nodes as n
from esmock.script.painless.allowlist import PRIMITIVES, Method
from esmock.script.painless.compiler.emit import Partial, StaticType, Value
from esmock.script.painless.compiler.expressions import Expressions
from esmock.script.painless.failure import CompileFailure, bad_cast, illegal
from esmock.script.painless.runtime import arrays, library, operators
from esmock.script.painless.runtime.dynamic import Dynamic
from esmock.script.painless.runtime.values import array_class

MAP, LIST = "java.util.Map", "java.util.List"
_INVOKE, _SIZE = 'Cannot invoke "', 'java.util.Collection.size()"'


@dataclass(slots=True)
class Place:
    """Something that can be read and written; prefix code is evaluated by the first use of ``read`` or ``write``."""

    type: str
    read: Callable[[], Value]
    write: Callable[[ast.expr], ast.expr]
    stored: str = "def"
    """The static type of what is written, where ``type`` is def."""


class Access(Expressions):
    """Adds symbols, dots, braces and assignments."""

    def __init__(self, *arguments: Any, dynamic: Dynamic, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.dynamic = dynamic

    # -- reading

    def symbol(self, node: n.Symbol, used: bool) -> Value | StaticType | Partial:
        variable = self.scope.find(node.name)
        if variable is not None:
            if not used:
                raise illegal(node.at, f"not a statement: variable [{node.name}] not used")
            return Value(self.load(variable.python), variable.type, because=f'"<local{variable.slot}>"')
        full = self.lookup.resolve(node.name)
        if full is not None:
            return StaticType(full, node.at)
        return Partial(node.name, node.at)

    def require(self, value: Value, what: Callable[[], str]) -> ast.expr:
        """The code of a receiver, with a check for null that raises Java's message."""
        if isinstance(value.code, ast.Constant) and value.code.value is None:
            return self.call(arrays.null_pointer(what() + ' because "null" is null'))
        if value.type in PRIMITIVES or isinstance(value.code, ast.List | ast.Constant):
            return value.code
        tail = f" because {value.because} is null" if value.because else ""
        complaint = arrays.null_pointer(what() + tail)
        first, again = self.keep(value.code)
        test = self.compare(first, ast.IsNot(), self.const(None))
        return self.choose(test, again(), self.call(complaint))

    def dot(self, node: n.Dot, used: bool) -> Value | StaticType | Partial:
        prefix = self.any(node.prefix, "", True)
        if isinstance(prefix, Partial):
            full = f"{prefix.name}.{node.name}"
            resolved = self.lookup.resolve(full)
            if resolved is not None:
                if node.null_safe:
                    raise illegal(node.at, "invalid reference: unexpected null safe operator [?.]")
                return StaticType(resolved, node.at)
            return Partial(full, node.at)
        if isinstance(prefix, StaticType):
            inner = self.lookup.resolve(f"{prefix.name}.{node.name}")
            if inner is not None and self.lookup.constant(prefix.name, node.name) is None:
                return StaticType(inner, node.at)
        if not used:
            raise illegal(node.at, "not a statement: result of dot operator [.] not used")
        if node.null_safe and isinstance(prefix, Value):
            return self.null_safe(node.at, prefix, lambda inner: self._place(node, inner).read())
        return self._place(node, prefix).read()

    def null_safe(self, at: int, prefix: Value, access: Callable[[Value], Value]) -> Value:
        """``?.``: null when the prefix is null."""
        self.line = at
        first, again = self.keep(prefix.code)
        test = self.compare(first, ast.IsNot(), self.const(None))
        result = access(Value(again(), prefix.type))
        if result.type in PRIMITIVES:
            raise CompileFailure(-1, errors.IllegalArgument("Result of null safe operator must be nullable"))
        return Value(self.choose(test, result.code, self.const(None)), result.type)

    def brace(self, node: n.Brace) -> Value:
        prefix = self.expression(node.prefix)
        found = self._brace_place(node, prefix).read()
        self.line = node.at
        return found

    # -- places

    def _place(self, node: n.Dot, prefix: Value | StaticType) -> Place:
        name, at = node.name, node.at
        if isinstance(prefix, StaticType):
            return self._static_field(prefix, name, at)
        kind = prefix.type if prefix.type != "null" else casts.OBJECT
        if kind.endswith("[]"):
            return self._array_length(prefix, name, at)
        if kind == "def":
            return self._dynamic_field(prefix, name, at)
        return (
            self._object_field(prefix, kind, name)
            or self._property(prefix, kind, name, at)
            or self._shortcut(prefix, kind, name, at)
        )

    def _static_field(self, prefix: StaticType, name: str, at: int) -> Place:
        kind = self.lookup.constant(prefix.name, name)
        if kind is None:
            raise illegal(at, f"field [{prefix.name}, {name}] not found")
        value = library.constant(prefix.name, name)

        def write(_: ast.expr) -> ast.expr:
            raise illegal(at, f"invalid assignment: cannot assign a value to read-only field [{name}]")

        simple = isinstance(value, int | str) or (isinstance(value, float) and value == value and abs(value) < 1e300)
        exact = simple and type(value) in (int, float, str, bool)

        def read() -> Value:
            self.line = at
            return Value(self.const(value) if exact else self.bind(value), kind)

        return Place(kind, read, write)

    def _array_length(self, prefix: Value, name: str, at: int) -> Place:
        if name != "length":
            raise illegal(at, f"Field [{name}] does not exist for type [{prefix.type}].")

        def read() -> Value:
            self.line = at
            receiver = self.require(prefix, lambda: "Cannot read the array length")
            return Value(self.call(len, receiver), "int")

        def write(_: ast.expr) -> ast.expr:
            raise illegal(
                at, "invalid assignment: cannot assign a value write to read-only field [length] for an array."
            )

        return Place("int", read, write)

    def _dynamic_field(self, prefix: Value, name: str, at: int) -> Place:
        first, again = self.keep(prefix.code)
        uses = iter((first,))

        def receiver() -> ast.expr:
            return next(uses, None) or again()

        def read() -> Value:
            self.line = at
            return Value(self.call(self.dynamic.loader(name), receiver()), "def")

        def write(value: ast.expr) -> ast.expr:
            self.line = at
            return self.call(self.dynamic.storer(name), receiver(), value)

        return Place("def", read, write)

    def _object_field(self, prefix: Value, kind: str, name: str) -> Place | None:
        field = self.lookup.field(kind, name)
        if field is None:
            return None
        reader = library.field_reader(kind, name)

        def write(_: ast.expr) -> ast.expr:
            raise errors.Unsupported(f"writing the field [{kind}, {name}] in a script")

        return Place(field, lambda: Value(self.call(reader, prefix.code), field), write)

    def _property(self, prefix: Value, kind: str, name: str, at: int) -> Place | None:
        getter = self.lookup.getter(kind, name)
        setter = self.lookup.setter(kind, name)
        if getter is None and setter is None:
            return None
        first, again = self.keep(prefix.code)
        uses = iter((first,))

        def receiver() -> ast.expr:
            return next(uses, None) or again()

        def read() -> Value:
            if getter is None:
                raise illegal(at, f"field [{kind}, {name}] not found")
            self.line = at
            target = self.require(
                Value(receiver(), kind, because=prefix.because), lambda: f'Cannot invoke "{signature(getter)}"'
            )
            return Value(self.call(library.implementation(getter), target), getter.returns)

        def write(value: ast.expr) -> ast.expr:
            if setter is None:
                if self.lookup.is_subtype(kind, LIST) or self.lookup.is_subtype(kind, MAP):
                    raise illegal(at, f"Illegal shortcut on field [{name}] for type [{kind}].")
                raise illegal(at, f"field [{kind}, {name}] not found")
            self.line = at
            implementation = library.implementation(setter)
            stored, use = self.keep(value)
            return self.pick(0, stored, self.call(implementation, receiver(), use()))

        declared = getter.returns if getter is not None else setter.parameters[0] if setter is not None else "def"
        return Place(declared, read, write)

    def _shortcut(self, prefix: Value, kind: str, name: str, at: int) -> Place:
        if self.lookup.is_subtype(kind, MAP):
            return self._indexed(prefix, self.const(name), at, MAP)
        if self.lookup.is_subtype(kind, LIST):
            if not name.isdigit():
                cause = errors.NumberFormat(f'For input string: "{name}"')
                raise CompileFailure(at, errors.IllegalArgument(f"invalid list index [{name}]", cause=cause))
            return self._indexed(prefix, self.const(int(name)), at, LIST)
        raise illegal(at, f"field [{kind}, {name}] not found")

    def _indexed(
        self, prefix: Value, key: ast.expr, at: int, owner: str, *, braces: bool = False, flips: bool = False
    ) -> Place:
        first, again = self.keep(prefix.code)
        key_first, key_again = self.keep(key)
        count = iter(range(2))
        get, put = (arrays.map_get, arrays.map_put) if owner == MAP else (arrays.list_get, arrays.list_set)
        before = self.line

        def parts(reading: str) -> tuple[ast.expr, ast.expr]:
            if next(count, 1) == 0:
                if flips:
                    # ES: a negative index is made positive first, where no line is set yet
                    after, self.line = self.line, before
                    receiver = self.require(Value(first, prefix.type, because=prefix.because), lambda: _INVOKE + _SIZE)
                    self.line = after
                    return receiver, key_first
                return self.require(Value(first, prefix.type, because=prefix.because), lambda: _INVOKE + reading), key_first
            return again(), key_again()

        def read() -> Value:
            if not braces:
                self.line = at
            return Value(self.call(get, *parts('java.util.Map.get(Object)"' if owner == MAP else 'java.util.List.get(int)"')), "def")

        def write(value: ast.expr) -> ast.expr:
            self.line = at
            writing = 'java.util.Map.put(Object, Object)"' if owner == MAP else 'java.util.List.set(int, Object)"'
            return self.call(put, *parts(writing), value)

        return Place("def", read, write)

    def _brace_place(self, node: n.Brace, prefix: Value, *, compound: bool = False) -> Place:
        kind = prefix.type if prefix.type != "null" else casts.OBJECT
        at = node.at
        if kind.endswith("[]"):
            index = self.cast(self.expression(node.index, expected="int"), "int", node.index.at)
            return self._array_item(prefix, index.code, at)
        if kind == "def":
            index = self.expression(node.index)
            if compound:
                self.line = at
            return self._dynamic_item(prefix, self.boxed(index), at, index.type)
        if self.lookup.is_subtype(kind, MAP):
            self.line = at
            index = self.cast(self.expression(node.index), "def", node.index.at, internal=True)
            if isinstance(node.index, n.Numeric | n.Unary):
                self.line = at
            return self._indexed(prefix, index.code, at, MAP, braces=True)
        if self.lookup.is_subtype(kind, LIST):
            index = self.cast(self.expression(node.index, expected="int"), "int", node.index.at, internal=True)
            flips = isinstance(index.constant, int) and index.constant < 0
            if compound or not flips:
                self.line = at
            return self._indexed(prefix, index.code, at, LIST, braces=True, flips=flips)
        raise illegal(at, f"Illegal array access on type [{kind}].")

    def _array_item(self, prefix: Value, index: ast.expr, at: int) -> Place:
        item = prefix.type[:-2]
        first, again = self.keep(prefix.code)
        key_first, key_again = self.keep(index)
        count = iter(range(2))

        def parts() -> tuple[ast.expr, ast.expr]:
            if next(count, 1) == 0:
                because = prefix.because
                shown = item if item in PRIMITIVES else "object"
                value = Value(first, prefix.type, because=because)
                return self.require(value, lambda: f"Cannot load from {shown} array"), key_first
            return again(), key_again()

        def read() -> Value:
            self.line = at
            return Value(self.call(arrays.array_get, *parts()), item)

        def write(value: ast.expr) -> ast.expr:
            self.line = at
            return self.call(arrays.array_set, *parts(), value)

        return Place(item, read, write)

    def _dynamic_item(self, prefix: Value, index: ast.expr, at: int, kind: str) -> Place:
        first, again = self.keep(prefix.code)
        key_first, key_again = self.keep(index)
        before = self.line
        state = {"normalised": False, "first": True}

        def parts() -> tuple[ast.expr, ast.expr]:
            if not state["first"]:
                return again(), key_again()
            state["first"] = False
            after, self.line = self.line, before
            checked = self.call(self.dynamic.addressable, first, key_first, self.const(kind))
            self.line = after
            name = self.fresh("t")
            whole = self.walrus(name, checked)
            receiver = self.place(ast.Subscript(whole, self.const(0), ast.Load()))
            key = self.place(ast.Subscript(self.load(name), self.const(1), ast.Load()))
            return receiver, key

        def read() -> Value:
            self.line = at
            return Value(self.call(self.dynamic.index_get, *parts()), "def")

        def write(value: ast.expr) -> ast.expr:
            self.line = at
            return self.call(self.dynamic.index_set, *parts(), value, self.const(place.stored))

        place = Place("def", read, write)
        return place

    # -- assignments

    def assignment(self, node: n.Assignment, used: bool) -> Value:
        """``=``, ``+=`` and kin, ``++`` and ``--``."""
        target = node.target
        if isinstance(target, n.Symbol):
            place = self._variable_place(target)
        elif isinstance(target, n.Dot):
            prefix = self.any(target.prefix, "def", True)
            if isinstance(prefix, Partial):
                raise illegal(target.at, f"cannot resolve symbol [{prefix.name}.{target.name}]")
            place = self._place(target, prefix)
            if target.null_safe:
                raise illegal(target.at, "invalid assignment: cannot assign a value to a null safe operation [?.]")
        elif isinstance(target, n.Brace):
            compound = node.value is None or bool(node.operator)
            place = self._brace_place(target, self.expression(target.prefix), compound=compound)
        else:
            raise illegal(target.at, f"invalid assignment: cannot assign a value to {_what(target)}")
        if node.value is not None and not node.operator:
            return self._simple_assignment(node, place)
        return self._compound(node, place)

    def _variable_place(self, target: n.Symbol) -> Place:
        variable = self.scope.find(target.name)
        if variable is None:
            full = self.lookup.resolve(target.name)
            if full is not None:
                raise illegal(target.at, f"invalid assignment: cannot write a value to a static type [{full}]")
            raise illegal(target.at, f"cannot resolve symbol [{target.name}]")
        if variable.read_only:
            raise illegal(target.at, f"Variable [{target.name}] is read-only.")
        return Place(
            variable.type,
            lambda: Value(self.load(variable.python), variable.type),
            lambda value: self.walrus(variable.python, value),
        )

    def _simple_assignment(self, node: n.Assignment, place: Place) -> Value:
        if node.value is None:
            raise AssertionError("an assignment has a value")
        found = self.expression(node.value, expected=place.type)
        place.stored = found.type
        value = self.cast(found, place.type, node.value.at)
        return Value(place.write(value.code), place.type)

    def _compound(self, node: n.Assignment, place: Place) -> Value:
        at = node.at
        old = place.read()
        kept, again = self.keep(old.code)
        left = Value(again(), old.type)
        left_at = node.target.at
        if node.value is None:
            right, right_at, left_at = self._one(old.type), at, at
            self.line = at
        else:
            self.line = at
            right, right_at = self.expression(node.value), node.value.at
        if place.type == "def" and node.operator == "+" and right.type == casts.STRING:
            text = self._from_def(left.code, casts.STRING, explicit=False)
            final = Value(self.call(self.budget.concat, text, self._text(right)), "def")
        else:
            kind = self._check_compound(node, old.type, right.type)
            if old.type == "def" and node.operator not in ("<<", ">>", ">>>"):
                right = self.cast(right, "def", right_at)
            result = self.operate(node.operator, left, right, at, left_at, right_at, kind if kind == "boolean" else None)
            if place.type == "def":
                final = Value(self.call(operators.as_class_of, self.boxed(result), again()), "def")
            else:
                final = self.cast(result, place.type, at, explicit=True, internal=True)
        if node.fixed == "post":
            return Value(self.pick(0, kept, place.write(final.code)), place.type)
        if isinstance(kept, ast.Name):
            return Value(place.write(final.code), place.type)
        return Value(self.pick(1, kept, place.write(final.code)), place.type)

    def _check_compound(self, node: n.Assignment, left: str, right: str) -> str:
        """The type of the operation. Raises CompileFailure when the operator has no type, or makes text of something that cannot hold it."""
        operator = node.operator
        if operator == "+":
            kind = casts.promote_add(left, right)
        elif operator in "&^|":
            kind = casts.promote_xor(left, right)
        elif operator in ("<<", ">>", ">>>"):
            one, two = (casts.promote_one(side, decimal=False) for side in (left, right))
            kind = one if two is not None else None
        else:
            kind = casts.promote(left, right, decimal=operator in "-*/%")
        if kind is None:
            shown = " and ".join(f"[{self._java_class(side)}]" for side in (left, right))
            reason = f"invalid compound assignment: cannot apply [{operator}=] to types {shown}"
            raise bad_cast(node.at, reason)
        if kind == casts.STRING and left not in (casts.STRING, "def"):
            raise casts.cannot_cast(node.at, left, casts.STRING)
        return kind

    def _java_class(self, name: str) -> str:
        """Class.toString of a type."""
        if name == "def":
            return "class org.elasticsearch.painless.lookup.def"
        info = self.lookup.info(name)
        if name.endswith("[]"):
            component = name.rstrip("[]")
            shown = "org.elasticsearch.painless.lookup.def" + name[3:-2] if component == "def" else name[:-2]
            return f"class {array_class(shown)}"
        if name in PRIMITIVES or info is None:
            return name
        return f"{'interface' if info.kind == 'i' else 'class'} {name}"

    def _one(self, kind: str) -> Value:
        constant: Any = {"float": 1.0, "double": 1.0}.get(kind, 1)
        shown = {"float": "float", "double": "double", "long": "long"}.get(kind, "int")
        return Value(self.const(constant), shown, constant)


_JVM = {"java.lang.String": "String", "java.lang.Object": "Object", "def": "Object"}


def _jvm_name(name: str) -> str:
    if name.endswith("[]"):
        return _jvm_name(name[:-2]) + "[]"
    return _JVM.get(name, name)


def signature(method: Method) -> str:
    """A method as the JVM's messages about null print it."""
    return f"{_jvm_name(method.declaring)}.{method.name}({', '.join(map(_jvm_name, method.parameters))})"


def _what(node: n.Node) -> str:
    if isinstance(node, n.Numeric):
        kind = "decimal" if node.decimal else "numeric"
        return f"{kind} constant [{'-' if node.negated else ''}{node.text}]"
    if isinstance(node, n.String):
        return f"string constant [{node.value}]"
    if isinstance(node, n.Boolean):
        return f"boolean constant [{str(node.value).lower()}]"
    if isinstance(node, n.Null):
        return "null constant"
    if isinstance(node, n.LocalCall):
        return f"function call [{node.name}/{len(node.arguments)}]"
    if isinstance(node, n.Call):
        return f"method call [{node.name}/{len(node.arguments)}]"
    if isinstance(node, n.Binary | n.Unary | n.Comparison | n.BooleanBinary):
        from esmock.script.painless.compiler.wording import NAMES

        return f"{NAMES[node.operator]} operation [{node.operator}]"
    if isinstance(node, n.ListLiteral):
        return "list initializer"
    if isinstance(node, n.MapLiteral):
        return "map initializer"
    if isinstance(node, n.NewObject | n.NewArray):
        return "new object" if isinstance(node, n.NewObject) else "new array"
    if isinstance(node, n.Conditional):
        return "conditional operation [?:]"
    if isinstance(node, n.Elvis):
        return "elvis operation [?:]"
    return "expression"
