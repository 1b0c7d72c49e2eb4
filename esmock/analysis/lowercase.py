"""Case as Java maps it: one code point to one code point."""

from __future__ import annotations

import functools


def lower(text: str) -> str:
    """Every code point by itself: no final sigma, no combining dot after i."""
    if not text.isascii() and ("Σ" in text or "İ" in text):
        text = text.replace("Σ", "σ").replace("İ", "i")
    return text.lower()


@functools.cache
def _upper_point(char: str) -> str:
    upper = char.upper()
    return upper if len(upper) == 1 else _SINGLE_UPPER.get(char, char)


# Greek letters with iota have a one-letter title form, which Java takes for upper case as well.
_SINGLE_UPPER = {
    char: char.title() for char in map(chr, range(0x1F80, 0x1FFD)) if len(char.upper()) > 1 and len(char.title()) == 1
}


def upper(text: str) -> str:
    """Every code point by itself: sharp s stays."""
    if text.isascii():
        return text.upper()
    return "".join(map(_upper_point, text))
