"""Enrich policies and their processor. Source: the makers' YAML test, the documentation pages; what is marked is reasoned."""

from __future__ import annotations

import pytest

FIELDS = ["first_name", "last_name", "city", "zip", "state"]
USER = {"first_name": "Jo", "last_name": "Doe", "city": "New Orleans", "zip": 70116, "state": "LA"}
POLICY = {"match": {"indices": "users", "match_field": "email", "enrich_fields": FIELDS}}


@pytest.fixture(params=["7.10.2", "7.17.29", "8.19.21", "9.5.3"])
def ask(raw, request):
    asked = raw(request.param)
    asked("PUT /users/_doc/1?refresh", {"email": "jo@example.com", "web": "x", "county": "O", **USER})
    asked("PUT /users/_doc/2?refresh", {"email": "al@example.com", **USER, "first_name": "Al"})
    assert asked.json("PUT /_enrich/policy/users-policy", POLICY) == {"acknowledged": True}
    return asked


@pytest.fixture
def executed(ask):
    assert ask.json("PUT /_enrich/policy/users-policy/_execute") == {"status": {"phase": "COMPLETE"}}
    return ask


def pipeline(ask, **options):
    given = {"policy_name": "users-policy", "field": "email", "target_field": "user", **options}
    return ask("PUT /_ingest/pipeline/p", {"processors": [{"enrich": given}]})


def enriched(ask, document):
    ask("PUT /my/_doc/1?pipeline=p", document)
    return ask.json("GET /my/_doc/1")["_source"]


def test_policies_are_kept_and_shown(ask):
    match = {"name": "users-policy", "indices": ["users"], "match_field": "email", "enrich_fields": FIELDS}
    shown = {"policies": [{"config": {"match": match}}]}
    assert ask.json("GET /_enrich/policy/users-policy") == ask.json("GET /_enrich/policy") == shown
    assert ask.json("GET /_enrich/policy/other") == {"policies": []}
    assert ask.json("DELETE /_enrich/policy/users-policy") == {"acknowledged": True}
    assert ask.json("GET /_enrich/policy") == {"policies": []}


def test_documents_get_what_the_policy_found(executed):
    pipeline(executed)
    found = enriched(executed, {"email": "jo@example.com"})
    assert found == {"email": "jo@example.com", "user": {"email": "jo@example.com", **USER}}
    assert enriched(executed, {"email": "no@example.com"}) == {"email": "no@example.com"}


def test_sources_count_as_they_were_when_the_policy_was_executed(executed):
    pipeline(executed)
    executed("POST /users/_update/1?refresh", {"doc": {"city": "Rome"}})
    assert enriched(executed, {"email": "jo@example.com"})["user"]["city"] == "New Orleans"
    executed("PUT /_enrich/policy/users-policy/_execute")
    assert enriched(executed, {"email": "jo@example.com"})["user"]["city"] == "Rome"


def test_more_than_one_match_makes_an_array(executed):
    pipeline(executed, max_matches=2)
    found = enriched(executed, {"email": ["jo@example.com", "al@example.com"]})["user"]
    assert sorted(one["first_name"] for one in found) == ["Al", "Jo"]
    assert isinstance(enriched(executed, {"email": "jo@example.com"})["user"], list)


def test_what_is_there_may_be_kept(executed):
    pipeline(executed, override=False)
    assert enriched(executed, {"email": "jo@example.com", "user": {"own": 1}})["user"] == {"own": 1}
    pipeline(executed, override=True)
    assert enriched(executed, {"email": "jo@example.com", "user": {"own": 1}})["user"]["first_name"] == "Jo"


def test_a_missing_field(executed):
    pipeline(executed, ignore_missing=True)
    assert enriched(executed, {"a": 1}) == {"a": 1}
    pipeline(executed)
    refused = executed("PUT /my/_doc/2?pipeline=p", {"a": 1})
    assert refused.status == 400
    assert b"field [email] not present as part of path [email]" in refused.body


def test_names_may_be_templates(executed):
    pipeline(executed, field="{{which}}", target_field="t_{{which}}")
    assert enriched(executed, {"which": "email", "email": "al@example.com"})["t_email"]["first_name"] == "Al"


def test_a_policy_with_a_query_takes_what_it_finds(ask):
    narrow = {"match": {**POLICY["match"], "query": {"match": {"first_name": "Al"}}}}
    ask("PUT /_enrich/policy/narrow", narrow)
    ask("PUT /_enrich/policy/narrow/_execute")
    assert ask.json("GET /_enrich/policy/narrow")["policies"][0]["config"]["match"]["query"] == {"match": {"first_name": "Al"}}
    pipeline(ask, policy_name="narrow")
    assert "user" in enriched(ask, {"email": "al@example.com"})
    assert "user" not in enriched(ask, {"email": "jo@example.com"})


AREA = "POLYGON ((13.0 52.0, 14.0 52.0, 14.0 53.0, 13.0 53.0, 13.0 52.0))"


@pytest.fixture
def placed(ask):
    pytest.importorskip("shapely")
    ask("PUT /codes", {"mappings": {"properties": {"location": {"type": "geo_shape"}, "code": {"type": "keyword"}}}})
    ask("PUT /codes/_doc/1?refresh", {"location": AREA, "code": "10115"})
    geo = {"geo_match": {"indices": "codes", "match_field": "location", "enrich_fields": ["code"]}}
    assert ask.json("PUT /_enrich/policy/postal", geo) == {"acknowledged": True}
    assert ask.json("PUT /_enrich/policy/postal/_execute") == {"status": {"phase": "COMPLETE"}}
    return ask


@pytest.mark.parametrize(
    "place",
    [
        "52.5,13.5",
        {"lat": 52.5, "lon": 13.5},
        [13.5, 52.5],
        "POINT (13.5 52.5)",
        ["10,10", "52.5,13.5"],
        {"type": "Point", "coordinates": [13.5, 52.5]},
    ],
)
def test_geo_policies_match_places_in_shapes(placed, place):
    pipeline(placed, policy_name="postal", field="at", target_field="geo")
    assert enriched(placed, {"at": place})["geo"] == {"location": AREA, "code": "10115"}


def test_a_geo_policy_matches_by_the_relation_asked_for(placed):
    pipeline(placed, policy_name="postal", field="at", target_field="geo", shape_relation="disjoint")
    assert "geo" in enriched(placed, {"at": "10,10"})
    assert "geo" not in enriched(placed, {"at": "52.5,13.5"})
    assert pipeline(placed, policy_name="postal", field="at", target_field="geo", shape_relation="near").status == 500


@pytest.mark.parametrize("version", ["7.17.29", "9.5.3"])
def test_range_policies_match_values_in_ranges(raw, version):
    ask = raw(version)
    ask("PUT /networks", {"mappings": {"properties": {"range": {"type": "ip_range"}, "name": {"type": "keyword"}}}})
    ask("PUT /networks/_doc/1?refresh", {"range": "10.100.0.0/16", "name": "production"})
    ask("PUT /_enrich/policy/nets", {"range": {"indices": "networks", "match_field": "range", "enrich_fields": ["name"]}})
    assert ask.json("PUT /_enrich/policy/nets/_execute") == {"status": {"phase": "COMPLETE"}}
    pipeline(ask, policy_name="nets", field="ip", target_field="net")
    assert enriched(ask, {"ip": "10.100.34.1"})["net"] == {"range": "10.100.0.0/16", "name": "production"}
    assert "net" not in enriched(ask, {"ip": "10.101.34.1"})


def test_statistics_count_searches(executed):
    pipeline(executed)
    before = executed.json("GET /_enrich/_stats")
    assert before["executing_policies"] == []
    assert before["coordinator_stats"][0]["queue_size"] == before["coordinator_stats"][0]["remote_requests_current"] == 0
    for _ in range(2):
        enriched(executed, {"email": "jo@example.com"})
    after = executed.json("GET /_enrich/_stats")
    assert after["coordinator_stats"][0]["executed_searches_total"] == 1


def test_who_does_not_wait_is_told_a_task(ask):
    task = ask.json("PUT /_enrich/policy/users-policy/_execute?wait_for_completion=false")["task"]
    assert ask.json(f"GET /_tasks/{task}")["completed"] is True
    assert pipeline(ask).status == 200


def test_a_policy_in_use_cannot_be_deleted(executed):
    """Source: the answer of 8.x in the makers' issue about EnrichSecurityIT."""
    pipeline(executed)
    refused = executed.json("DELETE /_enrich/policy/users-policy")
    assert refused["status"] == 409
    reason = "Could not delete policy [users-policy] because a pipeline is referencing it [p]"
    assert refused["error"] == {
        "root_cause": [{"type": "status_exception", "reason": reason}],
        "type": "status_exception",
        "reason": reason,
    }
    executed("DELETE /_ingest/pipeline/p")
    assert executed.json("DELETE /_enrich/policy/users-policy") == {"acknowledged": True}
    assert executed.json("GET /_cat/indices/.enrich-*?format=json&expand_wildcards=all") == []


@pytest.mark.unverified
@pytest.mark.parametrize(
    ("request_line", "body", "status", "reason"),
    [
        ("PUT /_enrich/policy/users-policy", POLICY, 400, "policy [users-policy] already exists"),
        ("PUT /_enrich/policy/Up", POLICY, 400, "Invalid policy name [Up], must be lowercase"),
        ("PUT /_enrich/policy/x", {"match": {**POLICY["match"], "indices": "none"}}, 404, "no such index [none]"),
        ("DELETE /_enrich/policy/x", None, 404, "policy [x] not found"),
        ("PUT /_enrich/policy/x/_execute", None, 404, "policy [x] does not exist"),
    ],
)
def test_what_is_wrong_is_told(ask, request_line, body, status, reason):
    answer = ask.json(request_line, body)
    assert (answer["status"], answer["error"]["reason"]) == (status, reason)


@pytest.mark.unverified
def test_a_processor_needs_an_executed_policy_and_a_right_number(ask):
    assert b"no enrich index exists for policy with name [users-policy]" in pipeline(ask).body
    ask("PUT /_enrich/policy/users-policy/_execute")
    assert b"[max_matches] should be between 1 and 128" in pipeline(ask, max_matches=129).body
