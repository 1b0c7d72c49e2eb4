"""The Java library: which Python function stands for which allowed method.

Tables are keyed by ``Class.method/parameters`` with the short class name; classes written in Python offer methods named
``j_<method>``. A method that the allow list has and no table implements is ``Unsupported``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import MappingProxyType, ModuleType
from typing import Any

from esmock.errors import Unsupported
from esmock.script.painless.allowlist import Method, short_name
from esmock.script.painless.runtime import throwables as t


def _core() -> tuple[ModuleType, ...]:
    """The families of java.lang, the collections, streams and Elasticsearch's own classes."""
    from esmock.script.painless.runtime import (
        additions,
        bits,
        characters,
        collection_statics,
        collections,
        collectors,
        decimals,
        elastic,
        encoding,
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
    )

    return (
        objects,
        strings,
        characters,
        encoding,
        integers,
        numbers,
        decimals,
        collections,
        collection_statics,
        collectors,
        bits,
        maps,
        sorted,
        additions,
        functions,
        streams,
        regex,
        elastic,
        moving,
    )


def _rest() -> tuple[ModuleType, ...]:
    """The families that most scripts never need."""
    from esmock.script.painless.runtime import exceptions, spliterators, text, time, unicode_blocks, util

    return (exceptions, spliterators, unicode_blocks, *time.families(), *util.families(), *text.families())


@functools.cache
def _tables(whole: bool) -> MappingProxyType[str, MappingProxyType[str, Any]]:
    """The tables by name, and the names of the methods of classes: of the core families, or of all of them."""
    from esmock.script import script_field, search_params, write_field
    from esmock.script.painless.runtime import containers, enums, extracting

    families = (*_core(), *_rest()) if whole else _core()
    out: dict[str, MappingProxyType[str, Any]] = {}
    for table in ("METHODS", "STATICS", "CONSTRUCTORS", "CONSTANTS"):
        joined: dict[str, Any] = {}
        for family in families:
            for key, function in getattr(family, table, {}).items():
                if joined.setdefault(key, function) is not function:
                    raise TypeError(f"{key} is implemented twice")
        out[table] = MappingProxyType(joined)
    modules = (*families, containers, enums, extracting, script_field, search_params, write_field)
    classes = [one for module in modules for one in vars(module).values() if isinstance(one, type)]
    names = {name for one in classes for base in one.__mro__ for name in vars(base)}
    out["NAMES"] = MappingProxyType(dict.fromkeys(n for n in names if n.startswith("j_")))
    return MappingProxyType(out)


def _find(table: str, key: str) -> Any:
    """An entry of a table; the families beside the core are only loaded when it is not in there."""
    found = _tables(False)[table].get(key, _MISSING)
    return _tables(True)[table].get(key, _MISSING) if found is _MISSING else found


_MISSING: Any = object()


def _shown(method: Method) -> str:
    return f"the Painless method [{method.owner}, {method.name}/{len(method.parameters)}]"


@functools.cache
def implementation(method: Method) -> Callable[..., Any]:
    """The function (receiver, arguments...) of a method. Raises Unsupported."""
    key = f"{short_name(method.owner)}.{method.name}/{len(method.parameters)}"
    name = "j_" + method.name
    found = _tables(False)["METHODS"].get(key)
    if found is None and name not in _tables(False)["NAMES"]:
        found = _tables(True)["METHODS"].get(key)
        if found is None and name not in _tables(True)["NAMES"]:
            raise Unsupported(_shown(method))
    if found is not None:
        return found  # type: ignore[no-any-return]

    def call(receiver: Any, *arguments: Any) -> Any:
        for base in type(receiver).__mro__:
            function = base.__dict__.get(name)
            if function is not None:
                return function(receiver, *arguments)
        other = _find("METHODS", key)
        if other is not _MISSING:
            return other(receiver, *arguments)
        raise Unsupported(_shown(method))

    return call


def static(method: Method) -> Callable[..., Any]:
    """The function of a static method."""
    found = _find("STATICS", f"{short_name(method.owner)}.{method.name}/{len(method.parameters)}")
    if found is _MISSING:
        raise Unsupported(_shown(method))
    return found  # type: ignore[no-any-return]


def constructor(method: Method) -> Callable[..., Any]:
    """The function that makes an object."""
    if method.owner in t.CLASSES:
        return functools.partial(new_throwable, t.CLASSES[method.owner], None)
    found = _find("CONSTRUCTORS", f"{short_name(method.owner)}/{len(method.parameters)}")
    if found is _MISSING:
        raise Unsupported(_shown(method))
    return found  # type: ignore[no-any-return]


def constant(owner: str, name: str) -> Any:
    """The value of a static field."""
    found = _find("CONSTANTS", f"{short_name(owner)}.{name}")
    if found is _MISSING:
        raise Unsupported(f"the Painless field [{owner}, {name}]")
    return found


def field_reader(owner: str, name: str) -> Callable[[Any], Any]:
    """A function that reads a public field of an object."""
    return implementation(Method(owner, "field_" + name, "def", (), owner))


def new_throwable(kind: type[t.Throwable], origin: int | None, *arguments: Any) -> t.Throwable:
    """An exception made by a script at an offset."""
    message = arguments[0] if arguments else None
    return kind(message, origin=origin)
