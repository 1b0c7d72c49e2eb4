"""Declared parameters of field types: how each is read, printed, compared and whether it may be updated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from esmock.errors import (
    ApiError,
    ClassCast,
    ElasticsearchParse,
    IllegalArgument,
    MapperParsing,
    NullPointer,
    NumberFormat,
)
from esmock.xcontent.java_number import parse_double

Json = Any
Reader = Callable[[Json, "Place"], Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a parameter stands: for error texts and for what it refers to.

    Args:
        path: full name of the field.
        type: its type.
        context: the mapping context (analysis, behaviour).
    """

    path: str
    type: str
    context: Any


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a field type.

    Args:
        name: as in the mapping.
        default: what holds when it is absent.
        read: turns the JSON value into the parameter's value; raises ApiError.
        updateable: a merge may change it.
        show: its text in conflict errors.
        print: its JSON form.
    """

    name: str
    default: Any
    read: Reader
    updateable: bool = False
    show: Callable[[Any], str] | None = None
    print: Callable[[Any], Json] | None = None
    allows_null: bool = False
    is_explicit: bool = False
    """Printed wherever it was given, be it the default."""
    is_deprecated: bool = False
    """Naming it is answered with a warning."""
    is_late: bool = False
    """Looked at when the whole definition has been read."""
    setting: str | None = None
    """The setting of the index that is the default."""

    def text(self, value: Any) -> str:
        """The value in the text of a conflict."""
        return java_text(value) if self.show is None else self.show(value)


def java_text(value: Any) -> str:
    """How Java prints a value inside a message."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        from esmock.xcontent.units import java_double

        return java_double(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={java_text(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(java_text, value)) + "]"
    return str(value)


def java_class(value: Json) -> str:
    """The Java class of a JSON value, as error texts name it."""
    if isinstance(value, bool):
        return "java.lang.Boolean"
    if isinstance(value, int):
        if not -(2**63) <= value < 2**63:
            return "java.math.BigInteger"
        return "java.lang.Integer" if -(2**31) <= value < 2**31 else "java.lang.Long"
    if isinstance(value, float):
        return "java.lang.Double"
    if isinstance(value, list):
        return "java.util.ArrayList"
    if isinstance(value, dict):
        return "java.util.HashMap"
    return "java.lang.String"


def cast_message(value: Json, to: str = "java.util.Map") -> str:
    """Java's words for a value of another class than is wanted."""
    kind = "java.util.LinkedHashMap" if isinstance(value, dict) else java_class(value)
    return f"class {kind} cannot be cast to class {to} ({kind} and {to} are in module java.base of loader 'bootstrap')"


def as_object(value: Json) -> dict[str, Json]:
    """An object; anything else fails as Java's cast does. Raises ClassCast."""
    if isinstance(value, dict):
        return value
    raise ClassCast(cast_message(value))


def as_list(value: Json) -> list[Json]:
    """A list; anything else fails as Java's cast does. Raises ClassCast."""
    if isinstance(value, list):
        return value
    raise ClassCast(cast_message(value, "java.util.List"))


def read_boolean(value: Json) -> bool:
    """A boolean or the text of one. Raises IllegalArgument, NullPointer."""
    if isinstance(value, bool):
        return value
    if value is None:
        raise NullPointer('Cannot invoke "Object.toString()" because "node" is null')
    if value == "true":
        return True
    if value == "false":
        return False
    raise IllegalArgument(f"Failed to parse value [{java_text(value)}] as only [true] or [false] are allowed.")


def named_boolean(value: Json, name: str) -> bool:
    """The same, naming what could not be read."""
    try:
        return read_boolean(value)
    except IllegalArgument as error:
        raise IllegalArgument(f"Could not convert [{name}] to boolean", cause=error) from None


def read_integer(value: Json) -> int:
    """A whole number, or the text of one. Raises NumberFormat, IllegalArgument."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise NumberFormat(f'For input string: "{java_text(value)}"')
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            raise NumberFormat(f'For input string: "{value}"') from None
    if value % 1:
        raise IllegalArgument(f"{java_text(value)} is not an integer value")
    return int(value)


def read_double(value: Json) -> float:
    """A number or its text. Raises NumberFormat."""
    if isinstance(value, bool):
        raise NumberFormat(f'For input string: "{java_text(value)}"')
    try:
        return float(value)
    except (TypeError, ValueError):
        if isinstance(value, str):
            return parse_double(value)
        raise NumberFormat(f'For input string: "{java_text(value)}"') from None


def boolean(name: str, default: bool, *, updateable: bool = False, is_explicit: bool = False) -> Parameter:
    """A parameter that is on or off."""
    return Parameter(name, default, lambda value, place: read_boolean(value), updateable, is_explicit=is_explicit)


def integer(name: str, default: int, *, updateable: bool = False, check: Callable[[int], None] | None = None) -> Parameter:
    """A parameter that is an int."""

    def read(value: Json, place: Place) -> int:
        number = read_integer(value)
        if check is not None:
            check(number)
        return number

    return Parameter(name, default, read, updateable)


def string(name: str, default: str | None, *, updateable: bool = False, allows_null: bool = False) -> Parameter:
    """A parameter that is text."""

    def read(value: Json, place: Place) -> str | None:
        return None if value is None else java_text(value)

    return Parameter(name, default, read, updateable, allows_null=allows_null)


def choice(name: str, default: str, options: tuple[str, ...], error: Callable[[str, Place], ApiError], *, updateable: bool = False) -> Parameter:
    """A parameter with named values, looked at when the whole definition has been read."""

    def read(value: Json, place: Place) -> str:
        text = java_text(value)
        if text not in options:
            raise error(text, place)
        return text

    return Parameter(name, default, read, updateable, is_late=True)


def script(owner: str = "on field") -> tuple[Parameter, Parameter]:
    """A script that makes the values, and what its errors do; ``owner``: what a refused one is told to be of."""

    def read(value: Json, place: Place) -> Json:
        if value is None or isinstance(value, str):
            return value
        if not isinstance(value, dict):
            raise IllegalArgument("Script value should be a String or a Map")
        for key in value:
            if key not in ("lang", "params", "options", "source", "id"):
                raise ElasticsearchParse(f"Unsupported field [{key}]")
        if value.get("source") is None and value.get("id") is None:
            raise ElasticsearchParse("Expected one of [source] or [id] fields, but found none")
        if value.get("id") is not None:
            raise IllegalArgument(f"stored scripts are not supported {owner} [{place.path.rsplit('.', 1)[-1]}]")
        return value

    def read_choice(value: Json, place: Place) -> str:
        text = java_text(value)
        if text not in ("fail", "continue"):
            raise MapperParsing(f"Unknown value [{text}] for field [on_script_error] - accepted values are [fail, continue]")
        return text

    return Parameter("script", None, read, allows_null=True), Parameter("on_script_error", "fail", read_choice)


def time_series_metric(*kinds: str) -> Parameter:
    """What kind of metric a field is; by default those of numbers."""
    known = kinds or ("gauge", "counter")

    def read(value: Json, place: Place) -> str:
        text = java_text(value)
        if text not in known:
            raise MapperParsing(
                f"Unknown value [{text}] for field [time_series_metric] - accepted values are [{', '.join(known)}]"
            )
        return text

    return Parameter("time_series_metric", None, read)


def boost() -> Parameter:
    """The deprecated index-time boost."""

    return Parameter("boost", 1.0, lambda value, place: read_double(value), True, is_deprecated=True)


def meta() -> Parameter:
    """Free metadata of a field."""

    def read(value: Json, place: Place) -> dict[str, str]:
        if not isinstance(value, dict):
            shown = f"{simple_class(value)}[{java_text(value)}]"
            raise MapperParsing(f"[meta] must be an object, got {shown} for field [{place.path.rsplit('.', 1)[-1]}]")
        if len(value) > 5:
            raise MapperParsing(
                f"[meta] can't have more than 5 entries, but got {len(value)} on field [{place.path.rsplit('.', 1)[-1]}]"
            )
        leaf = place.path.rsplit(".", 1)[-1]
        for key in value:
            if len(key) > 20:
                raise MapperParsing(f"[meta] keys can't be longer than 20 chars, but got [{key}] for field [{leaf}]")
        for one in value.values():
            if one is None:
                raise MapperParsing(f"[meta] values can't be null (field [{leaf}])")
            if not isinstance(one, str):
                raise MapperParsing(
                    f"[meta] values can only be strings, but got {simple_class(one)}[{java_text(one)}] for field [{leaf}]"
                )
            if len(one) > 50:
                raise MapperParsing(f"[meta] values can't be longer than 50 chars, but got [{one}] for field [{leaf}]")
        return dict(sorted(value.items()))

    return Parameter("meta", {}, read, True)


def simple_class(value: Json) -> str:
    return java_class(value).rsplit(".", 1)[-1]


def similarity() -> Parameter:
    """The similarity of a field; named ones come from the index settings."""

    def read(value: Json, place: Place) -> str | None:
        if value is None:
            return None
        name = java_text(value)
        if name == "classic" and place.context.behaviour.major < 8:
            raise IllegalArgument(
                "The [classic] similarity may not be used anymore. Please use the [BM25] similarity or build a custom [scripted] "
                "similarity instead."
            )
        if name not in ("BM25", "boolean") and name not in place.context.similarities:
            raise MapperParsing(f"Unknown Similarity type [{name}] for field [{place.path.rsplit('.', 1)[-1]}]")
        return name

    return Parameter("similarity", None, read, allows_null=True)
