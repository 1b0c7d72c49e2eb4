"""The readable twins of byte sizes and durations that ``human`` adds."""

from __future__ import annotations

from typing import Any

from esmock.shape.index import instant
from esmock.xcontent.units import print_byte_size, print_time_ms, print_time_ns

Json = Any
_UNKNOWN_TIMES = ("source_throttle_time_in_millis", "target_throttle_time_in_millis")
"""Times of recoveries that were never throttled: not even nothing."""
_INSTANTS = ("start_time_in_millis", "stop_time_in_millis")


def with_twins(body: Json) -> Json:
    """A tree in which every ``x_in_bytes``, ``x_in_millis`` and ``x_in_nanos`` has its readable ``x`` before it."""
    if isinstance(body, list):
        return [with_twins(one) for one in body]
    if not isinstance(body, dict):
        return body
    out: dict[str, Json] = {}
    for key, value in body.items():
        if isinstance(value, int) and not isinstance(value, bool):
            if key.endswith("_in_bytes"):
                name = key.removesuffix("_in_bytes")
                out["fixed_bit_set" if name == "fixed_bit_set_memory" else name] = print_byte_size(value)
            elif key in _INSTANTS:
                out[key.removesuffix("_in_millis")] = instant(value)
            elif key in _UNKNOWN_TIMES:
                out[key.removesuffix("_in_millis")] = "-1"
            elif key.endswith("_in_millis"):
                out[key.removesuffix("_in_millis")] = print_time_ms(value)
            elif key.endswith("_in_nanos"):
                out[key.removesuffix("_in_nanos")] = print_time_ns(value)
        out[key] = with_twins(value)
    return out
