"""What each highlighter sees of a query.

Source: answers of 7.10.2 and 8.19.21 to each kind of query around a phrase.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from esmock.version import Behaviour

Holds = Callable[[Any], bool]
"""Whether a part of the query, parsed or bound, matches the document."""
LAST_WORD = "phrase_of_prefix"
"""Among what is skipped: that the last word of a phrase, which is a prefix, is found inside of the phrase alone."""
_NOT_SEEN: dict[str, tuple[str, ...]] = {
    "unified": ("more_like_this",),
    "plain": ("interval_pattern",),
    "fvh": (
        "span_first", "span_near", "span_not", "span_or", "span_containing", "span_within", "span_multi", "field_masking_span",
        "intervals", "script_score",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sight:
    """How a query is looked through.

    Attributes:
        skipped: beginnings of the names of queries in which nothing is looked for; ``interval_pattern``: in the patterns of intervals.
        opaque: queries of which the words are known, and no more.
        opaque_twice: queries that are so right inside of one of their kind.
        keeps_patterns: the forms of words in opaque queries are looked for.
        compares_one: what is like something else is chosen as if the document were the only one.
        holds: what does not match is passed over; None: everything is looked for, wherever it stands.
        around: the query that is looked into.
        is_inside: of an opaque query.
    """

    skipped: tuple[str, ...] = ()
    opaque: tuple[str, ...] = ()
    opaque_twice: tuple[str, ...] = ()
    keeps_patterns: bool = False
    compares_one: bool = False
    holds: Holds | None = None
    around: str = ""
    is_inside: bool = False

    def is_opaque(self, name: str) -> bool:
        """Whether a query right inside of ``around`` is."""
        return not self.is_inside and (name in self.opaque or (name == self.around and name in self.opaque_twice))


def sight_of(kind: str, behaviour: Behaviour, holds: Holds | None = None) -> Sight:
    """What a kind of highlighter sees.

    Args:
        holds: of the unified one that shows what the query finds; it sees all.
    """
    if holds is not None:
        return Sight(compares_one=True, holds=holds)
    skipped = _NOT_SEEN[kind]
    if kind == "fvh":
        return Sight(skipped)
    if kind == "plain":
        return Sight(skipped, ("script_score",), ("function_score",), compares_one=True)
    if behaviour.major < 8:
        return Sight(skipped, ("function_score", "script_score", "nested"), keeps_patterns=True)
    return Sight((*skipped, LAST_WORD), ("function_score", "script_score"), keeps_patterns=True)
