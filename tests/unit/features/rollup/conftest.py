"""The indices and jobs that tests of rollup begin with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Json = Any

FOO = {"mappings": {"properties": {"the_field": {"type": "date"}, "value_field": {"type": "integer"}}}}
HOURLY = {"field": "the_field", "calendar_interval": "1h"}


def job(**changes: Json) -> dict[str, Json]:
    """The body of a put; a change to None leaves the key out, ``date`` changes the date histogram."""
    date = HOURLY if "date" not in changes else {"field": "the_field"} | changes.pop("date")
    body: dict[str, Json] = {
        "index_pattern": "foo",
        "rollup_index": "foo_rollup",
        "cron": "*/30 * * * * ?",
        "page_size": 10,
        "groups": {"date_histogram": date},
        "metrics": [{"field": "value_field", "metrics": ["min", "max", "sum"]}],
    }
    return {key: value for key, value in (body | changes).items() if value is not None}


@pytest.fixture
def foo(raw: Callable[..., Any]) -> Any:
    """A cluster of 7.10.2 with the index ``foo``."""
    ask = raw("7.10.2", frozen_at_ms=1_700_000_000_000)
    ask("PUT /foo", FOO)
    return ask


@pytest.fixture
def with_job(foo: Any) -> Any:
    """The same with the job ``foo``."""
    assert foo.json("PUT /_rollup/job/foo", job()) == {"acknowledged": True}
    return foo


def innermost(answer: dict[str, Json]) -> dict[str, Json]:
    """The last ``caused_by`` of an error."""
    found: dict[str, Json] = answer["error"]
    while "caused_by" in found:
        found = found["caused_by"]
    return found
