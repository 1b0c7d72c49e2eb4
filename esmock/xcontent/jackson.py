"""What differs between the JSON parsers of the versions: wording, columns, how the source is named.

Source: recordings of 6.8.23 (Jackson 2.8), 7.10.2 (2.10), 7.17.29 (2.15) and 8.19.21 (2.17).
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


_TOKENS = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"


@dataclass(frozen=True, slots=True)
class Jackson:
    """A version's JSON parser.

    Args:
        newer: the texts of Jackson 2.15 and later.
        at_character: an unwanted character is reported at itself, otherwise one after it.
        stream_source: how the source of request bodies is named that are read as a stream; None: by their text.
        bytes_source: the same for bodies read from bytes.
        wrapped: syntax errors come inside ``x_content_parse_exception``.
        oldest: Jackson 2.8, which counts the bytes twice when it finds the end, and has no error of its own for numbers out of
            range; 6.x knows none of its errors, which are a 500 unless something is around them.
        known_words: what could stand where an unknown word does.
        known_tokens: what could stand where an unwanted character does.
    """

    newer: bool
    at_character: bool
    stream_source: str | None
    bytes_source: str | None
    wrapped: bool
    oldest: bool = False
    known_words: str = _TOKENS
    known_tokens: str = _TOKENS

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
_SIX = Jackson(
    newer=False,
    at_character=False,
    stream_source="org.elasticsearch.transport.netty4.ByteBufStreamInput@68ab563e",
    bytes_source=None,
    wrapped=False,
    oldest=True,
    known_words="'null', 'true', 'false' or NaN",
    known_tokens="(number, String, array, object, 'true', 'false' or 'null')",
)
"""The stream is told by its identity, which is another in each request of a real server."""
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
    if flags.jackson_2_8:
        return _SIX
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
