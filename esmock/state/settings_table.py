"""The tables of settings: one line per setting, with what each version makes of it.

A line is ``name | kind | scope | default | the default from a later version on | first version | last version |
dynamic from``; what is left out at the end is empty. ``quiet`` before the first version, or in its place where every
version has it: it is not listed among the defaults.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.state.setting_values import LISTS, read_value

if TYPE_CHECKING:
    from esmock.version import Behaviour

_COLUMNS = 8


@dataclass(frozen=True, slots=True)
class Setting:
    """One known setting.

    Args:
        kind: how its value is read: a word, then bounds or allowed words.
        scope: ``dynamic``, ``static`` (only at creation or on closed indices), ``private``, ``internal`` or ``hidden``
            (of those no request may speak).
        default: text, or a list for settings of several values.
        quiet: not among the defaults that ``include_defaults`` prints.
    """

    name: str
    kind: str
    scope: str
    default: Any
    quiet: bool = False

    @property
    def is_list(self) -> bool:
        """Whether it has several values."""
        return self.kind.split()[0] in LISTS

    def check(self, value: Any, behaviour: Behaviour) -> Any:
        """Read a value. Raises ApiError (mostly IllegalArgument)."""
        return read_value(self.name, self.kind, value, behaviour)


@functools.cache
def known_settings(table: Path, behaviour: Behaviour) -> Mapping[str, Setting]:
    """The settings of a version by name."""
    number = (behaviour.version.major, behaviour.version.minor)
    lines = (line for line in table.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    read = (_setting([part.strip() for part in line.split("|")], number) for line in lines)
    return MappingProxyType({one.name: one for one in read if one is not None})


def _setting(columns: list[str], number: tuple[int, int]) -> Setting | None:
    """What a line says of a version; None where that version has no such setting."""
    name, kind, scope, default, later, since, until, dynamic_from = (columns + [""] * _COLUMNS)[:_COLUMNS]
    quiet, since = since.startswith("quiet"), since.removeprefix("quiet").strip()
    if (since and _pair(since) > number) or (until and _pair(until) < number):
        return None
    if later and number >= _pair(later.split("=", 1)[0]):
        default = later.split("=", 1)[1]
    if dynamic_from and number >= _pair(dynamic_from):
        scope = "dynamic"
    one = Setting(name, kind, scope, default, quiet)
    if one.is_list:
        return replace(one, default=[value.strip('" ') for value in default.strip("[]").split(",") if value.strip()])
    return one


def _pair(text: str) -> tuple[int, int]:
    major, minor = text.split(".")
    return int(major), int(minor)
