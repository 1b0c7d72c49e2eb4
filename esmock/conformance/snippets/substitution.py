"""Text substitutions of a block: Java's replace-all, one after the other, the build's own marks first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from esmock.conformance import javaregex
from esmock.conformance.snippets.era import Era
from esmock.conformance.snippets.snippet import Snippet, Substitution
from esmock.conformance.snippets.text import TracedText


@dataclass(frozen=True, slots=True)
class Build:
    """What ``{version}`` and its kin stand for."""

    version: str = "9.5.3"
    lucene_version: str = "10.3.2"
    flavor: str = "default"
    type: str = "tar"


class SubstitutionError(Exception):
    """A pattern or a replacement that Java refuses.

    Args:
        message: why.
        substitution: which one.
    """

    def __init__(self, message: str, substitution: Substitution) -> None:
        super().__init__(message)
        self.message, self.substitution = message, substitution


def substitute(snippet: Snippet, content: TracedText, build: Build, era: Era) -> tuple[TracedText, list[Substitution]]:
    """The content after all substitutions, and those of the page that matched nothing.

    Raises:
        SubstitutionError: a pattern that does not compile, or a replacement that is wrong for a match.
    """
    for mark, value in _marks(build, era):
        if mark in content.text:
            parts = javaregex.compile(rf"\Q{mark}\E").python
            content = content.replaced(parts, partial(_constant, value))
    idle = []
    for substitution in snippet.substitutions:
        before = content
        content = _apply(substitution, content, era)
        if content is before:
            idle.append(substitution)
    return content, idle


def _constant(value: str, _match: re.Match[str]) -> str:
    return value


def _marks(build: Build, era: Era) -> tuple[tuple[str, str], ...]:
    release = build.version.partition("-")[0]
    marks = (("{version}", release), ("{lucene_version}", build.lucene_version.partition("-snapshot-")[0]))
    if not era.build_marks:
        return marks
    return (
        *marks,
        ("{version_qualified}", build.version),
        ("{build_flavor}", build.flavor),
        ("{build_type}", build.type),
    )


def _apply(substitution: Substitution, content: TracedText, era: Era) -> TracedText:
    replacement = substitution.replacement.replace("$body", "\\$body")
    if era.path_mark_escaped:
        replacement = replacement.replace("$_path", "\\$_path")
    replacement = replacement.replace("\\n", "\n")
    try:
        pattern = javaregex.compile(substitution.pattern).python
    except javaregex.PatternError as error:
        raise SubstitutionError(f"bad pattern in s/{substitution.pattern}/...: {error}", substitution) from error
    try:
        return content.replaced(pattern, lambda match: javaregex.expand(replacement, match))
    except (javaregex.PatternError, ValueError, IndexError) as error:
        shown = f"s/{substitution.pattern}/{substitution.replacement}/"
        raise SubstitutionError(f"bad replacement in {shown}: {error}", substitution) from error
