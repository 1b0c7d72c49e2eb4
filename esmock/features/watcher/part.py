"""The parts that a watch is put together from, and how their scripts and searches are read and printed.

Source: answers of 6.8.23 (``watcher.json``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import ElasticsearchParse
from esmock.script.script import Script
from esmock.xcontent.located import token

if TYPE_CHECKING:
    from esmock.features.watcher.run_context import RunContext
    from esmock.state.cluster import Cluster
    from esmock.xcontent.value_reader import Reading

Json = Any


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading a watch needs besides its body."""

    cluster: Cluster
    watch: str
    reading: Reading

    def script(self, holder: Json, context: str) -> Script:
        """The script under ``script``, compiled once to see that it can run. Raises Script."""
        from esmock.script.stored import script_service

        found = Script.parse(holder, "script", self.reading)
        script_service(self.cluster).compile(found, context)
        return found


def shown_script(script: Script) -> Json:
    """A script as a watch prints it."""
    out: dict[str, Json] = {"id" if script.stored else "source": script.id_or_code}
    if script.lang is not None:
        out["lang"] = script.lang
    return {**out, "params": dict(script.params)} if script.params else out


def shown_text(text: Json) -> Json:
    """A text template as a watch prints it."""
    if not isinstance(text, dict):
        return text
    return {**{name: text[name] for name in ("source", "id") if name in text}, "lang": "mustache", **_params(text)}


def _params(text: Json) -> dict[str, Json]:
    return {"params": text["params"]} if text.get("params") else {}


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A search that a watch makes."""

    indices: list[str]
    body: Json
    search_type: str = "query_then_fetch"
    template: Json = None
    indices_options: Json = None

    @classmethod
    def parse(cls, given: Json) -> SearchRequest:
        """Raises ElasticsearchParse."""
        names = {"indices", "types", "body", "search_type", "template", "indices_options", "rest_total_hits_as_int"}
        for name, value in given.items():
            if name not in names:
                raise ElasticsearchParse(f"could not read search request. unexpected token [{token(value)}]")
        indices = given.get("indices") or []
        return cls(
            [indices] if isinstance(indices, str) else indices,
            given.get("body"),
            given.get("search_type", "query_then_fetch"),
            given.get("template"),
            given.get("indices_options"),
        )

    def shown(self) -> Json:
        """As it is printed."""
        out: dict[str, Json] = {"search_type": self.search_type, "indices": self.indices, "rest_total_hits_as_int": True}
        for name in ("body", "indices_options", "template"):
            if getattr(self, name) is not None:
                out[name] = getattr(self, name)
        return out

    def rendered(self, ctx: RunContext) -> Json:
        """The body with its templates filled in."""
        import json

        if self.template is not None:
            return json.loads(ctx.render(self.template))
        return json.loads(ctx.render(json.dumps(self.body))) if self.body is not None else {}

    def run(self, ctx: RunContext) -> tuple[Json, Json]:
        """What it found, and the request as it was sent."""
        body = self.rendered(ctx)
        found = ctx.search(ctx.cluster, self.indices, body)
        return found, {"request": {**self.shown(), "body": body}}
