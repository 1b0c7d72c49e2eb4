"""What a handler is given and what it returns. Knows nothing of the server library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from esmock.api.params import Unreadable
from esmock.errors import ApiError, ElasticsearchParse, IllegalArgument, IllegalState, IOError_, Validation
from esmock.state.resolve import IndicesOptions

if TYPE_CHECKING:
    from esmock.api.declare import Endpoint
    from esmock.version import Behaviour
    from esmock.wire import RawRequest

Json = Any
Parsed = TypeVar("Parsed")


@dataclass(slots=True)
class Response:
    """An answer before rendering.

    Args:
        status: HTTP status.
        body: a JSON tree; or text, which is sent as ``text/plain``; or None for none, whose type is still JSON.
        headers: further headers in order.
        unfiltered: ``filter_path`` has no effect (``_source``).
        is_indented: JSON is indented unless ``pretty`` says otherwise.
    """

    status: int
    body: Any
    headers: list[tuple[str, str]] = field(default_factory=list)
    unfiltered: bool = False
    is_indented: bool = False
    text_type: str | None = None
    """The content type of a text, where it is not plain."""


class Request:
    """A routed request: path parts, typed parameters, the body.

    Args:
        sent: as it came.
        path: decoded, without the query.
        parts: what the wildcards of the route captured, decoded.
        raw: the query parameters as text.
        content_format: of the body, ``json`` ...; None where there is none.
        rest_major: the major version whose REST forms were asked for.

    Attributes:
        params: every declared parameter by name, parsed or at its default.
        content: the body; a control may have changed it.
        parsed: what the endpoint's body parser returned.
        authentication: who sends it, where security is on.
        bad_param: the parameter that could not be read; only what is wrong with the body may still be told before it.
    """

    __slots__ = (
        "_located",
        "_sent",
        "_source_read",
        "authentication",
        "bad_param",
        "behaviour",
        "content",
        "content_format",
        "endpoint",
        "error_trace",
        "human",
        "method",
        "params",
        "parsed",
        "parts",
        "path",
        "raw",
        "rest_major",
        "unread_parts",
        "warnings",
    )

    def __init__(
        self,
        sent: RawRequest,
        path: str,
        endpoint: Endpoint,
        parts: Mapping[str, str],
        raw: Mapping[str, str],
        content_format: str | None,
        behaviour: Behaviour,
        rest_major: int,
        human: bool,
        error_trace: bool,
    ) -> None:
        self._sent = sent
        self.method = sent.method
        self.path = path
        self.endpoint = endpoint
        self.parts = parts
        self.raw = raw
        self.params: dict[str, Any] = {}
        self.bad_param: str | None = None
        self.unread_parts: tuple[str, ...] = ()
        """Names of parts of the path that nothing looks at, which then are unknown parameters."""
        self.content = sent.body
        self.content_format = content_format
        self.behaviour = behaviour
        self.rest_major = rest_major
        self.human = human
        self.error_trace = error_trace
        self.parsed: Any = None
        self.authentication: Any = None
        self.warnings: list[str] = []
        self._located = False
        self._source_read = False

    @property
    def headers(self) -> Mapping[str, str]:
        """By lower-case name; of several values the last."""
        return dict(self._sent.headers)

    def part(self, name: str, default: Any = None) -> Any:
        """A captured path segment, decoded."""
        return self.parts.get(name, default)

    @property
    def mapping_type(self) -> str | None:
        """The mapping type in the path; versions without types (8.x, compatible with 7) take every name for ``_doc``."""
        named = self.parts.get("type")
        return named if named is None or self.behaviour.mapping_types else "_doc"

    def part_list(self, name: str) -> list[str]:
        """A captured segment split at commas; empty when the path has none."""
        value = self.parts.get(name)
        return [one for one in value.split(",") if one] if value else []

    def param(self, name: str) -> Any:
        """The value of a declared parameter. Raises IllegalArgument for one of the rendering that cannot be read."""
        value = self.params[name]
        if type(value) is Unreadable:
            raise value.error
        return value

    @property
    def routings(self) -> list[str] | None:
        """The values of ``routing``; none at all where it is empty: no shard is asked then."""
        text = self.params["routing"]
        return None if text is None else [one for one in text.split(",") if one]

    def param_while_rendering(self, name: str) -> Any:
        """The same where the answer has begun by then, and cannot be ended: the error tells of that too."""
        try:
            return self.param(name)
        except IllegalArgument as error:
            raise unended(error) from None

    def has_param(self, name: str) -> bool:
        """Whether the client sent the parameter."""
        return name in self.raw

    @property
    def ingest_user(self) -> Json:
        """What ingest pipelines may know of who sends it; None without security."""
        who = self.authentication
        return None if who is None else who.for_ingest(self.behaviour)

    @property
    def typed(self) -> bool:
        """Whether answers carry ``_type``: 7.x, or compatibility with it."""
        return self.rest_major < 8

    def warn(self, text: str) -> None:
        """Add a deprecation to the response; each text is sent once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def indices_options(self, default: IndicesOptions) -> IndicesOptions:
        """The endpoint's defaults, changed by the request's parameters."""
        return default.changed(
            expand=self.params.get("expand_wildcards"),
            ignore_unavailable=self.params.get("ignore_unavailable"),
            allow_no_indices=self.params.get("allow_no_indices"),
        )

    def locate(self, n_told: int = 0) -> None:
        """From now on the body is read with positions: slower, needed to word an error; only the first ``n_told`` warnings stay."""
        self._located = True
        del self.warnings[n_told:]

    @property
    def is_located(self) -> bool:
        return self._located

    def content_or_source(self) -> tuple[bytes, str]:
        """The body, or the ``source`` parameter in its place; raises when both are missing."""
        content, kind = self.optional_content()
        if content is None:
            raise ElasticsearchParse("request body or source parameter is required")
        return content, kind

    def optional_content(self) -> tuple[bytes | None, str]:
        """The body or ``source`` with its format (``json`` ...); None when both are missing."""
        if self.content:
            return self.content, self.content_format or "json"
        source = self.raw.get("source")
        if source is None:
            return None, "json"
        self._source_read = True
        media = self.raw.get("source_content_type")
        failure = Validation if self.behaviour.body_check else _state
        if media is None:
            raise failure("source and source_content_type parameters are required")
        from esmock.api.media import source_format

        kind = source_format(media, self.behaviour)
        if kind is None:
            raise failure(f"Unknown value for source_content_type [{media}]")
        return source.encode(), kind

    def read_params(self) -> Iterable[str]:
        """Names that count as read besides the declared ones."""
        return ("source", "source_content_type") if self._source_read else ()

    def json(self, *, label: str = "stream") -> Json:
        """The body or ``source`` as a tree; None where there is none."""
        content, kind = self.optional_content()
        return None if content is None else self.read(content, kind, label=label)

    def required_json(self) -> Json:
        """The body as a tree; the ``source`` parameter does not help."""
        if not self.content:
            raise ElasticsearchParse("request body is required")
        return self.read(self.content, self.content_format or "json")

    def read(self, content: bytes, kind: str = "json", *, label: str = "stream") -> Json:
        """Parse bytes of the request, with positions after ``locate``."""
        from esmock.xcontent import reading

        return reading.read(content, kind, self.behaviour, with_positions=self._located, label=label)

    def parser_map(self) -> dict[str, Json]:
        """The body as its parser reads a map: whole before anyone looks at it; what is no object is an empty one."""
        from esmock.xcontent.located import finish

        content, kind = self.optional_content()
        if content is None:
            return {}
        tree = self.read(content, kind)
        finish(tree)
        return tree if isinstance(tree, dict) else {}

    def read_map(self, content: bytes, kind: str) -> Json:
        """Parse bytes of the request into a map first; with positions after ``locate``."""
        from esmock.xcontent import reading

        tree = reading.read_map(content, kind, self.behaviour)
        return self.read(content, kind, label="bytes") if self._located else tree


def unended(error: ApiError) -> ApiError:
    """An error that comes when the answer has begun, and cannot be ended."""
    error.suppressed.append(IllegalState("Failed to close the XContentBuilder", cause=IOError_("Unclosed object or array found")))
    return error


def _state(message: str) -> IllegalState:
    return IllegalState(message)


def needs_content(request: Request) -> None:
    """Path check of endpoints that look for the body before they read any parameter. Raises ElasticsearchParse."""
    if not request.content:
        raise ElasticsearchParse("request body is required")


def map_body(request: Request) -> dict[str, Any]:
    """Body parser of endpoints that read a required body into a map first."""
    if not request.content:
        raise ElasticsearchParse("request body is required")
    return object_of(request, request.read_map(request.content, request.content_format or "json"))


def parser_map(request: Request) -> dict[str, Any]:
    """Body parser of endpoints that let their parser read a required body into a map."""
    if not request.content:
        raise ElasticsearchParse("request body is required")
    return request.parser_map()


def optional_map_body(request: Request) -> dict[str, Any] | None:
    """The same for endpoints whose body may be missing."""
    content, kind = request.optional_content()
    return None if content is None else object_of(request, request.read_map(content, kind))


def object_of(request: Request, body: Json) -> dict[str, Any]:
    """A body that a server reads into a map: since 8.0 what is no object makes an empty one. Raises NotXContent before."""
    if isinstance(body, dict):
        return body
    from esmock.errors import NotXContent

    if request.behaviour.mapping_types:
        raise NotXContent("Compressor detection can only be called on some xcontent bytes or compressed xcontent bytes")
    return {}
