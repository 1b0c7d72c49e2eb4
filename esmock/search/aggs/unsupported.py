"""Aggregations that Elasticsearch has and esmock lacks: named, so that they are refused honestly."""

from __future__ import annotations

from typing import Any, ClassVar

from esmock.errors import Unsupported

_NAMES = (
    "significant_terms",
    "significant_text",
    "rare_terms",
    "multi_terms",
    "auto_date_histogram",
    "variable_width_histogram",
    "geo_distance",
    "geohash_grid",
    "geotile_grid",
    "geohex_grid",
    "adjacency_matrix",
    "children",
    "parent",
    "sampler",
    "diversified_sampler",
    "random_sampler",
    "categorize_text",
    "time_series",
    "frequent_item_sets",
    "string_stats",
    "t_test",
    "top_metrics",
    "top_hits",
    "geo_bounds",
    "geo_centroid",
    "geo_line",
    "scripted_metric",
    "matrix_stats",
    "rate",
    "boxplot",
    "ip_prefix",
    "cumulative_cardinality",
    "moving_percentiles",
    "normalize",
    "bucket_count_ks_test",
    "bucket_correlation",
    "change_point",
    "inference",
    "cartesian_bounds",
    "cartesian_centroid",
    "moving_avg",
    "moving_fn",
    "bucket_script",
    "bucket_selector",
)


def _refused(name: str) -> type:
    class Refused:
        """A name only."""

        is_pipeline: ClassVar[bool] = False

        @classmethod
        def parse(cls, agg_name: str, body: Any, ctx: Any) -> Any:
            raise Unsupported(f"aggregation [{name}]")

    Refused.name = name  # type: ignore[attr-defined]
    return Refused


AGGREGATIONS = tuple(_refused(name) for name in _NAMES)
