"""How Lucene rewrites a bool of several clauses, until nothing changes any more.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from esmock.search.lucene.node import (
    FILTER,
    MUST,
    MUST_NOT,
    SHOULD,
    Boolean,
    Boost,
    Constant,
    DisMax,
    Lucene,
    nothing,
    without_scores,
)

if TYPE_CHECKING:
    Clauses = list[tuple[str, Lucene]]

_ALL = "MatchAllDocsQuery"
_NONE = "MatchNoDocsQuery"
"""Of which any two are equal, whatever their reasons."""


def rewritten(bool_: Boolean) -> Lucene:
    """What Lucene runs in place of a bool whose clauses are rewritten already."""
    while True:
        if not bool_.clauses:
            return nothing("empty BooleanQuery")
        if len(bool_.clauses) == 1:
            return bool_.single()
        changed = next((found for rule in _RULES if (found := rule(bool_)) is not None), None)
        if changed is None:
            return bool_
        if not isinstance(changed, Boolean):
            return changed
        bool_ = changed


def _key(one: Lucene) -> str:
    """What tells queries apart."""
    return one.kind if one.kind == _NONE else one.text()


def _texts(bool_: Boolean, sign: str) -> list[str]:
    """What tells the clauses of a sign apart."""
    return [_key(one) for one in bool_.of(sign)]


def _distinct(bool_: Boolean) -> Lucene | None:
    """Filters and exclusions that stand twice count once."""
    seen: dict[tuple[str, str], tuple[str, Lucene]] = {}
    kept: Clauses = []
    for sign, one in bool_.clauses:
        if sign in (FILTER, MUST_NOT):
            if (sign, _key(one)) in seen:
                continue
            seen[sign, _key(one)] = (sign, one)
        kept.append((sign, one))
    return None if len(kept) == len(bool_.clauses) else Boolean(kept, bool_.needed, bool_.late)


def _contradictory(bool_: Boolean) -> Lucene | None:
    excluded = _texts(bool_, MUST_NOT)
    if set(excluded) & {*_texts(bool_, MUST), *_texts(bool_, FILTER)}:
        return nothing("FILTER or MUST clause also in MUST_NOT")
    if any(one.kind == _ALL for one in bool_.of(MUST_NOT)):
        return nothing("MUST_NOT clause is MatchAllDocsQuery")
    return None


def _impossible(bool_: Boolean) -> Lucene | None:
    """What is required and finds nothing stands for all (Lucene 9)."""
    if not bool_.late:
        return None
    return next((one for sign, one in bool_.clauses if sign in (MUST, FILTER) and one.kind == _NONE), None)


def _needless_filters(bool_: Boolean) -> Lucene | None:
    """Filters that are required anyway, or let everything pass."""
    if not bool_.of(MUST) and len(bool_.of(FILTER)) < 2:
        return None
    musts = set(_texts(bool_, MUST))
    kept = [(sign, one) for sign, one in bool_.clauses if not (sign == FILTER and (one.kind == _ALL or _key(one) in musts))]
    return None if len(kept) == len(bool_.clauses) else Boolean(kept, bool_.needed, bool_.late)


def _required_options(bool_: Boolean) -> Lucene | None:
    """An option that is also a filter is required."""
    both = set(_texts(bool_, SHOULD)) & set(_texts(bool_, FILTER))
    if not both:
        return None
    needed, clauses = bool_.needed, []
    for sign, one in bool_.clauses:
        if sign not in (SHOULD, FILTER) or _key(one) not in both:
            clauses.append((sign, one))
        elif sign == SHOULD:
            clauses.append((MUST, one))
            needed -= 1
    return Boolean(clauses, max(needed, 0), bool_.late)


def _summed(sign: str) -> Callable[[Boolean], Lucene | None]:
    """Scored clauses that stand twice become one with a greater boost."""

    def rule(bool_: Boolean) -> Lucene | None:
        if sign == SHOULD and bool_.needed > 1:
            return None
        found: dict[str, tuple[Lucene, float]] = {}
        for clause in bool_.of(sign):
            one: Lucene = clause
            boost = 1.0
            while isinstance(one, Boost):
                boost *= one.boost
                one = one.inner
            key = _key(one)
            found[key] = (found.get(key, (one, 0.0))[0], found.get(key, (one, 0.0))[1] + boost)
        if len(found) == len(bool_.of(sign)):
            return None
        merged: Clauses = [
            (sign, one if boost == 1.0 else Boost(one, boost, late=bool_.late))
            for one, boost in found.values()
            # the boost of what finds nothing falls away, and with it the clause, where there are others
            if not (bool_.late and sign == SHOULD and one.kind == _NONE and boost != 1.0 and len(bool_.of(sign)) != boost)
        ]
        return Boolean([*merged, *((other, one) for other, one in bool_.clauses if other != sign)], bool_.needed, bool_.late)

    return rule


def _only_filters(bool_: Boolean) -> Lucene | None:
    """A single required clause that matches everything gives its score to what the filters let pass."""
    musts = bool_.of(MUST)
    if len(musts) != 1 or not bool_.of(FILTER):
        return None
    must: Lucene = musts[0]
    boost = 1.0
    if isinstance(must, Boost):
        boost = must.boost
        must = must.inner
    if must.kind != _ALL:
        return None
    rest: Clauses = [(sign, one) for sign, one in bool_.clauses if sign in (FILTER, MUST_NOT)]
    passed: Lucene = bool_.of(FILTER)[0] if len(rest) == 1 else Boolean(rest, late=bool_.late)
    passed = Constant(passed, late=bool_.late).rewritten()
    if boost != 1.0:
        passed = Boost(passed, boost, late=bool_.late)
    options = bool_.of(SHOULD)
    return passed if not options else Boolean([(MUST, passed), *((SHOULD, one) for one in options)], bool_.needed, bool_.late)


def _flat(bool_: Boolean) -> Lucene | None:
    """Disjunctions within a disjunction fall together."""
    if bool_.needed > 1:
        return None
    out: Clauses = []
    for sign, one in bool_.clauses:
        if sign == SHOULD and isinstance(one, Boolean) and one.needed <= 1 and all(other == SHOULD for other, _ in one.clauses):
            out.extend(one.clauses)
        else:
            out.append((sign, one))
    return None if len(out) == len(bool_.clauses) else Boolean(out, bool_.needed, bool_.late)


def unscored(made: Lucene) -> Lucene:
    """What is left of a query where its scores do not count (Lucene 9)."""
    while isinstance(made, Boost | Constant):
        made = made.inner
    if not isinstance(made, Boolean):
        return made if isinstance(made, DisMax) else without_scores(made)
    made = _all_needed(made) or made
    if not isinstance(made, Boolean):
        return made
    clauses: Clauses = [(FILTER if sign == MUST else sign, unscored(one)) for sign, one in made.clauses]
    if not made.needed and any(sign == FILTER for sign, _ in clauses):
        clauses = [(sign, one) for sign, one in clauses if sign != SHOULD]
    if len(clauses) == 1 and clauses[0][0] in (FILTER, SHOULD):
        return clauses[0][1]
    return rewritten(Boolean(clauses, made.needed, made.late)) if len(clauses) > 1 else Boolean(clauses, made.needed, made.late)


def as_lucene_nine(made: Lucene) -> Lucene:
    """Make the parts of a query stand as Lucene 9 has them."""
    if isinstance(made, Boolean):
        made.late = True
        for _, one in made.clauses:
            as_lucene_nine(one)
    elif isinstance(made, DisMax):
        made.late = True
        for one in made.queries:
            as_lucene_nine(one)
    elif isinstance(made, Boost | Constant):
        made.late = True
        as_lucene_nine(made.inner)
    return made


def _all_needed(bool_: Boolean) -> Lucene | None:
    """Options of which all must match are required (Lucene 9)."""
    options = len(bool_.of(SHOULD))
    if not bool_.late or bool_.needed < 1 or not options or options > bool_.needed or _flat(bool_) is not None:
        return None
    if options < bool_.needed:
        return nothing("SHOULD clause count less than minimumNumberShouldMatch")
    return Boolean([(MUST if sign == SHOULD else sign, one) for sign, one in bool_.clauses], 0, True)


def _without_scores(bool_: Boolean) -> Lucene | None:
    if not bool_.late:
        return None
    clauses = [(sign, unscored(one) if sign in (FILTER, MUST_NOT) else one) for sign, one in bool_.clauses]
    if [one.text() for _, one in clauses] == [one.text() for _, one in bool_.clauses]:
        return None
    return Boolean(clauses, bool_.needed, True)


_RULES = (
    _impossible, _all_needed, _without_scores, _distinct, _contradictory, _needless_filters, _required_options, _summed(SHOULD), _summed(MUST),
    _only_filters, _flat,
)  # fmt: skip
