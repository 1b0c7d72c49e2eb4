"""Keys that are granted and changed, service accounts and their tokens. Source: the API pages; wrong bodies: answers of 8.19.21."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.features.security.test_recorded import RECORDER

ELASTIC = {"authorization": RECORDER.authorization("elastic:changeme")}
UNDERSCORE = "Validation Failed: 1: api key name may not begin with an underscore;"
WRONG = [
    ("POST /_security/api_key/_bulk_update", {"ids": []}, "Validation Failed: 1: Field [ids] cannot be empty;"),
    ("PUT /_security/api_key/x", {"foo": 1}, "[1:2] [update_api_key_request_payload] unknown field [foo]"),
    ("PUT /_security/api_key/x", {}, "no API key owned by requesting user found for ID [x]"),
    ("PUT /_security/api_key/x", {"metadata": {"_a": 1}}, "Validation Failed: 1: API key metadata keys may not start with [_];"),
    (
        "POST /_security/api_key/grant",
        {},
        "Validation Failed: 1: api key name is required;2: [grant_type] is required;",
    ),
    (
        "POST /_security/api_key/grant",
        {"grant_type": "password", "username": "elastic", "password": "changeme", "access_token": "x", "api_key": {"name": "_x"}},
        f"{UNDERSCORE}2: [access_token] is not supported for grant_type [password];",
    ),
    ("PUT /_security/api_key", {"name": "_x"}, UNDERSCORE),
    ("PUT /_security/api_key", {}, "Required [name]"),
    ("DELETE /_security/api_key", {"ids": ["x"], "name": "y"}, "Validation Failed: 1: only one of [api key id(s), api key name] can be specified;"),
    ("POST /_security/service/elastic/nope/credential/token/t1", None, "service account [elastic/nope] does not exist"),
]


@pytest.mark.parametrize(("line", "body", "reason"), WRONG)
def test_wrong_requests_are_refused_with_the_words_of_the_engine(raw: Callable[..., Any], line: str, body: Any, reason: str) -> None:
    answer = raw("8.19.21", security=True)(line, None if body is None else json.dumps(body), ELASTIC)
    assert answer.status in (400, 404)
    assert json.loads(answer.body)["error"]["reason"] == reason


def test_a_granted_key_acts_for_the_one_whose_password_was_told(raw: Callable[..., Any]) -> None:
    ask = raw("8.19.21", security=True)
    ask("PUT /_security/role/r", {"indices": [{"names": ["logs"], "privileges": ["read"]}]}, ELASTIC)
    ask("PUT /_security/user/bob", {"password": "secret1", "roles": ["r"]}, ELASTIC)
    grant = {"grant_type": "password", "username": "bob", "password": "secret1", "api_key": {"name": "k", "expiration": "1d"}}
    made = ask.json("POST /_security/api_key/grant", grant, ELASTIC)
    assert ask.json("GET /_security/_authenticate", None, {"authorization": f"ApiKey {made['encoded']}"})["username"] == "bob"
    wrong = ask("POST /_security/api_key/grant", {**grant, "password": "bad"}, ELASTIC)
    assert wrong.status == 403
    assert json.loads(wrong.body)["error"]["reason"] == "Failed to authenticate api key grant"


def test_a_key_is_changed_by_its_owner_alone(raw: Callable[..., Any]) -> None:
    ask = raw("8.19.21", security=True)
    made = ask.json("PUT /_security/api_key", {"name": "k"}, ELASTIC)
    narrow = {"role_descriptors": {"none": {"cluster": ["monitor"]}}, "metadata": {"v": 1}}
    assert ask.json(f"PUT /_security/api_key/{made['id']}", narrow, ELASTIC) == {"updated": True}
    assert ask.json(f"PUT /_security/api_key/{made['id']}", narrow, ELASTIC) == {"updated": False}
    key = {"authorization": f"ApiKey {made['encoded']}"}
    assert ask("PUT /logs", None, key).status == 403
    shown = ask.json(f"GET /_security/api_key?id={made['id']}&with_limited_by=true", None, ELASTIC)["api_keys"][0]
    assert shown["metadata"] == {"v": 1}
    assert list(shown["limited_by"][0]) == ["superuser"]
    several = ask.json("POST /_security/api_key/_bulk_update", {"ids": [made["id"], "x"], "metadata": {"v": 2}}, ELASTIC)
    assert several["updated"] == [made["id"]]
    assert several["errors"]["details"]["x"]["type"] == "resource_not_found_exception"


def test_a_service_account_comes_with_its_token(raw: Callable[..., Any]) -> None:
    ask = raw("8.19.21", security=True)
    path = "/_security/service/elastic/fleet-server/credential"
    made = ask.json(f"POST {path}/token/token1", None, ELASTIC)
    assert made["token"]["name"] == "token1"
    assert made["token"]["value"].startswith("AAEAAWVsYXN0aWMvZmxlZXQtc2VydmVyL3Rva2VuMT")
    bearer = {"authorization": f"Bearer {made['token']['value']}"}
    who = ask.json("GET /_security/_authenticate", None, bearer)
    assert (who["username"], who["token"], who["authentication_realm"]) == (
        "elastic/fleet-server",
        {"name": "token1", "type": "_service_account_index"},
        {"name": "_service_account", "type": "_service_account"},
    )
    assert ask("GET /_cluster/health", None, bearer).status == 200
    assert ask("GET /_security/user", None, bearer).status == 403
    assert ask.json(f"GET {path}", None, ELASTIC)["tokens"] == {"token1": {}}
    assert ask.json(f"DELETE {path}/token/token1", None, ELASTIC) == {"found": True}
    assert ask("GET /", None, bearer).status == 401
    assert ask(f"DELETE {path}/token/token1", None, ELASTIC).status == 404


def test_ones_own_password_only(raw: Callable[..., Any]) -> None:
    """Source: answers of 6.8.23 to users without manage_security."""
    ask = raw("7.10.2", security=True)
    for name in ("ann", "bob"):
        ask(f"PUT /_security/user/{name}", {"password": "secret1", "roles": []}, ELASTIC)
    bob = {"authorization": RECORDER.authorization("bob:secret1")}
    refused = ask("PUT /_security/user/ann/_password", {"password": "secret2"}, bob)
    assert refused.status == 403
    assert b"[cluster:admin/xpack/security/user/change_password] is unauthorized for user [bob]" in refused.body
    assert ask("PUT /_security/user/bob/_password", {"password": "secret2"}, bob).status == 200


def test_names_that_are_not_allowed_are_unavailable(raw: Callable[..., Any]) -> None:
    """Source: answers of 6.8.23."""
    ask = raw("7.10.2", security=True)
    for index in ("books", "secret"):
        ask(f"PUT /{index}/_doc/1?refresh", {"a": 1}, ELASTIC)
    ask("PUT /_security/role/r", {"indices": [{"names": ["b?oks"], "privileges": ["read"]}]}, ELASTIC)
    ask("PUT /_security/user/bob", {"password": "secret1", "roles": ["r"]}, ELASTIC)
    bob = {"authorization": RECORDER.authorization("bob:secret1")}
    assert ask("GET /books,secret/_count", None, bob).status == 403
    assert ask.json("GET /books,secret/_count?ignore_unavailable=true", None, bob)["count"] == 1
    assert ask.json("GET /secret/_count?ignore_unavailable=true", None, bob)["count"] == 0
    assert ask("GET /secret/_count?ignore_unavailable=true&allow_no_indices=false", None, bob).status == 404


CLONE = "POST /_security/api_key/clone"


@pytest.mark.unverified
@pytest.mark.parametrize(
    ("asked", "metadata", "days"),
    [
        ({}, {"v": 1}, 1),
        ({"expiration": None}, {"v": 1}, None),
        ({"name": "other", "expiration": "3d", "metadata": {"w": 2}}, {"w": 2}, 3),
        ({"metadata": {}}, {}, 1),
    ],
    ids=["as it is", "without end", "otherwise", "without metadata"],
)
def test_a_key_is_copied_for_who_shows_it(raw: Callable[..., Any], asked: Any, metadata: Any, days: int | None) -> None:
    """Source: the page of the clone API key API."""
    ask = raw("9.5.3", security=True, frozen_at_ms=0)
    roles = {"r": {"cluster": ["monitor"]}}
    key = ask.json("PUT /_security/api_key", {"name": "k", "expiration": "1d", "metadata": {"v": 1}, "role_descriptors": roles}, ELASTIC)
    copy = ask.json(CLONE, {"api_key": key["encoded"], **asked}, ELASTIC)
    assert (copy["name"], copy.get("expiration")) == (asked.get("name", "k"), None if days is None else days * 86_400_000)
    shown = ask.json(f"GET /_security/api_key?id={copy['id']}", None, ELASTIC)["api_keys"][0]
    assert (shown["username"], shown["metadata"]) == ("elastic", {**metadata, "_cloned_from": key["id"]})
    assert shown["role_descriptors"]["r"]["cluster"] == ["monitor"]
    header = {"authorization": f"ApiKey {copy['encoded']}"}
    assert ask("GET /_cluster/health", None, header).status == 200
    assert ask("PUT /logs", None, header).status == 403


@pytest.mark.unverified
@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({}, 400, "Validation Failed: 1: api_key is required;"),
        ({"api_key": "!"}, 400, "invalid API key credential: invalid ApiKey value"),
        ({"api_key": "YTpi"}, 403, "unable to find apikey with id a"),
        ({"api_key": "YTpi", "metadata": {"_cloned_from": "x"}}, 400, "Validation Failed: 1: API key metadata keys may not start with [_];"),
        ({"api_key": "YTpi", "name": " x"}, 400, "Validation Failed: 1: api key name may not begin or end with whitespace;"),
    ],
)
def test_what_cannot_be_copied(raw: Callable[..., Any], body: Any, status: int, reason: str) -> None:
    answer = raw("9.5.3", security=True)(CLONE, body, ELASTIC)
    assert (answer.status, json.loads(answer.body)["error"]["reason"]) == (status, reason)


def test_a_kept_template_is_the_query_of_a_role(raw: Callable[..., Any]) -> None:
    """Source: the page of document level security: templates may be kept."""
    ask = raw("8.19.21", security=True)
    for number, owner in enumerate(("bob", "eve", "bob")):
        ask(f"PUT /docs/_doc/{number}?refresh", {"owner": owner}, ELASTIC)
    ask("PUT /_scripts/mine", {"script": {"lang": "mustache", "source": '{"term": {"owner.keyword": "{{_user.username}}"}}'}}, ELASTIC)
    for name, template in (("own", "mine"), ("lost", "gone")):
        grant = {"names": ["docs"], "privileges": ["read"], "query": {"template": {"id": template}}}
        ask(f"PUT /_security/role/{name}", {"indices": [grant]}, ELASTIC)
    ask("PUT /_security/user/bob", {"password": "secret1", "roles": ["own"]}, ELASTIC)
    ask("PUT /_security/user/eve", {"password": "secret1", "roles": ["lost"]}, ELASTIC)
    assert ask.json("GET /docs/_count", None, {"authorization": RECORDER.authorization("bob:secret1")})["count"] == 2
    lost = ask("GET /docs/_count", None, {"authorization": RECORDER.authorization("eve:secret1")})
    assert lost.status == 404
    assert b"unable to find script [gone] in cluster state" in lost.body


def test_a_key_for_a_workflow_is_for_nothing_else(raw: Callable[..., Any]) -> None:
    """Source: the makers' tests of search applications with such a key."""
    ask = raw("8.19.21", security=True)
    ask("PUT /books/_doc/1?refresh", {"title": "Dune"}, ELASTIC)
    template = {"script": {"source": {"query": {"match": {"title": "{{q}}"}}}, "params": {"q": "dune"}}}
    assert ask("PUT /_application/search_application/app", {"indices": ["books"], "template": template}, ELASTIC).status == 201
    role = {"indices": [{"names": ["*"], "privileges": ["read"]}], "restriction": {"workflows": ["search_application_query"]}}
    made = ask.json("POST /_security/api_key", {"name": "k", "role_descriptors": {"r": role}}, ELASTIC)
    key = {"authorization": f"ApiKey {made['encoded']}"}
    found = ask.json("GET /_application/search_application/app/_search", None, key)
    assert [hit["_id"] for hit in found["hits"]["hits"]] == ["1"]
    lines = {
        "GET /books/_search": "indices:data/read/search",
        "GET /_security/_authenticate": "cluster:admin/xpack/security/user/authenticate",
        f"GET /_security/api_key?id={made['id']}": "cluster:admin/xpack/security/api_key/get",
        "GET /_application/analytics": "cluster:admin/xpack/application/analytics/get",
    }
    for line, action in lines.items():
        answer = ask(line, None, key)
        error = json.loads(answer.body)["error"]
        assert (answer.status, error["type"]) == (403, "security_exception")
        assert error["reason"].startswith(f"action [{action}] is unauthorized for API key id [{made['id']}] of user [elastic]")
        restricted = {"type": "role_restriction_exception", "reason": "access restricted by workflow"}
        assert error["root_cause"] == [restricted]
        assert error["caused_by"] == restricted
