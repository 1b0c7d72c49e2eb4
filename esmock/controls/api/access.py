"""Who may use the control API: this machine's own programs and pages, or who has the token."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit

from esmock.controls.refusal import ControlError
from esmock.wire import RawRequest

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
TOKEN_HEADER = "x-esmock-token"


class Denied(ControlError):
    """A request that may not use the control API."""

    status = 403


class NoToken(Denied):
    """The token is missing or wrong."""

    status = 401


class Access:
    """The rule for one server.

    Args:
        token: what every request must show, as ``Authorization: Bearer``, ``x-esmock-token`` or ``?token=``; None: none.
        hosts: names that ``Host`` may have besides this machine's own; ``*`` allows any.

    Without a token ``Host`` must name this machine, so that no page on the web reaches the server through a name of its own
    (DNS rebinding); and a request that names an ``Origin`` must come from a page of this very server.
    """

    def __init__(self, token: str | None = None, hosts: Iterable[str] = ()) -> None:
        self.token = token
        self.hosts = LOCAL_NAMES | {host.lower() for host in hosts}

    def check(self, raw: RawRequest) -> None:
        """Raise Denied or NoToken."""
        host = raw.header("host") or ""
        origin = raw.header("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            raise Denied("Origin", f"the page at {origin} may not use the control API of {host or 'this server'}")
        if self.token is not None:
            self._check_token(raw)
        elif "*" not in self.hosts and _name(host) not in self.hosts and host:
            raise Denied("Host", f"{host} is not a name of this machine; allow it with --control-host, or set a token")

    def _check_token(self, raw: RawRequest) -> None:
        shown = raw.header(TOKEN_HEADER)
        bearer = raw.header("authorization") or ""
        if shown is None and bearer.lower().startswith("bearer "):
            shown = bearer[7:].strip()
        if shown is None:
            shown = dict(parse_qsl(raw.target.partition("?")[2])).get("token")
        if shown is None or self.token is None or not hmac.compare_digest(shown.encode(), self.token.encode()):
            raise NoToken("token", f"this control API wants a token, as {TOKEN_HEADER} or Authorization: Bearer")


def _name(host: str) -> str:
    return (urlsplit(f"//{host}").hostname or "").lower()
