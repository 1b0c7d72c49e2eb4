"""What the bodies of aggregations have in common beside ``xcontent/object_parser``.

Source: recordings of 7.10.2; REST layer, declarative parsers.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument
from esmock.xcontent.object_parser import one_is_required
from esmock.xcontent.value_reader import Key, Reading

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any

STRING = ("VALUE_STRING",)
NUMBER = ("VALUE_STRING", "VALUE_NUMBER")
OBJECT = ("START_OBJECT",)
ARRAY = ("START_ARRAY",)
OBJECT_OR_STRING = ("START_OBJECT", "VALUE_STRING")
OBJECT_ARRAY = ("START_OBJECT", "START_ARRAY")
OBJECT_ARRAY_OR_STRING = ("START_OBJECT", "START_ARRAY", "VALUE_STRING")
STRING_ARRAY = ("START_ARRAY", "VALUE_STRING")


def is_8(behaviour: Behaviour) -> bool:
    """Whether fields that came with 8.x are known."""
    return behaviour.major >= 8


def read_query(body: Json, key: Key, reading: Reading) -> Any:
    """A Reader: the query under a key."""
    from esmock.search.query.base import ParseContext
    from esmock.search.query.parse import parse_query

    return parse_query(body, key, ParseContext(reading.behaviour, reading.warn))


def text(value: Json) -> str:
    """The text of a number, boolean or text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        from esmock.xcontent.java_number import java_double

        return java_double(value)
    return str(value)


def double(value: Json) -> float:
    """A double of a number or its text. Raises NumberFormat."""
    from esmock.xcontent.java_number import parse_double

    return parse_double(value) if isinstance(value, str) else float(value)


def long_(value: Json) -> int:
    """A long of a number or its text; decimals are cut. Raises NumberFormat, IllegalArgument."""
    number = value
    if isinstance(value, str):
        digits = value[1:] if value[:1] in "+-" else value
        number = int(value) if digits.isascii() and digits.isdigit() else double(value)
    out = int(number)
    if not -(1 << 63) <= out < (1 << 63):
        raise IllegalArgument(f"Value [{text(value)}] is out of range for a long")
    return out


def required(*names: str, given: Iterable[str], behaviour: Behaviour) -> None:
    """Refuse a body without any of some fields. Raises IllegalArgument."""
    if not set(names) & set(given):
        raise one_is_required(names, behaviour)
