"""All aggregations and pipelines by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from esmock.families import table

if TYPE_CHECKING:
    from esmock.version import Behaviour


def types(behaviour: Behaviour) -> Mapping[str, Any]:
    """The types that a version knows."""
    from esmock.search.aggs import (
        adjacency_matrix,
        auto_date_histogram,
        cardinality,
        composite,
        date_histogram,
        filters,
        geo,
        grids,
        histogram,
        metrics,
        nested,
        percentiles,
        ranges,
        rare_terms,
        sampler,
        significant_terms,
        significant_text,
        terms,
        top_hits,
        unsupported,
        variable_width_histogram,
    )
    from esmock.search.aggs.pipeline import parents, siblings

    known = table(
        metrics.AGGREGATIONS,
        cardinality.AGGREGATIONS,
        percentiles.AGGREGATIONS,
        terms.AGGREGATIONS,
        histogram.AGGREGATIONS,
        date_histogram.AGGREGATIONS,
        composite.AGGREGATIONS,
        filters.AGGREGATIONS,
        ranges.AGGREGATIONS,
        nested.AGGREGATIONS,
        geo.AGGREGATIONS,
        grids.AGGREGATIONS,
        rare_terms.AGGREGATIONS,
        sampler.AGGREGATIONS,
        significant_terms.AGGREGATIONS,
        significant_text.AGGREGATIONS,
        adjacency_matrix.AGGREGATIONS,
        top_hits.AGGREGATIONS,
        auto_date_histogram.AGGREGATIONS,
        variable_width_histogram.AGGREGATIONS,
        siblings.PIPELINES,
        parents.PIPELINES,
    )
    missing = {one.name: one for one in unsupported.AGGREGATIONS if one.name not in known}
    return {**{name: one for name, one in known.items() if one.since <= behaviour.major < one.until}, **missing}
