"""From a response object to bytes; the one place where errors become answers."""

from __future__ import annotations

import traceback
from typing import Any

from esmock.api.request import Response
from esmock.errors import ApiError, Security, SimpleError, Trace, Unsupported
from esmock.http.receive import BadRequest, Channel
from esmock.http.router import OptionsAnswer
from esmock.http.streaming import is_streamed
from esmock.version import Behaviour
from esmock.wire import Door, RawResponse
from esmock.xcontent import json_writer

__all__ = ["Door", "RawResponse", "render", "render_error", "warning_value"]

TEXT = "text/plain; charset=UTF-8"
_PRODUCT = ("X-elastic-product", "Elasticsearch")
_WARNING_LETTERS = frozenset(
    {0x09, 0x20, 0x21, 0x22, 0x23, 0x24, 0x5C, *range(0x26, 0x5C), *range(0x5D, 0x7F), *range(0x80, 0x100)}
)


def render(response: Response, channel: Channel, behaviour: Behaviour) -> RawResponse:
    """Render a handler's answer."""
    if channel.request is not None and channel.request.warnings:
        response.headers.extend(("Warning", warning_value(text, behaviour)) for text in channel.request.warnings)
    return _finish(response, channel, behaviour, filtered=not response.unfiltered)


def _is_bare(error: BaseException, status: int, behaviour: Behaviour) -> bool:
    """Whether warnings stay away: of who may not ask; later of any 403."""
    if isinstance(error, ApiError) and isinstance(error.peeled(), Security):
        return True
    return status in (401, 403) and behaviour.refusals_are_bare


def render_error(error: BaseException, channel: Channel, behaviour: Behaviour) -> RawResponse:
    """Render any exception: Elasticsearch's errors, esmock's own 501, and bugs as a 500 with their traceback."""
    if isinstance(error, OptionsAnswer):
        allow = [("Allow", ",".join(error.allowed))] if error.allowed else []
        return _finish(Response(200, "", allow), channel, behaviour, filtered=False)
    warnings = list(channel.request.warnings) if channel.request is not None else []
    trace = _trace(behaviour) if channel.error_trace else None
    failure: BaseException | None = None
    headers: list[tuple[str, str]] = []
    if isinstance(error, BadRequest):
        body: Any = error.error.body(trace)
        body["status"] = status = 400
    elif isinstance(error, SimpleError):
        body, status = error.body(), error.status
        headers = list(error.response_headers.items())
    elif isinstance(error, ApiError):
        body, status = error.body(trace), error.peeled().status
        for name, value in error.headers.items():
            headers.extend((name, one) for one in (value if isinstance(value, list) else [value]))
    elif isinstance(error, Unsupported):
        body, status = error.body(), error.status
    else:
        failure = error
        status = 500
        reason = f"{type(error).__name__}: {error}"
        text = "".join(traceback.format_exception(error))
        entry = {"type": "esmock_internal_error", "reason": reason, "stack_trace": text}
        body = {"error": {"root_cause": [entry], **entry}, "status": 500}
    if not _is_bare(error, status, behaviour):
        headers.extend(("Warning", warning_value(one, behaviour)) for one in warnings)
    answer = _finish(Response(status, body, headers), channel, behaviour, filtered=False)
    answer.failure = failure
    return answer


def _trace(behaviour: Behaviour) -> Trace:
    module = f"org.elasticsearch.server@{behaviour.version}/" if behaviour.qualified_traces else ""
    return Trace(qualified=behaviour.qualified_traces, module=module)


def _finish(response: Response, channel: Channel, behaviour: Behaviour, *, filtered: bool) -> RawResponse:
    content_type, body = _encode(response, channel, behaviour, filtered=filtered)
    headers: list[tuple[str, str]] = []
    if channel.opaque_id is not None:
        headers.append(("X-Opaque-Id", channel.opaque_id))
    own = response.headers
    if own:
        headers.extend(pair for pair in own if pair[0] != "Warning")
    if behaviour.product_header and response.status not in (401, 403):
        headers.append(_PRODUCT)
    if own:
        headers.extend(pair for pair in own if pair[0] == "Warning")
    headers.append(("content-type", content_type))
    request = channel.request
    if behaviour.chunked_responses and request is not None and is_streamed(request.endpoint.name, response.status, request.raw):
        headers.append(("Transfer-Encoding", "chunked"))
    else:
        headers.append(("content-length", str(len(body))))
    return RawResponse(response.status, headers, b"" if channel.method == "HEAD" else body)


def _encode(response: Response, channel: Channel, behaviour: Behaviour, *, filtered: bool) -> tuple[str, bytes]:
    body = response.body
    if isinstance(body, str):
        return response.text_type or TEXT, body.encode()
    if body is None:
        return "application/json", b""
    format_, content_type = channel.negotiated.result(channel.format, behaviour)
    if filtered and channel.filter_path:
        from esmock.xcontent.filter_path import NOTHING, apply

        body = apply(body, channel.filter_path, behaviour)
        if body is NOTHING:
            return content_type, b"\n" if channel.pretty and format_ == "json" else b""
    if format_ == "json":
        decimals = json_writer.decimals_for(behaviour)
        indented = channel.pretty or response.is_indented
        return content_type, json_writer.dumps_pretty(body, decimals) if indented else json_writer.dumps(body, decimals)
    from esmock.xcontent import formats

    return content_type, formats.dump(body, format_, behaviour)


def warning_value(text: str, behaviour: Behaviour) -> str:
    """A ``Warning`` header's value around a deprecation text."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    if not escaped.isascii() or "%" in escaped or not escaped.isprintable():
        escaped = "".join(_warning_char(char) for char in escaped)
    return f'299 Elasticsearch-{behaviour.version}-{behaviour.build.hash} "{escaped}"'


def _warning_char(char: str) -> str:
    if ord(char) in _WARNING_LETTERS:
        return char
    return "".join(f"%{byte:02X}" for byte in char.encode())
