"""Suggestions. Evidence: error texts of 7.10.2 and 8.19.21 (`sorts`, `form`, `fromm`)."""

from __future__ import annotations

import pytest

from esmock.xcontent.similar import distance, similarity, suggestion


@pytest.mark.parametrize(("one", "other", "edits"), [("kitten", "sitting", 3), ("", "abc", 3), ("abc", "abc", 0)])
def test_distance_counts_single_edits(one: str, other: str, edits: int) -> None:
    assert distance(one, other) == edits


def test_similarity_is_the_share_left_unchanged_in_32_bits() -> None:
    assert similarity("sorts", "sort") == 0.800000011920929
    assert similarity("form", "from") == 0.5
    assert similarity("", "") == 1.0
    assert similarity("a", "") == 0.0


def test_the_best_candidates_come_first_then_names() -> None:
    assert suggestion("sorts", ["stats", "sort", "size"], arrow=True) == " -> did you mean any of [sort, stats]?"
    assert suggestion("prety", ["pretty"]) == " did you mean [pretty]?"


def test_half_alike_is_not_alike() -> None:
    assert suggestion("form", ["from"]) == ""
