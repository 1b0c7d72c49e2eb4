"""YAML bodies: one document, plain scalars resolved as Jackson resolves them, duplicate keys refused.

Source: recordings of 7.10.2, 7.17.29 and 8.19.21.
Differs: the whole text is read before anyone looks at it, so a syntax error wins over an unknown key left of it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from esmock.errors import CharConversion, JacksonYaml, JsonParse, MarkedYaml, Yaml, YamlParser, YamlReader, YamlScanner
from esmock.xcontent.jackson import At, Jackson
from esmock.xcontent.json_input import located_error
from esmock.xcontent.located import NO_TOKENS

Json = Any

_INTEGER = re.compile(r"[-+]?[0-9][0-9_]*\Z")
_REAL = re.compile(
    r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?\Z|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+\Z|\.[0-9_]+(?:[eE][-+]?[0-9]+)?\Z"
)
_WORDS: dict[str, Json] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
}


def load(data: bytes, *, jackson: Jackson, label: str = "bytes") -> Json:
    """The first document; NO_TOKENS for an empty text. Raises MarkedYaml, JsonParse (bare)."""
    return _Reader(data, jackson, label).document()


class _Reader:
    def __init__(self, data: bytes, jackson: Jackson, label: str) -> None:
        self.data = data
        self.jackson = jackson
        self.label = label
        self.at: At = (1, 1)

    def document(self) -> Json:
        try:
            text = self.data.decode()
            events = self.events(text)
            for event in events:
                if isinstance(event, (ScalarEvent, AliasEvent, MappingStartEvent, SequenceStartEvent)):
                    return self.value(event, events)
                if isinstance(event, (StreamEndEvent, DocumentEndEvent)):
                    return NO_TOKENS
        except UnicodeDecodeError as error:
            self.bad_utf8(error)
        except yaml.MarkedYAMLError as error:
            self.marked(error)
        except yaml.reader.ReaderError:
            self.unreadable()
        return NO_TOKENS

    def events(self, text: str) -> Iterator[Any]:
        event: Any
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            self.at = (event.end_mark.line + 1, event.end_mark.column + 1)
            yield event

    def value(self, event: Any, events: Iterator[Any]) -> Json:
        if isinstance(event, ScalarEvent):
            return _scalar(event)
        if isinstance(event, AliasEvent):
            return event.anchor
        if isinstance(event, SequenceStartEvent):
            items: list[Json] = []
            while not isinstance(one := next(events), SequenceEndEvent):
                items.append(self.value(one, events))
            return items
        tree: dict[str, Json] = {}
        while not isinstance(one := next(events), MappingEndEvent):
            if not isinstance(one, (ScalarEvent, AliasEvent)):
                found = f"<org.yaml.snakeyaml.events.{type(one).__name__}(anchor=null, tag=null, implicit=true)>"
                raise self.error(JsonParse, f"Expected a field name (Scalar value in YAML), got this instead: {found}")
            name = str(one.value if isinstance(one, ScalarEvent) else one.anchor)
            if name in tree:
                raise self.error(JsonParse, f"Duplicate field '{name}'")
            tree[name] = self.value(next(events), events)
        return tree

    def error(self, kind: type[Any], message: str) -> Any:
        line, column = self.at
        source = self.jackson.source(self.data, self.label)
        return located_error(kind, message, self.at, f"[Source: {source}; line: {line}, column: {column}]")

    def marked(self, error: yaml.MarkedYAMLError) -> NoReturn:
        text = _snake_text(error)
        failure = self.error(MarkedYaml, text)
        failure.cause = (YamlScanner if isinstance(error, yaml.scanner.ScannerError) else YamlParser)(text)
        raise failure from None

    def bad_utf8(self, error: UnicodeDecodeError) -> NoReturn:
        """A byte that is no UTF-8: the error of Java's reader, inside SnakeYAML's, inside Jackson's."""
        text = f"Invalid UTF-8 start byte 0x{self.data[error.start]:x} (at char #{error.start + 1}, byte #{error.start - 1})"
        shown = f"java.io.CharConversionException: {text}"
        failure = self.error(JacksonYaml, shown)
        failure.cause = Yaml(shown, cause=CharConversion(text))
        raise failure from None

    def unreadable(self) -> NoReturn:
        text = "special characters are not allowed"
        failure = self.error(JacksonYaml, text)
        failure.cause = YamlReader(text)
        raise failure from None


def _scalar(event: ScalarEvent) -> Json:
    text: str = event.value
    if not event.implicit[0] or event.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return int(text.replace("_", ""))
    if _REAL.match(text):
        return float(text.replace("_", ""))
    return text


def _snake_text(error: yaml.MarkedYAMLError) -> str:
    """The error in SnakeYAML's words and layout."""
    problem = error.problem or ""
    found = re.match(r"found character '(.|\\t)' that cannot start any token", problem)
    if found:
        shown = "\\t(TAB)" if found[1] == "\\t" else found[1]
        indent = "\\t(TAB)" if found[1] == "\\t" else found[1]
        problem = f"found character '{shown}' that cannot start any token. (Do not use {indent} for indentation)"
    problem = re.sub(r"but (?:got|found) '(<[^']*>)'", r"but got \1", problem)
    problem = re.sub(r"but found '(.)'", lambda odd: f"but found {odd[1]}({ord(odd[1])})", problem)
    parts: list[str] = []
    if error.context:
        parts.append(error.context)
    same = error.context_mark and error.problem_mark and (
        (error.context_mark.line, error.context_mark.column) == (error.problem_mark.line, error.problem_mark.column)
    )
    if error.context_mark and not same:
        parts.append(_mark(error.context_mark))
    parts.append(problem)
    if error.problem_mark:
        parts.append(_mark(error.problem_mark))
    return "\n".join(parts) + "\n"


def _mark(mark: yaml.Mark) -> str:
    return f" in 'reader', line {mark.line + 1}, column {mark.column + 1}:\n{mark.get_snippet()}"
