"""Which job answers an aggregation tree. Source: recordings of 6.8.23 (Q18 to Q20, Q8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from esmock.errors import ApiError, IllegalArgument
from esmock.features.rollup.caps import field_caps
from esmock.xcontent.units import parse_time_ms

Json = Any
Job = dict[str, Json]
BUCKETS = ("date_histogram", "histogram", "terms")
METRICS = ("min", "max", "sum", "avg", "value_count")
CALENDAR_MS = {
    **dict.fromkeys(("second", "1s"), 1_000),
    **dict.fromkeys(("minute", "1m"), 60_000),
    **dict.fromkeys(("hour", "1h"), 3_600_000),
    **dict.fromkeys(("day", "1d"), 86_400_000),
    **dict.fromkeys(("week", "1w"), 604_800_000),
    **dict.fromkeys(("month", "1M"), 2_592_000_000),
    **dict.fromkeys(("quarter", "1q"), 7_776_000_000),
    **dict.fromkeys(("year", "1y"), 31_536_000_000),
}
"""Calendar units and their length in milliseconds, for comparing them."""


PIPELINES = frozenset(
    (
        "avg_bucket",
        "max_bucket",
        "min_bucket",
        "sum_bucket",
        "stats_bucket",
        "extended_stats_bucket",
        "percentiles_bucket",
        "bucket_script",
        "bucket_selector",
        "bucket_sort",
        "derivative",
        "cumulative_sum",
        "moving_avg",
        "moving_fn",
        "serial_diff",
    )
)


def is_pipeline(body: dict[str, Json]) -> bool:
    """Whether an aggregation works on others' results; at the top level rollup search passes over it."""
    return any(key in PIPELINES for key in body)


def split(name: str, body: dict[str, Json]) -> tuple[str, dict[str, Json], dict[str, Json]]:
    """(kind, parameters, sub-aggregations) of one aggregation.

    Raises:
        IllegalArgument: a kind that rollup cannot translate.
    """
    subs = body.get("aggs", body.get("aggregations")) or {}
    kind = next(key for key in body if key not in ("aggs", "aggregations", "meta"))
    if kind not in BUCKETS and kind not in METRICS:
        java = "".join(part.capitalize() for part in kind.split("_")) + "AggregationBuilder"
        raise IllegalArgument(
            f"Unable to translate aggregation tree into Rollup.  Aggregation [{name}] is of type [{java}] which is "
            "currently unsupported."
        )
    return kind, body[kind], subs


def best_jobs(name: str, body: dict[str, Json], jobs: Iterable[Job]) -> list[Job]:
    """The best job of each branch of a tree, without repetition. Raises IllegalArgument when none fits."""
    kind, parameters, subs = split(name, body)
    field = parameters.get("field", "")
    fitting = [job for job in jobs if _fits(kind, parameters, field_caps(job).get(field, ()))]
    if not fitting:
        where = f"on field [{field}]" if kind in BUCKETS else f"with name [{name}]"
        raise IllegalArgument(
            f"There is not a rollup job that has a [{kind}] agg {where} which also satisfies all requirements of query."
        )
    if kind in METRICS or not subs:
        return [max(fitting, key=_rank)]
    chosen: list[Job] = []
    for sub, sub_body in subs.items():
        chosen += [job for job in best_jobs(sub, sub_body, fitting) if job not in chosen]
    return chosen


def _fits(kind: str, parameters: dict[str, Json], caps: Iterable[dict[str, Json]]) -> bool:
    return any(cap["agg"] == kind and _satisfies(kind, parameters, cap) for cap in caps)


def _satisfies(kind: str, parameters: dict[str, Json], cap: dict[str, Json]) -> bool:
    if kind == "date_histogram":
        return _same_zone(parameters.get("time_zone", "UTC"), cap.get("time_zone", "UTC")) and _interval_fits(
            parameters, cap
        )
    if kind == "histogram":
        wanted, have = float(parameters["interval"]), float(cap["interval"])
        return have <= wanted and wanted % have == 0
    return True


def _same_zone(one: str, other: str) -> bool:
    if one == other or {one, other} <= {"UTC", "Z", "Etc/UTC", "GMT", "+00:00"}:
        return True
    from esmock.features.rollup.config import DEPRECATED_ZONES

    return DEPRECATED_ZONES.get(one, one) == DEPRECATED_ZONES.get(other, other)


def _interval_fits(parameters: dict[str, Json], cap: dict[str, Json]) -> bool:
    wanted_calendar = parameters.get("calendar_interval")
    wanted_fixed = parameters.get("fixed_interval")
    legacy = parameters.get("interval")
    if legacy is not None:
        if str(legacy) in CALENDAR_MS:
            wanted_calendar = str(legacy)
        else:
            wanted_fixed = f"{legacy}ms" if str(legacy).isdigit() else str(legacy)
    have = cap.get("interval")
    if wanted_calendar is not None:
        unit = cap.get("calendar_interval", have)
        if unit not in CALENDAR_MS or wanted_calendar not in CALENDAR_MS:
            return False
        return bool(CALENDAR_MS[unit] <= CALENDAR_MS[wanted_calendar])
    fixed = cap.get("fixed_interval", have)
    if wanted_fixed is None or fixed is None or (have is not None and have in CALENDAR_MS):
        return False
    try:
        wanted_ms = parse_time_ms(wanted_fixed, "interval")
        have_ms = parse_time_ms(fixed, "interval")
    except ApiError:
        return False
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
