"""Security as real servers answer it. Source: recordings of 8.19.21 and 7.17.29 (whose users are elastic and an anonymous one) and 6.8.23.

6.8.23 stands in for 7.10.2, which is recorded nowhere with security: what is known to differ is in ``six`` or listed; the set ``bodies``, right
and wrong bodies of every request, leaves out those that 7.x answers otherwise, and those with secrets made up. Relaxations: ``took``,
``index_uuid``, totals with or without their relation, ``indices`` of field capabilities.
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from esmock.http.receive import RawRequest
from tests.conformance.security.rules import Rules
from tests.scripts import recorder

FIXTURES = Path(__file__).parents[4] / "fixtures"
RECORDINGS = {
    # engine and set: the version that answers like it, roles of the anonymous user
    ("8.19.21", "security"): ("8.19.21", ("monitoring_user",)),
    ("6.8.23", "security"): ("7.10.2", ()),
    ("6.8.23", "security_admin"): ("7.10.2", ()),
    ("6.8.23", "security_bodies"): ("7.10.2", ()),
    ("6.8.23", "security_fields"): ("7.10.2", ()),
    ("6.8.23", "security_levels"): ("7.10.2", ()),
    ("6.8.23", "security_parts"): ("7.10.2", ()),
    ("7.17.29", "security_parts"): ("7.17.29", ("monitoring_user", "reporting_user")),
    ("7.17.29", "security_others"): ("7.17.29", ()),
    ("8.19.21", "security_others"): ("8.19.21", ()),
    ("8.19.21", "security_parts"): ("8.19.21", ("remote_monitoring_agent", "monitoring_user", "snapshot_user")),
}

DIFFERS = {
    "security": {
        # what 8.19.21 says for want of its security index
        ("8.19.21", "GET /_cluster/health", "ApiKey YWJjOmRlZg=="),
        # 7.x checks the privileges of a role
        ("6.8.23", "PUT /_security/role/bad", "elastic:changeme"),
        # 7.x words these otherwise, by its documentation and code of the time
        ("6.8.23", "DELETE /_security/oauth2/token", "elastic:changeme"),
        ("6.8.23", "GET /_security/privilege/_builtin", "elastic:changeme"),
        # node and cluster names of the recorded server
        ("6.8.23", "POST /_security/role/reader/_clear_cache", "elastic:changeme"),
    },
    "security_admin": {
        # 7.x knows role_templates, and names the mapping in its errors
        ("6.8.23", "PUT /_security/role_mapping/m2", "elastic:changeme"),
        # the order of a hash
        ("6.8.23", "GET /_security/user/_privileges", "ro1:secret1"),
    },
    "security_bodies": {
        # 7.x looks at what is excepted when a role is put
        ("6.8.23", "PUT /_security/role/t1", "elastic:changeme"),
    },
    "security_levels": {
        # 7.x refuses queries that are none, has other forms and words
        ("6.8.23", "PUT /_security/role/bad", "elastic:changeme"),
        ("6.8.23", "GET /docs/_source/2", "dls:secret1"),
        ("6.8.23", "GET /docs/_source/1", "fls:secret1"),
        # a missing value in a script is an error in 7.x
        ("6.8.23", "POST /docs/_search?size=0&filter_path=aggregations,error", "fls:secret1"),
    },
    "security_parts": {
        # 6.8.23 has five shards: sequence numbers, totals and what is visible to later requests; totals as numbers
        ("6.8.23", "POST /_bulk", "bob:secret1"),
        ("6.8.23", "POST /logs-1/_update_by_query", "bob:secret1"),
        ("6.8.23", "PUT /wo/_doc/9?op_type=create", "bob:secret1"),
        ("6.8.23", "PUT /wo/_doc/9", "bob:secret1"),
        ("6.8.23", "GET /_cat/count?h=count", "bob:secret1"),
        # 7.x has other actions
        ("6.8.23", "GET /_cat/indices?h=index&s=index", "bob:secret1"),
    },
    "security_others": {
        # nothing is there to look through: sizes and aggregations of nothing, what is not found
        ("7.17.29", "POST /_security/_query/api_key", "elastic:changeme"),
        ("8.19.21", "POST /_security/_query/api_key", "elastic:changeme"),
        ("8.19.21", "POST /_security/_query/user", "elastic:changeme"),
        ("8.19.21", "POST /_security/_query/role", "elastic:changeme"),
        ("8.19.21", "DELETE /_security/role", "elastic:changeme"),
        # a hash that is cut off
        ("7.17.29", "PUT /_security/user/joe", "elastic:changeme"),
    },
}


SIX = Rules("rules_of_6_8.toml")
RECORDER = recorder("security")


def normal(text: str) -> str:
    # 7.x names the indices of field capabilities
    text = text.replace('{"indices":["people"],"fields":', '{"fields":')
    text = re.sub(r'"total":\{"value":(\d+),"relation":"eq"\}', r'"total":\1', text)
    return re.sub(r'"index_uuid":"[^"]{22}"', '"index_uuid":"u"', re.sub(r'"took":\d+', '"took":0', text))


@pytest.mark.parametrize(("engine", "part"), RECORDINGS)
def test_answers_are_those_recorded(raw, engine, part):
    recorded = json.loads((FIXTURES / "recorded" / engine / f"{part}.json").read_text("utf-8"))["exchanges"]
    version, anonymous = RECORDINGS[engine, part]
    server = raw(version, security=True, anonymous_roles=anonymous, frozen_at_ms=int(time.time() * 1000)).server
    wrong, met = [], set()

    def read(text):
        return SIX.reworded(normal(text)) if engine == "6.8.23" else normal(text)

    for one in recorded:
        method, path, given, body = one["request"]
        headers = list(RECORDER.headers_of(path, given, body).items())
        answer = server.handle(RawRequest(method, path, headers, RECORDER.content_of(body)))
        challenges = [value for name, value in answer.headers if name == "WWW-Authenticate"]
        same = (answer.status, challenges, read(answer.body.decode())) == (one["status"], one["challenges"], read(one["answer"]))
        key = (engine, f"{method} {path}", given)
        if key in DIFFERS.get(part, ()):
            met.add((key, same))
        elif not same:
            wrong.append((key, one["status"], one["answer"], answer.status, answer.body))
    assert not wrong, "\n".join(map(str, wrong))
    listed = {key for key in DIFFERS.get(part, ()) if key[0] == engine}
    assert {key for key, same in met if not same} == listed, "a listed difference is gone"


def test_without_security_its_apis_say_how_to_get_it(raw):
    answer = raw("7.17.29")("GET /_security/user")
    assert answer.status == 501
    assert b"--security" in answer.body


def test_a_server_without_security_does_not_have_its_apis(raw):
    """Evidence: 8.19.21 with ``xpack.security.enabled: false``."""
    assert raw("8.19.21").json("GET /_security/user") == {
        "error": "Incorrect HTTP method for uri [/_security/user] and method [GET], allowed: [POST]",
        "status": 405,
    }
    assert raw("8.19.21").json("POST /_security/api_key", {}) == {
        "error": "no handler found for uri [/_security/api_key] and method [POST]"
    }


def test_a_key_acts_with_the_rights_of_its_roles_until_it_expires(raw):
    """Source: create API key page."""
    ask = raw("8.19.21", security=True, frozen_at_ms=0)
    basic = {"authorization": RECORDER.authorization("elastic:changeme")}
    ask("PUT /logs/_doc/1?refresh", {"a": 1}, basic)
    limited = {"reads": {"indices": [{"names": ["logs"], "privileges": ["read"]}]}}
    made = ask.json("POST /_security/api_key", {"name": "k", "expiration": "1h", "role_descriptors": limited}, basic)
    key = {"authorization": f"ApiKey {made['encoded']}"}
    assert ask("GET /logs/_search", None, key).status == 200
    refused = ask.json("PUT /logs/_doc/2", {"a": 2}, key)
    assert refused["error"]["reason"].startswith(
        f"action [indices:data/write/index] is unauthorized for API key id [{made['id']}] of user [elastic] on indices [logs]"
    )
    ask.server.clock.advance(seconds=3601)
    assert ask("GET /logs/_search", None, key).status == 401


def test_a_token_serves_until_it_is_invalidated(raw):
    """Source: get token page."""
    ask = raw("8.19.21", security=True)
    basic = {"authorization": RECORDER.authorization("elastic:changeme")}
    made = ask.json("POST /_security/oauth2/token", {"grant_type": "client_credentials"}, basic)
    bearer = {"authorization": f"Bearer {made['access_token']}"}
    assert ask.json("GET /_security/_authenticate", None, bearer)["username"] == "elastic"
    gone = ask.json("DELETE /_security/oauth2/token", {"token": made["access_token"]}, basic)
    assert gone["invalidated_tokens"] == 1
    assert ask("GET /", None, bearer).status == 401


@pytest.mark.parametrize(("privilege", "status"), [("manage_rollup", 200), ("manage", 200), ("monitor", 403)])
def test_stopping_a_rollup_job_takes_one_of_two_privileges(raw, privilege, status):
    """Source: the stop rollup job page names manage and manage_rollup."""
    ask = raw("7.10.2", security=True)
    basic = {"authorization": RECORDER.authorization("elastic:changeme")}
    config = {
        "index_pattern": "s-*", "rollup_index": "r", "cron": "*/30 * * * * ?", "page_size": 10,
        "groups": {"date_histogram": {"field": "t", "fixed_interval": "1h"}},
    }  # fmt: skip
    ask("PUT /s-1", {"mappings": {"properties": {"t": {"type": "date"}}}}, basic)
    assert ask("PUT /_rollup/job/sensor", config, basic).status == 200
    ask("PUT /_security/role/r", {"cluster": [privilege]}, basic)
    ask("PUT /_security/user/bob", {"password": "secret1", "roles": ["r"]}, basic)
    bob = {"authorization": RECORDER.authorization("bob:secret1")}
    assert ask("POST /_rollup/job/sensor/_stop", None, bob).status == status


def test_listing_sees_only_what_a_user_may_read(raw):
    """Source: recordings of 6.8.23 with wildcards."""
    ask = raw("9.5.3", security=True)
    basic = {"authorization": RECORDER.authorization("elastic:changeme")}
    for index in ("logs-1", "logs-2", "other"):
        ask(f"PUT /{index}/_doc/1?refresh", {"a": 1}, basic)
    ask("PUT /_security/role/r", {"indices": [{"names": ["logs-*"], "privileges": ["read"]}]}, basic)
    ask("PUT /_security/user/bob", {"password": "secret1", "roles": ["r"]}, basic)
    bob = {"authorization": RECORDER.authorization("bob:secret1")}
    found = ask.json("GET /_search", None, bob)["hits"]["hits"]
    assert {hit["_index"] for hit in found} == {"logs-1", "logs-2"}
    assert [hit["_index"] for hit in ask.json("GET /*,-logs-2/_search", None, bob)["hits"]["hits"]] == ["logs-1"]


def test_documents_and_fields_of_an_alias_or_another_version(raw):
    """Source: recordings of 6.8.23, document and field level security."""
    ask = raw("9.5.3", security=True)
    basic = {"authorization": RECORDER.authorization("elastic:changeme")}
    for number, dept in enumerate(("it", "hr", "it")):
        ask(f"PUT /docs/_doc/{number}?refresh", {"dept": dept, "pay": number}, basic)
    ask("PUT /docs/_alias/people", None, basic)
    grant = {"names": ["people"], "privileges": ["read"], "query": {"match": {"dept": "it"}}, "field_security": {"grant": ["dept"]}}
    ask("PUT /_security/role/r", {"indices": [grant]}, basic)
    ask("PUT /_security/user/bob", {"password": "secret1", "roles": ["r"]}, basic)
    bob = {"authorization": RECORDER.authorization("bob:secret1")}
    hits = ask.json("GET /people/_search", None, bob)["hits"]["hits"]
    assert [(hit["_id"], hit["_source"]) for hit in hits] == [("0", {"dept": "it"}), ("2", {"dept": "it"})]
    assert ask.json("GET /people/_doc/0", None, bob)["_source"] == {"dept": "it"}
    assert ask("GET /people/_doc/1", None, bob).status == 404
    assert ask.json("GET /people/_search?q=pay:2", None, bob)["hits"]["total"]["value"] == 0
    assert ask.json("GET /docs/_search", None, basic)["hits"]["total"]["value"] == 3
    assert ask("GET /people/_mapping", None, bob).status == 403
