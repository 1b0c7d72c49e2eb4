"""Data streams of time series: each backing index holds a part of time, and documents go where their time lies. Docs: tsds.

Source: the makers' tests (data_stream/150_tsdb) and the published classes DataStreamIndexSettingsProvider and DataStream; no engine
with the module was at hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument, Parsing
from esmock.mapping.dates.formatter import date_formatter
from esmock.mapping.series_id import is_time_series
from esmock.xcontent import reading
from esmock.xcontent.located import token
from esmock.xcontent.units import parse_time_ms

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.templates import Applied
    from esmock.state.write_request import WriteRequest

Json = Any
START, END = "index.time_series.start_time", "index.time_series.end_time"
_FORMAT = "strict_date_optional_time_nanos||strict_date_optional_time||epoch_millis"
_NANOS, _SECOND = 1_000_000, 1_000
_PROBLEM = "Error extracting data stream timestamp field: "


def part_settings(cluster: Cluster, applied: Applied, latest: Index | None) -> dict[str, Any]:
    """What a new backing index of a time series gets where its template does not say otherwise.

    Args:
        latest: the write index so far, after whose part of time the new one begins.
    """
    settings = applied.settings
    if not is_time_series(settings):
        return {}
    now = cluster.clock.now_ms()
    ahead = parse_time_ms(settings.get("index.look_ahead_time") or cluster.behaviour.look_ahead_time, "index.look_ahead_time")
    back = parse_time_ms(settings.get("index.look_back_time") or "2h", "index.look_back_time")
    before = None if latest is None else latest.settings.get(END)
    start = now - back if before is None else _parsed(str(before)) // _NANOS
    end = max(now, start if before is not None else now) + ahead
    out: dict[str, Any] = {START: _shown(start), END: _shown(end)}
    if settings.get("index.routing_path") is None:
        paths = list(dict.fromkeys(path for body in applied.mappings for path in _dimensions(body)))
        out |= {"index.routing_path": paths} if paths else {}
    return {name: value for name, value in out.items() if settings.get(name) is None}


def _dimensions(body: Json, path: str = "") -> Iterator[str]:
    """The fields of a mapping by which documents are told apart, and the patterns that make such fields."""
    for name, node in (body.get("properties") or {}).items():
        full = f"{path}.{name}" if path else name
        if node.get("time_series_dimension") in (True, "true"):
            yield full
        yield from _dimensions(node, full)
    for template in body.get("dynamic_templates") or ():
        for one in template.values():
            pattern = one.get("path_match")
            if pattern and (one.get("mapping") or {}).get("time_series_dimension") in (True, "true"):
                yield from [pattern] if isinstance(pattern, str) else pattern


def _shown(millis: int) -> str:
    return date_formatter("strict_date_optional_time").format_ns(millis // _SECOND * _SECOND * _NANOS)


def _parsed(text: str) -> int:
    return date_formatter("strict_date_optional_time||epoch_millis").parse_ns(text)


def parts(indices: list[Index]) -> list[tuple[int, int, Index]]:
    """The parts of time of backing indices, in nanoseconds, the latest index first."""
    found = [one for one in reversed(indices) if one.is_time_series]
    return [(_parsed(str(one.settings[START])), _parsed(str(one.settings[END])), one) for one in found]


def index_for(cluster: Cluster, names: tuple[str, ...], request: WriteRequest) -> Index:
    """The backing index in whose part of time a document lies. Raises IllegalArgument."""
    indices = [cluster.indices[name] for name in names]
    if not indices[-1].is_time_series:
        return indices[-1]
    at = _timestamp(cluster, request)
    found = parts(indices)
    for start, end, index in found:
        if start <= at < end:
            return index
    text = date_formatter("strict_date_optional_time").format_ns(at)
    ranges = ", ".join(f"[{_shown(start // _NANOS)},{_shown(end // _NANOS)}]" for start, end, _ in found)
    raise IllegalArgument(f"the document timestamp [{text}] is outside of ranges of currently writable indices [{ranges}]")


def _timestamp(cluster: Cluster, request: WriteRequest) -> int:
    tree = reading.read_all(request.source, "json", cluster.behaviour)
    try:
        if not isinstance(tree, dict) or "@timestamp" not in tree:
            raise Parsing("Failed to parse object: expecting token of type [FIELD_NAME] but found [END_OBJECT]")
        value = tree["@timestamp"]
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise Parsing(f"Failed to parse object: expecting token of type [VALUE_STRING] or [VALUE_NUMBER] but found [{token(value)}]")
        return value * _NANOS if isinstance(value, int) else date_formatter(_FORMAT).parse_ns(value)
    except ApiError as error:
        raise IllegalArgument(_PROBLEM + str(error.reason), cause=error) from None


def temporal_ranges(indices: list[Index]) -> list[dict[str, str]]:
    """The parts of time of backing indices, those that adjoin as one."""
    out: list[list[int]] = []
    for start, end, _ in sorted(parts(indices), key=lambda one: one[:2]):
        if out and out[-1][1] == start:
            out[-1][1] = end
        else:
            out.append([start, end])
    return [{"start": _shown(start // _NANOS), "end": _shown(end // _NANOS)} for start, end in out]
