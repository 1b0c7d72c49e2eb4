"""An error of a part of a value."""

from __future__ import annotations

from typing import Any

from esmock.errors import ApiError

Json = Any


class Misplaced(Exception):
    """What is wrong with a part of a value, and where it stands.

    Attributes:
        error: the cause.
        part: holder and key of the part; None: the whole value.
        is_name: the name is wrong, not what it names.
    """

    def __init__(self, error: ApiError, part: tuple[Json, Any] | None, *, is_name: bool = False) -> None:
        super().__init__(error.reason)
        self.error = error
        self.part = part
        self.is_name = is_name
