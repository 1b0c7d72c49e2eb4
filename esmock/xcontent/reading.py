"""Reading a request's body, in any format, with or without positions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, ElasticsearchParse, NotXContent
from esmock.xcontent import json_reader
from esmock.xcontent.jackson import jackson_for, wrap_syntax
from esmock.xcontent.located import NeedsPositions, located

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any


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
    if kind != "json":
        from esmock.xcontent import formats, json_writer

        tree = formats.load(content, kind, behaviour)
        return located(json_writer.dumps(tree), jackson, label) if with_positions else tree
    if with_positions:
        return located(content, jackson, label)
    try:
        return json_reader.parse(content, jackson=jackson, label=label, extra=lambda *_: NeedsPositions())
    except ApiError:
        raise NeedsPositions from None


def read_all(content: bytes, kind: str, behaviour: Behaviour, *, label: str = "bytes") -> Json:
    """Parse a body as a whole, before anyone looks at it. Raises the syntax error in the version's shape."""
    if kind != "json":
        return read(content, kind, behaviour)
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
    if kind == "json" and not behaviour.wrapped_syntax_errors and content.lstrip()[:1] not in (b"{", b"/", b"\xef"):
        raise NotXContent("Compressor detection can only be called on some xcontent bytes or compressed xcontent bytes")
    try:
        return read_all(content, kind, behaviour)
    except ApiError as cause:
        if behaviour.wrapped_syntax_errors:
            raise
        raise ElasticsearchParse("Failed to parse content to map", cause=cause) from None
