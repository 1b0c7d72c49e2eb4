"""Mustache templates as Elasticsearch renders them.

Source: recordings of 7.10.2. Values print as Java prints them; lists have keys ``0``, ``1`` and ``size``.
"""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from esmock import errors
from esmock.script.painless.runtime.values import bucket_order, hash_maps, identity_hash, to_text

NAME = "mustache"
_FUNCTION = re.compile(r"(toJson|url|join)(?:\s+(.*))?\Z", re.S)
_DELIMITER = re.compile(r"join\s+delimiter='(.*)'\Z", re.S)
_MISSING = object()


class Mustache(errors.ApiError):
    java = "MustacheException"
    package = "com.github.mustachejava"
    is_elasticsearch = False


class MustacheNotFound(Mustache):
    java = "MustacheNotFoundException"


@dataclass(slots=True)
class Part:
    """kind: text, value, raw, section, inverted, toJson, join, url."""

    kind: str
    text: str = ""
    parts: list[Part] = field(default_factory=list)


class _Outside(Exception):
    """An index that a list does not have."""


class _Invalid(Exception):
    def __init__(self, error: errors.ApiError) -> None:
        super().__init__(error.reason)
        self.error = error


def compile_template(source: str, content_type: str) -> Template:
    """Raises errors.Script (its reason is the mustache error's) for a template that is not well formed."""
    try:
        return Template(source, _Reader(source).read(), _escaper(content_type))
    except _Invalid as e:
        raise _script_error(source, e.error) from None


def _script_error(source: str, cause: errors.ApiError) -> errors.Script:
    extra = {"script_stack": [], "script": source, "lang": NAME}
    return errors.Script(cause.reason, cause=cause, extra=extra)


def _escaper(content_type: str) -> Callable[[str], str]:
    kind = content_type.split(";")[0].strip()
    if kind == "text/plain":
        return lambda text: text
    if kind == "application/x-www-form-urlencoded":
        return urllib.parse.quote_plus
    return _json_escape


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


_ESCAPED = re.compile(r'["\\\x00-\x1f]')


def _json_escape(text: str) -> str:
    if not _ESCAPED.search(text):
        return text
    return "".join(_ESCAPES.get(char) or (char if char >= " " else f"\\u{ord(char):04X}") for char in text)


class _Reader:
    def __init__(self, source: str) -> None:
        self._source = source
        self._open, self._close = "{{", "}}"
        self._at = 0

    def _line(self) -> int:
        return self._source.count("\n", 0, self._at) + 1

    def _fail(self, reason: str) -> _Invalid:
        return _Invalid(Mustache(f"{reason} @[query-template:{self._line()}]"))

    def read(self, until: str | None = None) -> list[Part]:
        out: list[Part] = []
        while True:
            start = self._source.find(self._open, self._at)
            if start < 0:
                if until is not None:
                    raise self._fail(f"Failed to close '{until}' tag")
                out.append(Part("text", self._source[self._at :]))
                return out
            out.append(Part("text", self._source[self._at : start]))
            tag = self._tag(start)
            symbol, name = (tag[0], tag[1:].strip()) if tag[:1] in tuple("#^/>&!{=") else ("", tag.strip())
            if symbol == "/":
                if name != until:
                    line = self._line()
                    raise self._fail(f"Mismatched start/end tags: {until or 'null'} != {name} in query-template:{line}")
                return out
            self._part(symbol, name, out)

    def _tag(self, start: int) -> str:
        begin = start + len(self._open)
        close = self._close
        if self._open == "{{" and self._source.startswith("{", begin):
            close = "}" + close
        end = self._source.find(close, begin)
        if end < 0:
            self._at = start
            if not self._source[begin:].strip():
                raise self._fail("Empty mustache")
            where = f" in query-template:{self._source.count(chr(10), 0, start) + 1}" if close != self._close else ""
            raise self._fail("Improperly closed variable" + where)
        self._at = end + len(close)
        if end == begin:
            raise self._fail("Empty mustache")
        return self._source[begin:end]

    def _part(self, symbol: str, name: str, out: list[Part]) -> None:
        if symbol == "#":
            out.append(self._section(name))
        elif symbol == "^":
            out.append(Part("inverted", name, self.read(name)))
        elif symbol == ">":
            raise _Invalid(MustacheNotFound(f"Template {name} not found"))
        elif symbol == "=":
            pair = name.rstrip("=").split()
            if len(pair) == 2:
                self._open, self._close = pair
        elif symbol != "!":
            out.append(Part("raw" if symbol in ("{", "&") else "value", name))

    def _section(self, name: str) -> Part:
        inner = self.read(name)
        found = _FUNCTION.match(name)
        if not found:
            return Part("section", name, inner)
        if found[1] == "url":
            return Part("url", "", inner)
        # ES: text behind a tag belongs to the tag
        words = [part for at, part in enumerate(inner) if part.kind != "text" or (at == 0 and part.text)]
        if len(words) != 1:
            reason = f"Mustache function [{found[1]}] must contain one and only one identifier"
            raise _Invalid(Mustache(reason))
        delimiter = _DELIMITER.match(name)
        if found[1] == "toJson":
            return Part("toJson", words[0].text) if words[0].kind == "text" else Part("text")
        return Part("join", delimiter[1] if delimiter else ",", inner)


class Template:
    """A compiled template."""

    def __init__(self, source: str, parts: list[Part], escape: Callable[[str], str]) -> None:
        self.source, self._parts, self._escape = source, parts, escape

    def run(self, params: Mapping[str, Any] | None = None, **_: Any) -> str:
        """The rendered text. Raises GeneralScript for an index that a list does not have."""
        return self._render(self._parts, [params or {}])

    def _resolved(self, name: str, scopes: list[Any], is_bare: bool = False) -> Any:
        try:
            return _resolve(name, scopes)
        except _Outside as outside:
            raise self._failed(name, str(outside), is_bare) from None

    def _failed(self, name: str, index: str, is_bare: bool) -> errors.GeneralScript:
        """Differs: the line is that of the template's end."""
        where = f"@[query-template:{self.source.count(chr(10)) + 1}]"
        cause = Mustache(f"{index} {where}", cause=errors.IndexOutOfBounds(index))
        failed = cause if is_bare else Mustache(f"Failed to get value for {name} {where}", cause=cause)
        return self._broken(failed)

    def _broken(self, cause: errors.ApiError) -> errors.GeneralScript:
        shown = f"com.github.mustachejava.codes.DefaultMustache@{identity_hash(self):x}"
        return errors.GeneralScript(f"Error running {shown}", cause=cause)

    def _render(self, parts: list[Part], scopes: list[Any]) -> str:
        return "".join([self._one(part, scopes) for part in parts])

    def _one(self, part: Part, scopes: list[Any]) -> str:
        kind = part.kind
        if kind == "text":
            return part.text
        if kind == "url":
            return urllib.parse.quote_plus(self._render(part.parts, scopes), safe="*")
        if kind == "join":
            return self._join(part, scopes)
        value = self._resolved(part.text, scopes, kind in ("section", "inverted", "toJson"))
        if kind in ("value", "raw"):
            text = "" if value is _MISSING or value is None else _text(value)
            return self._escape(text) if kind == "value" else text
        if kind == "toJson":
            return "" if value is _MISSING or value is None else _to_json(value)
        truthy = _truthy(value)
        if kind == "inverted":
            return "" if truthy else self._render(part.parts, scopes)
        if not truthy:
            return ""
        if isinstance(value, list | tuple):
            # ES: null opens no scope of its own
            return "".join(self._render(part.parts, scopes if item is None else [*scopes, item]) for item in value)
        return self._render(part.parts, [*scopes, value])

    def _join(self, part: Part, scopes: list[Any]) -> str:
        """The items of the named list; a name of anything else stands for itself."""
        name = self._render(part.parts, scopes)
        value = self._resolved(name, scopes, True)
        if not isinstance(value, list | tuple):
            return name
        if None in value:
            raise self._broken(errors.NullPointer('Cannot invoke "Object.toString()" because "object" is null'))
        return part.text.join(to_text(hash_maps(item)) for item in value)


def _truthy(value: Any) -> bool:
    if value is _MISSING or value is None or value is False:
        return False
    return bool(value) if isinstance(value, str | list | tuple) else True


def _resolve(name: str, scopes: list[Any]) -> Any:
    if name == ".":
        return scopes[-1]
    for scope in reversed(scopes):
        if isinstance(scope, dict) and name in scope:
            return scope[name]
        found = _path(scope, name)
        if found is not _MISSING:
            return found
    return _MISSING


def _path(scope: Any, name: str) -> Any:
    value = scope
    for step in name.split("."):
        if isinstance(value, dict):
            value = value.get(step, _MISSING)
        elif isinstance(value, list | tuple):
            if step == "size":
                value = len(value)
            else:
                if step.isdigit() and int(step) >= len(value):
                    raise _Outside(step)
                value = value[int(step)] if step.isdigit() else _MISSING
        elif isinstance(value, str) and step == "length":
            value = len(value)
        else:
            return _MISSING
        if value is _MISSING:
            return _MISSING
    return value


def _text(value: Any) -> str:
    """A value as it prints: a list as the map of its indexes, what is in it as Java prints it."""
    if type(value) is str:
        return value
    value = hash_maps(value)
    if isinstance(value, list | tuple):
        return "{" + ", ".join(f"{at}={to_text(item)}" for at, item in enumerate(value)) + "}"
    return to_text(value)


def _in_java_order(value: Any) -> Any:
    """Objects with their keys as a hash map has them."""
    if isinstance(value, dict):
        return {key: _in_java_order(value[key]) for key in bucket_order(list(value), len(value))}
    return [_in_java_order(item) for item in value] if isinstance(value, list | tuple) else value


def _to_json(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple | dict):
        import orjson

        return orjson.dumps(_in_java_order(value)).decode()
    return to_text(value)
