"""``cross_fields``: fields with one analyzer count as one big field, with blended term statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError
from esmock.search.query.analyzed import UNSEARCHED, Analysis, analyzer_of, joined, match_query, positions
from esmock.search.query.base import F32, Bound, MatchEverything, MatchNothing
from esmock.search.query.scored_compound import DisMaxBound
from esmock.search.query.terms import ColumnTerm, TextTerm, make_scorer
from esmock.xcontent.java_order import java_hash, ordered_by_hash

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.shard import ShardSearch

Json = Any


def cross_fields(
    shard: ShardSearch, value: Json, fields: dict[str, float], how: Analysis, tie: float, boost: Any, scored: bool
) -> Bound:
    """Each term of the text on any of the fields of a group; groups by analyzer, joined as best fields."""
    bound = [_group(shard, value, members, how, tie, boost, scored) for members in grouped(shard, fields, how)]
    if not bound:
        return MatchNothing()
    return bound[0] if len(bound) == 1 else DisMaxBound(bound, tie)


_WHOLE = "_keyword"
"""The analyzer of fields whose texts are one term."""
_ANY = ""
"""That of fields which have none; in Elasticsearch its place among the others changes from start to start."""


def _analyzer_name(shard: ShardSearch, field: Field, how: Analysis) -> str:
    if how.analyzer is None and field.name in UNSEARCHED:
        return _ANY
    if how.analyzer is None and field.is_analyzed:
        return str(field.get("search_analyzer"))
    return str(getattr(analyzer_of(shard, field, how.analyzer, "multi_match"), "name", _WHOLE))


def grouped(shard: ShardSearch, fields: dict[str, float], how: Analysis) -> list[dict[str, float]]:
    """The fields with their boosts, those of one analyzer together."""
    groups: dict[Any, dict[str, float]] = {}
    for name, own in fields.items():
        field = shard.field(name)
        if field is None:
            continue
        groups.setdefault(_analyzer_name(shard, field, how), {})[name] = own
    # ES: an analyzer's hash code is that of a list with its name
    return [groups[name] for name in ordered_by_hash(groups, lambda name: (31 + java_hash(name)) & 0xFFFFFFFF)]


def _group(
    shard: ShardSearch, value: Json, fields: dict[str, float], how: Analysis, tie: float, boost: Any, scored: bool
) -> Bound:
    first = next(iter(fields))
    if len(fields) == 1:
        return match_query(shard, first, value, how, F32(fields[first]) * boost, scored, "multi_match")
    words = words_of(shard, value, first, how)
    if not words:
        return MatchEverything(boost) if how.zero_terms == "all" else MatchNothing()
    clauses = [_term(shard, one[0], fields, tie, boost, scored, how) for one in words]
    return joined(clauses, how, scored)


def words_of(shard: ShardSearch, value: Json, name: str, how: Analysis) -> list[list[str]]:
    """The words of a text by position, analyzed as for the first field of a group."""
    from esmock.mapping.parameter import java_text

    field = shard.field(name)
    analyzer = analyzer_of(shard, field, how.analyzer, "multi_match")
    if analyzer is None and field is not None and field.is_analyzed:
        word = field.words_of(java_text(value))
        return [] if word is None else [[word]]
    return [[java_text(value)]] if analyzer is None else positions(analyzer.tokens(java_text(value)))


def parted(shard: ShardSearch, fields: dict[str, float]) -> tuple[dict[str, float], dict[str, float]]:
    """The fields whose values are terms, and the others."""
    found: tuple[dict[str, float], dict[str, float]] = {}, {}
    for name, own in fields.items():
        field = shard.field(name)
        assert field is not None
        found[not (field.takes_patterns or field.is_analyzed or field.name == "boolean")][name] = own
    return found


def _term(
    shard: ShardSearch, word: str, fields: dict[str, float], tie: float, boost: Any, scored: bool, how: Analysis
) -> Bound:
    """One term on all fields: those of terms are scored with the greatest of their frequencies, others by themselves."""
    fields, others = parted(shard, fields)
    clauses = [match_query(shard, name, word, _alone(how), F32(own) * boost, scored, "multi_match") for name, own in others.items()]
    if fields:
        clauses.append(_blended_term(shard, word, fields, tie, boost, scored, how))
    return clauses[0] if len(clauses) == 1 else DisMaxBound(clauses, tie)


def _alone(how: Analysis) -> Analysis:
    """How a word that was analyzed is looked for in a field without terms."""
    return Analysis(lenient=how.lenient)


def _blended_term(
    shard: ShardSearch, word: str, fields: dict[str, float], tie: float, boost: Any, scored: bool, how: Analysis
) -> Bound:
    members = blended(shard, word, fields, how)
    if all(df == 0 for _, _, df, _ in members):
        for field, _, _, _ in members:
            shard.note(field.path, (), scored)
        return MatchNothing()
    clauses: list[Bound] = []
    for field, term, df, own in members:
        if df == 0:
            shard.note(field.path, (), scored)
            continue
        scorer = None
        if scored:
            scorer = make_scorer(shard, field, field.path, df, F32(own) * boost, words=((term,),), blend=term)
        if field.is_text:
            clauses.append(TextTerm(field.path, str(term), scorer, bool(field.get("norms"))))
        else:
            clauses.append(ColumnTerm(field.path, term, scorer))
    return clauses[0] if len(clauses) == 1 else DisMaxBound(clauses, tie)


def blended(shard: ShardSearch, word: str, fields: dict[str, float], how: Analysis) -> list[tuple[Any, Any, int, float]]:
    """(field, term, how many documents are said to have it, boost) for each field; 0 documents where it does not occur.

    Raises:
        ApiError: for a value that a field cannot take, unless it is lenient.
    """
    known = []
    for name, own in fields.items():
        field = shard.field(name)
        assert field is not None
        try:
            term = word if field.is_text else field.term(word)
        except ApiError:
            if how.lenient:
                continue
            raise
        known.append((field, term, shard.doc_freq(field.path, term), own))
    present = [one for one in known if one[2] > 0]
    # ES: none is said to be in more documents than a field that has the term has terms
    most = min((shard.own_statistics(one[0].path).total_terms for one in present), default=0)
    frequency = min(max((one[2] for one in present), default=0), most)
    # ES: BlendedTermQuery gives each less common field a slightly greater frequency, and so a smaller weight
    frequencies: dict[str, int] = {}
    said, before = frequency, max((one[2] for one in present), default=0)
    for one in sorted(present, key=lambda one: -one[2]):
        said += one[2] < before
        before = one[2]
        frequencies[one[0].path] = said
    # ES: until 7.17 a term may be said to be in more documents than its field, and scores below zero then
    limits = {one[0].path: shard.own_statistics(one[0].path).doc_count if shard.behaviour.has((7, 17)) else most for one in present}
    return [
        (field, term, min(frequencies[field.path], limits[field.path], most) if df else 0, own) for field, term, df, own in known
    ]
