"""What an audit log would tell of an exchange on a server with security on. Docs: audit-event-types, the events that are logged by default.

Fields have the names of the log's; ``origin.address`` and the ids of nodes and requests are left out. Source: the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from esmock.controls.exchange import Exchange
    from esmock.features.security.authentication import Authentication

Json = Any


def audit_lines(exchange: Exchange) -> list[dict[str, Json]]:
    """The events of an exchange, in the order of the log; none without security."""
    who = exchange.sender
    if who is None:
        return _not_let_in(exchange)
    is_refused = exchange.status == 403 and _is_security(exchange.response)
    lines = []
    if who.real_user is not None or who.refused_run_as is not None:
        lines.append(_run_as(exchange, who))
    if who.refused_run_as is None:
        lines.append(_access(exchange, who, granted=not is_refused))
    return lines


def _rest(exchange: Exchange, action: str) -> dict[str, Json]:
    path, _, query = exchange.raw.target.partition("?")
    line = {"type": "audit", "timestamp_ms": exchange.at_ms, "event.type": "rest", "event.action": action, "origin.type": "rest"}
    line |= {"url.path": path, **({"url.query": query} if query else {}), "request.method": exchange.raw.method}
    return line


def _not_let_in(exchange: Exchange) -> list[dict[str, Json]]:
    """Who was not let in: with wrong credentials, or without any."""
    if exchange.status != 401 or exchange.answer is None:
        return []
    if not any(name == "WWW-Authenticate" for name, _ in exchange.answer.headers):
        return []
    given = exchange.raw.header("authorization")
    return [_rest(exchange, "anonymous_access_denied" if given is None else "authentication_failed")]


def _is_security(body: Json) -> bool:
    error = body.get("error") if isinstance(body, dict) else None
    return isinstance(error, dict) and error.get("type") == "security_exception"


def _sender(who: Authentication) -> dict[str, Json]:
    user = who.user
    line: dict[str, Json] = {"authentication.type": who.kind.upper(), "user.name": user.username, "user.realm": user.realm_name}
    line["user.roles"] = list(user.roles)
    if who.key is not None:
        line |= {"apikey.id": who.key.id, "apikey.name": who.key.name}
    return line


def _transport(exchange: Exchange, action: str) -> dict[str, Json]:
    return {"type": "audit", "timestamp_ms": exchange.at_ms, "event.type": "transport", "event.action": action, "origin.type": "rest"}


def _run_as(exchange: Exchange, who: Authentication) -> dict[str, Json]:
    real, wanted = who.real_user or who.user, who.refused_run_as or who.user.username
    line = _transport(exchange, "run_as_granted" if who.refused_run_as is None else "run_as_denied")
    return {**line, "user.name": real.username, "user.realm": real.realm_name, "user.run_as.name": wanted, "action": exchange.action}


def _access(exchange: Exchange, who: Authentication, *, granted: bool) -> dict[str, Json]:
    line = _transport(exchange, "access_granted" if granted else "access_denied") | _sender(who)
    line["action"] = exchange.action
    indices = exchange.indices
    return {**line, "indices": indices} if indices else line
