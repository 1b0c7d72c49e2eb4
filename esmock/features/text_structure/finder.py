"""Finding out a text's format: JSON lines, XML, values between delimiters, or lines that a grok pattern takes apart.

Source: the docs page find-structure: its parameters, defaults and examples.
Differs: grok patterns know fewer words than the engine's; XML documents stand on lines of their own.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from esmock.errors import IllegalArgument
from esmock.features.text_structure.grok_pattern import pattern_for
from esmock.features.text_structure.structure import Overrides, Structure
from esmock.features.text_structure.timestamps import within

Json = Any
FORMATS = ("ndjson", "xml", "delimited", "semi_structured_text")
_DELIMITERS = {",": 2, "\t": 2, ";": 4, "|": 5}
"""Each with the least number of columns by which it is believed."""
_LEAST_LINES = 2
_SECONDS = re.compile(r"^[^,]*:\d\d,\d{3}\b")
"""A comma between seconds and their fractions is none between values."""
_SPECIAL = re.compile(r"([\\^$.|?*+()\[\]{}])")


def _escaped(text: str) -> str:
    """A text as a regular expression that stands for itself."""
    return _SPECIAL.sub(r"\\\1", text)


def find(lines: Sequence[str], overrides: Overrides) -> Structure:
    """The structure of a text. Raises IllegalArgument where none fits."""
    if not any(line.strip() for line in lines):
        raise IllegalArgument("Input did not match any known formats")
    wanted = overrides.format
    tries = {"ndjson": _ndjson, "xml": _xml, "delimited": _delimited, "semi_structured_text": _text}
    for name, attempt in tries.items():
        if wanted in (None, name):
            found = attempt(lines, overrides)
            if found is not None:
                return found
    raise IllegalArgument(f"Input did not match the specified format [{wanted}]" if wanted else "Input did not match any known formats")


def _ndjson(lines: Sequence[str], overrides: Overrides) -> Structure | None:
    documents = []
    for line in lines:
        try:
            document = json.loads(line) if line.strip() else None
        except ValueError:
            return None
        if document is not None and not isinstance(document, dict):
            return None
        if document is not None:
            documents.append(document)
    if not documents:
        return None
    why = ["Using character encoding [UTF-8], which matched the input with [100%] confidence", "Deciding sample is newline-delimited JSON"]
    return Structure("ndjson", len(lines), [line for line in lines if line.strip()], _columns(documents), explanation=why)


def _columns(documents: Sequence[dict[str, Json]]) -> dict[str, list[Json]]:
    out: dict[str, list[Json]] = {}
    for document in documents:
        for name, value in document.items():
            out.setdefault(name, []).extend(value if isinstance(value, list) else [value])
    return out


def _xml(lines: Sequence[str], overrides: Overrides) -> Structure | None:
    text = "\n".join(lines)
    if not text.lstrip().startswith("<") or "<!DOCTYPE" in text or "<!ENTITY" in text:
        return None
    messages, held = [], ""
    for line in lines:
        held = f"{held}\n{line}" if held else line
        try:
            element = ElementTree.fromstring(held.strip())
        except ElementTree.ParseError:
            continue
        messages.append((held, element))
        held = ""
    if not messages:
        return None
    top = messages[0][1].tag
    inner = _columns([{**one.attrib, **{child.tag: (child.text or "").strip() for child in one}} for _, one in messages])
    why = ["Deciding sample is XML"]
    found = Structure("xml", len(lines), [held for held, _ in messages], inner, explanation=why)
    found.more["multiline_start_pattern"] = rf"^\s*<{top}"
    return found


def _delimited(lines: Sequence[str], overrides: Overrides) -> Structure | None:
    given = overrides.delimiter
    for delimiter in (given,) if given else _DELIMITERS:
        quote = overrides.quote if overrides.quote is not None else '"'
        rows = [row for row in csv.reader(lines, delimiter=delimiter, quotechar=quote or None) if row]
        widths = {len(row) for row in rows}
        if delimiter == "," and given is None and all(_SECONDS.search(line) for line in lines if line.strip()):
            continue
        if len(rows) >= _LEAST_LINES and len(widths) == 1 and (overrides.format is not None or min(widths) >= _DELIMITERS[delimiter]):
            return _of_rows(lines, rows, delimiter, quote, overrides)
    return None


def _of_rows(lines: Sequence[str], rows: list[list[str]], delimiter: str, quote: str, overrides: Overrides) -> Structure:
    trims = overrides.should_trim_fields if overrides.should_trim_fields is not None else delimiter == "|"
    if trims:
        rows = [[value.strip() for value in row] for row in rows]
    has_header = overrides.has_header_row if overrides.has_header_row is not None else _is_header(rows)
    names = overrides.column_names or (rows[0] if has_header else [f"column{at + 1}" for at in range(len(rows[0]))])
    if len(names) != len(rows[0]):
        raise IllegalArgument(f"[{len(names)}] column names were specified [{', '.join(names)}] but there are [{len(rows[0])}] columns in the sample")
    body = rows[1:] if has_header else rows
    settings: dict[str, Json] = {"field": "message", "target_fields": list(names)}
    if delimiter != ",":
        settings["separator"] = delimiter
    if quote != '"':
        settings["quote"] = quote
    settings["ignore_missing"] = False
    if trims:
        settings["trim"] = True
    columns = {name: [row[at] for row in body] for at, name in enumerate(names)}
    found = Structure(
        "delimited", len(lines), [line for line in lines if line.strip()], columns,
        steps=[{"csv": settings}],
        explanation=["Deciding sample is " + {",": "CSV", "\t": "TSV"}.get(delimiter, f"[{delimiter}] delimited values")],
    )  # fmt: skip
    if has_header:
        quoted = f"{quote}?"
        cells = (quoted + _escaped(cell) + quoted for cell in rows[0])
        found.more["exclude_lines_pattern"] = "^" + _escaped(delimiter).join(cells)
    found.more |= {"column_names": list(names), "has_header_row": has_header, "delimiter": delimiter, "quote": quote}
    if trims:
        found.more["should_trim_fields"] = True
    return found


def _is_header(rows: list[list[str]]) -> bool:
    """Whether the first row names the others: its cells differ, and columns of numbers and times begin with a word."""
    first, rest = rows[0], rows[1:]
    if len(set(first)) != len(first) or not all(first):
        return False
    if any(re.fullmatch(r"[-+.\d]+", cell) for cell in first):
        return False
    for at, cell in enumerate(first):
        values = [row[at] for row in rest]
        if any(re.search(r"\d", value) for value in values) and not re.search(r"\d", cell):
            return True
    lengths = [sum(map(len, row)) for row in rest]
    average = sum(lengths) / len(lengths)
    return abs(sum(map(len, first)) - average) > average / 2


def _text(lines: Sequence[str], overrides: Overrides) -> Structure | None:
    timestamp = within(lines, overrides.timestamp_format)
    if timestamp is None:
        raise IllegalArgument("Could not find a timestamp in the sample provided")
    starts = [at for at, line in enumerate(lines) if timestamp.search(line) is not None]
    ends = [*starts[1:], len(lines)]
    messages = ["\n".join(lines[start:end]).rstrip("\n") for start, end in zip(starts, ends, strict=True)]
    pattern, columns = pattern_for(messages, timestamp, overrides)
    field = overrides.timestamp_field or "timestamp"
    found = Structure(
        "semi_structured_text", len(lines), messages, columns,
        steps=[{"grok": {"field": "message", "patterns": [pattern], "ecs_compatibility": overrides.ecs_compatibility}}],
        timestamp_field=field, timestamp=timestamp,
        explanation=["Deciding sample is text", f"Most likely timestamp format is [{timestamp.java}]"],
    )  # fmt: skip
    before = {line[: hit.start()] for line in messages if (hit := timestamp.search(line)) is not None}
    start = _escaped(before.pop()) if len(before) == 1 else ".*?"
    found.more |= {"multiline_start_pattern": f"^{start}{timestamp.simple}", "grok_pattern": pattern}
    found.untold["message"] = {"type": "text"}
    return found
