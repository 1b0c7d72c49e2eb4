"""Suggesters by name."""

from esmock.families import table
from esmock.search.suggest.completion import Completion
from esmock.search.suggest.phrase import Phrase
from esmock.search.suggest.term import Term

SUGGESTERS = table((Term, Phrase, Completion))
