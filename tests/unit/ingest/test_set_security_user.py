"""The processor set_security_user. Source: its documentation page; what is marked is reasoned."""

from __future__ import annotations

import base64

import pytest

BOB = {"password": "secret-1", "roles": ["superuser"], "full_name": "Bob B", "email": "bob@example.com", "metadata": {"a": 1}}


def basic(name, password):
    return {"authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


ELASTIC, AS_BOB = basic("elastic", "changeme"), basic("bob", "secret-1")


@pytest.fixture(params=["7.10.2", "7.17.29", "8.19.21", "9.5.3"])
def ask(raw, request):
    asked = raw(request.param, security=True)
    assert asked("PUT /_security/user/bob", BOB, ELASTIC).status == 200
    asked("PUT /_ingest/pipeline/p", {"processors": [{"set_security_user": {"field": "user"}}]}, ELASTIC)
    return asked


def test_a_document_tells_who_sent_it(ask):
    assert ask("PUT /i/_doc/1?pipeline=p", {"a": 1}, AS_BOB).status == 201
    assert ask.json("GET /i/_doc/1", None, ELASTIC)["_source"]["user"] == {
        "username": "bob",
        "roles": ["superuser"],
        "full_name": "Bob B",
        "email": "bob@example.com",
        "metadata": {"a": 1},
        "realm": {"name": "default_native", "type": "native"},
        "authentication_type": "REALM",
    }


def test_bulks_and_simulations_tell_it_too(ask):
    ask("POST /_bulk?pipeline=p", '{"index":{"_index":"i","_id":"2"}}\n{"a":1}\n', AS_BOB)
    assert ask.json("GET /i/_doc/2", None, ELASTIC)["_source"]["user"]["username"] == "bob"
    found = ask.json("POST /_ingest/pipeline/p/_simulate", {"docs": [{"_source": {}}]}, AS_BOB)
    assert found["docs"][0]["doc"]["_source"]["user"]["username"] == "bob"


def test_a_reindex_tells_who_asked_for_it(ask):
    ask("PUT /i/_doc/1?refresh", {"a": 1}, ELASTIC)
    ask("POST /_reindex", {"source": {"index": "i"}, "dest": {"index": "j", "pipeline": "p"}}, AS_BOB)
    assert ask.json("GET /j/_doc/1", None, ELASTIC)["_source"]["user"]["username"] == "bob"


def test_chosen_properties_join_what_is_there(ask):
    chosen = {"field": "user", "properties": ["username", "EMAIL"]}
    ask("PUT /_ingest/pipeline/p", {"processors": [{"set_security_user": chosen}]}, ELASTIC)
    ask("PUT /i/_doc/1?pipeline=p", {"user": {"mine": 1}}, AS_BOB)
    found = ask.json("GET /i/_doc/1", None, ELASTIC)["_source"]["user"]
    assert found == {"mine": 1, "username": "bob", "email": "bob@example.com"}


def test_an_api_key_is_named(ask):
    key = ask.json("POST /_security/api_key", {"name": "k"}, AS_BOB)
    sent = base64.b64encode(f"{key['id']}:{key['api_key']}".encode()).decode()
    ask("PUT /i/_doc/1?pipeline=p", {"a": 1}, {"authorization": f"ApiKey {sent}"})
    found = ask.json("GET /i/_doc/1", None, ELASTIC)["_source"]["user"]
    assert found["api_key"] == {"id": key["id"], "name": "k"}
    assert (found["username"], found["authentication_type"]) == ("bob", "API_KEY")


@pytest.mark.unverified
def test_what_is_wrong_is_told(simulate):
    assert simulate("set_security_user", {}, {})["reason"] == "[field] required property is missing"
    wrong = simulate("set_security_user", {"field": "u", "properties": ["x"]}, {})["reason"]
    assert wrong == "[properties] Property value [x] is in valid"
    without = simulate("set_security_user", {"field": "u"}, {})
    assert without["type"] == "illegal_state_exception"
    assert without["reason"].startswith("Security (authentication) is not enabled on this cluster")
