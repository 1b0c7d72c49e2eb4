"""Every option of every query, search body, mapping and part of an analyzer has a refusal that a real server gave, told alike.

Evidence: fixtures/recorded/VERSION/refusals (made by fixtures/record_refusals.py). Which options there are is asked of esmock's own
parsers and registries: one that is added needs a recorded refusal, or the record that the server took all that was tried.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.scripts import recorder

RECORDED = Path(__file__).parents[2] / "fixtures" / "recorded"
FILES = sorted((path.parts[-3], path.name.partition(".")[0]) for path in RECORDED.glob("*/refusals/*.json.xz"))
NOT_BUILT = {("8.19.21", "body", "sub_searches")}
"""What Elasticsearch refuses of options that esmock lacks: answered 501."""


def recording(version: str, family: str) -> Any:
    return json.loads(lzma.decompress((RECORDED / version / "refusals" / f"{family}.json.xz").read_bytes()))


@pytest.mark.parametrize(("version", "family"), FILES)
def test_what_a_server_refuses_is_refused_in_its_words(version: str, family: str, raw: Callable[..., Any]) -> None:
    record = recorder("refusals")
    found = recording(version, family)
    places = {one.label: one for one in record.places_of(family)[1]}
    ask = raw(version)
    for method, path, body in found["setup"]:
        assert ask(f"{method} {path}", body).status < 300, path
    wrong = []
    for label, option, body, *answer in found["rows"]:
        got = ask(f"{places[label].method} {places[label].path}", body)
        told = record.told([value for name, value in got.headers if name == "Warning"])
        given = [got.status, record.masked(got.body.decode()), told]
        if given != answer and not (got.status == 501 and (version, label, option) in NOT_BUILT):
            wrong.append((label, option, body, answer, given))
        if got.status < 300 and places[label].method == "PUT":
            ask(f"DELETE {places[label].path}")
    assert wrong == []
    assert len(found["rows"]) > 100


@pytest.mark.parametrize(("version", "family"), FILES)
def test_each_option_that_is_read_was_refused_by_a_server(version: str, family: str) -> None:
    record = recorder("refusals")
    found = recording(version, family)
    refused: dict[str, set[str]] = {}
    for label, option, *_ in found["rows"]:
        refused.setdefault(label, set()).add(option)
    lacking = []
    for place in record.places_of(family)[1]:
        if place.label in found["absent"]:
            continue
        known = {record.UNKNOWN, *record.options_read(family, version, place)}
        lacking += [(place.label, one) for one in known - refused.get(place.label, set()) - set(found["taken"].get(place.label, ()))]
    assert lacking == []


@pytest.mark.parametrize("version", sorted({version for version, _ in FILES}))
def test_each_part_has_a_place(version: str) -> None:
    from esmock.analysis.registry import TABLES
    from esmock.mapping.types import TYPES
    from esmock.search.query import QUERIES

    record = recorder("refusals")
    labels = {place.label for family in record.FAMILIES for place in record.places_of(family)[1]}
    parts = {f"{kind}.{name}" for kind, table in TABLES.items() for name in table}
    assert {*QUERIES, *(f"type.{name}" for name in TYPES), *parts} <= labels
    served = {label for label, *_ in recording(version, "queries")["rows"]}
    absent = set(recording(version, "queries")["absent"])
    assert set(QUERIES) - served == absent & set(QUERIES)
    assert len(served & set(QUERIES)) > 35
