"""The indexer's documents and rollup searches over several jobs, as a real 6.8.23 answered them.

Source: fixtures/recorded/6.8.23/rollup_search.json.
"""

import json
from pathlib import Path

import pytest

RECORDED = json.loads(
    (Path(__file__).parents[4] / "fixtures" / "recorded" / "6.8.23" / "rollup_search.json").read_text("utf-8")
)
ANSWERED = [case for case in RECORDED["cases"] if case["status"] == 200]


@pytest.fixture(scope="module")
def filled():
    """A cluster on which the jobs have run, with its answers to searches."""
    from tests.conftest import Raw

    ask = Raw("7.10.2", frozen_at_ms=1_700_000_000_000, rollup_as="6.8.23")
    ask("PUT /_template/one_shard", {"index_patterns": ["r"], "settings": {"number_of_shards": 1, "number_of_replicas": 0}})
    for index, sources in RECORDED["sources"].items():
        ask(f"PUT /{index}", RECORDED["mapping"])
        lines = [json.dumps(row) for n, one in enumerate(sources) for row in ({"index": {"_id": str(n)}}, one)]
        ask(f"POST /{index}/_bulk?refresh", "\n".join(lines) + "\n")
    for job, body in RECORDED["jobs"].items():
        whole = {"index_pattern": "foo", "rollup_index": "r", "cron": "* * * * * ?", **body}
        assert ask.json(f"PUT /_rollup/job/{job}", whole) == {"acknowledged": True}
        ask(f"POST /_rollup/job/{job}/_start")
    ask.server.clock.advance(seconds=3)
    ask("POST /r/_refresh")
    return ask


def _totals(answer):
    if "hits" in answer:
        answer["hits"]["total"] = {"value": answer["hits"]["total"], "relation": "eq"}
    return answer


def test_the_indexer_writes_the_same_documents(filled):
    hits = filled.json("GET /r/_search?size=1000")["hits"]["hits"]
    assert {hit["_id"]: hit["_source"] for hit in hits} == RECORDED["rolled"]


def test_searches_get_the_same_answers_byte_for_byte(filled):
    assert len(ANSWERED) >= 60
    wrong = []
    for case in RECORDED["cases"]:
        answer = filled.json(f"POST {case['path']}", case["body"])
        answer.pop("took", None)
        wanted = _totals(json.loads(json.dumps(case["answer"])))
        if json.dumps(answer) != json.dumps(wanted):
            wrong.append((case["path"], json.dumps(case["body"]), json.dumps(wanted), json.dumps(answer)))
    assert wrong == []


def test_every_kind_of_aggregation_and_several_jobs_are_among_them():
    text = json.dumps([case["body"] for case in ANSWERED])
    assert all(f'"{kind}"' in text for kind in ("date_histogram", "histogram", "terms", "min", "max", "sum", "avg"))
    assert any(case["answer"].get("num_reduce_phases", 1) > 1 for case in ANSWERED)
