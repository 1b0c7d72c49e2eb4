"""Steps that put values into the stash."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import ClassVar

from esmock.conformance import document
from esmock.conformance.dialect import Dialect
from esmock.conformance.document import Node
from esmock.conformance.javatext import java_text
from esmock.conformance.place import LoadError, Where
from esmock.conformance.session import Mismatch, Session

_CREDENTIALS = re.compile(r"#base64EncodeCredentials\(([^)]*)\)")
_BASE64 = re.compile(r"#base64Encode\(([^)]*)\)")


@dataclass(frozen=True, slots=True)
class Set:
    """Stash values of the current response: pairs of path and name."""

    name: ClassVar[str] = "set"
    at: Where
    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, at: Where, node: Node, _dialect: Dialect) -> Set:
        return cls(at, _pairs(node, cls.name))

    def run(self, session: Session) -> Mismatch | None:
        for path, name in self.pairs:
            session.stash[name] = session.from_response(path)
        return None


@dataclass(frozen=True, slots=True)
class TransformAndSet:
    """Stash texts made of response values: pairs of name and expression."""

    name: ClassVar[str] = "transform_and_set"
    at: Where
    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, at: Where, node: Node, _dialect: Dialect) -> TransformAndSet:
        pairs = _pairs(node, cls.name)
        for _, expression in pairs:
            if (found := _CREDENTIALS.search(expression)) and found[1].count(",") != 1:
                raise LoadError(at, f"[{expression}] needs two paths")
        return cls(at, pairs)

    def run(self, session: Session) -> Mismatch | None:
        for name, expression in self.pairs:
            session.stash[name] = self.transform(session, expression.strip())
        return None

    @staticmethod
    def transform(session: Session, expression: str) -> str:
        if found := _CREDENTIALS.fullmatch(expression):
            user, password = (java_text(session.from_response(path.strip())) for path in found[1].split(","))
            return base64.b64encode(f"{user}:{password}".encode()).decode()
        if found := _BASE64.fullmatch(expression):
            return base64.b64encode(found[1].encode()).decode()
        return expression


def _pairs(node: Node, step: str) -> tuple[tuple[str, str], ...]:
    pairs = tuple((entry.key, document.text(entry.node, step)) for entry in document.fields(node, step))
    if not pairs:
        raise LoadError(node.at, f"[{step}] must set at least one value")
    return pairs


STASH_STEPS = (Set, TransformAndSet)
