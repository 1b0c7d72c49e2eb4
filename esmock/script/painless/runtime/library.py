"""The Java library: which Python function stands for which allowed method.

Tables are keyed by ``Class.method/parameters`` with the short class name; classes written in Python offer methods named
``j_<method>``. A method that the allow list has and no table implements is ``Unsupported``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from esmock.errors import Unsupported
from esmock.script.painless.allowlist import Method, short_name
from esmock.script.painless.runtime import throwables as t


@functools.cache
def _tables() -> MappingProxyType[str, MappingProxyType[str, Any]]:
    from esmock.script import script_field
    from esmock.script.painless.runtime import (
        additions,
        bits,
        characters,
        collection_statics,
        collections,
        containers,
        decimals,
        elastic,
        encoding,
        enums,
        extracting,
        functions,
        integers,
        maps,
        moving,
        numbers,
        objects,
        regex,
        sorted,
        streams,
        strings,
        utilities,
    )
    from esmock.script.painless.runtime.time import families as time_families

    families = (
        objects,
        strings,
        characters,
        encoding,
        integers,
        numbers,
        decimals,
        collections,
        collection_statics,
        bits,
        maps,
        sorted,
        additions,
        functions,
        streams,
        regex,
        utilities,
        elastic,
        moving,
        *time_families(),
    )
    out: dict[str, MappingProxyType[str, Any]] = {}
    for table in ("METHODS", "STATICS", "CONSTRUCTORS", "CONSTANTS"):
        joined: dict[str, Any] = {}
        for family in families:
            for key, function in getattr(family, table, {}).items():
                if joined.setdefault(key, function) is not function:
                    raise TypeError(f"{key} is implemented twice")
        out[table] = MappingProxyType(joined)
    modules = (*families, containers, enums, extracting, script_field)
    classes = [one for module in modules for one in vars(module).values() if isinstance(one, type)]
    names = {name for one in classes for name in vars(one)}
    out["NAMES"] = MappingProxyType(dict.fromkeys(n for n in names if n.startswith("j_")))
    return MappingProxyType(out)


def _shown(method: Method) -> str:
    return f"the Painless method [{method.owner}, {method.name}/{len(method.parameters)}]"


@functools.cache
def implementation(method: Method) -> Callable[..., Any]:
    """The function (receiver, arguments...) of a method. Raises Unsupported."""
    tables = _tables()
    found = tables["METHODS"].get(f"{short_name(method.owner)}.{method.name}/{len(method.parameters)}")
    if found is not None:
        return found  # type: ignore[no-any-return]
    name = "j_" + method.name
    if name not in tables["NAMES"]:
        raise Unsupported(_shown(method))

    def call(receiver: Any, *arguments: Any) -> Any:
        for base in type(receiver).__mro__:
            function = base.__dict__.get(name)
            if function is not None:
                return function(receiver, *arguments)
        raise Unsupported(_shown(method))

    return call


def static(method: Method) -> Callable[..., Any]:
    """The function of a static method."""
    found = _tables()["STATICS"].get(f"{short_name(method.owner)}.{method.name}/{len(method.parameters)}")
    if found is None:
        raise Unsupported(_shown(method))
    return found  # type: ignore[no-any-return]


def constructor(method: Method) -> Callable[..., Any]:
    """The function that makes an object."""
    if method.owner in t.CLASSES:
        return functools.partial(new_throwable, t.CLASSES[method.owner], None)
    found = _tables()["CONSTRUCTORS"].get(f"{short_name(method.owner)}/{len(method.parameters)}")
    if found is None:
        raise Unsupported(_shown(method))
    return found  # type: ignore[no-any-return]


def constant(owner: str, name: str) -> Any:
    """The value of a static field."""
    key = f"{short_name(owner)}.{name}"
    table = _tables()["CONSTANTS"]
    if key not in table:
        raise Unsupported(f"the Painless field [{owner}, {name}]")
    return table[key]


def field_reader(owner: str, name: str) -> Callable[[Any], Any]:
    """A function that reads a public field of an object."""
    return implementation(Method(owner, "field_" + name, "def", (), owner))


def new_throwable(kind: type[t.Throwable], origin: int | None, *arguments: Any) -> t.Throwable:
    """An exception made by a script at an offset."""
    message = arguments[0] if arguments else None
    return kind(message, origin=origin)
