"""Profiles, queries over keys, users and roles, roles by the dozen, keys for other clusters, given hashes, several grants of fields.

Source: the pages of these APIs, whose answers have the shape that is looked for; errors are recorded (``security_others``). Fields of several
roles: answers of 6.8.23.
"""

from __future__ import annotations

import json

import pytest

from tests.scripts import recorder

ONE = recorder("security")
ROOT = {"authorization": ONE.authorization("elastic:changeme")}


@pytest.fixture
def ask(raw):
    return raw("9.5.3", security=True, frozen_at_ms=1_700_000_000_000)


def _users(ask, **roles):
    for name, own in roles.items():
        ask(f"PUT /_security/user/{name}", {"password": "secret1", "roles": own, "full_name": f"{name.title()} Smith"}, ROOT)


def test_a_profile_is_made_found_changed_and_hidden(ask):
    _users(ask, ann=["viewer"], bob=["superuser"])
    uids = {}
    for name in ("ann", "bob"):
        body = {"grant_type": "password", "username": name, "password": "secret1"}
        made = ask.json("POST /_security/profile/_activate", body, ROOT)
        assert list(made) == ["uid", "enabled", "last_synchronized", "user", "labels", "data", "_doc"]
        assert list(made["user"]) == ["username", "roles", "realm_name", "full_name"]
        assert made["user"]["realm_name"] == "default_native"
        uids[name] = made["uid"]
    path = f"/_security/profile/{uids['ann']}"
    changes = {"labels": {"app": {"x": "y"}}, "data": {"app": {"theme": "dark", "size": 1}}}
    assert ask.json(f"PUT {path}/_data", changes, ROOT) == {"acknowledged": True}
    assert ask.json(f"GET {path}", None, ROOT)["profiles"][0]["data"] == {}
    assert ask.json(f"GET {path}?data=app.theme", None, ROOT)["profiles"][0]["data"] == {"app": {"theme": "dark"}}
    assert ask(f"PUT {path}/_data?if_seq_no=0&if_primary_term=1", {"data": {"app": 1}}, ROOT).status == 409
    suggested = ask.json("POST /_security/profile/_suggest", {"name": "smi", "hint": {"uids": [uids["bob"]]}}, ROOT)
    assert [one["user"]["username"] for one in suggested["profiles"]] == ["bob", "ann"]
    checked = {"uids": [*uids.values(), "u_none"], "privileges": {"cluster": ["manage_security"]}}
    assert ask.json("POST /_security/profile/_has_privileges", checked, ROOT)["has_privilege_uids"] == [uids["bob"]]
    assert ask.json(f"PUT {path}/_disable", None, ROOT) == {"acknowledged": True}
    assert ask.json("GET /_security/profile/_suggest", None, ROOT)["total"]["value"] == 1
    assert ask("PUT /_security/profile/u_none/_disable", None, ROOT).status == 404


def test_keys_are_queried_sorted_and_counted(ask):
    for number, name in enumerate(("red", "green", "blue")):
        ask("POST /_security/api_key", {"name": name, "metadata": {"n": number, "team": "a" if number else "b"}}, ROOT)
        ask.server.clock.advance(seconds=1)
    body = {"query": {"term": {"metadata.team": "a"}}, "sort": [{"creation": "desc"}], "size": 1, "aggs": {"t": {"terms": {"field": "username"}}}}
    found = ask.json("POST /_security/_query/api_key", body, ROOT)
    assert (found["total"], found["count"], found["api_keys"][0]["name"]) == (2, 1, "blue")
    assert len(found["api_keys"][0]["_sort"]) == 1
    assert found["aggregations"]["t"]["buckets"] == [{"key": "elastic", "doc_count": 2}]
    assert ask.json("POST /_security/_query/api_key", {"query": {"prefix": {"name": "gr"}}}, ROOT)["total"] == 1


def test_a_user_finds_his_own_keys_only(ask):
    ask("PUT /_security/role/own", {"cluster": ["manage_own_api_key"]}, ROOT)
    _users(ask, ann=["own"])
    ann = {"authorization": ONE.authorization("ann:secret1")}
    ask("POST /_security/api_key", {"name": "a"}, ROOT)
    ask("POST /_security/api_key", {"name": "b"}, ann)
    assert [one["name"] for one in ask.json("GET /_security/_query/api_key", None, ann)["api_keys"]] == ["b"]
    assert ask.json("GET /_security/_query/api_key", None, ROOT)["total"] == 2


def test_users_and_roles_are_queried(ask):
    _users(ask, ann=["viewer"], bob=["superuser", "viewer"])
    found = ask.json("POST /_security/_query/user", {"query": {"term": {"roles": "viewer"}}, "sort": [{"username": "desc"}]}, ROOT)
    assert [(one["username"], one["_sort"]) for one in found["users"]] == [("bob", ["bob"]), ("ann", ["ann"])]
    assert ask.json("POST /_security/_query/user", {"query": {"match": {"full_name": "ann"}}}, ROOT)["total"] == 1
    put = ask.json("POST /_security/role", {"roles": {"x": {"cluster": ["all"], "description": "all of it"}, "y": {}, "superuser": {}}}, ROOT)
    assert (put["created"], put["errors"]["count"]) == (["x", "y"], 1)
    assert ask.json("POST /_security/role", {"roles": {"x": {"cluster": ["monitor"]}, "y": {}}}, ROOT) == {"updated": ["x"], "noop": ["y"]}
    assert ask.json("POST /_security/_query/role", {"query": {"term": {"name": "y"}}}, ROOT)["roles"][0]["name"] == "y"
    assert ask.json("DELETE /_security/role", {"names": ["x", "z"]}, ROOT) == {"deleted": ["x"], "not_found": ["z"]}


def test_a_key_for_another_cluster_serves_no_requests(ask):
    access = {"search": [{"names": ["logs"]}], "replication": [{"names": ["archive"]}]}
    made = ask.json("POST /_security/cross_cluster/api_key", {"name": "c", "access": access}, ROOT)
    refused = ask.json("GET /", None, {"authorization": f"ApiKey {made['encoded']}"})
    told = refused["error"]["additional_unsuccessful_credentials"]
    assert told == f"API key: authentication expected API key type of [rest], but API key [{made['id']}] has type [cross_cluster]"
    shown = ask.json(f"GET /_security/api_key?id={made['id']}", None, ROOT)["api_keys"][0]
    assert (shown["type"], shown["access"]["search"]) == ("cross_cluster", [{"names": ["logs"], "allow_restricted_indices": False}])
    path = f"PUT /_security/cross_cluster/api_key/{made['id']}"
    assert ask.json(path, {"metadata": {"a": 1}}, ROOT) == {"updated": True}
    assert ask(f"PUT /_security/api_key/{made['id']}", {"metadata": {"a": 2}}, ROOT).status == 400


@pytest.mark.parametrize(
    "given",
    [
        # made with the bcrypt library, and by PBKDF2 with HMAC-SHA512
        "$2a$04$abcdefghijklmnopqrstuuCHf7DUmNUvMBdGje9JveOQe49tH5xFK",
        "{PBKDF2}1000$c2FsdHNhbHRzYWx0c2FsdA==$1CW9VjDyZrrUDu461UoUvupNfBb6cPlHzcnMCwPCn3Y=",
    ],
    ids=["bcrypt", "pbkdf2"],
)
def test_a_password_is_given_by_its_hash(ask, given):
    if given.startswith("$2a"):
        pytest.importorskip("bcrypt")
    assert ask("PUT /_security/user/ann", {"password_hash": given, "roles": []}, ROOT).status == 200
    good, bad = ({"authorization": ONE.authorization(f"ann:{word}")} for word in ("secret1", "secret2"))
    assert ask("GET /_security/_authenticate", None, good).status == 200
    assert ask("GET /_security/_authenticate", None, bad).status == 401


FIELDS = {
    "a": {"grant": ["a"]},
    "b": {"grant": ["b"]},
    "no a": {"grant": ["*"], "except": ["a", "o.x"]},
    "no b": {"grant": ["*"], "except": ["b", "o.*"]},
    "o": {"grant": ["o.*"], "except": ["o.x"]},
}
TOGETHER = [
    (("a", "b"), {"a": 1, "b": 2}),
    (("a", "no a"), {"a": 1, "b": 2, "c": 3, "o": {"y": 2}}),
    (("a", "no b"), {"a": 1, "c": 3}),
    (("a", "o"), {"a": 1, "o": {"y": 2}}),
    (("no a", "no b"), {"a": 1, "b": 2, "c": 3, "o": {"y": 2}}),
    (("no b", "o"), {"a": 1, "c": 3, "o": {"y": 2}}),
]


@pytest.mark.parametrize(("names", "shown"), TOGETHER)
def test_several_roles_show_what_any_of_them_shows(ask, names, shown):
    """Source: answers of 6.8.23."""
    ask("PUT /fl/_doc/1?refresh", {"a": 1, "b": 2, "c": 3, "o": {"x": 1, "y": 2}}, ROOT)
    for name in names:
        grant = {"names": ["fl"], "privileges": ["read"], "field_security": FIELDS[name]}
        ask(f"PUT /_security/role/{name.replace(' ', '_')}", {"indices": [grant]}, ROOT)
    _users(ask, ann=[name.replace(" ", "_") for name in names])
    ann = {"authorization": ONE.authorization("ann:secret1")}
    assert json.loads(ask("GET /fl/_source/1", None, ann).body) == shown


def test_a_role_query_may_be_a_template(ask):
    """Source: answers of 6.8.23."""
    for number, dept in enumerate(("it", "hr")):
        ask(f"PUT /lk/_doc/{number}?refresh", {"d": dept}, ROOT)
    sources = {"meta": {"term": {"d": "{{_user.metadata.dept}}"}}, "roles": '{"terms":{"d.keyword":{{#toJson}}_user.roles{{/toJson}}}}'}
    for name, source in sources.items():
        grant = {"names": ["lk"], "privileges": ["read"], "query": {"template": {"source": source}}}
        ask(f"PUT /_security/role/{name}", {"indices": [grant]}, ROOT)
    ask("PUT /_security/user/ann", {"password": "secret1", "roles": ["meta"], "metadata": {"dept": "hr"}}, ROOT)
    ask("PUT /_security/user/bob", {"password": "secret1", "roles": ["roles", "it"]}, ROOT)
    for name, doc_id in (("ann", "1"), ("bob", "0")):
        found = ask.json("GET /lk/_search", None, {"authorization": ONE.authorization(f"{name}:secret1")})
        assert [hit["_id"] for hit in found["hits"]["hits"]] == [doc_id]


def test_settings_of_indices_that_are_not_there_yet(ask):
    path, body = "/_security/settings", {"security": {"index.number_of_replicas": 0}}
    assert ask(f"PUT {path}", body, ROOT).status == 400
    _users(ask, ann=[])
    assert ask.json(f"PUT {path}", body, ROOT) == {"acknowledged": True}
    assert ask.json(f"GET {path}", None, ROOT)["security"]["index"]["number_of_replicas"] == "0"


def test_settings_of_the_indices_behind_security(ask):
    """Source: the makers' test ``security/settings/10_update_security_settings``."""
    _users(ask, joe=["superuser"])
    given = {"grant_type": "password", "username": "joe", "password": "secret1"}
    assert ask("POST /_security/profile/_activate", given, ROOT).status == 200
    assert ask("POST /_security/oauth2/token", given, ROOT).status == 200
    names = ("security", "security-tokens", "security-profile")

    def told(setting):
        found = ask.json("GET /_security/settings", None, ROOT)
        return [found[name]["index"].get(setting) for name in names]

    assert told("number_of_replicas") == ["0"] * 3
    assert told("auto_expand_replicas") == ["0-1"] * 3
    ask("PUT /_security/settings", {name: {"index.auto_expand_replicas": "0-all"} for name in names}, ROOT)
    assert told("auto_expand_replicas") == ["0-all"] * 3
    ask("PUT /_security/settings", {name: {"index.auto_expand_replicas": None, "index.number_of_replicas": 1} for name in names}, ROOT)
    assert told("auto_expand_replicas") == [None] * 3
    assert told("number_of_replicas") == ["1"] * 3
