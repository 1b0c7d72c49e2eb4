"""A rollup job's configuration: checking, printing. Docs: rollup-put-job.

Source: recordings of 6.8.23 (P9 to P35, P43, P44); the interval forms of 7.2 and later follow the published description.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument
from esmock.features.cron import Cron
from esmock.features.rollup.intervals import CALENDAR_MS
from esmock.mapping.dates import joda
from esmock.mapping.dates.zone import long_id, zone_of
from esmock.state.resolve import glob, has_wildcard
from esmock.xcontent.units import parse_time_ms

if TYPE_CHECKING:
    from esmock.version import RollupTraits

Json = Any
METRICS = ("min", "avg", "max", "sum", "value_count")


def _demand(is_right: bool, message: str) -> None:
    if not is_right:
        raise IllegalArgument(message)


@dataclass(frozen=True, slots=True)
class DateHistogramGroup:
    """The group that every job has.

    Attributes:
        interval_key: under which the interval is told: ``calendar_interval`` or ``fixed_interval``, before 7.2 ``interval``.
        delay: as written; None: none.
        time_zone: as written.
        zone_id: the zone that this means, as an aggregation takes it.
    """

    field: str
    interval: str
    interval_key: str
    delay: str | None
    time_zone: str
    zone_id: str

    @classmethod
    def build(cls, traits: RollupTraits, given: dict[str, Json]) -> DateHistogramGroup:
        """Check the arguments in Elasticsearch's order. Raises ApiError."""
        interval, key = _interval(given) if traits.intervals_told_apart else (given["interval"], "interval")
        zone, delay = given.get("time_zone") or "UTC", given.get("delay")
        _demand(bool(given["field"]), "Field must be a non-null, non-empty string")
        if interval not in CALENDAR_MS:
            length_ms = parse_time_ms(interval, "createRounding")
            _demand(length_ms > 0, "Zero or negative time interval not supported")
        meant = long_id(zone if traits.java_time else joda.of_job(zone))
        zone_of(meant)
        if delay is not None:
            parse_time_ms(delay, "delay")
        if key == "fixed_interval":
            parse_time_ms(interval, "date_histogram.FixedInterval")
        elif key == "calendar_interval" and interval not in CALENDAR_MS:
            raise IllegalArgument(f"The supplied interval [{interval}] could not be parsed as a calendar interval.")
        return cls(given["field"], interval, key, delay, zone, meant)

    @property
    def search_key(self) -> str:
        """What the interval is to an aggregation: ``calendar_interval`` or ``fixed_interval``."""
        if self.interval_key != "interval":
            return self.interval_key
        return "calendar_interval" if self.interval in CALENDAR_MS else "fixed_interval"

    @property
    def delay_ms(self) -> int:
        return 0 if self.delay is None else parse_time_ms(self.delay, "delay")

    def round_down(self, instant_ms: int) -> int:
        """The start of the bucket that an instant lies in."""
        import numpy as np

        from esmock.search.aggs.rounding import Roundings

        zone = zone_of(self.zone_id)
        if self.search_key == "calendar_interval":
            rounding = Roundings.calendar(Roundings.units[self.interval], zone, 0)
        else:
            rounding = Roundings.fixed(parse_time_ms(self.interval, "interval"), zone, 0)
        return int(rounding.round(np.array([instant_ms]))[0])

    def body(self) -> dict[str, Json]:
        out: dict[str, Json] = {self.interval_key: self.interval, "field": self.field}
        if self.delay is not None:
            out["delay"] = self.delay
        out["time_zone"] = self.time_zone
        return out


def _interval(given: dict[str, Json]) -> tuple[str, str]:
    """The interval and its key, of the three that 7.2 and later know. Raises IllegalArgument."""
    calendar, fixed, legacy = (given.get(key) for key in ("calendar_interval", "fixed_interval", "interval"))
    if legacy is not None:
        _demand(
            calendar is None and fixed is None,
            "Cannot use [interval] with [fixed_interval] or [calendar_interval] configuration options.",
        )
        return legacy, "calendar_interval" if legacy in CALENDAR_MS else "fixed_interval"
    _demand(calendar is None or fixed is None, "Cannot set both [fixed_interval] and [calendar_interval] at the same time")
    found = calendar if calendar is not None else fixed
    if found is None:
        raise IllegalArgument("An interval is required.  Use [fixed_interval] or [calendar_interval].")
    return found, "calendar_interval" if calendar is not None else "fixed_interval"


@dataclass(frozen=True, slots=True)
class HistogramGroup:
    interval: int
    fields: tuple[str, ...]

    @classmethod
    def build(cls, given: dict[str, Json]) -> HistogramGroup:
        _demand(given["interval"] > 0, "Interval must be a positive long")
        _demand(bool(given["fields"]), "Fields must have at least one value")
        return cls(given["interval"], tuple(given["fields"]))

    def body(self) -> dict[str, Json]:
        return {"interval": self.interval, "fields": list(self.fields)}


@dataclass(frozen=True, slots=True)
class MetricGroup:
    field: str
    metrics: tuple[str, ...]

    @classmethod
    def build(cls, given: dict[str, Json]) -> MetricGroup:
        _demand(bool(given["field"]), "Field must be a non-null, non-empty string")
        _demand(bool(given["metrics"]), "Metrics must be a non-null, non-empty array of strings")
        for metric in given["metrics"]:
            _demand(
                metric in METRICS, f"Unsupported metric [{metric}]. Supported metrics include: [{', '.join(METRICS)}]"
            )
        return cls(given["field"], tuple(given["metrics"]))

    def body(self) -> dict[str, Json]:
        return {"field": self.field, "metrics": list(self.metrics)}


@dataclass(frozen=True, slots=True)
class Groups:
    date_histogram: DateHistogramGroup
    histogram: HistogramGroup | None
    terms: tuple[str, ...]

    @classmethod
    def build(cls, given: dict[str, Json]) -> Groups:
        return cls(given["date_histogram"], given.get("histogram"), given.get("terms") or ())

    def body(self) -> dict[str, Json]:
        out: dict[str, Json] = {"date_histogram": self.date_histogram.body()}
        if self.histogram is not None:
            out["histogram"] = self.histogram.body()
        if self.terms:
            out["terms"] = {"fields": list(self.terms)}
        return out


def build_terms(given: dict[str, Json]) -> tuple[str, ...]:
    """The fields of the terms group. Raises IllegalArgument."""
    _demand(bool(given["fields"]), "Fields must have at least one value")
    return tuple(given["fields"])


@dataclass(frozen=True, slots=True)
class RollupJobConfig:
    """A checked configuration."""

    id: str
    index_pattern: str
    rollup_index: str
    cron: str
    groups: Groups | None
    metrics: tuple[MetricGroup, ...]
    timeout: str
    page_size: int

    @classmethod
    def build(cls, url_id: str | None, traits: RollupTraits, given: dict[str, Json]) -> RollupJobConfig:
        """Check the arguments, the first failure winning. Raises IllegalArgument."""
        job_id = given["id"] if given.get("id") is not None else url_id
        pattern, rollup_index = given["index_pattern"], given["rollup_index"]
        _demand(bool(job_id), "Id must be a non-null, non-empty string")
        _demand(bool(pattern), "Index pattern must be a non-null, non-empty string")
        for one in pattern.split(",") if traits.patterns_split else [pattern]:
            _demand(one != "*", "Index pattern must not match all indices (as it would match it's own rollup index")
            _demand(
                not has_wildcard(one) or not glob(one).match(rollup_index),
                "Index pattern would match rollup index name which is not allowed",
            )
            _demand(one != rollup_index, "Rollup index may not be the same as the index pattern")
        _demand(bool(rollup_index), "Rollup index must be a non-null, non-empty string")
        _demand(bool(given["cron"]), "Cron schedule must be a non-null, non-empty string")
        _demand(given["page_size"] > 0, "Page size is mandatory and  must be a positive long")
        if traits.cron_checked:
            Cron(given["cron"])
        metrics = tuple(given.get("metrics") or ())
        groups = given.get("groups")
        _demand(groups is not None or bool(metrics), "At least one grouping or metric must be configured")
        return cls(
            str(job_id),
            pattern,
            rollup_index,
            given["cron"],
            groups,
            metrics,
            given.get("timeout") or "20s",
            given["page_size"],
        )

    @property
    def date_histogram(self) -> DateHistogramGroup:
        assert self.groups is not None
        return self.groups.date_histogram

    @property
    def histogram(self) -> HistogramGroup | None:
        return self.groups.histogram if self.groups else None

    @property
    def terms(self) -> tuple[str, ...]:
        return self.groups.terms if self.groups else ()

    @property
    def names_metrics_twice(self) -> bool:
        """Whether two metrics would be written to one field, which no indexer can be built for."""
        named = [(group.field, metric) for group in self.metrics for metric in group.metrics]
        return len(set(named)) < len(named)

    def all_fields(self) -> Iterator[str]:
        """Every field of the source that the job reads."""
        yield self.date_histogram.field
        if self.histogram is not None:
            yield from self.histogram.fields
        yield from self.terms
        for metric in self.metrics:
            yield metric.field

    def body(self) -> dict[str, Json]:
        """As get-jobs prints it."""
        return {
            "id": self.id,
            "index_pattern": self.index_pattern,
            "rollup_index": self.rollup_index,
            "cron": self.cron,
            "groups": self.groups.body() if self.groups else {},
            "metrics": [metric.body() for metric in self.metrics],
            "timeout": self.timeout,
            "page_size": self.page_size,
        }
