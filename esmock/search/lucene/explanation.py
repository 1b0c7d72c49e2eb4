"""The nodes of an explanation: a value, what it is, and what it is made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from esmock.xcontent.java_number import java_float
from esmock.xcontent.json_writer import F32

Json = Any
Explanation = tuple[bool, Json]
"""Whether a document matches, and why."""


def node(value: float, description: str, details: list[Json] | None = None) -> dict[str, Json]:
    """One node; the value is a 32-bit one."""
    return {"value": F32(float(np.float32(value))), "description": description, "details": details or []}


def exact(value: float, description: str) -> dict[str, Json]:
    """A node without details whose value is a count, or a number of 64 bits."""
    return {"value": value, "description": description, "details": []}


def counted(value: int, description: str, details: list[Json]) -> dict[str, Json]:
    """A node whose value is a count."""
    return {"value": value, "description": description, "details": details}


def wide(value: float, description: str, details: list[Json]) -> dict[str, Json]:
    """A node whose value is a 64-bit one."""
    return {"value": value, "description": description, "details": details}


def single(value: float) -> str:
    """A 32-bit number as Java writes it."""
    return java_float(float(np.float32(value)))


def too_low(least: float, score: float, why: Json) -> Explanation:
    """What a document says whose score is below ``min_score``."""
    words = f"Score value is too low, expected at least {single(least)} but got {single(score)}"
    return False, node(0.0, words, [why])
