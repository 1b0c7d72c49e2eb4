"""The order of Java's hash tables. Evidence: recordings of 7.10.2 (GET index, field mappings)."""

from __future__ import annotations

from esmock.xcontent.java_order import hash_code, hash_order, hash_ordered, java_hash, table_size


def test_hash_is_that_of_java_strings():
    assert java_hash("") == 0
    assert java_hash("index") == 100346066
    assert java_hash("é") == 233
    assert java_hash("\U0001f600") == 1772899


def test_tables_grow_at_three_quarters():
    assert [table_size(n, 2) for n in (1, 2, 3, 4, 6, 7)] == [2, 4, 4, 8, 8, 16]
    assert [table_size(n) for n in (12, 13, 25)] == [16, 32, 64]


def test_settings_come_as_a_recorded_index_prints_them():
    given = ["creation_date", "number_of_replicas", "number_of_shards", "provided_name", "uuid", "version"]
    assert hash_order(given, 2) == [
        "creation_date", "number_of_shards", "number_of_replicas", "uuid", "version", "provided_name",
    ]
    assert hash_order([*given, "routing"], 2) == [
        "routing", "number_of_shards", "provided_name", "creation_date", "number_of_replicas", "uuid", "version",
    ]


def test_metadata_fields_come_as_a_recorded_field_mapping_prints_them():
    recorded = [
        "_routing", "_ignored", "_seq_no", "_index", "_feature", "_field_names", "_type", "_source", "_id", "_version",
    ]
    assert hash_order(recorded) == recorded


def test_hash_codes_of_lists_and_maps():
    # Source: the specifications of List.hashCode, Map.hashCode and Long.hashCode
    assert hash_code([]) == 1
    assert hash_code(["a"]) == 31 + 97
    assert hash_code({"a": 5}) == 97 ^ 5
    assert hash_code(2**32 + 7) == 6
    assert hash_code([{"a": "b"}, 3]) == 31 * (31 + (97 ^ 98)) + 3


def test_a_tree_through_hash_maps():
    assert list(hash_ordered({"zeta": 1, "alpha": {"q": 1, "b": 2}, "m": 1})) == ["zeta", "alpha", "m"]
    assert hash_ordered([{"x": 1, "a": 2}]) == [{"a": 2, "x": 1}]
    assert list(hash_ordered([{"x": 1, "a": 2}])[0]) == ["a", "x"]
