"""Requests drawn at random from tables of options.

A table is a body with places left open:

- a tuple, or a range, is one of its members;
- ``"$name"`` is one drawn from the table, or by the function, of that name; within a longer text it stands as text;
- a key ``"name?"`` is there in three cases of ten, ``"name?7"`` in seven;
- a key ``"...any"`` is not itself there: what its table gives is merged into the object;
- ``Several`` is a list of so many, ``Since`` a table for some versions only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, NamedTuple

Json = Any
Table = Any
_NOTHING = object()
_OPTIONAL = re.compile(r"(.+)\?(\d?)")
_CHANCE = "3"


class Several(NamedTuple):
    """A list of ``least`` to ``most`` values of one table."""

    table: Table
    least: int = 1
    most: int = 3


class Sample(NamedTuple):
    """A list of ``least`` to ``most`` of the members, none twice."""

    members: tuple[Table, ...]
    least: int = 1
    most: int = 3


class Since(NamedTuple):
    """A table of versions from ``first`` on (``(8, 14)``), or only before ``last``."""

    table: Table
    first: tuple[int, ...] = (0,)
    last: tuple[int, ...] = (99,)


class Draw:
    """One stream of random numbers over some tables.

    Args:
        tables: what ``$name`` stands for: a table, or a function of this object.
        version: ``(major, minor)`` of the engine.
    """

    def __init__(
        self, r: Random, tables: Mapping[str, Table | Callable[[Draw], Json]], version: tuple[int, ...]
    ) -> None:
        self.r, self.version = r, version
        self._tables = tables
        self.depth = 0

    def one(self, table: Table) -> Json:
        """A value of a table. Raises KeyError for a name that there is not."""
        found = self._one(table)
        if found is _NOTHING:
            raise ValueError(f"nothing for {self.version} in {table!r:.200}")
        return found

    def _one(self, table: Table) -> Json:
        match table:
            case str():
                return self._filled(table)
            case Several(member, least, most):
                return [self.one(member) for _ in range(self.r.randint(least, most))]
            case Sample(members, least, most):
                return [self.one(one) for one in self.r.sample(members, min(len(members), self.r.randint(least, most)))]
            case Since(inner, first, last):
                return self._one(inner) if first <= self.version < last else _NOTHING
            case tuple() | range():
                known = [one for one in table if not isinstance(one, Since) or one.first <= self.version < one.last]
                return self._one(self.r.choice(known)) if known else _NOTHING
            case Mapping():
                return self._object(table)
            case list():
                return [self.one(one) for one in table]
        return table

    def _object(self, table: Mapping[str, Table]) -> Json:
        made: dict[str, Json] = {}
        for key, inner in table.items():
            optional = _OPTIONAL.fullmatch(key)
            if optional and self.r.random() * 10 >= int(optional[2] or _CHANCE):
                continue
            value = self._one(inner)
            name = optional[1] if optional else key
            if value is _NOTHING:
                continue
            if name.startswith("..."):
                made |= value
            else:
                made[str(self._filled(name))] = value
        return made

    def _filled(self, text: str) -> Json:
        if text.startswith("$") and text[1:].isidentifier():
            return self._named(text[1:])
        return re.sub(r"\$([a-z_]+)", lambda found: str(self._named(found[1])), text)

    def _named(self, name: str) -> Json:
        table = self._tables[name]
        return table(self) if callable(table) else self.one(table)
