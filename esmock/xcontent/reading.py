"""Reading a request's body, in any format, with or without positions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, ElasticsearchParse, NotXContent
from esmock.xcontent import json_reader
from esmock.xcontent.jackson import jackson_for, wrap_syntax
from esmock.xcontent.json_writer import dumps
from esmock.xcontent.located import NeedsPositions, copy_plain, located

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any
_CBOR_OBJECTS = frozenset(bytes([first]) for first in range(0xA0, 0xC0))


def read(
    content: bytes, kind: str, behaviour: Behaviour, *, with_positions: bool = False, label: str = "bytes"
) -> Json:
    """Parse a body for a lazy parser: what is wrong left of a syntax error wins over it.

    Args:
        kind: ``json``, ``yaml``, ``cbor`` or ``smile``.
        with_positions: the slow pass that knows where everything stood.
        label: ``stream`` or ``bytes``: how JSON errors name the source.

    Returns:
        The tree; NO_TOKENS for a blank text.

    Raises:
        NeedsPositions: the text is broken, and the pass was not the slow one.
        ApiError: the text is broken outside of any container, in the version's shape.
    """
    jackson = jackson_for(behaviour)
    if with_positions:
        from esmock.xcontent import formats

        return located(content, jackson, label) if kind == "json" else formats.located(content, kind, jackson, label)
    try:
        if kind != "json":
            from esmock.xcontent import formats

            return formats.load(content, kind, behaviour, label=label)
        return json_reader.parse(content, jackson=jackson, label=label, extra=lambda *_: NeedsPositions())
    except ApiError:
        raise NeedsPositions from None


def read_all(content: bytes, kind: str, behaviour: Behaviour, *, label: str = "bytes") -> Json:
    """Parse a body as a whole, before anyone looks at it. Raises the syntax error in the version's shape."""
    if kind != "json":
        from esmock.xcontent import formats

        return formats.load(content, kind, behaviour, label=label)
    jackson = jackson_for(behaviour)
    try:
        return json_reader.parse(content, jackson=jackson, label=label)
    except ApiError as error:
        raise wrap_syntax(error, jackson) from None


def read_map(content: bytes, kind: str, behaviour: Behaviour) -> Json:
    """Parse a body into a map first, as APIs do that have no parser of their own.

    Raises:
        ElasticsearchParse: 7.x, around the syntax error; later the syntax error itself.
    """
    if not behaviour.wrapped_syntax_errors and not is_recognized(content, kind):
        raise NotXContent("Compressor detection can only be called on some xcontent bytes or compressed xcontent bytes")
    try:
        return read_all(content, kind, behaviour)
    except ApiError as cause:
        if behaviour.wrapped_syntax_errors:
            raise
        raise ElasticsearchParse("Failed to parse content to map", cause=cause) from None


def is_recognized(content: bytes, kind: str) -> bool:
    """Whether the first bytes look like a body of a format; 7.x asks them before it reads maps and documents."""
    if kind == "yaml":
        return content.startswith(b"---")
    if kind == "smile":
        return content.startswith(b":)\n")
    if kind == "cbor":
        return content[:1] in _CBOR_OBJECTS or content.startswith(b"\xd9\xd9\xf7")
    return content.lstrip()[:1] in (b"{", b"/", b"\xef")


def written_anew(tree: Json, behaviour: Behaviour, label: str = "bytes") -> Json:
    """A copy of a tree with the positions that it has when it is written without blanks: some parts are copied and read later."""
    return located(dumps(copy_plain(tree)), jackson_for(behaviour), label)
