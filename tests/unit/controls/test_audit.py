"""The events of the audit log that the journal tells. Source: the page on audit event types: what is logged by default."""

from __future__ import annotations

import pytest

from tests.scripts import recorder

ONE = recorder("security")
ROOT = {"authorization": ONE.authorization("elastic:changeme")}


@pytest.fixture
def ask(raw):
    asked = raw("9.5.3", security=True)
    asked("PUT /books/_doc/1", {"a": 1}, ROOT)
    asked("PUT /_security/role/r", {"indices": [{"names": ["books"], "privileges": ["read"]}], "run_as": ["ann"]}, ROOT)
    for name, roles in (("bob", ["r"]), ("ann", [])):
        asked(f"PUT /_security/user/{name}", {"password": "secret1", "roles": roles}, ROOT)
    return asked


def _events(ask, line, headers):
    ask(line, None, headers)
    return list(ask.server.journal)[-1].audit


def _bob(**more):
    return {"authorization": ONE.authorization("bob:secret1"), **more}


def test_access_is_granted_and_denied(ask):
    (granted,) = _events(ask, "GET /books/_search", _bob())
    assert (granted["event.action"], granted["user.name"], granted["user.realm"]) == ("access_granted", "bob", "default_native")
    assert (granted["action"], granted["indices"], granted["user.roles"]) == ("indices:data/read/search", ["books"], ["r"])
    (denied,) = _events(ask, "DELETE /books", _bob())
    assert (denied["event.action"], denied["action"]) == ("access_denied", "indices:admin/delete")


def test_what_is_missing_is_not_what_is_denied(ask):
    (line,) = _events(ask, "GET /books/_doc/none", _bob())
    assert line["event.action"] == "access_granted"


def test_who_is_not_let_in(ask):
    (line,) = _events(ask, "GET /books?pretty", {"authorization": ONE.authorization("bob:wrong")})
    assert (line["event.type"], line["event.action"], line["url.path"], line["url.query"]) == ("rest", "authentication_failed", "/books", "pretty")
    (line,) = _events(ask, "GET /books", {})
    assert line["event.action"] == "anonymous_access_denied"


def test_who_runs_as_another(ask):
    granted, access = _events(ask, "GET /books/_search", _bob(**{"es-security-runas-user": "ann"}))
    assert (granted["event.action"], granted["user.name"], granted["user.run_as.name"]) == ("run_as_granted", "bob", "ann")
    assert (access["event.action"], access["user.name"]) == ("access_denied", "ann")
    (line,) = _events(ask, "GET /books/_search", _bob(**{"es-security-runas-user": "elastic"}))
    assert line["event.action"] == "run_as_denied"


def test_without_security_there_is_nothing_to_tell(raw):
    ask = raw("9.5.3")
    ask("GET /")
    assert list(ask.server.journal)[-1].audit == []
    assert "audit" not in list(ask.server.journal)[-1].details()
