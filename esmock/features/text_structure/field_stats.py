"""What the values of fields are: their types, their most common values, numbers and times.

Source: the docs page find-structure and its examples.
"""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from esmock.features.text_structure.timestamps import TimestampFormat, whole

Json = Any
TOP_HITS = 10
_KEYWORD_LENGTH, _KEYWORD_SPACES = 256, 5
_LONG = re.compile(r"[+-]?\d{1,18}")
_DOUBLE = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_POINT = re.compile(r"POINT\s*\(\s*[-\d.]+\s+[-\d.]+\s*\)", re.IGNORECASE)


def mapping_of(values: Sequence[Json], wanted: str | None = None) -> tuple[dict[str, Json], TimestampFormat | None]:
    """The mapping that fits all values, and the format where they are times.

    Args:
        values: as the text has them: text, or scalars and objects of JSON.
        wanted: the only format of times that counts.
    """
    given = [value for value in values if value is not None and value != ""]
    if any(isinstance(value, dict) for value in given):
        return {"type": "object"}, None
    words = [_text(value) for value in given]
    if words and all(word in ("true", "false") for word in words):
        return {"type": "boolean"}, None
    found = whole(words, wanted)
    if found is not None:
        return {"type": "date", "format": found.mapping_format}, found
    for kind, fits in (("long", _is_long), ("double", _is_double), ("ip", _is_ip), ("geo_point", _is_point)):
        if words and all(fits(word) for word in words):
            return {"type": kind}, None
    is_prose = any(len(word) > _KEYWORD_LENGTH or len(re.findall(r"\s", word)) > _KEYWORD_SPACES for word in words)
    return {"type": "text" if is_prose else "keyword"}, None


def _text(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_long(word: str) -> bool:
    return _LONG.fullmatch(word) is not None


def _is_double(word: str) -> bool:
    return _DOUBLE.fullmatch(word) is not None


def _is_ip(word: str) -> bool:
    try:
        ipaddress.ip_address(word)
    except ValueError:
        return False
    return True


def _is_point(word: str) -> bool:
    return _POINT.fullmatch(word) is not None


def stats_of(values: Sequence[Json], mapping: dict[str, Json]) -> dict[str, Json]:
    """Count, cardinality, extremes and the most common values."""
    words = [_text(value) for value in values if value is not None and value != ""]
    counts = Counter(words)
    kind = mapping["type"]
    is_number = kind in ("long", "double")
    out: dict[str, Json] = {"count": len(words), "cardinality": len(counts)}
    if is_number and words:
        out |= _numbers(sorted(float(word) for word in words))
    elif kind == "date" and words:
        out |= {"earliest": min(words), "latest": max(words)}
    if is_number:
        common: list[tuple[Json, int]] = _by_count([(_short(float(word)), count) for word, count in counts.items()])
    else:
        common = _by_count(list(counts.items()))
    out["top_hits"] = [{"value": value, "count": count} for value, count in common[:TOP_HITS]]
    return out


def _by_count(found: list[tuple[Any, int]]) -> list[tuple[Any, int]]:
    return sorted(found, key=lambda one: (-one[1], one[0]))


def _numbers(ordered: list[float]) -> dict[str, Json]:
    half = len(ordered) // 2
    median = ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
    values = {"min": ordered[0], "max": ordered[-1], "mean": sum(ordered) / len(ordered), "median": median}
    return {f"{name}_value": _short(value) for name, value in values.items()}


def _short(value: float) -> int | float:
    """Whole numbers without a point."""
    return int(value) if value.is_integer() else value
