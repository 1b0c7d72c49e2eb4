"""All field types by name."""

from esmock.families import table
from esmock.mapping import (
    completion,
    date,
    dense_vector,
    exact,
    features,
    flattened,
    geo,
    join,
    keywords,
    match_only_text,
    numeric,
    percolator,
    ranges,
    search_as_you_type,
    shapes,
    sparse_vector,
    text,
    unsigned_long,
)

TYPES = table(
    completion.FIELDS,
    dense_vector.FIELDS,
    exact.FIELDS,
    text.FIELDS,
    search_as_you_type.FIELDS,
    numeric.FIELDS,
    unsigned_long.FIELDS,
    date.FIELDS,
    geo.FIELDS,
    ranges.FIELDS,
    shapes.FIELDS,
    features.FIELDS,
    sparse_vector.FIELDS,
    join.FIELDS,
    percolator.FIELDS,
    flattened.FIELDS,
    keywords.FIELDS,
    match_only_text.FIELDS,
)
