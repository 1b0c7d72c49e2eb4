"""Assertion steps: each looks up one actual value and hands it to a pure comparison.

Source: behaviour of the Java runner's assertion sections.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from esmock.conformance import comparison, document
from esmock.conformance.dialect import E9, Dialect
from esmock.conformance.document import Node, Scalar
from esmock.conformance.place import LoadError, Where
from esmock.conformance.session import Mismatch, Session

Json = Any


@dataclass(frozen=True, slots=True)
class Assertion:
    """A path and what is expected there.

    Subclasses say in ``compare`` what must hold; ``expected`` has its marks filled in by then.
    """

    name: ClassVar[str]
    at: Where
    path: str
    expected: Json = None

    @classmethod
    def parse(cls, at: Where, node: Node, _dialect: Dialect) -> Assertion:
        entry = document.only(node, cls.name)
        return cls(at, entry.key, cls.parse_expected(entry.node))

    @classmethod
    def parse_expected(cls, node: Node) -> Json:
        return document.value(node)

    def compare(self, actual: Json, expected: Json, dialect: Dialect = E9) -> str | None:
        """Why the assertion does not hold, None when it does."""
        raise NotImplementedError

    def check(self, actual: Json, expected: Json, dialect: Dialect = E9) -> Mismatch | None:
        """The comparison with its place."""
        reason = self.compare(actual, expected, dialect)
        if reason is None:
            return None
        return Mismatch(self.at, self.name, reason, path=self.path, expected=expected, actual=actual)

    def run(self, session: Session) -> Mismatch | None:
        """Look at the current response, or at the stash.

        Raises:
            StepError: path or mark without a value.
        """
        actual = session.actual(self.path)
        return self.check(actual, session.stash.expected(self.expected), session.dialect)


class Match(Assertion):
    """Equal as Java objects are, a found regex, or a null."""

    name = "match"

    def compare(self, actual: Json, expected: Json, dialect: Dialect = E9) -> str | None:
        return comparison.match(actual, expected, null_matches_nothing=dialect.null_matches_nothing)


class MatchesInAnyOrder(Assertion):
    """Each expected element has a partner; none is left over."""

    name = "matches_in_any_order"

    def compare(self, actual: Json, expected: Json, dialect: Dialect = E9) -> str | None:
        return comparison.matches_in_any_order(actual, expected, null_matches_nothing=dialect.null_matches_nothing)


class _Order(Assertion):
    def compare(self, actual: Json, expected: Json, dialect: Dialect = E9) -> str | None:
        return comparison.order(self.name, actual, expected, long_with_int=dialect.compares_long_with_int)


class Gt(_Order):
    """Greater than."""

    name = "gt"


class Gte(_Order):
    """Greater than or equal."""

    name = "gte"


class Lt(_Order):
    """Less than."""

    name = "lt"


class Lte(_Order):
    """Less than or equal."""

    name = "lte"


class Length(Assertion):
    """Length of a string, list or map."""

    name = "length"

    @classmethod
    def parse_expected(cls, node: Node) -> int:
        found = document.text(node, "length")
        if not re.fullmatch(r"[-+]?\d+", found, re.ASCII):
            raise LoadError(node.at, f"[length] must be an integer but is [{found}]")
        return int(found)

    def compare(self, actual: Json, expected: Json, _dialect: Dialect = E9) -> str | None:
        return comparison.length(actual, expected)


class Contains(Assertion):
    """A substring, or a list element with the expected entries."""

    name = "contains"

    def compare(self, actual: Json, expected: Json, _dialect: Dialect = E9) -> str | None:
        return comparison.contains(actual, expected)


class CloseTo(Assertion):
    """A number within an error of another."""

    name = "close_to"

    @classmethod
    def parse_expected(cls, node: Node) -> Json:
        found = {entry.key: document.value(entry.node) for entry in document.fields(node, "close_to")}
        if found.keys() != {"value", "error"}:
            raise LoadError(node.at, "[close_to] must have exactly the keys [value] and [error]")
        if comparison.number_class(found["error"]) is None:
            raise LoadError(node.at, "[error] of [close_to] must be a number")
        if comparison.number_class(found["value"]) is None and not isinstance(found["value"], str):
            raise LoadError(node.at, "[value] of [close_to] must be a number")
        return found

    def compare(self, actual: Json, expected: Json, _dialect: Dialect = E9) -> str | None:
        return comparison.close_to(actual, expected["value"], expected["error"])


class IsAfter(Assertion):
    """A later instant."""

    name = "is_after"

    def compare(self, actual: Json, expected: Json, _dialect: Dialect = E9) -> str | None:
        return comparison.is_after(actual, expected)


class _PathAssertion(Assertion):
    """An assertion that is only a path."""

    @classmethod
    def parse(cls, at: Where, node: Node, _dialect: Dialect) -> Assertion:
        if not isinstance(node, Scalar):
            raise LoadError(node.at, f"[{cls.name}] must be a path")
        return cls(at, node.text)


class IsTrue(_PathAssertion):
    """Present and neither empty, false nor 0."""

    name = "is_true"

    def compare(self, actual: Json, _expected: Json, _dialect: Dialect = E9) -> str | None:
        return comparison.is_true(actual)


class IsFalse(_PathAssertion):
    """Absent, empty, false or 0."""

    name = "is_false"

    def compare(self, actual: Json, _expected: Json, _dialect: Dialect = E9) -> str | None:
        return comparison.is_false(actual)


class Exists(_PathAssertion):
    """Present and not null."""

    name = "exists"

    def compare(self, actual: Json, _expected: Json, _dialect: Dialect = E9) -> str | None:
        return comparison.exists(actual)


class NotExists(_PathAssertion):
    """Absent or null."""

    name = "not_exists"

    def compare(self, actual: Json, _expected: Json, _dialect: Dialect = E9) -> str | None:
        return comparison.not_exists(actual)


ASSERTIONS = (
    Match,
    IsTrue,
    IsFalse,
    Gt,
    Gte,
    Lt,
    Lte,
    Length,
    Contains,
    CloseTo,
    IsAfter,
    Exists,
    NotExists,
    MatchesInAnyOrder,
)
