"""All aggregations and pipelines by name."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from esmock.families import table

if TYPE_CHECKING:
    from esmock.version import Behaviour


@functools.lru_cache(maxsize=8)
def types(behaviour: Behaviour) -> Mapping[str, Any]:
    """The types that a version knows."""
    from esmock.search.aggs import (
        adjacency_matrix,
        analytics,
        auto_date_histogram,
        cardinality,
        cartesian,
        composite,
        date_histogram,
        filters,
        geo,
        geo_line,
        grids,
        hexagons,
        histogram,
        ip_prefix,
        joins,
        matrix_stats,
        metrics,
        multi_terms,
        nested,
        percentiles,
        random_sampler,
        ranges,
        rare_terms,
        rate,
        sampler,
        scripted_metric,
        significant_terms,
        significant_text,
        stats,
        terms,
        top_hits,
        top_metrics,
        unsupported,
        value_count,
        variable_width_histogram,
        weighted_avg,
    )
    from esmock.search.aggs.pipeline import analytics as analytics_pipelines
    from esmock.search.aggs.pipeline import distributions, moving, parents, scripted, siblings

    known: Mapping[str, Any] = table(
        metrics.AGGREGATIONS,
        value_count.AGGREGATIONS,
        stats.AGGREGATIONS,
        weighted_avg.AGGREGATIONS,
        cardinality.AGGREGATIONS,
        percentiles.AGGREGATIONS,
        terms.AGGREGATIONS,
        histogram.AGGREGATIONS,
        date_histogram.AGGREGATIONS,
        composite.AGGREGATIONS,
        filters.AGGREGATIONS,
        ranges.AGGREGATIONS,
        nested.AGGREGATIONS,
        joins.AGGREGATIONS,
        matrix_stats.AGGREGATIONS,
        scripted_metric.AGGREGATIONS,
        geo.AGGREGATIONS,
        cartesian.AGGREGATIONS,
        grids.AGGREGATIONS,
        hexagons.AGGREGATIONS,
        rare_terms.AGGREGATIONS,
        sampler.AGGREGATIONS,
        random_sampler.AGGREGATIONS,
        significant_terms.AGGREGATIONS,
        significant_text.AGGREGATIONS,
        adjacency_matrix.AGGREGATIONS,
        top_hits.AGGREGATIONS,
        auto_date_histogram.AGGREGATIONS,
        variable_width_histogram.AGGREGATIONS,
        siblings.PIPELINES,
        parents.PIPELINES,
        scripted.PIPELINES,
        moving.PIPELINES,
        distributions.PIPELINES,
        analytics_pipelines.PIPELINES,
        analytics.AGGREGATIONS,
        geo_line.AGGREGATIONS,
        ip_prefix.AGGREGATIONS,
        multi_terms.AGGREGATIONS,
        rate.AGGREGATIONS,
        top_metrics.AGGREGATIONS,
    )
    lacking: dict[str, Any] = {one.name: one for one in unsupported.AGGREGATIONS if one.name not in known}
    version = (behaviour.version.major, behaviour.version.minor)
    return {
        name: one for name, one in {**known, **lacking}.items() if _version(one.since) <= version < _version(one.until)
    }


def _version(declared: int | tuple[int, int]) -> tuple[int, int]:
    return declared if isinstance(declared, tuple) else (declared, 0)
