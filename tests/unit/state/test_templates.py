"""Templates: matching, joining, overlaps. Evidence: recordings of 7.10.2 (fixtures/recorded/7.10.2/admin/templates.json)."""

from __future__ import annotations

from esmock.state.template_checks import overlap
from esmock.state.templates import (
    ComponentTemplate,
    ComposableTemplate,
    LegacyTemplate,
    Template,
    Templates,
    apply_composable,
    apply_legacy,
    merge_defaults,
    merge_mappings,
)
from esmock.xcontent.java_order import hash_ordered


def test_legacy_mappings_are_joined_deeply_and_the_request_wins():
    mine = {"properties": {"a": {"type": "keyword"}, "o": {"properties": {"z": {"type": "ip"}}}}}
    merge_defaults(
        mine,
        {"dynamic": "strict", "properties": {"a": {"type": "text", "fields": {"k": {"type": "keyword"}}},
                                             "o": {"properties": {"x": {"type": "long"}}}}},
    )
    assert mine == {
        "dynamic": "strict",
        "properties": {
            "a": {"type": "keyword", "fields": {"k": {"type": "keyword"}}},
            "o": {"properties": {"z": {"type": "ip"}, "x": {"type": "long"}}},
        },
    }


def test_composable_mappings_replace_fields_and_join_objects():
    merged = merge_mappings(
        [
            {"_meta": {"a": 1, "b": 2}, "properties": {"a": {"type": "text", "fields": {"k": {"type": "keyword"}}},
                                                       "o": {"properties": {"x": {"type": "long"}}}}},
            {"_meta": {"b": 3}, "properties": {"a": {"type": "keyword"}, "o": {"properties": {"y": {"type": "long"}}}}},
        ]
    )
    assert merged == {
        "_meta": {"a": 1, "b": 3},
        "properties": {
            "a": {"type": "keyword"},
            "o": {"properties": {"x": {"type": "long"}, "y": {"type": "long"}}},
        },
    }


def test_the_highest_order_wins_among_legacy_templates():
    low = LegacyTemplate("low", ("a*",), 1, settings={"index.number_of_shards": "2", "index.hidden": "true"})
    high = LegacyTemplate("high", ("ab*",), 2, settings={"index.number_of_shards": "3"})
    registry = Templates()
    registry.legacy = {"low": low, "high": high}
    applied = apply_legacy(registry.legacy_for("abc"))
    assert applied.settings == {"index.number_of_shards": "3", "index.hidden": "true"}
    assert [one.name for one in registry.legacy_for("ax")] == ["low"]


def test_only_the_composable_template_of_the_highest_priority_applies():
    registry = Templates()
    registry.components = {"c": ComponentTemplate("c", Template(settings={"index.number_of_shards": "2"}))}
    registry.composable = {
        "one": ComposableTemplate("one", ("a*",), priority=1),
        "two": ComposableTemplate("two", ("a*",), Template(aliases={"x": {}}), ("c",), priority=5),
    }
    found = registry.composable_for("abc")
    assert found is not None
    assert found.name == "two"
    applied = apply_composable(registry, found)
    assert (applied.settings, applied.aliases) == ({"index.number_of_shards": "2"}, {"x": {}})


def test_patterns_overlap_when_one_name_can_match_both():
    assert overlap(["a*"], ["ab*"])
    assert overlap(["*-logs"], ["x-*"])
    assert not overlap(["a*"], ["b*"])
    assert not overlap(["a*b"], ["a*c"])
    assert overlap(["a"], ["b", "a"])


def test_stored_mappings_have_the_order_of_hash_maps():
    assert list(hash_ordered({"properties": {}, "dynamic": "strict", "_meta": {}})) == ["_meta", "dynamic", "properties"]
