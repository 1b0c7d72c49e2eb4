"""Access by name on values of type ``def``: resolved by Java class through the allow list, once per class and call site.

No Python attribute is ever looked up by a name from a script: every path ends in the library's tables.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

from esmock.script.painless.allowlist import PRIMITIVES, Lookup, Method
from esmock.script.painless.casts import BOXES, UNBOX, WIDER
from esmock.script.painless.runtime import arrays, convert, library
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.containers import elements, unchanged
from esmock.script.painless.runtime.values import JavaArray, class_of, miscast


def _null_receiver(*_: Any) -> Any:
    """What a call site that has been linked says of null."""
    raise t.NullPointer('Cannot invoke "Object.getClass()" because "receiver" is null')


_NULL = 'Cannot invoke "Object.getClass()" because "callArgs[0]" is null'
_BOXES: dict[str, Callable[[Any], Any]] = {
    kind: functools.partial(convert.boxed, kind=kind) for kind in ("long", "float", "byte", "short", "char")
}


class Dynamic:
    """The dynamic operations of one allow list."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    def _method(self, obj: Any, name: str, count: int) -> Method | None:
        for owner in self._owners(obj):
            found = self._lookup.method(owner, name, count)
            if found is not None:
                return found
        return None

    def _owners(self, obj: Any) -> Iterable[str]:
        name = class_of(obj)
        if name.endswith("[]"):
            return ("java.lang.Object",)
        if self._lookup.info(name) is not None:
            return (name,)
        for base in type(obj).__mro__:
            parents = base.__dict__.get("java_parents")
            if parents is not None:
                return tuple(parents)
        return (name,)

    def _prepared(self, method: Method) -> Callable[..., Any]:
        function = library.implementation(method)
        return self._adapted(function, method)

    def _adapted(self, function: Callable[..., Any], method: Method) -> Callable[..., Any]:
        converters = [argument_converter(kind) or self._class_check(kind) for kind in method.parameters]
        box = _BOXES.get(method.returns)
        interfaces = [self._lookup.functional(kind) if "." in kind else None for kind in method.parameters]
        if any(interfaces):
            plain, kinds = function, method.parameters

            def function(receiver: Any, *given: Any) -> Any:
                for value, interface, kind in zip(given, interfaces, kinds, strict=False):
                    if interface is not None and callable(value):
                        check_reference(value, interface, kind)
                return plain(receiver, *given)

        if any(converters):

            def adapted(*given: Any) -> Any:
                receiver, *rest = given
                values = [c(v) if c is not None else v for c, v in zip(reversed(converters), reversed(rest), strict=False)]
                values.reverse()  # as Java's method handles convert: from the last argument on
                result = function(receiver, *values)
                return box(result) if box is not None else result

            return adapted
        if box is not None:
            return lambda *given: box(function(*given))
        return function

    @functools.cache  # noqa: B019 - an allow list lives as long as its engine
    def _class_check(self, kind: str) -> Callable[[Any], Any] | None:
        """The cast of an argument to a class or interface of the library."""
        if kind in ("def", "java.lang.Object") or self._lookup.info(kind) is None:
            return None
        functional = self._lookup.functional(kind) is not None
        good: set[type] = {type(None)}

        def check(value: Any) -> Any:
            if type(value) in good:
                return value
            if functional and callable(value):
                return value
            actual = class_of(value)
            if not any(self._lookup.is_subtype(one, kind) for one in self._owners(value)) and (
                actual in _SURE or actual.startswith("java.time.")
            ):
                raise t.ClassCast(f"Cannot cast {actual} to {kind}")
            if type(value) is not int:
                good.add(type(value))
            return value

        return check

    # -- calls

    def caller(self, name: str, kinds: tuple[str, ...]) -> Callable[..., Any]:
        """A function (receiver, arguments...) for one call site; ``kinds`` are the arguments' static types."""
        cache: dict[Any, Callable[..., Any]] = {}
        count = len(kinds)

        def call(obj: Any, *arguments: Any) -> Any:
            kind = type(obj)
            function = cache.get(kind) if kind is not int and kind is not JavaArray else None
            if function is None:
                if obj is None:
                    raise t.NullPointer(_NULL)
                method = self._method(obj, name, count)
                if method is None:
                    if callable(obj) and not isinstance(obj, type):
                        return obj(*arguments)
                    shown = class_of(obj)
                    raise t.IllegalArgument(f"dynamic method [{shown}, {name}/{count}] not found")
                check_static(method, kinds)
                function = self._prepared(method)
                cache[kind] = function
                cache[type(None)] = _null_receiver
            return function(obj, *arguments)

        return call

    def bound_reference(self, obj: Any, name: str) -> Callable[..., Any]:
        """``variable::method``."""
        return lambda *arguments: self.caller(name, ("def",) * len(arguments))(obj, *arguments)

    def type_reference(self, full: str, shown: str, name: str) -> Callable[..., Any]:
        """``Type::method`` where the interface is only known at run time: the number of arguments decides."""

        def resolves(count: int) -> bool:
            if name == "new":
                return self._lookup.constructor(full, count) is not None
            return bool(self._lookup.static(full, name, count) or self._lookup.method(full, name, count - 1))

        def call(*arguments: Any) -> Any:
            count = len(arguments)
            if name == "new":
                constructor = self._lookup.constructor(full, count)
                if constructor is not None:
                    return library.constructor(constructor)(*arguments)
            static = self._lookup.static(full, name, count)
            if static is not None:
                kinds = zip(static.parameters, arguments, strict=False)
                return library.static(static)(*((argument_converter(k) or _itself)(v) for k, v in kinds))
            method = self._lookup.method(full, name, count - 1)
            if method is None:
                raise t.IllegalArgument(
                    f"function reference [{shown}::{name}/{count}] matching [java.util.function.Function, "
                    f"apply/{count}] not found"
                )
            return self._prepared(method)(*arguments)

        call.reference = f"{shown}::{name}", resolves  # type: ignore[attr-defined]
        return call

    # -- fields

    def loader(self, name: str) -> Callable[[Any], Any]:
        """A function that reads ``obj.name``."""
        cache: dict[Any, Callable[[Any], Any]] = {}

        def load(obj: Any) -> Any:
            kind = type(obj)
            function = cache.get(kind)
            if function is None:
                function = self._load(obj, name)
                if kind is not int:
                    cache[kind] = function
                cache[type(None)] = _null_receiver
            return function(obj)

        return load

    def _load(self, obj: Any, name: str) -> Callable[[Any], Any]:
        if obj is None:
            raise t.NullPointer(_NULL)
        if isinstance(obj, JavaArray):
            if name == "length":
                return len
            raise t.IllegalArgument(f"dynamic getter [{class_of(obj)}, {name}] not found")
        for owner in self._owners(obj):
            getter = self._lookup.getter(owner, name)
            if getter is not None:
                return self._prepared(getter)
            if self._lookup.field(owner, name) is not None:
                return library.field_reader(owner, name)
        if isinstance(obj, dict) or "java.util.Map" in getattr(type(obj), "java_parents", ()):
            return lambda values: values.get(name)
        if isinstance(obj, list):
            if not name.isdigit():
                raise t.IllegalArgument(f'Illegal list shortcut value [{name}].')
            return lambda values: arrays.list_get(values, int(name))
        raise t.IllegalArgument(f"dynamic getter [{class_of(obj)}, {name}] not found")

    def storer(self, name: str) -> Callable[[Any, Any], Any]:
        """A function that writes ``obj.name``."""

        def store(obj: Any, value: Any) -> Any:
            if obj is None:
                raise t.NullPointer(_NULL)
            for owner in self._owners(obj):
                setter = self._lookup.setter(owner, name)
                if setter is not None:
                    self._prepared(setter)(obj, value)
                    return value
            if isinstance(obj, dict):
                return arrays.map_put(obj, name, value)
            if isinstance(obj, list) and name.isdigit():
                return arrays.list_set(obj, int(name), value)
            raise t.IllegalArgument(f"dynamic setter [{class_of(obj)}, {name}] not found")

        return store

    # -- indexes

    def addressable(self, obj: Any, index: Any, kind: str) -> tuple[Any, Any]:
        """The receiver and its index, checked for being a list, an array or a map; ``kind`` is the index's static type."""
        if obj is None:
            raise t.NullPointer(_NULL)
        if isinstance(obj, list):
            if kind not in ("def", "int", "short", "byte", "char", "null"):
                shown = _simple(kind)
                receiver = f"{_simple(obj.component)}[]" if type(obj) is JavaArray else "List"
                raise t.WrongMethodType(f"cannot convert MethodHandle({receiver},int)int to (Object,{shown}){shown}")
            return obj, _TO_INT(index)
        if isinstance(obj, dict) or "java.util.Map" in getattr(type(obj), "java_parents", ()):
            return obj, index
        raise t.IllegalArgument(f"Attempting to address a non-array-like type [{class_of(obj)}] as an array.")

    @staticmethod
    def index_get(obj: Any, index: Any) -> Any:
        if type(obj) is JavaArray:
            value = arrays.array_get(obj, index)
            box = _BOXES.get(obj.component)
            return box(value) if box is not None else value
        if isinstance(obj, list):
            return arrays.list_get(obj, index)
        return obj.get(index)

    @staticmethod
    def index_set(obj: Any, index: Any, value: Any, kind: str = "def") -> Any:
        if type(obj) is JavaArray:
            item = obj.component
            if (kind in BOXES and item in BOXES and kind != item and item not in WIDER[kind]) or (
                kind == "java.lang.String" and item in BOXES
            ):
                receiver = f"{_simple(item)}[],int,{_simple(item)}"
                raise t.WrongMethodType(
                    f"cannot convert MethodHandle({receiver})void to (Object,int,{_simple(kind)})void"
                )
            converter = convert.from_def(obj.component, False) if obj.component in PRIMITIVES else None
            return arrays.array_set(obj, index, converter(value) if converter else value)
        if isinstance(obj, list):
            return arrays.list_set(obj, index, value)
        return arrays.map_put(obj, index, value)

    @staticmethod
    def iterate(obj: Any) -> Iterable[Any]:
        """What ``for (x : obj)`` goes through."""
        if obj is None:
            raise t.NullPointer('Cannot invoke "Object.getClass()" because "callArgs[0]" is null')
        found = elements(obj)
        if found is None:
            raise t.IllegalArgument(f"Cannot iterate over [{class_of(obj)}]")
        return unchanged(obj, found)


def check_reference(value: Any, interface: Method, kind: str) -> None:
    """Raises IllegalArgument when a lambda or reference does not fit the interface it is passed for."""
    count = len(interface.parameters)
    reference = getattr(value, "reference", None)
    if reference is not None:
        shown, resolves = reference
        if not resolves(count):
            raise t.IllegalArgument(
                f"function reference [{shown}/{count}] matching [{kind}, {interface.name}/{count}] not found"
            )
        return
    bound = len(value.args) if isinstance(value, functools.partial) else 0
    code = getattr(value.func if bound else value, "__code__", None)
    if code is not None and code.co_name.startswith("lambda$") and code.co_argcount - bound != count:
        raise t.IllegalArgument(
            f"function reference [this::{code.co_name}/{count}] matching [{kind}, {interface.name}/{count}] not found due to "
            "an incorrect number of arguments"
        )


_FINAL = frozenset((*PRIMITIVES, *UNBOX, "java.lang.String"))
_BOX_PARENTS = ("java.lang.Number", "java.lang.Comparable")
_SURE = frozenset((*UNBOX, "java.lang.String", "java.util.ArrayList", "java.util.HashMap", "java.util.LinkedHashMap"))
"""Classes whose supertypes are all known here."""


def _itself(value: Any) -> Any:
    return value


def _simple(name: str) -> str:
    return "Object" if name in ("def", "null") else name.rpartition(".")[2]


def check_static(method: Method, kinds: tuple[str, ...]) -> None:
    """Raises WrongMethodType when an argument's static type can never become the parameter's."""
    for kind, wanted in zip(kinds, method.parameters, strict=True):
        if kind in ("def", "null") or wanted in ("def", "java.lang.Object"):
            continue
        if kind in PRIMITIVES and "." in wanted and wanted not in UNBOX and wanted not in _BOX_PARENTS:
            raise _unconvertible(method, kinds)
        if wanted not in (*PRIMITIVES, "java.lang.String") or kind not in _FINAL:
            continue
        if kind == wanted or (kind in WIDER and wanted in WIDER[kind]) or UNBOX.get(kind) in (*_narrower(wanted), wanted):
            continue
        if kind in ("java.lang.Object", "java.lang.Number", "java.lang.CharSequence", "java.lang.Comparable"):
            continue
        raise _unconvertible(method, kinds)


def _unconvertible(method: Method, kinds: tuple[str, ...]) -> Exception:
    have = ",".join(_simple(one) for one in (method.declaring, *method.parameters))
    want = ",".join(["Object", *map(_simple, kinds)])
    return t.WrongMethodType(f"cannot convert MethodHandle({have}){_simple(method.returns)} to ({want})Object")


def _narrower(kind: str) -> tuple[str, ...]:
    return tuple(one for one, wider in WIDER.items() if kind in wider)


@functools.cache
def argument_converter(kind: str) -> Callable[[Any], Any] | None:
    """From an object to a parameter's primitive, box or String type, with the messages of Java's method handles."""
    plain = convert.from_def(kind, False)
    if plain is None:
        return None
    box = BOXES.get(kind, kind)

    def apply(value: Any) -> Any:
        try:
            return plain(value)
        except t.ClassCast:
            if kind in UNBOX:
                raise
            actual = class_of(value)
            if kind in BOXES and kind not in ("boolean", "char") and not isinstance(value, int | float):
                raise miscast(actual, "java.lang.Number") from None
            raise t.ClassCast(f"Cannot cast {actual} to {box}") from None

    return apply


_TO_INT: Callable[[Any], Any] = argument_converter("int") or int
