"""Aggregating on ``_id``: refused from 8.0 on unless ``indices.id_field_data.enabled`` says otherwise.

Evidence: the refusal is a recording (aggs_requests of 8.19.21); what the setting does is what its error says, and not asked of a server.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

SEARCH = json.dumps({"size": 0, "aggs": {"ids": {"value_count": {"field": "_id"}}}})


@pytest.mark.unverified
@pytest.mark.parametrize(("version", "enabled", "status"), [("8.19.21", "true", 200), ("7.10.2", "false", 400)])
def test_the_setting_outranks_the_default(version: str, enabled: str, status: int, raw: Callable[..., Any]) -> None:
    ask = raw(version)
    ask("PUT /books/_doc/1?refresh", '{"title": "one"}')
    before = ask("POST /books/_search?request_cache=false", SEARCH)
    assert before.status == (400 if status == 200 else 200)
    assert ask("PUT /_cluster/settings", json.dumps({"transient": {"indices.id_field_data.enabled": enabled}})).status == 200
    after = ask("POST /books/_search?request_cache=false", SEARCH)
    assert after.status == status
    refused = before if status == 200 else after
    assert b"Fielddata access on the _id field is disallowed" in refused.body
