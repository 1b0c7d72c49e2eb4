"""Bulk items that fail while the others are carried out.

Source: recordings of 7.10.2 and 8.19.21 (``faults.json``: "queue full: bulk", "flood stage: bulk", "no shard: bulk").
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import orjson

from esmock.api.request import Response
from esmock.controls.action import Action, Option, behaviour_of, choice
from esmock.controls.faults.families import auto_ids
from esmock.controls.refusal import as_count, as_list, as_number
from esmock.errors import ApiError, ClusterBlock, MapperParsing, NumberFormat

if TYPE_CHECKING:
    from esmock.controls.exchange import Exchange
    from esmock.wire import RawResponse

Json = Any
ERRORS = ("rejected", "conflict", "mapping", "block", "unavailable")


@dataclass(slots=True)
class Item:
    """One line or pair of lines of a bulk."""

    position: int
    op: str
    meta: dict[str, Json]
    lines: bytes


def items(content: bytes) -> Iterator[Item]:
    """The items of a bulk body; ends where the body is no longer one."""
    lines = [line for line in content.split(b"\n") if line.strip()]
    at, position = 0, 0
    while at < len(lines):
        try:
            head = orjson.loads(lines[at])
            op, meta = next(iter(head.items()))
        except (ValueError, AttributeError, StopIteration):
            return
        n = 1 if op == "delete" else 2
        yield Item(position, op, dict(meta or {}), b"".join(line + b"\n" for line in lines[at : at + n]))
        at, position = at + n, position + 1


def split(exchange: Exchange, fails: Callable[[Item], bool], error: str) -> Response | None:
    """Take the failing items out of the request; they come back in ``join``. An answer where none is left."""
    found = list(items(exchange.raw.body))
    failing = [item for item in found if fails(item)]
    if not failing:
        return None
    request = exchange.request
    assert request is not None
    ids = auto_ids(exchange)
    typed = request.typed
    rendered = [(item.position, _failed(exchange, item, error, ids, typed=typed)) for item in failing]
    failed = {position for position, _ in rendered}
    rest = [item for item in found if item.position not in failed]
    if not rest:
        entries = [entry for _, entry in rendered]
        if behaviour_of(exchange).bulk_errors_first:
            return Response(200, {"errors": True, "took": 0, "items": entries})
        return Response(200, {"took": 0, "errors": True, "items": entries})
    request.content = b"".join(item.lines for item in rest)
    assert exchange.controls is not None
    exchange.controls.remember(exchange, "bulk", rendered)
    return None


def join(exchange: Exchange, answer: RawResponse) -> RawResponse:
    """Put the failed items back where they were."""
    from esmock.controls.spelled import dumps, loads

    assert exchange.controls is not None
    rendered = exchange.controls.recall(exchange, "bulk")
    if not rendered or answer.status != 200:
        return answer
    tree = loads(answer.body)
    if "items" not in tree:
        return answer
    for position, entry in rendered:
        tree["items"].insert(position, entry)
    tree["errors"] = True
    return answer.with_body(dumps(tree))


def _failed(exchange: Exchange, item: Item, error: str, ids: Iterator[str], *, typed: bool) -> Json:
    name = item.meta.get("_index") or exchange.parts.get("index") or "unknown"
    doc_id = item.meta.get("_id") or next(ids)
    found = _error(exchange, error, name, str(doc_id), item.op)
    entry: dict[str, Json] = {"_index": name}
    if typed:
        entry["_type"] = item.meta.get("_type") or "_doc"
    entry |= {"_id": str(doc_id), "status": found.peeled().status, "error": found.cause_body()}
    return {item.op: entry}


def _error(exchange: Exchange, error: str, name: str, doc_id: str, op: str) -> ApiError:
    from esmock.controls.faults.failures import rejected, unavailable, version_conflict

    behaviour = behaviour_of(exchange)
    if error == "rejected":
        return rejected("write", behaviour)
    if error == "conflict":
        return version_conflict(exchange, doc_id, create=op == "create")
    if error == "unavailable":
        return unavailable(name, 0, doc_id, exchange, update=op == "update")
    if error == "block":
        reason = "TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block"
        return ClusterBlock(f"index [{name}] blocked by: [{reason}];", status=429)
    cause = NumberFormat('For input string: "esmock"')
    reason = f"failed to parse field [n] of type [long] in document with id '{doc_id}'. Preview of field's value: 'esmock'"
    if behaviour.document_parsing_exception:
        from esmock.errors import DocumentParsing

        return DocumentParsing(reason, (1, 6), cause=cause)
    return MapperParsing(reason, cause=cause)


def _positions(value: Json, field: str) -> tuple[int, ...]:
    return tuple(as_count(one, field, least=0) for one in as_list(value))


class BulkItems(Action):
    """Some items of a bulk fail, the others are carried out."""

    name = "bulk_items"
    summary = "some items of a bulk fail (429, 409, mapping ...), the others are carried out"
    evidence = "recorded"
    endpoints = ("bulk",)
    options: ClassVar = {
        "error": Option(choice(*ERRORS), "rejected", "what is wrong with them"),
        "items": Option(_positions, None, "their positions, from 0; by default all"),
        "ids": Option(lambda v, f: tuple(map(str, as_list(v))), None, "their document ids"),
        "every": Option(as_count, None, "each Nth item"),
        "share": Option(lambda v, f: as_number(v, f, most=1), None, "chance of each item, by a seeded generator"),
        "seed": Option(lambda v, f: as_count(v, f, least=0), 0, "seed of the share"),
    }
    error: str
    items: tuple[int, ...] | None
    ids: tuple[str, ...] | None
    every: int | None
    share: float | None
    seed: int

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._random = random.Random(self.seed)

    def before(self, exchange: Exchange) -> Response | None:
        return split(exchange, self._fails, self.error)

    def _fails(self, item: Item) -> bool:
        if self.items is not None and item.position not in self.items:
            return False
        if self.ids is not None and str(item.meta.get("_id")) not in self.ids:
            return False
        if self.every is not None and (item.position + 1) % self.every:
            return False
        return self.share is None or self._random.random() < self.share

    def after(self, exchange: Exchange, answer: RawResponse) -> RawResponse:
        return join(exchange, answer)


BULK_FAULTS = (BulkItems,)
