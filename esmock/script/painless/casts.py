"""Which casts the language allows, and the types that operators promote to.

Source: recorded answers of 7.10.2 for every pair of 23 types in every place a cast can happen.
"""

from __future__ import annotations

from esmock.script.painless.allowlist import PRIMITIVES, Lookup
from esmock.script.painless.failure import CompileFailure, bad_cast, illegal

BOXES = {
    "boolean": "java.lang.Boolean",
    "byte": "java.lang.Byte",
    "short": "java.lang.Short",
    "char": "java.lang.Character",
    "int": "java.lang.Integer",
    "long": "java.lang.Long",
    "float": "java.lang.Float",
    "double": "java.lang.Double",
}
UNBOX = {box: primitive for primitive, box in BOXES.items()}
STRING, OBJECT, NUMBER = "java.lang.String", "java.lang.Object", "java.lang.Number"

WIDER = {
    "byte": ("short", "int", "long", "float", "double"),
    "short": ("int", "long", "float", "double"),
    "char": ("int", "long", "float", "double"),
    "int": ("long", "float", "double"),
    "long": ("float", "double"),
    "float": ("double",),
    "double": (),
    "boolean": (),
}
INTEGERS = ("byte", "short", "char", "int", "long")
_SMALL = ("byte", "short", "char", "int")


def legal(lookup: Lookup, actual: str, expected: str, *, explicit: bool, internal: bool) -> bool:
    """Whether a value of one static type can be cast to another."""
    if actual in (expected, "def"):
        return True
    if actual == "void" or expected == "void":
        return False
    if expected == "def":
        return True
    if actual in PRIMITIVES:
        return _from_primitive(actual, expected, explicit=explicit, internal=internal)
    if expected in PRIMITIVES:
        return _to_primitive(actual, expected, explicit=explicit, internal=internal)
    if internal and actual in UNBOX and expected in UNBOX:
        return expected == BOXES.get(UNBOX[actual]) or UNBOX[expected] in WIDER[UNBOX[actual]]
    return lookup.is_subtype(actual, expected) or (explicit and lookup.is_subtype(expected, actual))


def _from_primitive(actual: str, expected: str, *, explicit: bool, internal: bool) -> bool:
    if expected in PRIMITIVES:
        if "boolean" in (actual, expected):
            return False
        return explicit or expected in WIDER[actual]
    if actual == "char" and expected == STRING:
        return explicit
    if not internal:
        return False
    if expected == OBJECT or expected == BOXES[actual]:
        return True
    if expected == NUMBER or expected == "java.lang.Comparable":
        return expected != NUMBER or actual not in ("boolean", "char")
    return expected in UNBOX and UNBOX[expected] in WIDER[actual]


def _to_primitive(actual: str, expected: str, *, explicit: bool, internal: bool) -> bool:
    if actual == STRING:
        return expected == "char" and explicit
    if actual not in UNBOX or not internal:
        return False
    primitive = UNBOX[actual]
    return primitive == expected or expected in WIDER[primitive]


def check(
    lookup: Lookup, at: int, actual: str, expected: str, *, explicit: bool = False, internal: bool = False
) -> None:
    """Raises CompileFailure when the cast is not allowed. ``actual`` may be ``null``."""
    if actual == "null":
        if expected in PRIMITIVES or expected == "void":
            raise illegal(at, f"Cannot cast null to a primitive type [{expected}].")
        return
    if not legal(lookup, actual, expected, explicit=explicit, internal=internal):
        raise cannot_cast(at, actual, expected)


def cannot_cast(at: int, actual: str, expected: str) -> CompileFailure:
    return bad_cast(at, f"Cannot cast from [{actual}] to [{expected}].")


def promote_one(kind: str, *, decimal: bool) -> str | None:
    """The type of a unary operator's result."""
    if kind == "def" or (decimal and kind in ("double", "float")) or kind == "long":
        return kind
    return "int" if kind in _SMALL else None


def promote(left: str, right: str, *, decimal: bool) -> str | None:
    """The type of a numeric operator's result; only one side need be numeric (the other then fails its cast)."""
    both = (left, right)
    if "def" in both:
        return "def"
    if decimal:
        for kind in ("double", "float"):
            if kind in both:
                return kind
    if "long" in both:
        return "long"
    return "int" if left in _SMALL or right in _SMALL else None


def promote_add(left: str, right: str) -> str | None:
    return STRING if STRING in (left, right) else promote(left, right, decimal=True)


def promote_xor(left: str, right: str) -> str | None:
    if "def" in (left, right):
        return "def"
    if "boolean" in (left, right):
        return "boolean"
    return promote(left, right, decimal=False)


def promote_equality(left: str, right: str) -> str:
    if "def" in (left, right):
        return "def"
    if left in PRIMITIVES and right in PRIMITIVES:
        if left == right == "boolean":
            return "boolean"
        return promote(left, right, decimal=True) or OBJECT
    return OBJECT


def promote_conditional(left: str, right: str) -> str | None:
    """The type of ``?:``; null takes the other side's type, and two types may have none."""
    if left == "null" or right == "null":
        other = right if left == "null" else left
        return OBJECT if other == "null" else other
    if left == right:
        return left
    if "def" in (left, right):
        return "def"
    if left in PRIMITIVES and right in PRIMITIVES:
        if "boolean" in (left, right):
            return OBJECT
        if {left, right} == {"byte", "short"}:
            return None
        for kind in ("double", "float", "long"):
            if kind in (left, right):
                return kind
        return "int"
    return OBJECT
