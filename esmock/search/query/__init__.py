"""Queries by name: one class per query, in family files."""

from esmock.families import table
from esmock.search.query import (
    combined_fields,
    common_terms,
    compound,
    feature,
    full_text,
    function_score,
    geo,
    intervals,
    joining,
    knn,
    more_like_this,
    multi_match,
    multi_term,
    parent_child,
    percolate,
    scripted,
    spans,
    term_level,
    wrapping,
)
from esmock.search.query.query_string import queries as query_string

QUERIES = table(
    term_level.QUERIES,
    multi_term.QUERIES,
    full_text.QUERIES,
    more_like_this.QUERIES,
    multi_match.QUERIES,
    query_string.QUERIES,
    combined_fields.QUERIES,
    common_terms.QUERIES,
    compound.QUERIES,
    intervals.QUERIES,
    joining.QUERIES,
    knn.QUERIES,
    function_score.QUERIES,
    geo.QUERIES,
    feature.QUERIES,
    parent_child.QUERIES,
    percolate.QUERIES,
    scripted.QUERIES,
    spans.QUERIES,
    wrapping.QUERIES,
)
