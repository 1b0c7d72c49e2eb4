"""All functions by name."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from esmock.features.esql.functions import (
    aggregates,
    bucket,
    conditional,
    conversion,
    dates,
    math,
    multivalue,
    network,
    operators,
    search,
    strings,
)
from esmock.features.esql.functions.function import Function

if TYPE_CHECKING:
    from esmock.version import Behaviour

_FAMILIES = (aggregates, bucket, conditional, conversion, dates, math, multivalue, network, operators, search, strings)
NOT_BUILT = frozenset(
    "categorize kql sample st_envelope st_extent_agg to_cartesianshape to_dateperiod to_geoshape to_timeduration to_aggregate_metric_double "
    "multi_match knn".split()
)
"""Functions that Elasticsearch has and esmock has not: 501."""
NOT_BUILT_NINE = frozenset(
    "absent_over_time avg_over_time chunk clamp clamp_max clamp_min copy_sign count_distinct_over_time count_over_time decay delta "
    "deriv earliest embedding field_extract first_over_time histogram_percentile idelta increase irate json_extract last_over_time "
    "latest max_over_time min_over_time network_direction percentile_over_time present_over_time range_contains range_intersects "
    "range_max range_min range_within rate score sparkline st_buffer st_difference st_dimension st_geohash st_geohex "
    "st_geometrytype st_geotile st_intersection st_isempty st_npoints st_simplify st_symdifference st_union stddev_over_time "
    "sum_over_time tbucket text_embedding to_counter to_date_range to_dense_vector to_exponential_histogram to_gauge to_geohash "
    "to_geohex to_geotile to_range to_tdigest to_text top_snippets trange v_cosine v_dot_product v_hamming v_l1_norm v_l2_norm "
    "v_magnitude variance variance_over_time".split()
)
"""The same, of 9.x."""


@functools.cache
def functions() -> Mapping[str, Function]:
    """Name, or another name, to function."""
    out: dict[str, Function] = {}
    for family in _FAMILIES:
        for one in family.FUNCTIONS:
            for name in (one.name, *one.aliases):
                assert name not in out, name
                out[name] = one
    return MappingProxyType(out)


def is_not_built(name: str, behaviour: Behaviour | None) -> bool:
    """Whether Elasticsearch has a function that esmock has not."""
    return name in NOT_BUILT or (name in NOT_BUILT_NINE and behaviour is not None and behaviour.major >= 9)


def suggestion(name: str, behaviour: Behaviour | None = None) -> str:
    """What was perhaps meant by a name that no function of the version has."""
    from esmock.features.esql.similarity import hint

    known = [name for name, one in functions().items() if behaviour is None or behaviour.has(one.since)]
    names = [one for one in known if one.replace("_", "").isalnum() and one not in ("and", "or", "not", "in", "neg", "like", "rlike")]
    return hint(name, sorted({*names, *NOT_BUILT}))
