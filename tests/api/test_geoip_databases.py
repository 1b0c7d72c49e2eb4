"""Configurations of databases of addresses, and the statistics of their downloads.

Evidence: documentation and published classes of 8.15 to 9.x; none of the engines at hand has the module.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.unverified
CITY = {"name": "GeoIP2-City", "maxmind": {"account_id": "1234"}}


@pytest.fixture
def ask(raw: Any) -> Any:
    return raw("8.19.21")


def listed(answer: Any) -> list[tuple[str, int, Any]]:
    return [(one["id"], one["version"], one["database"]) for one in json.loads(answer.body)["databases"]]


def reason(answer: Any) -> tuple[int, str]:
    return answer.status, json.loads(answer.body)["error"]["reason"]


def test_both_paths_keep_the_same_configurations(ask: Any) -> None:
    ask("PUT /_ingest/geoip/database/b", CITY)
    ask("PUT /_ingest/ip_location/database/a", {"name": "asn", "ipinfo": {}})
    expected = [("a", 1, {"name": "asn", "ipinfo": {}}), ("b", 1, CITY)]
    assert listed(ask("GET /_ingest/geoip/database")) == expected
    assert listed(ask("GET /_ingest/ip_location/database/*")) == expected
    assert listed(ask("GET /_ingest/geoip/database/b,a")) == expected
    assert listed(ask("GET /_ingest/geoip/database/none*")) == []


def test_a_version_counts_the_changes(ask: Any) -> None:
    for account, version in (("1", 1), ("1", 1), ("2", 2)):
        ask("PUT /_ingest/geoip/database/b", {"name": "GeoIP2-ISP", "maxmind": {"account_id": account}})
        assert listed(ask("GET /_ingest/geoip/database/b"))[0][1] == version


def test_a_readable_date_is_shown_to_people(ask: Any) -> None:
    ask("PUT /_ingest/geoip/database/b", CITY)
    shown = json.loads(ask("GET /_ingest/geoip/database/b?human").body)["databases"][0]
    assert list(shown) == ["id", "version", "modified_date", "modified_date_millis", "database"]


def test_what_is_deleted_is_gone(ask: Any) -> None:
    ask("PUT /_ingest/geoip/database/b", CITY)
    assert ask("DELETE /_ingest/ip_location/database/b").status == 200
    assert reason(ask("DELETE /_ingest/geoip/database/b")) == (404, "Database configuration not found: b")
    assert reason(ask("GET /_ingest/geoip/database/b")) == (404, "database configuration not found: b")


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("c", CITY, "database [GeoIP2-City] is already being downloaded via configuration [b]"),
        ("c", {"name": "asn", "web": {}}, "Database [c] is read only"),
        ("c", {"name": "asn"}, "Exactly one provider object must be specified, but [0] were found"),
        (
            "c",
            {"name": "City", "maxmind": {"account_id": "1"}},
            "Validation Failed: 1: invalid name [City]: must be a supported name ([GeoIP2-Anonymous-IP, GeoIP2-City, "
            "GeoIP2-Connection-Type, GeoIP2-Country, GeoIP2-Domain, GeoIP2-Enterprise, GeoIP2-ISP]);",
        ),
        (
            "-c",
            CITY,
            "invalid database configuration id [-c]: id doesn't match required rules (alphanumerics, dashes, and underscores, only)",
        ),
    ],
)
def test_what_cannot_be_is_refused(ask: Any, name: str, body: Any, expected: str) -> None:
    ask("PUT /_ingest/geoip/database/b", CITY)
    assert reason(ask(f"PUT /_ingest/geoip/database/{name}", body)) == (400, expected)


def test_several_patterns_are_refused(ask: Any) -> None:
    text = "wildcard only supports a single value, please use comma-separated values or a single wildcard value"
    assert reason(ask("GET /_ingest/geoip/database/a*,b")) == (400, text)


def test_nothing_was_downloaded(ask: Any) -> None:
    answer = json.loads(ask("GET /_ingest/geoip/stats").body)
    assert set(answer["stats"].values()) == {0}
    assert answer["nodes"] == {}
