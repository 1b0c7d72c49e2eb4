"""Settings of indices. Evidence: recordings of 7.10.2 and 8.19.21 (fixtures/recorded/*/admin/settings.json, indices.json)."""

from __future__ import annotations

import pytest

from esmock.errors import ApiError, IllegalArgument, Validation
from esmock.state import index_settings
from esmock.version import behaviour

SEVEN, EIGHT = behaviour("7.10.2"), behaviour("8.19.21")


def test_names_get_their_prefix_and_values_become_text():
    body = {"number_of_shards": 2, "index": {"blocks": {"write": True}, "query": {"default_field": ["a", 1]}}, "hidden": None}
    assert index_settings.normalise(body) == {
        "index.number_of_shards": "2",
        "index.blocks.write": "true",
        "index.query.default_field": ["a", "1"],
        "index.hidden": None,
    }


def test_the_short_name_wins_over_the_full_one():
    assert index_settings.normalise({"index.number_of_shards": 1, "number_of_shards": 2}) == {"index.number_of_shards": "2"}


def test_a_float_is_printed_as_java_prints_doubles():
    assert index_settings.setting_text(1e4) == "10000.0"


def test_unknown_settings_are_reported_together_in_each_versions_order():
    flat = index_settings.normalise({"max_result_windo": 1, "index.foo": 2})
    with pytest.raises(IllegalArgument) as seven:
        index_settings.check_values(flat, SEVEN)
    with pytest.raises(IllegalArgument) as eight:
        index_settings.check_values(flat, EIGHT)
    rest = (
        "unknown setting [index.foo] please check that any required plugins are installed, or check the breaking changes "
        "documentation for removed settings"
    )
    window = (
        "unknown setting [index.max_result_windo] did you mean any of [index.max_result_window, index.max_rescore_window, "
        "index.max_inner_result_window]?"
    )
    assert (seven.value.reason, seven.value.suppressed[0].reason) == (rest, window)
    assert (eight.value.reason, eight.value.suppressed[0].reason) == (window, rest)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("index.number_of_shards", "2000", "Failed to parse value [2000] for setting [index.number_of_shards] must be <= 1024"),
        ("index.number_of_replicas", "-1", "Failed to parse value [-1] for setting [index.number_of_replicas] must be >= 0"),
        ("index.hidden", "yes", "Failed to parse value [yes] as only [true] or [false] are allowed."),
        (
            "index.refresh_interval",
            "10",
            "failed to parse setting [index.refresh_interval] with value [10] as a time value: unit is missing or unrecognized",
        ),
        ("index.auto_expand_replicas", "0-x", "failed to parse [index.auto_expand_replicas] from value: [0-x] at index 1"),
        ("index.codec", "x", "unknown value for [index.codec] must be one of [default, best_compression] but was: x"),
        ("index.sort.mode", "foo", "Illegal sort mode: foo"),
        (
            "index.translog.durability",
            "x",
            "No enum constant org.elasticsearch.index.translog.Translog.Durability.X",
        ),
    ],
)
def test_bad_values_have_elasticsearchs_texts(name: str, value: str, reason: str):
    with pytest.raises(ApiError) as caught:
        index_settings.check_values({name: value}, SEVEN)
    assert caught.value.reason == reason


def test_private_settings_cannot_be_given():
    with pytest.raises(Validation) as caught:
        index_settings.check_private({"index.version.created": "1"}, SEVEN)
    assert caught.value.reason == (
        "Validation Failed: 1: private index setting [index.version.created] can not be set explicitly;"
    )


def test_settings_of_later_versions_are_unknown_to_earlier_ones():
    assert index_settings.find("index.mode", SEVEN) is None
    assert index_settings.find("index.mode", EIGHT) is not None


def test_filters_and_analysis_take_any_name():
    assert index_settings.find("index.routing.allocation.require.rack", SEVEN).scope == "dynamic"
    assert index_settings.find("index.analysis.analyzer.x.type", SEVEN).scope == "static"
    assert index_settings.find("index.routing.allocation.requires.rack", SEVEN) is None


def test_the_tree_keeps_a_name_whole_where_a_prefix_of_it_has_a_value():
    assert index_settings.tree({"a": "1", "a.b": "2"}) == {"a": "1", "a.b": "2"}
