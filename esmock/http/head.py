"""The head of an answer as it is sent."""

from __future__ import annotations

PHRASES = {
    100: "Continue", 200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 300: "Multiple Choices", 302: "Found",
    304: "Not Modified", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 406: "Not Acceptable", 408: "Request Timeout", 409: "Conflict", 410: "Gone",
    411: "Length Required", 412: "Precondition Failed", 413: "Request Entity Too Large", 415: "Unsupported Media Type",
    417: "Expectation Failed", 422: "Unprocessable Entity", 423: "Locked", 424: "Failed Dependency", 428: "Precondition Required",
    429: "Too Many Requests", 431: "Request Header Fields Too Large", 500: "Internal Server Error", 501: "Not Implemented",
    502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout", 507: "Insufficient Storage",
}  # fmt: skip


def head_of(version: str, status: int, headers: list[tuple[str, str]]) -> bytes:
    """Status line and headers as they are sent."""
    head = f"{version} {status} {PHRASES.get(status, '')}\r\n"
    for name, value in headers:
        head += f"{name}: {value}\r\n"
    return f"{head}\r\n".encode("latin-1", "replace")
