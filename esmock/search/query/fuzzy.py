"""Words near another one. Docs: query-dsl-fuzzy-query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, Parsing
from esmock.search.query.base import F32, Bound, Constant, MatchNothing, ParseContext, Query
from esmock.search.query.edits import distance, distances, edit_limit
from esmock.search.query.full_text import read_fuzziness
from esmock.search.query.multi_term import (
    PatternTerms,
    matching_terms,
    refuse_key,
    terms_from,
    terms_mask,
    text_option,
)
from esmock.search.query.parse import flag, members, one_field, options, whole
from esmock.search.query.rewrite import PLAIN, blended, check_rewrite, refuse_negative, rewritten
from esmock.search.query.terms import is_unmapped, require_indexed
from esmock.xcontent.located import at_end, at_value

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.shard import ShardSearch

Json = Any


@dataclass(frozen=True, slots=True)
class NearWord:
    """A test for the terms within some edits of a word."""

    word: str
    prefix: str
    limit: int
    transpositions: bool

    def __call__(self, term: str) -> bool:
        return term.startswith(self.prefix) and self._edits(term) <= self.limit

    def weight(self, term: str) -> float:
        """How much a term counts; those that share nothing with the word do not."""
        edits = self._edits(term)
        return 1.0 if edits == 0 else float(F32(1) - F32(edits) / F32(min(len(term), len(self.word))))

    def _edits(self, term: str) -> int:
        return distance(self.word, term, self.limit, transpositions=self.transpositions)


def check_fuzzy(field: Field) -> None:
    """Raises IllegalArgument where a type has no terms that could be near another, UnsupportedOperation for a key of a flattened field."""
    refuse_key(field, "fuzzy")
    if not field.takes_patterns or field.name == "wildcard":
        raise IllegalArgument(
            f"Can only use fuzzy queries on keyword and text fields - not on [{field.path}] which is of type [{field.type_name}]"
        )


def near_terms(
    shard: ShardSearch, field: Field, word: str, limit: int, prefix_length: int, *, transpositions: bool
) -> dict[str, Any]:
    """The terms of a shard within some edits of a word, with their boosts (float32); those that share nothing with it have
    a boost below zero."""
    path, is_text = field.path, field.is_text
    if prefix_length >= len(word) and not shard.behaviour.lucene_nine:
        limit = 0  # Lucene 8: a word that is all prefix is looked up itself
    found: dict[str, Any] = {}
    for segment in shard.segments(path):
        terms, places = terms_from(segment, path, is_text, word[:prefix_length])
        new = terms[places.start : places.stop]
        if found:
            new = [term for term in new if term not in found]
        for term, edits in zip(new, distances(word, new, limit, transpositions=transpositions), strict=True):
            if edits <= limit:
                found[term] = F32(1) if edits == 0 else F32(1) - F32(edits) / F32(min(len(term), len(word)))
    return found


def fuzzy_terms(
    shard: ShardSearch,
    field: Field,
    word: str,
    fuzziness: str,
    prefix_length: int,
    max_expansions: int,
    boost: Any,
    scored: bool,
    *,
    transpositions: bool = True,
    rewrite: str | None = None,
) -> Bound:
    """The terms within some edits of a word, scored with blended frequencies as FuzzyQuery does; all of them, where it is supposed
    which there are."""
    path, is_text = field.path, field.is_text
    limit = edit_limit(fuzziness, word)
    if prefix_length < 0:
        raise IllegalArgument("prefixLength cannot be negative.")
    if max_expansions <= 0:
        raise IllegalArgument("maxExpansions must be positive.")
    prefix = word[:prefix_length]
    if shard.supposed is not None:
        near = NearWord(word, prefix, limit, transpositions)
        return PatternTerms(
            lambda segment: terms_mask(segment, path, is_text, matching_terms(segment, path, is_text, near, prefix)[1]), boost, path, near
        )
    boosts = near_terms(shard, field, word, limit, prefix_length, transpositions=transpositions)
    if not boosts:
        return MatchNothing()
    if field.scores_constant and rewrite is None:
        rewrite = "constant_score"
    if rewrite is not None:
        if rewrite not in PLAIN:
            return rewritten(shard, field, boosts, rewrite, boost, scored)
        if rewrite == "constant_score_boolean":
            refuse_negative(boosts)
        words = set(boosts)
        return Constant(
            lambda segment: terms_mask(segment, path, is_text, matching_terms(segment, path, is_text, words.__contains__, prefix)[1]),
            boost,
        )
    boosts = {term: max(one, F32(0)) for term, one in boosts.items()}
    best = sorted(boosts, key=lambda term: (-float(boosts[term]), term))[:max_expansions]
    if limit == 0:
        best = [term for term in best if term == word]
    return blended(shard, field, {term: boosts[term] for term in best}, boost, scored)


@dataclass(slots=True)
class Fuzzy(Query):
    """Docs: query-dsl-fuzzy-query."""

    name = "fuzzy"
    field: str
    value: str
    fuzziness: str | None = "AUTO"
    prefix_length: int = 0
    max_expansions: int = 50
    transpositions: bool = True
    rewrite: str | None = None

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Fuzzy:
        more = {
            "term": text_option, "fuzziness": read_fuzziness, "prefix_length": whole, "max_expansions": whole,
            "transpositions": flag,
        }

        def read(field: str, holder: Json, key: Any) -> dict[str, Any]:
            value = holder[key]
            if isinstance(value, dict):
                known = {"value": text_option, "rewrite": text_option, **more}
                out = options("fuzzy", value, ctx, known, kinds="unexpected token")
                if "term" in out:
                    out["value"] = out.pop("term")
                return out
            if isinstance(value, list):
                if not value:
                    raise Parsing(f"[fuzzy] query doesn't support multiple fields, found [{field}] and [{field}]", at_end(value))
                raise Parsing("[fuzzy] query does not support array of values", at_value(holder, key))
            return {"value": text_option(holder, key, ctx)}

        out = one_field("fuzzy", members(body), read)
        if not out.get("field"):
            raise IllegalArgument("field name cannot be null or empty")
        if out.get("value") is None:
            raise IllegalArgument("query value cannot be null")
        return cls(**out)

    def matches_none(self, shard: ShardSearch) -> bool:
        return is_unmapped(shard, self.field)

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        field = shard.field(self.field)
        if field is None:
            return MatchNothing()
        check_fuzzy(field)
        require_indexed(shard, field, field.path)
        check_rewrite(self.rewrite)
        value = self.value if field.is_text else str(field.term(self.value))
        return fuzzy_terms(
            shard, field, value, self.fuzziness or "AUTO", self.prefix_length, self.max_expansions, boost, scored,
            transpositions=self.transpositions, rewrite=self.rewrite,
        )


QUERIES = (Fuzzy,)
