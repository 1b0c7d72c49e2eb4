"""Which job answers an aggregation tree. Source: recordings of 6.8.23 (Q18 to Q20, Q8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument
from esmock.features.rollup.caps import field_caps
from esmock.features.rollup.intervals import CALENDAR_MS
from esmock.mapping.dates import joda
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.units import parse_time_ms

if TYPE_CHECKING:
    from esmock.version import Behaviour, RollupTraits

Json = Any
Job = dict[str, Json]
BUCKETS = ("date_histogram", "histogram", "terms")
METRICS = ("min", "max", "sum", "avg", "value_count")
_COMPARED_MS = (-2_200_000_000_000, 2_200_000_000_000)
"""1900 to 2039: the span over which zones are compared."""

_JAVA_NAMES = {"geohash_grid": "GeoHashGrid", "geotile_grid": "GeoTileGrid"}


def without_pipelines(aggs: dict[str, Json], behaviour: Behaviour) -> dict[str, Json]:
    """The aggregations of a level and below; rollup search passes over what works on others' results."""
    from esmock.search.aggs.registry import types

    known = types(behaviour)
    out = {}
    for name, body in aggs.items():
        if any(getattr(known.get(key), "is_pipeline", False) for key in body):
            continue
        subs = {key: without_pipelines(body[key], behaviour) for key in ("aggs", "aggregations") if key in body}
        out[name] = {**body, **subs}
    return out


def split(name: str, body: dict[str, Json]) -> tuple[str, dict[str, Json], dict[str, Json]]:
    """(kind, parameters, sub-aggregations) of one aggregation.

    Raises:
        IllegalArgument: a kind that rollup cannot translate.
    """
    subs = body.get("aggs", body.get("aggregations")) or {}
    kind = next(key for key in body if key not in ("aggs", "aggregations", "meta"))
    if kind not in BUCKETS and kind not in METRICS:
        java = _JAVA_NAMES.get(kind) or "".join(part.capitalize() for part in kind.split("_"))
        raise IllegalArgument(
            f"Unable to translate aggregation tree into Rollup.  Aggregation [{name}] is of type "
            f"[{java}AggregationBuilder] which is currently unsupported."
        )
    return kind, body[kind], subs


def best_jobs(aggs: dict[str, Json], jobs: Iterable[Job], traits: RollupTraits) -> list[Job]:
    """The best job of each branch of the trees; they are looked through, and the best are asked, in the order of a Java HashSet.

    Raises:
        IllegalArgument: no job fits a branch.
    """
    candidates = _hashed(jobs, traits)
    chosen = {job["id"]: job for name, body in aggs.items() for job in _best(name, body, candidates, traits)}
    return _hashed(chosen.values(), traits)


def _hashed(jobs: Iterable[Job], traits: RollupTraits) -> list[Job]:
    """Jobs in the order of a hash set of their capabilities."""
    by_id = {job["id"]: job for job in jobs}
    caps = [
        [job["id"], job["rollup_index"], {field: [one] for field, one in field_caps(job, traits).items()}, job["index_pattern"]]
        for job in by_id.values()
    ]
    return [by_id[one[0]] for one in hash_order(caps)]


def _best(name: str, body: dict[str, Json], jobs: Iterable[Job], traits: RollupTraits) -> list[Job]:
    kind, parameters, subs = split(name, body)
    field = parameters.get("field", "")
    fitting = [job for job in jobs if _fits(kind, parameters, field_caps(job, traits).get(field, ()), traits)]
    if not fitting:
        where = f"on field [{field}]" if kind in BUCKETS else f"with name [{name}]"
        raise IllegalArgument(
            f"There is not a rollup job that has a [{kind}] agg {where} which also satisfies all requirements of query."
        )
    if kind in METRICS or not subs:
        return [max(fitting, key=_rank)]
    return [job for sub, sub_body in subs.items() for job in _best(sub, sub_body, fitting, traits)]


def _fits(kind: str, parameters: dict[str, Json], caps: Iterable[dict[str, Json]], traits: RollupTraits) -> bool:
    return any(cap["agg"] == kind and _satisfies(kind, parameters, cap, traits) for cap in caps)


def _satisfies(kind: str, parameters: dict[str, Json], cap: dict[str, Json], traits: RollupTraits) -> bool:
    if kind == "date_histogram":
        wanted, have = parameters.get("time_zone", "UTC"), cap.get("time_zone", "UTC")
        is_same = _same_rules(wanted, have) if traits.zones_compared_by_rules else joda.id_of(wanted) == have
        return is_same and _interval_fits(parameters, cap)
    if kind == "histogram":
        width, least = float(parameters["interval"]), float(cap["interval"])
        return least <= width and width % least == 0
    return True


def _same_rules(one: str, other: str) -> bool:
    """Whether two zones have the same rules, whatever their names."""
    from esmock.mapping.dates.zone import zone_of
    from esmock.search.aggs.zones import ZoneOffsets

    first, second = zone_of(one), zone_of(other)
    if first is second:
        return True
    rules = [ZoneOffsets.over(zone, *_COMPARED_MS) for zone in (first, second)]
    return all(
        list(getattr(rules[0], part)) == list(getattr(rules[1], part)) for part in ("starts", "offsets")
    )


def _interval_fits(parameters: dict[str, Json], cap: dict[str, Json]) -> bool:
    """Whether buckets of the asked interval can be made of a job's. Raises IllegalArgument for an interval that is none."""
    wanted_calendar = parameters.get("calendar_interval")
    wanted_fixed = parameters.get("fixed_interval")
    legacy = parameters.get("interval")
    if legacy is not None:
        if legacy in CALENDAR_MS:
            wanted_calendar = legacy
        else:
            wanted_fixed = legacy if isinstance(legacy, str) else f"{int(legacy)}ms"
    have = cap.get("interval")
    if wanted_calendar is not None:
        unit = cap.get("calendar_interval", have)
        if unit not in CALENDAR_MS or wanted_calendar not in CALENDAR_MS:
            return False
        return bool(CALENDAR_MS[unit] <= CALENDAR_MS[wanted_calendar])
    fixed = cap.get("fixed_interval", have)
    if wanted_fixed is None or fixed is None or (have is not None and have in CALENDAR_MS):
        return False
    have_ms = parse_time_ms(fixed, "date_histo.config.interval")
    wanted_ms = parse_time_ms(wanted_fixed, "date_histo.request.interval")
    return have_ms <= wanted_ms and wanted_ms % have_ms == 0


def _rank(job: Job) -> tuple[float, float, float]:
    """Larger is better: coarser dates, then no or coarser histograms, then fewer terms."""
    groups = job["groups"]
    date = groups["date_histogram"]
    text = date.get("fixed_interval") or date.get("calendar_interval") or date.get("interval") or "0ms"
    size = CALENDAR_MS.get(text) or parse_time_ms(text, "interval")
    histogram = groups.get("histogram")
    width = float("inf") if histogram is None else float(histogram["interval"])
    return float(size), width, -float(len((groups.get("terms") or {}).get("fields", ())))
