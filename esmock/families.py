"""Tables of named classes: each family file lists its members in a tuple, and ``table`` joins the families."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Any, TypeVar

Named = TypeVar("Named", bound=Any)


def table(*families: Iterable[Named]) -> MappingProxyType[str, Named]:
    """Join family tuples into one read-only mapping from ``name`` to member.

    Raises:
        TypeError: a name is declared twice.
    """
    out: dict[str, Named] = {}
    for family in families:
        for member in family:
            if out.setdefault(member.name, member) is not member:
                raise TypeError(f"{member.name!r} is declared twice: {out[member.name]} and {member}")
    return MappingProxyType(out)
