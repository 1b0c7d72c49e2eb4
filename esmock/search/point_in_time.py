"""The ``pit`` of a search: which kept point in time it looks at. Docs: point-in-time-api. Source: asked of 8.19.21."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import EOF, BufferUnderflow, IllegalArgument
from esmock.xcontent import java_base64
from esmock.xcontent.object_parser import Parser, custom
from esmock.xcontent.units import parse_time_ms
from esmock.xcontent.value_reader import Key, Reading

if TYPE_CHECKING:
    from esmock.search.query.base import ParseContext
    from esmock.version import Behaviour

Json = Any


def check_encoded(point_id: str) -> None:
    """From 8.x an id is decoded where it is read. Raises IllegalArgument."""
    java_base64.decode(point_id.encode("utf-8", "surrogatepass"), java_base64.URL)


def check_id(point: str, behaviour: Behaviour) -> None:
    """Refuse what is no id of a point in time: a version and how many shards follow. Raises IllegalArgument."""
    try:
        raw = java_base64.decode(point.encode("utf-8", "surrogatepass"), java_base64.URL)
    except IllegalArgument as error:
        raise IllegalArgument(f"invalid id: [{point}]", cause=error) from None
    count = at = 0
    for _ in range(2):
        count, shift, more = 0, 0, True
        while more:
            if at == len(raw):
                underflow = BufferUnderflow(None) if behaviour.has((7, 17)) else None
                raise IllegalArgument("java.io.EOFException", cause=EOF(None, cause=underflow))
            count |= (raw[at] & 0x7F) << shift
            more, shift, at = raw[at] > 0x7F, shift + 7, at + 1
    if count > len(raw) - at:
        told = f"tried to read: {count} bytes but only {len(raw) - at} remaining"
        raise IllegalArgument(f"java.io.EOFException: {told}", cause=EOF(told))


def _id(holder: Json, key: Key, reading: Reading) -> str:
    text = str(holder[key])
    if reading.behaviour.major >= 8:
        check_encoded(text)
    return text


def _keep_alive(holder: Json, key: Key, reading: Reading) -> str:
    parse_time_ms(str(holder[key]), "keep_alive")
    return str(holder[key])


_PARSER = Parser("pit", custom("id", ("VALUE_STRING",), _id), custom("keep_alive", ("VALUE_STRING",), _keep_alive))


def parse_pit(body: Json, key: str, ctx: ParseContext) -> dict[str, Json]:
    """``id`` and ``keep_alive`` as far as they are given. Raises XContentParse."""
    found = _PARSER.read(body, key, Reading(ctx.behaviour, ctx.warn))
    if found.get("id") is None:
        raise IllegalArgument(f"point {'in' if ctx.behaviour.points_in_time_advise else 'int'} time id is not provided")
    return {name: value for name, value in found.items() if value is not None}
