"""``BUCKET``: times and numbers put into equal parts. Docs: esql-bucket."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from esmock.features.esql.block import Block
from esmock.features.esql.functions.dates import DAY_MS, NANOS, parse_ms, shifted, truncated
from esmock.features.esql.functions.function import (
    Evaluation,
    Function,
    Refused,
    by_single_values,
    constant_of,
    wrong_type,
)
from esmock.features.esql.tree import Call, Expression
from esmock.features.esql.types import ANY, DATES, NUMERIC

Json = Any
_HOUR, _MINUTE, _SECOND = 3_600_000, 60_000, 1000
_SPANS: tuple[tuple[str, int], ...] = (
    ("months", 1), ("days", 7), ("days", 1), *(("ms", n * _HOUR) for n in (12, 3, 1)), *(("ms", n * _MINUTE) for n in (30, 10, 5, 1)),
    *(("ms", n * _SECOND) for n in (30, 10, 5, 1)), *(("ms", n) for n in (100, 50, 10, 1)),
)  # fmt: skip
"""The parts that people like, from long to short."""
_YEAR = ("months", 12)


def bucket(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
    """The begin of the part in which each value lies."""
    size = constant_of(call.arguments[1])
    if call.arguments[0].type in ("datetime", "date_nanos"):
        span = size if isinstance(size, tuple) else _span(int(size), *map(_millis, call.arguments[2:4]))
        scale = NANOS if call.type == "date_nanos" else 1
        return by_single_values(lambda run, failures, values: truncated(values // scale, span) * scale)(run, call, blocks[:1])
    width = float(size) if len(call.arguments) == 2 else _width(int(size), *(float(constant_of(one)) for one in call.arguments[2:4]))
    return by_single_values(lambda run, failures, values: np.floor(values.astype(np.float64) / width) * width)(run, call, blocks[:1])


def _millis(expression: Expression) -> int:
    value = constant_of(expression)
    return parse_ms(value) if isinstance(value, str) else int(value)


def _span(most: int, first: int, last: int) -> tuple[str, int]:
    """The shortest part of which no more than so many lie between two times."""
    best = _YEAR
    for span in _SPANS:
        if _count(span, first, last, most) > most:
            return best
        best = span
    return best


def _count(span: tuple[str, int], first: int, last: int, most: int) -> int:
    if span[0] == "ms" or span == ("days", 1):
        length = span[1] if span[0] == "ms" else DAY_MS
        return last // length - first // length + (1 if last % length else 0)
    count, at = 0, int(truncated(np.array([first]), span)[0])
    while count <= most and at < last:
        at = shifted(at, span)
        count += 1
    return count


def _width(most: int, low: float, high: float) -> float:
    """A round number of which no more than so many lie between two numbers."""
    exact = (high - low) / most
    ten = 10.0 ** math.ceil(math.log10(exact))
    return ten / 2 if exact < ten / 2 else ten


def _bucket_type(call: Call) -> str:
    """Raises Refused."""
    field, size = call.arguments[:2]
    if field.type not in (*DATES, *NUMERIC, "null"):
        raise Refused(wrong_type("first ", call, "datetime or numeric", field))
    if field.type in DATES:
        if size.type in ("date_period", "time_duration") and len(call.arguments) == 2:
            return field.type
        if size.type not in ("integer", "long", "null"):
            raise Refused(wrong_type("second ", call, "integral, date_period or time_duration", size))
        if len(call.arguments) != 4:
            raise _wants_four(field, size)
        return field.type
    if size.type not in (*NUMERIC, "null"):
        raise Refused(wrong_type("second ", call, "numeric", size))
    if len(call.arguments) == 3:
        raise _wants_four(field, size)
    return "double"


def _wants_four(field: Expression, size: Expression) -> Refused:
    return Refused(
        f"function expects exactly four arguments when the first one is of type [{field.type.upper()}] and the second of type "
        f"[{size.type.upper()}]"
    )


FUNCTIONS = (Function("bucket", (ANY, ANY, ANY, ANY), _bucket_type, bucket, least=2, is_grouping=True),)
