"""Completion values of a segment, read from the sources: surface, analyzed key, weight, contexts.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from esmock.mapping.values import raw_values

Json = Any
SEPARATOR = "\x1f"
HOLE = "\x1e"


@dataclass(frozen=True, slots=True)
class CompletionValue:
    """One input of one document.

    Attributes:
        keys: the analyzed forms that a prefix is compared with.
        contexts: context name to its values.
    """

    doc: int
    surface: str
    keys: tuple[str, ...]
    weight: int
    contexts: dict[str, tuple[str, ...]]


def analyzed_keys(analyzer: Any, field: Any, text: str) -> tuple[str, ...]:
    """A text as the completion field holds it: one key for each way through the tokens (synonyms)."""
    separator = SEPARATOR if field.get("preserve_separators") else ""
    keeps_holes = field.get("preserve_position_increments")
    slots: dict[int, list[str]] = {}
    for token in analyzer.tokens(text):
        slots.setdefault(token.position, []).append(token.term)
    keys = [""]
    last = -1
    for place, words in sorted(slots.items()):
        gap = ""
        if last >= 0:
            gap = separator
        if keeps_holes and place - last > 1:
            gap += (HOLE + separator) * (place - last - 1)
        keys = [key + gap + word for key in keys for word in words]
        last = place
    return tuple(keys)


def completion_values(segment: Any, field: Any) -> list[CompletionValue]:
    """Every input of a completion field; built once per segment."""
    found: list[CompletionValue] = segment.cached(("completion", field.path), lambda: _build(segment, field))
    return found


def _build(segment: Any, field: Any) -> list[CompletionValue]:
    from esmock.search.suggest.contexts import document_contexts

    analyzer = field.context.analysis.analyzer(field.given.get("analyzer") or "simple")
    out: list[CompletionValue] = []
    longest = field.get("max_input_length")
    for doc, source in enumerate(segment.sources()):
        for value in raw_values(source, field.source_path, whole=False):
            node = value if isinstance(value, dict) else {"input": value}
            weight = int(node.get("weight", 1))
            inputs = node.get("input") or []
            contexts = document_contexts(field, node.get("contexts") or {}, source)
            for surface in inputs if isinstance(inputs, list) else [inputs]:
                cut = str(surface)[:longest]
                out.append(CompletionValue(doc, str(surface), analyzed_keys(analyzer, field, cut), weight, contexts))
    return out
