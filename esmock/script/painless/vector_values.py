"""Expressions over whole columns: doc values, parameters, operators and Math, run by numpy with Java's types followed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from esmock.script.doc_values import Columns
from esmock.script.painless import nodes as n
from esmock.script.painless.runtime.values import string_hash, to_text

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
class Typed:
    """Values of all documents, or one for all.

    Args:
        kind: ``int``, ``long``, ``double``, ``boolean``; ``string``: ``values`` are ordinals in ``dictionary``.
    """

    values: Any
    kind: str
    dictionary: list[str] | None = None


def _of_texts(np: Any, ordinals: Any, texts: list[str]) -> Typed:
    """Values by places in a list of texts, which may hold one more than once."""
    dictionary = sorted(set(texts))
    places = {text: place for place, text in enumerate(dictionary)}
    return Typed(np.array([places[text] for text in texts], np.int64)[ordinals], "string", dictionary)


class Values:
    """Evaluates expressions for all documents at once."""

    def __init__(
        self, columns: Columns, params: Mapping[str, Any], n_docs: int, score: Any, np: Any, wanted: Any = None
    ) -> None:
        self._columns, self._params, self._score, self._np = columns, params, score, np
        self._n_docs = n_docs
        self._locals: dict[str, Typed] = {}
        self._types: dict[str, str] = {}
        self._mask: Any = wanted

    def value(self, node: n.Node) -> Typed:
        if isinstance(node, n.Numeric):
            return self._number(node)
        if isinstance(node, n.Boolean):
            return Typed(node.value, "boolean")
        if isinstance(node, n.String):
            return Typed(self._np.int64(0), "string", [node.value])
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

    def _number(self, node: n.Numeric) -> Typed:
        text = node.text
        sign = -1 if node.negated else 1
        if node.radix == 10 and (node.decimal or text[-1] in "dD"):
            if text[-1] in "fF":
                raise NoVector
            return Typed(self._np.float64(sign * float(text.rstrip("dD"))), "double")
        if text[-1] in "fF" and node.radix == 10:
            raise NoVector
        number = sign * int(text.rstrip("lL"), node.radix)
        kind = "long" if text[-1] in "lL" else "int"
        if not -(1 << 31) <= number < 1 << 31 and kind == "int":
            raise NoVector
        return Typed(self._np.int64(number), kind)

    def _symbol(self, name: str) -> Typed:
        if name in self._locals:
            return self._locals[name]
        if name == "_score" and self._score is not None:
            return Typed(self._score, "double")
        raise NoVector

    def _unary(self, node: n.Unary) -> Typed:
        child = self.value(node.child)
        if isinstance(node.child, n.Numeric) and node.child.negated:
            return child
        if node.operator == "!" and child.kind == "boolean":
            return Typed(self._np.logical_not(child.values), "boolean")
        if node.operator == "-" and child.kind == "double":
            return Typed(-child.values, "double")
        if node.operator in "+-" and child.kind in ("int", "long"):
            zero = Typed(self._np.int64(0), child.kind)
            return child if node.operator == "+" else self._arithmetic("-", zero, child)
        raise NoVector

    def _cast(self, value: Typed, kind: str) -> Typed:
        if value.kind not in _RANK or kind not in ("int", "long", "double"):
            raise NoVector
        if kind == "double":
            return Typed(self._np.asarray(value.values, self._np.float64), "double")
        if value.kind == "double":
            if not bool(self._np.all(self._np.abs(value.values) < 2.0**31)):
                raise NoVector
            return Typed(self._np.trunc(value.values).astype(self._np.int64), kind)
        if _RANK[kind] < _RANK[value.kind]:
            return self._wrapped(value.values, kind)
        return Typed(value.values, kind)

    def _wrapped(self, values: Any, kind: str) -> Typed:
        if kind == "int":
            values = (values + (1 << 31) & 0xFFFFFFFF) - (1 << 31)
        return Typed(values, kind)

    def _binary(self, node: n.Binary) -> Typed:
        return self._arithmetic(node.operator, self.value(node.left), self.value(node.right))

    def _arithmetic(self, operator: str, left: Typed, right: Typed) -> Typed:
        np = self._np
        if operator == "+" and "string" in (left.kind, right.kind):
            return self._joined(left, right)
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
            return self._wrapped(result, kind) if kind == "int" else Typed(result, kind)
        if operator == "/" and kind == "double":
            return Typed(np.divide(a, b), kind)
        if operator == "%" and kind == "double":
            return Typed(np.fmod(a, b), kind)
        if operator in "/%" and not bool(np.any(np.equal(b, 0))):
            quotient = np.abs(a) // np.abs(b) * np.sign(a) * np.sign(b)
            return self._wrapped(quotient, kind) if operator == "/" else Typed(a - quotient * b, kind)
        raise NoVector

    def as_text(self, value: Typed) -> Typed:
        """Values as Java's String.valueOf prints them."""
        if value.kind == "string":
            return value
        if value.kind not in ("int", "long", "double", "boolean"):
            raise NoVector
        np = self._np
        values = np.asarray(value.values)
        if value.kind == "double":  # -0.0 is another text than 0.0
            bits, ordinals = np.unique(values.astype(np.float64).view(np.int64), return_inverse=True)
            distinct = bits.view(np.float64)
        else:
            distinct, ordinals = np.unique(values, return_inverse=True)
        return _of_texts(np, ordinals.reshape(values.shape), [to_text(one) for one in distinct.tolist()])

    def _joined(self, left: Typed, right: Typed) -> Typed:
        """Texts one behind the other."""
        np = self._np
        first, second = self.as_text(left), self.as_text(right)
        assert first.dictionary is not None
        assert second.dictionary is not None
        width = len(second.dictionary)
        codes = np.asarray(first.values * width + second.values)
        distinct, ordinals = np.unique(codes, return_inverse=True)
        texts = [first.dictionary[code // width] + second.dictionary[code % width] for code in distinct.tolist()]
        return _of_texts(np, ordinals.reshape(codes.shape), texts)

    @staticmethod
    def _widens(kind: str, wanted: str) -> bool:
        return _RANK.get(kind, 9) < _RANK[wanted]

    def _comparison(self, node: n.Comparison) -> Typed:
        left, right = self.value(node.left), self.value(node.right)
        if left.kind == right.kind == "string" and node.operator in ("==", "!="):
            return self._texts_equal(left, right, negative=node.operator == "!=")
        if node.operator not in _COMPARE or left.kind not in _RANK or right.kind not in _RANK:
            raise NoVector
        return Typed(getattr(self._np, _COMPARE[node.operator])(left.values, right.values), "boolean")

    def _texts_equal(self, left: Typed, right: Typed, *, negative: bool = False) -> Typed:
        if left.dictionary is None or right.dictionary is None:
            raise NoVector
        places = {text: at for at, text in enumerate(left.dictionary)}
        same = self._np.array([places.get(text, -1) for text in right.dictionary], self._np.int64)
        found = left.values == same[right.values]
        return Typed(~found if negative else found, "boolean")

    def _of_text(self, text: Typed, node: n.Call) -> Typed:
        """A method of String, once for each term."""
        np = self._np
        terms = text.dictionary or []
        given = [one.value for one in node.arguments if isinstance(one, n.String)]
        if node.name == "length" and not node.arguments:
            return Typed(np.array([len(term) for term in terms], np.int64)[text.values], "int")
        if node.name == "hashCode" and not node.arguments:
            return Typed(np.array([string_hash(term) for term in terms], np.int64)[text.values], "int")
        if node.name == "equals" and len(node.arguments) == 1:
            other = self.value(node.arguments[0])
            return self._texts_equal(text, other) if other.kind == "string" else self._refuse()
        tests: dict[str, Any] = {"contains": str.__contains__, "startsWith": str.startswith, "endsWith": str.endswith}
        if node.name in tests and len(given) == len(node.arguments) == 1:
            return Typed(np.array([tests[node.name](term, given[0]) for term in terms], bool)[text.values], "boolean")
        return self._refuse()

    def _refuse(self) -> Any:
        raise NoVector

    def _logic(self, node: n.BooleanBinary) -> Typed:
        left = self._boolean(node.left)
        both = node.operator == "&&"
        right = self._under(left if both else self._np.logical_not(left), lambda: self._boolean(node.right))
        function = self._np.logical_and if both else self._np.logical_or
        return Typed(function(left, right), "boolean")

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

    def _conditional(self, node: n.Conditional) -> Typed:
        test = self._boolean(node.condition)
        yes = self._under(test, lambda: self.value(node.left))
        no = self._under(self._np.logical_not(test), lambda: self.value(node.right))
        if yes.kind != no.kind:
            # a score is a double whatever the branch gives; any operator would go by the branch's own type
            if {"boolean", "string"} & {yes.kind, no.kind}:
                raise NoVector
            real = self._np.float64
            both = (self._np.asarray(side.values, real) for side in (yes, no))
            return Typed(self._np.where(test, *both), "mixed")
        if yes.dictionary is not None and no.dictionary is not None:
            places = self._np.where(test, yes.values, self._np.asarray(no.values) + len(yes.dictionary))
            return _of_texts(self._np, places, [*yes.dictionary, *no.dictionary])
        return Typed(self._np.where(test, yes.values, no.values), yes.kind)

    # -- doc values, params, Math

    def _access(self, node: n.Node) -> Typed:
        if isinstance(node, n.Dot) and not node.null_safe:
            if isinstance(node.prefix, n.Symbol) and node.prefix.name == "params":
                return self._param(node.name)
            if isinstance(node.prefix, n.Symbol) and node.prefix.name == "Math" and node.name in ("PI", "E"):
                import math

                return Typed(self._np.float64(math.pi if node.name == "PI" else math.e), "double")
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
            if isinstance(node.prefix, n.Dot | n.Symbol | n.Call):
                text = self.value(node.prefix)
                if text.kind == "string":
                    return self._of_text(text, node)
        raise NoVector

    def _field(self, node: n.Node) -> str:
        if isinstance(node, n.Brace) and isinstance(node.prefix, n.Symbol) and node.prefix.name == "doc":
            if isinstance(node.index, n.String):
                return node.index.value
        elif isinstance(node, n.Dot) and isinstance(node.prefix, n.Symbol) and node.prefix.name == "doc":
            return node.name
        raise NoVector

    def _param(self, name: str) -> Typed:
        value = self._params.get(name)
        if type(value) is float:
            return Typed(self._np.float64(value), "double")
        if type(value) is str:
            return Typed(self._np.int64(0), "string", [value])
        if type(value) is bool:
            return Typed(value, "boolean")
        if type(value) is int and -(1 << 63) <= value < 1 << 63:
            return Typed(self._np.int64(value), "int" if -(1 << 31) <= value < 1 << 31 else "long")
        raise NoVector

    def _doc(self, field: str, member: str) -> Typed:
        np = self._np
        kind = None if field.startswith("_") else self._columns.kind(field)
        if kind not in ("long", "double", "float", "boolean", "keyword"):
            raise NoVector
        values, starts = self._columns.column(field)
        counts = np.diff(starts)
        if member == "size":
            return Typed(counts.astype(np.int64), "int")
        if member == "empty":
            return Typed(counts == 0, "boolean")
        if member != "value":
            raise NoVector
        filled = counts > 0
        needed = filled if self._mask is None else np.logical_or(filled, np.logical_not(self._mask))
        if not bool(np.all(needed)):
            raise NoVector
        if kind == "keyword":
            return self._terms(field, values, starts, filled)
        dtype = {"long": np.int64, "boolean": bool}.get(kind, np.float64)
        if bool(np.all(filled)):
            first = np.asarray(values, dtype)[starts[:-1]]
        else:
            first = np.zeros(self._n_docs, dtype)
            first[filled] = np.asarray(values)[starts[:-1][filled]]
        return Typed(first, {"long": "long", "boolean": "boolean"}.get(kind, "double"))

    def _terms(self, field: str, ordinals: Any, starts: Any, filled: Any) -> Typed:
        np = self._np
        dictionary = getattr(self._columns, "dictionary", lambda _: None)(field)
        if dictionary is None or not dictionary:
            raise NoVector
        first = np.zeros(self._n_docs, np.int64)
        first[filled] = np.asarray(ordinals, np.int64)[starts[:-1][filled]]
        return Typed(first, "string", dictionary)

    def _math(self, node: n.Call) -> Typed:
        np = self._np
        name = _MATH.get(node.name)
        if name is None:
            raise NoVector
        arguments = [self._cast(self.value(argument), "double").values for argument in node.arguments]
        if node.name in ("max", "min", "hypot", "atan2", "pow") and len(arguments) != 2:
            raise NoVector
        return Typed(getattr(np, _MATH[node.name])(*arguments), "double")
