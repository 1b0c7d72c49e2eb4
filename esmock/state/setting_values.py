"""How the values of settings are read, by kind: numbers, units, words, lists.

Source: recordings of 7.10.2, 7.17.29 and 8.19.21.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, ElasticsearchParse, IllegalArgument, NumberFormat
from esmock.xcontent.java_number import java_double, parse_double, parse_int, parse_long
from esmock.xcontent.units import byte_sizes, parse_byte_size, parse_time

if TYPE_CHECKING:
    from esmock.version import Behaviour


def read_value(name: str, kind: str, value: Any, behaviour: Behaviour) -> Any:
    """Read the value of a setting.

    Args:
        kind: a word of ``_READERS``, then bounds or allowed words.

    Raises:
        IllegalArgument: also around parse errors of units.
    """
    word, *bounds = kind.split()
    text = java_list(value) if isinstance(value, list) and word not in LISTS else value
    try:
        return _READERS[word](name, text, bounds, behaviour)
    except ElasticsearchParse as cause:
        raise IllegalArgument(cause.reason, cause=cause) from None
    except NumberFormat as cause:
        raise IllegalArgument(f"Failed to parse value [{text}] for setting [{name}]", cause=cause) from None


def java_list(values: Iterable[Any]) -> str:
    """A list as Java prints it."""
    return f"[{', '.join(map(str, values))}]"


def _number(parse: Callable[[str], Any], shown: Callable[[Any], str], most: int) -> Callable[..., Any]:
    def read(name: str, text: str, bounds: list[str], behaviour: Behaviour) -> Any:
        try:
            value = parse(text)
        except NumberFormat as cause:
            if behaviour.major >= 8 and most and re.fullmatch(r"[+-]?\d+", text):
                edge = "must be >= " + bounds[0] if text.startswith("-") and bounds else f"must be <= {most}"
                raise IllegalArgument(f"Failed to parse value [{text}] for setting [{name}] {edge}") from None
            raise IllegalArgument(f"Failed to parse value [{text}] for setting [{name}]", cause=cause) from None
        least = parse(bounds[0]) if bounds else None
        greatest = parse(bounds[1]) if len(bounds) > 1 else None
        if least is not None and value < least:
            raise IllegalArgument(f"Failed to parse value [{text}] for setting [{name}] must be >= {shown(least)}")
        if greatest is not None and value > greatest:
            raise IllegalArgument(f"Failed to parse value [{text}] for setting [{name}] must be <= {shown(greatest)}")
        return value

    return read


def read_boolean(name: str, text: str, bounds: list[str], behaviour: Behaviour) -> bool:
    """``true`` or ``false``, nothing else. Raises IllegalArgument."""
    if text in ("true", "false"):
        return text == "true"
    raise IllegalArgument(f"Failed to parse value [{text}] as only [true] or [false] are allowed.")


def _time(name: str, text: str, bounds: list[str], behaviour: Behaviour) -> int:
    value = parse_time(text, name).millis
    if bounds and value < parse_time(bounds[0], name).millis:
        raise IllegalArgument(f"failed to parse value [{text}] for setting [{name}], must be >= [{bounds[0]}]")
    if len(bounds) > 1 and value > parse_time(bounds[1], name).millis:
        raise IllegalArgument(f"failed to parse value [{text}] for setting [{name}], must be <= [{bounds[1]}]")
    return value


def _bytes(name: str, text: str, bounds: list[str], behaviour: Behaviour) -> int:
    value = parse_byte_size(text, name, sizes=byte_sizes(behaviour))
    if bounds and value < parse_byte_size(bounds[0], name):
        raise IllegalArgument(f"failed to parse value [{text}] for setting [{name}], must be >= [{bounds[0]}]")
    return value


def _ratio(name: str, text: str, bounds: list[str], behaviour: Behaviour) -> Any:
    """A share of memory or disk: percent, or a size."""
    if text.endswith("%"):
        try:
            return parse_double(text[:-1])
        except NumberFormat as cause:
            raise ElasticsearchParse(f"failed to parse [{text}] as a double", cause=cause) from None
    return parse_byte_size(text, name, sizes=byte_sizes(behaviour))


def _watermark(name: str, text: str, bounds: list[str], behaviour: Behaviour) -> Any:
    """A share of a disk, or a size; since 8.0 also a fraction, and a share is at most 100%."""
    if behaviour.major < 8:
        return _watermark_seven(name, text, behaviour)
    try:
        share = parse_double(text[:-1]) / 100 if text.endswith("%") else parse_double(text)
        if 0 <= share <= 1:
            return share
    except NumberFormat:
        pass
    try:
        return parse_byte_size(text, name, sizes=byte_sizes(behaviour))
    except ElasticsearchParse as cause:
        reason = f"unable to parse [{name}={text}] as either percentage or bytes"
        raise ElasticsearchParse(reason, cause=cause) from None


def _watermark_seven(name: str, text: str, behaviour: Behaviour) -> Any:
    """Why a text is no share comes along, as suppressed, with why it is no size."""
    try:
        return parse_ratio(text)
    except ElasticsearchParse as unread:
        try:
            return parse_byte_size(text, name, sizes=byte_sizes(behaviour))
        except ElasticsearchParse as error:
            error.suppressed.append(unread)
            raise


def parse_ratio(text: str) -> float:
    """A share between 0 and 1, of percents or of a fraction. Raises ElasticsearchParse."""
    if text.endswith("%"):
        number = text[:-1]
        try:
            percents = parse_double(number)
        except NumberFormat as cause:
            raise ElasticsearchParse(f"Failed to parse [{number}] as a double", cause=cause) from None
        if not 0 <= percents <= 100:
            raise ElasticsearchParse(f"Percentage should be in [0-100], got [{number}]")
        return percents / 100
    try:
        share = parse_double(text)
    except NumberFormat:
        raise ElasticsearchParse(f"Invalid ratio or percentage [{text}]") from None
    if not 0 <= share <= 1:
        raise ElasticsearchParse(f"Ratio should be in [0-1.0], got [{java_double(share)}]")
    return share


def _enum(name: str, text: str, bounds: list[str], behaviour: Behaviour) -> str:
    java, *words = bounds
    if text.lower() not in words:
        raise IllegalArgument(f"No enum constant {java}.{text.upper()}")
    return text.lower()


def _auto_expand(name: str, text: str, bounds: list[str], behaviour: Behaviour) -> str:
    if text == "false":
        return text
    dash = text.find("-")
    if dash == -1:
        raise IllegalArgument(f"failed to parse [{name}] from value: [{text}] at index {dash}")
    least, greatest = text[:dash], text[dash + 1 :]
    try:
        low = parse_int(least)
        high = None if greatest == "all" else parse_int(greatest)
    except NumberFormat as cause:
        error = IllegalArgument(f"failed to parse [{name}] from value: [{text}] at index {dash}")
        if dash:
            error.cause = cause
        raise error from None
    if high is not None and low > high:
        raise IllegalArgument(f"[{name}] minReplicas must be =< maxReplicas but wasn't {low} > {high}")
    return text


def _codec(name: str, text: str, bounds: list[str], behaviour: Behaviour) -> str:
    if text not in ("default", "best_compression", "lucene_default"):
        raise IllegalArgument(f"unknown value for [{name}] must be one of [default, best_compression] but was: {text}")
    return text


def _compound_format(name: str, text: str, bounds: list[str], behaviour: Behaviour) -> Any:
    if text.lower() in ("true", "false"):
        return text
    try:
        ratio = parse_double(text)
    except NumberFormat as cause:
        if behaviour.major >= 8:
            try:
                return parse_byte_size(text, name)
            except ApiError:
                raise IllegalArgument(
                    f"{name} must be a boolean, a non-negative byte size or a ratio in the interval [0..1] but was: "
                    f"[{text}]",
                    cause=cause,
                ) from None
        raise IllegalArgument(
            f"Expected a boolean or a value in the interval [0..1] but was: [{text}]", cause=cause
        ) from None
    if not 0 <= ratio <= 1 and behaviour.major >= 8:
        raise IllegalArgument(
            f"{name} must be a boolean, a non-negative byte size or a ratio in the interval [0..1] but was: [{java_double(ratio)}]"
        )
    if not 0 <= ratio <= 1:
        raise IllegalArgument(f"NoCFSRatio must be in the interval [0..1] but was: [{java_double(ratio)}]")
    return ratio


def _words(error: str, *words: str) -> Callable[..., str]:
    def read(name: str, text: str, bounds: list[str], behaviour: Behaviour) -> str:
        if text not in words:
            raise IllegalArgument(error.format(name=name, text=text))
        return text

    return read


def _slowlog_source(name: str, text: str, bounds: list[str], behaviour: Behaviour) -> Any:
    try:
        return parse_int(text)
    except NumberFormat:
        if text not in ("true", "false"):
            raise IllegalArgument(f"Failed to parse value [{text}] as only [true] or [false] are allowed.") from None
        return text


def _expunge(name: str, text: str, bounds: list[str], behaviour: Behaviour) -> Any:
    value = _number(parse_double, java_double, 0)(name, text, bounds, behaviour)
    if value > 100:
        raise IllegalArgument(
            f"forceMergeDeletesPctAllowed must be between 0.0 and 100.0 inclusive (got {java_double(value)})"
        )
    return value


def _removed(name: str, text: str, bounds: list[str], behaviour: Behaviour) -> Any:
    raise IllegalArgument(f"Setting [{name}] was removed in version {bounds[0]}")


def _rate(name: str, text: str, bounds: list[str], behaviour: Behaviour) -> Any:
    """``75/5m``: how many in what time."""
    if text in bounds:
        return text
    count, slash, period = text.partition("/")
    if not slash or not count.strip() or not period.strip():
        raise IllegalArgument(
            f"parameter must contain a positive integer and a timevalue, i.e. 10/1m, but was [{text}]"
        )
    try:
        number = parse_int(count)
    except NumberFormat as cause:
        raise IllegalArgument(f"could not parse [{count}] as integer in value [{text}]", cause=cause) from None
    if number < 0:
        raise IllegalArgument(f"rate [{number}] must be positive")
    if parse_time(period, name).millis <= 0:
        raise IllegalArgument(f"time value [{period}] must be positive")
    return text


def _auto_create(name: str, text: str, bounds: list[str], behaviour: Behaviour) -> Any:
    """A boolean, or patterns of names that may or may not be made."""
    for one in as_list(text):
        if one in ("-", "+"):
            raise IllegalArgument(f"Can't parse [{text}] for setting [{name}] must contain an index name after [{one}]")
    return text


def parse_active_shards(text: str) -> int | str:
    """``all`` or a count. Raises IllegalArgument; -2, which Java means by "default", is refused too."""
    if text == "all":
        return "all"
    try:
        count = parse_int(text)
    except NumberFormat as cause:
        raise IllegalArgument(f"cannot parse ActiveShardCount[{text}]", cause=cause) from None
    if count < 0:
        raise IllegalArgument("shard count cannot be a negative value")
    return count


def _active_shards(name: str, text: str, bounds: list[str], behaviour: Behaviour) -> Any:
    return parse_active_shards(text)


def _decider(word: str, java: str, *words: str) -> Callable[..., str]:
    def read(name: str, text: str, bounds: list[str], behaviour: Behaviour) -> str:
        if text.lower() not in words:
            if behaviour.newer_jackson:
                raise IllegalArgument(
                    f"No enum constant org.elasticsearch.cluster.routing.allocation.decider.EnableAllocationDecider."
                    f"{java}.{text.upper()}"
                )
            raise IllegalArgument(f"Illegal {word}.enable value [{text.upper()}]")
        return text.lower()

    return read


def as_list(value: Any) -> list[str]:
    """The values of a list setting, which may be written as one text with commas."""
    if isinstance(value, list):
        return [str(one) for one in value]
    return [one.strip() for one in str(value).split(",")] if value not in (None, "") else []


def _each(read_one: Callable[[str], Any]) -> Callable[..., Any]:
    def read(name: str, value: Any, bounds: list[str], behaviour: Behaviour) -> list[str]:
        values = as_list(value)
        for one in values:
            read_one(one)
        return values

    return read


def _sort_word(error: str, *words: str) -> Callable[[str], None]:
    def check(text: str) -> None:
        if text.lower() not in words:
            raise IllegalArgument(error.format(text=text))

    return check


def _sort_mode(text: str) -> None:
    _sort_word("Illegal sort mode: {text}", "avg", "max", "median", "min", "sum")(text)
    if text.lower() not in ("max", "min"):
        raise IllegalArgument(f"Illegal index sort mode:[{text.upper()}], must be one of [MAX, MIN]")


_TIERS = ("data_warm", "data_frozen", "data_content", "data_cold", "data_hot")


def _tier(name: str, text: str, bounds: list[str], behaviour: Behaviour) -> str:
    bad = [one for one in as_list(text) if one not in _TIERS]
    if bad:
        raise IllegalArgument(f"invalid tier names found in [{text}] allowed values are [{', '.join(_TIERS)}]")
    return text


def _text(name: str, value: Any, bounds: list[str], behaviour: Behaviour) -> Any:
    return value


LISTS = ("list", "sort_order", "sort_mode", "sort_missing")
_READERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "int": _number(parse_int, str, 2**31 - 1),
        "long": _number(parse_long, str, 2**63 - 1),
        "double": _number(parse_double, java_double, 0),
        "bool": read_boolean,
        "time": _time,
        "bytes": _bytes,
        "ratio": _ratio,
        "watermark": _watermark,
        "enum": _enum,
        "auto_expand": _auto_expand,
        "codec": _codec,
        "compound_format": _compound_format,
        "fielddata_cache": _words("failed to parse [{text}] must be one of [node,none]", "node", "none"),
        "check_on_startup": _words(
            "unknown value for [{name}] must be one of [true, false, checksum] but was: {text}",
            "true",
            "false",
            "checksum",
        ),
        "fs_lock": _words('unrecognized [{name}] "{text}": must be native or simple', "native", "simple"),
        "slowlog_source": _slowlog_source,
        "expunge": _expunge,
        "removed": _removed,
        "rate": _rate,
        "auto_create": _auto_create,
        "no_master_block": _words(
            "invalid no-master block [{text}], must be one of [all, write, metadata_write]",
            "all",
            "write",
            "metadata_write",
        ),
        "active_shards": _active_shards,
        "allocation_enable": _decider("allocation", "Allocation", "all", "none", "primaries", "new_primaries"),
        "rebalance_enable": _decider("rebalance", "Rebalance", "all", "none", "primaries", "replicas"),
        "list": _each(lambda text: text),
        "sort_order": _each(_sort_word("Illegal sort order:{text}", "asc", "desc")),
        "sort_mode": _each(_sort_mode),
        "sort_missing": _each(
            _sort_word("Illegal missing value:[{text}], must be one of [_last, _first]", "_last", "_first")
        ),
        "tier": _tier,
        "date": _text,
        "text": _text,
    }
)
