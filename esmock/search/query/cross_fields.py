"""``cross_fields``: fields with one analyzer count as one big field, with blended term statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.search.query.analyzed import Analysis, analyzer_of, joined, match_query, positions
from esmock.search.query.base import F32, Bound, MatchEverything, MatchNothing
from esmock.search.query.compound import DisMaxBound
from esmock.search.query.terms import ColumnTerm, TextTerm, make_scorer

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any


def cross_fields(
    shard: ShardSearch, value: Json, fields: dict[str, float], how: Analysis, tie: float, boost: Any, scored: bool
) -> Bound:
    """Each term of the text on any of the fields of a group; groups by analyzer, joined as best fields."""
    groups: dict[Any, dict[str, float]] = {}
    for name, own in fields.items():
        field = shard.field(name)
        if field is None:
            continue
        analyzer = analyzer_of(shard, field, how.analyzer, "multi_match")
        groups.setdefault(getattr(analyzer, "name", None), {})[name] = own
    bound = [_group(shard, value, members, how, tie, boost, scored) for members in groups.values()]
    if not bound:
        return MatchNothing()
    return bound[0] if len(bound) == 1 else DisMaxBound(bound, tie)


def _group(
    shard: ShardSearch, value: Json, fields: dict[str, float], how: Analysis, tie: float, boost: Any, scored: bool
) -> Bound:
    from esmock.mapping.parameter import java_text

    first = next(iter(fields))
    field = shard.field(first)
    analyzer = analyzer_of(shard, field, how.analyzer, "multi_match")
    if len(fields) == 1:
        return match_query(shard, first, value, how, F32(fields[first]) * boost, scored, "multi_match")
    if analyzer is None:
        words = [[java_text(value)]]
    else:
        words = positions(analyzer.tokens(java_text(value)))
    if not words:
        return MatchEverything(boost) if how.zero_terms == "all" else MatchNothing()
    clauses = [_term(shard, one[0], fields, tie, boost, scored) for one in words]
    return joined(clauses, how, scored)


def _term(shard: ShardSearch, word: str, fields: dict[str, float], tie: float, boost: Any, scored: bool) -> Bound:
    """One term on all fields, every field scored with the greatest of their frequencies."""
    known = []
    for name, own in fields.items():
        field = shard.field(name)
        assert field is not None
        term = word if field.is_text else field.term(word)
        df = shard.doc_freq(field.path, term)
        known.append((field, term, df, own))
    frequency = max(df for _, _, df, _ in known)
    if frequency == 0:
        for field, _, _, _ in known:
            shard.note(field.path, (), scored)
        return MatchNothing()
    present = [one for one in known if one[2] > 0]
    if len(present) > 1:
        # ES: BlendedTermQuery gives each less common field a slightly greater frequency, and so a smaller weight
        frequencies: dict[str, int] = {}
        blended, before = frequency, frequency
        for one in sorted(present, key=lambda one: -one[2]):
            blended += one[2] < before
            before = one[2]
            frequencies[one[0].path] = blended
    else:
        frequencies = {one[0].path: frequency for one in present}
    clauses: list[Bound] = []
    for field, term, _, own in present:
        statistics = shard.own_statistics(field.path)
        df = min(frequencies[field.path], statistics.doc_count)
        scorer = None
        if scored:
            scorer = make_scorer(shard, field, field.path, df, F32(own) * boost, words=((term,),), blend=term)
        if field.is_text:
            clauses.append(TextTerm(field.path, str(term), scorer, bool(field.get("norms"))))
        else:
            clauses.append(ColumnTerm(field.path, term, scorer))
    return clauses[0] if len(clauses) == 1 else DisMaxBound(clauses, tie)
