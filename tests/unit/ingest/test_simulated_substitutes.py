"""Pipelines that stand in for others in ``_ingest/_simulate``. Source: breaking changes of 9.2 for the status; its error follows from it."""

from __future__ import annotations

from typing import Any

import pytest

BODY = {"docs": [{"_index": "i", "_source": {}}], "pipeline_substitutions": {"p": {"processors": [{"nope": {}}]}}}


@pytest.mark.unverified
@pytest.mark.parametrize(("version", "status", "type_"), [("8.19.21", 500, "runtime_exception"), ("9.5.3", 400, "parse_exception")])
def test_a_processor_that_does_not_exist(raw: Any, version: str, status: int, type_: str) -> None:
    answer = raw(version)
    got = answer.json("POST /_ingest/_simulate", BODY)
    assert (got["status"], got["error"]["type"]) == (status, type_)
