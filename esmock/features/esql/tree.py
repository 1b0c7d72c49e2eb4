"""What a query says: commands and expressions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from esmock.features.esql.errors import Place

Json = Any


@dataclass(slots=True, kw_only=True)
class Expression:
    """Something that has a value.

    Args:
        at: where it stands.
        text: as it is written.
        type: what its values are; empty until it is looked at.
    """

    at: Place
    text: str
    type: str = ""

    def children(self) -> list[Expression]:
        return []

    def walk(self) -> Iterator[Expression]:
        """Itself and all within, the outer ones first."""
        yield self
        for child in self.children():
            yield from child.walk()

    @property
    def is_constant(self) -> bool:
        """Whether it is the same in every row."""
        return False


@dataclass(slots=True)
class Literal(Expression):
    """A value as written: number, text, truth, null, a list of them, or a span of time."""

    value: Json

    @property
    def is_constant(self) -> bool:
        return True


@dataclass(slots=True)
class Name(Expression):
    """A column."""

    name: str


@dataclass(slots=True)
class Call(Expression):
    """A function or an operator.

    Args:
        name: in lower case; operators by their sign.
        condition: of an aggregation: which rows count.
        is_union: it converts a field that has other types in other indices, each as it is there.
    """

    name: str
    arguments: list[Expression]
    condition: Expression | None = None
    is_union: bool = False

    def children(self) -> list[Expression]:
        return self.arguments if self.condition is None else [*self.arguments, self.condition]

    @property
    def is_constant(self) -> bool:
        return all(one.is_constant for one in self.arguments)


@dataclass(slots=True)
class Options(Expression):
    """Named options of a function: ``{"k": v}``."""

    entries: dict[str, Json]

    @property
    def is_constant(self) -> bool:
        return True


@dataclass(slots=True)
class Assignment:
    """An expression and the name of its column."""

    name: str
    value: Expression
    at: Place


@dataclass(slots=True)
class Order:
    """One key of a sort."""

    key: Expression
    descending: bool
    nulls_first: bool


@dataclass(slots=True)
class NamePattern:
    """A name, or a pattern of names."""

    text: str
    at: Place
    is_pattern: bool


@dataclass(slots=True, kw_only=True)
class Command:
    """A step of a query."""

    at: Place
    text: str = ""


@dataclass(slots=True)
class From(Command):
    indices: list[str]
    metadata: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Row(Command):
    fields: list[Assignment]


@dataclass(slots=True)
class ShowInfo(Command):
    pass


@dataclass(slots=True)
class Where(Command):
    condition: Expression


@dataclass(slots=True)
class Eval(Command):
    fields: list[Assignment]


@dataclass(slots=True)
class Stats(Command):
    aggregates: list[Assignment]
    groups: list[Assignment]


@dataclass(slots=True)
class Sort(Command):
    orders: list[Order]


@dataclass(slots=True)
class Limit(Command):
    """How many rows there are, of each group where there are groups (9.4)."""

    count: int
    groups: list[Assignment] = field(default_factory=list)


@dataclass(slots=True)
class InlineStats(Stats):
    """``INLINE STATS``: what is computed for the groups stands beside their rows (9.2)."""


@dataclass(slots=True)
class Fork(Command):
    """Several ways to go on, one under the other (9.1)."""

    branches: list[list[Command]]


@dataclass(slots=True)
class Fuse(Command):
    """The rows of several branches as one list (9.2).

    Args:
        way: ``rrf``: by their places in the branches; ``linear``: by their scores.
        score, group, keys: the columns that tell a row's score, its branch, and its document.
    """

    way: str = "rrf"
    score: str = "_score"
    group: str = "_fork"
    keys: tuple[str, ...] = ("_id", "_index")
    options: dict[str, Json] = field(default_factory=dict)


@dataclass(slots=True)
class Keep(Command):
    names: list[NamePattern]


@dataclass(slots=True)
class Drop(Command):
    names: list[NamePattern]


@dataclass(slots=True)
class Rename(Command):
    pairs: list[tuple[NamePattern, NamePattern]]


@dataclass(slots=True)
class Dissect(Command):
    source: Expression
    pattern: str
    separator: str = ""


@dataclass(slots=True)
class Grok(Command):
    source: Expression
    pattern: str


@dataclass(slots=True)
class MvExpand(Command):
    name: NamePattern


@dataclass(slots=True)
class Sample(Command):
    probability: float


@dataclass(slots=True)
class LookupJoin(Command):
    index: str
    fields: list[NamePattern]
    index_at: Place = (1, 1)


@dataclass(slots=True)
class Enrich(Command):
    """
    Args:
        on: the column that is looked for; None: the one that the policy names.
        taken: (new name, field of the policy); None: all of its fields.
    """

    policy: str
    policy_at: Place
    on: NamePattern | None
    taken: list[tuple[str, NamePattern]] | None
