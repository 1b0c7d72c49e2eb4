"""Numeric scripts over whole columns: an expression of doc values, numeric parameters and Math, run by numpy.

The script's tree is evaluated once for all documents, with Java's types followed at each step. Whatever does not fit (other
statements, other types, a missing value that would be read, an operation that would throw) gives None, and the caller runs
the compiled script document by document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from esmock.script.doc_values import Columns
from esmock.script.painless import nodes as n
from esmock.script.painless.failure import CompileFailure
from esmock.script.painless.parser import parse

_RANK = {"int": 1, "long": 2, "float": 3, "double": 4}
_MATH = {
    "sqrt": "sqrt", "abs": "abs", "floor": "floor", "ceil": "ceil", "exp": "exp", "sin": "sin", "cos": "cos", "tan": "tan",
    "log": "log", "log10": "log10", "log1p": "log1p", "rint": "rint", "cbrt": "cbrt", "tanh": "tanh", "signum": "sign",
    "max": "maximum", "min": "minimum", "hypot": "hypot", "atan2": "arctan2", "atan": "arctan", "pow": "power",
}  # fmt: skip
_COMPARE = {"<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal", "==": "equal", "!=": "not_equal"}


class NoVector(Exception):
    """The script has not the form that columns can run."""


@dataclass(slots=True)
class _Typed:
    values: Any
    kind: str


def vectorise(source: str, columns: Columns) -> Callable[..., Any] | None:
    """A function (params, n_docs, _score=float64[n_docs] or None, wanted=bool[n_docs] or None) -> float64[n_docs] or
    bool[n_docs], or None.

    The function returns None when these documents need the slow way; what it says of documents that are not wanted means
    nothing.
    """
    try:
        tree = parse(source)
    except CompileFailure:
        return None
    if tree.functions or not tree.body.statements:
        return None

    def run(params: Mapping[str, Any], n_docs: int, _score: Any = None, wanted: Any = None) -> Any:
        import numpy as np

        try:
            with np.errstate(all="ignore"):
                found = _Run(columns, params, n_docs, _score, np, wanted).body(tree.body.statements)
        except NoVector:
            return None
        values = np.broadcast_to(found.values, (n_docs,))
        return values.astype(np.float64) if found.kind != "boolean" else values

    return run


class _Run:
    def __init__(
        self, columns: Columns, params: Mapping[str, Any], n_docs: int, score: Any, np: Any, wanted: Any = None
    ) -> None:
        self._columns, self._params, self._score, self._np = columns, params, score, np
        self._n_docs = n_docs
        self._locals: dict[str, _Typed] = {}
        self._mask: Any = wanted

    def body(self, statements: list[n.Node]) -> _Typed:
        for statement in statements[:-1]:
            if not isinstance(statement, n.DeclarationBlock):
                raise NoVector
            for declaration in statement.declarations:
                self._declare(declaration)
        last = statements[-1]
        if isinstance(last, n.Return | n.ExpressionStatement) and last.value is not None:
            return self.value(last.value)
        raise NoVector

    def _declare(self, node: n.Declaration) -> None:
        if node.value is None:
            raise NoVector
        found = self.value(node.value)
        if node.type_name == "def" or node.type_name == found.kind:
            self._locals[node.name] = found
        elif node.type_name in ("double", "long") and _RANK.get(found.kind, 9) < _RANK[node.type_name]:
            self._locals[node.name] = self._cast(found, node.type_name)
        else:
            raise NoVector

    def value(self, node: n.Node) -> _Typed:
        if isinstance(node, n.Numeric):
            return self._number(node)
        if isinstance(node, n.Boolean):
            return _Typed(node.value, "boolean")
        if isinstance(node, n.Symbol):
            return self._symbol(node.name)
        if isinstance(node, n.Unary):
            return self._unary(node)
        if isinstance(node, n.Binary):
            return self._binary(node)
        if isinstance(node, n.Comparison):
            return self._comparison(node)
        if isinstance(node, n.BooleanBinary):
            return self._logic(node)
        if isinstance(node, n.Conditional):
            return self._conditional(node)
        if isinstance(node, n.Cast):
            return self._cast(self.value(node.child), node.type_name)
        return self._access(node)

    def _number(self, node: n.Numeric) -> _Typed:
        text = node.text
        sign = -1 if node.negated else 1
        if node.radix == 10 and (node.decimal or text[-1] in "dD"):
            if text[-1] in "fF":
                raise NoVector
            return _Typed(self._np.float64(sign * float(text.rstrip("dD"))), "double")
        if text[-1] in "fF" and node.radix == 10:
            raise NoVector
        number = sign * int(text.rstrip("lL"), node.radix)
        kind = "long" if text[-1] in "lL" else "int"
        if not -(1 << 31) <= number < 1 << 31 and kind == "int":
            raise NoVector
        return _Typed(self._np.int64(number), kind)

    def _symbol(self, name: str) -> _Typed:
        if name in self._locals:
            return self._locals[name]
        if name == "_score" and self._score is not None:
            return _Typed(self._score, "double")
        raise NoVector

    def _unary(self, node: n.Unary) -> _Typed:
        child = self.value(node.child)
        if isinstance(node.child, n.Numeric) and node.child.negated:
            return child
        if node.operator == "!" and child.kind == "boolean":
            return _Typed(self._np.logical_not(child.values), "boolean")
        if node.operator == "-" and child.kind == "double":
            return _Typed(-child.values, "double")
        if node.operator in "+-" and child.kind in ("int", "long"):
            zero = _Typed(self._np.int64(0), child.kind)
            return child if node.operator == "+" else self._arithmetic("-", zero, child)
        raise NoVector

    def _cast(self, value: _Typed, kind: str) -> _Typed:
        if value.kind not in _RANK or kind not in ("int", "long", "double"):
            raise NoVector
        if kind == "double":
            return _Typed(self._np.asarray(value.values, self._np.float64), "double")
        if value.kind == "double":
            if not bool(self._np.all(self._np.abs(value.values) < 2.0**31)):
                raise NoVector
            return _Typed(self._np.trunc(value.values).astype(self._np.int64), kind)
        if _RANK[kind] < _RANK[value.kind]:
            return self._wrapped(value.values, kind)
        return _Typed(value.values, kind)

    def _wrapped(self, values: Any, kind: str) -> _Typed:
        if kind == "int":
            values = (values + (1 << 31) & 0xFFFFFFFF) - (1 << 31)
        return _Typed(values, kind)

    def _binary(self, node: n.Binary) -> _Typed:
        return self._arithmetic(node.operator, self.value(node.left), self.value(node.right))

    def _arithmetic(self, operator: str, left: _Typed, right: _Typed) -> _Typed:
        np = self._np
        if left.kind not in _RANK or right.kind not in _RANK:
            raise NoVector
        kind = max(left.kind, right.kind, key=_RANK.__getitem__)
        if kind == "float":
            raise NoVector
        a, b = left.values, right.values
        if kind == "double":
            a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
        function = {"+": np.add, "-": np.subtract, "*": np.multiply}.get(operator)
        if function is not None:
            result = function(a, b)
            return self._wrapped(result, kind) if kind == "int" else _Typed(result, kind)
        if operator == "/" and kind == "double":
            return _Typed(np.divide(a, b), kind)
        if operator == "%" and kind == "double":
            return _Typed(np.fmod(a, b), kind)
        if operator in "/%" and not bool(np.any(np.equal(b, 0))):
            quotient = np.abs(a) // np.abs(b) * np.sign(a) * np.sign(b)
            return self._wrapped(quotient, kind) if operator == "/" else _Typed(a - quotient * b, kind)
        raise NoVector

    def _comparison(self, node: n.Comparison) -> _Typed:
        left, right = self.value(node.left), self.value(node.right)
        if node.operator not in _COMPARE or left.kind not in _RANK or right.kind not in _RANK:
            raise NoVector
        return _Typed(getattr(self._np, _COMPARE[node.operator])(left.values, right.values), "boolean")

    def _logic(self, node: n.BooleanBinary) -> _Typed:
        left = self._boolean(node.left)
        both = node.operator == "&&"
        right = self._under(left if both else self._np.logical_not(left), lambda: self._boolean(node.right))
        function = self._np.logical_and if both else self._np.logical_or
        return _Typed(function(left, right), "boolean")

    def _boolean(self, node: n.Node) -> Any:
        found = self.value(node)
        if found.kind != "boolean":
            raise NoVector
        return found.values

    def _under(self, condition: Any, evaluate: Callable[[], Any]) -> Any:
        """Evaluate what only runs for the documents of a condition."""
        outer = self._mask
        self._mask = condition if outer is None else self._np.logical_and(outer, condition)
        try:
            return evaluate()
        finally:
            self._mask = outer

    def _conditional(self, node: n.Conditional) -> _Typed:
        test = self._boolean(node.condition)
        yes = self._under(test, lambda: self.value(node.left))
        no = self._under(self._np.logical_not(test), lambda: self.value(node.right))
        if yes.kind != no.kind:
            # a score is a double whatever the branch gives; any operator would go by the branch's own type
            if "boolean" in (yes.kind, no.kind):
                raise NoVector
            real = self._np.float64
            both = (self._np.asarray(side.values, real) for side in (yes, no))
            return _Typed(self._np.where(test, *both), "mixed")
        return _Typed(self._np.where(test, yes.values, no.values), yes.kind)

    # -- doc values, params, Math

    def _access(self, node: n.Node) -> _Typed:
        if isinstance(node, n.Dot) and not node.null_safe:
            if isinstance(node.prefix, n.Symbol) and node.prefix.name == "params":
                return self._param(node.name)
            if isinstance(node.prefix, n.Symbol) and node.prefix.name == "Math" and node.name in ("PI", "E"):
                import math

                return _Typed(self._np.float64(math.pi if node.name == "PI" else math.e), "double")
            return self._doc(self._field(node.prefix), node.name)
        if isinstance(node, n.Brace) and isinstance(node.prefix, n.Symbol) and isinstance(node.index, n.String):
            if node.prefix.name != "params":
                raise NoVector
            return self._param(node.index.value)
        if isinstance(node, n.Call) and not node.null_safe:
            if isinstance(node.prefix, n.Symbol) and node.prefix.name == "Math":
                return self._math(node)
            names = {"size": "size", "isEmpty": "empty", "getValue": "value"}
            if node.name in names and not node.arguments:
                return self._doc(self._field(node.prefix), names[node.name])
        raise NoVector

    def _field(self, node: n.Node) -> str:
        if isinstance(node, n.Brace) and isinstance(node.prefix, n.Symbol) and node.prefix.name == "doc":
            if isinstance(node.index, n.String):
                return node.index.value
        elif isinstance(node, n.Dot) and isinstance(node.prefix, n.Symbol) and node.prefix.name == "doc":
            return node.name
        raise NoVector

    def _param(self, name: str) -> _Typed:
        value = self._params.get(name)
        if type(value) is float:
            return _Typed(self._np.float64(value), "double")
        if type(value) is int and -(1 << 63) <= value < 1 << 63:
            return _Typed(self._np.int64(value), "int" if -(1 << 31) <= value < 1 << 31 else "long")
        raise NoVector

    def _doc(self, field: str, member: str) -> _Typed:
        np = self._np
        kind = self._columns.kind(field)
        if kind not in ("long", "double", "float", "boolean"):
            raise NoVector
        values, starts = self._columns.column(field)
        counts = np.diff(starts)
        if member == "size":
            return _Typed(counts.astype(np.int64), "int")
        if member == "empty":
            return _Typed(counts == 0, "boolean")
        if member != "value":
            raise NoVector
        filled = counts > 0
        needed = filled if self._mask is None else np.logical_or(filled, np.logical_not(self._mask))
        if not bool(np.all(needed)):
            raise NoVector
        dtype = {"long": np.int64, "boolean": bool}.get(kind, np.float64)
        if bool(np.all(filled)):
            first = np.asarray(values, dtype)[starts[:-1]]
        else:
            first = np.zeros(self._n_docs, dtype)
            first[filled] = np.asarray(values)[starts[:-1][filled]]
        return _Typed(first, {"long": "long", "boolean": "boolean"}.get(kind, "double"))

    def _math(self, node: n.Call) -> _Typed:
        np = self._np
        name = _MATH.get(node.name)
        if name is None:
            raise NoVector
        arguments = [self._cast(self.value(argument), "double").values for argument in node.arguments]
        if node.name in ("max", "min", "hypot", "atan2", "pow") and len(arguments) != 2:
            raise NoVector
        return _Typed(getattr(np, _MATH[node.name])(*arguments), "double")
