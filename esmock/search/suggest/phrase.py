"""The ``phrase`` suggester: whole phrases, corrected. Docs: search-suggesters-phrase."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from esmock.errors import IllegalArgument, IllegalState, Parsing
from esmock.search.query.base import QueryReading
from esmock.search.query.parse import boolean_value, float_value, int_value, members_inside, text
from esmock.search.suggest.collate import Collate
from esmock.search.suggest.correction import Correction, Place, best_corrections, phrase_score
from esmock.search.suggest.distance import DISTANCES
from esmock.search.suggest.request import COMMON, Suggestion, check_field
from esmock.search.suggest.scorer import MODELS, Candidate, Model, WordScorer
from esmock.search.suggest.spelling import MODES as SPELLING_MODES
from esmock.search.suggest.spelling import OPTIONS, Spelling, check_frequencies, similar
from esmock.search.suggest.terms import TermDictionary, suggest_analyzer, suggest_field, term_dictionary
from esmock.xcontent import object_parser as parsing
from esmock.xcontent.json_writer import F32
from esmock.xcontent.located import at_end, at_value, token
from esmock.xcontent.object_parser import Parser

if TYPE_CHECKING:
    from esmock.search.query.base import ParseContext
    from esmock.search.query.shard import ShardSearch
    from esmock.search.suggest.request import Option

Json = Any
LEAST_SCORE = 5e-324
"""The least number above 0."""
_MOST = 2**31 - 1


def _size(size: int) -> int:
    if size <= 0:
        raise IllegalArgument("Size must be positive")
    return size


def _edits(edits: int) -> int:
    if not 1 <= edits <= 2:
        raise IllegalArgument(f"Illegal max_edits value {edits}")
    return edits


def _known(value: str, allowed: Collection[str], wrong: str) -> str:
    """A name in any case. Raises IllegalArgument."""
    if value.lower() not in allowed:
        raise IllegalArgument(wrong)
    return value.lower()


_GENERATOR = Parser(
    "direct_generator",
    parsing.string("field", required=True),
    parsing.string("pre_filter"),
    parsing.string("post_filter"),
    parsing.integer("size", then=_size),
    *map(parsing.string, ("suggest_mode", "sort", "string_distance")),
    *map(parsing.float_, ("accuracy", "max_term_freq", "min_doc_freq")),
    *map(parsing.integer, ("max_inspections", "prefix_length", "min_word_length")),
    parsing.integer("max_edits", then=_edits),
)


@dataclass(slots=True)
class Generator:
    """A ``direct_generator``: candidates for each word from the terms of a field."""

    field: str
    size: int = 5
    spelling: Spelling = dataclasses.field(default_factory=Spelling)
    pre_filter: str | None = None
    post_filter: str | None = None

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Generator:
        found = _GENERATOR.parse(body, QueryReading.of(ctx))
        spelling = {name: found.pop(name) for name in OPTIONS if name in found}
        return cls(spelling=Spelling(**spelling), **found)

    def checked(self, shard: ShardSearch) -> Generator:
        """The generator with the names in it understood, which only a shard does. Raises IllegalArgument."""
        given = self.spelling
        for one in (self.pre_filter, self.post_filter):
            if one is not None and shard.mapping.analysis.analyzer(one) is None:
                raise IllegalArgument(f"Analyzer [{one}] doesn't exists")
        check_frequencies(given.min_doc_freq, given.max_term_freq)
        spelling = replace(
            given,
            string_distance=_known(given.string_distance, DISTANCES, f"Illegal distance option {given.string_distance}"),
            sort=_known(given.sort, ("score", "frequency"), f"No enum constant org.elasticsearch.search.suggest.SortBy.{given.sort.upper()}"),
            suggest_mode=_known(given.suggest_mode, SPELLING_MODES, f"Illegal suggest mode {given.suggest_mode}"),
        )
        return replace(self, spelling=spelling)

    def candidates(self, place: Place, shard: ShardSearch, terms: TermDictionary) -> list[Candidate]:
        """Candidates for a word that seems misspelt."""
        word = _filtered(shard, self.pre_filter, place.original.term)
        threshold = None
        if self.spelling.suggest_mode != "always":
            limit = self._threshold(terms.doc_freq(place.original.term), terms)
            if limit >= _MOST:
                return []
            threshold = float(limit)
        found = similar(word, self.size, terms, self.spelling, threshold=threshold)
        out = []
        for one in found:
            shown = _filtered(shard, self.post_filter, one.text)
            out.append(candidate(shown, terms, one.score, original=False))
        return out

    def _threshold(self, doc_freq: int, terms: TermDictionary) -> int:
        if doc_freq <= 0:
            return 0
        least = self.spelling.min_doc_freq
        plateau = int(least) if least >= 1 else int(terms.total * least)
        rest = doc_freq - plateau
        if rest <= 0:
            return 0
        return min(max(0, math.floor(doc_freq * (math.log10(rest) / math.log10(5)) + 1 + 0.5)), _MOST)


def _filtered(shard: ShardSearch, analyzer: str | None, word: str) -> str:
    if analyzer is None:
        return word
    found = shard.mapping.analysis.analyzer(analyzer)
    words = found.terms(word)
    return words[0] if words else word


def candidate(term: str, terms: TermDictionary, likeness: float, *, original: bool) -> Candidate:
    """A word with its statistics."""
    total = terms.total_freq(term)
    return Candidate(term, total, likeness, likeness * ((total + 1.0) / (terms.total + 1.0)), original)


class PhraseOption(NamedTuple):
    """A phrase that a shard suggests; ``matches`` where a query was asked and its answer is told."""

    text: str
    highlighted: str | None
    score: float
    matches: bool | None = None


@dataclass(slots=True)
class PhraseEntry:
    """What one shard found: the text, and phrases with their scores, which are above ``cutoff``."""

    text: str
    options: list[PhraseOption]
    cutoff: float = LEAST_SCORE


def _checked(check: Any, message: str, read: Any = None) -> Option:
    def one(body: Json, key: str, ctx: ParseContext) -> Any:
        number = float_value(body, key) if read is None else read(body, key)
        if not check(number):
            raise IllegalArgument(message)
        return number

    return one


_OPTIONS: dict[str, Option] = {
    "real_word_error_likelihood": _checked(lambda number: number > 0, "real_word_error_likelihood must be > 0.0"),
    "confidence": _checked(lambda number: number >= 0, "confidence must be >= 0.0"),
    "separator": text,
    "max_errors": _checked(lambda number: number > 0, "max_error must be > 0.0"),
    "gram_size": _checked(lambda number: number >= 1, "gramSize must be >= 1", int_value),
    "force_unigrams": lambda body, key, ctx: boolean_value(body, key),
    "token_limit": _checked(lambda number: number > 0, "token_limit must be >= 1", int_value),
}


@dataclass(slots=True)
class Phrase(Suggestion):
    """Docs: search-suggesters-phrase."""

    name = "phrase"
    real_word_error_likelihood: float = 0.949999988079071  # 0.95 in 32 bits
    confidence: float = 1.0
    separator: str = " "
    max_errors: float = 0.5
    gram_size: int | None = None
    force_unigrams: bool = True
    token_limit: int = 10
    tags: tuple[str, str] | None = None
    collate: Collate = dataclasses.field(default_factory=Collate)
    model: Model = dataclasses.field(default_factory=Model)
    generators: list[Generator] = dataclasses.field(default_factory=list)

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Phrase:

        out: dict[str, Any] = {}
        readers = {**COMMON, **_OPTIONS}
        for key in body:
            value = body[key]
            if isinstance(value, dict):
                cls._object(out, body, key, ctx)
            elif isinstance(value, list):
                if key != "direct_generator":
                    raise Parsing(f"suggester[phrase]  doesn't support array field [{key}]", at_value(body, key))
                for one in value:
                    if not isinstance(one, dict):
                        raise Parsing(f"suggester[phrase] doesn't support field [{key}]", at_end(value))
                    out.setdefault("generators", []).append(Generator.parse(one, ctx))
            elif key not in readers or value is None:
                raise Parsing(f"suggester[phrase] doesn't support field [{key}]", at_value(body, key))
            else:
                out[key] = readers[key](body, key, ctx)
        check_field(out)
        return cls(**out)

    @staticmethod
    def _object(out: dict[str, Any], body: Json, key: str, ctx: ParseContext) -> None:
        value = body[key]
        if key == "smoothing":
            for name in value:
                if not isinstance(value[name], dict):
                    raise Parsing(f"[smoothing] unknown token [{token(value[name])}] after [{name}]", at_value(value, name))
                model = MODELS.get(name)
                if model is None:
                    raise IllegalArgument(f"suggester[phrase] doesn't support object field [{name}]")
                out["model"] = model.parse(value[name])
        elif key == "highlight":
            tags: dict[str, str] = {}
            for name, holder, at in members_inside(value):
                if name not in ("pre_tag", "post_tag"):
                    raise Parsing(f"suggester[phrase][highlight] doesn't support field [{name}]", at_value(holder, at))
                tags[name] = text(holder, at, ctx)
            if len(tags) == 1:
                raise IllegalArgument("Pre and post tag must both be null or both not be null.")
            if tags:
                out["tags"] = (tags["pre_tag"], tags["post_tag"])
        elif key == "collate":
            out["collate"] = Collate.parse(value, ctx)
        else:
            raise Parsing(f"suggester[phrase]  doesn't support array field [{key}]", at_value(body, key))

    def check(self, shard: ShardSearch) -> None:
        Suggestion.check(self, shard)
        for one in self.generators:
            one.checked(shard)

    def collect(self, shard: ShardSearch, targets: Any) -> PhraseEntry:
        asked = self.asked()
        found = suggest_field(shard, self.field)
        analyzer: Any = suggest_analyzer(shard, found, self.analyzer)
        terms = term_dictionary(shard, found.path)
        empty = PhraseEntry(asked, [])
        shingle = _shingle_filter(analyzer)
        gram_size = self.gram_size or (shingle.max_shingle_size if shingle is not None else 1)
        generators = [one.checked(shard) for one in self.generators] or [Generator(found.path)]
        pairs = [(one, term_dictionary(shard, one.field)) for one in generators]
        drawn = [(one, words) for one, words in pairs if words is not None]
        if terms is None or not drawn:
            return empty
        places = self._places(analyzer, asked, drawn[0][1], shard, drawn[0][0])
        if not places or len(places) >= self.token_limit:
            return empty
        for place in places:
            for generator, words in drawn:
                known = {one.term for one in place.candidates}
                place.candidates.extend(one for one in generator.candidates(place, shard, words) if one.term not in known)
            if len(place.candidates) > self.per_shard:
                place.candidates = sorted(place.candidates, key=lambda one: -one.score)[: self.per_shard]
        scorer = WordScorer(terms, self.model, self.real_word_error_likelihood, self.separator, gram_size)
        cutoff = phrase_score(places, scorer) * self.confidence if self.confidence > 0 else LEAST_SCORE
        best = best_corrections(places, scorer, self.per_shard, self.max_errors, cutoff)
        options = (self._option(one, shard) for one in best)
        return PhraseEntry(asked, [one for one in options if one is not None], cutoff)

    def _option(self, one: Correction, shard: ShardSearch) -> PhraseOption | None:
        """A correction as it is told; None: no document has it, and such are left out."""
        joined = one.joined(" ")
        matches = None
        if self.collate.template is not None:
            matches = self.collate.matches(joined, shard)
            if not matches and not self.collate.prune:
                return None
        shown = None if self.tags is None else one.joined(" ", self.tags)
        return PhraseOption(joined, shown, float(F32(one.score)), matches if self.collate.prune else None)

    def _places(
        self, analyzer: Any, asked: str, terms: TermDictionary, shard: ShardSearch, generator: Generator
    ) -> list[Place]:
        tokens = [(asked, "word", 1)] if analyzer is None else [
            (one.term, one.type, one.increment) for one in analyzer.tokens(asked)
        ]
        out: list[Place] = []
        any_word = False
        for term, kind, increment in tokens:
            if self.force_unigrams and kind == "shingle":
                continue
            any_word = True
            if increment == 0 and kind == "SYNONYM" and out:
                if terms.doc_freq(term):
                    out[-1].candidates.append(candidate(term, terms, self.real_word_error_likelihood, original=False))
                continue
            word = candidate(term, terms, 1.0, original=True)
            if generator.pre_filter is not None:
                word = replace(word, total_freq=terms.total_freq(_filtered(shard, generator.pre_filter, term)))
            out.append(Place(word))
        if self.force_unigrams and tokens and not any_word:
            raise IllegalState("At least one unigram is required but all tokens were ngrams")
        return out

    def reduce(self, parts: list[PhraseEntry]) -> list[Json]:
        from esmock.xcontent.java_length import utf16_length

        best: dict[str, PhraseOption] = {}
        # ES: a phrase must be above what each of several shards asks for
        cutoff = max(part.cutoff for part in parts) if len(parts) > 1 else 0.0
        for part in parts:
            for option in part.options:
                if option.score <= cutoff:
                    continue
                known = best.get(option.text)
                kept = option if known is None or known.score < option.score else known
                if known is not None and (known.matches or option.matches):
                    kept = kept._replace(matches=True)
                best[option.text] = kept
        options = sorted(best.values(), key=lambda one: (-one.score, one.text))[: self.size]
        asked = parts[0].text if parts else ""
        shown = []
        for option in options:
            one: dict[str, Json] = {"text": option.text}
            if option.highlighted is not None:
                one["highlighted"] = option.highlighted
            one["score"] = F32(option.score)
            if option.matches is not None:
                one["collate_match"] = option.matches
            shown.append(one)
        return [{"text": asked, "offset": 0, "length": utf16_length(asked), "options": shown}]


def _shingle_filter(analyzer: Any) -> Any:
    for one in getattr(analyzer, "filters", ()):
        if type(one).__name__.startswith("Shingle"):
            return one
    return None
