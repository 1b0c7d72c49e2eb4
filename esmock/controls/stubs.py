"""Stubs: answers that a test gives in the engine's place, or changes of the ones that the engine gives.

Source: esmock's own; the answers are the test's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.api.request import Response
from esmock.controls.action import REQUIRED, Action, Option, text
from esmock.controls.faults.answers import changed
from esmock.controls.refusal import ControlError, as_count, as_object
from esmock.families import table

if TYPE_CHECKING:
    from esmock.controls.exchange import Exchange
    from esmock.wire import RawResponse

Json = Any
_MARK = re.compile(r"\{\{\s*([\w.\-]+)\s*\}\}")
_ROOTS = ("path", "parts", "param", "header", "body", "method", "number", "endpoint")


def _headers(value: Json, field: str) -> tuple[tuple[str, str], ...]:
    found = as_object(value, field)
    return tuple((str(name), text(content, f"{field}.{name}")) for name, content in found.items())


def _status(value: Json, field: str) -> int:
    return as_count(value, field, least=100)


class Replace(Action):
    """The route's answer is the test's: a status, headers and a body (a tree, or text)."""

    name = "replace"
    summary = "answers with a body of the test's"
    options: ClassVar = {
        "status": Option(_status, 200, "HTTP status"),
        "body": Option(lambda v, f: v, {}, "a JSON tree, or text"),
        "headers": Option(_headers, (), "further headers, as an object"),
        "content_type": Option(text, None, "in place of the negotiated one"),
    }
    status: int
    body: Json
    headers: tuple[tuple[str, str], ...]
    content_type: str | None

    def before(self, exchange: Exchange) -> Response | None:
        return Response(self.status, self.answer(exchange), list(self.headers))

    def answer(self, exchange: Exchange) -> Json:
        """The body."""
        return self.body

    def after(self, exchange: Exchange, answer: RawResponse) -> RawResponse:
        if self.content_type is not None:
            answer.headers = [(k, self.content_type if k.lower() == "content-type" else v) for k, v in answer.headers]
        return answer


def _template(value: Json, field: str) -> Json:
    for mark in _marks(value):
        root = mark.partition(".")[0]
        if root not in _ROOTS:
            raise ControlError(field, f"{{{{{mark}}}}} is nothing of the request; it begins with one of {', '.join(_ROOTS)}")
    return value


def _marks(value: Json) -> list[str]:
    if isinstance(value, str):
        return _MARK.findall(value)
    if isinstance(value, Mapping):
        return [mark for pair in value.items() for one in pair for mark in _marks(one)]
    return [mark for one in value for mark in _marks(one)] if isinstance(value, list) else []


class Template(Replace):
    """The same with ``{{parts.index}}``, ``{{body.query.match.title}}``, ``{{param.size}}`` filled in from the request.

    A text that is one mark only becomes the value itself, of its own type.
    """

    name = "template"
    summary = "answers with a body made from the request"
    options: ClassVar = {**Replace.options, "body": Option(_template, REQUIRED, "a tree or text with {{marks}}")}

    def answer(self, exchange: Exchange) -> Json:
        return fill(self.body, exchange)


def fill(value: Json, exchange: Exchange) -> Json:
    """A template with the request's values in it; what the request lacks is null, or nothing within text."""
    if isinstance(value, str):
        whole = _MARK.fullmatch(value)
        if whole is not None:
            return _lookup(whole[1], exchange)
        return _MARK.sub(lambda mark: str(found) if (found := _lookup(mark[1], exchange)) is not None else "", value)
    if isinstance(value, Mapping):
        return {str(fill(key, exchange)): fill(one, exchange) for key, one in value.items()}
    return [fill(one, exchange) for one in value] if isinstance(value, list) else value


def _lookup(mark: str, exchange: Exchange) -> Json:
    from urllib.parse import parse_qsl

    root, _, rest = mark.partition(".")
    raw = exchange.raw
    roots = {
        "path": lambda: exchange.path,
        "parts": lambda: dict(exchange.parts),
        "param": lambda: dict(parse_qsl(raw.target.partition("?")[2], keep_blank_values=True)),
        "header": lambda: dict(raw.headers),
        "body": lambda: exchange.body,
        "method": lambda: raw.method,
        "number": lambda: exchange.number,
        "endpoint": lambda: exchange.endpoint,
    }
    found = roots[root]()
    for key in rest.split(".") if rest else ():
        if isinstance(found, list) and key.isdigit() and int(key) < len(found):
            found = found[int(key)]
        elif isinstance(found, Mapping):
            found = found.get(key)
        else:
            return None
    return found


def _changes(value: Json, field: str) -> Mapping[str, Json]:
    found = as_object(value, field)
    if not found:
        raise ControlError(field, "expected at least one path, as hits.total.value")
    return found


class Patch(Action):
    """Fields of the engine's answer are set or removed; everything else is the engine's."""

    name = "patch"
    summary = "changes fields of the real answer"
    options: ClassVar = {
        "set": Option(_changes, {}, "path to value, as hits.total.value; * is every element; missing objects are made"),
        "remove": Option(lambda v, f: tuple(v) if isinstance(v, list) else (text(v, f),), (), "paths to remove"),
        "status": Option(_status, None, "another status"),
        "headers": Option(_headers, (), "headers to set"),
    }
    set: Mapping[str, Json]
    remove: tuple[str, ...]
    status: int | None
    headers: tuple[tuple[str, str], ...]

    def after(self, exchange: Exchange, answer: RawResponse) -> RawResponse:
        if self.set or self.remove:
            answer = changed(answer, self._change)
        if self.status is not None:
            answer.status = self.status
        if self.headers:
            names = {name.lower() for name, _ in self.headers}
            answer.headers = [*self.headers, *(pair for pair in answer.headers if pair[0].lower() not in names)]
        return answer

    def _change(self, tree: Json) -> None:
        for path, value in self.set.items():
            assign(tree, path.split("."), value)
        for path in self.remove:
            delete(tree, path.split("."))


def _steps(node: Json, key: str) -> list[Json]:
    """The keys of a node that one piece of a path stands for."""
    if isinstance(node, list):
        if key == "*":
            return list(range(len(node)))
        return [int(key)] if key.lstrip("-").isdigit() and -len(node) <= int(key) < len(node) else []
    if isinstance(node, dict):
        return list(node) if key == "*" else [key]
    return []


def assign(node: Json, path: list[str], value: Json) -> None:
    """Set the value at a path, making the objects on the way."""
    key, *rest = path
    for step in _steps(node, key):
        if not rest:
            node[step] = value
            continue
        if isinstance(node, dict) and not isinstance(node.get(step), dict | list):
            node[step] = {}
        assign(node[step], rest, value)


def delete(node: Json, path: list[str]) -> None:
    """Remove what is at a path, if it is there."""
    key, *rest = path
    for step in reversed(_steps(node, key)):
        if isinstance(node, dict) and step not in node:
            continue
        if rest:
            delete(node[step], rest)
        else:
            del node[step]


STUBS = table((Replace, Template, Patch))

