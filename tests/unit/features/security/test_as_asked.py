"""Single answers of real servers that the comparison over users and roles made at random has found, each in the smallest form.

Source: 6.8.23 (standing in for 7.10.2), 7.10.2, 7.17.29 and 8.19.21, asked by ``tests/conformance/security/compare.py`` and by hand.
"""

from __future__ import annotations

import base64
import json

import pytest

from esmock.http.receive import RawRequest

ROOT = "elastic:changeme"
NESTED = {"properties": {"k": {"type": "keyword"}, "ne": {"type": "nested", "properties": {"a": {"type": "keyword"}}}}}
READ_K = {"indices": [{"names": ["nn"], "privileges": ["read"], "field_security": {"grant": ["k"]}}]}


class Asking:
    """A server with security on, and users of roles."""

    def __init__(self, server):
        self._server = server

    def __call__(self, sent, body=None, sender=ROOT):
        method, path = sent.split(" ")
        given = sender if " " in sender else "Basic " + base64.b64encode(sender.encode()).decode()
        headers = [("authorization", given), ("content-type", "application/json")]
        answer = self._server.handle(RawRequest(method, path, headers, b"" if body is None else json.dumps(body).encode()))
        return answer.status, answer.body.decode()

    def user(self, name, role):
        assert self("PUT /_security/role/" + name, role)[0] == 200
        assert self("PUT /_security/user/" + name, {"password": "secret1", "roles": [name]})[0] == 200
        return name + ":secret1"

    def reason(self, *sent):
        status, text = self(*sent)
        return status, json.loads(text)["error"]["reason"]


@pytest.fixture
def asking(raw):
    return lambda version: Asking(raw(version, security=True).server)


def _nested(ask):
    ask("PUT /nn", {"mappings": NESTED})
    ask("PUT /nn/_doc/1?refresh", {"k": "a", "ne": [{"a": "x"}, {"a": "y"}]})
    return ask.user("fl", READ_K)


@pytest.mark.parametrize("version", ["7.10.2", "7.17.29", "8.19.21"])
def test_nested_objects_are_there_without_the_fields_that_are_kept_back(asking, version):
    ask = asking(version)
    who = _nested(ask)

    def total(query):
        body = {"query": {"nested": {"path": "ne", "query": query}}}
        return json.loads(ask("POST /nn/_search?rest_total_hits_as_int=true", body, who)[1])["hits"]["total"]

    assert total({"match_all": {}}) == 1
    assert total({"bool": {"must_not": {"term": {"ne.a": "x"}}}}) == 1
    assert total({"term": {"ne.a": "x"}}) == 0
    assert total({"exists": {"field": "ne.a"}}) == 0


@pytest.mark.parametrize(
    ("version", "reason"),
    [("7.10.2", "extracted source isn't an object or an array"), ("7.17.29", "Couldn't find nested source for path ne")],
)
def test_inner_hits_whose_source_is_kept_back_fail(asking, version, reason):
    ask = asking(version)
    body = {"query": {"nested": {"path": "ne", "query": {"match_all": {}}, "inner_hits": {}}}}
    status, text = ask("POST /nn/_search", body, _nested(ask))
    assert (status, json.loads(text)["error"]["root_cause"]) == (500, [{"type": "illegal_state_exception", "reason": reason}])


@pytest.mark.parametrize("version", ["7.10.2", "7.17.29", "8.19.21"])
def test_what_is_excepted_must_be_granted_before(asking, version):
    ask = asking(version)

    def put(grant, *excepted):
        fields = {"grant": grant, "except": list(excepted)}
        return ask("PUT /_security/role/zz", {"indices": [{"names": ["a"], "privileges": ["read"], "field_security": fields}]})

    reason = "Exceptions for field permissions must be a subset of the granted fields but a.b,d,e* is not a subset of a*,c"
    whole = f"failed to parse indices privileges for role [zz] - {reason}"
    cause = {"type": "security_exception", "reason": reason}
    error = {"root_cause": [cause], "type": "parse_exception", "reason": whole, "caused_by": cause}
    assert put(["a*", "c"], "a.b", "d", "e*") == (400, json.dumps({"error": error, "status": 400}, separators=(",", ":")))
    assert put(["/a.*/"], "/ab.*/")[0] == 200
    assert put(["a"], "_id")[0] == 200
    assert put([], "d")[0] == 400


def test_the_privileges_of_a_user_do_not_tell_of_grants_of_no_fields(asking):
    entries = [
        {"names": ["a"], "privileges": ["read"], "field_security": {"grant": []}},
        {"names": ["b"], "privileges": ["none"]},
    ]
    for version in ("7.17.29", "8.19.21"):
        ask = asking(version)
        who = ask.user("one", {"indices": entries})
        told = [(one["names"], one["privileges"]) for one in json.loads(ask("GET /_security/user/_privileges", None, who)[1])["indices"]]
        assert told == [(["a"], ["read"]), (["b"], ["none"])]
        assert "field_security" not in ask("GET /_security/user/_privileges", None, who)[1]


@pytest.mark.parametrize("version", ["7.10.2", "7.17.29", "8.19.21"])
@pytest.mark.parametrize(("privileges", "status"), [(["none", "all"], 403), (["all", "none"], 201), (["none", "write", "all"], 403)])
def test_a_single_grant_that_begins_with_none_is_none(asking, version, privileges, status):
    ask = asking(version)
    grant = {"names": ["nz*"], "privileges": privileges}
    who = ask.user("one", {"indices": [grant]})
    assert ask("PUT /nz1/_doc/1", {}, who)[0] == status
    assert bool(json.loads(ask("GET /_security/user/_privileges", None, who)[1])["indices"]) == (status == 201)
    other = ask.user("two", {"indices": [grant, {"names": ["other"], "privileges": ["read"]}]})
    assert ask("PUT /nz2/_doc/1", {}, other)[0] == 201


@pytest.mark.parametrize("version", ["7.10.2", "7.17.29"])
def test_a_search_template_is_an_action_of_its_own(asking, version):
    ask = asking(version)
    ask("PUT /ro")
    who = ask.user("one", {"cluster": ["monitor"]})
    status, reason = ask.reason("POST /ro/_search/template", {"source": {}}, who)
    assert status == 403
    assert reason.startswith("action [indices:data/read/search/template] is unauthorized for user [one]")
    assert " on indices " not in reason


@pytest.mark.parametrize("version", ["7.17.29", "8.19.21"])
def test_an_update_makes_its_index_by_the_plain_action(asking, version):
    ask = asking(version)
    who = ask.user("one", {"indices": [{"names": ["*"], "privileges": ["write"]}]})
    body = {"doc": {"k": "a"}}
    assert ask.reason("POST /nope/_update/1", body, who)[1].startswith("action [indices:admin/create] is unauthorized for user [one]")
    assert ask.reason("PUT /nope/_doc/1", body, who)[1].startswith("action [indices:admin/auto_create] is unauthorized")


def test_who_may_monitor_reads_templates_from_7_17_on(asking):
    answers = {}
    for version in ("7.10.2", "7.17.29"):
        ask = asking(version)
        ask("PUT /_template/one", {"index_patterns": ["x*"]})
        who = ask.user("mon", {"cluster": ["monitor"]})
        asked = {"cluster": ["monitor", "manage_saml"]}
        answers[version] = ask("GET /_template/one", None, who)[0], json.loads(ask("POST /_security/user/_has_privileges", asked, who)[1])["cluster"]
    assert answers == {
        "7.10.2": (403, {"manage_saml": False, "monitor": True}), "7.17.29": (200, {"manage_saml": False, "monitor": True}),
    }  # fmt: skip


def test_patterns_are_within_others_by_what_they_mean(asking):
    ask = asking("8.19.21")
    who = ask.user("one", {"indices": [{"names": ["logs-*", "/(ro|sec.*)/"], "privileges": ["read"]}]})
    names = ["/logs-[12]/", "/s.+t/", "se?*", "ro", "*"]
    told = json.loads(ask("POST /_security/user/_has_privileges", {"index": [{"names": names, "privileges": ["read"]}]}, who)[1])["index"]
    held = {"/logs-[12]/": True, "/s.+t/": False, "se?*": False, "ro": True, "*": False}
    assert told == {name: {"read": held[name]} for name in sorted(names)}


@pytest.mark.parametrize("version", ["7.10.2", "7.17.29", "8.19.21"])
def test_settings_of_closed_indices_are_told_by_name_only(asking, version):
    ask = asking(version)
    for index in ("shut", "open"):
        ask(f"PUT /{index}")
    ask("POST /shut/_close")
    shown = {path: sorted(json.loads(ask(f"GET /{path}_settings")[1])) for path in ("", "*/", "s*/", "shut/")}
    assert shown == {"": ["open"], "*/": ["open"], "s*/": [], "shut/": ["shut"]}


def test_a_closed_index_cannot_be_validated_or_asked_for_fields(asking):
    blocked = "index [shut] blocked by: [FORBIDDEN/4/index closed];"
    for version in ("7.10.2", "7.17.29"):
        ask = asking(version)
        ask("PUT /shut")
        ask("POST /shut/_close")
        assert json.loads(ask("GET /shut/_validate/query")[1])["explanations"] == [{"valid": False, "error": blocked}]
        status, text = ask("GET /shut/_field_caps?fields=*")
        if version == "7.10.2":
            assert (status, text) == (200, '{"indices":[],"fields":{}}')
        else:
            assert (status, json.loads(text)["error"]["reason"]) == (403, blocked)


@pytest.mark.parametrize("version", ["7.10.2", "8.19.21"])
def test_an_index_without_a_mapping_is_sorted_by_no_field(asking, version):
    ask = asking(version)
    ask("PUT /bare")
    status, text = ask("POST /bare/_search", {"sort": ["_index"]})
    assert (status, json.loads(text)["error"]["root_cause"][0]["reason"]) == (400, "No mapping found for [_index] in order to sort on")
    assert ask("POST /bare/_search", {"sort": ["_doc", "_score"]})[0] == 200
    ask("PUT /bare/_doc/1?refresh", {})
    assert ask("POST /bare/_search", {"sort": ["_index"]})[0] == 200


@pytest.mark.parametrize("version", ["7.10.2", "7.17.29"])
def test_all_totals_of_hits_are_numbers_where_that_is_asked_for(asking, version):
    ask = asking(version)
    _nested(ask)
    body = {
        "query": {"nested": {"path": "ne", "query": {"match_all": {}}, "inner_hits": {}}},
        "aggs": {"f": {"filter": {"match_all": {}}, "aggs": {"t": {"top_hits": {}}}}},
    }
    found = json.loads(ask("POST /nn/_search?rest_total_hits_as_int=true", body)[1])
    assert found["hits"]["hits"][0]["inner_hits"]["ne"]["hits"]["total"] == 2
    assert found["aggregations"]["f"]["t"]["hits"]["total"] == 1
    plain = json.loads(ask("POST /nn/_search", body)[1])
    assert plain["aggregations"]["f"]["t"]["hits"]["total"] == {"value": 1, "relation": "eq"}


def test_privileges_of_an_application_on_the_same_resources_are_one(asking):
    """Source: 6.8.23. A name of which nothing is known is had by who has it alone."""
    ask = asking("7.10.2")
    entries = [{"application": "myapp", "privileges": [one], "resources": ["*"]} for one in ("read", "data:read/*")]
    ask.user("one", {"applications": entries[:1]})
    ask("PUT /_security/role/two", {"applications": entries[1:]})
    asked = {"application": [{"application": "myapp", "privileges": ["read", "data:read/x"], "resources": ["a/1"]}]}

    def had(*roles):
        ask("PUT /_security/user/one", {"password": "secret1", "roles": list(roles)})
        return json.loads(ask("POST /_security/user/_has_privileges", asked, "one:secret1")[1])["application"]["myapp"]["a/1"]

    assert had("one") == {"read": True, "data:read/x": False}
    assert had("one", "two") == {"read": False, "data:read/x": True}
    told = json.loads(ask("GET /_security/user/_privileges", None, "one:secret1")[1])["applications"]
    assert told == [{"application": "myapp", "privileges": ["data:read/*", "read"], "resources": ["*"]}]
    ask("PUT /_security/privilege", {"myapp": {"read": {"actions": ["data:read/*"]}}})
    assert had("one", "two") == {"read": True, "data:read/x": True}


def _token_of_a_key(ask):
    """The header of a token that a key of the superuser, which may little, asked for."""
    roles = {"x": {"cluster": ["manage_token", "monitor"], "indices": [{"names": ["logs"], "privileges": ["read"]}]}}
    key = json.loads(ask("POST /_security/api_key", {"name": "one", "role_descriptors": roles})[1])
    header = "ApiKey " + base64.b64encode(f"{key['id']}:{key['api_key']}".encode()).decode()
    status, text = ask("POST /_security/oauth2/token", {"grant_type": "client_credentials"}, header)
    assert status == 200
    return "Bearer " + json.loads(text)["access_token"]


def test_the_token_of_a_key_may_nothing(asking):
    """Source: 6.8.23."""
    ask = asking("7.10.2")
    ask("PUT /logs")
    bearer = _token_of_a_key(ask)
    told = json.loads(ask("GET /_security/_authenticate", None, bearer)[1])
    realm = {"name": "_es_api_key", "type": "_es_api_key"}
    assert (told["username"], told["roles"], told["authentication_realm"], told["lookup_realm"]) == ("elastic", [], realm, realm)
    for path in ("/_cat/health", "/logs/_count", "/_security/role"):
        assert ask("GET " + path, None, bearer)[0] == 403


@pytest.mark.unverified
@pytest.mark.parametrize("version", ["7.17.29", "8.19.21"])
def test_the_token_of_a_key_may_what_the_key_may(asking, version):
    """Later versions look at the kind of the sender and not at that of his credentials."""
    ask = asking(version)
    for index in ("logs", "other"):
        ask("PUT /" + index)
    bearer = _token_of_a_key(ask)
    allowed = {path: ask("GET " + path, None, bearer)[0] for path in ("/_cat/health", "/logs/_count", "/other/_count", "/_security/role")}
    assert allowed == {"/_cat/health": 200, "/logs/_count": 200, "/other/_count": 403, "/_security/role": 403}


def test_a_search_goes_on_behind_an_index(asking):
    """Source: 7.10.2."""
    ask = asking("7.10.2")
    for index in ("logs-1", "logs-2"):
        for number in (1, 2, 3):
            ask(f"PUT /{index}/_doc/{number}?refresh", {})

    def found(names, sort, after):
        hits = json.loads(ask(f"POST /{names}/_search", {"sort": sort, "search_after": after, "size": 2})[1])["hits"]["hits"]
        return [f"{one['_index']}/{one['_id']}" for one in hits]

    assert found("logs-1", ["_index", "_id"], ["logs-1", "1"]) == ["logs-1/2", "logs-1/3"]
    assert found("logs-2", ["_index"], ["logs-1"]) == ["logs-2/1", "logs-2/2"]
    assert found("logs-*", ["_index", "_id"], ["logs-11", "1"]) == ["logs-2/1", "logs-2/2"]
    assert found("logs-*", [{"_index": "desc"}, "_id"], ["logs-2", "2"]) == ["logs-2/3", "logs-1/1"]
    assert found("logs-*", ["_index", "_id"], ["aaa", "1"]) == ["logs-1/1", "logs-1/2"]
    assert found("logs-1", ["_index"], ["logs-1"]) == []


def test_an_item_of_a_closed_index_is_like_nothing_from_7_17_on(asking):
    """Source: 7.10.2, 7.17.29, 8.19.21."""
    answers = {}
    for version in ("7.10.2", "7.17.29", "8.19.21"):
        ask = asking(version)
        ask("PUT /shut")
        ask("POST /shut/_close")
        ask("PUT /open", {"mappings": {"properties": {"t": {"type": "text"}}}})
        query = {"more_like_this": {"fields": ["t"], "like": [{"_index": "shut", "_id": "1"}], "min_term_freq": 1, "min_doc_freq": 1}}
        answers[version] = ask("POST /open/_search", {"query": query})[0]
    assert answers == {"7.10.2": 400, "7.17.29": 200, "8.19.21": 200}


ALL = {"cluster": ["all"], "indices": [{"names": ["*"], "privileges": ["all"]}]}


@pytest.mark.parametrize("version", ["7.10.2", "7.17.29", "8.19.21"])
def test_what_elasticsearch_keeps_for_itself_is_nobody_elses(asking, version):
    """Source: 6.8.23, 7.17.29 and 8.19.21: ``*`` is about all but such names, unless the grant says so."""
    ask = asking(version)
    ask("PUT /a")
    who = ask.user("aa", ALL)
    for sent in ("GET /.security", "GET /.security-7/_search", "GET /.security-7/_doc/1", "DELETE /.security-7", "GET /a,.security/_count"):
        assert ask(sent, None, who)[0] == 403, sent
    assert ask("PUT /.security-7/_doc/1", {}, who)[0] == 403
    assert ask("GET /.secu*/_count", None, who)[0] == 200
    assert ask("GET /a/_count", None, who)[0] == 200
    assert ask("GET /.security-x", None, who)[0] == 404
    assert ask("GET /.security")[0] == 404
    entry = {"names": ["*"], "privileges": ["all"], "allow_restricted_indices": True}
    assert ask("GET /.security-7", None, ask.user("rr", {"indices": [entry]}))[0] == 404


def test_items_of_a_bulk_are_asked_for_what_is_kept_back(asking):
    ask = asking("8.19.21")
    who = ask.user("aa", ALL)
    docs = {"docs": [{"_index": ".security-7", "_id": "1"}]}
    assert json.loads(ask("POST /_mget", docs, who)[1])["docs"][0]["error"]["type"] == "index_not_found_exception"
    body = {"source": {"index": "a"}, "dest": {"index": ".security-7"}}
    ask("PUT /a/_doc/1?refresh", {})
    assert "unauthorized" in ask("POST /_reindex", body, who)[1]


@pytest.mark.parametrize("version", ["7.10.2", "7.17.29", "8.19.21"])
def test_privileges_on_patterns_leave_out_what_is_kept_back(asking, version):
    """Source: 6.8.23, 7.17.29 and 8.19.21."""
    ask = asking(version)
    who = ask.user("aa", ALL)

    def had(names, sender, **more):
        body = {"index": [{"names": names, "privileges": ["read"], **more}]}
        told = json.loads(ask("POST /_security/user/_has_privileges", body, sender)[1])["index"]
        return {name: one["read"] for name, one in told.items()}

    assert had([".security", "*", ".sec*", "a"], who) == {".security": False, "*": True, ".sec*": True, "a": True}
    assert had(["*", ".s*", "a*"], who, allow_restricted_indices=True) == {"*": False, ".s*": False, "a*": True}
    assert had(["*", ".s*", ".security"], ROOT, allow_restricted_indices=True) == {"*": True, ".s*": True, ".security": True}


def test_grants_that_show_all_fields_together_keep_none_back(asking):
    """Source: 7.17.29: such a user sees a source as it was sent."""
    ask = asking("7.17.29")
    ask.user("but", {"indices": [{"names": ["ro"], "privileges": ["read"], "field_security": {"grant": ["*"], "except": ["n"]}}]})
    ask("PUT /_security/role/only", {"indices": [{"names": ["r*"], "privileges": ["read"], "field_security": {"grant": ["n"]}}]})
    ask("PUT /ro/_doc/1?refresh", {"z": 1, "n": 2, "a": 3})

    def source(*roles):
        ask("PUT /_security/user/but", {"password": "secret1", "roles": list(roles)})
        return list(json.loads(ask("GET /ro/_doc/1", None, "but:secret1")[1])["_source"].items())

    assert source("but", "only") == [("z", 1), ("n", 2), ("a", 3)]
    assert dict(source("but")) == {"z": 1, "a": 3}
    assert source("only") == [("n", 2)]


def test_an_index_made_with_aliases_is_told_without_them(asking):
    """Source: 8.19.21."""
    ask = asking("8.19.21")
    who = ask.user("one", {"indices": [{"names": ["new-*"], "privileges": ["create_index"]}]})
    status, reason = ask.reason("PUT /new-1", {"aliases": {"a2": {}}}, who)
    assert status == 403
    assert " on indices [new-1], this action is granted by the index privileges [manage,all]" in reason


def test_the_other_roles_of_a_superuser_count_from_8_on(asking):
    """Source: 7.17.29, 8.19.21."""
    told = {}
    for version in ("7.17.29", "8.19.21"):
        ask = asking(version)
        ask.user("one", {"cluster": ["manage_ml"], "indices": [{"names": ["a"], "privileges": ["read"]}]})
        ask("PUT /_security/user/one", {"password": "secret1", "roles": ["superuser", "one"]})
        found = json.loads(ask("GET /_security/user/_privileges", None, "one:secret1")[1])
        told[version] = found["cluster"], ["a"] in [one["names"] for one in found["indices"]]
    assert told == {"7.17.29": (["all"], False), "8.19.21": (["all", "manage_ml"], True)}
