"""Filters that cut terms at case changes, digits and punctuation: word_delimiter and word_delimiter_graph.

Pages: analysis-word-delimiter-tokenfilter, analysis-word-delimiter-graph-tokenfilter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.analysis.component import TokenFilter
from esmock.analysis.parameter import Parameter, Settings, boolean
from esmock.analysis.stop_words import rule_list, word_set
from esmock.analysis.token import Stream, Token
from esmock.errors import NoSuchElement, RuntimeError_

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder

LOWER, UPPER, DIGIT, DELIMITER = 1, 2, 4, 8
ALPHA = LOWER | UPPER
ALPHANUM = ALPHA | DIGIT
_TYPES = {
    "LOWER": LOWER,
    "UPPER": UPPER,
    "ALPHA": ALPHA,
    "DIGIT": DIGIT,
    "ALPHANUM": ALPHANUM,
    "SUBWORD_DELIM": DELIMITER,
}
_RULE = re.compile(r"(.*)\s*=>\s*(.*)\s*\Z", re.DOTALL)
_ESCAPES = {"\\": "\\", "n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def parse_types(rules: list[str] | None) -> dict[str, int]:
    """A type table: kind by character. Raises RuntimeError_ for a bad rule."""
    out: dict[str, int] = {}
    if rules is not None and not rules:
        # ES looks for the greatest character of the table.
        raise NoSuchElement(None)
    for rule in rules or []:
        match = _RULE.match(rule)
        if match is None:
            raise RuntimeError_(f"Invalid Mapping Rule : [{rule}]")
        left, right = _unescape(match[1].strip()), _TYPES.get(match[2].strip())
        if len(left) != 1:
            raise RuntimeError_(f"Invalid Mapping Rule : [{rule}]. Only a single character is allowed.")
        if right is None:
            raise RuntimeError_(f"Invalid Mapping Rule : [{rule}]. Illegal type.")
        out[left] = right
    return out


def _unescape(text: str) -> str:
    def replace(match: re.Match[str]) -> str:
        return chr(int(match[1], 16)) if match[1] else _ESCAPES.get(match[2], match[2])

    return re.sub(r"\\(?:u([0-9a-fA-F]{4})|(.))", replace, text)


def kind_of(char: str, given: Container[str] = ()) -> int:
    """The kind of a character that a type table, if there is one, does not name."""
    if char > "\uffff":
        # Java sees two halves, at which Lucene never cuts.
        return ALPHANUM
    category = unicodedata.category(char)
    if category == "Lu":
        return UPPER
    if category == "Ll":
        return LOWER
    if category in ("Lt", "Lm", "Lo", "Mn", "Me", "Mc"):
        return ALPHA
    if category[0] == "N":
        # In Lucene's own table of the first 256, superscripts and fractions are no digits.
        return DIGIT if given or category == "Nd" or char > "\xff" else DELIMITER
    return DELIMITER


@dataclass(slots=True)
class _Words:
    """The subwords of one term, in turn."""

    term: str
    kinds: list[int]
    case_change: bool
    numerics: bool
    possessive: bool
    current: int = 0
    end: int = 0
    begin_bound: int = 0
    end_bound: int = 0
    final_possessive: bool = False
    done: bool = False
    skip_possessive: bool = False

    def start(self) -> None:
        length = len(self.term)
        self.begin_bound, self.end_bound = 0, length
        while self.begin_bound < length and self.kinds[self.begin_bound] & DELIMITER:
            self.begin_bound += 1
        while self.end_bound > self.begin_bound and self.kinds[self.end_bound - 1] & DELIMITER:
            self.end_bound -= 1
        if self._ends_with_possessive(self.end_bound):
            self.final_possessive = True
        self.current = self.begin_bound
        self.end = self.begin_bound
        self.next()

    def next(self) -> None:
        self.current = self.end
        if self.skip_possessive:
            self.current += 2
            self.skip_possessive = False
        while self.current < self.end_bound and self.kinds[self.current] & DELIMITER:
            self.current += 1
        if self.current >= self.end_bound:
            self.done = True
            return
        last = self.kinds[self.current]
        self.end = self.current + 1
        while self.end < self.end_bound and not self._breaks(last, self.kinds[self.end]):
            last = self.kinds[self.end]
            self.end += 1
        if self.end < self.end_bound - 1 and self._ends_with_possessive(self.end + 2):
            self.skip_possessive = True

    def _ends_with_possessive(self, at: int) -> bool:
        return (
            self.possessive
            and at > 2
            and self.term[at - 2] == "'"
            and self.term[at - 1] in "sS"
            and bool(self.kinds[at - 3] & ALPHA)
            and (at == self.end_bound or bool(self.kinds[at] & DELIMITER))
        )

    def _breaks(self, last: int, kind: int) -> bool:
        if kind & last:
            return False
        if (not self.case_change and last & ALPHA and kind & ALPHA) or (last == UPPER and kind & ALPHA):
            return False
        mixed = (last & ALPHA and kind & DIGIT) or (last & DIGIT and kind & ALPHA)
        return self.numerics or not mixed

    @property
    def kind(self) -> int:
        kind = self.kinds[self.current]
        return ALPHA if kind in (LOWER, UPPER) else kind

    @property
    def is_single(self) -> bool:
        end = self.end_bound - 2 if self.final_possessive else self.end_bound
        return self.current == self.begin_bound and self.end == end

    @property
    def is_whole(self) -> bool:
        return not self.done and self.current == 0 and self.end == len(self.term)


@dataclass(slots=True)
class _Concat:
    """Adjacent subwords being joined."""

    text: list[str] = field(default_factory=list)
    kind: int = 0
    start: int = 0
    end: int = 0
    position: int = 0

    def add(self, words: _Words, position: int) -> None:
        if not self.text:
            self.kind = words.kind
            self.start = words.current
            self.position = position
        self.text.append(words.term[words.current : words.end])
        self.end = words.end

    def clear(self) -> None:
        self.text = []


def types(key: str) -> Any:
    """A type table as a parameter."""
    return Parameter(lambda settings, builder: parse_types(rule_list(settings, builder, key)))


class _Delimiter(TokenFilter):
    uses_keyword = True
    types: dict[str, int] = types("type_table")
    generate_word_parts: bool = boolean("generate_word_parts", True)
    generate_number_parts: bool = boolean("generate_number_parts", True)
    catenate_words: bool = boolean("catenate_words", False)
    catenate_numbers: bool = boolean("catenate_numbers", False)
    catenate_all: bool = boolean("catenate_all", False)
    split_on_case_change: bool = boolean("split_on_case_change", True)
    preserve_original: bool = boolean("preserve_original", False)
    split_on_numerics: bool = boolean("split_on_numerics", True)
    stem_english_possessive: bool = boolean("stem_english_possessive", True)

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.protected = word_set(settings, builder, "protected_words") or frozenset()
        adjust = settings.boolean("adjust_offsets", True)
        self.adjust_offsets = bool(adjust)

    def for_synonyms(self) -> TokenFilter | None:
        return None

    def words(self, term: str) -> _Words:
        given = self.types
        kinds = [given.get(char) or kind_of(char, given) for char in term]
        out = _Words(term, kinds, self.split_on_case_change, self.split_on_numerics, self.stem_english_possessive)
        out.start()
        return out

    def concatenates(self, kind: int) -> bool:
        return bool((self.catenate_words and kind & ALPHA) or (self.catenate_numbers and kind & DIGIT))

    def generates(self, kind: int) -> bool:
        return bool((self.generate_word_parts and kind & ALPHA) or (self.generate_number_parts and kind & DIGIT))


class WordDelimiterGraph(_Delimiter):
    name = "word_delimiter_graph"
    ignore_keywords: bool = boolean("ignore_keywords", False)

    def apply(self, stream: Stream) -> None:
        out: list[Token] = []
        pending = 0
        for token in stream.tokens:
            words = self.words(token.term)
            ignored = self.ignore_keywords and token.keyword
            if ignored or words.is_whole or token.term in self.protected:
                token.increment += pending
                pending = 0
                out.append(token)
                continue
            if words.done and not self.preserve_original:
                pending += token.increment
                continue
            increment, at = token.increment + pending, 0
            pending = 0
            parts = list(self._parts(words))
            if not parts:
                pending = increment
            for first, last, start, end, text in parts:
                out.append(self._token(token, text, start, end, increment + first - at, last - first))
                increment, at = 0, first
        stream.tokens = out
        stream.end_increment += pending

    def _token(self, token: Token, text: str, start: int, end: int, increment: int, length: int) -> Token:
        made = token.copy(term=text, increment=increment, length=length)
        if self.adjust_offsets and token.end - token.start == len(token.term):
            made.start, made.end = token.start + start, token.start + end
        return made

    def _parts(self, words: _Words) -> Iterator[tuple[int, int, int, int, str]]:
        """First and last position, first and last character, text; sorted by position, longer ones first."""
        term = words.term
        parts: list[tuple[int, int, int, int, str]] = []
        position, last_count = 0, 0
        concat, concat_all = _Concat(), _Concat()

        def flush() -> None:
            nonlocal position, last_count
            if position == concat.position:
                position += 1
            last_count = len(concat.text)
            if len(concat.text) != 1 or not self.generates(concat.kind):
                parts.append((concat.position, position, concat.start, concat.end, "".join(concat.text)))
            concat.clear()

        if not words.done and words.is_single:
            parts.append((0, 1, words.current, words.end, term[words.current : words.end]))
            position = 1
            words.next()
        else:
            while not words.done:
                kind = words.kind
                if concat.text and not concat.kind & kind:
                    flush()
                if self.concatenates(kind):
                    concat.add(words, position)
                if self.catenate_all:
                    concat_all.add(words, position)
                if self.generates(kind):
                    text = term[words.current : words.end]
                    parts.append((position, position + 1, words.current, words.end, text))
                    position += 1
                words.next()
            if concat.text:
                flush()
            if len(concat_all.text) > last_count:
                if position == concat_all.position:
                    position += 1
                text = "".join(concat_all.text)
                parts.append((concat_all.position, position, concat_all.start, concat_all.end, text))
        parts.sort(key=lambda part: (part[0], -part[1]))
        if self.preserve_original:
            yield (0, max(position, 1), 0, len(term), term)
        yield from parts


class WordDelimiter(_Delimiter):
    """The older filter, whose tokens span one position each."""

    name = "word_delimiter"

    def apply(self, stream: Stream) -> None:
        run = _Run(self)
        for token in stream.tokens:
            run.take(token)
        stream.tokens = run.out


class _Run:
    """What the older filter remembers from token to token."""

    def __init__(self, owner: WordDelimiter) -> None:
        self.owner = owner
        self.out: list[Token] = []
        self.pending = 0
        self.first = True
        self.has_output = False
        self.has_following = False
        self.saved = Token("", 0, 0)
        self.buffer: list[Token] = []
        self.last_count = 0

    def take(self, token: Token) -> None:
        owner = self.owner
        self.pending += token.increment
        words = owner.words(token.term)
        if words.is_whole or token.term in owner.protected:
            self._emit(token.copy(increment=self.pending))
            self.pending = 0
            return
        if words.done and not owner.preserve_original:
            if token.increment == 1 and not self.first:
                self.pending -= 1
            return
        self.saved = token
        self.has_output, self.has_following = False, not owner.preserve_original
        self.last_count = 0
        if owner.preserve_original:
            self._emit(token.copy(increment=self.pending))
            self.pending = 0
        self._parts(words)

    def _emit(self, token: Token) -> None:
        self.first = False
        self.out.append(token)

    def _parts(self, words: _Words) -> None:
        owner = self.owner
        concat, concat_all = _Concat(), _Concat()
        self.buffer = []
        while not words.done:
            if words.is_single:
                self._emit(self._part(words, is_single=True))
                words.next()
                continue
            kind = words.kind
            if concat.text and not concat.kind & kind:
                self._flush(concat)
                self.has_output = False
            if owner.concatenates(kind):
                concat.add(words, 0)
            if owner.catenate_all:
                concat_all.add(words, 0)
            if owner.generates(kind):
                self.buffer.append(self._part(words, is_single=False))
            words.next()
        if concat.text:
            self._flush(concat)
        if concat_all.text and len(concat_all.text) > self.last_count:
            self.buffer.append(self._joined(concat_all))
        for token in sorted(self.buffer, key=lambda one: (one.start, -one.increment)):
            if self.first and token.increment == 0:
                token.increment = 1
            self._emit(token)

    def _flush(self, concat: _Concat) -> None:
        self.last_count = len(concat.text)
        if len(concat.text) != 1 or not self.owner.generates(concat.kind):
            self.buffer.append(self._joined(concat))
        concat.clear()

    @property
    def _has_illegal_offsets(self) -> bool:
        return self.saved.end - self.saved.start != len(self.saved.term)

    def _part(self, words: _Words, *, is_single: bool) -> Token:
        saved = self.saved
        start, end = saved.start + words.current, saved.start + words.end
        if self._has_illegal_offsets or not self.owner.adjust_offsets:
            start, end = (start, saved.end) if is_single and start <= saved.end else (saved.start, saved.end)
        text = words.term[words.current : words.end]
        return saved.copy(term=text, start=start, end=end, increment=self._position(inject=False), length=1)

    def _joined(self, concat: _Concat) -> Token:
        saved = self.saved
        start, end = saved.start + concat.start, saved.start + concat.end
        if self._has_illegal_offsets or not self.owner.adjust_offsets:
            start, end = saved.start, saved.end
        increment = self._position(inject=True)
        self.pending = 0
        return saved.copy(term="".join(concat.text), start=start, end=end, increment=increment, length=1)

    def _position(self, *, inject: bool) -> int:
        pending = self.pending
        if self.has_output:
            self.pending = 0
            return 0 if inject else max(1, pending)
        self.has_output = True
        if not self.has_following:
            self.has_following = True
            return 0
        self.pending = 0
        return max(1, pending)


FAMILY = (WordDelimiterGraph, WordDelimiter)
