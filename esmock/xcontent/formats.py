"""YAML, CBOR and SMILE: reading request bodies and writing answers.

Source: recordings of 7.10.2, 7.17.29 and 8.19.21.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError
from esmock.xcontent import json_writer
from esmock.xcontent.jackson import Jackson, jackson_for, wrap_syntax
from esmock.xcontent.located import located as located_json
from esmock.xcontent.located import located_tree

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
    return _load(content, kind, jackson_for(behaviour), label)


def _load(content: bytes, kind: str, jackson: Jackson, label: str) -> Json:
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


def located(content: bytes, kind: str, jackson: Jackson, label: str = "bytes") -> Json:
    """Read a body that is no JSON, with positions; what is wrong left of a syntax error wins over it."""
    if kind == "yaml":
        from esmock.xcontent.yaml_reader import YamlTokens

        return located_tree(YamlTokens(content, jackson, label))
    if kind == "cbor":
        from esmock.xcontent.cbor_reader import CborTokens

        return located_tree(CborTokens(content, jackson, label))
    from esmock.xcontent.smile_reader import SmileTokens

    return located_tree(SmileTokens(content, jackson, label))


class ForeignSource(bytes):
    """A document's source in JSON that came in another format; empty where that was broken or no object.

    Attributes:
        original: as it came.
        kind: its format.
        is_broken: it could not be read.
    """

    original: bytes
    kind: str
    is_broken: bool

    @classmethod
    def read(cls, original: bytes, kind: str, behaviour: Behaviour) -> ForeignSource:
        """Convert a source."""
        tree: Json = None
        is_broken = False
        try:
            tree = load(original, kind, behaviour)
        except ApiError:
            is_broken = True
        source = cls(json_writer.dumps(tree) if isinstance(tree, dict) else b"")
        source.original, source.kind, source.is_broken = original, kind, is_broken
        return source


def located_source(source: bytes, jackson: Jackson) -> Json:
    """A document's source with positions."""
    if isinstance(source, ForeignSource):
        return located(source.original, source.kind, jackson)
    return located_json(source, jackson)


def json_lines(content: bytes, kind: str, behaviour: Behaviour) -> bytes:
    """A stream of SMILE documents, each closed by the byte 0xFF, as lines of JSON; the last line ends as the stream does."""
    documents = content.split(b"\xff")
    lines = [json_writer.dumps(load(one, kind, behaviour)) if one else b"" for one in documents]
    return b"\n".join(lines)
