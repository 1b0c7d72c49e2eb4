"""Functions of numbers. Docs: esql-math-functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from esmock.features.esql.block import Block, repeated
from esmock.features.esql.functions.function import (
    Evaluation,
    Failures,
    Function,
    Refused,
    by_each_value,
    by_single_values,
    objects,
    ordinal,
    same_type,
)
from esmock.features.esql.tree import Call
from esmock.features.esql.types import ANY, NUMBER, WHOLE_NUMBER, common
from esmock.xcontent.java_number import java_double

_ARITHMETIC = "java.lang.ArithmeticException: "
_WHOLE = 2.0**52
"""Doubles from here on have nothing behind the point."""


def floats(values: np.ndarray) -> np.ndarray:
    """float64[n]."""
    return values.astype(np.float64)


Compute = Callable[[np.ndarray], np.ndarray]


def _of_double(name: str, compute: Compute, unfit: Compute | None = None, why: str = "") -> Function:
    """A function of one decimal number.

    Args:
        unfit: which numbers it cannot take.
    """

    def kernel(run: Evaluation, failures: Failures, values: np.ndarray) -> Any:
        given = floats(values)
        bad = np.zeros(len(given), bool) if unfit is None else unfit(given)
        with np.errstate(all="ignore"):
            found = compute(given)
        if bad.any():
            failures.add(_ARITHMETIC + why, int(bad.sum()))
        return found, ~bad

    return Function(name, (NUMBER,), "double", by_single_values(kernel))


def _java(function: Callable[[float], float]) -> Callable[[np.ndarray], np.ndarray]:
    """A function of Python's library, number by number: its digits are those of Java, numpy's may not be."""

    def compute(values: np.ndarray) -> np.ndarray:
        out = np.empty(len(values), np.float64)
        for at, value in enumerate(values.tolist()):
            try:
                out[at] = function(value)
            except (ValueError, OverflowError):
                out[at] = math.inf if function in (math.exp,) else math.nan
        return out

    return compute


def _too_steep(values: np.ndarray) -> np.ndarray:
    return np.abs(values) > 710.4758600739439  # the hyperbolic functions leave the doubles there


def _whole_or(kernel: Callable[[np.ndarray], np.ndarray]) -> Any:
    """For decimals; whole numbers are what they are."""

    def evaluate(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
        block = blocks[0]
        if block.type != "double":
            return block
        return by_single_values(lambda run, failures, values: kernel(values))(run, call, blocks)

    return evaluate


def _absolute(run: Evaluation, failures: Failures, values: np.ndarray) -> Any:
    if values.dtype == object:
        return values
    return np.abs(values)


def _two(name: str, compute: Callable[[float, float], float]) -> Function:
    def kernel(run: Evaluation, failures: Failures, left: np.ndarray, right: np.ndarray) -> Any:
        pairs = zip(floats(left).tolist(), floats(right).tolist(), strict=True)
        return np.array([compute(a, b) for a, b in pairs], np.float64)

    return Function(name, (NUMBER, NUMBER), "double", by_single_values(kernel))


def _power(run: Evaluation, failures: Failures, base: np.ndarray, exponent: np.ndarray) -> Any:
    with np.errstate(all="ignore"):
        found = np.power(floats(base), floats(exponent))
    bad = ~np.isfinite(found)
    if bad.any():
        failures.add(f"{_ARITHMETIC}not a finite double number: {java_double(float(found[bad][0]))}", int(bad.sum()))
    return found, ~bad


def _log(run: Evaluation, failures: Failures, first: np.ndarray, *rest: np.ndarray) -> Any:
    base, values = (None, floats(first)) if not rest else (floats(first), floats(rest[0]))
    fine = (values > 0) if base is None else (values > 0) & (base > 0) & (base != 1)
    for at in np.flatnonzero(~fine).tolist():
        is_one = base is not None and base[at] == 1
        failures.add(_ARITHMETIC + ("Log of base 1" if is_one else "Log of non-positive number"))
    out = np.zeros(len(values), np.float64)
    if base is not None:
        out[fine] = np.log10(values[fine]) / np.log10(base[fine])
    else:
        out[fine] = _java(math.log)(values[fine])
    return out, fine


def _round(run: Evaluation, failures: Failures, values: np.ndarray, *digits: np.ndarray) -> Any:
    places = digits[0].tolist() if digits else [0] * len(values)
    return objects_or_numbers(values, [_rounded(value, count) for value, count in zip(values.tolist(), places, strict=True)])


def _rounded(value: Any, digits: int) -> Any:
    """Half away from zero, as Java's decimals round; digits left of the point may be cut too."""
    if isinstance(value, int):
        if digits >= 0:
            return value
        unit = 10**-digits
        whole = (abs(value) + unit // 2) // unit * unit
        return whole if value >= 0 else -whole
    scale = 10.0**digits
    scaled = abs(value * scale)
    if not math.isfinite(scaled) or scaled >= _WHOLE:
        return value
    return float(math.floor(scaled + 0.5)) / scale * (1 if value >= 0 else -1)


def objects_or_numbers(like: np.ndarray, values: list[Any]) -> np.ndarray:
    """An array of the kind of another."""
    return objects(values) if like.dtype == object else np.array(values, like.dtype)


def _round_evaluate(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
    if blocks[0].type != "double" and len(blocks) == 1:
        return blocks[0]
    return by_single_values(_round)(run, call, blocks)


def _scalb(run: Evaluation, failures: Failures, values: np.ndarray, exponents: np.ndarray) -> Any:
    out = np.empty(len(values), np.float64)
    fine = np.ones(len(values), bool)
    for at, (value, exponent) in enumerate(zip(floats(values).tolist(), exponents.tolist(), strict=True)):
        try:
            out[at] = math.ldexp(value, max(min(exponent, 10_000), -10_000))
        except OverflowError:
            out[at], fine[at] = 0, False
            failures.add(_ARITHMETIC + "not a finite double number: Infinity")
    return out, fine


def _constant(value: float) -> Any:
    return lambda run, call, blocks: repeated("double", value, len(blocks[0]) if blocks else 1)


def _round_to_type(call: Call) -> str:
    kind = call.arguments[0].type
    for argument in call.arguments:
        joint = common(kind, argument.type)
        if joint is None or joint not in ("integer", "long", "double", "datetime", "date_nanos", "null"):
            raise Refused("all arguments must be numeric, date, or data_nanos")
        kind = joint
    for place, argument in enumerate(call.arguments[1:], 1):
        if not argument.is_constant:
            raise Refused(f"{ordinal(place)} argument of [{call.text}] must be a constant, received [{argument.text}]")
    return kind


def _round_to(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
    steps = sorted({block.rows()[0][0] for block in blocks[1:] if len(block) and not block.is_null[0]})

    def kernel(run: Evaluation, failures: Failures, values: np.ndarray) -> Any:
        if not steps:
            return values, np.zeros(len(values), bool)
        points = np.array(steps, np.float64 if call.type == "double" else np.int64)
        return points[np.maximum(np.searchsorted(points, values, "right") - 1, 0)]

    return by_single_values(kernel)(run, call, [blocks[0].as_type(call.type)])


FUNCTIONS = (
    Function("abs", (NUMBER,), same_type, by_single_values(_absolute)),
    _of_double("acos", _java(math.acos), lambda values: np.abs(values) > 1, "Acos input out of range"),
    _of_double("asin", _java(math.asin), lambda values: np.abs(values) > 1, "Asin input out of range"),
    _of_double("atan", _java(math.atan)),
    _two("atan2", math.atan2),
    _of_double("cbrt", np.cbrt),
    Function("ceil", (NUMBER,), same_type, _whole_or(np.ceil)),
    _of_double("cos", _java(math.cos)),
    _of_double("cosh", _java(math.cosh), _too_steep, "cosh overflow"),
    Function("e", (), "double", _constant(math.e)),
    _of_double("exp", _java(math.exp)),
    Function("floor", (NUMBER,), same_type, _whole_or(np.floor)),
    _two("hypot", math.hypot),
    Function("log", (NUMBER, NUMBER), "double", by_single_values(_log), least=1),
    _of_double("log10", np.log10, lambda values: values <= 0, "Log of non-positive number"),
    Function("pi", (), "double", _constant(math.pi)),
    Function("pow", (NUMBER, NUMBER), "double", by_single_values(_power)),
    Function("round", (NUMBER, WHOLE_NUMBER), same_type, _round_evaluate, least=1),
    Function("round_to", (ANY, ANY), _round_to_type, _round_to, least=2, most=None),
    Function("scalb", (NUMBER, WHOLE_NUMBER), "double", by_single_values(_scalb)),
    _of_double("signum", np.sign),
    _of_double("sin", _java(math.sin)),
    _of_double("sinh", _java(math.sinh), _too_steep, "sinh overflow"),
    _of_double("sqrt", np.sqrt, lambda values: values < 0, "Square root of negative"),
    _of_double("tan", _java(math.tan)),
    _of_double("tanh", _java(math.tanh)),
    Function("tau", (), "double", _constant(2 * math.pi)),
    Function("to_degrees", (NUMBER,), "double", by_each_value(lambda run, failures, values: floats(values) * (180.0 / math.pi))),
    Function("to_radians", (NUMBER,), "double", by_each_value(lambda run, failures, values: floats(values) / 180.0 * math.pi)),
)
