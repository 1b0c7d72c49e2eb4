"""java.lang.Character's UnicodeBlock and UnicodeScript (Unicode 13, as 7.10.2's Java 17 has it)."""

from __future__ import annotations

import bisect
import functools
import json
from importlib import resources
from types import MappingProxyType
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.enums import JavaEnum, value_of
from esmock.script.painless.runtime.values import JavaArray


class UnicodeBlock:
    java_class = "java.lang.Character.UnicodeBlock"

    def __init__(self, name: str) -> None:
        self.name = name

    def j_toString(self) -> str:
        return self.name


class UnicodeScript(JavaEnum):
    java_class = "java.lang.Character.UnicodeScript"
    __slots__ = ()


@functools.cache
def _ranges(kind: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Where the blocks or scripts begin, and their names; ``-`` where there is none."""
    parts = _data()[kind].split()
    return tuple(int(code, 16) for code in parts[::2]), tuple(parts[1::2])


@functools.cache
def _data() -> MappingProxyType[str, str]:
    text = resources.files(__package__).joinpath("unicode_blocks.json").read_text("utf-8")
    return MappingProxyType(json.loads(text))


@functools.cache
def _blocks() -> MappingProxyType[str, UnicodeBlock]:
    return MappingProxyType({name: UnicodeBlock(name) for name in _ranges("blocks")[1] if name != "-"})


@functools.cache
def _scripts() -> MappingProxyType[str, UnicodeScript]:
    return MappingProxyType({name: UnicodeScript(name, at) for at, name in enumerate(_data()["values"].split())})


def _at(kind: str, code: int) -> str:
    if not 0 <= code <= 0x10FFFF:
        raise t.IllegalArgument(f"Not a valid Unicode code point: 0x{code & 0xFFFFFFFF:X}")
    starts, names = _ranges(kind)
    return names[bisect.bisect_right(starts, code) - 1]


def _block_of(code: int) -> UnicodeBlock | None:
    return _blocks().get(_at("blocks", code))


def _script_of(code: int) -> UnicodeScript:
    return _scripts()[_at("scripts", code)]


def _block_named(name: str) -> UnicodeBlock:
    found = _blocks().get(name.upper().replace(" ", "_").replace("-", "_"))
    if found is None:
        raise t.IllegalArgument(f"Not a valid block name: {name}")
    return found


def _script_named(name: str) -> UnicodeScript:
    found = _scripts().get(name.upper())
    if found is None:
        raise t.IllegalArgument(f"No enum constant java.lang.Character.UnicodeScript.{name.upper()}")
    return found


STATICS: dict[str, Any] = {
    "Character.UnicodeBlock.of/1": _block_of,
    "Character.UnicodeBlock.forName/1": _block_named,
    "Character.UnicodeScript.of/1": _script_of,
    "Character.UnicodeScript.forName/1": _script_named,
    "Character.UnicodeScript.valueOf/1": lambda name: value_of(dict(_scripts()), UnicodeScript.java_class)(name),
    "Character.UnicodeScript.values/0": lambda: JavaArray(UnicodeScript.java_class, _scripts().values()),
}
CONSTANTS: dict[str, Any] = {f"Character.UnicodeBlock.{name}": one for name, one in _blocks().items()} | {
    f"Character.UnicodeScript.{name}": one for name, one in _scripts().items()
}
