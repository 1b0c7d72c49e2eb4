"""The terms of a field over all segments of a shard: what spell checkers draw from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from esmock.errors import IllegalArgument

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.shard import ShardSearch


@dataclass(slots=True)
class TermDictionary:
    """Terms of one field of one shard.

    Attributes:
        terms: sorted.
        frequencies: term to (documents, occurrences).
        max_doc: documents of the shard, deleted and nested ones included.
        total: occurrences of all terms.
        n_terms: distinct terms; ``max_doc`` where several segments make it unknown, as Elasticsearch takes it then.
    """

    terms: list[str]
    frequencies: dict[str, tuple[int, int]]
    max_doc: int
    total: int
    n_terms: int

    def doc_freq(self, term: str) -> int:
        return self.frequencies.get(term, (0, 0))[0]

    def total_freq(self, term: str) -> int:
        return self.frequencies.get(term, (0, 0))[1]


def term_dictionary(shard: ShardSearch, path: str) -> TermDictionary | None:
    """The terms of a field; None where no segment holds any."""
    return shard.reader.cached(("terms", path, id(shard.mapping.own_field(path))), lambda: _Found(_build(shard, path))).value


@dataclass(slots=True)
class _Found:
    value: TermDictionary | None


def _build(shard: ShardSearch, path: str) -> TermDictionary | None:
    field = shard.field(path)
    if field is None or not (field.is_text or field.name == "keyword"):
        return None
    frequencies: dict[str, tuple[int, int]] = {}
    segments = list(shard.segments(path))
    for segment in segments:
        for term, docs, total in _of_segment(segment, field):
            before = frequencies.get(term, (0, 0))
            frequencies[term] = before[0] + docs, before[1] + total
    if not frequencies:
        return None
    terms = sorted(frequencies)
    total = sum(one[1] for one in frequencies.values())
    max_doc = shard.max_doc
    return TermDictionary(terms, frequencies, max_doc, total, len(terms) if len(segments) == 1 else max_doc)


def _of_segment(segment: object, field: Field) -> list[tuple[str, int, int]]:
    if field.is_text:
        postings = segment.postings(field.path)  # type: ignore[attr-defined]
        if not postings.terms:
            return []
        docs = np.diff(postings.doc_starts).tolist()
        totals = np.add.reduceat(postings.freqs, postings.doc_starts[:-1], dtype=np.int64).tolist()
        return list(zip(postings.terms, docs, totals, strict=True))
    column = segment.column(field.path)  # type: ignore[attr-defined]
    if column.dictionary is None or not len(column.values):
        return []
    counts = np.bincount(column.values, minlength=len(column.dictionary)).tolist()
    return [(term, count, count) for term, count in zip(column.dictionary, counts, strict=True) if count]


def suggest_field(shard: ShardSearch, name: str) -> Field:
    """The field a suggester works on. Raises IllegalArgument."""
    field = shard.field(name)
    if field is None:
        raise IllegalArgument(f"no mapping found for field [{name}]")
    return field


def suggest_analyzer(shard: ShardSearch, field: Field, name: str | None) -> object:
    """The analyzer of a suggestion's text; None: the text is one term.

    Args:
        name: of an analyzer that there is; None: the field's own.
    """
    if name is not None:
        return shard.mapping.analysis.analyzer(name)
    return field.search_analyzer if field.is_text else None  # type: ignore[attr-defined]
