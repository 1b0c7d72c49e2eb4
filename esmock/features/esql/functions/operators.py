"""Operators: logic, comparison, arithmetic, patterns. Docs: esql-operators."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from esmock.features.esql.block import Block, array, nulls, single
from esmock.features.esql.functions.dates import NANOS, shifted
from esmock.features.esql.functions.function import (
    MULTI_VALUE,
    Evaluation,
    Failures,
    Function,
    Refused,
    by_single_values,
    objects,
    same_type,
    wrong_type,
)
from esmock.features.esql.tree import Call, Literal
from esmock.features.esql.types import (
    ANY,
    BOOLEAN,
    DATES,
    LIMITS,
    NUMBER,
    NUMERIC,
    SHAPES,
    SPANS,
    STRING,
    common,
    wider_number,
)
from esmock.xcontent.java_number import java_double

Json = Any
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_MATH: dict[str, Callable[[Any, Any], Any]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}
_ARITHMETIC = "java.lang.ArithmeticException: "


def _bool_parts(block: Block) -> tuple[np.ndarray, np.ndarray]:
    """Which rows are true, and which are false."""
    if block.type != "boolean":
        nothing = np.zeros(len(block), bool)
        return nothing, nothing
    values, has = block.first()
    has = has & (block.counts == 1)
    return has & values.astype(bool), has & ~values.astype(bool)


def _logic(name: str) -> Function:
    def evaluate(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
        (left_true, left_false), (right_true, right_false) = map(_bool_parts, blocks)
        if name == "and":
            true, false = left_true & right_true, left_false | right_false
        else:
            true, false = left_true | right_true, left_false & right_false
        return single("boolean", true, true | false)

    return Function(name, (BOOLEAN, BOOLEAN), "boolean", evaluate)


def _not(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
    true, false = _bool_parts(blocks[0])
    return single("boolean", false, true | false)


def _is_null(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
    return single("boolean", blocks[0].is_null, np.ones(len(blocks[0]), bool))


def _is_not_null(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
    return single("boolean", ~blocks[0].is_null, np.ones(len(blocks[0]), bool))


def _group(kind: str) -> str:
    """How complaints name the types that can be compared with one."""
    return "numeric" if kind in NUMERIC else kind


_EQUAL_TYPES = (
    "boolean, cartesian_point, cartesian_shape, date_nanos, datetime, double, geo_point, geo_shape, integer, ip, keyword, long, text, "
    "unsigned_long or version"
)
_ORDERED_TYPES = "date_nanos, datetime, double, integer, ip, keyword, long, text, unsigned_long or version"


def _comparison_type(call: Call) -> str:
    left, right = call.arguments
    is_equality = call.name in ("==", "!=")
    for place, one in enumerate((left, right)):
        barred = (*SPANS, "unsupported") if is_equality else (*SPANS, *SHAPES, "boolean", "unsupported")
        if one.type in barred:
            shown = _EQUAL_TYPES if is_equality else _ORDERED_TYPES
            raise Refused(wrong_type(("first ", "second ")[place], call, shown, one))
    # ES: null is no value that could be compared with, unless with itself
    if ("null" in (left.type, right.type) and left.type != right.type) or common(left.type, right.type) is None:
        wanted = _group(left.type)
        raise Refused(f"first argument of [{call.text}] is [{wanted}] so second argument must also be [{wanted}] but was [{right.type}]")
    if {left.type, right.type} & {"unsigned_long"} and left.type != right.type:
        raise Refused(_unsigned(call))
    return "boolean"


def _unsigned(call: Call) -> str:
    left, right = call.arguments
    other, first = (right, True) if left.type == "unsigned_long" else (left, False)
    words = f"first argument of [{call.text}] is [unsigned_long] and second is [{other.type}]" if first else (
        f"first argument of [{call.text}] is [{other.type}] and second is [unsigned_long]"
    )
    return f"{words}. [unsigned_long] can only be operated on together with another [unsigned_long]"


def aligned(left: Block, right: Block) -> tuple[Block, Block]:
    """Two blocks whose values can be compared: of one type."""
    kind = common(left.type, right.type) or left.type
    return tuple(_nanos(block) if kind == "date_nanos" and block.type == "datetime" else block.as_type(kind) for block in (left, right))  # type: ignore[return-value]


def _nanos(block: Block) -> Block:
    return Block("date_nanos", block.values * NANOS, block.starts)


def _comparison(name: str) -> Function:
    compare = _COMPARE[name]

    def evaluate(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
        if "null" in (blocks[0].type, blocks[1].type):
            return nulls("boolean", len(blocks[0]))
        return by_single_values(lambda run, failures, left, right: np.asarray(compare(left, right), bool))(run, call, list(aligned(*blocks)))

    return Function(name, (ANY, ANY), _comparison_type, evaluate)


def _in_type(call: Call) -> str:
    first = call.arguments[0]
    for argument in call.arguments[1:]:
        if common(first.type, argument.type) is None:
            raise Refused(
                f"{_counted(call.arguments.index(argument))} argument of [{call.text}] must be [{first.type}], "
                f"found value [{argument.text}] type [{argument.type}]"
            )
    return "boolean"


def _counted(at: int) -> str:
    """ES: the list is counted by itself."""
    return f"{at}{('th', 'st', 'nd', 'rd')[at] if at < 4 else 'th'}"


def _in(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
    needle, *listed = blocks
    n_rows = len(needle)
    found, unknown = np.zeros(n_rows, bool), np.zeros(n_rows, bool)
    failures = Failures(call, run.warn)
    several = needle.counts > 1
    for one in listed:
        several = several | (one.counts > 1)
    if several.any():
        failures.add(MULTI_VALUE, int(several.sum()))
    for one in listed:
        if one.type == "null":
            unknown |= True
            continue
        left, right = aligned(needle, one)
        (a, has_a), (b, has_b) = left.first(), right.first()
        fine = has_a & has_b & (left.counts == 1) & (right.counts == 1)
        equal = np.zeros(n_rows, bool)
        equal[fine] = np.asarray(a[fine] == b[fine], bool)
        found |= equal
        unknown |= ~has_b
    known = ~needle.is_null & ~several & (found | ~unknown)
    return single("boolean", found, known)


def _patterned(name: str) -> Function:
    def evaluate(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
        patterns = [one.value for one in call.arguments[1:] if isinstance(one, Literal)]
        if name == "like" and "*" in patterns:
            return single("boolean", ~blocks[0].is_null, ~blocks[0].is_null)  # ES: it asks whether there is a value
        fits = [_matcher(name, one) for one in patterns]

        def kernel(run: Evaluation, failures: Failures, texts: np.ndarray) -> Any:
            return np.array([any(one(text) for one in fits) for text in texts.tolist()], bool)

        return by_single_values(kernel)(run, call, blocks[:1])

    return Function(name, (STRING, ANY), "boolean", evaluate, least=2, most=None)


def _matcher(name: str, pattern: str) -> Callable[[str], bool]:
    if name == "like":
        from esmock.search.query.multi_term import wildcard_regex

        regex = wildcard_regex(pattern)
        return lambda text: regex.fullmatch(text) is not None
    from esmock.analysis.lucene_regex import compile_regex

    return compile_regex(pattern)


def _negative(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
    kind = call.type

    def kernel(run: Evaluation, failures: Failures, values: np.ndarray) -> Any:
        if kind in LIMITS:
            bad = values == LIMITS[kind][0]
            if bad.any():
                failures.add(f"{_ARITHMETIC}{kind} overflow", int(bad.sum()))
            return np.where(bad, 0, -np.where(bad, 0, values)), ~bad
        return -values

    return by_single_values(kernel)(run, call, blocks)


_SUM_TYPES = "date_nanos, datetime or numeric"


def _arithmetic_type(call: Call) -> str:
    left, right = call.arguments
    dated = call.name in ("+", "-")
    accepted = (*NUMERIC, "null", *((*DATES, *SPANS) if dated else ()))
    for place, one in enumerate((left, right)):
        if one.type not in accepted:
            raise Refused(wrong_type(("first ", "second ")[place], call, _SUM_TYPES if dated else "numeric", one))
    if not dated or not {left.type, right.type} & {*DATES, *SPANS}:
        kind = wider_number(left.type, right.type)
        if kind is None:
            raise Refused(_unsigned(call))
        return kind
    return _moved_type(call)


def _moved_type(call: Call) -> str:
    """The type of a time and a span of time."""
    left, right = call.arguments
    kinds = {left.type, right.type}
    dates = kinds & set(DATES)
    if dates and (kinds & set(SPANS) or "null" in kinds) and (call.name == "+" or left.type in (*DATES, "null")):
        return dates.pop()
    if kinds <= {*SPANS, "null"} and len(kinds - {"null"}) == 1:
        return (kinds - {"null"}).pop()
    if call.name == "-" and dates and left.type in SPANS:
        raise Refused(
            f"[-] arguments are in unsupported order: cannot subtract a [{right.type.upper()}] value [{right.text}] from a "
            f"[{left.type.upper()}] amount [{left.text}]"
        )
    raise Refused(f"[{call.name}] has arguments with incompatible types [{left.type}] and [{right.type}]")


def _moved(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
    first_is_span = call.arguments[0].type in SPANS
    span, block = (call.arguments[0], blocks[1]) if first_is_span else (call.arguments[1], blocks[0])
    if not isinstance(span, Literal) or span.value is None:
        return nulls(call.type, len(block))
    sign = -1 if call.name == "-" else 1
    scale = NANOS if call.type == "date_nanos" else 1

    def kernel(run: Evaluation, failures: Failures, values: np.ndarray) -> Any:
        moved = [shifted(value // scale, span.value, sign) * scale + value % scale for value in values.tolist()]
        return np.array(moved, np.int64)

    return by_single_values(kernel)(run, call, [block])


def _arithmetic(name: str) -> Function:
    def evaluate(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
        if call.type == "null" or "null" in (blocks[0].type, blocks[1].type):
            return nulls(call.type, len(blocks[0]))
        if call.type in DATES:
            return _moved(run, call, blocks)
        kernel = _DIVISIONS[name] if name in _DIVISIONS else _plain(name)
        typed = [block.as_type(call.type) for block in blocks]
        return by_single_values(lambda run, failures, a, b: kernel(call.type, failures, a, b))(run, call, typed)

    return Function(name, (ANY, ANY), _arithmetic_type, evaluate)


def _plain(name: str) -> Callable[..., Any]:
    compute = _MATH[name]

    def kernel(kind: str, failures: Failures, left: np.ndarray, right: np.ndarray) -> Any:
        if kind == "double":
            with np.errstate(all="ignore"):
                found = compute(left, right)
            bad = ~np.isfinite(found)
            if bad.any():
                failures.add(f"{_ARITHMETIC}not a finite double number: {java_double(float(found[bad][0]))}", int(bad.sum()))
            return found, ~bad
        exact = compute(left.astype(object), right.astype(object))
        low, high = LIMITS[kind]
        bad = np.array([not low <= value <= high for value in exact.tolist()], bool) if _may_leave(kind, left, right) else np.zeros(len(left), bool)
        if bad.any():
            failures.add(f"{_ARITHMETIC}{kind} overflow", int(bad.sum()))
        return array(kind, np.where(bad, 0, exact).tolist()), ~bad

    return kernel


def _may_leave(kind: str, left: np.ndarray, right: np.ndarray) -> bool:
    """Whether results may be too large: not for small numbers."""
    if kind == "unsigned_long" or not len(left):
        return True
    largest = max(int(np.abs(left).max()), int(np.abs(right).max()))
    return largest >= (2**15 if kind == "integer" else 2**31) or largest < 0


def _divide(kind: str, failures: Failures, left: np.ndarray, right: np.ndarray) -> Any:
    bad = right == 0
    if kind == "double":
        with np.errstate(all="ignore"):
            found = left / right
        bad = ~np.isfinite(found)
        if bad.any():
            failures.add(_ARITHMETIC + ("/ by zero" if (right[bad] == 0).any() else "not a finite double number: Infinity"), int(bad.sum()))
        return found, ~bad
    if bad.any():
        failures.add(f"{_ARITHMETIC}/ by zero", int(bad.sum()))
    safe = np.where(bad, 1, right)
    if left.dtype == object:
        return objects([a // b for a, b in zip(left.tolist(), safe.tolist(), strict=True)]), ~bad
    quotient = np.abs(left) // np.abs(safe)
    return np.where((left < 0) != (safe < 0), -quotient, quotient), ~bad


def _remainder(kind: str, failures: Failures, left: np.ndarray, right: np.ndarray) -> Any:
    bad = right == 0
    if bad.any():
        failures.add(f"{_ARITHMETIC}/ by zero", int(bad.sum()))
    safe = np.where(bad, 1, right)
    if left.dtype == object:
        return objects([a % b for a, b in zip(left.tolist(), safe.tolist(), strict=True)]), ~bad
    return np.fmod(left, safe), ~bad


_DIVISIONS: dict[str, Callable[..., Any]] = {"/": _divide, "%": _remainder}
FUNCTIONS = (
    _logic("and"),
    _logic("or"),
    Function("not", (BOOLEAN,), "boolean", _not),
    Function("is null", (ANY,), "boolean", _is_null),
    Function("is not null", (ANY,), "boolean", _is_not_null),
    *(_comparison(name) for name in _COMPARE),
    Function("in", (ANY,), _in_type, _in, least=2, most=None),
    _patterned("like"),
    _patterned("rlike"),
    Function("neg", (NUMBER,), same_type, _negative),
    *(_arithmetic(name) for name in ("+", "-", "*", "/", "%")),
)
