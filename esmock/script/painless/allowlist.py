"""What a script may name: classes, constructors, methods and fields, from ``allowlist.txt``.

The text is the API that 7.10.2 reports for its contexts (``GET /_scripts/painless/_context``), one class per block:
``NAME KIND+/- SUPERTYPES FUNCTIONAL-METHOD`` (+ where the short name is imported), then members:
``c`` constructor, ``s`` static method, ``m`` method, ``k`` static field, ``f`` field. ``~X`` stands for java.util.X, a bare
capitalised name for java.lang. Members that a supertype has are not repeated.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources
from types import MappingProxyType

OF_ONE_CONTEXT = {
    "org.elasticsearch.script.ScoreScript": "score",
    "org.elasticsearch.search.aggregations.pipeline.MovingFunctions": "moving-function",
    "org.elasticsearch.analysis.common.AnalysisPredicateScript.Token": None,
}
"""Classes that only scripts of one context may name; None: no context tells of the class."""
PRIMITIVES = ("boolean", "byte", "short", "char", "int", "long", "float", "double")


@dataclass(frozen=True, slots=True)
class Method:
    """``owner`` is the class whose block lists it; ``declaring`` the Java class that has it."""

    owner: str
    name: str
    returns: str
    parameters: tuple[str, ...]
    declaring: str
    augmented: bool = False


@dataclass(frozen=True, slots=True)
class ClassInfo:
    name: str
    kind: str
    imported: bool
    supers: tuple[str, ...]
    functional: str | None
    constructors: dict[int, Method] = field(default_factory=dict)
    statics: dict[tuple[str, int], Method] = field(default_factory=dict)
    methods: dict[tuple[str, int], Method] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)


def expand(name: str) -> str:
    """The full name of a type as the text abbreviates it."""
    if name.startswith("~"):
        return "java.util." + name[1:]
    if "." not in name and name[:1].isupper():
        return "java.lang." + name
    if name[:1].isupper() and not name.startswith(("java", "org")):
        return "java.lang." + name
    return name


def short_name(full: str) -> str:
    """The imported name: without its package, inner classes with their outer class."""
    parts = full.split(".")
    for at, part in enumerate(parts):
        if part[:1].isupper():
            return ".".join(parts[at:])
    return full


def _signature(text: str) -> tuple[str, tuple[str, ...]]:
    name, _, rest = text.partition("(")
    inner = rest.rstrip(")")
    return name, tuple(expand(part) for part in inner.split(",")) if inner else ()


def _parse(header: str, members: list[str]) -> ClassInfo:
    raw, flags, supers, functional = header.split(" ")
    name = expand(raw)
    parents = tuple(expand(part) for part in supers.split(",")) if supers != "-" else ()
    info = ClassInfo(name, flags[0], flags[1] == "+", parents, None if functional == "-" else functional)
    for line in members:
        _member(info, line[1:])
    return info


def _member(info: ClassInfo, line: str) -> None:
    kind, rest = line[0], line[2:]
    if kind == "c":
        _, parameters = _signature(rest)
        info.constructors[len(parameters)] = Method(info.name, "<init>", "void", parameters, info.name)
        return
    type_name, _, rest = rest.partition(" ")
    if kind in "kf":
        (info.constants if kind == "k" else info.fields)[rest] = expand(type_name)
        return
    text, _, declaring = rest.partition(" @")
    name, parameters = _signature(text)
    method = Method(
        info.name,
        name,
        expand(type_name),
        parameters,
        expand(declaring) if declaring else info.name,
        "Augmentation" in declaring,
    )
    (info.statics if kind == "s" else info.methods)[name, len(parameters)] = method


@functools.cache
def _blocks() -> MappingProxyType[str, tuple[str, list[str]]]:
    text = resources.files(__package__).joinpath("allowlist.txt").read_text("utf-8")
    out: dict[str, tuple[str, list[str]]] = {}
    members: list[str] = []
    for line in text.splitlines():
        if line[0] == " ":
            members.append(line)
        elif line[0] != "#":
            members = []
            out[expand(line.partition(" ")[0])] = (line, members)
    return MappingProxyType(out)


@functools.cache
def _short_names() -> MappingProxyType[str, str]:
    return MappingProxyType({short_name(full): full for full, (header, _) in _blocks().items() if "+ " in header})


@functools.cache
def class_info(name: str) -> ClassInfo | None:
    """A class by its full name."""
    block = _blocks().get(name)
    return _parse(*block) if block is not None else None


def class_names() -> tuple[str, ...]:
    """Full names of all classes, those of single contexts too."""
    return tuple(_blocks())


class Lookup:
    """The allow list as one context sees it.

    Args:
        added: classes of this context only, by full name.
        added_methods: methods that this context adds to a class, by (class, name, number of parameters).
    """

    def __init__(
        self,
        added: dict[str, ClassInfo] | None = None,
        added_methods: dict[tuple[str, str, int], Method] | None = None,
    ) -> None:
        self._added = added or {}
        self._added_methods = added_methods or {}
        self._found: dict[tuple[str, str, int], Method | None] = {}

    def info(self, name: str) -> ClassInfo | None:
        return self._added.get(name) or class_info(name)

    def added_methods(self, owner: str) -> dict[tuple[str, int], Method]:
        """The methods that this context adds to a class, by name and number of parameters."""
        return {(name, count): one for (into, name, count), one in self._added_methods.items() if into == owner}

    def resolve(self, name: str) -> str | None:
        """The full name of a type as a script spells it, or None."""
        base = name
        while base.endswith("[]"):
            base = base[:-2]
        suffix = name[len(base) :]
        if base == "def" or base in PRIMITIVES or base == "void":
            return name
        if "." in base and (base in self._added or (base in _blocks() and base not in OF_ONE_CONTEXT)):
            return name
        full = _short_names().get(base)
        if full in OF_ONE_CONTEXT and full not in self._added:
            return None
        if full is None:
            full = next((one for one, info in self._added.items() if info.imported and short_name(one) == base), None)
        return full + suffix if full is not None else None

    def lineage(self, name: str) -> Iterator[ClassInfo]:
        """The class and its supertypes in the allow list, nearest first."""
        seen = set()
        todo = [name]
        while todo:
            current = todo.pop(0)
            if current in seen:
                continue
            seen.add(current)
            info = self.info(current)
            if info is not None:
                yield info
                todo.extend(info.supers)
        if "java.lang.Object" not in seen and name not in PRIMITIVES and not name.endswith("[]"):
            info = self.info("java.lang.Object")
            if info is not None:
                yield info

    def method(self, owner: str, name: str, count: int) -> Method | None:
        """A method of an object."""
        key = (owner, name, count)
        if key not in self._found:
            self._found[key] = self._find(owner, name, count)
        return self._found[key]

    def _find(self, owner: str, name: str, count: int) -> Method | None:
        for info in self.lineage(owner):
            found = info.methods.get((name, count)) or self._added_methods.get((info.name, name, count))
            if found is not None:
                return found
        return None

    def static(self, owner: str, name: str, count: int) -> Method | None:
        info = self.info(owner)
        return info.statics.get((name, count)) if info else None

    def constructor(self, owner: str, count: int) -> Method | None:
        info = self.info(owner)
        return info.constructors.get(count) if info else None

    def field(self, owner: str, name: str) -> str | None:
        """The type of an object's field."""
        for info in self.lineage(owner):
            if name in info.fields:
                return info.fields[name]
        return None

    def constant(self, owner: str, name: str) -> str | None:
        info = self.info(owner)
        return info.constants.get(name) if info else None

    def getter(self, owner: str, name: str) -> Method | None:
        """``getName`` or, for booleans, ``isName``."""
        tail = name[:1].upper() + name[1:]
        found = self.method(owner, "get" + tail, 0)
        if found is None:
            other = self.method(owner, "is" + tail, 0)
            found = other if other is not None and other.returns == "boolean" else None
        return found

    def setter(self, owner: str, name: str) -> Method | None:
        return self.method(owner, "set" + name[:1].upper() + name[1:], 1)

    def functional(self, name: str) -> Method | None:
        """The one abstract method of a functional interface."""
        info = self.info(name)
        if info is None or info.kind != "i" or info.functional is None:
            return None
        for one in self.lineage(name):
            for (method, _), found in one.methods.items():
                if method == info.functional and not found.augmented:
                    return found
        return None

    def is_subtype(self, name: str, parent: str) -> bool:
        """Whether a reference of type ``name`` can be assigned to ``parent`` without a cast."""
        if name == parent or parent == "java.lang.Object":
            return True
        if name.endswith("[]"):
            if not parent.endswith("[]"):
                return False
            inner, outer = name[:-2], parent[:-2]
            return inner not in PRIMITIVES and outer != "def" and self.is_subtype(inner, outer)
        return any(info.name == parent for info in self.lineage(name) if info.name != "java.lang.Object")
