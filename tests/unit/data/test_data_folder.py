"""A data folder brings back what was acknowledged: from the log, from an image, after a torn end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from esmock.data.folder import Folder, FolderError
from esmock.data.log import Log, read
from esmock.http.receive import RawRequest
from esmock.server import Server

VERSION = "8.19.21"


class Client:
    """A server over a folder, asked in process."""

    def __init__(self, path: Path, **settings: Any) -> None:
        self.is_gone = False
        self.server = Server(version=VERSION, **settings)
        self.server.keep_in(path)

    def __call__(self, line: str, body: Any = None) -> tuple[int, Any]:
        method, _, target = line.partition(" ")
        kind = "application/x-ndjson" if isinstance(body, str) else "application/json"
        data = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        answer = self.server.handle(RawRequest(method, target, [("content-type", kind)] if data else [], data))
        return answer.status, json.loads(answer.body or b"null")  # type: ignore[union-attr]

    def kill(self) -> None:
        """What a SIGKILL leaves: the folder as it is, without a last image."""
        node: Any = self.server.node
        if not self.is_gone:
            node._folder.close()
        self.is_gone = True

    def stop(self) -> None:
        """An orderly end."""
        self.server.close()
        self.is_gone = True

    def compact(self) -> bool:
        return bool(self.server.node.compact())  # type: ignore[attr-defined]


def fill(ask: Client) -> None:
    """One of everything that outlives a restart."""
    mapping = {"properties": {"at": {"type": "date"}, "n": {"type": "long"}, "t": {"type": "text", "analyzer": "mine"}}}
    analysis = {"analyzer": {"mine": {"type": "custom", "tokenizer": "standard", "filter": ["lowercase"]}}}
    ask("PUT /logs", {"settings": {"analysis": analysis, "number_of_shards": 2}, "mappings": mapping, "aliases": {"l": {}}})
    lines = "".join(
        f'{{"index":{{}}}}\n{{"at":"2030-01-01T0{n}:00:00Z","n":{n},"t":"Word {n}","new":{{"f{n}":{n}}}}}\n' for n in range(9)
    )
    ask("POST /logs/_bulk?refresh", lines)
    ask("PUT /logs/_doc/one", {"n": 1})
    ask("PUT /logs/_doc/one", {"n": 2})
    ask("DELETE /logs/_doc/one")
    ask("PUT /logs/_doc/two", {"n": 3})
    ask("PUT /logs/_settings", {"index.number_of_replicas": 0, "index.blocks.metadata": False})
    ask("PUT /_cluster/settings", {"persistent": {"action.auto_create_index": "+*"}})
    ask("PUT /_index_template/t", {"index_patterns": ["x-*"], "template": {"settings": {"number_of_shards": 3}}})
    ask("PUT /_component_template/c", {"template": {"aliases": {"a": {}}}})
    ask("PUT /_ingest/pipeline/p", {"processors": [{"set": {"field": "seen", "value": True}}]})
    ask("PUT /_scripts/s", {"script": {"lang": "painless", "source": "return 1"}})
    ask("PUT /x-1/_doc/1?pipeline=p", {"a": 1})
    ask("POST /x-1/_close")
    ask("PUT /_snapshot/r", {"type": "fs", "settings": {"location": "r"}})
    ask("PUT /_snapshot/r/s?wait_for_completion=true", {"indices": "logs"})


READS = (
    "GET /_cluster/state/metadata,routing_table,blocks",
    "GET /logs/_search?size=20&sort=n&version=true&seq_no_primary_term=true",
    "GET /logs/_doc/one",
    "GET /logs/_doc/two",
    "GET /x-1/_settings",
    "GET /_cluster/settings",
    "GET /_index_template",
    "GET /_component_template",
    "GET /_ingest/pipeline",
    "GET /_scripts/s",
    "GET /_snapshot/r/s",
    "GET /_cat/indices?format=json&h=index,uuid,docs.count,status&s=index",
    "POST /logs/_search",
)


SETTINGS = {"node_settings": {"path.repo": "/repositories"}}


@pytest.fixture
def serve() -> Iterator[Callable[..., Client]]:
    """Opens a server over a folder; all that are left are killed in the end."""
    made: list[Client] = []

    def open_(path: Path, **settings: Any) -> Client:
        made.append(Client(path, **settings))
        return made[-1]

    yield open_
    for one in made:
        one.kill()


@pytest.fixture
def full(serve, tmp_path):
    ask = serve(tmp_path, **SETTINGS)
    fill(ask)
    return ask, tmp_path


def answers_of(ask: Client) -> str:
    out = []
    for line in READS:
        status, body = ask(line, {"query": {"match": {"t": "word"}}} if line.startswith("POST") else None)
        assert status in (200, 404), (line, body)
        if isinstance(body, dict):
            body = {key: value for key, value in body.items() if key not in ("took", "state_uuid")}
        out.append(body)
    return json.dumps(out, sort_keys=True)


def test_a_killed_server_comes_back_from_its_log(serve, full):
    ask, path = full
    before = answers_of(ask)
    assert '"Word 3"' in before
    ask.kill()
    again = serve(path, **SETTINGS)
    assert answers_of(again) == before
    again("PUT /logs/_doc/three", {"n": 7})
    after = answers_of(again)
    again.kill()
    assert answers_of(serve(path, **SETTINGS)) == after


def test_a_server_comes_back_from_an_image_and_the_log_after_it(serve, full):
    ask, path = full
    assert ask.compact()
    ask("PUT /logs/_doc/three?refresh", {"n": 7, "t": "word"})
    before = answers_of(ask)
    ask.kill()
    assert {one.name for one in path.iterdir()} == {"about.json", "lock", "image-00000001", "log-00000001"}
    again = serve(path, **SETTINGS)
    assert answers_of(again) == before
    assert again("PUT /logs/_doc/three", {"n": 8})[1]["_version"] == 2


def test_a_server_that_is_stopped_leaves_an_image(serve, full):
    ask, path = full
    before = answers_of(ask)
    ask.stop()
    assert [one.stat().st_size for one in path.glob("log-*")] == [0]
    assert answers_of(serve(path, **SETTINGS)) == before


def test_ids_go_on_without_repeating(serve, tmp_path):
    seen = set()
    for _ in range(4):
        ask = serve(tmp_path)
        seen |= {ask("POST /logs/_doc", {"n": n})[1]["_id"] for n in range(5)}
        ask.kill()
    ask = serve(tmp_path)
    ask.compact()
    ask("POST /logs/_refresh")
    assert len(seen) == 20
    hits = ask("GET /logs/_search?size=100")[1]["hits"]["hits"]
    assert {hit["_id"] for hit in hits} == seen


def test_reads_are_not_kept(full):
    ask, path = full
    size = (path / "log-00000000").stat().st_size
    answers_of(ask)
    ask("POST /_msearch", '{}\n{"size":0}\n')
    ask("POST /nope/unknown/path/of/five", {"a": 1})
    assert (path / "log-00000000").stat().st_size == size


@pytest.mark.parametrize("cut", [1, 9, 40])
def test_a_torn_end_is_cut_off(serve, full, cut):
    ask, path = full
    before = answers_of(ask)
    ask("PUT /logs/_doc/last?refresh", {"n": 99, "padding": "x" * 100})
    ask.kill()
    log = path / "log-00000000"
    log.write_bytes(log.read_bytes()[:-cut])
    again = serve(path, **SETTINGS)
    assert answers_of(again) == before
    again("PUT /logs/_doc/last?refresh", {"n": 100})
    after = answers_of(again)
    assert after != before
    again.kill()
    assert answers_of(serve(path, **SETTINGS)) == after


def test_a_damaged_record_ends_the_log(tmp_path):
    path = tmp_path / "log"
    log = Log(path)
    for record in (b"one", b"two", b"three"):
        log.append(record)
    log.close()
    data = bytearray(path.read_bytes())
    data[8 + 3 + 8] ^= 1
    path.write_bytes(data)
    assert list(read(path)) == [b"one"]


def test_an_image_that_was_not_finished_counts_for_nothing(serve, full):
    ask, path = full
    before = answers_of(ask)
    ask.kill()
    (path / "image-00000001.new").write_bytes(b"half")
    assert answers_of(serve(path, **SETTINGS)) == before


def test_a_folder_belongs_to_one_server_and_one_version(tmp_path):
    folder = Folder(tmp_path, VERSION)
    with pytest.raises(FolderError, match="another server uses it"):
        Folder(tmp_path, VERSION)
    folder.close()
    with pytest.raises(FolderError, match=r"belongs to 8\.19\.21"):
        Folder(tmp_path, "7.10.2")
    Folder(tmp_path, VERSION).close()


def test_an_image_of_another_esmock_is_refused_with_its_reason(serve, full):
    ask, path = full
    ask.stop()
    next(path.glob("image-*")).write_bytes(b"\x80\x05cesmock.gone\nThing\n.")
    with pytest.raises(FolderError, match="written by another esmock"):
        serve(path, **SETTINGS)


def test_rollup_jobs_run_on_after_a_restart(serve, tmp_path):
    start = 1_900_000_000_000
    ask = serve(tmp_path, frozen_at_ms=start)
    ask("PUT /m", {"mappings": {"properties": {"at": {"type": "date"}, "v": {"type": "long"}}}})
    ask("PUT /m/_doc/1?refresh", {"at": start - 7_200_000, "v": 3})
    groups = {"date_histogram": {"field": "at", "fixed_interval": "1h"}}
    job = {"index_pattern": "m", "rollup_index": "r", "cron": "0 * * * * ?", "page_size": 10, "groups": groups}
    assert ask("PUT /_rollup/job/j", job)[0] == 200
    assert ask("POST /_rollup/job/j/_start")[0] == 200
    assert ask.compact()
    ask.kill()
    again = serve(tmp_path, frozen_at_ms=start)
    again.server.clock.advance(seconds=61)
    again("POST /r/_refresh")
    assert again("GET /r/_count")[1]["count"] == 1


def test_analyzers_with_stemmers_and_stop_words_are_in_an_image(serve, tmp_path):
    ask = serve(tmp_path)
    filters = {"ends": {"type": "stemmer", "language": "german"}, "gone": {"type": "stop"}, "twins": {"type": "synonym", "synonyms": ["auto,wagen"]}}
    mine = {"type": "custom", "tokenizer": "standard", "filter": ["lowercase", "twins", "gone", "ends"]}
    fields = {"e": {"type": "text", "analyzer": "english"}, "m": {"type": "text", "analyzer": "mine"}}
    body = {"settings": {"analysis": {"filter": filters, "analyzer": {"mine": mine}}}, "mappings": {"properties": fields}}
    assert ask("PUT /words", body)[0] == 200
    assert ask("PUT /words/_doc/1?refresh", {"e": "the houses", "m": "Wagen"})[0] == 201
    found = {"query": {"bool": {"must": [{"match": {"e": "house"}}, {"match": {"m": "Auto"}}]}}}
    assert ask("POST /words/_search", found)[1]["hits"]["total"]["value"] == 1
    assert ask.compact()
    ask.kill()
    assert serve(tmp_path)("POST /words/_search", found)[1]["hits"]["total"]["value"] == 1
