"""What Elasticsearch's parser gives for a value when asked for text, a number or a boolean, and how it refuses.

Every reader takes the container and the key or index of the value, since errors tell where it stands; positions and the
JSON parser's own errors need a located body (``NeedsPositions`` otherwise).
Source: recordings of 7.10.2, 7.17.29 and 8.19.21.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

from esmock.errors import ApiError, IllegalArgument, IllegalState, JsonParse, XContentParse
from esmock.xcontent.jackson import At
from esmock.xcontent.java_number import (
    INT_MAX,
    INT_MIN,
    LONG_MAX,
    LONG_MIN,
    java_double,
    parse_double,
    to_float,
)
from esmock.xcontent.located import (
    BrokenText,
    at_end,
    at_value,
    copy_plain,
    finish,
    number_text,
    out_of_range,
    parser_error,
    standing,
    stood,
    token,
)

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any
Key = str | int


class Told(Protocol):
    """What reading a text needs: the version, and somebody to tell of deprecations."""

    @property
    def behaviour(self) -> Behaviour: ...

    @property
    def warn(self) -> Callable[[str], None]: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a body needs besides the body.

    Args:
        behaviour: the version's differences.
        warn: told of every deprecation.
    """

    behaviour: Behaviour
    warn: Callable[[str], None] = lambda text: None


Reader = Callable[[Json, Key, Reading], Any]


def text(body: Json, key: Key, reading: Told) -> str:
    """``parser.text()``: a string, or the text of a number or boolean. Raises IllegalState (7.x), IllegalArgument."""
    value = body[key]
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number_text(body, key) or java_double(value)
    raise no_text(token(value), at_value(body, key), reading)


def no_text(found: str | None, at: At, reading: Told) -> ApiError:
    """What ``parser.text()`` says of a token without text."""
    line, column = at
    if reading.behaviour.wrapped_syntax_errors:
        return standing(IllegalArgument(f"Expected text at {line}:{column} but found {found}"), at)
    return standing(IllegalState(f"Can't get text on a {found} at {line}:{column}"), at)


def text_or_null(body: Json, key: Key, reading: Reading) -> str | None:
    """``parser.textOrNull()``."""
    return None if body[key] is None else text(body, key, reading)


def _string(value: str) -> str:
    if isinstance(value, BrokenText):
        raise value.error
    return value


def integer(body: Json, key: Key, reading: Reading | None = None) -> int:
    """``parser.intValue()``: text is read as a double, decimals are cut."""
    value = body[key]
    if isinstance(value, str):
        number = parse_double(_string(value))
        if number < INT_MIN or number > INT_MAX:
            raise IllegalArgument(f"Value [{value}] is out of range for an integer")
        return 0 if number != number else int(number)
    return _whole(body, key, "int", INT_MIN, INT_MAX)


def long_(body: Json, key: Key, reading: Reading | None = None) -> int:
    """``parser.longValue()``: text is read exactly, decimals are cut."""
    value = body[key]
    if not isinstance(value, str):
        return _whole(body, key, "long", LONG_MIN, LONG_MAX)
    given = _string(value)
    try:
        number = Decimal(given)
        if not number.is_finite() or "_" in given or given != given.strip():
            raise InvalidOperation
    except InvalidOperation:
        raise IllegalArgument(f'For input string: "{given}"') from None
    exponent = int(number.as_tuple().exponent)
    if exponent < -19:
        return 0
    if exponent > 19 or not LONG_MIN <= (whole := int(number.to_integral_value(ROUND_DOWN))) <= LONG_MAX:
        raise IllegalArgument(f"Value [{given}] is out of range for a long")
    return whole


def short(body: Json, key: Key, reading: Reading | None = None) -> int:
    """``parser.shortValue()``."""
    value = body[key]
    if isinstance(value, str):
        number = parse_double(_string(value))
        if number < -(2**15) or number > 2**15 - 1:
            raise IllegalArgument(f"Value [{value}] is out of range for a short")
        return int(number)
    return _whole(body, key, "Java short", -(2**15), 2**15 - 1)


def double(body: Json, key: Key, reading: Reading | None = None) -> float:
    """``parser.doubleValue()``."""
    value = body[key]
    if isinstance(value, str):
        return parse_double(_string(value))
    _check_numeric(body, key)
    return float(value)


def float_(body: Json, key: Key, reading: Reading | None = None) -> float:
    """``parser.floatValue()``: a double that holds a 32-bit value."""
    return to_float(double(body, key, reading))


def boolean(body: Json, key: Key, reading: Reading | None = None) -> bool:
    """``parser.booleanValue()``: a boolean or its text."""
    value = body[key]
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return bool(value) and parse_boolean(_string(value))
    raise parser_error(body, key, JsonParse, f"Current token ({jackson_token(value)}) not of boolean type")


def parse_boolean(given: str) -> bool:
    """``true`` or ``false``. Raises IllegalArgument."""
    if given in ("true", "false"):
        return given == "true"
    raise IllegalArgument(f"Failed to parse value [{given}] as only [true] or [false] are allowed.")


def anything(body: Json, key: Key, reading: Reading) -> Json:
    """Any value, as plain dicts and lists."""
    return copy_plain(body[key])


def copied(body: Json, key: Key, reading: Reading) -> Json:
    """Any value, copied token by token: its syntax errors come as Jackson throws them, whatever the version."""
    try:
        finish(body[key])
    except XContentParse as error:
        if not isinstance(error.cause, JsonParse):
            raise
        raise standing(error.cause, error.parser_at) from None  # type: ignore[attr-defined]
    return copy_plain(body[key])


def nullable(read: Reader) -> Reader:
    """The reader, but null stays None."""
    return lambda body, key, reading: None if body[key] is None else read(body, key, reading)


def array_of(read: Reader) -> Reader:
    """A list of what the reader gives for the elements; a single value gives a list of one."""

    def read_all(body: Json, key: Key, reading: Reading) -> list[Any]:
        value = body[key]
        if not isinstance(value, list):
            return [read(body, key, reading)]
        return [_element(read, value, index, reading) for index, _ in enumerate(value)]

    return read_all


def objects_of(read: Reader) -> Reader:
    """``array_of`` for readers of objects, which look for the start of one: a single value before an object is passed over."""

    def read_all(body: Json, key: Key, reading: Reading) -> list[Any]:
        value = body[key]
        if not isinstance(value, list):
            return [read(body, key, reading)]
        before = [isinstance(one, dict) and not isinstance(last, dict | list) for last, one in pairwise(value)]
        # the last one has none after it
        return [_element(read, value, index, reading) for index in range(len(value)) if not any(before[index : index + 1])]

    return read_all


def _element(read: Reader, array: Json, index: int, reading: Reading) -> Any:
    """One element; its error names the place behind it, not behind the whole array."""
    if isinstance(array[index], list):
        raise standing(IllegalState("expected value but got [START_ARRAY]"), at_value(array, index))
    try:
        return read(array, index, reading)
    except ApiError as error:
        if stood(error) is None:
            standing(error, after_value(array, index))
        raise


def after_value(body: Json, key: Key) -> At:
    """Where the parser stands when it has read a value: at the closing bracket, or at the value itself."""
    value = body[key]
    return at_end(value) if isinstance(value, (dict, list)) else at_value(body, key)


def jackson_token(value: Json) -> str:
    """The parser's own name of the token that a value starts with."""
    if isinstance(value, bool):
        return "VALUE_TRUE" if value else "VALUE_FALSE"
    if isinstance(value, int):
        return "VALUE_NUMBER_INT"
    if isinstance(value, float):
        return "VALUE_NUMBER_FLOAT"
    return token(value) or "null"


def _check_numeric(body: Json, key: Key) -> None:
    value = body[key]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        what = f"Current token ({jackson_token(value)}) not numeric, can not use numeric value accessors"
        raise parser_error(body, key, JsonParse, what)


def _whole(body: Json, key: Key, kind: str, low: int, high: int) -> int:
    _check_numeric(body, key)
    value = body[key]
    if not low <= value <= high:
        shown = number_text(body, key) or str(value)
        raise out_of_range(body, key, shown, kind, (low, high))
    return int(value)


__all__ = [
    "Key",
    "Reader",
    "Reading",
    "after_value",
    "anything",
    "array_of",
    "boolean",
    "double",
    "float_",
    "integer",
    "long_",
    "nullable",
    "objects_of",
    "parse_boolean",
    "short",
    "text",
    "text_or_null",
]
