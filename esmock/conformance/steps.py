"""The steps of a test: how they are read, and how a list of them is carried out.

    session = Session(Target(url), api)
    failures = execute(steps, session)

A step is any object with ``at``, ``name`` and ``run(session)``; those of test files are made by ``parse_steps``, others
may be built directly: ``Do(at, Call("raw", {"method": "GET", "path": "_count"}))``, ``Match(at, "count", 3)``,
``IsFalse(at, "x.y")``.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from esmock.conformance import document
from esmock.conformance.assertions import ASSERTIONS, Exists, IsFalse, IsTrue, Match
from esmock.conformance.callstep import Call, Do, parse_call
from esmock.conformance.comparison import describe, equal
from esmock.conformance.dialect import E9, Dialect
from esmock.conformance.document import Mapping, Node, Scalar, Sequence
from esmock.conformance.place import LoadError, StepError, Where
from esmock.conformance.session import Json, Mismatch, Response, Session
from esmock.conformance.stashsteps import STASH_STEPS, Set, TransformAndSet
from esmock.conformance.target import Request

__all__ = [
    "STEPS",
    "Call",
    "Do",
    "Exists",
    "IsFalse",
    "IsTrue",
    "Match",
    "Session",
    "Set",
    "Step",
    "TransformAndSet",
    "execute",
    "parse_step",
    "parse_steps",
]


class Step(Protocol):
    """Anything that can stand in a test."""

    name: ClassVar[str]

    @property
    def at(self) -> Where: ...

    @classmethod
    def parse(cls, at: Where, node: Node, dialect: Dialect) -> Any: ...

    def run(self, session: Session) -> Mismatch | None: ...


def execute(steps: Iterable[Step], session: Session, *, collect: bool = False) -> list[Mismatch]:
    """Carry out steps in order.

    Args:
        steps: what to do.
        session: server, stash and current response; the steps leave their traces there.
        collect: go on after a failing step and report all of them; else the first one ends the list.

    Returns:
        The failures, empty when all steps passed.

    Raises:
        Unreachable: the server is gone.
    """
    failures: list[Mismatch] = []
    for step in steps:
        try:
            failure = step.run(session)
        except StepError as error:
            failure = Mismatch(step.at, step.name, str(error), kind="error", path=getattr(step, "path", None))
        if failure is not None:
            failures.append(failure)
            if not collect:
                break
    return failures


@dataclass(frozen=True, slots=True)
class Eventually:
    """Steps that are repeated until all of them pass."""

    name: ClassVar[str] = "eventually"
    patience_s: ClassVar[float] = 10.0
    at: Where
    steps: tuple[Step, ...]

    @classmethod
    def parse(cls, at: Where, node: Node, dialect: Dialect) -> Eventually:
        return cls(at, parse_steps(node, dialect))

    def run(self, session: Session) -> Mismatch | None:
        end, pause_s = time.monotonic() + self.patience_s, 0.01
        while failures := execute(self.steps, session):
            if time.monotonic() > end:
                return failures[0]
            time.sleep(pause_s)
            pause_s = min(pause_s * 2, 0.5)
        return None


@dataclass(frozen=True, slots=True)
class CompareAnalyzers:
    """Two analyzers of an index must give the same tokens for random texts."""

    name: ClassVar[str] = "compare_analyzers"
    texts: ClassVar[int] = 100
    at: Where
    index: str
    first: str
    second: str

    @classmethod
    def parse(cls, at: Where, node: Node, _dialect: Dialect) -> CompareAnalyzers:
        given = {entry.key: document.text(entry.node, entry.key) for entry in document.fields(node, cls.name)}
        if given.keys() != {"index", "first", "second"}:
            raise LoadError(node.at, "[compare_analyzers] must have exactly the keys [index], [first] and [second]")
        return cls(at, **given)

    def run(self, session: Session) -> Mismatch | None:
        texts = random_texts(random.Random(str(self.at.line)), self.texts)
        first, second = (self._tokens(session, name, texts) for name in (self.first, self.second))
        if equal(first, second):
            return None
        return Mismatch(
            self.at,
            self.name,
            f"[{self.first}] and [{self.second}] differ: {describe(first)} and {describe(second)}",
            path=self.index,
            expected=first,
            actual=second,
        )

    def _tokens(self, session: Session, analyzer: str, texts: list[str]) -> Json:
        from esmock.conformance import content

        body = content.write([{"analyzer": analyzer, "text": texts}])
        headers = (("Content-Type", "application/json"),)
        answer = session.send(Request("POST", f"/{self.index}/_analyze", headers, body))
        if answer.status != 200:
            raise StepError(f"the analyzer [{analyzer}] cannot be asked: {answer.status} {answer.body.decode()[:500]}")
        tree = Response.read("POST", answer).tree
        if not isinstance(tree, dict) or not isinstance(tokens := tree.get("tokens"), list):
            raise StepError(f"the analyzer [{analyzer}] gives no tokens: {answer.body.decode()[:500]}")
        return tokens


def random_texts(source: random.Random, count: int) -> list[str]:
    """Texts of up to six words of 1 to 15 characters from all planes; surrogates left out."""

    def char() -> str:
        top = source.choice((0x7F, 0x7F, 0x24F, 0xFFFD, 0x10FFFF))
        while 0xD800 <= (code := source.randint(0x21, top)) <= 0xDFFF:
            pass
        return chr(code)

    return [
        " ".join("".join(char() for _ in range(source.randint(1, 15))) for _ in range(source.randint(1, 6)))
        for _ in range(count)
    ]


_ALL: tuple[type[Any], ...] = (Do, *STASH_STEPS, *ASSERTIONS, Eventually, CompareAnalyzers)
STEPS: dict[str, type[Any]] = {kind.name: kind for kind in _ALL}
if len(STEPS) != len(_ALL):
    raise TypeError("a step kind is declared twice")


def parse_steps(node: Node, dialect: Dialect = E9) -> tuple[Step, ...]:
    """Read a list of steps.

    Raises:
        LoadError: not a list, or a step that cannot be read.
    """
    if not isinstance(node, Sequence):
        raise LoadError(node.at, "steps must be a list")
    return tuple(parse_step(item, dialect) for item in node.items)


def parse_step(node: Node, dialect: Dialect = E9) -> Step:
    """Read one step: a mapping with exactly one key.

    Raises:
        LoadError: unknown kind, or malformed.
    """
    if dialect.sibling_calls and (call := _sibling_call(node)):
        return Do(node.at, parse_call(call.key, call.node, dialect))
    entry = document.only(node, "step")
    kind = STEPS.get(entry.key)
    if kind is None:
        raise LoadError(entry.at, f"unknown step [{entry.key}]")
    return kind.parse(entry.at, entry.node, dialect)


def _sibling_call(node: Node) -> document.Entry | None:
    """The API call beside an empty ``do``, as named setups of 5.x have it."""
    if not isinstance(node, Mapping) or len(node.entries) != 2:
        return None
    do, call = node.entries
    is_empty = do.key == "do" and isinstance(do.node, Scalar) and do.node.value is None
    return call if is_empty else None
