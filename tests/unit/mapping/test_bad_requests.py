"""Every field type has a request that a real server refused, recorded (fixtures/recorded/*/types)."""

from __future__ import annotations

import json
import re
from pathlib import Path

from esmock.mapping.types import TYPES

RECORDED = Path(__file__).parents[3] / "fixtures" / "recorded"
WITHOUT_SERVER = {
    "aggregate_metric_double",
    "constant_keyword",
    "histogram",
    "rank_vectors",
    "shape",
    "unsigned_long",
    "version",
    "wildcard",
}
"""Types of modules that no recorded server had."""


def test_each_type_has_a_recorded_bad_request() -> None:
    refused: set[str] = set()
    for path in RECORDED.glob("*/types/*.json"):
        for _request, body, answer, _warnings in json.loads(path.read_text()):
            if answer.endswith('"status":400}'):
                refused.update(re.findall(r'"type": ?"(\w+)"', body or ""))
    assert set(TYPES) - refused == WITHOUT_SERVER
