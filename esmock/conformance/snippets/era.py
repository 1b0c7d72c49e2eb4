"""Eras of the documentation source: which directives a page may use, and what the build of its time made of them.

Source: the description of the documentation build of 5.0, 6.x, 7.x, 8.13 and later, and the Markdown pages of 9.x.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePath
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Era:
    """One era: every field is a difference that a page can notice."""

    name: str
    console_directive: str = "error"
    """What ``// CONSOLE`` on a ``js`` block means: ``test``, or ``error`` once there is the language ``console``."""
    autosense_is_error: bool = False
    language: str = r"[\w-]+"
    roles: bool = False
    """``[source.role,language]`` is a source line."""
    ids: bool = True
    """The id of a source line names its test."""
    blank: str = r"\s"
    """Regex class of what may stand around the words of a directive."""
    footnotes: bool = False
    """``[^1]`` vanishes from content, like a callout."""
    list_continuation: bool = True
    """A lone ``+`` between a block and its directives is no ordinary line."""
    teardown_section: bool = True
    testenv: bool = False
    test_options: tuple[str, ...] = ("catch", "s", "skip", "continued", "setup", "warning", "skip_shard_failures")
    response_options: tuple[str, ...] = ("s", "non_json", "skip")
    many_setups: bool = True
    section_setups: bool = True
    """``TESTSETUP`` may name setups."""
    strict_json: bool = False
    """Responses must be JSON once their marks are quoted."""
    curl_after_substitutions: bool = False
    triple_quotes: tuple[str, ...] = ("body", "response")
    escapes: str = "<>"
    """Characters of a path that are percent-encoded (not the braces of a mark)."""
    header: bool = True
    """Every test begins with a ``skip`` step that names the runner features it needs."""
    setup_comments: bool = False
    path_mark_escaped: bool = True
    build_marks: bool = True
    """``{version_qualified}``, ``{build_flavor}`` and ``{build_type}`` are substituted."""
    checks_continued: bool = True
    datafeeds_unasserted: bool = True
    banned_languages: tuple[str, ...] = ("json", "javascript")
    language_required: bool = True
    candidates: bool = True
    """Blocks that look like requests and are neither tested nor marked ``NOTCONSOLE`` are reported."""


_E5 = Era(
    "E5",
    console_directive="test",
    autosense_is_error=True,
    language=r"\w+",
    ids=False,
    list_continuation=False,
    teardown_section=False,
    test_options=("catch", "s", "skip", "continued", "setup", "warning"),
    response_options=("s",),
    many_setups=False,
    section_setups=False,
    curl_after_substitutions=True,
    triple_quotes=(),
    escapes="",
    header=False,
    path_mark_escaped=False,
    build_marks=False,
    checks_continued=False,
    datafeeds_unasserted=False,
    candidates=False,
)
_E7 = Era(
    "E7",
    console_directive="test",
    autosense_is_error=True,
    response_options=("s", "non_json", "_cat", "skip"),
    testenv=True,
    strict_json=True,
    escapes="<>{}|",
    curl_after_substitutions=True,
)
_E6 = replace(_E7, name="E6", ids=False, many_setups=False, testenv=True, strict_json=False, triple_quotes=("body",))
_E8 = Era(
    "E8",
    roles=True,
    blank=" ",
    footnotes=True,
    test_options=(*_E7.test_options[:5], "teardown", *_E7.test_options[5:]),
    setup_comments=True,
)
_E9 = replace(
    _E8,
    name="E9",
    blank=r"\s",
    banned_languages=(),
    language_required=False,
    candidates=False,
)

ERAS = MappingProxyType({era.name: era for era in (_E5, _E6, _E7, _E8, _E9)})
"""Era by name."""


def detect(path: str, text: str) -> Era:
    """The era of a page, from its suffix and its spelling.

    ``.md`` is E9 and ``.mdx`` E8. AsciiDoc with a ``// CONSOLE`` line or an ``[testenv=...]`` is E7 (which also reads
    the spellings of E6); all other AsciiDoc is E8. E5 and E6 cannot be told from E7 by sight and must be asked for.
    """
    suffix = PurePath(path).suffix.lower()
    if suffix in (".md", ".markdown"):
        return ERAS["E9"]
    if suffix != ".mdx" and re.search(r'//\s*CONSOLE\b|\[testenv="', text):
        return ERAS["E7"]
    return ERAS["E8"]
