"""Media types: what a request sends, what it accepts, which REST version it asks for, and what the answer's header says.

Source: recordings of 7.10.2 and 8.19.21 (media cases).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from esmock.errors import ContentTypeHeader, IllegalArgument, MediaTypeHeader, Status
from esmock.version import Behaviour

FORMATS = ("json", "smile", "yaml", "cbor")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
_LOOSE = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+/[!#$%&'*+\-.^_`|~0-9A-Za-z]+(\s*;.*)?\Z", re.DOTALL)
_VENDOR = "vnd.elasticsearch+"
_ACCEPT, _CONTENT_TYPE = "Accept", "Content-Type"


@dataclass(frozen=True, slots=True)
class MediaType:
    """A parsed header: ``format`` is None for types that Elasticsearch does not know."""

    format: str | None
    vendor: bool
    parameters: tuple[tuple[str, str], ...]
    is_stream: bool = False

    @property
    def version(self) -> int | None:
        for name, value in self.parameters:
            if name == "compatible-with":
                return int(value)
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Negotiated:
    """The outcome for one request, and for all that send the same two headers.

    Attributes:
        accept, content: the parsed headers, None where absent or counted as absent.
        rest_major: the REST version that answers.
    """

    accept: MediaType | None
    content: MediaType | None
    rest_major: int

    @functools.lru_cache(maxsize=512)  # noqa: B019 - frozen, and few ever exist
    def result(self, parameter: str | None, behaviour: Behaviour) -> tuple[str, str]:
        """The format of the answer and its ``content-type``; ``parameter`` is that of the query string."""
        format_, vendor = self._result_format(parameter, behaviour)
        return format_, self._content_type(format_, vendor, behaviour)

    def _result_format(self, parameter: str | None, behaviour: Behaviour) -> tuple[str, bool]:
        """The format of the answer and whether it is a vendor type."""
        if parameter:
            named = _format_parameter(parameter, behaviour)
            if named is not None:
                return named
        # ES: to 7.x the parameter takes the place of the header, whatever it names
        is_replaced = parameter is not None and not behaviour.vendor_media_types
        for media in (None if is_replaced else self.accept, self.content):
            if media is not None and media.format is not None:
                return media.format, media.vendor and behaviour.vendor_media_types
        return "json", False

    def _content_type(self, format_: str, vendor: bool, behaviour: Behaviour) -> str:
        """The ``content-type`` header of a structured answer."""
        if behaviour.charset_in_json:
            return "application/json; charset=UTF-8" if format_ == "json" else f"application/{format_}"
        base = f"application/{_VENDOR if vendor else ''}{format_}"
        accepted = self.accept.parameters if self.accept is not None else ()
        return base + "".join(f";{name}={value}" for name, value in _hash_ordered(accepted))


def _hash_ordered(pairs: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    from esmock.xcontent.java_order import hash_order

    if len(pairs) < 2:
        return pairs
    return [(name, dict(pairs)[name]) for name in hash_order([name for name, _ in pairs])]


def _format_parameter(text: str, behaviour: Behaviour) -> tuple[str, bool] | None:
    lowered = text.lower()
    if lowered in FORMATS:
        return lowered, False
    if behaviour.vendor_media_types and lowered.startswith("vnd_") and lowered[4:] in FORMATS:
        return lowered[4:], True
    if behaviour.charset_in_json and lowered.startswith("application/") and lowered[12:] in FORMATS:
        return lowered[12:], False
    return None


@functools.lru_cache(maxsize=512)
def _known(subtype: str) -> tuple[str | None, bool, bool]:
    """(format, vendor, stream) of a subtype below ``application/``."""
    vendor = subtype.startswith(_VENDOR)
    plain = subtype[len(_VENDOR) :] if vendor else subtype
    if plain == "x-ndjson":
        return "json", vendor, True
    if plain in FORMATS:
        return plain, vendor, False
    if subtype == "*":
        return "json", False, False
    return None, False, False


@functools.lru_cache(maxsize=512)
def parse_media_type(header: str) -> MediaType:
    """Read one header strictly, as 8.0 and later do. Raises IllegalArgument."""
    head, *parameters = header.lower().split(";")
    kind, slash, subtype = head.strip().partition("/")
    if not slash or not (_TOKEN.match(kind) and _TOKEN.match(subtype)):
        raise IllegalArgument(f"invalid media-type [{header}]")
    pairs: list[tuple[str, str]] = []
    for index, parameter in enumerate(parameters):
        if not parameter.strip() and index == len(parameters) - 1:
            continue
        name, equals, value = parameter.strip().partition("=")
        if not equals or not _TOKEN.match(name) or not value or value != value.strip():
            raise IllegalArgument(f"invalid parameters for header [{header}]")
        if name == "compatible-with" and not value.isdigit():
            raise IllegalArgument(f"invalid parameters for header [{header}]")
        pairs.append((name, value))
    format_, vendor, stream = _known(subtype) if kind == "application" else (None, False, False)
    return MediaType(format_, vendor, tuple(dict(pairs).items()), stream)


def body_format(header: str, behaviour: Behaviour) -> str | None:
    """The format that a Content-Type names; None for a type that is refused. Raises IllegalArgument for garbage."""
    if behaviour.vendor_media_types:
        media = parse_media_type(header)
        return media.format
    return _parse_loosely(header, behaviour).format


def source_format(text: str, behaviour: Behaviour) -> str | None:
    """The format that ``source_content_type`` names, garbage being told as 7.x does. Raises IllegalArgument."""
    if not _LOOSE.match(text):
        raise IllegalArgument(f"invalid Content-Type header [{text}]")
    return body_format(text, behaviour)


@functools.lru_cache(maxsize=512)
def _parse_loosely(header: str, behaviour: Behaviour) -> MediaType:
    """Content-Type as 7.x reads it: anything may follow a semicolon. Raises IllegalArgument."""
    if not _LOOSE.match(header):
        raise IllegalArgument(f"invalid Content-Type header [{header}]")
    kind, _, subtype = header.partition(";")[0].strip().lower().partition("/")
    format_, vendor, stream = _known(subtype) if kind == "application" and subtype != "*" else (None, False, False)
    if vendor and not behaviour.vendor_content_type:
        format_ = None
    return MediaType(format_, False, (), stream)


def _counts_as_absent(header: str) -> bool:
    return "," in header or header.strip() == "*/*"


@functools.lru_cache(maxsize=512)
def negotiate(
    accepts: tuple[str, ...], contents: tuple[str, ...], *, has_body: bool, behaviour: Behaviour
) -> Negotiated:
    """Settle media types and REST version.

    Args:
        accepts, contents: every value of the two headers, as sent.

    Raises:
        MediaTypeHeader, ContentTypeHeader: see section 3.1 and 3.3 of the REST layer's description; always a 400.
    """
    if not behaviour.vendor_media_types:
        return _negotiate_seven(accepts, contents, behaviour)
    accept, content = _one(_ACCEPT, accepts), _one(_CONTENT_TYPE, contents)
    try:
        major = _agree(accept, content, accepts, contents, has_body, behaviour.major)
    except Status as cause:
        raise MediaTypeHeader((_ACCEPT, _CONTENT_TYPE), cause=cause) from None
    return Negotiated(accept, content, major)


def settle(
    accepts: tuple[str, ...], contents: tuple[str, ...], *, has_body: bool, behaviour: Behaviour
) -> tuple[Negotiated, MediaTypeHeader | None]:
    """The same of any headers: what is wrong with them, and how that is told, which is as if those at fault had not been sent."""
    told: MediaTypeHeader | None = None
    while True:
        try:
            return negotiate(accepts, contents, has_body=has_body, behaviour=behaviour), told
        except MediaTypeHeader as error:
            if told is None:
                told = error
            else:
                told.suppressed.append(error)
            accepts = () if _ACCEPT in error.names else accepts
            contents = () if _CONTENT_TYPE in error.names else contents


def _one(name: str, values: Sequence[str]) -> MediaType | None:
    if not values:
        return None
    try:
        if len(values) > 1:
            raise IllegalArgument(f"Incorrect header [{name}]. Only one value should be provided")
        if not values[0].strip():
            raise IllegalArgument(f"Header [{name}] cannot be empty.")
        return None if _counts_as_absent(values[0]) else parse_media_type(values[0])
    except IllegalArgument as cause:
        raise MediaTypeHeader((name,), cause=cause) from None


def _agree(
    accept: MediaType | None,
    content: MediaType | None,
    accepts: Sequence[str],
    contents: Sequence[str],
    has_body: bool,
    current: int,
) -> int:
    asked = accept.version if accept else None
    sent = content.version if content else None
    accept_text = accepts[0] if accept is not None else "null"
    content_text = contents[0] if content is not None else "null"
    allowed = (current, current - 1)
    one_of = f"version must be either version {current} or {current - 1}, but found"
    a = current if asked is None else asked
    c = current if sent is None else sent
    if a not in allowed:
        raise Status(f"Accept {one_of} {a}. Accept={accept_text}", status=400)
    if has_body:
        if c not in allowed:
            raise Status(f"Content-Type {one_of} {c}. Content-Type={content_text}", status=400)
        required = (
            "A compatible version is required on both Content-Type and Accept headers if either one has requested "
            "a compatible version"
        )
        headers = f"Accept={accept_text}, Content-Type={content_text}"
        if a != c:
            raise Status(f"{required} and the compatible versions must match. {headers}", status=400)
        if (asked is None) != (sent is None):
            raise Status(f"{required}. {headers}", status=400)
    return min(a, c) if has_body else a


def _negotiate_seven(accepts: Sequence[str], contents: Sequence[str], behaviour: Behaviour) -> Negotiated:
    content = None
    try:
        if len(contents) > 1:
            raise IllegalArgument("only one Content-Type header should be provided")
        if contents:
            content = _parse_loosely(contents[0], behaviour)
    except IllegalArgument as cause:
        raise ContentTypeHeader((_CONTENT_TYPE,), cause=cause) from None
    accept = None
    if accepts:
        kind, _, subtype = accepts[0].partition(";")[0].strip().lower().partition("/")
        if kind == "application":
            accept = MediaType(_known(subtype)[0], False, ())
    return Negotiated(accept, content, behaviour.major)
