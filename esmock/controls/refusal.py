"""The one complaint about what a test asks of the controls, and the reading of its fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Json = Any


class ControlError(ValueError):
    """A rule, stub, seed or call that cannot match or parse.

    Args:
        field: path of what is wrong, as ``match.endpoint``.
        reason: what is wrong with it, and what would be right.
    """

    status = 400

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field = field
        self.reason = reason

    def body(self) -> Json:
        """As the control API answers it."""
        error = {"type": "esmock_control_error", "field": self.field, "reason": self.reason}
        return {"error": error, "status": self.status}


class NotFound(ControlError):
    """Something that was asked for by name or number and is not there."""

    status = 404


def unknown(field: str, name: str, known: Iterable[str], what: str) -> ControlError:
    """The complaint about a name that nobody knows, with the nearest ones that somebody does."""
    import difflib

    near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return ControlError(field, f"there is no {what} [{name}]{hint}")


def no_others(tree: Mapping[str, Json], known: Iterable[str], field: str) -> None:
    """Refuse keys beyond the known ones. Raises ControlError naming the first."""
    known = tuple(known)
    for key in tree:
        if key not in known:
            raise unknown(f"{field}.{key}" if field else key, key, known, f"field in {field or 'the body'}")


def as_object(value: Json, field: str) -> Mapping[str, Json]:
    """A JSON object. Raises ControlError."""
    if not isinstance(value, Mapping):
        raise ControlError(field, f"expected an object, found {type(value).__name__}")
    return value


def as_list(value: Json) -> tuple[Json, ...]:
    """A list, or one value that stands for a list of one."""
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def as_texts(value: Json, field: str) -> tuple[str, ...]:
    """One text or several. Raises ControlError."""
    texts = as_list(value)
    for text in texts:
        if not isinstance(text, str) or not text:
            raise ControlError(field, f"expected text or a list of texts, found {text!r}")
    return texts


def as_number(value: Json, field: str, *, least: float = 0, most: float | None = None) -> float:
    """A number within bounds. Raises ControlError."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ControlError(field, f"expected a number, found {value!r}")
    if value < least or (most is not None and value > most):
        bounds = f"at least {least}" if most is None else f"between {least} and {most}"
        raise ControlError(field, f"expected a number of {bounds}, found {value!r}")
    return value


def as_count(value: Json, field: str, *, least: int = 1) -> int:
    """A whole number. Raises ControlError."""
    number = as_number(value, field, least=least)
    if number != int(number):
        raise ControlError(field, f"expected a whole number, found {value!r}")
    return int(number)


def as_seconds(value: Json, field: str) -> float:
    """Seconds as a number, or text like ``250ms``, ``30s``, ``2m``. Raises ControlError."""
    if not isinstance(value, str):
        return as_number(value, field)
    for unit, factor in (("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0), ("d", 86400.0)):
        text = value.removesuffix(unit)
        if text != value and text.replace(".", "", 1).isdigit():
            return float(text) * factor
    raise ControlError(field, f"expected seconds or a time like 250ms, 30s, 2m, 1h, 7d, found {value!r}")
