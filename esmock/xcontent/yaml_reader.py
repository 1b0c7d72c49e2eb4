"""YAML bodies: one document, plain scalars resolved as Jackson resolves them, duplicate keys refused.

Source: recordings of 7.10.2, 7.17.29 and 8.19.21.
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
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from esmock.errors import CharConversion, JacksonYaml, JsonParse, MarkedYaml, Yaml, YamlParser, YamlReader, YamlScanner
from esmock.xcontent import tokens
from esmock.xcontent.jackson import At, Jackson
from esmock.xcontent.json_input import located_error
from esmock.xcontent.located import NO_TOKENS, token
from esmock.xcontent.tokens import tree

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
    scanner = YamlTokens(data, jackson, label)
    return NO_TOKENS if scanner.next() is None else tree(scanner)


class YamlTokens:
    """Reads the tokens of the first document one at a time; as lazy as the parser below it.

    Attributes:
        place: where the current token starts.
        at: where the parser stands, behind it.
    """

    def __init__(self, data: bytes, jackson: Jackson, label: str = "bytes") -> None:
        self.data = data
        self.jackson = jackson
        self.label = label
        self.token: str | None = None
        self.value: Json = None
        self.place: At = (1, 1)
        self.at: At = (1, 1)
        self._events: Iterator[Any] | None = None
        self._names: list[set[str] | None] = []
        """Per open container: the names so far, None for a sequence."""
        self._written: dict[At, str] = {}
        self._ends: dict[At, At] = {}

    def next(self) -> str | None:
        """Move to the next token. Raises MarkedYaml, JacksonYaml, JsonParse."""
        if self._events is None:
            self._events = self._parsed()
        elif not self._names:
            self._events = iter(())
        try:
            for event in self._events:
                if isinstance(event, StreamEndEvent | DocumentEndEvent):
                    break
                if not isinstance(event, StreamStartEvent | DocumentStartEvent):
                    return self._enter(event)
        except yaml.MarkedYAMLError as error:
            self.marked(error)
        except yaml.reader.ReaderError:
            self.unreadable()
        self.token = None
        return None

    def text(self) -> str:
        """The text of the current string."""
        return str(self.value)

    def written(self, at: At) -> str | None:
        """The scalar that starts at a place, without quotes."""
        return self._written.get(at)

    def behind(self, at: At) -> At:
        """The place behind a scalar or a bracket."""
        return self._ends.get(at, at)

    def _parsed(self) -> Iterator[Any]:
        try:
            text = self.data.decode()
        except UnicodeDecodeError as error:
            self.bad_utf8(error)
        event: Any
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            self.at = (event.end_mark.line + 1, event.end_mark.column + 1)
            self.place = (event.start_mark.line + 1, event.start_mark.column + 1)
            self._ends[self.place] = self.at
            yield event

    def _enter(self, event: Any) -> str:
        """Make what the YAML parser found the current token."""
        if isinstance(event, MappingEndEvent | SequenceEndEvent):
            is_object = self._names.pop() is not None
            return self._become(tokens.END_OBJECT if is_object else tokens.END_ARRAY)
        if self._names and self._names[-1] is not None and self.token is not tokens.FIELD_NAME:
            return self._name(event, self._names[-1])
        if isinstance(event, MappingStartEvent):
            self._names.append(set())
            return self._become(tokens.START_OBJECT)
        if isinstance(event, SequenceStartEvent):
            self._names.append(None)
            return self._become(tokens.START_ARRAY)
        if isinstance(event, AliasEvent):
            return self._become(tokens.VALUE_STRING, event.anchor)
        value = _scalar(event)
        self._written[self.place] = event.value
        return self._become(token(value) or tokens.VALUE_NULL, value)

    def _name(self, event: Any, names: set[str]) -> str:
        if not isinstance(event, ScalarEvent | AliasEvent):
            found = f"<org.yaml.snakeyaml.events.{type(event).__name__}(anchor=null, tag=null, implicit=true)>"
            raise self.error(f"Expected a field name (Scalar value in YAML), got this instead: {found}", self.at)
        name = str(event.value if isinstance(event, ScalarEvent) else event.anchor)
        if name in names:
            raise self.error(f"Duplicate field '{name}'", self.at)
        names.add(name)
        return self._become(tokens.FIELD_NAME, name)

    def _become(self, token: str, value: Json = None) -> str:
        self.token, self.value = token, value
        return token

    def error(self, message: str, at: At, kind: type[Any] = JsonParse) -> Any:
        """Jackson's error with a location."""
        return located_error(kind, message, at, self.source(*at))

    def source(self, line: int, column: int) -> str:
        """A place as errors tell it."""
        return f"[Source: {self.jackson.source(self.data, self.label)}; line: {line}, column: {column}]"
    def marked(self, error: yaml.MarkedYAMLError) -> NoReturn:
        text = _snake_text(error)
        failure = self.error(text, self.at, MarkedYaml)
        failure.cause = (YamlScanner if isinstance(error, yaml.scanner.ScannerError) else YamlParser)(text)
        raise failure from None

    def bad_utf8(self, error: UnicodeDecodeError) -> NoReturn:
        """A byte that is no UTF-8: the error of Java's reader, inside SnakeYAML's, inside Jackson's."""
        text = f"Invalid UTF-8 start byte 0x{self.data[error.start]:x} (at char #{error.start + 1}, byte #{error.start - 1})"
        shown = f"java.io.CharConversionException: {text}"
        failure = self.error(shown, self.at, JacksonYaml)
        failure.cause = Yaml(shown, cause=CharConversion(text))
        raise failure from None

    def unreadable(self) -> NoReturn:
        text = "special characters are not allowed"
        failure = self.error(text, self.at, JacksonYaml)
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
