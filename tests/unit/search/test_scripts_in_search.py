"""Script fields, sorting by scripts, and scripts run on one document.

Source: fixtures/recorded/7.10.2/scripts_in_search.json , nested_sorts.json and script_warnings.json, recordings of 7.10.2.
"""

from __future__ import annotations

from tests.recorded_cases import differences


def test_answers_are_those_of_the_real_engine(raw):
    assert differences(raw("7.10.2"), "scripts_in_search", "7.10.2") == []


def test_more_script_fields_than_the_index_allows_are_refused(raw):
    ask = raw("7.10.2")
    ask("PUT /i/_doc/1?refresh", {"a": 1})
    wanted = {f"f{at}": {"script": "1"} for at in range(33)}
    reason = ask.json("GET /i/_search", {"script_fields": wanted})["error"]["root_cause"][0]["reason"]
    assert reason.startswith("Trying to retrieve too many script_fields. Must be less than or equal to: [32] but was [33].")


def test_a_text_sort_orders_over_shards(raw):
    ask = raw("7.10.2")
    ask("PUT /i", {"settings": {"number_of_shards": 3}})
    for at, name in enumerate(("pear", "fig", "apple", "lime")):
        ask(f"PUT /i/_doc/{at}?refresh", {"k": name})
    sort = {"_script": {"type": "string", "script": "doc['k.keyword'].value + '!'", "order": "desc"}}
    hits = ask.json("GET /i/_search", {"sort": sort})["hits"]["hits"]
    assert [one["sort"] for one in hits] == [["pear!"], ["lime!"], ["fig!"], ["apple!"]]


def test_nested_objects_are_sorted_by_as_recorded(raw):
    """Scripts and fields of nested objects: modes, filters on every level, ``max_children``."""
    assert differences(raw("7.10.2"), "nested_sorts", "7.10.2") == []


def test_scripts_warn_as_recorded(raw):
    """What 7.x warns of while a script runs, ``params`` that may and may not be changed, and scripts that update."""
    assert differences(raw("7.10.2"), "script_warnings", "7.10.2") == []
