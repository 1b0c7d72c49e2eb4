"""The last steps on a rollup answer: gaps between merged buckets, and types in the names."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from esmock.features.rollup.select import split

Json = Any


def fill_gaps(name: str, body: dict[str, Json], answer: dict[str, Json]) -> None:
    """Add the empty buckets that a reduction of several answers adds; they show the internal sub-aggregations.

    Source: recording of 6.8.23 (Q8).
    """
    kind, parameters, subs = split(name, body)
    buckets = answer.get("buckets")
    if kind != "date_histogram" or not isinstance(buckets, list) or int(parameters.get("min_doc_count", 0)):
        return
    from esmock.mapping.dates.zone import zone_of
    from esmock.search.aggs.rounding import Roundings
    from esmock.xcontent.units import parse_time_ms

    zone = zone_of(str(parameters.get("time_zone", "UTC")))
    interval = str(parameters.get("calendar_interval") or parameters.get("fixed_interval") or parameters.get("interval"))
    if interval in Roundings.units and "fixed_interval" not in parameters:
        rounding = Roundings.calendar(Roundings.units[interval], zone, 0)
    else:
        rounding = Roundings.fixed(parse_time_ms(interval, "interval"), zone, 0)
    empty = _empty(name, subs)
    filled: list[Json] = []
    for bucket in buckets:
        while filled and (following := int(rounding.next(filled[-1]["key"]))) < bucket["key"]:
            filled.append({"key_as_string": _shown(following), "key": following, "doc_count": 0, **empty})
        filled.append(bucket)
    buckets[:] = filled


def _empty(name: str, subs: dict[str, Json]) -> dict[str, Json]:
    out: dict[str, Json] = {}
    for sub, body in subs.items():
        kind = split(sub, body)[0]
        if kind == "avg":
            out[f"{sub}.value"] = {"value": 0.0}
            out[f"{sub}._count"] = {"value": 0.0}
        elif kind in ("min", "max"):
            out[sub] = {"value": None}
        elif kind in ("sum", "value_count"):
            out[sub] = {"value": 0.0}
    out[f"{name}._count"] = {"value": 0.0}
    return out


def _shown(instant_ms: int) -> str:
    moment = datetime.fromtimestamp(instant_ms / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant_ms % 1000:03d}Z"


def typed_name(name: str, kind: str, answer: dict[str, Json]) -> str:
    """A name with its type, as ``typed_keys`` asks for."""
    if kind != "terms":
        return f"{kind}#{name}"
    buckets = answer.get("buckets") or []
    first = buckets[0]["key"] if buckets else ""
    return f"{'sterms' if isinstance(first, str) else 'lterms'}#{name}"


def with_types(aggs: dict[str, Json], answers: dict[str, Json]) -> dict[str, Json]:
    """Aggregations under typed names, at every level; the internal sums of filled gaps included."""
    out: dict[str, Json] = {}
    for name, answer in answers.items():
        body = aggs.get(name)
        if body is None:
            out[f"sum#{name}" if isinstance(answer, dict) and set(answer) == {"value"} else name] = answer
            continue
        kind, _, subs = split(name, body)
        out[typed_name(name, kind, answer)] = _typed_buckets(subs, answer)
    return out


def _typed_buckets(subs: dict[str, Json], answer: dict[str, Json]) -> dict[str, Json]:
    buckets = answer.get("buckets")
    if buckets is None:
        return answer
    if isinstance(buckets, dict):
        return {**answer, "buckets": {key: with_types(subs, one) for key, one in buckets.items()}}
    return {**answer, "buckets": [with_types(subs, one) for one in buckets]}
