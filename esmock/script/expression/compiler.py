"""Expressions bound to columns and evaluated for all documents at once with numpy.

Source: recordings of 7.10.2. Differs: none known for numeric, date and geo_point fields.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from esmock import errors
from esmock.script.context import Context
from esmock.script.doc_values import Columns
from esmock.script.expression.fields import field_values
from esmock.script.expression.syntax import Broken, Node, Parse, parse
from esmock.script.painless.runtime import throwables

NAME = "expression"
_FUNCTIONS = {
    "abs": 1, "acos": 1, "acosh": 1, "asin": 1, "asinh": 1, "atan": 1, "atan2": 2, "atanh": 1, "ceil": 1, "cos": 1, "cosh": 1,
    "exp": 1, "floor": 1, "haversin": 4, "ln": 1, "log10": 1, "logn": 2, "max": 2, "min": 2, "pow": 2, "sin": 1, "sinh": 1,
    "sqrt": 1, "tan": 1, "tanh": 1,
}  # fmt: skip
_SPECIALS = {"aggs": ("_score", "_value"), "score": ("_score", "_value"), "number_sort": ("_score",), "filter": ("_score",)}
_DOC = re.compile(r"doc\[(?:'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\")\](?:\.(.+))?\Z")


def script_error(reason: str, cause: errors.ApiError, shown: str, at: int, source: str) -> errors.Script:
    """The script exception of an expression: ``compile error`` or ``link error``."""
    extra = {"script_stack": [shown, " " * at + "^---- HERE"], "script": source, "lang": NAME}
    return errors.Script(reason, cause=cause, extra=extra)


def compile_expression(source: str, context: Context) -> ExpressionScript:
    """Raises errors.Script for a syntax error or an unknown function."""
    try:
        tree = parse(source)
        _check(tree, source)
    except Broken as broken:
        raise script_error("compile error", broken.error, source, broken.at, source) from None
    return ExpressionScript(source, tree, context)


def _check(node: Node, source: str) -> None:
    if node.kind == "call" and not node.text.startswith("doc"):
        count = _FUNCTIONS.get(node.text)
        if count is None:
            raise Broken(node.at, Parse(f"Invalid expression '{source}': Unrecognized function call ({node.text})."))
        if count != len(node.parts):
            reason = (
                f"Invalid expression '{source}': Expected ({count}) arguments for function call ({node.text}), "
                f"but found ({len(node.parts)})."
            )
            raise Broken(node.at, Parse(reason))
    for part in node.parts:
        _check(part, source)


class ExpressionScript:
    """A compiled expression."""

    def __init__(self, source: str, tree: Node, context: Context) -> None:
        self.source, self._tree, self._context = source, tree, context
        self._specials = _SPECIALS.get(context.name, ())
        self._has_score = context.name in ("aggs", "score")
        """Whether ``_score`` and ``_value`` have values; 0 where they are only known."""

    def run(self, params: Mapping[str, Any] | None = None, **variables: Any) -> Any:
        """Evaluate without documents: bucket scripts, whose params are their variables; one that is not given is 0.

        Raises IllegalArgument: a parameter that the expression does not use, or that is no number.
        """
        import numpy as np

        env: dict[str, Any] = {"_value": 0.0, "_score": 0.0, **dict.fromkeys(_variables(self._tree), 0.0)}
        for name, value in (params or {}).items():
            if name not in _variables(self._tree):
                raise self._unused(f"The variable [{name}] does not exist in the executable expressions script.")
            if isinstance(value, bool) or not isinstance(value, int | float):
                only = "Executable expressions scripts can only process numbers. "
                raise self._unused(f"{only} The variable [{name}] is not a number.")
            env[name] = float(value)
        with np.errstate(all="ignore"):
            result = float(_evaluate(self._tree, env | variables, np))
        return result == 1.0 if self._context.returns == "boolean" else result

    def _unused(self, reason: str) -> errors.IllegalArgument:
        java = "org.apache.lucene.expressions.js.JavascriptCompiler$CompiledExpression"
        return errors.IllegalArgument(f"Error using {java}@{zlib.crc32(self.source.encode()):x}. {reason}")

    def bind(self, columns: Columns | None, params: Mapping[str, Any]) -> Callable[..., Any]:
        """A function (_score=None, _value=None) -> float64[n_docs] or one float.

        Raises errors.Script (link error) for unknown variables and fields.
        """
        import numpy as np

        env: dict[str, Any] = {"_value": 0.0, "_score": 0.0}
        self._link(self._tree, columns, params, env)

        def evaluate(**given: Any) -> Any:
            with np.errstate(all="ignore"):
                return _evaluate(self._tree, env | given if self._has_score else env, np)

        return evaluate

    def _link(self, node: Node, columns: Columns | None, params: Mapping[str, Any], env: dict[str, Any]) -> None:
        for part in node.parts:
            self._link(part, columns, params, env)
        if node.kind == "variable" or (node.kind == "call" and node.text.startswith("doc")):
            text = node.text + ("()" if node.kind == "call" else "")
            if text in self._specials or (text in env and text[:1] != "_"):
                return
            env[text] = self._variable(text, columns, params)

    def _variable(self, text: str, columns: Columns | None, params: Mapping[str, Any]) -> Any:
        if text in params:
            value = params[text]
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise self._unlinked(text, 0, Parse(f"Parameter [{text}] must be a numeric type"))
            return float(value)
        if not text.startswith("doc") or (len(text) > 3 and text[3] not in ".["):
            raise self._unlinked(text, 0, Parse(f"Unknown variable [{text}]"))
        found = _DOC.match(text)
        if found is None:
            reason = "Variable 'doc' must be used with a specific field like: doc['myfield']"
            raise self._unlinked(text, 3, Parse(reason))
        field = found[1] if found[1] is not None else found[2]
        try:
            kind = columns.kind(field) if columns is not None else None
            if kind is None or columns is None:
                raise Parse(f"Field [{field}] does not exist in mappings")
            return field_values(columns, field, kind, found[3] or "value")
        except Parse as error:
            raise self._unlinked(text, 5, error) from None
        except errors.ApiError as error:
            raise self._unlinked(text, 0, error) from None
        except throwables.Throwable as thrown:
            raise self._unlinked(text, 0, throwables.to_error(thrown)) from None

    def _unlinked(self, text: str, at: int, error: errors.ApiError) -> errors.Script:
        return script_error("link error", error, text, at, self.source)


def _variables(node: Node) -> set[str]:
    """The names that an expression reads."""
    own = {node.text} if node.kind == "variable" else set()
    return own.union(*map(_variables, node.parts))


def _evaluate(node: Node, env: Mapping[str, Any], np: Any) -> Any:
    kind = node.kind
    if kind == "number":
        return node.number
    if kind == "variable":
        return env[node.text]
    if kind == "call":
        if node.text.startswith("doc"):
            return env[node.text + "()"]
        return _call(node.text, [_evaluate(part, env, np) for part in node.parts], np)
    values = [_evaluate(part, env, np) for part in node.parts]
    if kind == "?:":
        return np.where(_true(np, values[0]), values[1], values[2])
    return _OPERATORS[kind](np, *values)


def _whole(np: Any, value: Any) -> Any:
    """Java's cast to long: NaN is 0, what is too large the largest."""
    real = np.asarray(value, np.float64)
    least = np.where(np.isnan(real), 0, np.where(real >= 2.0**63, 0, real)).astype(np.int64)
    return np.where(real >= 2.0**63, np.int64(2**63 - 1), least)


def _shift(np: Any, value: Any) -> Any:
    """By how much to shift: cast to an int first."""
    return _whole(np, np.clip(_real(np, value), -(2.0**31), 2.0**31 - 1)) & 63


def _true(np: Any, value: Any) -> Any:
    """What counts as true: what is not 0 as a whole number, as Java casts it."""
    real = np.asarray(value, np.float64)
    return (np.trunc(real) != 0) & ~np.isnan(real)


def _real(np: Any, value: Any) -> Any:
    return np.asarray(value).astype(np.float64)


_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": lambda np, a, b: np.add(a, b),
    "-": lambda np, a, b: np.subtract(a, b),
    "*": lambda np, a, b: np.multiply(a, b),
    "/": lambda np, a, b: np.divide(a, b),
    "%": lambda np, a, b: np.fmod(a, b),
    "<": lambda np, a, b: _real(np, np.less(a, b)),
    "<=": lambda np, a, b: _real(np, np.less_equal(a, b)),
    ">": lambda np, a, b: _real(np, np.greater(a, b)),
    ">=": lambda np, a, b: _real(np, np.greater_equal(a, b)),
    "==": lambda np, a, b: _real(np, np.equal(a, b)),
    "!=": lambda np, a, b: _real(np, np.not_equal(a, b)),
    "&&": lambda np, a, b: _real(np, _true(np, a) & _true(np, b)),
    "||": lambda np, a, b: _real(np, _true(np, a) | _true(np, b)),
    "&": lambda np, a, b: _real(np, _whole(np, a) & _whole(np, b)),
    "|": lambda np, a, b: _real(np, _whole(np, a) | _whole(np, b)),
    "^": lambda np, a, b: _real(np, _whole(np, a) ^ _whole(np, b)),
    "<<": lambda np, a, b: _real(np, _whole(np, a) << _shift(np, b)),
    ">>": lambda np, a, b: _real(np, _whole(np, a) >> _shift(np, b)),
    ">>>": lambda np, a, b: _real(
        np, (_whole(np, a).astype(np.uint64) >> _shift(np, b).astype(np.uint64)).astype(np.int64)
    ),
    "u-": lambda np, a: np.negative(a),
    "u+": lambda np, a: a,
    "u!": lambda np, a: _real(np, ~_true(np, a)),
    "u~": lambda np, a: _real(np, ~_whole(np, a)),
}
_UFUNCS = {"acos": "arccos", "asin": "arcsin", "atan": "arctan", "atan2": "arctan2"}
_UFUNCS |= {"atanh": "arctanh", "ln": "log", "max": "maximum", "min": "minimum", "pow": "power"}


def _call(name: str, values: list[Any], np: Any) -> Any:
    if name == "logn":
        return np.divide(np.log(values[1]), np.log(values[0]))
    if name == "haversin":
        from esmock.mapping.sphere import arc_metres

        return arc_metres(*values) / 1000.0
    if name in ("asinh", "acosh"):  # as Lucene reckons them
        real = np.asarray(values[0], float)
        size = np.abs(real) if name == "asinh" else real
        found = np.log(np.sqrt(size * size + (1.0 if name == "asinh" else -1.0)) + size)
        return np.copysign(found, real) if name == "asinh" else found
    return getattr(np, _UFUNCS.get(name, name) if name in _FUNCTIONS else "")(*(np.asarray(v, float) for v in values))
