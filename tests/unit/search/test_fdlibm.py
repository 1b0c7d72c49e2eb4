"""The functions behind distances stay within the last bit of the exact values. Evidence for the bits themselves: the recorded
distances of fixtures/recorded/7.10.2/around/generated_7.json."""

import math

from hypothesis import given
from hypothesis import strategies as st

from esmock.mapping import fdlibm


@given(st.floats(0, 2 * math.pi))
def test_sine_and_cosine(x):
    assert abs(fdlibm.sine(x) - math.sin(x)) <= math.ulp(1.0)
    assert abs(fdlibm.cosine(x) - math.cos(x)) <= math.ulp(1.0)


@given(st.floats(0, 1))
def test_arc_sine(x):
    assert abs(fdlibm.arc_sine(x) - math.asin(x)) <= 2 * math.ulp(1.0)
