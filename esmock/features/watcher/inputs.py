"""Inputs: what a watch looks at.

Source: answers of 6.8.23 (``watcher.json``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.errors import ElasticsearchParse, Unsupported
from esmock.features.watcher.part import SearchRequest
from esmock.xcontent.located import token

if TYPE_CHECKING:
    from esmock.features.watcher.part import Reader
    from esmock.features.watcher.run_context import RunContext

Json = Any


@dataclass(slots=True)
class Input:
    """An input; ``run`` gives the payload and what the record tells of it besides."""

    name: ClassVar[str] = "none"

    @classmethod
    def parse(cls, reader: Reader, given: Json) -> Input:
        return cls()

    def shown(self) -> Json:
        """As the watch prints it."""
        return {}

    def run(self, ctx: RunContext) -> tuple[Json, dict[str, Json]]:
        return {}, {}


@dataclass(slots=True)
class Simple(Input):
    name: ClassVar[str] = "simple"
    payload: Json = None

    @classmethod
    def parse(cls, reader: Reader, given: Json) -> Input:
        return cls(given)

    def shown(self) -> Json:
        return self.payload

    def run(self, ctx: RunContext) -> tuple[Json, dict[str, Json]]:
        return self.payload, {}


@dataclass(slots=True)
class Search(Input):
    name: ClassVar[str] = "search"
    request: SearchRequest = field(default_factory=lambda: SearchRequest([], None))
    extract: list[str] | None = None
    timeout: str | None = None

    @classmethod
    def parse(cls, reader: Reader, given: Json) -> Input:
        where = f"could not parse [search] input for watch [{reader.watch}]."
        out = cls()
        found = False
        for name, value in given.items():
            if name == "request":
                found = True
                try:
                    out.request = SearchRequest.parse(value)
                except ElasticsearchParse as error:
                    raise ElasticsearchParse(f"{where} failed to parse [request]", cause=error) from None
            elif name == "extract":
                out.extract = list(value)
            elif name in ("timeout", "dynamic_name_timezone"):
                out.timeout = value
            else:
                raise ElasticsearchParse(f"{where} unexpected token [{token(value)}]")
        if not found:
            raise ElasticsearchParse(f"{where} missing required [request] field")
        return out

    def shown(self) -> Json:
        out: dict[str, Json] = {"request": self.request.shown()}
        if self.extract is not None:
            out["extract"] = self.extract
        return out

    def run(self, ctx: RunContext) -> tuple[Json, dict[str, Json]]:
        found, request = self.request.run(ctx)
        return _extracted(found, self.extract) if self.extract is not None else found, {"search": request}


def _extracted(found: Json, paths: list[str]) -> Json:
    """The parts of an answer that some paths name."""
    out: dict[str, Json] = {}
    for path in paths:
        source, target = found, out
        *parents, last = path.split(".")
        for name in parents:
            source = source.get(name) if isinstance(source, dict) else None
            target = target.setdefault(name, {})
        if isinstance(source, dict) and last in source:
            target[last] = source[last]
    return out


@dataclass(slots=True)
class Chain(Input):
    name: ClassVar[str] = "chain"
    inputs: list[tuple[str, Input]] = field(default_factory=list)

    @classmethod
    def parse(cls, reader: Reader, given: Json) -> Input:
        return cls([(name, parse(reader, one)) for link in given.get("inputs", []) for name, one in link.items()])

    def shown(self) -> Json:
        return {"inputs": [{name: {one.name: one.shown()}} for name, one in self.inputs]}

    def run(self, ctx: RunContext) -> tuple[Json, dict[str, Json]]:
        payload: dict[str, Json] = {}
        told: dict[str, Json] = {}
        for name, one in self.inputs:
            ctx.payload = payload
            found, more = one.run(ctx)
            payload = {**payload, name: found}
            told[name] = {"type": one.name, "status": "success", "payload": found, **more}
        return payload, {"chain": told}


_KINDS: Mapping[str, type[Input]] = {one.name: one for one in (Input, Simple, Search, Chain)}
_NOT_BUILT = ("http", "transform")


def parse(reader: Reader, given: Json) -> Input:
    """Read ``{"simple": {...}}``. Raises ElasticsearchParse, Unsupported."""
    where = f"could not parse input for watch [{reader.watch}]."
    if not isinstance(given, dict):
        raise ElasticsearchParse(f"{where} expected an object representing the input, but found [{token(given)}] instead")
    if not given:
        raise ElasticsearchParse(f"{where} expected field indicating the input type, but found an empty object instead")
    name, body = next(iter(given.items()))
    if not isinstance(body, dict):
        raise ElasticsearchParse(f"{where} expected an object representing input [{name}], but found [{token(body)}] instead")
    if name in _NOT_BUILT:
        raise Unsupported(f"the input [{name}] of a watch")
    kind = _KINDS.get(name)
    if kind is None:
        raise ElasticsearchParse(f"{where} unknown input type [{name}]")
    return kind.parse(reader, body)
