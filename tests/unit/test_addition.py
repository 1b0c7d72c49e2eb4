"""Sums with Java's digits. The streams' sums are answers of 7.10.2 on Java 17."""

import math

import pytest

from esmock.addition import as_a_stream, in_order

TENTHS = [0.1] * 10
STREAMS = [
    (TENTHS, 1.0),
    ([0.1, 0.2, 0.3, 1e16, -1e16, 0.7, 1e-9], 0.7000000009999999),
    ([1e16, 0.1, 0.2, 0.3, 3.3, 1.0, 1e-9], 1.0000000000000004e16),
    ([965.167, -408.9, 193.141, -100.311, -373.438, -874.07], -598.411),
    ([math.inf, 0.1], math.inf),
    ([], 0.0),
]


@pytest.mark.parametrize(("values", "total"), STREAMS)
def test_a_stream_compensates(values, total):
    assert as_a_stream(values) == total


def test_a_loop_does_not():
    """``[0.1, ...].sum()`` of a Painless list, which adds in a loop: 7.10.2."""
    assert in_order(TENTHS) == 0.9999999999999999


def test_opposite_infinities_have_no_sum():
    assert math.isnan(as_a_stream([math.inf, -math.inf]))
