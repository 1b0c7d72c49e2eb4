"""The ``unified`` highlighter: passages scored as small documents."""

from __future__ import annotations

import heapq
import math
import sys
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from esmock.errors import IllegalArgument
from esmock.search.highlight.boundary import BoundedSentences, Breaks, Split
from esmock.search.highlight.java_breaks import SentenceBreaks, word_breaks
from esmock.search.highlight.matches import SEPARATOR, Match, Text, analyzed, find_matches, near_matches, sloppy_matches

F32 = np.float32
_PIVOT_LENGTH = 87
_PIVOT, _ONE = F32(_PIVOT_LENGTH), F32(1)
_K1, _K1_PLUS_ONE, _B, _REST = F32(1.2), F32(2.2), F32(0.75), F32(0.25)


@dataclass(slots=True)
class Passage:
    """A piece of the text with its matches."""

    start: int = -1
    end: int = -1
    score: float = 0.0
    matches: list[Match] = field(default_factory=list)


def unified(text: Text, work: Any) -> list[str]:
    """The snippets of one field of one hit.

    Args:
        work: a FieldWork: options, wanted terms, encoder.
    """
    options = work.options
    count = options.number_of_fragments
    values = text.values
    if count == 0:
        breaks: Any = Split(values, lambda value: Breaks([0, len(value)]))
        most = max(len(values), 1)
    else:
        make = _boundaries(options, is_late=work.is_late)
        breaks = make(values[0]) if len(values) == 1 else Split(values, make)
        most = count if count > 0 else sys.maxsize
    matches = _matches(text, work)
    for other in work.others:
        again = analyzed(text.values, other.analyzer, other.gap, other.words, options.max_analyzed_offset)
        matches.extend(_matches(again, other))
    if work.others:
        matches.sort(key=lambda one: (one.start, one.end))
    passages = _passages(text, matches, breaks, is_late=work.is_late)
    if len(passages) > most or options.order == "score":
        for one in passages:
            one.score = _score(one, len(text.content))
    if len(passages) > most:
        passages = _best(passages, most)
    if not passages:
        passages = _no_match(text, options.no_match_size)
    elif options.order == "score":
        passages.sort(key=lambda one: -one.score)
    for one in passages:
        one.matches = _joined(one)
    shown = [_shown(text.content, one, options, work.encode).rstrip(SEPARATOR) for one in passages]
    if count != 0 or not work.is_late:
        shown = [one.strip() for one in shown]
    if count == 0 and len(values) > 1:
        return shown
    return shown[: count or 1] if count >= 0 else shown


def _matches(text: Text, work: Any) -> list[Match]:
    weighs = work.whole_phrases
    found = find_matches(text, work.wanted, whole_phrases=weighs, sloppy=sloppy_matches if weighs else near_matches)
    for match in found if weighs else ():
        # ES: what the query finds is not counted beforehand
        match.freq = 1
    return found


def _boundaries(options: Any, *, is_late: bool) -> Any:
    kind = options.boundary_scanner or "sentence"
    if kind == "sentence":
        if options.fragment_size > 0:
            return lambda value: BoundedSentences(value, options.fragment_size, is_late=is_late)
        return SentenceBreaks
    if kind == "word":
        return lambda value: Breaks(word_breaks(value))
    raise IllegalArgument(f"Invalid boundary scanner type: {kind}")


def _passages(text: Text, matches: list[Match], breaks: Any, *, is_late: bool) -> list[Passage]:
    """The passages around matches, in order.

    Args:
        is_late: a passage is laid around the middle of its first match and holds all of it (8.x).
    """
    length = len(text.content)
    out: list[Passage] = []
    for match in matches:
        if match.start < length < match.end:
            continue
        if not out or match.start >= out[-1].end:
            if match.start >= length:
                break
            middle = (match.start + match.end) // 2 if is_late else match.start
            before = breaks.preceding(middle if middle > match.start else match.start + 1)
            behind = breaks.following(middle if middle < match.end else match.end - 1)
            if behind == -1 or behind > length:
                behind = length
            if is_late:
                last = out[-1].end if out else 0
                out.append(Passage(min(match.start, max(before, last)), max(match.end, behind)))
            else:
                out.append(Passage(max(before, 0), behind))
        out[-1].matches.append(match)
    return out


def _best(passages: list[Passage], most: int) -> list[Passage]:
    """The passages of the highest scores, in order."""
    queue: list[tuple[float, int, int, Passage]] = []
    for place, one in enumerate(passages):
        if len(queue) == most and one.score < queue[0][0]:
            continue
        heapq.heappush(queue, (one.score, one.start, place, one))
        if len(queue) > most:
            heapq.heappop(queue)
    return sorted((one for _, _, _, one in queue), key=lambda one: one.start)


def _score(passage: Passage, content_length: int) -> float:
    in_passage: dict[str, int] = {}
    in_doc: dict[str, int] = {}
    for match in passage.matches:
        in_passage[match.label] = in_passage.get(match.label, 0) + 1
        in_doc.setdefault(match.label, match.freq)
    score = F32(0)
    docs = float(_ONE + F32(content_length) / _PIVOT)
    norm = _K1 * (_REST + _B * (F32(passage.end - passage.start) / _PIVOT))
    for term, count in in_passage.items():
        freq = F32(count)
        weight = _K1_PLUS_ONE * F32(math.log(1 + (docs + 0.5) / (in_doc[term] + 0.5)))
        score += freq / (freq + norm) * weight
    return float(score * (_ONE + _ONE / F32(math.log(_PIVOT_LENGTH + passage.start))))


def _no_match(text: Text, size: int) -> list[Passage]:
    content = text.content
    at = 0
    while at < len(content) and content[at] == SEPARATOR:
        at += 1
    if size <= 0 or at >= len(content):
        return []
    end = content.find(SEPARATOR, at)
    end = len(content) if end == -1 else end
    if size + at < end:
        found = Breaks(word_breaks(content)).following(size + at)
        end = len(content) if found == -1 else found
    return [Passage(at, end)]


def _joined(passage: Passage) -> list[Match]:
    """The matches of a passage, those that overlap as one, none beyond its end."""
    out: list[Match] = []
    for match in passage.matches:
        if out and match.start < out[-1].end:
            out[-1] = replace(out[-1], end=match.end)
        else:
            out.append(match)
    return [one if one.end <= passage.end else replace(one, end=passage.end) for one in out]


def _shown(content: str, passage: Passage, options: Any, encode: Any) -> str:
    out: list[str] = []
    opening, closing = options.pre_tags[0], options.post_tags[0]
    at = passage.start
    for match in passage.matches:
        start, end = match.start, match.end
        if start > at:
            out.append(encode(content[at:start]))
            at = start
        if end > at:
            out += (opening, encode(content[at:end]), closing)
            at = end
    if passage.end > at:
        out.append(encode(content[at : passage.end]))
    return "".join(out)
