"""Whole arrays of numbers at once: those that stand in two, distinct ones, and their bits."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from esmock.search.aggs.hyperloglog import leading_zeros
from esmock.search.query.phrase import common
from esmock.store.sorting import sorted_distinct

NUMBERS = st.lists(st.integers(0, 60), max_size=60)


@given(NUMBERS, st.sets(st.integers(0, 60), min_size=1, max_size=60))
def test_each_as_often_as_in_the_first(numbers: list[int], others: set[int]) -> None:
    found = common(np.array(sorted(numbers), np.int64), np.array(sorted(others), np.int64))
    assert found.tolist() == [one for one in sorted(numbers) if one in others]


@given(NUMBERS)
def test_distinct_numbers_ascend(numbers: list[int]) -> None:
    assert sorted_distinct(np.array(numbers, np.int64)).tolist() == sorted(set(numbers))


@given(st.lists(st.integers(0, 2**64 - 1), max_size=30))
def test_leading_zeros_of_64_bits(numbers: list[int]) -> None:
    several = [0, 1, 2**32 - 1, 2**32, 2**53 + 1, 2**64 - 1, *numbers]
    assert leading_zeros(np.array(several, np.uint64)).tolist() == [64 - one.bit_length() for one in several]
