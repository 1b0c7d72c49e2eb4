"""The processor redact. Source: the documentation page and the makers' tests; what is marked is reasoned."""

from __future__ import annotations

import pytest

from esmock.ingest.redact import merged

LINE = "55.3.244.1 GET /index.html 15824 0.043"


def redacted(simulate, value, **options):
    return simulate("redact", {"field": "m", **options}, {"m": value})["_source"]["m"]


def test_captures_are_replaced_as_the_page_shows(simulate):
    assert redacted(simulate, LINE, patterns=["%{IP:client}"]) == "<client> GET /index.html 15824 0.043"
    both = {"patterns": ["%{IP:REDACTED}", "%{EMAILADDRESS:REDACTED}"], "prefix": "*", "suffix": "*"}
    wanted = "*REDACTED* GET /index.html 15824 0.043 *REDACTED*"
    assert redacted(simulate, f"{LINE} test@elastic.co", **both) == wanted
    own = {"patterns": ["%{GITHUB_NAME:GITHUB_NAME}"], "pattern_definitions": {"GITHUB_NAME": "@%{USERNAME}"}}
    shown = "<GITHUB_NAME> the PR is ready for review"
    assert redacted(simulate, "@elastic-data-management the PR is ready for review", **own) == shown


def test_a_missing_field(simulate):
    assert simulate("redact", {"field": "m", "patterns": ["%{IP:a}"]}, {"n": 1})["_source"] == {"n": 1}
    found = simulate("redact", {"field": "m", "patterns": ["%{IP:a}"], "ignore_missing": False}, {"n": 1})
    assert found["reason"] == "field [m] is null or missing"


@pytest.mark.parametrize("traces", [True, False])
def test_the_trace_is_left_only_where_it_is_asked_for_and_something_was_redacted(simulate, traces):
    for line, hit in ((LINE, True), ("nothing", False)):
        found = simulate("redact", {"field": "m", "patterns": ["%{IP:a}"], "trace_redact": traces}, {"m": line})["_ingest"]
        assert found.get("_redact") == ({"_is_redacted": True} if traces and hit else None)


@pytest.mark.unverified
def test_every_occurrence_goes_and_text_around_a_capture_stays(simulate):
    assert redacted(simulate, "1.1.1.1 to 2.2.2.2", patterns=["%{IP:ip}"]) == "<ip> to <ip>"
    assert redacted(simulate, "user=jo user=al", patterns=["user=%{WORD:name}"]) == "user=<name> user=<name>"
    assert redacted(simulate, "1.1.1.1", patterns=["%{IP}"]) == "1.1.1.1"


@pytest.mark.unverified
def test_what_overlaps_bears_the_name_of_the_longest():
    assert merged([(5, 9, "b"), (0, 6, "a"), (9, 10, "c")]) == [(0, 9, "a"), (9, 10, "c")]
    assert merged([]) == []


@pytest.mark.unverified
@pytest.mark.parametrize(
    ("patterns", "reason"),
    [
        ([], "[patterns] List of patterns must not be empty"),
        (
            ["%{NOPE:x}"],
            "[patterns] Invalid regex pattern found in: [%{NOPE:x}]. Unable to find pattern [NOPE] in Grok's pattern dictionary",
        ),
    ],
)
def test_what_is_wrong_is_told(simulate, patterns, reason):
    assert simulate("redact", {"field": "m", "patterns": patterns}, {})["reason"] == reason
