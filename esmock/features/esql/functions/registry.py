"""All functions by name."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType

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

_FAMILIES = (aggregates, bucket, conditional, conversion, dates, math, multivalue, network, operators, search, strings)
NOT_BUILT = frozenset(
    "categorize kql sample st_envelope st_extent_agg to_cartesianshape to_dateperiod to_geoshape to_timeduration to_aggregate_metric_double "
    "multi_match knn".split()
)
"""Functions that Elasticsearch has and esmock has not: 501."""


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


def suggestion(name: str) -> str:
    """What was perhaps meant by a name that no function has."""
    from esmock.features.esql.similarity import hint

    names = [one for one in functions() if one.replace("_", "").isalnum() and one not in ("and", "or", "not", "in", "neg", "like", "rlike")]
    return hint(name, sorted({*names, *NOT_BUILT}))
