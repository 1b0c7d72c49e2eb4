"""The official clients, unmodified, over HTTP: what they do first, and the page that esmock began from.

Source: the clients' own exception classes; bodies as the "Stop rollup job" page and recordings show them.
"""

import asyncio
import importlib

import pytest

from esmock.server import Server

# The clients' own warnings (deprecated spellings, technical previews, a cluster without security) are theirs to give.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:This API is in technical preview"),
    pytest.mark.filterwarnings("ignore:.*security features are not enabled"),
    pytest.mark.filterwarnings("ignore:The rollup functionality will be removed"),
]
CLIENTS = [
    ("elasticsearch", "Elasticsearch", "9.5.3"),
    ("elasticsearch8", "Elasticsearch", "8.19.21"),
    ("elasticsearch7", "Elasticsearch", "7.17.29"),
    ("opensearchpy", "OpenSearch", "7.10.2"),
]
SENSOR = {
    "index_pattern": "sensor-*",
    "rollup_index": "sensor_rollup",
    "cron": "*/30 * * * * ?",
    "page_size": 1000,
    "groups": {
        "date_histogram": {"field": "timestamp", "fixed_interval": "1h", "delay": "7d"},
        "terms": {"fields": ["node"]},
    },
    "metrics": [{"field": "temperature", "metrics": ["min", "max", "sum"]}, {"field": "voltage", "metrics": ["avg"]}],
}
MAPPING = {
    "properties": {
        "timestamp": {"type": "date"},
        "temperature": {"type": "long"},
        "voltage": {"type": "float"},
        "node": {"type": "keyword"},
    }
}


@pytest.fixture(params=CLIENTS, ids=lambda one: one[0])
def meeting(request):
    """A client library, a client, and the version of its server."""
    package, name, version = request.param
    library = pytest.importorskip(package)
    with Server(version=version) as server:
        client = getattr(library, name)(server.url)
        yield library, client, version, server
        client.close()
        server.check()


def index(client, version, **document):
    if version.startswith(("9", "8")):
        return client.index(index="books", id="1", document=document, refresh=True)
    return client.index(index="books", id="1", body=document, refresh=True)


def test_a_client_finds_the_version_it_talks_to(meeting):
    _, client, version, _ = meeting
    assert client.info()["version"]["number"] == version


def test_a_client_writes_and_reads_a_document(meeting):
    _, client, version, _ = meeting
    assert index(client, version, title="Dune")["result"] == "created"
    assert client.get(index="books", id="1")["_source"] == {"title": "Dune"}
    assert client.exists(index="books", id="1")
    assert not client.exists(index="books", id="2")


def test_a_missing_document_is_the_clients_own_exception(meeting):
    library, client, version, _ = meeting
    index(client, version, title="Dune")
    with pytest.raises(library.NotFoundError) as raised:
        client.get(index="books", id="2")
    assert raised.value.args[0] == 404 or raised.value.status_code == 404


def test_the_bulk_helper_and_scan_see_every_document(meeting):
    library, client, _, _ = meeting
    helpers = importlib.import_module(f"{library.__name__}.helpers")
    actions = [{"_index": "many", "_id": str(n), "_source": {"n": n}} for n in range(250)]
    done, errors = helpers.bulk(client, actions, refresh=True)
    assert (done, errors) == (250, [])
    seen = sorted(hit["_source"]["n"] for hit in helpers.scan(client, index="many", size=100))
    assert seen == list(range(250))


def stop(client, job):
    if hasattr(client, "rollup"):
        return client.rollup.stop_job(id=job, wait_for_completion=True, timeout="10s")
    path = f"/_rollup/job/{job}/_stop?wait_for_completion=true&timeout=10s"
    return client.transport.perform_request("POST", path)


def test_stopping_a_rollup_job_answers_as_the_page_says(meeting):
    _, client, version, _ = meeting
    if version.startswith(("9", "8")):
        client.indices.create(index="sensor-1", mappings=MAPPING)
        client.rollup.put_job(id="sensor", **SENSOR)
        client.rollup.start_job(id="sensor")
    else:
        client.indices.create(index="sensor-1", body={"mappings": MAPPING})
        client.transport.perform_request(
            "PUT", "/_rollup/job/sensor", headers={"content-type": "application/json"}, body=SENSOR
        )
        client.transport.perform_request("POST", "/_rollup/job/sensor/_start")
    assert dict(stop(client, "sensor")) == {"stopped": True}


def test_stopping_an_unknown_job_is_the_clients_own_404_with_its_body(meeting):
    library, client, _, _ = meeting
    with pytest.raises(library.NotFoundError) as raised:
        stop(client, "nope")
    body = getattr(raised.value, "body", None) or raised.value.info
    reason = "Task for Rollup Job [nope] not found"
    cause = {"type": "resource_not_found_exception", "reason": reason}
    assert body == {"error": {"root_cause": [cause], **cause}, "status": 404}


@pytest.mark.parametrize("package", ["elasticsearch", "elasticsearch8"])
def test_the_asynchronous_client_does_the_same(package):
    library = pytest.importorskip(package)
    version = "9.5.3" if package == "elasticsearch" else "8.19.21"

    async def work(url):
        client = library.AsyncElasticsearch(url)
        try:
            await client.index(index="books", id="1", document={"title": "Dune"}, refresh=True)
            found = await client.search(index="books", query={"match": {"title": "dune"}})
            with pytest.raises(library.NotFoundError):
                await client.rollup.stop_job(id="nope")
            return found["hits"]["total"]["value"]
        finally:
            await client.close()

    with Server(version=version) as server:
        assert asyncio.run(work(server.url)) == 1
        server.check()
