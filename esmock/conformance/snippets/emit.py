"""The YAML steps of requests, responses, headers and named setups."""

from __future__ import annotations

import json
import re

from esmock.conformance.snippets.era import Era
from esmock.conformance.snippets.request import Request, Verbatim, quoted, split
from esmock.conformance.snippets.section import Section
from esmock.conformance.snippets.section import quoted as scalar
from esmock.conformance.snippets.snippet import Snippet

FEATURES = ("default_shards", "stash_in_key", "stash_in_path", "stash_path_replace", "warnings")
"""Abilities of the runner that every generated test asks for."""


def header(section: Section, snippet: Snippet, era: Era) -> None:
    """The ``skip`` step at the head of a test; a skipped test asks for a feature that no runner has."""
    line = snippet.start.number
    section.skip = snippet.skip
    features = [*FEATURES] if era.header else []
    if era.testenv and snippet.testenv in ("basic", "gold", "platinum"):
        features.append("xpack")
    if snippet.skip is not None:
        features.append("always_skip")
    if not features:
        return
    section.add("  - skip:", line)
    if era.header:
        section.add("      features:", line)
        for feature in features:
            section.add(f"        - {feature}", line)
    else:
        section.add("      features: always_skip", line)
    if snippet.skip is not None:
        section.add(f"      reason: {snippet.skip}", line)


def requests(section: Section, snippet: Snippet, era: Era, asserted: bool) -> bool:
    """A step for each request of a block.

    Args:
        asserted: whether each is followed by the check that no shard failed (not in setup and teardown).

    Returns:
        Whether some request took the block's ``catch``.

    Raises:
        RequestError: the block is not made of requests.
    """
    caught = False
    for item in split(snippet.content, snippet.start.number):
        if isinstance(item, Verbatim):
            rows = item.text.text.split("\n")
            position = 0
            for row in rows:
                section.add(row, item.text.line_at(position))
                position += len(row) + 1
            continue
        caught |= item.last
        _request(section, item, snippet, era)
        path = _path(item, era)
        exempt = path.startswith("_cat") or (era.datafeeds_unasserted and path.startswith("_ml/datafeeds/"))
        if asserted and not snippet.skip_shard_failures and not exempt:
            section.add("  - is_false: _shards.failures", item.line)
    return caught


def _path(request: Request, era: Era) -> str:
    path = request.target.removeprefix("/").split("?")[0]
    if not era.escapes:
        return path
    escaped = re.compile(rf"(\$\{{[^}}]+\}})|[{re.escape(era.escapes)}]")
    return escaped.sub(lambda match: match[1] or f"%{ord(match[0]):02X}", path)


def _request(section: Section, request: Request, snippet: Snippet, era: Era) -> None:
    line = request.line
    section.add("  - do:", line)
    if snippet.catch is not None and request.last:
        section.add(f"      catch: {snippet.catch}", line)
    if snippet.warnings:
        section.add("      warnings:", line)
        for warning in snippet.warnings:
            section.add(f"         - {scalar(warning)}", line)
    section.add("      raw:", line)
    section.add(f"        method: {request.method}", line)
    # A quote in a path or a value ends the scalar here as it does in the build: written as it is.
    section.add(f'        path: "{_path(request, era)}"', line)
    pieces = request.target.split("?")
    for parameter in pieces[1].split("&") if len(pieces) > 1 else ():
        if parameter:
            name, value = [*parameter.split("="), ""][:2]
            section.add(f'        {name}: "{value}"', line)
    if request.body is None:
        return
    section.add("        body: |", line)
    body = quoted(request.body) if "body" in era.triple_quotes else request.body
    position = 0
    for row in body.text.split("\n"):
        section.add(f"          {row}", body.line_at(position))
        position += len(row) + 1


def response(section: Section, snippet: Snippet, era: Era) -> None:
    """The comparison of the last answer with a documented one.

    Raises:
        RequestError: an odd number of triple quotes.
    """
    content = quoted(snippet.content) if "response" in era.triple_quotes else snippet.content
    section.add("  - match:", snippet.start.number)
    section.add("      $body:", snippet.start.number)
    position = 0
    for row in content.text.removesuffix("\n").split("\n"):
        section.add(f"        {row}", content.line_at(position))
        position += len(row) + 1
    section.checks_response = True


def json_form(text: str) -> str:
    """A response with its bare marks quoted, which makes it JSON unless something was left out of it."""
    text = re.sub(r"([:,])\s*(\$[^ ,\n}\"]+)", r'\1 "\2"', text)
    return re.sub(r"(?<!\")(\$[^ ,\n}\":]+)\s*:", r'"\1":', text)


def is_json_but_for_commas(text: str) -> bool:
    """Whether the text would be JSON without the commas that stand before a closing brace or bracket."""
    try:
        json.loads(re.sub(r",(\s*[}\]])", r"\1", text))
    except json.JSONDecodeError:
        return False
    return True
