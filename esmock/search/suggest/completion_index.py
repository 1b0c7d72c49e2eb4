"""Completion values of a segment: surface, analyzed keys, weight, contexts.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from esmock.search.suggest.contexts import document_contexts

Json = Any


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
                out.append(CompletionValue(doc, surface, field.keys(analyzer, surface), one.weight, contexts))
    return out
