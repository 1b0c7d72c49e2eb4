"""The ``fvh`` highlighter: phrases found in term vectors, fragments around them.

Differs: scores of fragments add up the boosts of their phrases.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from esmock.addition import in_order
from esmock.errors import IllegalArgument
from esmock.search.highlight.java_breaks import SentenceBreaks, WordBreaks
from esmock.search.highlight.matches import Match, Text, find_matches, sequence_matches
from esmock.search.highlight.request import Options
from esmock.search.highlight.wanted import PhraseWanted, Wanted

_BREAKS: dict[str, type[SentenceBreaks] | type[WordBreaks]] = {"sentence": SentenceBreaks, "word": WordBreaks}
_MARGIN = 6
_GAP = " "


@dataclass(slots=True)
class _Piece:
    start: int
    end: int
    phrases: list[Match]


def checked_margin(options: Options) -> int:
    """How far fragments reach before what is found. Raises IllegalArgument for fragments too small for that."""
    margin = _MARGIN if options.fragment_offset is None or options.fragment_offset == -1 else options.fragment_offset
    least = max(1, 3 * margin)
    if options.number_of_fragments != 0 and (options.fragment_size or 0) < least:
        raise IllegalArgument(f"fragCharSize({options.fragment_size}) is too small. It must be {least} or higher.")
    return margin


def fvh(text: Text, work: Any) -> list[str]:
    """The fragments of one field of one hit."""
    options = work.options
    margin = checked_margin(options)
    sloppy = partial(_sequences, work.wanted)
    phrases = _separate(find_matches(text, work.wanted, whole_phrases=True, sloppy=sloppy))[: options.phrase_limit]
    if options.matched_fields:
        phrases = _touching(phrases)
    content = text.content.replace("\0", _GAP) + _GAP
    if not phrases:
        return _no_match(text, content, options, work.encode)
    if options.number_of_fragments == 0:
        pieces = _by_value(text, phrases)
    else:
        pieces = _pieces(phrases, options.fragment_size, margin)
        if len(text.values) > 1:
            pieces = _within_values(pieces, text)
        if options.order == "score":
            pieces.sort(key=lambda one: -in_order(phrase.weight for phrase in one.phrases))
        pieces = pieces[: options.number_of_fragments]
    shown = []
    bounds = [high + 1 for _, high in _bounds(text)]
    filled = 0
    for one in pieces:
        # ES: values are read as far as the fragments need them, and scans for boundaries see only those
        filled = max(filled, next((end for end in bounds if end >= one.end), bounds[-1]))
        shown.append(_shown(content[:filled], one, work))
    return shown


def _sequences(wanted: Wanted, text: Text, phrase: PhraseWanted) -> list[list[Any]]:
    words = {word for one in wanted.phrases for _, slot in one.slots for word in slot}.union(wanted.terms)
    tokens = [
        token for token in text.tokens if token.term in words or any(matches(token.term) for matches in wanted.patterns)
    ]
    return sequence_matches(tokens, phrase)


def _separate(matches: list[Match]) -> list[Match]:
    """Matches that do not overlap; the longer of two that begin together stays."""
    out: list[Match] = []
    for match in sorted(matches, key=lambda one: (one.start, -one.end)):
        if not out or match.start >= out[-1].end:
            out.append(match)
    return out


def _touching(matches: list[Match]) -> list[Match]:
    """Matches of several fields, each run of them in which one begins where another ends or before as one."""
    out: list[Match] = []
    for match in matches:
        last = out[-1] if out else None
        if last is None or match.start > last.end:
            out.append(match)
            continue
        parts = list(last.parts or [(last.start, last.end)])
        for low, high in match.parts or [(match.start, match.end)]:
            if low <= parts[-1][1]:
                parts[-1] = (parts[-1][0], max(parts[-1][1], high))
            else:
                parts.append((low, high))
        out[-1] = replace(last, end=max(last.end, match.end), weight=last.weight + match.weight, parts=parts)
    return out


def _pieces(phrases: list[Match], size: int, margin: int) -> list[_Piece]:
    out: list[_Piece] = []
    queue = list(phrases)
    border = 0
    while queue:
        first = queue.pop(0)
        if first.start < border:
            continue
        taken = []
        end = first.end
        span_end = max(end, max(first.start - margin, border) + size)
        if end - first.start <= size:
            taken.append(first)
        while queue and queue[0].end <= span_end:
            end = queue[0].end
            following = queue.pop(0)
            if end - first.start <= size:
                taken.append(following)
        if not taken:
            continue
        length = end - first.start
        start = max(first.start - max(0, (size - length) // 2), border)
        border = start + max(length, size)
        out.append(_Piece(start, border, taken))
    return out


def _bounds(text: Text) -> list[tuple[int, int]]:
    out = []
    at = 0
    for value in text.values:
        out.append((at, at + len(value)))
        at += len(value) + 1
    return out


def _within_values(pieces: list[_Piece], text: Text) -> list[_Piece]:
    """Pieces cut so that none reaches over the end of a value."""
    out: list[_Piece] = []
    for piece in pieces:
        for low, high in _bounds(text):
            inside = [one for one in piece.phrases if low <= one.start and one.end <= high]
            if inside:
                out.append(_Piece(max(piece.start, low), min(piece.end, high + 1), inside))
    return out


def _by_value(text: Text, phrases: list[Match]) -> list[_Piece]:
    out = []
    for low, high in _bounds(text):
        inside = [one for one in phrases if low <= one.start and one.end <= high]
        if inside:
            out.append(_Piece(low, high, inside))
    return out


def _shown(content: str, piece: _Piece, work: Any) -> str:
    options = work.options
    start, end = _scan_back(content, piece.start, options), piece.end
    if options.number_of_fragments != 0:
        last = len(content) - len(_GAP)
        end = last if last < end else _scan_on(content, end, options)
    out = []
    at = start
    for phrase in piece.phrases:
        number = _number(phrase, work)
        for low, high in phrase.parts or ((phrase.start, phrase.end),):
            out.append(work.encode(content[at:low]))
            before, after = (tags[number % len(tags)] for tags in (options.pre_tags, options.post_tags))
            out.append(before + work.encode(content[low:high]) + after)
            at = high
    out.append(work.encode(content[at:end]))
    return "".join(out)


def _number(match: Match, work: Any) -> int:
    """The number of what matched, which chooses its tags."""
    key: Any = match.term
    if match.parts and match.label.startswith("phrase "):
        key = work.wanted.phrases[int(match.label.removeprefix("phrase "))]
    return int(work.numbers.get(key, 0))


def _scan_back(content: str, start: int, options: Any) -> int:
    if start > len(content) or start < 1:
        return start
    breaks = _BREAKS.get(options.boundary_scanner)
    if breaks is not None:
        return breaks(content[:start]).preceding(start)
    at = start
    for _ in range(options.boundary_max_scan):
        if at <= 0:
            break
        if content[at - 1] in options.boundary_chars:
            return at
        at -= 1
    return 0 if at == 0 else start


def _scan_on(content: str, end: int, options: Any) -> int:
    breaks = _BREAKS.get(options.boundary_scanner)
    if breaks is not None and end < len(content):
        return end + breaks(content[end:]).following(0)
    at = end
    for _ in range(options.boundary_max_scan):
        if at >= len(content):
            break
        if content[at] in options.boundary_chars:
            return at
        at += 1
    return end


def _no_match(text: Text, content: str, options: Any, encode: Any) -> list[str]:
    size = options.no_match_size
    length = len(text.values[0])
    if size <= 0 or (len(text.values) > 1 and size > length):
        return []
    end = _scan_on(content[: length + 1], size, options) if size <= length else length
    return [encode(content[:end])]
