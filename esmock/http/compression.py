"""Content codings of requests and responses: gzip and deflate, as Netty's handlers apply them."""

from __future__ import annotations

from esmock.http.netty import MAX_CONTENT_BYTES

_GZIP, _ZLIB, _RAW = 31, 15, -15
_GZIP_HEAD = b"\x1f\x8b\x08" + bytes(7)


def decompressed(coding: str, content: bytes) -> bytes | None:
    """A body without its coding; as it is when the coding is none that the server knows.

    What does not decompress is left out from there on, without an error, as the engine does.

    Returns:
        None when the content is longer than a body may be.
    """
    import zlib

    name = coding.lower()
    if name not in ("gzip", "x-gzip", "deflate", "x-deflate"):
        return content
    gzip = name.endswith("gzip")
    if not gzip and content and not _is_zlib(content):
        window = _RAW
    else:
        window = _GZIP if gzip else _ZLIB
    found = bytearray()
    while content:
        decoder = zlib.decompressobj(window)
        try:
            found += decoder.decompress(content, MAX_CONTENT_BYTES + 1 - len(found))
        except zlib.error:
            break
        if len(found) > MAX_CONTENT_BYTES:
            return None
        content = decoder.unused_data if gzip and decoder.eof else b""
    return bytes(found)


def _is_zlib(content: bytes) -> bool:
    return len(content) >= 2 and content[0] & 0x0F == 8 and (content[0] << 8 | content[1]) % 31 == 0


def compressed(content: bytes, accepted: str) -> tuple[str, bytes] | None:
    """A response's coding and bytes as the client accepts it, or None for as it is."""
    coding = _coding(accepted)
    if coding is None:
        return None
    import zlib

    squeeze = zlib.compressobj(3, zlib.DEFLATED, _RAW if coding == "gzip" else _ZLIB)
    packed = squeeze.compress(content) + squeeze.flush(zlib.Z_SYNC_FLUSH) + squeeze.flush()
    if coding == "gzip":
        packed = _GZIP_HEAD + packed + zlib.crc32(content).to_bytes(4, "little") + len(content).to_bytes(4, "little")
    return coding, packed


def _coding(accepted: str) -> str | None:
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, rest = part.partition(";")
        weight = 1.0
        if rest.strip().startswith("q="):
            try:
                weight = float(rest.strip()[2:])
            except ValueError:
                weight = 0.0
        weights[name.strip()] = weight
    gzip = weights.get("gzip", weights.get("*", 0.0))
    deflate = weights.get("deflate", 0.0)
    if gzip <= 0 and deflate <= 0:
        return None
    return "gzip" if gzip >= deflate else "deflate"
