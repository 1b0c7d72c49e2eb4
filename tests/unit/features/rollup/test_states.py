"""Starting, stopping, deleting and getting jobs. Source: recordings of 6.8.23 (the case numbers of its transcript); S3: the
migration notes of 8.0.
"""

import asyncio
import json

import pytest

from esmock.features.rollup.jobs import rollup_jobs
from esmock.http.receive import RawRequest
from tests.unit.features.rollup.conftest import FOO, job


def state(ask, name="foo"):
    return ask.json(f"GET /_rollup/job/{name}")["jobs"][0]["status"]["job_state"]


def not_found(name):
    error = {"type": "resource_not_found_exception", "reason": f"Task for Rollup Job [{name}] not found"}
    return {"error": {"root_cause": [error], **error}, "status": 404}


def refused(reason):
    error = {"type": "exception", "reason": reason}
    return {"error": {"root_cause": [error], **error}, "status": 500}


def waited(ask, line):
    """The answer of an endpoint that may wait, on the server's own terms."""
    method, _, path = line.partition(" ")
    answer = ask.server.handle(RawRequest(method, path, [], b""))

    async def wait():
        return await answer

    done = asyncio.run(wait()) if hasattr(answer, "__await__") else answer
    return done.status, json.loads(done.body)


@pytest.fixture
def indexing(with_job):
    """A run of the job is held between two steps."""
    with_job("PUT /foo/_doc/1?refresh", {"the_field": 1_600_000_000_000, "value_field": 1})
    rollup_jobs(with_job.server.cluster).hold("foo")
    with_job("POST /_rollup/job/foo/_start")
    with_job.server.clock.advance(seconds=30)
    assert state(with_job) == "indexing"
    return with_job


def release(ask):
    rollup_jobs(ask.server.cluster).release("foo")


def test_s1_s2_a_job_is_started_once(with_job):
    assert with_job.json("POST /_rollup/job/foo/_start") == {"started": True}
    assert state(with_job) == "started"
    assert with_job.json("POST /_rollup/job/foo/_start") == refused(
        "Cannot start task for Rollup Job [foo] because state was [STARTED]"
    )


@pytest.mark.parametrize("version", ["8.19.21", "9.5.3"])
def test_s3_a_second_start_is_fine_since_8(raw, version):
    ask = raw(version)
    ask("PUT /foo", FOO)
    ask("PUT /_rollup/job/foo", job())
    for _ in range(2):
        assert ask.json("POST /_rollup/job/foo/_start") == {"started": True}


@pytest.mark.parametrize("verb", ["_start", "_stop"])
@pytest.mark.parametrize("name", ["does_not_exist", "_all", "fo*", "*", "foo,foo"])
def test_s4_s5_s14_names_are_literal(with_job, verb, name):
    assert with_job.json(f"POST /_rollup/job/{name}/{verb}") == not_found(name)


def test_s6_s7_s8_a_stop_is_a_success_however_often_it_is_said(with_job):
    assert with_job.json("POST /_rollup/job/foo/_stop") == {"stopped": True}
    with_job("POST /_rollup/job/foo/_start")
    for _ in range(2):
        assert with_job.json("POST /_rollup/job/foo/_stop") == {"stopped": True}
        assert state(with_job) == "stopped"


@pytest.mark.parametrize("query", ["wait_for_completion=true", "wait_for_completion=true&timeout=5s", "wait_for_completion"])
def test_s9_s10_waiting_for_what_is_not_running(with_job, query):
    with_job("POST /_rollup/job/foo/_start")
    assert with_job.json(f"POST /_rollup/job/foo/_stop?{query}") == {"stopped": True}


@pytest.mark.parametrize(("timeout", "shown"), [("1ms", "1ms"), ("0", "0ms"), ("-1", "-1"), ("2000micros", "2000micros")])
def test_s11_a_timeout_fails_the_call_while_the_stop_goes_on(indexing, timeout, shown):
    reason = f"Timed out after [{shown}] while waiting for rollup job [foo] to stop. State was [STOPPING]"
    error = {"type": "timeout_exception", "reason": reason}
    answer = waited(indexing, f"POST /_rollup/job/foo/_stop?wait_for_completion=true&timeout={timeout}")
    assert answer == (500, {"error": {"root_cause": [error], **error}, "status": 500})
    assert state(indexing) == "stopping"
    release(indexing)
    assert state(indexing) == "stopped"


def test_s11_a_stop_that_ends_in_time_is_a_success(indexing):
    async def race():
        answer = indexing.server.handle(
            RawRequest("POST", "/_rollup/job/foo/_stop?wait_for_completion=true&timeout=10s", [], b"")
        )
        waiting = asyncio.ensure_future(answer)
        await asyncio.sleep(0.02)
        assert not waiting.done()
        release(indexing)
        return await waiting

    assert json.loads(asyncio.run(race()).body) == {"stopped": True}


def test_s12_s13_a_stop_during_a_run(indexing):
    assert indexing.json("POST /_rollup/job/foo/_stop") == {"stopped": True}
    assert state(indexing) == "stopping"
    assert indexing.json("POST /_rollup/job/foo/_start") == refused(
        "Cannot start task for Rollup Job [foo] because state was [STOPPING]"
    )


@pytest.mark.parametrize("word", ["STARTED", "INDEXING", "STOPPING"])
def test_s15_only_stopped_jobs_are_deleted(request, word):
    ask = request.getfixturevalue("with_job" if word == "STARTED" else "indexing")
    ask("POST /_rollup/job/foo/_start" if word == "STARTED" else "GET /")
    if word == "STOPPING":
        ask("POST /_rollup/job/foo/_stop")
    answer = ask("DELETE /_rollup/job/foo")
    body = json.loads(answer.body)
    assert answer.status == 500
    assert list(body) == ["task_failures", "acknowledged"]
    failure = body["task_failures"][0]
    assert list(failure) == ["task_id", "node_id", "status", "reason"]
    assert failure["status"] == "INTERNAL_SERVER_ERROR"
    assert failure["reason"] == {
        "type": "illegal_state_exception",
        "reason": f"Could not delete job [foo] because indexer state is [{word}].  Job must be [STOPPED] before deletion.",
    }
    assert body["acknowledged"] is False


def test_s16_s17_s18_deleting(with_job):
    assert with_job.json("DELETE /_rollup/job/foo") == {"acknowledged": True}
    assert with_job.json("GET /_rollup/job/foo") == {"jobs": []}
    assert with_job("HEAD /foo_rollup").status == 200
    for name in ("foo", "does_not_exist", "_all"):
        error = {"type": "resource_not_found_exception", "reason": f"the task with id [{name}] doesn't exist"}
        assert with_job.json(f"DELETE /_rollup/job/{name}") == {"error": {"root_cause": [error], **error}, "status": 404}


def test_s19_s20_s21_s22_getting(foo):
    for name in ("_all", "missing", "*"):
        assert foo.json(f"GET /_rollup/job/{name}") == {"jobs": []}
    foo("PUT /_rollup/job/foo", job())
    foo("PUT /_rollup/job/foo2", job())
    for name in ("_all", "*"):
        found = foo.json(f"GET /_rollup/job/{name}")["jobs"]
        assert sorted(one["config"]["id"] for one in found) == ["foo", "foo2"]
    for name in ("foo*", "foo,foo2"):
        assert foo.json(f"GET /_rollup/job/{name}") == {"jobs": []}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("abc", "failed to parse setting [timeout] with value [abc] as a time value: unit is missing or unrecognized"),
        ("5", "failed to parse setting [timeout] with value [5] as a time value: unit is missing or unrecognized"),
        ("1.5s", "failed to parse [1.5s], fractional time values are not supported"),
        ("-5s", "failed to parse setting [timeout] with value [-5s] as a time value: negative durations are not supported"),
    ],
)
def test_s23_timeouts_are_checked_before_the_job_is_looked_up(foo, value, reason):
    answer = foo.json(f"POST /_rollup/job/nobody/_stop?timeout={value}")
    assert answer["status"] == 400
    assert answer["error"]["root_cause"] == [{"type": "illegal_argument_exception", "reason": reason}]


@pytest.mark.parametrize("value", ["TRUE", "1", "yes"])
def test_booleans_are_true_or_false(with_job, value):
    answer = with_job.json(f"POST /_rollup/job/foo/_stop?wait_for_completion={value}")
    assert answer["error"]["reason"] == f"Failed to parse value [{value}] as only [true] or [false] are allowed."


def test_unknown_parameters_and_methods(with_job):
    answer = with_job.json("POST /_rollup/job/foo/_stop?timeot=1s")
    reason = "request [/_rollup/job/foo/_stop] contains unrecognized parameter: [timeot] -> did you mean [timeout]?"
    assert answer["error"]["reason"] == reason
    answer = with_job("POST /_rollup/job/foo")
    assert answer.status == 405
    assert sorted(dict(answer.headers)["Allow"].split(",")) == ["DELETE", "GET", "PUT"]


def test_s26_a_cron_of_the_past_never_fires(foo):
    foo("PUT /_rollup/job/foo", job(cron="*/30 * * * * ? 2017"))
    foo("POST /_rollup/job/foo/_start")
    foo.server.clock.advance(seconds=86_400)
    assert foo.json("GET /_rollup/job/foo")["jobs"][0]["stats"]["trigger_count"] == 0
    foo("POST /_rollup/job/foo/_stop")
    assert foo.json("DELETE /_rollup/job/foo") == {"acknowledged": True}
