"""Which fields a query names: no others are asked of the indices where it says what it keeps."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from esmock.features.esql import tree
from esmock.features.esql.tree import Command, Expression, Name, NamePattern


def mentioned_in(commands: list[Command]) -> Callable[[str], bool]:
    """Whether a field is named; all are, where the columns of the answer are not."""
    if not any(isinstance(one, (tree.Keep, tree.Stats)) and not isinstance(one, tree.InlineStats) for one in commands):
        return lambda _name: True
    patterns = {one for command in commands for one in _names(command)}
    return lambda name: any(fnmatchcase(name, one) for one in patterns)


def _names(node: Any) -> Iterator[str]:
    if isinstance(node, Expression):
        yield from (one.name for one in node.walk() if isinstance(one, Name))
    elif isinstance(node, NamePattern):
        yield node.text
    elif isinstance(node, (list, tuple)):
        for one in node:
            yield from _names(one)
    elif dataclasses.is_dataclass(node) and not isinstance(node, type):
        for member in dataclasses.fields(node):
            yield from _names(getattr(node, member.name))
