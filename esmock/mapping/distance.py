"""Units of distance, and how wide the cells of geohashes are."""

from __future__ import annotations

import math

from esmock.errors import ApiError, IllegalArgument, NumberFormat
from esmock.mapping import coercion

EQUATOR = 40075016.6856
POLAR = math.pi * 6356752.314245
"""Metres around the earth, and from pole to pole."""

UNITS = (
    (0.0254, ("in", "inch")),
    (0.9144, ("yd", "yards")),
    (0.3048, ("ft", "feet")),
    (1000.0, ("km", "kilometers")),
    (1852.0, ("NM", "nmi", "nauticalmiles")),
    (0.001, ("mm", "millimeters")),
    (0.01, ("cm", "centimeters")),
    (1609.344, ("mi", "miles")),
    (1.0, ("m", "meters")),
)
"""Metres of each unit, and its names."""


def unit_metres(name: str) -> float:
    """The metres of a unit. Raises IllegalArgument."""
    for metres, names in UNITS:
        if name in names:
            return metres
    raise IllegalArgument(f"No geo distance unit match [{name}]")


def parse_distance(text: str, default: float = 1.0) -> float:
    """A distance such as ``12km`` in metres; ``default`` are the metres of a number without unit. Raises NumberFormat."""
    metres, number = default, text
    for size, names in UNITS:
        ending = next((one for one in names if text.endswith(one)), None)
        if ending is not None:
            metres, number = size, text[: -len(ending)]
            break
    try:
        return coercion.java_double(number) * metres
    except ApiError:
        raise NumberFormat(f'For input string: "{number}"') from None


def hash_precision(metres: float) -> int:
    """Length of geohashes whose cells are about that wide."""
    width = metres / (1 + POLAR / EQUATOR)
    bits = math.ceil(math.log2(max(math.ceil(EQUATOR / width), 1)))
    full, left = divmod(bits, 5)
    return full + (left > 0) + full + (left > 3)


def cell_diagonal(length: int) -> float:
    """Metres across a cell of geohashes of a length, at the equator."""
    odd, even = (length + 1) // 2, length // 2
    return math.hypot(EQUATOR / (1 << (odd * 3 + even * 2)), POLAR / (1 << (odd * 2 + even * 3)))
