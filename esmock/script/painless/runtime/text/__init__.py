"""java.text: formats of numbers, dates and messages, and the ways to break, compare and order texts."""

from __future__ import annotations

from types import ModuleType


def families() -> tuple[ModuleType, ...]:
    """The modules with tables and classes."""
    from esmock.script.painless.runtime.text import (
        attributed,
        bidi,
        breaks,
        collation,
        dates,
        format,
        messages,
        numbers,
        positions,
        symbols,
    )

    return (attributed, bidi, breaks, collation, dates, format, messages, numbers, positions, symbols)
