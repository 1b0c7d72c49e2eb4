"""Actions: what a watch does, how often, and under which condition of its own.

Source: answers of 6.8.23 (``watcher.json``).
Differs: a log is nowhere written; actions that reach out (mail, webhooks, chats, tickets) answer 501.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.errors import ApiError, ElasticsearchParse, Unsupported
from esmock.features.watcher import conditions, transforms
from esmock.features.watcher.part import shown_text
from esmock.xcontent import json_writer
from esmock.xcontent.located import token
from esmock.xcontent.units import parse_time_ms

if TYPE_CHECKING:
    from esmock.features.watcher.conditions import Condition
    from esmock.features.watcher.part import Reader
    from esmock.features.watcher.run_context import RunContext
    from esmock.features.watcher.transforms import Transform

Json = Any
_LEVELS = ("error", "warn", "info", "debug", "trace")
_TOKENS = {"VALUE_NUMBER": "number", "VALUE_STRING": "string", "VALUE_BOOLEAN": "boolean"}


@dataclass(slots=True)
class Work:
    """What is done; ``run`` gives the status and what the record tells of it."""

    name: ClassVar[str] = ""

    @classmethod
    def parse(cls, reader: Reader, action: str, given: Json) -> Work:
        raise NotImplementedError

    def shown(self) -> Json:
        raise NotImplementedError

    def run(self, ctx: RunContext) -> tuple[str, Json]:
        raise NotImplementedError


@dataclass(slots=True)
class Logging(Work):
    name: ClassVar[str] = "logging"
    text: Json = None
    level: str = "info"
    category: str | None = None

    @classmethod
    def parse(cls, reader: Reader, action: str, given: Json) -> Work:
        where = f"failed to parse [logging] action [{reader.watch}/{action}]."
        out = cls()
        for name, value in given.items():
            if name == "text":
                out.text = value
            elif name == "level" and isinstance(value, str):
                if value.lower() not in _LEVELS:
                    raise ElasticsearchParse(f"{where} unknown logging level [{value}]")
                out.level = value.lower()
            elif name == "category" and isinstance(value, str):
                out.category = value
            elif isinstance(value, str):
                raise ElasticsearchParse(f"{where} unexpected string field [{name}]")
            else:
                raise ElasticsearchParse(f"{where} unexpected token [{token(value)}]")
        if out.text is None:
            raise ElasticsearchParse(f"{where} missing required [text] field")
        return out

    def shown(self) -> Json:
        category = {} if self.category is None else {"category": self.category}
        return {**category, "level": self.level, "text": shown_text(self.text)}

    def run(self, ctx: RunContext) -> tuple[str, Json]:
        return "simulated" if ctx.is_simulated else "success", {"logged_text": ctx.render(self.text)}


@dataclass(slots=True)
class Index(Work):
    name: ClassVar[str] = "index"
    given: dict[str, Json] = field(default_factory=dict)

    @classmethod
    def parse(cls, reader: Reader, action: str, given: Json) -> Work:
        known = ("index", "doc_type", "doc_id", "execution_time_field", "dynamic_name_timezone", "timeout", "refresh", "op_type")
        for name, value in given.items():
            if name not in known:
                kind = _TOKENS.get(token(value) or "")
                told = f"unexpected {kind} field [{name}]" if kind else f"unexpected token [{token(value)}]"
                raise ElasticsearchParse(f"could not parse [index] action [{reader.watch}/{action}]. {told}")
        return cls(dict(given))

    def shown(self) -> Json:
        return dict(self.given)

    def run(self, ctx: RunContext) -> tuple[str, Json]:
        payload = ctx.payload
        documents = payload["_doc"] if isinstance(payload, dict) and isinstance(payload.get("_doc"), list) else None
        if documents is not None:
            raise Unsupported("several documents of one [index] action of a watch")
        source = self._source(ctx, payload)
        doc_id = source.pop("_id", None) or (ctx.render(self.given["doc_id"]) if "doc_id" in self.given else None)
        index = source.pop("_index", None) or ctx.render(self.given.get("index", ""))
        if ctx.is_simulated:
            named = {} if doc_id is None else {"doc_id": doc_id}
            return "simulated", {"request": {"index": index, **named, "source": source}}
        return "success", {"response": self._written(ctx, index, doc_id, source)}

    def _source(self, ctx: RunContext, payload: Json) -> dict[str, Json]:
        source = dict(payload) if isinstance(payload, dict) else {"_value": payload}
        time_field = self.given.get("execution_time_field")
        return {**source, time_field: ctx.at} if time_field is not None else source

    def _written(self, ctx: RunContext, index: str, doc_id: str | None, source: Json) -> Json:
        from esmock.ingest.service import Chain, prepare
        from esmock.state import documents
        from esmock.state.write_request import WriteRequest

        write = WriteRequest("index", index, doc_id, source=json_writer.dumps(source))
        prepare(ctx.cluster, write, Chain(ctx.cluster))
        outcome = documents.write(ctx.cluster, write)
        if self.given.get("refresh") in ("true", True, "wait_for"):
            outcome.index.refresh()
        written = outcome.written
        return {
            "created": written.result == "created",
            "result": written.result,
            "id": write.doc_id or outcome.doc_id,
            "version": written.version,
            "index": outcome.index.name,
        }


_KINDS: Mapping[str, type[Work]] = {one.name: one for one in (Logging, Index)}
_NOT_BUILT = ("email", "webhook", "slack", "pagerduty", "jira", "hipchat")


@dataclass(slots=True)
class Action:
    """A named action.

    Args:
        throttle_ms: the least time between two of its runs; None: the watch's.
    """

    id: str
    work: Work
    throttle_ms: int | None = None
    condition: Condition | None = None
    transform: Transform | None = None

    def shown(self) -> Json:
        """As the watch prints it."""
        out: dict[str, Json] = {}
        if self.throttle_ms is not None:
            out["throttle_period_in_millis"] = self.throttle_ms
        for name, one in (("condition", self.condition), ("transform", self.transform)):
            if one is not None:
                out[name] = {one.name: one.shown()}
        out[self.work.name] = self.work.shown()
        return out

    def run(self, ctx: RunContext) -> dict[str, Json]:
        """Do it; its entry in the record."""
        out: dict[str, Json] = {"id": self.id, "type": self.work.name}
        before = ctx.payload
        try:
            if self.condition is not None:
                met, told = self.condition.result(ctx)
                if not met:
                    return {**out, "status": "condition_failed", "condition": told, "reason": "condition not met. skipping"}
            changed = {} if self.transform is None else {"transform": self.transform.result(ctx)}
            status, told = self.work.run(ctx)
        except ApiError as error:
            return {**out, "status": "failure", "error": error.error_body()}
        finally:
            ctx.payload = before
        return {**out, "status": status, **changed, self.work.name: told}


def parse(reader: Reader, given: Json) -> list[Action]:
    """Read all actions. Raises ElasticsearchParse, Unsupported."""
    if not isinstance(given, dict):
        raise ElasticsearchParse(
            f"could not parse actions for watch [{reader.watch}]. expected an object but found [{token(given)}] instead"
        )
    return [_action(reader, name, body) for name, body in given.items()]


def _action(reader: Reader, name: str, body: Mapping[str, Json]) -> Action:
    if any(char.isspace() for char in name):
        raise ElasticsearchParse(f"could not parse action [{name}] for watch [{reader.watch}]. id contains whitespace")
    out: dict[str, Any] = {}
    work = None
    for part, value in body.items():
        if part == "condition":
            out["condition"] = conditions.parse(reader, value)
        elif part == "transform":
            out["transform"] = transforms.parse(reader, value)
        elif part in ("throttle_period", "throttle_period_in_millis"):
            out["throttle_ms"] = value if isinstance(value, int) else int(parse_time_ms(value, part))
        elif part == "foreach":
            raise Unsupported("[foreach] of a watch's action")
        elif part in _NOT_BUILT:
            raise Unsupported(f"the action [{part}] of a watch")
        elif part not in _KINDS:
            raise ElasticsearchParse(f"could not parse action [{reader.watch}/{name}]. unknown action type [{part}]")
        else:
            work = _KINDS[part].parse(reader, name, value)
    if work is None:
        raise ElasticsearchParse(f"could not parse watch action [{reader.watch}/{name}]. missing action type")
    return Action(name, work, **out)
