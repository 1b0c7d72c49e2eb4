"""Transforms: what a watch makes of its payload.

Source: answers of 6.8.23 (``watcher.json``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.errors import ElasticsearchParse
from esmock.features.watcher.part import SearchRequest, shown_script
from esmock.script.script import Script

if TYPE_CHECKING:
    from esmock.features.watcher.part import Reader
    from esmock.features.watcher.run_context import RunContext

Json = Any


@dataclass(slots=True)
class Transform:
    """A transform; ``run`` gives the new payload and what the record tells of it besides."""

    name: ClassVar[str] = ""

    @classmethod
    def parse(cls, reader: Reader, given: Json) -> Transform:
        raise NotImplementedError

    def shown(self) -> Json:
        raise NotImplementedError

    def run(self, ctx: RunContext) -> tuple[Json, dict[str, Json]]:
        raise NotImplementedError

    def result(self, ctx: RunContext) -> dict[str, Json]:
        """Change the payload; the entry in the record."""
        ctx.payload, told = self.run(ctx)
        return {"type": self.name, "status": "success", "payload": ctx.payload, **told}


@dataclass(slots=True)
class ScriptTransform(Transform):
    name: ClassVar[str] = "script"
    script: Script = field(default_factory=lambda: Script(""))

    @classmethod
    def parse(cls, reader: Reader, given: Json) -> Transform:
        return cls(reader.script({"script": given}, "watcher_transform"))

    def shown(self) -> Json:
        return shown_script(self.script)

    def run(self, ctx: RunContext) -> tuple[Json, dict[str, Json]]:
        found = ctx.run_script(self.script, "watcher_transform")
        return found if isinstance(found, dict) else {"_value": found}, {}


@dataclass(slots=True)
class SearchTransform(Transform):
    name: ClassVar[str] = "search"
    request: SearchRequest = field(default_factory=lambda: SearchRequest([], None))

    @classmethod
    def parse(cls, reader: Reader, given: Json) -> Transform:
        if "request" not in given:
            raise ElasticsearchParse(
                f"could not parse [search] transform for watch [{reader.watch}]. missing required [request] field"
            )
        return cls(SearchRequest.parse(given["request"]))

    def shown(self) -> Json:
        return {"request": self.request.shown()}

    def run(self, ctx: RunContext) -> tuple[Json, dict[str, Json]]:
        found, request = self.request.run(ctx)
        return found, {"search": request}


@dataclass(slots=True)
class ChainTransform(Transform):
    name: ClassVar[str] = "chain"
    links: list[Transform] = field(default_factory=list)

    @classmethod
    def parse(cls, reader: Reader, given: Json) -> Transform:
        return cls([parse(reader, one) for one in given])

    def shown(self) -> Json:
        return [{one.name: one.shown()} for one in self.links]

    def run(self, ctx: RunContext) -> tuple[Json, dict[str, Json]]:
        results = [one.result(ctx) for one in self.links]
        return ctx.payload, {"chain": {"results": results}}


_KINDS: Mapping[str, type[Transform]] = {one.name: one for one in (ScriptTransform, SearchTransform, ChainTransform)}


def parse(reader: Reader, given: Json) -> Transform:
    """Read ``{"script": ...}``. Raises ElasticsearchParse."""
    name, body = next(iter(given.items()), ("", None))
    kind = _KINDS.get(name)
    if kind is None:
        raise ElasticsearchParse(f"could not parse transform for watch [{reader.watch}], unknown transform type [{name}]")
    return kind.parse(reader, body)
