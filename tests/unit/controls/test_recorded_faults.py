"""The bodies of faults, beside what real servers answered when they really were in that state.

Source: fixtures/recorded/{7.10.2,8.19.21}/faults.json and faults_no_master.json. What depends on the moment (numbers of bytes,
Java object ids, node ids) is masked on both sides.
"""

import json
import re
from pathlib import Path

import pytest

from esmock.server import Server
from esmock.wire import RawRequest

RECORDED = Path(__file__).parents[3] / "fixtures" / "recorded"
VERSIONS = ("7.10.2", "8.19.21")
MASKS = (
    (re.compile(r"@[0-9a-f]{6,8}\b"), "@OBJECT"),
    (re.compile(r"0x[0-9a-f]{16}"), "0xADDRESS"),
    (re.compile(r"Lambda\$\d+"), "Lambda$N"),
    (re.compile(r"original=.*?, creationTimeNanos"), "original=TASK, creationTimeNanos"),
    (re.compile(r"\d+(?:\.\d+)?(?:/\d+(?:\.\d+)?[kmg]?b|ms\b)"), "N"),
    (re.compile(r"(pool size|active threads|tasks|capacity|Nanos) = ?\d+"), r"\1 = N"),
    (re.compile(r'"(bytes_wanted|bytes_limit|took)":\d+'), r'"\1":0'),
    (re.compile(r"Timeout: \[\w+\]|waiting for \[\w+\]"), "Timeout: [T]"),
    (re.compile(r'(creationTimeNanos)=\d+'), r"\1=N"),
    (re.compile(r'"node":"[^"]+"'), '"node":"NODE"'),
    (re.compile(r'"_id": ?"[A-Za-z0-9_-]{20}"'), '"_id":"AUTO"'),
)


def masked(text):
    for pattern, into in MASKS:
        text = pattern.sub(into, text)
    return text


def cases(version, file="faults"):
    tree = json.loads((RECORDED / version / f"{file}.json").read_text("utf-8"))
    assert tree["version"] == version
    return {case["name"]: case for case in tree["cases"]}


def make(version):
    server = Server(version=version)
    shards = {"number_of_shards": 1, "number_of_replicas": 0}
    server.seed(
        {
            "books": {"settings": shards, "documents": [{"_id": "1", "title": "Dune"}]},
            "lost": {"settings": {**shards, "number_of_shards": 2}},
        }
    )
    return server


def ask(server, case):
    method, target = case["request"].split(" ", 1)
    body = case["body"]
    content = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    kind = "application/x-ndjson" if "_bulk" in target or "_msearch" in target else "application/json"
    answer = server.handle(RawRequest(method, target, [("content-type", kind)] if content else [], content))
    return answer.status, masked(answer.body.decode())


def check(server, case):
    assert ask(server, case) == (case["status"], masked(case["answer"]))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("what", ["index", "bulk", "mapping", "update", "delete"])
def test_flood_stage(version, what):
    server = make(version)
    with server.faults.flood_stage():
        check(server, cases(version)[f"flood stage: {what}"])
    assert server.handle(RawRequest("PUT", "/books/_doc/2", [("content-type", "application/json")], b"{}")).status == 201
    assert not server.cluster.indices["books"].has_blocks


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "what",
    ["get", "exists", "search", "count", "msearch", "search beside a healthy index", "count beside a healthy index",
     "no partial results", "index", "update"],
)  # fmt: skip
def test_no_shard(version, what):
    server = make(version)
    with server.faults.no_shard(index="lost") if "beside" not in what and "partial" not in what else nothing(server):
        check(server, cases(version)[f"no shard: {what}"])


def nothing(server):
    """Only one of the two indices that the request names is ill."""
    from esmock.controls.faults.shards import failing
    from esmock.errors import NoShardAvailableAction

    return failing(server.cluster, {("lost", number): NoShardAvailableAction(None) for number in (0, 1)})


@pytest.mark.parametrize("version", VERSIONS)
def test_no_shard_in_a_bulk(version):
    server = make(version)
    with server.faults.no_shard(index="lost"):
        case = cases(version)["no shard: bulk"]
        shown = re.compile(r"source\[(_na_|\{.*?\})\]")
        status, text = ask(server, case)
        assert (status, shown.sub("source[]", text)) == (200, shown.sub("source[]", masked(case["answer"]).replace('\\"', "'")))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("breaker", ["in_flight_requests", "parent"])
def test_breakers_before_a_request(version, breaker):
    server = make(version)
    case = cases(version)[{"in_flight_requests": "breaker: in flight", "parent": "breaker: parent"}[breaker]]
    with server.faults.circuit_breaker(breaker=breaker):
        status, text = ask(server, case)
    real_usage = re.compile(r"real usage: \[N\], new bytes reserved: \[N\], ")
    assert (status, real_usage.sub("", text)) == (case["status"], masked(case["answer"]))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("breaker", ["request", "fielddata"])
def test_breakers_within_a_search(version, breaker):
    server = make(version)
    case = cases(version)[f"breaker: {breaker}"]
    case = {**case, "request": case["request"].replace("cats", "books"), "body": {}}
    with server.faults.circuit_breaker(breaker=breaker):
        status, text = ask(server, case)
    label = re.compile(r"data for \[.*?\] would")
    wanted = masked(case["answer"]).replace("cats", "books")
    assert (status, label.sub("data for [X] would", text)) == (case["status"], label.sub("data for [X] would", wanted))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("what", ["index", "update"])
def test_full_queues_of_writes(version, what):
    server = make(version)
    with server.faults.queue_full():
        check(server, cases(version)[f"queue full: {what}"])


@pytest.mark.parametrize("version", VERSIONS)
def test_a_full_queue_in_a_bulk(version):
    case = cases(version)["queue full: bulk"]
    recorded = json.loads(case["answer"])
    rejected = next(item for item in recorded["items"] if "error" in item["index"])
    server = make(version)
    with server.faults.bulk_items(error="rejected", items=[1]):
        lines = '{"index":{"_index":"some"}}\n{"a":1}\n' * 3
        _, text = ask(server, {"request": "POST /some/_bulk", "body": lines})
    found = json.loads(text)
    assert list(found) == list(recorded)
    assert json.loads(masked(json.dumps(found["items"][1]))) == json.loads(masked(json.dumps(rejected)))
    assert [item["index"]["status"] for item in found["items"]] == [201, 429, 201]
    assert found["errors"] is True


def test_a_full_queue_of_searches():
    case = cases("7.10.2")["queue full: count"]
    server = make("7.10.2")
    with server.faults.queue_full():
        check(server, case)


@pytest.mark.parametrize("version", VERSIONS)
def test_partial_failures(version):
    case = cases(version)["queue full: partial"]
    recorded = json.loads(case["answer"])["_shards"]
    server = Server(version=version)
    server.seed({"some": {"settings": {"number_of_shards": 4}, "documents": [{"t": str(n)} for n in range(40)]}})
    failing = sorted({0, 1, 2, 3} - {3})
    with server.faults.shard_failures(shards=failing):
        status, text = ask(server, {"request": "GET /some/_search?size=0", "body": None})
    found = json.loads(text)
    assert status == 200
    assert {key: found["_shards"][key] for key in ("total", "successful", "skipped", "failed")} == {
        key: recorded[key] for key in ("total", "successful", "skipped", "failed")
    }
    assert list(found["_shards"]) == list(recorded)
    assert 0 < found["hits"]["total"]["value"] < 40
    one, other = found["_shards"]["failures"][0], recorded["failures"][0]
    assert list(one) == list(other)
    assert masked(json.dumps(one["reason"])) == masked(json.dumps(other["reason"]))


@pytest.mark.parametrize("version", VERSIONS)
def test_no_master(version):
    server = make(version)
    for name, case in cases(version, "faults_no_master").items():
        if "GET /_cat/indices" in name and version == "8.19.21":
            continue  # its suppressed errors tell of attempts that esmock does not make
        if case["request"] in ("GET /", "GET /_nodes/http"):
            with server.faults.not_recovered():
                assert ask(server, {**case, "request": "GET /_nodes/http"})[0] == 200
            continue
        with server.faults.not_recovered():
            status, text = ask(server, case)
        wanted = json.loads(case["answer"] or "null")
        without_suppressed(wanted)
        assert (name, status, json.loads(text or "null")) == (name, case["status"], wanted)


def without_suppressed(tree):
    """``suppressed`` tells of earlier attempts of the request, which a fault does not make."""
    if isinstance(tree, dict):
        tree.pop("suppressed", None)
        for value in tree.values():
            without_suppressed(value)
    elif isinstance(tree, list):
        for value in tree:
            without_suppressed(value)


def test_cluster_read_only_is_worded_as_recorded():
    server = make("8.19.21")
    with server.faults.cluster_read_only():
        for name in ("index", "create"):
            case = cases("8.19.21")[f"cluster read only allow delete: {name}"]
            wanted = case["answer"].replace("13/cluster read-only / allow delete (api)", "6/cluster read-only (api)")
            assert ask(server, case) == (case["status"], masked(wanted))


@pytest.mark.parametrize(
    ("version", "fault"),
    [(version, fault) for version in VERSIONS for fault in ("too_many_scrolls", "too_many_buckets")] + [("7.10.2", "cancelled")],
)
def test_searches_that_are_too_much(version, fault):
    """Provoked by limits of 1 scroll and 2 buckets, and by cancelling a search at work; the limits are masked."""
    server = make(version)
    case = cases(version, "faults_of_searches")[fault]
    limits = re.compile(r"(equal to: |was )\[\d+\]|\"max_buckets\":\d+")
    with getattr(server.faults, fault)():
        status, text = ask(server, case)
    assert (status, limits.sub("LIMIT", text)) == (case["status"], limits.sub("LIMIT", masked(case["answer"])))


@pytest.mark.parametrize("name", cases("7.10.2", "faults_queue"))
def test_what_the_master_does_not_come_to(name):
    """With the ids of indices masked; two indices stand in the order of a hash set."""
    server = make("7.10.2")
    case = cases("7.10.2", "faults_queue")[name]
    server.seed({"more": [{}], "old-0": [{}]})
    with server.faults.master_timeout() as rule:
        status, text = ask(server, case)
    if "books,more" in name:
        case = {**case, "answer": re.sub(r"(\[more/.*?\]), (\[books/.*?\])", r"\2, \1", case["answer"])}
    uuid = re.compile(r"(?<=/)[\w-]{22}(?=\])")
    assert (status, uuid.sub("UUID", text)) == (case["status"], uuid.sub("UUID", masked(case["answer"])))
    assert rule.acted


def test_a_search_out_of_time():
    case = cases("7.10.2", "faults_of_searches")["timed_out"]
    server = make("7.10.2")
    with server.faults.timed_out():
        status, text = ask(server, {**case, "body": {}})
    assert (status, json.loads(text)["timed_out"]) == (case["status"], json.loads(case["answer"])["timed_out"]) == (200, True)


@pytest.mark.parametrize(("fault", "options", "status"), [
    ("unauthorized", {"user": "elastic"}, 401),
    ("forbidden", {"user": "_anonymous", "role": "monitoring_user"}, 403),
])  # fmt: skip
def test_who_may_not_is_told_as_by_a_server_with_security(fault, options, status):
    exchanges = json.loads((RECORDED / "8.19.21" / "security.json").read_text("utf-8"))["exchanges"]
    asked = next(one for one in exchanges if one["request"][1] == "/_cluster/health" and one["status"] == status)
    server = make("8.19.21")
    with getattr(server.faults, fault)(**options):
        answer = server.handle(RawRequest("GET", "/_cluster/health", [], b""))
    assert (answer.status, answer.body.decode()) == (status, asked["answer"])
    told = [value for name, value in answer.headers if name.lower() == "www-authenticate"]
    assert told == asked["challenges"]
