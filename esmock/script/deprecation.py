"""Warnings of scripts while they run: they are told to the request that is being answered."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

TOLD: ContextVar[Callable[[str], None] | None] = ContextVar("told of deprecations", default=None)
"""Who is told of what a script is warned of; set for every request, so as cheaply as can be."""
TYPE_LOOKED_UP = "[types removal] Looking up doc types [_type] in scripts is deprecated."


@contextmanager
def told_to(warn: Callable[[str], None]) -> Iterator[None]:
    """Whatever a script is warned of meanwhile is passed to ``warn``."""
    token = TOLD.set(warn)
    try:
        yield
    finally:
        TOLD.reset(token)


def deprecated(text: str) -> None:
    """Warn of something that a script does."""
    warn = TOLD.get()
    if warn is not None:
        warn(text)


class _TellsOfTypes:
    """A map that warns of looking up ``_type``. Source: recordings of 7.10.2."""

    __slots__ = ()

    def get(self, key: Any, default: Any = None) -> Any:
        found = super().get(key, default)  # type: ignore[misc]
        if key == "_type" and key in self:  # type: ignore[operator]
            deprecated(TYPE_LOOKED_UP)
        return found


    def replaced(self, key: Any) -> Any:
        """The value that another one takes the place of, of which nobody is warned."""
        return super().get(key)  # type: ignore[misc]


@functools.cache
def _telling(kind: Any) -> type:
    return kind if issubclass(kind, _TellsOfTypes) else type(kind.__name__, (_TellsOfTypes, kind), {"__slots__": ()})


@contextmanager
def telling_of_types(context: Any) -> Iterator[None]:
    """Meanwhile a script's map ``ctx`` warns of looking up ``_type``."""
    kind: Any = type(context)
    context.__class__ = _telling(kind)
    try:
        yield
    finally:
        context.__class__ = kind
