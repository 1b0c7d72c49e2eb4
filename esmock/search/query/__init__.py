"""Queries by name: one class per query, in family files."""

from esmock.families import table
from esmock.search.query import compound, full_text, term_level

QUERIES = table(term_level.QUERIES, full_text.QUERIES, compound.QUERIES)
