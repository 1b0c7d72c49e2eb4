"""Query parameters: their types, and the exact errors for values that do not fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, NumberFormat
from esmock.state.setting_values import parse_active_shards
from esmock.xcontent.java_number import parse_double, parse_int, parse_long
from esmock.xcontent.units import parse_time_ms

if TYPE_CHECKING:
    from esmock.api.request import Request

Parse = Callable[[str, str], Any]
"""(name, text) -> value; raises IllegalArgument."""


@dataclass(frozen=True, slots=True)
class Param:
    """A declared query parameter.

    Args:
        parse: turns the text into a value.
        default: the value where the parameter is absent.
        lazy: read only when present, so never a suggestion for a misspelt name.
        read_since: lazy only from this version on; always read before.
        needs: the parameter is known only beside this one, or to requests of which this holds.
        older: (version, parse): how versions before that one read the text.
        warning: the deprecation that its use announces.
        early_warning: (version, warn): what versions from that one on announce before they read the text.
        response: belongs to the rendering; always known, always suggested, and told of when the answer is put together.
        told_since: from this version on one of the rendering that cannot be read is told of as all others are.
        since, until: (major, minor) bounds; outside of them the parameter does not exist.
    """

    parse: Parse
    default: Any = None
    lazy: bool = False
    read_since: tuple[int, int] = (0, 0)
    needs: str | Callable[[Request], bool] | None = None
    older: tuple[tuple[int, int], Parse] | None = None
    warning: str | None = None
    early_warning: tuple[tuple[int, int], Callable[[str], str | None]] | None = None
    response: bool = False
    told_since: tuple[int, int] = (99, 0)
    since: tuple[int, int] = (0, 0)
    until: tuple[int, int] = (99, 0)

    def read(self, name: str, text: str, request: Request) -> Any:
        """The value of a text; tells what its use announces. Raises what ``parse`` raises."""
        has = request.behaviour.has
        if self.early_warning is not None and has(self.early_warning[0]):
            early = self.early_warning[1](text)
            if early is not None:
                request.warn(early)
        parse = self.older[1] if self.older is not None and not has(self.older[0]) else self.parse
        value = parse(name, text)
        if self.warning is not None:
            request.warn(self.warning)
        return value


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The value of a parameter of the rendering that cannot be read: told when the answer is put together."""

    error: IllegalArgument


def parse_boolean(text: str) -> bool:
    """``true``, ``false`` or empty (true); raises IllegalArgument."""
    if text == "true" or text == "":
        return True
    if text == "false":
        return False
    raise IllegalArgument(f"Failed to parse value [{text}] as only [true] or [false] are allowed.")


def _boolean(name: str, text: str) -> bool | None:
    return None if text and not text.strip() else parse_boolean(text)


def _nullable_boolean(name: str, text: str) -> bool | None:
    return parse_boolean(text) if text.strip() else None


def _number(kind: str, parse: Callable[[str], Any]) -> Parse:
    def read(name: str, text: str) -> Any:
        try:
            return parse(text)
        except NumberFormat as cause:
            raise IllegalArgument(f"Failed to parse {kind} parameter [{name}] with value [{text}]", cause=cause) from None

    return read


def _text(name: str, text: str) -> str:
    return text


def _list(name: str, text: str) -> list[str]:
    """Split at commas as Java does: no trailing empty parts."""
    parts = text.split(",")
    while parts and not parts[-1]:
        parts.pop()
    return parts


def string(default: str | None = None, **more: Any) -> Param:
    return Param(_text, default, **more)


def names(default: list[str] | None = None, **more: Any) -> Param:
    """A comma separated list."""
    return Param(_list, default, **more)


def boolean(default: bool | None = False, **more: Any) -> Param:
    def read(name: str, text: str) -> bool | None:
        found = _boolean(name, text)
        return default if found is None else found

    return Param(read, default, **more)


def nullable_boolean(**more: Any) -> Param:
    return Param(_nullable_boolean, None, **more)


def integer(default: int | None = None, **more: Any) -> Param:
    return Param(_number("int", parse_int), default, **more)


def long(default: int | None = None, **more: Any) -> Param:
    return Param(_number("long", parse_long), default, **more)


def real(default: float | None = None, **more: Any) -> Param:
    return Param(_number("float", parse_double), default, **more)


def time(default: str | None = None, **more: Any) -> Param:
    """A time value, in milliseconds; the default is written as a user would."""
    default_ms = None if default is None else parse_time_ms(default, "default")
    return Param(lambda name, text: parse_time_ms(text, name), default_ms, **more)


def time_text(default: str | None = None, **more: Any) -> Param:
    """A time value that the answer prints again: checked, and kept as its text."""

    def read(name: str, text: str) -> str:
        parse_time_ms(text, name)
        return text

    return Param(read, default, **more)


def one_of(
    error: Callable[[str], str], values: Mapping[str, Any], default: Any = None, *, any_case: bool = False, **more: Any
) -> Param:
    """One of a few words, in any case where that is said; ``error`` gives the reason for any other."""

    def read(name: str, text: str) -> Any:
        word = text.lower() if any_case else text
        if word in values:
            return values[word]
        raise IllegalArgument(error(text))

    return Param(read, default, **more)


def enum(java: str, *values: str, default: str | None = None, **more: Any) -> Param:
    """A Java enum, read in any case; the error names the Java class."""

    def read(name: str, text: str) -> str:
        if text.lower() in values:
            return text.lower()
        raise IllegalArgument(f"No enum constant {java}.{text.upper()}")

    return Param(read, default, **more)


def _active_shards(name: str, text: str) -> int | str:
    return parse_active_shards(text)


def _indices_boolean_of_7(name: str, text: str) -> bool | None:
    try:
        return _nullable_boolean(name, text)
    except IllegalArgument as cause:
        raise IllegalArgument(f"Could not convert [{name}] to boolean", cause=cause) from None


def _indices_boolean(name: str, text: str) -> bool | None:
    if not text.strip():  # ES: the only booleans of which an empty one does not mean true
        cause = IllegalArgument(f"Failed to parse value [{text}] as only [true] or [false] are allowed.")
        raise IllegalArgument(f"Could not convert [{name}] to boolean", cause=cause)
    return _indices_boolean_of_7(name, text)


def _expand_wildcards(name: str, text: str) -> tuple[str, ...]:
    chosen: list[str] = []
    for one in _list(name, text) if text else ():
        if one == "none":
            chosen = []
        elif one == "all":
            chosen = ["open", "closed", "hidden"]
        elif one in ("open", "closed", "hidden"):
            chosen.append(one)
        else:
            raise IllegalArgument(f"No valid expand wildcard value [{one}]")
    return tuple(chosen)


def _refresh(name: str, text: str) -> str:
    if text in ("", "true"):
        return "true"
    if text in ("false", "wait_for"):
        return text
    raise IllegalArgument(f"Unknown value for refresh: [{text}].")


REFRESH = Param(_refresh, "false")
WAIT_FOR_ACTIVE_SHARDS = Param(_active_shards, None)
VERSION_TYPE = one_of(
    lambda text: f"No version type match [{text}]",
    {"internal": "internal", "external": "external", "external_gt": "external", "external_gte": "external_gte"},
    "internal",
)
MASTER_TIMEOUT = time("30s")
TIMEOUT = time_text("1m")



def none_among_others(text: str) -> str | None:
    """The deprecation of ``none`` beside other values of ``expand_wildcards``."""
    parts = _list("expand_wildcards", text)
    return _NONE_AMONG_OTHERS if "none" in parts and len(parts) > 1 else None


_NONE_AMONG_OTHERS = (
    "Combining the value 'none' with other options is deprecated because it is order sensitive. Please revise the expression to work "
    "without the 'none' option or only use 'none'."
)
_IGNORE_THROTTLED = (
    "[ignore_throttled] parameter is deprecated because frozen indices have been deprecated. Consider cold or frozen tiers in place of "
    "frozen indices."
)
_BEFORE_8 = ((8, 0), _indices_boolean_of_7)
INDICES_OPTIONS: dict[str, Param] = {
    "expand_wildcards": Param(_expand_wildcards, None, early_warning=((8, 0), none_among_others)),
    "ignore_unavailable": Param(_indices_boolean, None, older=_BEFORE_8),
    "allow_no_indices": Param(_indices_boolean, None, older=_BEFORE_8),
    "ignore_throttled": Param(
        _indices_boolean, None, older=_BEFORE_8, early_warning=((7, 16), lambda text: _IGNORE_THROTTLED)
    ),
}
"""The four parameters of section 2.7; ``Request.indices_options`` reads them."""
