"""``field('name')`` of a script, from 8.0 on: the values of a document with a default for documents without one.

Source: the documentation of script fields ("Access fields in a document with the field API"); no engine at hand has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from esmock.script.doc_values import Doc, GeoPoint
from esmock.script.painless.allowlist import ClassInfo, Method
from esmock.script.painless.runtime.values import Long

_PACKAGE = "org.elasticsearch.script.field."
_STRING, _OBJECT = "java.lang.String", "java.lang.Object"
BASE = _PACKAGE + "Field"


class ScriptField:
    """A field of one document; subclasses know the type of the default."""

    java_class = BASE
    java_parents = ("java.lang.Iterable",)
    value_type = _OBJECT

    def __init__(self, name: str, values: Sequence[Any]) -> None:
        self.name = name
        self.values = [self.made(value) for value in values]

    @staticmethod
    def made(value: Any) -> Any:
        """A column's value as the script gets it."""
        return value

    def java_elements(self) -> list[Any]:
        return self.values

    def j_getName(self) -> str:
        return self.name

    def j_isEmpty(self) -> bool:
        return not self.values

    def j_size(self) -> int:
        return len(self.values)

    def j_get(self, *arguments: Any) -> Any:
        """``get(default)`` or ``get(index, default)``."""
        index, default = arguments if len(arguments) == 2 else (0, arguments[0])
        return self.values[index] if 0 <= index < len(self.values) else default


class EmptyField(ScriptField):
    """A field that the mapping does not have."""

    java_class = _PACKAGE + "EmptyField"


class LongField(ScriptField):
    java_class = _PACKAGE + "LongDocValuesField"
    value_type = "long"

    @staticmethod
    def made(value: Any) -> Any:
        return Long(value)


class DoubleField(ScriptField):
    java_class = _PACKAGE + "DoubleDocValuesField"
    value_type = "double"


class FloatField(ScriptField):
    java_class = _PACKAGE + "FloatDocValuesField"
    value_type = "float"


class BooleanField(ScriptField):
    java_class = _PACKAGE + "BooleanDocValuesField"
    value_type = "boolean"


class KeywordField(ScriptField):
    java_class = _PACKAGE + "KeywordDocValuesField"
    value_type = _STRING


class IpField(ScriptField):
    """Differs: ``get`` gives the address as text."""

    java_class = _PACKAGE + "IpDocValuesField"

    def j_asString(self, *arguments: Any) -> Any:
        return self.j_get(*arguments)

    def j_asStrings(self) -> list[Any]:
        return list(self.values)


class DateField(ScriptField):
    java_class = _PACKAGE + "DateMillisDocValuesField"
    value_type = "java.time.ZonedDateTime"

    @staticmethod
    def made(value: Any) -> Any:
        from esmock.script.painless.runtime.time.zoned import zoned_instant
        from esmock.script.painless.runtime.time.zones import UTC_OFFSET

        return zoned_instant(int(value), UTC_OFFSET)


class GeoPointField(ScriptField):
    java_class = _PACKAGE + "GeoPointDocValuesField"
    value_type = "org.elasticsearch.common.geo.GeoPoint"

    @staticmethod
    def made(value: Any) -> Any:
        return GeoPoint(*value)


class BinaryField(ScriptField):
    java_class = _PACKAGE + "BinaryDocValuesField"


_KINDS: dict[str, type[ScriptField]] = {
    "long": LongField,
    "double": DoubleField,
    "float": FloatField,
    "boolean": BooleanField,
    "date": DateField,
    "keyword": KeywordField,
    "ip": IpField,
    "geo_point": GeoPointField,
    "binary": BinaryField,
}


def field(doc: Doc, name: str) -> ScriptField:
    """``field(name)``: one without values where the mapping has no such field."""
    kind = doc.kind(name)
    return EmptyField(name, ()) if kind is None else _KINDS[kind](name, doc.values(name))


def value(doc: Doc, name: str, default: Any) -> Any:
    """``$(name, default)``."""
    return field(doc, name).j_get(default)


def classes() -> dict[str, ClassInfo]:
    """What the fields API adds to the allow list."""
    kinds: list[type[ScriptField]] = [ScriptField, EmptyField, *_KINDS.values()]
    return {one.java_class: _class_info(one) for one in kinds}


def _class_info(one: type[ScriptField]) -> ClassInfo:
    name = one.java_class
    info = ClassInfo(name, "c", False, ("java.lang.Iterable",), None)
    for method, returns in (("getName", _STRING), ("isEmpty", "boolean"), ("size", "int")):
        info.methods[method, 0] = Method(name, method, returns, (), name)
    readers = ("get", "asString") if one is IpField else ("get",)
    for method in readers:
        kind = _STRING if method == "asString" else one.value_type
        info.methods[method, 1] = Method(name, method, kind, (kind,), name)
        info.methods[method, 2] = Method(name, method, kind, ("int", kind), name)
    if one is IpField:
        info.methods["asStrings", 0] = Method(name, "asStrings", "java.util.List", (), name)
    return info
