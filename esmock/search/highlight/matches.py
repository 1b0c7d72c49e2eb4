"""Where the wanted terms stand in a text: offsets in code points, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from esmock.search.highlight.terms import PhraseWanted, Wanted


@dataclass(slots=True)
class Match:
    """One occurrence.

    Attributes:
        freq: occurrences of the term in the field, where they count.
        weight: the query's boost for it.
    """

    start: int
    end: int
    term: str
    position: int
    freq: int = 1
    weight: float = 1.0


@dataclass(slots=True)
class Text:
    """The tokens of all values of a field, joined by one separator character."""

    content: str
    tokens: list[Any]
    values: list[str]


SEPARATOR = "\0"


def analyzed(values: list[str], analyzer: Any, gap: int) -> Text:
    """Analyze the values as one text; positions run on with the field's gap."""
    out = []
    base_offset = base_position = 0
    for value in values:
        if analyzer is None:
            from esmock.analysis.token import Token

            tokens = [Token(value, 0, len(value))] if value else []
            width = 1
        else:
            stream = analyzer.stream(value)
            width = stream.place()
            tokens = stream.tokens
        for token in tokens:
            token.start += base_offset
            token.end += base_offset
            token.position += base_position
            out.append(token)
        base_offset += len(value) + 1
        base_position += width + gap
    return Text(SEPARATOR.join(values), out, values)


def find_matches(text: Text, wanted: Wanted, *, whole_phrases: bool = False) -> list[Match]:
    """All occurrences of what is wanted.

    Args:
        whole_phrases: a phrase is one match from its first term to its last.
    """
    found: dict[tuple[int, int, str], Match] = {}
    in_phrases = wanted.phrases
    for token in text.tokens:
        if token.term in wanted.terms:
            found[token.start, token.end, token.term] = Match(
                token.start, token.end, token.term, token.position, weight=wanted.terms[token.term]
            )
        elif wanted.patterns and any(one(token.term) for one in wanted.patterns):
            found[token.start, token.end, token.term] = Match(token.start, token.end, token.term, token.position)
    for phrase in in_phrases:
        for group in phrase_matches(text, phrase):
            if whole_phrases:
                start, end = min(one.start for one in group), max(one.end for one in group)
                found.setdefault((start, end, ""), Match(start, end, " ".join(one.term for one in group), group[0].position))
                continue
            for token in group:
                found.setdefault(
                    (token.start, token.end, token.term), Match(token.start, token.end, token.term, token.position)
                )
    out = sorted(found.values(), key=lambda one: (one.start, one.end))
    counts: dict[str, int] = {}
    for one in out:
        counts[one.term] = counts.get(one.term, 0) + 1
    for one in out:
        one.freq = counts[one.term]
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
