"""The ``fvh`` highlighter: phrases found in term vectors, fragments around them.

Differs: scores of fragments add up the boosts of their phrases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from esmock.search.highlight.matches import Match, Text, find_matches

_MARGIN = 6
_GAP = " "


@dataclass(slots=True)
class _Piece:
    start: int
    end: int
    phrases: list[Match]


def fvh(text: Text, work: Any) -> list[str]:
    """The fragments of one field of one hit."""
    options = work.options
    phrases = _separate(find_matches(text, work.wanted, whole_phrases=True))[: options.phrase_limit]
    content = text.content.replace("\0", _GAP) + _GAP
    if not phrases:
        return _no_match(text, content, options)
    if options.number_of_fragments == 0:
        pieces = _by_value(text, phrases)
    else:
        pieces = _pieces(phrases, options.fragment_size)
        if len(text.values) > 1:
            pieces = _within_values(pieces, text)
        if options.order == "score":
            pieces.sort(key=lambda one: -sum(phrase.weight for phrase in one.phrases))
        pieces = pieces[: options.number_of_fragments]
    shown = []
    bounds = [high + 1 for _, high in _bounds(text)]
    filled = 0
    for one in pieces:
        # ES: values are read as far as the fragments need them, and scans for boundaries see only those
        filled = max(filled, next((end for end in bounds if end >= one.end), bounds[-1]))
        shown.append(_shown(content[:filled], one, work))
    return shown


def _separate(matches: list[Match]) -> list[Match]:
    """Matches that do not overlap; the longer of two that begin together stays."""
    out: list[Match] = []
    for match in sorted(matches, key=lambda one: (one.start, -one.end)):
        if not out or match.start >= out[-1].end:
            out.append(match)
    return out


def _pieces(phrases: list[Match], size: int) -> list[_Piece]:
    out: list[_Piece] = []
    queue = list(phrases)
    border = 0
    while queue:
        first = queue.pop(0)
        if first.start < border:
            continue
        taken = []
        end = first.end
        span_end = max(end, max(first.start - _MARGIN, border) + size)
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
    start, end = piece.start, piece.end
    if options.number_of_fragments != 0:
        start = _scan_back(content, start, options)
        last = len(content) - len(_GAP)
        end = last if last < end else _scan_on(content, end, options)
    out = []
    at = start
    for phrase in piece.phrases:
        out.append(work.encode(content[at : phrase.start]))
        out.append(options.pre_tags[0] + work.encode(content[phrase.start : phrase.end]) + options.post_tags[0])
        at = phrase.end
    out.append(work.encode(content[at:end]))
    return "".join(out)


def _scan_back(content: str, start: int, options: Any) -> int:
    if start > len(content) or start < 1:
        return start
    at = start
    for _ in range(options.boundary_max_scan):
        if at <= 0:
            break
        if content[at - 1] in options.boundary_chars:
            return at
        at -= 1
    return 0 if at == 0 else start


def _scan_on(content: str, end: int, options: Any) -> int:
    at = end
    for _ in range(options.boundary_max_scan):
        if at >= len(content):
            break
        if content[at] in options.boundary_chars:
            return at
        at += 1
    return end


def _no_match(text: Text, content: str, options: Any) -> list[str]:
    size = options.no_match_size
    if size <= 0 or len(text.values) != 1:
        return []
    end = min(_scan_on(content, size, options), len(text.content)) if size < len(text.content) else len(text.content)
    return [content[:end]]
