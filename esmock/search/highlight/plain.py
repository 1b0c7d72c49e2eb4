"""The ``plain`` highlighter: each value cut into fragments of a size, the best of them shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from esmock.errors import IllegalArgument
from esmock.mapping.numeric import bytes_shown
from esmock.search.highlight.matches import Match, Text, analyzed, find_matches, near_matches, phrase_matches


@dataclass(slots=True)
class Fragment:
    """A piece of one value, marked up.

    Attributes:
        number: among those of the value.
        place: among those of all values.
    """

    number: int
    place: int = 0
    parts: list[str] = field(default_factory=list)
    score: float = 0.0
    terms: set[str] = field(default_factory=set)


def plain(text: Text, work: Any) -> list[str]:
    """The fragments of one field of one hit."""
    options = work.options
    count = max(options.number_of_fragments, 1)
    found: list[Fragment] = []
    offset = 0
    for at, value in enumerate(text.values):
        first = next((token.position for token in text.tokens if token.start >= offset), 0)
        offset += len(value) + 1
        if work.longest is not None and len(value) > work.longest:
            continue
        fragments = [one for one in _fragments(value, work, first) if one.score > 0]
        fragments.sort(key=lambda one: (-one.score, one.number))
        for one in fragments[:count]:
            # ES: each value is taken to have no more fragments than are shown
            one.place = at * count + one.number
            found.append(one)
    if options.order == "score":
        found.sort(key=lambda one: -one.score)
    elif work.is_late:
        found.sort(key=lambda one: one.place)
    if options.number_of_fragments != 0 or len(text.values) <= 1:
        found = found[:count]
    if found:
        return ["".join(one.parts) for one in found]
    return _no_match(text, work)


def _fragments(value: str, work: Any, first: int) -> list[Fragment]:
    """The fragments of one value.

    Args:
        first: position of its first token among those of all values.
    """
    text = analyzed([value], work.analyzer, work.gap, until=work.options.max_analyzed_offset)
    wanted = work.wanted
    if text.tokens and wanted.places:
        wanted = wanted.moved(text.tokens[0].position - first)
    matches = find_matches(text, wanted, sloppy=near_matches)
    matched = {(one.start, one.end, one.term): one for one in matches if one.weight > 0}
    current = Fragment(0)
    out = [current]
    last = 0
    group: list[tuple[Any, Match | None]] = []
    cuts = _Cutter(work, len(value), text, wanted)

    def flush() -> None:
        nonlocal last
        hits = [match for _, match in group if match is not None]
        tokens = [token for token, _ in group]
        start = min(one.start for one in hits) if hits else min(one.start for one in tokens)
        end = max(one.end for one in hits) if hits else max(one.end for one in tokens)
        if not hits:
            start, end = tokens[0].start, tokens[0].end
        if start > last:
            current.parts.append(work.encode(value[last:start]))
        shown = work.encode(value[start:end])
        current.parts.append(work.options.pre_tags[0] + shown + work.options.post_tags[0] if hits else shown)
        last = max(end, last)

    before = -1
    for token in text.tokens:
        increment, before = token.position - before, token.position
        if group and token.start >= max(one.end for one, _ in group):
            flush()
            group = []
            if cuts.is_new(token, increment):
                current = Fragment(len(out))
                out.append(current)
        match = matched.get((token.start, token.end, token.term))
        if match is not None and match.term not in current.terms:
            current.terms.add(match.term)
            current.score += match.weight
        group.append((token, match))
    if group:
        flush()
    if last < len(value):
        current.parts.append(work.encode(value[last:]))
    return out


class _Cutter:
    """Decides before which token a new fragment begins."""

    def __init__(self, work: Any, length: int, text: Text, wanted: Any) -> None:
        options = work.options
        self.size = options.fragment_size
        self.kind = "null" if options.number_of_fragments == 0 else options.fragmenter
        if self.kind not in ("null", "simple", "span"):
            raise IllegalArgument(f"unknown fragmenter option [{self.kind}] for the field [{work.path}]")
        self.length = length
        self.count = 1
        self.wait = -1
        self.position = -1
        self.spans: dict[str, dict[int, int]] = {}
        if self.kind == "span":
            for phrase in wanted.phrases:
                for found in phrase_matches(text, phrase) if phrase.slop == 0 else near_matches(text, phrase):
                    places = [one.position for one in found]
                    for one in found:
                        self.spans.setdefault(one.term, {}).setdefault(min(places), max(places))

    def is_new(self, token: Any, increment: int) -> bool:
        # ES: positions count from the first token that could begin a fragment, which is the second one
        self.position += increment
        if self.kind == "null":
            return False
        if self.kind == "span":
            if self.wait <= self.position:
                self.wait = -1
            elif self.wait != -1:
                return False
            last = self.spans.get(token.term, {}).get(self.position)
            if last is not None:
                self.wait = last + 1
        found: bool = token.end >= self.size * self.count
        if self.kind == "span":
            found = found and self.length - token.end >= self.size >> 1
        self.count += found
        return found


def _no_match(text: Text, work: Any) -> list[str]:
    size = work.options.no_match_size
    if size <= 0 or not text.values:
        return []
    value = text.values[0]
    if work.is_stored_term:
        # ES: the stored value is a term, which is shown as Java shows its bytes
        value = bytes_shown(value)
    if work.is_late and len(value) <= size:
        return [value]
    end = -1
    for token in analyzed([value], work.analyzer, work.gap, until=work.options.max_analyzed_offset).tokens:
        if token.end >= size:
            end = size if token.end == size else end
            break
        end = token.end
    return [value[:end]] if end > 0 else []
