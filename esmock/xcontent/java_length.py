"""How long Java takes a text to be: it counts characters beyond the first 65536 twice."""

from __future__ import annotations


def utf16_length(text: str) -> int:
    """The length in halves of surrogate pairs."""
    return len(text) if text.isascii() else len(text) + sum(char > "\uffff" for char in text)


def is_longer(text: str, limit: int) -> bool:
    """Whether a text is longer than that."""
    return len(text) > limit or (2 * len(text) > limit and utf16_length(text) > limit)
