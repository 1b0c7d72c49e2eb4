"""Literals, variables and operators."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from esmock import errors
from esmock.script.painless import casts
from esmock.script.painless import nodes as n
from esmock.script.painless.allowlist import PRIMITIVES
from esmock.script.painless.compiler.conversions import Conversions
from esmock.script.painless.compiler.emit import Partial, StaticType, Value
from esmock.script.painless.compiler.wording import NAMES, unused
from esmock.script.painless.failure import CompileFailure, bad_cast, illegal
from esmock.script.painless.runtime import convert, operators
from esmock.script.painless.runtime import values as v
from esmock.script.painless.runtime.limits import Budget
from esmock.script.painless.runtime.regex import compile_pattern

_DEF = {
    "+": operators.add,
    "-": operators.subtract,
    "*": operators.multiply,
    "/": operators.divide,
    "%": operators.remainder,
    "&": operators.bit_and,
    "|": operators.bit_or,
    "^": operators.bit_xor,
    "<<": operators.shift_left,
    ">>": operators.shift_right,
    ">>>": operators.unsigned_shift,
    "<": operators.less,
    "<=": operators.less_equal,
    ">": operators.greater,
    ">=": operators.greater_equal,
}
_NARROWER = {"byte": (-128, 127), "short": (-32768, 32767), "char": (0, 65535)}
_PLAIN: dict[str, type[ast.operator]] = {"+": ast.Add, "-": ast.Sub, "*": ast.Mult}
_BITS: dict[str, type[ast.operator]] = {"&": ast.BitAnd, "|": ast.BitOr, "^": ast.BitXor}
_ORDER: dict[str, type[ast.cmpop]] = {
    "<": ast.Lt,
    "<=": ast.LtE,
    ">": ast.Gt,
    ">=": ast.GtE,
    "==": ast.Eq,
    "===": ast.Eq,
    "!=": ast.NotEq,
    "!==": ast.NotEq,
}
_DIVIDE = {
    ("/", "int"): operators.int_divide,
    ("/", "long"): operators.long_divide,
    ("/", "double"): operators.double_divide,
    ("/", "float"): operators.float_divide,
    ("%", "int"): operators.integer_remainder,
    ("%", "long"): operators.integer_remainder,
    ("%", "double"): operators.double_remainder,
    ("%", "float"): operators.float_remainder,
}
_SHIFT = {
    ("<<", "int"): operators.int_shift_left,
    ("<<", "long"): operators.long_shift_left,
    (">>", "int"): operators.int_shift_right,
    (">>", "long"): operators.long_shift_right,
    (">>>", "int"): operators.int_unsigned_shift,
    (">>>", "long"): operators.long_unsigned_shift,
}


def _never(left: Any, right: Any) -> bool:
    """Two string literals are two objects."""
    return False


class Expressions(Conversions):
    """Adds ``expression`` for everything but calls, fields and assignments (see ``Access``)."""

    def __init__(self, *arguments: Any, regexes: Any = None, budget: Budget) -> None:
        super().__init__(*arguments)
        self.budget = budget
        self.regexes = regexes
        self.late_failure: CompileFailure | None = None
        """A failure of constant folding, reported only when nothing else is wrong."""

    def expression(self, node: n.Node, *, expected: str = "", used: bool = True) -> Value:
        """A value; ``expected`` is the type that its place wants, if it has one. Raises CompileFailure where only a type stands."""
        if not used:
            complaint = unused(node)
            if complaint:
                raise illegal(self.operand_at(node), "not a statement: " + complaint)
        found = self.any(node, expected, used)
        if isinstance(found, Partial):
            raise illegal(found.at, f"cannot resolve symbol [{found.name}]")
        if isinstance(found, StaticType):
            if not used:
                raise illegal(found.at, f"not a statement: static type [{found.name}] not used")
            raise illegal(found.at, f"value required: instead found unexpected type [{found.name}]")
        return found

    def any(self, node: n.Node, expected: str, used: bool) -> Value | StaticType | Partial:
        """A value, a type, or part of a type's name."""
        method: Callable[..., Any] = getattr(self, _VISITORS[type(node)])
        if _VISITORS[type(node)] in _WITH_USE:
            return method(node, used)  # type: ignore[no-any-return]
        if _VISITORS[type(node)] in _WITH_EXPECTED:
            return method(node, expected)  # type: ignore[no-any-return]
        return method(node)  # type: ignore[no-any-return]

    # -- literals

    def numeric_literal(self, node: n.Numeric, expected: str) -> Value:
        text = ("-" if node.negated else "") + node.text
        last = text[-1]
        if node.radix == 10 and (node.decimal or last in "dDfF"):
            number = float(text.rstrip("dDfF"))
            if last in "fF":
                number = operators.float32(number)
                return self._real(number, "float")
            return self._real(number, "double")
        if node.radix == 16 and last in "dDfF":
            # ES: takes the last digit for the suffix of a decimal, and finds no number then
            raise CompileFailure(node.at, errors.IllegalState("Illegal tree structure."))
        kind = "long" if last in "lL" else "int"
        number = int(text.rstrip("lL"), node.radix)
        bits = 63 if kind == "long" else 31
        if node.radix != 10 and not node.negated and number >> bits == 1:
            number -= 1 << (bits + 1)
        if not -(1 << bits) <= number < 1 << bits:
            if kind == "long":
                raise illegal(node.at, f"Invalid long constant [{text}].")
            message = f"Invalid int constant [{text}]."
            if -(1 << 63) <= number < 1 << 63:
                message += f" If you want a long constant then change it to [{text}L]."
            raise illegal(node.at, message)
        low, high = _NARROWER.get(expected, (1, 0))
        if kind == "int" and low <= number <= high:
            code = self.call(v.Char, self.const(number)) if expected == "char" else self.const(number)
            return Value(code, expected, number)
        return Value(self.const(number), kind, number)

    def _real(self, number: float, kind: str) -> Value:
        if number in (float("inf"), float("-inf")):
            return Value(self.bind(number), kind, number)
        return Value(self.const(number), kind, number)

    def string_literal(self, node: n.String) -> Value:
        return Value(self.const(node.value), casts.STRING, node.value)

    def boolean_literal(self, node: n.Boolean) -> Value:
        return Value(self.const(node.value), "boolean", node.value)

    def null_literal(self, node: n.Null) -> Value:
        return Value(self.const(None), "null")

    def regex_literal(self, node: n.Regex) -> Value:
        pattern = compile_pattern(node.pattern, node.flags, node.at, self.regexes)
        self.statements.add(node.at)
        self.line = node.at
        return Value(self.bind(pattern), "java.util.regex.Pattern")

    def list_literal(self, node: n.ListLiteral) -> Value:
        self.line = node.at
        items = [self.cast(self.expression(item), "def", item.at, internal=True).code for item in node.values]
        return Value(self.place(ast.List(items, ast.Load())), "java.util.ArrayList")

    def map_literal(self, node: n.MapLiteral) -> Value:
        self.line = node.at
        keys: list[ast.expr | None] = []
        items: list[ast.expr] = []
        for key, item in zip(node.keys, node.values, strict=True):
            keys.append(self.cast(self.expression(key), "def", key.at, internal=True).code)
            items.append(self.cast(self.expression(item), "def", item.at, internal=True).code)
        return Value(self.call(v.HashMap, self.place(ast.Dict(keys, items))), "java.util.HashMap")

    # -- operators

    def unary(self, node: n.Unary, expected: str) -> Value:
        operator = node.operator
        if isinstance(node.child, n.Numeric) and node.child.negated:
            return self.numeric_literal(node.child, expected)
        self.line = node.at
        if operator == "!":
            child = self.cast(self.expression(node.child, expected="boolean"), "boolean", node.child.at)
            return Value(self.place(ast.UnaryOp(ast.Not(), child.code)), "boolean")
        child = self.expression(node.child)
        kind = casts.promote_one(child.type, decimal=operator != "~")
        if kind is None:
            shown = "java.lang.Object" if child.type == "null" else child.type
            raise bad_cast(node.at, f"cannot apply the {NAMES[operator]} operator [{operator}] to the type [{shown}]")
        child = self.cast(child, kind, node.child.at)
        if kind == "def":
            function = {"-": operators.negate, "+": operators.plus, "~": operators.bit_not}[operator]
            return Value(self.call(function, child.code), "def")
        if operator == "+":
            return child
        shape: ast.unaryop = ast.Invert() if operator == "~" else ast.USub()
        code = self.place(ast.UnaryOp(shape, child.code))
        return Value(self._wrapped(code, kind) if operator == "-" else code, kind)

    def _wrapped(self, code: ast.expr, kind: str) -> ast.expr:
        if kind == "int":
            half = self.binary(code, ast.Add(), self.const(0x80000000))
            masked = self.binary(half, ast.BitAnd(), self.const(0xFFFFFFFF))
            return self.binary(masked, ast.Sub(), self.const(0x80000000))
        if kind == "long":
            return self.call(operators.int64, code)
        if kind == "float":
            return self.call(operators.float32, code)
        return code

    def binary_node(self, node: n.Binary) -> Value:
        self.line = node.at
        left = self.expression(node.left)
        right = self.expression(node.right)
        return self.operate(node.operator, left, right, node.at, self.operand_at(node.left), self.operand_at(node.right))

    def operand_at(self, node: n.Node) -> int:
        """Where an operand of a binary operator stands; elsewhere a negative number stands behind its sign."""
        negative = isinstance(node, n.Unary) and isinstance(node.child, n.Numeric) and node.child.negated
        return self.source.rfind("-", 0, node.at) if negative else node.at

    def operate(
        self, operator: str, left: Value, right: Value, at: int, left_at: int, right_at: int, kind: str | None = None
    ) -> Value:
        """A binary operator on two values, with its casts; ``kind`` is the type of the operation where it is known."""
        if operator in ("=~", "==~"):
            return self._match(operator, left, right, at, left_at, right_at)
        if operator in ("<<", ">>", ">>>"):
            return self._shift(operator, left, right, at, left_at, right_at)
        kind = kind or self._promoted(operator, left, right, at)
        if kind == casts.STRING:
            code = self.call(self.budget.concat, self._text(left), self._text(right))
            return Value(code, casts.STRING)
        if kind == "def":
            function = self.budget.add if operator == "+" else _DEF[operator]
            return Value(self.call(function, self.boxed(left), self.boxed(right)), "def")
        first, second = self._operand(left, kind, left_at), self._operand(right, kind, right_at)
        return self._arithmetic(operator, kind, first, second, at)

    def _operand(self, value: Value, kind: str, at: int) -> Value:
        if value.type == "null":
            raise casts.cannot_cast(at, "java.lang.Object", kind)
        return self.cast(value, kind, at)

    def _promoted(self, operator: str, left: Value, right: Value, at: int) -> str:
        first, second = (casts.OBJECT if side.type == "null" else side.type for side in (left, right))
        if operator == "+":
            kind = casts.promote_add(first, second)
        elif operator == "^":
            kind = casts.promote_xor(first, second)
        else:
            kind = casts.promote(first, second, decimal=operator in "-*/%")
        if kind is None:
            name = NAMES[operator]
            raise bad_cast(at, f"cannot apply the {name} operator [{operator}] to the types [{first}] and [{second}]")
        return kind

    def _text(self, value: Value) -> ast.expr:
        """An operand of a concatenation; static primitives must be printed by their own type."""
        if value.type == casts.STRING or value.type not in PRIMITIVES:
            return value.code
        return self.box(value.code, value.type)

    def _arithmetic(self, operator: str, kind: str, left: Value, right: Value, at: int) -> Value:
        if operator in ("/", "%"):
            if kind in ("int", "long") and left.constant is not None and right.constant == 0 and not self.late_failure:
                self.late_failure = CompileFailure(at, errors.Arithmetic("/ by zero"))
            return Value(self.call(_DIVIDE[operator, kind], left.code, right.code), kind, because="")
        if operator in _BITS:
            return Value(self.binary(left.code, _BITS[operator](), right.code), kind)
        code = self.binary(left.code, _PLAIN[operator](), right.code)
        constant = None
        if left.constant is not None and right.constant is not None:
            whole = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b}[operator](
                left.constant, right.constant
            )
            constant = {"int": operators.int32, "long": operators.int64}.get(kind, lambda x: x)(whole)
            if kind in ("int", "long"):
                return Value(self.const(constant), kind, constant)
        return Value(self._wrapped(code, kind), kind, constant)

    def _shift(self, operator: str, left: Value, right: Value, at: int, left_at: int, right_at: int) -> Value:
        first, second = (casts.OBJECT if side.type == "null" else side.type for side in (left, right))
        kind = casts.promote_one(first, decimal=False)
        count = casts.promote_one(second, decimal=False)
        if kind is None or count is None:
            name = NAMES[operator]
            raise bad_cast(at, f"cannot apply the {name} operator [{operator}] to the types [{first}] and [{second}]")
        if kind == "def":
            return Value(self.call(_DEF[operator], self.boxed(left), self.boxed(right)), "def")
        left = self.cast(left, kind, left_at)
        right = self.cast(right, "int", right_at, explicit=True)
        return Value(self.call(_SHIFT[operator, kind], left.code, right.code), kind)

    def _match(self, operator: str, left: Value, right: Value, at: int, left_at: int, right_at: int) -> Value:
        from esmock.script.painless.runtime import regex

        left = self._operand(left, casts.STRING, left_at)
        right = self.cast(right, "java.util.regex.Pattern", right_at)
        return Value(self.call(regex.find if operator == "=~" else regex.match, right.code, left.code), "boolean")

    def boolean_binary(self, node: n.BooleanBinary) -> Value:
        self.line = node.at
        left = self.cast(self.expression(node.left, expected="boolean"), "boolean", node.left.at)
        right = self.cast(self.expression(node.right, expected="boolean"), "boolean", node.right.at)
        shape: ast.boolop = ast.And() if node.operator == "&&" else ast.Or()
        return Value(self.place(ast.BoolOp(shape, [left.code, right.code])), "boolean")

    def comparison(self, node: n.Comparison) -> Value:
        self.line = node.at
        left = self.expression(node.left)
        right = self.expression(node.right)
        operator = node.operator
        equality = operator in ("==", "!=", "===", "!==")
        if left.type == "null" and right.type == "null" and equality:
            raise illegal(node.at, "extraneous comparison of [null] constants")
        first, second = (casts.OBJECT if side.type == "null" else side.type for side in (left, right))
        kind = casts.promote_equality(first, second) if equality else casts.promote(first, second, decimal=True)
        if kind is None:
            name = NAMES[operator]
            raise bad_cast(
                node.at, f"cannot apply the {name} operator [{operator}] to the types [{first}] and [{second}]"
            )
        if equality:
            return self._equality(node, kind, left, right)
        if kind == "def":
            if right.type == "null":
                raise CompileFailure(-1, errors.ArrayIndexOutOfBounds(None))
            return Value(self.call(_DEF[operator], self.boxed(left), self.boxed(right)), "boolean")
        first_at, second_at = self.operand_at(node.left), self.operand_at(node.right)
        left, right = self._operand(left, kind, first_at), self._operand(right, kind, second_at)
        return Value(self.compare(left.code, _ORDER[operator](), right.code), "boolean")

    def _equality(self, node: n.Comparison, kind: str, left: Value, right: Value) -> Value:
        if kind == "def":
            left, right = Value(self.boxed(left), left.type), Value(self.boxed(right), right.type)
        else:
            first_at, second_at = self.operand_at(node.left), self.operand_at(node.right)
            left = left if left.type == "null" and kind not in PRIMITIVES else self._operand(left, kind, first_at)
            right = right if right.type == "null" and kind not in PRIMITIVES else self._operand(right, kind, second_at)
        negative = node.operator.startswith("!")
        if kind in PRIMITIVES:
            return Value(self.compare(left.code, _ORDER[node.operator](), right.code), "boolean")
        if left.type == "null" or right.type == "null":
            other = right if left.type == "null" else left
            shape: ast.cmpop = ast.IsNot() if negative else ast.Is()
            return Value(self.compare(other.code, shape, self.const(None)), "boolean")
        function: Any = operators.def_equal if kind == "def" else v.equal
        if node.operator in ("===", "!=="):
            function = operators.same
            if isinstance(node.left, n.String) and isinstance(node.right, n.String):
                function = _never
        code = self.call(function, left.code, right.code)
        return Value(self.place(ast.UnaryOp(ast.Not(), code)) if negative else code, "boolean")

    def instance_of(self, node: n.InstanceOf) -> Value:
        name = self.lookup.resolve(node.type_name)
        if name is None:
            raise illegal(node.at, f"Not a type [{node.type_name}].")
        child = self.expression(node.child)
        if child.type in PRIMITIVES:
            box, wanted = casts.BOXES[child.type], casts.BOXES.get(name, name)
            result = self.const(wanted == "def" or self.lookup.is_subtype(box, wanted))
            return Value(self.pick(1, child.code, result), "boolean")
        name = casts.BOXES.get(name, name)
        subtype = self.lookup.is_subtype
        return Value(
            self.call(convert.instance_of, child.code, self.const(name), self.bind(subtype, "subtype")), "boolean"
        )

    def conditional(self, node: n.Conditional, expected: str, *, explicit: bool = False) -> Value:
        """``? :``; under an explicit cast its branches are cast explicitly."""
        self.line = node.at
        condition = self.cast(self.expression(node.condition, expected="boolean"), "boolean", node.condition.at)
        left = self._of_branch(node.left, expected, explicit=explicit)
        right = self._of_branch(node.right, expected, explicit=explicit)
        after = self.line
        kind = expected or self._conditional_type(node, "conditional", left, right)
        if not expected:
            self._check_null(left, kind, node.left)
        left = self.cast(left, kind, node.left.at, explicit=explicit)
        self.line = after
        if not expected:
            self._check_null(right, kind, node.right)
        right = self.cast(right, kind, node.right.at, explicit=explicit)
        return Value(self.choose(condition.code, left.code, right.code), kind)

    def _of_branch(self, node: n.Node, expected: str, *, explicit: bool) -> Value:
        if explicit and isinstance(node, n.Conditional):
            return self.conditional(node, expected, explicit=True)
        return self.expression(node, expected=expected)

    @staticmethod
    def _conditional_type(node: n.Node, name: str, left: Value, right: Value) -> str:
        kind = casts.promote_conditional(left.type, right.type)
        if kind is None:
            raise bad_cast(
                node.at, f"cannot apply the {name} operator [?:] to the types [{left.type}] and [{right.type}]"
            )
        return kind

    @staticmethod
    def _check_null(value: Value, kind: str, node: n.Node) -> None:
        """Raises CompileFailure for a null where a primitive is wanted."""
        if value.type == "null" and kind in PRIMITIVES:
            raise casts.cannot_cast(node.at, "java.lang.Object", kind)

    def elvis(self, node: n.Elvis, expected: str) -> Value:
        self.line = node.at
        if expected in PRIMITIVES:
            raise illegal(node.at, "Elvis operator cannot return primitives")
        left = self.expression(node.left, expected=expected)
        right = self.expression(node.right, expected=expected)
        if isinstance(node.left, n.Null):
            raise illegal(node.at, "Extraneous elvis operator. LHS is null.")
        if isinstance(node.left, n.Numeric | n.Boolean | n.String):
            raise illegal(node.at, "Extraneous elvis operator. LHS is a constant.")
        if left.type in PRIMITIVES:
            raise illegal(node.at, "Extraneous elvis operator. LHS is a primitive.")
        if isinstance(node.right, n.Null):
            raise illegal(node.at, "Extraneous elvis operator. RHS is null.")
        kind = expected or self._conditional_type(node, "elvis", left, right)
        left = self.cast(left, kind, node.left.at)
        right = self.cast(right, kind, node.right.at)
        first, again = self.keep(left.code)
        test = self.compare(first, ast.IsNot(), self.const(None))
        return Value(self.choose(test, again(), right.code), kind)

    def explicit_cast(self, node: n.Cast) -> Value:
        name = self.lookup.resolve(node.type_name)
        if name is None:
            raise illegal(node.at, f"cannot resolve type [{node.type_name}]")
        child = self._of_branch(node.child, name, explicit=True)
        done = self.cast(child, name, node.child.at, explicit=True)
        at = child.at if child.at >= 0 else node.child.at
        return Value(done.code, name, done.constant if done.type == child.type else None, at=at)


_VISITORS = {
    n.Numeric: "numeric_literal",
    n.String: "string_literal",
    n.Boolean: "boolean_literal",
    n.Null: "null_literal",
    n.Regex: "regex_literal",
    n.ListLiteral: "list_literal",
    n.MapLiteral: "map_literal",
    n.Unary: "unary",
    n.Binary: "binary_node",
    n.BooleanBinary: "boolean_binary",
    n.Comparison: "comparison",
    n.InstanceOf: "instance_of",
    n.Conditional: "conditional",
    n.Elvis: "elvis",
    n.Cast: "explicit_cast",
    n.Symbol: "symbol",
    n.Dot: "dot",
    n.Brace: "brace",
    n.Call: "method_call",
    n.LocalCall: "local_call",
    n.NewObject: "new_object",
    n.NewArray: "new_array",
    n.Assignment: "assignment",
    n.Lambda: "lambda_value",
    n.FunctionRef: "function_ref",
}
_WITH_USE = frozenset(("symbol", "dot", "assignment", "new_object", "method_call"))
_WITH_EXPECTED = frozenset(("numeric_literal", "unary", "conditional", "elvis", "lambda_value", "function_ref"))
