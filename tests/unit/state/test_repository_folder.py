"""Repositories in folders: what one server writes another reads. The files are esmock's own, so only answers are compared.

Source: what Elasticsearch answers about repositories that two clusters share (docs page snapshots-register-repository).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Ask = Callable[..., Any]
FS = '{"type":"fs","settings":{"location":"backup"}}'


@pytest.fixture(params=["7.10.2", "8.19.21"])
def servers(request: pytest.FixtureRequest, raw: Callable[..., Ask], tmp_path: Path) -> tuple[Ask, Ask]:
    """Two servers that know each other's folder and nothing else."""
    one, other = (raw(request.param, node_settings={"path.repo": str(tmp_path)}) for _ in range(2))
    one("PUT /books", '{"settings":{"number_of_shards":2,"number_of_replicas":0},"aliases":{"b":{}}}')
    for number in range(5):
        one(f"PUT /books/_doc/{number}?refresh", f'{{"title":"number {number}"}}')
    one("PUT /books/_doc/0?refresh", '{"title":"changed"}')
    assert one("PUT /_snapshot/mine", FS).status == 200
    assert one("PUT /_snapshot/mine/s1?wait_for_completion=true").status == 200
    return one, other


def body(answer: Any) -> Any:
    return json.loads(answer.body)


def test_another_server_restores(servers: tuple[Ask, Ask]) -> None:
    _, other = servers
    assert other("PUT /_snapshot/theirs", FS).status == 200
    assert [one["snapshot"] for one in body(other("GET /_snapshot/theirs/_all"))["snapshots"]] == ["s1"]
    restored = other("POST /_snapshot/theirs/s1/_restore?wait_for_completion=true")
    assert body(restored)["snapshot"]["shards"] == {"total": 2, "failed": 0, "successful": 2}
    found = body(other("GET /books/_doc/0"))
    assert (found["_version"], found["_source"]) == (2, {"title": "changed"})
    assert body(other("GET /b/_count"))["count"] == 5


def test_what_one_adds_and_removes_the_other_sees(servers: tuple[Ask, Ask]) -> None:
    one, other = servers
    other("PUT /_snapshot/theirs", FS)
    one("PUT /_snapshot/mine/s2?wait_for_completion=true")
    assert other("GET /_snapshot/theirs/s2").status == 200
    one("DELETE /_snapshot/mine/s1")
    assert [found["snapshot"] for found in body(other("GET /_snapshot/theirs/_all"))["snapshots"]] == ["s2"]


def test_a_url_repository_reads_the_folder(servers: tuple[Ask, Ask], tmp_path: Path) -> None:
    _, other = servers
    url = f'{{"type":"url","settings":{{"url":"file:{tmp_path}/backup"}}}}'
    assert other("PUT /_snapshot/far", url).status == 200
    assert [one["snapshot"] for one in body(other("GET /_snapshot/far/_all"))["snapshots"]] == ["s1"]
    assert other("PUT /_snapshot/far/s2").status in (400, 500)
    assert other("POST /_snapshot/far/s1/_restore?wait_for_completion=true").status == 200


def test_files_of_deleted_snapshots_go(servers: tuple[Ask, Ask], tmp_path: Path) -> None:
    one, _ = servers
    assert len(list((tmp_path / "backup" / "indices").glob("*/*.json.gz"))) == 1
    one("DELETE /_snapshot/mine/s1")
    assert list((tmp_path / "backup" / "indices").glob("*/*.json.gz")) == []


def test_a_folder_of_somebody_else_is_refused(raw: Callable[..., Ask], tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / "esmock-snapshots.json").write_text('{"esmock_repository": 99}', "utf-8")
    ask = raw("8.19.21", node_settings={"path.repo": str(tmp_path)})
    ask("PUT /_snapshot/mine", FS)
    answer = ask("GET /_snapshot/mine/_all")
    assert answer.status == 500
    assert "holds no repository of format 1" in answer.body.decode()


@pytest.mark.parametrize("rename", [False, True])
def test_data_streams_come_back_whole(raw: Callable[..., Ask], tmp_path: Path, rename: bool) -> None:
    """Source: docs page snapshots-restore-snapshot: a stream is restored with its backing indices, whose prefix stays."""
    one, other = (raw("8.19.21", node_settings={"path.repo": str(tmp_path)}) for _ in range(2))
    one("PUT /_index_template/logs", '{"index_patterns":["logs-*"],"data_stream":{},"template":{"settings":{"number_of_replicas":0}}}')
    one("POST /logs-a/_doc?refresh", '{"@timestamp":"2030-01-01","n":1}')
    one("POST /logs-a/_rollover")
    one("POST /logs-a/_doc?refresh", '{"@timestamp":"2030-01-02","n":2}')
    one("PUT /_snapshot/mine", FS)
    taken = body(one("PUT /_snapshot/mine/s1?wait_for_completion=true", '{"indices":"logs-*"}'))["snapshot"]
    assert (taken["data_streams"], len(taken["indices"])) == (["logs-a"], 2)
    other("PUT /_snapshot/mine", FS)
    asked = {"indices": "logs-a", **({"rename_pattern": "logs-a", "rename_replacement": "old-a"} if rename else {})}
    name = "old-a" if rename else "logs-a"
    restored = body(other("POST /_snapshot/mine/s1/_restore?wait_for_completion=true", json.dumps(asked)))
    assert all(index.startswith(f".ds-{name}-") for index in restored["snapshot"]["indices"])
    (stream,) = body(other("GET /_data_stream"))["data_streams"]
    assert (stream["name"], stream["generation"]) == (name, 2)
    assert [index["index_name"] for index in stream["indices"]] == restored["snapshot"]["indices"]
    assert body(other(f"GET /{name}/_count"))["count"] == 2


@pytest.mark.parametrize(
    ("location", "cause", "more"),
    [("plain", "file_already_exists_exception", ""), ("plain/sub", "file_system_exception", ": Not a directory")],
)
def test_a_file_in_the_place_of_the_folder_is_told(
    raw: Callable[..., Ask], tmp_path: Path, location: str, cause: str, more: str
) -> None:
    """Evidence: the same requests asked of 7.10.2."""
    (tmp_path / "plain").write_text("x", "utf-8")
    ask = raw("7.10.2", node_settings={"path.repo": str(tmp_path)})
    refused = ask("PUT /_snapshot/r", json.dumps({"type": "fs", "settings": {"location": location}}))
    assert refused.status == 500
    error = body(refused)["error"]
    assert error["type"] == "repository_verification_exception"
    assert error["reason"] == "[r] path  is not accessible on master node"
    assert error["caused_by"]["reason"] == "[r] cannot create blob store"
    assert error["caused_by"]["caused_by"] == {"type": cause, "reason": f"{tmp_path / location}{more}"}
