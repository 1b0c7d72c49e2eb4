"""The ``term`` suggester: other spellings of each word. Docs: search-suggesters-term."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.analysis.token import utf16
from esmock.search.suggest.request import Suggestion, read_options
from esmock.search.suggest.spelling import OPTIONS, Spelling, Word, check_frequencies, order, similar
from esmock.search.suggest.terms import suggest_analyzer, suggest_field, term_dictionary
from esmock.xcontent.java_length import utf16_length
from esmock.xcontent.json_writer import F32

if TYPE_CHECKING:
    from esmock.search.query.base import ParseContext
    from esmock.search.query.shard import ShardSearch

Json = Any


@dataclass(slots=True)
class TermEntry:
    """One word of the text and its suggestions; offsets as Java counts."""

    text: str
    offset: int
    length: int
    options: list[Word]


@dataclass(slots=True)
class Term(Suggestion):
    """Docs: search-suggesters-term."""

    name = "term"
    spelling: Spelling = field(default_factory=Spelling)

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Term:
        out = read_options("term", body, ctx, OPTIONS)
        spelling = Spelling(**{key: out.pop(key) for key in list(out) if key in OPTIONS})
        return cls(spelling=spelling, **out)

    def check(self, shard: ShardSearch) -> None:
        Suggestion.check(self, shard)
        check_frequencies(self.spelling.min_doc_freq, self.spelling.max_term_freq)

    def collect(self, shard: ShardSearch, targets: Any) -> list[TermEntry]:
        asked = self.asked()
        found = suggest_field(shard, self.field)
        analyzer = suggest_analyzer(shard, found, self.analyzer)
        terms = term_dictionary(shard, found.path)
        if analyzer is None:
            tokens = [(asked, 0, utf16_length(asked))]
        else:
            java = utf16(asked)
            tokens = [(one.term, java(one.start), java(one.end)) for one in analyzer.tokens(asked)]  # type: ignore[attr-defined]
        return [
            TermEntry(word, start, end - start, similar(word, self.per_shard, terms, self.spelling))
            for word, start, end in tokens
        ]

    def reduce(self, parts: list[list[TermEntry]]) -> list[Json]:
        out: list[Json] = []
        for entries in zip(*parts, strict=True):
            first = entries[0]
            out.append(
                {
                    "text": first.text,
                    "offset": first.offset,
                    "length": first.length,
                    "options": [
                        {"text": word.text, "score": F32(word.score), "freq": word.freq}
                        for word in self._merged([entry.options for entry in entries])
                    ],
                }
            )
        return out

    def _merged(self, options: list[list[Word]]) -> list[Word]:
        found: dict[str, Word] = {}
        for one in options:
            for word in one:
                known = found.get(word.text)
                if known is None:
                    found[word.text] = Word(word.text, word.score, word.freq)
                else:
                    known.freq += word.freq
        return sorted(found.values(), key=order(self.spelling.sort))[: self.size]


