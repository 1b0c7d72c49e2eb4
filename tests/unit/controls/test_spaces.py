"""Spaces, their cost, their state as files."""

import gc
import json
import threading
import time
import tracemalloc

import pytest

from esmock.controls.refusal import ControlError
from esmock.seeds import SeedError
from esmock.server import Server
from esmock.wire import RawRequest

BOOKS = {"books": {"mappings": {"properties": {"title": {"type": "text"}}}, "documents": [{"_id": str(n), "title": f"Dune {n}"} for n in range(50)]}}


@pytest.fixture
def server():
    made = Server()
    made.seed(BOOKS)
    made.keep_as_base()
    return made


def ask(space, line, body=None):
    method, target = line.split(" ", 1)
    content = b"" if body is None else json.dumps(body).encode()
    answer = space.handle(RawRequest(method, target, [("content-type", "application/json")] if content else [], content))
    return answer.status, json.loads(answer.body or b"null")


def test_spaces_start_from_the_base_and_change_alone(server):
    one, other = server.space(), server.space()
    ask(one, "PUT /books/_doc/new?refresh=true", {"title": "Emma"})
    ask(other, "DELETE /books")
    assert ask(one, "GET /books/_count")[1]["count"] == 51
    assert ask(other, "GET /books/_count")[0] == 404
    assert ask(server, "GET /books/_count")[1]["count"] == 50
    one.reset()
    assert ask(one, "GET /books/_count")[1]["count"] == 50


def test_a_space_of_another_version_has_that_versions_rollup():
    server = Server(version="7.10.2", rollup_as="6.8.23")
    played = {
        name: str(server.space(name, **changes).cluster.behaviour.rollup.version)
        for name, changes in (("a", {}), ("b", {"version": "8.19.21"}), ("c", {"version": "7.17.29", "rollup_as": "6.8.23"}))
    }
    assert played == {"a": "6.8.23", "b": "8.19.21", "c": "6.8.23"}


def test_versions_clocks_and_faults_are_a_spaces_own(server):
    old = server.space("old", version="7.10.2")
    old.clock.freeze(0)
    old.faults.status(status=503)
    assert ask(old, "GET /")[0] == 503
    assert ask(server, "GET /")[1]["version"]["number"] == "9.5.3"
    assert not server.clock.is_frozen
    assert (len(old.journal), len(server.journal)) == (1, 1)
    assert old.version == "7.10.2"


def test_what_is_kept_is_the_seed(server):
    space = server.space()
    ask(space, "PUT /films/_doc/1?refresh=true", {})
    space.freeze()
    ask(space, "DELETE /films")
    space.reset()
    assert ask(space, "GET /films/_count")[1]["count"] == 1


@pytest.mark.parametrize("name", ["default", "a b", "", "a/b"])
def test_names_that_cannot_be(server, name):
    with pytest.raises(ControlError):
        server.space(name) if name else server.spaces.add(type("Nameless", (), {"name": ""})())


def test_a_seed_that_is_refused_leaves_nothing_behind(server):
    bad = {"films": [{"n": 1}], "plays": {"mappings": {"properties": {"n": {"type": "long"}}}, "documents": [{"n": "x"}]}}
    with pytest.raises(SeedError, match="was refused"):
        server.space("bad", seed=bad)
    assert server.spaces.get("bad") is None
    with pytest.raises(SeedError):
        server.seed(bad)
    assert sorted(server.cluster.indices) == ["books"]
    for wrong in ({"a": 1}, {"a": {"document": []}}, {"a": {"documents": [1]}}):
        with pytest.raises(SeedError):
            server.seed(wrong)


def test_a_space_costs_little(server):
    for _ in range(20):
        server.space().drop()
    best = min(timed(server) for _ in range(5))
    assert best < 0.5, f"{best} ms"
    spaces = []
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    spaces += [server.space() for _ in range(200)]
    used = (tracemalloc.get_traced_memory()[0] - before) / 200
    tracemalloc.stop()
    assert used < 50_000, f"{used} bytes"
    for space in spaces:
        space.drop()


def timed(server):
    started = time.thread_time()
    made = [server.space() for _ in range(50)]
    took = (time.thread_time() - started) / 50 * 1000
    for space in made:
        space.drop()
    return took


def test_parallel_spaces_do_not_see_each_other(server):
    """Eight workers, 250 tests each: every one writes under a name that all use, and reads only its own."""
    errors = []

    def work(worker, times):
        for n in range(times):
            mark = f"{worker}-{n}"
            with server.space() as space:
                ask(space, "PUT /books/_doc/mine?refresh=true", {"title": mark})
                if n % 3 == 0:
                    space.faults.status(status=503, endpoint="count")
                found = ask(space, "GET /books/_doc/mine")[1]["_source"]["title"]
                status = ask(space, "GET /books/_count")[0]
                if found != mark or status != (503 if n % 3 == 0 else 200) or len(space.journal) != 3:
                    errors.append((mark, found, status))

    def run(times):
        threads = [threading.Thread(target=work, args=(worker, times)) for worker in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    run(10)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    run(250)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert errors == []
    assert len(server.spaces) == 0
    assert ask(server, "GET /books/_count")[1]["count"] == 50
    assert grown < 500_000, f"{grown} bytes are left"


def test_state_keeps_identities_versions_and_sequence_numbers():
    server = Server(version="8.19.21")
    server.clock.freeze(1_700_000_000_000)
    ask(server, "PUT /_index_template/t", {"index_patterns": ["x-*"], "template": {"settings": {"number_of_shards": 2}}})
    ask(server, "PUT /_component_template/c", {"template": {"mappings": {"properties": {"a": {"type": "long"}}}}})
    ask(server, "PUT /_ingest/pipeline/p", {"processors": [{"set": {"field": "a", "value": 1}}]})
    ask(server, "PUT /_scripts/s", {"script": {"lang": "mustache", "source": {"query": {"match_all": {}}}}})
    ask(server, "PUT /_cluster/settings", {"persistent": {"search.max_buckets": 100}})
    ask(server, "PUT /x-1", {"aliases": {"x": {}}, "settings": {"index.max_result_window": 77}})
    for n in range(3):
        ask(server, f"PUT /x-1/_doc/{n}?routing=r", {"n": n, "text": "a  b"})
    ask(server, "PUT /x-1/_doc/1?routing=r", {"n": 1.50})
    ask(server, "PUT /x-1/_settings", {"index.blocks.write": True})
    ask(server, "POST /_refresh")
    state = json.loads(json.dumps(server.export_state()))
    assert state["left_out"] == []
    other = Server(version="8.19.21")
    other.clock.freeze(1_700_000_000_000)
    other.import_state(state)
    lines = [
        "GET /x-1", "GET /x-1/_doc/1?routing=r", "GET /x/_search?version=true&seq_no_primary_term=true", "GET /_index_template/t",
        "GET /_component_template/c", "GET /_ingest/pipeline/p", "GET /_scripts/s", "GET /_cluster/settings",
    ]  # fmt: skip
    for line in lines:
        assert ask(other, line) == ask(server, line), line
    assert ask(other, "PUT /x-1/_doc/9", {})[0] == 403
    assert json.loads(json.dumps(other.export_state())) == state


def test_data_streams_and_snapshots_go_into_the_file_and_come_back():
    server = Server(version="8.19.21", node_settings={"path.repo": "/repositories"})
    server.clock.freeze(1_700_000_000_000)
    template = {"index_patterns": ["logs-*"], "data_stream": {}, "template": {"settings": {"number_of_shards": 2}}}
    ask(server, "PUT /_index_template/logs", template)
    for number in range(3):
        assert ask(server, f"POST /logs-a/_doc/{number}?op_type=create", {"@timestamp": "2023-11-14", "n": number})[0] == 201
    ask(server, "POST /logs-a/_rollover")
    ask(server, "PUT /books/_doc/1?refresh", {"title": "Emma"})
    ask(server, "PUT /_snapshot/r", {"type": "fs", "settings": {"location": "/repositories/r"}})
    assert ask(server, "PUT /_snapshot/r/first?wait_for_completion=true", {"metadata": {"by": "me"}})[0] == 200
    ask(server, "PUT /books/_doc/1?refresh", {"title": "Persuasion"})
    ask(server, "PUT /_snapshot/r/second?wait_for_completion=true", {"indices": "books", "include_global_state": False})
    state = json.loads(json.dumps(server.export_state()))
    assert state["left_out"] == []
    other = Server(version="8.19.21", node_settings={"path.repo": "/repositories"})
    other.clock.freeze(1_700_000_000_000)
    other.import_state(state)
    for line in ("GET /_data_stream", "GET /logs-a/_search?sort=n", "GET /_snapshot/r", "GET /_snapshot/r/_all"):
        assert ask(other, line) == ask(server, line), line
    assert json.loads(json.dumps(other.export_state())) == state
    assert ask(other, "POST /logs-a/_doc?op_type=create", {"@timestamp": "2023-11-15"})[1]["_index"].endswith("-000002")
    ask(other, "DELETE /books")
    ask(other, "POST /_snapshot/r/first/_restore?wait_for_completion=true", {"indices": "books"})
    assert ask(other, "GET /books/_source/1")[1] == {"title": "Emma"}


def test_a_data_stream_without_its_indices_is_refused():
    state = Server(version="8.19.21").export_state()
    state["data_streams"] = {"logs": {"name": "logs", "indices": [".ds-logs-1"]}}
    with pytest.raises(ControlError, match=r"data_streams\.logs\.indices: not among the indices: \.ds-logs-1"):
        Server(version="8.19.21").import_state(state)


def test_the_same_seed_and_clock_give_the_same_bytes():
    def run():
        server = Server(seed=7, frozen_at_ms=1_700_000_000_000)
        out = []
        for line, body in (
            ("POST /books/_doc?refresh=true", {"title": "Dune"}),
            ("GET /books/_search?scroll=1m", None),
            ("GET /books", None),
            ("GET /_nodes", None),
            ("GET /_cat/indices?v", None),
        ):
            method, target = line.split(" ", 1)
            content = b"" if body is None else json.dumps(body).encode()
            out.append(server.handle(RawRequest(method, target, [("content-type", "application/json")] if content else [], content)).body)
        return out

    assert run() == run()
