"""Scroll ids: which contexts on which nodes a scroll goes on with.

A scroll id is base64 of a Lucene byte stream: ``include_context_uuid`` (since 7.6), the kind of search, and for every shard
the context's uuid, its number and its node. Source: asked of 7.10.2; errors of later versions as recorded of 8.19.21.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from esmock.errors import EOF, ApiError, ArrayIndexOutOfBounds, BufferUnderflow, IllegalArgument
from esmock.xcontent import java_base64

if TYPE_CHECKING:
    from esmock.version import Behaviour

_WITH_UUID = "include_context_uuid"


@dataclass(frozen=True, slots=True)
class ContextId:
    """One context that a scroll id names."""

    uuid: str
    number: int
    node_id: str


def written(uuid: str, number: int, node_id: str) -> str:
    """The scroll id of one context."""
    texts = [_text(one) for one in (_WITH_UUID, "queryAndFetch")]
    raw = b"".join(texts) + b"\x01" + _text(uuid) + number.to_bytes(8, "big") + _text(node_id)
    return base64.urlsafe_b64encode(raw).decode()


def of_nothing() -> str:
    """The scroll id of a search whose shards were all skipped: it names no context. Source: asked of 8.19.21."""
    return base64.urlsafe_b64encode(_text(_WITH_UUID) + _text("queryThenFetch") + b"\x00").decode()


def _text(text: str) -> bytes:
    return bytes([len(text)]) + text.encode()


def parse(scroll_id: str, behaviour: Behaviour) -> list[ContextId]:
    """The contexts that a scroll id names; none at all is possible. Raises IllegalArgument for what is no scroll id."""
    try:
        reader = _Reader(java_base64.decode(scroll_id.encode(), java_base64.URL), behaviour)
        with_uuid = reader.text() == _WITH_UUID
        if with_uuid:
            reader.text()
        found = [
            ContextId(reader.text() if with_uuid else "", reader.long(), reader.text()) for _ in range(reader.length())
        ]
        reader.end()
    except ApiError as cause:
        raise IllegalArgument("Cannot parse scroll id", cause=cause) from None
    return found


class _Reader:
    """Lucene's ``ByteArrayDataInput``, with its complaints."""

    def __init__(self, raw: bytes, behaviour: Behaviour) -> None:
        self._raw = raw
        self._at = 0
        self._behaviour = behaviour

    def _byte(self) -> int:
        if self._at >= len(self._raw):
            if self._behaviour.major >= 8 and not self._raw:
                raise EOF(None, cause=BufferUnderflow(None))
            if self._behaviour.major >= 8:
                raise self._too_short(1)
            raise ArrayIndexOutOfBounds(f"Index {self._at} out of bounds for length {len(self._raw)}")
        self._at += 1
        return self._raw[self._at - 1]

    def count(self) -> int:
        """A number of variable length."""
        value, shift = 0, 0
        while True:
            byte = self._byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def length(self) -> int:
        """How many things follow; from 8.0 they must find room."""
        found = self.count()
        if self._behaviour.major >= 8 and found > len(self._raw) - self._at:
            raise self._too_short(found)
        return found

    def long(self) -> int:
        """Eight bytes, big endian, unsigned as context numbers are."""
        value = 0
        for _ in range(8):
            value = value << 8 | self._byte()
        return value

    def text(self) -> str:
        """A string with its length in front."""
        length = self.count()
        end = self._at + length
        if end > len(self._raw):
            raise self._too_short(length)
        self._at = end
        return self._raw[end - length : end].decode("utf-8", "replace")

    def _too_short(self, length: int) -> ApiError:
        if self._behaviour.has((7, 17)):
            return EOF(f"tried to read: {length} bytes but only {len(self._raw) - self._at} remaining")
        return ArrayIndexOutOfBounds(
            f"arraycopy: last source index {self._at + length} out of bounds for byte[{len(self._raw)}]"
        )

    def end(self) -> None:
        """Raises IllegalArgument for bytes that are left."""
        if self._at < len(self._raw):
            raise IllegalArgument("Not all bytes were read")
