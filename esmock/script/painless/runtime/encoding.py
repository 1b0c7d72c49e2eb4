"""java.util.Base64 and UUID."""

from __future__ import annotations

import base64
import hashlib
import uuid
from typing import Any

from esmock.errors import IllegalArgument
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.values import Byte, JavaArray, text_of, wrap_int
from esmock.xcontent import java_base64

_TO_URL = bytes.maketrans(b"+/", b"-_")
_MIME_LINE = 76


def raw(data: Any) -> bytes:
    """A Java byte array as bytes."""
    return bytes(byte & 0xFF for byte in data)


def byte_array(data: bytes) -> JavaArray:
    return JavaArray("byte", [Byte(b - 256 if b > 127 else b) for b in data])


def _fill(target: Any, data: JavaArray, too_small: str) -> int:
    """Put the bytes at the start of an array. Returns how many."""
    if len(target) < len(data):
        raise t.IllegalArgument(too_small)
    target[: len(data)] = data
    return len(data)


class Encoder:
    """Base64.Encoder: url alphabet, padding, and lines of a length with a separator."""

    java_class = "java.util.Base64.Encoder"

    def __init__(self, url: bool = False, padding: bool = True, line: int = 0, separator: bytes = b"\r\n") -> None:
        self.url, self.padding, self.line, self.separator = url, padding, line, separator

    def j_encode(self, data: Any, target: Any = None) -> Any:
        encoded = byte_array(self._encoded(data))
        if target is None:
            return encoded
        return _fill(target, encoded, "Output byte array is too small for encoding all input bytes")

    def j_encodeToString(self, data: Any) -> str:
        return self._encoded(data).decode("latin-1")

    def _encoded(self, data: Any) -> bytes:
        out = base64.b64encode(raw(data))
        if self.url:
            out = out.translate(_TO_URL)
        if not self.padding:
            out = out.rstrip(b"=")
        if self.line:
            out = self.separator.join(out[at : at + self.line] for at in range(0, len(out), self.line))
        return out

    def j_withoutPadding(self) -> Encoder:
        return Encoder(self.url, False, self.line, self.separator)


class Decoder:
    """Base64.Decoder; the MIME one skips what is not of the alphabet."""

    java_class = "java.util.Base64.Decoder"

    def __init__(self, url: bool = False, mime: bool = False) -> None:
        self.url, self.mime = url, mime

    def j_decode(self, data: Any, target: Any = None) -> Any:
        given = text_of(data).encode("latin-1", "replace") if isinstance(data, str) else raw(data)
        if self.mime:
            given = bytes(byte for byte in given if byte in java_base64.STANDARD or byte == 0x3D)
        decoded = byte_array(decode_base64(given, java_base64.URL if self.url else java_base64.STANDARD))
        if target is None:
            return decoded
        return _fill(target, decoded, "Output byte array is too small for decoding all input bytes")


def decode_base64(data: bytes, alphabet: bytes = java_base64.STANDARD) -> bytes:
    """Base64.Decoder.decode. Raises IllegalArgument with Java's messages."""
    try:
        return java_base64.decode(data, alphabet)
    except IllegalArgument as error:
        raise t.IllegalArgument(error.reason) from None


def _mime(line: int, separator: Any) -> Encoder:
    for byte in raw(separator):
        if byte in java_base64.STANDARD:
            raise t.IllegalArgument(f"Illegal base64 line separator character 0x{byte:x}")
    line = line // 4 * 4
    return Encoder(line=max(line, 0), separator=raw(separator))


class UUID:
    """java.util.UUID."""

    java_class = "java.util.UUID"

    def __init__(self, value: uuid.UUID) -> None:
        self.value = value

    def j_toString(self) -> str:
        return str(self.value)

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, UUID) and other.value == self.value

    def j_hashCode(self) -> int:
        both = (self.value.int >> 64) ^ self.value.int
        return wrap_int(both >> 32 ^ both)

    def j_compareTo(self, other: UUID) -> int:
        mine, theirs = (
            (one.j_getMostSignificantBits(), one.j_getLeastSignificantBits()) for one in (self, other)
        )
        return (mine > theirs) - (mine < theirs)

    def j_getMostSignificantBits(self) -> int:
        return _signed(self.value.int >> 64)

    def j_getLeastSignificantBits(self) -> int:
        return _signed(self.value.int & (1 << 64) - 1)

    def j_version(self) -> int:
        return self.value.int >> 76 & 0xF

    def j_variant(self) -> int:
        top = self.value.int >> 61 & 0b111
        return 0 if top < 4 else 2 if top < 6 else top

    def j_timestamp(self) -> int:
        return self._of_time(self.value.time)

    def j_clockSequence(self) -> int:
        return self._of_time(self.value.clock_seq)

    def j_node(self) -> int:
        return self._of_time(self.value.node)

    def _of_time(self, part: int) -> int:
        if self.j_version() != 1:
            raise t.UnsupportedOperation("Not a time-based UUID")
        return part


def _signed(bits: int) -> int:
    return bits - (1 << 64) if bits >> 63 else bits


def _from_text(text: str) -> UUID:
    """UUID.fromString: five hexadecimal groups, each may be shorter."""
    parts = text.split("-")
    if len(text) > 36:
        raise t.IllegalArgument("UUID string too large")
    if len(parts) != 5 or not all(parts):
        raise t.IllegalArgument(f"Invalid UUID string: {text}")
    value = 0
    for part, bits in zip(parts, (32, 16, 16, 16, 48), strict=True):
        try:
            number = int(part, 16) if part.isalnum() else int("?")
        except ValueError:
            raise t.NumberFormat(f'Error at index 0 in: "{part}"' if part else "") from None
        value = value << bits | number & (1 << bits) - 1
    return UUID(uuid.UUID(int=value))


def _from_bytes(data: Any) -> UUID:
    digest = bytearray(hashlib.md5(raw(data), usedforsecurity=False).digest())
    digest[6] = digest[6] & 0x0F | 0x30
    digest[8] = digest[8] & 0x3F | 0x80
    return UUID(uuid.UUID(bytes=bytes(digest)))


def _of_bits(most: int, least: int) -> UUID:
    return UUID(uuid.UUID(int=(most & (1 << 64) - 1) << 64 | least & (1 << 64) - 1))


METHODS: dict[str, Any] = {
    "String.encodeBase64/0": lambda text: base64.b64encode(text.encode("utf-8", "surrogatepass")).decode(),
    "String.decodeBase64/0": lambda text: decode_base64(text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace"),
}
STATICS: dict[str, Any] = {
    "Base64.getEncoder/0": Encoder,
    "Base64.getDecoder/0": Decoder,
    "Base64.getUrlEncoder/0": lambda: Encoder(url=True),
    "Base64.getUrlDecoder/0": lambda: Decoder(url=True),
    "Base64.getMimeEncoder/0": lambda: Encoder(line=_MIME_LINE),
    "Base64.getMimeEncoder/2": _mime,
    "Base64.getMimeDecoder/0": lambda: Decoder(mime=True),
    "UUID.fromString/1": _from_text,
    "UUID.nameUUIDFromBytes/1": _from_bytes,
    "UUID.randomUUID/0": lambda: UUID(uuid.uuid4()),
}
CONSTRUCTORS: dict[str, Any] = {"UUID/2": _of_bits}
