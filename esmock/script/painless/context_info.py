"""What ``GET /_scripts/painless/_context`` tells of a context: the classes, functions and bindings that its scripts may name.

Source: answers of 7.10.2, whose allow list ``allowlist.txt`` is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from esmock.script.painless.allowlist import OF_ONE_CONTEXT, PRIMITIVES, ClassInfo, Lookup, Method, class_names
from esmock.script.painless.contexts import lookup
from esmock.script.painless.runtime import scoring
from esmock.script.painless.runtime.values import array_class, binary_name

_PLAIN = (("saturation", 2), ("sigmoid", 3))
Json = dict[str, Any]
_OBJECT = "java.lang.Object"
_DEF = "org.elasticsearch.painless.lookup.def"
_UTILS = "org.elasticsearch.script.ScoreScriptUtils"
_SCORE_SCRIPT = "org.elasticsearch.script.ScoreScript"


def context_json(name: str) -> Json:
    """The answer about one context."""
    table = lookup(name)
    return {
        "name": name,
        "classes": [_class(table, table.info(one)) for one in _names(table, name)],
        "imported_methods": _functions() if name == "score" else [],
        "class_bindings": _bindings() if name == "score" else [],
        "instance_bindings": [],
    }


def java_name(name: str) -> str:
    """``Class.getName``: ``[C`` for ``char[]``, ``$`` before inner classes."""
    if name.endswith("[]"):
        return array_class(java_name(name[:-2]))
    return _DEF if name == "def" else binary_name(name)


def _names(table: Lookup, context: str) -> list[str]:
    return sorted((one for one in class_names() if OF_ONE_CONTEXT.get(one, context) == context), key=java_name)


def _class(table: Lookup, info: ClassInfo | None) -> Json:
    assert info is not None
    return {
        "name": java_name(info.name),
        "imported": info.imported,
        "constructors": [
            {"declaring": java_name(one.declaring), "parameters": _types(one.parameters)}
            for one in info.constructors.values()
        ],
        "static_methods": [_method(info.statics[key]) for key in sorted(info.statics)],
        "methods": [_method(one) for one in _all_methods(table, info.name)],
        "static_fields": _fields(info.name, info.constants),
        "fields": _fields(info.name, info.fields),
    }


def _all_methods(table: Lookup, name: str) -> Iterator[Method]:
    """Its own methods and the inherited ones."""
    if name == "void" or name in PRIMITIVES:
        return iter(())
    found: dict[tuple[str, int], Method] = table.added_methods(name)
    for info in (*_nearest_first(table, name), table.info(_OBJECT)):
        for key, one in info.methods.items() if info is not None else ():
            found.setdefault(key, one)
    return (found[key] for key in sorted(found))


def _nearest_first(table: Lookup, name: str) -> Iterator[ClassInfo]:
    """A class, what its interfaces have, what its superclass has."""
    info = table.info(name)
    if info is None or name == _OBJECT:
        return
    yield info
    for parent in sorted(info.supers, key=lambda one: not _is_interface(table, one)):
        yield from _nearest_first(table, parent)


def _is_interface(table: Lookup, name: str) -> bool:
    info = table.info(name)
    return info is not None and info.kind == "i"


def _method(one: Method) -> Json:
    return {
        "declaring": java_name(one.declaring),
        "name": one.name,
        "return": java_name(one.returns),
        "parameters": _types(one.parameters),
    }


def _fields(owner: str, fields: dict[str, str]) -> list[Json]:
    return [{"declaring": java_name(owner), "name": name, "type": java_name(kind)} for name, kind in fields.items()]


def _types(names: Iterable[str]) -> list[str]:
    return [java_name(one) for one in names]


def _functions() -> list[Json]:
    """The functions of the score context that see their arguments alone."""
    return [_function(_UTILS, name, scoring.FUNCTIONS[name, count][0]) for name, count in _PLAIN]


def _bindings() -> list[Json]:
    """The functions of the score context that are objects: made of their first arguments, asked with the others."""
    out = []
    for (name, count), (parameters, _, _) in sorted(scoring.FUNCTIONS.items()):
        if name.startswith("decay"):
            told = _function(f"{_UTILS}${name[:1].upper()}{name[1:]}", name, parameters)
            out.append(_bound(told, count - 1))
        elif name == "randomScore":
            told = _function(f"{_UTILS}$RandomScore{'Doc' if count == 1 else 'Field'}", name, (_SCORE_SCRIPT, *parameters))
            out.append(_bound(told, count + 1))
    return out


def _function(declaring: str, name: str, parameters: Iterable[str]) -> Json:
    return {"declaring": declaring, "name": name, "return": "double", "parameters": _types(parameters)}


def _bound(function: Json, count: int) -> Json:
    """A binding's entry: ``read_only`` counts the arguments that make the object."""
    told = dict(function)
    parameters = told.pop("parameters")
    return {**told, "read_only": count, "parameters": parameters}
