"""Inference endpoints: kept, handed out without secrets, never called.

Evidence: the published specification and the classes of the module inference; none of the engines at hand has it.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.unverified
OPENAI = {"service": "openai", "service_settings": {"api_key": "k", "model_id": "m"}}


@pytest.fixture
def ask(raw: Any) -> Any:
    return raw("9.5.3")


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status, json.loads(answer.body)["error"]["reason"]


def test_an_endpoint_is_kept_without_its_secrets(ask: Any) -> None:
    made = ask.json("PUT /_inference/text_embedding/one", OPENAI)
    assert made == {
        "inference_id": "one",
        "task_type": "text_embedding",
        "service": "openai",
        "service_settings": {"model_id": "m"},
    }
    assert ask.json("GET /_inference/one") == ask.json("GET /_inference/text_embedding/one") == {"endpoints": [made]}
    assert refusal(ask("PUT /_inference/text_embedding/one", OPENAI)) == (400, "Inference endpoint [one] already exists")
    wrong = "Requested task type [rerank] does not match the inference endpoint's task type [text_embedding]"
    assert refusal(ask("GET /_inference/rerank/one")) == (400, wrong)
    assert "one" in [each["inference_id"] for each in ask.json("GET /_inference/text_embedding/_all")["endpoints"]]
    assert ask.json("DELETE /_inference/one?dry_run=true")["acknowledged"] is False
    assert ask.json("DELETE /_inference/one")["acknowledged"] is True
    assert refusal(ask("GET /_inference/one")) == (404, "Inference endpoint not found [one]")


def test_what_is_wrong_is_refused(ask: Any) -> None:
    assert refusal(ask("PUT /_inference/foo/x", OPENAI)) == (400, "Unknown task_type [foo]")
    assert refusal(ask("PUT /_inference/completion/x", {"service": "none"})) == (400, "Unknown service [none]")
    assert ask("PUT /_inference/completion/x", {}).status == 400
    assert ask("PUT /_inference/x", OPENAI).status == 400


def test_calling_answers_that_nothing_answers(ask: Any) -> None:
    ask("PUT /_inference/completion/one", OPENAI)
    assert ask("POST /_inference/completion/one", {"input": "x"}).status == 501
    assert ask("POST /_inference/completion/one/_stream", {"input": "x"}).status == 501
    assert refusal(ask("POST /_inference/none", {"input": "x"})) == (404, "Inference endpoint not found [none]")


def test_the_clusters_own_endpoints_are_there_and_stay(ask: Any) -> None:
    assert ask.json("GET /_inference/.elser-2-elasticsearch")["endpoints"][0]["task_type"] == "sparse_embedding"
    assert ask("DELETE /_inference/.elser-2-elasticsearch").status == 400


def test_releases_before_them_have_none(raw: Any) -> None:
    assert raw("7.17.29")("GET /_inference/one").status == 405
