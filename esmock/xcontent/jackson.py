"""What differs between the JSON parsers of the versions: wording, columns, how the source is named.

Source: recordings of 7.10.2 (Jackson 2.10), 7.17.29 (2.15) and 8.19.21 (2.17).
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from esmock.errors import ApiError, InputCoercion, JsonEOF, JsonParse, NotSmile, XContentEOF, XContentParse
from esmock.version import Behaviour, Version, behaviour

At = tuple[int, int]
"""Line and column, 1-based; columns count bytes."""

_SHOWN_BYTES = 500
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
"""ES: Java decodes half a surrogate pair to one replacement character, Python to three."""
_CONTROL = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Jackson:
    """A version's JSON parser.

    Args:
        newer: the texts of Jackson 2.15 and later.
        at_character: an unwanted character is reported at itself, otherwise one after it.
        stream_source: how the source of request bodies is named that are read as a stream; None: by their text.
        bytes_source: the same for bodies read from bytes.
        wrapped: syntax errors come inside ``x_content_parse_exception``.
    """

    newer: bool
    at_character: bool
    stream_source: str | None
    bytes_source: str | None
    wrapped: bool

    def feature(self, name: str) -> str:
        """How a parser option is named in errors."""
        return f"`JsonReadFeature.{name}`" if self.newer else f"JsonParser.Feature.{name}"

    def source(self, data: bytes, label: str) -> str:
        """The ``Source`` part of a location; ``label`` is ``stream``, ``bytes`` or ``string``."""
        if label == "string":
            return f"(String){_shown(data, self.newer)}"
        named = self.stream_source if label == "stream" else self.bytes_source
        return named if named is not None else f"(byte[]){_shown(data, self.newer)}"


def _shown(data: bytes, escaped: bool) -> str:
    """The text in quotes; newer parsers escape control characters other than line ends."""
    text = _SURROGATE.sub(b"\xef\xbf\xbd", data[:_SHOWN_BYTES]).decode("utf-8", "replace")
    if escaped:
        text = _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04X}", text)
    rest = len(data) - _SHOWN_BYTES
    return f'"{text}"' + (f"[truncated {rest} bytes]" if rest > 0 else "")


_OLD = Jackson(
    newer=False,
    at_character=False,
    stream_source="(org.elasticsearch.common.io.stream.InputStreamStreamInput)",
    bytes_source=None,
    wrapped=False,
)
_LATE_SEVEN = Jackson(
    newer=True,
    at_character=False,
    stream_source="(org.elasticsearch.common.io.stream.ByteBufferStreamInput)",
    bytes_source="(ByteArrayInputStream)",
    wrapped=False,
)
_EIGHT = Jackson(newer=True, at_character=True, stream_source=None, bytes_source=None, wrapped=True)


@functools.cache
def jackson_for(version: str | Version | Behaviour) -> Jackson:
    """The parser of a version."""
    flags = version if isinstance(version, Behaviour) else behaviour(str(version))
    if flags.wrapped_syntax_errors:
        return _EIGHT
    return _LATE_SEVEN if flags.newer_jackson else _OLD


def wrap_syntax(error: ApiError, jackson: Jackson) -> ApiError:
    """A parser's own error as it leaves Elasticsearch's parser: bare in 7.x, inside an x-content error from 8.0."""
    if not jackson.wrapped or not isinstance(error, (JsonParse, InputCoercion)):
        return error
    if isinstance(error, NotSmile):
        error.status = 500
        return error
    at = getattr(error, "at", None)
    if isinstance(error, JsonEOF):
        return XContentEOF("Unexpected end of file", at, cause=error)
    return XContentParse(error.reason or "", at, cause=error)
