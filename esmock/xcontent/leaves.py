"""The values an answer may hold, sorted for writers of other formats than JSON."""

from __future__ import annotations

from typing import Any

from esmock.xcontent.json_writer import F32, RawJson


def leaf(value: Any) -> Any:
    """A value as dict, list, str, bool, None, int, float, F32 or bytes.

    Raises:
        TypeError: the value cannot stand in an answer.
    """
    if value is None or isinstance(value, (str, bool, int, dict, list, bytes)):
        return value
    if type(value) is float or type(value) is F32:
        return value
    if isinstance(value, RawJson):
        return value.tree
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    if type(value).__module__ == "numpy":
        plain = value.item() if value.ndim == 0 else value.tolist()
        return F32(plain) if value.dtype.name == "float32" and isinstance(plain, float) else plain
    raise TypeError(f"not a value of an answer: {type(value)!r}")
