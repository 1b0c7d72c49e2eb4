"""With whose rights jobs are made and run. Source: recordings of 6.8.23 (I7, X3, X4); I8 by the published tests."""

import base64
import json

import pytest

READ = ["read", "view_index_metadata"]
FIELDS = {"the_field": {"type": "date"}, "v": {"type": "keyword"}}
JOB = {
    "index_pattern": "foo*",
    "rollup_index": "rollup",
    "cron": "* * * * * ?",
    "page_size": 10,
    "groups": {"date_histogram": {"field": "the_field", "interval": "1h"}},
}


def headers(user):
    return {"authorization": "Basic " + base64.b64encode(f"{user}:changeme".encode()).decode()}


@pytest.fixture
def secured(raw):
    """A cluster with security, two indices with documents, and ``user(name, cluster=..., indices=...)`` to make users."""
    ask = raw("7.10.2", security=True, frozen_at_ms=1_700_000_000_000)
    elastic = headers("elastic")
    ask("POST /_license/start_trial?acknowledge=true", None, elastic)
    for index, visibilities in (("foo", ["public", "private"]), ("foobar", ["public"])):
        ask(f"PUT /{index}", {"mappings": {"properties": FIELDS}}, elastic)
        for n, v in enumerate(visibilities):
            ask(f"PUT /{index}/_doc/{n}?refresh", {"the_field": 123, "v": v}, elastic)

    def user(name, indices):
        ask(f"PUT /_security/role/{name}", {"cluster": ["manage_rollup"], "indices": indices}, elastic)
        ask(f"PUT /_security/user/{name}", {"password": "changeme", "roles": [name]}, elastic)
        return headers(name)

    ask.user = user
    return ask


def put(ask, who, **changes):
    answer = ask("PUT /_rollup/job/j", JOB | changes, who)
    return answer.status, json.loads(answer.body)


@pytest.mark.parametrize(("query", "seen"), [(None, 2), ({"term": {"v": "public"}}, 1)], ids=["I7", "I8"])
def test_a_job_rolls_up_what_its_maker_may_see(secured, query, seen):
    source = {"names": ["foo"], "privileges": READ} | ({} if query is None else {"query": query})
    creator = secured.user("creator", [source, {"names": ["rollup*"], "privileges": ["all"]}])
    assert put(secured, creator) == (200, {"acknowledged": True})
    secured("POST /_rollup/job/j/_start", None, headers("elastic"))
    secured.server.clock.advance(seconds=1)
    (found,) = secured.json("GET /_rollup/job/j", None, creator)["jobs"]
    assert found["stats"]["documents_processed"] == seen
    secured("POST /_refresh", None, headers("elastic"))
    (hit,) = secured.json("GET /rollup/_search", None, headers("elastic"))["hits"]["hits"]
    assert hit["_source"]["the_field.date_histogram._count"] == seen


def test_x3_x4_a_source_that_may_not_be_looked_at(secured):
    refused = {"type": "security_exception", "reason": "action [indices:data/read/field_caps] is unauthorized for user [{}]"}
    nobody = secured.user("manage_r", [])
    creator = secured.user("creator", [{"names": ["foo"], "privileges": READ}, {"names": ["rollup*"], "privileges": ["all"]}])
    for who, name, changes in ((nobody, "manage_r", {}), (creator, "creator", {"index_pattern": "foobar"})):
        status, answer = put(secured, who, **changes)
        told = {**refused, "reason": refused["reason"].format(name)}
        assert (status, answer) == (403, {"error": {"root_cause": [told], **told}, "status": 403})
    assert secured("HEAD /rollup", None, headers("elastic")).status == 404


def test_x4_a_target_that_may_not_be_made(secured):
    creator = secured.user("creator", [{"names": ["foo"], "privileges": READ}, {"names": ["rollup*"], "privileges": ["all"]}])
    status, answer = put(secured, creator, rollup_index="other_index")
    assert (status, answer["error"]["reason"]) == (500, "Could not create index for rollup job [j]")
    assert answer["error"]["root_cause"] == [{"type": "runtime_exception", "reason": "Could not create index for rollup job [j]"}]
    cause = {"type": "security_exception", "reason": "action [indices:admin/create] is unauthorized for user [creator]"}
    assert answer["error"]["caused_by"] == cause
    assert secured("HEAD /other_index", None, headers("elastic")).status == 404
