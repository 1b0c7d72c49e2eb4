"""Columns of the values of one source, document by document, and the operations on them.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from esmock.search.aggs import parse as p
from esmock.search.aggs.leaf import pick

Json = Any
Array = Any


@dataclass(frozen=True, slots=True)
class Values:
    """The values of one source in one leaf.

    Attributes:
        values: int64, float64 or (for terms) int64 ordinals [n_values]; sorted in each document.
        starts: int64[n_docs + 1].
        dictionary: for terms: the distinct terms, sorted.
        other: for points: the longitudes beside the latitudes; for ranges: the upper ends.
    """

    values: Array
    starts: Array
    dictionary: Any = None
    other: Array = None
    _dense: bool | None = None

    @property
    def is_dense(self) -> bool:
        """Whether every document has exactly one value."""
        if self._dense is None:
            n = len(self.starts) - 1
            dense = len(self.values) == n and bool((self.starts == np.arange(n + 1)).all())
            object.__setattr__(self, "_dense", dense)
        return bool(self._dense)

    def of(self, docs: Array) -> tuple[Array, Array]:
        """Positions in ``docs`` (int64[m]) and the values there."""
        positions, places = self.places(docs)
        return positions, self.values[places]

    def places(self, docs: Array) -> tuple[Array, Array]:
        """Positions in ``docs`` and the places in ``values``."""
        return (np.arange(len(docs)), docs) if self.is_dense else pick(self.starts, docs)

    def has(self, docs: Array) -> Array:
        """bool[n]: which documents have a value."""
        return self.starts[docs + 1] > self.starts[docs]


def once_per_document(positions: Array, keys: Array) -> tuple[Array, Array]:
    """Equal neighbouring keys of one document count once."""
    if len(keys) < 2:
        return positions, keys
    keep = np.ones(len(keys), bool)
    keep[1:] = (positions[1:] != positions[:-1]) | (keys[1:] != keys[:-1])
    return positions[keep], keys[keep]


def spread(values: Array, counts: Array, lacking: Array, starts: Array, fill: Any) -> Array:
    out = np.empty(int(starts[-1]), values.dtype if len(values) else np.asarray(fill).dtype)
    is_fill = np.zeros(len(out), bool)
    is_fill[starts[:-1][lacking]] = True
    out[is_fill] = fill
    out[~is_fill] = values
    return out


def as_terms(numbers: Array, starts: Array) -> Values:
    """Numbers by their text (``value_type`` string)."""
    texts = [p.text(one) for one in numbers.tolist()]
    distinct = sorted(set(texts))
    places = {term: place for place, term in enumerate(distinct)}
    values, starts = sorted_in_documents(np.array([places[one] for one in texts], np.int64), starts, distinct=True)
    return Values(values, starts, distinct)


def with_term(dictionary: Any, term: str, ordinals: Array) -> tuple[list[str], int, Array]:
    """The dictionary with a term, the term's ordinal and the ordinals moved on."""
    terms = list(dictionary)
    place = int(np.searchsorted(np.array(terms, object), term)) if terms else 0
    if place < len(terms) and terms[place] == term:
        return terms, place, ordinals
    return [*terms[:place], term, *terms[place:]], place, ordinals + (ordinals >= place)


def sorted_in_documents(values: Array, starts: Array, *, distinct: bool) -> tuple[Array, Array]:
    """Values ascending in each document as doc values are; terms once per document."""
    counts = np.diff(starts)
    if not len(counts) or counts.max() <= 1:
        return values, starts
    owner = np.repeat(np.arange(len(counts)), counts)
    rising = (np.diff(values) > 0) if distinct else (np.diff(values) >= 0)
    if (rising | (np.diff(owner) > 0)).all():
        return values, starts
    order = np.lexsort((values, owner))
    values, owner = values[order], owner[order]
    if distinct:
        keep = np.ones(len(values), bool)
        keep[1:] = (values[1:] != values[:-1]) | (owner[1:] != owner[:-1])
        values, owner = values[keep], owner[keep]
        starts = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=len(counts)))])
    return values, starts
