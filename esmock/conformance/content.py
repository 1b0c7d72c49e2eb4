"""Bodies on the wire: parsed into plain data strictly, and written compactly.

A duplicate key is an error, integers and doubles are kept apart, key order is kept.
"""

from __future__ import annotations

import json
import re
from typing import Any

Json = Any

_FORMATS = (
    ("json", re.compile(r"application/(?:vnd\.elasticsearch\+)?(?:json|x-ndjson)|text/json")),
    ("yaml", re.compile(r"application/(?:vnd\.elasticsearch\+)?yaml")),
    ("cbor", re.compile(r"application/(?:vnd\.elasticsearch\+)?cbor")),
    ("smile", re.compile(r"application/(?:vnd\.elasticsearch\+)?smile")),
)


class ContentError(ValueError):
    """A body that is not what its content type says."""


def format_of(content_type: str | None) -> str | None:
    """``json``, ``yaml``, ``cbor``, ``smile``, or None for a type whose body is not parsed."""
    kind = (content_type or "").partition(";")[0].strip().lower()
    return next((name for name, pattern in _FORMATS if pattern.fullmatch(kind)), None)


def parse(body: bytes, kind: str) -> Json:
    """A response body as plain data.

    Raises:
        ContentError: malformed, duplicate keys, or neither an object nor a list.
    """
    if kind == "json":
        found = parse_json(body.decode("utf-8", "strict") if _is_utf8(body) else _refuse("the body is not UTF-8"))
    elif kind == "yaml":
        found = _parse_yaml(body)
    elif kind == "cbor":
        found = _parse_cbor(body)
    else:
        raise ContentError(f"{kind} bodies cannot be read by this runner")
    if not isinstance(found, dict | list):
        raise ContentError("the body is neither an object nor a list")
    return found


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _refuse(message: str) -> Any:
    raise ContentError(message)


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    out = dict(pairs)
    if len(out) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ContentError(f"duplicate key [{twice}]")
    return out


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=lambda name: _refuse(f"[{name}] is not a JSON number")
)


def parse_json(text: str) -> Json:
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise ContentError(f"not JSON: {error}") from None


def _parse_yaml(body: bytes) -> Json:
    from esmock.conformance import document
    from esmock.conformance.place import LoadError

    try:
        documents = document.parse(body.decode(), "response body")
    except (LoadError, UnicodeDecodeError) as error:
        raise ContentError(str(error)) from None
    return document.value(documents[0]) if documents else None


def _parse_cbor(body: bytes) -> Json:
    import cbor2

    try:
        return cbor2.loads(body)
    except (cbor2.CBORDecodeError, EOFError) as error:
        raise ContentError(f"not CBOR: {error}") from None


_COMMENT_OR_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/', re.DOTALL)


def json_stream(text: str) -> list[dict[str, Json]]:
    """The JSON objects of a text, which may have ``//`` and ``/* */`` comments between and inside them.

    Raises:
        ContentError: anything that is not an object, or malformed.
    """
    bare = _COMMENT_OR_STRING.sub(lambda found: found[0] if found[0][0] == '"' else " ", text)
    out: list[dict[str, Json]] = []
    position = _skip_blank(bare, 0)
    while position < len(bare):
        try:
            found, position = _DECODER.raw_decode(bare, position)
        except json.JSONDecodeError as error:
            raise ContentError(f"the body is not a stream of JSON objects: {error}") from None
        if not isinstance(found, dict):
            raise ContentError("a body may only hold JSON objects")
        out.append(found)
        position = _skip_blank(bare, position)
    return out


def _skip_blank(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position


def write(bodies: list[Json], kind: str = "json") -> bytes:
    """One body alone, or several each followed by the stream separator.

    Raises:
        ContentError: the format cannot be written, or cannot hold several bodies.
    """
    if kind == "json":
        lines = [json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode() for body in bodies]
        return lines[0] if len(lines) == 1 else b"".join(line + b"\n" for line in lines)
    if len(bodies) > 1 or kind not in ("yaml", "cbor"):
        raise ContentError(f"{len(bodies)} bodies cannot be written as {kind}")
    if kind == "yaml":
        # JSON is YAML, and so needs no second opinion about quoting
        return b"---\n" + json.dumps(bodies[0], ensure_ascii=True).encode() + b"\n"
    import cbor2

    return cbor2.dumps(bodies[0])
