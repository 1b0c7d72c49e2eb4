"""Completion values of a segment: surface, analyzed keys, weight, contexts.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from esmock.search.suggest.contexts import document_contexts

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
    """A text as the completion field holds it: one key for each way through the tokens (synonyms); none without tokens."""
    separator = SEPARATOR if field.get("preserve_separators") else ""
    keeps_holes = field.get("preserve_position_increments")
    slots: dict[int, list[str]] = {}
    for token in analyzer.tokens(text):
        slots.setdefault(token.position, []).append(token.term)
    if not slots:
        return ()
    keys = [""]
    last = -1
    for place, words in sorted(slots.items()):
        gap = separator if last >= 0 else ""
        if keeps_holes:
            gap += (HOLE + separator) * (place - last - 1)
        keys = [key + gap + word for key in keys for word in words]
        last = place
    return tuple(keys)


def completion_values(segment: Any, path: str) -> list[CompletionValue]:
    """Every input of a completion field; built once per segment."""
    found: list[CompletionValue] = segment.cached(("completion", path), lambda: _build(segment, path))
    return found


def _build(segment: Any, path: str) -> list[CompletionValue]:
    per_doc, field = segment.values(path)
    if field is None or field.name != "completion":
        return []
    analyzer = field.context.analysis.analyzer(field.get("analyzer"))
    sources = segment.sources() if field.contexts else [None] * len(per_doc)
    out: list[CompletionValue] = []
    for doc, (values, source) in enumerate(zip(per_doc, sources, strict=True)):
        for one in (inputs for value in values for inputs in field.inputs(value)):
            contexts = document_contexts(field, one.contexts, source)
            for surface in filter(None, one.texts):
                out.append(CompletionValue(doc, surface, analyzed_keys(analyzer, field, surface), one.weight, contexts))
    return out
