"""YAML, CBOR and SMILE: reading request bodies and writing answers.

Source: recordings of 7.10.2, 7.17.29 and 8.19.21.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError
from esmock.xcontent import json_writer
from esmock.xcontent.jackson import jackson_for, wrap_syntax

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any


def dump(body: Json, kind: str, behaviour: Behaviour) -> bytes:
    """Write an answer.

    Args:
        kind: ``json``, ``yaml``, ``cbor`` or ``smile``.
    """
    newer = behaviour.newer_jackson
    if kind == "yaml":
        from esmock.xcontent import yaml_writer

        return yaml_writer.dumps(body, yaml_writer.YamlStyle(newer, json_writer.decimals_for(behaviour)))
    if kind == "cbor":
        from esmock.xcontent import cbor_writer

        return cbor_writer.dumps(body, newer=newer)
    if kind == "smile":
        from esmock.xcontent import smile_writer

        return smile_writer.dumps(body)
    return json_writer.dumps(body, json_writer.decimals_for(behaviour))


def load(content: bytes, kind: str, behaviour: Behaviour, *, label: str = "bytes") -> Json:
    """Read a body; NO_TOKENS where there is no token in it. Raises the parser's error in the version's shape."""
    jackson = jackson_for(behaviour)
    try:
        if kind == "yaml":
            from esmock.xcontent import yaml_reader

            return yaml_reader.load(content, jackson=jackson, label=label)
        if kind == "cbor":
            from esmock.xcontent import cbor_reader

            return cbor_reader.load(content, jackson=jackson, label=label)
        if kind == "smile":
            from esmock.xcontent import smile_reader

            return smile_reader.load(content, jackson=jackson, label=label)
        from esmock.xcontent import json_reader

        return json_reader.parse(content, jackson=jackson, label=label)
    except ApiError as error:
        raise wrap_syntax(error, jackson) from None


def json_lines(content: bytes, kind: str, behaviour: Behaviour) -> bytes:
    """A stream of SMILE documents, each closed by the byte 0xFF, as lines of JSON; the last line ends as the stream does."""
    documents = content.split(b"\xff")
    lines = [json_writer.dumps(load(one, kind, behaviour)) if one else b"" for one in documents]
    return b"\n".join(lines)
