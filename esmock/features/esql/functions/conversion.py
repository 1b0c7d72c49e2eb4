"""Functions that make values of one type of those of another. Docs: esql-type-conversion-functions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from esmock.errors import ApiError
from esmock.features.esql.block import Block, array
from esmock.features.esql.functions.dates import NANOS, parse_ms, text_of
from esmock.features.esql.functions.function import Evaluation, Failures, Function, by_each_value
from esmock.features.esql.tree import Call
from esmock.features.esql.types import ANY, LIMITS, NUMERIC, STRINGS, Accepts, ip_bytes, ip_text, point_of, point_text
from esmock.mapping.dates.formatter import date_formatter
from esmock.mapping.keywords import encoded_version, shown_version
from esmock.xcontent.java_number import java_double

Json = Any
_INVALID = "org.elasticsearch.xpack.esql.core.InvalidArgumentException: "
_ILLEGAL = "java.lang.IllegalArgumentException: "
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[dDfF]?\s*")


class _Unfit(Exception):
    """A value that cannot be converted: the Java class and message."""


def printed(kind: str) -> Callable[[Json], str]:
    """What prints values of a type."""
    if kind in ("datetime", "date_nanos"):
        return lambda value: text_of(kind, value)
    if kind == "double":
        return java_double
    if kind == "boolean":
        return lambda value: "true" if value else "false"
    if kind == "ip":
        return ip_text
    if kind == "version":
        return shown_version
    if kind in ("geo_point", "cartesian_point"):
        return point_text
    return str


def _whole(kind: str) -> Callable[[Json], Json]:
    low, high = LIMITS[kind]

    def convert(value: Json) -> Json:
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, str):
            value = _number(value, kind)
        found = _half_up(value) if isinstance(value, float) and kind != "unsigned_long" else value
        if isinstance(found, float):
            found = int(found) if np.isfinite(found) else found
        if not isinstance(found, int) or not low <= found <= high:
            shown = java_double(value) if isinstance(value, float) else value
            raise _Unfit(f"{_INVALID}[{shown}] out of [{kind}] range")
        return found

    return convert


def _half_up(value: float) -> Json:
    """ES: as Java's ``Math.round``."""
    import math

    return math.floor(value + 0.5) if math.isfinite(value) else value


def _number(text: str, kind: str) -> Json:
    stripped = text.strip()
    if re.fullmatch(r"[+-]?\d+", stripped):
        return int(stripped)
    if _NUMBER.fullmatch(text):
        return float(stripped.rstrip("dDfF"))
    if kind == "unsigned_long":
        raise _Unfit(
            f"java.lang.NumberFormatException: Character {stripped[:1]} is neither a decimal digit number, decimal point, nor "
            '"e" notation exponential mark.'
        )
    raise _Unfit(f"{_INVALID}Cannot parse number [{text}]")


def _double(value: Json) -> Json:
    if isinstance(value, str):
        if not _NUMBER.fullmatch(value) and value.strip() not in ("NaN", "Infinity", "-Infinity"):
            raise _Unfit(f"{_INVALID}Cannot parse number [{value}]")
        return float(value.strip().rstrip("dDfF"))
    return float(value)


def _boolean(value: Json) -> Json:
    return value.lower() == "true" if isinstance(value, str) else bool(value)


def _datetime(source: str) -> Callable[[Json], Json]:
    def convert(value: Json) -> Json:
        if value == "":
            raise _Unfit(f"{_ILLEGAL}cannot parse empty datetime")
        if isinstance(value, str):
            try:
                return parse_ms(value)
            except ApiError as error:
                raise _Unfit(f"{_ILLEGAL}{error.reason}") from None
        if source == "date_nanos":
            return value // NANOS
        return _half_up(value) if isinstance(value, float) else value

    return convert


def _nanos(source: str) -> Callable[[Json], Json]:
    def convert(value: Json) -> Json:
        if isinstance(value, str):
            try:
                return date_formatter("strict_date_optional_time_nanos").parse_ns(value)
            except ApiError as error:
                raise _Unfit(f"{_ILLEGAL}{error.reason}") from None
        if source == "datetime":
            if value < 0:
                raise _Unfit(f"{_ILLEGAL}milliSeconds [{value}] are before the epoch in 1970 and cannot be converted to nanoseconds")
            return value * NANOS
        return _half_up(value) if isinstance(value, float) else value

    return convert


def _ip(value: Json) -> Json:
    if isinstance(value, bytes):
        return value
    try:
        return ip_bytes(value)
    except ApiError as error:
        raise _Unfit(f"{_ILLEGAL}{error.reason}") from None


def _point(value: Json) -> Json:
    if isinstance(value, tuple):
        return value
    found = point_of(value)
    if found is None:
        word = re.match(r"\s*([\w.+-]*)", value)
        raise _Unfit(f"{_ILLEGAL}Failed to parse WKT: Unknown geometry type: {word[1].lower() if word is not None else ''}")
    return found


def _converter(kind: str) -> Any:
    def evaluate(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
        source = call.arguments[0].type
        if source == kind:
            return blocks[0]
        convert = _how(kind, source)

        def kernel(run: Evaluation, failures: Failures, values: np.ndarray, *rest: Block) -> Any:
            out: list[Json] = []
            kept = np.ones(len(values), bool)
            for at, value in enumerate(values.tolist()):
                try:
                    out.append(convert(value))
                except _Unfit as error:
                    failures.add(str(error))
                    kept[at] = False
                    out.append(0)
            return array(kind, out), kept

        return by_each_value(kernel)(run, call, blocks[:1])

    return evaluate


def _how(kind: str, source: str) -> Callable[[Json], Json]:
    if kind in LIMITS:
        return _whole(kind)
    special = {"datetime": _datetime, "date_nanos": _nanos, "keyword": printed}
    if kind in special:
        return special[kind](source)
    plain: dict[str, Callable[[Json], Json]] = {
        "double": _double, "boolean": _boolean, "ip": _ip, "geo_point": _point, "cartesian_point": _point, "version": encoded_version,
    }  # fmt: skip
    return plain[kind]


def convert_text(text: str, kind: str) -> Json:
    """A text as a value of a type. Raises ValueError with why it is none."""
    try:
        return _how(kind, "keyword")(text)
    except _Unfit as error:
        raise ValueError(str(error).split(": ", 1)[1]) from None


_KINDS_OF = {"numeric": NUMERIC, "string": STRINGS, "counter_double": (), "counter_integer": (), "counter_long": ()}
"""Words for several types; counters are not built."""
_COUNTERS = "counter_double or counter_integer or counter_long"
_TABLE: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    # name, type of the result, types that are taken as a complaint names them, other names
    ("to_boolean", "boolean", "boolean or numeric or string", ("to_bool",)),
    ("to_cartesianpoint", "cartesian_point", "cartesian_point or string", ()),
    ("to_date_nanos", "date_nanos", "date_nanos or datetime or double or long or string or unsigned_long", ("to_datenanos",)),
    ("to_datetime", "datetime", "date_nanos or datetime or numeric or string", ("to_dt",)),
    ("to_double", "double", f"boolean or {_COUNTERS} or datetime or numeric or string", ("to_dbl",)),
    ("to_geopoint", "geo_point", "geo_point or string", ()),
    ("to_integer", "integer", "boolean or counter_integer or datetime or numeric or string", ("to_int",)),
    ("to_ip", "ip", "ip or string", ()),
    ("to_long", "long", "boolean or counter_integer or counter_long or date_nanos or datetime or numeric or string", ()),
    ("to_unsigned_long", "unsigned_long", "boolean or datetime or numeric or string", ("to_ul", "to_ulong")),
    ("to_version", "version", "string or version", ("to_ver",)),
)


def _function(name: str, kind: str, taken: str, aliases: tuple[str, ...]) -> Function:
    kinds = tuple(one for word in taken.split(" or ") for one in _KINDS_OF.get(word, (word,)))
    return Function(name, (Accepts(kinds, taken),), kind, _converter(kind), aliases=aliases)


FUNCTIONS = (
    *(_function(*line) for line in _TABLE),
    Function("to_string", (ANY,), "keyword", _converter("keyword"), aliases=("to_str",)),
)
