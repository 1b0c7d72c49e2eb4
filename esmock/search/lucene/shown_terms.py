"""How terms and values of fields are written in Lucene's words.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.mapping.flattened import SEPARATOR
from esmock.mapping.numeric import Decimal
from esmock.mapping.ranges import Range as RangeField
from esmock.search.lucene.node import (
    Binding,
    Leaf,
    number,
    term,
)
from esmock.xcontent.java_number import java_double

if TYPE_CHECKING:
    from esmock.mapping.field import Field

NONE = 'User requested "match_none" query.'
DECIMALS = ("float", "double", "half_float")
LONG = (-(2**63), 2**63 - 1)
BY_NUMBERS, BY_TERMS = "SortedNumericDocValuesRangeQuery", "SortedSetDocValuesRangeQuery"
"""What looks at columns where there is no index."""
BLENDED = "MultiTermQueryConstantScoreBlendedWrapper"


def told(one: Field, *texts: str, opening: str = "", closing: str = "") -> str:
    """Terms as they are indexed: those of a flattened field's keys stand in one field, each behind its key."""
    key = getattr(one, "searched", None)
    path = one.path
    if key is not None:
        path, texts = one.statistics_path, tuple(key + SEPARATOR + text for text in texts)  # type: ignore[attr-defined]
    return f"{path}:{opening}{' '.join(texts)}{closing}"


def term_of(one: Field, text: str, raw: Any = None) -> Leaf:
    """A term of a field."""
    return term(one.path, text, raw, told(one, text))


def shown(one: Field, value: Any) -> str:
    """A value of a field as points are written."""
    if one.name == "ip":
        text = str(one.format_value(value))
        return address_shown(text)
    if isinstance(one, RangeField) and one.name == "ip_range":
        return f"/{shown(one.element, one.element.term(value))}"
    if one.name in ("float", "half_float"):
        return number(float(value))
    if isinstance(one, Decimal):
        return java_double(float(value))
    if one.name == "scaled_float":
        return str(max(LONG[0], min(LONG[1], round(float(value) * one.get("scaling_factor")))))
    return str(value)


def address_shown(text: str) -> str:
    """An address as Java writes it: none of its zeros are left out."""
    return text if ":" not in text else ":".join(f"{int(part, 16):x}" for part in IPv6Address(text).exploded.split(":"))


def as_whole(one: Field, value: Any) -> int:
    """A number as the whole one that its points hold."""
    if one.name in DECIMALS:
        return bits(one, value)
    return int(shown(one, value)) if one.name == "scaled_float" else int(value)


def bound_as(query: Any) -> Binding:
    """How a parsed query is bound."""
    return lambda shard, boost: query.bind(shard, True, boost)


def bits(one: Field, value: float) -> int:
    """A decimal as the whole number that sorts like it."""
    if one.name == "half_float":
        bits = int(np.float16(value).view(np.int16))
        return bits ^ ((bits >> 15) & 0x7FFF)
    if one.name == "float":
        bits = int(np.float32(value).view(np.int32))
        return bits ^ ((bits >> 31) & 0x7FFFFFFF)
    bits = int(np.float64(value).view(np.int64))
    return bits ^ ((bits >> 63) & 0x7FFFFFFFFFFFFFFF)
