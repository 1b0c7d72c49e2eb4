"""What a function is: its arguments, the type of what it gives, and how it is computed for whole columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.features.esql.block import Block, of_rows, starts_of
from esmock.features.esql.tree import Call, Expression, Literal
from esmock.features.esql.types import Accepts, without_text

if TYPE_CHECKING:
    from esmock.features.esql.page import Page
    from esmock.version import Behaviour

Json = Any
_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_NUMBERS = ("no", "one", "two", "three", "four")
_MOST_FAILURES = 20
MULTI_VALUE = "java.lang.IllegalArgumentException: single-value function encountered multi-value"


class Refused(Exception):
    """Arguments of types that a function does not take: what the complaint says."""


class Failures:
    """What went wrong in single rows of one call: told once as warnings, the rows are null."""

    def __init__(self, call: Call, warn: Callable[[str], None]) -> None:
        self._call = call
        self._warn = warn
        self._count = 0

    def add(self, message: str, times: int = 1) -> None:
        """Some rows failed with an error of a Java class."""
        line, column = self._call.at
        if self._count == 0:
            self._warn(
                f"Line {line}:{column}: evaluation of [{self._call.text}] failed, treating result as null. "
                f"Only first {_MOST_FAILURES} failures recorded."
            )
        if self._count < _MOST_FAILURES:
            self._warn(f"Line {line}:{column}: {message}")
        self._count += times


@dataclass(slots=True)
class Evaluation:
    """What computing an expression needs.

    Args:
        now_ms: the time of the query.
        full_text: (call, page) to the rows that match, for functions that search.
        union: (call, page) to the values of a field whose types differ, converted to one.
    """

    behaviour: Behaviour
    now_ms: int
    warn: Callable[[str], None]
    full_text: Callable[[Call, Page], np.ndarray] | None = None
    union: Callable[[Call, Page], Block] | None = None


Evaluate = Callable[[Evaluation, Call, list[Block]], Block]
Returns = Callable[[Call], str]


@dataclass(frozen=True, slots=True)
class Function:
    """One function.

    Args:
        accepts: of each argument; the last one counts for all that follow.
        returns: the type of the result, or what finds it and raises Refused.
        least, most: how many arguments; None: any number.
        arity: how a wrong number is complained of.
        evaluate: blocks of the arguments to the block of the result.
        constants: places of the arguments that must be the same in every row.
        is_aggregate, is_grouping: whether it stands in STATS only.
    """

    name: str
    accepts: tuple[Accepts, ...]
    returns: str | Returns
    evaluate: Evaluate
    least: int = -1
    most: int | None = -1
    arity: str = ""
    constants: tuple[int, ...] = ()
    aliases: tuple[str, ...] = ()
    is_aggregate: bool = False
    is_grouping: bool = False
    since: tuple[int, int] = (8, 11)
    checks: Callable[[Call], str | None] | None = None
    """What else is wrong with a call; None: nothing."""

    @property
    def bounds(self) -> tuple[int, int | None]:
        """How few and how many arguments."""
        n = len(self.accepts)
        return (n if self.least < 0 else self.least), (n if self.most == -1 else self.most)

    def wrong_count(self, count: int) -> str | None:
        """The complaint about a number of arguments."""
        least, most = self.bounds
        if count >= least and (most is None or count <= most):
            return None
        if self.arity:
            return self.arity
        if most == 0:
            return "expects no arguments"
        if most is None:
            return f"expects at least {_NUMBERS[least]} argument{'s' if least > 1 else ''}"
        if least == most:
            return f"expects exactly {_NUMBERS[least]} argument{'s' if least > 1 else ''}"
        if most - least == 1:
            return f"expects {_NUMBERS[least]} or {_NUMBERS[most]} arguments"
        return f"expects minimum {_NUMBERS[least]}, maximum {_NUMBERS[most]} arguments"

    def ordinal(self, place: int) -> str:
        """How a complaint names an argument."""
        return "" if self.bounds[1] == 1 or self.name in ("concat", "to_ip", "like", "rlike") else f"{ordinal(place)} "

    def resolve(self, call: Call) -> str:
        """The type of a call. Raises Refused."""
        for place, argument in enumerate(call.arguments):
            accepted = self.accepts[min(place, len(self.accepts) - 1)]
            if accepted.types and argument.type != "null" and argument.type not in accepted.types:
                raise Refused(wrong_type(self.ordinal(place), call, accepted.shown, argument))
        for place in self.constants:
            if place < len(call.arguments) and not call.arguments[place].is_constant:
                raise Refused(f"{self.ordinal(place)}argument of [{call.text}] must be a constant, received [{call.arguments[place].text}]")
        return self.returns if isinstance(self.returns, str) else self.returns(call)


def wrong_type(ordinal: str, call: Call, wanted: str, argument: Expression) -> str:
    """The complaint about an argument's type."""
    return f"{ordinal}argument of [{call.text}] must be [{wanted}], found value [{argument.text}] type [{argument.type}]"


def by_single_values(kernel: Callable[..., Any]) -> Evaluate:
    """Compute rows in which each argument has one value; others are null.

    Args:
        kernel: the arguments as arrays, to an array of results; with ``failures`` and ``evaluation`` as keywords where it wants them;
            elements that are None, or False in a second array that it gives, are null.
    """

    def evaluate(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
        failures = Failures(call, run.warn)
        fine = np.ones(len(blocks[0]) if blocks else 0, bool)
        for block in blocks:
            counts = block.counts
            several = fine & (counts > 1)
            if several.any():
                failures.add(MULTI_VALUE, int(several.sum()))
            fine &= counts == 1
        arrays = [block.values[block.starts[:-1][fine]] for block in blocks]
        return placed(call.type, fine, kernel(run, failures, *arrays))

    return evaluate


def placed(kind: str, fine: np.ndarray, found: Any) -> Block:
    """A block of results for some rows; the others are null.

    Args:
        fine: bool[n_rows].
        found: an array of results for those rows, or one and which of them count.
    """
    values, kept = found if isinstance(found, tuple) else (found, None)
    if values.dtype == object and kept is None:
        kept = np.fromiter((value is not None for value in values), bool, len(values))
    if kept is not None and not kept.all():
        rows = np.flatnonzero(fine)[kept]
        fine = np.zeros(len(fine), bool)
        fine[rows] = True
        values = values[kept]
    return Block(kind, values, starts_of(fine.astype(np.int64)))


def by_each_value(kernel: Callable[..., Any]) -> Evaluate:
    """Compute every value of every row by itself."""

    def evaluate(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
        block, others = blocks[0], blocks[1:]
        failures = Failures(call, run.warn)
        found = kernel(run, failures, block.values, *others)
        values, kept = found if isinstance(found, tuple) else (found, None)
        if values.dtype == object and kept is None:
            kept = np.fromiter((value is not None for value in values), bool, len(values))
        if kept is None or kept.all():
            return Block(call.type, values, block.starts)
        counts = np.bincount(block.owners()[kept], minlength=len(block)) if len(values) else block.counts
        return Block(call.type, values[kept], starts_of(counts))

    return evaluate


def by_rows(kernel: Callable[..., Sequence[Json]]) -> Evaluate:
    """Compute row by row: the values of each argument as lists, to the list of results."""

    def evaluate(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
        failures = Failures(call, run.warn)
        n_rows = len(blocks[0])
        return of_rows(call.type, (kernel(run, failures, *row) for row in zip(*(block.rows() for block in blocks), strict=True)) if n_rows else [])

    return evaluate


def objects(values: Sequence[Json]) -> np.ndarray:
    """object[n] of whatever values."""
    out = np.empty(len(values), object)
    for at, value in enumerate(values):
        out[at] = value
    return out


def constant_of(expression: Expression) -> Json:
    """The value of a literal."""
    return expression.value if isinstance(expression, Literal) else None


def same_type(call: Call) -> str:
    """The type of the first argument."""
    return call.arguments[0].type


def plain_type(call: Call) -> str:
    """The type of what is made of the first argument: texts are keywords then."""
    return without_text(call.arguments[0].type)


def ordinal(place: int) -> str:
    """How complaints count arguments."""
    return _ORDINALS[min(place, len(_ORDINALS) - 1)]
