"""Security where whoever holds the server acts: files of state, seeds, a data folder."""

import base64
import json

import pytest

from esmock.controls.refusal import ControlError
from esmock.seeds import SeedError
from esmock.server import Server
from esmock.wire import RawRequest


def ask(space, line, body=None, user=None):
    method, target = line.split(" ", 1)
    content = b"" if body is None else json.dumps(body).encode()
    headers = [("content-type", "application/json")] if content else []
    if user is not None:
        headers.append(("authorization", user if " " in user else f"Basic {base64.b64encode(user.encode()).decode()}"))
    answer = space.handle(RawRequest(method, target, headers, content))
    return answer.status, json.loads(answer.body or b"null")


def test_security_goes_into_the_file_and_comes_back():
    server = Server(version="8.19.21", security=True)
    server.clock.freeze(1_700_000_000_000)
    elastic = "elastic:changeme"
    role = {
        "cluster": ["monitor"],
        "indices": [{"names": ["l*"], "privileges": ["read"], "query": {"term": {"a": 1}}, "field_security": {"grant": ["a"]}}],
        "description": "d",
    }
    limits = {name: role[name] for name in ("cluster", "indices")}
    assert ask(server, "PUT /_security/role/r", role, user=elastic)[0] == 200
    assert ask(server, "PUT /_security/user/bob", {"password": "secret1", "roles": ["r"], "metadata": {"x": 1}}, user=elastic)[0] == 200
    assert ask(server, "PUT /logs", {"mappings": {"properties": {"a": {"type": "long"}}}}, user=elastic)[0] == 200
    for n in range(3):
        ask(server, f"PUT /logs/_doc/{n}?refresh", {"a": n, "b": n}, user=elastic)
    key = ask(server, "POST /_security/api_key", {"name": "k", "role_descriptors": {"r": limits}, "expiration": "1d"}, user=elastic)[1]
    service = ask(server, "POST /_security/service/elastic/kibana/credential/token/t", user=elastic)[1]["token"]["value"]
    ask(server, "PUT /_security/role_mapping/m", {"roles": ["r"], "enabled": True, "rules": {"field": {"username": "x"}}}, user=elastic)
    ask(server, "PUT /_security/privilege", {"app": {"read": {"actions": ["data:read/*"]}}}, user=elastic)
    login = {"grant_type": "password", "username": "bob", "password": "secret1"}
    profile = ask(server, "POST /_security/profile/_activate", login, user=elastic)[1]["uid"]
    ask(server, f"PUT /_security/profile/{profile}/_data", {"data": {"app": {"x": 1}}}, user=elastic)
    ask(server, "PUT /_security/settings", {"security": {"index.number_of_replicas": 2}}, user=elastic)
    ask(server, "PUT /_security/user/elastic/_password", {"password": "changed1"}, user=elastic)
    state = json.loads(json.dumps(server.export_state()))
    assert state["left_out"] == []
    assert "secret1" not in json.dumps(state)
    assert key["api_key"] not in json.dumps(state)

    other = Server(version="8.19.21", security=True)
    other.clock.freeze(1_700_000_000_000)
    other.import_state(state)
    elastic = "elastic:changed1"
    seen = (
        "GET /_security/role/r", "GET /_security/user/bob", "GET /_security/api_key?with_limited_by=true", "GET /_security/role_mapping",
        "GET /_security/privilege/app", f"GET /_security/profile/{profile}?data=*", "GET /_security/settings", "GET /logs",
    )  # fmt: skip
    for line in seen:
        assert ask(other, line, user=elastic) == ask(server, line, user=elastic), line
    hits = ask(other, "GET /logs/_search", user="bob:secret1")[1]["hits"]["hits"]
    assert [hit["_source"] for hit in hits] == [{"a": 1}]
    assert ask(other, "GET /_security/_authenticate", user="elastic:changeme")[0] == 401
    for given in (f"ApiKey {key['encoded']}", f"Bearer {service}"):
        assert ask(other, "GET /_security/_authenticate", user=given) == ask(server, "GET /_security/_authenticate", user=given)
    assert json.loads(json.dumps(other.export_state())) == state
    other.clock.advance(2 * 86_400_000)
    assert ask(other, "GET /_security/_authenticate", user=f"ApiKey {key['encoded']}")[0] == 401


def test_security_that_is_none_is_told():
    server = Server(version="8.19.21", security=True)
    with pytest.raises(ControlError, match="security: cannot be read"):
        server.import_state({**server.export_state(), "security": {"users": [{"username": "x"}]}})
    assert ask(server, "GET /", user="elastic:changeme")[0] == 200


def test_seeds_need_no_credentials_and_leave_users_alone():
    server = Server(version="8.19.21", security=True)
    ask(server, "PUT /_security/user/bob", {"password": "secret1", "roles": ["viewer"]}, user="elastic:changeme")
    server.seed({"books": [{"title": "Dune"}]})
    assert ask(server, "GET /books/_count", user="bob:secret1")[1]["count"] == 1
    with pytest.raises(SeedError):
        server.seed({"books": {"mappings": {"properties": {"a": {"type": "nope"}}}, "documents": []}}, {"Books": [{"a": 1}]})
    assert ask(server, "GET /books/_count", user="bob:secret1")[1]["count"] == 1
    ask(server, "PUT /_security/user/bob/_disable", user="elastic:changeme")
    assert ask(server, "GET /books/_count", user="bob:secret1")[0] == 401
    assert ask(server, "GET /books/_count")[0] == 401


def test_seeds_of_a_secured_server_outlive_it(tmp_path):
    server = Server(version="8.19.21", security=True)
    server.keep_in(tmp_path)
    server.seed({"books": [{"title": "Dune"}]})
    ask(server, "PUT /_security/user/bob", {"password": "secret1", "roles": ["viewer"]}, user="elastic:changeme")
    before = ask(server, "GET /books/_search", user="bob:secret1")[1]["hits"]
    server.close()
    assert {one.stat().st_mode & 0o077 for one in tmp_path.rglob("log-*")} == {0}
    again = Server(version="8.19.21", security=True)
    again.keep_in(tmp_path)
    assert ask(again, "GET /books/_search", user="bob:secret1")[1]["hits"] == before
    assert ask(again, "GET /books/_search")[0] == 401
    again.close()
