"""Synonym filters.

Pages: analysis-synonym-tokenfilter, analysis-synonym-graph-tokenfilter.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from esmock.analysis.analyzer import Analyzer
from esmock.analysis.component import CharFilter, TokenFilter, Tokenizer
from esmock.analysis.parameter import Parameter, Settings, boolean, text
from esmock.analysis.stop_words import rule_list
from esmock.analysis.token import Stream, Token
from esmock.errors import ApiError, IllegalArgument, LuceneParse, ResourceNotFound, StringIndexOutOfBounds

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder

Phrase = tuple[str, ...]


class Rules:
    """What stands for what: input words to (output phrases, whether the input stays)."""

    def __init__(self) -> None:
        self.outputs: dict[Phrase, dict[Phrase, None]] = {}
        self.keeps: dict[Phrase, bool] = {}
        self.longest = 0

    def add(self, given: Phrase, output: Phrase, *, keep: bool) -> None:
        self.outputs.setdefault(given, {})[output] = None
        self.keeps[given] = self.keeps.get(given, False) or keep
        self.longest = max(self.longest, len(given))

    def match(self, tokens: list[Token], at: int) -> int:
        """Number of words of the longest rule that starts at a token; 0: none."""
        longest = min(self.longest, len(tokens) - at)
        for length in range(longest, 0, -1):
            if tuple(token.term for token in tokens[at : at + length]) in self.outputs:
                return length
        return 0


class RuleParser:
    """Reads rules in one of the two formats, each side analyzed."""

    def __init__(self, analyzer: Analyzer, *, expand: bool, lenient: bool) -> None:
        self.analyzer = analyzer
        self.expand = expand
        self.lenient = lenient
        self.rules = Rules()

    def analyze(self, text: str) -> Phrase:
        """The words of one side. Raises IllegalArgument."""
        words = []
        for token in self.analyzer.stream(text).tokens:
            if not token.term:
                raise IllegalArgument(f"term: {text} analyzed to a zero-length token")
            if token.increment != 1:
                raise IllegalArgument(
                    f"term: {text} analyzed to a token ({token.term}) with position increment != 1 "
                    f"(got: {token.increment})"
                )
            words.append(token.term)
        if not words:
            raise IllegalArgument(f"term: {text} was completely eliminated by analyzer")
        return tuple(words)

    def _sides(self, texts: list[str]) -> list[Phrase]:
        out = []
        for one in texts:
            try:
                out.append(self.analyze(one))
            except IllegalArgument:
                if not self.lenient:
                    raise
        return out

    def solr(self, lines: list[str]) -> Rules:
        """Raises LuceneParse naming the line."""
        for number, line in enumerate(lines, 1):
            if not line or line.startswith("#"):
                continue
            try:
                self._solr_line(line)
            except IllegalArgument as error:
                raise LuceneParse(f"Invalid synonym rule at line {number}", cause=error) from None
        return self.rules

    def _solr_line(self, line: str) -> None:
        sides = _split(line, "=>")
        if len(sides) > 2:
            raise IllegalArgument("more than one explicit mapping specified on the same line")
        inputs = self._sides([_unescape(one).strip() for one in _split(sides[0], ",")])
        if len(sides) == 2:
            outputs = self._sides([_unescape(one).strip() for one in _split(sides[1], ",")])
            for given in inputs:
                for output in outputs:
                    self.rules.add(given, output, keep=False)
            return
        self._equals(inputs)

    def _equals(self, phrases: list[Phrase]) -> None:
        if self.expand:
            for at, given in enumerate(phrases):
                for other, output in enumerate(phrases):
                    if at != other:
                        self.rules.add(given, output, keep=True)
        else:
            for given in phrases:
                self.rules.add(given, phrases[0], keep=False)

    def wordnet(self, lines: list[str]) -> Rules:
        """Facts ``s(set,number,'word',kind,sense,count).``; adjacent ones of a set belong together."""
        current: str | None = None
        phrases: list[Phrase] = []
        for number, line in enumerate(lines, 1):
            if len(line) < 11:
                raise StringIndexOutOfBounds(f"begin 2, end 11, length {len(line)}")
            synset = line[2:11]
            if synset != current:
                self._equals(phrases)
                phrases = []
                current = synset
            start, end = line.find("'") + 1, line.rfind("'")
            if end < start:
                raise StringIndexOutOfBounds(f"begin {start}, end {end}, length {len(line)}")
            try:
                phrases += self._sides([line[start:end].replace("''", "'")])
            except IllegalArgument as error:
                raise LuceneParse(f"Invalid synonym rule at line {number}", cause=error) from None
        self._equals(phrases)
        return self.rules


def _split(line: str, separator: str) -> list[str]:
    """Parts between unescaped separators; empty parts are left out."""
    parts, current, at = [], "", 0
    while at < len(line):
        if line.startswith(separator, at):
            if current:
                parts.append(current)
                current = ""
            at += len(separator)
            continue
        if line[at] == "\\" and at + 1 < len(line):
            current += line[at : at + 2]
            at += 2
            continue
        current += line[at]
        at += 1
    return [*parts, current] if current else parts


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text) if "\\" in text else text


def _warn_of_case(settings: Settings, builder: Builder) -> None:
    if settings.get("ignore_case") is not None:
        builder.warn(
            "The ignore_case option on the synonym_graph filter is deprecated. Instead, insert a lowercase filter in the"
            " filter chain before the synonym_graph filter."
        )


def _is_lenient(settings: Settings, builder: Builder) -> bool:
    """Rules that change while the index is open are read leniently where nothing else is said (8.16+)."""
    by_default = bool(settings.boolean("updateable", False)) and builder.behaviour.has((8, 16))
    return bool(settings.boolean("lenient", by_default))


def rule_problem(rule: str) -> str | None:
    """What is wrong with a rule whatever analyzer may read it, as the cluster's sets check it."""
    if not rule:
        return "[synonyms] field can't be empty"
    sides = _split(rule, "=>")
    if len(sides) > 2:
        return f"More than one explicit mapping specified in the same synonyms rule: [{rule}]"
    parts = [part for side in (sides if len(sides) == 2 else [rule]) for part in _split(side, ",")]
    return None if all(part.strip() for part in parts) else f"Incorrect syntax for [synonyms]: [{rule}]"


class Synonym(TokenFilter):
    """The older filter: tokens of several words lie upon the tokens that follow."""

    name = "synonym"
    needs_settings = True
    ignore_case: None = Parameter(_warn_of_case)  # type: ignore[assignment]
    expand: bool = boolean("expand", True)
    lenient: bool = Parameter(_is_lenient)  # type: ignore[assignment]
    updateable: bool = boolean("updateable", False)
    format: str = text("format", "")

    def setup(self, settings: Settings, builder: Builder) -> None:
        self.rules = Rules()
        self.settings = settings

    def chained(
        self, builder: Builder, tokenizer: Tokenizer, char_filters: list[CharFilter], before: list[TokenFilter]
    ) -> TokenFilter:
        for one in before:
            if one.for_synonyms() is None:
                raise IllegalArgument(f"Token filter [{one.label}] cannot be used to parse synonyms")
        usable = [other for one in before if (other := one.for_synonyms()) is not None]
        analyzer = Analyzer(
            "synonyms", tokenizer, [one for one in usable if not isinstance(one, Synonym)], char_filters
        )
        made = type(self)(self.settings, builder)
        parser = RuleParser(analyzer, expand=self.expand, lenient=self.lenient)
        lines = self._lines(builder)
        try:
            made.rules = parser.wordnet(lines) if self.format.lower() == "wordnet" else parser.solr(lines)
        except ApiError as error:
            raise IllegalArgument("failed to build synonyms", cause=error) from None
        return made

    def _lines(self, builder: Builder) -> list[str]:
        lines = None
        if self.settings.items("synonyms") is not None:
            lines = rule_list(self.settings, builder, "synonyms")
        if lines is None and "synonyms_path" in self.settings:
            text = builder.environment.text(self.settings.get("synonyms_path") or "", "synonyms_path_path")
            lines = text.splitlines()
        if lines is None:
            if "synonyms_set" in self.settings and builder.behaviour.major >= 8:
                return self._rules_of_set(builder)
            raise IllegalArgument("synonym requires either `synonyms` or `synonyms_path` to be configured")
        return lines

    def _rules_of_set(self, builder: Builder) -> list[str]:
        if not self.updateable:
            raise IllegalArgument(
                "Can't apply [synonyms_set]! Loading synonyms from index is supported only for search time synonyms!"
            )
        read = builder.environment.synonym_rules
        try:
            return [] if read is None else read(self.settings.get("synonyms_set") or "")
        except ResourceNotFound:
            if self.lenient and builder.behaviour.has((8, 19)):
                return []
            raise

    def apply(self, stream: Stream) -> None:
        tokens = stream.tokens
        waiting: dict[int, list[tuple[str, int | None, int]]] = {}
        out: list[Token] = []
        at = 0
        while at < len(tokens):
            length = self.rules.match(tokens, at)
            if length:
                self._plan(tokens, at, length, waiting)
            keep = not length or self.rules.keeps[tuple(token.term for token in tokens[at : at + length])]
            for place in range(at, at + max(length, 1)):
                self._play(tokens[place], keep, waiting.pop(place, []), out)
            at += max(length, 1)
        for place in sorted(waiting):
            last = tokens[-1]
            increment = 1
            for term, _, _ in waiting[place]:
                out.append(Token(term, last.start, last.end, "SYNONYM", increment))
                increment = 0
        stream.tokens = out

    def _plan(
        self, tokens: list[Token], at: int, length: int, waiting: dict[int, list[tuple[str, int | None, int]]]
    ) -> None:
        given = tuple(token.term for token in tokens[at : at + length])
        keep = self.rules.keeps[given]
        for output in self.rules.outputs[given]:
            for offset, word in enumerate(output):
                entry: tuple[str, int | None, int]
                if len(output) == 1:
                    entry = (word, tokens[at + length - 1].end, length if keep else 1)
                else:
                    entry = (word, None, 1)
                waiting.setdefault(at + offset, []).append(entry)

    @staticmethod
    def _play(token: Token, keep: bool, outputs: list[tuple[str, int | None, int]], out: list[Token]) -> None:
        increment = 1
        if keep:
            out.append(token)
            increment = 0
        for term, end, length in outputs:
            out.append(Token(term, token.start, token.end if end is None else end, "SYNONYM", increment, length))
            increment = 0


class SynonymGraph(Synonym):
    """Tokens of several words take positions of their own."""

    name = "synonym_graph"

    def apply(self, stream: Stream) -> None:
        tokens = stream.tokens
        out: list[Token] = []
        node, last_node = 0, -1
        at = 0
        while at < len(tokens):
            length = self.rules.match(tokens, at)
            node += tokens[at].increment - 1 if tokens[at].increment > 1 else 0
            if not length:
                token = tokens[at]
                start = node if token.increment else last_node
                token.increment = start - last_node
                out.append(token)
                last_node = start
                node = start + token.length if token.length == 1 else max(node, start + 1)
                at += 1
                continue
            node, last_node = self._match(tokens[at : at + length], node, last_node, out)
            at += length
        stream.tokens = out

    def _match(self, given: list[Token], start: int, last_node: int, out: list[Token]) -> tuple[int, int]:
        """Append the paths of a match; returns the node behind it and the node of the last token."""
        key = tuple(token.term for token in given)
        keep = self.rules.keeps[key]
        paths = [list(path) for path in self.rules.outputs[key]]
        total = sum(len(path) - 1 for path in paths) + (len(given) - 1 if keep else 0)
        end = start + total + 1
        arcs: list[tuple[Token, int, int]] = []
        used = 0
        ends = []
        sizes = [*(len(path) for path in paths), *([len(given)] if keep else [])]
        for size in sizes:
            ends.append(end if size == 1 else start + used + 1)
            used += size - 1
        made = [[self._word(word, given) for word in path] for path in paths]
        if keep:
            made.append([token.copy() for token in given])
        for path, stop in zip(made, ends, strict=True):
            arcs.append((path[0], start, stop))
        for path, stop in zip(made, ends, strict=True):
            for place, token in enumerate(path[1:]):
                is_last = place == len(path) - 2
                arcs.append((token, stop + place, end if is_last else stop + place + 1))
        for token, first, stop in arcs:
            token.increment = first - last_node
            token.length = stop - first
            last_node = first
            out.append(token)
        return end, last_node

    @staticmethod
    def _word(word: str, given: list[Token]) -> Token:
        return Token(word, given[0].start, given[-1].end, "SYNONYM")


FAMILY = (Synonym, SynonymGraph)
