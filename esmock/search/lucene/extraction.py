"""What is kept of a stored query beside it, so that it need not be run on documents that it cannot match.

Source: asked of 7.10.2 and 7.17.29.
Differs: queries of which it is not known what is kept raise Unsupported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from esmock.errors import Unsupported
from esmock.search.lucene.node import FILTER, MUST, MUST_NOT, SHOULD, Boolean, Boost, Constant, DisMax, Leaf, Lucene

COMPLETE, PARTIAL, FAILED = "complete", "partial", "failed"
_ANALYZED = ("SynonymQuery", "MultiPhraseQuery", "CoveringQuery", "BlendedTermQuery", "FunctionScoreQuery", "ScriptScoreQuery")
"""Kinds that are looked into, as are those of spans and of objects."""
Terms = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Extraction:
    """Terms of which a query needs some.

    Args:
        needed: how many of them.
        is_exact: whoever has them matches.
        is_all: every document matches.
        is_range: it is numbers that are needed.
    """

    terms: Terms = frozenset()
    needed: int = 0
    is_exact: bool = True
    is_all: bool = False
    is_range: bool = False

    @property
    def is_none(self) -> bool:
        return not (self.terms or self.is_all or self.is_range)

    @property
    def size(self) -> int:
        return len(self.terms) + self.is_range


def kept(made: Lucene) -> tuple[bool, Terms, tuple[str, ...]]:
    """Whether anything is known of a query, the (field, term) that are kept of it, and what they are worth."""
    found = _of(made)
    if found is None:
        return False, frozenset(), (FAILED,)
    if found.is_all:
        return True, frozenset(), (FAILED, COMPLETE) if found.is_exact else (FAILED,)
    return True, found.terms, (COMPLETE if found.is_exact else PARTIAL,)


def _of(made: Lucene) -> Extraction | None:
    """None: it cannot be told."""
    if isinstance(made, Boost | Constant):
        return _of(made.inner)
    if isinstance(made, Boolean):
        return _of_bool(made)
    if isinstance(made, DisMax):
        return _any([_of(one) for one in made.queries])
    if made.kind == "MatchAllDocsQuery":
        return Extraction(is_all=True)
    if made.kind == "MatchNoDocsQuery":
        return Extraction()
    if made.kind in ("PointRangeQuery", "IndexOrDocValuesQuery"):
        return Extraction(needed=1, is_exact=False, is_range=True)
    if isinstance(made, Leaf) and made.kind == "TermQuery":
        path, _, text = made.words.partition(":")
        return Extraction(frozenset({(path, text)}), 1)
    if isinstance(made, Leaf) and made.kind == "PhraseQuery":
        terms = frozenset(_words(made.words))
        return Extraction(terms, len(terms), is_exact=False)
    if isinstance(made, Leaf) and made.kind == "TermInSetQuery" and made.becomes is not None:
        return _of(made.becomes)
    if made.kind in _ANALYZED or made.kind.startswith(("Span", "ESToParent", "TermInSet")):
        raise Unsupported(f"what is kept of a stored query [{made.kind}]")
    return None


def _words(phrase: str) -> Iterator[tuple[str, str]]:
    path, _, quoted = phrase.partition(":")
    yield from ((path, word) for word in quoted.rpartition('"')[0][1:].split(" ") if word != "?")


def _of_bool(made: Boolean) -> Extraction | None:
    filters = {one.text(): one for one in made.of(FILTER)}
    required = [_of(one) for one in (*made.of(MUST), *filters.values())]
    optional = [_of(one) for one in made.of(SHOULD)]
    if optional and (made.needed or not required):
        required.append(_any(optional, made.needed))
    found = _all(required) if required else Extraction()
    return found if found is None or not made.of(MUST_NOT) else replace(found, is_exact=False)


def _all(parts: list[Extraction | None]) -> Extraction | None:
    """What is needed where each part must match."""
    known = [one for one in parts if one is not None]
    if len(known) < 2 and len(known) == len(parts):
        return known[0]
    if not known:
        return None
    none = next((one for one in known if one.is_none), None)
    if none is not None:
        return none
    terms: Terms = frozenset()
    needed, is_exact, has_range = 0, len(known) == len(parts), False
    for one in known:
        is_twice = bool(one.terms & terms)
        needed += 0 if is_twice or (one.is_range and has_range) else one.needed
        is_exact = is_exact and one.is_exact and not is_twice and one.needed >= one.size
        has_range = has_range or one.is_range
        terms |= one.terms
    return Extraction(terms, needed, is_exact, all(one.is_all for one in known), has_range)


def _any(parts: list[Extraction | None], needed: int = 0) -> Extraction | None:
    """What is needed where so many of the parts must match."""
    known = [one for one in parts if one is not None]
    if len(known) < len(parts):
        return None
    if len(known) == 1:
        return known[0]
    terms: Terms = frozenset()
    is_exact, is_twice = True, False
    for one in known:
        is_twice = is_twice or bool(one.terms & terms)
        is_exact = is_exact and one.is_exact and one.needed <= 1 and not (one.size > 1 and needed > 1)
        terms |= one.terms
    has_range = any(one.is_range for one in known)
    least = sorted(one.needed for one in known if one.needed)
    n_all = sum(one.is_all for one in known)
    return Extraction(
        terms, 1 if has_range or is_twice else sum(least[: max(1, needed)]), is_exact and not is_twice, n_all > 0 and n_all >= needed, has_range
    )
