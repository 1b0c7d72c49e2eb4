"""Emptying a server.

Source: requests of the test framework (7.14 and 8); answers recorded from 7.10.2, where a version is named.
"""

from __future__ import annotations

from typing import Any

import pytest

from esmock.conformance.cleanup import Cleaner
from esmock.conformance.facts import Facts
from esmock.conformance.target import Answer

Version = tuple[int, int, int]


class Server:
    """Answers by method and path, 400 where nothing is said; remembers every request."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.answers, self.asked = answers, [""][1:]

    def send(self, method: str, target: str, body: bytes = b"", headers: Any = ()) -> Answer:
        line = f"{method} {target}"
        self.asked.append(line + (f" {body.decode()}" if body else ""))
        found = self.answers.get(line) or self.answers.get(line.partition("?")[0])
        return found or Answer(400, (("content-type", "application/json"),), b'{"error":"no handler found"}')


@pytest.fixture
def clean(answered: Any) -> Any:
    """Clean a server twice: its problems, and the requests that change something."""

    def run(version: Version, answers: dict[str, Any], **options: Any) -> tuple[list[str], list[str], Server]:
        basics = {
            "GET /_nodes/plugins": {"nodes": {}},
            "GET /_cluster/health": {},
            "GET /_snapshot/_all": {},
            "DELETE /*": {"acknowledged": True},
            "DELETE /*,-.ds-ilm-history-*,-.ds-.slm-history-*": answered(b'{"acknowledged":true}'),
            "DELETE /_template/*": {},
            "GET /_cluster/settings": {"persistent": {}, "transient": {}},
            "GET /_cluster/pending_tasks": {"tasks": []},
        }
        known = {
            line: body if isinstance(body, Answer) else answered(body) for line, body in (basics | answers).items()
        }
        server = Server(known)
        cleaner = Cleaner(server, Facts(server, version), **options)  # type: ignore[arg-type]
        problems = cleaner.clean()
        first = [line for line in server.asked if not line.startswith("GET ")]
        server.asked.clear()
        assert cleaner.clean() == problems
        return problems, first, server

    return run


def test_an_empty_7_10_without_xpack(clean: Any) -> None:
    problems, changes, server = clean(
        (7, 10, 2), {"DELETE /_index_template/*": {}, "DELETE /_component_template/*": {}}
    )
    assert problems == []
    assert changes == [
        "DELETE /_data_stream/*?expand_wildcards=all",
        "DELETE /*,-.ds-ilm-history-*,-.ds-.slm-history-*?expand_wildcards=open,closed,hidden",
        "DELETE /_index_template/*",
        "DELETE /_component_template/*",
        "DELETE /_template/*",
    ]
    asked_again = [line.partition("?")[0] for line in server.asked]
    assert "DELETE /_data_stream/*" not in asked_again, "what the server does not know is asked once"
    assert "GET /_rollup/job/_all" not in asked_again
    assert "GET /_nodes/shutdown" not in asked_again


def test_rollup_jobs_are_stopped_and_deleted_before_their_indices(clean: Any) -> None:
    answers = {
        "GET /_rollup/job/_all": {"jobs": [{"config": {"id": "a b"}}]},
        "POST /_rollup/job/a%20b/_stop": {"stopped": True},
        "DELETE /_rollup/job/a%20b": {"acknowledged": True},
        "GET /_tasks": {"nodes": {}},
    }
    problems, changes, _ = clean((7, 10, 2), answers)
    assert problems == []
    assert changes[:2] == [
        "POST /_rollup/job/a%20b/_stop?wait_for_completion=true&timeout=10s",
        "DELETE /_rollup/job/a%20b",
    ]


def test_settings_are_reset_by_their_first_keys(clean: Any) -> None:
    settings = {"persistent": {"cluster": {"routing": {}}, "search": {}}, "transient": {"indices": {}}}
    problems, changes, _ = clean((7, 10, 2), {"GET /_cluster/settings": settings, "PUT /_cluster/settings": {}})
    assert problems == []
    assert changes[-2:] == [
        'PUT /_cluster/settings {"persistent": {"cluster.*": null, "search.*": null}}',
        'PUT /_cluster/settings {"transient": {"indices.*": null}}',
    ]


def test_snapshots_of_file_systems_go_before_their_repository(clean: Any) -> None:
    answers = {
        "GET /_snapshot/_all": {"r": {"type": "fs"}, "u": {"type": "url"}},
        "GET /_snapshot/r/_all": {"snapshots": [{"snapshot": "s", "state": "SUCCESS"}]},
        "DELETE /_snapshot/r/s": {},
        "DELETE /_snapshot/r": {},
        "DELETE /_snapshot/u": {},
    }
    problems, changes, _ = clean((7, 10, 2), answers)
    assert problems == []
    assert changes[:3] == ["DELETE /_snapshot/r/s", "DELETE /_snapshot/r", "DELETE /_snapshot/u"]


def test_an_unfinished_snapshot_is_a_problem_in_7(clean: Any) -> None:
    answers = {
        "GET /_snapshot/_all": {"r": {"type": "fs"}},
        "GET /_snapshot/r/_all": {"snapshots": [{"snapshot": "s", "state": "IN_PROGRESS"}]},
        "DELETE /_snapshot/r/s": {},
        "DELETE /_snapshot/r": {},
    }
    assert clean((7, 10, 2), answers)[0] == ["unfinished snapshot [s] in /_snapshot/r"]
    assert clean((8, 19, 0), answers)[0] == []


def test_with_xpack_built_in_templates_and_policies_stay(clean: Any) -> None:
    answers = {
        "GET /_nodes/plugins": {"nodes": {"n": {"modules": [{"name": "x-pack-core"}]}}},
        "GET /_index_template": {"index_templates": [{"name": "mine"}, {"name": "logs"}, {"name": ".ml-stats"}]},
        "GET /_component_template": {"component_templates": [{"name": "logs@mappings"}, {"name": "own"}]},
        "GET /_template": {"old": {}, ".watches": {}},
        "GET /_ilm/policy": {"p": {}, "logs": {}, "30-days@lifecycle": {}},
        "DELETE /_ilm/policy/p": {},
        "GET /_slm/policy": {"s": {}},
        "DELETE /_slm/policy/s": {},
        "GET /_ccr/auto_follow": {"patterns": [{"name": "f"}]},
        "DELETE /_ccr/auto_follow/f": {},
    }
    problems, changes, _ = clean((7, 17, 29), answers)
    assert problems == []
    assert [line for line in changes if "_data_stream" not in line and not line.startswith("DELETE /*")] == [
        "DELETE /_slm/policy/s",
        "DELETE /_index_template/mine",
        "DELETE /_component_template/own",
        "DELETE /_template/old",
        "DELETE /_ilm/policy/p",
        "DELETE /_ccr/auto_follow/f",
    ]


def test_where_wildcards_may_not_delete_indices_go_one_by_one(clean: Any, answered: Any) -> None:
    answers = {
        "DELETE /*,-.ds-ilm-history-*,-.ds-.slm-history-*": answered({"error": "destructive"}, 400),
        "GET /_all/_settings": {"a b": {}, ".ds-ilm-history-5-1": {}, ".hidden": {}},
        "DELETE /a%20b": {},
        "DELETE /.hidden": {},
    }
    problems, changes, _ = clean((8, 19, 0), answers)
    assert problems == []
    assert changes[-2 - 3 : -3] == ["DELETE /a%20b", "DELETE /.hidden"]


def test_what_cannot_be_deleted_is_a_problem(clean: Any, answered: Any) -> None:
    answers = {"DELETE /*,-.ds-ilm-history-*,-.ds-.slm-history-*": answered({"error": "x"}, 500)}
    (problem,) = clean((7, 10, 2), answers)[0]
    assert problem.endswith('expand_wildcards=open,closed,hidden: 500 {"error": "x"}')


def test_a_deletion_that_is_not_acknowledged_is_a_problem(clean: Any, answered: Any) -> None:
    answers = {"DELETE /*,-.ds-ilm-history-*,-.ds-.slm-history-*": answered(b'{"acknowledged":false}')}
    assert len(clean((7, 10, 2), answers)[0]) == 1


def test_6_8_knows_no_hidden_indices_and_no_data_streams(clean: Any) -> None:
    problems, changes, _ = clean((6, 8, 23), {"DELETE /*": Answer(404, (), b"")})
    assert problems == []
    assert changes[0] == "DELETE /*?expand_wildcards=open,closed"


def test_one_path_can_wipe_everything(clean: Any, answered: Any) -> None:
    problems, changes, _ = clean((9, 5, 3), {"POST /_wipe": {}}, wipe_path="/_wipe")
    assert (problems, changes) == ([], ["POST /_wipe"])
    problems, _, _ = clean((9, 5, 3), {"POST /_wipe": answered({}, 500)}, wipe_path="/_wipe")
    assert problems == ["POST /_wipe: 500 {}"]
