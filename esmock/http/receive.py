"""From a raw request to a routed one: the stages before a handler runs, in Elasticsearch's order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from esmock.api.media import Negotiated, settle
from esmock.api.params import Param, Unreadable, parse_boolean
from esmock.api.request import Request
from esmock.errors import ApiError, IllegalArgument, SimpleError
from esmock.http.query import parse_query
from esmock.http.router import Match, Router
from esmock.version import Behaviour
from esmock.wire import RawRequest
from esmock.xcontent.similar import suggestion

_SHY = ("type", "context", "alias")
"""Names of parts of paths that are looked for before they are read, so that they are never suggested."""
ALWAYS_KNOWN = ("error_trace", "format", "filter_path", "pretty", "human")
_SINGLE_VALUED = ("x-opaque-id", "traceparent")
_READ_HEADERS = frozenset({"accept", "content-type", *_SINGLE_VALUED})
_UNSETTLED = Negotiated(None, None, 0)


@dataclass(slots=True)
class Channel:
    """How the answer is to be rendered. Starts with the defaults of a request whose parameters cannot be read."""

    method: str
    opaque_id: str | None = None
    negotiated: Negotiated = _UNSETTLED
    format: str | None = None
    pretty: bool = False
    human: bool = False
    filter_path: str | None = None
    error_trace: bool = False
    request: Request | None = None


class BadRequest(Exception):
    """A failure of the early stages: answered with 400, whatever status the error itself would have."""

    def __init__(self, error: ApiError) -> None:
        super().__init__(str(error))
        self.error = error


def open_channel(raw: RawRequest, behaviour: Behaviour) -> tuple[Channel, str, dict[str, str]]:
    """Stages 3 to 7: query string, headers, rendering parameters.

    Returns:
        The channel, the raw path and the query parameters.

    Raises:
        BadRequest: with ``channel`` set to what is known so far.
    """
    channel = Channel(raw.method)
    accepts, contents, single = _read_headers(raw, channel, strict=behaviour.vendor_media_types)
    if raw.malformed is not None:
        channel.negotiated = Negotiated(None, None, behaviour.major)
        raise Refused(BadRequest(raw.malformed), channel)
    path, _, query = raw.target.partition("?")
    params: dict[str, str] = {}
    early: ApiError | None = None
    try:
        if query:
            params = parse_query(query)
    except ApiError as error:
        early = error
    channel.negotiated, wrong = settle(accepts, contents, has_body=bool(raw.body), behaviour=behaviour)
    early = early or wrong
    if single is not None:
        raise Refused(_duplicate_header(single, behaviour), channel)
    if early is not None:
        if params:
            _rendering(channel, params, lenient=True)
        raise Refused(BadRequest(early), channel)
    if not params:
        return channel, path, params
    try:
        _rendering(channel, params)
    except IllegalArgument as error:
        plain = Channel(raw.method, channel.opaque_id, channel.negotiated)
        raise Refused(BadRequest(error), plain) from None
    try:
        channel.error_trace = "error_trace" in params and parse_boolean(params["error_trace"])
    except IllegalArgument as error:
        raise Refused(SimpleError(str(error.reason), 400), channel) from None
    return channel, path, params


class Refused(Exception):
    """Carries an early failure together with the channel that answers it."""

    def __init__(self, error: Exception, channel: Channel) -> None:
        super().__init__(str(error))
        self.error = error
        self.channel = channel


def _read_headers(
    raw: RawRequest, channel: Channel, *, strict: bool
) -> tuple[tuple[str, ...], tuple[str, ...], str | None]:
    """All values of Accept and Content-Type, and the name of a header that came twice though it may not."""
    accepts: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    single: dict[str, str] = {}
    duplicate = None
    for name, value in raw.headers:
        if name not in _READ_HEADERS:
            continue
        if name == "accept":
            accepts = (*accepts, value)
        elif name == "content-type":
            contents = (*contents, value)
        elif (strict or name == "x-opaque-id") and single.setdefault(name, value) != value:
            duplicate = duplicate or ("X-Opaque-Id" if name == "x-opaque-id" else name)
    channel.opaque_id = single.get("x-opaque-id")
    return accepts, contents, duplicate


def _duplicate_header(name: str, behaviour: Behaviour) -> Exception:
    text = f"multiple values for single-valued header [{name}]."
    return BadRequest(IllegalArgument(text)) if behaviour.vendor_media_types else SimpleError(text, 400)


def _rendering(channel: Channel, params: dict[str, str], *, lenient: bool = False) -> None:
    channel.format = params.get("format")
    channel.filter_path = params.get("filter_path")
    for name in ("pretty", "human"):
        if name in params:
            try:
                text = params[name]
                setattr(channel, name, bool(text.strip() or not text) and parse_boolean(text))
            except IllegalArgument:
                if not lenient:
                    raise


def route(raw: RawRequest, router: Router, channel: Channel, path: str, params: dict[str, str], behaviour: Behaviour) -> Request:
    """Stages 8 and 9: find the endpoint, check the body's content type.

    Raises:
        SimpleError: 405, 406 or the 400 of an unknown path.
        OptionsAnswer: OPTIONS.
    """
    negotiated = channel.negotiated
    compatible = negotiated.rest_major < behaviour.major
    match = router.match(raw.method, path, raw.target, compatible=compatible)
    content_format = None
    if raw.body:
        content_format = _content_format(raw, negotiated, behaviour)
        if match.endpoint.streams and content_format in ("yaml", "cbor"):
            name = content_format.upper()
            if negotiated.content is not None and negotiated.content.vendor:
                name = "VND_" + name
            raise SimpleError(f"Content-Type [{name}] does not support stream parsing. Use JSON or SMILE instead", 406)
    parts = _parts(match, params, typed=negotiated.rest_major < 8) if params else match.parts
    request = Request(
        raw, _decoded(path), match.endpoint, parts, params, content_format, behaviour, negotiated.rest_major,
        channel.human, channel.error_trace,
    )  # fmt: skip
    channel.request = request
    if match.route.warning is not None:
        request.warn(match.route.warning)
    elif behaviour.mapping_types and "type" in parts and (told := match.endpoint.type_warning(behaviour)) is not None:
        request.warn(told)
    return request


def _parts(match: Match, params: Mapping[str, str], *, typed: bool) -> dict[str, str]:
    """The parts of the path, and those that it lacks and a parameter gives: to Elasticsearch they are the same."""
    names, parts = match.endpoint.part_names, match.parts
    given = {names[one]: params[one] for one in params if one in names and (typed or one != "type")}
    return {**given, **parts} if given else parts


def _decoded(path: str) -> str:
    if "%" not in path:
        return path
    from esmock.http.query import decode_segment

    return decode_segment(path)


def _content_format(raw: RawRequest, negotiated: Negotiated, behaviour: Behaviour) -> str:
    headers = raw.values("content-type")
    media = negotiated.content
    if media is not None and media.format is not None:
        return media.format
    if not headers:
        missing = "Content-Type header is missing" if behaviour.major >= 9 else "Content-Type header [] is not supported"
        raise SimpleError(missing, 406)
    raise SimpleError(f"Content-Type header [{headers[0]}] is not supported", 406)


def read_early_params(request: Request) -> None:
    """Give every declared parameter its default, and read those that come before everything else."""
    endpoint = request.endpoint
    request.params = endpoint.defaults.copy()
    if request.raw and endpoint.early and (endpoint.always_early or request.behaviour.early_timeouts):
        _read(request, endpoint.early)


def read_params(request: Request) -> None:
    """Read the other declared parameters in order; type errors come out here."""
    if request.raw:
        endpoint = request.endpoint
        _read(request, endpoint.order_since_8 if request.behaviour.early_timeouts else endpoint.order_before_8)


def _read(request: Request, names: Iterable[str]) -> None:
    raw, values = request.raw, request.params
    for name in names:
        param = request.endpoint.params[name]
        if name not in raw or name in request.parts or not _exists(param, request) or not _is_read(param, request):
            continue
        try:
            values[name] = param.read(name, raw[name], request)
        except IllegalArgument as error:
            if not param.response or request.behaviour.has(param.told_since):
                request.bad_param = name
                raise
            values[name] = Unreadable(error)


def _exists(param: Param, request: Request) -> bool:
    """Whether the version has a parameter, or the REST version that the request asks for had it."""
    behaviour = request.behaviour
    if behaviour.has(param.until):
        return request.rest_major < behaviour.major and (request.rest_major, 0) < param.until
    return behaviour.has(param.since)


def _is_read(param: Param, request: Request) -> bool:
    needs = param.needs
    return needs is None or (needs in request.raw if isinstance(needs, str) else needs(request))


def check_unknown(request: Request) -> None:
    """Refuse parameters that nothing has read. Raises IllegalArgument."""
    raw = request.raw
    if not raw:
        return
    declared = request.endpoint.params

    def is_present(name: str) -> bool:
        return name in declared and _exists(declared[name], request) and _is_read(declared[name], request)

    others = {*ALWAYS_KNOWN, *request.read_params()}
    if not request.unread_parts:
        others |= {told for told, name in request.endpoint.part_names.items() if told not in _SHY or name in request.parts}
    given = {*raw, *request.unread_parts}
    unknown = sorted(name for name in given if name not in others and not is_present(name))
    if not unknown:
        return
    present = {name: param for name, param in declared.items() if is_present(name)}
    has = request.behaviour.has
    candidates = {
        name for name, param in present.items() if not param.lazy or name in raw or not has(param.read_since)
    }
    candidates |= others
    described = ", ".join(f"[{name}]{suggestion(name, candidates, arrow=True)}" for name in unknown)
    plural = "s" if len(unknown) > 1 else ""
    raise IllegalArgument(f"request [{request.path}] contains unrecognized parameter{plural}: {described}")


def check_body(request: Request) -> None:
    """From 7.17 on a body that no one reads is refused. Raises IllegalArgument."""
    if request.content and request.endpoint.body is None and request.behaviour.body_check:
        raise IllegalArgument(f"request [{request.method} {request.path}] does not support having a body")
