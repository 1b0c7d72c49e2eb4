"""Stemming filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.analysis.component import StemFilter, TermFilter
from esmock.analysis.parameter import Settings
from esmock.analysis.stemmers.snowball import snowball

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder


class PorterStem(StemFilter):
    name = "porter_stem"

    def prepare(self, settings: Settings, builder: Builder) -> None:
        self.map = snowball("porter")  # type: ignore[method-assign]


def strip_possessive(term: str) -> str:
    """Without an English 's at its end."""
    if len(term) >= 2 and term[-1] in "sS" and term[-2] in "'\u2019\uff07":
        return term[:-2]
    return term


class EnglishPossessive(TermFilter):
    name = "english_possessive"

    def map(self, term: str) -> str:
        return strip_possessive(term)


FAMILY = (PorterStem, EnglishPossessive)
