"""Where the wanted terms stand in a text: offsets in UTF-16 code units, in order."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from esmock.analysis.token import Token
from esmock.search.highlight.wanted import PhraseWanted, Wanted


@dataclass(slots=True)
class Match:
    """One occurrence.

    Attributes:
        freq: occurrences of the term in the field, where they count.
        weight: the query's boost for it.
        label: of the words that count as one: the term, or what it was found by.
        parts: from where to where each run of adjacent words of a phrase reaches.
    """

    start: int
    end: int
    term: str
    position: int
    freq: int = 1
    weight: float = 1.0
    label: str = ""
    parts: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Text:
    """The tokens of all values of a field, joined by one separator character."""

    content: str
    tokens: list[Any]
    values: list[str]


@dataclass(frozen=True, slots=True)
class WholeValue:
    """Analyzes a value as one term.

    Attributes:
        normalized: makes the term of the value.
    """

    normalized: Callable[[str], str] = str

    def tokens(self, value: str) -> list[Token]:
        return [Token(self.normalized(value), 0, len(value))] if value else []


SEPARATOR = "\0"
_WIDE = re.compile("[\U00010000-\U0010ffff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def to_units(value: str) -> str:
    """A text with two surrogates for a character outside of the basic plane: lengths are counted so."""
    return value if value.isascii() else _WIDE.sub(_halves, value)


def _halves(found: re.Match[str]) -> str:
    high, low = divmod(ord(found[0]) - 0x10000, 0x400)
    return chr(0xD800 + high) + chr(0xDC00 + low)


def from_units(value: str) -> str:
    """The text of ``to_units``; a lone half stays one."""
    return value if value.isascii() else _PAIR.sub(lambda found: found[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le"), value)


def analyzed(
    values: list[str], analyzer: Any, gap: int, words: frozenset[str] | None = None, until: int | None = None
) -> Text:
    """Analyze the values, in code units, as one text; positions run on with the field's gap.

    Args:
        words: the terms of which tokens are wanted; None: all.
        until: where the last token that is wanted begins; None: anywhere.
    """
    out = []
    base_offset = base_position = 0
    for value in values:
        shown = from_units(value)
        if isinstance(analyzer, WholeValue):
            tokens = analyzer.tokens(shown)
            width = 1
        elif words is not None:
            tokens, width = analyzer.wanted(shown, words)
        else:
            stream = analyzer.stream(shown)
            width = stream.place()
            tokens = stream.tokens
        wide = [at for at, char in enumerate(shown) if char > "\uffff"] if len(shown) < len(value) else []
        for token in tokens:
            if wide:
                token.start += bisect_left(wide, token.start)
                token.end += bisect_left(wide, token.end)
            token.start += base_offset
            token.end += base_offset
            token.position += base_position
            if until is None or token.start <= until:
                out.append(token)
        base_offset += len(value) + 1
        base_position += width + gap
    return Text(SEPARATOR.join(values), out, values)


Places = Callable[[Text, PhraseWanted], list[list[Token]]]


def find_matches(text: Text, wanted: Wanted, *, whole_phrases: bool = False, sloppy: Places | None = None) -> list[Match]:
    """All occurrences of what is wanted.

    Args:
        whole_phrases: a phrase is one match from its first term to its last.
        sloppy: the places of a phrase with a slop; None: as the phrase query counts them.
    """
    found: dict[tuple[int, int, str], Match] = {}
    in_phrases = wanted.phrases
    for token in text.tokens:
        if token.term in wanted.terms:
            found[token.start, token.end, token.term] = Match(
                token.start, token.end, token.term, token.position, weight=wanted.terms[token.term],
                label=next((f"set {at}" for at, words in enumerate(wanted.sets) if token.term in words), "") if wanted.sets else "",
            )
        elif any(token.term in words and token.position in inside for words, inside in wanted.places):
            found[token.start, token.end, token.term] = Match(token.start, token.end, token.term, token.position)
        elif wanted.patterns:
            by = next((at for at, matches in enumerate(wanted.patterns) if matches(token.term)), None)
            if by is not None:
                weigh = getattr(wanted.patterns[by], "weight", None)
                found[token.start, token.end, token.term] = Match(
                    token.start, token.end, token.term, token.position, weight=weigh(token.term) if weigh else 1.0, label=f"pattern {by}"
                )
    for number, phrase in enumerate(in_phrases):
        places = phrase_matches if sloppy is None or phrase.slop == 0 else sloppy
        for group in places(text, phrase):
            if whole_phrases:
                start, end = min(one.start for one in group), max(one.end for one in group)
                words = " ".join(one.term for one in group)
                whole = Match(start, end, words, group[0].position, label=f"phrase {number}", parts=_runs(group))
                found.setdefault((start, end, ""), whole)
                continue
            for token in group:
                found.setdefault(
                    (token.start, token.end, token.term), Match(token.start, token.end, token.term, token.position)
                )
    out = sorted(found.values(), key=lambda one: (one.start, one.end))
    counts: dict[str, int] = {}
    for one in out:
        one.label = one.label or f"term {one.term}"
        counts[one.label] = counts.get(one.label, 0) + 1
    for one in out:
        one.freq = counts[one.label]
    return out


def _runs(group: list[Token]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    last = -1
    for token in sorted(group, key=lambda one: one.position):
        if out and token.position - last <= 1:
            out[-1] = (out[-1][0], max(out[-1][1], token.end))
        else:
            out.append((token.start, token.end))
        last = token.position
    return out


def phrase_matches(text: Text, phrase: PhraseWanted) -> list[list[Any]]:
    """The tokens of each place where a phrase stands, sloppily or not."""
    by_slot = []
    for offset, words in phrase.slots:
        allowed = set(words)
        by_slot.append([(token, token.position - offset) for token in text.tokens if token.term in allowed])
    if any(not one for one in by_slot):
        return []
    out = []
    if phrase.slop == 0:
        for token, at in by_slot[0]:
            group = [token]
            for others in by_slot[1:]:
                same = next((other for other, place in others if place == at), None)
                if same is None:
                    break
                group.append(same)
            else:
                out.append(group)
        return out

    def extend(number: int, group: list[Any], places: list[int]) -> None:
        if number == len(by_slot):
            if max(places) - min(places) <= phrase.slop:
                out.append(group)
            return
        for other, place in by_slot[number]:
            if any(other is one for one in group):
                continue
            if max(*places, place) - min(*places, place) <= phrase.slop:
                extend(number + 1, [*group, other], [*places, place])

    for token, at in by_slot[0]:
        extend(1, [token], [at])
    return out


def near_matches(text: Text, phrase: PhraseWanted) -> list[list[Any]]:
    """The places of a sloppy phrase, its words taken as spans near each other in any order."""
    slots = [[token for token in text.tokens if token.term in words] for _, words in phrase.slots]
    out = []
    at = [0] * len(slots)
    while all(number < len(slot) for number, slot in zip(at, slots, strict=True)):
        group = [slot[number] for number, slot in zip(at, slots, strict=True)]
        places = [token.position for token in group]
        if max(places) + 1 - min(places) - len(group) <= phrase.slop:
            out.append(group)
        at[places.index(min(places))] += 1
    return out


def sloppy_matches(text: Text, phrase: PhraseWanted) -> list[list[Any]]:
    """The places of a sloppy phrase that its query counts."""
    from esmock.search.query import sloppy

    words = [set(words) for _, words in phrase.slots]
    slots = [[token for token in text.tokens if token.term in one] for one in words]
    offsets = [offset for offset, _ in phrase.slots]
    starts = [[token.position - offset for token in slot] for slot, offset in zip(slots, offsets, strict=True)]
    out = []
    for _, stands in sloppy.sloppy_matches(starts, offsets, words, phrase.slop):
        out.append([next(token for token in slot if token.position == at) for slot, at in zip(slots, stands, strict=True)])
    return out


def sequence_matches(tokens: list[Any], phrase: PhraseWanted) -> list[list[Any]]:
    """The places of a sloppy phrase where its words follow each other, other words of the query not between them.

    Args:
        tokens: the words of the query that the text holds.
    """
    out = []
    words = [set(words) for _, words in phrase.slots]
    at = 0
    while at + len(words) <= len(tokens):
        group = tokens[at : at + len(words)]
        follow = all(abs(two.position - one.position - 1) <= phrase.slop for one, two in itertools.pairwise(group))
        if follow and all(token.term in allowed for token, allowed in zip(group, words, strict=True)):
            out.append(group)
            at += len(words)
        else:
            at += 1
    return out
