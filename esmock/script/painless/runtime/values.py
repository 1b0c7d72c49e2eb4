"""How Java's values look in Python, and what every object has: class, text, equality, hash.

Static ``int``, ``long``, ``short``, ``byte`` are Python ints, ``double`` and ``float`` Python floats. As objects an Integer is a plain
int (within 32 bits), a Double a plain float, a String a str, a Boolean a bool; the other boxes are subclasses, so that a value of
type ``def`` knows its Java class. A char is a Char in both roles. An ArrayList is a plain list, a LinkedHashMap a plain dict.
"""

from __future__ import annotations

import decimal
import math
import struct
from collections.abc import Callable, Iterator
from typing import Any

from esmock.script.painless.runtime import throwables

FLAT = frozenset((bool, float, int, str, type(None)))
"""Kinds of JSON values that nothing is in."""


class Long(int):
    """java.lang.Long."""

    __slots__ = ()
    java_class = "java.lang.Long"


class Short(int):
    """java.lang.Short."""

    __slots__ = ()
    java_class = "java.lang.Short"


class Byte(int):
    """java.lang.Byte."""

    __slots__ = ()
    java_class = "java.lang.Byte"


class BigInteger(int):
    """java.math.BigInteger."""

    __slots__ = ()
    java_class = "java.math.BigInteger"


class BigDecimal(decimal.Decimal):
    """java.math.BigDecimal: its exponent is the negated scale."""

    __slots__ = ()
    java_class = "java.math.BigDecimal"


class Char(int):
    """A UTF-16 code unit."""

    __slots__ = ()
    java_class = "java.lang.Character"


class Float(float):
    """java.lang.Float: a double that has been rounded to 32 bits."""

    __slots__ = ()
    java_class = "java.lang.Float"


class HashMap(dict[Any, Any]):
    """A map whose iteration order is that of Java's hash table, which begins with ``table`` buckets."""

    java_class = "java.util.HashMap"
    table = 16

    def presized(self, size: int) -> HashMap:
        """Java makes the table of a copied map just large enough for the copy."""
        self.table = 1 << max(math.ceil(size / 0.75 + 1) - 1, 1).bit_length() if size else 16
        return self


class ListKey(list[Any]):
    """An ArrayList that serves as a key of a map or a member of a set."""

    __slots__ = ()
    java_class = "java.util.ArrayList"

    def __hash__(self) -> int:  # type: ignore[override]
        return hash_code(self)


class MapKey(HashMap):
    """A map that serves as a key of a map or a member of a set."""

    __slots__ = ()

    def __hash__(self) -> int:  # type: ignore[override]
        return hash_code(self)


def hashable(value: Any) -> Any:
    """The value as it can stand in a Python dict."""
    if isinstance(value, list) and not isinstance(value, JavaArray | ListKey):
        return ListKey(value)
    return MapKey(value) if isinstance(value, dict) and not isinstance(value, MapKey) else value


class JavaArray(list[Any]):
    """A Java array; ``component`` is the element type's name."""

    __slots__ = ("component",)

    def __init__(self, component: str, values: Any) -> None:
        super().__init__(values)
        self.component = component


_CLASSES: dict[type, str] = {
    bool: "java.lang.Boolean",
    float: "java.lang.Double",
    str: "java.lang.String",
    list: "java.util.ArrayList",
    dict: "java.util.LinkedHashMap",
}
UNBOXED = {
    "java.lang.Boolean": "boolean",
    "java.lang.Byte": "byte",
    "java.lang.Short": "short",
    "java.lang.Character": "char",
    "java.lang.Integer": "int",
    "java.lang.Long": "long",
    "java.lang.Float": "float",
    "java.lang.Double": "double",
}


def class_of(value: Any) -> str:
    """The Java class of a value that is not null, by its Python type only."""
    kind = type(value)
    if kind is int:
        if -0x80000000 <= value <= 0x7FFFFFFF:
            return "java.lang.Integer"
        return "java.lang.Long" if -(1 << 63) <= value < 1 << 63 else "java.math.BigInteger"
    name = _CLASSES.get(kind)
    if name is not None:
        return name
    if kind is JavaArray:
        return value.component + "[]"
    name = kind.__dict__.get("java_class") if not issubclass(kind, Exception) else getattr(kind, "java_class", None)
    if name is None:
        for base in kind.__mro__:
            name = base.__dict__.get("java_class")
            if name is not None:
                break
    return name or "java.lang.Object"


def unboxed_name(value: Any) -> str:
    """The class as messages of implicit casts print it: ``int`` for an Integer."""
    name = class_of(value)
    return UNBOXED.get(name, name)


def double_text(value: float) -> str:
    """Double.toString."""
    if value != value:
        return "NaN"
    if value in (math.inf, -math.inf):
        return "Infinity" if value > 0 else "-Infinity"
    text = _decimal_text(repr(float(value)))
    return text.replace("5.0E", "4.9E") if text.endswith("5.0E-324") else text


def float_text(value: float) -> str:
    """Float.toString of a double that is exactly a float."""
    if value != value or value in (math.inf, -math.inf):
        return double_text(value)
    if abs(value) == 2.0**-126:
        # ES: before Java 19 the least normal float has a digit more than it needs
        return "-" * (value < 0) + "1.17549435E-38"
    for precision in range(2, 10):
        text = f"{value:.{precision}g}"
        if struct.unpack("f", struct.pack("f", float(text)))[0] == value:
            break
    return _decimal_text(repr(float(text)))


def _decimal_text(text: str) -> str:
    sign = "-" if text[0] == "-" else ""
    text = text.lstrip("-")
    mantissa, _, exponent = text.partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    if not digits:
        return sign + "0.0"
    if -3 < point <= 7:
        if point <= 0:
            return f"{sign}0.{'0' * -point}{digits}"
        padded = digits.ljust(point, "0")
        return f"{sign}{padded[:point]}.{padded[point:] or '0'}"
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{point - 1}"


def to_text(value: Any) -> str:
    """String.valueOf: what concatenation appends."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[no-any-return]
    writer = _TEXTS.get(kind)
    if writer is not None:
        return writer(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, throwables.Throwable):
        return value.java_class + ("" if value.message is None else ": " + value.message)
    own = kind.__dict__.get("j_toString") or _inherited(kind, "j_toString")
    if own is not None:
        return own(value)  # type: ignore[no-any-return]
    if isinstance(value, dict):
        return _map_text(value)
    if isinstance(value, list | tuple):
        return _list_text(value)
    if isinstance(value, int):
        return int.__repr__(value)
    return identity_text(value)


def identity_text(value: Any) -> str:
    """Object.toString: the class and the object's hash."""
    return f"{binary_name(class_of(value))}@{identity_hash(value):x}"


def miscast(kind: str, wanted: str) -> throwables.Throwable:
    """The ClassCast of an object of one of the JDK's classes that is no object of another."""
    where = f"{kind} and {wanted} are in module java.base of loader 'bootstrap'"
    return throwables.ClassCast(f"class {kind} cannot be cast to class {wanted} ({where})")


def binary_name(java_class: str) -> str:
    """Class.getName: an inner class stands behind a ``$``."""
    parts = java_class.split(".")
    outer = next((at for at, part in enumerate(parts) if part[:1].isupper()), len(parts) - 1)
    return ".".join(parts[:outer]) + ("." if outer else "") + "$".join(parts[outer:])


def text_of(value: Any) -> str:
    """A CharSequence as text."""
    return value if type(value) is str else to_text(value)


def _inherited(kind: type, name: str) -> Callable[[Any], Any] | None:
    for base in kind.__mro__:
        found = base.__dict__.get(name)
        if found is not None:
            return found  # type: ignore[no-any-return]
    return None


def _list_text(value: Any) -> str:
    return "[" + ", ".join("(this Collection)" if item is value else to_text(item) for item in value) + "]"


def _map_text(value: dict[Any, Any]) -> str:
    parts = []
    for key in map_keys(value):
        item = value[key]
        parts.append(f"{to_text(key)}={'(this Map)' if item is value else to_text(item)}")
    return "{" + ", ".join(parts) + "}"


_ARRAY_CODES = {
    "int": "I",
    "long": "J",
    "double": "D",
    "float": "F",
    "byte": "B",
    "char": "C",
    "short": "S",
    "boolean": "Z",
}


def _array_text(value: JavaArray) -> str:
    return f"{array_class(value.component)}@{identity_hash(value):x}"


def array_class(component: str) -> str:
    """Class.getName of an array with that component."""
    if component.endswith("[]"):
        return "[" + array_class(component[:-2])
    if component.startswith("["):
        return "[" + component
    component = "java.lang.Object" if component == "def" else component
    return "[" + _ARRAY_CODES.get(component, f"L{component};")


_TEXTS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "null",
    bool: lambda value: "true" if value else "false",
    int: int.__repr__,
    Long: int.__repr__,
    Short: int.__repr__,
    Byte: int.__repr__,
    BigInteger: int.__repr__,
    float: double_text,
    Float: float_text,
    Char: chr,
    BigDecimal: decimal.Decimal.__str__,
    list: _list_text,
    dict: _map_text,
    HashMap: _map_text,
    JavaArray: _array_text,
}


def identity_hash(value: Any) -> int:
    """A stand-in for System.identityHashCode, which no script can rely on."""
    return (id(value) >> 4) & 0x7FFFFFFF


def wrap_int(value: int) -> int:
    """Keep the low 32 bits as Java's int."""
    return ((value + 0x80000000) & 0xFFFFFFFF) - 0x80000000


def string_hash(text: str) -> int:
    """String.hashCode."""
    code = 0
    if text.isascii():
        for char in text.encode("ascii"):
            code = (31 * code + char) & 0xFFFFFFFF
    else:
        units = text.encode("utf-16-le", "surrogatepass")
        for at in range(0, len(units), 2):
            code = (31 * code + units[at] + (units[at + 1] << 8)) & 0xFFFFFFFF
    return wrap_int(code)


def _double_hash(value: float) -> int:
    bits = struct.unpack("<q", struct.pack("<d", value + 0.0 if value == value else math.nan))[0]
    return wrap_int(bits ^ ((bits & 0xFFFFFFFFFFFFFFFF) >> 32))


def hash_code(value: Any) -> int:
    """Objects.hashCode."""
    kind = type(value)
    if value is None:
        return 0
    if kind is str:
        return string_hash(value)
    if kind is bool:
        return 1231 if value else 1237
    if kind is Float:
        return int(struct.unpack("<i", struct.pack("<f", value))[0])
    if kind is float:
        return _double_hash(value)
    if isinstance(value, int):
        if kind is Long or (kind is int and not -0x80000000 <= value <= 0x7FFFFFFF):
            return wrap_int(int(value) ^ ((int(value) & 0xFFFFFFFFFFFFFFFF) >> 32))
        return int(value)
    own = _inherited(kind, "j_hashCode")
    if own is not None:
        return int(own(value))
    if isinstance(value, dict):
        return wrap_int(sum(hash_code(key) ^ hash_code(item) for key, item in value.items()))
    if isinstance(value, list) and kind is not JavaArray:
        code = 1
        for item in value:
            code = (31 * code + hash_code(item)) & 0xFFFFFFFF
        return wrap_int(code)
    return identity_hash(value)


def equal(left: Any, right: Any) -> bool:
    """Objects.equals: same class first, as Java's boxes compare."""
    if left is None or right is None:
        return left is right
    first, second = type(left), type(right)
    if first is str or second is str:
        return first is second and bool(left == right)
    if isinstance(left, int | float) or isinstance(right, int | float):
        if first is not second and class_of(left) != class_of(right):
            return False
        return bool(left == right) or (left != left and right != right)
    if first is JavaArray or second is JavaArray:
        return left is right
    own: Any = _inherited(first, "j_equals")
    if own is not None:
        return bool(own(left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return len(left) == len(right) and all(k in right and equal(v, right[k]) for k, v in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    return left is right


def bucket_order(keys: Iterator[Any] | list[Any], size: int, table: int = 16) -> list[Any]:
    """Keys in the order of a java.util.HashMap of that size that began with ``table`` buckets."""
    if size < 2:
        return list(keys)
    while size > table * 0.75:
        table *= 2
    mask = table - 1

    def bucket(key: Any) -> int:
        code = hash_code(key) & 0xFFFFFFFF
        return (code ^ (code >> 16)) & mask

    return sorted(keys, key=bucket)


def map_keys(value: dict[Any, Any]) -> list[Any]:
    """The keys in Java's iteration order."""
    if isinstance(value, HashMap):
        return bucket_order(list(value), len(value), value.table)
    own = _inherited(type(value), "ordered_keys")
    return list(own(value)) if own is not None else list(value)


def hash_maps(value: Any) -> Any:
    """A JSON value as Elasticsearch's unordered parser hands it over: every object a HashMap, big integers typed."""
    return rebuilt(value, HashMap, list)


def rebuilt(value: Any, maps: type[HashMap], lists: type[list[Any]]) -> Any:
    """A JSON value of other maps and lists all the way down."""
    if isinstance(value, list):
        return lists([item if type(item) in FLAT else rebuilt(item, maps, lists) for item in value])
    if not isinstance(value, dict):
        return value
    out = maps(value)
    for key, item in value.items():
        if type(item) not in FLAT:
            out[key] = rebuilt(item, maps, lists)
    return out
