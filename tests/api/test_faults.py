"""Every fault through a real client: it does what it says, and the server is well afterwards.

Source: bodies are held against recordings in tests/unit/controls; here stands what the official client makes of them.
"""

import socket

import pytest

from esmock.server import Server

elasticsearch = pytest.importorskip("elasticsearch")
from elastic_transport import ConnectionError, ConnectionTimeout, SerializationError, TransportError  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::elasticsearch.ElasticsearchWarning")
LINES = [
    {"index": {"_index": "books", "_id": "8"}},
    {"title": "Emma"},
    {"index": {"_index": "books", "_id": "9"}},
    {"title": "Middlemarch"},
]


@pytest.fixture(scope="module")
def server():
    with Server() as made:
        documents = [{"_id": str(n), "title": f"Dune {n}"} for n in range(5)]
        made.seed({"books": {"settings": {"number_of_shards": 2}, "documents": documents}})
        made.keep_as_base()
        yield made


@pytest.fixture
def clean(server):
    server.reset()
    yield server
    server.faults.clear()
    client = make_client(server)
    assert client.search(index="books")["hits"]["total"]["value"] >= 5, "the server is not well afterwards"
    assert client.index(index="books", id="after", document={})["result"] == "created"
    client.close()
    server.check()


def make_client(server, **options):
    options = {"max_retries": 0, "request_timeout": 60, **options}
    return elasticsearch.Elasticsearch(server.url, **options)


@pytest.fixture
def client(clean):
    made = make_client(clean)
    yield made
    made.close()


def search(client):
    return client.search(index="books")


def write(client):
    return client.index(index="books", id="1", document={"title": "Emma"})


def bulk(client):
    return client.bulk(operations=LINES)


def scroll(client):
    first = client.search(index="books", scroll="1m", size=1)
    return client.scroll(scroll_id=first["_scroll_id"])


REFUSALS = [
    ("status", {"status": 418}, search, 418, "exception"),
    ("no_master", {}, write, 503, "cluster_block_exception"),
    ("no_master", {}, lambda c: c.indices.create(index="new"), 503, "master_not_discovered_exception"),
    ("not_recovered", {}, search, 503, "cluster_block_exception"),
    ("flood_stage", {}, write, 429, "cluster_block_exception"),
    ("read_only", {}, write, 403, "cluster_block_exception"),
    ("cluster_read_only", {}, lambda c: c.indices.create(index="new"), 403, "cluster_block_exception"),
    ("version_conflict", {}, write, 409, "version_conflict_engine_exception"),
    ("unauthorized", {}, search, 401, "security_exception"),
    ("unauthorized", {"user": "elastic"}, search, 401, "security_exception"),
    ("forbidden", {}, search, 403, "security_exception"),
    ("context_lost", {}, scroll, 404, "search_phase_execution_exception"),
    ("cancelled", {}, search, 400, "search_phase_execution_exception"),
    ("master_timeout", {}, lambda c: c.indices.create(index="new"), 429, "process_cluster_event_timeout_exception"),
    ("too_many_scrolls", {}, scroll, 429, "search_phase_execution_exception"),
    ("too_many_buckets", {}, search, 400, "search_phase_execution_exception"),
    ("index_missing", {}, search, 404, "index_not_found_exception"),
    ("circuit_breaker", {}, search, 429, "circuit_breaking_exception"),
    ("circuit_breaker", {"breaker": "in_flight_requests"}, bulk, 429, "circuit_breaking_exception"),
    ("circuit_breaker", {"breaker": "request"}, search, 429, "search_phase_execution_exception"),
    ("circuit_breaker", {"breaker": "fielddata"}, search, 429, "search_phase_execution_exception"),
    ("queue_full", {}, search, 429, "search_phase_execution_exception"),
    ("queue_full", {}, write, 429, "es_rejected_execution_exception"),
    ("no_shard", {}, search, 503, "search_phase_execution_exception"),
    ("no_shard", {}, lambda c: c.get(index="books", id="1"), 503, "no_shard_available_action_exception"),
    ("no_shard", {}, write, 503, "unavailable_shards_exception"),
]


@pytest.mark.parametrize(
    ("fault", "options", "call", "status", "kind"), REFUSALS, ids=[f"{r[0]}-{n}" for n, r in enumerate(REFUSALS)]
)
def test_a_refusal_reaches_the_client_as_its_own_exception(clean, client, fault, options, call, status, kind):
    rule = clean.faults.add(fault, **options)
    with pytest.raises(elasticsearch.ApiError) as caught:
        call(client)
    assert caught.value.meta.status == status
    assert caught.value.error == kind
    assert rule.acted == 1
    rule.release()
    call(client)


ERRORS_OF_ITEMS = [
    ("rejected", 429, "es_rejected_execution_exception"),
    ("conflict", 409, "version_conflict_engine_exception"),
    ("mapping", 400, "document_parsing_exception"),
    ("block", 429, "cluster_block_exception"),
    ("unavailable", 503, "unavailable_shards_exception"),
]


@pytest.mark.parametrize(("error", "status", "kind"), ERRORS_OF_ITEMS)
def test_items_of_a_bulk_fail_and_the_others_are_written(clean, client, error, status, kind):
    with clean.faults.bulk_items(error=error, items=[1]):
        answer = bulk(client)
    assert answer["errors"]
    assert [item["index"]["status"] for item in answer["items"]] == [201, status]
    assert answer["items"][1]["index"]["error"]["type"] == kind
    assert client.exists(index="books", id="8")
    assert not client.exists(index="books", id="9")


def test_the_bulk_helper_retries_rejected_items(clean, client):
    from elasticsearch.helpers import bulk as helper

    clean.faults.queue_full(endpoint="bulk", first=2)
    actions = [{"_index": "books", "_id": f"b{n}", "n": n} for n in range(10)]
    done, failed = helper(client, actions, max_retries=3, initial_backoff=0.01, raise_on_error=False)
    assert (done, failed) == (10, [])
    clean.assert_called("bulk", times=3)


def test_some_shards_fail(clean, client):
    whole = search(client)
    with clean.faults.shard_failures(shards=[1]):
        part = search(client)
        with pytest.raises(elasticsearch.ApiError) as caught:
            client.search(index="books", allow_partial_search_results=False)
    assert part["_shards"]["failed"] == 1
    assert part["_shards"]["failures"][0]["reason"]["type"] == "es_rejected_execution_exception"
    assert 0 < part["hits"]["total"]["value"] < whole["hits"]["total"]["value"]
    assert caught.value.meta.status == 429


@pytest.mark.parametrize("error", ["breaker", "unassigned", "other"])
def test_shards_fail_for_other_reasons(clean, client, error):
    with clean.faults.shard_failures(shards=[0], error=error):
        part = search(client)
    kind = {"breaker": "circuit_breaking_exception", "unassigned": "no_shard_available_action_exception"}
    assert part["_shards"]["failures"][0]["reason"]["type"] == kind.get(error, "illegal_state_exception")


def test_a_search_times_out(clean, client):
    with clean.faults.timed_out(endpoint="search"):
        assert search(client)["timed_out"] is True
    assert search(client)["timed_out"] is False


def test_health_times_out_with_408(clean, client):
    with clean.faults.timed_out(), pytest.raises(elasticsearch.ApiError) as caught:
        client.cluster.health()
    assert caught.value.meta.status == 408


def test_health_is_red(clean, client):
    with clean.faults.health(status="red"):
        assert client.cluster.health()["status"] == "red"


def test_took_says_what_it_is_told(clean, client):
    with clean.faults.took(milliseconds=4711):
        assert search(client)["took"] == 4711


def test_a_deprecation_is_announced(clean, client):
    with clean.faults.deprecation(text="this goes"), pytest.warns(elasticsearch.ElasticsearchWarning, match="this goes"):
        search(client)


BROKEN = [
    ("reset", {}),
    ("close", {}),
    ("lost_answer", {}),
    ("truncate", {}),
    ("not_http", {}),
    ("broken_chunks", {}),
    ("wrong_length", {}),
    ("broken_gzip", {}),
]


@pytest.mark.parametrize(("fault", "options"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_broken_connection_is_the_clients_connection_error(clean, client, fault, options):
    with clean.faults.add(fault, **options), pytest.raises(ConnectionError):
        write(client)


def test_a_lost_answer_was_carried_out_and_a_reset_was_not(clean, client):
    with clean.faults.lost_answer(), pytest.raises(ConnectionError):
        client.index(index="books", id="lost", document={})
    with clean.faults.reset(), pytest.raises(ConnectionError):
        client.index(index="books", id="reset", document={})
    assert client.exists(index="books", id="lost")
    assert not client.exists(index="books", id="reset")


@pytest.mark.parametrize("fault", ["garble", "cut_json"])
def test_a_body_that_is_no_json_is_the_clients_serialization_error(clean, client, fault):
    with clean.faults.add(fault), pytest.raises((SerializationError, UnicodeDecodeError)):
        search(client)


def test_a_hanging_request_is_the_clients_timeout(clean):
    client = make_client(clean, request_timeout=0.2)
    with clean.faults.hang(), pytest.raises(ConnectionTimeout):
        search(client)
    client.close()


def test_a_delay_is_the_clients_timeout_or_its_patience(clean, client):
    clean.faults.delay(seconds=0.3, first=2)
    with pytest.raises(ConnectionTimeout):
        client.options(request_timeout=0.05).search(index="books")
    assert search(client)["hits"]["total"]["value"] == 5


def test_an_answer_drips(clean, client):
    with clean.faults.drip(bytes_per_second=3000):
        assert search(client)["hits"]["total"]["value"] == 5
    exchange = clean.assert_called("search")[-1]
    assert exchange.answer.wire.kind == "drip"


def test_nobody_listens_until_the_fault_is_released(clean, client):
    search(client)
    with clean.faults.refuse():
        with pytest.raises(ConnectionError):
            search(client)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((clean.host, clean.port), timeout=2)
    assert search(client)["hits"]["total"]["value"] == 5


def test_a_killed_node_comes_back_without_its_scrolls(clean, client):
    first = client.search(index="books", scroll="1m", size=1)
    with clean.faults.node_down(), pytest.raises(ConnectionError):
        search(client)
    with pytest.raises(elasticsearch.NotFoundError):
        client.scroll(scroll_id=first["_scroll_id"])
    assert search(client)["hits"]["total"]["value"] == 5


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_proxy_answers_in_html(clean, client, status):
    with clean.faults.gateway(status=status), pytest.raises(elasticsearch.ApiError) as caught:
        search(client)
    assert caught.value.meta.status == status
    assert "<html>" in str(caught.value.body)


def test_a_look_alike_is_refused_by_the_client(clean, client):
    with clean.faults.no_product_header(), pytest.raises(elasticsearch.UnsupportedProductError):
        search(client)


def test_a_wrong_content_type(clean, client):
    with clean.faults.wrong_content_type():
        assert isinstance(search(client).body, str)


def test_an_empty_body(clean, client):
    with clean.faults.empty_body():
        assert not search(client).body


def test_a_request_that_is_too_large(clean, client):
    with clean.faults.payload_too_large(), pytest.raises(elasticsearch.ApiError) as caught:
        bulk(client)
    assert caught.value.meta.status == 413


def test_every_kind_is_tried_here():
    from pathlib import Path

    from esmock.controls.faults.kinds import FAULTS

    text = Path(__file__).read_text("utf-8")
    assert [name for name in FAULTS if f'"{name}"' not in text and f"faults.{name}(" not in text] == []
    assert len(FAULTS) >= 40


def test_the_client_retries_what_it_should(clean):
    client = make_client(clean, max_retries=3, retry_on_status=(429, 502, 503, 504), retry_on_timeout=True)
    for fault in ("queue_full", "no_shard", "gateway", "reset", "close", "truncate"):
        clean.journal.clear()
        rule = clean.faults.add(fault, endpoint="search", first=2)
        assert search(client)["hits"]["total"]["value"] == 5
        assert rule.acted == 2
        clean.assert_called("search", times=3)
        rule.release()
    client.close()


def test_the_client_does_not_retry_what_it_should_not(clean):
    client = make_client(clean, max_retries=3)
    for fault, call in (("version_conflict", write), ("unauthorized", search), ("forbidden", search)):
        clean.journal.clear()
        with clean.faults.add(fault), pytest.raises(elasticsearch.ApiError):
            call(client)
        assert len(clean.journal) == 1
    client.close()


@pytest.mark.parametrize("name", ["overloaded", "rolling_restart", "split_brain", "disk_full", "starting_up", "flaky_network",
                                  "noisy_neighbour", "behind_a_proxy", "half_the_shards", "credentials_expired"])  # fmt: skip
def test_a_scenario_bites_and_goes(clean, name):
    client = make_client(clean, max_retries=0)
    troubles = 0
    with clean.faults.scenario(name) as trouble:
        for _ in range(24):
            for call in (search, write, lambda c: c.cluster.health()):
                try:
                    found = call(client)
                    troubles += found.get("_shards", {}).get("failed", 0) if isinstance(found.body, dict) else 1
                except (elasticsearch.ApiError, TransportError):
                    troubles += 1
        assert any(rule.acted for rule in trouble)
    assert troubles > 0
    assert len(clean.faults) == 0
    client.close()
