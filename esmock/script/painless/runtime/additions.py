"""What Elasticsearch adds to collections and maps: any, every, collect, find, groupBy, sum ..."""

from __future__ import annotations

from typing import Any

from esmock.addition import in_order
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.collections import add, each, list_get
from esmock.script.painless.runtime.containers import Entry, elements
from esmock.script.painless.runtime.integers import parse_integer
from esmock.script.painless.runtime.values import Char, HashMap, class_of, hashable, map_keys, miscast, to_text


def _applied(values: Any, function: Any) -> list[Any]:
    if isinstance(values, dict):
        return [function(key, values[key]) for key in map_keys(values)]
    return [function(item) for item in elements(values)]


def _collect(values: Any, *args: Any) -> Any:
    if len(args) == 2:
        for item in _applied(values, args[1]):
            add(args[0], item)
        return args[0]
    return _applied(values, args[0])


def _any(values: Any, test: Any) -> bool:
    return any(_applied(values, test))


def _every(values: Any, test: Any) -> bool:
    return all(_applied(values, test))


def _find(values: Any, test: Any) -> Any:
    if isinstance(values, dict):
        return next((Entry(k, values[k], values) for k in map_keys(values) if test(k, values[k])), None)
    return next((item for item in elements(values) if test(item)), None)


def _find_all(values: Any, test: Any) -> Any:
    if isinstance(values, dict):
        return type(values)((k, values[k]) for k in map_keys(values) if test(k, values[k]))
    return [item for item in elements(values) if test(item)]


def _find_result(values: Any, *args: Any) -> Any:
    default, function = args if len(args) == 2 else (None, args[0])
    return next((found for found in _applied(values, function) if found is not None), default)


def _find_results(values: Any, function: Any) -> list[Any]:
    return [found for found in _applied(values, function) if found is not None]


def _group_by(values: Any, function: Any) -> Any:
    out: Any = {}
    if isinstance(values, dict):
        for key in map_keys(values):
            out.setdefault(hashable(function(key, values[key])), HashMap())[key] = values[key]
        return out
    for item in elements(values):
        out.setdefault(hashable(function(item)), []).append(item)
    return out


def _sum(values: Any, function: Any = lambda item: item) -> float:
    return in_order(_number(function(item)) for item in elements(values))


def _number(value: Any) -> float:
    if value is None:
        raise t.NullPointer('Cannot invoke "java.lang.Number.doubleValue()" because "t" is null')
    if not isinstance(value, int | float) or isinstance(value, bool | Char):
        raise miscast(class_of(value), "java.lang.Number")
    return float(value)


def _split_by(values: Any, test: Any) -> list[Any]:
    yes: list[Any] = []
    no: list[Any] = []
    for item in elements(values):
        (yes if test(item) else no).append(item)
    return [yes, no]


def _each_with_index(values: Any, consumer: Any) -> Any:
    for at, item in enumerate(elements(values)):
        consumer(item, at)
    return values


def _each_return(values: Any, consumer: Any) -> Any:
    each(values, consumer)
    return values


def _count(values: Any, test: Any) -> int:
    return sum(map(bool, _applied(values, test)))


def _join(values: Any, separator: str) -> str:
    return separator.join(map(to_text, elements(values)))


def _by_path(values: Any, path: str, *default: Any) -> Any:
    parts = _path_parts(path)
    found = values
    for at, part in enumerate(parts):
        last = at == len(parts) - 1
        known = True
        if isinstance(found, dict):
            known, found = part in found, found.get(part)
        elif isinstance(found, list):
            index = _path_index(part, path, at)
            known = index < len(found)
            found = list_get(found, index) if known else None
        elif found is None:
            raise t.NullPointer('Cannot invoke "Object.getClass()" because "obj" is null')
        else:
            raise t.IllegalArgument(f"Non-container [{class_of(found)}] at [{part}], index [{at}] in path [{path}]")
        if not known and not last:
            raise t.IllegalArgument(f"Container does not have [{part}], for non-terminal index [{at}] in path [{path}]")
        if not known:
            if default:
                return default[0]
            raise t.IllegalArgument(f"Could not find value at path [{path}]")
    return found


def _path_index(part: str, path: str, at: int) -> int:
    try:
        return parse_integer(part, "Integer")
    except t.NumberFormat as failure:
        reason = f"Could not parse [{part}] as a int index into list at path [{path}] and index [{at}]"
        raise t.IllegalArgument(reason, failure) from None


def _path_parts(path: str) -> list[str]:
    if not path:
        raise t.IllegalArgument("Missing path")
    parts = path.split(".")
    if "" in parts:
        raise t.IllegalArgument(f"Extra '.' in path [{path}] at index [{parts.index('')}]")
    return parts


_AUGMENTED = {
    "any/1": _any,
    "every/1": _every,
    "collect/1": _collect,
    "collect/2": _collect,
    "find/1": _find,
    "findAll/1": _find_all,
    "findResult/1": _find_result,
    "findResult/2": _find_result,
    "findResults/1": _find_results,
    "groupBy/1": _group_by,
    "each/1": _each_return,
    "count/1": _count,
    "getByPath/1": _by_path,
    "getByPath/2": _by_path,
}
_OWNERS = ("Iterable", "Collection", "List", "Map", "Set", "ArrayList", "HashMap")

METHODS: dict[str, Any] = {f"{owner}.{key}": function for owner in _OWNERS for key, function in _AUGMENTED.items()} | {
    "Iterable.join/1": _join,
    "Iterable.sum/0": _sum,
    "Iterable.sum/1": _sum,
    "Iterable.eachWithIndex/1": _each_with_index,
    "Collection.split/1": _split_by,
}
