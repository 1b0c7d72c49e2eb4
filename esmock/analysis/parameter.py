"""Settings of analysis components: declared as data, read with Elasticsearch's errors.

Source: recordings of 7.10.2 (fixtures/recorded/7.10.2/analysis/errors.json).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, NumberFormat, SettingsError

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder

_ITEM = re.compile(r"^(.*)\.(\d+)$")


class Settings:
    """The flat settings of one component.

    Args:
        name: what the component is called in its index, or ``__anonymous__TYPE``.
        values: text, number, boolean or list by key; keys without the component's prefix.
        index: flat settings of the index (``index.max_ngram_diff`` ...).
    """

    def __init__(self, name: str, values: Mapping[str, Any], index: Mapping[str, Any] | None = None) -> None:
        self.name = name
        self.values = _gather_lists(values)
        self.index = index or {}

    def __contains__(self, key: str) -> bool:
        return self.values.get(key) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def get(self, key: str, default: str | None = None) -> str | None:
        """A value as text."""
        value = self.values.get(key)
        return default if value is None else as_text(value)

    def items(self, key: str, default: list[str] | None = None) -> list[str] | None:
        """A list; one text is split at its commas."""
        value = self.values.get(key)
        if value is None:
            return default
        if isinstance(value, list | tuple):
            return [as_text(one) for one in value]
        # ES: a text without any item counts as nothing said.
        return split_commas(as_text(value)) or default

    def under(self, prefix: str) -> dict[str, Any]:
        """The settings whose keys begin so, without that."""
        return {key.removeprefix(prefix): value for key, value in self.values.items() if key.startswith(prefix)}

    def integer(self, key: str, default: int | None) -> int | None:
        value = self.get(key)
        return default if value is None else parse_int(value, key)

    def decimal(self, key: str, default: float | None) -> float | None:
        value = self.get(key)
        if value is None:
            return default
        try:
            return float(value)
        except ValueError:
            raise _unreadable("float", value, key, NumberFormat(f'For input string: "{value}"')) from None

    def boolean(self, key: str, default: bool | None) -> bool | None:
        value = self.get(key)
        # ES: a blank text counts as nothing said.
        return default if value is None or not value.strip() else parse_boolean(value)

    def index_integer(self, key: str, default: int) -> int:
        value = self.index.get(key)
        return default if value is None else int(as_text(value))


def _gather_lists(values: Mapping[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    numbered: dict[str, dict[int, Any]] = {}
    for key, value in values.items():
        match = _ITEM.match(key)
        if match:
            numbered.setdefault(match[1], {})[int(match[2])] = value
        else:
            out[key] = value
    for key, entries in numbered.items():
        out.setdefault(key, [entries[at] for at in sorted(entries)])
    return out


def as_text(value: Any) -> str:
    """A setting as Elasticsearch keeps it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(as_text(one) for one in value) + "]"
    return str(value)


def split_commas(text: str) -> list[str]:
    """The parts between commas, trimmed; empty ones at the end are lost, as are all of an empty text."""
    parts = [part.strip() for part in text.split(",")]
    while parts and not parts[-1]:
        parts.pop()
    return [part for part in parts if part]


def parse_int(value: str, key: str) -> int:
    """Raises SettingsError caused by NumberFormat."""
    try:
        return java_int(value)
    except NumberFormat as error:
        raise _unreadable("int", value, key, error) from None


def java_int(value: str) -> int:
    """Raises NumberFormat."""
    if re.fullmatch(r"[+-]?\d+", value) and -(2**31) <= int(value) < 2**31:
        return int(value)
    raise NumberFormat(f'For input string: "{value}"')


def _unreadable(kind: str, value: str, key: str, cause: NumberFormat) -> SettingsError:
    return SettingsError(f"Failed to parse {kind} setting [{key}] with value [{value}]", cause=cause)


def parse_boolean(value: str) -> bool:
    """Raises IllegalArgument."""
    if value not in ("true", "false"):
        raise IllegalArgument(f"Failed to parse value [{value}] as only [true] or [false] are allowed.")
    return value == "true"


class Parameter:
    """A parameter of a component; replaced on each instance by the value read."""

    def __init__(self, read: Callable[[Settings, Builder], Any]) -> None:
        self.read = read


def integer(key: str, default: int | None = None) -> Any:
    return Parameter(lambda settings, _: settings.integer(key, default))


def lucene_integer(key: str, default: int) -> Any:
    """A whole number that Lucene itself reads. Raises NumberFormat."""

    def read(settings: Settings, _: Builder) -> int:
        value = settings.get(key)
        return default if value is None else java_int(value)

    return Parameter(read)


def lucene_boolean(key: str, default: bool | None) -> Any:
    """What is not ``true`` is false."""

    def read(settings: Settings, _: Builder) -> bool | None:
        value = settings.get(key)
        return default if value is None else value.lower() == "true"

    return Parameter(read)


def decimal(key: str, default: float | None = None) -> Any:
    return Parameter(lambda settings, _: settings.decimal(key, default))


def boolean(key: str, default: bool | None = False) -> Any:
    return Parameter(lambda settings, _: settings.boolean(key, default))


def required(key: str, message: str) -> Any:
    """A text without which there is no part; ``message`` may name the part as ``{name}``. Raises IllegalArgument."""

    def read(settings: Settings, _: Builder) -> str:
        value = settings.get(key)
        if value is None:
            raise IllegalArgument(message.format(name=settings.name))
        return value

    return Parameter(read)


def character(key: str, default: str | None) -> Any:
    """One character. Raises IllegalArgument."""

    def read(settings: Settings, _: Builder) -> str | None:
        value = settings.get(key, default)
        if value is not None and len(value) != 1:
            raise IllegalArgument(f"{key} must be a one char value")
        return value

    return Parameter(read)


def text(key: str, default: str | None = None) -> Any:
    return Parameter(lambda settings, _: settings.get(key, default))


def items(key: str, default: list[str] | None = None) -> Any:
    return Parameter(lambda settings, _: settings.items(key, default))
